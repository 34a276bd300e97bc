public import RiskAnalysis
public import SupplyModel

extension NetworkDiagram {
  /// A part of a network: the sites and products that are drawn, and why.
  public struct Scope: Sendable, Hashable {
    /// Nil for all.
    public var sites: Set<Key<Site>>?

    /// Nil for all.
    public var products: Set<Key<Demand>>?

    /// What the part is, in words that the picture prints, such as `at most 2 steps from Silmet`; in the order given.
    public var words: [String] = []

    public init() {}

    /// What both hold.
    public func intersection(_ other: Scope) -> Scope {
      func both<T>(_ a: Set<T>?, _ b: Set<T>?) -> Set<T>? {
        guard let a, let b else { return a ?? b }
        return a.intersection(b)
      }
      var result = self
      result.sites = both(sites, other.sites)
      result.products = both(products, other.products)
      result.words += other.words
      return result
    }

    /// What one of them holds.
    public func union(_ other: Scope) -> Scope {
      func either<T>(_ a: Set<T>?, _ b: Set<T>?) -> Set<T>? {
        guard let a, let b else { return nil }
        return a.union(b)
      }
      var result = self
      result.sites = either(sites, other.sites)
      result.products = either(products, other.products)
      result.words += other.words
      return result
    }

    /// All but some sites.
    public func without(_ hidden: Set<Key<Site>>, in network: SupplyNetwork, words: String) -> Scope {
      var result = self
      result.sites = (sites ?? Set(network.sites.keys)).subtracting(hidden)
      result.words.append(words)
      return result
    }
  }
}

extension ProductionGraph {
  /// The sites and products at most `depth` steps of supply before or behind some sites, those sites included.
  ///
  /// A step leads from a seller to a buyer, directly or through a market, where something flows in the baseline.
  ///
  /// - Complexity: O(lanes).
  public func neighbourhood(of sites: [Key<Site>], depth: Int) -> NetworkDiagram.Scope {
    var walk = SupplyWalk(of: self)
    let before = walk.sites(from: sites, steps: depth, upstream: true)
    let behind = walk.sites(from: sites, steps: depth, upstream: false)
    var scope = NetworkDiagram.Scope()
    scope.sites = before.sites.union(behind.sites)
    scope.products = behind.products
    let names = sites.map { network.sites[$0].name.truncated(to: 60) }.joined(separator: ", ")
    scope.words = ["at most \(counted(depth, "step")) from \(names)"]
    return scope
  }

  /// Every site whose goods reach `site` in the baseline, with `site` and without products.
  ///
  /// - Complexity: O(lanes).
  public func suppliers(of site: Key<Site>) -> NetworkDiagram.Scope {
    var walk = SupplyWalk(of: self)
    var scope = NetworkDiagram.Scope()
    scope.sites = walk.sites(from: [site], steps: .max, upstream: true).sites
    scope.products = []
    scope.words = ["what reaches \(network.sites[site].name.truncated(to: 60))"]
    return scope
  }

  /// Every site whose goods reach a product in the baseline, and the product alone.
  ///
  /// - Complexity: O(lanes).
  public func suppliers(of product: Key<Demand>) -> NetworkDiagram.Scope {
    var walk = SupplyWalk(of: self)
    var scope = NetworkDiagram.Scope()
    scope.sites = walk.sites(before: node(of: product))
    scope.products = [product]
    scope.words = ["what \(network.demand[product].name.truncated(to: 60)) hangs on"]
    return scope
  }
}

/// Walks from site to site along the lanes that carry something in the baseline.
private struct SupplyWalk {
  let graph: ProductionGraph
  private let operationsOfSite: [[Int]]
  private var targets: [[Int]] = []

  init(of graph: ProductionGraph) {
    self.graph = graph
    var operations = [[Int]](repeating: [], count: graph.network.sites.count)
    for node in graph.operationNodes { operations[graph.operations[node].site.position].append(node) }
    operationsOfSite = operations
  }

  private func sources(of node: Int) -> [Int] {
    let isOperation = graph.operationNodes.contains(node)
    return graph.lanes(into: node).filter { isOperation || graph.baseline.share[$0] > 0 }
      .map { graph.lanes[$0].source }
  }

  private mutating func buyers(of node: Int) -> [Int] {
    if targets.isEmpty {
      targets = Array(repeating: [], count: graph.nodes.count)
      for node in graph.nodes.indices {
        for source in sources(of: node) { targets[source].append(node) }
      }
    }
    return targets[node]
  }

  mutating func sites(before node: Int) -> Set<Key<Site>> {
    let first = reached(from: [node], upstream: true).sites
    return first.union(sites(from: first.sorted(), steps: .max, upstream: true).sites)
  }

  mutating func sites(
    from start: [Key<Site>], steps: Int, upstream: Bool
  ) -> (sites: Set<Key<Site>>, products: Set<Key<Demand>>) {
    var found = Set(start)
    var products: Set<Key<Demand>> = []
    var frontier = start
    var step = 0
    while step < steps, !frontier.isEmpty {
      let next = reached(
        from: frontier.flatMap { operationsOfSite[$0.position] }, upstream: upstream)
      products.formUnion(next.products)
      frontier = next.sites.subtracting(found).sorted()
      found.formUnion(frontier)
      step += 1
    }
    return (found, products)
  }

  /// The sites and products next to some nodes, with nothing but slots, offers and markets between.
  private mutating func reached(
    from start: [Int], upstream: Bool
  ) -> (sites: Set<Key<Site>>, products: Set<Key<Demand>>) {
    var sites: Set<Key<Site>> = []
    var products: Set<Key<Demand>> = []
    var seen = Set(start)
    var waiting = start
    while let node = waiting.popLast() {
      for next in upstream ? sources(of: node) : buyers(of: node) where seen.insert(next).inserted {
        switch graph.nodes[next] {
        case .operation(let operation): sites.insert(graph.operations[operation].site)
        case .demand(let demand): products.insert(demand)
        case .slot, .offer, .market: waiting.append(next)
        }
      }
    }
    return (sites, products)
  }
}
