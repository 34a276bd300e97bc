internal import CEL
internal import FaultTrees
public import RiskAnalysis
public import SupplyModel
internal import Synchronization

/// A network, and a scenario if there is one, with all analyses that rules ask for.
///
/// Each analysis of a view is made once, when somebody first asks for it, and shared by all rules.
public struct RuleWorld: Sendable {
  public let network: SupplyNetwork
  public let scenario: Scenario?

  /// What of the scenario holds on its day.
  public let inForce: ScenarioInForce?
  let analyses: Analyses

  /// What other rules found, for rules that speak of it.
  var findings: [KnownFinding] = []

  /// A finding of the run, for rules about findings.
  struct KnownFinding: Sendable {
    var finding: Finding
    var title: String

    /// Whether the rule does not say it when every figure that is estimated or recalled is taken as not known.
    var isDecidedByEstimates: Bool
  }

  /// Dates are held against `day`, or the scenario's own day if that is nil.
  public init(_ network: SupplyNetwork, scenario: Scenario? = nil, on day: CalendarDate? = nil) {
    let network = network.withImpliedDemand()
    self.network = network
    self.scenario = scenario
    inForce = scenario.map { ScenarioInForce($0, of: network, on: day) }
    analyses = Analyses(network, inForce?.disruption ?? .none)
  }
}

/// What a view leaves of a network: nothing or a scenario taken away, and then some elements.
struct ViewKey: Hashable {
  var isBanned: Bool
  var removed: [Element]
}

/// What is known of one view.
struct ViewAnalyses: Sendable {
  var isOperable: [Bool]
  var state: GraphState
  var disruption: Disruption
  var singlePoints: [Element.Level: SinglePoints] = [:]
  var levels: RigidLevels?
  var cutSets: [CutSetKey: [[Int]]] = [:]
}

struct CutSetKey: Hashable {
  var level: Element.Level
  var order: Int
  var demand: Key<Demand>
}

struct SupplyRiskKey: Hashable {
  var subject: Statistic.Subject
  var place: Place
}

/// The analyses of a network, made when they are asked for.
///
/// What is asked for never depends on when; the lock only keeps two threads from making the same thing at once.
final class Analyses: Sendable {
  let network: SupplyNetwork
  let graph: ProductionGraph
  let operationsOfSite: [[Operation]]
  let mostSuppliers: Int
  private let base: Disruption
  private let shared: Mutex<Shared>

  /// An element, and the stage whose sites count as its origin.
  private struct OriginKey: Hashable {
    var symbol: String
    var stage: Key<Stage>
  }

  private struct Shared {
    var views: [ViewKey] = []
    var numbers: [ViewKey: Int] = [:]
    var analyses: [Int: ViewAnalyses] = [:]
    var elements: [Element] = []
    var elementNumbers: [Element: Int] = [:]
    var concentration: [Concentration]?
    var traced: [Concentration]?
    var supplyRisks: [SupplyRiskKey: NetworkSupplyRisk] = [:]
    var origins: [String: OriginContent] = [:]
    var fields: [OriginKey: [(code: String, field: OriginContent.Field)]] = [:]
    var steps = 0
    var estimates: Set<String> = []
    var estimatesBehind: [Int: [String]] = [:]
    /// How far `steps` may go before the rule that runs now is stopped.
    var ceiling = Int.max
  }

  static let plain = 0
  static let banned = 1
  /// How many views a rule may look at: each holds arrays as long as the network.
  private var mostViews: Int { max(16, min(2_000, 50_000_000 / max(1, size))) }

  init(_ network: SupplyNetwork, _ disruption: Disruption) {
    self.network = network
    base = disruption
    var operations = [[Operation]](repeating: [], count: network.sites.count)
    for operation in network.operations { operations[operation.site.position].append(operation) }
    operationsOfSite = operations
    graph = ProductionGraph(network, tellingApart: disruption)
    mostSuppliers = graph.mostSellers()
    var start = Shared()
    for key in [ViewKey(isBanned: false, removed: []), ViewKey(isBanned: true, removed: [])] {
      start.numbers[key] = start.views.count
      start.views.append(key)
    }
    shared = Mutex(start)
  }

  /// Nodes and lanes: the steps of an analysis that goes over the graph once.
  var size: Int { graph.nodes.count + graph.lanes.count }

  /// Steps of all analyses that were made so far.
  var steps: Int { shared.withLock { $0.steps } }

  /// The most figures that are noted for a tuple.
  static let mostNoted = 50

  /// Notes that a figure was read that is estimated or recalled.
  func noteEstimate(_ path: String) {
    shared.withLock { shared in
      if shared.estimates.count < Self.mostNoted { shared.estimates.insert(path) }
    }
  }

  /// The figures that are estimated or recalled of all sites and flows that something can come from to a node; at most
  /// `mostNoted`, in the network's order.
  func estimates(behind node: Int) throws(CELFailure) -> [String] {
    try locked { shared in
      if let known = shared.estimatesBehind[node] { return known }
      let plain = analyses(ofView: Self.plain, &shared)
      charge(size, &shared)
      var found: [String] = []
      for site in graph.sites(upstreamOf: [node], in: plain.state, plain.isOperable) {
        for operation in operationsOfSite[site.position] {
          guard found.count < Self.mostNoted, let figure = operation.baseline, figure.isUncertain else {
            continue
          }
          found.append("site[\(network.sites[site].id)].\(operation.output == nil ? "capacity" : "output")")
        }
      }
      shared.estimatesBehind[node] = found
      return found
    }
  }

  /// The estimates noted since the last call, sorted.
  func takeEstimates() -> [String] {
    shared.withLock { shared in
      defer { shared.estimates = [] }
      return shared.estimates.sorted()
    }
  }

  /// Gives the next rule so many steps of analyses, and lets go of the views that the last one made.
  func beginRule(allowing steps: Int) {
    shared.withLock { shared in
      shared.ceiling = shared.steps + steps
      for number in shared.views.indices.dropFirst(2) {
        shared.numbers[shared.views[number]] = nil
        shared.analyses[number] = nil
      }
      shared.views.removeLast(shared.views.count - 2)
    }
  }

  /// Does something under the lock, and fails if that took the rule over its steps.
  private func locked<Result>(_ body: (inout Shared) -> Result) throws(CELFailure) -> Result {
    let (result, isOver) = shared.withLock { shared in
      let result = body(&shared)
      return (result, shared.steps > shared.ceiling)
    }
    if isOver { throw CELFailure(.costLimit, "the analyses that the rule asks for need too many steps") }
    return result
  }

  /// The view with elements taken away on top of what another lacks.
  func view(_ number: Int, without elements: [Element]) throws(CELFailure) -> Int {
    let found: Int? = shared.withLock { shared in
      var key = shared.views[number]
      let order =
        elements.map { ($0.level, $0.id(in: network), $0) }
        + key.removed.map { ($0.level, $0.id(in: network), $0) }
      var isSeen: Set<Element> = []
      key.removed = order.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2).filter {
        isSeen.insert($0).inserted
      }
      if let known = shared.numbers[key] { return known }
      if shared.views.count >= mostViews { return nil }
      shared.numbers[key] = shared.views.count
      shared.views.append(key)
      return shared.views.count - 1
    }
    guard let found else {
      throw CELFailure(.tooLarge, "the rule looks at more than \(mostViews) views of the network")
    }
    return found
  }

  func number(of element: Element) -> Int {
    shared.withLock { shared in
      if let known = shared.elementNumbers[element] { return known }
      shared.elementNumbers[element] = shared.elements.count
      shared.elements.append(element)
      return shared.elements.count - 1
    }
  }

  func element(_ number: Int) -> Element { shared.withLock { $0.elements[number] } }

  private func charge(_ steps: Int, _ shared: inout Shared) { shared.steps += steps }

  private func analyses(ofView number: Int, _ shared: inout Shared) -> ViewAnalyses {
    if let known = shared.analyses[number] { return known }
    let key = shared.views[number]
    let disruption = (key.isBanned ? base : .none).adding(Disruption(failures: key.removed))
    let state = graph.state(under: disruption)
    let new = ViewAnalyses(
      isOperable: graph.operability(in: state), state: state, disruption: disruption)
    charge(2 * size, &shared)
    shared.analyses[number] = new
    return new
  }

  /// What is open and what runs in a view.
  func structure(ofView number: Int) throws(CELFailure) -> (state: GraphState, isOperable: [Bool]) {
    try locked { shared in
      let known = analyses(ofView: number, &shared)
      return (known.state, known.isOperable)
    }
  }

  func canMake(_ node: Int, inView number: Int) throws(CELFailure) -> Bool {
    try locked { analyses(ofView: number, &$0).isOperable[node] }
  }

  func singlePoints(
    of demand: Key<Demand>, at level: Element.Level, inView number: Int
  ) throws(CELFailure) -> [Element] {
    try locked { shared in
      let known = analyses(ofView: number, &shared)
      if let points = known.singlePoints[level] { return points.ofDemand[demand.position] }
      let points = graph.singlePoints(in: known.state, at: [level])
      charge(8 * size, &shared)
      shared.analyses[number]?.singlePoints[level] = points
      return points.ofDemand[demand.position]
    }
  }

  func loss(at node: Int, inView number: Int) throws(CELFailure) -> Loss {
    try locked { shared in
      let known = analyses(ofView: number, &shared)
      if let levels = known.levels { return levels.loss(at: node) }
      let levels = graph.rigidLevels(under: known.disruption)
      charge(16 * size, &shared)
      shared.analyses[number]?.levels = levels
      return levels.loss(at: node)
    }
  }

  /// The minimal cut sets of at most so many elements, smallest first; at most a thousand.
  func cutSets(
    of demand: Key<Demand>, at level: Element.Level, order: Int, inView number: Int
  ) throws(CELFailure) -> [[Element]] {
    let key = CutSetKey(level: level, order: order, demand: demand)
    let found: Result<[[Int]], CELFailure> = try locked { shared in
      let known = analyses(ofView: number, &shared)
      if let sets = known.cutSets[key] { return .success(sets) }
      do {
        for failure in try graph.failures(in: known.state, at: [level]) {
          let sets = try CutSetAnalysis(of: failure.tree, orderLimit: order).sets.sets(limit: 1_000)
          let numbers = sets.map { set in
            set.map { event -> Int in
              let element = failure.elements[event]
              if let number = shared.elementNumbers[element] { return number }
              shared.elementNumbers[element] = shared.elements.count
              shared.elements.append(element)
              return shared.elements.count - 1
            }
          }
          let own = CutSetKey(level: level, order: order, demand: failure.demand)
          shared.analyses[number]?.cutSets[own] = numbers
        }
        charge(32 * size, &shared)
        return .success(shared.analyses[number]?.cutSets[key] ?? [])
      } catch {
        return .failure(
          CELFailure(
            .tooLarge, "the cut sets of \(network.demand[demand].id) need too large a diagram"))
      }
    }
    return try found.get().map { $0.map { element($0) } }
  }

  /// Rows are read from attributes, which cannot fail: the steps count, and stop the rule at its next analysis.
  func concentration() -> [Concentration] {
    shared.withLock { shared in
      if let known = shared.concentration { return known }
      let rows = network.concentration()
      charge(4 * size, &shared)
      shared.concentration = rows
      return rows
    }
  }

  /// Concentration by other bases than production.
  func tracedConcentration() -> [Concentration] {
    shared.withLock { shared in
      if let known = shared.traced { return known }
      let rows = graph.tracedConcentration()
      charge(size * max(1, network.stages.count) * max(1, network.elementGroups.count), &shared)
      shared.traced = rows
      return rows
    }
  }

  /// Scores of supply risk of a material or an element group for a place.
  func supplyRisk(
    of subject: Statistic.Subject, for place: Place
  ) throws(CELFailure) -> NetworkSupplyRisk {
    try locked { shared in
      let key = SupplyRiskKey(subject: subject, place: place)
      if let known = shared.supplyRisks[key] { return known }
      let risk = NetworkSupplyRisk(of: subject, for: place, in: graph)
      charge(4 * size * max(1, network.stages.count), &shared)
      shared.supplyRisks[key] = risk
      return risk
    }
  }

  /// The part of an element in what a demand takes that comes from some countries; nil if none of it is there.
  ///
  /// With a stage, what its sites process comes from them, and what passes none of them from nobody.
  func origin(
    of symbol: String, in demand: Key<Demand>, from countries: Set<String>, at stage: Key<Stage>? = nil
  ) throws(CELFailure) -> OriginContent.Share? {
    try locked { shared in
      let content = shared.origins[symbol] ?? OriginContent(of: graph, elements: [symbol])
      shared.origins[symbol] = content
      charge(4 * size, &shared)
      func isAtStage(_ site: Key<Site>) -> Bool { stage.map { network.sites[site].stage == $0 } ?? true }
      let field = content.field(
        from: { site in
          if !isAtStage(site) { return .doesNot }
          guard let country = network.sites[site].country else { return .notKnown }
          return countries.contains(country.code) ? .counts : .doesNot
        }, replacedAt: { site in stage != nil && isAtStage(site) })
      return field[graph.node(of: demand)]
    }
  }

  /// For each country the part of an element in what a demand takes that its sites of a stage processed.
  ///
  /// The largest first, equal ones by code; the part whose country is not known stands under `?`. Empty if the product holds none
  /// of the element.
  func origins(
    of symbol: String, in demand: Key<Demand>, at stage: Key<Stage>
  ) throws(CELFailure) -> [(code: String, share: Double)] {
    try locked { shared in
      let key = OriginKey(symbol: symbol, stage: stage)
      if shared.fields[key] == nil {
        let content = shared.origins[symbol] ?? OriginContent(of: graph, elements: [symbol])
        if shared.origins.updateValue(content, forKey: symbol) == nil { charge(2 * size, &shared) }
        func isThere(_ site: Key<Site>) -> Bool { network.sites[site].stage == stage }
        let sites = network.sites.keys.filter(isThere)
        func field(_ code: String?) -> OriginContent.Field {
          charge(2 * size, &shared)
          return content.field(
            from: { isThere($0) && network.sites[$0].country?.code == code ? .counts : .doesNot },
            replacedAt: isThere)
        }
        shared.fields[key] = Set(sites.map { network.sites[$0].country?.code ?? "?" }).sorted().map {
          ($0, field($0 == "?" ? nil : $0))
        }
      }
      let node = graph.node(of: demand)
      guard let content = shared.origins[symbol], content.holds(node) else { return [] }
      let shares = (shared.fields[key] ?? []).compactMap { code, field -> (code: String, share: Double)? in
        field[node].flatMap { $0.expected > 1e-12 ? (code, $0.expected) : nil }
      }
      return shares.sorted { ($1.share, $0.code) < ($0.share, $1.code) }
    }
  }
}
