/// The weakly connected components of a directed graph.
public struct WeaklyConnectedComponents: Sendable, Hashable {
  /// For each node the number of its component, from 0, in the order of the smallest members.
  public let componentOfNode: ContiguousArray<UInt32>

  /// The number of components; 0 for a graph without nodes.
  public let count: Int

  /// The number of the component that holds `node`.
  public func component(of node: NodeIndex) -> Int { Int(componentOfNode[node.position]) }
}

extension DirectedGraph {
  /// Finds the weakly connected components of this graph.
  ///
  /// Two nodes share a component when a path of edges, each taken in either direction, joins them.
  ///
  /// - Complexity: O(n + m log n) time at worst and close to O(n + m) in practice, O(n) space.
  /// - Source: R. Tarjan, J. van Leeuwen, "Worst-case analysis of set union algorithms", J. ACM
  ///   31(2), 1984: path halving, with the smaller index as the representative.
  public func weaklyConnectedComponents() -> WeaklyConnectedComponents {
    let nodeCount = nodeCount
    let offsets = offsets.span
    let targets = targets.span
    var parents = ContiguousArray<UInt32>(0..<UInt32(nodeCount))
    var parent = parents.mutableSpan

    var node = 0
    var place = 0
    while node < nodeCount {
      let end = Int(offsets[node + 1])
      var here = UInt32(node)
      while place < end {
        var there = targets[place].rawValue
        place += 1
        while true {
          let above = parent[Int(here)]
          if above == here { break }
          let twoAbove = parent[Int(above)]
          parent[Int(here)] = twoAbove
          here = twoAbove
        }
        while true {
          let above = parent[Int(there)]
          if above == there { break }
          let twoAbove = parent[Int(above)]
          parent[Int(there)] = twoAbove
          there = twoAbove
        }
        if here < there {
          parent[Int(there)] = here
        } else if there < here {
          parent[Int(here)] = there
          here = there
        }
      }
      node += 1
    }

    // A parent has a smaller index than its child, so its number is there before it is needed.
    var count: UInt32 = 0
    node = 0
    while node < nodeCount {
      let above = Int(parent[node])
      if above == node {
        parent[node] = count
        count += 1
      } else {
        parent[node] = parent[above]
      }
      node += 1
    }
    return WeaklyConnectedComponents(componentOfNode: parents, count: Int(count))
  }
}
