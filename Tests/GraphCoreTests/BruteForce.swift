import GraphCore

/// Slow and obvious answers about a small graph, to hold the fast ones to.
struct BruteForce {
  let nodeCount: Int
  let edges: [(Int, Int)]

  /// Whether each node can be reached from any of `starts` on paths that avoid `removed`.
  func reached(from starts: [Int], without removed: Int? = nil) -> [Bool] {
    var reached = (0..<nodeCount).map { starts.contains($0) && $0 != removed }
    var isChanging = true
    while isChanging {
      isChanging = false
      for (source, target) in edges where reached[source] && !reached[target] && target != removed {
        reached[target] = true
        isChanging = true
      }
    }
    return reached
  }

  /// The number of weak components of what is left without a node or an edge.
  func componentCount(withoutNode removedNode: Int? = nil, withoutEdge removedEdge: Int? = nil) -> Int {
    var label = Array(0..<nodeCount)
    for _ in 0..<nodeCount {
      for (edge, (a, b)) in edges.enumerated()
      where edge != removedEdge && a != removedNode && b != removedNode {
        let least = min(label[a], label[b])
        label[a] = least
        label[b] = least
      }
    }
    return Set((0..<nodeCount).filter { $0 != removedNode }.map { label[$0] }).count
  }

  /// The least capacity of the edges that leave a set with all sources and no sink.
  func minimumCut(from sources: [Int], to sinks: [Int], capacities: [Double]) -> Double {
    var least = Double.infinity
    for subset in 0..<(1 << nodeCount) {
      func holds(_ node: Int) -> Bool { subset >> node & 1 == 1 }
      guard sources.allSatisfy(holds), !sinks.contains(where: holds) else { continue }
      var capacity = 0.0
      for (edge, (source, target)) in edges.enumerated() where holds(source) && !holds(target) {
        capacity += capacities[edge]
      }
      least = min(least, capacity)
    }
    return least
  }
}

/// A random graph with the same edges between nodes that have other numbers.
struct Relabelled {
  let graph: DirectedGraph

  /// The new number of each node.
  let number: [Int]

  init(nodeCount: Int, edges: [(Int, Int)], using generator: inout some RandomNumberGenerator) {
    let number = (0..<nodeCount).shuffled(using: &generator)
    self.number = number
    graph = DirectedGraph(nodeCount: nodeCount, edges: edges.map { (number[$0.0], number[$0.1]) })
  }
}

func nodes(_ positions: [Int]) -> ContiguousArray<NodeIndex> {
  ContiguousArray(positions.map { NodeIndex($0) })
}

func edges(_ positions: [Int]) -> ContiguousArray<EdgeIndex> {
  ContiguousArray(positions.map { EdgeIndex($0) })
}

/// The path 0 → 1 → … of a million nodes, on which recursion would exhaust the stack.
let longPath = {
  let count = 1_000_000
  let all = ContiguousArray((0..<UInt32(count)).map { NodeIndex(rawValue: $0) })
  return DirectedGraph(
    nodeCount: count, sources: all.span.extracting(0..<count - 1), targets: all.span.extracting(1..<count))
}()
