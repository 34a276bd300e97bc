/// The nodes and edges of a graph whose removal alone takes a component apart.
public struct ArticulationPointsAndBridges: Sendable, Hashable {
  /// The nodes without which more components of the remaining nodes exist, in rising order.
  public let articulationPoints: ContiguousArray<NodeIndex>

  /// The edges without which more components exist, in rising order.
  public let bridges: ContiguousArray<EdgeIndex>
}

extension DirectedGraph {
  /// Finds the articulation points and the bridges of the underlying undirected multigraph.
  ///
  /// The direction of edges does not count. A self-loop is neither a bridge nor of any influence,
  /// and edges that join the same two nodes, in either direction, are parallel and so no bridges.
  ///
  /// - Complexity: O(n + m) time and space; no recursion.
  /// - Source: J. Hopcroft, R. Tarjan, "Algorithm 447: efficient algorithms for graph manipulation",
  ///   Comm. ACM 16(6), 1973; bridges after R. Tarjan, "A note on finding the bridges of a graph",
  ///   Inf. Process. Lett. 2(6), 1974.
  public func articulationPointsAndBridges() -> ArticulationPointsAndBridges {
    let nodeCount = nodeCount
    let (neighbourOffsets, neighbourColumn) = undirectedNeighbours()
    let offsets = neighbourOffsets.span
    let neighbours = neighbourColumn.span

    // Visits count from 1; 0 is a node not yet visited.
    var visits = ContiguousArray<UInt32>(repeating: 0, count: nodeCount)
    var frames = ContiguousArray(
      repeating: Frame(node: 0, cursor: 0, low: 0, hasSeenParent: false), count: nodeCount)
    var articulationPoints = NodeSet(nodeCount: nodeCount)
    var bridgeParents = ContiguousArray<UInt32>(repeating: .none, count: nodeCount)
    var visit = visits.mutableSpan
    var frame = frames.mutableSpan
    var bridgeParent = bridgeParents.mutableSpan
    var count: UInt32 = 0

    var root = 0
    while root < nodeCount {
      defer { root += 1 }
      guard visit[root] == 0 else { continue }
      count += 1
      visit[root] = count
      frame[0] = Frame(node: UInt32(root), cursor: offsets[root], low: count, hasSeenParent: true)
      var depth = 0
      var childrenOfRoot = 0
      var parent = UInt32.none

      while true {
        let current = frame[depth]
        let node = Int(current.node)
        let end = offsets[node + 1]
        var cursor = current.cursor
        var low = current.low
        var hasSeenParent = current.hasSeenParent
        var child = -1
        while cursor < end {
          let next = neighbours[Int(cursor)]
          cursor += 1
          let found = visit[Int(next)]
          if found == 0 {
            child = Int(next)
            break
          }
          if next == parent && !hasSeenParent {
            // The first edge back is the tree edge itself; a second one is parallel to it.
            hasSeenParent = true
          } else if found < low {
            low = found
          }
        }

        if child >= 0 {
          frame[depth] = Frame(node: current.node, cursor: cursor, low: low, hasSeenParent: hasSeenParent)
          parent = current.node
          depth += 1
          count += 1
          visit[child] = count
          frame[depth] = Frame(node: UInt32(child), cursor: offsets[child], low: count, hasSeenParent: false)
          continue
        }

        guard depth > 0 else { break }
        depth -= 1
        let above = frame[depth]
        if low < above.low { frame[depth].low = low }
        if low > visit[Int(above.node)] { bridgeParent[node] = above.node }
        if depth == 0 {
          childrenOfRoot += 1
          parent = .none
        } else {
          parent = frame[depth - 1].node
          if low >= visit[Int(above.node)] { articulationPoints.insert(NodeIndex(rawValue: above.node)) }
        }
      }
      if childrenOfRoot > 1 { articulationPoints.insert(NodeIndex(root)) }
    }

    return ArticulationPointsAndBridges(
      articulationPoints: ContiguousArray(articulationPoints),
      bridges: edges(joiningNodesToTheirParents: bridgeParent.span))
  }

  /// The edges, in either direction, between a node and its parent in `parents`, in rising order.
  private func edges(joiningNodesToTheirParents parents: Span<UInt32>) -> ContiguousArray<EdgeIndex> {
    let offsets = offsets.span
    let targets = targets.span
    let edgeIndices = edgeIndices.span
    var marks = ContiguousArray(repeating: false, count: edgeCount)
    var isMarked = marks.mutableSpan
    var place = 0
    var node = 0
    while node < nodeCount {
      let end = Int(offsets[node + 1])
      let parent = parents[node]
      while place < end {
        let target = targets[place]
        if target.rawValue == parent || parents[target.position] == UInt32(node) {
          isMarked[edgeIndices[place].position] = true
        }
        place += 1
      }
      node += 1
    }

    var edges = ContiguousArray<EdgeIndex>()
    place = 0
    while place < isMarked.count {
      if isMarked[place] { edges.append(EdgeIndex(place)) }
      place += 1
    }
    return edges
  }

  /// The neighbours of each node over edges in either direction, once for each edge, in sparse rows.
  private func undirectedNeighbours() -> (offsets: ContiguousArray<UInt32>, ContiguousArray<UInt32>) {
    let nodeCount = nodeCount
    let offsets = offsets.span
    let targets = targets.span
    var neighbourOffsets = ContiguousArray<UInt32>(repeating: 0, count: nodeCount + 1)
    var neighbours = ContiguousArray<UInt32>(repeating: 0, count: 2 * edgeCount)
    var neighbourOffset = neighbourOffsets.mutableSpan
    var place = 0
    while place < targets.count {
      neighbourOffset[targets[place].position + 1] += 1
      place += 1
    }
    var node = 0
    while node < nodeCount {
      neighbourOffset[node + 1] += neighbourOffset[node] + offsets[node + 1] - offsets[node]
      node += 1
    }
    var cursors = neighbourOffsets
    var next = cursors.mutableSpan
    var neighbour = neighbours.mutableSpan
    place = 0
    node = 0
    while node < nodeCount {
      let end = Int(offsets[node + 1])
      while place < end {
        let target = targets[place]
        neighbour[Int(next[node])] = target.rawValue
        next[node] += 1
        neighbour[Int(next[target.position])] = UInt32(node)
        next[target.position] += 1
        place += 1
      }
      node += 1
    }
    return (neighbourOffsets, neighbours)
  }
}

private struct Frame {
  var node: UInt32
  var cursor: UInt32
  var low: UInt32
  var hasSeenParent: Bool
}
