public import SupplyModel

/// What is taken away from a network: elements that fail, trade and technologies that are controlled.
public struct Disruption: Sendable, Hashable {
  public var failures: [Element]

  /// Elements of which it is not known whether they fail.
  public var possibleFailures: [Element]
  public var tradeControls: [TradeControl]
  public var technologyBans: [TechnologyBan]

  /// What eases it.
  public var responses: [Scenario.Response.Measure]

  public init(
    failures: [Element] = [], possibleFailures: [Element] = [], tradeControls: [TradeControl] = [],
    technologyBans: [TechnologyBan] = [], responses: [Scenario.Response.Measure] = []
  ) {
    self.failures = failures
    self.possibleFailures = possibleFailures
    self.tradeControls = tradeControls
    self.technologyBans = technologyBans
    self.responses = responses
  }

  /// Nothing is taken away.
  public static let none = Disruption()

  /// A ban on all exports of one country.
  public static func exportBan(_ country: Country) -> Disruption {
    Disruption(tradeControls: [TradeControl(banOnExportsOf: country)])
  }

  /// Both together.
  public func adding(_ other: Disruption) -> Disruption {
    Disruption(
      failures: failures + other.failures, possibleFailures: possibleFailures + other.possibleFailures,
      tradeControls: tradeControls + other.tradeControls,
      technologyBans: technologyBans + other.technologyBans, responses: responses + other.responses)
  }
}

extension Disruption {
  /// A ban on the export of know-how: sites outside the country get no more of it from there.
  public struct TechnologyBan: Sendable, Hashable {
    public var country: Country

    /// Nil means all technologies that the country supplies.
    public var technologies: Set<Key<Technology>>?

    /// The countries whose sites are cut off; nil means all.
    public var partners: Set<Country>?

    /// The stages whose sites are cut off; nil means all.
    public var stages: Set<Key<Stage>>?

    /// Days since the ban took effect, which the grace period of a site is held against; nil for one that has lasted longer
    /// than any.
    public var age: Double?

    /// Whether the ban is in force is not known.
    public var isUncertain: Bool

    public init(
      country: Country, technologies: Set<Key<Technology>>? = nil, partners: Set<Country>? = nil,
      stages: Set<Key<Stage>>? = nil, age: Double? = nil, isUncertain: Bool = false
    ) {
      self.country = country
      self.technologies = technologies
      self.partners = partners
      self.stages = stages
      self.age = age
      self.isUncertain = isUncertain
    }

    /// Whether a site in `place` at `stage` is cut off from a technology by the ban.
    func covers(_ technology: Key<Technology>, in place: Country?, at stage: Key<Stage>?) -> Bool {
      if place == country { return false }
      if let technologies, !technologies.contains(technology) { return false }
      if let stages, !(stage.map { stages.contains($0) } ?? false) { return false }
      if let partners { return place.map { partners.contains($0) } ?? false }
      return true
    }
  }
}

/// Whether a site can still get a technology that it needs.
public enum TechnologyAccess: Sendable, Hashable {
  case available
  case lost

  /// Who could supply it, from whom it comes, whether the ban holds or whether the grace period is over is not known, so
  /// neither is the answer.
  case unknown
}

extension SupplyNetwork {
  /// Whether a site can get what `need` names while `disruption` lasts.
  ///
  /// If `onlyFrom` is true, only the country that supplies it today counts (nobody finds a new supplier);
  /// else any country that can supply it and does not ban it, the site's own always included. Where the country of
  /// today, or the list of possible suppliers, is needed and not known, the answer is `unknown`; with no ban that
  /// touches the technology it is `available`. What a site needs for running it keeps for the days of its grace period.
  /// If `uncertainHolds` is true, bans of which it is not known whether they hold count as holding.
  public func access(
    to need: TechnologyNeed, in country: Country?, at stage: Key<Stage>? = nil, under disruption: Disruption,
    onlyFrom: Bool = false, uncertainHolds: Bool = false
  ) -> TechnologyAccess {
    if disruption.failures.contains(.technology(need.technology)) { return .lost }
    let bans = disruption.technologyBans.filter { $0.covers(need.technology, in: country, at: stage) }
    if bans.isEmpty { return .available }
    var certain: [Country] = []
    var possible: [Country] = []
    for ban in bans {
      var isCertain = uncertainHolds || !ban.isUncertain
      if need.needed == .running, let age = ban.age {
        if let grace = need.grace {
          if age < grace.low ?? grace.value { continue }
          if age < grace.high ?? grace.value { isCertain = false }
        } else {
          isCertain = false
        }
      }
      possible.append(ban.country)
      if isCertain { certain.append(ban.country) }
    }
    let worst = access(to: need, banning: possible, onlyFrom: onlyFrom)
    let best = access(to: need, banning: certain, onlyFrom: onlyFrom)
    return worst == best ? worst : .unknown
  }

  private func access(
    to need: TechnologyNeed, banning: [Country], onlyFrom: Bool
  ) -> TechnologyAccess {
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
