public import SupplyModel

/// Something that can fail: a site, a lane, or a group of them that share one fate.
public enum Element: Sendable, Hashable {
  case site(Key<Site>)

  /// All that one site sells to one buyer of one material, recorded or through a market.
  case lane(Lane)
  case operatorOf(Key<Operator>)

  /// Everyone whose chain of parents ends here, this operator included.
  case parent(Key<Operator>)

  /// A country that goes dark, with all its sites. A ban on its exports is another thing: ``exports(_:)``.
  case country(Country)

  /// All that leaves a country: its border closes, and its own chain goes on.
  case exports(Country)

  /// All of one material that the sites of a country send, at home and abroad.
  case material(Key<Material>, of: Country)

  /// A technology that nobody can supply any more.
  case technology(Key<Technology>)

  /// A strait, a port or a border crossing that flows name.
  case waypoint(String)

  /// What connects one seller to one buyer for one material.
  public struct Lane: Sendable, Hashable {
    public let seller: Key<Site>
    public let buyer: Flow.Destination

    /// Nil where nobody names what flows.
    public let material: Key<Material>?

    public init(from seller: Key<Site>, to buyer: Flow.Destination, _ material: Key<Material>?) {
      self.seller = seller
      self.buyer = buyer
      self.material = material
    }
  }

  /// The kinds of element.
  public enum Level: String, Sendable, Hashable, CaseIterable, Comparable {
    case site, lane, `operator`, parent, country, exports
    case countryMaterial = "country-material"
    case technology, waypoint

    /// What `analyze` asks for: those of which a network has few.
    public static let main: Set<Level> = [.site, .operator, .parent, .country, .technology]

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rank < rhs.rank }
  }

  public var level: Level {
    switch self {
    case .site: .site
    case .lane: .lane
    case .operatorOf: .operator
    case .parent: .parent
    case .country: .country
    case .exports: .exports
    case .material: .countryMaterial
    case .technology: .technology
    case .waypoint: .waypoint
    }
  }

  /// The id of the element in its network; for a country its code, for a lane `seller>buyer:material` and for a
  /// material of a country `CN:dy-oxide`.
  public func id(in network: SupplyNetwork) -> String {
    switch self {
    case .site(let key): network.sites[key].id
    case .lane(let lane):
      "\(network.sites[lane.seller].id)>\(network.id(of: lane.buyer))"
        + (lane.material.map { ":\(network.materials[$0].id)" } ?? "")
    case .operatorOf(let key), .parent(let key): network.operators[key].id
    case .country(let country), .exports(let country): country.code
    case .material(let key, let country): "\(country.code):\(network.materials[key].id)"
    case .technology(let key): network.technologies[key].id
    case .waypoint(let name): name
    }
  }

  /// The name that people know the element by.
  public func name(in network: SupplyNetwork) -> String {
    switch self {
    case .site(let key): network.sites[key].name
    case .lane(let lane):
      "\(network.sites[lane.seller].name) → \(network.name(of: lane.buyer))"
        + (lane.material.map { ": \(network.materials[$0].name)" } ?? "")
    case .operatorOf(let key), .parent(let key): network.operators[key].name
    case .country(let country): country.name
    case .exports(let country): "exports of \(country.name)"
    case .material(let key, let country): "\(network.materials[key].name) of \(country.name)"
    case .technology(let key): network.technologies[key].name
    case .waypoint(let name): name
    }
  }
}

extension SupplyNetwork {
  /// The sites that an element stands for: those that it disables or whose lanes it closes at their start.
  ///
  /// - Complexity: O(sites + operators + flows).
  public func sites(of element: Element) -> Set<Key<Site>> {
    func those(_ belongs: (Site) -> Bool) -> Set<Key<Site>> { Set(sites.keys.filter { belongs(sites[$0]) }) }
    switch element {
    case .site(let key): return [key]
    case .lane(let lane): return [lane.seller]
    case .operatorOf(let key): return those { $0.operatorKey == key }
    case .parent(let key):
      let owned = operators(controlledBy: [key])
      return those { $0.operatorKey.map(owned.contains) ?? false }
    case .country(let country), .exports(let country): return those { $0.country == country }
    case .material(let key, let country):
      let makes = processes.rows.map { $0.outputs.contains { $0.material == key } }
      let makers = Set(operations.filter { makes[$0.process.position] }.map(\.site))
      return makers.filter { sites[$0].country == country }
    case .technology(let key): return those { $0.technologies.contains { $0.technology == key } }
    case .waypoint(let name):
      return Set(
        flows.rows.compactMap { flow in
          if case .site(let key) = flow.origin, flow.waypoints.contains(name) { key } else { nil }
        })
    }
  }

  /// The id of a site or a demand that buys.
  public func id(of buyer: Flow.Destination) -> String {
    switch buyer {
    case .site(let key): sites[key].id
    case .demand(let key): demand[key].id
    }
  }

  /// The name of a site or a demand that buys.
  public func name(of buyer: Flow.Destination) -> String {
    switch buyer {
    case .site(let key): sites[key].name
    case .demand(let key): demand[key].name
    }
  }
}
