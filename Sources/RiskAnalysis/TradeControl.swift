public import SupplyModel

/// A measure on what crosses lanes: who may send what to whom, and how much of it may pass.
///
/// It covers a lane if all of its conditions hold. A lane that several controls cover is as open as the tightest of them leaves it.
public struct TradeControl: Sendable, Hashable {
  /// Which lanes a control looks at, as seen from the countries of its issuer.
  public enum Direction: Sendable, Hashable {
    /// Those that leave the issuer's countries.
    case exports
    /// Those that lead into them.
    case imports
    /// Those that lead into them or leave them.
    case both
    /// Those that start and end outside of them, as far as ``TradeControl/madeWith`` and ``TradeControl/content`` hold.
    case abroad
    /// All, wherever they start and end.
    case anywhere
  }

  /// How much of the baseline may pass, from 0 to 1, or in units a year.
  public enum Passing: Sendable, Hashable {
    /// `least ≤ expected ≤ most`; a nil expectation is not known.
    case share(least: Double, expected: Double?, most: Double)
    /// An amount a year, in base units of the materials' measure, that all covered lanes share in proportion.
    case quota(Double)

    public static let nothing = Passing.share(least: 0, expected: 0, most: 0)
  }

  /// A condition on the technology with which the seller makes what it sells.
  public struct MadeWith: Sendable, Hashable {
    public var technologies: Set<Key<Technology>>?
    public var from: Set<Country>

    /// Technologies are all if nil.
    public init(technologies: Set<Key<Technology>>? = nil, from: Set<Country>) {
      self.technologies = technologies
      self.from = from
    }
  }

  /// A condition on where what is in a good comes from.
  ///
  /// What is traced decides it once for each seller; see ``SupplyNetwork/sellers(meeting:of:)``.
  public struct Content: Sendable, Hashable {
    public var from: Set<Country>

    /// Sellers whose goods meet it for certain, and those whose goods do not; of all others it is not known.
    public var met: Set<Key<Site>>
    public var exempt: Set<Key<Site>>

    public init(from: Set<Country>, met: Set<Key<Site>> = [], exempt: Set<Key<Site>> = []) {
      self.from = from
      self.met = met
      self.exempt = exempt
    }
  }

  /// The countries that stand behind it.
  public var issuers: Set<Country>
  public var direction: Direction

  /// The countries on the other side; nil means all.
  public var partners: Set<Country>?

  /// Who on the other side must be party to it, those that they control listed too; nil means anyone.
  public var entities: Set<Key<Operator>>?

  /// The materials that it covers; nil means all.
  public var materials: Set<Key<Material>>?

  /// Materials of which it is not known whether it covers them.
  public var uncertainMaterials: Set<Key<Material>>

  /// The stages of the sellers whose goods it covers; nil means all.
  public var stages: Set<Key<Stage>>?

  /// The waypoints of which a lane must pass one; nil means that the way does not matter.
  public var waypoints: Set<String>?
  public var madeWith: MadeWith?
  public var content: Content?
  public var passing: Passing

  /// Whether the control is in force is not known.
  public var isUncertain: Bool

  public init(
    issuers: Set<Country>, direction: Direction = .exports, partners: Set<Country>? = nil,
    entities: Set<Key<Operator>>? = nil, materials: Set<Key<Material>>? = nil,
    uncertainMaterials: Set<Key<Material>> = [], stages: Set<Key<Stage>>? = nil,
    waypoints: Set<String>? = nil,
    madeWith: MadeWith? = nil, content: Content? = nil, passing: Passing = .nothing,
    isUncertain: Bool = false
  ) {
    self.issuers = issuers
    self.direction = direction
    self.partners = partners
    self.entities = entities
    self.materials = materials
    self.uncertainMaterials = uncertainMaterials
    self.stages = stages
    self.waypoints = waypoints
    self.madeWith = madeWith
    self.content = content
    self.passing = passing
    self.isUncertain = isUncertain
  }

  /// A ban on what leaves a country: all of it, or some materials only.
  public init(banOnExportsOf country: Country, of materials: Set<Key<Material>>? = nil) {
    self.init(issuers: [country], materials: materials)
  }
}

/// Whether something is covered, as far as that is known.
public enum Coverage: Sendable, Hashable {
  case no, unknown, yes

  /// Whether both hold.
  public static func && (one: Self, other: @autoclosure () -> Self) -> Self {
    switch one {
    case .no: .no
    case .yes: other()
    case .unknown: other() == .no ? .no : .unknown
    }
  }

  /// Whether either holds.
  public static func || (one: Self, other: @autoclosure () -> Self) -> Self {
    switch one {
    case .yes: .yes
    case .no: other()
    case .unknown: other() == .yes ? .yes : .unknown
    }
  }

  init(_ holds: Bool) { self = holds ? .yes : .no }
}

extension TradeControl {
  /// Whether the control covers what goes from a site to a buyer.
  ///
  /// A control on exports covers what leads to a bloc only if no member is an issuer, and for certain only if all members are
  /// partners; what is wanted anywhere crosses no border. A buyer whose place is not known counts as abroad, and so does a seller.
  public func coverage(
    of material: Key<Material>?, from seller: Key<Site>, to buyer: Flow.Destination, through passed: [String],
    in network: SupplyNetwork
  ) -> Coverage {
    covers(material) && covers(waypoints: passed) && covers(seller: seller, in: network)
      && covers(parties: seller, buyer, in: network)
      && covers(from: network.sites[seller].country, to: network.place(of: buyer))
  }

  func covers(_ material: Key<Material>?) -> Coverage {
    if let material {
      if uncertainMaterials.contains(material) { return .unknown }
      return Coverage(materials?.contains(material) ?? true)
    }
    return materials == nil && uncertainMaterials.isEmpty ? .yes : .unknown
  }

  func covers(waypoints passed: [String]) -> Coverage {
    guard let waypoints else { return .yes }
    return Coverage(passed.contains { waypoints.contains($0) })
  }

  /// What the seller alone decides: its stage and what it makes its goods with.
  func covers(seller: Key<Site>, in network: SupplyNetwork) -> Coverage {
    let site = network.sites[seller]
    if let stages {
      guard let stage = site.stage else { return .unknown }
      if !stages.contains(stage) { return .no }
    }
    let isOfContent: Coverage =
      content.map { $0.exempt.contains(seller) ? .no : $0.met.contains(seller) ? .yes : .unknown } ?? .yes
    guard let madeWith else { return isOfContent }
    return isOfContent
      && site.technologies.reduce(Coverage.no) { found, need in
        if let technologies = madeWith.technologies, !technologies.contains(need.technology) { return found }
        guard let from = need.from else { return found || .unknown }
        return found || Coverage(madeWith.from.contains(from))
      }
  }

  /// Whether someone on the other side is among the entities.
  func covers(parties seller: Key<Site>, _ buyer: Flow.Destination, in network: SupplyNetwork) -> Coverage {
    guard let entities else { return .yes }
    func isEntity(_ site: Key<Site>) -> Bool {
      network.sites[site].operatorKey.map { entities.contains($0) } ?? false
    }
    if case .site(let site) = buyer, isEntity(site) { return .yes }
    return Coverage(isEntity(seller))
  }

  /// Whether the two ends lie where the control looks.
  func covers(from origin: Country?, to place: Place?) -> Coverage {
    switch direction {
    case .anywhere: return .yes
    case .exports: return leaves(origin, place) && isPartner(place)
    case .imports: return enters(origin, place) && isPartner(origin.map { .country($0) })
    case .both:
      return leaves(origin, place) && isPartner(place)
        || enters(origin, place) && isPartner(origin.map { .country($0) })
    case .abroad:
      let startsAbroad = Coverage(origin.map { !issuers.contains($0) } ?? true)
      return startsAbroad && isOutside(place) && isPartner(place)
    }
  }

  private func leaves(_ origin: Country?, _ place: Place?) -> Coverage {
    guard let origin else { return .no }
    return Coverage(issuers.contains(origin)) && isOutside(place)
  }

  private func isOutside(_ place: Place?) -> Coverage {
    switch place {
    case nil: .yes
    case .country(let country): Coverage(!issuers.contains(country))
    case .bloc(let bloc): Coverage(!bloc.members.contains { issuers.contains($0) })
    case .anywhere: .no
    }
  }

  private func enters(_ origin: Country?, _ place: Place?) -> Coverage {
    let comesFromAbroad = origin.map { Coverage(!issuers.contains($0)) } ?? .unknown
    switch place {
    case nil: return comesFromAbroad && .unknown
    case .country(let country): return comesFromAbroad && Coverage(issuers.contains(country))
    case .bloc(let bloc):
      let inside = bloc.members.count { issuers.contains($0) }
      return comesFromAbroad && (inside == bloc.members.count ? .yes : inside == 0 ? .no : .unknown)
    case .anywhere: return .no
    }
  }

  private func isPartner(_ place: Place?) -> Coverage {
    guard let partners else { return .yes }
    switch place {
    case nil: return .unknown
    case .country(let country): return Coverage(partners.contains(country))
    case .bloc(let bloc):
      let covered = bloc.members.count { partners.contains($0) }
      return covered == bloc.members.count ? .yes : covered == 0 ? .no : .unknown
    case .anywhere: return .no
    }
  }
}

extension SupplyNetwork {
  /// Where a buyer is; nil if that is not known.
  public func place(of buyer: Flow.Destination) -> Place? {
    switch buyer {
    case .site(let site): sites[site].country.map { .country($0) }
    case .demand(let key): demand[key].place
    }
  }
}
