import GraphCore
import TestSupport
import Testing

struct ReachabilityTests {
  @Test(
    "known graphs",
    arguments: [
      (nodes: 0, edges: [], starts: [], reached: []),
      (nodes: 1, edges: [], starts: [0], reached: [0]),
      (nodes: 2, edges: [(0, 1)], starts: [], reached: []),
      (nodes: 4, edges: [(0, 1), (1, 1), (1, 2), (1, 2), (3, 0)], starts: [1, 1], reached: [1, 2]),
    ] as [(nodes: Int, edges: [(Int, Int)], starts: [Int], reached: [Int])])
  func known(nodes: Int, edges: [(Int, Int)], starts: [Int], reached: [Int]) {
    let graph = DirectedGraph(nodeCount: nodes, edges: edges)
    #expect(graph.nodesReachable(from: starts.map { NodeIndex($0) }).map(\.position) == reached)
  }

  @Test("the nodes reached are those that repeated steps reach", arguments: UInt64(0)..<300)
  func agreesWithSteps(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, edges) = DirectedGraph.random(maxNodes: 90, maxMeanDegree: 2, using: &generator)
    let starts = (0..<3).map { _ in Int.random(in: 0..<graph.nodeCount, using: &generator) }
    let expected = BruteForce(nodeCount: graph.nodeCount, edges: edges).reached(from: starts)
    let found = graph.nodesReachable(from: starts.map { NodeIndex($0) })
    #expect((0..<graph.nodeCount).map { found.contains(NodeIndex($0)) } == expected)
  }

  @Test("a path of a million nodes does not exhaust the stack")
  func deep() {
    #expect(longPath.nodesReachable(from: [NodeIndex(0)]).count == longPath.nodeCount)
    #expect(longPath.nodesReachable(from: [NodeIndex(999_990)]).count == 10)
  }
}
