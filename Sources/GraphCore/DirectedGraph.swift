/// An immutable directed multigraph in compressed sparse row form.
///
/// A graph of *n* nodes and *m* edges takes 4(n + 1) + 8m bytes. Parallel edges and self-loops are
/// kept; successors come in the order in which their edges were given.
///
/// - Invariant: `offsets.count == nodeCount + 1`, `offsets` never falls, and its last element is
///   `targets.count`, which is also `edgeIndices.count`.
public struct DirectedGraph: Sendable, Hashable {
  /// For each node the first position of its edges in ``targets``, and at the end the number of edges.
  public let offsets: ContiguousArray<UInt32>

  /// The targets of all edges, grouped by source.
  ///
  /// Algorithms take its `span` once, outside their loops.
  public let targets: ContiguousArray<NodeIndex>

  /// The index of each edge, in the order of ``targets``.
  ///
  /// Within the edges of one source it rises.
  public let edgeIndices: ContiguousArray<EdgeIndex>

  /// Creates a graph from two columns: edge *i* leads from `sources[i]` to `targets[i]`.
  ///
  /// - Precondition: the columns have one length; every index lies in `0 ..< nodeCount`; there are
  ///   fewer than 2³¹ nodes and fewer than 2³¹ edges.
  /// - Complexity: O(n + m) time and space.
  public init(nodeCount: Int, sources: Span<NodeIndex>, targets: Span<NodeIndex>) {
    let edgeCount = sources.count
    precondition(nodeCount >= 0 && nodeCount <= Int(Int32.max), "node count out of range")
    precondition(edgeCount <= Int(Int32.max), "too many edges")
    precondition(edgeCount == targets.count, "as many sources as targets")

    var offsets = ContiguousArray<UInt32>(repeating: 0, count: nodeCount + 1)
    var counts = offsets.mutableSpan
    var edge = 0
    while edge < edgeCount {
      let source = sources[edge].position
      precondition(source < nodeCount && targets[edge].position < nodeCount, "edge out of range")
      counts[source + 1] += 1
      edge += 1
    }
    var node = 0
    while node < nodeCount {
      counts[node + 1] += counts[node]
      node += 1
    }

    var cursors = offsets
    var groupedTargets = ContiguousArray(repeating: NodeIndex(0), count: edgeCount)
    var groupedIndices = ContiguousArray(repeating: EdgeIndex(0), count: edgeCount)
    var next = cursors.mutableSpan
    var targetAt = groupedTargets.mutableSpan
    var indexAt = groupedIndices.mutableSpan
    edge = 0
    while edge < edgeCount {
      let source = sources[edge].position
      let place = Int(next[source])
      next[source] += 1
      targetAt[place] = targets[edge]
      indexAt[place] = EdgeIndex(edge)
      edge += 1
    }

    self.offsets = offsets
    self.targets = groupedTargets
    self.edgeIndices = groupedIndices
  }

  /// Creates a graph from edges given as (source, target) positions.
  ///
  /// - Precondition: every position lies in `0 ..< nodeCount`; there are fewer than 2³¹ nodes and
  ///   fewer than 2³¹ edges.
  /// - Complexity: O(n + m) time and space.
  public init(nodeCount: Int, edges: some Collection<(Int, Int)>) {
    var sources = ContiguousArray<NodeIndex>()
    var targets = ContiguousArray<NodeIndex>()
    sources.reserveCapacity(edges.count)
    targets.reserveCapacity(edges.count)
    for (source, target) in edges {
      precondition(
        source >= 0 && source < nodeCount && target >= 0 && target < nodeCount, "edge out of range")
      sources.append(NodeIndex(source))
      targets.append(NodeIndex(target))
    }
    self.init(nodeCount: nodeCount, sources: sources.span, targets: targets.span)
  }

  @inlinable
  public var nodeCount: Int { offsets.count - 1 }

  @inlinable
  public var edgeCount: Int { targets.count }

  /// The nodes in rising order.
  @inlinable
  public var nodes: some RandomAccessCollection<NodeIndex> { (0..<nodeCount).lazy.map { NodeIndex($0) } }

  /// The positions in ``targets`` and ``edgeIndices`` of the edges that leave `node`.
  @inlinable
  public func edges(from node: NodeIndex) -> Range<Int> {
    Int(offsets[node.position])..<Int(offsets[node.position + 1])
  }

  /// The targets of the edges that leave `node`, once for each edge.
  @inlinable
  public func successors(of node: NodeIndex) -> ContiguousArray<NodeIndex>.SubSequence {
    targets[edges(from: node)]
  }
}
