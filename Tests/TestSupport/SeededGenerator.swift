public import GraphCore

/// SplitMix64: small, fast and the same on every machine, so a failing seed can be run again.
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension DirectedGraph {
  /// A random graph of 1 to `maxNodes` nodes, with self-loops and parallel edges, and its edges.
  ///
  /// Its mean degree is itself random, up to `maxMeanDegree`, so that sparse graphs come up as often
  /// as dense ones.
  public static func random(
    maxNodes: Int, maxMeanDegree: Int = 3, using generator: inout some RandomNumberGenerator
  ) -> (graph: DirectedGraph, edges: [(Int, Int)]) {
    let nodeCount = Int.random(in: 1...maxNodes, using: &generator)
    let edgeCount = Int.random(in: 0...(maxMeanDegree * nodeCount), using: &generator)
    let edges = (0..<edgeCount).map { _ in
      (Int.random(in: 0..<nodeCount, using: &generator), Int.random(in: 0..<nodeCount, using: &generator))
    }
    return (DirectedGraph(nodeCount: nodeCount, edges: edges), edges)
  }

  /// A random graph without cycles whose edges lead from one of `layers` equal layers to the next.
  ///
  /// One edge in eight skips a layer where there is one to skip.
  public static func randomLayered(
    nodeCount: Int, edgeCount: Int, layers: Int, using generator: inout some RandomNumberGenerator
  ) -> DirectedGraph {
    precondition(layers > 1 && nodeCount >= layers, "at least two layers of at least one node")
    let width = nodeCount / layers
    var sources = ContiguousArray<NodeIndex>()
    var targets = ContiguousArray<NodeIndex>()
    sources.reserveCapacity(edgeCount)
    targets.reserveCapacity(edgeCount)
    for _ in 0..<edgeCount {
      let bits = generator.next()
      let layer = Int(bits & 0xFFFF) % (layers - 1)
      let step = (bits >> 16) & 7 == 0 && layer + 2 < layers ? 2 : 1
      let source = layer * width + Int(UInt32(truncatingIfNeeded: bits >> 32)) % width
      let target = (layer + step) * width + Int(generator.next() >> 33) % width
      sources.append(NodeIndex(source))
      targets.append(NodeIndex(target))
    }
    return DirectedGraph(nodeCount: nodeCount, sources: sources.span, targets: targets.span)
  }
}
