import GraphCore
import TestSupport
import Testing

struct TopologicalOrderTests {
  @Test(
    "known graphs without cycles",
    arguments: [
      (nodes: 0, edges: [], order: []),
      (nodes: 1, edges: [], order: [0]),
      (nodes: 3, edges: [(2, 1), (2, 1), (1, 0)], order: [2, 1, 0]),
      (nodes: 4, edges: [(3, 1), (0, 1)], order: [0, 2, 3, 1]),
    ] as [(nodes: Int, edges: [(Int, Int)], order: [Int])])
  func known(nodes: Int, edges: [(Int, Int)], order: [Int]) throws {
    let found = try DirectedGraph(nodeCount: nodes, edges: edges).topologicalOrder()
    #expect(found.map(\.position) == order)
  }

  @Test(
    "known graphs with one cycle",
    arguments: [
      (count: 1, pairs: [(0, 0)], cycle: [0], cycleEdges: [0]),
      (count: 2, pairs: [(1, 0), (0, 1)], cycle: [0, 1], cycleEdges: [1, 0]),
      (count: 5, pairs: [(0, 3), (3, 1), (1, 4), (4, 3), (4, 2)], cycle: [1, 4, 3], cycleEdges: [2, 3, 1]),
    ] as [(count: Int, pairs: [(Int, Int)], cycle: [Int], cycleEdges: [Int])])
  func knownCycle(count: Int, pairs: [(Int, Int)], cycle: [Int], cycleEdges: [Int]) throws {
    let graph = DirectedGraph(nodeCount: count, edges: pairs)
    let found = try #require(throws: DirectedCycle.self) { try graph.topologicalOrder() }
    #expect(found.nodes == nodes(cycle))
    #expect(found.edges == edges(cycleEdges))
  }

  @Test("every edge leads forwards, or there is a cycle of edges of the graph", arguments: UInt64(0)..<300)
  func orderOrCycle(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, edges) = DirectedGraph.random(maxNodes: 15, maxMeanDegree: 1, using: &generator)
    do {
      let order = try graph.topologicalOrder()
      #expect(Set(order).count == graph.nodeCount)
      var rank = [Int](repeating: 0, count: graph.nodeCount)
      for (place, node) in order.enumerated() { rank[node.position] = place }
      #expect(edges.allSatisfy { rank[$0.0] < rank[$0.1] })
      #expect(graph.stronglyConnectedComponents().count == graph.nodeCount)
    } catch {
      let count = error.nodes.count
      #expect(count > 0)
      #expect(error.edges.count == count)
      #expect(Set(error.nodes).count == count)
      #expect(error.nodes.first == error.nodes.min())
      for (place, edge) in error.edges.enumerated() {
        let (source, target) = edges[edge.position]
        #expect(source == error.nodes[place].position)
        #expect(target == error.nodes[(place + 1) % count].position)
      }
    }
  }

  @Test("a path of a million nodes does not exhaust the stack, nor does a cycle")
  func deep() throws {
    #expect(try longPath.topologicalOrder().last == NodeIndex(999_999))
    let ring = DirectedGraph(
      nodeCount: 30_000, edges: (0..<30_000).lazy.map { ($0, ($0 + 1) % 30_000) })
    let cycle = try #require(throws: DirectedCycle.self) { try ring.topologicalOrder() }
    #expect(cycle.nodes.count == 30_000)
  }
}
