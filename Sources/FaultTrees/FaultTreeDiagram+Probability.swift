/// How much one basic event matters for the top event *S*.
///
/// Where the top event is impossible (probability 0), criticality and Fussell-Vesely are 0.
public struct EventImportance: Sendable, Hashable {
  /// The position of the event in ``FaultTree/basicEvents``.
  public var event: Int

  /// *p*, from 0 to 1.
  public var probability: Double

  /// P(S | event) − P(S | no event), from −1 to 1, and from 0 for a coherent tree (MIF).
  public var birnbaum: Double

  /// *p* × birnbaum ÷ P(S) (CIF).
  public var criticality: Double

  /// P(event | S), from 0 to 1: the definition of SCRAM, which calls it DIF.
  public var fussellVesely: Double

  /// P(S | event) ÷ P(S): risk achievement worth; 1 if both are 0, infinite if only P(S) is.
  public var riskAchievement: Double

  /// P(S) ÷ P(S | no event): risk reduction worth; 1 if both are 0, infinite if nothing happens without
  /// the event.
  public var riskReduction: Double
}

extension FaultTreeDiagram {
  /// The probability of the top event, exact but for rounding: only sums and products of positive
  /// numbers, so that small probabilities keep their digits.
  ///
  /// - Complexity: O(nodes).
  /// - Throws: ``FaultTreeError/probabilityMissing(event:)`` for an event that the top depends on.
  public func probability() throws(FaultTreeError) -> Double {
    Sweep(self, try probabilities(ownership())).probability(top)
  }

  /// The importance of every basic event, in the order of ``FaultTree/basicEvents``.
  ///
  /// An event that the top does not depend on has 0 for birnbaum and 1 for both worths. It is left out
  /// if its probability is not known.
  ///
  /// - Complexity: O(nodes × log levels) for all events together.
  /// - Throws: ``FaultTreeError/probabilityMissing(event:)`` for an event that the top depends on.
  public func importances() throws(FaultTreeError) -> [EventImportance] {
    let ownership = ownership()
    let sweep = Sweep(self, try probabilities(ownership))
    let total = sweep.probability(top)
    var conditionOfEvent = [Condition?](repeating: nil, count: tree.basicEvents.count)
    for (level, condition) in conditions(sweep, ownership).enumerated() where eventOfLevel[level] >= 0 {
      conditionOfEvent[eventOfLevel[level]] = condition
    }

    return tree.basicEvents.enumerated().compactMap { position, event in
      guard let probability = event.probability else { return nil }
      let condition = conditionOfEvent[position] ?? Condition(difference: 0, with: total, without: total)
      return EventImportance(
        event: position, probability: probability, birnbaum: condition.difference,
        criticality: total > 0 ? probability * condition.difference / total : 0,
        fussellVesely: total > 0 ? min(1, probability * (condition.with / total)) : 0,
        riskAchievement: Self.ratio(condition.with, total),
        riskReduction: Self.ratio(total, condition.without))
    }
  }

  /// The events that the top depends on and whose probability is not known, in the tree's order.
  public var eventsWithoutProbability: [Int] {
    zip(eventOfLevel, ownership().ofLevel).filter { event, owner in
      event >= 0 && owner >= 0 && tree.basicEvents[event].probability == nil
    }.map(\.0).sorted()
  }

  private static func ratio(_ numerator: Double, _ denominator: Double) -> Double {
    if denominator > 0 { numerator / denominator } else { numerator > 0 ? .infinity : 1 }
  }

  /// The probabilities by level; 0 for modules, and for events that the function does not depend on after all.
  private func probabilities(_ ownership: Ownership) throws(FaultTreeError) -> ContiguousArray<Double> {
    var result: ContiguousArray<Double> = []
    for (level, event) in eventOfLevel.enumerated() {
      guard event >= 0 else {
        result.append(0)
        continue
      }
      let probability = tree.basicEvents[event].probability
      if probability == nil, ownership.ofLevel[level] >= 0 {
        throw .probabilityMissing(event: tree.basicEvents[event].id)
      }
      result.append(probability ?? 0)
    }
    return result
  }

  /// For each level the probability of the top given its variable.
  ///
  /// Each module is walked once from its top; what its variables do to the whole follows from what they do to the
  /// module, and from what the module does.
  private func conditions(_ sweep: Sweep, _ ownership: Ownership) -> ContiguousArray<Condition?> {
    // The variables of a module stand together, in the order of their levels.
    var starts = ContiguousArray(repeating: 0, count: ownership.roots.count + 1)
    for owner in ownership.ofLevel where owner >= 0 { starts[owner + 1] += 1 }
    for module in ownership.roots.indices { starts[module + 1] += starts[module] }
    var slotOfLevel = ContiguousArray(repeating: -1, count: eventOfLevel.count)
    var levelOfSlot = ContiguousArray(repeating: 0, count: starts[ownership.roots.count])
    var next = starts
    for (level, owner) in ownership.ofLevel.enumerated() where owner >= 0 {
      slotOfLevel[level] = next[owner]
      levelOfSlot[next[owner]] = level
      next[owner] += 1
    }

    let local = sweep.conditions(diagram, ownership.roots, starts, slotOfLevel)
    var result = ContiguousArray<Condition?>(repeating: nil, count: eventOfLevel.count)
    for module in ownership.roots.indices {
      let whole = module == 0 ? nil : result[ownership.levels[module]]
      for slot in starts[module]..<starts[module + 1] {
        let one = local[slot]
        result[levelOfSlot[slot]] =
          whole.map { whole in
            Condition(
              difference: whole.difference * one.difference,
              with: whole.with * one.with + whole.without * (1 - one.with),
              without: whole.with * one.without + whole.without * (1 - one.without))
          } ?? one
      }
    }
    return result
  }
}

/// A function given that one variable happens, and given that it does not.
private struct Condition {
  var difference: Double
  var with: Double
  var without: Double
}

/// The probability of every function of a diagram and of its negation, up to the top.
///
/// Both are kept, since 1 − P would lose the digits of whatever is close to certain.
private struct Sweep {
  /// By level, modules included.
  private var probabilities: ContiguousArray<Double>
  private var plain: ContiguousArray<Double> = [1]
  private var negated: ContiguousArray<Double> = [0]

  init(_ source: FaultTreeDiagram, _ probabilities: ContiguousArray<Double>) {
    self.probabilities = probabilities
    let count = Int(source.top >> 1) + 1
    plain.reserveCapacity(count)
    negated.reserveCapacity(count)
    var index: UInt32 = 1
    while index < count {
      let node = source.diagram.table[index]
      let module = source.moduleOfLevel[Int(node.level)]
      if module != BinaryDecisionDiagram.never {
        self.probabilities[Int(node.level)] = probability(module)
      }
      let p = self.probabilities[Int(node.level)]
      plain.append(p * probability(node.high) + (1 - p) * probability(node.low))
      negated.append(p * probability(node.high ^ 1) + (1 - p) * probability(node.low ^ 1))
      index += 1
    }
  }

  func probability(_ edge: UInt32) -> Double {
    edge & 1 == 0 ? plain[Int(edge >> 1)] : negated[Int(edge >> 1)]
  }

  /// For each slot what its variable does to its module: one walk from the top of each for the probability of
  /// coming to a node, plain and negated.
  func conditions(
    _ diagram: BinaryDecisionDiagram, _ roots: ContiguousArray<UInt32>, _ starts: ContiguousArray<Int>,
    _ slotOfLevel: ContiguousArray<Int>
  ) -> ContiguousArray<Condition> {
    var result = ContiguousArray(
      repeating: Condition(difference: 0, with: 0, without: 0), count: starts[roots.count])
    var past = RangeSums(count: result.count)
    guard let top = roots.first else { return result }
    var ways = ContiguousArray(repeating: 0.0, count: 2 * (Int(top >> 1) + 1))
    var endOfSlot = ContiguousArray(repeating: 0, count: result.count)
    for (module, root) in roots.enumerated() {
      let slots = starts[module]..<starts[module + 1]
      for slot in slots { endOfSlot[slot] = slots.upperBound }
      ways[Int(root)] = 1
      let level = diagram.level(root)
      let first = level == NodeTable.bottom ? slots.upperBound : slotOfLevel[Int(level)]
      past.add(probability(root), from: slots.lowerBound, to: first)
    }

    for edge in stride(from: Int(top >> 1) * 2 + 1, through: 2, by: -1) where ways[edge] > 0 {
      let way = ways[edge]
      let (high, low) = diagram.children(UInt32(edge))
      let level = Int(diagram.level(UInt32(edge)))
      let slot = slotOfLevel[level]
      let p = probabilities[level]
      result[slot].difference += way * (probability(high) - probability(low))
      result[slot].with += way * probability(high)
      result[slot].without += way * probability(low)
      for (child, share) in [(high, way * p), (low, way * (1 - p))] {
        ways[Int(child)] += share
        let below = diagram.level(child)
        past.add(
          share * probability(child), from: slot + 1,
          to: below == NodeTable.bottom ? endOfSlot[slot] : slotOfLevel[Int(below)])
      }
    }
    for slot in result.indices {
      // What reaches the function without asking for this one happens either way.
      let rest = past.sum(at: slot)
      result[slot].with += rest
      result[slot].without += rest
    }
    return result
  }
}

/// Sums at positions to which numbers are added range by range, without ever subtracting.
private struct RangeSums {
  private var sums: ContiguousArray<Double>
  private let count: Int

  init(count: Int) {
    self.count = count
    sums = ContiguousArray(repeating: 0, count: 2 * count)
  }

  mutating func add(_ value: Double, from start: Int, to end: Int) {
    guard value > 0 else { return }
    var (left, right) = (start + count, end + count)
    while left < right {
      if left & 1 == 1 {
        sums[left] += value
        left += 1
      }
      if right & 1 == 1 {
        right -= 1
        sums[right] += value
      }
      left >>= 1
      right >>= 1
    }
  }

  func sum(at position: Int) -> Double {
    var node = position + count
    var sum = 0.0
    while node > 0 {
      sum += sums[node]
      node >>= 1
    }
    return sum
  }
}
