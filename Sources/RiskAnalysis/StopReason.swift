import GraphCore
public import SupplyModel

/// Why a demand cannot be met: what it lacks, why each way to it is closed, and so on down to what was taken away.
///
/// Every step names what cannot be made or had, and all of its ways; a way that is closed because its seller stops names
/// the step that says why. So the steps together are a proof: nothing but what they name has to be taken away for the demand to
/// stop.
public struct StopReason: Sendable, Hashable {
  /// Something that stops: the demand itself, then sellers, each once.
  public struct Step: Sendable, Hashable {
    public let subject: Subject
    public let reason: Reason
  }

  public enum Subject: Sendable, Hashable {
    case demand(Key<Demand>)

    /// A process that a site runs.
    case operation(Key<Site>, Key<Process>)

    /// What a site passes on as it is brought; nil for anything.
    case passing(Key<Site>, Key<Material>?)
  }

  public enum Reason: Sendable, Hashable {
    /// The site is out of action.
    case out([ScenarioInForce.Cause])

    /// The site can no longer get a technology that it needs for running.
    case technology(Key<Technology>, [ScenarioInForce.Cause])

    /// The site is not in operation, whatever happens: planned, suspended or closed, or held up by a response.
    case idle(Site.Status)

    /// A need that nothing can fill any more.
    case lacks(Need)
  }

  public struct Need: Sendable, Hashable {
    /// What could fill it, the material that it is meant for first; empty where no material is named.
    public let materials: [Key<Material>]

    /// All ways to it, in the order of the network's rows; none if nobody makes it for this buyer.
    public let ways: [Way]

    /// Whether the need is part of a loop that nothing feeds any more: each member waits for another one, or for itself.
    public fileprivate(set) var isInLoop: Bool
  }

  public struct Way: Sendable, Hashable {
    public let sellers: Sellers

    /// Nil where no material is named.
    public let material: Key<Material>?
    public let closure: Closure
  }

  public enum Sellers: Sendable, Hashable {
    case site(Key<Site>)

    /// All makers in a country who are treated alike, and how many; the country is nil if it is not known.
    case makers(Country?, Int)
  }

  public enum Closure: Sendable, Hashable {
    /// Trade is closed; none of the causes is needed if another one is there.
    case closed([ScenarioInForce.Cause])

    /// The seller stops, as the step with this number says.
    case stops(Int)
  }

  /// From the product down; the first one is the product.
  public let steps: [Step]

  /// Everything that the steps name as taken away, each once, in the order of the parts of the scenario.
  public var causes: [ScenarioInForce.Cause] {
    var found: [ScenarioInForce.Cause] = []
    func add(_ causes: [ScenarioInForce.Cause]) {
      for cause in causes where !found.contains(cause) { found.append(cause) }
    }
    for step in steps {
      switch step.reason {
      case .out(let causes), .technology(_, let causes): add(causes)
      case .idle: break
      case .lacks(let need):
        for case .closed(let causes) in need.ways.map(\.closure) { add(causes) }
      }
    }
    return found
  }
}

extension ProductionGraph {
  /// Why a demand cannot be met.
  ///
  /// - Parameters:
  ///   - demand: the product.
  ///   - parts: what holds, and what each part takes away; parts of unknown status do not count.
  ///   - responses: what the other side does.
  /// - Returns: nil if the demand is met.
  /// - Precondition: the graph tells all parts apart.
  /// - Complexity: O((nodes + lanes) × parts); no recursion.
  public func stopReason(
    of demand: Key<Demand>, under parts: [ScenarioInForce.Part],
    responses: [Scenario.Response.Measure] = []
  ) -> StopReason? {
    let search = StopSearch(in: self, under: parts, responses: responses)
    guard !search.isOperable[node(of: demand)] else { return nil }
    return search.reason(of: node(of: demand))
  }
}

/// What each part of a scenario takes away from a graph by itself.
struct PartEffects {
  let parts: [ScenarioInForce.Part]

  /// For each part, its state of the graph.
  let states: [GraphState]

  /// Without any part.
  let baseline: GraphState

  init(
    of parts: [ScenarioInForce.Part], responses: [Scenario.Response.Measure], in graph: ProductionGraph,
    rigid: Bool = false, reading: Reading = .mild
  ) {
    self.parts = parts
    let easing = Disruption(responses: responses)
    baseline = graph.state(under: easing, rigid: rigid, reading: reading)
    states = parts.map { graph.state(under: easing.adding($0.disruption), rigid: rigid, reading: reading) }
  }

  /// The parts that close a lane, if any does; else those that narrow it.
  func causes(ofLane lane: Int) -> [ScenarioInForce.Cause] {
    let closing = states.indices.filter { states[$0].open[lane] == 0 && baseline.open[lane] > 0 }
    let found =
      closing.isEmpty ? states.indices.filter { states[$0].open[lane] < baseline.open[lane] } : closing
    return found.map { parts[$0].cause }
  }

  /// The parts that put the operation out of action each by itself.
  func causes(ofOperation operation: Int) -> [ScenarioInForce.Cause] {
    states.indices.filter { states[$0].isOff[operation] && !baseline.isOff[operation] }.map {
      parts[$0].cause
    }
  }
}

private struct StopSearch {
  let graph: ProductionGraph
  let state: GraphState
  let isOperable: [Bool]
  private let whole: Disruption
  private let effects: PartEffects

  /// For each node that stops its place in the order in which they do, if each stops because of earlier ones alone; `Int.max` for
  /// those that run, and for those of a loop that waits for itself.
  private let rank: [Int]

  init(
    in graph: ProductionGraph, under parts: [ScenarioInForce.Part],
    responses: [Scenario.Response.Measure]
  ) {
    self.graph = graph
    whole = parts.reduce(Disruption(responses: responses)) { $0.adding($1.disruption) }
    state = graph.state(under: whole)
    isOperable = graph.operability(in: state)
    effects = PartEffects(of: parts, responses: responses, in: graph)
    rank = Self.rank(in: graph, state)
  }

  /// Stops what is out of action or has no lane left, then what those leave without, and so on.
  private static func rank(in graph: ProductionGraph, _ state: GraphState) -> [Int] {
    var rank = [Int](repeating: Int.max, count: graph.nodes.count)
    var left = [Int](repeating: 0, count: graph.nodes.count)
    var order: [Int] = []
    func stop(_ node: Int) {
      guard rank[node] == Int.max else { return }
      rank[node] = order.count
      order.append(node)
    }
    for node in graph.nodes.indices {
      if node < graph.operations.count {
        if state.isOff[node] { stop(node) }
      } else {
        left[node] = graph.lanes(into: node).count { state.open[$0] > 0 }
        if left[node] == 0 { stop(node) }
      }
    }
    var next = 0
    while next < order.count {
      let node = order[next]
      next += 1
      for position in graph.lanesOutOf.edges(from: NodeIndex(node)) {
        let target = graph.lanesOutOf.targets[position].position
        if target < graph.operations.count {
          stop(target)
        } else if state.open[graph.lanesOutOf.edgeIndices[position].position] > 0 {
          left[target] -= 1
          if left[target] == 0 { stop(target) }
        }
      }
    }
    return rank
  }

  /// The reason, from the node of a demand that stops.
  ///
  /// Each step goes to what stopped earlier, or around a loop that waits for itself; every node is looked at once.
  func reason(of demand: Int) -> StopReason {
    var steps: [StopReason.Step] = []
    var numbers = [demand: 0]
    var queue = [demand]
    func number(of operation: Int) -> Int {
      if let known = numbers[operation] { return known }
      numbers[operation] = queue.count
      queue.append(operation)
      return queue.count - 1
    }
    while steps.count < queue.count {
      let node = queue[steps.count]
      if node >= graph.operations.count {
        guard case .demand(let key) = graph.nodes[node] else { break }
        steps.append(.init(subject: .demand(key), reason: .lacks(need(at: node, number))))
        continue
      }
      let activity = graph.operations[node]
      let subject: StopReason.Subject =
        activity.process.map { .operation(activity.site, $0) } ?? .passing(activity.site, activity.passesOn)
      if state.isOff[node] {
        steps.append(.init(subject: subject, reason: whyOff(node)))
      } else if let slot = missingSlot(of: node) {
        steps.append(.init(subject: subject, reason: .lacks(need(at: slot, number))))
      } else {
        break
      }
    }
    return StopReason(steps: withLoops(steps))
  }

  /// The steps, with those marked that lead back to themselves.
  private func withLoops(_ steps: [StopReason.Step]) -> [StopReason.Step] {
    let edges = steps.enumerated().flatMap { number, step -> [(Int, Int)] in
      guard case .lacks(let need) = step.reason else { return [] }
      return need.ways.compactMap { if case .stops(let next) = $0.closure { (number, next) } else { nil } }
    }
    let components = DirectedGraph(nodeCount: steps.count, edges: edges).stronglyConnectedComponents()
    var isInLoop = [Bool](repeating: false, count: steps.count)
    for (number, next) in edges
    where components.component(of: NodeIndex(number)) == components.component(of: NodeIndex(next)) {
      isInLoop[number] = true
    }
    return zip(steps, isInLoop).map { step, isInLoop in
      guard case .lacks(var need) = step.reason, isInLoop else { return step }
      need.isInLoop = true
      return StopReason.Step(subject: step.subject, reason: .lacks(need))
    }
  }

  /// The slot that stopped first; the first one that waits for a loop if none did.
  private func missingSlot(of operation: Int) -> Int? {
    graph.lanes(into: operation).map { graph.source(ofLane: $0) }.filter { !isOperable[$0] }
      .min { (rank[$0], $0) < (rank[$1], $1) }
  }

  private func whyOff(_ operation: Int) -> StopReason.Reason {
    if effects.baseline.isOff[operation] {
      return .idle(graph.network.sites[graph.operations[operation].site].status)
    }
    let key = graph.operations[operation].site
    let site = graph.network.sites[key]
    for need in site.technologies where need.needed == .running {
      guard graph.network.access(to: need, in: site.country, at: site.stage, under: whole) == .lost else {
        continue
      }
      // Several bans may take it away only together.
      let taking = effects.parts.filter { part in
        part.disruption.failures.contains(.technology(need.technology))
          || part.disruption.technologyBans.contains {
            $0.covers(need.technology, in: site.country, at: site.stage)
          }
      }
      return .technology(need.technology, taking.map(\.cause))
    }
    return .out(effects.causes(ofOperation: operation))
  }

  /// What a slot or a demand lacks, with all ways to it.
  private func need(at node: Int, _ number: (Int) -> Int) -> StopReason.Need {
    var materials: [Key<Material>] = []
    var ways: [StopReason.Way] = []
    // Through markets, on to those who sell there.
    var path = graph.lanes(into: node).reversed().map { (lane: $0, material: graph.lanes[$0].material) }
    var seen: Set<Int> = []
    while let (lane, material) = path.popLast() {
      let source = graph.source(ofLane: lane)
      if let material, graph.lanes[lane].target == node, !materials.contains(material) {
        materials.append(material)
      }
      // What a response would have to open has no sellers of today.
      if effects.baseline.open[lane] == 0 { continue }
      if source < graph.operations.count {
        let closure: StopReason.Closure =
          state.open[lane] > 0 ? .stops(number(source)) : .closed(effects.causes(ofLane: lane))
        ways.append(
          .init(sellers: .site(graph.operations[source].site), material: material, closure: closure))
      } else if state.open[lane] > 0 {
        if seen.insert(source).inserted {
          path += graph.lanes(into: source).reversed().map { ($0, material) }
        }
      } else {
        let causes = effects.causes(ofLane: lane)
        ways += sellers(behind: source).map {
          .init(sellers: $0, material: material, closure: .closed(causes))
        }
      }
    }
    return StopReason.Need(materials: declared(at: node) ?? materials, ways: ways, isInLoop: false)
  }

  /// The choices of a recipe, whether or not anybody sells them.
  private func declared(at node: Int) -> [Key<Material>]? {
    switch graph.nodes[node] {
    case .demand(let key): return [graph.network.demand[key].material]
    case .slot(let operation, let slot):
      return graph.operations[operation].process.map {
        graph.network.processes[$0].slots[slot].choices.map(\.material)
      } ?? graph.operations[operation].passesOn.map { [$0] }
    case .operation, .offer, .market: return nil
    }
  }

  /// Who sells at a hub, country by country.
  private func sellers(behind hub: Int) -> [StopReason.Sellers] {
    if case .offer(_, let country) = graph.nodes[hub] {
      return [.makers(country, graph.lanes(into: hub).count)]
    }
    return graph.lanes(into: hub).flatMap { lane -> [StopReason.Sellers] in
      guard case .offer(_, let country) = graph.nodes[graph.source(ofLane: lane)] else { return [] }
      return [.makers(country, graph.lanes(into: graph.source(ofLane: lane)).count)]
    }
  }
}
