import GraphCore
public import SupplyModel

/// What feeds what, along lanes that are open.
extension ProductionGraph {
  /// Whether a node is reached from others, against the lanes or along them; the nodes themselves count.
  ///
  /// Only lanes count that are open and between operable nodes.
  ///
  /// - Complexity: O(nodes + lanes).
  private func reached(
    from start: [Int], upstream: Bool, in state: GraphState, _ isOperable: [Bool]
  ) -> [Bool] {
    var isReached = [Bool](repeating: false, count: nodes.count)
    var list: [Int] = []
    for node in start where isOperable[node] && !isReached[node] {
      isReached[node] = true
      list.append(node)
    }
    var next = 0
    while next < list.count {
      for (_, neighbour) in neighbours(of: list[next], upstream: upstream, in: state)
      where isOperable[neighbour] && !isReached[neighbour] {
        isReached[neighbour] = true
        list.append(neighbour)
      }
      next += 1
    }
    return isReached
  }

  private func neighbours(of node: Int, upstream: Bool, in state: GraphState) -> [(lane: Int, node: Int)] {
    if upstream {
      return lanes(into: node).filter { state.open[$0] > 0 }.map { ($0, source(ofLane: $0)) }
    }
    return lanesOutOf.edges(from: .init(node)).compactMap { position in
      let lane = lanesOutOf.edgeIndices[position].position
      return state.open[lane] > 0 ? (lane, lanesOutOf.targets[position].position) : nil
    }
  }

  /// The sites that something can come from to some nodes, in the network's order; those of the nodes included.
  public func sites(upstreamOf start: [Int], in state: GraphState, _ isOperable: [Bool]) -> [Key<Site>] {
    sites(reached(from: start, upstream: true, in: state, isOperable))
  }

  /// The sites that something can go to from some nodes, in the network's order; those of the nodes included.
  public func sites(downstreamOf start: [Int], in state: GraphState, _ isOperable: [Bool]) -> [Key<Site>] {
    sites(reached(from: start, upstream: false, in: state, isOperable))
  }

  private func sites(_ isReached: [Bool]) -> [Key<Site>] {
    Set(operationNodes.lazy.filter { isReached[$0] }.map { operations[$0].site }).sorted()
  }

  /// The sites that sell directly to some nodes, recorded or through a market, in the network's order.
  ///
  /// - Complexity: O(lanes into the nodes and into the markets before them).
  public func sites(sellingTo start: [Int], in state: GraphState, _ isOperable: [Bool]) -> [Key<Site>] {
    var found: Set<Key<Site>> = []
    var isSeen: Set<Int> = Set(start)
    var list = start
    while let node = list.popLast() {
      for (_, source) in neighbours(of: node, upstream: true, in: state)
      where isOperable[source] && isSeen.insert(source).inserted {
        if source < operations.count { found.insert(operations[source].site) } else { list.append(source) }
      }
    }
    return found.sorted()
  }

  /// The sites that sell one material directly to some nodes, recorded or through a market, in the network's order.
  ///
  /// - Complexity: O(lanes into the nodes and into the markets before them).
  public func sites(
    sellingTo start: [Int], of material: Key<Material>, in state: GraphState, _ isOperable: [Bool]
  ) -> [Key<Site>] {
    var sources: [Int] = []
    for node in start {
      for (lane, source) in neighbours(of: node, upstream: true, in: state)
      where isOperable[source] && lanes[lane].material == material {
        sources.append(source)
      }
    }
    let sellers = sources.filter { $0 < operations.count }.map { operations[$0].site }
    let markets = sources.filter { $0 >= operations.count }
    return Set(sellers + sites(sellingTo: markets, in: state, isOperable)).sorted()
  }

  /// Whether a slot or a demand takes what some nodes make, recorded or through a market.
  ///
  /// - Complexity: O(lanes out of the nodes and of the markets behind them).
  public func sell(_ start: [Int], in state: GraphState) -> Bool {
    var isSeen: Set<Int> = Set(start)
    var list = start
    while let node = list.popLast() {
      for (_, target) in neighbours(of: node, upstream: false, in: state) where isSeen.insert(target).inserted
      {
        if !isHub(target) { return true }
        list.append(target)
      }
    }
    return false
  }

  /// No site or demand has more sites that sell directly to it, whatever is open.
  ///
  /// - Complexity: O(nodes + lanes).
  public func mostSellers() -> Int {
    var sellers = [Int](repeating: 0, count: nodes.count)
    // What sells through a hub, which another hub may stand before.
    for _ in 0..<3 {
      for node in nodes.indices where isHub(node) {
        sellers[node] = lanes(into: node).reduce(0) {
          let source = self.source(ofLane: $1)
          return $0 + (isHub(source) ? sellers[source] : 1)
        }
      }
    }
    var ofBuyer = [Int](repeating: 0, count: network.sites.count + network.demand.count)
    for node in nodes.indices where isNeed(node) {
      let count = lanes(into: node).reduce(0) {
        let source = self.source(ofLane: $1)
        return $0 + (isHub(source) ? sellers[source] : 1)
      }
      switch nodes[node] {
      case .slot(let operation, _): ofBuyer[operations[operation].site.position] += count
      case .demand(let demand): ofBuyer[network.sites.count + demand.position] += count
      case .operation, .offer, .market: break
      }
    }
    return min(network.sites.count, ofBuyer.max() ?? 0)
  }

  /// A shortest way along open lanes from the farthest of some sites to a node, as sites; empty if none of them leads there.
  ///
  /// Of several ways the one is given that is found first when the lanes are followed back in their order.
  ///
  /// - Complexity: O(nodes + lanes).
  public func path(
    from sites: Set<Key<Site>>, to end: Int, in state: GraphState, _ isOperable: [Bool]
  ) -> [Key<Site>] {
    // Searched from the end, so that the way back is the way there.
    var next = [Int](repeating: -1, count: nodes.count)
    guard isOperable[end] else { return [] }
    next[end] = end
    var list = [end]
    var position = 0
    var start: Int?
    while position < list.count {
      let node = list[position]
      position += 1
      if node < operations.count, sites.contains(operations[node].site) {
        start = node
        if sites.count == 1 { break }
      }
      for (_, source) in neighbours(of: node, upstream: true, in: state)
      where isOperable[source] && next[source] < 0 {
        next[source] = node
        list.append(source)
      }
    }
    guard var node = start else { return [] }
    var way: [Key<Site>] = []
    while true {
      if node < operations.count, way.last != operations[node].site { way.append(operations[node].site) }
      if next[node] == node { return way }
      node = next[node]
    }
  }
}
