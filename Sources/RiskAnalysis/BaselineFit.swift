import GraphCore
import LinearPrograms
public import SupplyModel

/// A baseline that balances: how much passes through each node and along each lane when every demand is met.
///
/// The demands pull, and every slot, market and demand takes its baseline shares (``BaselineShares``), so that all that is taken is
/// made. With the shares held only one baseline does that; how far it lies from the recorded figures is the misfit.
public struct BaselineFit: Sendable {
  /// A recorded figure that the fitted baseline does not keep.
  public struct Misfit: Sendable, Hashable {
    public enum Subject: Sendable, Hashable {
      /// The activity of an operation, by its position in ``ProductionGraph/operations``.
      case operation(Int)
      case flow(Key<Flow>)
    }

    public let subject: Subject

    /// Both in base units a year.
    public let recorded: Double
    public let fitted: Double

    /// The part of the greater one by which they differ, from 0 to 1.
    public var size: Double {
      let greater = max(recorded, fitted)
      return greater > 0 ? abs(recorded - fitted) / greater : 0
    }
  }

  /// For each node what passes through it in a year: activity, units of a material, or units of a product.
  ///
  /// A slot counts in activity of its operation. What nothing pulls is 0.
  public private(set) var throughput: [Double]

  /// For each lane what it carries in a year, in units of its material; between a slot and its operation, in activity.
  public private(set) var amount: [Double]

  /// For each demand what it wants in a year.
  ///
  /// Where no amount is given, what recorded flows bring; else an equal part of what the
  /// makers of its material have left; a thousandth of what they make if they have nothing left, and 1 if it is not known what
  /// they make.
  public private(set) var need: [Double]

  /// The recorded figures that it does not keep to a millionth, operations first, each in the order of the network.
  public private(set) var misfits: [Misfit]

  /// Sites of a loop that takes more of what it makes than it gives, so that nothing balances; empty if there is none.
  public private(set) var impossibleLoop: [Key<Site>]

  /// What each operation can give, pool by pool.
  let pools: [OutputPool]

  /// Lanes that share what one activity makes: all that carry one output of an operation, or all that leave it.
  struct OutputPool {
    var operation: Int

    /// Units made by one unit of activity.
    var yield: Double
    var lanes: [Int]
  }

  /// - Complexity: O(lanes) without loops; for a loop, that of a linear program of its size.
  init(of graph: ProductionGraph) {
    throughput = Array(repeating: 0, count: graph.nodes.count)
    amount = Array(repeating: 0, count: graph.lanes.count)
    need = Self.needs(of: graph)
    misfits = []
    impossibleLoop = []
    pools = OutputPool.all(of: graph)
    var poolsOf = [[Int]](repeating: [], count: graph.operations.count)
    for (index, pool) in pools.enumerated() { poolsOf[pool.operation].append(index) }
    for demand in graph.network.demand.keys where graph.baselineIsMet(demand) {
      throughput[graph.node(of: demand)] = need[demand.position]
    }
    for range in graph.settlingOrder.groups.reversed() {
      let group = graph.settlingOrder.nodes[range]
      if group.count > 1 { settle(Array(group), poolsOf, in: graph) }
      // A loop is gone through again, so that it balances to rounding.
      for _ in 0..<(group.count > 1 ? 3 : 1) {
        for node in group.reversed() { pull(node, poolsOf, in: graph) }
      }
    }
    misfits = misfits(in: graph)
  }

  /// What a lane carries for each unit that passes through its target.
  private static func weight(_ lane: Int, in graph: ProductionGraph) -> Double {
    graph.isNeed(graph.lanes[lane].target)
      ? graph.baseline.share[lane] / graph.lanes[lane].worth : graph.baseline.share[lane]
  }

  /// Takes from a node what those who buy of it take, and from its own lanes what it takes.
  private mutating func pull(_ node: Int, _ poolsOf: [[Int]], in graph: ProductionGraph) {
    switch graph.nodes[node] {
    case .demand: break
    case .operation:
      throughput[node] = poolsOf[node].reduce(0) { most, pool in
        max(most, pools[pool].lanes.reduce(0) { $0 + amount[$1] } / pools[pool].yield)
      }
    case .slot, .offer, .market:
      throughput[node] = graph.lanesOutOf.edges(from: NodeIndex(node)).reduce(0) {
        $0 + amount[graph.lanesOutOf.edgeIndices[$1].position]
      }
    }
    for lane in graph.lanes(into: node) { amount[lane] = Self.weight(lane, in: graph) * throughput[node] }
  }

  /// Settles nodes that feed each other, all that they feed being settled.
  private mutating func settle(_ group: [Int], _ poolsOf: [[Int]], in graph: ProductionGraph) {
    var program = LinearProgram()
    var column: [Int: Int] = [:]
    for node in group { column[node] = program.addColumn("", cost: 1) }
    var isPulled = false
    func addRow(_ node: Int, _ lanes: [Int], yield: Double) {
      guard let own = column[node] else { return }
      var terms = [LinearProgram.Term(own, yield)]
      var outside = 0.0
      for lane in lanes {
        if let other = column[graph.lanes[lane].target] {
          terms.append(.init(other, -Self.weight(lane, in: graph)))
        } else {
          outside += amount[lane]
        }
      }
      if outside > 0 { isPulled = true }
      _ = program.addRow("", in: outside...Double.infinity, terms)
    }
    for node in group {
      if node < graph.operations.count {
        for pool in poolsOf[node] { addRow(node, pools[pool].lanes, yield: pools[pool].yield) }
      } else {
        let out = graph.lanesOutOf.edges(from: NodeIndex(node))
        addRow(node, out.map { graph.lanesOutOf.edgeIndices[$0].position }, yield: 1)
      }
    }
    guard isPulled else { return }
    if case .optimal(let optimum) = program.solved() {
      for (node, value) in zip(group, optimum.values) { throughput[node] = max(0, value) }
      for node in group {
        for lane in graph.lanes(into: node) { amount[lane] = Self.weight(lane, in: graph) * throughput[node] }
      }
    } else if impossibleLoop.isEmpty {
      let sites = Set(group.filter { $0 < graph.operations.count }.map { graph.operations[$0].site })
      impossibleLoop = sites.sorted()
    }
  }

  /// What each demand wants.
  private static func needs(of graph: ProductionGraph) -> [Double] {
    let network = graph.network
    var made = [Double?](repeating: nil, count: network.materials.count)
    for operation in graph.operationNodes where graph.isOperableInBaseline[operation] {
      guard let process = graph.operations[operation].process else { continue }
      for material in Set(network.processes[process].outputs.map(\.material)).sorted() {
        if let supply = graph.supply(of: material, by: operation) {
          made[material.position] = (made[material.position] ?? 0) + supply
        }
      }
    }
    var taken = [Double](repeating: 0, count: network.materials.count)
    var unknown = [Int](repeating: 0, count: network.materials.count)
    var needs = network.demand.keys.map { demand in
      graph.need[graph.node(of: demand)] ?? recorded(into: graph.node(of: demand), in: graph)
    }
    for (demand, need) in zip(network.demand.rows, needs) {
      if let need { taken[demand.material.position] += need } else { unknown[demand.material.position] += 1 }
    }
    for node in graph.nodes.indices {
      guard case .slot(let operation, let slot) = graph.nodes[node], let need = graph.need[node],
        graph.isOperableInBaseline[operation], let process = graph.operations[operation].process,
        let input = network.processes[process].slots[slot].choices.first
      else { continue }
      taken[input.material.position] += need * input.amount.value
    }
    for (position, demand) in network.demand.rows.enumerated() where needs[position] == nil {
      let material = demand.material.position
      let part = 1 / Double(unknown[material])
      if let made = made[material], made > 0 {
        let left = made - taken[material]
        needs[position] = (left > 1e-6 * made ? left : 1e-3 * made) * part
      } else {
        needs[position] = 1
      }
    }
    return needs.map { $0 ?? 1 }
  }

  /// What recorded flows bring to a demand that buys nothing on a market; nil if that is not known of all of them.
  private static func recorded(into node: Int, in graph: ProductionGraph) -> Double? {
    var sum = 0.0
    var last: Key<Flow>?
    for lane in graph.lanes(into: node) where graph.baseline.share[lane] > 0 {
      let row = graph.lanes[lane]
      guard let flow = row.flow, let volume = row.volume else { return nil }
      if flow != last { sum += volume }
      last = flow
    }
    return sum > 0 ? sum : nil
  }

  private func misfits(in graph: ProductionGraph) -> [Misfit] {
    var found: [Misfit] = []
    func compare(_ subject: Misfit.Subject, _ recorded: Double?, _ fitted: Double) {
      guard let recorded else { return }
      let misfit = Misfit(subject: subject, recorded: recorded, fitted: fitted)
      if misfit.size > 1e-6 { found.append(misfit) }
    }
    for operation in graph.operationNodes where graph.isOperableInBaseline[operation] {
      compare(.operation(operation), graph.operations[operation].baseline, throughput[operation])
    }
    let carried = carriedByFlow(in: graph)
    for flow in graph.network.flows.keys.prefix(graph.ownFlowCount)
    where graph.network.flows[flow].status == .active {
      compare(.flow(flow), graph.network.flows[flow].volume?.value, carried[flow.position])
    }
    return found
  }

  /// For each flow, what its lanes carry together.
  func carriedByFlow(in graph: ProductionGraph) -> [Double] {
    var carried = [Double](repeating: 0, count: graph.network.flows.count)
    for lane in graph.lanes.indices {
      if let flow = graph.lanes[lane].flow { carried[flow.position] += amount[lane] }
    }
    return carried
  }
}

extension BaselineFit.OutputPool {
  /// For each operation and each of its outputs the lanes that carry it; for one whose lanes name no material, all of its lanes as well.
  ///
  /// What one unit of activity gives of an output of amount 0 counts as 1, as it does among inputs.
  static func all(of graph: ProductionGraph) -> [Self] {
    var pools: [Self] = []
    for operation in graph.operationNodes {
      let lanes = graph.lanesOutOf.edges(from: NodeIndex(operation)).map {
        graph.lanesOutOf.edgeIndices[$0].position
      }
      guard let process = graph.operations[operation].process else {
        pools.append(Self(operation: operation, yield: 1, lanes: lanes))
        continue
      }
      let outputs = graph.network.processes[process].outputs
      var seen: Set<Key<Material>> = []
      for output in outputs where seen.insert(output.material).inserted {
        let own = lanes.filter { graph.lanes[$0].material == output.material }
        let yield = outputs.reduce(0) { $1.material == output.material ? $0 + $1.amount.value : $0 }
        if !own.isEmpty { pools.append(Self(operation: operation, yield: yield > 0 ? yield : 1, lanes: own)) }
      }
      if lanes.contains(where: { graph.lanes[$0].material == nil }) {
        let yield = outputs.reduce(0) { $0 + $1.amount.value }
        pools.append(Self(operation: operation, yield: yield > 0 ? yield : 1, lanes: lanes))
      }
    }
    return pools
  }
}
