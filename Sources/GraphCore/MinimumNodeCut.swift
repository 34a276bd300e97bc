extension DirectedGraph {
  /// The fewest nodes, neither `source` nor `sink`, without which no path leads from one to the other.
  ///
  /// Of several such sets it is the one nearest to the source. It is empty if there is no path, and
  /// nil if no set will do: an edge joins the two directly, or they are one node.
  ///
  /// - Precondition: `source` and `sink` are nodes of this graph, which has fewer than 2³⁰
  ///   nodes and edges together.
  /// - Returns: the nodes in rising order.
  /// - Complexity: O(nm) time, O(n + m) space.
  /// - Source: S. Even, R. Tarjan, "Network flow and testing graph connectivity", SIAM J. Comput.
  ///   4(4), 1975: a maximum flow in which each node is an edge of capacity 1.
  public func minimumNodeCut(from source: NodeIndex, to sink: NodeIndex) -> ContiguousArray<NodeIndex>? {
    precondition(source.position < nodeCount && sink.position < nodeCount, "node out of range")
    guard source != sink else { return nil }

    // Node v becomes the edge v from 2v, which all its edges enter, to 2v + 1, which they leave.
    precondition(nodeCount + edgeCount < 1 << 30, "graph too large")
    let ends = edgeEnds()
    var sources = ContiguousArray<NodeIndex>()
    var targets = ContiguousArray<NodeIndex>()
    sources.reserveCapacity(nodeCount + edgeCount)
    targets.reserveCapacity(nodeCount + edgeCount)
    for node in 0..<UInt32(nodeCount) {
      sources.append(NodeIndex(rawValue: 2 * node))
      targets.append(NodeIndex(rawValue: 2 * node + 1))
    }
    for edge in 0..<edgeCount {
      sources.append(NodeIndex(rawValue: 2 * ends.sources[edge].rawValue + 1))
      targets.append(NodeIndex(rawValue: 2 * ends.targets[edge].rawValue))
    }
    var capacities = ContiguousArray<Double>(repeating: .infinity, count: nodeCount + edgeCount)
    for node in 0..<nodeCount where node != source.position && node != sink.position { capacities[node] = 1 }

    let split = DirectedGraph(nodeCount: 2 * nodeCount, sources: sources.span, targets: targets.span)
    do {
      let flow = try split.maximumFlow(
        from: NodeIndex(2 * source.position + 1), to: NodeIndex(2 * sink.position),
        capacities: capacities.span)
      return ContiguousArray(flow.cutEdges.map { NodeIndex(rawValue: $0.rawValue) })
    } catch {
      return nil
    }
  }
}
