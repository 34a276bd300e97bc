import GraphCore
import TestSupport
import Testing

struct StronglyConnectedComponentsTests {
  @Test(
    "known graphs",
    arguments: [
      (nodes: 0, edges: [], components: []),
      (nodes: 1, edges: [], components: [0]),
      (nodes: 1, edges: [(0, 0)], components: [0]),
      (nodes: 3, edges: [(0, 1), (0, 1), (1, 2)], components: [2, 1, 0]),
      (nodes: 3, edges: [(0, 1), (1, 2), (2, 0)], components: [0, 0, 0]),
      (nodes: 5, edges: [(0, 1), (1, 0), (2, 3), (3, 2), (1, 2), (4, 4)], components: [1, 1, 0, 0, 2]),
    ] as [(nodes: Int, edges: [(Int, Int)], components: [UInt32])])
  func known(nodes: Int, edges: [(Int, Int)], components: [UInt32]) {
    let found = DirectedGraph(nodeCount: nodes, edges: edges).stronglyConnectedComponents()
    #expect(Array(found.componentOfNode) == components)
    #expect(found.count == Set(components).count)
  }

  @Test("a component is the set of nodes that reach each other", arguments: UInt64(0)..<300)
  func agreesWithReachability(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, edges) = DirectedGraph.random(maxNodes: 12, using: &generator)
    let found = graph.stronglyConnectedComponents().componentOfNode
    let reaches = (0..<graph.nodeCount).map { node in
      BruteForce(nodeCount: graph.nodeCount, edges: edges).reached(from: [node])
    }
    for u in 0..<graph.nodeCount {
      for v in 0..<graph.nodeCount {
        #expect((found[u] == found[v]) == (reaches[u][v] && reaches[v][u]), "nodes \(u), \(v) of \(edges)")
      }
    }
  }

  @Test("components are numbered in reverse topological order without gaps", arguments: UInt64(0)..<200)
  func numbering(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, edges) = DirectedGraph.random(maxNodes: 40, maxMeanDegree: 2, using: &generator)
    let found = graph.stronglyConnectedComponents()
    #expect(Set(found.componentOfNode) == Set(0..<UInt32(found.count)))
    for (source, target) in edges {
      #expect(found.component(of: NodeIndex(source)) >= found.component(of: NodeIndex(target)))
    }
  }

  @Test("other node numbers give the same components", arguments: UInt64(0)..<100)
  func relabelling(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, edges) = DirectedGraph.random(maxNodes: 40, maxMeanDegree: 2, using: &generator)
    let other = Relabelled(nodeCount: graph.nodeCount, edges: edges, using: &generator)
    let found = graph.stronglyConnectedComponents()
    let otherFound = other.graph.stronglyConnectedComponents()
    let pairs = Set(
      (0..<graph.nodeCount).map { [found.componentOfNode[$0], otherFound.componentOfNode[other.number[$0]]] })
    #expect(found.count == otherFound.count)
    #expect(pairs.count == found.count)
  }

  @Test("a path of a million nodes does not exhaust the stack")
  func deep() {
    let found = longPath.stronglyConnectedComponents()
    #expect(found.count == longPath.nodeCount)
    #expect(found.component(of: NodeIndex(0)) == longPath.nodeCount - 1)
  }
}
