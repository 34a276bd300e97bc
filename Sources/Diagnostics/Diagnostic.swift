/// A problem in what the user wrote: what it is, where it is, and what to write instead.
///
/// `summary` says what is wrong in lower case with no full stop; `help` says what to do about it.
/// `excerpt` is the line that holds the place, if it is known.
public struct Diagnostic: Error, Sendable, Hashable {
  /// A stable name of the kind of problem, such as `unknown-key`.
  public var id: String
  public var severity: Severity
  public var summary: String
  public var place: SourcePlace?
  public var excerpt: Excerpt?
  public var help: String?

  public init(
    id: String, severity: Severity = .error, _ summary: String, at place: SourcePlace? = nil,
    excerpt: Excerpt? = nil, help: String? = nil
  ) {
    self.id = id
    self.severity = severity
    self.summary = summary
    self.place = place
    self.excerpt = excerpt
    self.help = help
  }
}

/// A line of a source text and the part of it that a diagnostic is about.
public struct Excerpt: Sendable, Hashable {
  public var line: String

  /// How many Unicode scalars the marked part has, at least 1.
  public var length: Int

  /// The column of the first scalar of `line`: more than 1 if the start of a long line was left out.
  public var firstColumn: Int

  public init(line: String, length: Int = 1, firstColumn: Int = 1) {
    self.line = line
    self.length = length
    self.firstColumn = firstColumn
  }
}

extension Diagnostic: CustomStringConvertible {
  /// The diagnostic as a person reads it, with the excerpt and a caret under the place.
  ///
  /// Everything that came from a file is made printable first (see ``printable(_:)``); a long line is
  /// cut to the part around the caret.
  public var description: String {
    var text = ""
    if let place { text += "\(printable(place.file)):\(place.line):\(place.column): " }
    text += "\(severity.rawValue)[\(id)]: \(printable(summary))"
    if let excerpt, let place {
      let number = "\(place.line)"
      let (line, column) = Self.window(
        excerpt.line, around: place.column - excerpt.firstColumn + 1)
      let marked = min(max(1, excerpt.length), max(1, line.count - column))
      text += "\n \(number) | \(String(String.UnicodeScalarView(line)))"
      text += "\n \(String(repeating: " ", count: number.count)) | "
      text += String(repeating: " ", count: column) + String(repeating: "^", count: marked)
    }
    if let help { text += "\n  help: \(printable(help))" }
    return text
  }

  /// At most 96 printable scalars of `line` that contain `column` (from 1), and its offset in them.
  private static func window(_ line: String, around column: Int) -> ([Unicode.Scalar], Int) {
    let width = 96
    let target = max(0, column - 1)
    let start = target < width - 16 ? 0 : target - width / 2
    var scalars: [Unicode.Scalar] = []
    for (offset, scalar) in line.unicodeScalars.enumerated() where offset >= start {
      if scalars.count == width { break }
      scalars.append(scalar.isHarmless ? scalar : scalar == "\t" ? " " : "\u{FFFD}")
    }
    return (scalars, min(target - start, scalars.count))
  }
}

/// Text from a stranger made safe to print on one line of a terminal.
///
/// Control characters, line separators, characters without width, noncharacters and those that change the direction of
/// text become U+FFFD; all else stays. Text of more than 400 scalars is cut, with an ellipsis.
public func printable(_ text: String) -> String {
  var result = String.UnicodeScalarView()
  for (count, scalar) in text.unicodeScalars.enumerated() {
    if count == 400 {
      result.append("…")
      break
    }
    result.append(scalar.isHarmless ? scalar : "\u{FFFD}")
  }
  return String(result)
}

extension Unicode.Scalar {
  /// Whether the scalar can be seen, or joins others, and neither moves the cursor nor reorders the text around it.
  fileprivate var isHarmless: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x2069,
      0xFFF9...0xFFFB, 0xFEFF, 0xFDD0...0xFDEF:
      false
    default: value & 0xFFFE != 0xFFFE
    }
  }
}
