/// A place in a model file: a line, and a column counted from 1 in Unicode scalars.
public struct OpenPSAPlace: Sendable, Hashable {
  public var file: String
  public var line: Int
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}

/// What is wrong with a model, and where.
public struct OpenPSAProblem: Error, Sendable, Hashable {
  /// Whether the model is of no use (an error), or only a figure is missing (a warning).
  public enum Severity: Sendable, Hashable { case error, warning }

  public var severity: Severity

  /// In lower case, without a full stop; names from the file stand in single quotes.
  public var summary: String
  public var place: OpenPSAPlace

  public init(_ summary: String, severity: Severity = .error, at place: OpenPSAPlace) {
    self.severity = severity
    self.summary = summary
    self.place = place
  }
}

extension OpenPSAProblem: CustomStringConvertible {
  public var description: String {
    "\(place.file):\(place.line):\(place.column): \(severity == .error ? "error" : "warning"): \(summary)"
  }
}
