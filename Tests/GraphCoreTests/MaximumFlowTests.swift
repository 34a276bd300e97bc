import GraphCore
import TestSupport
import Testing

struct MaximumFlowTests {
  @Test(
    "known graphs",
    arguments: [
      (count: 2, pairs: [], capacities: [], value: 0, cut: []),
      (count: 2, pairs: [(0, 1)], capacities: [0], value: 0, cut: []),
      (count: 2, pairs: [(1, 0)], capacities: [4], value: 0, cut: []),
      (
        count: 2, pairs: [(0, 1), (0, 0), (0, 1), (1, 0)], capacities: [1, 9, 2.5, 7], value: 3.5,
        cut: [0, 2]
      ),
      (count: 3, pairs: [(0, 2), (2, 1)], capacities: [.infinity, 5], value: 5, cut: [1]),
      (count: 3, pairs: [(0, 2), (2, 1)], capacities: [5, 5], value: 5, cut: [0]),
      (
        count: 3, pairs: [(0, 0), (2, 2), (1, 0)], capacities: [.infinity, .infinity, .infinity], value: 0,
        cut: []
      ),
    ] as [(count: Int, pairs: [(Int, Int)], capacities: [Double], value: Double, cut: [Int])])
  func known(count: Int, pairs: [(Int, Int)], capacities: [Double], value: Double, cut: [Int]) throws {
    let graph = DirectedGraph(nodeCount: count, edges: pairs)
    let found = try graph.maximumFlow(from: NodeIndex(0), to: NodeIndex(1), capacities: capacities.span)
    #expect(found.value == value)
    #expect(found.cutEdges == edges(cut))
  }

  // T. Cormen et al., "Introduction to algorithms", fig. 26.1; node 0 is s, 1 to 4 are v1 to v4, 5 is t.
  @Test("the shipping network of Cormen, Leiserson, Rivest and Stein carries 23")
  func shipping() throws {
    let graph = DirectedGraph(
      nodeCount: 6,
      edges: [(0, 1), (0, 2), (1, 2), (2, 1), (1, 3), (3, 2), (2, 4), (4, 3), (3, 5), (4, 5)])
    let capacities: [Double] = [16, 13, 10, 4, 12, 9, 14, 7, 20, 4]
    let found = try graph.maximumFlow(from: NodeIndex(0), to: NodeIndex(5), capacities: capacities.span)
    #expect(found.value == 23)
    #expect(found.cutEdges == edges([4, 7, 9]))
  }

  // J. Picard, M. Queyranne, as in networkx 3.6.1, `test_digraph4`; node 0 is x, 1 to 5 are a to e, 6 is y.
  @Test("the network of Picard and Queyranne carries 3")
  func picardQueyranne() throws {
    let graph = DirectedGraph(
      nodeCount: 7, edges: [(0, 1), (0, 2), (1, 3), (2, 3), (2, 4), (4, 5), (3, 6), (5, 6)])
    let capacities: [Double] = [3, 1, 3, 5, 4, 2, 2, 3]
    let found = try graph.maximumFlow(from: NodeIndex(0), to: NodeIndex(6), capacities: capacities.span)
    #expect(found.value == 3)
    #expect(found.cutEdges == edges([1, 6]))
  }

  // networkx 3.6.1, `test_digraph_infcap_edges`; node 0 is s, 1 to 3 are a to c, 4 is t.
  @Test("edges without limit take part without being cut")
  func infiniteCapacities() throws {
    let graph = DirectedGraph(nodeCount: 5, edges: [(0, 1), (0, 2), (1, 3), (2, 3), (1, 4), (3, 4)])
    let capacities: [Double] = [.infinity, 30, 25, 12, 60, .infinity]
    let found = try graph.maximumFlow(from: NodeIndex(0), to: NodeIndex(4), capacities: capacities.span)
    #expect(found.value == 97)
    #expect(found.cutEdges == edges([2, 3, 4]))
  }

  @Test("a way without any limit is reported, not followed")
  func unbounded() throws {
    let graph = DirectedGraph(nodeCount: 4, edges: [(0, 1), (1, 0), (1, 2), (0, 3), (2, 3)])
    let capacities: [Double] = [.infinity, .infinity, .infinity, 1, .infinity]
    let found = #expect(throws: UnboundedFlow.self) {
      try graph.maximumFlow(from: NodeIndex(0), to: NodeIndex(3), capacities: capacities.span)
    }
    #expect(found?.path == edges([0, 2, 4]))
    let atOnce = #expect(throws: UnboundedFlow.self) {
      try graph.maximumFlow(from: nodes([0, 1]), to: nodes([3, 1]), capacities: capacities.span)
    }
    #expect(atOnce?.path == [])
  }

  @Test(
    "the value is that of the least cut over all subsets, and the flow proves it", arguments: UInt64(0)..<400)
  func agreesWithSubsets(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let (graph, pairs) = DirectedGraph.random(maxNodes: 9, using: &generator)
    let capacities = pairs.map { _ in
      switch Int.random(in: 0..<10, using: &generator) {
      case 0: Double.infinity
      case 1: 0.0
      default: Double(Int.random(in: 1...20, using: &generator))
      }
    }
    let sources = (0..<Int.random(in: 1...2, using: &generator)).map { _ in
      Int.random(in: 0..<graph.nodeCount, using: &generator)
    }
    let sinks = (0..<Int.random(in: 1...2, using: &generator)).map { _ in
      Int.random(in: 0..<graph.nodeCount, using: &generator)
    }
    let least = BruteForce(nodeCount: graph.nodeCount, edges: pairs)
      .minimumCut(from: sources, to: sinks, capacities: capacities)
    do {
      let found = try graph.maximumFlow(from: nodes(sources), to: nodes(sinks), capacities: capacities.span)
      #expect(found.value == least, "\(pairs) \(capacities) from \(sources) to \(sinks)")
      expectProof(found, pairs: pairs, capacities: capacities, sources: sources, sinks: sinks, tolerance: 0)
    } catch {
      #expect(least == .infinity)
      for edge in error.path { #expect(capacities[edge.position] == .infinity) }
      let path = error.path.map { pairs[$0.position] }
      #expect(zip(path, path.dropFirst()).allSatisfy { $0.1 == $1.0 })
      #expect(path.isEmpty ? !Set(sources).isDisjoint(with: sinks) : sources.contains(path[0].0))
      #expect(path.isEmpty || sinks.contains(path[path.count - 1].1))
    }
  }

  @Test("fractions of very different size end and agree up to rounding", arguments: UInt64(0)..<100)
  func roughCapacities(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let (graph, pairs) = DirectedGraph.random(maxNodes: 30, maxMeanDegree: 6, using: &generator)
    guard graph.nodeCount > 1 else { return }
    let scales = [1e-9, 0.1, 1, 1e9]
    let capacities = pairs.map { _ in
      Double.random(in: 0...1, using: &generator) * scales[Int.random(in: 0..<4, using: &generator)]
    }
    let found = try graph.maximumFlow(
      from: NodeIndex(0), to: NodeIndex(graph.nodeCount - 1), capacities: capacities.span)
    expectProof(
      found, pairs: pairs, capacities: capacities, sources: [0], sinks: [graph.nodeCount - 1], tolerance: 1e-4
    )
  }

  @Test("other node numbers and another order of edges give the same value", arguments: UInt64(0)..<100)
  func relabelling(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let (graph, pairs) = DirectedGraph.random(maxNodes: 40, maxMeanDegree: 5, using: &generator)
    guard graph.nodeCount > 1 else { return }
    let capacities = pairs.map { _ in Double(Int.random(in: 0...50, using: &generator)) }
    let other = Relabelled(nodeCount: graph.nodeCount, edges: pairs.reversed(), using: &generator)
    let found = try graph.maximumFlow(from: NodeIndex(0), to: NodeIndex(1), capacities: capacities.span)
    let otherFound = try other.graph.maximumFlow(
      from: NodeIndex(other.number[0]), to: NodeIndex(other.number[1]),
      capacities: Array(capacities.reversed()).span)
    #expect(found.value == otherFound.value)
    #expect(
      found.cutEdges.map { pairs.count - 1 - $0.position }.reversed() == otherFound.cutEdges.map(\.position))
  }

  @Test("a path of a million nodes does not exhaust the stack")
  func deep() throws {
    let capacities = ContiguousArray(repeating: 2.0, count: longPath.edgeCount)
    let found = try longPath.maximumFlow(
      from: NodeIndex(0), to: NodeIndex(999_999), capacities: capacities.span)
    #expect(found.value == 2)
    #expect(found.cutEdges == edges([0]))
  }

  @Test("a network that makes shortest paths grow one by one ends soon")
  func zigzag() throws {
    // Each of the middle nodes is one step farther from the sink than the one before, so that every
    // phase finds paths of one new length only.
    let count = 400
    var pairs: [(Int, Int)] = []
    var capacities: [Double] = []
    for node in 1..<count - 1 {
      pairs += [(0, node), (node, node + 1), (node, count - 1)]
      capacities += [Double(1 + node % 7), Double(count), 1]
    }
    let graph = DirectedGraph(nodeCount: count, edges: pairs)
    let found = try graph.maximumFlow(
      from: NodeIndex(0), to: NodeIndex(count - 1), capacities: capacities.span)
    expectProof(
      found, pairs: pairs, capacities: capacities, sources: [0], sinks: [count - 1], tolerance: 0)
  }

  /// Checks the flow against its bounds, its balance at each node, and the cut against both.
  private func expectProof(
    _ found: MaximumFlow, pairs: [(Int, Int)], capacities: [Double], sources: [Int], sinks: [Int],
    tolerance: Double
  ) {
    let count = found.sourceSide.nodeCount
    var surplus = [Double](repeating: 0, count: count)
    for (edge, (source, target)) in pairs.enumerated() {
      #expect(found.flow[edge] >= 0)
      #expect(found.flow[edge] <= capacities[edge])
      surplus[source] += found.flow[edge]
      surplus[target] -= found.flow[edge]
    }
    for node in 0..<count where !sources.contains(node) && !sinks.contains(node) {
      #expect(abs(surplus[node]) <= tolerance, "node \(node)")
    }
    #expect(abs(Set(sources).reduce(0) { $0 + surplus[$1] } - found.value) <= tolerance)

    #expect(sources.allSatisfy { found.sourceSide.contains(NodeIndex($0)) })
    #expect(!sinks.contains { found.sourceSide.contains(NodeIndex($0)) })
    let crossing = pairs.indices.filter {
      capacities[$0] > 0 && found.sourceSide.contains(NodeIndex(pairs[$0].0))
        && !found.sourceSide.contains(NodeIndex(pairs[$0].1))
    }
    #expect(found.cutEdges == edges(Array(crossing)))
    #expect(crossing.reduce(0) { $0 + capacities[$1] } == found.value)
  }
}
