import GraphCore
import TestSupport
import Testing

struct DirectedGraphTests {
  @Test("an empty graph has no nodes and no edges")
  func empty() {
    let graph = DirectedGraph(nodeCount: 0, edges: [])
    #expect(graph.nodeCount == 0)
    #expect(graph.edgeCount == 0)
    #expect(graph.nodes.isEmpty)
    #expect(graph.reversed() == graph)
  }

  @Test(
    "successors come in the order in which their edges were given, parallel edges and self-loops included")
  func order() {
    let graph = DirectedGraph(nodeCount: 4, edges: [(2, 3), (0, 2), (2, 1), (2, 3), (0, 0), (2, 2)])
    #expect(Array(graph.successors(of: NodeIndex(2))) == Array(nodes([3, 1, 3, 2])))
    #expect(Array(graph.edgeIndices[graph.edges(from: NodeIndex(2))]) == Array(edges([0, 2, 3, 5])))
    #expect(Array(graph.successors(of: NodeIndex(0))) == Array(nodes([2, 0])))
    #expect(graph.successors(of: NodeIndex(1)).isEmpty)
    #expect(graph.successors(of: NodeIndex(3)).isEmpty)
  }

  @Test("columns and tuples make the same graph", arguments: UInt64(0)..<50)
  func columns(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, edges) = DirectedGraph.random(maxNodes: 20, using: &generator)
    let sources = nodes(edges.map(\.0))
    let targets = nodes(edges.map(\.1))
    #expect(
      graph == DirectedGraph(nodeCount: graph.nodeCount, sources: sources.span, targets: targets.span))
    #expect(graph.edgeEnds().sources == sources)
    #expect(graph.edgeEnds().targets == targets)
  }

  @Test(
    "reversing turns each edge and keeps its index, and twice gives the graph again",
    arguments: UInt64(0)..<100)
  func reversal(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, edges) = DirectedGraph.random(maxNodes: 20, using: &generator)
    let reversed = graph.reversed()
    #expect(reversed == DirectedGraph(nodeCount: graph.nodeCount, edges: edges.map { ($0.1, $0.0) }))
    #expect(reversed.reversed() == graph)
    for node in reversed.nodes {
      for place in reversed.edges(from: node) {
        let edge = edges[reversed.edgeIndices[place].position]
        #expect(edge == (reversed.targets[place].position, node.position))
      }
    }
  }

  @Test("a path of a million nodes can be reversed")
  func deep() {
    let reversed = longPath.reversed()
    #expect(reversed.successors(of: NodeIndex(0)).isEmpty)
    #expect(Array(reversed.successors(of: NodeIndex(999_999))) == Array(nodes([999_998])))
  }
}
