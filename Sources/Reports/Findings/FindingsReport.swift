public import RuleEngine
public import SupplyModel

/// What `chokepoint check --rules` prints: the verdict, then the findings, the worst first.
public struct FindingsReport: Sendable {
  let run: RuleRun
  let network: SupplyNetwork

  /// The path that the network was read from, as the user wrote it.
  let file: String

  /// Findings at or above this severity make the verdict bad; nil for none.
  let failOn: FindingSeverity?

  /// - Parameters:
  ///   - run: what came of the rules.
  ///   - network: what they looked at.
  ///   - file: the path that it was read from.
  ///   - failOn: findings at or above this severity make the verdict bad; nil for none.
  public init(of run: RuleRun, on network: SupplyNetwork, read file: String, failOn: FindingSeverity? = nil) {
    self.run = run
    self.network = network.withImpliedDemand()
    self.file = file
    self.failOn = failOn
  }

  /// Findings that make the verdict bad.
  public var failures: [Finding] {
    failOn.map { limit in run.findings.filter { $0.severity >= limit } } ?? []
  }

  /// Whether every rule was read and run to its end.
  public var isComplete: Bool { run.problems.isEmpty }

  var rules: [RuleHeader] {
    var seen: Set<String> = []
    return run.results.map(\.rule).filter { seen.insert($0.id).inserted }
  }

  func rule(of finding: Finding) -> RuleHeader? { run.results.first { $0.rule.id == finding.ruleID }?.rule }

  /// How many findings were left out, since a rule had too many.
  var cutCount: Int { run.results.reduce(0) { $0 + max(0, $1.findingCount - $1.findings.count) } }

  func count(of severity: FindingSeverity) -> Int { run.findings.count { $0.severity == severity } }

  var inconclusiveCount: Int { run.results.reduce(0) { $0 + $1.inconclusiveCount } }
}

// MARK: Text

extension FindingsReport {
  /// The findings for a reader.
  ///
  /// - Parameters:
  ///   - top: the most findings.
  ///   - width: the columns of the terminal, from 80 to 200.
  /// - Returns: lines for a terminal.
  public func text(top: Int, width: Int = 100) -> StyledText {
    var text = StyledText()
    let width = terminalWidth(width)
    func add(_ words: [StyledText.Span], indent: Int = 0, hanging: Int = 2) {
      text.add(words: words, width: width, indent: indent, hanging: hanging)
    }
    let asked = run.results.count { $0.notApplicable == nil && $0.problems.isEmpty }
    add(StyledText.Span.words("Rules on \(nameText(network.title))", .title))
    let counts = FindingSeverity.allCases.reversed().compactMap { severity in
      count(of: severity) > 0 ? "\(count(of: severity)) \(severity.rawValue)" : nil
    }
    if run.findings.isEmpty {
      add(
        [SeverityWord.good.span(colon: true)]
          + StyledText.Span.words("no finding of \(counted(asked, "rule run"))"))
    } else {
      let worst = run.findings[0].severity
      let word: SeverityWord = worst >= .high ? .severe : .warning
      add(
        [word.span(colon: true)]
          + StyledText.Span.words(
            "\(counted(run.findings.count, "finding")): \(counts.joined(separator: ", "))"))
    }
    if !isComplete {
      add(
        [SeverityWord.severe.span(colon: true)]
          + StyledText.Span.words(
            "incomplete: \(counted(run.problems.count, "problem")) with rules, told on standard error; the other rules ran"
          ))
    }
    for (position, finding) in run.findings.prefix(top).enumerated() {
      if position == 0 || run.findings[position - 1].ruleID != finding.ruleID {
        text.add()
        let header = rule(of: finding)
        add(
          StyledText.Span.words(header?.title ?? finding.ruleID, .heading)
            + StyledText.Span.words("(\(finding.ruleID))", .dim))
        if let fix = header?.fix, !fix.isEmpty {
          add(StyledText.Span.words("to mend it: \(fix)", .dim), indent: 2)
        }
      }
      let place = finding.scenario.map { " [\($0)]" } ?? ""
      add(
        [StyledText.Span(finding.severity.rawValue + ":", style(of: finding.severity))]
          + StyledText.Span.words(finding.message + place), indent: 2, hanging: 4)
      for evidence in finding.evidence where !evidence.text.isEmpty {
        add(StyledText.Span.words("\(evidence.name): \(evidence.text)", .dim), indent: 4, hanging: 6)
      }
    }
    if run.findings.count > top { text.add(.init("… and \(run.findings.count - top) more findings", .dim)) }
    if cutCount > 0 {
      text.add(.init("\(counted(cutCount, "more finding")) of rules with too many are not kept", .warn))
    }
    addRest(to: &text, width)
    return text
  }

  private func style(of severity: FindingSeverity) -> StyledText.Style {
    switch severity {
    case .critical, .high: .severe
    case .medium: .warn
    case .low, .info: .dim
    }
  }

  private func addRest(to text: inout StyledText, _ width: Int) {
    func add(_ words: [StyledText.Span], indent: Int = 0) {
      text.add(words: words, width: width, indent: indent, hanging: indent + 2)
    }
    if inconclusiveCount > 0 {
      text.add()
      text.add(.init("What could not be decided", .heading))
      add(
        StyledText.Span.words(
          "\(counted(inconclusiveCount, "subject")), since a figure is missing. Those that would settle most:",
          .dim))
      for row in run.missing.prefix(8) {
        add(StyledText.Span.words("\(row.figure): \(counted(row.subjects, "subject"))"), indent: 2)
      }
      if run.missing.count > 8 {
        add([.init("… and \(run.missing.count - 8) more figures", .dim)], indent: 2)
      }
    }
    let idle = run.results.filter { $0.notApplicable != nil }
    if !idle.isEmpty {
      text.add()
      text.add(.init("Rules that did not apply", .heading))
      for result in idle {
        let place = result.scenario.map { " [\($0)]" } ?? ""
        add(
          StyledText.Span.words("\(result.rule.id)\(place): \(result.notApplicable ?? "")", .dim), indent: 2)
      }
    }
    if !run.waived.isEmpty || !run.known.isEmpty {
      text.add()
      add(
        StyledText.Span.words(
          "\(counted(run.waived.count, "finding")) waived, \(run.known.count) known from the baseline", .dim))
      for row in run.waived.prefix(12) {
        add(
          StyledText.Span.words(
            "\(row.finding.message) (until \(row.waiver.expires): \(row.waiver.reason))", .dim), indent: 2)
      }
    }
    text.add()
    add(StyledText.Span.words(next))
  }

  /// What to do next, in one sentence.
  private var next: String {
    if !isComplete { return "Next: mend the rules that did not run; until then the verdict is incomplete." }
    if let limit = failOn, !failures.isEmpty {
      return
        "Next: \(counted(failures.count, "finding")) at or above \(limit.rawValue) to mend or to waive with a reason."
    }
    if let first = run.missing.first {
      return "Next: find \(first.figure), which would settle \(counted(first.subjects, "subject"))."
    }
    return run.findings.isEmpty
      ? "Nothing to do." : "Next: mend the worst finding first, or waive it with a reason."
  }
}
