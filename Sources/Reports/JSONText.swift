/// Writes a document as JSON.
///
/// Keys come in the order in which a value encodes them, which is that of its declaration; a field that is nil is
/// `null`. Numbers have at most 9 significant digits, and one that is not finite is `null`. Characters that control a
/// terminal or reorder text are escaped. The text ends in a line feed.
func jsonText(of document: some Encodable) -> String {
  let output = JSONOutput()
  do {
    try output.write(document)
  } catch {
    preconditionFailure("a document that cannot be written: \(error)")
  }
  return output.text + "\n"
}

/// The text so far and the brackets still open: `Encodable` hands out containers, and they must share it.
private final class JSONOutput {
  private(set) var text = ""
  private var open: [(bracket: Character, isEmpty: Bool)] = []

  func write(_ value: some Encodable) throws {
    switch value {
    case let value as String: writeString(value)
    case let value as Bool: text += value ? "true" : "false"
    case let value as Int: text += "\(value)"
    case let value as Double: text += jsonNumber(value)
    case let value as JSONProbability: text += jsonNumber(value.value, zeroBelow: 0)
    default:
      let depth = open.count
      try value.encode(to: JSONEncoding(output: self))
      while open.count > depth { end() }
    }
  }

  func writeNull() { text += "null" }

  func begin(_ opening: String, closing: Character) {
    text += opening
    open.append((closing, true))
  }

  private func end() {
    let (bracket, isEmpty) = open.removeLast()
    if !isEmpty { newLine() }
    text.append(bracket)
  }

  /// Starts an element of an array, or a member of an object, which has a key.
  func next(key: String? = nil) {
    if let last = open.indices.last {
      if !open[last].isEmpty { text += "," }
      open[last].isEmpty = false
    }
    newLine()
    if let key {
      writeString(key)
      text += ": "
    }
  }

  private func newLine() { text += "\n" + spaces(2 * open.count) }

  private func writeString(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      default:
        if scalar.needsEscape {
          for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
          }
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    }
    text += "\""
  }
}

extension Unicode.Scalar {
  /// Whether a terminal or an old parser could take the scalar for more than text.
  fileprivate var needsEscape: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}

/// The number with at most 9 significant digits; `null` if it is not finite.
///
/// What is nearer to 0 than `least` is 0: it is what rounding has left of a difference.
func jsonNumber(_ value: Double, zeroBelow least: Double = 1e-12) -> String {
  guard value.isFinite else { return "null" }
  if abs(value) < least || value == 0 { return "0" }
  let shortest = "\(roundedToNineDigits(value))"
  return shortest.hasSuffix(".0") ? String(shortest.dropLast(2)) : shortest
}

private func roundedToNineDigits(_ value: Double) -> Double {
  var exponent = 0
  var scaled = abs(value)
  while scaled >= 1e9 {
    scaled /= 10
    exponent += 1
  }
  while scaled < 1e8 {
    scaled *= 10
    exponent -= 1
  }
  let digits = Int(scaled + 0.5)
  // Reading the decimal digits gives the nearest number to them, which a product with a power of ten does not.
  let rounded = Double("\(digits)e\(exponent)") ?? value
  return value < 0 ? -rounded : rounded
}

private struct JSONEncoding: Encoder {
  let output: JSONOutput
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    output.begin("{", closing: "}")
    return KeyedEncodingContainer(Members(output: output))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    output.begin("[", closing: "]")
    return Elements(output: output)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(output: output) }

  private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let output: JSONOutput
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) {
      output.next(key: key.stringValue)
      output.writeNull()
    }

    func encode(_ value: some Encodable, forKey key: Key) throws {
      output.next(key: key.stringValue)
      try output.write(value)
    }

    func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) throws { try some(value, key) }

    // The standard library has defaults for these types that leave nil out, and they win over a generic method.
    func encodeIfPresent(_ value: String?, forKey key: Key) throws { try some(value, key) }
    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try some(value, key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try some(value, key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try some(value, key) }

    private func some(_ value: (some Encodable)?, _ key: Key) throws {
      if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { noNesting() }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { noNesting() }
    func superEncoder() -> any Encoder { noNesting() }
    func superEncoder(forKey key: Key) -> any Encoder { noNesting() }
  }

  private struct Elements: UnkeyedEncodingContainer {
    let output: JSONOutput
    var codingPath: [any CodingKey] { [] }
    var count = 0

    mutating func encodeNil() {
      output.next()
      output.writeNull()
      count += 1
    }

    mutating func encode(_ value: some Encodable) throws {
      output.next()
      try output.write(value)
      count += 1
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
      noNesting()
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { noNesting() }
    func superEncoder() -> any Encoder { noNesting() }
  }

  private struct Single: SingleValueEncodingContainer {
    let output: JSONOutput
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { output.writeNull() }
    func encode(_ value: some Encodable) throws { try output.write(value) }
  }
}

/// Stops: documents are plain structures, whose parts encode themselves.
private func noNesting() -> Never { preconditionFailure("a document with containers of its own") }
