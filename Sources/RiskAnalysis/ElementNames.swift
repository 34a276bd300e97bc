public import SupplyModel

/// Finds elements of a network by level and id, as ``Element/id(in:)`` writes them.
public struct ElementNames: Sendable {
  private let network: SupplyNetwork
  private let countries: Set<Country>
  private let sites: [String: Key<Site>]
  private let demands: [String: Key<Demand>]
  private let operators: [String: Key<Operator>]
  private let parents: Set<Key<Operator>>
  private let technologies: [String: Key<Technology>]
  private let materials: [String: Key<Material>]
  private let waypoints: Set<String>

  public init(of network: SupplyNetwork) {
    func keys<Row>(_ table: Table<Row>, _ id: (Row) -> String) -> [String: Key<Row>] {
      Dictionary(table.keys.map { (id(table[$0]), $0) }) { first, _ in first }
    }
    self.network = network
    countries = Set(network.sites.rows.compactMap(\.country))
    sites = keys(network.sites, \.id)
    demands = keys(network.demand, \.id)
    operators = keys(network.operators, \.id)
    parents = Set(network.ultimateParents())
    technologies = keys(network.technologies, \.id)
    materials = keys(network.materials, \.id)
    waypoints = Set(network.flows.rows.flatMap(\.waypoints))
  }

  /// The element of a level with an id; nil if there is none.
  public func element(_ id: String, at level: Element.Level) -> Element? {
    switch level {
    case .site: return sites[id].map { .site($0) }
    case .operator: return operators[id].map { .operatorOf($0) }
    case .parent: return operators[id].flatMap { parents.contains($0) ? .parent($0) : nil }
    case .country: return country(id).map { .country($0) }
    case .exports: return country(id).map { .exports($0) }
    case .technology: return technologies[id].map { .technology($0) }
    case .waypoint: return waypoints.contains(id) ? .waypoint(id) : nil
    case .countryMaterial:
      let parts = id.split(separator: ":", maxSplits: 1).map { String($0) }
      guard parts.count == 2, let country = country(parts[0]), let material = materials[parts[1]] else {
        return nil
      }
      return .material(material, of: country)
    case .lane: return lane(id).map { .lane($0) }
    }
  }

  private func country(_ code: String) -> Country? {
    Country(code: code).flatMap { countries.contains($0) ? $0 : nil }
  }

  private func lane(_ id: String) -> Element.Lane? {
    let ends = id.split(separator: ">", maxSplits: 1).map { String($0) }
    guard ends.count == 2, let seller = sites[ends[0]] else { return nil }
    func buyer(_ id: String) -> Flow.Destination? {
      sites[id].map { .site($0) } ?? demands[id].map { .demand($0) }
    }
    if let whole = buyer(ends[1]) { return Element.Lane(from: seller, to: whole, nil) }
    guard let colon = ends[1].lastIndex(of: ":"), let to = buyer(String(ends[1][..<colon])),
      let material = materials[String(ends[1][ends[1].index(after: colon)...])]
    else { return nil }
    return Element.Lane(from: seller, to: to, material)
  }

  /// The ids of a level, for a suggestion; none for the levels of pairs.
  public func ids(at level: Element.Level) -> [String] {
    switch level {
    case .site: network.sites.rows.map(\.id)
    case .operator: network.operators.rows.map(\.id)
    case .parent: parents.sorted().map { network.operators[$0].id }
    case .country, .exports: countries.sorted().map(\.code)
    case .technology: network.technologies.rows.map(\.id)
    case .waypoint: waypoints.sorted()
    case .countryMaterial, .lane: []
    }
  }
}
