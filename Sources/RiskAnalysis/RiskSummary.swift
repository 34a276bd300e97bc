public import SupplyModel

/// Everything that `analyze` says about a network: the baseline and every single-country ban.
public struct RiskSummary: Sendable {
  public let graph: ProductionGraph
  public let concentration: [Concentration]

  /// The single points of failure of each demand today.
  public let singlePoints: SinglePoints
  public let countryBans: [CountryBan]
  public let technologyBans: [TechnologyBanResult]

  public var network: SupplyNetwork { graph.network }

  /// Runs every analysis on a network.
  ///
  /// - Complexity: that of ``ProductionGraph/outcome(of:)`` once for each country and each technology ban.
  public init(of network: SupplyNetwork) {
    graph = ProductionGraph(network)
    concentration = network.concentration()
    var search = SinglePointSearch(in: graph)
    singlePoints = search.singlePoints(in: graph.state(under: .none))
    countryBans = graph.countryBans(&search)
    technologyBans = graph.technologyBans(&search)
  }

  /// The single-country export ban that does most harm; nil if no country has an active site.
  public var worstBan: CountryBan? { countryBans.first }
}
