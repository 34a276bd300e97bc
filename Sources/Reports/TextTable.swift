/// Rows in columns, laid out for a terminal.
///
/// A column is as wide as its widest cell. If that is too much, the widest text column gives way, down to
/// ``leastTextWidth``, and what no longer fits ends in an ellipsis. Two spaces stand between columns.
public struct TextTable: Sendable {
  public struct Column: Sendable {
    public let header: String

    /// Numbers are aligned to the right and never cut.
    public let isNumber: Bool

    public static func text(_ header: String) -> Column { Column(header: header, isNumber: false) }
    public static func number(_ header: String) -> Column { Column(header: header, isNumber: true) }
  }

  /// One line of cells, and what is said about it in lines below.
  public struct Row: Sendable {
    public var cells: [StyledText.Span]

    /// Each detail is a list of words that starts a line of its own and goes on in as many as it needs.
    public var details: [[StyledText.Span]]

    public init(_ cells: [StyledText.Span], details: [[StyledText.Span]] = []) {
      self.cells = cells
      self.details = details
    }
  }

  /// How far a text column gives way, in columns of the terminal.
  public static let leastTextWidth = 6

  public let columns: [Column]
  public private(set) var rows: [Row] = []

  public init(_ columns: [Column]) { self.columns = columns }

  /// - Precondition: the row has a cell for each column.
  public mutating func add(_ row: Row) {
    precondition(row.cells.count == columns.count, "a row of another width")
    rows.append(row)
  }

  /// The table with its header, or nothing if it has no rows.
  ///
  /// - Parameter width: the columns of the terminal; taken as 80 if it is less, as 200 if it is more.
  /// - Returns: the lines, none of which is wider than that while text columns can give way.
  public func text(width: Int) -> StyledText {
    var text = StyledText()
    if rows.isEmpty { return text }
    let width = terminalWidth(width)
    let widths = columnWidths(in: width)
    text.add(line: line(columns.map { StyledText.Span($0.header, .dim) }, widths))
    for row in rows {
      text.add(line: line(row.cells, widths))
      for detail in row.details { text.add(words: detail, width: width, indent: 4, hanging: 6) }
    }
    return text
  }

  private func columnWidths(in width: Int) -> [Int] {
    var widths = columns.indices.map { column in
      rows.reduce(columns[column].header.displayWidth) { max($0, $1.cells[column].text.displayWidth) }
    }
    var excess = widths.reduce(0, +) + 2 * (columns.count - 1) - width
    while excess > 0 {
      var widest: Int?
      for column in columns.indices where !columns[column].isNumber && widths[column] > Self.leastTextWidth {
        if widest.map({ widths[column] > widths[$0] }) ?? true { widest = column }
      }
      guard let widest else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  private func line(_ cells: [StyledText.Span], _ widths: [Int]) -> [StyledText.Span] {
    var line: [StyledText.Span] = []
    for (column, cell) in cells.enumerated() {
      let cut = columns[column].isNumber ? cell.text : cell.text.cut(toColumns: widths[column])
      let padding = spaces(widths[column] - cut.displayWidth)
      if column > 0 { line.append(.init("  ")) }
      let span = StyledText.Span(cut, cell.style)
      line += columns[column].isNumber ? [.init(padding), span] : [span, .init(padding)]
    }
    return line
  }
}

/// The columns that a report is laid out for: `width` brought into the range from 80 to 200.
func terminalWidth(_ width: Int) -> Int { min(200, max(80, width)) }
