import GraphCore
import TestSupport
import Testing

struct DominatorsTests {
  @Test(
    "known graphs",
    arguments: [
      (nodes: 0, edges: [], roots: [], dominators: []),
      (nodes: 1, edges: [], roots: [0], dominators: [nil]),
      (nodes: 1, edges: [(0, 0)], roots: [0], dominators: [nil]),
      (nodes: 2, edges: [(0, 1)], roots: [], dominators: [nil, nil]),
      (nodes: 4, edges: [(0, 1), (0, 1), (1, 1), (1, 2), (3, 2)], roots: [0], dominators: [nil, 0, 1, nil]),
      (nodes: 4, edges: [(0, 2), (1, 2), (2, 3)], roots: [0, 1], dominators: [nil, nil, nil, 2]),
      (nodes: 3, edges: [(0, 1), (1, 2)], roots: [2, 1, 0, 0], dominators: [nil, nil, nil]),
      (nodes: 3, edges: [(0, 1), (1, 0), (1, 2)], roots: [0, 1], dominators: [nil, nil, 1]),
    ] as [(nodes: Int, edges: [(Int, Int)], roots: [Int], dominators: [Int?])])
  func known(nodes: Int, edges: [(Int, Int)], roots: [Int], dominators: [Int?]) {
    let graph = DirectedGraph(nodeCount: nodes, edges: edges)
    let tree = graph.dominators(from: roots.map { NodeIndex($0) })
    #expect(graph.nodes.map { tree.immediateDominator(of: $0)?.position } == dominators)
  }

  // K. Cooper, T. Harvey, K. Kennedy, "A simple, fast dominance algorithm", 2001, fig. 2.
  @Test("the irreducible graph of Cooper, Harvey and Kennedy")
  func cooperHarveyKennedy() {
    let graph = DirectedGraph(nodeCount: 6, edges: [(1, 2), (2, 1), (3, 2), (4, 1), (5, 3), (5, 4)])
    let tree = graph.dominators(from: [NodeIndex(5)])
    #expect(graph.nodes.map { tree.immediateDominator(of: $0)?.position } == [nil, 5, 5, 5, 5, nil])
    #expect(!tree.isReachable(NodeIndex(0)))
    #expect(tree.isReachable(NodeIndex(5)))
  }

  // The example of the article "Dominator (graph theory)" in Wikipedia, with the values of networkx
  // 3.6.1, `test_domrel_png`.
  @Test("the control flow graph of the usual drawing")
  func controlFlow() {
    let graph = DirectedGraph(
      nodeCount: 7, edges: [(1, 2), (2, 3), (2, 4), (2, 6), (3, 5), (4, 5), (5, 2)])
    let tree = graph.dominators(from: [NodeIndex(1)])
    #expect(graph.nodes.map { tree.immediateDominator(of: $0)?.position } == [nil, nil, 1, 2, 2, 2, 2])
    #expect(tree.dominators(of: NodeIndex(5)) == nodes([2, 1]))
  }

  // T. Lengauer, R. Tarjan, "A fast algorithm for finding dominators in a flowgraph", ACM Trans.
  // Program. Lang. Syst. 1(1), 1979, figs. 1 and 2; node 0 is R, 1 to 12 are A to L.
  @Test("the flow graph of Lengauer and Tarjan")
  func lengauerTarjan() {
    let graph = DirectedGraph(
      nodeCount: 13,
      edges: [
        (0, 1), (0, 2), (0, 3), (1, 4), (2, 1), (2, 4), (2, 5), (3, 6), (3, 7), (4, 12), (5, 8), (6, 9),
        (7, 9),
        (7, 10), (8, 5), (8, 11), (9, 11), (10, 9), (11, 9), (11, 0), (12, 8),
      ])
    let tree = graph.dominators(from: [NodeIndex(0)])
    #expect(
      graph.nodes.map { tree.immediateDominator(of: $0)?.position } == [
        nil, 0, 0, 0, 0, 0, 3, 3, 0, 0, 7, 0, 4,
      ])
  }

  @Test("a node dominates those that its removal cuts off from the roots", arguments: UInt64(0)..<400)
  func agreesWithRemoval(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, edges) = DirectedGraph.random(maxNodes: 14, using: &generator)
    let roots = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
      Int.random(in: 0..<graph.nodeCount, using: &generator)
    }
    let tree = graph.dominators(from: roots.map { NodeIndex($0) })
    let slow = BruteForce(nodeCount: graph.nodeCount, edges: edges)
    let reached = slow.reached(from: roots)
    let reachedWithout = (0..<graph.nodeCount).map { slow.reached(from: roots, without: $0) }
    for node in 0..<graph.nodeCount {
      let expected = (0..<graph.nodeCount).filter { $0 != node && reached[node] && !reachedWithout[$0][node] }
      let found = tree.dominators(of: NodeIndex(node))
      #expect(found.map(\.position).sorted() == expected, "node \(node) of \(edges) from \(roots)")
      #expect(tree.isReachable(NodeIndex(node)) == reached[node])
    }

    let weights = ContiguousArray((0..<graph.nodeCount).map { Double(1 + $0) })
    let totals = tree.totals(of: weights.span)
    for node in 0..<graph.nodeCount {
      let lost = (0..<graph.nodeCount).filter { reached[$0] && !reachedWithout[node][$0] }
      #expect(totals[node] == lost.reduce(0) { $0 + Double(1 + $1) })
    }
  }

  @Test("the order lists each reachable node once, after its immediate dominator", arguments: UInt64(0)..<100)
  func order(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, _) = DirectedGraph.random(maxNodes: 60, maxMeanDegree: 2, using: &generator)
    let roots = [NodeIndex(0), NodeIndex(graph.nodeCount - 1)]
    let tree = graph.dominators(from: roots)
    var listed = NodeSet(nodeCount: graph.nodeCount)
    for node in tree.order {
      if let dominator = tree.immediateDominator(of: node) { #expect(listed.contains(dominator)) }
      let isNew = listed.insert(node)
      #expect(isNew)
    }
    #expect(listed == graph.nodesReachable(from: roots))
  }

  @Test("other node numbers give the same dominators", arguments: UInt64(0)..<100)
  func relabelling(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, edges) = DirectedGraph.random(maxNodes: 60, using: &generator)
    let other = Relabelled(nodeCount: graph.nodeCount, edges: edges, using: &generator)
    let tree = graph.dominators(from: [NodeIndex(0)])
    let otherTree = other.graph.dominators(from: [NodeIndex(other.number[0])])
    for node in graph.nodes {
      let expected = tree.immediateDominator(of: node).map { other.number[$0.position] }
      #expect(otherTree.immediateDominator(of: NodeIndex(other.number[node.position]))?.position == expected)
    }
  }

  @Test("a path of a million nodes does not exhaust the stack")
  func deep() {
    let tree = longPath.dominators(from: [NodeIndex(0)])
    #expect(tree.immediateDominator(of: NodeIndex(999_999)) == NodeIndex(999_998))
  }

  @Test("edges from the end of a long path back to each of its nodes do not make it slow")
  func edgesBack() {
    let count = 50_000
    let path = (1..<count).map { ($0 - 1, $0) }
    let back = (1..<count).map { (count - 1, $0) }
    let graph = DirectedGraph(nodeCount: count, edges: path + back)
    let tree = graph.dominators(from: [NodeIndex(0)])
    #expect(
      graph.nodes.dropFirst().allSatisfy { tree.immediateDominator(of: $0)?.position == $0.position - 1 })
  }
}
