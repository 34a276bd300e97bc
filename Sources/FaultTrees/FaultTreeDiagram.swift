/// The top event of a fault tree as a binary decision diagram, from which every figure is exact.
public struct FaultTreeDiagram: Sendable {
  public let tree: FaultTree

  var diagram: BinaryDecisionDiagram
  let top: BinaryDecisionDiagram.Edge

  /// For each level, from the top, the position of its event.
  let eventOfLevel: ContiguousArray<Int>

  let nodeLimit: Int

  /// The most nodes that a diagram may have if nothing else is said: about half a gigabyte.
  public static let defaultNodeLimit = 16_000_000

  /// Builds the diagram, with the events in the order of a depth-first, left-most walk from the top.
  ///
  /// - Parameters:
  ///   - tree: what to analyse.
  ///   - nodeLimit: the most nodes that the diagram may have at any time, at 30 bytes each.
  /// - Complexity: in the worst case exponential in the events, and then the limit ends it; for most
  ///   trees that people write about the square of the gates. No recursion.
  /// - Throws: ``FaultTreeError/nodeLimit(_:)``.
  public init(_ tree: FaultTree, nodeLimit: Int = Self.defaultNodeLimit) throws(FaultTreeError) {
    self.tree = tree
    self.nodeLimit = nodeLimit
    eventOfLevel = tree.eventsInOrder()
    var levels = ContiguousArray(repeating: NodeTable.bottom, count: tree.basicEvents.count)
    for (level, event) in eventOfLevel.enumerated() { levels[event] = UInt32(truncatingIfNeeded: level) }

    var diagram = BinaryDecisionDiagram(nodeLimit: nodeLimit)
    var functions = ContiguousArray(repeating: BinaryDecisionDiagram.never, count: tree.gates.count)
    func function(
      _ input: FaultTree.Input, _ diagram: inout BinaryDecisionDiagram
    ) throws(FaultTreeError) -> BinaryDecisionDiagram.Edge {
      switch input {
      case .event(let event): try diagram.event(levels[event])
      case .gate(let gate): functions[gate]
      case .house(let event): tree.houseEvents[event].state ? 0 : 1
      case .constant(let state): state ? 0 : 1
      }
    }
    for position in tree.order {
      let gate = tree.gates[position]
      var inputs: ContiguousArray<BinaryDecisionDiagram.Edge> = []
      inputs.reserveCapacity(gate.inputs.count)
      for input in gate.inputs { inputs.append(try function(input, &diagram)) }
      functions[position] = try diagram.function(of: gate.operation, &inputs)
    }
    top = try function(tree.top, &diagram)
    self.diagram = diagram
  }

  /// How many nodes were made on the way to the diagram.
  public var nodeCount: Int { diagram.table.count }
}

extension FaultTree {
  /// The events that the top depends on, in the order in which a depth-first walk meets them.
  func eventsInOrder() -> ContiguousArray<Int> {
    var met = [Bool](repeating: false, count: basicEvents.count)
    var opened = [Bool](repeating: false, count: gates.count)
    var events: ContiguousArray<Int> = []
    var stack: [Input] = [top]
    while let input = stack.popLast() {
      switch input {
      case .event(let event) where !met[event]:
        met[event] = true
        events.append(event)
      case .gate(let gate) where !opened[gate]:
        opened[gate] = true
        stack.append(contentsOf: gates[gate].inputs.reversed())
      case .event, .gate, .house, .constant: break
      }
    }
    return events
  }
}

extension BinaryDecisionDiagram {
  /// The function of a gate, whose inputs are sorted on the way where their order does not matter.
  mutating func function(
    of operation: FaultTree.Operation, _ inputs: inout ContiguousArray<Edge>
  ) throws(FaultTreeError) -> Edge {
    switch operation {
    case .identity: return inputs[0]
    case .not: return inputs[0] ^ 1
    case .and: return try all(&inputs)
    case .nand: return try all(&inputs) ^ 1
    case .or, .nor:
      for position in inputs.indices { inputs[position] ^= 1 }
      return try all(&inputs) ^ (operation == .or ? 1 : 0)
    case .implies: return try or(inputs[0] ^ 1, inputs[1])
    case .iff: return try xor(inputs[0], inputs[1]) ^ 1
    case .xor:
      var result = Self.never
      for input in inputs { result = try xor(result, input) }
      return result
    case .atLeast(let least): return try atLeast(least, &inputs)
    }
  }

  /// The deepest first, so that each step touches only what is new above.
  private func sortUpwards(_ inputs: inout ContiguousArray<Edge>) {
    inputs.sort { (level($0), $0) > (level($1), $1) }
  }

  private mutating func all(_ inputs: inout ContiguousArray<Edge>) throws(FaultTreeError) -> Edge {
    sortUpwards(&inputs)
    var result = Self.always
    for input in inputs { result = try and(result, input) }
    return result
  }

  private mutating func atLeast(
    _ least: Int, _ inputs: inout ContiguousArray<Edge>
  ) throws(FaultTreeError) -> Edge {
    guard least > 0 else { return Self.always }
    guard least <= inputs.count else { return Self.never }
    sortUpwards(&inputs)
    // Entry k holds "at least k of the inputs so far".
    var reached = ContiguousArray(repeating: Self.never, count: least + 1)
    reached[0] = Self.always
    for (number, input) in inputs.enumerated() {
      let highest = min(least, number + 1)
      // What the inputs to come can no longer bring to `least` does not matter.
      let lowest = max(1, least - (inputs.count - number - 1))
      guard lowest <= highest else { continue }
      for k in stride(from: highest, through: lowest, by: -1) {
        reached[k] = try or(reached[k], and(input, reached[k - 1]))
      }
    }
    return reached[least]
  }
}
