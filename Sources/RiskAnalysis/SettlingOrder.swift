import GraphCore

/// An order in which to settle the nodes of a graph: each after all that it can be filled from, loop by loop.
struct SettlingOrder: Sendable {
  /// All nodes that can run under any disruption with any responses.
  private(set) var nodes: [Int] = []

  /// The ranges of `nodes` that feed each other; a range of one node needs no second look.
  private(set) var groups: [Range<Int>] = []

  /// No nodes at all.
  init() {}

  /// - Parameters:
  ///   - graph: from each node to those that it fills.
  ///   - order: the operable nodes, sellers before buyers as far as loops allow; groups keep it.
  /// - Complexity: O(nodes + lanes).
  init(of graph: DirectedGraph, order: [Int]) {
    let components = graph.stronglyConnectedComponents()
    // Components are numbered from the last buyers up.
    var ends = [Int](repeating: 0, count: components.count + 1)
    func rank(_ node: Int) -> Int { components.count - 1 - components.component(of: NodeIndex(node)) }
    for node in order { ends[rank(node) + 1] += 1 }
    for rank in 0..<components.count { ends[rank + 1] += ends[rank] }
    nodes = Array(repeating: 0, count: order.count)
    var next = ends
    for node in order {
      nodes[next[rank(node)]] = node
      next[rank(node)] += 1
    }
    for rank in 0..<components.count where ends[rank] < ends[rank + 1] {
      groups.append(ends[rank]..<ends[rank + 1])
    }
  }
}
