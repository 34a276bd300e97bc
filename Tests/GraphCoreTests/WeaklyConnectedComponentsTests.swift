import GraphCore
import TestSupport
import Testing

struct WeaklyConnectedComponentsTests {
  @Test(
    "known graphs",
    arguments: [
      (nodes: 0, edges: [], components: []),
      (nodes: 1, edges: [], components: [0]),
      (nodes: 1, edges: [(0, 0)], components: [0]),
      (nodes: 3, edges: [(2, 0), (2, 0)], components: [0, 1, 0]),
      (nodes: 6, edges: [(5, 1), (4, 1), (3, 2), (2, 2)], components: [0, 1, 2, 2, 1, 1]),
    ] as [(nodes: Int, edges: [(Int, Int)], components: [UInt32])])
  func known(nodes: Int, edges: [(Int, Int)], components: [UInt32]) {
    let found = DirectedGraph(nodeCount: nodes, edges: edges).weaklyConnectedComponents()
    #expect(Array(found.componentOfNode) == components)
    #expect(found.count == Set(components).count)
  }

  @Test("a component is the set of nodes that edges join in either direction", arguments: UInt64(0)..<300)
  func agreesWithReachability(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, edges) = DirectedGraph.random(maxNodes: 15, maxMeanDegree: 1, using: &generator)
    let bothWays = BruteForce(nodeCount: graph.nodeCount, edges: edges + edges.map { ($0.1, $0.0) })
    var expected = [UInt32](repeating: .max, count: graph.nodeCount)
    var count: UInt32 = 0
    for node in 0..<graph.nodeCount where expected[node] == .max {
      for (other, isReached) in bothWays.reached(from: [node]).enumerated() where isReached {
        expected[other] = count
      }
      count += 1
    }
    let found = graph.weaklyConnectedComponents()
    #expect(Array(found.componentOfNode) == expected)
    #expect(found.count == Int(count))
    #expect(found == graph.reversed().weaklyConnectedComponents())
  }

  @Test("a path of a million nodes does not exhaust the stack")
  func deep() {
    #expect(longPath.weaklyConnectedComponents().count == 1)
    #expect(longPath.reversed().weaklyConnectedComponents().count == 1)
  }
}
