public import CEL
public import SupplyModel

/// A condition on one site, in the language of rules, that picks sites of a network.
///
/// It is about `site`, and may name whatever a rule may. What is missing in the network is unknown, and a site of which
/// the condition is unknown is not picked.
public struct SiteCondition: Sendable {
  private let program: CELProgram
  private let world: RuleWorld
  private let limits: CELLimits

  /// Reads and checks a condition.
  ///
  /// - Parameters:
  ///   - source: its text.
  ///   - world: what it is asked of; without a scenario it cannot name `banned` and `scenario`.
  /// - Throws: all problems of its syntax, names and types.
  public init(_ source: String, in world: RuleWorld) throws(CELProblems) {
    self.world = world
    var environment = RuleCatalogue.environment(for: world, isScenarioNamed: world.scenario != nil)
    environment.declare(variable: "site", .object("site"))
    // One condition may take as many steps over all sites as a rule may.
    environment.limits.cost = RuleLimits().scaled(to: world.analyses.size).rule
    limits = environment.limits
    program = try CELExpression(source, in: environment).program()
    guard program.resultType == .bool || program.resultType == .dyn else {
      throw CELProblems([
        CELProblem(
          "no-condition", "a condition on a site is true or false; this is of type \(program.resultType)",
          help: "compare it with something, as in site.country == 'CN'", offset: 0,
          length: source.unicodeScalars.count)
      ])
    }
  }

  /// The sites for which the condition is true.
  ///
  /// - Throws: the first failure, such as a division by zero or too many steps in all.
  public func sites() throws(CELFailure) -> Set<Key<Site>> {
    var found: Set<Key<Site>> = []
    var meter = CELMeter(limits: limits)
    world.analyses.beginRule(allowing: RuleLimits().analyses * max(20_000, world.analyses.size))
    var values = [
      "network": RuleRows.object("view", Analyses.plain), "banned": RuleRows.object("view", Analyses.banned),
      "scenario": RuleRows.object("scenario", 0),
    ]
    for site in world.network.sites.keys {
      values["site"] = RuleRows.object("site", site.position)
      let value = try program.evaluate(program.inputs.map { values[$0] }, meter: &meter)
      if case .bool(true) = value { found.insert(site) }
    }
    return found
  }
}
