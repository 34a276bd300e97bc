public import Diagnostics
public import SupplyModel

/// Rules that belong together, with what they share.
public struct RulePack: Sendable {
  /// A choice of rules and of what they are set to.
  public struct Profile: Sendable {
    public var id: String
    public var settings: RuleSettings

    public init(id: String, settings: RuleSettings) {
      self.id = id
      self.settings = settings
    }
  }

  public var id: String
  public var version: String
  public var title: String

  /// Lists that its rules may name as `lists.NAME`.
  public var lists: [(name: String, values: [String])]
  public var profiles: [Profile]
  public var settings: RuleSettings
  public var rules: [RuleFile]

  public init(
    id: String, version: String = "1", title: String = "", lists: [(name: String, values: [String])] = [],
    profiles: [Profile] = [], settings: RuleSettings = RuleSettings(), rules: [RuleFile] = []
  ) {
    self.id = id
    self.version = version
    self.title = title
    self.lists = lists
    self.profiles = profiles
    self.settings = settings
    self.rules = rules
  }
}

/// What users change about rules.
public struct RuleSettings: Sendable {
  /// A parameter and what it is set to, as it was written.
  public struct Assignment: Sendable, Hashable {
    public var rule: String
    public var parameter: String
    public var values: [String]

    public init(rule: String, parameter: String, values: [String]) {
      self.rule = rule
      self.parameter = parameter
      self.values = values
    }
  }

  public var severities: [String: FindingSeverity]

  /// Ids of rules that are not run.
  public var off: Set<String>

  /// If not nil, only rules with these ids or tags are run.
  public var only: Set<String>?

  /// Later ones win.
  public var assignments: [Assignment]

  /// Where a file first speaks of a rule, by its id.
  public var places: [String: SourcePlace] = [:]

  public init(
    severities: [String: FindingSeverity] = [:], off: Set<String> = [], only: Set<String>? = nil,
    assignments: [Assignment] = []
  ) {
    self.severities = severities
    self.off = off
    self.only = only
    self.assignments = assignments
  }

  /// These settings, and on top of them others.
  public func overridden(by other: RuleSettings) -> RuleSettings {
    var settings = RuleSettings(
      severities: severities.merging(other.severities) { $1 },
      off: off.subtracting(other.severities.keys).union(other.off), only: other.only ?? only,
      assignments: assignments + other.assignments)
    settings.places = places.merging(other.places) { $1 }
    return settings
  }
}

extension RuleSettings {
  /// What is said of rules that there are not: an error for each, in the order of their ids.
  ///
  /// What `only` names may be a tag as well.
  ///
  /// - Parameter rules: all rules that there are, on or off.
  /// - Returns: a diagnostic for each id, at its place if a file says it.
  public func unknownRules(among rules: [RuleHeader]) -> [Diagnostic] {
    let ids = rules.map(\.id)
    let known = Set(ids)
    let tags = Set(rules.flatMap(\.tags))
    let named = off.union(severities.keys).union(assignments.map(\.rule))
      .union((only ?? []).filter { !tags.contains($0) })
    return named.filter { !known.contains($0) }.sorted().map { id in
      Diagnostic(
        id: "unknown-rule", "there is no rule '\(id)'", at: places[id],
        help: suggestion(for: id, from: ids).map { "did you mean '\($0)'?" } ?? "see chokepoint rules list")
    }
  }
}

/// A finding that somebody lives with for a while.
public struct Waiver: Sendable, Hashable {
  public var rule: String

  /// Ids that must all be among the subjects of a finding; empty for all findings of the rule.
  public var subjects: [String]
  public var reason: String

  /// The last day on which it counts.
  public var expires: CalendarDate
  public var place: SourcePlace?

  public init(
    rule: String, subjects: [String] = [], reason: String, expires: CalendarDate, place: SourcePlace? = nil
  ) {
    self.rule = rule
    self.subjects = subjects
    self.reason = reason
    self.expires = expires
    self.place = place
  }

  /// Whether it is about a finding, whatever the day.
  public func covers(_ finding: Finding) -> Bool {
    finding.ruleID == rule && subjects.allSatisfy { id in finding.subjects.contains { $0.id == id } }
  }
}

/// Findings that were there before, by fingerprint.
public struct FindingBaseline: Sendable, Hashable {
  public var fingerprints: Set<String>

  public init(fingerprints: Set<String> = []) { self.fingerprints = fingerprints }
}
