/// A value of JSON as it is written: numbers keep their spelling, objects their order.
public indirect enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([Member])

  public struct Member: Sendable, Hashable {
    public var name: String
    public var value: JSONValue
  }

  /// Reads a text; returns nil if it is not JSON or nested more than 100 deep.
  public init?(_ text: String) {
    do { try self.init(reading: text) } catch { return nil }
  }

  /// Reads a text.
  ///
  /// - Throws: why it is not JSON, or that it is nested more than 100 deep.
  public init(reading text: String) throws(JSONProblem) {
    var reader = JSONReader(Array(text.utf8))
    guard let value = reader.value(depth: 0), reader.isAtEnd else { throw reader.problem(in: text) }
    self = value
  }

  /// The value of the first member of that name.
  public subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  var items: [JSONValue] {
    if case .array(let items) = self { items } else { [] }
  }

  /// The value in the language: a number is an int if it is written without point and exponent and fits.
  ///
  /// Returns nil for a name that stands twice in an object and for a number out of range.
  public var celValue: CELValue? { try? readValue() }

  /// The value in the language, as `celValue`.
  ///
  /// - Throws: which name stands twice, or which number is out of range.
  public func readValue() throws(JSONProblem) -> CELValue {
    switch self {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .number(let digits):
      if let whole = Int64(digits) { return .int(whole) }
      guard let value = Double(digits), value.isFinite else {
        throw JSONProblem("the number \(digits.prefix(20))… is out of range")
      }
      return .double(value)
    case .string(let text): return .string(text)
    case .array(let items):
      var list: [CELValue] = []
      for item in items { list.append(try item.readValue()) }
      return .list(list)
    case .object(let members):
      var map = CELMap()
      for member in members {
        guard map.insert(.string(member.name), try member.value.readValue()) else {
          throw JSONProblem("the name \(CELValue.string(member.name).short) stands twice in an object")
        }
      }
      return .map(map)
    }
  }
}

/// Why a text is not JSON that can be used.
public struct JSONProblem: Error, Sendable, Hashable {
  /// What is wrong, in lower case with no full stop.
  public var message: String

  init(_ message: String) { self.message = message }
}

private struct JSONReader {
  private let bytes: [UInt8]
  private var at = 0
  private var isTooDeep = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { at == bytes.count }

  /// Why reading stopped where it did.
  func problem(in text: String) -> JSONProblem {
    if isTooDeep { return JSONProblem("it is nested more than 100 deep") }
    if at >= bytes.count { return JSONProblem("it ends too soon") }
    // Bytes of one scalar after its first begin with the bits 10.
    let position = bytes[..<at].count { $0 & 0xC0 != 0x80 } + 1
    return JSONProblem("it cannot be read on from character \(position)")
  }

  private mutating func skipBlanks() {
    while at < bytes.count, [9, 10, 13, 32].contains(bytes[at]) { at += 1 }
  }

  private mutating func take(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard at + wanted.count <= bytes.count, Array(bytes[at..<at + wanted.count]) == wanted else {
      return false
    }
    at += wanted.count
    return true
  }

  mutating func value(depth: Int) -> JSONValue? {
    guard depth < 100 else {
      isTooDeep = true
      return nil
    }
    skipBlanks()
    defer { skipBlanks() }
    if take("null") { return .null }
    if take("true") { return .bool(true) }
    if take("false") { return .bool(false) }
    guard at < bytes.count else { return nil }
    switch bytes[at] {
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "["):
      at += 1
      var items: [JSONValue] = []
      skipBlanks()
      if take("]") { return .array([]) }
      repeat {
        guard let item = value(depth: depth + 1) else { return nil }
        items.append(item)
      } while take(",")
      return take("]") ? .array(items) : nil
    case UInt8(ascii: "{"):
      at += 1
      var members: [JSONValue.Member] = []
      skipBlanks()
      if take("}") { return .object([]) }
      repeat {
        skipBlanks()
        guard let name = string() else { return nil }
        skipBlanks()
        guard take(":"), let value = value(depth: depth + 1) else { return nil }
        members.append(JSONValue.Member(name: name, value: value))
      } while take(",")
      return take("}") ? .object(members) : nil
    default: return number()
    }
  }

  private mutating func digits() -> Bool {
    let start = at
    while at < bytes.count, (48...57).contains(bytes[at]) { at += 1 }
    return at > start
  }

  private mutating func number() -> JSONValue? {
    let start = at
    _ = take("-")
    let isZero = at < bytes.count && bytes[at] == 48
    let first = at
    guard digits(), !isZero || at == first + 1 else { return nil }
    if take(".") { guard digits() else { return nil } }
    if take("e") || take("E") {
      _ = take("+") || take("-")
      guard digits() else { return nil }
    }
    return .number(String(decoding: bytes[start..<at], as: UTF8.self))
  }

  private mutating func string() -> String? {
    guard take("\"") else { return nil }
    var text: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let scalar = escape() else { return nil }
        text += Array(String(scalar).utf8)
      case 0..<32: return nil
      default: text.append(byte)
      }
    }
    return nil
  }

  private mutating func escape() -> Unicode.Scalar? {
    guard at < bytes.count else { return nil }
    at += 1
    switch bytes[at - 1] {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "u"):
      guard let unit = unit() else { return nil }
      guard (0xD800..<0xDC00).contains(unit) else { return Unicode.Scalar(unit) }
      guard take("\\u"), let low = self.unit(), (0xDC00..<0xE000).contains(low) else { return nil }
      return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    default: return nil
    }
  }

  private mutating func unit() -> UInt32? {
    guard at + 4 <= bytes.count else { return nil }
    defer { at += 4 }
    let digits = bytes[at..<at + 4]
    guard digits.allSatisfy({ Unicode.Scalar($0).hexValue != nil }) else { return nil }
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
