extension WebReport {
  /// A section of the page that another analysis fills: words, and a table or a plot or both.
  public struct Supplement: Sendable, Hashable {
    /// The name of the section within the page: letters, digits and hyphens; others are left out.
    public var id: String
    public var heading: String

    /// A sentence or two on what is told.
    public var about: String
    public var table: Table?
    public var plot: Plot?

    public init(id: String, heading: String, about: String, table: Table? = nil, plot: Plot? = nil) {
      self.id = id
      self.heading = heading
      self.about = about
      self.table = table
      self.plot = plot
    }
  }

  /// Rows of text.
  public struct Table: Sendable, Hashable {
    public struct Column: Sendable, Hashable {
      public var name: String

      /// Numbers stand on the right.
      public var isNumber: Bool

      public init(_ name: String, isNumber: Bool = false) {
        self.name = name
        self.isNumber = isNumber
      }
    }

    public var columns: [Column]

    /// As many cells in each as there are columns; others are left out.
    public var rows: [[String]]

    public init(columns: [Column], rows: [[String]]) {
      self.columns = columns
      self.rows = rows
    }
  }

  /// Lines over a common axis, such as a loss over time.
  public struct Plot: Sendable, Hashable {
    public struct Line: Sendable, Hashable {
      public var name: String

      /// From left to right; a point that is not finite is left out.
      public var points: [Point]

      public init(_ name: String, points: [Point]) {
        self.name = name
        self.points = points
      }
    }

    public struct Point: Sendable, Hashable {
      public var x: Double
      public var y: Double

      public init(x: Double, y: Double) {
        self.x = x
        self.y = y
      }
    }

    /// What the plot shows, in a sentence, for those who cannot see it.
    public var title: String
    public var xName: String
    public var yName: String
    public var lines: [Line]

    public init(title: String, xName: String, yName: String, lines: [Line]) {
      self.title = title
      self.xName = xName
      self.yName = yName
      self.lines = lines
    }
  }
}
