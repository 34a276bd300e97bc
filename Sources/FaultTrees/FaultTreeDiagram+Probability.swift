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
    Sweep(diagram, top, try probabilities()).probability(top)
  }

  /// The importance of every basic event, in the order of ``FaultTree/basicEvents``.
  ///
  /// An event that the top does not depend on has 0 for birnbaum and 1 for both worths. It is left out
  /// if its probability is not known.
  ///
  /// - Complexity: O(nodes × log levels) for all events together.
  /// - Throws: ``FaultTreeError/probabilityMissing(event:)`` for an event that the top depends on.
  public func importances() throws(FaultTreeError) -> [EventImportance] {
    let sweep = Sweep(diagram, top, try probabilities())
    let total = sweep.probability(top)
    let conditions = sweep.conditions(diagram, top, levelCount: eventOfLevel.count)
    var conditionOfEvent = [Condition?](repeating: nil, count: tree.basicEvents.count)
    for (level, event) in eventOfLevel.enumerated() { conditionOfEvent[event] = conditions[level] }

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

  private static func ratio(_ numerator: Double, _ denominator: Double) -> Double {
    if denominator > 0 { numerator / denominator } else { numerator > 0 ? .infinity : 1 }
  }

  /// The probabilities by level; 0 for events that the function does not depend on after all.
  private func probabilities() throws(FaultTreeError) -> ContiguousArray<Double> {
    var isUsed = ContiguousArray(repeating: false, count: eventOfLevel.count)
    var isReached = ContiguousArray(repeating: false, count: Int(top >> 1) + 1)
    isReached[Int(top >> 1)] = true
    for index in stride(from: Int(top >> 1), to: 0, by: -1) where isReached[index] {
      let node = diagram.table[UInt32(index)]
      isUsed[Int(node.level)] = true
      isReached[Int(node.high >> 1)] = true
      isReached[Int(node.low >> 1)] = true
    }
    var result: ContiguousArray<Double> = []
    for (level, event) in eventOfLevel.enumerated() {
      let probability = tree.basicEvents[event].probability
      if probability == nil, isUsed[level] {
        throw .probabilityMissing(event: tree.basicEvents[event].id)
      }
      result.append(probability ?? 0)
    }
    return result
  }
}

/// The top event given that one event happens, and given that it does not.
private struct Condition {
  var difference: Double
  var with: Double
  var without: Double
}

/// The probability of every function of a diagram and of its negation, up to the top.
///
/// Both are kept, since 1 − P would lose the digits of whatever is close to certain.
private struct Sweep {
  private let probabilities: ContiguousArray<Double>
  private var plain: ContiguousArray<Double> = [1]
  private var negated: ContiguousArray<Double> = [0]

  init(_ diagram: BinaryDecisionDiagram, _ top: UInt32, _ probabilities: ContiguousArray<Double>) {
    self.probabilities = probabilities
    let count = Int(top >> 1) + 1
    plain.reserveCapacity(count)
    negated.reserveCapacity(count)
    var index: UInt32 = 1
    while index < count {
      let node = diagram.table[index]
      let p = probabilities[Int(node.level)]
      plain.append(p * probability(node.high) + (1 - p) * probability(node.low))
      negated.append(p * probability(node.high ^ 1) + (1 - p) * probability(node.low ^ 1))
      index += 1
    }
  }

  func probability(_ edge: UInt32) -> Double {
    edge & 1 == 0 ? plain[Int(edge >> 1)] : negated[Int(edge >> 1)]
  }

  /// One walk from the top: for each node the probability of coming to it, plain and negated.
  func conditions(
    _ diagram: BinaryDecisionDiagram, _ top: UInt32, levelCount: Int
  ) -> ContiguousArray<Condition> {
    var result = ContiguousArray(
      repeating: Condition(difference: 0, with: 0, without: 0), count: levelCount)
    var past = RangeSums(count: levelCount)
    var ways = ContiguousArray(repeating: 0.0, count: 2 * (Int(top >> 1) + 1))
    ways[Int(top)] = 1
    past.add(probability(top), from: 0, to: level(diagram, top, levelCount))

    for edge in stride(from: Int(top >> 1) * 2 + 1, through: 2, by: -1) where ways[edge] > 0 {
      let way = ways[edge]
      let (high, low) = diagram.children(UInt32(edge))
      let level = level(diagram, UInt32(edge), levelCount)
      let p = probabilities[level]
      result[level].difference += way * (probability(high) - probability(low))
      result[level].with += way * probability(high)
      result[level].without += way * probability(low)
      for (child, share) in [(high, way * p), (low, way * (1 - p))] {
        ways[Int(child)] += share
        past.add(share * probability(child), from: level + 1, to: self.level(diagram, child, levelCount))
      }
    }
    for level in result.indices {
      // What reaches the top event without asking for this one happens either way.
      let rest = past.sum(at: level)
      result[level].with += rest
      result[level].without += rest
    }
    return result
  }

  private func level(_ diagram: BinaryDecisionDiagram, _ edge: UInt32, _ levelCount: Int) -> Int {
    min(Int(diagram.level(edge)), levelCount)
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
