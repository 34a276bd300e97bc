public import Diagnostics
import RiskAnalysis
public import SupplyModel

/// What `chokepoint check --format json` prints: whether a network can be analysed, and what is wrong with it.
///
/// `JSON.md` beside this file describes every field. A field that is nil is written as `null`.
public struct CheckDocument: Sendable, Hashable, Encodable {
  /// Always `chokepoint.check`.
  public let format: String

  /// Rises when a field is removed or changes its meaning.
  public let version: Int

  /// Whether the network can be analysed: it was read, and no diagnostic is an error.
  public let valid: Bool

  /// In the order in which they were found.
  public let diagnostics: [Problem]

  /// Nil if the network could not be read.
  public let counts: Counts?

  /// Processes at active sites that lack an input in the baseline.
  public let sitesThatCannotRun: [StoppedSite]

  /// Demands that cannot be met in the baseline.
  public let demandsNotMet: [UnmetDemand]

  /// Active flows that carry nothing: nothing at their origin makes or is brought what they should carry.
  public let deadFlows: [String]

  /// A problem in what the user wrote.
  public struct Problem: Sendable, Hashable, Encodable {
    /// A stable name of the kind of problem, such as `unknown-key`.
    public let id: String

    /// `note`, `warning` or `error`.
    public let severity: String
    public let summary: String

    /// Nil if the place is not known; so are line and column.
    public let file: String?

    /// From 1.
    public let line: Int?

    /// From 1, in Unicode scalars.
    public let column: Int?

    /// What to do about it; nil if there is nothing to say.
    public let help: String?
  }

  /// How many rows each table has, and where the figures come from.
  public struct Counts: Sendable, Hashable, Encodable {
    public let stages: Int
    public let elementGroups: Int
    public let sources: Int
    public let materials: Int
    public let technologies: Int
    public let operators: Int
    public let processes: Int
    public let sites: Int

    /// Sites that are operating or ramping up.
    public let activeSites: Int
    public let operations: Int
    public let flows: Int
    public let markets: Int
    public let stocks: Int

    /// Demands that the network names; one that names none is analysed for its end products.
    public let demand: Int
    public let statistics: Int
    public let figures: FigureCounts
  }

  /// A process that an active site runs and that lacks an input.
  public struct StoppedSite: Sendable, Hashable, Encodable {
    public let site: String
    public let name: String

    /// Nil for a site that passes on what it is brought.
    public let process: String?

    /// The ids of the materials that nothing brings; none where no material is named.
    public let missing: [String]
  }

  /// A demand that nothing can meet.
  public struct UnmetDemand: Sendable, Hashable, Encodable {
    public let id: String
    public let name: String
    public let material: String
  }
}

extension CheckDocument {
  /// Checks what a valid network cannot do, or tells only what is wrong with one that could not be read.
  ///
  /// - Parameters:
  ///   - network: nil if it could not be read.
  ///   - diagnostics: what reading it found.
  /// - Complexity: that of ``ProductionGraph/operability(in:)``.
  public init(of network: SupplyNetwork?, diagnostics: [Diagnostic] = []) {
    format = "chokepoint.check"
    version = 1
    valid = network != nil && !diagnostics.contains { $0.severity == .error }
    self.diagnostics = diagnostics.map { Problem($0) }
    counts = network.map { Counts(of: $0) }
    guard let network else {
      sitesThatCannotRun = []
      demandsNotMet = []
      deadFlows = []
      return
    }
    let graph = ProductionGraph(network)
    let isOperable = graph.operability(in: graph.state(under: .none))
    sitesThatCannotRun = Self.stoppedSites(in: graph, isOperable: isOperable)
    deadFlows = graph.deadFlows.map { network.flows[$0].id }
    demandsNotMet = graph.network.demand.keys.filter { !isOperable[graph.node(of: $0)] }.map { key in
      let demand = graph.network.demand[key]
      return UnmetDemand(
        id: demand.id, name: demand.name, material: graph.network.materials[demand.material].id)
    }
  }

  /// The document as JSON text; the same document gives the same bytes.
  public func json() -> String { jsonText(of: self) }

  private static func stoppedSites(in graph: ProductionGraph, isOperable: [Bool]) -> [StoppedSite] {
    let network = graph.network
    var missing = [[String]](repeating: [], count: graph.operations.count)
    for node in graph.nodes.indices where !isOperable[node] {
      guard case .slot(let operation, let slot) = graph.nodes[node] else { continue }
      let activity = graph.operations[operation]
      let wanted =
        activity.process.map { network.processes[$0].slots[slot].choices[0].material } ?? activity.passesOn
      if let wanted { missing[operation].append(network.materials[wanted].id) }
    }
    return graph.operationNodes.compactMap { node in
      let operation = graph.operations[node]
      let site = network.sites[operation.site]
      guard !isOperable[node], site.isActive else { return nil }
      return StoppedSite(
        site: site.id, name: site.name, process: operation.process.map { network.processes[$0].id },
        missing: missing[node])
    }
  }
}

extension CheckDocument.Problem {
  fileprivate init(_ diagnostic: Diagnostic) {
    id = diagnostic.id
    severity = diagnostic.severity.rawValue
    summary = diagnostic.summary
    file = diagnostic.place?.file
    line = diagnostic.place?.line
    column = diagnostic.place?.column
    help = diagnostic.help
  }
}

extension CheckDocument.Counts {
  fileprivate init(of network: SupplyNetwork) {
    stages = network.stages.count
    elementGroups = network.elementGroups.count
    sources = network.sources.count
    materials = network.materials.count
    technologies = network.technologies.count
    operators = network.operators.count
    processes = network.processes.count
    sites = network.sites.count
    activeSites = network.sites.rows.count(where: \.isActive)
    operations = network.operations.count
    flows = network.flows.count
    markets = network.markets.count
    stocks = network.stocks.count
    demand = network.demand.count
    statistics = network.statistics.count
    figures = FigureCounts(of: network)
  }
}
