/// Values written as text.
enum Text {
  /// A value as `string()` gives it.
  static func plain(_ value: CELValue) -> String {
    switch value {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .int(let value): return String(value)
    case .uint(let value): return String(value)
    case .double(let value): return number(value)
    case .string(let text): return text
    case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
    case .timestamp(let time): return time.description
    case .duration(let duration): return duration.description
    case .type(let type): return type.runtimeName
    default: return value.type.runtimeName
    }
  }

  /// A value as an expression writes it, such as `[1, 2u, "a"]`; what no literal can say is described.
  ///
  /// Lists may hold one another many times over, so that a small value can be long to write: after about `limit`
  /// bytes the text ends with `…`.
  static func literal(_ value: CELValue, limit: Int) -> String {
    var writer = LiteralWriter(limit: limit)
    writer.write(value)
    return writer.text
  }

  /// A double with the fewest digits that name it; an exponent stands from 1e21 up and below 1e-4.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    // Swift names the shortest digits. Between these bounds only its ".0" is too much.
    let magnitude = value.magnitude
    if (0.001..<0x1p52).contains(magnitude) || magnitude == 0 {
      let text = value.description
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    return number(value, exponentFrom: 21, below: -4)
  }

  /// A finite double, not 0, with the fewest digits that name it; an exponent stands where it is that of a
  /// power of ten at least as high or lower than said.
  private static func number(_ value: Double, exponentFrom high: Int, below low: Int) -> String {
    var digits: [UInt8] = []
    var exponent = 0
    var point: Int?
    var bytes = Array(value.magnitude.description.utf8)
    if let mark = bytes.firstIndex(of: UInt8(ascii: "e")) {
      exponent = Int(String(decoding: bytes[(mark + 1)...], as: UTF8.self)) ?? 0
      bytes.removeSubrange(mark...)
    }
    for byte in bytes {
      if byte == UInt8(ascii: ".") { point = digits.count } else { digits.append(byte) }
    }
    var position = (point ?? digits.count) + exponent
    let leading = digits.prefix { $0 == 48 }.count
    digits.removeFirst(leading)
    position -= leading
    while digits.last == 48 { digits.removeLast() }
    func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
    let sign = value < 0 ? "-" : ""
    if position - 1 < low || position - 1 >= high {
      let power = position - 1
      let rest = digits.count > 1 ? "." + text(digits.dropFirst()) : ""
      let magnitude = String(abs(power))
      return sign + text(digits.prefix(1)) + rest + "e" + (power < 0 ? "-" : "+")
        + (magnitude.utf8.count < 2 ? "0" : "") + magnitude
    }
    if position <= 0 { return sign + "0." + String(repeating: "0", count: -position) + text(digits) }
    if position >= digits.count {
      return sign + text(digits) + String(repeating: "0", count: position - digits.count)
    }
    return sign + text(digits[..<position]) + "." + text(digits[position...])
  }

  /// The exact decimal digits of a finite double that is not negative, and where the point stands.
  private static func decimal(_ value: Double) -> (digits: [UInt8], point: Int) {
    guard value > 0 else { return ([0], 1) }
    var mantissa = value.significandBitPattern
    var exponent = -1074
    if value.exponentBitPattern > 0 {
      mantissa |= 1 << 52
      exponent = Int(value.exponentBitPattern) - 1075
    }
    let zeros = mantissa.trailingZeroBitCount
    mantissa >>= UInt64(zeros)
    exponent += zeros
    // Limbs of nine digits, the lowest first.
    var limbs: [UInt64] = []
    while mantissa > 0 {
      limbs.append(mantissa % 1_000_000_000)
      mantissa /= 1_000_000_000
    }
    // Twelve powers at a time: a limb times 5 to the 12th, with a carry, still fits 64 bits.
    var left = abs(exponent)
    while left > 0 {
      let power = min(left, 12)
      left -= power
      let factor = (0..<power).reduce(UInt64(1)) { product, _ in product * (exponent < 0 ? 5 : 2) }
      var carry: UInt64 = 0
      for i in limbs.indices {
        let product = limbs[i] * factor + carry
        limbs[i] = product % 1_000_000_000
        carry = product / 1_000_000_000
      }
      if carry > 0 { limbs.append(carry) }
    }
    var digits: [UInt8] = []
    for limb in limbs.reversed() {
      let text = Array(String(limb).utf8).map { $0 - 48 }
      if !digits.isEmpty { digits += Array(repeating: 0, count: 9 - text.count) }
      digits += text
    }
    return (digits, digits.count + min(0, exponent))
  }

  /// Rounds digits to a count, halves to even; says whether that made one digit more.
  private static func round(_ digits: [UInt8], to count: Int) -> (digits: [UInt8], carried: Bool) {
    guard count < digits.count else {
      return (digits + Array(repeating: 0, count: count - digits.count), false)
    }
    guard count >= 0 else { return ([], false) }
    var kept = Array(digits[..<count])
    let next = digits[count]
    let isTie = next == 5 && digits[(count + 1)...].allSatisfy { $0 == 0 }
    guard next > 5 || (next == 5 && (!isTie || (kept.last ?? 0) % 2 == 1)) else { return (kept, false) }
    var i = count - 1
    while i >= 0 {
      if kept[i] < 9 {
        kept[i] += 1
        return (kept, false)
      }
      kept[i] = 0
      i -= 1
    }
    return ([1] + kept, true)
  }

  private static func text(_ digits: some Sequence<UInt8>) -> String {
    String(decoding: digits.map { $0 + 48 }, as: UTF8.self)
  }

  /// A finite double with so many digits after the point.
  static func fixed(_ value: Double, _ precision: Int) -> String {
    var (digits, point) = decimal(value.magnitude)
    if point < 1 {
      digits = Array(repeating: 0, count: 1 - point) + digits
      point = 1
    }
    let (rounded, carried) = round(digits, to: point + precision)
    if carried { point += 1 }
    let sign = value.sign == .minus ? "-" : ""
    return sign + text(rounded[..<point]) + (precision > 0 ? "." + text(rounded[point...]) : "")
  }

  /// A finite double as a digit, a point, so many digits and an exponent.
  static func scientific(_ value: Double, _ precision: Int) -> String {
    let (digits, point) = decimal(value.magnitude)
    let (rounded, carried) = round(digits, to: precision + 1)
    let power = value == 0 ? 0 : point - 1 + (carried ? 1 : 0)
    let magnitude = String(abs(power))
    return (value.sign == .minus ? "-" : "") + text(rounded.prefix(1))
      + (precision > 0 ? "." + text(rounded[1..<(precision + 1)]) : "") + "e" + (power < 0 ? "-" : "+")
      + (magnitude.utf8.count < 2 ? "0" : "") + magnitude
  }

  /// A finite double with the fewest digits that name it and never an exponent.
  static func decimal(_ value: Double) -> String {
    value == 0 ? number(value) : number(value, exponentFrom: .max, below: .min)
  }

  /// A text in double quotes, with escapes for what does not print.
  static func quoted(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    result.append("\"")
    for scalar in text.unicodeScalars {
      let escape: Unicode.Scalar? =
        switch scalar {
        case "\u{7}": "a"
        case "\u{8}": "b"
        case "\u{C}": "f"
        case "\n": "n"
        case "\r": "r"
        case "\t": "t"
        case "\u{B}": "v"
        case "\\", "\"": scalar
        default: nil
        }
      if let escape {
        result.append("\\")
        result.append(escape)
      } else {
        result.append(scalar)
      }
    }
    result.append("\"")
    return String(result)
  }

  /// A text in double quotes as an expression writes it; what does not print is written as its number.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in quoted(text).unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
        let digits = String(scalar.value, radix: 16)
        let width = digits.utf8.count > 4 ? 8 : 4
        result += width == 8 ? "\\U" : "\\u"
        result += String(repeating: "0", count: width - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A text with its clauses such as `%s` and `%.2f` replaced by values.
  static func format(
    _ template: String, _ values: [CELValue], _ meter: inout CELMeter
  ) throws(CELFailure) -> String {
    var result = ""
    var next = 0
    let scalars = Array(template.unicodeScalars)
    var at = 0
    while at < scalars.count {
      let scalar = scalars[at]
      at += 1
      guard scalar == "%" else {
        result.unicodeScalars.append(scalar)
        continue
      }
      if at < scalars.count, scalars[at] == "%" {
        result += "%"
        at += 1
        continue
      }
      var precision: Int?
      if at < scalars.count, scalars[at] == "." {
        at += 1
        var value = 0
        while at < scalars.count, scalars[at].isDigit {
          value = min(1000, value * 10 + Int(scalars[at].value - 48))
          at += 1
        }
        guard value <= 100 else { throw CELFailure(.argument, "a precision is at most 100") }
        precision = value
      }
      guard at < scalars.count else { throw CELFailure(.argument, "the format ends after '%'") }
      let clause = scalars[at]
      at += 1
      guard next < values.count else { throw CELFailure(.index, "index \(next) out of range") }
      let value = values[next]
      next += 1
      try meter.charge(64)
      let written = try self.clause(clause, value, precision ?? 6, &meter)
      try meter.chargeText(bytes: written.utf8.count)
      result += written
      try meter.check(bytes: result.utf8.count)
    }
    return result
  }

  private static func clause(
    _ clause: Unicode.Scalar, _ value: CELValue, _ precision: Int, _ meter: inout CELMeter
  ) throws(CELFailure) -> String {
    switch (clause, value) {
    case ("s", _):
      var text = ""
      try write(value, to: &text, &meter)
      return text
    case ("d", .int(let value)): return String(value)
    case ("d", .uint(let value)): return String(value)
    case ("d", .double(let value)): return value.isFinite ? decimal(value) : infinite(value)
    case ("f", .double(let value)): return value.isFinite ? fixed(value, precision) : infinite(value)
    case ("e", .double(let value)): return value.isFinite ? scientific(value, precision) : infinite(value)
    case ("f", .int(let value)): return fixed(Double(value), precision)
    case ("f", .uint(let value)): return fixed(Double(value), precision)
    case ("e", .int(let value)): return scientific(Double(value), precision)
    case ("e", .uint(let value)): return scientific(Double(value), precision)
    case ("b", .int(let value)): return String(value, radix: 2)
    case ("b", .uint(let value)): return String(value, radix: 2)
    case ("b", .bool(let value)): return value ? "1" : "0"
    case ("o", .int(let value)): return String(value, radix: 8)
    case ("o", .uint(let value)): return String(value, radix: 8)
    case ("x", .int(let value)): return String(value, radix: 16)
    case ("X", .int(let value)): return String(value, radix: 16, uppercase: true)
    case ("x", .uint(let value)): return String(value, radix: 16)
    case ("X", .uint(let value)): return String(value, radix: 16, uppercase: true)
    case ("x", .string(let text)): return try hex(Array(text.utf8), isUpper: false, &meter)
    case ("X", .string(let text)): return try hex(Array(text.utf8), isUpper: true, &meter)
    case ("x", .bytes(let bytes)): return try hex(bytes, isUpper: false, &meter)
    case ("X", .bytes(let bytes)): return try hex(bytes, isUpper: true, &meter)
    default:
      guard "sdfeboxX".unicodeScalars.contains(clause) else {
        throw CELFailure(.argument, "there is no formatting clause '%\(clause)'")
      }
      let taken =
        switch clause {
        case "d", "f", "e": "int, uint, double"
        case "b": "int, uint, bool"
        case "o": "int, uint"
        default: "int, uint, string, bytes"
        }
      throw CELFailure(
        .argument, "no such overload: '%\(clause)' of a \(value.type.runtimeName); tried \(taken)")
    }
  }

  fileprivate static func infinite(_ value: Double) -> String {
    value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
  }

  private static func hex(
    _ bytes: [UInt8], isUpper: Bool, _ meter: inout CELMeter
  ) throws(CELFailure) -> String {
    try meter.check(bytes: bytes.count * 2)
    let digits = Array((isUpper ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func write(
    _ value: CELValue, to text: inout String, _ meter: inout CELMeter
  ) throws(CELFailure) {
    try meter.charge(1)
    switch value {
    case .double(let value): text += value.isFinite ? decimal(value) : infinite(value)
    case .list(let list):
      text += "["
      for (index, element) in list.enumerated() {
        if index > 0 { text += ", " }
        try write(element, to: &text, &meter)
      }
      text += "]"
    case .map(let map):
      var entries: [(key: String, value: String)] = []
      var bytes = 0
      for entry in map.entries {
        var written = ""
        try write(entry.value, to: &written, &meter)
        entries.append((plain(entry.key), written))
        bytes += written.utf8.count
        try meter.check(bytes: bytes)
      }
      entries.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      text += "{" + entries.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
    case .optional, .object, .record, .unknown:
      throw CELFailure(
        .argument,
        "no such overload: '%s' of a \(value.type.runtimeName); tried null, bool, int, uint, double, string, "
          + "bytes, timestamp, duration, type, list, map")
    default: text += plain(value)
    }
    try meter.check(bytes: text.utf8.count)
  }
}

/// Writes a value as an expression does, as far as there is room.
private struct LiteralWriter {
  private(set) var text = ""
  private let limit: Int
  /// Whether the room is used up; nothing is written from then on.
  private var isFull = false

  init(limit: Int) { self.limit = limit }

  private mutating func put(_ part: String) {
    if isFull { return }
    text += part
    if text.utf8.count > limit {
      text += "…"
      isFull = true
    }
  }

  mutating func write(_ value: CELValue) {
    switch value {
    case .null, .bool, .int, .type: put(Text.plain(value))
    case .uint(let value): put("\(value)u")
    case .double(let value):
      guard value.isFinite else { return put("double(\"\(Text.infinite(value))\")") }
      let digits = Text.number(value)
      put(digits.contains(where: { $0 == "." || $0 == "e" }) ? digits : digits + ".0")
    case .string(let text): write(text)
    case .bytes(let bytes): write(bytes)
    case .list(let list):
      put("[")
      for (index, element) in list.enumerated() {
        if isFull { return }
        if index > 0 { put(", ") }
        write(element)
      }
      put("]")
    case .map(let map):
      put("{")
      for (index, entry) in map.entries.enumerated() {
        if isFull { return }
        if index > 0 { put(", ") }
        write(entry.key)
        put(": ")
        write(entry.value)
      }
      put("}")
    case .timestamp(let time): put("timestamp(\"\(time)\")")
    case .duration(let duration): put("duration(\"\(duration)\")")
    case .optional(let wrapped):
      guard let wrapped else { return put("optional.none()") }
      put("optional.of(")
      write(wrapped)
      put(")")
    case .object(let object): put("\(object.type)[\(object.row)]")
    case .record(let record):
      put(record.type + "{")
      for (index, attribute) in record.attributes.enumerated() {
        if isFull { return }
        put((index > 0 ? ", " : "") + attribute.name + ": ")
        write(attribute.value)
      }
      put("}")
    case .unknown(let unknown):
      put("unknown(" + unknown.attributes.joined(separator: ", ") + (unknown.hasMore ? ", …)" : ")"))
    }
  }

  /// A text that is longer than the room is cut inside of its quotes.
  private mutating func write(_ string: String) {
    if isFull { return }
    let room = limit - text.utf8.count
    guard string.utf8.count > room else { return put(Text.escaped(string)) }
    put(Text.escaped(String(string.unicodeScalars.prefix(room))))
    if !isFull { put("…") }
    isFull = true
  }

  private mutating func write(_ bytes: [UInt8]) {
    let hexadecimal = Array("0123456789abcdef".utf8)
    var text: [UInt8] = Array("b\"".utf8)
    for byte in bytes.prefix(limit + 1) {
      if (32..<127).contains(byte), byte != 34, byte != 92 {
        text.append(byte)
      } else {
        text += [92, 120, hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
      }
    }
    put(String(decoding: text, as: UTF8.self) + "\"")
  }
}
