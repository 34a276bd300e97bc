import GraphCore
import TestSupport
import Testing

struct ArticulationPointsAndBridgesTests {
  @Test(
    "known graphs",
    arguments: [
      (count: 0, pairs: [], points: [], bridges: []),
      (count: 1, pairs: [(0, 0)], points: [], bridges: []),
      (count: 2, pairs: [(1, 0)], points: [], bridges: [0]),
      (count: 2, pairs: [(0, 1), (1, 0)], points: [], bridges: []),
      (count: 2, pairs: [(0, 1), (0, 1)], points: [], bridges: []),
      (count: 3, pairs: [(0, 1), (2, 1), (1, 1)], points: [1], bridges: [0, 1]),
      (count: 3, pairs: [(0, 1), (1, 2), (2, 0)], points: [], bridges: []),
      (count: 3, pairs: [(0, 1), (1, 2), (1, 0)], points: [1], bridges: [1]),
      (
        count: 7, pairs: [(0, 1), (1, 2), (2, 0), (3, 2), (3, 4), (4, 5), (5, 3), (6, 6)], points: [2, 3],
        bridges: [3]
      ),
    ] as [(count: Int, pairs: [(Int, Int)], points: [Int], bridges: [Int])])
  func known(count: Int, pairs: [(Int, Int)], points: [Int], bridges: [Int]) {
    let found = DirectedGraph(nodeCount: count, edges: pairs).articulationPointsAndBridges()
    #expect(found.articulationPoints == nodes(points))
    #expect(found.bridges == edges(bridges))
  }

  @Test("they are the nodes and edges whose removal leaves more components", arguments: UInt64(0)..<400)
  func agreesWithRemoval(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, pairs) = DirectedGraph.random(maxNodes: 14, maxMeanDegree: 2, using: &generator)
    let slow = BruteForce(nodeCount: graph.nodeCount, edges: pairs)
    let before = slow.componentCount()
    let found = graph.articulationPointsAndBridges()
    let points = (0..<graph.nodeCount).filter { slow.componentCount(withoutNode: $0) > before }
    let bridges = pairs.indices.filter { slow.componentCount(withoutEdge: $0) > before }
    #expect(found.articulationPoints == nodes(points), "\(pairs)")
    #expect(found.bridges == edges(Array(bridges)), "\(pairs)")
    #expect(found == graph.reversed().articulationPointsAndBridges())
  }

  @Test("other node numbers give the same points and bridges", arguments: UInt64(0)..<100)
  func relabelling(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (graph, pairs) = DirectedGraph.random(maxNodes: 60, maxMeanDegree: 1, using: &generator)
    let other = Relabelled(nodeCount: graph.nodeCount, edges: pairs, using: &generator)
    let found = graph.articulationPointsAndBridges()
    let otherFound = other.graph.articulationPointsAndBridges()
    #expect(otherFound.bridges == found.bridges)
    #expect(
      otherFound.articulationPoints
        == nodes(found.articulationPoints.map { other.number[$0.position] }.sorted()))
  }

  @Test("a path of a million nodes does not exhaust the stack")
  func deep() {
    let found = longPath.articulationPointsAndBridges()
    #expect(found.articulationPoints.count == 999_998)
    #expect(found.bridges.count == 999_999)
  }
}
