/// What came of a file of conformance cases.
public struct ConformanceReport: Sendable, Hashable {
  public struct Failure: Sendable, Hashable {
    /// The id of the case, or its line if it has none.
    public var id: String
    public var reason: String

    public init(id: String, reason: String) {
      self.id = id
      self.reason = reason
    }
  }

  /// A part of the suite that this language leaves out.
  public enum Omission: String, Sendable, Hashable, CaseIterable {
    case protocolBuffers = "protocol buffers"
    case block = "cel.block"
    case network = "network extension"
  }

  public var passed = 0
  /// Cases that were not run, by the reason.
  public var skipped: [Omission: Int] = [:]
  public var failures: [Failure] = []

  public init() {}

  public static func + (a: ConformanceReport, b: ConformanceReport) -> ConformanceReport {
    var sum = a
    sum.passed += b.passed
    sum.skipped.merge(b.skipped, uniquingKeysWith: +)
    sum.failures += b.failures
    return sum
  }
}

extension ConformanceReport: CustomStringConvertible {
  /// The counts, such as `12 passed, 0 failed, 3 skipped (protocol buffers 3)`.
  public var description: String {
    let reasons = Omission.allCases.compactMap { reason in
      skipped[reason].map { "\(reason.rawValue) \($0)" }
    }
    let count = skipped.values.reduce(0, +)
    let more = reasons.isEmpty ? "" : ", \(count) skipped (\(reasons.joined(separator: ", ")))"
    return "\(passed) passed, \(failures.count) failed\(more)"
  }
}

/// Runs cases of the public conformance suite, one JSON object a line (see ``ConformanceCase``).
public enum ConformanceSuite {
  /// Runs the cases; a line that is neither a case nor blank is a failure.
  public static func run(lines: some Sequence<String>) -> ConformanceReport {
    var report = ConformanceReport()
    for (number, line) in lines.enumerated() where line.contains(where: { !$0.isWhitespace }) {
      let name = "line \(number + 1)"
      guard let test = ConformanceCase(line, fallbackID: name) else {
        report.failures.append(.init(id: name, reason: "the line is not a case"))
        continue
      }
      if let omission = test.omission {
        report.skipped[omission, default: 0] += 1
      } else if let reason = test.problem() {
        report.failures.append(.init(id: test.id, reason: reason))
      } else {
        report.passed += 1
      }
    }
    return report
  }
}
