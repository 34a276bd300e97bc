import RuleEngine

/// How a text was written in YAML.
enum TextStyle: Sendable {
  case plain, singleQuoted, doubleQuoted

  /// `|` and `>`; the text starts on the line below.
  case literal, folded
}

/// A text with the place of each of its characters in the file.
struct PlacedText {
  let scalars: [Unicode.Scalar]
  let file: String

  /// The index of the file among the problems.
  let fileNumber: Int

  /// The line and the column of each scalar, from 1, and of the end of the text.
  let marks: [Mark]

  struct Mark: Hashable {
    var line: Int
    var column: Int
  }

  var string: String { String(String.UnicodeScalarView(scalars)) }

  private let lines: FileLines

  /// The text of an item; nil if the item is no text.
  ///
  /// - Complexity: O(n) for n characters of the text.
  init?(_ item: Item, in lines: FileLines) {
    guard let text = item.text, case .mark(let line, let column) = item.spot.position else { return nil }
    let wanted = Array(text.unicodeScalars)
    var walk = ScalarWalk(lines, line: line, column: column, wanted: wanted.count)
    walk.run(item.style, text: wanted)
    if walk.scalars == wanted {
      marks = walk.marks + [walk.end]
    } else {
      marks = (0...wanted.count).map { Mark(line: line, column: column + $0) }
    }
    scalars = wanted
    file = lines.name
    fileNumber = item.spot.file
    self.lines = lines
  }

  /// The spot of some scalars; those behind the first count only as far as they stand on its line.
  func spot(_ range: Range<Int>) -> Spot {
    let mark = marks[min(range.lowerBound, marks.count - 1)]
    return Spot(
      file: fileNumber, position: .mark(line: mark.line, column: mark.column), length: max(1, range.count))
  }

  /// The scalars of a range as an expression, without the blanks around them.
  func expression(_ range: Range<Int>) -> RuleExpression {
    let isBlank = { (position: Int) in " \t\n\r".unicodeScalars.contains(scalars[position]) }
    var range = range
    while let first = range.first, isBlank(first) { range = (first + 1)..<range.upperBound }
    while let last = range.last, isBlank(last) { range = range.lowerBound..<last }
    var runs: [RuleExpression.Run] = []
    for offset in range {
      let mark = marks[offset]
      if offset > range.lowerBound {
        let before = marks[offset - 1]
        if mark.line == before.line, mark.column == before.column + 1 { continue }
      }
      runs.append(run(at: mark, offset: offset - range.lowerBound))
    }
    if runs.isEmpty { runs = [run(at: marks[range.lowerBound], offset: 0)] }
    return RuleExpression(
      String(String.UnicodeScalarView(scalars[range])), file: file, runs: runs)
  }

  private func run(at mark: Mark, offset: Int) -> RuleExpression.Run {
    RuleExpression.Run(
      offset: offset, line: mark.line, column: mark.column,
      excerpt: lines.texts.indices.contains(mark.line - 1) ? lines.texts[mark.line - 1] : "")
  }
}

/// Goes over the characters of a text as YAML folds, unescapes and strips them.
///
/// - Source: YAML Ain't Markup Language, version 1.2.2, chapters 7 and 8.
private struct ScalarWalk {
  private let lines: [[Unicode.Scalar]]
  private(set) var scalars: [Unicode.Scalar] = []
  private(set) var marks: [PlacedText.Mark] = []
  private let wanted: Int

  /// The position: a line and a column in it, both from 0.
  private var row: Int
  private var column: Int

  var end: PlacedText.Mark { mark(row, column) }
  private var isFull: Bool { scalars.count >= wanted }

  init(_ lines: FileLines, line: Int, column: Int, wanted: Int) {
    row = line - 1
    self.column = column - 1
    self.wanted = wanted
    self.lines = lines.scalars
  }

  private func mark(_ row: Int, _ column: Int) -> PlacedText.Mark {
    PlacedText.Mark(line: row + 1, column: column + 1)
  }

  private mutating func emit(_ scalar: Unicode.Scalar, at row: Int, _ column: Int) {
    guard !isFull else { return }
    scalars.append(scalar)
    marks.append(mark(row, column))
  }

  mutating func run(_ style: TextStyle, text: [Unicode.Scalar]) {
    switch style {
    case .plain: walkFlow(quote: nil)
    case .singleQuoted: walkFlow(quote: "'")
    case .doubleQuoted: walkFlow(quote: "\"")
    case .literal: walkBlock(isFolded: false, text)
    case .folded: walkBlock(isFolded: true, text)
    }
  }

  /// Plain and quoted texts: one break is a blank, each more is a break, blanks around breaks count nothing.
  private mutating func walkFlow(quote: Unicode.Scalar?) {
    while lines.indices.contains(row), !isFull {
      let line = lines[row]
      if column < line.count {
        let scalar = line[column]
        if scalar == " " || scalar == "\t" {
          var next = column
          while next < line.count, line[next] == " " || line[next] == "\t" { next += 1 }
          if next < line.count {
            for position in column..<next { emit(line[position], at: row, position) }
          }
          column = next
        } else if scalar == quote {
          guard quote == "'", column + 1 < line.count, line[column + 1] == "'" else { return }
          emit("'", at: row, column)
          column += 2
        } else if quote == "\"", scalar == "\\" {
          walkEscape(in: line)
        } else {
          emit(scalar, at: row, column)
          column += 1
        }
      } else {
        foldBreak(isEscaped: false)
      }
    }
  }

  /// Goes to the first character of the next line that has one.
  private mutating func foldBreak(isEscaped: Bool) {
    let (start, width) = (row, lines[row].count)
    var breaks: [Int] = []
    row += 1
    while lines.indices.contains(row) {
      column = 0
      let line = lines[row]
      while column < line.count, line[column] == " " || line[column] == "\t" { column += 1 }
      if column < line.count { break }
      breaks.append(row)
      row += 1
    }
    if breaks.isEmpty, !isEscaped { emit(" ", at: start, width) }
    for empty in breaks { emit("\n", at: empty, lines[empty].count) }
  }

  private mutating func walkEscape(in line: [Unicode.Scalar]) {
    guard column + 1 < line.count else {
      foldBreak(isEscaped: true)
      return
    }
    let start = column
    let digits =
      switch line[column + 1] {
      case "x": 2
      case "u": 4
      case "U": 8
      default: 0
      }
    let code = line[(column + 2)..<min(line.count, column + 2 + digits)]
    column += 2 + digits
    let known: [Unicode.Scalar: Unicode.Scalar] = [
      "0": "\0", "a": "\u{07}", "b": "\u{08}", "t": "\t", "\t": "\t", "n": "\n", "v": "\u{0B}",
      "f": "\u{0C}", "r": "\r", "e": "\u{1B}", "N": "\u{85}", "_": "\u{A0}", "L": "\u{2028}",
      "P": "\u{2029}",
    ]
    if digits > 0 {
      let value = UInt32(String(String.UnicodeScalarView(code)), radix: 16)
      if let scalar = value.flatMap({ Unicode.Scalar($0) }) { emit(scalar, at: row, start) }
    } else {
      emit(known[line[start + 1]] ?? line[start + 1], at: row, start)
    }
  }

  /// Texts behind `|` and `>`: the indentation is what the first line has more than in the text.
  private mutating func walkBlock(isFolded: Bool, _ text: [Unicode.Scalar]) {
    func spaces(_ line: ArraySlice<Unicode.Scalar>) -> Int { line.prefix { $0 == " " }.count }
    func isEmpty(_ line: ArraySlice<Unicode.Scalar>) -> Bool { line.allSatisfy { $0 == " " } }
    row += 1
    column = 0
    guard let first = lines[min(row, lines.count)...].first(where: { !isEmpty($0[...]) }),
      let start = text.split(separator: "\n").first(where: { !isEmpty($0) })
    else { return }
    let indent = max(0, spaces(first[...]) - spaces(start))

    /// Breaks that are not yet written: the one behind the last line, and those of empty lines after it.
    var leading: (row: Int, column: Int)?
    var trailing: [(row: Int, column: Int)] = []
    var wasBlank = false
    while lines.indices.contains(row), !isFull {
      let line = lines[row]
      guard line.count > indent || !isEmpty(line[...]) else {
        trailing.append((row, line.count))
        row += 1
        continue
      }
      guard line.count > indent, isEmpty(line[..<indent]) else { break }
      let isBlank = line[indent] == " " || line[indent] == "\t"
      if let leading {
        if isFolded, !isBlank, !wasBlank {
          if trailing.isEmpty { emit(" ", at: leading.row, leading.column) }
        } else {
          emit("\n", at: leading.row, leading.column)
        }
      }
      for (row, column) in trailing { emit("\n", at: row, column) }
      trailing = []
      wasBlank = isBlank
      for position in indent..<line.count { emit(line[position], at: row, position) }
      leading = (row, line.count)
      column = line.count
      row += 1
    }
    if let leading { emit("\n", at: leading.row, leading.column) }
    for (row, column) in trailing { emit("\n", at: row, column) }
    if let last = marks.last { (row, column) = (last.line - 1, last.column) }
  }
}

/// The lines of a file, for who looks at many texts in it.
struct FileLines: Sendable {
  let name: String

  /// Without their breaks.
  let texts: [String]
  let scalars: [[Unicode.Scalar]]

  /// - Complexity: O(n) for n bytes of the file.
  init(_ source: SourceFile) {
    let bytes = source.bytes
    var lines: [String] = []
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var offset = start
    while offset <= bytes.count {
      if offset == bytes.count || bytes[offset] == 0x0A || bytes[offset] == 0x0D {
        lines.append(String(decoding: bytes[start..<offset], as: UTF8.self))
        if offset + 1 < bytes.count, bytes[offset] == 0x0D, bytes[offset + 1] == 0x0A { offset += 1 }
        start = offset + 1
      }
      offset += 1
    }
    name = source.name
    texts = lines
    scalars = lines.map { Array($0.unicodeScalars) }
  }
}
