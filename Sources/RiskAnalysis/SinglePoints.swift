import SupplyModel

/// For each demand, the single elements whose failure stops it.
public struct SinglePoints: Sendable {
  /// For each demand, in the network's order, its single points of failure.
  ///
  /// They come level by level, each level in the order of its table. Empty for a demand that cannot be met in
  /// the first place.
  public let ofDemand: [[Element]]

  /// For each demand, whether it can be met.
  public let isMet: [Bool]
}

extension ProductionGraph {
  /// Finds every single element of some levels without which a demand cannot be met.
  ///
  /// Element *x* is a single point of failure of *p* if *p* can be made, and cannot once *x* fails. With F(v) the set of
  /// elements that stop node *v*: an alternative is lost only if all of its lanes are, so F(slot) = ∩ (F(source) ∪ {the lane's
  /// elements}); a process is lost with any of its slots, so F(operation) = ∪ F(slot) ∪ {its own elements}. The greatest
  /// solution is reached by shrinking from "everything". A technology counts for the sites known to need it for running.
  ///
  /// - Complexity: O(lanes × log elements × passes) where the sets of neighbours differ by few elements, as in a chain, and
  ///   O(lanes × size of the sets × passes) at worst; passes is 1 outside loops. The sets share what they have in
  ///   common; the result takes what it lists.
  /// - Source: on a graph without AND nodes this is dominance, with the iteration of K. Cooper, T. Harvey and K.
  ///   Kennedy, "A simple, fast dominance algorithm", 2001; with AND nodes, the dual of the fixpoint of
  ///   ``operability(in:)`` taken for all elements at once.
  public func singlePoints(
    in state: GraphState, at levels: Set<Element.Level> = Element.Level.main
  ) -> SinglePoints {
    var search = SinglePointSearch(in: self, at: levels)
    return search.singlePoints(in: state)
  }

  /// The single points of failure of each demand, in the network's order, each with the reason why it is one.
  ///
  /// - Complexity: that of ``singlePoints(in:at:)``, and for each point the lanes along the way to it.
  public func witnesses(
    in state: GraphState, at levels: Set<Element.Level> = Element.Level.main
  ) -> [[Witness]] {
    var search = SinglePointSearch(in: self, at: levels)
    let field = search.field(in: state, derivation(in: state))
    return network.demand.keys.map { demand in
      search.numbers(at: node(of: demand), field).map { search.witness(of: $0, for: demand, field) }
    }
  }
}

/// Finds single points under one disruption after the other, and remembers what they have in common.
struct SinglePointSearch {
  let graph: ProductionGraph
  private var table: ElementTable
  private var sets = SharedSets()

  /// For each operation and each lane, the elements that it fails with.
  private var own: [SharedSets.Index] = []
  private var ownOfLane: [SharedSets.Index] = []
  private var listed: [SharedSets.Index: [UInt32]] = [:]

  /// Stands for "everything", which no loop can be told to be without before a way into it has been seen.
  static let everything = SharedSets.Index.max

  /// Above this many nodes, some 200 MB, the next disruption starts anew.
  private static let mostNodes = 1 << 23

  init(in graph: ProductionGraph, at levels: Set<Element.Level> = Element.Level.main) {
    self.graph = graph
    table = ElementTable(of: graph, at: levels)
  }

  /// What stops each node in one state.
  struct Field {
    let state: GraphState
    let isOperable: [Bool]

    /// Whether a stock fills a node, whatever else fails.
    func isAtHand(_ node: Int) -> Bool { !state.atHand.isEmpty && state.atHand.contains(node) }

    /// For each node its place in the order in which the least fixpoint reached it; no node needs a later one to be reached.
    let rank: [Int]

    /// For each node the elements that stop it.
    fileprivate(set) var stops: [SharedSets.Index]

    /// For each offer and market, the site that the fixpoint reached first of those that sell there.
    fileprivate(set) var firstSeller: [Key<Site>?] = []

    /// For each offer and market, what stops all others that sell there.
    fileprivate(set) var stopsOfOthers: [SharedSets.Index] = []
  }

  mutating func singlePoints(in state: GraphState) -> SinglePoints {
    singlePoints(in: state, graph.derivation(in: state))
  }

  mutating func singlePoints(
    in state: GraphState, _ derivation: (isOperable: [Bool], order: [Int])
  ) -> SinglePoints {
    let field = field(in: state, derivation)
    let demands = graph.network.demand.keys.map { graph.node(of: $0) }
    var ofDemand: [[Element]] = []
    for node in demands { ofDemand.append(numbers(at: node, field).map { table.elements[Int($0)] }) }
    return SinglePoints(ofDemand: ofDemand, isMet: demands.map { field.isOperable[$0] })
  }

  /// Settles what stops each node, group by group.
  mutating func field(in state: GraphState, _ derivation: (isOperable: [Bool], order: [Int])) -> Field {
    start()
    var rank = [Int](repeating: Int.max, count: graph.nodes.count)
    for (position, node) in derivation.order.enumerated() { rank[node] = position }
    var field = Field(
      state: state, isOperable: derivation.isOperable, rank: rank,
      stops: Array(repeating: Self.everything, count: graph.nodes.count))
    if table.hasLanes {
      field.firstSeller = firstSellers(field)
      field.stopsOfOthers = field.stops
    }
    for group in graph.settlingOrder.groups {
      var changed = true
      while changed {
        changed = false
        for node in graph.settlingOrder.nodes[group] where field.isOperable[node] {
          if settle(node, &field) { changed = group.count > 1 }
        }
      }
    }
    return field
  }

  private mutating func start() {
    guard own.isEmpty || sets.nodeCount > Self.mostNodes else { return }
    sets = SharedSets()
    listed = [:]
    own = table.ownOfOperation.map { sets.set(of: $0) }
    ownOfLane = table.ownOfLane.map { sets.set(of: $0) }
  }

  /// Brings a node up to date with those that it can be filled from; true if anything changed.
  private mutating func settle(_ node: Int, _ field: inout Field) -> Bool {
    let found: SharedSets.Index
    var changed = false
    if field.isAtHand(node) {
      found = SharedSets.empty
    } else if node < graph.operations.count {
      found = stopsOfOperation(node, field)
    } else if table.hasLanes {
      switch graph.nodes[node] {
      case .offer, .market:
        let (all, others) = stopsOfHub(node, field)
        found = all
        changed = field.stopsOfOthers[node] != others
        field.stopsOfOthers[node] = others
      case .slot, .demand, .operation: found = stopsOfBuyer(node, field)
      }
    } else {
      found = stopsOfAlternatives(node, field)
    }
    if found != field.stops[node] { changed = true }
    field.stops[node] = found
    return changed
  }

  private mutating func stopsOfOperation(_ node: Int, _ field: Field) -> SharedSets.Index {
    var found = own[node]
    for lane in graph.lanes(into: node) {
      let slot = field.stops[graph.source(ofLane: lane)]
      if slot == Self.everything { return Self.everything }
      found = sets.union(found, slot)
    }
    return found
  }

  /// What stops all that comes along a lane.
  private mutating func stops(along lane: Int, _ stops: SharedSets.Index) -> SharedSets.Index {
    if stops == Self.everything || ownOfLane.isEmpty { return stops }
    return sets.union(stops, ownOfLane[lane])
  }

  private mutating func common(_ one: SharedSets.Index, _ other: SharedSets.Index) -> SharedSets.Index {
    if one == Self.everything { return other }
    return other == Self.everything ? one : sets.intersection(one, other)
  }

  private mutating func stopsOfAlternatives(_ node: Int, _ field: Field) -> SharedSets.Index {
    var found = Self.everything
    for lane in graph.lanes(into: node) where field.state.open[lane] > 0 {
      let source = graph.source(ofLane: lane)
      guard field.isOperable[source], field.stops[source] != Self.everything else { continue }
      found = common(found, stops(along: lane, field.stops[source]))
    }
    return found
  }

  /// The numbers of the elements that stop a node, in rising order.
  mutating func numbers(at node: Int, _ field: Field) -> [UInt32] {
    guard field.isOperable[node], field.stops[node] != Self.everything else { return [] }
    if let known = listed[field.stops[node]] { return known }
    // Lanes are numbered as they are met, so levels are put in order here.
    let numbers = sets.numbers(of: field.stops[node])
    let sorted =
      table.hasLanes
      ? numbers.sorted { (table.elements[Int($0)].level, $0) < (table.elements[Int($1)].level, $1) } : numbers
    listed[field.stops[node]] = sorted
    return sorted
  }
}

// MARK: Lanes

/// A lane is lost to a buyer as a whole, whether a flow records it or a market implies it; so what stops a slot at the level
/// of lanes depends on who stands behind the hubs that fill it.
///
/// Only the lane from the seller that the fixpoint reached first can be the single one of a slot: any two sellers that it
/// reached before the slot do without the slot, and so without each other's lane. That leaves one candidate a slot, and a hub
/// needs to know, beside what stops all of its sellers, only what stops all but the first.
extension SinglePointSearch {
  private func firstSellers(_ field: Field) -> [Key<Site>?] {
    var rank = [Int](repeating: Int.max, count: graph.nodes.count)
    var first = [Key<Site>?](repeating: nil, count: graph.nodes.count)
    func look(_ node: Int) {
      for lane in graph.lanes(into: node) where field.state.open[lane] > 0 {
        let source = graph.source(ofLane: lane)
        guard field.isOperable[source] else { continue }
        let isMaker = source < graph.operations.count
        let reached = isMaker ? field.rank[source] : rank[source]
        guard reached < rank[node] else { continue }
        rank[node] = reached
        first[node] = isMaker ? graph.operations[source].site : first[source]
      }
    }
    // Markets stand behind offers.
    for node in graph.nodes.indices { if case .offer = graph.nodes[node] { look(node) } }
    for node in graph.nodes.indices { if case .market = graph.nodes[node] { look(node) } }
    return first
  }

  /// What stops all sellers of a hub, and what stops all but the first.
  private mutating func stopsOfHub(
    _ node: Int, _ field: Field
  ) -> (all: SharedSets.Index, others: SharedSets.Index) {
    var all = Self.everything
    var others = Self.everything
    for lane in graph.lanes(into: node) where field.state.open[lane] > 0 {
      let source = graph.source(ofLane: lane)
      guard field.isOperable[source] else { continue }
      if field.stops[source] != Self.everything { all = common(all, stops(along: lane, field.stops[source])) }
      let isFirst: Bool
      if source < graph.operations.count {
        if graph.operations[source].site == field.firstSeller[node] { continue }
        isFirst = false
      } else {
        isFirst = field.firstSeller[source] == field.firstSeller[node]
      }
      let rest = isFirst ? field.stopsOfOthers[source] : field.stops[source]
      if rest != Self.everything { others = common(others, stops(along: lane, rest)) }
    }
    return (all, others)
  }

  /// The lane that may be the only one into a slot or a demand: from the seller that the fixpoint reached first.
  private func candidate(_ node: Int, _ field: Field) -> Element.Lane? {
    guard let buyer = graph.buyer(at: node) else { return nil }
    var best: (rank: Int, lane: Element.Lane)?
    for index in graph.lanes(into: node) where field.state.open[index] > 0 {
      guard let seller = firstSeller(along: index, field), field.isOperable[graph.source(ofLane: index)]
      else {
        continue
      }
      // A hub is reached right after the first of its sellers, and hubs in the order of theirs.
      let reached = field.rank[graph.source(ofLane: index)]
      if reached < best?.rank ?? Int.max {
        best = (reached, Element.Lane(from: seller, to: buyer, graph.lanes[index].material))
      }
    }
    return best?.lane
  }

  /// The first of those who sell along a lane; nil within a site.
  private func firstSeller(along index: Int, _ field: Field) -> Key<Site>? {
    let lane = graph.lanes[index]
    switch graph.nodes[lane.source] {
    case .operation(let operation): return lane.flow == nil ? nil : graph.operations[operation].site
    case .offer, .market: return field.firstSeller[lane.source]
    case .slot, .demand: return nil
    }
  }

  private mutating func stopsOfBuyer(_ node: Int, _ field: Field) -> SharedSets.Index {
    guard let candidate = candidate(node, field) else { return stopsOfAlternatives(node, field) }
    let number = table.number(of: candidate)
    let alone = sets.set(of: CollectionOfOne(number))
    var found = Self.everything
    for index in graph.lanes(into: node) where field.state.open[index] > 0 {
      let source = graph.source(ofLane: index)
      guard field.isOperable[source], field.stops[source] != Self.everything else { continue }
      var along = stops(along: index, field.stops[source])
      if graph.lanes[index].material == candidate.material,
        firstSeller(along: index, field) == candidate.seller
      {
        let others = source < graph.operations.count ? Self.everything : field.stopsOfOthers[source]
        if others == Self.everything || sets.contains(number, in: others) { along = sets.union(along, alone) }
      }
      found = common(found, along)
    }
    return found
  }
}

// MARK: Witnesses

extension SinglePointSearch {
  /// Why an element stops a demand.
  ///
  /// From the demand up, the way goes on to the largest of today's sellers that does not fail with the element itself but for want of
  /// something; so it tells why others than the element do not help. It ends at a need whose largest seller of today fails
  /// directly. Where it would go in a circle it keeps to what the fixpoint reached earlier, and ends as well.
  func witness(of number: UInt32, for demand: Key<Demand>, _ field: Field) -> Witness {
    let element = table.elements[Int(number)]
    var steps: [Witness.Step] = []
    var node = graph.node(of: demand)
    var need = node
    var seen: Set<Int> = [node]
    var haveOthersStopped = false
    while !isHit(node, number) {
      if node < graph.operations.count {
        let slots = graph.lanes(into: node).map { graph.source(ofLane: $0) }.filter {
          stops($0, number, field)
        }
        guard
          let slot = slots.first(where: { !seen.contains($0) })
            ?? slots.min(by: { field.rank[$0] < field.rank[$1] })
        else { break }
        haveOthersStopped = haveOthersStopped || hasSeveralMakers(need, field)
        node = slot
        need = slot
        seen.insert(slot)
        continue
      }
      guard let lane = step(from: node, number, element, field, seen) else { break }
      let source = graph.source(ofLane: lane)
      let ends = isEnd(lane, number, element, field)
      if source < graph.operations.count {
        steps.append(.init(site: graph.operations[source].site, sends: graph.lanes[lane].material))
      } else if ends, let seller = seller(behind: source, element, field) {
        steps.append(.init(site: seller, sends: graph.lanes[lane].material))
      }
      if ends { break }
      node = source
      seen.insert(source)
    }
    let sellers = sellers(at: need, field)
    return Witness(
      element: element, demand: demand, steps: steps, buyer: graph.buyer(at: need) ?? .demand(demand),
      materials: materials(into: need, field), sellers: sellers.count,
      makers: Set(sellers.map { graph.operations[$0].site }).count,
      areAllHit: isAllHit(need, number, element, field), haveOthersStopped: haveOthersStopped)
  }

  /// Whether an operation fails with an element itself.
  private func isHit(_ node: Int, _ number: UInt32) -> Bool {
    node < graph.operations.count && sets.contains(number, in: own[node])
  }

  /// Whether all that can fill a node fails with an element directly: the lane, or those behind it.
  private func isAllHit(_ node: Int, _ number: UInt32, _ element: Element, _ field: Field) -> Bool {
    live(node, field).allSatisfy { isHitDirectly($0, number, element, field) }
  }

  /// Hubs are at most two deep: markets stand behind offers.
  private func isHitDirectly(_ lane: Int, _ number: UInt32, _ element: Element, _ field: Field) -> Bool {
    if isEnd(lane, number, element, field) { return true }
    let source = graph.source(ofLane: lane)
    return graph.isHub(source) ? isAllHit(source, number, element, field) : isHit(source, number)
  }

  private func live(_ node: Int, _ field: Field) -> [Int] {
    graph.lanes(into: node).filter {
      field.state.open[$0] > 0 && field.isOperable[graph.source(ofLane: $0)]
    }
  }

  private func stops(_ node: Int, _ number: UInt32, _ field: Field) -> Bool {
    field.stops[node] != Self.everything && sets.contains(number, in: field.stops[node])
  }

  /// The lane to follow: to a source that fails for want of something, else one that fails itself.
  private func step(
    from node: Int, _ number: UInt32, _ element: Element, _ field: Field, _ seen: Set<Int>
  ) -> Int? {
    let live = live(node, field)
    func isEarlier(_ one: Int, _ other: Int) -> Bool {
      field.rank[graph.source(ofLane: one)] < field.rank[graph.source(ofLane: other)]
    }
    let deeper = live.filter {
      let source = graph.source(ofLane: $0)
      return graph.baseline.share[$0] > 0 && !seen.contains(source) && stops(source, number, field)
        && !isHitDirectly($0, number, element, field)
    }
    func largest(_ lanes: [Int]) -> Int? {
      let share = lanes.map { graph.baseline.share[$0] }.max()
      return lanes.first { graph.baseline.share[$0] == share }
    }
    let isDemand = if case .demand = graph.nodes[node] { true } else { false }
    if let lane = largest(deeper) {
      let main =
        isDemand ? nil : largest(live).flatMap { isHitDirectly($0, number, element, field) ? $0 : nil }
      return main ?? lane
    }
    if let end = live.first(where: { isEnd($0, number, element, field) }) { return end }
    return live.filter { stops(graph.source(ofLane: $0), number, field) }.min(by: isEarlier)
  }

  private func isEnd(_ lane: Int, _ number: UInt32, _ element: Element, _ field: Field) -> Bool {
    if !ownOfLane.isEmpty, sets.contains(number, in: ownOfLane[lane]) { return true }
    guard case .lane(let failed) = element, graph.lanes[lane].material == failed.material else {
      return false
    }
    return graph.buyer(at: graph.lanes[lane].target) == failed.buyer
      && firstSeller(along: lane, field) == failed.seller
      && !graph.isHub(graph.lanes[lane].target)
  }

  /// A site that sells at a hub: the one that a failed lane comes from, else the one that the fixpoint reached first.
  private func seller(behind hub: Int, _ element: Element, _ field: Field) -> Key<Site>? {
    if case .lane(let failed) = element { return failed.seller }
    return sellers(at: hub, field).min { field.rank[$0] < field.rank[$1] }.map { graph.operations[$0].site }
  }

  /// Whether more than one site can sell to a slot or a demand.
  private func hasSeveralMakers(_ node: Int, _ field: Field) -> Bool {
    var found: Key<Site>?
    var path = [node]
    while let next = path.popLast() {
      for lane in live(next, field) {
        let source = graph.source(ofLane: lane)
        guard source < graph.operations.count else {
          path.append(source)
          continue
        }
        let site = graph.operations[source].site
        if let found, found != site { return true }
        found = site
      }
    }
    return false
  }

  /// The operations that can sell to a slot or a demand, each once, in order.
  private func sellers(at node: Int, _ field: Field) -> [Int] {
    var found: Set<Int> = []
    var path = [node]
    while let next = path.popLast() {
      for lane in graph.lanes(into: next) where field.state.open[lane] > 0 {
        let source = graph.source(ofLane: lane)
        guard field.isOperable[source] else { continue }
        if source < graph.operations.count { found.insert(source) } else { path.append(source) }
      }
    }
    return found.sorted()
  }

  /// What can fill a slot or a demand, in the order of its choices.
  private func materials(into node: Int, _ field: Field) -> [Key<Material>] {
    var found: [Key<Material>] = []
    for lane in graph.lanes(into: node) where field.state.open[lane] > 0 {
      guard field.isOperable[graph.source(ofLane: lane)], let material = graph.lanes[lane].material,
        !found.contains(material)
      else { continue }
      found.append(material)
    }
    return found
  }
}
