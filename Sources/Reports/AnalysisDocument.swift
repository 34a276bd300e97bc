public import RiskAnalysis
import SupplyModel

/// What `chokepoint analyze --format json` prints: the numbers of a ``RiskSummary``, with ids instead of positions.
///
/// `JSON.md` beside this file describes every field. Shares and losses run from 0 to 1. A field that is nil is written
/// as `null`.
public struct AnalysisDocument: Sendable, Hashable, Encodable {
  /// Always `chokepoint.analysis`.
  public let format: String

  /// Rises when a field is removed or changes its meaning.
  public let version: Int
  public let network: Network

  /// The scenario that the concentration and the single points hold for: `baseline`.
  public let scenario: String

  /// Stage by stage, in the order of the chain; first by what is made, then by other bases.
  public let concentration: [Concentration]

  /// For each element group and each place that demand names.
  public let supplyRisk: [SupplyRiskRow]

  /// The single points of failure in the baseline: product by product, in the network's order.
  public let chokepoints: [Chokepoint]

  /// A ban on all exports for each country with an active site, the worst first.
  public let bans: [Ban]

  /// A ban on each technology by each country that supplies it.
  public let technologyBans: [TechnologyBan]

  /// The demand, in the network's order.
  public let products: [Product]
  public let notKnown: NotKnownFigures

  /// The day that the scenario is looked at, as `YYYY-MM-DD`; nil in the baseline and for a scenario without dates.
  public let asOf: String?

  /// What the scenario lists, whether it holds or not; empty in the baseline, as are all lists below.
  public let controls: [Control]
  public let outages: [Outage]
  public let responses: [Response]

  /// The products that the scenario stops for certain, and those that it stops only if what is not known turns out badly.
  public let stops: [String]
  public let mayStop: [String]

  /// One for each product that can be met in the baseline.
  public let loss: [ScenarioLoss]

  /// What stands behind the flexible losses; nil in the baseline, and where they were not asked for.
  public let reallocation: Reallocation?

  /// The sites that lose anything or may, most first.
  public let sites: [SiteLoss]

  /// What the scenario's bans of technology do to sites.
  public let technologyEffects: TechnologyEffects

  /// What the network is and how much is in it.
  public struct Network: Sendable, Hashable, Encodable {
    public let id: String
    public let title: String

    /// The day that the figures describe, as `YYYY-MM-DD`; nil if it is not known.
    public let asOf: String?

    /// All sites, whatever their status.
    public let sites: Int

    /// Sites that are operating or ramping up.
    public let activeSites: Int
    public let plannedSites: Int

    /// Countries with an active site.
    public let countries: Int
    public let products: Int
    public let materials: Int
    public let processes: Int
    public let flows: Int
    public let technologies: Int
  }

  /// How concentrated one supply is.
  public struct Concentration: Sendable, Hashable, Encodable {
    public let stage: String

    /// The id of a material or of an element group.
    public let material: String

    /// `material` or `elementGroup`.
    public let materialKind: String

    /// What holders are told apart by: `country`, `operator` or `parent`.
    public let by: String

    /// `sites` for what the network's own sites make, `published` for a series of country figures, `openMarket`, `reaching`,
    /// `origin` or `technology`.
    public let basis: String

    /// The id of the published series; nil for any other basis.
    public let series: String?

    /// The id of the technology; nil for any other basis.
    public let technology: String?

    /// The Herfindahl-Hirschman index from 0 to 10,000, the unattributed part counted as nothing.
    public let hhi: Double

    /// The least that the index can be, and the most: what is estimated or unattributed counts as nothing, or as the largest
    /// holder's.
    public let hhiLow: Double
    public let hhiHigh: Double

    /// The index weighted by governance; nil unless holders are countries and the network rates some.
    public let governanceWeighted: Weighted?

    /// The holder of the largest share; nil if no holder is known.
    public let largest: Holder?

    /// The part of the supply that is left without the largest holder; nil if no holder is known.
    public let nMinus1: Double?

    /// The part of the supply whose holder is not known.
    public let unattributed: Double

    /// The whole supply, in `unit`.
    public let total: Double
    public let unit: String

    /// The known holders, largest first.
    public let holders: [Holder]

    /// Active sites that make this, and how much is not known.
    public let sitesOfUnknownSize: [String]

    /// Products that may hold some of it, and how much is not known.
    public let productsNotWeighed: [String]

    /// Flows that tie some of it to a buyer, it is not known how much.
    public let flowsOfUnknownVolume: [String]

    /// The part of the supply that rests on figures that are estimated or unmarked.
    public let estimatedShare: Double
  }

  /// Who holds a part of a supply.
  public struct Holder: Sendable, Hashable, Encodable {
    public let id: String
    public let name: String
    public let share: Double

    /// The least that the share can be.
    public let low: Double
  }

  /// An index in which each country counts by its governance, from 0 to 10,000.
  public struct Weighted: Sendable, Hashable, Encodable {
    /// Nil if a country has no rating.
    public let hhi: Double?
    public let low: Double
    public let high: Double

    /// The codes of the countries without one.
    public let missing: [String]
  }

  /// The supply risk of one material or element group for one place.
  public struct SupplyRiskRow: Sendable, Hashable, Encodable {
    /// A country code or the name of a bloc.
    public let region: String
    public let material: String
    public let materialKind: String

    /// The EU's score of the worst stage; nil if a figure is missing.
    public let score: Double?
    public let stages: [Stage]

    /// What is missing, such as `governance[CN]`.
    public let missing: [String]

    /// One stage of the chain; amounts in t a year of the elements.
    public struct Stage: Sendable, Hashable, Encodable {
      public let stage: String
      public let importReliance: Double?
      public let used: Double
      public let made: Double
      public let suppliers: [Supplier]
      public let worldIndex: Double?
      public let regionIndex: Double?
      public let score: Double?
      public let geopolitical: Double?
    }

    /// A country that the place gets it from.
    public struct Supplier: Sendable, Hashable, Encodable {
      public let country: String
      public let amount: Double
    }
  }

  /// An element whose failure stops a product.
  public struct Chokepoint: Sendable, Hashable, Encodable {
    /// The id of the demand.
    public let product: String

    /// `site`, `operator`, `parent`, `country` or `technology`.
    public let level: String

    /// The id of the element; for a country its code.
    public let id: String
    public let name: String
  }

  /// What a product loses if nobody finds a new supplier.
  public struct Loss: Sendable, Hashable, Encodable {
    public let product: String

    /// The best estimate.
    public let rigid: Double

    /// The least that it can be, where the split of a need among suppliers is not recorded.
    public let low: Double

    /// The most that it can be.
    public let high: Double
  }

  /// A ban on all exports of one country.
  public struct Ban: Sendable, Hashable, Encodable {
    public let country: String
    public let name: String

    /// The products that could be made and cannot be any more.
    public let stops: [String]

    /// The mean of `loss.rigid`, each product counted the same.
    public let meanLoss: Double

    /// One for each product that can be met in the baseline.
    public let loss: [Loss]

    /// The single points of failure that the ban creates: those that are none in the baseline.
    public let chokepoints: [Chokepoint]
  }

  /// A ban by one country on the export of one technology.
  public struct TechnologyBan: Sendable, Hashable, Encodable {
    public let technology: String
    public let country: String
    public let stops: [String]
    public let meanLoss: Double
    public let loss: [Loss]

    /// Active sites that stop, after their grace period.
    public let stoppedSites: [String]

    /// Active sites that must find another supplier of the technology.
    public let mustRequalify: [String]

    /// Planned or ramping sites that cannot come.
    public let preventedSites: [String]

    /// Active sites that cannot grow.
    public let frozenSites: [String]

    /// Sites for which something that decides is not known.
    public let unknownSites: [String]
  }

  /// A demand.
  public struct Product: Sendable, Hashable, Encodable {
    public let id: String
    public let name: String

    /// The id of the material that is wanted.
    public let material: String

    /// A country code, the name of a bloc, or `WW` for anywhere.
    public let place: String

    /// The end use; nil if it is not given.
    public let use: String?

    /// What is wanted, in `unit`; nil if it is not known.
    public let amount: Double?

    /// Nil if there is no amount.
    public let unit: String?

    /// Whether the product can be made and brought there in the baseline.
    public let met: Bool
  }

  /// What the network does not record and the analyses would need.
  public struct NotKnownFigures: Sendable, Hashable, Encodable {
    /// A need whose split among its suppliers is not recorded.
    public struct Buyer: Sendable, Hashable, Encodable {
      /// The id of the site that buys; nil for a product.
      public let site: String?

      /// The id of the product; nil for a site.
      public let product: String?

      /// The id of what is bought; nil if no material is named.
      public let material: String?
    }

    /// A technology that a site needs, it is not known what for.
    public struct TechnologyNeed: Sendable, Hashable, Encodable {
      public let site: String
      public let technology: String
    }

    public let buyersWithoutSplit: [Buyer]

    /// Active sites with neither output nor capacity.
    public let sitesOfUnknownSize: [String]

    /// Active sites whose country is not known.
    public let sitesWithoutCountry: [String]
    public let technologyNeeds: [TechnologyNeed]

    /// Technologies for which it is not known who could supply them.
    public let technologiesWithoutSuppliers: [String]
    public let figures: FigureCounts
  }
}

extension AnalysisDocument {
  /// - Parameters:
  ///   - summary: what the analyses found, in the baseline or in the scenario.
  ///   - outcome: what the scenario does; nil in the baseline.
  ///   - flexible: the flexible loss in the scenario.
  public init(
    of summary: RiskSummary, in outcome: ScenarioOutcome? = nil, flexible: FlexibleLoss? = nil
  ) {
    let network = summary.network
    format = "chokepoint.analysis"
    version = 1
    scenario = outcome?.inForce.scenario.id ?? "baseline"
    asOf = outcome?.inForce.day?.description
    controls = outcome.map { Control.all(of: $0, in: network) } ?? []
    outages = outcome.map { Outage.all(of: $0, in: network) } ?? []
    responses = outcome.map { Response.all(of: $0) } ?? []
    stops = outcome.map { network.ids(of: $0.stops) } ?? []
    mayStop = outcome.map { network.ids(of: $0.mayStop) } ?? []
    loss = outcome.map { ScenarioLoss.all(of: $0, flexible, in: network) } ?? []
    reallocation = outcome.flatMap { outcome in flexible.map { Reallocation($0, in: outcome) } }
    sites = outcome.map { SiteLoss.all(of: $0, in: network) } ?? []
    technologyEffects = TechnologyEffects(of: outcome?.technology, in: network)
    self.network = Network(of: network)
    let units = SeriesUnits(of: network)
    concentration = (summary.concentration + summary.tracedConcentration)
      .map { Concentration($0, in: network, units: units) }
    supplyRisk = summary.supplyRisks.map { SupplyRiskRow($0, in: network) }
    chokepoints = Self.chokepoints(summary.singlePoints.ofDemand, in: network)
    bans = summary.countryBans.map { ban in
      Ban(
        country: ban.country.code, name: ban.country.name, stops: network.ids(of: ban.outcome.stops),
        meanLoss: ban.outcome.meanLoss, loss: Self.losses(of: ban.outcome, in: network),
        chokepoints: Self.chokepoints(summary.newSinglePoints(under: ban.outcome), in: network))
    }
    technologyBans = summary.technologyBans.map { ban in
      TechnologyBan(
        technology: network.technologies[ban.technology].id, country: ban.country.code,
        stops: network.ids(of: ban.outcome.stops), meanLoss: ban.outcome.meanLoss,
        loss: Self.losses(of: ban.outcome, in: network), stoppedSites: network.ids(of: ban.effects.stopped),
        mustRequalify: network.ids(of: ban.effects.mustRequalify),
        preventedSites: network.ids(of: ban.effects.prevented),
        frozenSites: network.ids(of: ban.effects.frozen), unknownSites: network.ids(of: ban.effects.unknown))
    }
    products = network.demand.keys.map { key in
      let demand = network.demand[key]
      return Product(
        id: demand.id, name: demand.name, material: network.materials[demand.material].id,
        place: demand.place.id, use: demand.use, amount: demand.amount?.value,
        unit: demand.amount?.unit.baseText, met: summary.singlePoints.isMet[key.position])
    }
    notKnown = NotKnownFigures(of: summary.graph)
  }

  /// The document as JSON text; the same document gives the same bytes.
  public func json() -> String { jsonText(of: self) }

  private static func chokepoints(_ points: [[Element]], in network: SupplyNetwork) -> [Chokepoint] {
    network.demand.keys.flatMap { key in
      points[key.position].map {
        Chokepoint(
          product: network.demand[key].id, level: $0.level.rawValue, id: $0.id(in: network),
          name: $0.name(in: network))
      }
    }
  }

  private static func losses(of outcome: BanOutcome, in network: SupplyNetwork) -> [Loss] {
    network.demand.keys.compactMap { key in
      outcome.loss[key.position].map {
        Loss(product: network.demand[key].id, rigid: $0.rigid, low: $0.low, high: $0.high)
      }
    }
  }
}

extension AnalysisDocument.Network {
  fileprivate init(of network: SupplyNetwork) {
    id = network.id
    title = network.title
    asOf = network.asOf
    sites = network.sites.count
    activeSites = network.sites.rows.count(where: \.isActive)
    plannedSites = network.sites.rows.count { $0.status == .planned }
    countries = network.activeCountryCount
    products = network.demand.count
    materials = network.materials.count
    processes = network.processes.count
    flows = network.flows.count
    technologies = network.technologies.count
  }
}

/// The units in which published series are counted.
private struct SeriesUnits {
  private var units: [Series: String] = [:]

  private struct Series: Hashable {
    var stage: Key<Stage>
    var id: String
    var subject: Statistic.Subject
  }

  init(of network: SupplyNetwork) {
    for row in network.statistics {
      let series = Series(stage: row.stage, id: row.series, subject: row.subject)
      if units[series] == nil { units[series] = row.amount.unit.baseText }
    }
  }

  func unit(of series: String, counting subject: Statistic.Subject, at stage: Key<Stage>) -> String {
    units[Series(stage: stage, id: series, subject: subject)] ?? ""
  }
}

extension AnalysisDocument.Concentration {
  fileprivate init(_ row: Concentration, in network: SupplyNetwork, units: SeriesUnits) {
    stage = network.stages[row.stage].id
    by = row.grouping.rawValue
    let massUnit: String
    switch row.subject {
    case .material(let key):
      material = network.materials[key].id
      materialKind = "material"
      massUnit = network.materials[key].unit.rateText
    case .elements(let key):
      material = network.elementGroups[key].id
      materialKind = "elementGroup"
      massUnit = "t/yr"
    }
    switch row.basis {
    case .sites:
      basis = "sites"
    case .published: basis = "published"
    case .openMarket: basis = "openMarket"
    case .reaching: basis = "reaching"
    case .origin: basis = "origin"
    case .technology: basis = "technology"
    }
    if case .published(let id, _) = row.basis {
      series = id
      unit = units.unit(of: id, counting: row.subject, at: row.stage)
    } else {
      series = nil
      unit = row.basis == .reaching ? "t/yr" : massUnit
    }
    technology = if case .technology(let key) = row.basis { network.technologies[key].id } else { nil }
    hhi = row.hhi
    hhiLow = row.hhiLow
    hhiHigh = row.hhiHigh
    governanceWeighted =
      network.governance.isEmpty
      ? nil
      : network.governanceWeighted(row).map {
        .init(hhi: $0.hhi, low: $0.hhiLow, high: $0.hhiHigh, missing: $0.missing)
      }
    holders = row.holders.map { .init(id: $0.id, name: $0.name, share: $0.share, low: $0.low) }
    largest = holders.first
    nMinus1 = row.nMinus1
    unattributed = row.unattributed
    total = row.total
    sitesOfUnknownSize = network.ids(of: row.sitesOfUnknownSize)
    productsNotWeighed = network.ids(of: row.productsNotWeighed)
    flowsOfUnknownVolume = row.flowsOfUnknownVolume.map { network.flows[$0].id }
    estimatedShare = row.estimatedShare
  }
}

extension AnalysisDocument.SupplyRiskRow {
  fileprivate init(_ risk: NetworkSupplyRisk, in network: SupplyNetwork) {
    region = risk.region.id
    switch risk.subject {
    case .material(let key): (material, materialKind) = (network.materials[key].id, "material")
    case .elements(let key): (material, materialKind) = (network.elementGroups[key].id, "elementGroup")
    }
    score = risk.score
    stages = risk.stages.map { row in
      Stage(
        stage: network.stages[row.stage].id, importReliance: row.importReliance, used: row.sourcing.used,
        made: row.sourcing.made,
        suppliers: row.sourcing.suppliers.map { .init(country: $0.country.code, amount: $0.amount) },
        worldIndex: row.world, regionIndex: row.region, score: row.score, geopolitical: row.geopolitical)
    }
    missing = risk.missing.map { missing in
      switch missing {
      case .governance(let country): "governance[\(country.code)]"
      case .tradeParameter(let country): "trade_parameters[\(country.code)]"
      case .recycling: "risk_parameters.recycling"
      case .substitution: "risk_parameters.substitution"
      case .size(let site): "site[\(network.sites[site].id)].output"
      case .need(.site(let site)): "site[\(network.sites[site].id)].need"
      case .need(.demand(let demand)): "product[\(network.demand[demand].id)].amount"
      }
    }
  }
}

extension AnalysisDocument.NotKnownFigures {
  fileprivate init(of graph: ProductionGraph) {
    let network = graph.network
    let missing = NotKnown(of: graph)
    buyersWithoutSplit = missing.buyersWithoutSplit.map { buyer in
      switch buyer {
      case .site(let site, let material):
        Buyer(
          site: network.sites[site].id, product: nil, material: material.map { network.materials[$0].id })
      case .demand(let demand):
        Buyer(
          site: nil, product: network.demand[demand].id,
          material: network.materials[network.demand[demand].material].id)
      }
    }
    sitesOfUnknownSize = network.ids(of: missing.sitesOfUnknownSize)
    sitesWithoutCountry = network.ids(of: missing.sitesWithoutCountry)
    technologyNeeds = missing.needsOfUnknownPurpose.map {
      TechnologyNeed(site: network.sites[$0.site].id, technology: network.technologies[$0.technology].id)
    }
    technologiesWithoutSuppliers = missing.technologiesOfUnknownSuppliers.map { network.technologies[$0].id }
    figures = FigureCounts(of: network)
  }
}

extension RiskSummary {
  /// For each demand, the single points of failure under a ban that are none in the baseline.
  func newSinglePoints(under outcome: BanOutcome) -> [[Element]] {
    outcome.singlePoints.new(since: singlePoints)
  }
}

extension SinglePoints {
  /// For each demand, the points that were none before.
  func new(since before: SinglePoints) -> [[Element]] {
    zip(ofDemand, before.ofDemand).map { points, before in
      let known = Set(before)
      return points.filter { !known.contains($0) }
    }
  }
}

extension SupplyNetwork {
  func ids(of keys: [Key<Site>]) -> [String] { keys.map { sites[$0].id } }
  func ids(of keys: [Key<Demand>]) -> [String] { keys.map { demand[$0].id } }
}
