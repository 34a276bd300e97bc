import CEL
public import Diagnostics
public import RuleEngine
import SupplyModel

/// What reading a rule file gave: the rule, unless something is wrong with it, and all that is wrong.
public struct RuleFileReading: Sendable {
  /// Nil if there is any error.
  public let rule: RuleFile?

  /// Sorted by place; at most 200 of the file itself, the last of which then says how many more there are.
  public let diagnostics: [Diagnostic]

  public init(rule: RuleFile?, diagnostics: [Diagnostic]) {
    self.rule = rule
    self.diagnostics = diagnostics
  }
}

/// A file with one rule and its examples.
public enum RuleFileReader {
  /// The most bytes of a rule file.
  public static let limit = RuleDocument.limit

  /// Reads a rule and tells everything that is wrong with it, but for what only the checker of expressions
  /// knows.
  ///
  /// As safe to read as a network; see ``NetworkFile/read(manifest:named:load:)``.
  ///
  /// - Parameters:
  ///   - bytes: the file.
  ///   - name: what diagnostics call it; its last part must be the id of the rule and `.yaml`.
  ///   - pack: the id of the pack that it belongs to.
  ///   - lists: the lists of that pack, for defaults such as `lists.allies`.
  ///   - load: gives a file of a network that an example names by its folder, by its path below the pack.
  /// - Returns: the rule, or what is wrong.
  /// - Complexity: O(n) for n bytes, and for the networks of the examples.
  public static func read(
    _ bytes: [UInt8], named name: String, pack: String? = nil,
    lists: [(name: String, values: [String])] = [],
    load: (String) -> Result<[UInt8], FileProblem> = { _ in .failure(.missing) }
  ) -> RuleFileReading {
    var problems = Problems()
    guard let document = RuleDocument.read(bytes, named: name, &problems) else {
      return RuleFileReading(rule: nil, diagnostics: problems.diagnostics())
    }
    var reader = RecordReader(problems: problems)
    var decoder = RuleDecoder(document: document, pack: pack, lists: lists)
    var examples = ExampleReader(document: document)
    var rule: RuleFile?
    reader.read(document.root, as: .rule) { record in
      rule = decoder.rule(&record)
      let items = record.list("examples") ?? []
      if items.count > ExampleReader.limit {
        record.problems.report(
          "too-large", at: items[ExampleReader.limit].spot,
          "a rule has at most \(ExampleReader.limit) examples", help: "put the others into a test file")
      }
      for item in items.prefix(ExampleReader.limit) {
        record.read(item, as: .example) { record in
          if let example = examples.example(&record, load: load) { rule?.examples.append(example) }
        }
      }
    }
    let isWhole = reader.problems.errorCount == 0 && examples.isWhole
    return RuleFileReading(
      rule: isWhole ? rule : nil, diagnostics: reader.problems.diagnostics() + examples.diagnostics)
  }
}

/// Decodes the fields of a rule.
private struct RuleDecoder {
  let document: RuleDocument
  let pack: String?
  let lists: [(name: String, values: [String])]

  static let loopLimit = 3
  static let letLimit = 32
  static let parameterLimit = 16
  static let caseLimit = 8
  static let expressionLimit = 2_000
  static let messageLimit = 4_000

  /// Names that an expression knows before the file says any.
  private static let known = ["network", "banned", "scenario", "findings", "params", "lists"]

  /// Names that the file gave, and where.
  private var names: [String: Spot] = [:]

  init(document: RuleDocument, pack: String?, lists: [(name: String, values: [String])]) {
    self.document = document
    self.pack = pack
    self.lists = lists
  }

  mutating func rule(_ record: inout RecordReader) -> RuleFile? {
    let header = self.header(&record)
    let parameters = self.parameters(&record)
    let loops = self.loops(&record)
    let lets = bindings("let", limit: Self.letLimit, areVariables: true, &record)
    let when = record.item("when").flatMap { self.expression($0, called: "when", &record) }
    let message = record.item("message").flatMap { self.message($0, &record) }
    let show = bindings("show", limit: Self.letLimit, areVariables: false, &record)
    let cases = severityCases(&record)
    let allowsEmpty = record.flag("allow_empty") ?? false
    guard let header, let when, let message else { return nil }
    return RuleFile(
      header: header, parameters: parameters, loops: loops, lets: lets, when: when, message: message,
      show: show, severityWhen: cases, allowsEmpty: allowsEmpty, lists: lists)
  }

  private func header(_ record: inout RecordReader) -> RuleHeader? {
    let id = record.id()
    if let id {
      let file = document.lines.name.split(separator: "/").last.map(String.init) ?? ""
      if file != id.text + ".yaml" {
        record.problems.report(
          "wrong-file-name", at: id.spot, "the rule '\(id.text)' stands in a file called '\(file)'",
          help: "call the file \(id.text).yaml, or write id: \(file.replacing(".yaml", with: ""))")
      }
    }
    let version = record.integer("version", in: 1...1_000_000) ?? 1
    let status: RuleHeader.Status = record.choice("status") ?? .stable
    let title = record.text("title")
    let severity: FindingSeverity? = record.choice("severity")
    let (tags, references) = (record.textOrTexts("tags"), record.textOrTexts("references"))
    let (why, fix, replacedBy) = (record.text("why"), record.text("fix"), record.id("replaced_by"))
    guard let id, let title, let severity else { return nil }
    return RuleHeader(
      id: id.text, version: version, status: status, title: title, severity: severity,
      tags: tags.compactMap(\.text), references: references.compactMap(\.text), why: why ?? "",
      fix: fix ?? "", replacedBy: replacedBy?.text, file: document.lines.name, pack: pack)
  }

  // MARK: Names

  private static func isName(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    func isLetter(_ scalar: Unicode.Scalar) -> Bool {
      ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }
    guard let first = scalars.first, isLetter(first), scalars.count <= 64 else { return false }
    return scalars.allSatisfy { isLetter($0) || ("0"..."9").contains($0) }
  }

  private func checkName(_ text: String, at spot: Spot, _ problems: inout Problems) -> Bool {
    if Self.isName(text) { return true }
    problems.report(
      "invalid-name", at: spot, "'\(text)' cannot be a name in an expression",
      help: "use letters, digits and _, at most 64, and start with a letter")
    return false
  }

  private mutating func add(_ name: String, at spot: Spot, _ problems: inout Problems) {
    guard checkName(name, at: spot, &problems) else { return }
    if Self.known.contains(name) {
      problems.report(
        "shadowed-name", at: spot, "'\(name)' means something else in every rule", help: "choose another name"
      )
    } else if let earlier = names[name] {
      problems.report(
        "shadowed-name", at: spot, "'\(name)' hides a name of this rule", earlier: earlier,
        help: "choose another name")
    } else {
      names[name] = spot
    }
  }

  // MARK: Expressions

  private func expression(_ item: Item, called key: String, _ record: inout RecordReader) -> RuleExpression? {
    guard let text = document.placed(item, called: key, &record.problems) else { return nil }
    return expression(text, 0..<text.scalars.count, isPlain: item.style == .plain, &record)
  }

  private func expression(
    _ text: PlacedText, _ range: Range<Int>, isPlain: Bool, _ record: inout RecordReader
  ) -> RuleExpression? {
    let expression = text.expression(range)
    if range.count > Self.expressionLimit {
      record.problems.report(
        "too-large", at: text.spot(range.lowerBound..<(range.lowerBound + 1)),
        "an expression has at most \(Self.expressionLimit) characters, this one \(range.count)",
        help: "split it into names of 'let'")
      return nil
    }
    if expression.text.isEmpty {
      record.problems.report(
        "missing-expression", at: text.spot(range), "an expression is missing here", help: "write one")
      return nil
    }
    if let open = TemplateScan(text.scalars, range).unclosed {
      record.problems.report(
        "split-expression", at: text.spot(open..<(open + 1)),
        "the expression ends inside the '\(text.scalars[open])' that starts here",
        help: isPlain
          ? "YAML splits at a comma in braces and at ' #': put the expression in double quotes"
          : "close it")
      return nil
    }
    return expression
  }

  private mutating func loops(_ record: inout RecordReader) -> [RuleFile.Binding] {
    guard let items = record.list("for") else { return [] }
    if items.isEmpty || items.count > Self.loopLimit {
      record.problems.report(
        "wrong-count",
        at: items.isEmpty ? record.item("for")?.spot ?? record.spot : items[Self.loopLimit].spot,
        "'for' has one to \(Self.loopLimit) loops, this one \(items.count)",
        help: items.isEmpty
          ? "write - { each: p, in: network.products() }" : "look at fewer things at once, or write two rules"
      )
    }
    var loops: [RuleFile.Binding] = []
    for item in items.prefix(Self.loopLimit) {
      let item = withoutPiecesOf("in", item)
      record.read(item, as: .loop) { record in
        let name = record.written("each")
        let expression = record.item("in").flatMap { self.expression($0, called: "in", &record) }
        guard let name, let text = name.text else { return }
        add(text, at: name.spot, &record.problems)
        if let expression { loops.append(RuleFile.Binding(text, expression)) }
      }
    }
    return loops
  }

  /// A mapping without the keys that are the rest of an expression which YAML split at a comma; what is wrong
  /// with them is said of the expression.
  private func withoutPiecesOf(_ key: String, _ item: Item) -> Item {
    guard case .map(let fields) = item.value,
      let expression = fields.first(where: { $0.key == key })?.item, expression.style == .plain,
      let text = PlacedText(expression, in: document.lines),
      TemplateScan(text.scalars, 0..<text.scalars.count).unclosed != nil
    else { return item }
    var item = item
    item.value = .map(fields.filter { $0.item.text != "" || Self.isName($0.key) })
    return item
  }

  private mutating func bindings(
    _ key: String, limit: Int, areVariables: Bool, _ record: inout RecordReader
  ) -> [RuleFile.Binding] {
    let fields = record.pairs(key, example: "{ NAME: EXPRESSION }")
    if fields.count > limit {
      record.problems.report(
        "too-large", at: fields[limit].keySpot,
        "'\(key)' has at most \(limit) names, this one \(fields.count)",
        help: "split the rule")
    }
    var bindings: [RuleFile.Binding] = []
    for field in fields.prefix(limit) {
      if areVariables {
        add(field.key, at: field.keySpot, &record.problems)
      } else {
        _ = checkName(field.key, at: field.keySpot, &record.problems)
      }
      if let expression = self.expression(field.item, called: field.key, &record) {
        bindings.append(RuleFile.Binding(field.key, expression))
      }
    }
    return bindings
  }

  private func severityCases(_ record: inout RecordReader) -> [RuleFile.SeverityCase] {
    let items = record.list("severity_when") ?? []
    if items.count > Self.caseLimit {
      record.problems.report(
        "too-large", at: items[Self.caseLimit].spot, "'severity_when' has at most \(Self.caseLimit) cases",
        help: "leave some out; the first that holds wins")
    }
    var cases: [RuleFile.SeverityCase] = []
    for item in items.prefix(Self.caseLimit) {
      record.read(withoutPiecesOf("if", item), as: .severityCase) { record in
        let condition = record.item("if").flatMap { self.expression($0, called: "if", &record) }
        let severity: FindingSeverity? = record.choice("then")
        if let condition, let severity { cases.append(.init(if: condition, then: severity)) }
      }
    }
    return cases
  }

  // MARK: Message

  /// Text with expressions in braces; two braces stand for one.
  private func message(_ item: Item, _ record: inout RecordReader) -> [RuleFile.MessagePart]? {
    guard let text = document.placed(item, called: "message", &record.problems) else { return nil }
    if text.scalars.count > Self.messageLimit {
      record.problems.report(
        "too-large", at: item.spot, "a message has at most \(Self.messageLimit) characters",
        help: "shorten it; explanations go into 'why'")
      return nil
    }
    let errorsBefore = record.problems.errorCount
    var parts: [RuleFile.MessagePart] = []
    var words = String.UnicodeScalarView()
    func flush() {
      if !words.isEmpty { parts.append(.text(String(words))) }
      words = String.UnicodeScalarView()
    }
    let scalars = text.scalars
    var position = 0
    while position < scalars.count {
      let scalar = scalars[position]
      let isDouble = position + 1 < scalars.count && scalars[position + 1] == scalar
      if scalar == "{" || scalar == "}", isDouble {
        words.append(scalar)
        position += 2
      } else if scalar == "{" {
        flush()
        let scan = TemplateScan(scalars, (position + 1)..<scalars.count, endsAtBrace: true)
        guard let end = scan.end else {
          record.problems.report(
            "unclosed-brace", at: text.spot(position..<(position + 1)),
            "the '{' that starts here is not closed",
            help: "add '}' behind the expression, or write '{{' for a brace")
          return nil
        }
        if let part = expression(text, (position + 1)..<end, isPlain: false, &record) {
          parts.append(.expression(part))
        }
        position = end + 1
      } else if scalar == "}" {
        record.problems.report(
          "unopened-brace", at: text.spot(position..<(position + 1)), "a '}' without a '{' before it",
          help: "write '}}' for a brace")
        position += 1
      } else {
        words.append(scalar)
        position += 1
      }
    }
    flush()
    return record.problems.errorCount == errorsBefore ? parts : nil
  }

  // MARK: Parameters

  private func parameters(_ record: inout RecordReader) -> [RuleParameter] {
    let fields = record.pairs("params", example: "{ NAME: { type: double, default: 0.5 } }")
    if fields.count > Self.parameterLimit {
      record.problems.report(
        "too-large", at: fields[Self.parameterLimit].keySpot,
        "a rule has at most \(Self.parameterLimit) parameters", help: "leave some out")
    }
    var parameters: [RuleParameter] = []
    for field in fields.prefix(Self.parameterLimit) {
      _ = checkName(field.key, at: field.keySpot, &record.problems)
      record.read(field.item, as: .parameter) { record in
        if let parameter = self.parameter(field.key, &record) { parameters.append(parameter) }
      }
    }
    return parameters
  }

  private func parameter(_ name: String, _ record: inout RecordReader) -> RuleParameter? {
    let help = record.text("help") ?? ""
    let finite = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    let (minimum, maximum) = (record.number("min", in: finite), record.number("max", in: finite))
    let written = record.item("default")
    guard let typeItem = record.written("type"), let typeText = typeItem.text else { return nil }
    guard let type = ParameterType(typeText) else {
      let names = ParameterType.names
      record.problems.report(
        "unknown-type", at: typeItem.spot, "there is no type '\(typeText)'",
        help: suggestion(for: typeText, from: names + names.map { "list<\($0)>" }).map {
          "did you mean '\($0)'?"
        }
          ?? "write \(names.joined(separator: ", ")), or list<…> of one of them")
      return nil
    }
    let isNumber = type.isNumber
    for key in ["min", "max"] where !isNumber {
      guard let item = record.item(key) else { continue }
      record.problems.report(
        "useless-key", at: item.spot, "'\(key)' does nothing for a '\(type.name)'", help: "remove it")
    }
    let unit = self.unit(of: type, &record)
    guard let written, let value = self.value(of: written, as: type, &record) else { return nil }
    let number: Double? =
      switch value {
      case .int(let number): Double(number)
      case .double(let number): number
      default: nil
      }
    if let number, number < minimum ?? number || number > maximum ?? number {
      record.problems.report(
        "out-of-range", at: written.spot, "the default of '\(name)' lies outside of 'min' and 'max'",
        help: "change one of them")
    }
    return RuleParameter(
      name: name, type: type, value: value, help: help, unit: unit, minimum: minimum, maximum: maximum)
  }

  /// The unit that a parameter is in; empty if it says none.
  private func unit(of type: ParameterType, _ record: inout RecordReader) -> String {
    let units = RuleCatalogue.Quantity.allCases.map(\.rawValue)
    guard let item = record.written("unit"), let text = item.text else { return "" }
    if !units.contains(text) {
      record.problems.report(
        "unknown-unit", at: item.spot, "a parameter cannot be in '\(text)'",
        help: suggestion(for: text, from: units).map { "did you mean '\($0)'?" }
          ?? "write \(units.joined(separator: ", "))")
    } else if !type.isNumber {
      record.problems.report(
        "useless-key", at: item.spot, "'unit' does nothing for a '\(type.name)'", help: "remove it")
    }
    return text
  }

  private func value(of item: Item, as type: ParameterType, _ record: inout RecordReader) -> CELValue? {
    if type.isList, let text = item.text, text.hasPrefix("lists.") {
      let name = String(text.dropFirst("lists.".count))
      if let list = lists.first(where: { $0.name == name }) {
        let read = type.read(list.values, isList: true)
        if let value = read.value { return value }
        record.problems.report(
          "wrong-type", at: item.spot,
          "'\(read.wrong ?? "")' in the list '\(name)' is no \(String(type.name.dropFirst(5).dropLast()))",
          help: read.help)
        return nil
      }
      record.problems.report(
        "unknown-list", at: item.spot, "the pack has no list '\(name)'",
        help: suggestion(for: name, from: lists.map(\.name)).map { "did you mean 'lists.\($0)'?" }
          ?? (lists.isEmpty
            ? "lists stand in pack.yaml; write the values here"
            : "it has \(lists.map(\.name).joined(separator: ", "))"))
      return nil
    }
    var isList = false
    if case .list = item.value { isList = true }
    guard isList == type.isList else {
      record.problems.report(
        "wrong-type", at: item.spot, "the default of a '\(type.name)' is \(item.kind)",
        help: type.isList ? "write [\(item.text ?? "…")]" : "write one value, without brackets")
      return nil
    }
    guard let values = record.parameterValues(item, called: "default") else { return nil }
    let read = type.read(values, isList: isList)
    if let value = read.value { return value }
    var spot = item.spot
    if case .list(let items) = item.value { spot = items.first { $0.text == read.wrong }?.spot ?? spot }
    record.problems.report(
      "wrong-type", at: spot, "'\(read.wrong ?? "")' is no value of '\(type.name)'", help: read.help)
    return nil
  }
}

/// Goes over an expression as far as texts and brackets tell where it ends.
struct TemplateScan {
  /// Where the `}` stands that ends an expression in a message.
  private(set) var end: Int?

  /// The last bracket that nothing closes, if there is one and nothing else is wrong with brackets.
  private(set) var unclosed: Int?

  init(_ scalars: [Unicode.Scalar], _ range: Range<Int>, endsAtBrace: Bool = false) {
    let closing: [Unicode.Scalar: Unicode.Scalar] = ["(": ")", "[": "]", "{": "}"]
    var open: [Int] = []
    var position = range.lowerBound
    while position < range.upperBound {
      let scalar = scalars[position]
      switch scalar {
      case "\"", "'":
        guard let next = Self.endOfText(scalars, position, range) else { return }
        position = next
        continue
      case "(", "[", "{": open.append(position)
      case ")", "]", "}":
        if open.isEmpty {
          if endsAtBrace, scalar == "}" { end = position }
          return
        }
        guard let last = open.popLast(), closing[scalars[last]] == scalar else { return }
      default: break
      }
      position += 1
    }
    unclosed = open.last
  }

  /// The position behind a text in quotes; nil if it is not closed.
  private static func endOfText(_ scalars: [Unicode.Scalar], _ start: Int, _ range: Range<Int>) -> Int? {
    let quote = scalars[start]
    let isRaw = start > range.lowerBound && (scalars[start - 1] == "r" || scalars[start - 1] == "R")
    let isTriple =
      start + 2 < range.upperBound && scalars[start + 1] == quote && scalars[start + 2] == quote
    let width = isTriple ? 3 : 1
    var position = start + width
    while position < range.upperBound {
      if scalars[position] == "\\", !isRaw {
        position += 2
      } else if position + width <= range.upperBound,
        scalars[position..<(position + width)].allSatisfy({ $0 == quote })
      {
        return position + width
      } else {
        position += 1
      }
    }
    return nil
  }
}
