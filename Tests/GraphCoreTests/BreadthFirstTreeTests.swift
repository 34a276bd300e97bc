import GraphCore
import TestSupport
import Testing

struct BreadthFirstTreeTests {
  @Test("of two shortest paths the one through the smaller node, of parallel edges the first")
  func ties() {
    let graph = DirectedGraph(nodeCount: 5, edges: [(0, 3), (0, 1), (3, 4), (1, 4), (1, 4), (4, 4), (0, 1)])
    let tree = graph.breadthFirstTree(from: [NodeIndex(0)])
    #expect(tree.path(to: NodeIndex(4)) == nodes([0, 1, 4]))
    #expect(tree.edgePath(to: NodeIndex(4)) == edges([1, 3]))
    #expect(tree.path(to: NodeIndex(0)) == nodes([0]))
    #expect(tree.edgePath(to: NodeIndex(0)) == [])
    #expect(tree.distance(to: NodeIndex(2)) == nil)
    #expect(tree.path(to: NodeIndex(2)) == nil)
    #expect(tree.edgePath(to: NodeIndex(2)) == nil)
  }

  @Test(
    "distances are those of Bellman and Ford, and paths take the smallest predecessor",
    arguments: UInt64(0)..<300)
  func agreesWithRelaxation(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, pairs) = DirectedGraph.random(maxNodes: 15, using: &generator)
    let starts = (0..<2).map { _ in Int.random(in: 0..<graph.nodeCount, using: &generator) }
    var distance = (0..<graph.nodeCount).map { starts.contains($0) ? 0 : 1_000 }
    for _ in 0..<graph.nodeCount {
      for (source, target) in pairs { distance[target] = min(distance[target], distance[source] + 1) }
    }

    let tree = graph.breadthFirstTree(from: starts.map { NodeIndex($0) })
    for node in graph.nodes {
      #expect(tree.distance(to: node) ?? 1_000 == distance[node.position])
      guard let path = tree.path(to: node), let edgePath = tree.edgePath(to: node) else { continue }
      #expect(path.last == node)
      #expect(path.count == distance[node.position] + 1)
      #expect(starts.contains(path[0].position))
      for (step, edge) in edgePath.enumerated() {
        let (source, target) = (path[step].position, path[step + 1].position)
        let candidates = pairs.filter { $0.1 == target && distance[$0.0] == step }.map(\.0)
        #expect(source == candidates.min())
        #expect(edge.position == pairs.firstIndex { $0 == (source, target) })
      }
    }
  }

  @Test("a path of a million nodes does not exhaust the stack")
  func deep() {
    let tree = longPath.breadthFirstTree(from: [NodeIndex(0)])
    #expect(tree.distance(to: NodeIndex(999_999)) == 999_999)
    #expect(tree.path(to: NodeIndex(9)) == nodes(Array(0..<10)))
  }
}
