/// A label of text in several fonts, or of a table.
///
/// It can only be built in shapes that Graphviz accepts, and all text in it is shown as it is.
/// A line break within a text becomes a space; ``Run/lineBreak(_:)`` breaks lines.
public enum HTMLLabel: Sendable, Hashable {
  case text([Run])
  case table(Table)

  /// A piece of text.
  public indirect enum Run: Sendable, Hashable {
    case text(String)
    case bold([Run])
    case italic([Run])
    /// Text in a colour (`#RRGGBB` or a name) and a size in points; `nil` keeps what holds around it.
    case font(color: String? = nil, size: Double? = nil, [Run])
    /// The end of a line that is aligned as given.
    case lineBreak(Alignment)
  }

  public enum Alignment: String, Sendable, Hashable {
    case left, center, right
  }

  public enum VerticalAlignment: String, Sendable, Hashable {
    case top, middle, bottom
  }

  /// How a table or a cell looks; `nil` leaves it to Graphviz.
  ///
  /// Lengths are in points. Colours and ports are constants of our own.
  public struct Style: Sendable, Hashable {
    public var alignment: Alignment?
    public var background: String?
    public var border: Int?
    public var borderColor: String?
    public var height: Int?
    public var isFixedSize: Bool
    public var padding: Int?
    public var port: String?
    public var spacing: Int?
    public var verticalAlignment: VerticalAlignment?
    public var width: Int?

    public init(
      alignment: Alignment? = nil, background: String? = nil, border: Int? = nil, borderColor: String? = nil,
      height: Int? = nil, isFixedSize: Bool = false, padding: Int? = nil, port: String? = nil,
      spacing: Int? = nil, verticalAlignment: VerticalAlignment? = nil, width: Int? = nil
    ) {
      self.alignment = alignment
      self.background = background
      self.border = border
      self.borderColor = borderColor
      self.height = height
      self.isFixedSize = isFixedSize
      self.padding = padding
      self.port = port
      self.spacing = spacing
      self.verticalAlignment = verticalAlignment
      self.width = width
    }
  }

  /// Rows of cells; a table without cells is drawn as one empty cell, a row without cells is left out.
  public struct Table: Sendable, Hashable {
    public var style: Style
    /// The border of each cell that sets none, in points.
    public var cellBorder: Int?
    public var rows: [[Cell]]

    public init(style: Style = Style(), cellBorder: Int? = nil, rows: [[Cell]]) {
      self.style = style
      self.cellBorder = cellBorder
      self.rows = rows
    }
  }

  public struct Cell: Sendable, Hashable {
    public var style: Style
    /// The number of columns that the cell covers; at least 1.
    public var columns: Int
    /// The number of rows that the cell covers; at least 1.
    public var rows: Int
    /// What the cell shows; `nil` leaves it empty.
    public var content: HTMLLabel?

    public init(style: Style = Style(), columns: Int = 1, rows: Int = 1, _ content: HTMLLabel? = nil) {
      self.style = style
      self.columns = columns
      self.rows = rows
      self.content = content
    }
  }
}

extension HTMLLabel {
  /// The label as Graphviz HTML, without the angle brackets around it.
  ///
  /// It always starts with a tag. Graphviz keeps HTML and plain strings in one pool and takes the one for the
  /// other when they are equal; plain text of ours has no `<`, so the two never meet.
  var markup: String {
    var output = ""
    switch self {
    case .text(let runs):
      var content = ""
      Self.append(runs, to: &content)
      // The grammar has no empty font.
      output += "<FONT>\(content.isEmpty ? " " : content)</FONT>"
    case .table(let table): Self.append(table, to: &output)
    }
    return output
  }

  private static func append(_ table: Table, to output: inout String) {
    output += "<TABLE"
    append(table.style, to: &output)
    append("CELLBORDER", table.cellBorder.map(String.init), to: &output)
    output += ">"
    let rows = table.rows.filter { !$0.isEmpty }
    for row in rows.isEmpty ? [[Cell()]] : rows {
      output += "<TR>"
      for cell in row { append(cell, to: &output) }
      output += "</TR>"
    }
    output += "</TABLE>"
  }

  private static func append(_ cell: Cell, to output: inout String) {
    output += "<TD"
    append(cell.style, to: &output)
    if cell.columns > 1 { append("COLSPAN", String(cell.columns), to: &output) }
    if cell.rows > 1 { append("ROWSPAN", String(cell.rows), to: &output) }
    output += ">"
    switch cell.content {
    case .text(let runs): append(runs, to: &output)
    case .table(let table): append(table, to: &output)
    case nil: break
    }
    output += "</TD>"
  }

  private static func append(_ runs: [Run], to output: inout String) {
    for run in runs {
      switch run {
      case .text(let text): appendHTMLText(text, to: &output)
      case .bold(let inner): append("B", inner, to: &output)
      case .italic(let inner): append("I", inner, to: &output)
      case .font(let color, let size, let inner):
        var attributes = ""
        append("COLOR", color, to: &attributes)
        append("POINT-SIZE", size.map(decimal), to: &attributes)
        append("FONT", attributes: attributes, inner, to: &output)
      case .lineBreak(let alignment):
        output += "<BR"
        append("ALIGN", alignment.rawValue, to: &output)
        output += "/>"
      }
    }
  }

  /// Appends `runs` within a tag, and nothing at all when they are empty, as the grammar demands.
  private static func append(
    _ tag: String, attributes: String = "", _ runs: [Run], to output: inout String
  ) {
    var content = ""
    append(runs, to: &content)
    if !content.isEmpty { output += "<\(tag)\(attributes)>\(content)</\(tag)>" }
  }

  private static func append(_ style: Style, to output: inout String) {
    append("ALIGN", style.alignment?.rawValue, to: &output)
    append("BGCOLOR", style.background, to: &output)
    append("BORDER", style.border.map(String.init), to: &output)
    append("COLOR", style.borderColor, to: &output)
    append("HEIGHT", style.height.map(String.init), to: &output)
    append("FIXEDSIZE", style.isFixedSize ? "TRUE" : nil, to: &output)
    append("CELLPADDING", style.padding.map(String.init), to: &output)
    append("PORT", style.port, to: &output)
    append("CELLSPACING", style.spacing.map(String.init), to: &output)
    append("VALIGN", style.verticalAlignment?.rawValue, to: &output)
    append("WIDTH", style.width.map(String.init), to: &output)
  }

  private static func append(_ name: String, _ value: String?, to output: inout String) {
    guard let value else { return }
    output += " "
    output += name
    output += "=\""
    appendToken(value, to: &output)
    output += "\""
  }
}
