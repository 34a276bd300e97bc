/// A type of the language, as the checker sees it.
public indirect enum CELType: Sendable, Hashable {
  case dyn, null, bool, int, uint, double, string, bytes, timestamp, duration
  case list(CELType)
  case map(CELType, CELType)
  /// The type of types; of a known type if given.
  case type(CELType?)
  /// A struct of the host.
  case object(String)
  /// A type with a name and parameters that the language does not look into.
  case opaque(String, [CELType])
  /// A type parameter of a signature, such as `A`.
  case parameter(String)

  public static func optional(_ wrapped: CELType) -> CELType { .opaque("optional_type", [wrapped]) }

  /// The type that an optional holds; nil for other types.
  var wrapped: CELType? {
    guard case .opaque("optional_type", let parameters) = self, parameters.count == 1 else { return nil }
    return parameters[0]
  }

  /// An int, uint or double, in the parameters of a signature; written `number`.
  public static let number = CELType.opaque("number", [])

  /// The name that the type has as a value: without parameters.
  public var runtimeName: String {
    switch self {
    case .dyn: "dyn"
    case .null: "null_type"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .timestamp: "google.protobuf.Timestamp"
    case .duration: "google.protobuf.Duration"
    case .list: "list"
    case .map: "map"
    case .type: "type"
    case .object(let name), .parameter(let name), .opaque(let name, _): name
    }
  }

  /// Whether a value may stand where this type is asked for, as far as the value shows.
  func accepts(_ value: CELValue) -> Bool {
    switch (self, value) {
    case (.dyn, _), (.parameter, _), (_, .unknown): true
    case (.null, .null), (.bool, .bool), (.int, .int), (.uint, .uint), (.double, .double),
      (.string, .string), (.bytes, .bytes), (.timestamp, .timestamp), (.duration, .duration),
      (.list, .list), (.map, .map), (.type, .type):
      true
    case (.object(let name), .object(let object)): name == object.type
    case (.object(let name), .record(let record)): name == record.type
    case (.opaque("optional_type", _), .optional): true
    case (.number, .int), (.number, .uint), (.number, .double): true
    default: false
    }
  }
}

extension CELType: CustomStringConvertible {
  /// The type as signatures write it, such as `map<string, list<int>>`.
  public var description: String {
    switch self {
    case .null: "null"
    case .timestamp: "timestamp"
    case .duration: "duration"
    case .list(let element): "list<\(element)>"
    case .map(let key, let value): "map<\(key), \(value)>"
    case .type(let type): type.map { "type<\($0)>" } ?? "type"
    case .opaque("optional_type", _) where wrapped != nil: "optional<\(wrapped ?? .dyn)>"
    case .opaque(let name, let parameters) where !parameters.isEmpty:
      "\(name)<\(parameters.map(\.description).joined(separator: ", "))>"
    default: runtimeName
    }
  }
}

/// One way to call a function: the types that it takes and the type that it gives.
public struct CELOverload: Sendable, Hashable {
  /// The types of the arguments; that of the target comes first if the call has one.
  public var parameters: [CELType]
  public var result: CELType
  /// Whether the first argument stands before a dot.
  public var isMember: Bool
  /// Whether the last argument may be given once or more.
  public var isVariadic: Bool

  public init(parameters: [CELType], result: CELType, isMember: Bool = false, isVariadic: Bool = false) {
    self.parameters = parameters
    self.result = result
    self.isMember = isMember
    self.isVariadic = isVariadic && !parameters.isEmpty
  }

  /// Whether a call with so many arguments can mean this; the target of a call counts as one.
  func takes(_ count: Int, isMember: Bool) -> Bool {
    self.isMember == isMember
      && (isVariadic ? count >= parameters.count : count == parameters.count)
  }

  /// The type of the argument at a position; the last one stands for all that follow.
  func parameter(_ position: Int) -> CELType { parameters[min(position, parameters.count - 1)] }

  /// Reads a signature such as `(int, list<A>) -> A`, `string.(int) -> string` or `(int...) -> int`.
  ///
  /// A name of one capital letter is a type parameter; `number` is an int, uint or double; a name that the
  /// language does not know is a struct.
  /// Returns nil if the text is not a signature.
  public init?(_ text: String) {
    var reader = SignatureReader(text)
    parameters = []
    isMember = false
    isVariadic = false
    if !reader.take("(") {
      guard let target = reader.type(depth: 0), reader.take("."), reader.take("(") else { return nil }
      parameters.append(target)
      isMember = true
    }
    if !reader.take(")") {
      repeat {
        guard let type = reader.type(depth: 0) else { return nil }
        parameters.append(type)
        isVariadic = reader.take("...")
      } while !isVariadic && reader.take(",")
      guard reader.take(")") else { return nil }
    }
    guard reader.take("->"), let result = reader.type(depth: 0), reader.isAtEnd else { return nil }
    self.result = result
  }

  /// The signature with a name, as it is called.
  public func description(named name: String) -> String {
    var types = parameters.map(\.description)
    if isVariadic { types[types.count - 1] += "..." }
    return Self.spelling(name, types, isMember: isMember) + " -> \(result)"
  }

  /// A call as a person writes it: operators stand between their operands.
  static func spelling(_ name: String, _ types: [String], isMember: Bool) -> String {
    if isMember, !types.isEmpty {
      return "\(types[0]).\(name)(\(types.dropFirst().joined(separator: ", ")))"
    }
    switch (name, types.count) {
    case ("-_", 1), ("!_", 1): return "\(name.dropLast())\(types[0])"
    case ("_[_]", 2): return "\(types[0])[\(types[1])]"
    case ("_[?_]", 2): return "\(types[0])[?\(types[1])]"
    case (_, 2) where name.hasPrefix("_") && name.hasSuffix("_"):
      return "\(types[0]) \(name.dropFirst().dropLast()) \(types[1])"
    default: return "\(name)(\(types.joined(separator: ", ")))"
    }
  }

  /// The name of a function or operator as a person writes it.
  static func plainName(_ name: String) -> String {
    name.hasPrefix("_") || name.hasSuffix("_") ? name.filter { $0 != "_" } : name
  }
}

private struct SignatureReader {
  private let scalars: [Unicode.Scalar]
  private var position = 0

  init(_ text: String) { scalars = text.unicodeScalars.filter { $0 != " " } }

  var isAtEnd: Bool { position == scalars.count }

  mutating func take(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard position + wanted.count <= scalars.count,
      Array(scalars[position..<position + wanted.count]) == wanted
    else { return false }
    position += wanted.count
    return true
  }

  mutating func type(depth: Int) -> CELType? {
    let start = position
    while position < scalars.count, scalars[position].isIdentifierPart { position += 1 }
    let name = String(String.UnicodeScalarView(scalars[start..<position]))
    guard !name.isEmpty, depth < 16 else { return nil }
    var parameters: [CELType] = []
    if take("<") {
      repeat {
        guard let type = type(depth: depth + 1) else { return nil }
        parameters.append(type)
      } while take(",")
      guard take(">") else { return nil }
    }
    switch (name, parameters.count) {
    case ("dyn", 0): return .dyn
    case ("null", 0): return .null
    case ("bool", 0): return .bool
    case ("int", 0): return .int
    case ("uint", 0): return .uint
    case ("double", 0): return .double
    case ("string", 0): return .string
    case ("bytes", 0): return .bytes
    case ("timestamp", 0): return .timestamp
    case ("duration", 0): return .duration
    case ("type", 0): return .type(nil)
    case ("type", 1): return .type(parameters[0])
    case ("list", 1): return .list(parameters[0])
    case ("map", 2): return .map(parameters[0], parameters[1])
    case ("optional", 1): return .optional(parameters[0])
    case ("number", 0): return .number
    case (_, 0):
      let isParameter = name.utf8.count == 1 && name.utf8.allSatisfy { (65...90).contains($0) }
      return isParameter ? .parameter(name) : .object(name)
    default: return .opaque(name, parameters)
    }
  }
}

extension Unicode.Scalar {
  var isIdentifierStart: Bool {
    self == "_" || ("a"..."z").contains(self) || ("A"..."Z").contains(self)
  }

  var isDigit: Bool { ("0"..."9").contains(self) }
  var isIdentifierPart: Bool { isIdentifierStart || isDigit }

  var hexValue: UInt32? {
    switch self {
    case "0"..."9": value - 48
    case "a"..."f": value - 87
    case "A"..."F": value - 55
    default: nil
    }
  }
}
