public import SupplyModel

/// What a ban does to each demand.
public struct BanOutcome: Sendable {
  /// The demands that could be met and cannot be any more, in the network's order.
  public let stops: [Key<Demand>]

  /// For each demand, what is lost if nobody finds a new supplier; nil for one that was not met in the first place.
  public let loss: [Loss?]

  /// Under the ban, the single points of failure of each demand that it leaves.
  public let singlePoints: SinglePoints

  /// The mean rigid loss over all demands that were met, from 0 to 1; each counts the same, whatever its size.
  public var meanLoss: Double {
    let losses = loss.compactMap { $0?.rigid }
    return losses.isEmpty ? 0 : losses.reduce(0, +) / Double(losses.count)
  }
}

/// A ban on all exports of one country, and what comes of it.
public struct CountryBan: Sendable {
  public let country: Country
  public let outcome: BanOutcome
}

/// A ban on the export of one technology by one country that supplies it, and what comes of it.
public struct TechnologyBanResult: Sendable {
  public let country: Country
  public let technology: Key<Technology>
  public let outcome: BanOutcome

  /// What becomes of the sites that need it.
  public let effects: TechnologyEffects
}

extension ProductionGraph {
  /// What a disruption does to each demand, compared with the baseline.
  ///
  /// - Complexity: that of ``singlePoints(in:)`` and ``rigidLevels(under:)``.
  public func outcome(of disruption: Disruption) -> BanOutcome {
    var search = SinglePointSearch(in: self)
    return outcome(of: disruption, wasOperable: isOperableInBaseline, &search)
  }

  /// The outcome, where what stops is held against what could be made before.
  private func outcome(
    of disruption: Disruption, wasOperable: [Bool], _ search: inout SinglePointSearch
  ) -> BanOutcome {
    let state = state(under: disruption)
    let derivation = derivation(in: state)
    let points = search.singlePoints(in: state, derivation)
    // Without a technology to lose, what a rigid network can get is what any can.
    let levels =
      disruption.concernsTechnology
      ? rigidLevels(under: disruption)
      : rigidLevels(under: disruption, state, isOperable: derivation.isOperable)
    let demands = network.demand.keys
    func wasMet(_ demand: Key<Demand>) -> Bool { isOperableInBaseline[node(of: demand)] }
    return BanOutcome(
      stops: demands.filter { wasOperable[node(of: $0)] && !points.isMet[$0.position] },
      loss: demands.map { wasMet($0) ? levels.loss(at: node(of: $0)) : nil },
      singlePoints: points)
  }

  /// For each country with an active site, a ban on all that it exports; the worst first.
  ///
  /// Worse is: more demands stop; then the higher mean loss, where less than 10⁻⁹ is no difference; then the code.
  public func countryBans() -> [CountryBan] {
    var search = SinglePointSearch(in: self)
    return countryBans(onTopOf: .none, &search)
  }

  /// The bans, each on top of what happens anyway.
  func countryBans(
    onTopOf base: Disruption = .none, _ search: inout SinglePointSearch,
    report: (RiskSummary.Progress) -> Void = { _ in }
  ) -> [CountryBan] {
    let wasOperable = operability(in: state(under: base))
    let countries = Set(network.sites.rows.filter(\.isActive).compactMap(\.country)).sorted()
    let bans = countries.enumerated().map { position, country in
      report(.init(done: position, count: countries.count))
      return CountryBan(
        country: country,
        outcome: outcome(of: base.adding(.exportBan(country)), wasOperable: wasOperable, &search))
    }
    return bans.map { (ban: $0, loss: Int($0.outcome.meanLoss * 1e9 + 0.5)) }
      .sorted { one, other in
        (other.ban.outcome.stops.count, other.loss, one.ban.country)
          < (one.ban.outcome.stops.count, one.loss, other.ban.country)
      }
      .map(\.ban)
  }

  /// For each technology and each country known to supply it, or to supply it to a site today, a ban on its export.
  ///
  /// Technologies come in the network's order, countries by code.
  public func technologyBans() -> [TechnologyBanResult] {
    var search = SinglePointSearch(in: self)
    return technologyBans(onTopOf: .none, &search)
  }

  /// The bans, each on top of what happens anyway.
  func technologyBans(
    onTopOf base: Disruption = .none, _ search: inout SinglePointSearch,
    report: (RiskSummary.Progress) -> Void = { _ in }
  ) -> [TechnologyBanResult] {
    let wasOperable = operability(in: state(under: base))
    var suppliers = network.technologies.rows.map { Set($0.suppliers ?? []) }
    for site in network.sites.rows {
      for need in site.technologies {
        if let from = need.from { suppliers[need.technology.position].insert(from) }
      }
    }
    var bans: [TechnologyBanResult] = []
    let count = suppliers.reduce(0) { $0 + $1.count }
    for technology in network.technologies.keys {
      for country in suppliers[technology.position].sorted() {
        report(.init(done: bans.count, count: count))
        let ban = Disruption(technologyBans: [.init(country: country, technologies: [technology])])
        bans.append(
          TechnologyBanResult(
            country: country, technology: technology,
            outcome: outcome(of: base.adding(ban), wasOperable: wasOperable, &search),
            effects: TechnologyEffects(of: ban, on: network)))
      }
    }
    return bans
  }
}
