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
    try maximumFlow(
      from: CollectionOfOne(source), to: CollectionOfOne(sink), capacities: capacities)
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
  /// - Complexity: O(n²m) time at worst, whatever the capacities, and O(nm) for ``minimumNodeCut(from:to:)``; in
  ///   practice close to a few passes over the edges. O(n + m) space.
  /// - Source: R. Ahuja, J. Orlin, "Distance-directed augmenting path algorithms for maximum flow and parametric maximum
  ///   flow problems", Naval Res. Logist. 38(3), 1991: shortest ways, with distances from the sinks that are only ever
  ///   raised where they have to be.
  public func maximumFlow(
    from sources: some Sequence<NodeIndex>, to sinks: some Sequence<NodeIndex>,
    capacities: Span<Double>
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
    if let path = unlimitedPath(
      from: sourceSet, to: sinkSet, capacities: capacities, isLimited: isLimited)
    {
      throw UnboundedFlow(path: path)
    }

    let ends = edgeEnds()
    let rankColumn = ranksBySearch(from: sinkSet, ends.sources.span, ends.targets.span, capacities)
    let ranks = rankColumn.span
    func ranked(_ nodes: NodeSet) -> NodeSet {
      var ranked = NodeSet(nodeCount: nodeCount)
      for node in nodes { ranked.insert(NodeIndex(rawValue: rankColumn[node.position])) }
      return ranked
    }
    var residual = ResidualNetwork(
      nodeCount: nodeCount, tails: ends.sources, heads: ends.targets, ranks: ranks,
      capacities: capacities)
    residual.saturate(from: ranked(sourceSet), to: ranked(sinkSet))

    let reached = residual.nodesReachable(from: ranked(sourceSet))
    var sourceSide = NodeSet(nodeCount: nodeCount)
    for node in nodes where reached.contains(NodeIndex(rawValue: ranks[node.position])) {
      sourceSide.insert(node)
    }
    return residual.maximumFlow(capacities: capacities, sourceSide: sourceSide)
  }

  /// Ranks the nodes in the order in which a search from the sinks, against the edges, meets them; then the others.
  ///
  /// All searches for shortest ways meet them in nearly this order, so that arcs in the order of ranks are read one after
  /// the other.
  private func ranksBySearch(
    from sinks: NodeSet, _ sources: Span<NodeIndex>, _ targets: Span<NodeIndex>,
    _ capacities: Span<Double>
  ) -> ContiguousArray<UInt32> {
    let reversed = DirectedGraph(nodeCount: nodeCount, sources: targets, targets: sources)
    let offsets = reversed.offsets.span
    let tails = reversed.targets.span
    let edgeIndices = reversed.edgeIndices.span
    var ranks = ContiguousArray<UInt32>(repeating: 0, count: nodeCount)
    var queue = ContiguousArray(sinks)
    queue.reserveCapacity(nodeCount)
    var isMet = sinks
    var done = 0
    while done < queue.count {
      let node = queue[done].position
      var place = Int(offsets[node])
      let end = Int(offsets[node + 1])
      while place < end {
        if capacities[edgeIndices[place].position] > 0 && isMet.insert(tails[place]) {
          queue.append(tails[place])
        }
        place += 1
      }
      done += 1
    }
    for (rank, node) in queue.enumerated() { ranks[node.position] = UInt32(rank) }
    var rank = UInt32(queue.count)
    for node in nodes where !isMet.contains(node) {
      ranks[node.position] = rank
      rank += 1
    }
    return ranks
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
    var entries = ContiguousArray(
      repeating: (source: UInt32.none, edge: UInt32.none), count: nodeCount)
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
///
/// Each edge is two arcs, one each way. Nodes are known by their ranks here. Columns whose names do not say otherwise
/// describe arcs, grouped by tail.
private struct ResidualNetwork {
  /// The head of an arc in the low bits; the top bit says whether the arc the other way can carry anything.
  ///
  /// The search from the sinks follows arcs backwards. With the bit it need not look up the other arc, which is far
  /// away in memory.
  struct Head {
    private var bits: UInt32

    init(_ node: UInt32, isMateOpen: Bool) { bits = node | (isMateOpen ? 0x8000_0000 : 0) }

    var node: Int { Int(bits & 0x7FFF_FFFF) }

    var isMateOpen: Bool {
      get { bits >> 31 == 1 }
      set { bits = bits & 0x7FFF_FFFF | (newValue ? 0x8000_0000 : 0) }
    }
  }

  /// The two ends of each edge; these are nodes, not ranks.
  let tails: ContiguousArray<NodeIndex>
  let heads: ContiguousArray<NodeIndex>

  let offsets: ContiguousArray<UInt32>
  var arcHeads: ContiguousArray<Head>

  /// The position of the arc the other way.
  let mates: ContiguousArray<UInt32>

  /// What each arc can still carry.
  var residuals: ContiguousArray<Double>

  /// The forward arc of each edge, or `none` for a self-loop and an edge of no capacity.
  let arcOfEdge: ContiguousArray<UInt32>

  init(
    nodeCount: Int, tails: ContiguousArray<NodeIndex>, heads: ContiguousArray<NodeIndex>,
    ranks: Span<UInt32>,
    capacities: Span<Double>
  ) {
    let edgeCount = capacities.count
    let tail = tails.span
    let head = heads.span

    var arcOffsets = ContiguousArray<UInt32>(repeating: 0, count: nodeCount + 1)
    var arcOffset = arcOffsets.mutableSpan
    var edge = 0
    while edge < edgeCount {
      if capacities[edge] > 0 && tail[edge] != head[edge] {
        arcOffset[Int(ranks[tail[edge].position]) + 1] += 1
        arcOffset[Int(ranks[head[edge].position]) + 1] += 1
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
    var arcHeads = ContiguousArray(repeating: Head(0, isMateOpen: false), count: arcCount)
    var mates = ContiguousArray<UInt32>(repeating: 0, count: arcCount)
    var residuals = ContiguousArray<Double>(repeating: 0, count: arcCount)
    var forwardArc = forwardArcs.mutableSpan
    var next = places.mutableSpan
    var arcHead = arcHeads.mutableSpan
    var mate = mates.mutableSpan
    var residual = residuals.mutableSpan
    edge = 0
    while edge < edgeCount {
      if capacities[edge] > 0 && tail[edge] != head[edge] {
        let from = ranks[tail[edge].position]
        let to = ranks[head[edge].position]
        let forward = next[Int(from)]
        next[Int(from)] += 1
        let backward = next[Int(to)]
        next[Int(to)] += 1
        arcHead[Int(forward)] = Head(to, isMateOpen: false)
        arcHead[Int(backward)] = Head(from, isMateOpen: true)
        mate[Int(forward)] = backward
        mate[Int(backward)] = forward
        residual[Int(forward)] = capacities[edge]
        forwardArc[edge] = forward
      }
      edge += 1
    }
    self.tails = tails
    self.heads = heads
    self.arcHeads = arcHeads
    self.mates = mates
    self.residuals = residuals
    arcOfEdge = forwardArcs
    offsets = arcOffsets
  }

  /// Sends flow until no way from a source to a sink has anything left.
  mutating func saturate(from sources: NodeSet, to sinks: NodeSet) {
    // Taken out, so that both can be written to at once.
    var headColumn = arcHeads
    var residualColumn = residuals
    arcHeads = []
    residuals = []
    do {
      let offsets = offsets.span
      let mates = mates.span
      var distances = ContiguousArray<UInt32>(repeating: .none, count: offsets.count - 1)
      var cursors = distances
      var scratch = distances
      var head = headColumn.mutableSpan
      var residual = residualColumn.mutableSpan
      var distance = distances.mutableSpan
      var cursor = cursors.mutableSpan
      var room = scratch.mutableSpan
      Self.measureDistances(
        to: sinks, heads: head.span, offsets: offsets, distance: &distance, queue: &room)
      var counts = ContiguousArray<UInt32>(repeating: 0, count: offsets.count)
      var count = counts.mutableSpan
      var node = 0
      while node < cursor.count {
        cursor[node] = offsets[node]
        if distance[node] != .none { count[Int(distance[node])] += 1 }
        node += 1
      }
      for source in sources where distance[source.position] != .none {
        Self.saturate(
          from: source, head: &head, residual: &residual, mates: mates, offsets: offsets,
          distance: &distance, count: &count, cursor: &cursor, path: &room)
      }
    }
    arcHeads = headColumn
    residuals = residualColumn
  }

  /// Measures the number of arcs from each node to the nearest sink; `none` where there is no way.
  private static func measureDistances(
    to sinks: NodeSet, heads: Span<Head>, offsets: Span<UInt32>,
    distance: inout MutableSpan<UInt32>, queue: inout MutableSpan<UInt32>
  ) {
    var seen = sinks
    var words = seen.words.mutableSpan
    var count = 0
    for sink in sinks {
      distance[sink.position] = 0
      queue[count] = sink.rawValue
      count += 1
    }
    var done = 0
    while done < count {
      let node = Int(queue[done])
      done += 1
      let farther = distance[node] + 1
      var place = Int(offsets[node])
      let end = Int(offsets[node + 1])
      while place < end {
        let head = heads[place]
        place += 1
        let word = words[head.node >> 6]
        let bit: UInt64 = 1 << UInt64(head.node & 63)
        if head.isMateOpen && word & bit == 0 {
          words[head.node >> 6] = word | bit
          distance[head.node] = farther
          queue[count] = UInt32(head.node)
          count += 1
        }
      }
    }
  }

  /// Sends flow from `source` along shortest ways until there is none left.
  ///
  /// A distance is never more than the number of arcs to the nearest sink. A node with no arc to one that is one arc nearer is
  /// lifted to one more than the nearest that it leads to. Once no node is left at some distance, those farther away have
  /// no way to a sink any more. A node's cursor is at the first of its arcs that may lead nearer.
  /// `count` has the number of nodes at each distance; `path` is room for the arcs of one way.
  private static func saturate(
    from source: NodeIndex, head: inout MutableSpan<Head>, residual: inout MutableSpan<Double>,
    mates mate: Span<UInt32>, offsets: Span<UInt32>, distance: inout MutableSpan<UInt32>,
    count: inout MutableSpan<UInt32>, cursor: inout MutableSpan<UInt32>,
    path: inout MutableSpan<UInt32>
  ) {
    var length = 0
    var node = source.position
    while distance[source.position] != .none {
      let nearer = distance[node] &- 1
      let end = offsets[node + 1]
      var place = cursor[node]
      while place < end {
        if residual[Int(place)] > 0 && distance[head[Int(place)].node] == nearer { break }
        place += 1
      }
      cursor[node] = place

      guard place < end else {
        var nearest = UInt32.none
        var first = offsets[node]
        place = offsets[node]
        while place < end {
          if residual[Int(place)] > 0 {
            let there = distance[head[Int(place)].node]
            if there < nearest {
              nearest = there
              first = place
            }
          }
          place += 1
        }
        let old = Int(distance[node])
        count[old] -= 1
        if count[old] == 0 {
          distance[node] = .none
          return
        }
        distance[node] = nearest == .none ? .none : nearest + 1
        cursor[node] = first
        if nearest != .none { count[Int(nearest) + 1] += 1 }
        if length > 0 {
          length -= 1
          node = head[Int(mate[Int(path[length])])].node
        }
        continue
      }
      path[length] = place
      length += 1
      node = head[Int(place)].node
      guard distance[node] == 0 else { continue }

      var amount = Double.infinity
      var step = 0
      while step < length {
        amount = min(amount, residual[Int(path[step])])
        step += 1
      }
      var firstFull = length
      step = length
      while step > 0 {
        step -= 1
        let forward = Int(path[step])
        let backward = Int(mate[forward])
        let rest = residual[forward] - amount
        residual[forward] = rest
        head[forward].isMateOpen = true
        residual[backward] += amount
        head[backward].isMateOpen = rest > 0
        if rest == 0 { firstFull = step }
      }
      length = firstFull
      node = head[Int(mate[Int(path[firstFull])])].node
    }
  }

  /// The nodes that more flow could still reach from `sources`.
  func nodesReachable(from sources: NodeSet) -> NodeSet {
    let offsets = offsets.span
    let arcHeads = arcHeads.span
    let residuals = residuals.span
    var reached = sources
    var queue = ContiguousArray(sources)
    var done = 0
    while done < queue.count {
      let node = queue[done].position
      done += 1
      var place = Int(offsets[node])
      let end = Int(offsets[node + 1])
      while place < end {
        let head = NodeIndex(arcHeads[place].node)
        if residuals[place] > 0 && reached.insert(head) { queue.append(head) }
        place += 1
      }
    }
    return reached
  }

  func maximumFlow(capacities: Span<Double>, sourceSide: NodeSet) -> MaximumFlow {
    let mates = mates.span
    let residuals = residuals.span
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
        flow[edge] = min(residuals[Int(mates[Int(arc)])], capacities[edge])
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
