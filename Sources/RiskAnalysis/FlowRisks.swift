public import GraphCore

/// What the failure of single sites, and of groups of sites, stops in a network that is nothing but its flows.
///
/// A site passes on what it gets, and one that no flow leads to is a source. The *products* are the sites that supply no
/// other.
public struct FlowRisks: Sendable {
  /// Where groups come from: a name for each of them, and for each site its group.
  public struct Grouping: Sendable {
    public let names: [String]

    /// For each site the position of its group in `names`; ``GroupDominators/noGroup`` if it is not known.
    public let groupOfSite: ContiguousArray<UInt32>

    /// - Precondition: every group has a name.
    public init(names: [String], groupOfSite: ContiguousArray<UInt32>) {
      precondition(
        groupOfSite.allSatisfy { $0 == GroupDominators.noGroup || $0 < names.count }, "a group without a name"
      )
      self.names = names
      self.groupOfSite = groupOfSite
    }

    /// Groups the sites that have the same name; nil for those whose group is not known.
    ///
    /// Groups come in the order of their first site.
    public init(_ nameOfSite: some Sequence<String?>) {
      var names: [String] = []
      var groups: [String: UInt32] = [:]
      groupOfSite = ContiguousArray(
        nameOfSite.map { name in
          guard let name else { return GroupDominators.noGroup }
          if let known = groups[name] { return known }
          groups[name] = UInt32(names.count)
          names.append(name)
          return UInt32(names.count - 1)
        })
      self.names = names
    }

    /// How many sites belong to no known group.
    public var unknownCount: Int { groupOfSite.count { $0 == GroupDominators.noGroup } }
  }

  public let sources: NodeSet

  /// Sites that supply no other site, whether they can be reached or not.
  public let products: NodeSet

  /// The products that no source supplies, since every way to them comes out of a loop that nothing feeds.
  public let unmet: NodeSet

  public var sourceCount: Int { sources.count }
  public var productCount: Int { products.count }
  public var unmetCount: Int { unmet.count }

  /// The sites that stop each site: its dominators, and itself.
  public let dominators: DominatorTree

  /// For each site the number of products that stop if it fails, itself among them.
  public let productsOfSite: [Int]

  /// For each grouping what its groups stop.
  public let groups: [Groups]

  /// The groups of one grouping.
  public struct Groups: Sendable {
    public let grouping: Grouping

    /// The groups that stop each site.
    public let dominators: GroupDominators

    /// For each group the number of products that stop if it fails.
    public let products: [Int]
  }

  /// Finds all single points of failure of all sites at the level of sites and of each grouping.
  ///
  /// - Precondition: each grouping has one group for each site.
  /// - Complexity: that of ``GraphCore/DirectedGraph/dominators(from:)`` and, for each grouping, of
  ///   ``GraphCore/DirectedGraph/groupDominators(from:groups:)``.
  public init(of flows: DirectedGraph, groupings: [Grouping]) {
    var sources = NodeSet(nodeCount: flows.nodeCount, flows.nodes)
    for target in flows.targets { sources.remove(target) }
    var products = NodeSet(nodeCount: flows.nodeCount)
    for site in flows.nodes where flows.successors(of: site).allSatisfy({ $0 == site }) {
      products.insert(site)
    }
    let dominators = flows.dominators(from: sources)
    var unmet = products
    var weights = ContiguousArray<Double>(repeating: 0, count: flows.nodeCount)
    for product in products where dominators.isReachable(product) {
      unmet.remove(product)
      weights[product.position] = 1
    }
    var met = products
    met.subtract(unmet)
    self.sources = sources
    self.products = products
    self.unmet = unmet
    self.dominators = dominators
    productsOfSite = dominators.totals(of: weights.span).map { Int($0) }
    groups = groupings.map { grouping in
      let found = flows.groupDominators(from: sources, groups: grouping.groupOfSite.span)
      return Groups(
        grouping: grouping, dominators: found,
        products: found.counts(over: met, groupCount: grouping.names.count))
    }
  }
}
