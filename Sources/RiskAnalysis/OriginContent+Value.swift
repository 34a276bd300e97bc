import SupplyModel

/// The part of the value of what each node holds that is the value of goods from some sites.
struct ValueContent: Sendable {
  /// The least, the best estimate and the most, from 0 to 1; nil without an estimate.
  private(set) var low: [Double]
  private(set) var expected: [Double?]
  private(set) var high: [Double]

  /// The materials whose price was wanted and is not known, or stands in another currency; in the network's order.
  private(set) var missingPrices: [Key<Material>] = []

  private let trace: OriginContent
  private var graph: ProductionGraph { trace.graph }

  /// A maker adds value of its own: of what it makes, never all is from elsewhere.
  private static let most = 1 - 1e-9

  /// Values goods from their makers on.
  ///
  /// A good of a site that counts is of there with all of its value. Whoever makes something of it passes on its price, and what it
  /// sells is worth its own; joint products share what went into them by their value. Where goods of one kind mix, their parts mix in
  /// proportion.
  ///
  /// - Parameters:
  ///   - trace: tells which goods hold the elements that matter; others have no part.
  ///   - origin: how a site counts that makes something out of nothing.
  ///   - replaces: the sites whose processes give their own origin to what they make.
  /// - Complexity: O(nodes + lanes); loops are gone round until nothing changes by more than 10⁻¹⁴, at most 1,000 times.
  init(
    of trace: OriginContent, from origin: (Key<Site>) -> OriginContent.Origin,
    replacedAt replaces: (Key<Site>) -> Bool
  ) {
    self.trace = trace
    let count = trace.graph.nodes.count
    low = Array(repeating: 0, count: count)
    expected = Array(repeating: 0, count: count)
    high = Array(repeating: 0, count: count)
    var isFixed = [Bool](repeating: false, count: count)
    for node in graph.operationNodes where trace.isHeld[node] {
      let site = graph.operations[node].site
      let isMade = if case .made = trace.mixtures[node] { true } else { false }
      guard isMade || graph.operations[node].process != nil && replaces(site) else { continue }
      isFixed[node] = true
      switch origin(site) {
      case .counts: set(node, (1, 1, 1))
      case .doesNot: set(node, (0, 0, 0))
      case .notKnown: set(node, (0, nil, 1))
      }
    }
    for group in graph.settlingOrder.groups {
      let members = graph.settlingOrder.nodes[group].filter { trace.isHeld[$0] && !isFixed[$0] }
      let isLoop = graph.settlingOrder.nodes[group].count > 1
      if isLoop { for node in members { high[node] = 1 } }
      for _ in 0..<1_000 {
        var change = 0.0
        for node in members {
          let next = value(at: node)
          change = max(change, abs(next.low - low[node]), abs(next.high - high[node]))
          if let now = next.expected { change = max(change, abs(now - (expected[node] ?? 2))) }
          set(node, next)
        }
        if !isLoop || change <= 1e-14 { break }
      }
    }
    missingPrices = pricesThatAreMissing()
  }

  private typealias Part = (low: Double, expected: Double?, high: Double)

  private mutating func set(_ node: Int, _ part: Part) {
    (low[node], expected[node], high[node]) = part
  }

  private func value(at node: Int) -> Part {
    guard node < graph.operations.count, let process = graph.operations[node].process else {
      // Shares add up to 1, but for rounding.
      let part = mixed(node) { _ in (1, 1, 1) } ?? (0, nil, 1)
      return (min(1, part.low), part.expected.map { min(1, $0) }, min(1, part.high))
    }
    if case .notKnown = trace.mixtures[node] { return (0, nil, Self.most) }
    let outputs = graph.network.processes[process].outputs
    let currency = currency(of: process)
    var worth: Part = (0, 0, 0)
    for output in outputs where output.amount.value > 0 {
      let amount = output.amount.value
      if let price = price(of: output.material, in: currency) {
        worth.low += amount * price.low
        worth.expected = worth.expected.flatMap { sum in price.expected.map { sum + amount * $0 } }
        worth.high += amount * price.high
      } else {
        worth.expected = nil
        worth.high = .infinity
      }
    }
    var inside: Part = (0, 0, 0)
    for lane in graph.lanes(into: node) {
      let slot = graph.source(ofLane: lane)
      guard trace.isHeld[slot] else { continue }
      let part = mixed(slot) { lane in
        guard let material = graph.lanes[lane].material,
          let price = price(of: material, in: currency)
        else { return nil }
        let amount = 1 / graph.lanes[lane].worth
        return (amount * price.low, price.expected.map { amount * $0 }, amount * price.high)
      }
      inside.low += part?.low ?? 0
      inside.expected = inside.expected.flatMap { sum in part?.expected.map { sum + $0 } }
      inside.high += part?.high ?? .infinity
    }
    if inside.high == 0 { return (0, 0, 0) }
    let best: Double? =
      if let part = inside.expected, let whole = worth.expected, whole > 0 {
        min(Self.most, part / whole)
      } else { nil }
    return (
      worth.high > 0 && worth.high.isFinite ? min(Self.most, inside.low / worth.high) : 0, best,
      worth.low > 0 ? min(Self.most, inside.high / worth.low) : Self.most
    )
  }

  /// What the lanes into a node bring together, each by its share and its worth; nil if the worth of one that matters is not known.
  ///
  /// The split of what is estimated may be any other.
  private func mixed(_ node: Int, worth: (Int) -> Part?) -> Part? {
    var sum: Part = (0, 0, 0)
    var free = 0.0
    var (least, most) = (Double.infinity, 0.0)
    for lane in graph.lanes(into: node) {
      let (share, isKnown) = (graph.baseline.share[lane], graph.baseline.isKnown[lane])
      guard share > 0 || !isKnown else { continue }
      let source = graph.source(ofLane: lane)
      if high[source] == 0 {
        if !isKnown { (free, least) = (free + share, 0) }
        continue
      }
      guard let worth = worth(lane) else { return nil }
      let part: Part = (
        low[source] * worth.low, expected[source].flatMap { part in worth.expected.map { part * $0 } },
        high[source] * worth.high
      )
      if share > 0 {
        sum.expected = sum.expected.flatMap { sum in part.expected.map { sum + share * $0 } }
      }
      if isKnown {
        sum.low += share * part.low
        sum.high += share * part.high
      } else {
        free += share
        (least, most) = (min(least, part.low), max(most, part.high))
      }
    }
    if free > 0 {
      sum.low += free * least
      sum.high += free * most
    }
    return sum
  }

  /// What a unit of a material costs; nil if that is not known in this currency.
  private func price(of material: Key<Material>, in currency: String?) -> Part? {
    guard let price = graph.network.materials[material].price, let currency, price.unit.substance == currency
    else { return nil }
    return (price.low ?? price.value, price.value, price.high ?? price.value)
  }

  /// The materials that stand in the way of a best estimate.
  private func pricesThatAreMissing() -> [Key<Material>] {
    var isMissing = [Bool](repeating: false, count: graph.network.materials.count)
    for node in graph.operationNodes where trace.isHeld[node] && expected[node] == nil {
      guard let process = graph.operations[node].process else { continue }
      let outputs = graph.network.processes[process].outputs
      let currency = currency(of: process)
      for output in outputs where price(of: output.material, in: currency) == nil {
        isMissing[output.material.position] = true
      }
      for slot in graph.lanes(into: node).map({ graph.source(ofLane: $0) }) {
        for lane in graph.lanes(into: slot) where high[graph.source(ofLane: lane)] > 0 {
          guard let material = graph.lanes[lane].material, price(of: material, in: currency) == nil else {
            continue
          }
          isMissing[material.position] = true
        }
      }
    }
    return graph.network.materials.keys.filter { isMissing[$0.position] }
  }

  /// The currency in which a process is reckoned: that of the first of its outputs that has a price, or else of its inputs.
  private func currency(of process: Key<Process>) -> String? {
    let row = graph.network.processes[process]
    let materials = row.outputs.map(\.material) + row.slots.flatMap { $0.choices.map(\.material) }
    return materials.lazy.compactMap { graph.network.materials[$0].price?.unit.substance }.first
  }
}
