/// The distances from a set of nodes, with one shortest path to each node that can be reached.
public struct BreadthFirstTree: Sendable, Hashable {
  /// The least number of edges from any start to each node; `UInt32.max` where there is no path.
  let distances: ContiguousArray<UInt32>

  /// The node before each node on its path; meaningless at starts and unreached nodes.
  let parents: ContiguousArray<UInt32>

  let parentEdges: ContiguousArray<EdgeIndex>

  /// The least number of edges on a path from a start to `node`, or nil if there is none.
  public func distance(to node: NodeIndex) -> Int? {
    let distance = distances[node.position]
    return distance == .none ? nil : Int(distance)
  }

  /// A shortest path from a start to `node`, both ends included, or nil if there is none.
  ///
  /// Where several nodes could come before another, the path takes the one of smallest index. The
  /// path to a start is that start alone.
  ///
  /// - Complexity: O(length of the path).
  public func path(to node: NodeIndex) -> ContiguousArray<NodeIndex>? {
    guard let length = distance(to: node) else { return nil }
    var path = ContiguousArray(repeating: node, count: length + 1)
    for place in stride(from: length, to: 0, by: -1) {
      path[place - 1] = NodeIndex(rawValue: parents[path[place].position])
    }
    return path
  }

  /// The edges of ``path(to:)``, or nil if there is no path.
  ///
  /// Of parallel edges it takes the one given first.
  ///
  /// - Complexity: O(length of the path).
  public func edgePath(to node: NodeIndex) -> ContiguousArray<EdgeIndex>? {
    path(to: node).map { path in
      ContiguousArray(path.dropFirst().map { parentEdges[$0.position] })
    }
  }
}

extension DirectedGraph {
  /// Measures distances in edges from the nearest of `starts`.
  ///
  /// - Precondition: every start is a node of this graph.
  /// - Complexity: O(n + m) time, O(n) space.
  public func breadthFirstTree(from starts: some Sequence<NodeIndex>) -> BreadthFirstTree {
    let nodeCount = nodeCount
    let offsets = offsets.span
    let targets = targets.span
    let edgeIndices = edgeIndices.span
    var distances = ContiguousArray<UInt32>(repeating: .none, count: nodeCount)
    var parents = ContiguousArray<UInt32>(repeating: .none, count: nodeCount)
    var parentEdges = ContiguousArray(repeating: EdgeIndex(rawValue: .none), count: nodeCount)
    var queueStorage = parents
    var distance = distances.mutableSpan
    var parent = parents.mutableSpan
    var parentEdge = parentEdges.mutableSpan
    var queue = queueStorage.mutableSpan
    var count = 0
    for start in starts {
      precondition(start.position < nodeCount, "node out of range")
      guard distance[start.position] != 0 else { continue }
      distance[start.position] = 0
      queue[count] = start.rawValue
      count += 1
    }

    var done = 0
    while done < count {
      let node = Int(queue[done])
      done += 1
      let reached = distance[node] + 1
      var place = Int(offsets[node])
      let end = Int(offsets[node + 1])
      while place < end {
        let next = targets[place].position
        let known = distance[next]
        if known == .none {
          distance[next] = reached
          parent[next] = UInt32(node)
          parentEdge[next] = edgeIndices[place]
          queue[count] = UInt32(next)
          count += 1
        } else if known == reached && node < Int(parent[next]) {
          parent[next] = UInt32(node)
          parentEdge[next] = edgeIndices[place]
        }
        place += 1
      }
    }
    return BreadthFirstTree(distances: distances, parents: parents, parentEdges: parentEdges)
  }
}
