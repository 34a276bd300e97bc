import CEL
import Diagnostics
import RuleEngine
import SupplyModel

/// A file of the rules' world while it is read: its lines, and what all of these files have in common.
struct RuleDocument {
  let root: Item
  let lines: FileLines

  /// The most bytes of a rule, of a pack's manifest and the like.
  static let limit = 64 << 10

  /// Reads the YAML of a file and the version of its format; nil if there is no point in reading on.
  static func read(
    _ bytes: [UInt8], named name: String, limit: Int = limit, _ problems: inout Problems
  ) -> RuleDocument? {
    let source = SourceFile(name: name, bytes: bytes, limit: limit)
    let file = problems.add(source)
    guard
      let root = YAMLDocument.read(
        file: file, bytes: bytes, limit: limit, start: "format: 1", problems: &problems)
    else {
      return nil
    }
    guard case .map(let fields) = root.value else {
      problems.report(
        "wrong-kind", at: root.spot, "the file is \(root.kind), not a mapping",
        help: "start it with format: 1")
      return nil
    }
    guard checkFormat(fields, &problems), checkEngine(fields, &problems) else { return nil }
    return RuleDocument(root: root, lines: FileLines(source))
  }

  private static func checkFormat(_ fields: [Field], _ problems: inout Problems) -> Bool {
    guard let format = fields.first(where: { $0.key == "format" })?.item, format.text != "1" else {
      return true
    }
    let text = format.text ?? ""
    let isNewer = Int(text).map { $0 > 1 } ?? false
    problems.report(
      isNewer ? "newer-format" : "unknown-format", at: format.spot,
      isNewer ? "the file has format \(text); this version reads format 1" : "'format' cannot be '\(text)'",
      help: isNewer ? "use a newer version of chokepoint" : "write format: 1")
    return false
  }

  private static func checkEngine(_ fields: [Field], _ problems: inout Problems) -> Bool {
    guard let item = fields.first(where: { $0.key == "engine" })?.item else { return true }
    guard let text = item.text, let range = EngineRange(text) else {
      problems.report(
        "invalid-version", at: item.spot, "'engine' wants versions, such as \">=1 <2\"",
        help: "write one or more of >=, >, <, <=, = before a version")
      return false
    }
    if range.contains(EngineVersion.current) { return true }
    problems.report(
      "other-engine", at: item.spot,
      "this is written for chokepoint \(text), not for version \(EngineVersion.current)",
      help: "use such a version, or one of the file for this version")
    return false
  }

  /// The text of an item with the place of each of its characters.
  func placed(_ item: Item, called key: String, _ problems: inout Problems) -> PlacedText? {
    guard let text = PlacedText(item, in: lines) else {
      problems.report(
        "wrong-kind", at: item.spot, "'\(key)' wants a text, not \(item.kind)",
        help: item.kind == "a mapping"
          ? "put it in quotes: braces start a mapping in YAML" : "put it in quotes")
      return nil
    }
    return text
  }

  /// The place of a spot, for what keeps one.
  func place(_ spot: Spot) -> SourcePlace? {
    guard case .mark(let line, let column) = spot.position else { return nil }
    return SourcePlace(file: lines.name, line: line, column: column)
  }
}

/// The version of the engine that reads rules: it rises with what rules may say.
public struct EngineVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  public var numbers: [Int]

  public static let current = EngineVersion(numbers: [1, 0])

  init(numbers: [Int]) { self.numbers = numbers }

  /// Reads one to three numbers with points between them, each below a million.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part -> Int? in
      guard (1...6).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        return nil
      }
      return Int(part)
    }
    guard numbers.count == parts.count, numbers.count <= 3 else { return nil }
    self.numbers = numbers
  }

  public static func < (lhs: Self, rhs: Self) -> Bool {
    lhs.padded.lexicographicallyPrecedes(rhs.padded)
  }

  public static func == (lhs: Self, rhs: Self) -> Bool { lhs.padded == rhs.padded }
  public func hash(into hasher: inout Hasher) { hasher.combine(padded) }

  private var padded: [Int] { numbers + Array(repeating: 0, count: max(0, 3 - numbers.count)) }

  public var description: String { numbers.map { "\($0)" }.joined(separator: ".") }
}

/// Versions that a file is for, such as `>=1.2 <2`; all conditions hold at once.
struct EngineRange {
  private var conditions: [(sign: String, version: EngineVersion)] = []

  init?(_ text: String) {
    let words = text.split(separator: " ")
    guard !words.isEmpty, words.count <= 8 else { return nil }
    for word in words {
      let sign = [">=", "<=", ">", "<", "="].first { word.hasPrefix($0) } ?? ""
      guard let version = EngineVersion(word.dropFirst(sign.count)) else { return nil }
      conditions.append((sign, version))
    }
  }

  func contains(_ version: EngineVersion) -> Bool {
    conditions.allSatisfy { sign, bound in
      switch sign {
      case ">=": version >= bound
      case "<=": version <= bound
      case ">": version > bound
      case "<": version < bound
      default: version == bound
      }
    }
  }
}

extension RecordReader {
  /// `true` or `false`.
  mutating func flag(_ key: String) -> Bool? {
    guard let item = written(key), let text = item.text else { return nil }
    if text == "true" { return true }
    if text == "false" { return false }
    problems.report(
      "unknown-value", at: item.spot, "'\(key)' cannot be '\(text)'", help: "write true or false")
    return nil
  }

  /// One text, or a list of them.
  mutating func textOrTexts(_ key: String) -> [Item] {
    guard let item = item(key) else { return [] }
    return item.text == nil ? texts(key) : [item]
  }

  /// What users change about rules.
  mutating func settings(in document: RuleDocument) -> RuleSettings {
    var settings = RuleSettings()
    func note(_ rule: String?, _ spot: Spot) {
      if let rule, settings.places[rule] == nil { settings.places[rule] = document.place(spot) }
    }
    for field in pairs("severity", example: "{ RULE: low }") {
      note(field.key, field.keySpot)
      let severity: FindingSeverity? = severity(field.item, called: field.key)
      if let severity { settings.severities[field.key] = severity }
    }
    let (off, only) = (texts("off"), item("only") == nil ? nil : texts("only"))
    for item in off + (only ?? []) { note(item.text, item.spot) }
    settings.off = Set(off.compactMap(\.text))
    settings.only = only.map { Set($0.compactMap(\.text)) }
    for rule in pairs("params", example: "{ RULE: { PARAMETER: 3 } }") {
      note(rule.key, rule.keySpot)
      guard case .map(let fields) = rule.item.value else {
        problems.report(
          "wrong-kind", at: rule.item.spot, "the parameters of '\(rule.key)' are no mapping",
          help: "write { PARAMETER: 3 }")
        continue
      }
      for field in fields {
        guard let values = parameterValues(field.item, called: field.key) else { continue }
        settings.assignments.append(
          RuleSettings.Assignment(rule: rule.key, parameter: field.key, values: values))
      }
    }
    return settings
  }

  mutating func severity(_ item: Item, called key: String) -> FindingSeverity? {
    if let severity = item.text.flatMap({ FindingSeverity(rawValue: $0) }) { return severity }
    let names = FindingSeverity.allCases.map(\.rawValue)
    problems.report(
      "unknown-value", at: item.spot, "'\(key)' cannot be '\(item.text ?? item.kind)'",
      help: suggestion(for: item.text ?? "", from: names).map { "did you mean '\($0)'?" }
        ?? "write \(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")")
    return nil
  }

  /// The value of a parameter as it was written: a text or a list of texts.
  mutating func parameterValues(_ item: Item, called key: String) -> [String]? {
    switch item.value {
    case .text(let text): return [text]
    case .list(let items) where items.count <= Self.itemLimit && items.allSatisfy({ $0.text != nil }):
      return items.compactMap(\.text)
    default:
      problems.report(
        "wrong-kind", at: item.spot, "'\(key)' wants a value or a list of values, not \(item.kind)",
        help: "write 3 or [CN, RU]; at most \(Self.itemLimit) values")
      return nil
    }
  }
}

extension ParameterType {
  /// The value that was written for a parameter of this type, and what to write if there is none.
  func read(_ values: [String], isList: Bool) -> (value: CELValue?, wrong: String?, help: String) {
    if self.isList {
      var elements: [CELValue] = []
      for text in values {
        guard let value = element(of: text) else { return (nil, text, help(for: text)) }
        elements.append(value)
      }
      return (.list(elements), nil, "")
    }
    guard values.count == 1, !isList else { return (nil, nil, "write one value, without brackets") }
    let value = element(of: values[0])
    return (value, value == nil ? values[0] : nil, value == nil ? help(for: values[0]) : "")
  }

  private var elementType: ParameterType { if case .list(let element) = self { element } else { self } }

  private func element(of text: String) -> CELValue? {
    switch elementType {
    case .double: DecimalNumber(text).flatMap { $0.value.isFinite && !$0.isLost ? .double($0.value) : nil }
    case .country where !Self.isPlace(text): nil
    case .stage where text.isEmpty, .material where text.isEmpty: nil
    default: value(of: text)
    }
  }

  /// A country, a bloc that all know, or what may be a bloc of a network.
  private static func isPlace(_ text: String) -> Bool {
    Country(code: text) != nil || Bloc.known.contains { $0.id == text }
      || !text.isEmpty && !text.unicodeScalars.contains { ("A"..."Z").contains($0) }
  }

  private func help(for text: String) -> String {
    switch elementType {
    case .bool: "write true or false"
    case .int: "write a whole number, such as 3"
    case .duration: "write a number and a unit, such as 90 d or 6 mo"
    case .double: DecimalNumber.help(for: text)
    case .country: countryHelp(for: text)
    case .string, .stage, .material, .list: "write a text"
    }
  }

  /// The type as it is written.
  var name: String {
    switch self {
    case .bool: "bool"
    case .int: "int"
    case .double: "double"
    case .string: "string"
    case .stage: "stage"
    case .country: "country"
    case .material: "material"
    case .duration: "duration"
    case .list(let element): "list<\(element.name)>"
    }
  }
}
