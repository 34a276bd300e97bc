import Diagnostics

/// Collects what is wrong with a set of files; keeps the first of them by place and counts the rest.
///
/// Summaries and help are only made for problems that are kept, so that a million of them cost little.
struct Problems {
  /// The most diagnostics that are given; if there are more, the last says how many.
  static let limit = 200

  private(set) var files: [SourceFile] = []
  private(set) var errorCount = 0
  private var count = 0
  private var kept: [Problem] = []

  private struct Problem {
    var spot: Spot
    var id: String
    var severity: Severity
    var summary: String
    var earlier: Spot?
    var help: String
  }

  /// Whether as many problems are kept as can be, so that one more is most likely only counted.
  var isFull: Bool { kept.count == Self.limit }

  /// Adds a file that spots can point into.
  mutating func add(_ file: SourceFile) -> Int {
    files.append(file)
    return files.count - 1
  }

  /// Notes a problem; `earlier` is where the same thing stands first, `help` what to write instead.
  mutating func report(
    _ id: String, severity: Severity = .error, at spot: Spot, _ summary: @autoclosure () -> String,
    earlier: Spot? = nil, help: @autoclosure () -> String
  ) {
    count += 1
    if severity == .error { errorCount += 1 }
    if kept.count == Self.limit, let last = kept.last, !precedes(spot, last.spot) { return }
    var low = 0
    var high = kept.count
    while low < high {
      let middle = (low + high) / 2
      if precedes(spot, kept[middle].spot) { high = middle } else { low = middle + 1 }
    }
    kept.insert(
      Problem(spot: spot, id: id, severity: severity, summary: summary(), earlier: earlier, help: help()),
      at: low)
    if kept.count > Self.limit { kept.removeLast() }
  }

  /// The problems, sorted by place.
  consuming func diagnostics() -> [Diagnostic] {
    let shown = count > Self.limit ? Self.limit - 1 : count
    var result: [Diagnostic] = []
    for problem in kept.prefix(shown) {
      let place = place(of: problem.spot)
      var summary = problem.summary
      if let earlier = problem.earlier.map({ self.place(of: $0) }) {
        summary += "; first at \(earlier.file):\(earlier.line):\(earlier.column)"
      }
      let line = files[problem.spot.file].excerpt(line: place.line, column: place.column)
      let length = files[problem.spot.file].scalars(in: problem.spot)
      let excerpt = line.map {
        Excerpt(line: $0.text, length: max(1, length), firstColumn: $0.firstColumn)
      }
      result.append(
        Diagnostic(
          id: problem.id, severity: problem.severity, summary, at: place, excerpt: excerpt, help: problem.help
        )
      )
    }
    if count > shown {
      result.append(
        Diagnostic(
          id: "more-problems", severity: errorCount > 0 ? .error : .warning,
          "\(count - shown) more problems are not shown",
          help: "mend these first, then check again"))
    }
    return result
  }

  private mutating func place(of spot: Spot) -> SourcePlace {
    let mark: (line: Int, column: Int) =
      switch spot.position {
      case .mark(let line, let column): (line, column)
      case .byte(let offset): files[spot.file].mark(ofByte: offset)
      }
    return SourcePlace(file: files[spot.file].name, line: mark.line, column: mark.column)
  }

  private func precedes(_ a: Spot, _ b: Spot) -> Bool {
    if a.file != b.file {
      let (first, second) = (files[a.file].name, files[b.file].name)
      if first != second { return first < second }
    }
    return a.position < b.position
  }
}
