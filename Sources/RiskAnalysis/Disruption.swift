public import SupplyModel

/// What is taken away from a network: elements that fail, exports and technologies that are banned.
public struct Disruption: Sendable, Hashable {
  /// A ban on everything that leaves a country, or on some materials only.
  ///
  /// It closes the lanes that cross the country's border; the chain inside the country goes on.
  public struct ExportBan: Sendable, Hashable {
    public var country: Country

    /// Nil means all materials.
    public var materials: [Key<Material>]?

    public init(country: Country, materials: [Key<Material>]? = nil) {
      self.country = country
      self.materials = materials
    }
  }

  /// A ban on the export of know-how: sites outside the country get no more of it from there.
  public struct TechnologyBan: Sendable, Hashable {
    public var country: Country

    /// Nil means all technologies that the country supplies.
    public var technology: Key<Technology>?

    public init(country: Country, technology: Key<Technology>? = nil) {
      self.country = country
      self.technology = technology
    }

    func covers(_ other: Key<Technology>) -> Bool { technology == nil || technology == other }
  }

  public var failures: [Element]
  public var exportBans: [ExportBan]
  public var technologyBans: [TechnologyBan]

  public init(
    failures: [Element] = [], exportBans: [ExportBan] = [], technologyBans: [TechnologyBan] = []
  ) {
    self.failures = failures
    self.exportBans = exportBans
    self.technologyBans = technologyBans
  }

  /// Nothing is taken away.
  public static let none = Disruption()

  /// A ban on all exports of one country.
  public static func exportBan(_ country: Country) -> Disruption {
    Disruption(exportBans: [ExportBan(country: country)])
  }
}

/// Whether a site can still get a technology that it needs.
public enum TechnologyAccess: Sendable, Hashable {
  case available
  case lost

  /// Who could supply it, or from whom it comes, is not known, so neither is the answer.
  case unknown
}

extension SupplyNetwork {
  /// Whether a site in `country` can get what `need` names while `disruption` lasts.
  ///
  /// If `onlyFrom` is true, only the country that supplies it today counts (nobody finds a new supplier);
  /// else any country that can supply it and does not ban it, the site's own always included. Where the country of
  /// today, or the list of possible suppliers, is needed and not known, the answer is `unknown`; with no ban that
  /// touches the technology it is `available`.
  public func access(
    to need: TechnologyNeed, in country: Country?, under disruption: Disruption, onlyFrom: Bool = false
  ) -> TechnologyAccess {
    if disruption.failures.contains(.technology(need.technology)) { return .lost }
    let banning = disruption.technologyBans.filter { $0.covers(need.technology) && $0.country != country }
      .map(\.country)
    if banning.isEmpty { return .available }
    if let from = need.from {
      if !banning.contains(from) { return .available }
      if onlyFrom { return .lost }
    } else if onlyFrom {
      guard let suppliers = technologies[need.technology].suppliers else { return .unknown }
      if suppliers.allSatisfy({ banning.contains($0) }) { return .lost }
      return suppliers.contains { banning.contains($0) } ? .unknown : .available
    }
    guard let suppliers = technologies[need.technology].suppliers else { return .unknown }
    return suppliers.contains { !banning.contains($0) } ? .available : .lost
  }
}
