import Diagnostics
import RuleEngine
import SupplyModel

/// Reads the examples of rules: small networks, what is changed in them, and what is expected.
struct ExampleReader {
  let document: RuleDocument

  /// Networks and scenarios that the examples name, as they stand in the file.
  var networks: [String: Item] = [:]
  var scenarios: [String: Item] = [:]

  /// Whether all networks and scenarios that an example named could be read.
  private(set) var isWhole = true

  /// What is wrong with files of networks that examples name.
  private(set) var diagnostics: [Diagnostic] = []

  /// Names whose items were found to be wrong: what is wrong is said once.
  private var faulty: Set<String> = []
  private var folders: [String: SupplyNetwork] = [:]

  /// The most examples of a rule.
  static let limit = 50

  init(document: RuleDocument) { self.document = document }

  /// The example that a record describes; nil if anything is wrong with it.
  mutating func example(
    _ record: inout RecordReader, load: (String) -> Result<[UInt8], FileProblem>
  ) -> RuleExample? {
    let errorsBefore = record.problems.errorCount
    let place = document.place(record.item("name")?.spot ?? record.spot)
    let name = record.text("name")
    let parameters = record.pairs("params", example: "{ PARAMETER: 3 }").compactMap { field in
      record.parameterValues(field.item, called: field.key).map { (name: field.key, values: $0) }
    }
    let expectation: RuleExample.Expectation? = record.choice("expect")
    let isComplete = record.flag("complete") ?? false
    let isAtBound = record.flag("bound") ?? false
    let findings = self.findings(&record)
    let missing = record.textOrTexts("missing").compactMap(\.text)
    if let expectation, expectation != .inconclusive, let item = record.item("missing") {
      record.problems.report(
        "useless-key", at: item.spot, "'missing' says nothing where '\(expectation.rawValue)' is expected",
        help: "write expect: inconclusive, or remove it")
    }
    if let expectation, expectation != .flagged, let item = record.item("findings"), !findings.isEmpty {
      record.problems.report(
        "useless-key", at: item.spot, "'findings' says nothing where '\(expectation.rawValue)' is expected",
        help: "write expect: flagged, or remove the findings")
    }
    let network = self.network(&record, load: load)
    var scenario: Scenario?
    if let network, let item = record.item("scenario") {
      scenario = self.scenario(item, of: network, &record)
    }
    guard let name, let expectation, let network, record.problems.errorCount == errorsBefore else {
      return nil
    }
    if record.item("scenario") != nil, scenario == nil { return nil }
    return RuleExample(
      name: name, network: network, scenario: scenario, parameters: parameters, expectation: expectation,
      findings: findings, isComplete: isComplete, missing: missing, isAtBound: isAtBound, place: place)
  }

  private func findings(_ record: inout RecordReader) -> [RuleExample.ExpectedFinding] {
    var findings: [RuleExample.ExpectedFinding] = []
    record.records("findings", as: .expectedFinding) { record in
      let subjects = record.textOrTexts("subjects").compactMap(\.text)
      let severity: FindingSeverity? = record.choice("severity")
      findings.append(
        RuleExample.ExpectedFinding(subjects: subjects, severity: severity, message: record.text("message")))
    }
    return findings
  }

  // MARK: Networks

  private mutating func network(
    _ record: inout RecordReader, load: (String) -> Result<[UInt8], FileProblem>
  ) -> SupplyNetwork? {
    guard var item = record.item("network") else { return nil }
    var name: String?
    if let text = item.text, item.style == .plain, !text.contains(" ") {
      guard let named = networks[text] else {
        record.problems.report(
          "dangling-id", at: item.spot, "no network is called '\(text)'",
          help: suggestion(for: text, from: networks.keys.sorted()).map { "did you mean '\($0)'?" }
            ?? "write a network in short notation behind '|', or { folder: FOLDER }, or describe it in 'networks'"
        )
        return nil
      }
      name = text
      item = named
    }
    if let name, faulty.contains(name) {
      isWhole = false
      return nil
    }
    if case .map(let fields) = item.value, fields.contains(where: { $0.key == "folder" }) {
      return folderNetwork(item, &record, load: load)
    }
    let errorsBefore = record.problems.errorCount
    var manifest: Item
    switch item.value {
    case .text:
      guard let text = document.placed(item, called: "network", &record.problems) else { return nil }
      manifest = NetworkNotation.manifest(of: text, &record.problems)
    case .map(let fields):
      manifest = Self.completed(item, fields, head: "network", id: name ?? "example", keys: [])
    case .list:
      record.problems.report(
        "wrong-kind", at: item.spot, "'network' is a list",
        help: "write a network in short notation behind '|', or its tables as a mapping")
      return nil
    }
    if let with = record.item("with"), record.problems.errorCount == errorsBefore {
      var edits = NetworkEdits(manifest)
      record.read(with, as: .edits) { edits.apply(&$0) }
      manifest = edits.manifest
    }
    guard record.problems.errorCount == errorsBefore else {
      if let name { faulty.insert(name) }
      return nil
    }
    let network = NetworkBuilder.network(from: manifest, &record) { reader, format, tables, add in
      guard let item = tables[format.name] else { return true }
      if case .map(let fields) = item.value, let csv = fields.first(where: { $0.key == "csv" }) {
        reader.problems.report(
          "wrong-kind", at: csv.keySpot, "a network in this file has no tables in other files",
          help: "write the rows here, or put the network into a folder: { folder: FOLDER }")
        return false
      }
      return reader.readTable(format, from: item, folder: "", load: { _ in .failure(.missing) }, add)
    }
    if network == nil, record.item("with") == nil, let name { faulty.insert(name) }
    return network
  }

  /// A mapping with the keys that a file of its own would start with.
  private static func completed(
    _ item: Item, _ fields: [Field], head: String, id: String, keys: Set<String>
  ) -> Item {
    func field(_ key: String, _ value: Item.Value) -> Field {
      Field(key: key, keySpot: item.spot, item: Item(value: value, spot: item.spot))
    }
    var item = item
    var fields = fields
    if !fields.contains(where: { $0.key == head }) {
      var own = fields.filter { keys.contains($0.key) }
      fields.removeAll { keys.contains($0.key) }
      if !own.contains(where: { $0.key == "id" }) { own.append(field("id", .text(id))) }
      fields.insert(field(head, .map(own)), at: 0)
    }
    if !fields.contains(where: { $0.key == "chokepoint" }) {
      fields.insert(field("chokepoint", .text("1")), at: 0)
    }
    item.value = .map(fields)
    return item
  }

  private mutating func folderNetwork(
    _ item: Item, _ record: inout RecordReader, load: (String) -> Result<[UInt8], FileProblem>
  ) -> SupplyNetwork? {
    var folder: Item?
    record.read(item, as: .networkFolder) { folder = $0.written("folder") }
    guard let folder, let path = folder.text else { return nil }
    if let with = record.item("with") {
      record.problems.report(
        "useless-key", at: with.spot, "'with' does not reach a network in a folder",
        help: "write the network here, or change the files of the folder")
      return nil
    }
    if let reason = RecordReader.whyNotBelow(path) {
      record.problems.report(
        "invalid-path", at: folder.spot, "the path '\(path)' \(reason)", help: "name a folder in the pack")
      return nil
    }
    if let network = folders[path] { return network }
    if faulty.contains("/" + path) {
      isWhole = false
      return nil
    }
    switch load(path + "/network.yaml") {
    case .success(let bytes):
      let reading = NetworkFile.read(manifest: bytes, named: path + "/network.yaml") { load(path + "/" + $0) }
      diagnostics += reading.diagnostics
      folders[path] = reading.network
      if reading.network == nil {
        faulty.insert("/" + path)
        isWhole = false
      }
      return reading.network
    case .failure(let problem):
      record.problems.report(
        "unreadable-file", at: folder.spot, "cannot read '\(path)/network.yaml': \(problem.words)",
        help: problem.help)
      return nil
    }
  }

  // MARK: Scenarios

  private mutating func scenario(
    _ item: Item, of network: SupplyNetwork, _ record: inout RecordReader
  ) -> Scenario? {
    var item = item
    if let text = item.text, item.style == .plain, !text.contains(" ") {
      guard let named = scenarios[text] else {
        record.problems.report(
          "dangling-id", at: item.spot, "no scenario is called '\(text)'",
          help: suggestion(for: text, from: scenarios.keys.sorted()).map { "did you mean '\($0)'?" }
            ?? "write it here, or describe it in 'scenarios'")
        return nil
      }
      item = named
      if case .map(let fields) = item.value {
        item = Self.completed(item, fields, head: "scenario", id: text, keys: Self.headKeys)
      }
    }
    switch item.value {
    case .text:
      guard let text = document.placed(item, called: "scenario", &record.problems) else { return nil }
      let errorsBefore = record.problems.errorCount
      let manifest = ScenarioNotation.manifest(of: text, &record.problems)
      guard record.problems.errorCount == errorsBefore else { return nil }
      return ScenarioBuilder.scenario(from: manifest, of: network, &record)
    case .map(let fields):
      let manifest = Self.completed(item, fields, head: "scenario", id: "example", keys: Self.headKeys)
      return ScenarioBuilder.scenario(from: manifest, of: network, &record)
    case .list:
      record.problems.report(
        "wrong-kind", at: item.spot, "'scenario' is a list", help: "write { controls: [ … ] }")
      return nil
    }
  }

  private static let headKeys: Set<String> = ["id", "title", "as_of", "note"]
}

/// The short way to write a small scenario: one line for each control or outage.
///
/// ```
/// as_of 2026-06-01
/// export-ban CN materials=ndpr,dy effective=2026-01-01 known_until=2026-12-31
/// outage site=ref-my
/// ```
enum ScenarioNotation {
  private static let listKeys: Set<String> = [
    "targets", "except", "entities", "waypoints", "materials", "forms", "elements", "hs", "stages",
    "technologies", "sites",
  ]
  private static let subjectKeys: Set<String> = [
    "materials", "forms", "elements", "hs", "stages", "technologies",
  ]

  /// The scenario file that a text describes; what is wrong with it is among the `problems`.
  static func manifest(of text: PlacedText, _ problems: inout Problems) -> Item {
    let spot = text.spot(0..<1)
    func item(_ value: Item.Value, _ spot: Spot) -> Item { Item(value: value, spot: spot) }
    var head = [Field(key: "id", keySpot: spot, item: item(.text("example"), spot))]
    var controls: [Item] = []
    var outages: [Item] = []
    var start = 0
    while start < text.scalars.count {
      let end = text.scalars[start...].firstIndex(of: "\n") ?? text.scalars.count
      defer { start = end + 1 }
      let line = text.scalars[start..<end].prefix { $0 != "#" }
      let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
      guard let first = words.first else { continue }
      if controls.count + outages.count > NetworkNotation.lineLimit {
        problems.report(
          "too-large", at: text.spot(first.startIndex..<first.endIndex),
          "a scenario in short notation has at most \(NetworkNotation.lineLimit) lines", help: "shorten it")
        break
      }
      func string(_ word: ArraySlice<Unicode.Scalar>) -> String { String(String.UnicodeScalarView(word)) }
      func spot(_ word: ArraySlice<Unicode.Scalar>) -> Spot { text.spot(word.startIndex..<word.endIndex) }
      var fields: [Field] = []
      var subject: [Field] = []
      let kind = string(first)
      var rest = words.dropFirst()
      switch kind {
      case "as_of":
        if let day = rest.first {
          head.append(Field(key: "as_of", keySpot: spot(first), item: item(.text(string(day)), spot(day))))
        } else {
          problems.report(
            "invalid-notation", at: spot(first), "a day is missing", help: "write as_of 2026-01-31")
        }
        for word in rest.dropFirst() {
          problems.report(
            "invalid-notation", at: spot(word), "nothing may follow the day", help: "start a new line")
        }
        continue
      case "outage": break
      default:
        fields = [
          Field(
            key: "id", keySpot: spot(first), item: item(.text("\(kind)-\(controls.count + 1)"), spot(first))),
          Field(key: "kind", keySpot: spot(first), item: item(.text(kind), spot(first))),
        ]
        if let issuer = rest.first, !issuer.contains("=") {
          fields.append(
            Field(key: "issuer", keySpot: spot(issuer), item: item(.text(string(issuer)), spot(issuer))))
          rest = rest.dropFirst()
        }
      }
      for word in rest {
        guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
          problems.report(
            "invalid-notation", at: spot(word), "'\(string(word))' is no KEY=VALUE", help: "write KEY=VALUE")
          continue
        }
        let key = string(word[..<equals])
        let value = word[(equals + 1)...]
        let parts = value.split(separator: ",")
        let isList = listKeys.contains(key) && !(key == "targets" && string(value) == "all")
        let field = Field(
          key: key, keySpot: spot(word[..<equals]),
          item: isList
            ? item(.list(parts.map { item(.text(string($0)), spot($0)) }), spot(value))
            : item(.text(string(value)), spot(value)))
        if kind != "outage", subjectKeys.contains(key) { subject.append(field) } else { fields.append(field) }
      }
      if let about = subject.first {
        fields.append(
          Field(key: "what", keySpot: about.keySpot, item: item(.map(subject), about.keySpot)))
      }
      if kind == "outage" {
        outages.append(item(.map(fields), spot(first)))
      } else {
        controls.append(item(.map(fields), spot(first)))
      }
    }
    let root: [(String, Item.Value)] = [
      ("chokepoint", .text("1")), ("scenario", .map(head)), ("controls", .list(controls)),
      ("outages", .list(outages)),
    ]
    return item(.map(root.map { Field(key: $0.0, keySpot: spot, item: item($0.1, spot)) }), spot)
  }
}

/// Changes rows of a manifest before it is built.
struct NetworkEdits {
  private(set) var manifest: Item

  init(_ manifest: Item) { self.manifest = manifest }

  /// Reads `remove`, `set` and `unknown` and does what they say.
  mutating func apply(_ record: inout RecordReader) {
    for item in record.texts("remove") {
      guard let id = item.text else { continue }
      if !remove(id) { reportMissing(id, at: item.spot, &record.problems) }
    }
    for field in record.pairs("set", example: "{ SITE.capacity: 5 kt/yr }") {
      change(field.key, at: field.keySpot, to: field.item, &record.problems)
    }
    for item in record.texts("unknown") {
      guard let path = item.text else { continue }
      change(path, at: item.spot, to: nil, &record.problems)
    }
  }

  private func reportMissing(_ id: String, at spot: Spot, _ problems: inout Problems) {
    let ids = rows().flatMap { names(of: $0.fields, in: $0.table) }
    problems.report(
      "dangling-id", at: spot, "the network has nothing with the id '\(id)'",
      help: suggestion(for: id, from: ids).map { "did you mean '\($0)'?" }
        ?? "name a row: a site, a demand, a lane as FROM>TO:MATERIAL, a stock as SITE:MATERIAL")
  }

  // MARK: Rows

  private struct Row {
    var table: String
    var position: Int
    var fields: [Field]
  }

  private func rows() -> [Row] {
    guard case .map(let tables) = manifest.value else { return [] }
    return tables.flatMap { table -> [Row] in
      switch table.item.value {
      case .list(let items):
        return items.enumerated().compactMap { position, item in
          if case .map(let fields) = item.value {
            return Row(table: table.key, position: position, fields: fields)
          }
          // A stage may stand as a plain id.
          let id = Field(key: "id", keySpot: item.spot, item: item)
          return item.text == nil ? nil : Row(table: table.key, position: position, fields: [id])
        }
      default: return []
      }
    }
  }

  private func text(_ key: String, of fields: [Field]) -> String? {
    fields.first { $0.key == key }?.item.text
  }

  /// What a row can be called: its id, or what it joins.
  private func names(of fields: [Field], in table: String) -> [String] {
    if let id = text("id", of: fields) { return [id] }
    switch table {
    case "flows":
      guard let from = text("from", of: fields), let to = text("to", of: fields) else { return [] }
      return ["\(from)>\(to):\(text("material", of: fields) ?? "")", "\(from)>\(to)"]
    case "stocks":
      guard let holder = text("site", of: fields) ?? text("country", of: fields) else { return [] }
      return ["\(holder):\(text("material", of: fields) ?? "")"]
    case "operations":
      guard let site = text("site", of: fields) else { return [] }
      return ["\(site):\(text("process", of: fields) ?? "")"]
    default: return []
    }
  }

  private mutating func update(_ table: String, _ body: (inout [Item]) -> Void) {
    guard case .map(var tables) = manifest.value,
      let position = tables.firstIndex(where: { $0.key == table }),
      case .list(var items) = tables[position].item.value
    else { return }
    body(&items)
    tables[position].item.value = .list(items)
    manifest.value = .map(tables)
  }

  // MARK: Changes

  /// Removes all rows of a name, and lanes, stocks and operations that hang on them.
  private mutating func remove(_ id: String) -> Bool {
    let rows = rows()
    let gone = rows.filter { names(of: $0.fields, in: $0.table).contains(id) }
    guard !gone.isEmpty else { return false }
    let isPlace = gone.contains { $0.table == "sites" || $0.table == "demand" }
    let hanging = rows.filter { row in
      isPlace && ["from", "to", "site"].contains { text($0, of: row.fields) == id }
    }
    for table in Set(rows.map(\.table)).sorted() {
      let positions = Set((gone + hanging).filter { $0.table == table }.map(\.position))
      guard !positions.isEmpty else { continue }
      update(table) { items in
        items = items.enumerated().filter { !positions.contains($0.offset) }.map(\.element)
      }
    }
    return true
  }

  /// Sets a value, or takes it away; a path is `NAME.KEY` or `KIND[NAME].KEY`.
  private mutating func change(_ path: String, at spot: Spot, to value: Item?, _ problems: inout Problems) {
    guard let dot = path.lastIndex(of: "."), dot != path.startIndex else {
      problems.report(
        "invalid-path", at: spot, "'\(path)' names no figure of a row",
        help: "write ID.KEY, such as mt-weld.capacity")
      return
    }
    var name = String(path[..<dot])
    let key = String(path[path.index(after: dot)...])
    var kind: String?
    if name.hasSuffix("]"), let bracket = name.firstIndex(of: "[") {
      kind = String(name[..<bracket])
      name = String(name[name.index(after: bracket)...].dropLast())
    }
    let tables = kind.map { kind in
      Set([kind, kind + "s"] + Self.tables.filter { $0.kind == kind }.map(\.table))
    }
    let found = rows().filter { row in
      tables?.contains(row.table) != false && names(of: row.fields, in: row.table).contains(name)
    }
    // The one row with such a key, or the first that may have it.
    let fits =
      found.first { row in row.fields.contains { $0.key == key } }
      ?? found.first { row in
        RecordFormat.tables.first { $0.name == row.table }?.allows(key) == true
      }
    guard let row = fits else {
      if let row = found.first, let format = RecordFormat.tables.first(where: { $0.name == row.table }) {
        problems.reportUnknownKey(key, at: spot, in: format)
      } else {
        reportMissing(name, at: spot, &problems)
      }
      return
    }
    if value == nil, !row.fields.contains(where: { $0.key == key }) {
      problems.report(
        "already-unknown", at: spot, "'\(name)' has no '\(key)' in the network",
        help: "leave it out of 'unknown'")
      return
    }
    update(row.table) { items in
      // The parts of a figure go with it.
      var fields = row.fields.filter { $0.key != key && !$0.key.hasPrefix(key + "_") }
      if let value { fields.append(Field(key: key, keySpot: spot, item: value)) }
      items[row.position].value = .map(fields)
    }
  }

  private static let tables: [(kind: String, table: String)] = [
    ("lane", "flows"), ("product", "demand"), ("process", "processes"), ("technology", "technologies"),
  ]
}

extension RecordFormat {
  /// The tables of a network whose rows can be changed.
  fileprivate static let tables: [RecordFormat] = [
    .stages, .elementGroups, .blocs, .sources, .materials, .technologies, .operators, .processes, .sites,
    .operations, .flows, .markets, .stocks, .demand, .statistics, .governance, .tradeParameters,
    .riskParameters,
  ]
}
