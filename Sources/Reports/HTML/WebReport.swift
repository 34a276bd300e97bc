public import RiskAnalysis
public import RuleEngine
public import SupplyModel

/// A report on a network as one page of HTML that needs nothing else: no network, no other file, and for reading no script.
///
/// The picture of the network is drawn by another module: draw ``graph`` and hand the picture to ``html(diagram:)``.
public struct WebReport: Sendable {
  /// What a report is about.
  public struct Request: Sendable {
    /// The scenarios that somebody wrote, in the order in which the page lists them.
    public var scenarios: [ScenarioInForce] = []

    /// The id of the scenario that the page opens at; nil for the one with the highest mean loss.
    public var opening: String?

    /// What rules found; nil if none were asked.
    public var findings: RuleRun?

    /// The words of the command that makes the page.
    public var command: [String] = []

    /// The version of the program.
    public var version = ""

    /// What other analyses say, each as a section of its own, in this order.
    public var supplements: [Supplement] = []

    /// Further lines of what the page tells of a site, such as where its product comes from.
    public var detailsOfSite: [Key<Site>: [Detail]] = [:]

    /// Further lines of what the page tells of a product.
    public var detailsOfProduct: [Key<Demand>: [Detail]] = [:]

    public init() {}
  }

  /// A line of the details of a site or a product.
  public struct Detail: Sendable, Hashable {
    public var label: String
    public var text: String

    public init(_ label: String, _ text: String) {
      self.label = label
      self.text = text
    }
  }

  /// The network with its implied demand.
  let network: SupplyNetwork
  let request: Request
  let graph0: ProductionGraph
  let model: DiagramModel
  let scenarios: [PageScenario]

  /// The position of the scenario that the page opens at.
  let opening: Int
  let links: SupplyLinks
  let shares: StageShares
  let concentration: [Concentration]

  /// - Parameters:
  ///   - network: what the report is about.
  ///   - request: what it tells.
  ///   - progress: told how many scenarios of how many are done.
  /// - Complexity: that of ``ScenarioOutcome`` for each scenario and each country.
  public init(of network: SupplyNetwork, as request: Request, progress: (Int, Int) -> Void = { _, _ in }) {
    let graph = ProductionGraph(network)
    graph0 = graph
    self.network = graph.network
    self.request = request
    var drawn = NetworkDiagram.Request(theme: .page)
    drawn.isInPage = true
    let model = DiagramModel(of: network, as: drawn)
    self.model = model
    let links = SupplyLinks(of: graph, in: graph.state(under: .none, rigid: true))
    self.links = links
    shares = graph.network.stageShares()
    concentration = graph.network.concentration()

    let countries = Set(graph.network.sites.rows.filter(\.isActive).compactMap(\.country)).sorted()
    let count = request.scenarios.count + countries.count
    var scenarios = [PageScenario(baselineOf: graph, model: model, links: links)]
    for inForce in request.scenarios {
      progress(scenarios.count - 1, count)
      let id = Self.unused(inForce.scenario.id, in: scenarios)
      scenarios.append(PageScenario(.named, id: id, inForce, on: network, model: model, links: links))
    }
    var bans: [PageScenario] = []
    for country in countries {
      progress(scenarios.count - 1 + bans.count, count)
      let inForce = ScenarioInForce(Self.ban(of: country), of: graph.network)
      let id = Self.unused("ban-\(country.code)", in: scenarios)
      bans.append(PageScenario(.ban(country), id: id, inForce, on: network, model: model, links: links))
    }
    scenarios += Self.worstFirst(bans)
    self.scenarios = scenarios
    opening = Self.opening(of: scenarios, request)
  }

  /// The id, or one like it that no scenario has: files may call theirs alike, or as we call ours.
  private static func unused(_ id: String, in scenarios: [PageScenario]) -> String {
    let ids = Set(scenarios.map(\.id))
    var candidate = id
    var number = 2
    while ids.contains(candidate) {
      candidate = "\(id)-\(number)"
      number += 1
    }
    return candidate
  }

  /// The scenario in which a country bans all that it exports.
  static func ban(of country: Country) -> Scenario {
    Scenario(
      id: "ban-\(country.code)", title: "\(country.name) bans all of its exports",
      controls: [
        Control(
          id: "ban-\(country.code)", name: "\(country.name): all exports", kind: .exportBan,
          issuers: [country])
      ])
  }

  /// As ``ProductionGraph/countryBans()`` sorts them.
  private static func worstFirst(_ bans: [PageScenario]) -> [PageScenario] {
    bans.map { (ban: $0, loss: Int($0.meanLoss * 1e9 + 0.5)) }
      .sorted { ($1.ban.stops.count, $1.loss, $0.ban.id) < ($0.ban.stops.count, $0.loss, $1.ban.id) }
      .map(\.ban)
  }

  private static func opening(of scenarios: [PageScenario], _ request: Request) -> Int {
    if let id = request.opening, let found = scenarios.firstIndex(where: { $0.id == id }) { return found }
    let named = scenarios.indices.filter { scenarios[$0].kind == .named }
    let choice = named.isEmpty ? Array(scenarios.indices) : named
    return choice.max { (scenarios[$0].meanLoss, $1) < (scenarios[$1].meanLoss, $0) } ?? 0
  }

  /// What is to be drawn for the page, as a picture to be put into it with ids that start with `d-`.
  public var graph: GraphvizGraph {
    var drawing = DiagramDrawing(model: scenarios[opening].model)
    return drawing.graph()
  }

  /// The ban that stops most; nil if no site has a country.
  var worstBan: PageScenario? { scenarios.first { if case .ban = $0.kind { true } else { false } } }

  /// Whether every rule was read and run to its end; true if none were asked.
  public var isComplete: Bool { request.findings?.problems.isEmpty ?? true }
}

/// A scenario of the page: what the analyses say of it.
struct PageScenario: Sendable {
  enum Kind: Sendable, Hashable {
    case baseline, named
    case ban(Country)
  }

  let kind: Kind
  let id: String
  let title: String

  /// Nil for the baseline.
  let outcome: ScenarioOutcome?
  let graph: ProductionGraph
  let model: DiagramModel
  let singlePoints: SinglePoints
  let stops: [Key<Demand>]

  /// What is lost if everybody reallocates; nil for the baseline.
  let flexible: FlexibleLoss?

  /// Supply from day to day; nil but for a scenario of a file that says when it begins.
  let timeline: Timeline?

  /// For each link of the baseline, the part of the buyer's need that is stopped on the way.
  let stopped: [Double]

  /// For each demand; nil for one that was not met in the first place.
  let loss: [PageLoss?]

  init(baselineOf graph: ProductionGraph, model: DiagramModel, links: SupplyLinks) {
    kind = .baseline
    id = "baseline"
    title = "Baseline: nothing happens"
    outcome = nil
    flexible = nil
    timeline = nil
    self.graph = graph
    self.model = model
    singlePoints = graph.singlePoints(in: graph.state(under: .none))
    stops = []
    stopped = Array(repeating: 0, count: links.links.count)
    loss = graph.network.demand.keys.map { graph.baselineIsMet($0) ? .nothing : nil }
  }

  init(
    _ kind: Kind, id: String, _ inForce: ScenarioInForce, on network: SupplyNetwork, model: DiagramModel,
    links: SupplyLinks
  ) {
    let outcome = ScenarioOutcome(of: inForce, on: network)
    self.kind = kind
    self.id = id
    title = inForce.scenario.title
    self.outcome = outcome
    flexible = FlexibleLoss(of: outcome)
    timeline =
      kind == .named
      ? Timeline.Horizon(of: inForce.scenario, on: network).flatMap {
        try? Timeline(of: inForce.scenario, on: network, over: $0)
      } : nil
    graph = outcome.graph
    singlePoints = outcome.singlePoints
    stops = outcome.stops
    loss = outcome.loss.map { $0.map { PageLoss($0) } }
    let disruption = inForce.disruption
    self.model = model.changed(
      to: .init(title: inForce.scenario.title, disruption: disruption), graph: outcome.graph)
    let now = SupplyLinks(
      of: outcome.graph, in: outcome.graph.state(under: disruption, rigid: true, reading: .expected))
    var stopped: [SupplyLinks.Pair: Double] = [:]
    for link in now.links { stopped[link.pair] = link.stopped }
    self.stopped = links.links.map { stopped[$0.pair] ?? 0 }
  }

  var meanLoss: Double {
    let losses = loss.compactMap { $0?.rigid }
    return losses.isEmpty ? 0 : losses.reduce(0, +) / Double(losses.count)
  }

  var met: Int { loss.count { $0 != nil } }

  /// For each site, what it loses, and whether it stops; nil for what does not run in the first place.
  func siteLosses(_ network: SupplyNetwork) -> [(loss: PageLoss, stops: Bool)?] {
    var result = [(loss: PageLoss, stops: Bool)?](repeating: nil, count: network.sites.count)
    for node in graph.operationNodes {
      let site = graph.operations[node].site
      if network.sites[site].isActive { result[site.position] = (.nothing, false) }
    }
    for row in outcome?.sites ?? [] { result[row.site.position] = (PageLoss(row.loss), row.stops) }
    return result
  }
}

/// A loss as the page tells it; every part from 0 to 1.
struct PageLoss: Sendable, Hashable {
  /// The best estimate without and with the controls of which it is not known whether they hold.
  let rigid: Double
  let ifUncertainHolds: Double

  /// The least and the most that it can be.
  let low: Double
  let high: Double

  static let nothing = PageLoss(rigid: 0, ifUncertainHolds: 0, low: 0, high: 0)

  init(_ loss: Loss) {
    self.init(rigid: loss.rigid, ifUncertainHolds: loss.rigidIfUncertainHolds, low: loss.low, high: loss.high)
  }

  private init(rigid: Double, ifUncertainHolds: Double, low: Double, high: Double) {
    self.rigid = rigid
    self.ifUncertainHolds = ifUncertainHolds
    self.low = low
    self.high = high
  }

  /// What a reader is told first: what is uncertain counts as holding.
  var told: Double { max(rigid, ifUncertainHolds) }
}
