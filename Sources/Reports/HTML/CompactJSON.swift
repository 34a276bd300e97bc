/// A value of JSON that can stand within a page.
///
/// Arrays by position instead of an object for each row keep a page small.
enum CompactJSON: Sendable {
  case number(Double)
  case text(String)
  case list([CompactJSON])
  case object([(key: StaticString, value: CompactJSON)])
  case null

  static func int(_ value: Int) -> CompactJSON { .number(Double(value)) }
  static func ints(_ values: [Int]) -> CompactJSON { .list(values.map { .int($0) }) }
  static func texts(_ values: [String]) -> CompactJSON { .list(values.map { .text($0) }) }

  static func table(_ rows: [[Int]]) -> CompactJSON { .list(rows.map { ints($0) }) }
  static func parts(_ values: [Double?]) -> CompactJSON { .list(values.map { part($0) }) }

  /// A part from 0 to 1 in thousandths, which are whole numbers; −1 where it is not known.
  ///
  /// What is neither nothing nor everything is neither 0 nor 1,000.
  static func part(_ value: Double?) -> CompactJSON {
    guard let value, value.isFinite else { return .int(-1) }
    if value <= 1e-9 { return .int(0) }
    if value >= 1 - 1e-9 { return .int(1_000) }
    return .int(min(999, max(1, Int(value * 1_000 + 0.5))))
  }

  /// The text of the value, without line breaks and without anything that ends a script.
  var jsonText: String {
    var output = ""
    append(to: &output)
    return output
  }

  private func append(to output: inout String) {
    switch self {
    case .null: output += "null"
    case .number(let value): output += jsonNumber(value)
    case .text(let text): Self.append(text, to: &output)
    case .list(let values):
      output += "["
      for (index, value) in values.enumerated() {
        if index > 0 { output += "," }
        value.append(to: &output)
      }
      output += "]"
    case .object(let members):
      output += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { output += "," }
        output += "\"\(member.key)\":"
        member.value.append(to: &output)
      }
      output += "}"
    }
  }

  /// Appends a text, of which at most 2,000 characters are kept.
  private static func append(_ text: String, to output: inout String) {
    output += "\""
    for scalar in text.truncated(to: 2_000).unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{7F}", "\u{FEFF}": output += escape(scalar)
      case _ where scalar.value < 0x20: output += " "
      case _ where scalar.isUnprintable: output += "\u{FFFD}"
      default: output.unicodeScalars.append(scalar)
      }
    }
    output += "\""
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
