/// A flow of greatest value between two sets of nodes, with a cut that proves it greatest.
public struct MaximumFlow: Sendable, Hashable {
  /// The sum of the capacities of ``cutEdges``; it is what leaves the sources, up to rounding.
  public let value: Double

  /// The flow on each edge, from 0 to its capacity, in the order of ``EdgeIndex``.
  ///
  /// A self-loop carries nothing.
  public let flow: ContiguousArray<Double>

  /// The nodes on the sources' side of the minimum cut that is nearest to the sources.
  public let sourceSide: NodeSet

  /// The edges of positive capacity that leave ``sourceSide``, in rising order.
  public let cutEdges: ContiguousArray<EdgeIndex>
}

/// A path of edges without limit from a source to a sink: the reason why there is no greatest flow.
public struct UnboundedFlow: Error, Sendable, Hashable {
  /// The edges of the path in order; none if a source is itself a sink.
  public let path: ContiguousArray<EdgeIndex>
}

extension DirectedGraph {
  /// Finds a maximum flow from one node to another, and a minimum cut between them.
  ///
  /// The same as the method for several sources and sinks, with one of each.
  ///
  /// - Throws: ``UnboundedFlow`` if a path of edges of infinite capacity leads from `source` to
  ///   `sink`, or they are one node.
  public func maximumFlow(
    from source: NodeIndex, to sink: NodeIndex, capacities: Span<Double>
  ) throws(UnboundedFlow) -> MaximumFlow {
    try maximumFlow(from: CollectionOfOne(source), to: CollectionOfOne(sink), capacities: capacities)
  }

  /// Finds a maximum flow from `sources` to `sinks`, and a minimum cut between them.
  ///
  /// Any source may send and any sink may take any amount. Capacities are in one unit, at least 0,
  /// and may be infinite. With whole capacities below 2⁵³ in sum every figure is exact; otherwise
  /// what enters and leaves a node agrees up to rounding. Without sources or sinks the flow is 0.
  ///
  /// - Precondition: there is one capacity for each edge, none is negative or not a number; every
  ///   source and sink is a node of this graph, which has fewer than 2³⁰ edges.
  /// - Throws: ``UnboundedFlow`` if a path of edges of infinite capacity leads from a source to a
  ///   sink, or a source is a sink.
  /// - Complexity: O(n²m) time at worst, whatever the capacities; few passes over the edges on
  ///   shallow networks, and O(m√n) time for ``minimumNodeCut(from:to:)``. O(n + m) space.
  /// - Source: E. Dinic, "Algorithm for solution of a problem of maximum flow in networks with power
  ///   estimation", Soviet Math. Dokl. 11, 1970, with distances measured from the sinks.
  public func maximumFlow(
    from sources: some Sequence<NodeIndex>, to sinks: some Sequence<NodeIndex>, capacities: Span<Double>
  ) throws(UnboundedFlow) -> MaximumFlow {
    precondition(capacities.count == edgeCount, "one capacity for each edge")
    precondition(edgeCount < 1 << 30, "too many edges")
    var isLimited = true
    var edge = 0
    while edge < capacities.count {
      precondition(capacities[edge] >= 0, "capacity negative or not a number")
      if capacities[edge] == .infinity { isLimited = false }
      edge += 1
    }
    let sourceSet = NodeSet(nodeCount: nodeCount, sources)
    let sinkSet = NodeSet(nodeCount: nodeCount, sinks)
    if let path = unlimitedPath(from: sourceSet, to: sinkSet, capacities: capacities, isLimited: isLimited) {
      throw UnboundedFlow(path: path)
    }

    var residual = ResidualNetwork(of: self, capacities: capacities)
    residual.saturate(from: sourceSet, to: sinkSet)
    return residual.maximumFlow(capacities: capacities, sourceSide: residual.nodesReachable(from: sourceSet))
  }

  /// A path along which flow has no limit, or nil.
  private func unlimitedPath(
    from sources: NodeSet, to sinks: NodeSet, capacities: Span<Double>, isLimited: Bool
  ) -> ContiguousArray<EdgeIndex>? {
    var shared = sources
    shared.formIntersection(sinks)
    if !shared.isEmpty { return [] }
    if isLimited { return nil }

    let offsets = offsets.span
    let targets = targets.span
    let edgeIndices = edgeIndices.span
    var entries = ContiguousArray(repeating: (source: UInt32.none, edge: UInt32.none), count: nodeCount)
    var reached = sources
    var queue = ContiguousArray(sources)
    var done = 0
    while done < queue.count {
      let node = queue[done]
      done += 1
      for place in Int(offsets[node.position])..<Int(offsets[node.position + 1])
      where capacities[edgeIndices[place].position] == .infinity && reached.insert(targets[place]) {
        let next = targets[place]
        entries[next.position] = (node.rawValue, edgeIndices[place].rawValue)
        queue.append(next)
        guard sinks.contains(next) else { continue }

        var path = ContiguousArray<EdgeIndex>()
        var step = next
        while !sources.contains(step) {
          path.append(EdgeIndex(rawValue: entries[step.position].edge))
          step = NodeIndex(rawValue: entries[step.position].source)
        }
        path.reverse()
        return path
      }
    }
    return nil
  }
}

/// What every edge can still carry forwards, and give back.
private struct ResidualNetwork {
  /// One direction of an edge, with what it can carry.
  struct Arc {
    let head: UInt32

    /// The position of the arc the other way in the low bits; the top bit says whether that one is open.
    ///
    /// The search from the sinks follows arcs backwards. With the bit it need not look up the other
    /// arc, which is far away in memory.
    private var link: UInt32

    /// What the arc can still carry.
    var residual: Double

    init(head: UInt32, mate: UInt32, residual: Double, isMateOpen: Bool) {
      self.head = head
      self.residual = residual
      link = mate
      self.isMateOpen = isMateOpen
    }

    var mate: Int { Int(link & 0x7FFF_FFFF) }

    var isMateOpen: Bool {
      get { link >> 31 == 1 }
      set { link = link & 0x7FFF_FFFF | (newValue ? 0x8000_0000 : 0) }
    }
  }

  let tails: ContiguousArray<NodeIndex>
  let heads: ContiguousArray<NodeIndex>

  /// The arcs of all nodes, grouped by tail.
  var arcs: ContiguousArray<Arc>
  let offsets: ContiguousArray<UInt32>

  /// The forward arc of each edge, or `none` for a self-loop and an edge of no capacity.
  let arcOfEdge: ContiguousArray<UInt32>

  init(of graph: DirectedGraph, capacities: Span<Double>) {
    let nodeCount = graph.nodeCount
    let edgeCount = graph.edgeCount
    let ends = graph.edgeEnds()
    let tail = ends.sources.span
    let head = ends.targets.span

    var arcOffsets = ContiguousArray<UInt32>(repeating: 0, count: nodeCount + 1)
    var arcOffset = arcOffsets.mutableSpan
    var edge = 0
    while edge < edgeCount {
      if capacities[edge] > 0 && tail[edge] != head[edge] {
        arcOffset[tail[edge].position + 1] += 1
        arcOffset[head[edge].position + 1] += 1
      }
      edge += 1
    }
    var node = 0
    while node < nodeCount {
      arcOffset[node + 1] += arcOffset[node]
      node += 1
    }
    let arcCount = Int(arcOffset[nodeCount])

    var forwardArcs = ContiguousArray<UInt32>(repeating: .none, count: edgeCount)
    var places = arcOffsets
    var arcs = ContiguousArray(
      repeating: Arc(head: 0, mate: 0, residual: 0, isMateOpen: false), count: arcCount)
    var forwardArc = forwardArcs.mutableSpan
    var next = places.mutableSpan
    var arc = arcs.mutableSpan
    edge = 0
    while edge < edgeCount {
      if capacities[edge] > 0 && tail[edge] != head[edge] {
        let forward = next[tail[edge].position]
        next[tail[edge].position] += 1
        let backward = next[head[edge].position]
        next[head[edge].position] += 1
        arc[Int(forward)] = Arc(
          head: head[edge].rawValue, mate: backward, residual: capacities[edge], isMateOpen: false)
        arc[Int(backward)] = Arc(head: tail[edge].rawValue, mate: forward, residual: 0, isMateOpen: true)
        forwardArc[edge] = forward
      }
      edge += 1
    }
    (tails, heads) = ends
    self.arcs = arcs
    arcOfEdge = forwardArcs
    offsets = arcOffsets
  }

  /// Sends flow until no way from a source to a sink has anything left.
  mutating func saturate(from sources: NodeSet, to sinks: NodeSet) {
    let offsetColumn = offsets
    let offsets = offsetColumn.span
    let nodeCount = offsets.count - 1
    var distances = ContiguousArray<UInt32>(repeating: .none, count: nodeCount)
    var cursors = distances
    var scratch = distances
    var arc = arcs.mutableSpan
    var distance = distances.mutableSpan
    var cursor = cursors.mutableSpan
    var room = scratch.mutableSpan
    while Self.measureDistances(
      to: sinks, from: sources, arcs: arc.span, offsets: offsets, distance: &distance, queue: &room)
    {
      for node in 0..<nodeCount { cursor[node] = offsets[node] }
      for source in sources where distance[source.position] != .none {
        Self.block(
          from: source, arc: &arc, offsets: offsets, distance: distance.span, cursor: &cursor, path: &room)
      }
    }
  }

  /// Measures the number of arcs to the nearest sink until it is known for all sources.
  ///
  /// Where it stays unknown, or there is no way, the distance is `none`.
  ///
  /// - Returns: whether any source still has a way to a sink.
  private static func measureDistances(
    to sinks: NodeSet, from sources: NodeSet, arcs: Span<Arc>, offsets: Span<UInt32>,
    distance: inout MutableSpan<UInt32>, queue: inout MutableSpan<UInt32>
  ) -> Bool {
    var node = 0
    while node < distance.count {
      distance[node] = .none
      node += 1
    }
    var count = 0
    for sink in sinks {
      distance[sink.position] = 0
      queue[count] = sink.rawValue
      count += 1
    }
    let sourceCount = sources.count
    var sourcesFound = 0
    var done = 0
    while done < count && sourcesFound < sourceCount {
      let node = Int(queue[done])
      done += 1
      let farther = distance[node] + 1
      var place = Int(offsets[node])
      let end = Int(offsets[node + 1])
      while place < end {
        let arc = arcs[place]
        place += 1
        let next = Int(arc.head)
        if arc.isMateOpen && distance[next] == .none {
          distance[next] = farther
          queue[count] = arc.head
          count += 1
          if sources.contains(NodeIndex(rawValue: arc.head)) { sourcesFound += 1 }
        }
      }
    }
    return sourcesFound > 0
  }

  /// Sends flow from `source` along shortest ways until each of them has a full arc.
  ///
  /// A node's cursor is at the first of its arcs that may still be of use in this phase.
  private static func block(
    from source: NodeIndex, arc: inout MutableSpan<Arc>, offsets: Span<UInt32>, distance: Span<UInt32>,
    cursor: inout MutableSpan<UInt32>, path: inout MutableSpan<UInt32>
  ) {
    var length = 0
    var node = source.position
    while true {
      let nearer = distance[node] &- 1
      let end = offsets[node + 1]
      var place = cursor[node]
      while place < end {
        let candidate = arc[Int(place)]
        if candidate.residual > 0 && distance[Int(candidate.head)] == nearer { break }
        place += 1
      }
      cursor[node] = place

      guard place < end else {
        guard length > 0 else { return }
        length -= 1
        node = Int(arc[arc[Int(path[length])].mate].head)
        cursor[node] += 1
        continue
      }
      path[length] = place
      length += 1
      node = Int(arc[Int(place)].head)
      guard distance[node] == 0 else { continue }

      var amount = Double.infinity
      var step = 0
      while step < length {
        amount = min(amount, arc[Int(path[step])].residual)
        step += 1
      }
      var firstFull = length
      step = length
      while step > 0 {
        step -= 1
        let forward = Int(path[step])
        let backward = arc[forward].mate
        let rest = arc[forward].residual - amount
        arc[forward].residual = rest
        arc[forward].isMateOpen = true
        arc[backward].residual += amount
        arc[backward].isMateOpen = rest > 0
        if rest == 0 { firstFull = step }
      }
      length = firstFull
      node = Int(arc[arc[Int(path[firstFull])].mate].head)
    }
  }

  /// The nodes that more flow could still reach from `sources`.
  func nodesReachable(from sources: NodeSet) -> NodeSet {
    let offsets = offsets.span
    let arcs = arcs.span
    var reached = sources
    var queue = ContiguousArray(sources)
    var done = 0
    while done < queue.count {
      let node = queue[done].position
      done += 1
      var place = Int(offsets[node])
      let end = Int(offsets[node + 1])
      while place < end {
        let arc = arcs[place]
        place += 1
        if arc.residual > 0 && reached.insert(NodeIndex(rawValue: arc.head)) {
          queue.append(NodeIndex(rawValue: arc.head))
        }
      }
    }
    return reached
  }

  func maximumFlow(capacities: Span<Double>, sourceSide: NodeSet) -> MaximumFlow {
    let arcs = arcs.span
    let arcOfEdge = arcOfEdge.span
    let tails = tails.span
    let heads = heads.span
    var flowColumn = ContiguousArray<Double>(repeating: 0, count: capacities.count)
    var flow = flowColumn.mutableSpan
    var cutEdges = ContiguousArray<EdgeIndex>()
    var value = 0.0
    var edge = 0
    while edge < capacities.count {
      let arc = arcOfEdge[edge]
      if arc != .none {
        // Rounding may lift what came back above what was there.
        flow[edge] = min(arcs[arcs[Int(arc)].mate].residual, capacities[edge])
        if sourceSide.contains(tails[edge]) && !sourceSide.contains(heads[edge]) {
          cutEdges.append(EdgeIndex(edge))
          value += capacities[edge]
        }
      }
      edge += 1
    }
    return MaximumFlow(value: value, flow: flowColumn, sourceSide: sourceSide, cutEdges: cutEdges)
  }
}
