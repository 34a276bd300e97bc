public import SupplyModel

/// What a demand loses, and where that comes from: from buyer to seller, always to the one through whom most is lost.
public struct LossChain: Sendable, Hashable {
  /// A need on the way.
  public struct Step: Sendable, Hashable {
    public let buyer: Buyer

    /// What the need is met with in the baseline; empty where no material is named.
    public let materials: [Key<Material>]

    /// The part of the need that is lost, from 0 to 1.
    public let loss: Double

    /// Where the need is met from in the baseline, the one through whom most is lost first.
    public let suppliers: [Supplier]

    /// How many other needs the buyer has, all of which lose no more: the worst one decides.
    public let otherNeeds: Int
  }

  public enum Buyer: Sendable, Hashable {
    case demand(Key<Demand>)

    /// A process at a site; nil where the site passes something on.
    case operation(Key<Site>, Key<Process>?)

    /// All makers of a material in a country, as the market knows them.
    case makers(Country?)
  }

  public struct Supplier: Sendable, Hashable {
    public let seller: Seller
    public let material: Key<Material>?

    /// The part of the need that comes from here in the baseline, from 0 to 1.
    public let share: Double

    /// The part of it that may still pass, from 0 to 1.
    public let open: Double

    /// What the seller loses itself, from 0 to 1.
    public let lossOfSeller: Double

    /// The part of the buyer's need that is lost here, from 0 to 1.
    public let lost: Double

    /// What closes or narrows the way.
    public let causes: [ScenarioInForce.Cause]
  }

  public enum Seller: Sendable, Hashable {
    case site(Key<Site>)

    /// Those who sell in a country on the market, and how many; the country is nil if it is not known.
    case makers(Country?, Int)
  }

  /// How the chain ends.
  public enum End: Sendable, Hashable {
    /// Nothing is lost.
    case nothing

    /// Most is lost on the way to the last buyer, by the causes of its first supplier.
    case lane

    /// The first supplier of the last step stops, for a reason of its own.
    case stops

    /// The first supplier of the last step is out of action.
    case out([ScenarioInForce.Cause])

    /// The chain has come round to a site that it has passed.
    case loop

    /// The first supplier of the last step has no need of its own that loses anything.
    case start
  }

  public let steps: [Step]
  public let end: End

  /// Whether the loss is that under controls which may or may not hold.
  public let ifUncertainHolds: Bool
}

extension ProductionGraph {
  /// What a demand loses under the parts of a scenario, and where that comes from.
  ///
  /// - Parameters:
  ///   - demand: the product, which the baseline meets.
  ///   - parts: what holds.
  ///   - responses: what the other side does.
  ///   - ifUncertainHolds: whether controls of which it is not known count as in force.
  /// - Returns: the chain; without steps if nothing is lost.
  /// - Precondition: the graph tells all parts apart.
  /// - Complexity: that of ``rigidLevels(under:)``, and O((nodes + lanes) × parts).
  public func lossChain(
    of demand: Key<Demand>, under parts: [ScenarioInForce.Part],
    responses: [Scenario.Response.Measure] = [], ifUncertainHolds: Bool = false
  ) -> LossChain {
    lossChains(of: [demand], under: parts, responses: responses, ifUncertainHolds: ifUncertainHolds)[0]
  }

  /// The chains of several demands, in their order, for about the cost of one.
  ///
  /// The same as ``lossChain(of:under:responses:ifUncertainHolds:)`` for each of them.
  public func lossChains(
    of demands: [Key<Demand>], under parts: [ScenarioInForce.Part],
    responses: [Scenario.Response.Measure] = [], ifUncertainHolds: Bool = false
  ) -> [LossChain] {
    if demands.isEmpty { return [] }
    let reading: Reading = ifUncertainHolds ? .expectedIfUncertainHolds : .expected
    let whole = parts.reduce(Disruption(responses: responses)) { $0.adding($1.disruption) }
    let levels = rigidLevels(under: whole)
    let search = LossChainSearch(
      graph: self, state: state(under: whole, rigid: true, reading: reading),
      level: ifUncertainHolds ? levels.expectedIfUncertainHolds : levels.expected,
      effects: PartEffects(of: parts, responses: responses, in: self, rigid: true, reading: reading),
      relief: Relief(of: responses, in: self, reading: reading))
    return demands.map { demand in
      let (steps, end) = search.chain(from: node(of: demand))
      return LossChain(steps: steps, end: end, ifUncertainHolds: ifUncertainHolds)
    }
  }
}

private struct LossChainSearch {
  let graph: ProductionGraph
  let state: GraphState
  let level: [Double]
  let effects: PartEffects
  let relief: Relief?

  private func loss(_ node: Int) -> Double { min(1, max(0, 1 - level[node])) }

  func chain(from demand: Int) -> (steps: [LossChain.Step], end: LossChain.End) {
    var steps: [LossChain.Step] = []
    var seen: Set<Int> = []
    var need = demand
    while true {
      guard loss(need) > 1e-9 else { return (steps, .nothing) }
      guard seen.insert(need).inserted else { return (steps, .loop) }
      let suppliers = suppliers(of: need)
      steps.append(
        LossChain.Step(
          buyer: buyer(at: need), materials: unique(suppliers.compactMap(\.supplier.material)),
          loss: loss(need),
          suppliers: suppliers.map(\.supplier), otherNeeds: otherNeeds(beside: need)))
      guard let worst = suppliers.first, worst.supplier.lost > 1e-9 else { return (steps, .nothing) }
      let closed = worst.supplier.share * (1 - worst.supplier.open)
      if closed >= worst.supplier.lost - closed { return (steps, .lane) }
      let seller = worst.node
      if seller >= graph.operations.count {
        need = seller
        continue
      }
      if state.isOff[seller] { return (steps, .out(effects.causes(ofOperation: seller))) }
      guard let slot = worstSlot(of: seller), loss(slot) > 1e-9 else { return (steps, .start) }
      if level[seller] <= 0, !suppliesAnything(slot) { return (steps, .stops) }
      need = slot
    }
  }

  private func suppliesAnything(_ need: Int) -> Bool {
    graph.lanes(into: need).contains { graph.baseline.share[$0] > 0 }
  }

  private func worstSlot(of operation: Int) -> Int? {
    graph.lanes(into: operation).map { graph.source(ofLane: $0) }.max { (loss($0), $1) < (loss($1), $0) }
  }

  private func otherNeeds(beside node: Int) -> Int {
    guard case .slot(let operation, _) = graph.nodes[node] else { return 0 }
    return graph.lanes(into: operation).count - 1
  }

  private func buyer(at node: Int) -> LossChain.Buyer {
    switch graph.nodes[node] {
    case .demand(let key): .demand(key)
    case .slot(let operation, _), .operation(let operation):
      .operation(graph.operations[operation].site, graph.operations[operation].process)
    case .offer(_, let country): .makers(country)
    case .market: .makers(nil)
    }
  }

  private func unique(_ materials: [Key<Material>]) -> [Key<Material>] {
    var seen: Set<Key<Material>> = []
    return materials.filter { seen.insert($0).inserted }
  }

  /// Where a need is met from, markets taken apart into the countries that sell there; what loses most comes first.
  private func suppliers(of need: Int) -> [(supplier: LossChain.Supplier, node: Int)] {
    var found: [(supplier: LossChain.Supplier, node: Int)] = []
    func add(
      _ lane: Int, _ share: Double, _ open: Double, _ causes: [ScenarioInForce.Cause],
      _ material: Key<Material>?
    ) {
      let source = graph.source(ofLane: lane)
      let passing = open * (relief?.gain[source] ?? 1)
      let seller: LossChain.Seller
      switch graph.nodes[source] {
      case .operation(let operation): seller = .site(graph.operations[operation].site)
      case .offer(_, let country): seller = .makers(country, graph.lanes(into: source).count)
      case .market, .slot, .demand: return
      }
      found.append(
        (
          LossChain.Supplier(
            seller: seller, material: material, share: share, open: open, lossOfSeller: loss(source),
            lost: share * max(0, 1 - passing * (1 - loss(source))), causes: causes), source
        ))
    }
    for lane in graph.lanes(into: need) where graph.baseline.share[lane] > 0 {
      let source = graph.source(ofLane: lane)
      let material = graph.lanes[lane].material
      guard case .market = graph.nodes[source] else {
        add(lane, graph.baseline.share[lane], state.open[lane], effects.causes(ofLane: lane), material)
        continue
      }
      for inner in graph.lanes(into: source) where graph.baseline.share[inner] > 0 {
        let outer = effects.causes(ofLane: lane)
        let causes = outer + effects.causes(ofLane: inner).filter { !outer.contains($0) }
        add(
          inner, graph.baseline.share[lane] * graph.baseline.share[inner],
          state.open[lane] * state.open[inner], causes, material)
      }
    }
    return merged(found).enumerated().sorted {
      ($1.element.supplier.lost, $1.element.supplier.share, $0.offset)
        < ($0.element.supplier.lost, $0.element.supplier.share, $1.offset)
    }.map(\.element)
  }

  /// One row for each seller, however many lanes lead from it, as long as they carry the same and are open alike.
  private func merged(
    _ rows: [(supplier: LossChain.Supplier, node: Int)]
  ) -> [(supplier: LossChain.Supplier, node: Int)] {
    struct Identity: Hashable {
      var node: Int
      var material: Key<Material>?
      var open: Double
      var causes: [ScenarioInForce.Cause]
    }
    var order: [Identity] = []
    var sums: [Identity: LossChain.Supplier] = [:]
    for (row, node) in rows {
      let identity = Identity(node: node, material: row.material, open: row.open, causes: row.causes)
      guard let known = sums[identity] else {
        order.append(identity)
        sums[identity] = row
        continue
      }
      sums[identity] = LossChain.Supplier(
        seller: row.seller, material: row.material, share: known.share + row.share, open: row.open,
        lossOfSeller: row.lossOfSeller, lost: known.lost + row.lost, causes: row.causes)
    }
    return order.compactMap { identity in sums[identity].map { ($0, identity.node) } }
  }
}
