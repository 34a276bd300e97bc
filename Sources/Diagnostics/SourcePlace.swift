/// A place in a text that a person wrote: a file, and a line and a column counted from 1.
///
/// Columns count Unicode scalars, as YAML does. A place sorts by file, then line, then column.
public struct SourcePlace: Sendable, Hashable, Comparable {
  public var file: String
  public var line: Int
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  public static func < (lhs: SourcePlace, rhs: SourcePlace) -> Bool {
    (lhs.file, lhs.line, lhs.column) < (rhs.file, rhs.line, rhs.column)
  }
}
