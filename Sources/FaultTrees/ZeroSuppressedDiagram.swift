/// Families of sets of levels as zero-suppressed decision diagrams that share their nodes.
///
/// The high part of a node holds the rest of the sets with the node's level, the low part the
/// sets without it; neither holds a set that contains another.
///
/// - Source: S. Minato, "Zero-suppressed BDDs for set manipulation in combinatorial problems",
///   DAC 1993.
struct ZeroSuppressedDiagram: Sendable {
  typealias Family = UInt32

  /// No set at all.
  static let none: Family = 0
  /// Only the empty set.
  static let empty: Family = 1

  private(set) var table: NodeTable
  private var cache = ResultCache()
  private var frames: ContiguousArray<Frame> = []

  private struct Frame {
    var family: Family
    var others: Family
    var high: Family
    var step: Step
  }

  private enum Step { case high, highAgain, low }

  /// How many steps may still be taken: forgotten results cost time, which must have an end.
  private var steps: Int

  init(nodeLimit: Int) {
    table = NodeTable(terminals: 2, limit: nodeLimit)
    steps = 64 * nodeLimit
  }

  func level(_ family: Family) -> UInt32 { table[family].level }

  mutating func family(level: UInt32, high: Family, low: Family) throws(FaultTreeError) -> Family {
    high == Self.none ? low : try table.index(level: level, high: high, low: low)
  }

  /// The sets of `family` that contain no set of `others`.
  ///
  /// - Complexity: as many steps as pairs of nodes meet; the stack is as deep as there are levels.
  /// - Source: A. Rauzy, "New algorithms for fault trees analysis", Reliability Engineering and
  ///   System Safety 40, 1993 (operator "without").
  mutating func sets(of family: Family, withoutSupersetsOf others: Family) throws(FaultTreeError) -> Family {
    var family = family
    var others = others
    frames.removeAll(keepingCapacity: true)

    while true {
      var result: Family
      // Levels of `others` above those of `family` cannot be in any set.
      while family > Self.empty, others > Self.empty, table[others].level < table[family].level {
        others = table[others].low
      }
      if others == Self.none || family == Self.none {
        result = family
      } else if others == Self.empty || family == others {
        result = Self.none
      } else if family == Self.empty {
        // The empty set contains no other, and `others` holds it only by itself.
        result = Self.empty
      } else if let cached = cache.result(family, others, tag: 0) {
        result = cached
      } else {
        guard steps > 0 else { throw .nodeLimit(table.limit) }
        steps -= 1
        frames.append(Frame(family: family, others: others, high: 0, step: .high))
        let node = table[family]
        let other = table[others]
        if other.level == node.level { others = other.high }
        family = node.high
        continue
      }

      while true {
        guard let frame = frames.last else { return result }
        let node = table[frame.family]
        let other = table[frame.others]
        let isShared = node.level == other.level
        let last = frames.count - 1
        if frame.step == .high, isShared {
          frames[last].step = .highAgain
          family = result
          others = other.low
          break
        }
        if frame.step != .low {
          frames[last].step = .low
          frames[last].high = result
          family = node.low
          others = isShared ? other.low : frame.others
          break
        }
        frames.removeLast()
        result = try self.family(level: node.level, high: frame.high, low: result)
        cache.store(result, frame.family, frame.others, tag: 0)
      }
    }
  }
}
