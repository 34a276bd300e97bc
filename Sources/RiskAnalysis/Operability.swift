import GraphCore
public import SupplyModel

/// What still runs under a disruption: which operations are off, and how far each lane is open.
public struct GraphState: Sendable {
  /// For each operation, whether it is out of action whatever it is brought.
  public internal(set) var isOff: [Bool]

  /// For each lane, the part of its baseline that may pass, from 0 to 1.
  public internal(set) var open: [Double]
}

extension Disruption {
  /// Whether any site can lose a technology.
  var concernsTechnology: Bool {
    !technologyBans.isEmpty
      || failures.contains { if case .technology = $0 { true } else { false } }
  }
}

extension ProductionGraph {
  /// The state of the graph under a disruption.
  ///
  /// Sites that are planned, suspended or closed are off. If `rigid` is true, a site that loses today's supplier of a
  /// technology that it needs for running is off; else only if no country can supply it any more. A need of
  /// unknown purpose stops nothing here; see ``SupplyNetwork/access(to:in:under:onlyFrom:)`` for what is not known.
  ///
  /// - Complexity: O(operations + lanes × bans).
  public func state(under disruption: Disruption, rigid: Bool = false) -> GraphState {
    state(under: disruption, rigid: rigid, unknownIsLost: false)
  }

  /// The state of the graph, where `unknownIsLost` takes away all technology that may be lost or needed for running.
  func state(under disruption: Disruption, rigid: Bool, unknownIsLost: Bool) -> GraphState {
    var isOff = isInactive
    if disruption.concernsTechnology {
      for (operation, activity) in operations.enumerated() where !isOff[operation] {
        let site = network.sites[activity.site]
        isOff[operation] = site.technologies.contains { need in
          guard need.needed == .running || unknownIsLost && need.needed == nil else { return false }
          let access = network.access(to: need, in: site.country, under: disruption, onlyFrom: rigid)
          return access == .lost || unknownIsLost && access == .unknown
        }
      }
    }
    for failure in disruption.failures {
      for (operation, activity) in operations.enumerated() where hits(failure, activity.site) {
        isOff[operation] = true
      }
    }
    var open = [Double](repeating: 1, count: lanes.count)
    for ban in disruption.exportBans {
      for (index, lane) in lanes.enumerated() where lane.crosses(borderOf: ban.country) {
        if let banned = ban.materials {
          guard let material = lane.material, banned.contains(material) else { continue }
        }
        open[index] = 0
      }
    }
    return GraphState(isOff: isOff, open: open)
  }

  private func hits(_ element: Element, _ key: Key<Site>) -> Bool {
    let site = network.sites[key]
    return switch element {
    case .site(let failed): failed == key
    case .operatorOf(let failed): site.operatorKey == failed
    case .parent(let failed): site.operatorKey.map { network.ultimateParent(of: $0) } == failed
    case .country(let failed): site.country == failed
    case .technology: false
    }
  }

  /// For each node, whether it can still be made or had.
  ///
  /// The least fixpoint of the AND-OR graph: a site that needs nothing starts it, and a loop cannot feed itself. A
  /// lane that is not fully closed counts as open.
  ///
  /// - Complexity: O(nodes + lanes).
  /// - Source: W. Dowling, J. Gallier, "Linear-time algorithms for testing the satisfiability of propositional Horn
  ///   formulae", J. Logic Programming 1(3), 1984.
  public func operability(in state: GraphState) -> [Bool] {
    derivation(in: state).isOperable
  }

  /// The operable nodes, and the order in which the fixpoint reached them.
  func derivation(in state: GraphState) -> (isOperable: [Bool], order: [Int]) {
    var missing = [Int](repeating: 1, count: nodes.count)
    for operation in operationNodes { missing[operation] = lanes(into: operation).count }
    var isOperable = [Bool](repeating: false, count: nodes.count)
    var order: [Int] = []
    order.reserveCapacity(nodes.count)
    for operation in operationNodes where missing[operation] == 0 && !state.isOff[operation] {
      isOperable[operation] = true
      order.append(operation)
    }
    var next = 0
    while next < order.count {
      let node = order[next]
      next += 1
      for position in lanesOutOf.edges(from: NodeIndex(node)) {
        let index = lanesOutOf.edgeIndices[position].position
        let target = lanesOutOf.targets[position].position
        guard state.open[index] > 0, !isOperable[target] else { continue }
        missing[target] -= 1
        if missing[target] > 0 { continue }
        if target < operations.count, state.isOff[target] { continue }
        isOperable[target] = true
        order.append(target)
      }
    }
    return (isOperable, order)
  }

  /// The operable nodes, each after all that it can be filled from, as far as no loop stands in the way.
  ///
  /// One sweep in this order settles a network without loops, however deep it is.
  ///
  /// - Complexity: O(nodes + lanes); no recursion.
  func sweepOrder(_ derivation: (isOperable: [Bool], order: [Int]), in state: GraphState) -> [Int] {
    var isSeen = [Bool](repeating: false, count: nodes.count)
    var finished: [Int] = []
    finished.reserveCapacity(derivation.order.count)
    var path: [(node: Int, next: Int)] = []
    for start in derivation.order where !isSeen[start] {
      isSeen[start] = true
      path.append((start, lanesOutOf.edges(from: NodeIndex(start)).lowerBound))
      while let (node, next) = path.last {
        guard next < lanesOutOf.edges(from: NodeIndex(node)).upperBound else {
          finished.append(node)
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let lane = lanesOutOf.edgeIndices[next].position
        let target = lanes[lane].target
        guard state.open[lane] > 0, derivation.isOperable[target], !isSeen[target] else { continue }
        isSeen[target] = true
        path.append((target, lanesOutOf.edges(from: NodeIndex(target)).lowerBound))
      }
    }
    return finished.reversed()
  }
}

extension ProductionGraph {
  /// Whether a demand is met before anything is taken away: some lane brings it something.
  public func baselineIsMet(_ demand: Key<Demand>) -> Bool {
    lanes(into: node(of: demand)).contains { baseline.share[$0] > 0 }
  }
}
