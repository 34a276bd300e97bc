/// A number in plain decimal notation at the start of a text, and what follows it.
///
/// Digits, then perhaps a point and digits, then perhaps an exponent; a minus may lead. There is nothing
/// else: no `NaN`, no hexadecimal digits, no separators, no decimal comma.
struct DecimalNumber {
  let value: Double
  let rest: Substring

  /// Whether the number is not 0, but nearer to it than a value can be.
  let isLost: Bool

  /// The number that `text` starts with, or nil if it starts with none.
  init?(prefix text: String) {
    let utf8 = text.utf8
    var end = utf8.startIndex
    func digits() -> Bool {
      let start = end
      while end < utf8.endIndex, (0x30...0x39).contains(utf8[end]) { end = utf8.index(after: end) }
      return end > start
    }
    if utf8.first == UInt8(ascii: "-") { end = utf8.index(after: end) }
    guard digits() else { return nil }
    if end < utf8.endIndex, utf8[end] == UInt8(ascii: ".") {
      end = utf8.index(after: end)
      guard digits() else { return nil }
    }
    let mantissa = end
    if end < utf8.endIndex, utf8[end] | 0x20 == UInt8(ascii: "e") {
      end = utf8.index(after: end)
      if end < utf8.endIndex, utf8[end] == UInt8(ascii: "-") || utf8[end] == UInt8(ascii: "+") {
        end = utf8.index(after: end)
      }
      if !digits() { end = mantissa }
    }
    guard let value = Double(text[..<end]) else { return nil }
    self.value = value
    rest = text[end...]
    isLost = value == 0 && text[..<mantissa].utf8.contains { (0x31...0x39).contains($0) }
  }

  /// The number that `text` is, or nil if it is none.
  init?(_ text: String) {
    guard let number = DecimalNumber(prefix: text), number.rest.isEmpty else { return nil }
    self = number
  }

  /// The part of `text` that was meant as a number: up to a blank, unless digits go on behind it.
  static func word(of text: String) -> Substring {
    var end = text.startIndex
    while end < text.endIndex {
      let next = text.index(after: end)
      if text[end] == " ", !isGrouped(text[end...]) { break }
      end = next
    }
    return text[..<end]
  }

  /// Whether a number goes on behind a separator of thousands, as in ` 000 t`.
  static func isGrouped(_ rest: Substring) -> Bool {
    guard let separator = rest.first, separators.contains(separator) else { return false }
    let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
    return digits.count == 3
  }

  /// What people put between thousands: blanks, also those that do not break, and apostrophes.
  private static let separators: [Character] = [" ", "\u{A0}", "\u{2009}", "\u{202F}", "'", "’"]

  /// What to write instead of a text that is no number.
  static func help(for word: String) -> String {
    let plain = word.filter { !separators.contains($0) }
    if plain.count < word.count, plain.allSatisfy({ $0.isASCII && $0.isNumber }), !plain.isEmpty {
      return "write \(plain), without separators"
    }
    if let sign = word.first, "+~≈≤<>≥".contains(sign), DecimalNumber(String(word.dropFirst())) != nil {
      return "write \(word.dropFirst()); what is known of its range goes into 'low' and 'high'"
    }
    let parts = word.split(separator: ",", omittingEmptySubsequences: false)
    let isGrouped =
      parts.count > 1 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }
    if isGrouped, parts.count == 2 {
      let point = parts.joined(separator: ".")
      let plain = parts[1].count == 3 ? ", or \(parts.joined()) if thousands are meant" : ""
      return "write \(point), not \(word)\(plain)"
    }
    if isGrouped { return "write \(parts.joined()), without separators" }
    if word.contains("_"), word.first?.isNumber == true {
      return "write \(word.replacing("_", with: "")), without separators"
    }
    let bare = word.drop { $0 == "." }
    if bare.count == word.count - 1, bare.first?.isNumber == true || word.hasSuffix(".") {
      return "write digits on both sides of the point, such as 0.5"
    }
    if word.dropFirst().contains(where: { "-–—".contains($0) }), word.first?.isNumber == true {
      return "write one number, and the range as 'low' and 'high'"
    }
    return "write a decimal number, such as 0.5; leave it out if it is not known"
  }
}
