import Diagnostics
import SupplyModel

/// Puts a network together from the records of its tables, and checks what one table says about another.
struct NetworkBuilder {
  /// Reads the table of a format from the values of the manifest, each record into the closure.
  ///
  /// Gives whether all of it could be read.
  typealias TableReader = (
    inout RecordReader, RecordFormat, [String: Item], (inout RecordReader) -> Void
  ) -> Bool

  var id = ""
  var title: String?
  var asOf: String?
  var stages = Registry<Stage>("stage")
  var elementGroups = Registry<ElementGroup>("element group")
  var blocs = Registry<Bloc>("bloc")
  var sources = Registry<Source>("source")
  var materials = Registry<Material>("material")
  var technologies = Registry<Technology>("technology")
  var operators = Registry<Operator>("operator")
  var containers: [(key: Key<Site>, container: Item)] = []
  var operatorParents: [(key: Key<Operator>, parent: Item)] = []
  var processes = Registry<Process>("process")
  var recipes: [Recipe] = []

  /// Processes of which not all could be read, so that nobody knows what they do not take or make.
  var faultyProcesses: Set<Key<Process>> = []

  /// Sites that run a process which does not exist.
  var sitesWithUnknownProcesses: Set<Key<Site>> = []
  var sites = Registry<Site>("site")
  var siteQuantities: [SiteQuantities] = []
  var operations: [PendingOperation] = []
  var operationsOfSite: [[Int]] = []
  var operationPositions: [OperationKey: Int] = [:]
  var hasAllOperations = true
  var demand = Registry<Demand>("demand")
  var flows: [Flow] = []
  var flowIDs = Registry<FlowID>("flow")
  var flowNames: [String: Int] = [:]
  var markets: [Key<Material>] = []
  var marketSpots: [Key<Material>: Spot] = [:]
  var stocks: [Stock] = []
  var statistics: [Statistic] = []
  var governance: [Governance] = []
  var tradeParameters: [TradeParameter] = []
  var riskParameters: [RiskParameters] = []

  /// Where a country is rated, and a subject described, for those who do it again.
  var ratedCountries: [Country: Spot] = [:]
  var describedSubjects: [Statistic.Subject: Spot] = [:]

  /// Stands for a flow whose id is taken, without all that a flow is.
  struct FlowID {}

  init() {}

  /// A builder that knows the names of a network and nothing else.
  init(namesOf network: SupplyNetwork) {
    stages = Registry("stage", of: network.stages)
    sources = Registry("source", of: network.sources)
    materials = Registry("material", of: network.materials)
    technologies = Registry("technology", of: network.technologies)
    operators = Registry("operator", of: network.operators)
    processes = Registry("process", of: network.processes)
    sites = Registry("site", of: network.sites)
    demand = Registry("demand", of: network.demand)
    addKnownBlocs()
    var none = Problems()
    for bloc in network.blocs where blocs.key(of: bloc.id) == nil {
      blocs.add(bloc, id: (bloc.id, .nowhere), &none)
    }
  }

  /// The network that `manifest` describes, or nil if anything is wrong with it.
  static func network(
    from manifest: Item, _ reader: inout RecordReader, readTable: TableReader
  ) -> SupplyNetwork? {
    let errorsBefore = reader.problems.errorCount
    guard checkVersion(of: manifest, &reader) else { return nil }
    var builder = NetworkBuilder()
    reader.read(manifest, as: .manifest) { reader in builder.readTables(&reader, readTable) }
    return reader.problems.errorCount == errorsBefore ? builder.network() : nil
  }

  /// Whether the manifest is one of the version that is known here; another may mean something else by every
  /// key.
  static func checkVersion(of manifest: Item, _ reader: inout RecordReader) -> Bool {
    guard case .map(let fields) = manifest.value,
      let version = fields.first(where: { $0.key == "chokepoint" })?.item
    else { return true }
    if version.text == "1" { return true }
    let text = version.text ?? ""
    let isNewer = Int(text).map { $0 > 1 } ?? false
    reader.problems.report(
      isNewer ? "newer-format" : "unknown-format", at: version.spot,
      isNewer
        ? "the file has format \(text); this version reads format 1" : "'chokepoint' cannot be '\(text)'",
      help: isNewer ? "use a newer version of chokepoint" : "write chokepoint: 1")
    return false
  }

  private mutating func readTables(_ reader: inout RecordReader, _ readTable: TableReader) {
    if let item = reader.item("network") { reader.read(item, as: .network) { readNetwork(&$0) } }
    let tables = Dictionary(
      RecordFormat.manifest.keys.compactMap { key in reader.item(key).map { (key, $0) } },
      uniquingKeysWith: { first, _ in first })

    addKnownBlocs()
    // What a table refers to is read before it.
    stages.isComplete = readTable(&reader, .stages, tables) { addStage(&$0) }
    elementGroups.isComplete = readTable(&reader, .elementGroups, tables) { addElementGroup(&$0) }
    blocs.isComplete = readTable(&reader, .blocs, tables) { addBloc(&$0) }
    sources.isComplete = readTable(&reader, .sources, tables) { addSource(&$0) }
    materials.isComplete = readTable(&reader, .materials, tables) { addMaterial(&$0) }
    technologies.isComplete = readTable(&reader, .technologies, tables) { addTechnology(&$0) }
    operators.isComplete = readTable(&reader, .operators, tables) { addOperator(&$0) }
    resolveParents(&reader)
    processes.isComplete = readTable(&reader, .processes, tables) { addProcess(&$0) }
    sites.isComplete = readTable(&reader, .sites, tables) { addSite(&$0) }
    resolveContainers(&reader)
    hasAllOperations = readTable(&reader, .operations, tables) { addOperation(&$0) }
    resolveOperations(&reader)
    demand.isComplete = readTable(&reader, .demand, tables) { addDemand(&$0) }
    _ = readTable(&reader, .flows, tables) { addFlow(&$0) }
    _ = readTable(&reader, .markets, tables) { addMarket(&$0) }
    _ = readTable(&reader, .stocks, tables) { addStock(&$0) }
    _ = readTable(&reader, .statistics, tables) { addStatistic(&$0) }
    _ = readTable(&reader, .governance, tables) { addGovernance(&$0) }
    _ = readTable(&reader, .tradeParameters, tables) { addTradeParameter(&$0) }
    _ = readTable(&reader, .riskParameters, tables) { addRiskParameters(&$0) }
  }

  private func network() -> SupplyNetwork {
    SupplyNetwork(
      id: id, title: title, asOf: asOf, blocs: blocs.rows.compactMap { $0 },
      stages: stages.rows.compactMap { $0 },
      elementGroups: elementGroups.rows.compactMap { $0 }, sources: sources.rows.compactMap { $0 },
      materials: materials.rows.compactMap { $0 }, technologies: technologies.rows.compactMap { $0 },
      operators: operators.rows.compactMap { $0 }, processes: processes.rows.compactMap { $0 },
      sites: sites.rows.compactMap { $0 }, operations: operations.map(\.operation), flows: flows,
      markets: markets, stocks: stocks, demand: demand.rows.compactMap { $0 }, statistics: statistics,
      governance: governance, tradeParameters: tradeParameters, riskParameters: riskParameters)
  }

  // MARK: Figures

  /// A figure in the base unit of `dimension`; a number without a unit counts `bareUnit`, if there is one.
  ///
  /// What does not fit is reported.
  func figure(
    _ quantity: Quantity?, fits dimensions: [Dimension], like counted: Unit? = nil, bareUnit: Unit? = nil,
    _ problems: inout Problems
  ) -> Figure? {
    guard let quantity else { return nil }
    let source = sources.key(quantity.source, &problems)
    guard let unit = quantity.unit ?? bareUnit, dimensions.contains(unit.dimension) else {
      let wanted = dimensions.map(\.words).joined(separator: ", or ")
      let found = quantity.unit.map { "'\(quantity.unitText)' is \(Self.words(of: $0.dimension))" }
      problems.report(
        quantity.unit == nil ? "missing-unit" : "wrong-dimension",
        at: quantity.unit == nil ? quantity.spot : quantity.unitSpot,
        "'\(quantity.name)' wants \(wanted)" + "; \(found ?? "it has no unit")",
        help: Self.unitExample(for: dimensions))
      return nil
    }
    if let counted, !unit.countsSame(as: counted) {
      problems.report(
        "wrong-substance", at: quantity.unitSpot,
        "'\(quantity.name)' counts '\(unit.substance ?? "")' where '\(counted.substance ?? "")' is counted",
        help: "convert the number, or leave out what it counts: '\(counted.substance ?? "")' is meant then")
      return nil
    }
    let value = quantity.value * unit.factor
    let low = quantity.low.map { $0 * unit.factor }
    let high = quantity.high.map { $0 * unit.factor }
    guard value.isFinite, (high ?? 0).isFinite else {
      problems.report(
        "out-of-range", at: quantity.spot, "'\(quantity.name)' cannot be so large",
        help: Self.tooLargeHelp)
      return nil
    }
    return Figure(
      value, unit: unit, low: low, high: high, source: source, year: quantity.year,
      confidence: quantity.confidence, note: quantity.note)
  }

  static let tooLargeHelp = "check the digits and the unit; leave it out if it is not known"

  /// Units that a figure of one of these dimensions may have.
  static func unitExample(for dimensions: [Dimension]) -> String {
    let examples = dimensions.map { dimension in
      if let per = dimension.per { return per == .mass ? "USD/kg" : "USD/piece" }
      let measure =
        switch dimension.measure {
        case .none: dimension.time == 0 ? "%" : "d"
        case .mass: "kt"
        case .count: "M"
        case .power: "GW"
        case .energy: "GWh"
        case .money: "USD"
        }
      return dimension.time < 0 ? measure + "/yr" : measure
    }
    return "write a unit such as \(examples.joined(separator: " or "))"
  }

  /// What a unit measures: `a mass`, `a mass per time`, `a time`.
  static func words(of dimension: Dimension) -> String {
    if dimension.per != nil { return "a price" }
    let measure =
      switch dimension.measure {
      case .none: dimension.time == 0 ? "a plain number" : "a time"
      case .mass: "a mass"
      case .count: "a count"
      case .power: "a power"
      case .energy: "an energy"
      case .money: "an amount of money"
      }
    return dimension.time < 0 ? measure + " per time" : measure
  }

  func source(_ reader: inout RecordReader) -> Key<Source>? {
    sources.key(reader.written("source"), &reader.problems)
  }
}
