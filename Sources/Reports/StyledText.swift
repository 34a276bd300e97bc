import Diagnostics

/// Lines of text for a terminal, with a style for each part.
///
/// Nothing in it can move the cursor or reorder the text around it: whatever a span is given goes through
/// `printable(_:)`, so a line break exists only between two lines.
public struct StyledText: Sendable, Hashable {
  /// What a part of the text is for.
  ///
  /// No style says anything that the words do not.
  public enum Style: String, Sendable, Hashable, CaseIterable {
    case plain, title, heading, severe, warn, good, dim, strong

    /// The parameters of the ANSI sequence that starts the style; nil if it needs none.
    fileprivate var code: String? {
      switch self {
      case .plain: nil
      case .title: "1;4"
      case .heading: "1;36"
      case .severe: "1;31"
      case .warn: "33"
      case .good: "32"
      case .dim: "2"
      case .strong: "1"
      }
    }
  }

  /// A part of a line that has one style.
  public struct Span: Sendable, Hashable {
    public let text: String
    public let style: Style

    public init(_ text: String, _ style: Style = .plain) {
      self.text = printable(text)
      self.style = style
    }
  }

  public private(set) var lines: [[Span]] = []

  public init() {}

  /// Adds a line; without spans, an empty one.
  public mutating func add(_ spans: Span...) { lines.append(spans) }

  /// Adds a line.
  public mutating func add(line: [Span]) { lines.append(line) }

  /// Adds the lines of another text.
  public mutating func add(_ other: StyledText) { lines += other.lines }

  /// Adds words in as many lines as they need, with a space between two words.
  ///
  /// A word that is wider than a line is cut.
  ///
  /// - Parameters:
  ///   - words: what to add; nothing is added for none.
  ///   - width: the columns of a line, the indent included.
  ///   - indent: the columns left empty before the first line.
  ///   - hanging: the columns left empty before all others; `indent` if it is nil.
  public mutating func add(words: [Span], width: Int, indent: Int = 0, hanging: Int? = nil) {
    var line: [Span] = []
    var column = 0
    var margin = indent
    for word in words {
      if !line.isEmpty, column + 1 + word.text.displayWidth > width {
        lines.append(line)
        line = []
        margin = hanging ?? indent
      }
      if line.isEmpty {
        if margin > 0 { line.append(Span(spaces(margin))) }
        column = margin
      } else {
        line.append(Span(" "))
        column += 1
      }
      let cut = Span(word.text.cut(toColumns: max(1, width - column)), word.style)
      line.append(cut)
      column += cut.text.displayWidth
    }
    if !line.isEmpty { lines.append(line) }
  }

  /// The text, each line ended by a line feed and without spaces at its end.
  ///
  /// - Parameter colour: whether styles are shown, by ANSI codes; else all text is plain.
  /// - Returns: the text; empty if there are no lines.
  public func rendered(colour: Bool) -> String {
    var text = ""
    for line in lines {
      var end = line.count
      while end > 0, line[end - 1].text.allSatisfy({ $0 == " " }) { end -= 1 }
      for (index, span) in line[..<end].enumerated() {
        var part = Substring(span.text)
        if index == end - 1 {
          while part.last == " " { part.removeLast() }
        }
        if colour, let code = span.style.code, !part.isEmpty {
          text += "\u{1B}[\(code)m\(part)\u{1B}[0m"
        } else {
          text += part
        }
      }
      text += "\n"
    }
    return text
  }
}

extension StyledText.Span {
  /// The words of a sentence, one span each; a percent sign stays with its number.
  static func words(_ text: String, _ style: StyledText.Style = .plain) -> [Self] {
    var words: [String] = []
    for word in text.split(separator: " " as Character) {
      if word.first == "%", let last = words.popLast() {
        words.append("\(last) \(word)")
      } else {
        words.append(String(word))
      }
    }
    return words.map { Self($0, style) }
  }
}

func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
