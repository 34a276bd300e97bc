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
  /// Nodes of one distance are visited in rising order, so that the first edge to a node is the one that its path takes.
  ///
  /// - Precondition: every start is a node of this graph.
  /// - Source: E. F. Moore, "The shortest path through a maze", Proc. Int. Symp. on the Theory of Switching, 1959.
  /// - Complexity: O(n + m) time where each distance has many nodes or one, and O(n log n + m) at worst; O(n) space.
  public func breadthFirstTree(from starts: some Sequence<NodeIndex>) -> BreadthFirstTree {
    let offsets = offsets.span
    let targets = targets.span
    let edgeIndices = edgeIndices.span
    var seen = NodeSet(nodeCount: nodeCount, starts)
    var fresh = NodeSet(nodeCount: nodeCount)
    var distances = ContiguousArray<UInt32>(repeating: .none, count: nodeCount)
    var parents = distances
    var parentEdges = ContiguousArray(repeating: EdgeIndex(rawValue: .none), count: nodeCount)

    // The nodes in the order of their visits; those of the level to visit next are the last.
    var queue = distances
    var count = 0
    for start in seen {
      queue[count] = start.rawValue
      distances[start.position] = 0
      count += 1
    }
    var done = 0
    var reached: UInt32 = 0
    while done < count {
      let levelEnd = count
      reached += 1
      do {
        var distance = distances.mutableSpan
        var parent = parents.mutableSpan
        var parentEdge = parentEdges.mutableSpan
        var visit = queue.mutableSpan
        var seenWord = seen.words.mutableSpan
        var freshWord = fresh.words.mutableSpan
        while done < levelEnd {
          let node = visit[done]
          done += 1
          var place = Int(offsets[Int(node)])
          let end = Int(offsets[Int(node) + 1])
          while place < end {
            let next = targets[place].rawValue
            let word = seenWord[Int(next >> 6)]
            let bit: UInt64 = 1 << UInt64(next & 63)
            if word & bit == 0 {
              seenWord[Int(next >> 6)] = word | bit
              freshWord[Int(next >> 6)] |= bit
              distance[Int(next)] = reached
              parent[Int(next)] = node
              parentEdge[Int(next)] = edgeIndices[place]
              visit[count] = next
              count += 1
            }
            place += 1
          }
        }
      }
      fresh.sortMembers(in: levelEnd..<count, of: &queue)
    }
    return BreadthFirstTree(distances: distances, parents: parents, parentEdges: parentEdges)
  }
}

extension NodeSet {
  /// Brings the members, which stand in `range` of `list`, into rising order there, and empties the set.
  ///
  /// - Complexity: O(members) if they are one in 256 nodes or more, or one in all; O(k log k) for k members else.
  fileprivate mutating func sortMembers(in range: Range<Int>, of list: inout ContiguousArray<UInt32>) {
    if range.count * 256 < nodeCount {
      for place in range { words[Int(list[place] >> 6)] = 0 }
      if range.count > 1 { list[range].sort() }
      return
    }
    var place = range.lowerBound
    for word in words.indices {
      var rest = words[word]
      words[word] = 0
      while rest != 0 {
        list[place] = UInt32(word * 64 + rest.trailingZeroBitCount)
        place += 1
        rest &= rest - 1
      }
    }
  }
}
