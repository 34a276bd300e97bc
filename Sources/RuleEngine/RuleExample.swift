public import Diagnostics
public import SupplyModel

/// A test of a rule: a small network, and what the rule should say of it.
public struct RuleExample: Sendable {
  /// What should come out; a case takes the first of error, inconclusive, flagged and clean that any subject has.
  public enum Expectation: String, Sendable, Hashable, CaseIterable {
    case flagged, clean, inconclusive, notApplicable = "not-applicable", error
  }

  /// What a finding must hold.
  public struct ExpectedFinding: Sendable, Hashable {
    /// Ids of its subjects, in any order.
    public var subjects: [String]
    public var severity: FindingSeverity?

    /// A part of its message.
    public var message: String?

    public init(subjects: [String], severity: FindingSeverity? = nil, message: String? = nil) {
      self.subjects = subjects
      self.severity = severity
      self.message = message
    }
  }

  public var name: String
  public var network: SupplyNetwork
  public var scenario: Scenario?

  /// Parameters that the case sets, by name, as they were written.
  public var parameters: [(name: String, values: [String])]
  public var expectation: Expectation

  /// Findings that must be among those that come out; all of them if `isComplete`.
  public var findings: [ExpectedFinding]
  public var isComplete: Bool

  /// Paths of figures that must be among those that are missing, such as `site[mine].capacity`.
  public var missing: [String]

  /// Whether the case stands at the bound of a threshold.
  public var isAtBound: Bool
  public var place: SourcePlace?

  public init(
    name: String, network: SupplyNetwork, scenario: Scenario? = nil,
    parameters: [(name: String, values: [String])] = [], expectation: Expectation,
    findings: [ExpectedFinding] = [], isComplete: Bool = false, missing: [String] = [],
    isAtBound: Bool = false, place: SourcePlace? = nil
  ) {
    self.name = name
    self.network = network
    self.scenario = scenario
    self.parameters = parameters
    self.expectation = expectation
    self.findings = findings
    self.isComplete = isComplete
    self.missing = missing
    self.isAtBound = isAtBound
    self.place = place
  }
}
