extension DirectedGraph {
  /// The nodes that can be reached from any of `starts` along edges, the starts included.
  ///
  /// Without starts the result is empty. Reachability against the edges is that of ``reversed()``.
  ///
  /// - Precondition: every start is a node of this graph.
  /// - Complexity: O(n + m) time, O(n) space.
  /// - Source: E. F. Moore, "The shortest path through a maze", Proc. Int. Symp. on the Theory of Switching, 1959.
  public func nodesReachable(from starts: some Sequence<NodeIndex>) -> NodeSet {
    let offsets = offsets.span
    let targets = targets.span
    var reached = NodeSet(nodeCount: nodeCount)
    var queueStorage = ContiguousArray<UInt32>(repeating: 0, count: nodeCount)
    var queue = queueStorage.mutableSpan
    var count = 0
    for start in starts where reached.insert(start) {
      queue[count] = start.rawValue
      count += 1
    }

    var words = reached.words.mutableSpan
    var done = 0
    while done < count {
      let node = Int(queue[done])
      done += 1
      var place = Int(offsets[node])
      let end = Int(offsets[node + 1])
      while place < end {
        let next = targets[place].rawValue
        place += 1
        let word = words[Int(next >> 6)]
        let bit: UInt64 = 1 << UInt64(next & 63)
        if word & bit == 0 {
          words[Int(next >> 6)] = word | bit
          queue[count] = next
          count += 1
        }
      }
    }
    return reached
  }
}
