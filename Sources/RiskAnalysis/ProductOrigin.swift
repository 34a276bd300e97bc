public import SupplyModel

/// Where the elements in one product come from, element by element.
public struct ProductOrigin: Sendable {
  /// By what origins are told apart.
  public enum Grouping: String, Sendable, Hashable, CaseIterable {
    case country, `operator`, parent, site
  }

  public struct Row: Sendable, Hashable {
    /// The id of a site or an operator, or the code of a country.
    public let id: String
    public let name: String
    public let share: OriginContent.Share
  }

  /// One element, and where what the product holds of it comes from.
  public struct Trace: Sendable {
    public let element: String

    /// The largest share first, equal ones by id; origins that may have no part at all come last.
    public let rows: [Row]

    /// What is left: no place, operator or owner is known, or the way there.
    public let notKnown: Double

    /// See ``OriginContent/Field/residual``.
    public let residual: Double
  }

  public let graph: ProductionGraph
  public let demand: Key<Demand>
  public let grouping: Grouping
  public let traces: [Trace]

  /// Traces some elements; those that are not in the product are left out.
  ///
  /// - Parameters:
  ///   - demand: the product; it must be one of the graph's network.
  ///   - graph: whose baseline is traced.
  ///   - elements: symbols; nil for those that ``elements(in:of:)`` finds.
  ///   - grouping: by what origins are told apart.
  /// - Complexity: O((nodes + lanes) × elements × origins).
  public init(
    of demand: Key<Demand>, in graph: ProductionGraph, elements: [String]? = nil,
    by grouping: Grouping = .country
  ) {
    self.graph = graph
    self.demand = demand
    self.grouping = grouping
    let node = graph.node(of: demand)
    traces = (elements ?? Self.elements(in: demand, of: graph)).compactMap { element in
      let content = OriginContent(of: graph, elements: [element])
      guard let whole = content.field(from: { _ in .counts })[node] else { return nil }
      let groups = Self.groups(in: graph.network, by: grouping)
      let makers = content.makers(of: node)
      let origins = Set(makers.compactMap { groups[$0.site.position]?.id })
      let mayCome = content.possibleMakers(of: node).compactMap { groups[$0.position] }
      var rows: [Row] = []
      var residual = 0.0
      var seen: Set<String> = []
      for origin in mayCome where seen.insert(origin.id).inserted {
        let field = content.field { site in
          guard let group = groups[site.position] else { return .notKnown }
          return group.id == origin.id ? .counts : .doesNot
        }
        residual = max(residual, field.residual)
        guard let share = field[node], share.high > 1e-9 || origins.contains(origin.id) else { continue }
        rows.append(Row(id: origin.id, name: origin.name, share: share))
      }
      rows.sort {
        ($1.share.expected, $1.share.high, $0.id) < ($0.share.expected, $0.share.high, $1.id)
      }
      let told = rows.reduce(0) { $0 + $1.share.expected }
      let rest = max(0, 1 - told)
      return Trace(
        element: element, rows: rows, notKnown: rest < 1e-9 ? 0 : rest,
        residual: max(residual, whole.expected > 1 ? whole.expected - 1 : 0))
    }
  }

  /// For each site what it counts for; nil where that is not known.
  private static func groups(
    in network: SupplyNetwork, by grouping: Grouping
  ) -> [(id: String, name: String)?] {
    let parents = network.ultimateParents()
    return network.sites.rows.map { site in
      switch grouping {
      case .country: site.country.map { ($0.code, $0.name) }
      case .site: (site.id, site.name)
      case .operator:
        site.operatorKey.map { (network.operators[$0].id, network.operators[$0].name) }
      case .parent:
        site.operatorKey.map { parents[$0.position] }.map {
          (network.operators[$0].id, network.operators[$0].name)
        }
      }
    }
  }

  /// The elements that a product is known to hold.
  ///
  /// Those of its material's composition, or where that is not given, those of the nearest inputs whose composition is.
  ///
  /// - Returns: symbols, in the order in which the compositions name them; oxygen and the like count too.
  /// - Complexity: O(nodes + lanes).
  public static func elements(in demand: Key<Demand>, of graph: ProductionGraph) -> [String] {
    let network = graph.network
    let own = network.materials[network.demand[demand].material].elements
    if !own.isEmpty { return own.map(\.symbol) }
    var seen = [Bool](repeating: false, count: graph.nodes.count)
    var path = [graph.node(of: demand)]
    seen[path[0]] = true
    var next = 0
    var found: [String] = []
    while next < path.count {
      let node = path[next]
      next += 1
      for lane in graph.lanes(into: node) where graph.baseline.share[lane] > 0 {
        let source = graph.source(ofLane: lane)
        if let material = graph.lanes[lane].material, !network.materials[material].elements.isEmpty {
          for part in network.materials[material].elements where !found.contains(part.symbol) {
            found.append(part.symbol)
          }
          continue
        }
        if !seen[source] {
          seen[source] = true
          path.append(source)
        }
      }
    }
    return found
  }
}

extension SupplyNetwork {
  /// The chemical elements that the materials are composed of, in the order of their first mention.
  public var chemicalElements: [String] {
    var seen: Set<String> = []
    return materials.rows.flatMap(\.elements).map(\.symbol).filter { seen.insert($0).inserted }
  }
}
