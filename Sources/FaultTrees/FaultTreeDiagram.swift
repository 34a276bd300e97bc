/// The top event of a fault tree as binary decision diagrams, from which every figure is exact.
///
/// Each module of the tree has a diagram of its own, in which the modules directly within it stand as single
/// variables (see ``FaultTree/variables(_:)``); together they share one table of nodes.
public struct FaultTreeDiagram: Sendable {
  public let tree: FaultTree

  var diagram: BinaryDecisionDiagram
  let top: BinaryDecisionDiagram.Edge

  /// For each level, from the top, the position of its event; −1 for a module.
  let eventOfLevel: ContiguousArray<Int>

  /// For each level of a module its function, which is negated if need be so that it does not hold while nothing
  /// happens; `never` for levels of events and for modules that came to less than a module.
  let moduleOfLevel: ContiguousArray<BinaryDecisionDiagram.Edge>

  let nodeLimit: Int

  /// The most nodes that a diagram may have if nothing else is said: about half a gigabyte.
  public static let defaultNodeLimit = 16_000_000

  /// Builds the diagrams, with the events in the order of a depth-first walk from the top.
  ///
  /// If one way to walk takes more than a quarter of the limit, others are tried as far.
  ///
  /// - Parameters:
  ///   - tree: what to analyse.
  ///   - nodeLimit: the most nodes that the diagrams may have at any time, at 30 bytes each; 64 times as many
  ///     steps may be taken.
  /// - Complexity: in the worst case exponential in the events, and then the limit ends it; for most
  ///   trees that people write about the square of the gates. No recursion.
  /// - Throws: ``FaultTreeError/nodeLimit(_:)``.
  public init(_ tree: FaultTree, nodeLimit: Int = Self.defaultNodeLimit) throws(FaultTreeError) {
    let walks = FaultTree.Walk.allCases.filter { !tree.isDeep || $0.suitsDeepTrees }
    for walk in walks {
      do {
        try self.init(tree, walk, nodeLimit: max(1, nodeLimit / 4), mayGrowTo: nodeLimit)
        return
      } catch {
        guard case .nodeLimit = error else { throw error }
      }
    }
    try self.init(tree, walks[0], nodeLimit: nodeLimit, mayGrowTo: nodeLimit)
  }

  private init(
    _ tree: FaultTree, _ walk: FaultTree.Walk, nodeLimit: Int, mayGrowTo wholeLimit: Int
  ) throws(FaultTreeError) {
    self.tree = tree
    self.nodeLimit = wholeLimit
    let variables = tree.variables(walk)
    eventOfLevel = variables.eventOfLevel
    var modules = ContiguousArray(repeating: BinaryDecisionDiagram.never, count: eventOfLevel.count)

    var diagram = BinaryDecisionDiagram(nodeLimit: nodeLimit)
    var functions = ContiguousArray(repeating: BinaryDecisionDiagram.never, count: tree.gates.count)
    func function(
      _ input: FaultTree.Input, _ diagram: inout BinaryDecisionDiagram
    ) throws(FaultTreeError) -> BinaryDecisionDiagram.Edge {
      switch input {
      case .event(let event): try diagram.event(variables.levelOfEvent[event])
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
      let found = try diagram.function(of: gate.operation, &inputs)
      functions[position] = found
      let level = variables.levelOfModule[position]
      // A constant or a single variable needs nothing that stands for it.
      if level != NodeTable.bottom, !diagram.isVariable(found) {
        let sign: BinaryDecisionDiagram.Edge = diagram.holdsOfNothing(found) ? 1 : 0
        modules[Int(level)] = found ^ sign
        functions[position] = try diagram.event(level) ^ sign
      }
    }
    top = try function(tree.top, &diagram)
    self.diagram = diagram
    moduleOfLevel = modules
  }

  /// How many nodes were made on the way to the diagrams.
  public var nodeCount: Int { diagram.table.count }

  /// Which module each variable is directly in.
  struct Ownership {
    /// For each level the number of its module, the top being 0; −1 for a level that does not matter after all.
    var ofLevel: ContiguousArray<Int>

    /// The function of each module, from the top down.
    var roots: ContiguousArray<BinaryDecisionDiagram.Edge>

    /// The level that stands for each module where it is used; −1 for the top.
    var levels: ContiguousArray<Int>
  }

  func ownership() -> Ownership {
    var result = Ownership(
      ofLevel: ContiguousArray(repeating: -1, count: eventOfLevel.count), roots: [top], levels: [-1])
    var ofNode = ContiguousArray<Int32>(repeating: -1, count: Int(top >> 1) + 1)
    ofNode[Int(top >> 1)] = 0
    // Children come before their parents, and a module before all that use it.
    for index in stride(from: Int(top >> 1), to: 0, by: -1) where ofNode[index] >= 0 {
      let node = diagram.table[UInt32(index)]
      let level = Int(node.level)
      if result.ofLevel[level] < 0 {
        result.ofLevel[level] = Int(ofNode[index])
        let module = moduleOfLevel[level]
        if module != BinaryDecisionDiagram.never {
          ofNode[Int(module >> 1)] = Int32(truncatingIfNeeded: result.roots.count)
          result.roots.append(module)
          result.levels.append(level)
        }
      }
      for child in [node.high, node.low] where child > BinaryDecisionDiagram.never {
        ofNode[Int(child >> 1)] = ofNode[index]
      }
    }
    return result
  }
}

extension BinaryDecisionDiagram {
  /// Whether a function is constant, or one variable or its negation.
  func isVariable(_ edge: Edge) -> Bool {
    let node = table[edge >> 1]
    return edge <= Self.never || node.high <= Self.never && node.low <= Self.never
  }

  /// Whether a function holds when no variable does.
  func holdsOfNothing(_ edge: Edge) -> Bool {
    var edge = edge
    while edge > Self.never { edge = children(edge).low }
    return edge == Self.always
  }

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
