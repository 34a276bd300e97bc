public import GraphCore

/// For every node of a graph, the groups of nodes that no path from the roots can avoid.
///
/// A group dominates a node when every path from any root to it passes through a member of the group, be it the node
/// itself. Where nodes are sites that pass on what they get, those are the operators, or the countries, whose failure
/// cuts the site off.
public struct GroupDominators: Sendable {
  /// Stands for a node that belongs to no group.
  public static let noGroup = UInt32.max

  private let sets: SharedSets

  /// For each node its groups; `notReached` where no root leads.
  private let ofNode: ContiguousArray<SharedSets.Index>

  fileprivate init(sets: SharedSets, ofNode: ContiguousArray<SharedSets.Index>) {
    self.sets = sets
    self.ofNode = ofNode
  }

  fileprivate static let notReached = SharedSets.Index.max

  /// The groups that dominate `node`, in rising order; none if it cannot be reached.
  ///
  /// - Complexity: O(length of the result).
  public func groups(dominating node: NodeIndex) -> [UInt32] {
    let set = ofNode[node.position]
    return set == Self.notReached ? [] : sets.numbers(of: set)
  }

  /// For each node the number of groups that dominate it; 0 where no root leads.
  ///
  /// - Complexity: O(n + numbers in all different sets).
  public func counts() -> [Int] {
    var known: [SharedSets.Index: Int] = [:]
    return ofNode.map { set in
      if set == Self.notReached { return 0 }
      if let count = known[set] { return count }
      let count = sets.numbers(of: set).count
      known[set] = count
      return count
    }
  }
}

extension GroupDominators {
  /// For each group below `groupCount`, how many of `nodes` it dominates.
  ///
  /// - Complexity: O(n) and the nodes that the sets are made of.
  public func counts(over nodes: NodeSet, groupCount: Int) -> [Int] {
    sets.counts(
      in: nodes.lazy.map { ofNode[$0.position] }.filter { $0 != Self.notReached }, below: groupCount)
  }
}

extension DirectedGraph {
  /// Finds for every node all groups that dominate it.
  ///
  /// The greatest solution of F(v) = ∩ F(u) ∪ {the group of v} over the edges u → v, where a root has an edge from
  /// outside, of which nothing is needed. A node is first settled when all that lead to it are; where a loop stands in
  /// the way, the one that was met first. After that only what has changed is looked at again.
  ///
  /// - Parameters:
  ///   - roots: where paths start.
  ///   - groups: for each node its group; ``GroupDominators/noGroup`` if it has none.
  /// - Precondition: every root is a node of this graph; there is one group for each node.
  /// - Returns: the groups of each node that some root leads to.
  /// - Complexity: O(m log groups) time where nodes settle once, as without loops, if the sets of neighbours differ by few
  ///   groups; O(m × groups) changes at worst. O(n + m) space and what the sets do not share; no recursion over the graph.
  /// - Source: the data-flow analysis of G. Kildall, "A unified approach to global program optimization", POPL 1973, whose
  ///   greatest solution is what all paths have in common because ∩ and ∪ distribute.
  public func groupDominators(
    from roots: some Sequence<NodeIndex>, groups: Span<UInt32>
  ) -> GroupDominators {
    precondition(groups.count == nodeCount, "one group for each node")
    let offsets = offsets.span
    let targets = targets.span
    var sets = SharedSets()
    let unknown = GroupDominators.notReached
    var nodes = ContiguousArray(repeating: Settling(before: unknown, set: unknown), count: nodeCount)
    var state = nodes.mutableSpan
    var node = 0
    var place = 0
    while node < nodeCount {
      let end = Int(offsets[node + 1])
      while place < end {
        let next = targets[place].position
        if next != node { state[next].waitsFor &+= 1 }
        place += 1
      }
      node += 1
    }

    // Nodes that all edges have been followed to come first, then those that were met first.
    var ready: ContiguousArray<UInt32> = []
    var met: ContiguousArray<UInt32> = []
    var metDone = 0
    for root in roots where state[root.position].before == unknown {
      state[root.position].before = SharedSets.empty
      if state[root.position].waitsFor == 0 { ready.append(root.rawValue) } else { met.append(root.rawValue) }
    }
    while true {
      if let next = ready.popLast() {
        node = Int(next)
      } else if metDone < met.count {
        node = Int(met[metDone])
        metDone += 1
      } else {
        break
      }
      state[node].isQueued = false
      let before = state[node].before
      let group = groups[node]
      let set =
        group == GroupDominators.noGroup ? before : sets.union(before, sets.set(of: CollectionOfOne(group)))
      let isFirst = state[node].set == unknown
      guard set != state[node].set else { continue }
      state[node].set = set

      place = Int(offsets[node])
      let end = Int(offsets[node + 1])
      while place < end {
        let next = targets[place].position
        place += 1
        guard next != node else { continue }
        var there = state[next]
        if isFirst { there.waitsFor &-= 1 }
        let isMet = there.before != unknown
        let before = isMet ? sets.intersection(there.before, set) : set
        let isSettled = there.set != unknown
        let hasChanged = before != there.before
        there.before = before
        if !isSettled && there.waitsFor == 0 {
          ready.append(UInt32(next))
        } else if !isMet || isSettled && hasChanged && !there.isQueued {
          there.isQueued = true
          met.append(UInt32(next))
        }
        state[next] = there
      }
    }
    return GroupDominators(sets: sets, ofNode: ContiguousArray(nodes.map(\.set)))
  }
}

/// What is known of a node while sets still shrink.
private struct Settling {
  /// What all nodes that lead to this one have in common so far.
  var before: SharedSets.Index

  /// The set that the nodes after this one were told.
  var set: SharedSets.Index

  /// How many edges to the node have not been followed yet.
  var waitsFor: UInt32 = 0
  var isQueued = false
}
