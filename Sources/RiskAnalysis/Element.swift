public import SupplyModel

/// Something that can fail: a site, or a group of sites that share one fate.
public enum Element: Sendable, Hashable {
  case site(Key<Site>)
  case operatorOf(Key<Operator>)

  /// Everyone whose chain of parents ends here, this operator included.
  case parent(Key<Operator>)

  /// A country that goes dark, with all its sites. A ban on its exports is another thing: ``Disruption/exportBans``.
  case country(Country)

  /// A technology that nobody can supply any more.
  case technology(Key<Technology>)

  /// The kinds of element, from the smallest to the largest.
  public enum Level: String, Sendable, Hashable, CaseIterable, Comparable {
    case site, `operator`, parent, country, technology

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rank < rhs.rank }
  }

  public var level: Level {
    switch self {
    case .site: .site
    case .operatorOf: .operator
    case .parent: .parent
    case .country: .country
    case .technology: .technology
    }
  }

  /// The id of the element in its network; for a country its code.
  public func id(in network: SupplyNetwork) -> String {
    switch self {
    case .site(let key): network.sites[key].id
    case .operatorOf(let key), .parent(let key): network.operators[key].id
    case .country(let country): country.code
    case .technology(let key): network.technologies[key].id
    }
  }

  /// The name that people know the element by.
  public func name(in network: SupplyNetwork) -> String {
    switch self {
    case .site(let key): network.sites[key].name
    case .operatorOf(let key), .parent(let key): network.operators[key].name
    case .country(let country): country.name
    case .technology(let key): network.technologies[key].name
    }
  }
}
