import GraphCore
import TestSupport
import Testing

struct NodeSetTests {
  @Test("a set of nodes behaves as a set of numbers does", arguments: UInt64(0)..<50)
  func agreesWithSet(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let nodeCount = Int.random(in: 1...200, using: &generator)
    var set = NodeSet(nodeCount: nodeCount)
    var expected: Set<Int> = []
    for _ in 0..<200 {
      let node = Int.random(in: 0..<nodeCount, using: &generator)
      if Bool.random(using: &generator) {
        #expect(set.insert(NodeIndex(node)) == expected.insert(node).inserted)
      } else {
        #expect(set.remove(NodeIndex(node)) == (expected.remove(node) != nil))
      }
    }
    #expect(set.map(\.position) == expected.sorted())
    #expect(set.count == expected.count)
    #expect(set.isEmpty == expected.isEmpty)
    #expect((0..<nodeCount).allSatisfy { set.contains(NodeIndex($0)) == expected.contains($0) })
    #expect(set == NodeSet(nodeCount: nodeCount, expected.map { NodeIndex($0) }))
  }

  @Test("union, intersection and difference", arguments: [0, 1, 63, 64, 65, 130])
  func algebra(nodeCount: Int) {
    let even = NodeSet(nodeCount: nodeCount, nodes(Array(stride(from: 0, to: nodeCount, by: 2))))
    let third = NodeSet(nodeCount: nodeCount, nodes(Array(stride(from: 0, to: nodeCount, by: 3))))
    var union = even
    union.formUnion(third)
    #expect(union.map(\.position) == (0..<nodeCount).filter { $0 % 2 == 0 || $0 % 3 == 0 })
    var intersection = even
    intersection.formIntersection(third)
    #expect(intersection.map(\.position) == (0..<nodeCount).filter { $0 % 6 == 0 })
    var difference = even
    difference.subtract(third)
    #expect(difference.map(\.position) == (0..<nodeCount).filter { $0 % 2 == 0 && $0 % 3 != 0 })
  }
}
