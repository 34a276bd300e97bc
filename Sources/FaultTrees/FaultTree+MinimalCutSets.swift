extension FaultTree {
  /// Whether the tree consists of conjunctions, disjunctions and votes only, so that it can do without a diagram of
  /// the top event.
  var isPlain: Bool {
    order.allSatisfy { gate in
      switch gates[gate].operation {
      case .and, .or, .atLeast, .identity: true
      case .not, .xor, .nand, .nor, .implies, .iff: false
      }
    }
  }

  /// Finds the minimal cut sets of a plain tree up to an order, gate by gate, without a diagram of the top event.
  ///
  /// Sets that are too large are dropped as soon as they come up, which makes this the way for large trees whose
  /// small sets are few. Nothing is said of probability.
  ///
  /// - Complexity: about linear in the nodes of the families of all gates. No recursion.
  /// - Throws: ``FaultTreeError/nodeLimit(_:)``.
  /// - Precondition: the tree is plain.
  func minimalCutSets(orderLimit: Int, nodeLimit: Int) throws(FaultTreeError) -> MinimalCutSets {
    let variables = variables(isDeep ? .smallestFirst : .mostUsedFirst)
    var families = FamilyAlgebra(nodeLimit: nodeLimit)
    let budget = UInt32(clamping: orderLimit)
    var familyOfGate = ContiguousArray(repeating: ZeroSuppressedDiagram.none, count: gates.count)
    func family(
      _ input: Input, _ families: inout FamilyAlgebra
    ) throws(FaultTreeError) -> ZeroSuppressedDiagram.Family {
      switch input {
      case .event(let event):
        budget == 0 ? ZeroSuppressedDiagram.none : try families.event(variables.levelOfEvent[event])
      case .gate(let gate): familyOfGate[gate]
      case .house(let event):
        houseEvents[event].state ? ZeroSuppressedDiagram.empty : ZeroSuppressedDiagram.none
      case .constant(let state): state ? ZeroSuppressedDiagram.empty : ZeroSuppressedDiagram.none
      }
    }
    for position in order {
      var inputs: ContiguousArray<ZeroSuppressedDiagram.Family> = []
      for input in gates[position].inputs { inputs.append(try family(input, &families)) }
      let least: Int? =
        switch gates[position].operation {
        case .or: 1
        case .and: nil
        case .atLeast(let least): least
        default: nil
        }
      familyOfGate[position] = try families.atLeast(least ?? inputs.count, of: inputs, budget)
    }
    let root = try family(top, &families)
    return MinimalCutSets(
      tree: self, orderLimit: orderLimit, diagram: families.diagram, root: root,
      eventOfLevel: variables.eventOfLevel)
  }
}

/// Unions and products of families of minimal sets, of which only the minimal sets up to an order are kept.
private struct FamilyAlgebra {
  typealias Family = ZeroSuppressedDiagram.Family

  private(set) var diagram: ZeroSuppressedDiagram
  private var known = Memo()
  private var least: ContiguousArray<UInt32> = [.max, 0]
  private var heights: ContiguousArray<UInt32> = [0, 0]
  private var steps: Int
  private let nodeLimit: Int

  init(nodeLimit: Int) {
    diagram = ZeroSuppressedDiagram(nodeLimit: nodeLimit)
    steps = 64 * nodeLimit
    self.nodeLimit = nodeLimit
  }

  mutating func event(_ level: UInt32) throws(FaultTreeError) -> Family {
    try diagram.family(level: level, high: ZeroSuppressedDiagram.empty, low: ZeroSuppressedDiagram.none)
  }

  /// The minimal sets that make so many of some families true.
  mutating func atLeast(
    _ least: Int, of families: ContiguousArray<Family>, _ budget: UInt32
  ) throws(FaultTreeError) -> Family {
    if least <= 0 { return ZeroSuppressedDiagram.empty }
    if least > families.count { return ZeroSuppressedDiagram.none }
    // The fewest sets and the deepest levels first, so that products are small and each step adds above.
    let sorted = families.sorted { one, other in
      (diagram.level(one), one) > (diagram.level(other), other)
    }
    // Entry k holds "at least k of the families so far".
    var reached = ContiguousArray(repeating: ZeroSuppressedDiagram.none, count: least + 1)
    reached[0] = ZeroSuppressedDiagram.empty
    for (number, family) in sorted.enumerated() {
      let highest = min(least, number + 1)
      let lowest = max(1, least - (families.count - number - 1))
      guard lowest <= highest else { continue }
      for k in stride(from: highest, through: lowest, by: -1) {
        let both = try result(.product, family, reached[k - 1], budget)
        reached[k] = try result(.union, reached[k], both, .max)
      }
    }
    return reached[least]
  }

  private enum Operation: UInt32 { case union, product }

  private struct Task {
    var operation: Operation
    var first: Family
    var second: Family
    var budget: UInt32
  }

  /// The union or the product of two families, the latter up to a budget.
  private mutating func result(
    _ operation: Operation, _ first: Family, _ second: Family, _ budget: UInt32
  ) throws(FaultTreeError) -> Family {
    var stack: [Task] = []
    if let simple = value(operation, first, second, budget, &stack) { return simple }
    while let task = stack.last {
      guard steps > 0 else { throw .nodeLimit(nodeLimit) }
      steps -= 1
      let before = stack.count
      let found =
        task.operation == .union ? try union(task, &stack) : try product(task, &stack)
      guard stack.count == before, let found else { continue }
      known[task.first, task.second, tag(task)] = found
      stack.removeLast()
      if stack.isEmpty { return found }
    }
    return ZeroSuppressedDiagram.none
  }

  private func tag(_ task: Task) -> UInt32 {
    task.operation == .union ? .max : min(task.budget, .max - 1)
  }

  /// What an operation gives if it is simple or known; else nil, and the task is added to the stack.
  private mutating func value(
    _ operation: Operation, _ one: Family, _ other: Family, _ budget: UInt32, _ stack: inout [Task]
  ) -> Family? {
    let first = min(one, other)
    let second = max(one, other)
    var budget = budget
    switch operation {
    case .union:
      if first == ZeroSuppressedDiagram.none || first == second { return second }
      if first == ZeroSuppressedDiagram.empty { return first }
      budget = .max
    case .product:
      if first == ZeroSuppressedDiagram.none { return first }
      measure(second)
      if max(least[Int(first)], least[Int(second)]) > budget { return ZeroSuppressedDiagram.none }
      if budget >= heights[Int(first)] + heights[Int(second)] {
        budget = .max
        if first == ZeroSuppressedDiagram.empty || first == second { return second }
      }
    }
    let task = Task(operation: operation, first: first, second: second, budget: budget)
    if let found = known[first, second, tag(task)] { return found }
    stack.append(task)
    return nil
  }

  private mutating func union(_ task: Task, _ stack: inout [Task]) throws(FaultTreeError) -> Family? {
    let a = diagram.table[task.first]
    let b = diagram.table[task.second]
    let level = min(a.level, b.level)
    let low = value(
      .union, a.level == level ? a.low : task.first, b.level == level ? b.low : task.second, .max, &stack)
    let high = value(
      .union, a.level == level ? a.high : ZeroSuppressedDiagram.none,
      b.level == level ? b.high : ZeroSuppressedDiagram.none, .max, &stack)
    guard let low, let high else { return nil }
    return try node(level, high, low)
  }

  private mutating func product(_ task: Task, _ stack: inout [Task]) throws(FaultTreeError) -> Family? {
    let a = diagram.table[task.first]
    let b = diagram.table[task.second]
    let level = min(a.level, b.level)
    let (a1, a0) = a.level == level ? (a.high, a.low) : (ZeroSuppressedDiagram.none, task.first)
    let (b1, b0) = b.level == level ? (b.high, b.low) : (ZeroSuppressedDiagram.none, task.second)
    let low = value(.product, a0, b0, task.budget, &stack)
    guard task.budget > 0 else { return low }
    let rest = task.budget == .max ? .max : task.budget - 1
    // With the event: it may be in either set, or in both.
    let either = value(.union, b1, b0, .max, &stack)
    let second = value(.product, a0, b1, rest, &stack)
    guard let either, let second, let low else { return nil }
    guard let first = value(.product, a1, either, rest, &stack),
      let high = value(.union, first, second, .max, &stack)
    else { return nil }
    return try node(level, high, low)
  }

  private mutating func node(_ level: UInt32, _ high: Family, _ low: Family) throws(FaultTreeError) -> Family
  {
    try diagram.family(
      level: level, high: try diagram.sets(of: high, withoutSupersetsOf: low), low: low)
  }

  /// Brings the least and the largest orders of families up to date.
  private mutating func measure(_ family: Family) {
    while least.count <= Int(family) {
      let node = diagram.table[UInt32(least.count)]
      least.append(min(least[Int(node.high)] + 1, least[Int(node.low)]))
      heights.append(max(heights[Int(node.high)] + 1, heights[Int(node.low)]))
    }
  }
}
