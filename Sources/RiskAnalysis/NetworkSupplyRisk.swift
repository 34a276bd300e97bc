public import SupplyModel

/// The supply risk of a material or an element group for a region, by the formulas of ``SupplyRisk`` and
/// ``GeopoliticalSupplyRisk``, with the figures of a network.
///
/// Countries count by what their sites make. What belongs to no country adds nothing, as in the index.
public struct NetworkSupplyRisk: Sendable {
  /// A figure that a score would need.
  public enum Missing: Sendable, Hashable {
    case governance(Country)
    case tradeParameter(Country)
    case recycling
    case substitution
    case size(Key<Site>)
    case need(Sourcing.Buyer)
  }

  /// What one stage adds.
  public struct Stage: Sendable {
    public let stage: Key<SupplyModel.Stage>

    /// The indices of the world and of what the region takes; nil if a figure is missing.
    public let world: Double?
    public let region: Double?
    public let importReliance: Double?

    /// The stage's score by the EU's formula; nil if a figure is missing.
    public let score: Double?

    /// The stage's geopolitical supply risk, from 0 to 1; nil if a figure is missing or the region takes nothing.
    public let geopolitical: Double?

    /// The part of the world's supply that belongs to no known country.
    public let unattributed: Double

    /// Where the region gets it.
    public let sourcing: Sourcing
  }

  public let subject: Statistic.Subject

  /// For whom: a country or a bloc that demand names.
  public let region: Place
  public let stages: [Stage]

  /// All figures that are missing, each once: countries by code first; what makers of unknown size make is left out of the scores.
  public let missing: [Missing]

  /// The highest score of a stage; nil if one of them is not known.
  public var score: Double? {
    let scores = stages.compactMap(\.score)
    return scores.count == stages.count ? SupplyRisk.score(ofStages: scores) : nil
  }

  /// Scores every stage that makes some of the subject.
  ///
  /// - Parameters:
  ///   - subject: what is scored.
  ///   - place: for whom; its own countries have a trade parameter of 0.8, unless the network gives another.
  ///   - graph: the network.
  /// - Complexity: that of ``ProductionGraph/sourcing(of:in:)``.
  public init(of subject: Statistic.Subject, for place: Place, in graph: ProductionGraph) {
    let network = graph.network
    let region = place.countries
    self.region = place
    self.subject = subject
    let governance = network.governanceOfCountry
    let parameters = network.riskParameters.first { $0.subject == subject }
    let rows = network.concentration().filter {
      $0.subject == subject && $0.basis == .sites && $0.grouping == .country
    }
    var countries: Set<Country> = []
    var untraded: Set<Country> = []
    var others: [Missing] = []
    func note(_ missing: Missing) { if !others.contains(missing) { others.append(missing) } }
    if parameters?.recycling == nil { note(.recycling) }
    if parameters?.substitution == nil { note(.substitution) }

    func index(_ amounts: [(country: Country, amount: Double)], unattributed: Double) -> Double? {
      var suppliers = [SupplyRisk.Supplier(amount: unattributed, governance: 0)]
      for (country, amount) in amounts where amount > 0 {
        let trade =
          network.tradeParameter(of: country, for: subject) ?? (region.contains(country) ? 0.8 : nil)
        if trade == nil { untraded.insert(country) }
        guard let rating = governance[country] else {
          countries.insert(country)
          continue
        }
        guard let trade else { continue }
        suppliers.append(
          .init(amount: amount, governance: SupplyRisk.governance(ofEstimate: rating.estimate), trade: trade))
      }
      let isComplete = suppliers.count == amounts.count(where: { $0.amount > 0 }) + 1
      return isComplete ? SupplyRisk.concentration(of: suppliers) : nil
    }

    var stages: [Stage] = []
    for sourcing in graph.sourcing(of: subject, in: region) {
      guard let row = rows.first(where: { $0.stage == sourcing.stage }) else { continue }
      let world = row.holders.compactMap { holder in
        Country(code: holder.id).map { (country: $0, amount: holder.share) }
      }
      let worldIndex = index(world, unattributed: row.unattributed)
      let regionIndex =
        sourcing.used > 0 && sourcing.used.isFinite
        ? index(sourcing.suppliers, unattributed: sourcing.unattributed) : nil
      let reliance = sourcing.importReliance
      for site in row.sitesOfUnknownSize { note(.size(site)) }
      if reliance == nil {
        for site in sourcing.makersOfUnknownSize { note(.size(site)) }
        for buyer in sourcing.buyersOfUnknownNeed { note(.need(buyer)) }
      }
      var score: Double?
      // Where the region takes nothing, only the world's supply counts.
      let takesNothing = sourcing.used == 0 && sourcing.buyersOfUnknownNeed.isEmpty
      if let worldIndex, let recycling = parameters?.recycling?.value,
        let substitution = parameters?.substitution?.value,
        takesNothing || regionIndex != nil && reliance != nil
      {
        let stage = SupplyRisk.Stage(
          world: worldIndex, region: regionIndex, importReliance: reliance ?? 1)
        score = SupplyRisk(stages: [stage], recycling: recycling, substitution: substitution).score
      }
      let imports = sourcing.suppliers.filter { !region.contains($0.country) }
      let isRated = imports.allSatisfy { governance[$0.country] != nil }
      var geopolitical: Double?
      if isRated, sourcing.used > 0, sourcing.used.isFinite, sourcing.made.isFinite,
        sourcing.makersOfUnknownSize.isEmpty
      {
        let risk = GeopoliticalSupplyRisk(
          production: world.map(\.amount), domestic: sourcing.made,
          imports: imports.map { row in
            let estimate = governance[row.country]?.estimate ?? 0
            return .init(
              amount: row.amount,
              instability: GeopoliticalSupplyRisk.instability(ofEstimate: estimate))
          })
        let score = GeopoliticalSupplyRisk(production: [1], domestic: risk.domestic, imports: risk.imports)
        // The part of nobody counts in the whole of the supply.
        geopolitical = score.importRisk.map { $0 * row.hhi / 10_000 }
      }
      stages.append(
        Stage(
          stage: sourcing.stage, world: worldIndex, region: regionIndex, importReliance: reliance,
          score: score, geopolitical: geopolitical, unattributed: row.unattributed, sourcing: sourcing))
    }
    self.stages = stages
    missing =
      countries.sorted().map { .governance($0) } + untraded.sorted().map { .tradeParameter($0) } + others
  }
}

extension Place {
  /// The countries of a place; none for anywhere.
  public var countries: Set<Country> {
    switch self {
    case .country(let country): [country]
    case .bloc(let bloc): Set(bloc.members)
    case .anywhere: []
    }
  }
}

extension ProductionGraph {
  /// The supply risk of each element group, or of each material that ``RiskParameters`` describe, for each place that demand names.
  ///
  /// Places come in the order of the demand, at most twenty, and fewer the larger the network is: the nodes and lanes of all places
  /// together are ten million. Anywhere is no place. What no stage makes is left out.
  ///
  /// - Complexity: that of ``sourcing(of:in:)`` for each place and subject.
  public func supplyRisks() -> [NetworkSupplyRisk] {
    var places: [Place] = []
    for demand in network.demand.rows where demand.place != .anywhere && !places.contains(demand.place) {
      places.append(demand.place)
    }
    var subjects = network.elementGroups.keys.map { Statistic.Subject.elements($0) }
    for row in network.riskParameters where !subjects.contains(row.subject) { subjects.append(row.subject) }
    let count = max(1, min(20, 10_000_000 / max(1, nodes.count + lanes.count)))
    return subjects.flatMap { subject in
      places.prefix(count).map { NetworkSupplyRisk(of: subject, for: $0, in: self) }.filter {
        !$0.stages.isEmpty
      }
    }
  }
}

extension SupplyNetwork {
  /// The index of a supply by country with each country weighted by its governance: 0 for the best that there is, 1 for the
  /// worst.
  ///
  /// On the scale of ``SupplyRisk`` it is a thousandth of that, without restrictions on trade.
  ///
  /// - Returns: nil unless the row tells countries apart.
  public func governanceWeighted(_ row: Concentration) -> Concentration.Weighted? {
    guard row.grouping == .country else { return nil }
    let ratings = governanceOfCountry
    return row.hhi { holder in
      guard let rating = Country(code: holder.id).flatMap({ ratings[$0] }) else { return nil }
      return min(1, max(0, SupplyRisk.governance(ofEstimate: rating.estimate) / 10))
    }
  }
}
