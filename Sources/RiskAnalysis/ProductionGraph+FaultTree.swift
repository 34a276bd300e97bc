public import FaultTrees
public import SupplyModel

/// The failure of one product as a fault tree over elements of a network.
public struct ProductFailure: Sendable {
  public let demand: Key<Demand>

  /// Its top event is that the product can no longer be made or had, which is certain if it cannot even today.
  public let tree: FaultTree

  /// The element behind each basic event of the tree, in its order.
  public let elements: [Element]
}

/// Why the failure of products cannot be written as fault trees.
public struct FaultTreeTooLarge: Error, Sendable, Hashable {
  /// How many gates there would be at least.
  public let gates: Int
}

extension ProductionGraph {
  /// How the failure of elements stops each demand: a fault tree whose basic events are elements of some levels.
  ///
  /// An operation fails if one of its own elements or one of its slots does; everything that has alternatives fails
  /// if all of its open lanes do, each with its source or with one of its own elements; what a stock fills does not
  /// fail. A technology counts for the
  /// sites known to need it for running.
  ///
  /// In a loop, being operable is the *least* fixpoint of these rules, since a loop cannot feed itself. With *f*
  /// nodes whose removal leaves no loop, everything in the loop follows from what those are: take them as failed,
  /// settle all others, settle them anew, and repeat. Whatever elements fail, each repetition can only make more of
  /// the *f* nodes operable, so after at most *f* of them nothing changes any more, and what is reached
  /// from "all failed" is the least fixpoint. So the tree holds each loop at most *f* + 1 times.
  ///
  /// - Parameters:
  ///   - state: what runs before any element fails.
  ///   - levels: the levels of elements that may fail; several together give sets of mixed elements.
  ///   - probabilities: how likely elements are to fail, from 0 to 1; the others are not known.
  ///   - gateLimit: the most gates that may be built.
  /// - Returns: a tree for each demand, in the network's order; it holds only the gates and events that matter to it.
  /// - Complexity: O(lanes × (f + 1)); at the level of lanes also buyers × sellers of each market.
  /// - Throws: `FaultTreeTooLarge` if loops or markets take more gates than allowed.
  public func failures(
    in state: GraphState, at levels: Set<Element.Level>, probabilities: [Element: Double] = [:],
    gateLimit: Int = 4_000_000
  ) throws(FaultTreeTooLarge) -> [ProductFailure] {
    var builder = try FailureBuilder(self, state, levels, gateLimit)
    try builder.settle()
    return network.demand.keys.map { demand in
      builder.failure(of: demand, probabilities)
    }
  }
}

/// Builds the formulas of all nodes, equal ones once.
private struct FailureBuilder {
  private let graph: ProductionGraph
  private let state: GraphState
  private let isOperable: [Bool]
  private let atHand: Set<Int>
  private let gateLimit: Int
  private var table: ElementTable
  private var formulas = Formulas()

  /// For each node the formula of its failure.
  private var failure: [Formula]

  /// For each node that is no operation, its open lanes.
  private var ways: [[Way]]

  /// A way into a node: it fails with its source, or with any of some elements.
  private struct Way {
    var source: Int
    var elements: [UInt32]
  }

  init(
    _ graph: ProductionGraph, _ state: GraphState, _ levels: Set<Element.Level>, _ gateLimit: Int
  ) throws(FaultTreeTooLarge) {
    self.graph = graph
    self.state = state
    self.gateLimit = gateLimit
    isOperable = graph.operability(in: state)
    atHand = Set(state.atHand)
    table = ElementTable(of: graph, at: levels)
    failure = Array(repeating: .certain, count: graph.nodes.count)
    ways = Array(repeating: [], count: graph.nodes.count)
    var count = 0
    for node in graph.nodes.indices.dropFirst(graph.operations.count) where isOperable[node] {
      if !table.hasLanes {
        ways[node] = openLanes(into: node).map {
          Way(source: graph.source(ofLane: $0), elements: own($0))
        }
      } else if graph.isNeed(node) {
        ways[node] = waysOfLanes(into: node)
      }
      count += ways[node].count
      guard count <= gateLimit else { throw FaultTreeTooLarge(gates: count) }
    }
  }

  private func openLanes(into node: Int) -> [Int] {
    graph.lanes(into: node).filter { state.open[$0] > 0 && isOperable[graph.source(ofLane: $0)] }
  }

  private func own(_ lane: Int) -> [UInt32] { table.ownOfLane.isEmpty ? [] : table.ownOfLane[lane] }

  /// One way for each seller, behind whatever hubs, since a lane is lost to a buyer as a whole.
  private mutating func waysOfLanes(into node: Int) -> [Way] {
    let buyer = graph.buyer(at: node)
    var result: [Way] = []
    for first in openLanes(into: node) {
      // Lanes to follow, with what fails on the way so far, and whether something is sold on it.
      var path = [(lane: first, elements: own(first))]
      while let (lane, elements) = path.popLast() {
        let source = graph.source(ofLane: lane)
        guard source >= graph.operations.count else {
          var elements = elements
          if let buyer, lane != first || graph.lanes[first].flow != nil {
            let sold = Element.Lane(
              from: graph.operations[source].site, to: buyer, graph.lanes[first].material)
            elements.append(table.number(of: sold))
          }
          result.append(Way(source: source, elements: elements))
          continue
        }
        for next in openLanes(into: source).reversed() { path.append((next, elements + own(next))) }
      }
    }
    return result
  }

  // MARK: Formulas of nodes

  private func sources(of node: Int) -> [Int] {
    node < graph.operations.count
      ? graph.lanes(into: node).map { graph.source(ofLane: $0) } : ways[node].map(\.source)
  }

  private mutating func formula(_ node: Int) -> Formula {
    if atHand.contains(node) { return .impossible }
    if node < graph.operations.count {
      let own = table.ownOfOperation[node].map { Formula.event(Int($0)) }
      return formulas.any(own + sources(of: node).map { failure[$0] })
    }
    return formulas.all(
      ways[node].map { way in
        formulas.any(way.elements.map { .event(Int($0)) } + [failure[way.source]])
      })
  }

  /// Gives every node its formula, each after all that it can be filled from, loop by loop.
  mutating func settle() throws(FaultTreeTooLarge) {
    for group in graph.settlingOrder.groups {
      let members = graph.settlingOrder.nodes[group].filter { isOperable[$0] }
      if group.count == 1 {
        for node in members { failure[node] = formula(node) }
      } else {
        try settleLoop(members)
      }
      guard formulas.gates.count <= gateLimit else { throw FaultTreeTooLarge(gates: formulas.gates.count) }
    }
  }

  private mutating func settleLoop(_ members: [Int]) throws(FaultTreeTooLarge) {
    let (feedback, order) = try split(members)
    for node in feedback { failure[node] = .certain }
    for round in 0...feedback.count {
      for node in order { failure[node] = formula(node) }
      guard round < feedback.count else { break }
      let next = feedback.map { formula($0) }
      let isSettled = zip(feedback, next).allSatisfy { failure[$0] == $1 }
      for (node, formula) in zip(feedback, next) { failure[node] = formula }
      if isSettled { break }
      guard formulas.gates.count <= gateLimit else { throw FaultTreeTooLarge(gates: formulas.gates.count) }
    }
  }

  /// Nodes whose removal leaves no loop among some, and all others in an order in which each follows its sources.
  ///
  /// Taken is again and again the node with the most ways through it of those that still are on a loop or between two.
  private func split(_ members: [Int]) throws(FaultTreeTooLarge) -> (feedback: [Int], order: [Int]) {
    var position: [Int: Int] = [:]
    for (index, node) in members.enumerated() { position[node] = index }
    let into = members.map { node in sources(of: node).compactMap { position[$0] } }
    var out = [[Int]](repeating: [], count: members.count)
    for (node, sources) in into.enumerated() { for source in sources { out[source].append(node) } }
    let edges = into.reduce(0) { $0 + $1.count }

    var inCount = into.map(\.count)
    var outCount = out.map(\.count)
    var isGone = [Bool](repeating: false, count: members.count)
    var pending = members.indices.filter { inCount[$0] == 0 || outCount[$0] == 0 }
    func remove(_ node: Int) {
      isGone[node] = true
      for next in out[node] where !isGone[next] {
        inCount[next] -= 1
        if inCount[next] == 0 { pending.append(next) }
      }
      for before in into[node] where !isGone[before] {
        outCount[before] -= 1
        if outCount[before] == 0 { pending.append(before) }
      }
    }
    var isFeedback = isGone
    var feedback: [Int] = []
    while true {
      while let node = pending.popLast() { if !isGone[node] { remove(node) } }
      var busiest: Int?
      for node in members.indices where !isGone[node] {
        if inCount[node] * outCount[node] > busiest.map({ inCount[$0] * outCount[$0] }) ?? -1 {
          busiest = node
        }
      }
      guard let busiest else { break }
      isFeedback[busiest] = true
      feedback.append(busiest)
      guard (feedback.count + 1) * max(1, edges) <= 8 * gateLimit else {
        throw FaultTreeTooLarge(gates: (feedback.count + 1) * edges)
      }
      remove(busiest)
    }

    var missing = into.map { sources in sources.count { !isFeedback[$0] } }
    var order = members.indices.filter { missing[$0] == 0 && !isFeedback[$0] }
    var next = 0
    while next < order.count {
      for target in out[order[next]] where !isFeedback[target] {
        missing[target] -= 1
        if missing[target] == 0 { order.append(target) }
      }
      next += 1
    }
    return (feedback.map { members[$0] }, order.map { members[$0] })
  }

  // MARK: Trees

  /// The tree of one demand, with only what it depends on.
  func failure(of demand: Key<Demand>, _ probabilities: [Element: Double]) -> ProductFailure {
    let network = graph.network
    var events: [FaultTree.BasicEvent] = []
    var elements: [Element] = []
    var positionOfEvent: [Int: Int] = [:]
    var gates: [FaultTree.Gate] = []
    var positionOfGate: [Int: Int] = [:]
    func input(_ formula: Formula) -> FaultTree.Input {
      switch formula {
      case .certain: return .constant(true)
      case .impossible: return .constant(false)
      case .gate(let gate): return .gate(positionOfGate[gate] ?? 0)
      case .event(let number):
        if let known = positionOfEvent[number] { return .event(known) }
        let element = table.elements[number]
        positionOfEvent[number] = events.count
        elements.append(element)
        events.append(
          .init(
            "\(element.level.rawValue):\(element.id(in: network))", name: element.name(in: network),
            probability: probabilities[element]))
        return .event(events.count - 1)
      }
    }
    let top = failure[graph.node(of: demand)]
    // Formulas are numbered after all that they hold.
    var isNeeded: Set<Int> = []
    var pending: [Int] = []
    if case .gate(let gate) = top { pending = [gate] }
    while let gate = pending.popLast() {
      guard isNeeded.insert(gate).inserted else { continue }
      for case .gate(let child) in formulas.gates[gate].inputs { pending.append(child) }
    }
    for gate in isNeeded.sorted() {
      positionOfGate[gate] = gates.count
      let formula = formulas.gates[gate]
      gates.append(.init(nil, formula.isAll ? .and : .or, formula.inputs.map(input)))
    }
    let name = network.demand[demand].name
    if let last = gates.indices.last {
      gates[last].id = "product:\(network.demand[demand].id)"
      gates[last].name = "\(name) cannot be had"
    }
    let root = input(top)
    do {
      let tree = try FaultTree(
        name: network.demand[demand].id, basicEvents: events, gates: gates, top: root)
      return ProductFailure(demand: demand, tree: tree, elements: elements)
    } catch {
      preconditionFailure("formulas that make no tree: \(error)")
    }
  }
}

/// A formula of failure; a gate has a number.
private enum Formula: Hashable {
  case certain
  case impossible
  case event(Int)
  case gate(Int)
}

/// Conjunctions and disjunctions of formulas, equal ones once, simplified on the way.
private struct Formulas {
  struct Gate: Hashable {
    /// Whether all inputs must fail, or any one.
    var isAll: Bool
    var inputs: [Formula]
  }

  private(set) var gates: [Gate] = []
  private var numbers: [Gate: Int] = [:]

  mutating func all(_ inputs: [Formula]) -> Formula { gate(inputs, isAll: true) }
  mutating func any(_ inputs: [Formula]) -> Formula { gate(inputs, isAll: false) }

  private mutating func gate(_ inputs: [Formula], isAll: Bool) -> Formula {
    let neutral: Formula = isAll ? .certain : .impossible
    let decisive: Formula = isAll ? .impossible : .certain
    var seen: Set<Formula> = []
    var kept: [Formula] = []
    for input in inputs where input != neutral && seen.insert(input).inserted { kept.append(input) }
    if seen.contains(decisive) { return decisive }
    // a ∧ (a ∨ b) is a, and so is a ∨ (a ∧ b).
    kept.removeAll { input in
      guard case .gate(let number) = input, gates[number].isAll != isAll, gates[number].inputs.count <= 32
      else { return false }
      return gates[number].inputs.contains { seen.contains($0) }
    }
    // What a gate of the same kind holds already need not be said again.
    var held: Set<Formula> = []
    for case .gate(let number) in kept where gates[number].isAll == isAll && gates[number].inputs.count <= 32
    {
      held.formUnion(gates[number].inputs)
    }
    kept.removeAll { held.contains($0) }
    if kept.isEmpty { return neutral }
    if kept.count == 1 { return kept[0] }
    let gate = Gate(isAll: isAll, inputs: kept)
    if let known = numbers[gate] { return .gate(known) }
    numbers[gate] = gates.count
    gates.append(gate)
    return .gate(gates.count - 1)
  }
}
