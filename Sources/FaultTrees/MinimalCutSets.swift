/// The minimal cut sets of a fault tree, held together in one diagram and counted without being listed.
public struct MinimalCutSets: Sendable {
  public let tree: FaultTree

  /// The most events that a set was allowed to have; `nil` if all sets are here.
  public let orderLimit: Int?

  private let diagram: ZeroSuppressedDiagram
  private let root: ZeroSuppressedDiagram.Family
  private let eventOfLevel: ContiguousArray<Int>
  private let tallies: Tallies

  init(
    tree: FaultTree, orderLimit: Int?, diagram: ZeroSuppressedDiagram, root: ZeroSuppressedDiagram.Family,
    eventOfLevel: ContiguousArray<Int>
  ) {
    self.tree = tree
    self.orderLimit = orderLimit
    self.diagram = diagram
    self.root = root
    self.eventOfLevel = eventOfLevel
    tallies = Tallies(diagram, root)
  }

  /// How many sets there are; `nil` for more than `Int.max`.
  public var count: Int? { exact(tallies.total(root)) }

  /// How many sets have so many events: entry *k* for *k* events, up to the largest set.
  ///
  /// `[]` if there is none: the top event is impossible, or takes more events than the limit. `[1]` if the
  /// top event is certain. An entry is `nil` for more than `Int.max`, and the whole if some set has
  /// more than a thousand events more than another and the table were too large.
  public var countsByOrder: [Int?]? {
    guard root != ZeroSuppressedDiagram.none else { return [] }
    guard let orders = tallies.orders else { return nil }
    return (0...orders.range(root).upperBound).map { exact(orders.count(root, $0)) }
  }

  /// For each basic event how many sets hold it; `nil` for more than `Int.max`.
  ///
  /// - Complexity: O(nodes).
  public func occurrences() -> [Int?] {
    var result = [Int](repeating: 0, count: tree.basicEvents.count)
    guard root > ZeroSuppressedDiagram.empty else { return result }
    var ways = ContiguousArray(repeating: 0, count: Int(root) + 1)
    ways[Int(root)] = 1
    for index in stride(from: Int(root), to: 1, by: -1) where ways[index] != 0 {
      let node = diagram.table[UInt32(index)]
      let event = eventOfLevel[Int(node.level)]
      result[event] = Tallies.sum(result[event], Tallies.product(ways[index], tallies.total(node.high)))
      ways[Int(node.high)] = Tallies.sum(ways[Int(node.high)], ways[index])
      ways[Int(node.low)] = Tallies.sum(ways[Int(node.low)], ways[index])
    }
    return result.map(exact)
  }

  /// The first sets, by number of events and then by the ids of the events in ascending order.
  ///
  /// Of the sets of one order that are more than a million, those that come first in the diagram are taken.
  ///
  /// - Parameter limit: how many sets to list at most.
  /// - Returns: each set as positions of ``FaultTree/basicEvents``, ascending by id.
  /// - Complexity: O(sets whose order is reached × their order); sets of larger order cost nothing.
  public func sets(limit: Int) -> [[Int]] {
    guard root != ZeroSuppressedDiagram.none, limit > 0 else { return [] }
    let (rankOfEvent, byID) = ranks()
    var result: [[Int]] = []
    var order = Int(tallies.leastOrder(root))
    let largest = Int(tallies.largestOrder(root))
    while order <= largest, result.count < limit {
      let wanted = limit - result.count
      var ranks: [[Int32]] = []
      var seen = 0
      forEachSet(of: order) { levels in
        ranks.append(levels.map { rankOfEvent[eventOfLevel[Int($0)]] }.sorted())
        seen += 1
        // Only the first are kept, so that memory stays in proportion to what was asked for.
        if ranks.count >= 1024, ranks.count / 2 >= wanted {
          ranks.sort { $0.lexicographicallyPrecedes($1) }
          ranks.removeSubrange(wanted...)
        }
        return seen < 1_000_000
      }
      ranks.sort { $0.lexicographicallyPrecedes($1) }
      result += ranks.prefix(wanted).map { $0.map { byID[Int($0)] } }
      order += 1
    }
    return result
  }

  /// The most probable sets, each with the product of the probabilities of its events, the most probable first.
  ///
  /// Equally probable ones come by number of events and then by ids; which of them are listed if not all can
  /// be depends on the order in the diagram. An event without a probability counts as impossible.
  ///
  /// - Parameter limit: how many sets to list at most.
  /// - Returns: the sets, each as positions of ``FaultTree/basicEvents``, ascending by id.
  /// - Complexity: O(nodes + listed × levels × log).
  public func mostProbableSets(limit: Int) -> [(events: [Int], probability: Double)] {
    guard root != ZeroSuppressedDiagram.none, limit > 0 else { return [] }
    let probabilities = eventOfLevel.map { $0 < 0 ? 0 : tree.basicEvents[$0].probability ?? 0 }
    // The most that a family can bring; less than none for no set.
    var best = ContiguousArray(repeating: -1.0, count: Int(max(root, ZeroSuppressedDiagram.empty)) + 1)
    best[1] = 1
    var index: UInt32 = 2
    while Int(index) < best.count {
      let node = diagram.table[index]
      let high = best[Int(node.high)]
      best[Int(index)] = max(high < 0 ? -1 : probabilities[Int(node.level)] * high, best[Int(node.low)])
      index += 1
    }

    var queue = BestFirst()
    // What was chosen on the way to an entry: the last event, and the entry before it.
    var chosen: ContiguousArray<(level: UInt32, before: Int)> = []
    var found: [(events: [Int], probability: Double)] = []
    queue.push(.init(bound: best[Int(root)], family: root, product: 1, chosen: -1))
    while found.count < limit, let entry = queue.pop() {
      guard entry.family != ZeroSuppressedDiagram.empty else {
        var events: [Int] = []
        var step = entry.chosen
        while step >= 0 {
          events.append(eventOfLevel[Int(chosen[step].level)])
          step = chosen[step].before
        }
        found.append((events, entry.product))
        continue
      }
      let node = diagram.table[entry.family]
      if best[Int(node.low)] >= 0 {
        queue.push(
          .init(
            bound: entry.product * best[Int(node.low)], family: node.low, product: entry.product,
            chosen: entry.chosen))
      }
      let product = entry.product * probabilities[Int(node.level)]
      chosen.append((node.level, entry.chosen))
      queue.push(
        .init(
          bound: product * best[Int(node.high)], family: node.high, product: product,
          chosen: chosen.count - 1))
    }

    let (rankOfEvent, _) = ranks()
    let sorted = found.map { one in
      (events: one.events.sorted { rankOfEvent[$0] < rankOfEvent[$1] }, probability: one.probability)
    }
    return sorted.sorted { one, other in
      if one.probability != other.probability { return one.probability > other.probability }
      if one.events.count != other.events.count { return one.events.count < other.events.count }
      return one.events.map { rankOfEvent[$0] }.lexicographicallyPrecedes(
        other.events.map { rankOfEvent[$0] })
    }
  }

  /// For each event its place among all by id, and the events in that order.
  private func ranks() -> (ofEvent: ContiguousArray<Int32>, byID: [Int]) {
    let ids = tree.basicEvents.map(\.id)
    let byID = ids.indices.sorted { ids[$0] < ids[$1] }
    var ranks = ContiguousArray<Int32>(repeating: 0, count: ids.count)
    for (rank, event) in byID.enumerated() { ranks[event] = Int32(truncatingIfNeeded: rank) }
    return (ranks, byID)
  }

  private func exact(_ count: Int) -> Int? { count == .max ? nil : count }

  /// Hands out the levels of every set with so many of them, until `body` says that it is enough.
  private func forEachSet(of order: Int, _ body: (ContiguousArray<UInt32>) -> Bool) {
    var levels: ContiguousArray<UInt32> = []
    // A node to look at, with how many levels were chosen above it.
    var pending: [(family: ZeroSuppressedDiagram.Family, chosen: Int, level: UInt32?)] = [(root, 0, nil)]
    while let (family, chosen, level) = pending.popLast() {
      levels.removeSubrange((level == nil ? chosen : chosen - 1)...)
      if let level { levels.append(level) }
      guard tallies.hasSet(family, order - chosen) else { continue }
      guard family != ZeroSuppressedDiagram.empty else {
        if !body(levels) { return }
        continue
      }
      let node = diagram.table[family]
      pending.append((node.low, chosen, nil))
      pending.append((node.high, chosen + 1, node.level))
    }
  }
}

/// How many sets each node of a diagram holds, in all and by order; `Int.max` for that many or more.
private struct Tallies: Sendable {
  private var totals: ContiguousArray<Int>
  private var least: ContiguousArray<UInt32>
  private var largest: ContiguousArray<UInt32>
  private(set) var orders: Orders?

  struct Orders: Sendable {
    fileprivate var offsets: ContiguousArray<Int> = []
    fileprivate var ranges: ContiguousArray<ClosedRange<UInt32>> = []
    fileprivate var counts: ContiguousArray<Int> = []

    func range(_ family: UInt32) -> ClosedRange<Int> {
      let range = ranges[Int(family)]
      return Int(range.lowerBound)...Int(range.upperBound)
    }

    func count(_ family: UInt32, _ order: Int) -> Int {
      guard family != ZeroSuppressedDiagram.none, range(family).contains(order) else { return 0 }
      return counts[offsets[Int(family)] + order - range(family).lowerBound]
    }
  }

  init(_ diagram: ZeroSuppressedDiagram, _ root: UInt32) {
    let count = Int(max(root, ZeroSuppressedDiagram.empty)) + 1
    var isUsed = ContiguousArray(repeating: false, count: count)
    isUsed[Int(root)] = true
    for index in stride(from: count - 1, to: 1, by: -1) where isUsed[index] {
      let node = diagram.table[UInt32(index)]
      isUsed[Int(node.high)] = true
      isUsed[Int(node.low)] = true
    }

    totals = ContiguousArray(repeating: 0, count: count)
    least = ContiguousArray(repeating: .max, count: count)
    largest = ContiguousArray(repeating: 0, count: count)
    totals[1] = 1
    least[1] = 0
    var cells = 2
    for index in 2..<max(2, count) where isUsed[index] {
      let node = diagram.table[UInt32(index)]
      let (high, low) = (Int(node.high), Int(node.low))
      totals[index] = Self.sum(totals[high], totals[low])
      least[index] = min(least[high] + 1, least[low])
      largest[index] = max(largest[high] + 1, largest[low])
      cells += Int(largest[index] - least[index]) + 1
    }

    guard cells <= max(1 << 24, 32 * count) else { return }
    var orders = Orders()
    orders.counts.reserveCapacity(cells)
    for index in 0..<count {
      orders.offsets.append(orders.counts.count)
      guard isUsed[index] || index == 1, index != 0 else {
        orders.ranges.append(0...0)
        continue
      }
      orders.ranges.append(least[index]...largest[index])
      guard index > 1 else {
        orders.counts.append(1)
        continue
      }
      let node = diagram.table[UInt32(index)]
      for order in Int(least[index])...Int(largest[index]) {
        let sum = Self.sum(orders.count(node.high, order - 1), orders.count(node.low, order))
        orders.counts.append(sum)
      }
    }
    self.orders = orders
  }

  func total(_ family: UInt32) -> Int { totals[Int(family)] }
  func leastOrder(_ family: UInt32) -> UInt32 { least[Int(family)] }
  func largestOrder(_ family: UInt32) -> UInt32 { largest[Int(family)] }

  /// Whether a family has a set of so many levels; perhaps, where counts by order were too many to keep.
  func hasSet(_ family: UInt32, _ order: Int) -> Bool {
    guard family != ZeroSuppressedDiagram.none, order >= 0 else { return false }
    guard let orders else { return order >= least[Int(family)] && order <= largest[Int(family)] }
    return orders.count(family, order) > 0
  }

  static func sum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  static func product(_ a: Int, _ b: Int) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : product
  }
}

/// Entries of a search, from which the one with the highest bound is taken first, and of equal ones the oldest.
private struct BestFirst {
  struct Entry {
    var bound: Double
    var family: UInt32
    var product: Double
    var chosen: Int
    var number = 0
  }

  private var heap: ContiguousArray<Entry> = []
  private var count = 0

  private func precedes(_ one: Int, _ other: Int) -> Bool {
    heap[one].bound != heap[other].bound
      ? heap[one].bound > heap[other].bound : heap[one].number < heap[other].number
  }

  mutating func push(_ entry: Entry) {
    heap.append(entry)
    var position = heap.count - 1
    heap[position].number = count
    count += 1
    while position > 0, precedes(position, (position - 1) / 2) {
      heap.swapAt(position, (position - 1) / 2)
      position = (position - 1) / 2
    }
  }

  mutating func pop() -> Entry? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var position = 0
    while true {
      var best = position
      for child in [2 * position + 1, 2 * position + 2] where child < heap.count && precedes(child, best) {
        best = child
      }
      if best == position { return first }
      heap.swapAt(position, best)
      position = best
    }
  }
}
