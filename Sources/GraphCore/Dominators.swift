/// The dominators of every node that can be reached from a set of roots.
///
/// A node *d* dominates a node *v* when every path from any root to *v* passes through *d*.
public struct DominatorTree: Sendable, Hashable {
  /// The nodes that can be reached from a root, each after its immediate dominator.
  public let order: ContiguousArray<NodeIndex>

  /// For each node its immediate dominator, `root` if no single node dominates it, or `none`.
  private let parents: ContiguousArray<UInt32>

  /// The mark that stands for the virtual root: the first value that is not a node.
  private var root: UInt32 { UInt32(parents.count) }

  fileprivate init(order: ContiguousArray<NodeIndex>, parents: ContiguousArray<UInt32>) {
    self.order = order
    self.parents = parents
  }

  /// Whether `node` can be reached from a root.
  public func isReachable(_ node: NodeIndex) -> Bool { parents[node.position] != .none }

  /// The last node, other than `node`, through which every path from the roots to it passes.
  ///
  /// It is nil where there is no such node: at a root, at a node that two roots reach by separate
  /// ways, and at a node that cannot be reached.
  public func immediateDominator(of node: NodeIndex) -> NodeIndex? {
    let parent = parents[node.position]
    return parent < root ? NodeIndex(rawValue: parent) : nil
  }

  /// The nodes, other than `node`, that dominate it, the nearest first; none if it cannot be reached.
  ///
  /// - Complexity: O(length of the result).
  public func dominators(of node: NodeIndex) -> ContiguousArray<NodeIndex> {
    var dominators = ContiguousArray<NodeIndex>()
    var next = immediateDominator(of: node)
    while let dominator = next {
      dominators.append(dominator)
      next = immediateDominator(of: dominator)
    }
    return dominators
  }

  /// For each node the sum of `weights` over all nodes that it dominates, itself included.
  ///
  /// This is what is cut off from the roots when the node disappears; 0 at a node that cannot be
  /// reached.
  ///
  /// - Precondition: there is one weight for each node.
  /// - Complexity: O(n).
  public func totals(of weights: Span<Double>) -> ContiguousArray<Double> {
    precondition(weights.count == parents.count, "one weight for each node")
    var totals = ContiguousArray<Double>(repeating: 0, count: parents.count)
    for node in order { totals[node.position] = weights[node.position] }
    for node in order.reversed() {
      let parent = parents[node.position]
      if parent < root { totals[Int(parent)] += totals[node.position] }
    }
    return totals
  }
}

extension DirectedGraph {
  /// Finds the immediate dominator of every node that can be reached from `roots`.
  ///
  /// Several roots act as one virtual root with an edge to each of them.
  ///
  /// - Precondition: every root is a node of this graph.
  /// - Complexity: O(n + m log n) time for the semidominators; the step from them to the immediate
  ///   dominators is linear in practice and O(n²) at worst. O(n + m) space; no recursion.
  /// - Source: L. Georgiadis, R. Tarjan, R. Werneck, "Finding dominators in practice", J. Graph
  ///   Algorithms Appl. 10(1), 2006 (Semi-NCA).
  public func dominators(from roots: some Sequence<NodeIndex>) -> DominatorTree {
    let search = NumberedSearch(of: self, from: NodeSet(nodeCount: nodeCount, roots))
    let dominatorOf = search.immediateDominators()
    let order = search.order.span
    let count = order.count
    var reachable = ContiguousArray(repeating: NodeIndex(0), count: count - 1)
    var parents = ContiguousArray<UInt32>(repeating: .none, count: nodeCount)
    var number = 1
    while number < count {
      let node = order[number]
      reachable[number - 1] = NodeIndex(rawValue: node)
      parents[Int(node)] = order[Int(dominatorOf[number])]
      number += 1
    }
    return DominatorTree(order: reachable, parents: parents)
  }
}

/// A depth-first search whose nodes are numbered by visit from 1; number 0 is the virtual root.
private struct NumberedSearch {
  /// The node with each number; at 0 a value that is not a node.
  let order: ContiguousArray<UInt32>

  /// The number from which each number was first visited.
  let parents: ContiguousArray<UInt32>

  /// For each number the smallest number with an edge to it, which is an ancestor in the search tree.
  let highestEntries: ContiguousArray<UInt32>

  /// The sources of the edges from a higher number to a lower one, grouped by the lower one.
  let entries: ContiguousArray<UInt32>
  let entryOffsets: ContiguousArray<UInt32>

  init(of graph: DirectedGraph, from roots: NodeSet) {
    let nodeCount = graph.nodeCount
    let offsets = graph.offsets.span
    let targets = graph.targets.span
    var numbers = ContiguousArray<UInt32>(repeating: 0, count: nodeCount)
    var order = ContiguousArray(repeating: UInt32(nodeCount), count: nodeCount + 1)
    var parents = ContiguousArray<UInt32>(repeating: 0, count: nodeCount + 1)
    var highestEntries = parents
    var entryCounts = ContiguousArray<UInt32>(repeating: 0, count: nodeCount + 2)
    var rising: ContiguousArray<(source: UInt32, target: UInt32)> = []
    var frames = ContiguousArray(repeating: (number: UInt32(0), cursor: UInt32(0)), count: nodeCount + 1)

    var number = numbers.mutableSpan
    var node = order.mutableSpan
    var parent = parents.mutableSpan
    var highestEntry = highestEntries.mutableSpan
    var entryCount = entryCounts.mutableSpan
    var frame = frames.mutableSpan
    var count: UInt32 = 1

    for root in roots {
      guard number[root.position] == 0 else {
        highestEntry[Int(number[root.position])] = 0
        continue
      }
      number[root.position] = count
      node[Int(count)] = root.rawValue
      frame[0] = (count, offsets[root.position])
      count += 1
      var depth = 0
      while depth >= 0 {
        let (here, start) = frame[depth]
        let place = Int(node[Int(here)])
        let end = offsets[place + 1]
        var cursor = start
        var child = -1
        while cursor < end {
          let next = targets[Int(cursor)].position
          cursor += 1
          let there = number[next]
          if there == 0 {
            child = next
            break
          }
          if there < here {
            rising.append((here, there))
            entryCount[Int(there) + 1] += 1
          } else if here < highestEntry[Int(there)] {
            highestEntry[Int(there)] = here
          }
        }
        guard child >= 0 else {
          depth -= 1
          continue
        }
        frame[depth].cursor = cursor
        depth += 1
        number[child] = count
        node[Int(count)] = UInt32(child)
        parent[Int(count)] = here
        highestEntry[Int(count)] = here
        frame[depth] = (count, offsets[child])
        count += 1
      }
    }

    let unused = nodeCount + 1 - Int(count)
    order.removeLast(unused)
    parents.removeLast(unused)
    highestEntries.removeLast(unused)
    entryCounts.removeLast(unused)
    self.order = order
    self.parents = parents
    self.highestEntries = highestEntries
    (entries, entryOffsets) = Self.grouped(rising.span, counts: entryCounts)
  }

  /// Groups the sources of `edges` by target; `counts` has at *i* + 1 the number of edges to *i*.
  private static func grouped(
    _ edges: Span<(source: UInt32, target: UInt32)>, counts: ContiguousArray<UInt32>
  ) -> (ContiguousArray<UInt32>, offsets: ContiguousArray<UInt32>) {
    var offsets = counts
    var sources = ContiguousArray<UInt32>(repeating: 0, count: edges.count)
    var offset = offsets.mutableSpan
    var target = 1
    while target < offset.count {
      offset[target] += offset[target - 1]
      target += 1
    }
    var cursors = offsets
    var next = cursors.mutableSpan
    var source = sources.mutableSpan
    var edge = 0
    while edge < edges.count {
      let (from, to) = edges[edge]
      source[Int(next[Int(to)])] = from
      next[Int(to)] += 1
      edge += 1
    }
    return (sources, offsets)
  }

  /// The number of the immediate dominator of each number.
  func immediateDominators() -> ContiguousArray<UInt32> {
    let count = order.count
    let parents = parents.span
    let highestEntries = highestEntries.span
    let entries = entries.span
    let entryOffsets = entryOffsets.span
    var links = ContiguousArray<Link>()
    links.reserveCapacity(count)
    for number in 0..<count { links.append(Link(ancestor: parents[number], label: highestEntries[number])) }
    var chainStorage = ContiguousArray<UInt32>(repeating: 0, count: count)
    var link = links.mutableSpan
    var chain = chainStorage.mutableSpan
    var semidominatorColumn = self.highestEntries
    var semidominators = semidominatorColumn.mutableSpan

    // Semidominators, from the last number back. Numbers above the current one form a forest whose
    // links are shortened as they are used; a label is the least semidominator on the way skipped.
    var number = count - 1
    while number > 0 {
      let current = UInt32(number)
      var semidominator = link[number].label
      var place = Int(entryOffsets[number])
      let end = Int(entryOffsets[number + 1])
      while place < end && semidominator > 0 {
        var next = Int(entries[place])
        place += 1
        var length = 0
        while link[next].ancestor > current {
          chain[length] = UInt32(next)
          length += 1
          next = Int(link[next].ancestor)
        }
        let top = link[next].ancestor
        var label = link[next].label
        while length > 0 {
          length -= 1
          next = Int(chain[length])
          label = min(label, link[next].label)
          link[next] = Link(ancestor: top, label: label)
        }
        semidominator = min(semidominator, label)
      }
      link[number].label = semidominator
      semidominators[number] = semidominator
      number -= 1
    }

    // The immediate dominator is the nearest dominator of the parent that is not below the
    // semidominator; those of lower numbers are known by then.
    var dominators = self.parents
    var dominator = dominators.mutableSpan
    number = 1
    while number < count {
      let semidominator = semidominators[number]
      var candidate = parents[number]
      while candidate > semidominator { candidate = dominator[Int(candidate)] }
      dominator[number] = candidate
      number += 1
    }
    return dominators
  }
}

private struct Link {
  var ancestor: UInt32
  var label: UInt32
}
