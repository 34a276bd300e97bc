extension DirectedGraph {
  /// Turns every edge round.
  ///
  /// An edge keeps its ``EdgeIndex``, so columns that describe edges hold for both graphs, and
  /// reversing twice gives the same graph again. The edges that enter a node come in the order in
  /// which they were given.
  ///
  /// - Complexity: O(n + m) time and space.
  public func reversed() -> DirectedGraph {
    let ends = edgeEnds()
    return DirectedGraph(nodeCount: nodeCount, sources: ends.targets.span, targets: ends.sources.span)
  }

  /// The two columns that this graph could be made from, in the order of ``EdgeIndex``.
  ///
  /// - Complexity: O(n + m) time, O(m) space.
  public func edgeEnds() -> (sources: ContiguousArray<NodeIndex>, targets: ContiguousArray<NodeIndex>) {
    let offsets = offsets.span
    let targets = targets.span
    let edgeIndices = edgeIndices.span
    var sourceColumn = ContiguousArray(repeating: NodeIndex(0), count: edgeCount)
    var targetColumn = sourceColumn
    var sourceOf = sourceColumn.mutableSpan
    var targetOf = targetColumn.mutableSpan
    var place = 0
    var node = 0
    while node < nodeCount {
      let end = Int(offsets[node + 1])
      while place < end {
        let edge = edgeIndices[place].position
        sourceOf[edge] = NodeIndex(node)
        targetOf[edge] = targets[place]
        place += 1
      }
      node += 1
    }
    return (sourceColumn, targetColumn)
  }
}
