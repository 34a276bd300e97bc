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
    var sets = ZeroSuppressedDiagram(nodeLimit: nodeLimit)
    let bounds = OrderBounds(diagram)
    var known = PairMemo()
    var frames: [CutFrame] = []
    var edge = top
    var budget = orderLimit.map { UInt32(clamping: $0) } ?? .max

    search: while true {
      // A limit that no set below can exceed is none, so that results are shared.
      if budget >= bounds.height(edge) { budget = .max }
      var result: ZeroSuppressedDiagram.Family
      if edge == BinaryDecisionDiagram.never || bounds.least(edge) > budget {
        result = ZeroSuppressedDiagram.none
      } else if edge == BinaryDecisionDiagram.always {
        result = ZeroSuppressedDiagram.empty
      } else if let found = known[edge, budget] {
        result = found
      } else {
        frames.append(CutFrame(edge: edge, budget: budget, low: nil))
        edge = diagram.children(edge).low
        continue
      }

      while let frame = frames.last {
        guard let low = frame.low else {
          frames[frames.count - 1].low = result
          edge = diagram.children(frame.edge).high
          guard frame.budget == 0 else {
            budget = frame.budget == .max ? .max : frame.budget - 1
            continue search
          }
          // Nothing may be added: only the sets without this event remain.
          result = ZeroSuppressedDiagram.none
          continue
        }
        frames.removeLast()
        let high = try sets.sets(of: result, withoutSupersetsOf: low)
        result = try sets.family(level: diagram.level(frame.edge), high: high, low: low)
        known[frame.edge, frame.budget] = result
      }
      return MinimalCutSets(
        tree: tree, orderLimit: orderLimit, diagram: sets, root: result, eventOfLevel: eventOfLevel)
    }
  }
}

private struct CutFrame {
  var edge: BinaryDecisionDiagram.Edge
  var budget: UInt32
  var low: ZeroSuppressedDiagram.Family?
}

/// For every function of a diagram the least number of events that make it true, and the most levels
/// on a way through it.
private struct OrderBounds {
  private var leastPlain: ContiguousArray<UInt32>
  private var leastNegated: ContiguousArray<UInt32>
  private var heights: ContiguousArray<UInt32>

  init(_ diagram: BinaryDecisionDiagram) {
    let count = diagram.table.count
    leastPlain = [0]
    leastNegated = [.max]
    heights = [0]
    leastPlain.reserveCapacity(count)
    leastNegated.reserveCapacity(count)
    heights.reserveCapacity(count)
    var index: UInt32 = 1
    while index < count {
      let node = diagram.table[index]
      func added(_ least: UInt32) -> UInt32 { least == .max ? .max : least + 1 }
      leastPlain.append(min(least(node.low), added(least(node.high))))
      leastNegated.append(min(least(node.low ^ 1), added(least(node.high ^ 1))))
      heights.append(1 + max(height(node.low), height(node.high)))
      index += 1
    }
  }

  func least(_ edge: BinaryDecisionDiagram.Edge) -> UInt32 {
    edge & 1 == 0 ? leastPlain[Int(edge >> 1)] : leastNegated[Int(edge >> 1)]
  }

  func height(_ edge: BinaryDecisionDiagram.Edge) -> UInt32 { heights[Int(edge >> 1)] }
}

/// Results by pairs of numbers, none forgotten.
private struct PairMemo {
  private var keys = ContiguousArray<UInt64>(repeating: .max, count: 64)
  private var values = ContiguousArray<UInt32>(repeating: 0, count: 64)
  private var count = 0

  private func slot(of key: UInt64) -> Int {
    let mask = keys.count - 1
    var slot = NodeTable.hash(0, UInt32(key >> 32), UInt32(truncatingIfNeeded: key)) & mask
    while keys[slot] != .max, keys[slot] != key { slot = (slot + 1) & mask }
    return slot
  }

  subscript(first: UInt32, second: UInt32) -> UInt32? {
    get {
      let key = UInt64(first) << 32 | UInt64(second)
      let slot = slot(of: key)
      return keys[slot] == key ? values[slot] : nil
    }
    set {
      guard let newValue else { return }
      if count * 2 >= keys.count { grow() }
      let key = UInt64(first) << 32 | UInt64(second)
      let slot = slot(of: key)
      if keys[slot] != key { count += 1 }
      keys[slot] = key
      values[slot] = newValue
    }
  }

  private mutating func grow() {
    let old = (keys, values)
    keys = ContiguousArray(repeating: .max, count: old.0.count * 4)
    values = ContiguousArray(repeating: 0, count: old.0.count * 4)
    for (key, value) in zip(old.0, old.1) where key != .max {
      let slot = slot(of: key)
      keys[slot] = key
      values[slot] = value
    }
  }
}
