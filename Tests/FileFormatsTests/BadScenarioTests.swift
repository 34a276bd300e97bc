import Diagnostics
import FileFormats
import SupplyModel
import Testing

/// A network with one of everything that a scenario can name.
let networkOfScenarios = """
  chokepoint: 1
  network: { id: x, title: X, as_of: 2024-12-31 }
  stages: [mine, plant]
  blocs: [ { id: north, members: [NO, SE] } ]
  sources: [ { id: book, title: Book } ]
  materials:
    - { id: ore, form: concentrate, hs: "2530.90", elements: { Dy: 0.5 } }
    - { id: metal, form: metal, hs: "2805.30", elements: { Dy: 1 } }
    - { id: other-metal, form: metal }
    - { id: part, form: component, unit: piece }
  technologies: [ { id: know-how, suppliers: [CN, FR] } ]
  operators: [ { id: owner }, { id: firm, parent: owner } ]
  processes:
    - { id: dig, activity: t ore, outputs: [ { material: ore, amount: 1 } ] }
    - { id: smelt, activity: t metal, inputs: [ { material: ore, amount: 2 } ], outputs: [ { material: metal, amount: 1 } ] }
    - id: press
      activity: piece part
      inputs: [ { material: metal, amount: 1 kg, or: [ { material: other-metal, amount: 1 kg } ] } ]
      outputs: [ { material: part, amount: 1 } ]
  sites:
    - { id: pit, stage: mine, country: NO, runs: [dig], capacity: 5 kt/yr }
    - { id: works, stage: plant, country: SE, operator: firm, runs: [smelt], capacity: 2 kt/yr, technologies: [ { id: know-how, from: FR } ] }
    - { id: new-works, stage: plant, country: FI, status: planned, runs: [smelt], capacity: 1 kt/yr }
    - { id: shop, stage: plant, country: DE, runs: [press], capacity: 1 M/yr }
  flows:
    - { from: pit, to: works, material: ore, volume: 4 kt/yr, waypoints: [sound] }
    - { from: works, to: shop, material: metal, volume: 1 kt/yr }
  markets: [ { material: part } ]
  demand: [ { id: users, material: part, place: north, amount: 1 M/yr } ]

  """

/// A scenario of it that uses every key.
let wholeScenario = """
  chokepoint: 1
  scenario: { id: s, title: S, as_of: 2026-01-01, note: All of it. }
  sources: [ { id: paper, title: Paper } ]
  blocs: [ { id: south, members: [CN, IN] } ]
  controls:
    - { id: ban, name: Ban, kind: export-ban, issuer: CN, targets: [north, JP], source: paper, confidence: read, note: x }
    - { id: dated, kind: export-ban, issuer: CN, announced: 2025-10-09, effective: 2025-11-08, ended: 2026-12, known_until: 2026-11-30 }
    - { id: paused, kind: export-ban, issuer: CN, suspended: [ { from: 2025-11-10, to: 2025-12-01 } ] }
    - { id: some, kind: export-ban, issuer: CN, what: { materials: [ore], forms: [metal], elements: [Dy], hs: ["2805"], stages: [mine] } }
    - { id: quota, kind: export-quota, issuer: [CN], quota: 5 kt/yr }
    - { id: licence, kind: export-licence, issuer: south, targets: all, except: [NO], approved: 40 %, delay: 45 d }
    - { id: made, kind: export-licence, issuer: CN, what: { made_with: { from: CN, technologies: [know-how] } } }
    - { id: part, kind: export-licence, issuer: CN, what: { content: { from: [CN], at_least: 0.1 % } } }
    - { id: imports, kind: import-ban, issuer: north }
    - { id: skill, kind: technology-ban, issuer: CN, what: { technologies: [know-how], stages: [plant] } }
    - { id: help, kind: technology-licence, issuer: CN }
    - { id: names, kind: entity-ban, issuer: SE, entities: [firm] }
    - { id: strait, kind: transit-closure, waypoints: [sound] }
  outages:
    - { site: pit, from: 2025, until: 2026-02, known_until: 2026-01, source: book, note: x }
    - { country: NO }
    - { operator: firm }
  responses:
    - { kind: open-site, site: new-works, from: 2025-12-01, until: 2027, source: paper, note: x }
    - { kind: delay-site, site: works }
    - { kind: allow-substitute, material: other-metal, instead_of: metal, sites: [shop], share: 50 % }
    - { kind: release-stock, country: SE, material: ore, amount: 60 d, over: 120 d }
    - { kind: add-flow, seller: new-works, buyer: shop, material: metal, volume: 10 t/yr }
    - { kind: raise-yield, process: smelt, by: 5 % }
    - { kind: raise-recycling, process: smelt, sites: [works], by: 0.1 }
    - { kind: lower-demand, demand: users, by: 10 % }

  """

func readScenario(_ text: String) throws -> ScenarioReading {
  try readScenario(Array(text.utf8))
}

func readScenario(_ bytes: [UInt8]) throws -> ScenarioReading {
  let network = try #require(read(networkOfScenarios).network)
  return ScenarioFile.read(bytes, named: "s.yaml", of: network)
}

struct BadScenarioTests {
  @Test("the scenario that the tables below spoil is valid, and all of it is there")
  func isValid() throws {
    let reading = try readScenario(wholeScenario)
    #expect(reading.diagnostics == [])
    let scenario = try #require(reading.scenario)
    #expect(scenario.controls.rows.map(\.kind).count == 13)
    #expect(Set(scenario.controls.rows.map(\.kind)) == Set(Control.Kind.allCases))
    #expect(scenario.outages.count == 3)
    #expect(scenario.responses.count == 8)
    #expect(scenario.isDated)
  }

  @Test("each mistake in a scenario is found at its place, and nothing else", arguments: cases)
  func mistake(_ input: BadInput) throws {
    let place = try #require(wholeScenario.firstRange(of: input.old))
    let reading = try readScenario(wholeScenario.replacingCharacters(in: place, with: input.new))
    #expect(reading.scenario == nil)
    let found = reading.diagnostics.map { "\($0.id) \($0.place?.line ?? 0):\($0.place?.column ?? 0)" }
    #expect(found.joined(separator: ", ") == input.expected, "\(reading.diagnostics)")
    #expect(reading.diagnostics.allSatisfy(isWhole))
  }

  /// Whether a diagnostic says where, shows the line with a caret, and says what to write instead.
  private func isWhole(_ diagnostic: Diagnostic) -> Bool {
    diagnostic.place != nil && diagnostic.excerpt != nil && !(diagnostic.help ?? "").isEmpty
      && "\(diagnostic)".split(separator: "\n").contains { $0.hasSuffix("^") }
  }

  @Test(
    "a file that is no scenario at all is told in one message",
    arguments: [
      ([], "empty-file 1:1"), (Array("\n\n".utf8), "empty-file 1:1"),
      (Array("# only a comment\n".utf8), "empty-file 1:1"),
      (Array("just a text\n".utf8), "wrong-kind 1:1"), (Array("- a\n- b\n".utf8), "wrong-kind 1:1"),
      (Array("chokepoint: 1\nscenario: { id: ".utf8) + [0xFF, 0xFE] + Array(" }\n".utf8), "not-utf-8 2:17"),
      ([0xFF, 0xFE, 0x63, 0x00], "not-utf-8 1:1"),
      (Array(String(repeating: "[", count: 5_000).utf8), "too-deep 1:33"),
      (
        Array("chokepoint: 1\nscenario: { id: s }\ncontrols: ".utf8)
          + Array(String(repeating: "{ a: ", count: 100).utf8), "too-deep 3:166"
      ),
      (
        Array("chokepoint: 1\nscenario: { id: s }\n#".utf8) + [UInt8](repeating: 0x2D, count: 1 << 20),
        "too-large 1:1"
      ),
    ] as [([UInt8], String)])
  func noScenario(bytes: [UInt8], expected: String) throws {
    let reading = try readScenario(bytes)
    #expect(reading.scenario == nil)
    let found = reading.diagnostics.map { "\($0.id) \($0.place?.line ?? 0):\($0.place?.column ?? 0)" }
    #expect(found.joined(separator: ", ") == expected, "\(reading.diagnostics)")
    #expect(reading.diagnostics.allSatisfy { $0.help?.isEmpty == false })
  }

  @Test("all problems of a scenario are told at once, in the order of the file")
  func together() throws {
    let reading = try readScenario(
      """
      chokepoint: 1
      scenario: { id: s, as_of: 2025-02-30 }
      controls:
        - { id: a, kind: export-bann, issuer: XX }
        - { id: a, kind: export-ban }
      responses:
        - { kind: open-site, site: now-works }

      """)
    #expect(reading.scenario == nil)
    #expect(
      reading.diagnostics.map(\.id) == [
        "invalid-date", "unknown-value", "unknown-country", "missing-key", "duplicate-id", "dangling-id",
      ])
  }

  @Test("messages say what an analyst would write instead", arguments: messages)
  func message(_ input: BadInput) throws {
    let place = try #require(wholeScenario.firstRange(of: input.old))
    let reading = try readScenario(wholeScenario.replacingCharacters(in: place, with: input.new))
    let diagnostic = try #require(reading.diagnostics.first)
    #expect("\(diagnostic.summary) | \(diagnostic.help ?? "")" == input.expected)
  }

  static let messages: [BadInput] = [
    BadInput(
      "a share over 1", "approved: 40 %", "approved: 140 %",
      "'approved' cannot be more than 1 | write a share, such as 0.4 or 40 %"),
    BadInput(
      "a range with per cent twice", "approved: 40 %", "approved: { value: 40 %, low: 20 % }",
      "'20 %' is more than a number | write 20 alone, in the unit of the value"),
    BadInput(
      "an unknown waypoint", "waypoints: [sound]", "waypoints: [sund]",
      "no flow passes 'sund' | did you mean 'sound'?"),
    BadInput(
      "a country by its name", "issuer: CN, targets", "issuer: China, targets",
      "no country or bloc has the code 'China' | did you mean 'CN' (China)?"),
    BadInput(
      "a buyer that does not take it", "buyer: shop", "buyer: users",
      "'users' does not take 'metal' | name a buyer that takes it"),
    BadInput(
      "a seller that does not make it", "seller: new-works", "seller: pit",
      "'pit' does not make 'metal' | name a seller that makes it"),
    BadInput(
      "a stock of nobody", "country: SE, material: ore", "material: ore",
      "a stock is held at a site or by a country | name one of them: 'site: ID' or 'country: CODE'"),
    BadInput(
      "a suspension that runs backwards", "to: 2025-12-01", "to: 2025-11-01",
      "the suspension ends before it starts | 'to' is its last day"),
    BadInput(
      "a kind", "kind: import-ban", "kind: import-bann",
      "'kind' cannot be 'import-bann' | did you mean 'import-ban'?"),
  ]

  static let cases: [BadInput] = [
    BadInput("an unknown table", "outages:", "outage:", "unknown-key 19:1"),
    BadInput("a newer format", "chokepoint: 1", "chokepoint: 2", "newer-format 1:13"),
    BadInput("no format", "chokepoint: 1\n", "", "missing-key 1:1"),
    BadInput(
      "no head", "scenario: { id: s, title: S, as_of: 2026-01-01, note: All of it. }\n", "", "missing-key 1:1"
    ),
    BadInput("no id", "{ id: s, title", "{ title", "missing-key 2:11"),
    BadInput("an unknown key of the head", "title: S,", "titel: S,", "unknown-key 2:20"),
    BadInput(
      "an unknown key of a control", "issuer: CN, targets", "isuer: CN, targets",
      "missing-key 6:5, unknown-key 6:45"),
    BadInput("an unknown key of a subject", "what: { materials", "what: { material", "unknown-key 9:55"),
    BadInput(
      "an unknown key of a response", "instead_of: metal", "instead: metal",
      "missing-key 26:5, unknown-key 26:54"),
    BadInput(
      "an unknown key of an outage", "{ country: NO }", "{ land: NO }", "missing-key 21:5, unknown-key 21:7"),
    BadInput("an unknown kind of control", "kind: import-ban", "kind: import-bann", "unknown-value 14:26"),
    BadInput("a kind of another table", "kind: import-ban", "kind: open-site", "unknown-value 14:26"),
    BadInput("no kind", "kind: import-ban, ", "", "missing-key 14:5"),
    BadInput("an unknown kind of response", "kind: delay-site", "kind: close-site", "unknown-value 25:13"),
    BadInput("an unknown country", "issuer: CN, targets", "issuer: XX, targets", "unknown-country 6:53"),
    BadInput(
      "a country by its name", "issuer: CN, targets", "issuer: China, targets", "unknown-country 6:53"),
    BadInput("an unknown bloc", "targets: [north, JP]", "targets: [nort, JP]", "unknown-country 6:67"),
    BadInput(
      "a bloc for a country that is out", "{ country: NO }", "{ country: north }", "unknown-country 21:16"),
    BadInput("an unknown exception", "except: [NO]", "except: [UK]", "unknown-country 11:80"),
    BadInput("an unknown material", "materials: [ore]", "materials: [oar]", "dangling-id 9:67"),
    BadInput("an unknown form", "forms: [metal]", "forms: [metall]", "unknown-value 9:81"),
    BadInput("an unknown element", "elements: [Dy]", "elements: [Dx]", "unknown-element 9:100"),
    BadInput("an element in small letters", "elements: [Dy]", "elements: [dy]", "unknown-element 9:100"),
    BadInput("a code that is none", "hs: [\"2805\"]", "hs: [\"28O5\"]", "invalid-code 9:111"),
    BadInput("a code of one digit", "hs: [\"2805\"]", "hs: [\"2\"]", "invalid-code 9:111"),
    BadInput("an unknown stage", "stages: [mine]", "stages: [mining]", "dangling-id 9:128"),
    BadInput(
      "an unknown technology", "technologies: [know-how], stages", "technologies: [knowhow], stages",
      "dangling-id 15:75"),
    BadInput("an unknown waypoint", "waypoints: [sound]", "waypoints: [sund]", "dangling-id 18:54"),
    BadInput("an unknown operator", "entities: [firm]", "entities: [frim]", "dangling-id 17:59"),
    BadInput(
      "an unknown source", "source: paper, confidence", "source: papers, confidence", "dangling-id 6:87"),
    BadInput("an unknown confidence", "confidence: read", "confidence: sure", "unknown-value 6:106"),
    BadInput("a text where a list is meant", "materials: [ore]", "materials: ore", "wrong-kind 9:66"),
    BadInput("a list in a list", "materials: [ore]", "materials: [[ore]]", "wrong-kind 9:67"),
    BadInput(
      "a mapping for a country", "issuer: CN, targets", "issuer: { CN: 1 }, targets", "wrong-kind 6:53"),
    BadInput(
      "a text for a subject", "what: { technologies: [know-how], stages: [plant] }", "what: know-how",
      "wrong-kind 15:58"),
    BadInput(
      "a month that does not exist", "announced: 2025-10-09", "announced: 2025-13", "invalid-date 7:59"),
    BadInput(
      "a day that does not exist", "announced: 2025-10-09", "announced: 2025-02-30", "invalid-date 7:59"),
    BadInput("a day written otherwise", "announced: 2025-10-09", "announced: 9.10.2025", "invalid-date 7:59"),
    BadInput(
      "a month for the day of the scenario", "as_of: 2026-01-01", "as_of: 2026-01", "invalid-date 2:37"),
    BadInput(
      "in force before it is announced", "effective: 2025-11-08", "effective: 2025-01-08",
      "invalid-range 7:82"),
    BadInput("ended before it is in force", "ended: 2026-12", "ended: 2025-10", "invalid-range 7:101"),
    BadInput("a suspension that runs backwards", "to: 2025-12-01", "to: 2025-11-01", "invalid-range 8:86"),
    BadInput(
      "a suspension without a start", "{ from: 2025-11-10, to: 2025-12-01 }", "{ to: 2025-12-01 }",
      "missing-key 8:62"),
    BadInput(
      "a suspension that is a date", "suspended: [ { from: 2025-11-10, to: 2025-12-01 } ]",
      "suspended: 2025-11-10", "wrong-kind 8:60"),
    BadInput(
      "an outage that ends before it starts", "from: 2025, until: 2026-02", "from: 2026, until: 2025-02",
      "invalid-range 20:37"),
    BadInput(
      "a response that ends on its first day", "from: 2025-12-01, until: 2027",
      "from: 2025-12-01, until: 2025-12-01", "invalid-range 24:66"),
    BadInput("a share over 1", "approved: 40 %", "approved: 140 %", "out-of-range 11:95"),
    BadInput("a share of 40", "approved: 40 %", "approved: 40", "out-of-range 11:95"),
    BadInput("a negative share", "approved: 40 %", "approved: -40 %", "negative-number 11:95"),
    BadInput("not a number", "approved: 40 %", "approved: NaN", "not-a-number 11:95"),
    BadInput("infinity", "approved: 40 %", "approved: .inf", "not-a-number 11:95"),
    BadInput(
      "a range with per cent twice", "approved: 40 %", "approved: { value: 40 %, low: 20 % }",
      "not-a-number 11:115"),
    BadInput(
      "a range upside down", "approved: 40 %", "approved: { value: 40 %, low: 60 }", "invalid-range 11:115"),
    BadInput("a high over 1", "approved: 40 %", "approved: { value: 40 %, high: 120 }", "out-of-range 11:95"),
    BadInput("a share that is a mass", "approved: 40 %", "approved: 40 t", "wrong-dimension 11:98"),
    BadInput("a delay that is a share", "delay: 45 d", "delay: 45 %", "wrong-dimension 11:111"),
    BadInput("a quota without a time", "quota: 5 kt/yr", "quota: 5 kt", "wrong-dimension 10:61"),
    BadInput("a quota that is a share", "quota: 5 kt/yr", "quota: 50 %", "wrong-dimension 10:62"),
    BadInput("a list for a quota", "quota: 5 kt/yr", "quota: [5 kt/yr]", "wrong-kind 10:59"),
    BadInput("a quota without a quota", ", quota: 5 kt/yr", "", "missing-key 10:5"),
    BadInput("an entity ban of nobody", ", entities: [firm]", "", "missing-key 17:5"),
    BadInput("a closure of nothing", ", waypoints: [sound]", "", "missing-key 18:5"),
    BadInput("a ban by nobody", "kind: import-ban, issuer: north", "kind: import-ban", "missing-key 14:5"),
    BadInput(
      "a quota in a ban", "kind: import-ban, issuer: north",
      "kind: import-ban, issuer: north, quota: 5 kt/yr", "useless-key 14:60"),
    BadInput(
      "an approved share of a ban", "kind: import-ban, issuer: north",
      "kind: import-ban, issuer: north, approved: 0.5", "useless-key 14:63"),
    BadInput(
      "targets of a closure", "waypoints: [sound]", "waypoints: [sound], targets: JP", "useless-key 18:71"),
    BadInput(
      "materials of a technology ban", "what: { technologies: [know-how], stages",
      "what: { materials: [ore], stages", "useless-key 15:60"),
    BadInput(
      "technologies of an export ban", "what: { materials: [ore],", "what: { technologies: [know-how],",
      "useless-key 9:55"),
    BadInput(
      "made_with in an import ban", "kind: import-ban, issuer: north",
      "kind: import-ban, issuer: north, what: { made_with: { from: CN } }", "useless-key 14:61"),
    BadInput(
      "made_with from nowhere", "made_with: { from: CN, technologies: [know-how] }",
      "made_with: { technologies: [know-how] }", "missing-key 12:70"),
    BadInput(
      "content of nowhere", "content: { from: [CN], at_least: 0.1 % }", "content: { at_least: 0.1 % }",
      "missing-key 13:68"),
    BadInput("content over 1", "at_least: 0.1 %", "at_least: 110 %", "out-of-range 13:92"),
    BadInput(
      "content in an import ban", "kind: import-ban, issuer: north",
      "kind: import-ban, issuer: north, what: { content: { from: CN } }", "useless-key 14:61"),
    BadInput("an id twice", "id: quota, kind", "id: ban, kind", "duplicate-id 10:11"),
    BadInput("an id with a blank", "id: quota, kind", "id: the quota, kind", "invalid-id 10:11"),
    BadInput(
      "a source of the network again", "{ id: paper, title: Paper }", "{ id: book, title: Book }",
      "duplicate-id 3:18, dangling-id 6:87, dangling-id 24:80"),
    BadInput(
      "a bloc that is known", "{ id: south, members: [CN, IN] }", "{ id: EU, members: [CN, IN] }",
      "duplicate-id 4:16, unknown-country 11:50"),
    BadInput("an outage of two things", "{ country: NO }", "{ country: NO, site: pit }", "missing-key 21:5"),
    BadInput("an outage of nothing", "{ country: NO }", "{ note: x }", "missing-key 21:5"),
    BadInput("an outage of an unknown site", "{ site: pit, from", "{ site: pitt, from", "dangling-id 20:13"),
    BadInput(
      "an outage of an unknown operator", "{ operator: firm }", "{ operator: frim }", "dangling-id 22:17"),
    BadInput("opening nothing", "kind: open-site, site: new-works,", "kind: open-site,", "missing-key 24:5"),
    BadInput("opening an unknown site", "site: new-works,", "site: new-work,", "dangling-id 24:30"),
    BadInput("delaying nothing", "kind: delay-site, site: works", "kind: delay-site", "missing-key 25:5"),
    BadInput("a substitute without what it replaces", "instead_of: metal, ", "", "missing-key 26:5"),
    BadInput(
      "a substitute that no recipe lists", "material: other-metal, instead_of: metal",
      "material: ore, instead_of: metal", "wrong-material 26:41"),
    BadInput("a substitute over 1", "share: 50 %", "share: 150 %", "out-of-range 26:95"),
    BadInput("a stock of nobody", "country: SE, material: ore", "material: ore", "missing-key 27:5"),
    BadInput(
      "a stock of two", "country: SE, material: ore", "country: SE, site: works, material: ore",
      "missing-key 27:5"),
    BadInput("a stock without an amount", "amount: 60 d, ", "", "missing-key 27:5"),
    BadInput("a stock a year", "amount: 60 d", "amount: 60 t/yr", "wrong-dimension 27:67"),
    BadInput("a stock over no time", "over: 120 d", "over: 0 d", "out-of-range 27:76"),
    BadInput("a stock over a mass", "over: 120 d", "over: 120 t", "wrong-dimension 27:80"),
    BadInput("a flow without a seller", "seller: new-works, ", "", "missing-key 28:5"),
    BadInput("a flow to nobody", "buyer: shop", "buyer: shops", "dangling-id 28:49"),
    BadInput("a flow without a volume", ", volume: 10 t/yr", "", "missing-key 28:5"),
    BadInput("a flow of pieces", "volume: 10 t/yr", "volume: 10 k/yr", "wrong-dimension 28:83"),
    BadInput("a seller that does not make it", "seller: new-works", "seller: pit", "wrong-material 28:31"),
    BadInput("a buyer that does not take it", "buyer: shop", "buyer: users", "wrong-material 28:49"),
    BadInput(
      "a yield of no process", "kind: raise-yield, process: smelt,", "kind: raise-yield,", "missing-key 29:5"),
    BadInput("a yield by nothing", "process: smelt, by: 5 %", "process: smelt", "missing-key 29:5"),
    BadInput(
      "a yield of an unknown process", "process: smelt, by: 5 %", "process: smelting, by: 5 %",
      "dangling-id 29:35"),
    BadInput("recycling by a mass", "by: 0.1", "by: 0.1 t", "wrong-dimension 30:70"),
    BadInput("less demand of nobody", "demand: users, by: 10 %", "by: 10 %", "missing-key 31:5"),
    BadInput(
      "a demand lowered by more than all of it", "demand: users, by: 10 %", "demand: users, by: 110 %",
      "out-of-range 31:46"),
    BadInput(
      "a volume in a response that opens a site", "site: new-works, from",
      "site: new-works, volume: 5 t/yr, from", "useless-key 24:49"),
    BadInput(
      "an anchor and an alias", "targets: [north, JP]", "targets: &a [north, JP], what: *a",
      "refused-yaml 6:66, refused-yaml 6:88"),
    BadInput(
      "a bracket that is not closed", "targets: [north, JP]", "targets: [north, JP", "invalid-yaml 6:66"),
    BadInput("a key twice", "issuer: CN, targets", "issuer: CN, issuer: CN, targets", "duplicate-key 6:57"),
    BadInput(
      "a table that is a text", "outages:\n", "outages: none\nspare:\n", "wrong-kind 19:10, unknown-key 20:1"),
    BadInput("a tag", "note: All of it.", "note: !!str All", "refused-yaml 2:55"),
    BadInput("a bell", "note: All of it.", "note: \u{7}", "invalid-character 2:55"),
    BadInput("two documents", "outages:", "---\noutages:", "refused-yaml 19:1"),
  ]
}

extension String {
  func replacingCharacters(in range: Range<Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}
