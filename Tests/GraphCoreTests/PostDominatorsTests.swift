import GraphCore
import TestSupport
import Testing

struct PostDominatorsTests {
  // The example of the article "Dominator (graph theory)" in Wikipedia, with the values of networkx
  // 3.6.1, `test_domrel_png`.
  @Test("the control flow graph of the usual drawing, backwards")
  func controlFlow() {
    let graph = DirectedGraph(
      nodeCount: 7, edges: [(1, 2), (2, 3), (2, 4), (2, 6), (3, 5), (4, 5), (5, 2)])
    let tree = graph.postDominators(to: [NodeIndex(6)])
    #expect(graph.nodes.map { tree.immediateDominator(of: $0)?.position } == [nil, 2, 6, 5, 5, 2, nil])
  }

  @Test("a node without an edge out is its own exit or has no post-dominator")
  func degenerate() {
    let graph = DirectedGraph(nodeCount: 3, edges: [(0, 1), (2, 2)])
    let tree = graph.postDominators(to: [NodeIndex(1)])
    #expect(graph.nodes.map { tree.immediateDominator(of: $0)?.position } == [1, nil, nil])
    #expect(graph.nodes.map { tree.isReachable($0) } == [true, true, false])
    #expect(graph.postDominators(to: []).order.isEmpty)
    #expect(DirectedGraph(nodeCount: 0, edges: []).postDominators(to: []).order.isEmpty)
  }

  @Test("a node post-dominates those that cannot reach an exit without it", arguments: UInt64(0)..<200)
  func agreesWithRemoval(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, edges) = DirectedGraph.random(maxNodes: 12, using: &generator)
    let slow = BruteForce(nodeCount: graph.nodeCount, edges: edges)
    let exits = [0, graph.nodeCount - 1]
    let tree = graph.postDominators(to: exits.map { NodeIndex($0) })
    for node in 0..<graph.nodeCount {
      let reached = slow.reached(from: [node])
      let canLeave = exits.contains { reached[$0] }
      #expect(tree.isReachable(NodeIndex(node)) == canLeave)
      let expected = (0..<graph.nodeCount).filter { other in
        let rest = slow.reached(from: [node], without: other)
        return other != node && canLeave && !exits.contains { rest[$0] }
      }
      #expect(tree.dominators(of: NodeIndex(node)).map(\.position).sorted() == expected)
    }
  }

  @Test("a path of a million nodes does not exhaust the stack")
  func deep() {
    let tree = longPath.postDominators(to: [NodeIndex(999_999)])
    #expect(tree.immediateDominator(of: NodeIndex(0)) == NodeIndex(1))
  }
}
