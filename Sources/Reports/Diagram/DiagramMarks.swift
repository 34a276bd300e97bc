public import RuleEngine
public import SupplyModel

extension NetworkDiagram {
  /// What a diagram has a box, a line or a column for.
  public enum Subject: Sendable, Hashable {
    case site(Key<Site>)
    case product(Key<Demand>)
    case lane(Key<Flow>)
    case stage(Key<Stage>)

    /// What a finding is about; nil if no diagram has it, such as a country or a material.
    ///
    /// A figure counts as what it belongs to, and how supply is shared out as the stage.
    init?(_ subject: Finding.Subject, in network: SupplyNetwork) {
      var (kind, id) = (subject.kind, subject.id)
      if kind == "figure", let open = id.firstIndex(of: "["), let close = id.lastIndex(of: "]"), open < close
      {
        // Such as site[mt-weld].capacity.
        (kind, id) = (String(id[..<open]), String(id[id.index(after: open)..<close]))
      }
      let found: Subject? =
        switch kind {
        case "site", "element": network.sites.key(of: id).map { .site($0) }
        case "product": network.demand.key(of: id).map { .product($0) }
        case "lane": network.flows.key(of: id).map { .lane($0) }
        // The stage, then what is counted there.
        case "concentration": network.stages.key(of: String(id.prefix { $0 != "/" })).map { .stage($0) }
        default: nil
        }
      guard let found else { return nil }
      self = found
    }
  }

  /// A finding, as a diagram shows it.
  public struct Mark: Sendable, Hashable {
    public var severity: FindingSeverity

    /// The title of the rule.
    public var text: String
    public var subjects: [Subject]

    /// Whether it holds only in the scenario.
    public var isOfScenario: Bool

    public init(
      _ severity: FindingSeverity, _ text: String, of subjects: [Subject], isOfScenario: Bool = false
    ) {
      self.severity = severity
      self.text = text
      self.subjects = subjects
      self.isOfScenario = isOfScenario
    }
  }

  /// What rules found.
  ///
  /// It never moves a box or a line: a picture with marks and one without can be flipped.
  public struct Marks: Sendable, Hashable {
    public var marks: [Mark]

    /// Whether every rule was read and run to its end.
    public var isComplete: Bool

    public init(_ marks: [Mark] = [], isComplete: Bool = true) {
      self.marks = marks
      self.isComplete = isComplete
    }

    /// The findings that count: neither waived nor known before.
    ///
    /// - Parameters:
    ///   - run: what came of the rules.
    ///   - network: what they looked at.
    public init(of run: RuleRun, on network: SupplyNetwork) {
      let network = network.withImpliedDemand()
      let titles = Dictionary(run.results.map { ($0.rule.id, $0.rule.title) }) { first, _ in first }
      marks = run.findings.map { finding in
        Mark(
          finding.severity, titles[finding.ruleID] ?? finding.ruleID,
          of: finding.subjects.compactMap { Subject($0, in: network) },
          isOfScenario: finding.scenario != nil)
      }
      isComplete = run.problems.isEmpty
    }
  }
}

/// The marks of one box, line or column.
struct DiagramMark {
  private(set) var marks: [NetworkDiagram.Mark]

  /// Nil if there are none.
  init?(_ marks: [NetworkDiagram.Mark]) {
    guard !marks.isEmpty else { return nil }
    self.marks = marks
  }

  var worst: FindingSeverity { marks.reduce(.info) { max($0, $1.severity) } }

  /// The letter of the worst severity, and how many findings there are.
  var sign: String { "\(Self.letter(of: worst)) \(marks.count > 99 ? "99+" : "\(marks.count)")" }

  static func letter(of severity: FindingSeverity) -> String { severity.rawValue.prefix(1).uppercased() }

  var summary: String { "\(worst.rawValue), \(counted(marks.count, "finding"))" }

  /// The titles of the rules, the worst first, each with its severity and how often it says so.
  var lines: [String] {
    var count: [String: Int] = [:]
    var lines: [String] = []
    for severity in FindingSeverity.allCases.reversed() {
      for mark in marks where mark.severity == severity {
        let line = "\(severity.rawValue): \(mark.text.truncated(to: 120))"
        if count.updateValue(count[line, default: 0] + 1, forKey: line) == nil { lines.append(line) }
      }
    }
    return lines.map { line in (count[line] ?? 1) > 1 ? "\(line) (\(count[line] ?? 1) times)" : line }
  }
}

extension DiagramTheme {
  /// The colours of a mark: those of a box of that severity.
  func look(of severity: FindingSeverity) -> Fill {
    switch severity {
    case .info: fill(.notKnown)
    case .low: fill(.unharmed)
    case .medium: fill(.medium)
    case .high: fill(.high)
    case .critical: fill(.critical)
    }
  }
}
