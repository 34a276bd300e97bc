public import SupplyModel

/// What a scenario does to a network.
public struct ScenarioOutcome: Sendable {
  /// What one cause does to the loss of a product.
  public struct Contribution: Sendable, Hashable {
    public let cause: ScenarioInForce.Cause

    /// What the loss grew by when the cause joined those that took effect before it, from 0 to 1; these add up to the loss.
    public let added: Double

    /// The same, if all that is uncertain holds.
    public let addedIfUncertainHolds: Double

    /// The loss under this cause alone, if it holds.
    public let alone: Double
  }

  /// What happens to a site, compared with its baseline.
  public struct SiteLoss: Sendable, Hashable {
    public let site: Key<Site>

    /// The mean over what it runs, each weighted by its baseline; all alike if that is not known.
    public let loss: Loss

    /// Whether nothing that it runs can run any more.
    public let stops: Bool

    /// The cause after which it lost most; nil if it loses nothing.
    public let mainCause: ScenarioInForce.Cause?
  }

  public let inForce: ScenarioInForce
  public let graph: ProductionGraph

  /// The demands that stop whatever is not known, and those that stop only if it turns out badly.
  public let stops: [Key<Demand>]
  public let mayStop: [Key<Demand>]

  /// For each demand, its loss; nil for one that was not met in the first place.
  public let loss: [Loss?]

  /// For each demand, its loss if nobody responded.
  public let lossWithoutResponses: [Loss?]

  /// For each demand, what each cause adds, in the order of `inForce.parts`; those that add nothing are left out.
  public let dueTo: [[Contribution]]

  /// The sites that lose anything or may, most first.
  public let sites: [SiteLoss]

  /// What becomes of sites that need a technology.
  public let technology: TechnologyEffects

  /// The single points of failure without the scenario and in it, at the main levels.
  public let singlePointsBefore: SinglePoints
  public let singlePoints: SinglePoints

  /// - Complexity: that of ``ProductionGraph/rigidLevels(under:)`` twice for each cause.
  public init(of inForce: ScenarioInForce, on network: SupplyNetwork) {
    let disruption = inForce.disruption
    let graph = ProductionGraph(network, tellingApart: disruption)
    self.inForce = inForce
    self.graph = graph
    let demands = graph.network.demand.keys
    func wasMet(_ demand: Key<Demand>) -> Bool { graph.isOperableInBaseline[graph.node(of: demand)] }
    func losses(_ levels: RigidLevels) -> [Loss?] {
      demands.map { wasMet($0) ? levels.loss(at: graph.node(of: $0)) : nil }
    }

    let state = graph.state(under: disruption)
    var search = SinglePointSearch(in: graph)
    singlePointsBefore = search.singlePoints(in: graph.state(under: .none))
    singlePoints = search.singlePoints(in: state)
    let severe = graph.operability(in: graph.state(under: disruption, reading: .severe))
    let isMet = singlePoints.isMet
    stops = demands.filter { wasMet($0) && !isMet[$0.position] }
    mayStop = demands.filter { wasMet($0) && isMet[$0.position] && !severe[graph.node(of: $0)] }

    let levels = graph.rigidLevels(under: disruption)
    loss = losses(levels)
    var sum = Disruption.none
    var steps: [RigidLevels] = []
    var before = RigidLevels.baseline(of: graph)
    var contributions = [[Contribution]](repeating: [], count: demands.count)
    var mainCause = [(cause: ScenarioInForce.Cause, grown: Double)?](
      repeating: nil, count: graph.operations.count)
    for part in inForce.parts {
      sum = sum.adding(part.disruption)
      let after = graph.rigidLevels(under: sum)
      let alone = graph.rigidLevels(under: part.disruption)
      for demand in demands where wasMet(demand) {
        let node = graph.node(of: demand)
        let (now, then) = (after.loss(at: node), before.loss(at: node))
        let contribution = Contribution(
          cause: part.cause, added: max(0, now.rigid - then.rigid),
          addedIfUncertainHolds: max(0, now.rigidIfUncertainHolds - then.rigidIfUncertainHolds),
          alone: alone.loss(at: node).rigidIfUncertainHolds)
        if max(contribution.addedIfUncertainHolds, contribution.alone, contribution.added) > 1e-9 {
          contributions[demand.position].append(contribution)
        }
      }
      for operation in graph.operationNodes {
        let grown =
          before.expectedIfUncertainHolds[operation] - after.expectedIfUncertainHolds[operation]
        if grown > max(1e-9, mainCause[operation]?.grown ?? 0) { mainCause[operation] = (part.cause, grown) }
      }
      steps.append(after)
      before = after
    }
    lossWithoutResponses = disruption.responses.isEmpty ? loss : losses(before)
    dueTo = contributions
    sites = Self.sites(
      of: graph, levels, isOperable: graph.operability(in: state), mainCause: mainCause.map { $0?.cause })
    technology = TechnologyEffects(of: disruption, on: graph.network)
  }

  private static func sites(
    of graph: ProductionGraph, _ levels: RigidLevels, isOperable: [Bool],
    mainCause: [ScenarioInForce.Cause?]
  ) -> [SiteLoss] {
    var operationsOfSite = [[Int]](repeating: [], count: graph.network.sites.count)
    for operation in graph.operationNodes where graph.isOperableInBaseline[operation] {
      operationsOfSite[graph.operations[operation].site.position].append(operation)
    }
    let losses = graph.network.sites.keys.compactMap { site -> SiteLoss? in
      let own = operationsOfSite[site.position]
      if own.isEmpty { return nil }
      let sizes = own.map { graph.operations[$0].baseline }
      let isKnown = !sizes.contains(nil) && sizes.contains { $0 ?? 0 > 0 }
      let weights = sizes.map { isKnown ? $0 ?? 0 : 1 }
      let whole = weights.reduce(0, +)
      func mean(_ part: KeyPath<Loss, Double>) -> Double {
        zip(own, weights).reduce(0) { $0 + $1.1 * levels.loss(at: $1.0)[keyPath: part] } / whole
      }
      let loss = Loss(
        rigid: mean(\.rigid), rigidIfUncertainHolds: mean(\.rigidIfUncertainHolds), low: mean(\.low),
        high: mean(\.high))
      guard loss.high > 1e-9 else { return nil }
      let worst = own.max {
        levels.expectedIfUncertainHolds[$0] > levels.expectedIfUncertainHolds[$1]
      }
      return SiteLoss(
        site: site, loss: loss, stops: own.allSatisfy { !isOperable[$0] },
        mainCause: worst.flatMap { mainCause[$0] })
    }
    return losses.sorted {
      ($1.loss.rigidIfUncertainHolds, $1.loss.high, $0.site)
        < ($0.loss.rigidIfUncertainHolds, $0.loss.high, $1.site)
    }
  }
}

extension RigidLevels {
  /// Everything runs as it does in the baseline.
  static func baseline(of graph: ProductionGraph) -> RigidLevels {
    let whole = graph.isOperableInBaseline.map { $0 ? 1.0 : 0 }
    return RigidLevels(expected: whole, expectedIfUncertainHolds: whole, least: whole, most: whole)
  }
}
