/// A set of nodes of one graph, one bit a node.
///
/// Iteration yields the members in rising order. The set takes n/8 bytes however many members it has.
public struct NodeSet: Sendable, Hashable, Sequence {
  /// The number of nodes of the graph: every member is below it.
  public let nodeCount: Int

  /// Bit `i % 64` of word `i / 64` says whether node `i` is a member; unused bits are 0.
  var words: ContiguousArray<UInt64>

  /// Creates an empty set for a graph of `nodeCount` nodes.
  public init(nodeCount: Int) {
    precondition(nodeCount >= 0, "node count out of range")
    self.nodeCount = nodeCount
    words = ContiguousArray(repeating: 0, count: (nodeCount + 63) / 64)
  }

  /// Creates a set of the nodes in `members`, which may repeat.
  ///
  /// - Precondition: every member lies in `0 ..< nodeCount`.
  public init(nodeCount: Int, _ members: some Sequence<NodeIndex>) {
    self.init(nodeCount: nodeCount)
    for member in members { insert(member) }
  }

  /// The number of members.
  ///
  /// - Complexity: O(n / 64).
  public var count: Int {
    var count = 0
    for word in words { count += word.nonzeroBitCount }
    return count
  }

  /// Whether there is no member.
  ///
  /// - Complexity: O(n / 64).
  public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// Whether `node` is a member.
  ///
  /// - Precondition: `node` lies in `0 ..< nodeCount`.
  public func contains(_ node: NodeIndex) -> Bool {
    precondition(node.position < nodeCount, "node out of range")
    return words[node.position >> 6] & (1 << (node.rawValue & 63)) != 0
  }

  /// Adds `node` and returns whether it was not a member before.
  ///
  /// - Precondition: `node` lies in `0 ..< nodeCount`.
  @discardableResult
  public mutating func insert(_ node: NodeIndex) -> Bool {
    precondition(node.position < nodeCount, "node out of range")
    let bit: UInt64 = 1 << (node.rawValue & 63)
    let isNew = words[node.position >> 6] & bit == 0
    words[node.position >> 6] |= bit
    return isNew
  }

  /// Removes `node` and returns whether it was a member.
  ///
  /// - Precondition: `node` lies in `0 ..< nodeCount`.
  @discardableResult
  public mutating func remove(_ node: NodeIndex) -> Bool {
    precondition(node.position < nodeCount, "node out of range")
    let bit: UInt64 = 1 << (node.rawValue & 63)
    let wasMember = words[node.position >> 6] & bit != 0
    words[node.position >> 6] &= ~bit
    return wasMember
  }

  /// Adds the members of a set for the same number of nodes.
  public mutating func formUnion(_ other: NodeSet) {
    precondition(nodeCount == other.nodeCount, "sets of different graphs")
    for word in words.indices { words[word] |= other.words[word] }
  }

  /// Keeps the members that a set for the same number of nodes shares.
  public mutating func formIntersection(_ other: NodeSet) {
    precondition(nodeCount == other.nodeCount, "sets of different graphs")
    for word in words.indices { words[word] &= other.words[word] }
  }

  /// Removes the members of a set for the same number of nodes.
  public mutating func subtract(_ other: NodeSet) {
    precondition(nodeCount == other.nodeCount, "sets of different graphs")
    for word in words.indices { words[word] &= ~other.words[word] }
  }

  public func makeIterator() -> Iterator { Iterator(words: words) }

  public struct Iterator: IteratorProtocol {
    private let words: ContiguousArray<UInt64>
    private var wordsSeen = 0
    private var rest: UInt64 = 0

    fileprivate init(words: ContiguousArray<UInt64>) { self.words = words }

    public mutating func next() -> NodeIndex? {
      while rest == 0 {
        guard wordsSeen < words.count else { return nil }
        rest = words[wordsSeen]
        wordsSeen += 1
      }
      let bit = rest.trailingZeroBitCount
      rest &= rest - 1
      return NodeIndex((wordsSeen - 1) * 64 + bit)
    }
  }
}
