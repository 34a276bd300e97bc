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

    // The number of a node, 0 before its visit, and the place of its edges lie side by side: one look tells both. The last
    // entry only ends the edges of the one before.
    var visitStorage = ContiguousArray(repeating: Visit(number: 0, firstEdge: 0), count: nodeCount + 1)
    var orderStorage = ContiguousArray(repeating: UInt32(nodeCount), count: nodeCount + 1)
    var parentStorage = ContiguousArray<UInt32>(repeating: 0, count: nodeCount + 1)
    var highestEntryStorage = parentStorage
    var frames = ContiguousArray(repeating: Frame(number: 0, edge: 0, end: 0), count: nodeCount + 1)
    var visits = visitStorage.mutableSpan
    var order = orderStorage.mutableSpan
    var parents = parentStorage.mutableSpan
    var frame = frames.mutableSpan
    var node = 0
    while node <= nodeCount {
      visits[node].firstEdge = offsets[node]
      node += 1
    }

    var highestEntries = highestEntryStorage.mutableSpan
    var rising: ContiguousArray<(source: UInt32, target: UInt32)> = []
    var count: UInt32 = 1
    for root in roots {
      if visits[root.position].number != 0 {
        highestEntries[Int(visits[root.position].number)] = 0
        continue
      }
      visits[root.position].number = count
      order[Int(count)] = root.rawValue
      var here = Frame(
        number: count, edge: offsets[root.position], end: offsets[root.position + 1])
      count += 1
      var depth = 0
      while true {
        while here.edge < here.end {
          let next = targets[Int(here.edge)].position
          here.edge += 1
          let visit = visits[next]
          if visit.number != 0 {
            if visit.number < here.number {
              rising.append((here.number, visit.number))
            } else if here.number < highestEntries[Int(visit.number)] {
              highestEntries[Int(visit.number)] = here.number
            }
            continue
          }
          visits[next].number = count
          order[Int(count)] = UInt32(next)
          parents[Int(count)] = here.number
          highestEntries[Int(count)] = here.number
          let end = visits[next + 1].firstEdge
          if visit.firstEdge < end {
            // Nothing is left to do at a node whose last edge leads on.
            if here.edge < here.end {
              frame[depth] = here
              depth += 1
            }
            here = Frame(number: count, edge: visit.firstEdge, end: end)
          }
          count += 1
        }
        if depth == 0 { break }
        depth -= 1
        here = frame[depth]
      }
    }

    let unused = nodeCount + 1 - Int(count)
    orderStorage.removeLast(unused)
    parentStorage.removeLast(unused)
    highestEntryStorage.removeLast(unused)
    self.order = orderStorage
    self.parents = parentStorage
    self.highestEntries = highestEntryStorage
    (entries, entryOffsets) = Self.grouped(rising.span, count: Int(count))
  }

  /// What the search knows of a node.
  private struct Visit {
    var number: UInt32
    var firstEdge: UInt32
  }

  /// A node on the way to the one that the search is at, and the edges that it has not followed yet.
  private struct Frame {
    var number: UInt32
    var edge: UInt32
    var end: UInt32
  }

  /// Groups the sources of `edges` by target; all numbers are less than `count`.
  private static func grouped(
    _ edges: Span<(source: UInt32, target: UInt32)>, count: Int
  ) -> (ContiguousArray<UInt32>, offsets: ContiguousArray<UInt32>) {
    var offsets = ContiguousArray<UInt32>(repeating: 0, count: count + 1)
    var sources = ContiguousArray<UInt32>(repeating: 0, count: edges.count)
    var offset = offsets.mutableSpan
    var edge = 0
    while edge < edges.count {
      offset[Int(edges[edge].target) + 1] += 1
      edge += 1
    }
    var target = 1
    while target < offset.count {
      offset[target] += offset[target - 1]
      target += 1
    }
    var cursors = offsets
    var next = cursors.mutableSpan
    var source = sources.mutableSpan
    edge = 0
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
