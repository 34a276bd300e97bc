/// The strongly connected components of a directed graph.
public struct StronglyConnectedComponents: Sendable, Hashable {
  /// For each node the number of its component, from 0, in reverse topological order.
  public let componentOfNode: ContiguousArray<UInt32>

  /// The number of components; 0 for a graph without nodes.
  public let count: Int

  /// The number of the component that holds `node`.
  public func component(of node: NodeIndex) -> Int { Int(componentOfNode[node.position]) }
}

extension DirectedGraph {
  /// Finds the strongly connected components of this graph.
  ///
  /// Two nodes share a component when each can be reached from the other. An edge between two
  /// different components always leads from the higher number to the lower one.
  ///
  /// - Complexity: O(n + m) time, O(n) space; no recursion, so depth does not limit the graph.
  /// - Source: R. Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1(2),
  ///   1972, with one number a node after D. Pearce, "A space-efficient algorithm for finding
  ///   strongly connected components", Inf. Process. Lett. 116(1), 2016.
  public func stronglyConnectedComponents() -> StronglyConnectedComponents {
    let nodeCount = nodeCount
    let offsets = offsets.span
    let targets = targets.span

    // A node's number is 0 before its visit, then the least visit number (from 1) that it is known
    // to reach, and once its component is complete a number above all visit numbers still in use.
    var numbers = ContiguousArray<UInt32>(repeating: 0, count: nodeCount)
    var frames = ContiguousArray(repeating: Frame(node: 0, cursor: 0, visit: 0), count: nodeCount)
    var pendingNodes = ContiguousArray<UInt32>(repeating: 0, count: nodeCount)
    var number = numbers.mutableSpan
    var frame = frames.mutableSpan
    var pending = pendingNodes.mutableSpan
    var pendingCount = 0
    var visit: UInt32 = 1
    let lastComponent = UInt32(truncatingIfNeeded: nodeCount)
    var component = lastComponent

    var root = 0
    while root < nodeCount {
      defer { root += 1 }
      guard number[root] == 0 else { continue }
      number[root] = visit
      frame[0] = Frame(node: UInt32(root), cursor: offsets[root], visit: visit)
      visit += 1
      var depth = 0

      while depth >= 0 {
        let current = frame[depth]
        let node = Int(current.node)
        let end = offsets[node + 1]
        var cursor = current.cursor
        var low = number[node]
        var child = -1
        while cursor < end {
          let next = targets[Int(cursor)].position
          let found = number[next]
          if found == 0 {
            child = next
            break
          }
          if found < low { low = found }
          cursor += 1
        }
        number[node] = low

        if child >= 0 {
          // The cursor stays on the tree edge: on return the child's number is taken over there.
          frame[depth].cursor = cursor
          depth += 1
          number[child] = visit
          frame[depth] = Frame(node: UInt32(child), cursor: offsets[child], visit: visit)
          visit += 1
          continue
        }

        depth -= 1
        if low < current.visit {
          pending[pendingCount] = current.node
          pendingCount += 1
          continue
        }
        visit -= 1
        while pendingCount > 0 {
          let member = Int(pending[pendingCount - 1])
          guard number[member] >= low else { break }
          number[member] = component
          pendingCount -= 1
          visit -= 1
        }
        number[node] = component
        component -= 1
      }
    }

    root = 0
    while root < nodeCount {
      number[root] = lastComponent - number[root]
      root += 1
    }
    return StronglyConnectedComponents(componentOfNode: numbers, count: Int(lastComponent - component))
  }
}

private struct Frame {
  var node: UInt32
  var cursor: UInt32
  var visit: UInt32
}
