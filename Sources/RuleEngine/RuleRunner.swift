internal import CEL
internal import RiskAnalysis
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

  public var settings: RuleSettings
  public var limits: RuleLimits

  public init(
    rules: [RuleFile] = [], native: [any Rule] = [], settings: RuleSettings = RuleSettings(),
    limits: RuleLimits = RuleLimits()
  ) {
    self.rules = rules
    self.native = native
    self.settings = settings
    self.limits = limits
  }

  /// The rules of packs, each with what its pack sets, and on top of that what the user sets.
  public init(
    _ packs: [RulePack], native: [any Rule] = [], profile: String? = nil,
    settings: RuleSettings = RuleSettings(), limits: RuleLimits = RuleLimits()
  ) {
    var all = RuleSettings()
    for pack in packs {
      all = all.overridden(by: pack.settings)
      if let chosen = pack.profiles.first(where: { $0.id == profile ?? "default" }) {
        all = all.overridden(by: chosen.settings)
      }
    }
    self.init(
      rules: packs.flatMap(\.rules), native: native, settings: all.overridden(by: settings), limits: limits)
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
      rule, in: RuleCatalogue.environment(for: world), settings: settings, limits: limits, siteCount: 0
    ).problems
  }

  /// Whether a rule speaks of what other rules found.
  static func looksAtFindings(_ rule: RuleFile) -> Bool {
    RuleCompiler.compile(
      rule, in: RuleCatalogue.empty, settings: RuleSettings(), limits: RuleLimits(), siteCount: 0
    ).rule?.needsFindings ?? false
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
    var results: [RuleResult] = []
    var spent = 0
    var aboutFindings: [(rule: RuleFile, position: Int)] = []
    let environment = RuleCatalogue.environment(for: plain)
    let environments = worlds.map { RuleCatalogue.environment(for: $0) }
    for rule in rules where isOn(rule.header) {
      let compiled = compile(rule, plain, environment)
      if compiled.rule?.needsFindings == true {
        aboutFindings.append((rule, results.count))
      } else {
        results += run(rule, compiled, plain, Array(zip(worlds, environments)), &spent)
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
    if !aboutFindings.isEmpty {
      let known = knownFindings(results, plain, worlds, day, &spent)
      var shift = 0
      for (rule, position) in aboutFindings {
        func knowing(_ world: RuleWorld) -> RuleWorld {
          var world = world
          world.findings = known
          return world
        }
        let world = knowing(plain)
        let others = worlds.map(knowing)
        let own = run(
          rule, compile(rule, world, RuleCatalogue.environment(for: world)), world,
          others.map { ($0, RuleCatalogue.environment(for: $0)) }, &spent)
        results.insert(contentsOf: own, at: position + shift)
        shift += own.count
      }
    }
    return Self.verdict(results, waivers, baseline, day)
  }

  private typealias Compilation = (rule: CompiledRule?, problems: [Diagnostic])

  private func compile(_ rule: RuleFile, _ world: RuleWorld, _ environment: CELEnvironment) -> Compilation {
    RuleCompiler.compile(
      rule, in: environment, settings: settings, limits: limits, siteCount: world.network.sites.count,
      findingCount: world.findings.count)
  }

  /// What comes of a rule: once, or once for each scenario if it looks at one.
  private func run(
    _ rule: RuleFile, _ compiled: Compilation, _ plain: RuleWorld,
    _ worlds: [(RuleWorld, CELEnvironment)], _ spent: inout Int
  ) -> [RuleResult] {
    func none(_ scenario: String? = nil, problems: [Diagnostic] = [], notApplicable: String? = nil)
      -> RuleResult
    {
      var result = RuleResult(rule: rule.header, scenario: scenario)
      result.problems = problems
      result.notApplicable = notApplicable
      return result
    }
    guard let first = compiled.rule else { return [none(problems: compiled.problems)] }
    if !first.needsScenario { return [run(first, in: plain, &spent)] }
    if worlds.isEmpty { return [none(notApplicable: "it looks at a scenario, and none is given")] }
    var results: [RuleResult] = []
    for (world, environment) in worlds {
      let again = compile(rule, world, environment)
      results.append(
        again.rule.map { run($0, in: world, &spent) }
          ?? none(world.scenario?.id, problems: again.problems))
    }
    return results
  }

  /// What rules about findings look at: all findings so far, each with whether estimates decided on it.
  ///
  /// A rule that read an estimate is run again on the network without any, and what it does not say then was decided by them.
  private func knownFindings(
    _ results: [RuleResult], _ plain: RuleWorld, _ worlds: [RuleWorld], _ day: CalendarDate?,
    _ spent: inout Int
  ) -> [RuleWorld.KnownFinding] {
    let files = Dictionary(rules.map { ($0.header.id, $0) }) { first, _ in first }
    let network = plain.network.withoutUncertainFigures()
    var others: [String?: (world: RuleWorld, environment: CELEnvironment)] = [:]
    var known: [RuleWorld.KnownFinding] = []
    for result in results {
      var stays: Set<String> = []
      if let rule = files[result.rule.id], result.findings.contains(where: \.restsOnEstimates) {
        if others[result.scenario] == nil {
          let scenario = worlds.first { $0.scenario?.id == result.scenario }?.scenario
          let world = RuleWorld(network, scenario: scenario, on: scenario?.asOf ?? day)
          others[result.scenario] = (world, RuleCatalogue.environment(for: world))
        }
        if let other = others[result.scenario],
          let compiled = compile(rule, other.world, other.environment).rule
        {
          var evaluation = RuleEvaluation(compiled, other.world, limits)
          evaluation.result.scenario = result.scenario
          if spent <= evaluation.limits.run {
            evaluation.run()
            spent += evaluation.counted
            stays = Set(evaluation.result.findings.map(\.fingerprint))
          }
        }
      }
      known += result.findings.map { finding in
        RuleWorld.KnownFinding(
          finding: finding, title: result.rule.title,
          isDecidedByEstimates: finding.restsOnEstimates && !stays.contains(finding.fingerprint))
      }
    }
    return known
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

  /// What all rules that do not look at findings say of a network, and of a scenario if there is one.
  private func findings(in world: RuleWorld) -> [RuleWorld.KnownFinding] {
    var (results, spent) = ([RuleResult](), 0)
    let plain = RuleWorld(world.network)
    let environments = [plain, world].map { RuleCatalogue.environment(for: $0) }
    let worlds = world.scenario == nil ? [] : [(world, environments[1])]
    for rule in rules where isOn(rule.header) && !Self.looksAtFindings(rule) {
      results += run(rule, compile(rule, plain, environments[0]), plain, worlds, &spent)
    }
    return knownFindings(results, plain, worlds.map(\.0), world.inForce?.day, &spent)
  }

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
    var world = world
    if Self.looksAtFindings(rule) { world.findings = findings(in: world) }
    let compiled = compile(rule, world, RuleCatalogue.environment(for: world))
    guard let ready = compiled.rule else { return ([], compiled.problems) }
    var evaluation = RuleEvaluation(ready, world, limits)
    evaluation.explained = ids
    evaluation.mostExplanations = most
    evaluation.run()
    return (evaluation.explanations, evaluation.result.problems)
  }
}
