import GraphCore
import RiskAnalysis
import TestSupport
import Testing

struct GroupDominatorsTests {
  @Test(
    "known graphs",
    arguments: [
      (groups: [], edges: [], roots: [], found: []),
      (groups: [4], edges: [], roots: [0], found: [[4]]),
      (groups: [nil], edges: [(0, 0)], roots: [0], found: [[]]),
      (groups: [1, 2], edges: [(0, 1)], roots: [], found: [[], []]),
      // Two sites of one operator stand on the two ways to the last one.
      (
        groups: [0, 7, 7, 3], edges: [(0, 1), (0, 2), (1, 3), (2, 3)], roots: [0],
        found: [[0], [0, 7], [0, 7], [0, 3, 7]]
      ),
      (groups: [5, 6, nil], edges: [(0, 2), (1, 2)], roots: [0, 1], found: [[5], [6], []]),
      // A root is fed from outside, whatever leads to it.
      (groups: [5, 6], edges: [(0, 1), (1, 0)], roots: [0, 1], found: [[5], [6]]),
      // A loop that nothing feeds cannot be reached.
      (groups: [1, 2, 3], edges: [(1, 2), (2, 1)], roots: [0], found: [[1], [], []]),
    ] as [(groups: [UInt32?], edges: [(Int, Int)], roots: [Int], found: [[UInt32]])])
  func known(groups: [UInt32?], edges: [(Int, Int)], roots: [Int], found: [[UInt32]]) {
    let graph = DirectedGraph(nodeCount: groups.count, edges: edges)
    let column = groups.map { $0 ?? GroupDominators.noGroup }
    let dominators = graph.groupDominators(from: roots.map { NodeIndex($0) }, groups: column.span)
    #expect(graph.nodes.map { dominators.groups(dominating: $0) } == found)
    #expect(dominators.counts() == found.map(\.count))
  }

  @Test("a group dominates the nodes that its removal cuts off from the roots", arguments: UInt64(0)..<400)
  func agreesWithRemoval(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, _) = DirectedGraph.random(maxNodes: 14, using: &generator)
    let roots = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
      NodeIndex(Int.random(in: 0..<graph.nodeCount, using: &generator))
    }
    let groupCount = UInt32.random(in: 1...6, using: &generator)
    let groups = (0..<graph.nodeCount).map { _ in
      Bool.random(using: &generator)
        ? UInt32.random(in: 0..<groupCount, using: &generator) : GroupDominators.noGroup
    }
    let dominators = graph.groupDominators(from: roots, groups: groups.span)
    let reached = reachedNodes(of: graph, from: roots) { _ in false }
    for group in 0..<groupCount {
      let left = reachedNodes(of: graph, from: roots) { groups[$0.position] == group }
      for node in graph.nodes {
        let isCutOff = reached.contains(node) && !left.contains(node)
        #expect(
          dominators.groups(dominating: node).contains(group) == isCutOff, "group \(group), node \(node)")
      }
    }
  }

  @Test("with a group for each node they are its dominators", arguments: UInt64(0)..<100)
  func agreesWithDominators(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, _) = DirectedGraph.random(maxNodes: 80, maxMeanDegree: 4, using: &generator)
    let roots = [NodeIndex(0), NodeIndex(graph.nodeCount - 1)]
    let tree = graph.dominators(from: roots)
    let dominators = graph.groupDominators(
      from: roots, groups: ContiguousArray(0..<UInt32(graph.nodeCount)).span)
    for node in graph.nodes where tree.isReachable(node) {
      let expected = ([node] + tree.dominators(of: node)).map(\.rawValue).sorted()
      #expect(dominators.groups(dominating: node) == expected)
    }
  }

  @Test("a path on which every node has its own group, with an edge back to each, takes no quadratic time")
  func longPath() {
    let count = 100_000
    let forth = (1..<count).map { ($0 - 1, $0) }
    let back = (1..<count).map { ($0, $0 - 1) }
    let graph = DirectedGraph(nodeCount: count, edges: forth + back)
    let dominators = graph.groupDominators(
      from: [NodeIndex(0)], groups: ContiguousArray(0..<UInt32(count)).span)
    #expect(dominators.groups(dominating: NodeIndex(count - 1)).count == count)
    #expect(dominators.groups(dominating: NodeIndex(2)) == [0, 1, 2])
  }

  private func reachedNodes(
    of graph: DirectedGraph, from roots: [NodeIndex], without isGone: (NodeIndex) -> Bool
  ) -> Set<NodeIndex> {
    var reached = Set<NodeIndex>()
    var path = roots.filter { !isGone($0) }
    while let node = path.popLast() {
      guard reached.insert(node).inserted else { continue }
      path += graph.successors(of: node).filter { !isGone($0) }
    }
    return reached
  }
}
