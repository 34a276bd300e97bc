extension String {
  /// Returns this text, or its beginning and an ellipsis, in at most `limit` characters.
  ///
  /// Characters are what a reader counts as such. A character may carry any number of combining marks, so the
  /// result also ends before it would exceed 16 `limit` bytes of UTF-8. A `limit` of zero or less gives the
  /// empty string.
  ///
  /// - Complexity: O(`limit`) characters.
  public func truncated(to limit: Int) -> String {
    guard limit > 0 else { return "" }
    var end = startIndex
    var lastCut = startIndex
    var count = 0
    var bytes = 0
    while end < endIndex {
      let next = index(after: end)
      count += 1
      bytes += utf8.distance(from: end, to: next)
      if count > limit || bytes > 16 * limit { return self[..<lastCut] + "…" }
      end = next
      if count < limit { lastCut = end }
    }
    return self
  }
}

extension Unicode.Scalar {
  /// Whether this scalar may not stand in a picture.
  ///
  /// XML forbids most control characters, bidirectional controls reorder what a reader sees, what has no width hides
  /// there, and noncharacters mean nothing outside a program.
  var isUnprintable: Bool {
    switch value {
    case 0x00...0x1F, 0x7F...0x9F: true
    case 0x061C, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF, 0xFFF9...0xFFFB: true
    case 0xFDD0...0xFDEF: true
    default: value & 0xFFFE == 0xFFFE
    }
  }
}

/// Returns `text` as character data of XML that shows it as it is, on one line.
package func escapedForXML(_ text: String) -> String {
  var output = ""
  appendEscaped(text, lineBreak: " ", backslash: "\\", to: &output)
  return output
}

/// Appends `text` as character data of Graphviz HTML.
///
/// Graphviz substitutes `\N` and the like even there, hence the doubled backslashes.
func appendHTMLText(_ text: String, to output: inout String) {
  appendEscaped(text, lineBreak: " ", backslash: #"\\"#, to: &output)
}

/// Appends `text`, marked up so that every reader of Graphviz strings gives `text` back.
///
/// The result is free of `"`, `<` and `>`; it neither ends within an escape nor equals any HTML label.
func appendEscaped(_ text: String, lineBreak: String, backslash: String, to output: inout String) {
  if text.utf8.allSatisfy({ $0.isPlain }) {
    output += text
    return
  }
  var afterReturn = false
  for scalar in text.unicodeScalars {
    defer { afterReturn = scalar == "\r" }
    switch scalar {
    case "&": output += "&amp;"
    case "<": output += "&lt;"
    case ">": output += "&gt;"
    case "\"": output += "&quot;"
    case "\\": output += backslash
    case "\t": output += " "
    case "\n": if !afterReturn { output += lineBreak }
    case "\r", "\u{2028}", "\u{2029}": output += lineBreak
    case _ where scalar.isUnprintable: output += "\u{FFFD}"
    default: output.unicodeScalars.append(scalar)
    }
  }
}

/// Appends `token` without any character that means something to a reader of Graphviz strings.
///
/// Such a character becomes `_`, so that a faulty token yields a wrong name and not markup.
func appendToken(_ token: String, to output: inout String) {
  if token.utf8.allSatisfy({ $0.isPlain }) {
    output += token
    return
  }
  for scalar in token.unicodeScalars {
    let isPlain = UInt8(exactly: scalar.value)?.isPlain ?? false
    output.unicodeScalars.append(isPlain ? scalar : "_")
  }
}

extension UInt8 {
  /// Whether this byte of UTF-8 is a character that stands for itself everywhere.
  fileprivate var isPlain: Bool {
    switch self {
    case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): false
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "`"): false
    default: (0x20..<0x7F).contains(self)
    }
  }
}
