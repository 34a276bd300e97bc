import GraphCore
public import SupplyModel

/// Where what is in a product comes from, traced through mixing and processing.
///
/// Each node of the graph holds a mixture. What enters it mixes by the mass of the traced elements that each lane brings, and every output of
/// an operation holds what entered it; what a site makes out of nothing, such as a mine, comes from that site. So the part
/// of a node's mixture that comes from some sites is the solution of one linear equation a node, with weights that add up to 1; in
/// a recycling loop it is the limit of going round.
///
/// Three figures are given: the best estimate, and the least and the most that it can be. The last two differ where the
/// baseline had to estimate how a supply is split, where a site's place is not known, and where it is not known how
/// much of the elements an input holds.
///
/// - Source: the equations are those of an absorbing Markov chain read backwards, as used for the tracing of flows: J. Bialek,
///   "Tracing the flow of electricity", IEE Proc. Gener. Transm. Distrib. 143(4), 1996.
public struct OriginContent: Sendable {
  /// The part of a mixture that comes from some sites, from 0 to 1.
  public struct Share: Sendable, Hashable {
    public let low: Double
    public let expected: Double
    public let high: Double
  }

  /// The parts of all mixtures that come from some sites.
  public struct Field: Sendable {
    fileprivate var low: [Double]
    fileprivate var expected: [Double]
    fileprivate var high: [Double]
    fileprivate let isHeld: [Bool]

    /// The largest difference between the two sides of an equation; what is lost on the way is no more than that a step.
    public fileprivate(set) var residual = 0.0

    /// The share at a node of the graph; nil if nothing supplies it in the baseline, or none of the elements is in it.
    public subscript(_ node: Int) -> Share? {
      guard isHeld[node] else { return nil }
      return Share(
        low: min(low[node], expected[node]), expected: expected[node], high: max(high[node], expected[node]))
    }
  }

  /// How a site counts.
  public enum Origin: Sendable, Hashable {
    case counts, doesNot, notKnown
  }

  struct Way {
    var source: Int
    var weight: Double
    var isEstimate: Bool
  }

  enum Mixture {
    /// Nothing supplies the node, or it holds none of the elements.
    case nothing
    /// What is there was made at this site.
    case made(Key<Site>)
    case mixed(Range<Int>)
    /// What is there cannot be told.
    case notKnown
  }

  public let graph: ProductionGraph
  public let elements: [String]
  private(set) var mixtures: [Mixture] = []
  private(set) var ways: [Way] = []

  /// For each node, whether it holds some of the elements, or may.
  private(set) var isHeld: [Bool]

  /// Finds out what mixes with what, for all of the chemical elements together.
  ///
  /// An input of a mass is weighed by its composition. One whose composition is not given counts as without the elements where another input of
  /// the same operation is known to hold them, and is all there is where it is the only one. Inputs that are counted in pieces cannot be
  /// weighed against others.
  ///
  /// - Parameters:
  ///   - graph: whose baseline is traced.
  ///   - elements: symbols, such as `Dy`.
  /// - Complexity: O(nodes + lanes).
  public init(of graph: ProductionGraph, elements: [String]) {
    self.graph = graph
    self.elements = elements
    isHeld = Array(repeating: false, count: graph.nodes.count)
    let fractions = graph.network.materials.rows.map { Self.fraction(of: elements, in: $0) }
    mixtures.reserveCapacity(graph.nodes.count)
    for node in graph.nodes.indices {
      let found: [Way]?
      if node < graph.operations.count {
        guard graph.isOperableInBaseline[node] else {
          mixtures.append(.nothing)
          continue
        }
        if graph.lanes(into: node).isEmpty {
          mixtures.append(.made(graph.operations[node].site))
          continue
        }
        found = inputs(of: node, fractions)
      } else {
        // The split of an estimate may be any other.
        let lanes = graph.lanes(into: node).filter {
          graph.baseline.share[$0] > 0 || !graph.baseline.isKnown[$0]
        }
        found = lanes.map { lane in
          Way(
            source: graph.source(ofLane: lane), weight: graph.baseline.share[lane],
            isEstimate: !graph.baseline.isKnown[lane])
        }
      }
      guard let found else {
        mixtures.append(.notKnown)
        continue
      }
      let total = found.reduce(0) { $0 + $1.weight }
      if total > 0 {
        let start = ways.count
        ways += found.map { Way(source: $0.source, weight: $0.weight / total, isEstimate: $0.isEstimate) }
        mixtures.append(.mixed(start..<ways.count))
      } else {
        mixtures.append(.nothing)
      }
    }
    hold(fractions)
  }

  /// The part of a material's mass that is one of the elements; nil if its composition is not given.
  private static func fraction(of elements: [String], in material: Material) -> Double? {
    if material.elements.isEmpty { return nil }
    return material.elements.reduce(0) { elements.contains($1.symbol) ? $0 + $1.fraction : $0 }
  }
}

// MARK: What mixes

extension OriginContent {
  /// The slots of an operation, each by the mass of the elements that it brings to a unit of activity; nil if that cannot be told.
  private func inputs(of operation: Int, _ fractions: [Double?]) -> [Way]? {
    var known: [Way] = []
    var notWeighed: [Int] = []
    for lane in graph.lanes(into: operation) {
      let slot = graph.source(ofLane: lane)
      guard let mass = mass(into: slot, fractions) else {
        notWeighed.append(slot)
        continue
      }
      if mass > 0 { known.append(Way(source: slot, weight: mass, isEstimate: false)) }
    }
    if known.isEmpty {
      if notWeighed.count == 1 { return [Way(source: notWeighed[0], weight: 1, isEstimate: false)] }
      return notWeighed.isEmpty ? [] : nil
    }
    let isCounted = notWeighed.contains { slot in
      graph.lanes(into: slot).contains {
        graph.baseline.share[$0] > 0 && (weight(ofUnitAlong: $0, fractions) ?? 0) > 0
      }
    }
    return isCounted ? nil : known
  }

  /// The part of a unit of a lane's material that is one of the elements; nil if that is not given.
  private func weight(ofUnitAlong lane: Int, _ fractions: [Double?]) -> Double? {
    graph.lanes[lane].material.flatMap { fractions[$0.position] }
  }

  /// The mass of the elements that a slot takes for a unit of activity; nil if it is not known or counted in pieces.
  private func mass(into slot: Int, _ fractions: [Double?]) -> Double? {
    var sum = 0.0
    for lane in graph.lanes(into: slot) where graph.baseline.share[lane] > 0 {
      guard let material = graph.lanes[lane].material, let fraction = fractions[material.position] else {
        return nil
      }
      if fraction == 0 { continue }
      guard graph.network.materials[material].unit.dimension.measure == .mass else { return nil }
      sum += graph.baseline.share[lane] / graph.lanes[lane].worth * fraction
    }
    return sum
  }

  /// Marks all nodes that hold something because some nodes do.
  private mutating func spread(from nodes: [Int], _ fractions: [Double?]) {
    var path = nodes
    for node in path { isHeld[node] = true }
    while let node = path.popLast() {
      for position in graph.lanesOutOf.edges(from: NodeIndex(node)) {
        let lane = graph.lanesOutOf.edgeIndices[position].position
        let target = graph.lanesOutOf.targets[position].position
        guard !isHeld[target], case .mixed(let range) = mixtures[target],
          ways[range].contains(where: { $0.source == node }),
          graph.lanes[lane].material == nil || weight(ofUnitAlong: lane, fractions) ?? 1 > 0
        else { continue }
        isHeld[target] = true
        path.append(target)
      }
    }
  }

  /// Marks the nodes that hold some of the elements, or may.
  private mutating func hold(_ fractions: [Double?]) {
    var path: [Int] = []
    for (node, mixture) in mixtures.enumerated() {
      switch mixture {
      case .made where node < graph.operations.count:
        guard let process = graph.operations[node].process else { continue }
        let outputs = graph.network.processes[process].outputs
        if outputs.contains(where: { fractions[$0.material.position] ?? 1 > 0 }) { path.append(node) }
      case .notKnown: path.append(node)
      default: break
      }
    }
    spread(from: path, fractions)
    // What comes out of an operation that nothing brings any of it came from somewhere else.
    for node in graph.settlingOrder.nodes where node < graph.operations.count && !isHeld[node] {
      guard let process = graph.operations[node].process, graph.isOperableInBaseline[node],
        graph.network.processes[process].outputs.contains(where: { fractions[$0.material.position] ?? 0 > 0 })
      else { continue }
      mixtures[node] = .notKnown
      spread(from: [node], fractions)
    }
    // What holds nothing has no part in a mixture.
    for node in mixtures.indices {
      guard case .mixed(let range) = mixtures[node] else { continue }
      let total = ways[range].reduce(0) { isHeld[$1.source] ? $0 + $1.weight : $0 }
      for way in range {
        ways[way].weight = isHeld[ways[way].source] && total > 0 ? ways[way].weight / total : 0
      }
      if total <= 0 { mixtures[node] = .nothing }
    }
  }
}

// MARK: Tracing

extension OriginContent {
  /// Whether a node of the graph holds some of the elements, or may.
  public func holds(_ node: Int) -> Bool { isHeld[node] }

  /// The part of every mixture that comes from the sites that count.
  ///
  /// - Parameters:
  ///   - origin: how a site counts that makes something out of nothing.
  ///   - replaces: the sites whose processes give their own origin to what they make, whatever it is made of.
  /// - Returns: shares at all nodes, with the residual of the equations.
  /// - Complexity: O(nodes + ways); loops are gone round until nothing changes by more than 10⁻¹⁴, at most 20,000 times.
  public func field(
    from origin: (Key<Site>) -> Origin, replacedAt replaces: (Key<Site>) -> Bool = { _ in false }
  ) -> Field {
    var field = Field(
      low: Array(repeating: 0, count: graph.nodes.count),
      expected: Array(repeating: 0, count: graph.nodes.count),
      high: Array(repeating: 0, count: graph.nodes.count), isHeld: isHeld)
    var isFixed = [Bool](repeating: false, count: graph.nodes.count)
    func fix(_ node: Int, at site: Key<Site>) {
      let counts = origin(site)
      field.low[node] = counts == .counts ? 1 : 0
      field.expected[node] = field.low[node]
      field.high[node] = counts == .doesNot ? 0 : 1
      isFixed[node] = true
    }
    for group in graph.settlingOrder.groups {
      let members = graph.settlingOrder.nodes[group]
      for node in members {
        if node < graph.operations.count, isHeld[node], graph.operations[node].process != nil,
          replaces(graph.operations[node].site)
        {
          fix(node, at: graph.operations[node].site)
          continue
        }
        switch mixtures[node] {
        case .nothing: break
        case .notKnown: field.high[node] = 1
        case .made(let site): fix(node, at: site)
        case .mixed: field.high[node] = members.count > 1 ? 1 : 0
        }
      }
      for pass in 0..<20_000 {
        var change = 0.0
        for node in members {
          guard !isFixed[node], case .mixed(let range) = mixtures[node] else { continue }
          let next = mixed(range, field)
          change = max(
            change, abs(next.expected - field.expected[node]), abs(next.low - field.low[node]),
            abs(next.high - field.high[node]))
          (field.low[node], field.expected[node], field.high[node]) = (next.low, next.expected, next.high)
        }
        if members.count == 1 || change <= 1e-14 || pass == 19_999 {
          if members.count > 1 { field.residual = max(field.residual, change) }
          break
        }
      }
    }
    return field
  }

  /// How much of what a node holds was made at each site, by the best estimate.
  ///
  /// Sites with no part are left out, the others come in the order of the network. What cannot be traced is left out too, so
  /// that the parts add up to 1 less that.
  ///
  /// - Complexity: O(nodes + ways); loops are gone round until less than 10⁻¹⁶ is on the way, at most 20,000 times.
  public func makers(of node: Int) -> [(site: Key<Site>, part: Double)] {
    guard isHeld[node] else { return [] }
    var visits = [Double](repeating: 0, count: graph.nodes.count)
    var parts = [Double](repeating: 0, count: graph.network.sites.count)
    visits[node] = 1
    for group in graph.settlingOrder.groups.reversed() {
      let members = graph.settlingOrder.nodes[group]
      // What is on the way to each member, and what has come to it in all.
      for _ in 0..<20_000 {
        var left = 0.0
        for node in members.reversed() where visits[node] > 0 {
          let now = visits[node]
          visits[node] = 0
          switch mixtures[node] {
          case .made(let site): parts[site.position] += now
          case .mixed(let range):
            for way in ways[range] where way.weight > 0 { visits[way.source] += now * way.weight }
          case .nothing, .notKnown: break
          }
        }
        if members.count == 1 { break }
        for node in members { left += visits[node] }
        if left < 1e-16 { break }
      }
      if members.count > 1 { for node in members { visits[node] = 0 } }
    }
    return graph.network.sites.keys.filter { parts[$0.position] > 0 }.map { ($0, parts[$0.position]) }
  }

  /// The sites that may have made some of what a node holds, in the order of the network.
  ///
  /// Those with a part, and those to which another split of what is estimated may give one.
  ///
  /// - Complexity: O(nodes + ways).
  public func possibleMakers(of node: Int) -> [Key<Site>] {
    guard isHeld[node] else { return [] }
    var isSeen = [Bool](repeating: false, count: graph.nodes.count)
    var isMaker = [Bool](repeating: false, count: graph.network.sites.count)
    var path = [node]
    isSeen[node] = true
    while let node = path.popLast() {
      switch mixtures[node] {
      case .made(let site): isMaker[site.position] = true
      case .mixed(let range):
        for way in ways[range] where isHeld[way.source] && !isSeen[way.source] {
          isSeen[way.source] = true
          path.append(way.source)
        }
      case .nothing, .notKnown: break
      }
    }
    return graph.network.sites.keys.filter { isMaker[$0.position] }
  }

  /// The right side of a node's equation; estimated ways may each have all of the weight that they have together.
  private func mixed(_ range: Range<Int>, _ field: Field) -> (low: Double, expected: Double, high: Double) {
    var sum = (low: 0.0, expected: 0.0, high: 0.0)
    var free = 0.0
    var least = 1.0
    var most = 0.0
    for way in ways[range] where way.weight > 0 || way.isEstimate && isHeld[way.source] {
      sum.expected += way.weight * field.expected[way.source]
      if way.isEstimate {
        free += way.weight
        least = min(least, field.low[way.source])
        most = max(most, field.high[way.source])
      } else {
        sum.low += way.weight * field.low[way.source]
        sum.high += way.weight * field.high[way.source]
      }
    }
    if free > 0 {
      sum.low += free * least
      sum.high += free * most
    }
    return (min(1, sum.low), min(1, sum.expected), min(1, sum.high))
  }
}
