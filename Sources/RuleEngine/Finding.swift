public import Diagnostics
public import SupplyModel

/// What a rule says about a subject.
public struct Finding: Sendable, Hashable {
  /// What a finding is about.
  public struct Subject: Sendable, Hashable, Comparable {
    /// `site`, `product`, `stage`, `country` and the like.
    public var kind: String
    public var id: String
    public var name: String

    public init(kind: String, id: String, name: String) {
      self.kind = kind
      self.id = id
      self.name = name
    }

    public static func < (lhs: Self, rhs: Self) -> Bool {
      (lhs.kind, lhs.id) < (rhs.kind, rhs.id)
    }
  }

  /// A name and its value, as the rule shows it.
  public struct Evidence: Sendable, Hashable {
    public var name: String

    /// Sites of the network, where the value is a list of them; else empty.
    public var sites: [Key<Site>]
    public var text: String

    public init(name: String, sites: [Key<Site>] = [], text: String) {
      self.name = name
      self.sites = sites
      self.text = text
    }
  }

  public var ruleID: String
  public var ruleVersion: Int
  public var severity: FindingSeverity

  /// The tuple that the rule was asked for, sorted; a finding of a rule without subjects is about the whole network.
  public var subjects: [Subject]
  public var message: String
  public var evidence: [Evidence]

  /// The id of the scenario, for a rule that looks at one.
  public var scenario: String?

  /// Paths of the figures that the condition read and that are estimated or recalled, sorted; at most 50.
  public var estimates: [String]

  /// Whether what decided rests on figures that are estimated or recalled.
  public var restsOnEstimates: Bool { !estimates.isEmpty }

  public init(
    ruleID: String, ruleVersion: Int, severity: FindingSeverity, subjects: [Subject], message: String,
    evidence: [Evidence] = [], scenario: String? = nil, estimates: [String] = []
  ) {
    self.ruleID = ruleID
    self.ruleVersion = ruleVersion
    self.severity = severity
    self.subjects = subjects.sorted()
    self.message = message
    self.evidence = evidence
    self.scenario = scenario
    self.estimates = estimates
  }

  /// What stays the same as long as the rule, its version and the subjects do: never message, path or place.
  ///
  /// The scenario is part of it where there is one, since the same subject under another scenario is another finding.
  public var fingerprint: String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ text: String) {
      for byte in Array(text.utf8) + [0] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    add(ruleID)
    add("\(ruleVersion)")
    add(scenario ?? "")
    for subject in subjects {
      add(subject.kind)
      add(subject.id)
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// What came of a rule under one scenario, or of one that looks at none.
public struct RuleResult: Sendable {
  /// A subject that could not be decided, and the figures that are missing for it.
  public struct Inconclusive: Sendable, Hashable {
    public var subjects: [Finding.Subject]

    /// Paths such as `site[mt-weld].capacity`, sorted.
    public var missing: [String]

    public init(subjects: [Finding.Subject], missing: [String]) {
      self.subjects = subjects
      self.missing = missing
    }
  }

  public var rule: RuleHeader
  public var scenario: String?
  public var findings: [Finding]

  /// How many findings there are in all; more than are kept.
  public var findingCount: Int
  public var cleanCount: Int
  public var inconclusive: [Inconclusive]
  public var inconclusiveCount: Int

  /// Why the rule was not asked, if it was not: its loops yield nothing, or it needs a scenario.
  public var notApplicable: String?

  /// Why the rule could not be run, or not to its end.
  public var problems: [Diagnostic]

  /// Steps that it took.
  public var cost: Int

  /// How often `when` was true, false and unknown.
  public var coverage: (isTrue: Int, isFalse: Int, isUnknown: Int) {
    (findingCount, cleanCount, inconclusiveCount)
  }

  public init(rule: RuleHeader, scenario: String? = nil) {
    self.rule = rule
    self.scenario = scenario
    findings = []
    findingCount = 0
    cleanCount = 0
    inconclusive = []
    inconclusiveCount = 0
    notApplicable = nil
    problems = []
    cost = 0
  }
}

/// All that came of some rules on a network.
public struct RuleRun: Sendable {
  /// In the order of the rules, and then of the scenarios.
  public var results: [RuleResult]

  /// Findings that no waiver and no baseline covers: the worst first, then by rule, scenario and subjects.
  public var findings: [Finding]

  /// Findings that a waiver covers, with its reason.
  public var waived: [(finding: Finding, waiver: Waiver)]

  /// Findings that the baseline knows.
  public var known: [Finding]

  /// What was wrong with waivers: expired ones, and those that cover nothing.
  public var notes: [Diagnostic]

  /// Missing figures, those that would settle most subjects first.
  public var missing: [(figure: String, subjects: Int)]

  /// Rules that could not be read or run; the verdict is incomplete then.
  public var problems: [Diagnostic]

  public init(
    results: [RuleResult], findings: [Finding], waived: [(finding: Finding, waiver: Waiver)],
    known: [Finding], notes: [Diagnostic], missing: [(figure: String, subjects: Int)], problems: [Diagnostic]
  ) {
    self.results = results
    self.findings = findings
    self.waived = waived
    self.known = known
    self.notes = notes
    self.missing = missing
    self.problems = problems
  }
}
