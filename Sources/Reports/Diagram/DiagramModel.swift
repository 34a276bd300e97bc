import RiskAnalysis
import SupplyModel

/// All that a diagram says, before it gets colours and shapes.
///
/// Boxes, lines and their order come from the baseline alone, so that every scenario has them at the same places.
struct DiagramModel {
  let network: SupplyNetwork
  var request: NetworkDiagram.Request
  let cells: DiagramCells
  let flows: [DiagramFlow]
  let routes: DiagramRoutes

  /// For each column that has boxes, its points from top to bottom.
  let columns: [[Int]]

  /// What sites make, by country, or by parent where boxes are parents.
  let concentration: [Concentration]

  /// For each stage, how much it makes beside the largest stage that makes the same, from 0 to 1.
  let weightOfStage: [Double]

  /// The pictures that stand above each other: one, or the baseline and the scenario.
  private(set) var panels: [DiagramPanel]

  private let shares: StageShares

  /// Active sites that the scope leaves, and those that are not active.
  let activeSites: Int
  let inactiveSites: Int

  init(of network: SupplyNetwork, as request: NetworkDiagram.Request) {
    self.request = request
    let base = ProductionGraph(network)
    self.network = base.network
    let shares = base.network.stageShares()
    self.shares = shares
    let scope = request.scope
    let inScope = base.network.sites.keys.filter { scope.sites?.contains($0) ?? true }
    activeSites = inScope.count { base.network.sites[$0].isActive }
    inactiveSites = inScope.count - activeSites
    let grouping = Self.grouping(of: base, request: request, activeSites: activeSites)
    let cells = DiagramCells(of: base.network, shares: shares, scope: scope, grouping: grouping)
    self.cells = cells

    let disruption = (request.scenario?.disruption ?? .none).adding(Disruption(failures: request.failing))
    let isHarmed = request.scenario != nil || !request.failing.isEmpty
    let graph = isHarmed ? ProductionGraph(network, tellingApart: disruption) : base
    let witnesses = Self.witnesses(of: graph, under: disruption, request: request)
    let ways = Set(witnesses.flatMap { Self.way(of: $0, in: cells) })

    let all = DiagramFlows(
      of: base, cells: cells, shares: shares, state: base.state(under: .none, rigid: true))
    let drawn = all.drawn(in: cells, always: ways)
    flows = drawn
    routes = DiagramRoutes(of: drawn, cells: cells.cells)
    columns = DiagramOrder.columns(of: routes) { segment in
      segment.flows.reduce(0) { $0 + drawn[$1].shareOfBuyer }
    }
    let grouper = Self.isByParent(request) ? Concentration.Grouping.parent : .country
    let rows = base.network.concentration().filter { $0.grouping == grouper && $0.basis == .sites }
    concentration = rows
    weightOfStage = base.network.stages.keys.map { stage in
      guard let row = rows.first(where: { $0.stage == stage }) else { return 1 }
      let largest = rows.filter { $0.subject == row.subject }.map(\.total).max() ?? row.total
      return row.total / largest
    }

    var panels: [DiagramPanel] = []
    if request.kind == .beforeAfter {
      var before = request
      before.scenario = nil
      before.failing = []
      panels.append(
        DiagramPanel(base, under: .none, isHarmed: false, cells, drawn, shares, ways: [], request: before))
    }
    panels.append(
      DiagramPanel(
        graph, under: disruption, isHarmed: isHarmed, cells, drawn, shares, ways: ways, request: request))
    self.panels = panels
  }

  /// The same boxes and lines in a scenario, or nil for the baseline.
  ///
  /// - Parameters:
  ///   - scenario: what the picture is about.
  ///   - graph: one that tells apart what the scenario does.
  /// - Returns: a model whose boxes and lines have the same numbers.
  /// - Complexity: that of ``ProductionGraph/outcome(of:)``.
  func changed(to scenario: NetworkDiagram.Scenario?, graph: ProductionGraph) -> DiagramModel {
    var model = self
    model.request.scenario = scenario
    model.panels = [
      DiagramPanel(
        graph, under: scenario?.disruption ?? .none, isHarmed: scenario != nil, cells, flows, shares,
        ways: [],
        request: model.request)
    ]
    return model
  }

  /// Whether the boxes are ultimate parents.
  var isByParent: Bool { Self.isByParent(request) }

  static func isByParent(_ request: NetworkDiagram.Request) -> Bool {
    request.collapse == .parent || request.collapse == nil && request.kind == .operators
  }

  /// The last panel: what the picture is about.
  var panel: DiagramPanel { panels[panels.count - 1] }

  private static func grouping(
    of base: ProductionGraph, request: NetworkDiagram.Request, activeSites: Int
  ) -> DiagramCells.Grouping {
    let stages = max(1, Set(base.network.sites.rows.compactMap(\.stage)).count)
    let limit = max(2, NetworkDiagram.Request.mostSites / stages)
    let asked = request.mostPerStage ?? NetworkDiagram.Request.standardPerStage
    let most = activeSites > NetworkDiagram.Request.mostSites ? min(asked, limit) : asked
    let collapse = request.collapse ?? (request.kind == .operators ? .parent : nil)
    var grouping = DiagramCells.Grouping(collapse: collapse, mostPerStage: max(1, most))
    guard collapse == nil else { return grouping }
    var always = decisiveSites(of: base)
    always.formUnion(request.highlighted ?? [])
    for case .site(let site) in request.failing { always.insert(site) }
    grouping.always = always
    return grouping
  }

  /// The single points of failure today and under the export ban of any one country.
  ///
  /// They get boxes of their own in every scenario, so that places stay the same. In a network of more than 2,000
  /// sites, where that would take long, only those of today do.
  private static func decisiveSites(of graph: ProductionGraph) -> Set<Key<Site>> {
    func sites(in points: SinglePoints) -> Set<Key<Site>> {
      Set(
        points.ofDemand.joined().compactMap { element in
          if case .site(let site) = element { site } else { nil }
        })
    }
    let today = sites(in: graph.singlePoints(in: graph.state(under: .none), at: [.site]))
    guard graph.network.sites.count <= 2_000 else { return today }
    let countries = Set(graph.network.sites.rows.filter(\.isActive).compactMap(\.country)).sorted()
    return countries.reduce(into: today) { found, country in
      found.formUnion(
        sites(in: graph.singlePoints(in: graph.state(under: .exportBan(country)), at: [.site])))
    }
  }

  private static func witnesses(
    of graph: ProductionGraph, under disruption: Disruption, request: NetworkDiagram.Request
  ) -> [Witness] {
    guard request.showsWitness else { return [] }
    return graph.witnesses(in: graph.state(under: disruption), at: [.site]).joined()
      .filter { request.scope.products?.contains($0.demand) ?? true }
  }

  /// The pairs of boxes that a witness leads through, from the product up.
  private static func way(of witness: Witness, in cells: DiagramCells) -> [DiagramPair] {
    var buyer = cells.cellOfDemand[witness.demand.position]
    var pairs: [DiagramPair] = []
    for step in witness.steps {
      let seller = cells.cellOfSite[step.site.position]
      if let seller, let buyer, seller != buyer { pairs.append(DiagramPair(from: seller, to: buyer)) }
      buyer = seller
    }
    return pairs
  }

  /// The concentration of the stages that carry the chain, in their order, at most three.
  ///
  /// A side branch, such as recycling, makes less than half of what the largest stage makes of the same thing. Of more
  /// than three the most concentrated are taken.
  var mainStages: [Concentration] {
    let rows = network.stages.keys.compactMap { concentration(ofStage: $0.position) }
    guard let subject = rows.first?.subject else { return [] }
    let largest = rows.filter { $0.subject == subject }.map(\.total).max() ?? 0
    let main = rows.filter { $0.subject == subject && $0.total >= largest / 2 && $0.largest != nil }
    let kept = main.enumerated().sorted { ($1.element.hhi, $0.offset) < ($0.element.hhi, $1.offset) }
      .prefix(3).map(\.offset)
    return kept.sorted().map { main[$0] }
  }

  /// The concentration of what a stage is measured by; nil if nothing there has a known size.
  func concentration(ofStage stage: Int) -> Concentration? {
    concentration.first { $0.stage.position == stage }
  }
}

/// What a diagram says of its boxes and lines at one time: in the baseline, or in a scenario.
struct DiagramPanel {
  /// Whether anything is taken away.
  let isHarmed: Bool
  let outcome: BanOutcome

  /// For each cell, the part of the baseline that is lost, from 0 to 1; nil where nothing is made in the first place.
  let loss: [Double?]

  /// For each flow, the part of the buyer's inputs that is stopped at a border.
  let banned: [Double]

  /// The cells from which a ban takes some input at a border.
  let buyersHit: Set<Int>

  /// For each cell, of how many drawn products one of its sites, or its parent, is a single point of failure.
  let stopsProducts: [Int]

  /// For each cell of products, how many single points they have.
  let pointsOfProducts: [Int]

  /// How many single points there are, and of how many products that can be made.
  let singlePointCount: Int
  let productsMade: Int
  let productsWithPoint: Int

  /// For each cell, the step at which a loss reaches it, from 1; nil where none does.
  let wave: [Int?]

  /// For each cell, whether it holds what fails.
  let isFailing: [Bool]

  /// For each cell and each flow, whether it steps back.
  let isAside: [Bool]
  let isFlowAside: [Bool]

  /// For each flow, whether it is on the way from a single point of failure to a product.
  let isOnWay: [Bool]

  /// What rules found: for each cell, each flow, and each stage.
  let marks: [DiagramMark?]
  let marksOfFlow: [DiagramMark?]
  let marksOfStage: [DiagramMark?]

  /// How many findings are about nothing that is drawn.
  let marksElsewhere: Int

  init(
    _ graph: ProductionGraph, under disruption: Disruption, isHarmed: Bool, _ cells: DiagramCells,
    _ flows: [DiagramFlow], _ shares: StageShares, ways: Set<DiagramPair>, request: NetworkDiagram.Request
  ) {
    self.isHarmed = isHarmed
    let outcome = graph.outcome(of: disruption)
    self.outcome = outcome
    let loss = Self.loss(of: graph, under: disruption, cells, shares)
    self.loss = loss

    var supply: [DiagramFlow] = []
    var part: [DiagramPair: Double] = [:]
    if isHarmed {
      supply =
        DiagramFlows(
          of: graph, cells: cells, shares: shares, state: graph.state(under: disruption, rigid: true)
        ).flows
      for flow in supply { part[DiagramPair(from: flow.from, to: flow.to)] = flow.banned }
    }
    banned = flows.map { part[DiagramPair(from: $0.from, to: $0.to)] ?? 0 }
    buyersHit = Set(supply.filter { $0.banned > 0 }.map(\.to))

    let points = PointCount(of: outcome.singlePoints, graph.network, cells, request)
    stopsProducts = points.ofCell
    pointsOfProducts = points.ofProducts
    singlePointCount = points.total
    productsMade = points.made
    productsWithPoint = points.withPoint

    let failing = cells.cells.map { cell in
      cell.sites.contains { Self.fails($0, with: request.failing, in: graph.network) }
    }
    isFailing = failing
    let wave = Self.waves(supply, loss: loss, failing: failing)
    self.wave = wave
    isOnWay = flows.map { ways.contains(DiagramPair(from: $0.from, to: $0.to)) }

    let cellCount = cells.cells.count
    var aside = [Bool](repeating: false, count: cellCount)
    var flowAside = [Bool](repeating: false, count: flows.count)
    switch request.kind {
    case .singlePoints:
      let behind = Self.reached(from: points.ofCell.indices.filter { points.ofCell[$0] > 0 }, along: flows)
      for cell in cells.cells.indices where cells.cells[cell].demands.isEmpty {
        aside[cell] = points.ofCell[cell] == 0
      }
      for (index, flow) in flows.enumerated() { flowAside[index] = !behind.contains(flow.from) }
    case .spread:
      for cell in cells.cells.indices { aside[cell] = wave[cell] == nil }
      for (index, flow) in flows.enumerated() {
        flowAside[index] = wave[flow.to] == nil || wave[flow.from] == nil && banned[index] == 0
      }
    case .network, .beforeAfter, .cutSet, .operators, .tree: break
    }
    if let highlighted = request.highlighted {
      let isMeant = cells.cells.map { $0.sites.contains { highlighted.contains($0) } }
      for cell in cells.cells.indices { aside[cell] = !isMeant[cell] }
      for (index, flow) in flows.enumerated() {
        flowAside[index] = !isMeant[flow.from] && !isMeant[flow.to]
      }
    }
    if request.showsWitness, !ways.isEmpty {
      for index in flows.indices { flowAside[index] = !isOnWay[index] }
    }
    isAside = aside
    isFlowAside = flowAside
    let placed = PlacedMarks(
      (request.findings?.marks ?? []).filter { isHarmed || !$0.isOfScenario }, graph.network, cells, flows)
    marks = placed.ofCell.map { DiagramMark($0) }
    marksOfFlow = placed.ofFlow.map { DiagramMark($0) }
    marksOfStage = placed.ofStage.map { DiagramMark($0) }
    marksElsewhere = placed.elsewhere
  }

  func isSinglePoint(_ cell: Int) -> Bool { stopsProducts[cell] > 0 }

  private static func loss(
    of graph: ProductionGraph, under disruption: Disruption, _ cells: DiagramCells, _ shares: StageShares
  ) -> [Double?] {
    let levels = graph.rigidLevels(under: disruption)
    let weight = DiagramFlows.weights(of: graph, cells: cells, shares: shares)
    var left = [Double](repeating: 0, count: cells.cells.count)
    var whole = left
    for operation in graph.operationNodes where weight[operation] > 0 {
      guard let cell = cells.cellOfSite[graph.operations[operation].site.position] else { continue }
      left[cell] += weight[operation] * levels.expected[operation]
      whole[cell] += weight[operation]
    }
    return cells.cells.indices.map { index in
      let met = cells.cells[index].demands.filter { graph.baselineIsMet($0) }
      if !met.isEmpty {
        return met.reduce(0) { $0 + levels.loss(at: graph.node(of: $1)).rigid } / Double(met.count)
      }
      return whole[index] > 0 ? 1 - left[index] / whole[index] : nil
    }
  }

  private static func fails(
    _ site: Key<Site>, with elements: [Element], in network: SupplyNetwork
  ) -> Bool {
    let row = network.sites[site]
    return elements.contains { element in
      switch element {
      case .site(let key): key == site
      case .country(let country): row.country == country
      case .operatorOf(let key): row.operatorKey == key
      case .parent(let key): row.operatorKey.map { network.ultimateParent(of: $0) } == key
      case .lane, .exports, .material, .technology, .waypoint: false
      }
    }
  }

  /// The step at which a loss of more than half a percent reaches each cell: 1 at the border or where something fails.
  private static func waves(_ supply: [DiagramFlow], loss: [Double?], failing: [Bool]) -> [Int?] {
    func isHit(_ cell: Int) -> Bool { (loss[cell] ?? 0) > 0.005 }
    var wave = [Int?](repeating: nil, count: loss.count)
    var frontier: [Int] = []
    for cell in loss.indices where isHit(cell) {
      guard failing[cell] || supply.contains(where: { $0.to == cell && $0.banned > 0.001 }) else { continue }
      wave[cell] = 1
      frontier.append(cell)
    }
    var step = 1
    while !frontier.isEmpty {
      step += 1
      let sellers = Set(frontier)
      frontier = []
      for flow in supply where sellers.contains(flow.from) && wave[flow.to] == nil && isHit(flow.to) {
        wave[flow.to] = step
        frontier.append(flow.to)
      }
    }
    return wave
  }

  private static func reached(from start: [Int], along flows: [DiagramFlow]) -> Set<Int> {
    var found = Set(start)
    var waiting = start
    while let cell = waiting.popLast() {
      for flow in flows where flow.from == cell && found.insert(flow.to).inserted { waiting.append(flow.to) }
    }
    return found
  }
}

/// How findings fall on the boxes, the lines and the columns of a diagram: each counts once on each.
private struct PlacedMarks {
  var ofCell: [[NetworkDiagram.Mark]]
  var ofFlow: [[NetworkDiagram.Mark]]
  var ofStage: [[NetworkDiagram.Mark]]
  var elsewhere = 0

  init(
    _ marks: [NetworkDiagram.Mark], _ network: SupplyNetwork, _ cells: DiagramCells, _ flows: [DiagramFlow]
  ) {
    ofCell = Array(repeating: [], count: cells.cells.count)
    ofFlow = Array(repeating: [], count: flows.count)
    ofStage = Array(repeating: [], count: network.stages.count)
    let drawnStages = Set(cells.cells.map(\.column))
    let flowOfPair = Dictionary(
      zip(flows.map { DiagramPair(from: $0.from, to: $0.to) }, flows.indices)
    ) { first, _ in first }
    for mark in marks {
      var hit: (cells: Set<Int>, flows: Set<Int>, stages: Set<Int>) = ([], [], [])
      for subject in mark.subjects {
        switch subject {
        case .site(let key): if let cell = cells.cellOfSite[key.position] { hit.cells.insert(cell) }
        case .product(let key): if let cell = cells.cellOfDemand[key.position] { hit.cells.insert(cell) }
        case .stage(let key): if drawnStages.contains(key.position) { hit.stages.insert(key.position) }
        case .lane(let key):
          if let pair = cells.pair(of: network.flows[key]), let flow = flowOfPair[pair] {
            hit.flows.insert(flow)
          }
        }
      }
      for cell in hit.cells { ofCell[cell].append(mark) }
      for flow in hit.flows { ofFlow[flow].append(mark) }
      for stage in hit.stages { ofStage[stage].append(mark) }
      if hit.cells.isEmpty, hit.flows.isEmpty, hit.stages.isEmpty { elsewhere += 1 }
    }
  }
}

extension DiagramCells {
  /// The boxes that a recorded flow joins; nil for one that starts in a whole country or stays within a box.
  fileprivate func pair(of flow: Flow) -> DiagramPair? {
    guard case .site(let seller) = flow.origin, let from = cellOfSite[seller.position] else { return nil }
    let buyer: Int? =
      switch flow.destination {
      case .site(let key): cellOfSite[key.position]
      case .demand(let key): cellOfDemand[key.position]
      }
    return buyer.flatMap { $0 == from ? nil : DiagramPair(from: from, to: $0) }
  }
}

/// How single points of failure fall on the boxes of a diagram.
private struct PointCount {
  var ofCell: [Int]
  var ofProducts: [Int]
  var total = 0
  var made = 0
  var withPoint = 0

  /// Counts sites, or ultimate parents where the boxes are parents.
  init(
    of points: SinglePoints, _ network: SupplyNetwork, _ cells: DiagramCells,
    _ request: NetworkDiagram.Request
  ) {
    ofCell = Array(repeating: 0, count: cells.cells.count)
    ofProducts = ofCell
    let byParent = DiagramModel.isByParent(request)
    var cellsOfParent: [Key<Operator>: Set<Int>] = [:]
    if byParent {
      for site in network.sites.keys {
        guard let cell = cells.cellOfSite[site.position], let key = network.sites[site].operatorKey else {
          continue
        }
        cellsOfParent[network.ultimateParent(of: key), default: []].insert(cell)
      }
    }
    var all: Set<Element> = []
    for demand in network.demand.keys {
      guard let product = cells.cellOfDemand[demand.position] else { continue }
      if points.isMet[demand.position] { made += 1 }
      var hit: Set<Int> = []
      let own = points.ofDemand[demand.position].filter { element in
        switch element {
        case .site(let site) where !byParent:
          if let cell = cells.cellOfSite[site.position] { hit.insert(cell) }
          return true
        case .parent(let key) where byParent:
          hit.formUnion(cellsOfParent[key] ?? [])
          return true
        default: return false
        }
      }
      for cell in hit { ofCell[cell] += 1 }
      all.formUnion(own)
      if !own.isEmpty { withPoint += 1 }
      ofProducts[product] = max(ofProducts[product], own.count)
    }
    total = all.count
  }
}
