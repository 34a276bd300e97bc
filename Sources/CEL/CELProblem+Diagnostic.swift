public import Diagnostics

extension CELProblem {
  /// The line and the column, both from 1, of a scalar of a text.
  public static func place(of offset: Int, in source: String) -> (line: Int, column: Int) {
    var (line, column) = (1, 1)
    for scalar in source.unicodeScalars.prefix(max(0, offset)) {
      if scalar == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
    }
    return (line, column)
  }

  /// The problem with its place in the expression and the line that it is about.
  ///
  /// `file` names the expression, such as a path or `expression`.
  public func diagnostic(in source: String, file: String) -> Diagnostic {
    let (line, column) = Self.place(of: offset, in: source)
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    let text = line <= lines.count ? String(lines[line - 1]) : ""
    return Diagnostic(
      id: id, message, at: SourcePlace(file: file, line: line, column: column),
      excerpt: Excerpt(line: text, length: length), help: help)
  }
}
