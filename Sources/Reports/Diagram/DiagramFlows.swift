import RiskAnalysis
import SupplyModel

/// A line of the diagram: all that one box sends to another.
struct DiagramFlow: Sendable, Hashable {
  var from: Int
  var to: Int

  /// The part of the buyer's inputs that comes this way in the baseline, from 0 to 1.
  var shareOfBuyer: Double

  /// The part of the buyer's inputs that comes this way and that a ban would stop at the border.
  var banned: Double
}

/// A seller's box and a buyer's box.
struct DiagramPair: Sendable, Hashable {
  var from: Int
  var to: Int
}

/// What flows between the boxes of a diagram.
struct DiagramFlows: Sendable {
  /// All flows, by buyer, then by share from the largest down, then by seller.
  var flows: [DiagramFlow]

  /// Adds up the baseline supply of each box by the boxes that it comes from.
  ///
  /// A slot weighs the same as every other slot of its process, a site as its share of the box. What passes
  /// through offers and markets is traced to the makers behind them.
  ///
  /// - Complexity: O(lanes × boxes that sell through one market).
  init(of graph: ProductionGraph, cells: DiagramCells, shares: StageShares, state: GraphState) {
    let nodes = graph.nodes
    // For each offer and each market, who stands behind it.
    var behind = [[Int: Part]](repeating: [:], count: nodes.count)
    func cell(of operation: Int) -> Int? {
      cells.cellOfSite[graph.operations[operation].site.position]
    }
    func supply(into node: Int) -> [Int: Part] {
      var result: [Int: Part] = [:]
      for lane in graph.lanes(into: node) where graph.baseline.share[lane] > 0 {
        let part = graph.baseline.share[lane]
        let open = state.open[lane]
        let source = graph.lanes[lane].source
        if case .operation(let operation) = nodes[source] {
          guard let cell = cell(of: operation) else { continue }
          result[cell, default: Part()].add(Part(whole: 1, banned: 0), part: part, open: open)
        } else {
          for (cell, supply) in behind[source] {
            result[cell, default: Part()].add(supply, part: part, open: open)
          }
        }
      }
      return result
    }
    // Markets stand behind offers, slots and demands behind markets.
    for node in nodes.indices {
      if case .offer = nodes[node] { behind[node] = supply(into: node) }
    }
    for node in nodes.indices {
      if case .market = nodes[node] { behind[node] = supply(into: node) }
    }

    let cellOfDemand = cells.cellOfDemand
    var into = [[Int: Part]](repeating: [:], count: cells.cells.count)
    let weight = Self.weights(of: graph, cells: cells, shares: shares)
    for node in nodes.indices {
      let target: Int
      let part: Double
      switch nodes[node] {
      case .slot(let operation, _):
        guard let cell = cell(of: operation) else { continue }
        (target, part) = (cell, weight[operation] / Double(graph.lanes(into: operation).count))
      case .demand(let demand):
        guard let cell = cellOfDemand[demand.position] else { continue }
        target = cell
        part = 1 / Double(cells.cells[target].demands.count)
      default: continue
      }
      for (cell, supply) in supply(into: node) {
        into[target][cell, default: Part()].add(supply, part: part, open: 1)
      }
    }
    flows = into.enumerated().flatMap { target, parts in
      parts.filter { $0.key != target && $0.value.whole > 0 }
        .map {
          DiagramFlow(from: $0.key, to: target, shareOfBuyer: $0.value.whole, banned: $0.value.banned)
        }
        .sorted { ($0.shareOfBuyer, $1.from) > ($1.shareOfBuyer, $0.from) }
    }
  }

  /// A part of a supply, and how much of it a ban stops.
  private struct Part {
    var whole = 0.0
    var banned = 0.0

    /// Adds a part of another that comes along a lane, which lets from 0 to 1 of it pass.
    mutating func add(_ other: Part, part: Double, open: Double) {
      whole += part * other.whole
      banned += part * (other.whole - open * (other.whole - other.banned))
    }
  }

  /// For each operation, its part of the box that it is drawn in; the parts of a box add up to 1.
  static func weights(
    of graph: ProductionGraph, cells: DiagramCells, shares: StageShares
  ) -> [Double] {
    let isOperable = graph.operability(in: graph.state(under: .none))
    var total = [Double](repeating: 0, count: cells.cells.count)
    var known = total
    var weight = [Double](repeating: 0, count: graph.operations.count)
    func cell(_ operation: Int) -> Int? {
      isOperable[operation] ? cells.cellOfSite[graph.operations[operation].site.position] : nil
    }
    for operation in graph.operationNodes {
      guard let cell = cell(operation) else { continue }
      known[cell] += shares.ofSite[graph.operations[operation].site.position] ?? 0
    }
    for operation in graph.operationNodes {
      guard let cell = cell(operation) else { continue }
      weight[operation] =
        known[cell] > 0 ? shares.ofSite[graph.operations[operation].site.position] ?? 0 : 1
      total[cell] += weight[operation]
    }
    for operation in graph.operationNodes {
      if let cell = cell(operation), total[cell] > 0 { weight[operation] /= total[cell] }
    }
    return weight
  }

  /// The flows worth drawing, in the order of `flows`.
  ///
  /// For each buyer: everything from a tenth of its inputs up, at most four; its largest supplier; and its largest supplier
  /// with another badge than that one, so that the way around a ban can be seen. For each seller without a line:
  /// its largest. Last, those between the pairs of boxes in `always`.
  func drawn(in cells: DiagramCells, always: Set<DiagramPair> = []) -> [DiagramFlow] {
    var isDrawn = flows.map { always.contains(DiagramPair(from: $0.from, to: $0.to)) }
    var count: [Int: Int] = [:]
    var largest: [Int: Int] = [:]
    var hasSecond: Set<Int> = []
    for (index, flow) in flows.enumerated() {
      let badge = cells.cells[flow.from].badge
      if let first = largest[flow.to] {
        if flow.shareOfBuyer >= 0.1, count[flow.to, default: 0] < 4 {
          isDrawn[index] = true
        } else if flow.shareOfBuyer >= 0.002, !hasSecond.contains(flow.to),
          cells.cells[flows[first].from].badge != badge
        {
          isDrawn[index] = true
        }
        if isDrawn[index], cells.cells[flows[first].from].badge != badge { hasSecond.insert(flow.to) }
      } else {
        largest[flow.to] = index
        isDrawn[index] = true
      }
      if isDrawn[index] { count[flow.to, default: 0] += 1 }
    }
    var bestOfSeller: [Int: Int] = [:]
    var sells: Set<Int> = []
    for (index, flow) in flows.enumerated() {
      if isDrawn[index] { sells.insert(flow.from) }
      if let best = bestOfSeller[flow.from], flows[best].shareOfBuyer >= flow.shareOfBuyer { continue }
      bestOfSeller[flow.from] = index
    }
    for cell in cells.cells.indices where !sells.contains(cell) {
      if let best = bestOfSeller[cell] { isDrawn[best] = true }
    }
    return flows.indices.filter { isDrawn[$0] }.map { flows[$0] }
  }
}
