import LinearPrograms
public import SupplyModel

/// What is lost of a product when everybody reallocates perfectly: the lower end of the loss band.
public struct FlexibleRange: Sendable, Hashable {
  /// The part of the demand that is not served, from 0 to 1, never more than the rigid loss: the best estimate, if controls of which
  /// it is not known whether or how far they hold do not hold.
  public let expected: Double

  /// The best estimate if they hold in full.
  public let ifUncertainHolds: Double

  /// The least and the most that it can be, given what is not known of controls and technologies; in the least, sites of unknown
  /// capacity can do any amount, else what they do in the baseline.
  public let low: Double
  public let high: Double

  /// Whether the loss depends on a control of which it is not known whether or how far it holds.
  public var isUndecided: Bool { abs(ifUncertainHolds - expected) > 1e-9 }
}

/// A limit of which one unit more serves more demand, and how much.
///
/// Where several limits hold demand down together, so that no one of them helps by itself, there is no bottleneck; they all stand in the
/// proof.
public struct Bottleneck: Sendable, Hashable {
  public let limit: AllocationLimit

  /// The amount beyond which nothing goes, in base units a year.
  public let amount: Double

  /// Whether the limit is recorded; that of a site of unknown capacity is what it does in the baseline.
  public let isKnown: Bool

  /// The demands that one more unit a year would serve more or less of, in their own units a year, in the network's order.
  ///
  public let gains: [Gain]

  public struct Gain: Sendable, Hashable {
    public let demand: Key<Demand>
    public let amount: Double
  }

  /// What one more unit adds to the served part of all demands together, as ``AllocationProof/served`` counts it.
  public let value: Double
}

/// A figure that is not known and that an answer rests on.
public enum MissingFigure: Sendable, Hashable {
  /// The capacity of an operation, by its position in ``ProductionGraph/operations``: with room there, less would be lost.
  case capacity(Int)

  /// The amount of a demand.
  case demand(Key<Demand>)
}

/// What is lost when everybody reallocates perfectly, within capacities, recipes and controls.
///
/// Served demand is the greatest that can be: first that of the lowest priority number, in what its demands add up to; where that leaves a
/// choice, the demands served least come first. No product is served less than in the rigid network.
public struct FlexibleLoss: Sendable {
  /// Why there is no answer.
  public enum Failure: Error, Sendable, Hashable {
    /// The sites of a loop take more of what they make than they give, by their recipes and recorded shares.
    case impossibleLoop([Key<Site>])

    /// The network is too large, or took too long.
    case tooLarge

    /// What is recorded contradicts itself, by its names in the network.
    case contradiction([String])
    case notSolved
  }

  /// For each demand its range; nil for one that was not met in the first place or wants nothing, and for all if there is no answer.
  public let ranges: [FlexibleRange?]

  /// Who does what, as expected; nil if there is no answer.
  public let allocation: Allocation?

  /// The limits of which one unit more serves more as expected, those first that are worth most.
  public let bottlenecks: [Bottleneck]

  /// Figures that are not known and that the answer rests on.
  public let missing: [MissingFigure]

  /// For each priority, as in ``Allocation/proofs``, the part of its demand that is lost if no product is protected, from 0 to 1.
  ///
  /// A further control never lowers the first of them; it can lower the loss of one product.
  public let leastLoss: [Double]

  /// The baseline that it starts from; nil if there is no answer.
  public let fit: BaselineFit
  public let failure: Failure?
}

extension FlexibleLoss {
  /// How large a program may be, and how long one solution may take.
  static let limits = LinearProgram.Limits(seconds: 20, iterations: 400_000, size: 2_000_000)

  /// - Parameters:
  ///   - disruption: what happens.
  ///   - graph: made for it (``ProductionGraph/init(_:tellingApart:)``).
  ///   - rigid: what is left where nobody reallocates.
  ///   - fit: the baseline of the graph, if it is known.
  /// - Complexity: that of some linear programs with a row for each node and two columns for each lane.
  public init(
    under disruption: Disruption, in graph: ProductionGraph, rigid: RigidLevels,
    fit: BaselineFit? = nil
  ) {
    let fit = fit ?? BaselineFit(of: graph)
    self.fit = fit
    do {
      guard fit.impossibleLoop.isEmpty else { throw Failure.impossibleLoop(fit.impossibleLoop) }
      let answer = try Self.answer(disruption, graph, rigid, fit)
      ranges = answer.ranges
      allocation = answer.allocation
      bottlenecks = answer.bottlenecks
      missing = answer.missing
      leastLoss = answer.leastLoss
      failure = nil
    } catch {
      ranges = graph.network.demand.rows.map { _ in nil }
      allocation = nil
      bottlenecks = []
      missing = []
      leastLoss = []
      failure =
        switch error {
        case let failure as Failure: failure
        case let failure as AllocationSearch.Failure: Failure(failure)
        default: .notSolved
        }
    }
  }

  /// What is lost of a demand of which a part is served, and of which a part is left where nobody reallocates; free of rounding.
  static func loss(serving part: Double, rigidly level: Double) -> Double {
    let (loss, most) = (1 - part, max(0, 1 - level))
    return loss > most - 1e-9 ? most : loss > 1e-9 ? loss : 0
  }

  /// The flexible loss in a scenario.
  public init(of outcome: ScenarioOutcome) {
    let disruption = outcome.inForce.disruption
    self.init(
      under: disruption, in: outcome.graph, rigid: outcome.graph.rigidLevels(under: disruption))
  }

  /// The operations that do more or less than in the fitted baseline, by more than rounding.
  public var changedOperations: [Int] {
    guard let activity = allocation?.activity else { return [] }
    return activity.indices.filter {
      abs(activity[$0] - fit.throughput[$0]) > 1e-6 * max(activity[$0], fit.throughput[$0])
    }
  }

  /// For each material, in the network's order, how much of it goes a way that it does not go in the fitted baseline, in units a year.
  ///
  /// A way leads from a seller, or from the makers of a country, to a buyer, or to the market of a place. What is less than a
  /// billionth of the material is left out.
  public func rerouted(in graph: ProductionGraph) -> [(material: Key<Material>?, amount: Double)] {
    guard let amount = allocation?.amount else { return [] }
    var more: [Key<Material>?: Double] = [:]
    var whole = more
    for (index, lane) in graph.lanes.enumerated() where graph.trade(along: index) != nil {
      more[lane.material, default: 0] += max(0, amount[index] - fit.amount[index])
      whole[lane.material, default: 0] += amount[index] + fit.amount[index]
    }
    return more.keys.sorted { $0?.position ?? -1 < $1?.position ?? -1 }.compactMap { key in
      let sum = more[key] ?? 0
      return sum > 1e-9 * (whole[key] ?? 0) ? (key, sum) : nil
    }
  }

  private struct Answer {
    var ranges: [FlexibleRange?]
    var allocation: Allocation
    var bottlenecks: [Bottleneck]
    var missing: [MissingFigure]
    var leastLoss: [Double]
  }

  private static func answer(
    _ disruption: Disruption, _ graph: ProductionGraph, _ rigid: RigidLevels, _ fit: BaselineFit
  ) throws -> Answer {
    func least(_ levels: [Double]) -> [Double] {
      graph.network.demand.keys.map { levels[graph.node(of: $0)] }
    }
    func served(_ reading: Reading, _ levels: [Double], hasRoom: Bool = false) throws -> [Double?] {
      let model = AllocationProgram(
        graph, fit, under: disruption, .init(reading: reading, hasRoom: hasRoom, pricesBans: false))
      var search = AllocationSearch(model, within: limits)
      return try search.serve(atLeast: least(levels)).parts
    }

    let model = AllocationProgram(graph, fit, under: disruption, .init(reading: .expected))
    var search = AllocationSearch(model, within: limits)
    let floor = least(rigid.expected)
    let service = try search.serve(atLeast: floor)
    let isSure = graph.isCertain(disruption)
    let uncertain =
      isSure ? service.parts : try served(.expectedIfUncertainHolds, rigid.expectedIfUncertainHolds)
    let worst = isSure ? service.parts : try served(.severe, rigid.least)
    let hasRoom = Self.canHaveRoom(service, graph, fit)
    let best =
      hasRoom || !isSure ? try served(.mild, rigid.expected, hasRoom: true) : service.parts
    let ranges = graph.network.demand.keys.map { demand -> FlexibleRange? in
      let (node, position) = (graph.node(of: demand), demand.position)
      guard let part = service.parts[position] else { return nil }
      func loss(_ part: Double?, _ level: Double) -> Double {
        Self.loss(serving: part ?? 1, rigidly: level)
      }
      let expected = loss(part, rigid.expected[node])
      let ifUncertainHolds = loss(uncertain[position], rigid.expectedIfUncertainHolds[node])
      return FlexibleRange(
        expected: expected, ifUncertainHolds: ifUncertainHolds,
        low: min(expected, ifUncertainHolds, loss(best[position], rigid.most[node])),
        high: max(expected, ifUncertainHolds, loss(worst[position], rigid.least[node])))
    }
    let plan = try search.planNearestToBaseline(serving: service.parts)
    var leastLoss = service.proofs.map { max(0, 1 - $0.served) }
    if service.isProtected {
      var free = AllocationSearch(model, within: limits)
      leastLoss = try free.serve(atLeast: floor.map { _ in 0 }).proofs.map { max(0, 1 - $0.served) }
    }
    return Answer(
      ranges: ranges,
      allocation: Allocation(
        served: service.parts, activity: plan.activity, amount: plan.amount, proofs: service.proofs,
        assumed: service.beyond),
      bottlenecks: try bottlenecks(service, floor, model, fit),
      missing: try missing(service, floor, disruption, graph, fit, hasRoom: hasRoom),
      leastLoss: leastLoss)
  }

  /// Whether anything is lost, and some site of unknown capacity could do more about it.
  private static func canHaveRoom(
    _ service: AllocationSearch.Service, _ graph: ProductionGraph, _ fit: BaselineFit
  ) -> Bool {
    service.parts.contains { $0.map { $0 < 1 - 1e-9 } ?? false }
      && graph.operationNodes.contains {
        !AllocationProgram.capacity(of: $0, in: graph, fit).isKnown
      }
  }

  /// The unknown amounts of demands of which something is lost, and the unknown capacities beyond which sites would go to serve more.
  private static func missing(
    _ service: AllocationSearch.Service, _ floor: [Double], _ disruption: Disruption,
    _ graph: ProductionGraph, _ fit: BaselineFit, hasRoom: Bool
  ) throws -> [MissingFigure] {
    var found: [MissingFigure] = []
    for demand in graph.network.demand.keys {
      guard let part = service.parts[demand.position], part < 1 - 1e-9 else { continue }
      if graph.network.demand[demand].amount == nil { found.append(.demand(demand)) }
    }
    guard hasRoom else { return found }
    let model = AllocationProgram(
      graph, fit, under: disruption, .init(reading: .expected, hasRoom: true, pricesBans: false))
    var search = AllocationSearch(model, within: limits)
    let roomy = try search.serve(atLeast: floor)
    let plan = try search.planNearestToBaseline(serving: roomy.parts)
    return found
      + graph.operationNodes.filter { operation in
        let capacity = AllocationProgram.capacity(of: operation, in: graph, fit)
        return !capacity.isKnown && plan.activity[operation] > capacity.amount * (1 + 1e-6)
      }.map { .capacity($0) }
  }

  /// What the limits that prove an answer are worth.
  private static func bottlenecks(
    _ service: AllocationSearch.Service, _ floor: [Double], _ model: AllocationProgram,
    _ fit: BaselineFit
  ) throws -> [Bottleneck] {
    let graph = model.graph
    var search = AllocationSearch(model, within: limits)
    var seen: Set<AllocationLimit> = []
    var found: [Bottleneck] = []
    for proof in service.proofs where proof.served < 1 - 1e-9 {
      for term in proof.terms where seen.insert(term.limit).inserted {
        guard let parts = try search.gain(raising: term.limit, atLeast: floor, after: service)
        else {
          continue
        }
        let gains = graph.network.demand.keys.compactMap { demand -> Bottleneck.Gain? in
          let part = parts[demand.position]
          return part == 0 ? nil : .init(demand: demand, amount: part * fit.need[demand.position])
        }
        let isKnown =
          if case .capacity(let operation) = term.limit {
            model.outOfAction.contains(operation)
              || AllocationProgram.capacity(of: operation, in: graph, fit).isKnown
          } else { true }
        found.append(
          Bottleneck(
            limit: term.limit, amount: term.amount, isKnown: isKnown, gains: gains,
            value: zip(parts, model.weight).reduce(0) { $0 + $1.0 * $1.1 }))
      }
    }
    // Values that differ by rounding only count as equal.
    let most = found.reduce(0) { max($0, $1.value) }
    let ranks = found.map { Int(1e6 * $0.value / most + 0.5) }
    return found.indices.sorted { (ranks[$1], $0) < (ranks[$0], $1) }.map { found[$0] }
  }
}

extension FlexibleLoss.Failure {
  init(_ failure: AllocationSearch.Failure) {
    self =
      switch failure {
      case .tooLarge, .outOfTime: .tooLarge
      case .contradiction(let names): .contradiction(names)
      case .notSolved: .notSolved
      }
  }
}

extension ProductionGraph {
  /// Whether all is known of a disruption, so that every reading of it is the same.
  func isCertain(_ disruption: Disruption) -> Bool {
    disruption.responses.isEmpty
      && state(under: disruption, reading: .severe) == state(under: disruption, reading: .mild)
  }
}
