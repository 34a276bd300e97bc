import GraphCore
import TestSupport
import Testing

struct MinimumNodeCutTests {
  @Test(
    "known graphs, from node 0 to node 1",
    arguments: [
      (count: 2, pairs: [], cut: []),
      (count: 2, pairs: [(0, 1)], cut: nil),
      (count: 3, pairs: [(0, 2), (2, 1), (0, 0), (2, 2), (0, 2)], cut: [2]),
      (count: 4, pairs: [(0, 2), (2, 3), (3, 1)], cut: [2]),
      (count: 4, pairs: [(0, 2), (0, 3), (2, 1), (3, 1)], cut: [2, 3]),
      (count: 4, pairs: [(0, 2), (0, 3), (2, 1), (3, 1), (0, 1)], cut: nil),
    ] as [(count: Int, pairs: [(Int, Int)], cut: [Int]?)])
  func known(count: Int, pairs: [(Int, Int)], cut: [Int]?) {
    let graph = DirectedGraph(nodeCount: count, edges: pairs)
    #expect(graph.minimumNodeCut(from: NodeIndex(0), to: NodeIndex(1)) == cut.map { nodes($0) })
    #expect(graph.minimumNodeCut(from: NodeIndex(1), to: NodeIndex(1)) == nil)
  }

  // U. Brandes, T. Erlebach (eds.), "Network analysis", 2005, fig. 1 as numbered in networkx 3.6.1,
  // `connectivity/tests/test_cuts.py`.
  @Test("the graph of Brandes and Erlebach falls apart without nodes 6 and 7, or without three edges")
  func brandesErlebach() throws {
    let pairs = [
      (1, 2), (1, 3), (1, 4), (1, 5), (2, 3), (2, 6), (3, 4), (3, 6), (4, 6), (4, 7), (5, 7), (6, 8), (6, 9),
      (7, 8), (7, 10), (8, 11), (9, 10), (9, 11), (10, 11),
    ]
    let graph = DirectedGraph(nodeCount: 12, edges: pairs + pairs.map { ($0.1, $0.0) })
    #expect(graph.minimumNodeCut(from: NodeIndex(1), to: NodeIndex(11)) == nodes([6, 7]))
    let ones = [Double](repeating: 1, count: graph.edgeCount)
    let flow = try graph.maximumFlow(from: NodeIndex(1), to: NodeIndex(11), capacities: ones.span)
    #expect(flow.value == 3)

    let leastEdgeCut = try (2...11).map {
      try graph.maximumFlow(from: NodeIndex(1), to: NodeIndex($0), capacities: ones.span).value
    }.min()
    #expect(leastEdgeCut == 2)
    var leastNodeCut = Int.max
    for source in 1...11 {
      for sink in 1...11 {
        let cut = graph.minimumNodeCut(from: NodeIndex(source), to: NodeIndex(sink))
        leastNodeCut = min(leastNodeCut, cut?.count ?? .max)
      }
    }
    #expect(leastNodeCut == 2)
  }

  @Test("it is a least set of nodes whose removal parts the ends", arguments: UInt64(0)..<300)
  func agreesWithSubsets(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, pairs) = DirectedGraph.random(maxNodes: 9, using: &generator)
    guard graph.nodeCount > 1 else { return }
    var least: Int?
    for subset in 0..<(1 << graph.nodeCount) where subset & 3 == 0 && subset.nonzeroBitCount < least ?? .max {
      let rest = pairs.filter { subset >> $0.0 & 1 == 0 && subset >> $0.1 & 1 == 0 }
      if !BruteForce(nodeCount: graph.nodeCount, edges: rest).reached(from: [0])[1] {
        least = subset.nonzeroBitCount
      }
    }
    let found = graph.minimumNodeCut(from: NodeIndex(0), to: NodeIndex(1))
    #expect(found?.count == least)
    guard let found else { return }
    let rest = pairs.filter { !found.contains(NodeIndex($0.0)) && !found.contains(NodeIndex($0.1)) }
    #expect(!BruteForce(nodeCount: graph.nodeCount, edges: rest).reached(from: [0])[1])
  }

  @Test("a path of a million nodes does not exhaust the stack")
  func deep() {
    #expect(longPath.minimumNodeCut(from: NodeIndex(0), to: NodeIndex(999_999)) == nodes([1]))
  }
}
