/// The nodes of a decision diagram: each triple of level, high and low is held once.
///
/// Nodes stand in the order in which they were made, so that children come before their parents.
struct NodeTable: Sendable {
  struct Node: Sendable {
    var level: UInt32
    var high: UInt32
    var low: UInt32
  }

  private(set) var nodes: ContiguousArray<Node>
  private var buckets: ContiguousArray<UInt32>
  private var mask: Int
  let limit: Int

  /// The level of the terminal nodes, which is below all others.
  static let bottom = UInt32.max

  private static let free = UInt32.max

  /// Creates a table that holds only `terminals` nodes below all levels.
  ///
  /// - Precondition: `limit` is less than 2³¹, so that an edge fits 32 bits with one to spare.
  init(terminals: Int, limit: Int) {
    precondition(limit > 0 && limit < 1 << 31, "a limit of 1 to 2^31 - 1 nodes")
    nodes = ContiguousArray(repeating: Node(level: Self.bottom, high: 0, low: 0), count: terminals)
    mask = 63
    buckets = ContiguousArray(repeating: Self.free, count: mask + 1)
    self.limit = limit
  }

  var count: Int { nodes.count }

  subscript(index: UInt32) -> Node { nodes[Int(index)] }

  /// The index of the node with these parts, which is made if there is none.
  mutating func index(level: UInt32, high: UInt32, low: UInt32) throws(FaultTreeError) -> UInt32 {
    var slot = Self.hash(level, high, low) & mask
    while true {
      let found = buckets[slot]
      if found == Self.free { break }
      let node = nodes[Int(found)]
      if node.low == low, node.high == high, node.level == level { return found }
      slot = (slot + 1) & mask
    }
    guard nodes.count < limit else { throw .nodeLimit(limit) }
    let index = UInt32(truncatingIfNeeded: nodes.count)
    nodes.append(Node(level: level, high: high, low: low))
    buckets[slot] = index
    if nodes.count * 2 > mask { grow() }
    return index
  }

  private mutating func grow() {
    mask = mask * 4 + 3
    buckets = ContiguousArray(repeating: Self.free, count: mask + 1)
    for (index, node) in nodes.enumerated() where node.level != Self.bottom {
      var slot = Self.hash(node.level, node.high, node.low) & mask
      while buckets[slot] != Self.free { slot = (slot + 1) & mask }
      buckets[slot] = UInt32(truncatingIfNeeded: index)
    }
  }

  @inline(__always)
  static func hash(_ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int {
    var x = (UInt64(b) << 32 | UInt64(c)) &* 0x9E37_79B9_7F4A_7C15
    x ^= UInt64(a) &* 0xC2B2_AE3D_27D4_EB4F
    x ^= x >> 29
    x = x &* 0xBF58_476D_1CE4_E5B9
    return Int(truncatingIfNeeded: (x ^ (x >> 32)) & 0x7FFF_FFFF_FFFF_FFFF)
  }
}

/// The last results of an operation on two nodes, of which newer ones displace older ones.
///
/// Forgetting costs time, never a result.
struct ResultCache: Sendable {
  private struct Entry {
    var first: UInt32
    var second: UInt32
    var tag: UInt32
    var result: UInt32
  }

  private var entries: ContiguousArray<Entry>
  private var mask: Int
  private var displaced = 0
  private static let largest = 1 << 22

  init() {
    mask = 63
    entries = ContiguousArray(repeating: Self.empty, count: mask + 1)
  }

  private static var empty: Entry { Entry(first: .max, second: .max, tag: .max, result: 0) }

  @inline(__always)
  func result(_ first: UInt32, _ second: UInt32, tag: UInt32) -> UInt32? {
    let entry = entries[NodeTable.hash(tag, first, second) & mask]
    return entry.first == first && entry.second == second && entry.tag == tag ? entry.result : nil
  }

  @inline(__always)
  mutating func store(_ result: UInt32, _ first: UInt32, _ second: UInt32, tag: UInt32) {
    let slot = NodeTable.hash(tag, first, second) & mask
    if entries[slot].tag != .max { displaced += 1 }
    entries[slot] = Entry(first: first, second: second, tag: tag, result: result)
    if displaced > mask { grow() }
  }

  /// Makes room once as many results were displaced as there is room for.
  private mutating func grow() {
    displaced = 0
    guard mask + 1 < Self.largest else { return }
    let old = entries
    mask = mask * 4 + 3
    entries = ContiguousArray(repeating: Self.empty, count: mask + 1)
    for entry in old where entry.tag != .max {
      entries[NodeTable.hash(entry.tag, entry.first, entry.second) & mask] = entry
    }
  }
}

/// Results by three numbers, none forgotten.
struct Memo: Sendable {
  private struct Entry {
    var first: UInt32
    var second: UInt32
    var third: UInt32
    var result: UInt32
  }

  private static let free = UInt32.max
  private var entries = ContiguousArray(
    repeating: Entry(first: free, second: 0, third: 0, result: 0), count: 64)
  private var count = 0

  private func slot(_ first: UInt32, _ second: UInt32, _ third: UInt32) -> Int {
    let mask = entries.count - 1
    var slot = NodeTable.hash(third, first, second) & mask
    while true {
      let entry = entries[slot]
      if entry.first == Self.free || entry.first == first && entry.second == second && entry.third == third {
        return slot
      }
      slot = (slot + 1) & mask
    }
  }

  subscript(first: UInt32, second: UInt32, third: UInt32) -> UInt32? {
    get {
      let entry = entries[slot(first, second, third)]
      return entry.first == Self.free ? nil : entry.result
    }
    set {
      guard let newValue else { return }
      if count * 2 >= entries.count { grow() }
      let slot = slot(first, second, third)
      if entries[slot].first == Self.free { count += 1 }
      entries[slot] = Entry(first: first, second: second, third: third, result: newValue)
    }
  }

  private mutating func grow() {
    let old = entries
    entries = ContiguousArray(
      repeating: Entry(first: Self.free, second: 0, third: 0, result: 0), count: old.count * 4)
    for entry in old where entry.first != Self.free {
      entries[slot(entry.first, entry.second, entry.third)] = entry
    }
  }
}
