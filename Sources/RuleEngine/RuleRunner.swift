internal import CEL
public import Diagnostics
public import SupplyModel

/// A rule written in Swift: the same findings and outcomes as those of a rule in a file.
public protocol Rule: Sendable {
  var header: RuleHeader { get }

  /// Whether it looks at a scenario; without one it is not applicable then.
  var needsScenario: Bool { get }

  /// What it says of each of its subjects; none if it has none.
  func verdicts(on world: RuleWorld) -> [RuleVerdict]
}

/// What a rule says of one subject.
public enum RuleVerdict: Sendable {
  case flagged(Finding)
  case clean([Finding.Subject])

  /// Paths of the figures that are missing, such as `site[mt-weld].capacity`.
  case inconclusive([Finding.Subject], missing: [String])
}

/// Runs rules over a network and scenarios.
public struct RuleRunner: Sendable {
  public var rules: [RuleFile]
  public var native: [any Rule]

  /// Lists that expressions name as `lists.NAME`.
  public var lists: [(name: String, values: [String])]
  public var settings: RuleSettings
  public var limits: RuleLimits

  public init(
    rules: [RuleFile] = [], native: [any Rule] = [], lists: [(name: String, values: [String])] = [],
    settings: RuleSettings = RuleSettings(), limits: RuleLimits = RuleLimits()
  ) {
    self.rules = rules
    self.native = native
    self.lists = lists
    self.settings = settings
    self.limits = limits
  }

  /// The rules of a pack, with its lists and what it sets, and on top of that what the user sets.
  public init(
    _ packs: [RulePack], profile: String? = nil, settings: RuleSettings = RuleSettings(),
    limits: RuleLimits = RuleLimits()
  ) {
    var all = RuleSettings()
    for pack in packs {
      all = all.overridden(by: pack.settings)
      if let chosen = pack.profiles.first(where: { $0.id == profile ?? "default" }) {
        all = all.overridden(by: chosen.settings)
      }
    }
    self.init(
      rules: packs.flatMap(\.rules), lists: packs.flatMap(\.lists),
      settings: all.overridden(by: settings), limits: limits)
  }

  private func isOn(_ header: RuleHeader) -> Bool {
    if settings.off.contains(header.id) { return false }
    guard let only = settings.only else { return true }
    return only.contains(header.id) || header.tags.contains { only.contains($0) }
  }

  /// All that is wrong with the expressions of a rule, before any network is there.
  public func check(_ rule: RuleFile) -> [Diagnostic] {
    let world = RuleWorld(SupplyNetwork(id: "empty"))
    return RuleCompiler.compile(
      rule, in: RuleCatalogue.environment(for: world), lists: lists, settings: settings, limits: limits,
      siteCount: 0
    ).problems
  }

  /// Runs all rules that are on.
  ///
  /// A rule that names `banned` or `scenario` runs once for each scenario, any other once. A rule that fails or is refused
  /// never stops the others.
  ///
  /// - Parameters:
  ///   - network: what to look at.
  ///   - scenarios: of this network.
  ///   - waivers: findings to leave out, each up to and with its last day.
  ///   - baseline: findings that are known.
  ///   - day: what waivers, and the dates of scenarios without a day of their own, are held against.
  /// - Returns: all results, and what is left of the findings.
  public func run(
    on network: SupplyNetwork, scenarios: [Scenario] = [], waivers: [Waiver] = [],
    baseline: FindingBaseline = FindingBaseline(), on day: CalendarDate? = nil
  ) -> RuleRun {
    let plain = RuleWorld(network)
    let worlds = scenarios.map { RuleWorld(network, scenario: $0, on: $0.asOf ?? day) }
    let environment = RuleCatalogue.environment(for: plain)
    let environments = worlds.map { RuleCatalogue.environment(for: $0) }
    var results: [RuleResult] = []
    var spent = 0
    for rule in rules where isOn(rule.header) {
      let compiled = compile(rule, plain, environment)
      guard let first = compiled.rule else {
        var result = RuleResult(rule: rule.header)
        result.problems = compiled.problems
        results.append(result)
        continue
      }
      if !first.needsScenario {
        results.append(run(first, in: plain, &spent))
      } else if worlds.isEmpty {
        var result = RuleResult(rule: rule.header)
        result.notApplicable = "it looks at a scenario, and none is given"
        results.append(result)
      }
      for (world, environment) in zip(worlds, environments) where first.needsScenario {
        let again = compile(rule, world, environment)
        if let rule = again.rule {
          results.append(run(rule, in: world, &spent))
        } else {
          var result = RuleResult(rule: rule.header, scenario: world.scenario?.id)
          result.problems = again.problems
          results.append(result)
        }
      }
    }
    for rule in native where isOn(rule.header) {
      if !rule.needsScenario {
        results.append(run(rule, in: plain))
      } else if worlds.isEmpty {
        var result = RuleResult(rule: rule.header)
        result.notApplicable = "it looks at a scenario, and none is given"
        results.append(result)
      } else {
        results += worlds.map { run(rule, in: $0) }
      }
    }
    return Self.verdict(results, waivers, baseline, day)
  }

  private func compile(
    _ rule: RuleFile, _ world: RuleWorld, _ environment: CELEnvironment
  ) -> (rule: CompiledRule?, problems: [Diagnostic]) {
    RuleCompiler.compile(
      rule, in: environment, lists: lists, settings: settings, limits: limits,
      siteCount: world.network.sites.count)
  }

  private func run(_ rule: any Rule, in world: RuleWorld) -> RuleResult {
    var result = RuleResult(rule: rule.header, scenario: world.scenario?.id)
    for verdict in rule.verdicts(on: world) {
      switch verdict {
      case .flagged(var finding):
        finding.ruleID = rule.header.id
        finding.ruleVersion = rule.header.version
        finding.severity = settings.severities[rule.header.id] ?? finding.severity
        finding.scenario = rule.needsScenario ? world.scenario?.id : nil
        result.findingCount += 1
        result.findings.append(finding)
      case .clean: result.cleanCount += 1
      case .inconclusive(let subjects, let missing):
        result.inconclusiveCount += 1
        result.inconclusive.append(.init(subjects: subjects.sorted(), missing: Set(missing).sorted()))
      }
    }
    if result.findingCount + result.cleanCount + result.inconclusiveCount == 0 {
      result.notApplicable = "the network has nothing that it is about"
    }
    result.findings.sort(by: Self.isWorse)
    result.findings.removeLast(max(0, result.findings.count - limits.findings))
    return result
  }

  private func run(_ rule: CompiledRule, in world: RuleWorld, _ spent: inout Int) -> RuleResult {
    var evaluation = RuleEvaluation(rule, world, limits)
    evaluation.result.scenario = rule.needsScenario ? world.scenario?.id : nil
    if spent > evaluation.limits.run {
      evaluation.fail(
        rule.when.expression, "cost",
        "the rules before it used up the \(evaluation.limits.run) steps of the run")
      return evaluation.result
    }
    evaluation.run()
    spent += evaluation.counted
    evaluation.result.findings.sort(by: Self.isWorse)
    evaluation.result.findings.removeLast(max(0, evaluation.result.findings.count - limits.findings))
    return evaluation.result
  }

  // MARK: The verdict

  /// The worst first, then by rule, scenario and subjects.
  static func isWorse(_ a: Finding, _ b: Finding) -> Bool {
    if a.severity != b.severity { return a.severity > b.severity }
    if a.ruleID != b.ruleID { return a.ruleID < b.ruleID }
    if a.scenario != b.scenario { return a.scenario ?? "" < b.scenario ?? "" }
    if a.subjects != b.subjects { return a.subjects.lexicographicallyPrecedes(b.subjects) }
    return a.message < b.message
  }

  private static func verdict(
    _ results: [RuleResult], _ waivers: [Waiver], _ baseline: FindingBaseline, _ day: CalendarDate?
  ) -> RuleRun {
    var run = RuleRun(
      results: results, findings: [], waived: [], known: [], notes: [], missing: [],
      problems: results.flatMap(\.problems))
    var isUsed = [Bool](repeating: false, count: waivers.count)
    func isOver(_ waiver: Waiver) -> Bool { day.map { $0 > waiver.expires } ?? false }
    for finding in results.flatMap(\.findings).sorted(by: isWorse) {
      let covering = waivers.indices.filter { waivers[$0].covers(finding) }
      for index in covering { isUsed[index] = true }
      if let index = covering.first(where: { !isOver(waivers[$0]) }) {
        run.waived.append((finding, waivers[index]))
      } else if baseline.fingerprints.contains(finding.fingerprint) {
        run.known.append(finding)
      } else {
        run.findings.append(finding)
      }
    }
    for (waiver, isUsed) in zip(waivers, isUsed) {
      if isOver(waiver) {
        run.notes.append(
          Diagnostic(
            id: "waiver-expired", severity: .warning,
            "the waiver of '\(waiver.rule)' is over since \(waiver.expires): \(waiver.reason)",
            at: waiver.place,
            help: isUsed ? "its findings count again" : "take it out"))
      } else if !isUsed {
        run.notes.append(
          Diagnostic(
            id: "waiver-unused", severity: .note, "the waiver of '\(waiver.rule)' covers no finding",
            at: waiver.place, help: "take it out, or check rule and subjects"))
      }
    }
    var counts: [String: Int] = [:]
    for result in results {
      for open in result.inconclusive { for figure in open.missing { counts[figure, default: 0] += 1 } }
    }
    run.missing = counts.map { (figure: $0.key, subjects: $0.value) }
      .sorted { ($1.subjects, $0.figure) < ($0.subjects, $1.figure) }
    return run
  }

  // MARK: Explaining

  /// What the parts of a rule come to for some subjects.
  public struct Explanation: Sendable, Hashable {
    public var subjects: [Finding.Subject]

    /// flagged, clean, inconclusive or error.
    public var outcome: RuleExample.Expectation

    /// Each name of `let` and each part of `when`, as it was written, with its value.
    public var values: [Finding.Evidence]
    public var message: String
  }

  /// Says why a rule flags or does not flag: for each tuple about these ids, the values of all its parts.
  ///
  /// - Parameters:
  ///   - rule: what to explain.
  ///   - ids: ids that must be among the subjects of the tuple.
  ///   - world: the network, and the scenario if the rule looks at one.
  ///   - most: how many tuples to explain.
  /// - Returns: one explanation a tuple, and what is wrong with the rule.
  public func explain(
    _ rule: RuleFile, ids: [String], in world: RuleWorld, most: Int = 20
  ) -> (explanations: [Explanation], problems: [Diagnostic]) {
    let compiled = compile(rule, world, RuleCatalogue.environment(for: world))
    guard let ready = compiled.rule else { return ([], compiled.problems) }
    var evaluation = RuleEvaluation(ready, world, limits)
    evaluation.explained = ids
    evaluation.mostExplanations = most
    evaluation.run()
    return (evaluation.explanations, evaluation.result.problems)
  }
}
