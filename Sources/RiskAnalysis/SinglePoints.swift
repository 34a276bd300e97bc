import SupplyModel

/// For each demand, the single elements whose failure stops it.
public struct SinglePoints: Sendable {
  /// For each demand, in the network's order, its single points of failure.
  ///
  /// They come level by level, each level in the order of its table. Empty for a demand that cannot be met in
  /// the first place.
  public let ofDemand: [[Element]]

  /// For each demand, whether it can be met.
  public let isMet: [Bool]
}

extension ProductionGraph {
  /// Finds every single site, operator, parent, country and technology without which a demand cannot be met.
  ///
  /// Element *x* is a single point of failure of *p* if *p* can be made, and cannot once *x* fails. With F(v) the set of
  /// elements that stop node *v*: an alternative is lost only if all of its lanes are, so F(slot) = ∩ F(source); a
  /// process is lost with any of its slots, so F(operation) = ∪ F(slot) ∪ {its own elements}. The greatest solution is
  /// reached by shrinking from "everything". A technology counts for the sites known to need it for running.
  ///
  /// - Complexity: O(lanes × log elements × passes) where the sets of neighbours differ by few elements, as in a chain, and
  ///   O(lanes × size of the sets × passes) at worst; passes is 1 outside loops. The sets share what they have in
  ///   common; the result takes what it lists.
  /// - Source: on a graph without AND nodes this is dominance, with the iteration of K. Cooper, T. Harvey and K.
  ///   Kennedy, "A simple, fast dominance algorithm", 2001; with AND nodes, the dual of the fixpoint of
  ///   ``operability(in:)`` taken for all elements at once.
  public func singlePoints(in state: GraphState) -> SinglePoints {
    var search = SinglePointSearch(in: self)
    return search.singlePoints(in: state)
  }
}

/// Finds single points under one disruption after the other, and remembers what they have in common.
struct SinglePointSearch {
  private let graph: ProductionGraph

  /// All elements, level by level.
  private let elements: [Element]

  /// For each operation, the numbers of the elements that it fails with.
  private let ownNumbers: [[UInt32]]

  private var sets = SharedSets()
  private var own: [SharedSets.Index] = []
  private var listed: [SharedSets.Index: [Element]] = [:]

  /// Stands for "everything", which no loop can be told to be without before a way into it has been seen.
  private static let everything = SharedSets.Index.max

  /// Above this many nodes, some 200 MB, the next disruption starts anew.
  private static let mostNodes = 1 << 23

  init(in graph: ProductionGraph) {
    self.graph = graph
    (elements, ownNumbers) = Self.elements(of: graph)
  }

  mutating func singlePoints(in state: GraphState) -> SinglePoints {
    singlePoints(in: state, isOperable: graph.operability(in: state))
  }

  mutating func singlePoints(in state: GraphState, isOperable: [Bool]) -> SinglePoints {
    if own.isEmpty || sets.nodeCount > Self.mostNodes {
      sets = SharedSets()
      listed = [:]
      own = ownNumbers.map { sets.set(of: $0) }
    }
    var stops = [SharedSets.Index](repeating: Self.everything, count: graph.nodes.count)
    for group in graph.settlingOrder.groups {
      var changed = true
      while changed {
        changed = false
        for node in graph.settlingOrder.nodes[group] where isOperable[node] {
          let found =
            node < graph.operations.count
            ? stopsOfOperation(node, stops) : stopsOfAlternatives(node, stops, state, isOperable)
          if found == stops[node] { continue }
          stops[node] = found
          changed = group.count > 1
        }
      }
    }
    let demands = graph.network.demand.keys.map { graph.node(of: $0) }
    var ofDemand: [[Element]] = []
    for node in demands { ofDemand.append(isOperable[node] ? list(stops[node]) : []) }
    return SinglePoints(ofDemand: ofDemand, isMet: demands.map { isOperable[$0] })
  }

  private mutating func stopsOfOperation(_ node: Int, _ stops: [SharedSets.Index]) -> SharedSets.Index {
    var found = own[node]
    for lane in graph.lanes(into: node) {
      let slot = stops[graph.source(ofLane: lane)]
      if slot == Self.everything { return Self.everything }
      found = sets.union(found, slot)
    }
    return found
  }

  private mutating func stopsOfAlternatives(
    _ node: Int, _ stops: [SharedSets.Index], _ state: GraphState, _ isOperable: [Bool]
  ) -> SharedSets.Index {
    var found = Self.everything
    for lane in graph.lanes(into: node) where state.open[lane] > 0 {
      let source = graph.source(ofLane: lane)
      guard isOperable[source], stops[source] != Self.everything else { continue }
      found = found == Self.everything ? stops[source] : sets.intersection(found, stops[source])
    }
    return found
  }

  private mutating func list(_ set: SharedSets.Index) -> [Element] {
    if set == Self.everything { return [] }
    if let known = listed[set] { return known }
    let list = sets.numbers(of: set).map { elements[Int($0)] }
    listed[set] = list
    return list
  }

  /// All elements, and for each operation the numbers of those that it fails with.
  private static func elements(of graph: ProductionGraph) -> (elements: [Element], ofOperation: [[UInt32]]) {
    let network = graph.network
    let parents = network.operators.keys.map { network.ultimateParent(of: $0) }
    let ultimate = Set(parents).sorted()
    let countries = Set(network.sites.rows.compactMap(\.country)).sorted()
    let elements: [Element] =
      network.sites.keys.map { .site($0) } + network.operators.keys.map { .operatorOf($0) }
      + ultimate.map { .parent($0) } + countries.map { .country($0) }
      + network.technologies.keys.map { .technology($0) }
    let firstParent = network.sites.count + network.operators.count
    let firstCountry = firstParent + ultimate.count
    let firstTechnology = firstCountry + countries.count
    let numberOfParent = Dictionary(uniqueKeysWithValues: zip(ultimate, firstParent...))
    let numberOfCountry = Dictionary(uniqueKeysWithValues: zip(countries, firstCountry...))
    let ofSite = network.sites.keys.map { key in
      let site = network.sites[key]
      var own = [key.position]
      if let key = site.operatorKey {
        own.append(network.sites.count + key.position)
        if let parent = numberOfParent[parents[key.position]] { own.append(parent) }
      }
      if let country = site.country, let number = numberOfCountry[country] { own.append(number) }
      for need in site.technologies where need.needed == .running {
        own.append(firstTechnology + need.technology.position)
      }
      return own.map { UInt32($0) }
    }
    return (elements, graph.operations.map { ofSite[$0.site.position] })
  }
}
