import SupplyModel

/// Where each node's supply comes from in the baseline.
public struct BaselineShares: Sendable {
  /// For each lane, the part of its target's supply that comes this way, from 0 to 1.
  ///
  /// The shares of a node that is supplied in the baseline add up to 1; those of any other node are 0.
  public fileprivate(set) var share: [Double]

  /// For each lane, whether its share follows from recorded volumes or from the market; else it rests on a figure that
  /// is not known, and is an estimate.
  public fileprivate(set) var isKnown: [Bool]

  /// Whether any share is an estimate.
  private(set) var hasEstimates = false

  /// For each offer, the baseline supply of its makers together, in the material's unit a year.
  ///
  /// Nil if it is known of none, and for all other nodes. Makers of unknown size are left out.
  public fileprivate(set) var supplyOfOffer: [Double?]

  /// No shares at all.
  init() {
    share = []
    isKnown = []
    supplyOfOffer = []
  }

  /// Fits shares to what the network records.
  ///
  /// Only sellers that can operate in the baseline take part. Makers share an offer, and offers share a market, in
  /// proportion to supply. The share of a maker of unknown size is an estimate: none, unless all are unknown; then all
  /// makers count the same. A slot or a demand takes what its site makes itself and what recorded flows bring; what is
  /// missing from a known need comes from the market, if there is one. Where a volume is missing, the lanes without one
  /// share what the others leave, in proportion to the size of their sellers; all of that is an estimate. So is the
  /// split between recorded flows and the rest where the need is not known. A flow that several processes of a site take is
  /// split by what each of them would take of the material in a year; by equal parts where that is not known of all, and
  /// where the shares depend on it they are estimates.
  ///
  /// - Complexity: O(lanes).
  init(of graph: ProductionGraph) {
    share = Array(repeating: 0, count: graph.lanes.count)
    isKnown = Array(repeating: true, count: graph.lanes.count)
    supplyOfOffer = Array(repeating: nil, count: graph.nodes.count)
    let isOperable = graph.isOperableInBaseline
    func live(_ node: Int) -> [Int] {
      graph.lanes(into: node).filter { isOperable[graph.lanes[$0].source] && !graph.isAdded($0) }
    }
    var makers = [Int](repeating: 0, count: graph.nodes.count)
    var allAreKnown = [Bool](repeating: true, count: graph.nodes.count)
    for node in graph.nodes.indices {
      guard case .offer = graph.nodes[node] else { continue }
      let lanes = live(node)
      let supplies = lanes.map { supply(along: $0, in: graph) }
      splitBySupply(lanes, supplies, makers: lanes.map { _ in 1 }, areKnown: supplies.map { $0 != nil })
      supplyOfOffer[node] = supplies.reduce(nil) { sum, supply in supply.map { (sum ?? 0) + $0 } ?? sum }
      makers[node] = lanes.count
      allAreKnown[node] = !supplies.contains(nil)
    }
    let takers = FlowTakers(of: graph, isOperable: isOperable)
    for node in graph.nodes.indices {
      switch graph.nodes[node] {
      case .operation:
        for lane in graph.lanes(into: node) { share[lane] = 1 }
      case .offer: break
      case .market:
        let offers = live(node)
        let sources = offers.map { graph.lanes[$0].source }
        splitBySupply(
          offers, offers.map { supply(along: $0, in: graph) }, makers: sources.map { makers[$0] },
          areKnown: sources.map { allAreKnown[$0] })
      case .slot, .demand: fill(node, from: live(node), takers, in: graph)
      }
    }
    hasEstimates = isKnown.contains(false)
  }

  /// The supply of a lane's seller, in units of the lane's target; nil if it is not known.
  private func supply(along lane: Int, in graph: ProductionGraph) -> Double? {
    let row = graph.lanes[lane]
    switch graph.nodes[row.source] {
    case .operation(let operation):
      return row.material.flatMap { graph.supply(of: $0, by: operation) }.map { $0 * row.worth }
    case .offer:
      return supplyOfOffer[row.source].map { $0 * row.worth }
    case .market where row.flow != nil:
      // The offers of a country.
      let supplies = graph.lanes(into: row.source).compactMap { supplyOfOffer[graph.lanes[$0].source] }
      return supplies.isEmpty ? nil : supplies.reduce(0, +) * row.worth
    default:
      return nil
    }
  }

  private mutating func splitBySupply(
    _ lanes: [Int], _ supplies: [Double?], makers: [Int], areKnown: [Bool]
  ) {
    let total = supplies.reduce(0) { $0 + ($1 ?? 0) }
    let count = makers.reduce(0, +)
    for (offset, lane) in lanes.enumerated() {
      share[lane] =
        total > 0 ? (supplies[offset] ?? 0) / total : Double(makers[offset]) / Double(count)
      isKnown[lane] = lanes.count == 1 || total > 0 && areKnown[offset]
    }
  }

  private mutating func fill(
    _ node: Int, from live: [Int], _ takers: FlowTakers, in graph: ProductionGraph
  ) {
    // A flow from a country may come through a market of its own.
    func isMarket(_ lane: Int) -> Bool {
      guard graph.lanes[lane].flow == nil else { return false }
      return if case .market = graph.nodes[graph.lanes[lane].source] { true } else { false }
    }
    let recorded = live.filter { !isMarket($0) }
    let markets = live.filter { isMarket($0) }
    let market = markets.first { !graph.lanes[$0].isSubstitute } ?? markets.first
    guard !recorded.isEmpty else {
      if let market { share[market] = 1 }
      return
    }

    let need = graph.need[node]
    let partSent = partsOfFlows(recorded, in: graph)
    let volumes = zip(recorded, partSent).map { lane, part -> Double? in
      let row = graph.lanes[lane]
      if row.flow != nil { return row.volume.map { $0 * part * takers.part[lane] } }
      guard let made = supply(along: lane, in: graph) else { return nil }
      return need.map { min($0, made) } ?? made
    }
    let brought = volumes.reduce(0) { $0 + ($1 ?? 0) }
    let missing = recorded.indices.filter { volumes[$0] == nil }
    if missing.isEmpty, brought == 0, let market, let need, need > 0 {
      share[market] = 1
      return
    }
    if missing.isEmpty && brought > 0 {
      // Rounding of recorded volumes is no reason to go to the market.
      let rest = market != nil ? need.map { $0 - brought }.flatMap { $0 > 1e-6 * brought ? $0 : nil } ?? 0 : 0
      for (offset, lane) in recorded.enumerated() { share[lane] = (volumes[offset] ?? 0) / (brought + rest) }
      if let market { share[market] = rest / (brought + rest) }
      // Without the need, nobody knows what the market adds, nor how much of its own the site keeps.
      let makesItself = recorded.count > 1 && recorded.contains { graph.lanes[$0].flow == nil }
      let hasOther = market != nil || makesItself
      // A part that all flows share cancels out, unless something else is measured against them.
      let isGuess = recorded.contains { takers.isGuess[$0] }
      let differs = recorded.contains { takers.part[$0] != takers.part[recorded[0]] }
      if need == nil && hasOther || isGuess && (hasOther || differs) { markAsEstimates(recorded, market) }
      return
    }
    estimate(recorded, volumes, missing: missing, brought: brought, need: need, in: graph)
    if recorded.count > 1 || market != nil { markAsEstimates(recorded, market) }
  }

  private mutating func markAsEstimates(_ recorded: [Int], _ market: Int?) {
    for lane in recorded { isKnown[lane] = false }
    if let market { isKnown[market] = false }
  }

  /// For each lane, its part of the recorded flow behind it.
  ///
  /// Where several operations of a site send one flow, each sends as much. Lanes of one flow stand side by side.
  private func partsOfFlows(_ lanes: [Int], in graph: ProductionGraph) -> [Double] {
    var parts = [Double](repeating: 1, count: lanes.count)
    var start = 0
    while start < lanes.count {
      let row = graph.lanes[lanes[start]]
      var end = start + 1
      while row.flow != nil, end < lanes.count, graph.lanes[lanes[end]].flow == row.flow { end += 1 }
      for position in start..<end { parts[position] = 1 / Double(end - start) }
      start = end
    }
    return parts
  }

  /// Splits a need whose volumes were not all recorded.
  private mutating func estimate(
    _ recorded: [Int], _ volumes: [Double?], missing: [Int], brought: Double, need: Double?,
    in graph: ProductionGraph
  ) {
    // Recorded volumes tell something only if what they leave is known too.
    let rest = need.map { max(0, $0 - brought) }
    let usesVolumes = brought > 0 && rest != nil
    let open = usesVolumes ? missing : Array(recorded.indices)
    let openPart = usesVolumes ? (rest ?? 0) / (brought + (rest ?? 0)) : 1
    // A seller that makes nothing of its own is counted elsewhere: how much it sells is not known.
    let sizes = open.map { supply(along: recorded[$0], in: graph) }.map { $0 == 0 ? nil : $0 }
    let total = sizes.reduce(0) { $0 + ($1 ?? 0) }
    let bySize = total > 0 && !sizes.contains(nil)
    for (offset, index) in open.enumerated() {
      share[recorded[index]] = openPart * (bySize ? (sizes[offset] ?? 0) / total : 1 / Double(open.count))
    }
    guard usesVolumes else { return }
    for (index, lane) in recorded.enumerated() {
      if let volume = volumes[index] { share[lane] = (1 - openPart) * volume / brought }
    }
  }
}

/// How flows are split among the slots of a site that take from them.
private struct FlowTakers {
  /// For each lane, the part of its flow that the target takes, from 0 to 1; 1 for lanes without a flow.
  private(set) var part: [Double]

  /// For each lane, whether the part stands for a need that is not known.
  private(set) var isGuess: [Bool]

  /// Slots of operations that cannot run take nothing from the others; nor do several ways in which a site that does nothing
  /// else passes on what it is brought.
  init(of graph: ProductionGraph, isOperable: [Bool]) {
    part = Array(repeating: 1, count: graph.lanes.count)
    isGuess = Array(repeating: false, count: graph.lanes.count)
    var runsProcess = [Bool](repeating: false, count: graph.network.sites.count)
    for activity in graph.operations where activity.process != nil {
      runsProcess[activity.site.position] = true
    }
    var lanesOfFlow: [[Int]] = Array(repeating: [], count: graph.network.flows.count)
    for (index, lane) in graph.lanes.enumerated() {
      guard let flow = lane.flow, flow.position < graph.ownFlowCount,
        case .slot(let operation, _) = graph.nodes[lane.target],
        isOperable[operation], runsProcess[graph.operations[operation].site.position]
      else { continue }
      lanesOfFlow[flow.position].append(index)
    }
    for lanes in lanesOfFlow {
      // Lanes are grouped by target.
      var slots: [(lane: Int, need: Double?)] = []
      for lane in lanes where slots.last.map({ graph.lanes[$0.lane].target }) != graph.lanes[lane].target {
        let row = graph.lanes[lane]
        slots.append((lane, graph.need[row.target].map { $0 / row.worth }))
      }
      guard slots.count > 1 else { continue }
      let total = slots.reduce(0) { $0 + ($1.need ?? 0) }
      let isKnown = total > 0 && !slots.contains { $0.need == nil }
      var slot = -1
      for lane in lanes {
        if slot < 0 || graph.lanes[slots[slot].lane].target != graph.lanes[lane].target { slot += 1 }
        part[lane] = isKnown ? (slots[slot].need ?? 0) / total : 1 / Double(slots.count)
        isGuess[lane] = !isKnown
      }
    }
  }
}
