import GraphCore
public import SupplyModel

/// What still runs under a disruption: which operations are off, and how far each lane is open.
public struct GraphState: Sendable, Equatable {
  /// For each operation, whether it is out of action whatever it is brought.
  public internal(set) var isOff: [Bool]

  /// For each lane, the part of its baseline that may pass, from 0 to 1.
  public internal(set) var open: [Double]

  /// The slots and demands that a stock fills for a while, in rising order.
  public internal(set) var atHand: [Int] = []
}

/// How to take what is not known of a disruption.
public enum Reading: Sendable, Hashable, CaseIterable {
  /// What is not known turns out well: controls of unknown status do not hold, shares that may pass are the largest, and
  /// a technology that may be lost is not.
  case mild

  /// Shares that may pass are as expected; what is not known turns out well.
  case expected

  /// Shares that may pass are as expected; controls and shares that are not known hold in full. Where it is not known how much of
  /// a trade a control is about, since a bloc is only partly its target or a place is not known, none of it is.
  case expectedIfUncertainHolds

  /// What is not known turns out badly.
  case severe

  var uncertainHolds: Bool { self == .severe || self == .expectedIfUncertainHolds }

  func part(_ least: Double, _ expected: Double?, _ most: Double) -> Double {
    switch self {
    case .mild: most
    case .expected: expected ?? most
    case .expectedIfUncertainHolds: expected ?? least
    case .severe: least
    }
  }
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
  /// unknown purpose, and a technology that may be lost, stop a site only in a severe reading; see
  /// ``SupplyNetwork/access(to:in:at:under:onlyFrom:uncertainHolds:)`` for what is not known.
  ///
  /// - Complexity: O(operations + lanes × (controls + failures)).
  /// - Precondition: the graph tells apart what the disruption treats differently (``init(_:tellingApart:)``).
  public func state(
    under disruption: Disruption, rigid: Bool = false, reading: Reading = .mild
  ) -> GraphState {
    precondition(
      partition.isAsFine(as: HubPartition(of: network, for: disruption)),
      "the graph was not made for this disruption")
    var isOff = isInactive
    for case .openSite(let site) in disruption.responses {
      for operation in operations.indices where operations[operation].site == site {
        isOff[operation] = false
      }
    }
    for case .delaySite(let site) in disruption.responses {
      for operation in operations.indices where operations[operation].site == site { isOff[operation] = true }
    }
    if disruption.concernsTechnology {
      for (operation, activity) in operations.enumerated() where !isOff[operation] {
        isOff[operation] = losesTechnology(activity.site, under: disruption, rigid: rigid, reading: reading)
      }
    }
    var open = [Double](repeating: 1, count: lanes.count)
    if ownFlowCount < network.flows.count {
      let added = Set(disruption.newFlows.map(\.id))
      for lane in lanes.indices where isAdded(lane) {
        guard let flow = lanes[lane].flow, !added.contains(network.flows[flow].id) else { continue }
        open[lane] = 0
      }
    }
    fail(disruption.failures + (reading.uncertainHolds ? disruption.possibleFailures : []), &isOff, &open)
    for control in disruption.tradeControls where reading.uncertainHolds || !control.isUncertain {
      tighten(control, reading, &open)
    }
    return GraphState(isOff: isOff, open: open, atHand: filledFromStock(by: disruption.responses))
  }

  private func filledFromStock(by responses: [Scenario.Response.Measure]) -> [Int] {
    var filled: Set<Int> = []
    for case .releaseStock(let material, let holder, let amount, _) in responses where amount.value > 0 {
      filled.formUnion(takers(of: material, from: holder))
    }
    return filled.sorted()
  }

  private func losesTechnology(
    _ key: Key<Site>, under disruption: Disruption, rigid: Bool, reading: Reading
  ) -> Bool {
    let site = network.sites[key]
    let unknownIsLost = reading == .severe
    return site.technologies.contains { need in
      guard need.needed == .running || unknownIsLost && need.needed == nil else { return false }
      let access = network.access(
        to: need, in: site.country, at: site.stage, under: disruption, onlyFrom: rigid,
        uncertainHolds: reading.uncertainHolds)
      return access == .lost || unknownIsLost && access == .unknown
    }
  }

  private func fail(_ elements: [Element], _ isOff: inout [Bool], _ open: inout [Double]) {
    var ofSites: Set<Element> = []
    var hasParents = false
    for element in elements {
      switch element {
      case .site, .operatorOf, .country: ofSites.insert(element)
      case .parent:
        ofSites.insert(element)
        hasParents = true
      case .technology: break
      case .lane, .exports, .material, .waypoint:
        for lane in lanes.indices where closes(element, lane) { open[lane] = 0 }
      }
    }
    if ofSites.isEmpty { return }
    let parents = hasParents ? network.ultimateParents() : []
    for (operation, activity) in operations.enumerated() {
      let site = network.sites[activity.site]
      let isHit =
        ofSites.contains(.site(activity.site)) || site.country.map { ofSites.contains(.country($0)) } ?? false
        || site.operatorKey.map {
          ofSites.contains(.operatorOf($0)) || hasParents && ofSites.contains(.parent(parents[$0.position]))
        } ?? false
      if isHit { isOff[operation] = true }
    }
  }

  /// Whether the failure of an element that consists of lanes closes this one.
  private func closes(_ element: Element, _ index: Int) -> Bool {
    let lane = lanes[index]
    switch element {
    case .exports(let country): return lane.crosses(borderOf: country)
    case .material(let material, let country):
      guard lane.material == material, case .operation(let operation) = nodes[lane.source] else {
        return false
      }
      return network.sites[operations[operation].site].country == country
    case .waypoint(let name):
      return lane.flow.map { network.flows[$0].waypoints.contains(name) } ?? false
    case .lane(let failed):
      guard lane.material == failed.material, let trade = trade(along: index) else { return false }
      return trade.seller == failed.seller && trade.buyer == failed.buyer
    case .site, .operatorOf, .parent, .country, .technology: return false
    }
  }

  /// Closes lanes as far as a control asks for it.
  private func tighten(_ control: TradeControl, _ reading: Reading, _ open: inout [Double]) {
    let covered = lanes(coveredBy: control, reading)
    if covered.isEmpty { return }
    let part = part(passing: control, along: covered, reading)
    for lane in covered { open[lane] = min(open[lane], part) }
  }

  /// The lanes that a control covers, in a reading in which it holds.
  func lanes(coveredBy control: TradeControl, _ reading: Reading) -> [Int] {
    lanes.indices.filter { lane in
      let (goods, places) = coverage(of: control, lane)
      if goods == .no || places == .no { return false }
      return (goods == .yes || reading.uncertainHolds) && (places == .yes || reading == .severe)
    }
  }

  /// The part of the baseline that a control lets pass along the lanes that it covers, from 0 to 1.
  func part(passing control: TradeControl, along covered: [Int], _ reading: Reading) -> Double {
    switch control.passing {
    case .share(let least, let expected, let most): return reading.part(least, expected, most)
    case .quota(let quota):
      guard let volume = baselineVolume(along: covered) else { return reading.part(0, nil, 1) }
      return volume > quota ? quota / volume : 1
    }
  }

  /// Whether a control covers what goes along a lane, and whether it covers the places at its ends.
  func coverage(of control: TradeControl, _ index: Int) -> (goods: Coverage, places: Coverage) {
    let lane = lanes[index]
    if control.direction == .exports, lane.from.map({ !control.issuers.contains($0) }) ?? true {
      return (.no, .no)
    }
    guard let trade = trade(along: index) else { return (.no, .no) }
    let places = control.covers(from: lane.from, to: lane.to)
    if places == .no { return (.no, .no) }
    let goods =
      control.covers(lane.material) && control.covers(waypoints: trade.waypoints)
      && control.covers(seller: trade.seller, in: network)
      && control.covers(parties: trade.seller, trade.buyer, in: network)
    return (goods, places)
  }

  /// The buyers some of whose lanes controls cover or not, depending on where in a bloc, or in which unknown country, an end lies.
  ///
  /// Sites come first, then demands, each in the network's order.
  ///
  /// - Complexity: O(lanes × controls).
  public func partlyCovered(by controls: [TradeControl]) -> [Flow.Destination] {
    var sites: Set<Key<Site>> = []
    var demands: Set<Key<Demand>> = []
    for lane in lanes.indices where baseline.share[lane] > 0 {
      let isParted = controls.contains { control in
        let (goods, places) = coverage(of: control, lane)
        return goods != .no && places == .unknown
      }
      guard isParted else { continue }
      let target = lanes[lane].target
      let ends =
        isHub(target)
        ? lanesOutOf.edges(from: NodeIndex(target)).map { lanesOutOf.targets[$0].position } : [target]
      for end in ends {
        switch buyer(at: end) {
        case .site(let site): sites.insert(site)
        case .demand(let demand): demands.insert(demand)
        case nil: break
        }
      }
    }
    return sites.sorted().map { .site($0) } + demands.sorted().map { .demand($0) }
  }

  /// For each node, whether it can still be made or had.
  ///
  /// The least fixpoint of the AND-OR graph: a site that needs nothing starts it, and so does what a stock fills; a loop cannot feed
  /// itself. A lane that is not fully closed counts as open.
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
    for node in state.atHand where !isOperable[node] {
      isOperable[node] = true
      order.append(node)
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
