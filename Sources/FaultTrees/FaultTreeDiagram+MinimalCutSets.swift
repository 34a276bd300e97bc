extension FaultTreeDiagram {
  /// Finds the minimal cut sets: the least sets of events that cause the top event.
  ///
  /// Of a tree that negates, these are the least sets of events that cause the top event while nothing
  /// else happens; equally the minimal cut sets of its coherent hull, the least tree without negation
  /// that contains it. What must *not* happen is left out, which is on the safe side.
  ///
  /// - Parameter orderLimit: the most events that a set may have; `nil` for all sets.
  /// - Returns: the sets in one diagram, from which they are counted and listed.
  /// - Complexity: about linear in the nodes of the diagram and of the result, and with a limit in the
  ///   limit; the number of sets does not matter. No recursion.
  /// - Throws: ``FaultTreeError/nodeLimit(_:)``.
  /// - Source: A. Rauzy, "Mathematical foundations of minimal cutsets", IEEE Transactions on
  ///   Reliability 50(4), 2001.
  public func minimalCutSets(orderLimit: Int? = nil) throws(FaultTreeError) -> MinimalCutSets {
    precondition(orderLimit.map { $0 >= 0 } ?? true, "a limit of at least 0")
    let budget = orderLimit.map { UInt32(clamping: $0) } ?? .max
    var search = CutSearch(self)
    // A module does not hold while nothing happens, so its sets take the place of its variable as they are: a
    // set that must not hold something is free to.
    let modules = ownership().roots.dropFirst()
    for module in modules.reversed() {
      let sets = try search.sets(of: module, budget)
      search.modules[module] = try search.expanded(sets, budget)
    }
    let sets = try search.sets(of: top, budget)
    let root = !modules.isEmpty ? try search.expanded(sets, budget) : sets
    return MinimalCutSets(
      tree: tree, orderLimit: orderLimit, diagram: search.families, root: root, eventOfLevel: eventOfLevel)
  }
}

extension FaultTreeDiagram {
  /// How many events the smallest cut set has; `nil` if nothing causes the top event.
  ///
  /// - Complexity: O(nodes).
  public var leastOrder: Int? {
    let least = OrderBounds(self).least(top)
    return least == .max ? nil : Int(least)
  }
}

/// Finds sets of variables, and puts the sets of modules in the place of their variables.
///
/// Everywhere a *budget* says how many events a set may still have. Where no set could have more, it is `max`, so
/// that results are shared.
private struct CutSearch {
  private let source: FaultTreeDiagram
  private let bounds: OrderBounds
  var families: ZeroSuppressedDiagram

  /// The sets of events of each module that was expanded, by its function.
  var modules: [BinaryDecisionDiagram.Edge: ZeroSuppressedDiagram.Family] = [:]

  private var known = Memo()
  private var heights = FamilyHeights()
  private var knownExpansions = Memo()

  init(_ source: FaultTreeDiagram) {
    self.source = source
    families = ZeroSuppressedDiagram(nodeLimit: source.nodeLimit)
    bounds = OrderBounds(source)
  }

  private struct Frame {
    var edge: BinaryDecisionDiagram.Edge
    var budget: UInt32
    var low: ZeroSuppressedDiagram.Family?
  }

  /// The minimal sets of variables of a function; a module counts as the fewest events that cause it.
  mutating func sets(
    of function: BinaryDecisionDiagram.Edge, _ whole: UInt32
  ) throws(FaultTreeError) -> ZeroSuppressedDiagram.Family {
    let diagram = source.diagram
    var frames: ContiguousArray<Frame> = []
    var edge = function
    var budget = whole
    search: while true {
      if budget >= bounds.height(edge) { budget = .max }
      var result: ZeroSuppressedDiagram.Family
      if edge == BinaryDecisionDiagram.never || bounds.least(edge) > budget {
        result = ZeroSuppressedDiagram.none
      } else if edge == BinaryDecisionDiagram.always {
        result = ZeroSuppressedDiagram.empty
      } else if let found = known[edge, budget, 0] {
        result = found
      } else {
        frames.append(Frame(edge: edge, budget: budget, low: nil))
        edge = diagram.children(edge).low
        continue
      }

      while let frame = frames.last {
        let level = diagram.level(frame.edge)
        guard let low = frame.low else {
          frames[frames.count - 1].low = result
          edge = diagram.children(frame.edge).high
          let weight = bounds.weights[Int(level)]
          guard frame.budget < weight else {
            budget = frame.budget == .max ? .max : frame.budget - weight
            continue search
          }
          // Nothing may be added: only the sets without this variable remain.
          result = ZeroSuppressedDiagram.none
          continue
        }
        frames.removeLast()
        let high = try families.sets(of: result, withoutSupersetsOf: low)
        result = try families.family(level: level, high: high, low: low)
        known[frame.edge, frame.budget, 0] = result
      }
      return result
    }
  }

  /// A family in which modules are to be replaced, or the sets of a module joined with the rest of such a family.
  private struct Task {
    /// The family of a module, which is joined with `rest`; `empty` if there is only the rest.
    var module: ZeroSuppressedDiagram.Family
    var rest: ZeroSuppressedDiagram.Family
    var budget: UInt32
  }

  /// The sets of events that sets of variables stand for, up to the budget.
  mutating func expanded(
    _ family: ZeroSuppressedDiagram.Family, _ budget: UInt32
  ) throws(FaultTreeError) -> ZeroSuppressedDiagram.Family {
    let whole = Task(module: ZeroSuppressedDiagram.empty, rest: family, budget: budget)
    var stack = [whole]
    while let task = stack.last {
      let before = stack.count
      let result = try expansion(of: task, &stack)
      guard stack.count == before else { continue }
      stack.removeLast()
      if let result { knownExpansions[task.module, task.rest, shared(task)] = result }
      if stack.isEmpty { return result ?? ZeroSuppressedDiagram.none }
    }
    return ZeroSuppressedDiagram.none
  }

  private mutating func shared(_ task: Task) -> UInt32 {
    guard task.budget != .max else { return .max }
    let most =
      heights.height(of: task.module, families, source, modules)
      + heights.height(of: task.rest, families, source, modules)
    return task.budget >= most ? .max : task.budget
  }

  /// The result of a task if it is known or trivial; else nil, and the task is added to the stack.
  private mutating func value(
    _ module: ZeroSuppressedDiagram.Family, _ rest: ZeroSuppressedDiagram.Family, _ budget: UInt32,
    _ stack: inout [Task]
  ) -> ZeroSuppressedDiagram.Family? {
    if module == ZeroSuppressedDiagram.none || rest == ZeroSuppressedDiagram.none {
      return ZeroSuppressedDiagram.none
    }
    if module == ZeroSuppressedDiagram.empty, rest == ZeroSuppressedDiagram.empty {
      return ZeroSuppressedDiagram.empty
    }
    let task = Task(module: module, rest: rest, budget: budget)
    if let known = knownExpansions[module, rest, shared(task)] { return known }
    stack.append(task)
    return nil
  }

  private mutating func expansion(
    of task: Task, _ stack: inout [Task]
  ) throws(FaultTreeError) -> ZeroSuppressedDiagram.Family? {
    let budget = shared(task)
    func less(_ cost: UInt32) -> UInt32? { budget == .max ? .max : budget < cost ? nil : budget - cost }
    let isRest = task.module == ZeroSuppressedDiagram.empty
    if isRest, task.rest <= ZeroSuppressedDiagram.empty { return task.rest }
    let node = families.table[isRest ? task.rest : task.module]
    guard isRest else {
      // One event of the module more or less.
      let low = value(node.low, task.rest, budget, &stack)
      let high = less(1).map { value(node.high, task.rest, $0, &stack) } ?? ZeroSuppressedDiagram.none
      guard let low, let high else { return nil }
      return try families.family(level: node.level, high: high, low: low)
    }
    let low = value(ZeroSuppressedDiagram.empty, node.low, budget, &stack)
    let function = source.moduleOfLevel[Int(node.level)]
    guard function != BinaryDecisionDiagram.never else {
      let high =
        less(1).map { value(ZeroSuppressedDiagram.empty, node.high, $0, &stack) }
        ?? ZeroSuppressedDiagram.none
      guard let low, let high else { return nil }
      return try families.family(level: node.level, high: high, low: low)
    }
    // The sets without the module hang below all ways past it.
    var chain: ContiguousArray<NodeTable.Node> = []
    var highs: ContiguousArray<ZeroSuppressedDiagram.Family> = []
    var isWhole = low != nil
    var position = modules[function] ?? ZeroSuppressedDiagram.none
    while position > ZeroSuppressedDiagram.empty {
      let part = families.table[position]
      let high = less(1).map { value(part.high, node.high, $0, &stack) } ?? ZeroSuppressedDiagram.none
      isWhole = isWhole && high != nil
      chain.append(part)
      highs.append(high ?? ZeroSuppressedDiagram.none)
      position = part.low
    }
    guard isWhole, var result = low else { return nil }
    for (part, high) in zip(chain, highs).reversed() {
      result = try families.family(level: part.level, high: high, low: result)
    }
    return result
  }
}

/// For every function of a diagram the least number of events that make it true, and a bound on the events
/// of its largest set.
private struct OrderBounds {
  private var leastPlain: ContiguousArray<UInt32> = [0]
  private var leastNegated: ContiguousArray<UInt32> = [.max]
  private var heights: ContiguousArray<UInt32> = [0]

  /// For each level how many events its variable takes at least.
  private(set) var weights: ContiguousArray<UInt32>

  init(_ source: FaultTreeDiagram) {
    let table = source.diagram.table
    let count = table.count
    leastPlain.reserveCapacity(count)
    leastNegated.reserveCapacity(count)
    heights.reserveCapacity(count)
    weights = ContiguousArray(repeating: 1, count: source.eventOfLevel.count)
    var most = weights
    var index: UInt32 = 1
    while index < count {
      let node = table[index]
      let level = Int(node.level)
      let module = source.moduleOfLevel[level]
      if module != BinaryDecisionDiagram.never {
        weights[level] = least(module)
        most[level] = height(module)
      }
      let weight = weights[level]
      func added(_ least: UInt32) -> UInt32 { least == .max || weight == .max ? .max : least + weight }
      leastPlain.append(min(least(node.low), added(least(node.high))))
      leastNegated.append(min(least(node.low ^ 1), added(least(node.high ^ 1))))
      heights.append(max(most[level] + height(node.high), height(node.low)))
      index += 1
    }
  }

  func least(_ edge: BinaryDecisionDiagram.Edge) -> UInt32 {
    edge & 1 == 0 ? leastPlain[Int(edge >> 1)] : leastNegated[Int(edge >> 1)]
  }

  func height(_ edge: BinaryDecisionDiagram.Edge) -> UInt32 { heights[Int(edge >> 1)] }
}

/// For every family the events of its largest set once modules are replaced.
private struct FamilyHeights {
  private var heights: ContiguousArray<UInt32> = [0, 0]

  mutating func height(
    of family: ZeroSuppressedDiagram.Family, _ sets: ZeroSuppressedDiagram, _ source: FaultTreeDiagram,
    _ modules: [BinaryDecisionDiagram.Edge: ZeroSuppressedDiagram.Family]
  ) -> UInt32 {
    while heights.count <= Int(family) {
      let node = sets.table[UInt32(heights.count)]
      let module = source.moduleOfLevel[Int(node.level)]
      let own = module == BinaryDecisionDiagram.never ? 1 : heights[Int(modules[module] ?? 0)]
      heights.append(max(own + heights[Int(node.high)], heights[Int(node.low)]))
    }
    return heights[Int(family)]
  }
}
