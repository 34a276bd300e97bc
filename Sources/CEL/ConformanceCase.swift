/// A case of the public conformance suite.
///
/// A case has the fields `id`, `expr`, `container`, `type_env`, `bindings`, `disable_check`,
/// `disable_macros`, `check_only`, `expected`, `expected_error`, `deduced_type` and `features`; others are passed
/// over. A value is `{"t": type, "v": value}`; a case with neither an expected value nor an error expects `true`.
public struct ConformanceCase: Sendable {
  public let id: String
  public let source: String
  private let json: JSONValue

  /// Reads a line; returns nil if it is not a JSON object with an expression.
  ///
  /// `fallbackID` names a case that has no id.
  public init?(_ line: String, fallbackID: String) {
    guard let json = JSONValue(line), let source = json["expr"]?.text else { return nil }
    id = json["id"]?.text ?? fallbackID
    self.source = source
    self.json = json
  }

  /// The part left out that the case needs, by its features, its file, or what it calls.
  public var omission: ConformanceReport.Omission? {
    let marks = (json["features"]?.items.compactMap(\.text) ?? []) + [json["file"]?.text ?? ""]
    if marks.contains(where: { $0.hasPrefix("block") || $0.contains("_block") })
      || source.contains("cel.block(")
    {
      return .block
    }
    if marks.contains(where: { $0.contains("network") }) { return .network }
    if json["needs_proto"] == .bool(true) || marks.contains(where: { $0.contains("proto") })
      || mentionsMessages
    {
      return .protocolBuffers
    }
    return nil
  }

  /// Whether the case itself shows that it needs messages.
  ///
  /// It does in a type of its variables, in a value, or because it writes one. Only times are messages that the
  /// language knows.
  private var mentionsMessages: Bool {
    func needs(_ type: JSONValue) -> Bool {
      switch type {
      case .object(let members):
        members.contains { member in
          switch (member.name, member.value) {
          case ("wrapper", _), ("enum", _): true
          case ("message", .string(let name)): CELEnvironment.typeNames[name] == nil
          default: needs(member.value)
          }
        }
      case .array(let items): items.contains { needs($0) }
      case .string("any"): true
      default: false
      }
    }
    func isMessage(_ value: JSONValue) -> Bool {
      switch value["t"]?.text {
      case "message", "object", "enum", "any": true
      case "list", "map", "optional":
        value["v"]?.items.contains { $0.items.contains { isMessage($0) } || isMessage($0) } ?? false
      default: false
      }
    }
    var values = [json["expected"]].compactMap { $0 }
    if case .object(let bindings)? = json["bindings"] { values += bindings.map(\.value) }
    let declared = (json["type_env"]?.items ?? []).flatMap { [$0["type"], $0["overloads"]] }
    let types = (declared + [json["deduced_type"]]).compactMap { $0 }
    if types.contains(where: { needs($0) }) || values.contains(where: { isMessage($0) }) { return true }
    // The suite declares no structs of its own: what a case writes with braces after a name is a message.
    let expression = try? CELExpression(source, in: CELEnvironment())
    return expression?.writesStruct ?? false
  }

  /// Whether the case expects that the evaluation fails.
  public var wantsError: Bool {
    switch json["expected_error"] {
    case nil, .null?, .bool(false)?: false
    case .array([])?: json["matcher"]?.text?.contains("error") ?? false
    default: true
    }
  }

  private var isChecked: Bool { json["disable_check"] != .bool(true) }

  /// The program of the case and the values of its variables.
  ///
  /// - Throws: `CELProblems` of the expression, or a `CELFailure` for a value that cannot be read.
  public func prepared() throws -> (program: CELProgram, values: [String: CELValue]) {
    var environment = CELEnvironment()
    environment.container = json["container"]?.text ?? ""
    for declaration in json["type_env"]?.items ?? [] { Self.declare(declaration, in: &environment) }
    var values: [String: CELValue] = [:]
    if case .object(let bindings)? = json["bindings"] {
      for binding in bindings {
        guard let value = Self.value(binding.value) else {
          throw CELFailure(.argument, "the binding '\(binding.name)' cannot be read")
        }
        if environment.variable(binding.name) == nil { environment.declare(variable: binding.name) }
        values[binding.name] = value
      }
    }
    let expression = try CELExpression(
      source, in: environment, expandsMacros: json["disable_macros"] != .bool(true))
    return (try isChecked ? expression.program() : expression.uncheckedProgram(), values)
  }

  /// Why the case fails, or nil if it passes.
  public func problem() -> String? {
    let program: CELProgram
    let values: [String: CELValue]
    do { (program, values) = try prepared() } catch let problems as CELProblems {
      return problems.problems.map(\.message).joined(separator: "; ")
    } catch { return (error as? CELFailure)?.message ?? "\(error)" }
    if isChecked, let wanted = json["deduced_type"], wanted != .null, let type = Self.type(wanted),
      type != program.resultType
    {
      return "the type is \(program.resultType), not \(type)"
    }
    if json["check_only"] == .bool(true) { return nil }
    let result: CELValue
    do { result = try program.evaluate(values) } catch { return wantsError ? nil : error.message }
    if wantsError { return "no error, but \(result)" }
    guard let expected = json["expected"], expected != .null else {
      return Self.same(result, .bool(true)) ? nil : "\(result), not true"
    }
    guard let wanted = Self.value(expected) else { return "the expected value cannot be read" }
    return Self.same(result, wanted) ? nil : "\(result), not \(wanted)"
  }

  /// Whether two values are the same, with their types; NaN is the same as NaN.
  private static func same(_ a: CELValue, _ b: CELValue) -> Bool {
    switch (a, b) {
    case (.double(let a), .double(let b)): return a == b || (a.isNaN && b.isNaN)
    case (.list(let a), .list(let b)): return a.count == b.count && zip(a, b).allSatisfy { same($0, $1) }
    case (.map(let a), .map(let b)):
      return a.count == b.count
        && a.entries.allSatisfy { entry in
          b[entry.key].map { same(entry.value, $0) } ?? false
            && b.entries.contains { same($0.key, entry.key) }
        }
    case (.optional(let a), .optional(let b)):
      guard let a, let b else { return a == nil && b == nil }
      return same(a, b)
    default:
      var meter = CELMeter()
      var unknown: CELUnknown?
      guard a.type == b.type else { return false }
      return (try? a.equals(b, &meter, &unknown)) ?? false
    }
  }

  private static func value(_ json: JSONValue) -> CELValue? {
    let content = json["v"]
    switch json["t"]?.text {
    case "null": return .null
    case "bool": return content == .bool(true) ? .bool(true) : .bool(false)
    case "int": return content?.text.flatMap { Int64($0) }.map { .int($0) }
    case "uint": return content?.text.flatMap { UInt64($0) }.map { .uint($0) }
    case "double":
      switch content {
      case .number(let digits)?: return Double(digits).map { .double($0) }
      case .string("NaN")?: return .double(.nan)
      case .string(let text)?: return .double(text.hasPrefix("-") ? -.infinity : .infinity)
      default: return nil
      }
    case "string": return content?.text.map { .string($0) }
    case "bytes": return content?.text.flatMap { Base64.decode(Array($0.utf8)) }.map { .bytes($0) }
    case "type": return content?.text.map { .type(CELEnvironment.typeNames[$0] ?? .object($0)) }
    case "list":
      let list = content?.items.map { value($0) } ?? []
      return list.contains { $0 == nil } ? nil : .list(list.compactMap { $0 })
    case "map":
      var map = CELMap()
      for pair in content?.items ?? [] {
        guard pair.items.count == 2, let key = value(pair.items[0]), let value = value(pair.items[1]),
          map.insert(key, value)
        else { return nil }
      }
      return .map(map)
    case "optional":
      guard let content, content != .null else { return .optional(nil) }
      return value(content).map { .optional($0) }
    case "timestamp", "duration":
      // The parts stand in the value itself, in "v", or in "v" as a text such as "1.5s".
      if let text = content?.text {
        if let time = CELTimestamp(text) { return .timestamp(time) }
        return CELDuration(text).map { .duration($0) }
      }
      func part(_ name: String) -> Int64 {
        switch content?[name] ?? json[name] {
        case .number(let digits)?, .string(let digits)?: Int64(digits) ?? 0
        default: 0
        }
      }
      let (seconds, nanoseconds) = (part("seconds"), part("nanos"))
      if json["t"]?.text == "duration" {
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = scaled.addingReportingOverflow(nanoseconds)
        return overflow || carry ? nil : .duration(CELDuration(nanoseconds: sum))
      }
      return Int32(exactly: nanoseconds).flatMap { CELTimestamp(seconds: seconds, nanoseconds: $0) }
        .map { .timestamp($0) }
    default: return nil
    }
  }

  private static func declare(_ json: JSONValue, in environment: inout CELEnvironment) {
    guard let name = json["name"]?.text else { return }
    guard json["kind"]?.text == "function" else {
      environment.declare(variable: name, json["type"].flatMap { type($0) } ?? .dyn)
      return
    }
    let overloads = (json["overloads"]?.items ?? []).map { overload in
      CELOverload(
        parameters: (overload["params"]?.items ?? []).map { type($0) ?? .dyn },
        result: overload["result"].flatMap { type($0) } ?? .dyn, isMember: overload["instance"] == .bool(true)
      )
    }
    environment.declare(CELFunction(name, "Declared by the case.", overloads, body: .none))
  }

  private static func type(_ json: JSONValue) -> CELType? {
    if let name = json.text {
      switch name {
      case "dyn": return .dyn
      case "null": return .null
      case "timestamp": return .timestamp
      case "duration": return .duration
      default: return CELEnvironment.typeNames[name] ?? .object(name)
      }
    }
    if let element = json["list"] { return type(element).map { .list($0) } }
    if let pair = json["map"]?.items, pair.count == 2, let key = type(pair[0]), let value = type(pair[1]) {
      return .map(key, value)
    }
    if let name = json["param"]?.text { return .parameter(name) }
    if let inner = json["type"] { return .type(type(inner)) }
    if let name = json["message"]?.text { return CELEnvironment.typeNames[name] ?? .object(name) }
    if let inner = json["wrapper"] ?? json["primitive"] { return type(inner) }
    if let name = json["abstract"]?.text {
      let parameters = (json["params"]?.items ?? []).map { type($0) ?? .dyn }
      return name == "optional_type" ? .optional(parameters.first ?? .dyn) : .opaque(name, parameters)
    }
    return nil
  }
}
