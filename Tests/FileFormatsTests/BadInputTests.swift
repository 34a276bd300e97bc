import Diagnostics
import FileFormats
import SupplyModel
import Testing

/// One thing that is wrong with a network that is valid otherwise, and what is said about it.
struct BadInput: Sendable, CustomTestStringConvertible {
  let name: String
  let old: String
  let new: String

  /// The id and the place of each diagnostic.
  let expected: String

  init(_ name: String, _ old: String, _ new: String, _ expected: String) {
    (self.name, self.old, self.new, self.expected) = (name, old, new, expected)
  }

  var testDescription: String { name }
}

struct BadInputTests {
  static let manifest = """
    chokepoint: 1
    network: { id: x, title: X, as_of: 2024-12-31 }
    stages: [mine, plant]
    element_groups: [ { id: heavies, name: Heavies, elements: [Dy, Tb] } ]
    blocs: [ { id: north, members: [NO, SE] } ]
    sources: [ { id: book, title: Book } ]
    materials:
      - { id: ore, elements: { Dy: 0.5 } }
      - { id: metal }
      - { id: motor, unit: piece }
    technologies: [ { id: know-how, suppliers: [CN, FR] } ]
    operators: [ { id: owner }, { id: firm, parent: owner } ]
    processes:
      - { id: dig, activity: t ore, outputs: [ { material: ore, amount: 1 } ] }
      - { id: smelt, activity: t metal, inputs: [ { material: ore, amount: 2 } ], outputs: [ { material: metal, amount: 1 } ] }
    sites:
      - { id: pit, stage: mine, country: NO, runs: [dig], capacity: 5 kt/yr, lat: 60 }
      - { id: works, stage: plant, country: SE, operator: firm, runs: [smelt], technologies: [ { id: know-how, from: FR } ] }
    operations: [ { site: works, process: smelt, capacity: 2 kt/yr } ]
    flows: [ { from: pit, to: works, material: ore, volume: 4 kt/yr } ]
    markets: [ { material: metal } ]
    stocks: [ { country: JP, material: metal, amount: 60 d } ]
    demand: [ { id: users, material: metal, place: north, amount: 1 kt/yr } ]
    statistics: [ { series: a, stage: mine, material: heavies, country: NO, amount: 2 kt } ]

    """

  @Test("the network that the tables below spoil is valid")
  func manifestIsValid() throws {
    let reading = read(Self.manifest)
    #expect(reading.diagnostics == [])
    #expect(reading.network?.operations.count == 2)
  }

  @Test("each mistake in a manifest is found at its place, and nothing else", arguments: manifestCases)
  func inManifest(_ input: BadInput) throws {
    let place = try #require(Self.manifest.firstRange(of: input.old))
    var manifest = Self.manifest
    manifest.replaceSubrange(place, with: input.new)
    let reading = read(manifest)
    #expect(reading.network == nil)
    #expect(summary(of: reading) == input.expected)
    #expect(reading.diagnostics.allSatisfy(isWhole))
  }

  @Test("each mistake in a CSV file is found at its place, and nothing else", arguments: csvCases)
  func inCSV(_ input: BadInput) throws {
    let sites = try #require(Self.manifest.firstRange(of: "sites:\n"))
    let manifest = Self.manifest[..<sites.lowerBound] + "sites: { csv: sites.csv }\n"
    let reading = read(String(manifest), ["sites.csv": input.new])
    #expect(reading.network == nil)
    #expect(summary(of: reading) == input.expected)
    #expect(reading.diagnostics.allSatisfy { $0.place?.file == "sites.csv" })
    #expect(reading.diagnostics.allSatisfy(isWhole))
  }

  /// Whether a diagnostic says where, shows the line with a caret, and says what to write instead.
  private func isWhole(_ diagnostic: Diagnostic) -> Bool {
    diagnostic.place != nil && diagnostic.excerpt != nil && !(diagnostic.help ?? "").isEmpty
      && "\(diagnostic)".split(separator: "\n").contains { $0.hasSuffix("^") }
  }

  private func summary(of reading: NetworkReading) -> String {
    reading.diagnostics.map { "\($0.id) \($0.place?.line ?? 0):\($0.place?.column ?? 0)" }
      .joined(separator: ", ")
  }

  static let manifestCases: [BadInput] = [
    BadInput(
      "a country rated twice", "amount: 2 kt } ]",
      "amount: 2 kt } ]\ngovernance: [ { country: NO, estimate: 1 }, { country: NO, estimate: 2 } ]",
      "duplicate-id 25:56"),
    BadInput(
      "a rating beyond the scale", "amount: 2 kt } ]",
      "amount: 2 kt } ]\ngovernance: [ { country: NO, estimate: 9 } ]", "out-of-range 25:40"),
    BadInput(
      "a rating of a bloc", "amount: 2 kt } ]",
      "amount: 2 kt } ]\ngovernance: [ { country: north, estimate: 1 } ]", "unknown-country 25:26"),
    BadInput(
      "a trade parameter of nothing", "amount: 2 kt } ]",
      "amount: 2 kt } ]\ntrade_parameters: [ { country: CN, material: gold, parameter: 1 } ]",
      "dangling-id 25:46"),
    BadInput(
      "two trade parameters for the same", "amount: 2 kt } ]",
      "amount: 2 kt } ]\ntrade_parameters: [ { country: CN, parameter: 1 }, { country: CN, parameter: 2 } ]",
      "duplicate-id 25:63"),
    BadInput(
      "recycling of more than all", "amount: 2 kt } ]",
      "amount: 2 kt } ]\nrisk_parameters: [ { material: heavies, recycling: 3 } ]", "out-of-range 25:52"),
    BadInput(
      "recycling as a mass", "amount: 2 kt } ]",
      "amount: 2 kt } ]\nrisk_parameters: [ { material: heavies, recycling: 3 t } ]", "wrong-dimension 25:54"),
    BadInput(
      "a material described twice", "amount: 2 kt } ]",
      "amount: 2 kt } ]\nrisk_parameters: [ { material: ore }, { material: ore } ]", "duplicate-id 25:51"),
    BadInput(
      "a price that is a mass", "{ id: metal }", "{ id: metal, price: 3 t }", "wrong-dimension 9:27"),
    BadInput(
      "a price without a unit", "{ id: metal }", "{ id: metal, price: 3 }", "missing-unit 9:25"),
    BadInput(
      "a price by mass of what is counted", "unit: piece }", "unit: piece, price: 3 USD/kg }",
      "wrong-dimension 10:40"),
    BadInput("a misspelt key", "title: X", "titel: X", "unknown-key 2:19"),
    BadInput("an unknown table", "stocks:", "stock:", "unknown-key 22:1"),
    BadInput("a newer format", "chokepoint: 1", "chokepoint: 2", "newer-format 1:13"),
    BadInput("an unknown format", "chokepoint: 1", "chokepoint: one", "unknown-format 1:13"),
    BadInput("no format", "chokepoint: 1\n", "", "missing-key 1:1"),
    BadInput("no network", "network: { id: x, title: X, as_of: 2024-12-31 }\n", "", "missing-key 1:1"),
    BadInput("no id", "{ id: x, title: X,", "{ title: X,", "missing-key 2:10"),
    BadInput("an empty id", "{ id: x,", "{ id: ,", "missing-key 2:12"),
    BadInput("a key twice", "title: X", "title: X, title: Y", "duplicate-key 2:29"),
    BadInput(
      "a key twice in a block", "markets: [ { material: metal } ]", "stages: [mine]", "duplicate-key 21:1"),
    BadInput("an id with a blank", "id: pit", "id: the pit", "invalid-id 17:11, dangling-id 20:18"),
    BadInput(
      "an id of 129 characters", "{ id: metal }",
      "{ id: metal }\n  - { id: " + String(repeating: "m", count: 129) + " }", "invalid-id 10:11"),
    BadInput("an id twice", "{ id: metal }", "{ id: metal }\n  - { id: ore }", "duplicate-id 10:11"),
    BadInput("a day that does not exist", "2024-12-31", "2023-02-29", "invalid-date 2:36"),
    BadInput("a day written otherwise", "2024-12-31", "31.12.2024", "invalid-date 2:36"),
    BadInput("a table that is a text", "stages: [mine, plant]", "stages: mine", "wrong-kind 3:9"),
    BadInput("a record that is a text", "[ { material: metal } ]", "[ metal ]", "wrong-kind 21:12"),
    BadInput("a record that is a list", "[ { material: metal } ]", "[ [ metal ] ]", "wrong-kind 21:12"),
    BadInput("a text that is a list", "title: X", "title: [X]", "wrong-kind 2:26"),
    BadInput("a list that is a text", "suppliers: [CN, FR]", "suppliers: CN", "wrong-kind 11:44"),
    BadInput("a symbol of no element", "elements: [Dy, Tb]", "elements: [Dy, tb]", "unknown-element 4:64"),
    BadInput("an element twice", "elements: [Dy, Tb]", "elements: [Dy, Dy]", "duplicate-value 4:64"),
    BadInput("a fraction above 1", "Dy: 0.5", "Dy: 1.5", "out-of-range 8:32"),
    BadInput("a negative fraction", "Dy: 0.5", "Dy: -0.5", "out-of-range 8:32"),
    BadInput("fractions above 1 in sum", "Dy: 0.5", "Dy: 0.5, Tb: 0.6", "out-of-range 8:26"),
    BadInput("a fraction with a decimal comma", "{ Dy: 0.5 }", "{ Dy: '0,5' }", "not-a-number 8:33"),
    BadInput("fractions that are a text", "{ Dy: 0.5 }", "Dy", "wrong-kind 8:26"),
    BadInput("a country that does not exist", "country: SE", "country: XX", "unknown-country 18:41"),
    BadInput("a country by its name", "country: SE", "country: Sweden", "unknown-country 18:41"),
    BadInput("a country by a habit", "country: SE", "country: UK", "unknown-country 18:41"),
    BadInput("a bloc for a country", "country: SE", "country: EU", "unknown-country 18:41"),
    BadInput("a member that is no country", "[NO, SE]", "[NO, EU]", "unknown-country 5:37"),
    BadInput("a member twice", "[NO, SE]", "[NO, NO]", "duplicate-value 5:37"),
    BadInput(
      "a bloc that is known", "id: north, members", "id: G7, members",
      "duplicate-id 5:16, unknown-place 23:48"),
    BadInput(
      "a bloc called like a country", "id: north, members", "id: NO, members",
      "duplicate-id 5:16, unknown-place 23:48"),
    BadInput("a place that is none", "place: north", "place: norht", "unknown-place 23:48"),
    BadInput("a unit that is none", "capacity: 5 kt/yr", "capacity: 5 tonnes/yr", "unknown-unit 17:67"),
    BadInput("a mass where a rate is wanted", "capacity: 5 kt/yr", "capacity: 5 kt", "wrong-dimension 17:67"),
    BadInput(
      "a count where a mass is wanted", "capacity: 5 kt/yr", "capacity: 5 M/yr", "wrong-dimension 17:67"),
    BadInput("a number without a unit", "capacity: 5 kt/yr", "capacity: 5", "missing-unit 17:65"),
    BadInput(
      "a capacity of something else", "capacity: 5 kt/yr", "capacity: 5 kt metal/yr", "wrong-substance 17:67"),
    BadInput("a negative number", "capacity: 5 kt/yr", "capacity: -5 kt/yr", "negative-number 17:65"),
    BadInput("no number", "capacity: 5 kt/yr", "capacity: NaN kt/yr", "not-a-number 17:65"),
    BadInput("an infinite number", "capacity: 5 kt/yr", "capacity: .inf", "not-a-number 17:65"),
    BadInput("an infinite power of ten", "capacity: 5 kt/yr", "capacity: 1e999 kt/yr", "out-of-range 17:65"),
    BadInput(
      "a number too large in tonnes", "capacity: 5 kt/yr", "capacity: 1e308 Mt/yr", "out-of-range 17:65"),
    BadInput(
      "a number too small to tell from 0", "capacity: 5 kt/yr", "capacity: 1e-400 kt/yr", "out-of-range 17:65"
    ),
    BadInput("a decimal comma", "capacity: 5 kt/yr", "capacity: '0,5 kt/yr'", "not-a-number 17:66"),
    BadInput("thousands separators", "capacity: 5 kt/yr", "capacity: '1,234,567 t/yr'", "not-a-number 17:66"),
    BadInput("underscores", "capacity: 5 kt/yr", "capacity: 1_000 t/yr", "not-a-number 17:65"),
    BadInput("a hexadecimal number", "capacity: 5 kt/yr", "capacity: 0x10 t/yr", "not-a-number 17:65"),
    BadInput("two numbers", "capacity: 5 kt/yr", "capacity: 5-7 kt/yr", "not-a-number 17:65"),
    BadInput("no digit before the point", "capacity: 5 kt/yr", "capacity: .5 kt/yr", "not-a-number 17:65"),
    BadInput(
      "low above the value", "capacity: 5 kt/yr", "capacity: { value: 5, unit: kt/yr, low: 6 }",
      "invalid-range 17:95"),
    BadInput(
      "high below the value", "capacity: 5 kt/yr", "capacity: { value: 5, unit: kt/yr, high: 4 }",
      "invalid-range 17:96"),
    BadInput("low without a value", "capacity: 5 kt/yr", "capacity_low: 4", "missing-key 17:69"),
    BadInput(
      "a figure without a value", "capacity: 5 kt/yr", "capacity: { unit: kt/yr }", "missing-key 17:65"),
    BadInput(
      "parts within and beside", "capacity: 5 kt/yr", "capacity: { value: 5, unit: kt/yr }, capacity_low: 4",
      "duplicate-key 17:106"),
    BadInput(
      "a unit twice", "capacity: 5 kt/yr", "capacity: 5 kt/yr, capacity_unit: t/yr", "duplicate-key 17:89"),
    BadInput(
      "a year that is none", "capacity: 5 kt/yr", "capacity: { value: 5, unit: kt/yr, year: 24 }",
      "out-of-range 17:96"),
    BadInput(
      "a confidence that is none", "capacity: 5 kt/yr",
      "capacity: { value: 5, unit: kt/yr, confidence: guessed }", "unknown-value 17:102"),
    BadInput(
      "a source that is none", "capacity: 5 kt/yr", "capacity: { value: 5, unit: kt/yr, source: boook }",
      "dangling-id 17:98"),
    BadInput("a figure that is a list", "capacity: 5 kt/yr", "capacity: [5]", "wrong-kind 17:65"),
    BadInput(
      "a status that is none", "country: NO, runs", "country: NO, status: runing, runs", "unknown-value 17:50"
    ),
    BadInput(
      "what a row cannot stand for", "country: NO, runs", "country: NO, represents: firm, runs",
      "unknown-value 17:54"),
    BadInput("a latitude beyond the pole", "lat: 60", "lat: 95", "out-of-range 17:79"),
    BadInput(
      "a stage that is none", "stage: mine, country: NO, runs", "stage: mining, country: NO, runs",
      "dangling-id 17:23"),
    BadInput("an operator that is none", "operator: firm", "operator: frim", "dangling-id 18:55"),
    BadInput("a process that is none", "runs: [dig]", "runs: [dgi]", "dangling-id 17:49"),
    BadInput("a process twice", "runs: [dig]", "runs: [dig, dig]", "duplicate-value 17:54"),
    BadInput(
      "a technology that is none", "{ id: know-how, from: FR }", "{ id: know-ho, from: FR }",
      "dangling-id 18:98"),
    BadInput(
      "a grace that is no time", "{ id: know-how, from: FR }", "{ id: know-how, from: FR, grace: 5 t }",
      "wrong-dimension 18:127"),
    BadInput("a capacity for two processes", "runs: [dig]", "runs: [dig, smelt]", "ambiguous-capacity 17:72"),
    BadInput("a capacity for no process", "runs: [dig], ", "", "capacity-without-process 17:52"),
    BadInput(
      "figures on the site and in operations", "runs: [smelt]", "runs: [smelt], capacity: 1 kt/yr",
      "duplicate-value 19:39"),
    BadInput(
      "an operation twice", "[ { site: works, process: smelt, capacity: 2 kt/yr } ]",
      "[ { site: works, process: smelt }, { site: works, process: smelt } ]", "duplicate-id 19:72"),
    BadInput("an operation of a site that is none", "{ site: works,", "{ site: work,", "dangling-id 19:23"),
    BadInput("parents in a circle", "{ id: owner }", "{ id: owner, parent: firm }", "circular-parents 12:35"),
    BadInput("an own parent", "{ id: owner }", "{ id: owner, parent: owner }", "circular-parents 12:35"),
    BadInput("a material counted by the day", "unit: piece", "unit: t/d", "wrong-dimension 10:24"),
    BadInput("an activity with a number", "activity: t ore", "activity: 1 t ore", "wrong-dimension 14:26"),
    BadInput("an activity per time", "activity: t ore", "activity: t ore/yr", "wrong-dimension 14:26"),
    BadInput(
      "a recipe of a material that is none", "{ material: ore, amount: 2 }", "{ material: oar, amount: 2 }",
      "dangling-id 15:59"),
    BadInput(
      "a recipe in pieces of what has a mass", "{ material: ore, amount: 2 }",
      "{ material: ore, amount: 2 piece }", "wrong-dimension 15:74"),
    BadInput(
      "a recipe without an amount", "{ material: ore, amount: 2 }", "{ material: ore }", "missing-key 15:47"),
    BadInput(
      "a recipe with nothing of it", "{ material: ore, amount: 2 }", "{ material: ore, amount: 0 }",
      "out-of-range 15:72"),
    BadInput(
      "a material as its own substitute", "{ material: ore, amount: 2 }",
      "{ material: ore, amount: 2, or: [ { material: ore, amount: 1 } ] }", "duplicate-value 15:93"),
    BadInput(
      "a product twice", "[ { material: metal, amount: 1 } ]",
      "[ { material: metal, amount: 1 }, { material: metal, amount: 2 } ]", "duplicate-value 15:134"),
    BadInput("a process that makes nothing", "[ { material: metal, amount: 1 } ]", "[]", "missing-key 15:88"),
    BadInput("a flow from nowhere", "from: pit,", "from: pti,", "dangling-id 20:18"),
    BadInput("a flow to nowhere", "to: works,", "to: workz,", "dangling-id 20:27"),
    BadInput(
      "a flow of what the origin does not make", "to: works, material: ore", "to: users, material: metal",
      "wrong-material 20:44"),
    BadInput(
      "a flow of what the destination does not take", "from: pit, to: works, material: ore",
      "from: CN, to: works, material: metal", "wrong-material 20:43"),
    BadInput(
      "a flow of what is not wanted", "from: pit, to: works, material: ore",
      "from: pit, to: users, material: ore", "wrong-material 20:44"),
    BadInput("a flow without a material", ", material: ore, volume: 4 kt/yr", "", "missing-key 20:10"),
    BadInput("a flow with a stock's volume", "volume: 4 kt/yr", "volume: 60 d", "wrong-dimension 20:60"),
    BadInput("a lead time that is a mass", "volume: 4 kt/yr", "lead_time: 60 t", "wrong-dimension 20:63"),
    BadInput(
      "a flow id twice", "[ { from: pit,",
      "[ { id: f, from: CN, to: works, material: ore }, { id: f, from: pit,", "duplicate-id 20:63"),
    BadInput(
      "a market twice", "[ { material: metal } ]", "[ { material: metal }, { material: metal } ]",
      "duplicate-id 21:45"),
    BadInput("a stock of nobody", "country: JP, material: metal", "material: metal", "missing-key 22:11"),
    BadInput(
      "a stock of two", "country: JP, material: metal", "country: JP, site: works, material: metal",
      "missing-key 22:11"),
    BadInput("a stock per year", "amount: 60 d", "amount: 60 t/yr", "wrong-dimension 22:54"),
    BadInput("a demand called like a site", "id: users", "id: works", "duplicate-id 23:17"),
    BadInput("a demand that is a mass", "amount: 1 kt/yr }", "amount: 1 kt }", "wrong-dimension 23:65"),
    BadInput(
      "a priority that is none", "place: north,", "place: north, priority: high,", "out-of-range 23:65"),
    BadInput("a statistic of nothing", "material: heavies", "material: heavy", "dangling-id 24:51"),
    BadInput(
      "a table in a CSV file that cannot be one", "processes:\n", "processes: { csv: p.csv }\nsources2:\n",
      "wrong-kind 13:14, unknown-key 14:1"),
    BadInput(
      "a file that is missing", "stages: [mine, plant]", "stages: { csv: none.csv }", "unreadable-file 3:16"),
    BadInput("a folder", "stages: [mine, plant]", "stages: { csv: folder }", "unreadable-file 3:16"),
    BadInput(
      "a file that is locked", "stages: [mine, plant]", "stages: { csv: locked }", "unreadable-file 3:16"),
    BadInput(
      "a file that is too large", "stages: [mine, plant]", "stages: { csv: huge }", "unreadable-file 3:16"),
    BadInput(
      "a path that leads upwards", "stages: [mine, plant]", "stages: { csv: a/../../b.csv }",
      "invalid-path 3:16"),
    BadInput(
      "an absolute path", "stages: [mine, plant]", "stages: { csv: /etc/passwd }", "invalid-path 3:16"),
    BadInput(
      "a path with a backslash", "stages: [mine, plant]", "stages: { csv: 'a\\b.csv' }", "invalid-path 3:17"),
    BadInput(
      "a path with a control character", "stages: [mine, plant]", "stages: { csv: \"a\\u0007.csv\" }",
      "invalid-path 3:17"),
    BadInput("a path that is a list", "stages: [mine, plant]", "stages: { csv: [a] }", "wrong-kind 3:16"),
    BadInput(
      "something beside a path", "stages: [mine, plant]", "stages: { csv: none.csv, delimiter: x }",
      "unreadable-file 3:16, unknown-key 3:26"),
    BadInput(
      "an anchor and an alias", "stages: [mine, plant]", "stages: &s [mine, plant]\nmarkets2: *s",
      "refused-yaml 3:9, refused-yaml 4:11"),
    BadInput("a merge key", "network: { id: x,", "network: { <<: y, id: x,", "refused-yaml 2:12"),
    BadInput("a tag", "title: X", "title: !!str X", "refused-yaml 2:26"),
    BadInput("a directive", "chokepoint: 1\n", "%YAML 1.2\n---\nchokepoint: 1\n", "refused-yaml 1:1"),
    BadInput("a second document", "blocs:", "---\nblocs:", "refused-yaml 5:1"),
    BadInput(
      "a bracket that is not closed", "stages: [mine, plant]", "stages: [mine, plant", "invalid-yaml 3:9"),
    BadInput(
      "a brace that is not closed", "{ id: x, title: X, as_of: 2024-12-31 }", "{ id: x, title: X",
      "invalid-yaml 2:10"),
    BadInput("a tab for indentation", "  - { id: metal }", "\t- { id: metal }", "invalid-yaml 9:1"),
    BadInput("a quote that is not closed", "title: X,", "title: 'X,", "invalid-yaml 2:26"),
    BadInput("a colon too many", "stages: [mine, plant]", "stages: a: b", "invalid-yaml 3:10"),
    BadInput("an item too far left", "  - { id: metal }", " - { id: metal }", "invalid-yaml 9:2"),
    BadInput("a bell", "title: X", "title: \u{7}", "invalid-character 2:26"),
    BadInput("an invisible line break", "title: X", "title: a\u{2028}b", "invalid-character 2:27"),
  ]

  static let csvCases: [BadInput] = [
    BadInput("bars between the columns", "", "id|stage|country\npit|mine|NO\n", "wrong-delimiter 1:3"),
    BadInput(
      "semicolons and decimal commas", "", "id;runs;capacity\npit;dig;0,5 kt/yr\n", "wrong-delimiter 1:3"),
    BadInput(
      "thousands after a blank", "", "id,runs,capacity,capacity_unit\npit,dig,5 000,t/yr\n",
      "not-a-number 2:9"),
    BadInput(
      "thousands after a narrow blank", "",
      "id,runs,capacity,capacity_unit\npit,dig,5\u{202F}000,t/yr\n", "not-a-number 2:9"),
    BadInput(
      "thousands after an apostrophe", "", "id,runs,capacity,capacity_unit\npit,dig,5'000,t/yr\n",
      "not-a-number 2:9"),
    BadInput(
      "a plus sign", "", "id,runs,capacity,capacity_unit\npit,dig,+5,t/yr\n", "not-a-number 2:9"),
    BadInput("about", "", "id,runs,capacity,capacity_unit\npit,dig,~5,t/yr\n", "not-a-number 2:9"),
    BadInput(
      "a range with a dash", "", "id,runs,capacity,capacity_unit\npit,dig,5–7,t/yr\n", "not-a-number 2:9"),
    BadInput(
      "a typographic minus", "", "id,runs,capacity,capacity_unit\npit,dig,−5,t/yr\n", "not-a-number 2:9"),
    BadInput(
      "digits of full width", "", "id,runs,capacity,capacity_unit\npit,dig,５,t/yr\n", "not-a-number 2:9"),
    BadInput("not available", "", "id,runs,capacity,capacity_unit\npit,dig,n/a,t/yr\n", "not-a-number 2:9"),
    BadInput("not a number", "", "id,runs,capacity,capacity_unit\npit,dig,NaN,t/yr\n", "not-a-number 2:9"),
    BadInput("infinity", "", "id,runs,capacity,capacity_unit\npit,dig,inf,t/yr\n", "not-a-number 2:9"),
    BadInput(
      "an infinite power of ten", "", "id,runs,capacity,capacity_unit\npit,dig,1e999,t/yr\n",
      "out-of-range 2:9"),
    BadInput(
      "a negative number", "", "id,runs,capacity,capacity_unit\npit,dig,-5,t/yr\n", "negative-number 2:9"),
    BadInput(
      "a decimal comma without quotes", "", "id,runs,capacity,capacity_unit\npit,dig,0,5,kt/yr\n",
      "long-row 2:1"),
    BadInput(
      "a column name with an invisible letter", "", "id,stage\u{200B}\npit,mine\n", "unknown-column 1:4"),
    BadInput("empty rows of a spreadsheet", "", "id,stage\npit,mine\n,\n", "missing-key 3:1"),
    BadInput("a row of units", "", "id,capacity,runs\n-,t/yr,dig\n", "not-a-number 2:3"),
    BadInput(
      "two byte order marks", "", "\u{FEFF}\u{FEFF}id\npit\n", "unknown-column 1:1, missing-column 1:1"),
    BadInput(
      "a comment before the header", "", "# sites\nid\npit\n", "unknown-column 1:1, missing-column 1:1"),
    BadInput(
      "a YAML file for a table", "", "chokepoint: 1\nnetwork: x\n", "unknown-column 1:1, missing-column 1:1"),
    BadInput(
      "a page that was not found", "", "<!DOCTYPE html>\n<p>404</p>\n",
      "unknown-column 1:1, missing-column 1:1"),
    BadInput("a short row", "", "id,stage,country\npit,mine,NO\nworks,plant\n", "short-row 3:1"),
    BadInput("a long row", "", "id,stage,country\npit,mine,NO,5\n", "long-row 2:1"),
    BadInput("semicolons between the columns", "", "id;stage;country\npit;mine;NO\n", "wrong-delimiter 1:3"),
    BadInput("tabs between the columns", "", "id\tstage\tcountry\npit\tmine\tNO\n", "wrong-delimiter 1:3"),
    BadInput("an unknown column", "", "id,stage,contry\npit,mine,NO\n", "unknown-column 1:10"),
    BadInput("a column twice", "", "id,stage,id\npit,mine,pit\n", "duplicate-column 1:10"),
    BadInput("a column without a name", "", "id,stage,\npit,mine,\n", "unknown-column 1:10"),
    BadInput("a missing column", "", "stage,country\nmine,NO\n", "missing-column 1:1"),
    BadInput("a row without an id", "", "id,stage\n,mine\n", "missing-key 2:1"),
    BadInput(
      "a quoted field that is not closed", "", "id,name\npit,\"The pit\nworks,W\n", "unclosed-quote 2:5"),
    BadInput("a text after a closing quote", "", "id,name\npit,\"The\" pit\n", "stray-quote 2:11"),
    BadInput("a quote inside a field", "", "id,name\npit,The \"pit\"\n", "stray-quote 2:9"),
    BadInput("an empty file", "", "", "empty-file 1:1"),
    BadInput("a file of line breaks", "", "\n\r\n\n", "empty-file 1:1"),
    BadInput("a byte order mark alone", "", "\u{FEFF}", "empty-file 1:1"),
    BadInput("a problem after a byte order mark", "", "\u{FEFF}id,stage\npit,mien\n", "dangling-id 2:5"),
    BadInput("a problem after CR LF", "", "id,stage\r\npit,mine\r\nworks,plnt\r\n", "dangling-id 3:7"),
    BadInput(
      "a problem after a quoted line break", "", "id,name,stage\npit,\"a\nb\",mien\n", "dangling-id 3:4"),
    BadInput("a NUL byte", "", "id,stage\npit,mi\u{0}ne\n", "invalid-character 2:7"),
    BadInput(
      "a decimal comma", "", "id,runs,capacity,capacity_unit\npit,dig,\"0,5\",kt/yr\n", "not-a-number 2:10"),
    BadInput(
      "an unknown unit", "", "id,runs,capacity,capacity_unit\npit,dig,5,kt/fortnight\n", "unknown-unit 2:11"),
    BadInput(
      "a wrong dimension", "", "id,runs,capacity,capacity_unit\npit,dig,5,kt\n", "wrong-dimension 2:11"),
    BadInput("a missing unit", "", "id,runs,capacity,capacity_unit\npit,dig,5,\n", "missing-unit 2:9"),
    BadInput("a process that is none", "", "id,runs\npit, dig ; smlt\n", "dangling-id 2:12"),
    BadInput(
      "a technology that is none", "", "id,technologies\npit,know-how from=FR; know-hwo grace=180d\n",
      "dangling-id 2:23"),
    BadInput(
      "a technology with an unknown part", "", "id,technologies\npit,know-how form=FR\n", "unknown-key 2:14"),
    BadInput(
      "a technology with a word too many", "", "id,technologies\npit,know-how FR\n", "unknown-key 2:14"),
    BadInput(
      "a problem after letters outside of ASCII", "", "id,name,stage\npit,Grüße,mien\n", "dangling-id 2:11"),
    BadInput("an id twice", "", "id\npit\nworks\npit\n", "duplicate-id 4:1"),
  ]
}
