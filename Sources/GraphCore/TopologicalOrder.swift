/// A directed cycle: the reason why a graph has no topological order.
public struct DirectedCycle: Error, Sendable, Hashable {
  /// The nodes on the cycle, each once, from the smallest on in the direction of the edges.
  public let nodes: ContiguousArray<NodeIndex>

  /// The edges of the cycle: edge *i* leaves node *i* and enters the next one, the last one the first.
  public let edges: ContiguousArray<EdgeIndex>
}

extension DirectedGraph {
  /// Lists all nodes so that every edge leads from an earlier node to a later one.
  ///
  /// Nodes that nothing enters come first, in rising order; the others follow as their last
  /// predecessor is listed. A graph without nodes has an empty order.
  ///
  /// - Throws: ``DirectedCycle`` with one cycle, not always a shortest, if there is any; a self-loop
  ///   is a cycle of one node.
  /// - Complexity: O(n + m) time, O(n) space.
  /// - Source: A. B. Kahn, "Topological sorting of large networks", Comm. ACM 5(11), 1962.
  public func topologicalOrder() throws(DirectedCycle) -> ContiguousArray<NodeIndex> {
    let nodeCount = nodeCount
    let offsets = offsets.span
    let targets = targets.span
    var waitingFor = ContiguousArray<UInt32>(repeating: 0, count: nodeCount)
    var order = ContiguousArray(repeating: NodeIndex(0), count: nodeCount)
    var missing = waitingFor.mutableSpan
    var listed = order.mutableSpan

    var place = 0
    while place < targets.count {
      missing[targets[place].position] += 1
      place += 1
    }
    var count = 0
    var node = 0
    while node < nodeCount {
      if missing[node] == 0 {
        listed[count] = NodeIndex(node)
        count += 1
      }
      node += 1
    }
    var done = 0
    while done < count {
      let node = listed[done].position
      done += 1
      place = Int(offsets[node])
      let end = Int(offsets[node + 1])
      while place < end {
        let next = targets[place]
        place += 1
        missing[next.position] -= 1
        if missing[next.position] == 0 {
          listed[count] = next
          count += 1
        }
      }
    }
    guard count == nodeCount else { throw cycle(amongNodesThatWait: waitingFor.span) }
    return order
  }

  /// Walks backwards among the nodes that were never listed: each still waits for one of them.
  private func cycle(amongNodesThatWait missing: Span<UInt32>) -> DirectedCycle {
    var entries = ContiguousArray(repeating: (source: UInt32.none, place: UInt32.none), count: nodeCount)
    for node in 0..<nodeCount where missing[node] > 0 {
      for place in edges(from: NodeIndex(node)) where entries[targets[place].position].source == .none {
        entries[targets[place].position] = (UInt32(node), UInt32(place))
      }
    }
    var isVisited = NodeSet(nodeCount: nodeCount)
    var node = 0
    while missing[node] == 0 { node += 1 }
    while isVisited.insert(NodeIndex(node)) { node = Int(entries[node].source) }

    var nodes = ContiguousArray<NodeIndex>()
    var cycleEdges = ContiguousArray<EdgeIndex>()
    let first = node
    repeat {
      cycleEdges.append(edgeIndices[Int(entries[node].place)])
      node = Int(entries[node].source)
      nodes.append(NodeIndex(node))
    } while node != first
    nodes.reverse()
    cycleEdges.reverse()

    var start = 0
    for place in nodes.indices where nodes[place] < nodes[start] { start = place }
    return DirectedCycle(
      nodes: ContiguousArray(nodes[start...] + nodes[..<start]),
      edges: ContiguousArray(cycleEdges[start...] + cycleEdges[..<start]))
  }
}
