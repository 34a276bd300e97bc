public import CEL
public import Diagnostics

/// An expression in a rule file, with the place of each of its characters.
public struct RuleExpression: Sendable, Hashable {
  /// A run of characters that stand side by side in the file.
  public struct Run: Sendable, Hashable {
    /// The first character, counted in Unicode scalars of the text from 0.
    public var offset: Int

    /// Its place, from 1.
    public var line: Int
    public var column: Int

    /// The whole line of the file.
    public var excerpt: String

    public init(offset: Int, line: Int, column: Int, excerpt: String) {
      self.offset = offset
      self.line = line
      self.column = column
      self.excerpt = excerpt
    }
  }

  public let text: String
  public let file: String

  /// In rising order of their offsets, at least one; the first starts at 0.
  public let runs: [Run]

  /// An expression of a file; without runs it stands in no file, and counts as one of its own.
  public init(_ text: String, file: String = "expression", runs: [Run] = []) {
    self.text = text
    self.file = file
    self.runs = runs.isEmpty ? Self.ownLines(of: text) : runs
  }

  private static func ownLines(of text: String) -> [Run] {
    var offset = 0
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { number, line in
      defer { offset += line.unicodeScalars.count + 1 }
      return Run(offset: offset, line: number + 1, column: 1, excerpt: String(line))
    }
  }

  /// The place of a character; one behind the end follows the last.
  public func place(of offset: Int) -> (place: SourcePlace, excerpt: String) {
    let run = runs.last { $0.offset <= offset } ?? runs[0]
    let column = run.column + max(0, offset - run.offset)
    return (SourcePlace(file: file, line: run.line, column: column), run.excerpt)
  }

  /// A problem of the expression, placed in the file.
  public func diagnostic(_ problem: CELProblem) -> Diagnostic {
    let (place, excerpt) = place(of: problem.offset)
    return Diagnostic(
      id: problem.id, problem.message, at: place, excerpt: Excerpt(line: excerpt, length: problem.length),
      help: problem.help)
  }
}
