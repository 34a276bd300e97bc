extension DirectedGraph {
  /// Finds the immediate post-dominator of every node from which any of `exits` can be reached.
  ///
  /// A node *d* post-dominates a node *v* when every path from *v* to any exit passes through *d*.
  /// In the result, read "dominator" as "post-dominator" and "root" as "exit".
  ///
  /// - Precondition: every exit is a node of this graph.
  /// - Complexity: that of ``dominators(from:)``, and O(n + m) for the reversed graph.
  /// - Source: R. Prosser, "Applications of Boolean matrices to the analysis of flow diagrams", Proc. Eastern Joint
  ///   Computer Conference, 1959, for the notion; the algorithm is that of ``dominators(from:)``.
  public func postDominators(to exits: some Sequence<NodeIndex>) -> DominatorTree {
    reversed().dominators(from: exits)
  }
}
