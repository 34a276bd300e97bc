import GraphCore
import Testing

struct PreconditionTests {
  @Test("an edge ends at nodes of the graph")
  func edgeOutOfRange() async {
    await #expect(processExitsWith: .failure) { _ = DirectedGraph(nodeCount: 1, edges: [(0, 5)]) }
    await #expect(processExitsWith: .failure) { _ = DirectedGraph(nodeCount: 1, edges: [(-1, 0)]) }
  }

  @Test("the columns of a graph have one length")
  func unequalColumns() async {
    await #expect(processExitsWith: .failure) {
      let sources = [NodeIndex(0)]
      let targets = [NodeIndex(0), NodeIndex(1)]
      _ = DirectedGraph(nodeCount: 2, sources: sources.span, targets: targets.span)
    }
  }

  @Test("a node index is not negative")
  func negativeIndex() async {
    await #expect(processExitsWith: .failure) { _ = NodeIndex(Int(CommandLine.argc) - 1_000) }
  }

  @Test("starts and roots are nodes of the graph")
  func startOutOfRange() async {
    await #expect(processExitsWith: .failure) {
      _ = DirectedGraph(nodeCount: 1, edges: []).nodesReachable(from: [NodeIndex(1)])
    }
    await #expect(processExitsWith: .failure) {
      _ = DirectedGraph(nodeCount: 1, edges: []).breadthFirstTree(from: [NodeIndex(1)])
    }
    await #expect(processExitsWith: .failure) {
      _ = DirectedGraph(nodeCount: 1, edges: []).dominators(from: [NodeIndex(1)])
    }
    await #expect(processExitsWith: .failure) {
      _ = DirectedGraph(nodeCount: 1, edges: []).minimumNodeCut(from: NodeIndex(0), to: NodeIndex(1))
    }
  }

  @Test("there is one capacity for each edge, at least 0")
  func badCapacities() async {
    await #expect(processExitsWith: .failure) {
      let graph = DirectedGraph(nodeCount: 2, edges: [(0, 1)])
      _ = try graph.maximumFlow(from: NodeIndex(0), to: NodeIndex(1), capacities: [Double]().span)
    }
    await #expect(processExitsWith: .failure) {
      let graph = DirectedGraph(nodeCount: 2, edges: [(0, 1)])
      _ = try graph.maximumFlow(from: NodeIndex(0), to: NodeIndex(1), capacities: [-1.0].span)
    }
    await #expect(processExitsWith: .failure) {
      let graph = DirectedGraph(nodeCount: 2, edges: [(0, 1)])
      _ = try graph.maximumFlow(from: NodeIndex(0), to: NodeIndex(1), capacities: [Double.nan].span)
    }
  }

  @Test("a total needs one weight for each node")
  func missingWeights() async {
    await #expect(processExitsWith: .failure) {
      let tree = DirectedGraph(nodeCount: 2, edges: []).dominators(from: [NodeIndex(0)])
      _ = tree.totals(of: [1.0].span)
    }
  }

  @Test("sets of nodes that are joined belong to graphs of one size")
  func differentUniverses() async {
    await #expect(processExitsWith: .failure) {
      var set = NodeSet(nodeCount: 3)
      set.formUnion(NodeSet(nodeCount: 4))
    }
  }
}
