public import SupplyModel

/// Everything that `analyze` says about a network: as it is, or in a scenario, and under every single-country ban on top of that.
public struct RiskSummary: Sendable {
  public let graph: ProductionGraph
  public let concentration: [Concentration]

  /// By other bases than what is made: for sale, reaching the products, origin, technology.
  public let tracedConcentration: [Concentration]

  /// For each element group and each place that demand names.
  public let supplyRisks: [NetworkSupplyRisk]

  /// What happens anyway; nothing in the baseline.
  public let base: Disruption

  /// The single points of failure of each demand today, or in the scenario.
  public let singlePoints: SinglePoints
  public let countryBans: [CountryBan]
  public let technologyBans: [TechnologyBanResult]

  public var network: SupplyNetwork { graph.network }

  /// How far the analyses are: how many bans of each kind were looked at.
  public struct Progress: Sendable, Hashable {
    public let done: Int
    public let count: Int
  }

  /// Runs every analysis on a network.
  ///
  /// - Parameters:
  ///   - network: what to look at.
  ///   - base: what happens anyway.
  ///   - report: is told after each ban how far the run is.
  /// - Complexity: that of ``ProductionGraph/outcome(of:)`` once for each country and each technology ban.
  public init(
    of network: SupplyNetwork, under base: Disruption = .none, report: (Progress) -> Void = { _ in }
  ) {
    self.base = base
    graph = ProductionGraph(network, tellingApart: base)
    concentration = network.concentration()
    tracedConcentration = graph.tracedConcentration()
    supplyRisks = graph.supplyRisks()
    var search = SinglePointSearch(in: graph)
    singlePoints = search.singlePoints(in: graph.state(under: base))
    countryBans = graph.countryBans(onTopOf: base, &search, report: report)
    technologyBans = graph.technologyBans(onTopOf: base, &search, report: report)
  }

  /// The single-country export ban that does most harm; nil if no country has an active site.
  public var worstBan: CountryBan? { countryBans.first }
}
