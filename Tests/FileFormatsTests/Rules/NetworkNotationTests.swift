import Diagnostics
import FileFormats
import RuleEngine
import SupplyModel
import Testing

struct NetworkNotationTests {
  private func network(_ text: String, _ more: String = "") -> (SupplyNetwork?, [Diagnostic]) {
    let indented = text.split(separator: "\n", omittingEmptySubsequences: false).map { "      " + $0 }
    let examples =
      "examples:\n  - name: x\n    expect: clean\n\(more)    network: |\n"
      + indented.joined(separator: "\n") + "\n"
    let reading = readRule(smallRule(examples: examples))
    return (reading.rule?.examples.first?.network, reading.diagnostics)
  }

  @Test("two lanes are a network of three sites that make one thing of another")
  func lanes() throws {
    let (read, diagnostics) = network("mine -[ore]-> refinery 9000 -[oxide]-> maker 6 kt/yr")
    #expect(diagnostics.map { "\($0)" } == [])
    let network = try #require(read)
    #expect(network.sites.rows.map(\.id) == ["mine", "refinery", "maker"])
    #expect(network.flows.rows.map { $0.volume?.value } == [9000, 6000])
    #expect(network.processes.rows.map(\.id) == ["mine:ore", "refinery:oxide"])
    #expect(network.processes.rows[1].slots.count == 1)
  }

  @Test("a site takes all that comes in, and passes on what it also sends")
  func implicitRecipes() throws {
    let (read, diagnostics) = network(
      "a -[x]-> plant\nb -[y]-> plant\nplant -[z]-> shop\nplant -[x]-> other\nCN -[w]-> shop")
    let network = try #require(read, "\(diagnostics)")
    let process = try #require(network.processes.rows.first { $0.id == "plant:z" })
    #expect(process.slots.count == 2 && process.outputs.count == 1)
    #expect(network.processes.rows.map(\.id) == ["a:x", "b:y", "plant:z", "plant:x"])
    #expect(network.flows.rows.count == 5 && network.sites.rows.count == 5)
  }

  @Test("a few lines hold all that rules look at")
  func everything() throws {
    let (read, diagnostics) = network(
      """
      # a chain of magnets
      network magnets: title="Small magnets" as_of=2025-06-30
      operator lynas: parent=holding country=AU
      operator holding: country=US
      material motor: unit=piece
      material dy: form=oxide elements=Dy:0.871
      technology sx: suppliers=CN,FR
      bloc allies: members=AU,JP
      source book: title="A book" date=2024
      mine-au: stage=mine country=AU operator=lynas capacity=9kt/yr capacity_year=2019
      ref-my: stage=separation country=MY operator=lynas tech=sx@CN capacity=800 source=book confidence=recalled
      new-fr: stage=separation country=FR status=planned
      mine-au -[ore]-> ref-my 9000 via=malacca,suez confidence=estimated
      ref-my -[dy]-> mag-de 12
      mag-de makes motor from 0.01 dy | 0.02 tb + 1 steel
      stock mag-de: material=dy amount=4
      stock JP: material=dy amount=100t
      demand motors: material=motor place=allies amount=300 priority=2
      mag-de -[motor]-> motors 250
      market steel:
      """)
    #expect(diagnostics.map { "\($0)" } == [])
    let network = try #require(read)
    #expect(network.title == "Small magnets" && network.asOf == "2025-06-30")
    let lynas = try #require(network.operators.key(of: "lynas"))
    #expect(network.operators[network.ultimateParent(of: lynas)].id == "holding")
    let site = try #require(network.sites.key(of: "ref-my")).position
    #expect(
      network.sites.rows[site].country?.code == "MY" && network.sites.rows[site].confidence == .recalled)
    #expect(network.sites.rows[site].technologies.map { $0.from?.code } == ["CN"])
    #expect(network.sites.rows.first { $0.id == "new-fr" }?.status == .planned)
    #expect(network.operations.compactMap { $0.capacity?.value } == [9000, 800])
    #expect(network.operations.first?.capacity?.year == 2019)
    #expect(network.flows.rows[0].waypoints == ["malacca", "suez"])
    let press = try #require(network.processes.rows.first { $0.id == "mag-de:motor" })
    #expect(press.slots.map(\.choices.count) == [2, 1])
    #expect(press.slots[0].choices.map(\.amount.value) == [0.01, 0.02])
    #expect(network.stocks.map(\.amount.value) == [4, 100])
    #expect(network.demand.rows.map(\.id) == ["motors"] && network.demand.rows[0].amount?.value == 300)
    #expect(network.flows.rows.last?.destination == .demand(Key(0)))
    #expect(network.markets.count == 1)
    #expect(network.sources.rows.map(\.title) == ["A book"])
  }

  static let bad: [(text: String, place: String, help: String)] = [
    ("a -[ore]->", "12:9 invalid-notation", "write a site behind it"),
    ("a -[]-> b", "12:9 invalid-notation", "write -[MATERIAL]->"),
    ("a -> b", "12:9 invalid-notation", "write -[MATERIAL]->"),
    (
      "a -[ore]-> b 90x00", "12:20 not-a-number",
      "write a decimal number, such as 0.5; leave it out if it is not known"
    ),
    ("a -[ore]-> b 9 kg", "12:22 wrong-dimension", "write a unit such as kt/yr"),
    (
      "a -[ore]-> b via", "12:20 not-a-number",
      "write a decimal number, such as 0.5; leave it out if it is not known"
    ),
    (
      "a -[ore]-> b 9 t/yr x", "12:27 invalid-notation",
      "write KEY=VALUE, and a value with blanks in double quotes"
    ),
    ("a: cuntry=AU", "12:10 unknown-key", "did you mean 'country'?"),
    ("a: country=UK", "12:18 unknown-country", "did you mean 'GB' (United Kingdom)?"),
    ("a: country=AU country=JP", "12:21 duplicate-key", "put both into one, or rename one"),
    ("oprator lynas: country=AU", "12:7 invalid-notation", "did you mean 'operator'?"),
    ("a makes x from", "12:17 invalid-notation", "write MATERIAL + MATERIAL, or leave 'from' out"),
    ("a makes", "12:9 invalid-notation", "write SITE makes MATERIAL from MATERIAL + MATERIAL"),
    (
      "a makes x from + y", "12:22 invalid-notation",
      "write AMOUNT MATERIAL + AMOUNT MATERIAL | AMOUNT MATERIAL; '|' stands before what can replace"
    ),
    ("a makes x | z from y", "12:19 invalid-notation", "write '+', or a line for each"),
    ("a: name=\"A b", "12:15 invalid-notation", "add '\"'"),
    ("b!: country=AU", "12:7 invalid-id", "use the letters a to z and A to Z, digits and - _ . : / +"),
    ("stock a: amount=4", "12:13 missing-key", "add 'material'"),
    ("a: capacity=4", "12:19 capacity-without-process", "name what it makes in 'runs'"),
    ("operator a: parent=a", "12:26 circular-parents", "leave out 'parent' for who is controlled by nobody"),
  ]

  @Test("a bad line is named at its place", arguments: bad)
  func badLines(text: String, place: String, help: String) {
    let (read, diagnostics) = network(text)
    #expect(read == nil)
    #expect(places(diagnostics).first == place, "\(diagnostics)")
    #expect(diagnostics.first?.help == help)
  }

  @Test("'with' removes rows, sets values and takes figures away")
  func edits() throws {
    let text = """
      mine-au: country=AU capacity=9000 capacity_year=2020
      mine-cn: country=CN
      mine-au -[ore]-> ref 9000
      mine-cn -[ore]-> ref 100
      ref -[oxide]-> shop 10
      stock ref: material=ore amount=4
      """
    let with = """
          with:
            remove: [mine-cn]
            set: { "site[mine-au].country": FI, "ref>shop:oxide.volume": 3 kt/yr, "ref:ore.amount": 5 t }
            unknown: [mine-au.capacity, "mine-au>ref:ore.volume"]

      """
    let (read, diagnostics) = network(text, with)
    #expect(diagnostics.map { "\($0)" } == [])
    let network = try #require(read)
    #expect(network.sites.rows.map(\.id) == ["mine-au", "ref", "shop"])
    #expect(network.sites.rows[0].country?.code == "FI")
    #expect(network.operations.allSatisfy { $0.capacity == nil })
    #expect(network.flows.rows.map { $0.volume?.value } == [nil, 3000])
    #expect(network.stocks.map(\.amount.value) == [5])
  }

  @Test(
    "an edit of what is not there is named at its place",
    arguments: [
      ("remove: [mine-u]", "12:16 dangling-id", "did you mean 'mine-au'?"),
      ("unknown: [mine-au.cuntry]", "12:17 unknown-key", "did you mean 'country'?"),
      ("unknown: [mine-au.stage]", "12:17 already-unknown", "leave it out of 'unknown'"),
      ("set: { mine: 3 }", "12:14 invalid-path", "write ID.KEY, such as mt-weld.capacity"),
    ])
  func badEdits(with: String, place: String, help: String) {
    let (_, diagnostics) = network("mine-au: country=AU\nmine-au -[ore]-> b", "    with:\n      \(with)\n")
    #expect(places(diagnostics) == [place])
    #expect(diagnostics.first?.help == help)
  }

  @Test("a network stands inline in the ordinary format, or in a folder of the pack")
  func otherForms() throws {
    let inline = readRule(
      smallRule(
        examples: """
          examples:
            - name: x
              expect: clean
              network: { materials: [ { id: ore } ], sites: [ { id: a }, { id: b } ], flows: [ { from: a, to: b } ] }
            - name: y
              expect: clean
              network: { folder: small }

          """))
    #expect(places(inline.diagnostics) == ["14:24 unreadable-file"])
    let text = smallRule(
      examples: "examples:\n  - { name: y, expect: clean, network: { folder: small } }\n")
    let reading = RuleFileReader.read(Array(text.utf8), named: "one-supplier.yaml") { path in
      switch path {
      case "small/network.yaml":
        .success(Array("chokepoint: 1\nnetwork: { id: small }\nsites: { csv: sites.csv }\n".utf8))
      case "small/sites.csv": .success(Array("id,country\na,CN\n".utf8))
      default: .failure(.missing)
      }
    }
    #expect(reading.diagnostics == [])
    #expect(reading.rule?.examples.first?.network.sites.rows.map(\.country?.code) == ["CN"])
  }

  @Test("a scenario in a few lines")
  func scenario() throws {
    let text = smallRule(
      examples: """
        examples:
          - name: x
            expect: flagged
            network: |
              mine: country=CN
              mine -[ore]-> b
            scenario: |
              as_of 2026-06-01
              export-ban CN materials=ore targets=all effective=2026-01-01 known_until=2026-12-31
              outage site=b from=2026-01-01

        """)
    let reading = readRule(text)
    #expect(reading.diagnostics.map { "\($0)" } == [])
    let scenario = try #require(reading.rule?.examples.first?.scenario)
    #expect(scenario.controls.rows.map(\.kind) == [.exportBan])
    #expect(scenario.outages.count == 1 && scenario.asOf?.description == "2026-06-01")
    let bad = readRule(
      text.replacing("export-ban CN", with: "export-bn CN").replacing("site=b", with: "site=c"))
    #expect(places(bad.diagnostics) == ["16:7 unknown-value", "17:19 dangling-id"])
  }
}
