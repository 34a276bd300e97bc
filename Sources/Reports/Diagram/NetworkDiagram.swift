public import RiskAnalysis
public import SupplyModel

/// Draws a network stage by stage: who makes how much, what flows where, and what a ban takes away.
public enum NetworkDiagram {
  /// What the diagram shows beside the network itself.
  public struct Scenario: Sendable {
    public var title: String
    public var disruption: Disruption

    /// The scenario in which one country bans all of its exports.
    public static func exportBan(_ country: Country) -> Scenario {
      Scenario(title: "\(country.name) bans all of its exports", disruption: .exportBan(country))
    }

    public init(title: String, disruption: Disruption) {
      self.title = title
      self.disruption = disruption
    }
  }

  /// Returns the diagram of a network: its baseline, or what is left of it in a scenario.
  ///
  /// Columns are the stages in their order, then the products. Boxes and their places depend on the baseline only, so the
  /// pictures of two scenarios can be laid over each other. A stage of many sites shows the largest and draws the
  /// others together by country, and the picture says so.
  ///
  /// - Complexity: that of the analyses, and O(boxes × flows) for the order.
  public static func graph(
    of network: SupplyNetwork, in scenario: Scenario? = nil, theme: DiagramTheme = .light
  ) -> GraphvizGraph {
    let model = DiagramModel(ProductionGraph(network), scenario: scenario)
    var drawing = DiagramDrawing(model: model, theme: theme)
    return drawing.graph()
  }
}

/// All that a diagram says, before it gets colours and shapes.
struct DiagramModel {
  let network: SupplyNetwork
  let scenario: NetworkDiagram.Scenario?
  let cells: DiagramCells
  let flows: [DiagramFlow]

  /// The cells from which a ban takes some input at a border.
  let buyersHit: Set<Int>
  let routes: DiagramRoutes

  /// For each column that has boxes, its points from top to bottom.
  let columns: [[Int]]

  /// For each cell, the part of the baseline that a scenario takes, from 0 to 1.
  ///
  /// Nil where nothing is made in the first place; all others are 0 without a scenario.
  let loss: [Double?]

  /// For each cell, whether one of its sites is a single point of failure of some product in the scenario.
  let isSinglePoint: [Bool]
  let outcome: BanOutcome

  /// What sites make, by country.
  let concentration: [Concentration]
  let singlePointCount: Int

  /// For each stage, how much it makes beside the largest stage that makes the same, from 0 to 1.
  let weightOfStage: [Double]

  init(_ graph: ProductionGraph, scenario: NetworkDiagram.Scenario?) {
    network = graph.network
    self.scenario = scenario
    let disruption = scenario?.disruption ?? .none
    outcome = graph.outcome(of: disruption)
    let shares = network.stageShares()
    let cells = DiagramCells(of: network, shares: shares, always: Self.decisiveSites(of: graph))
    self.cells = cells
    let all = DiagramFlows(
      of: graph, cells: cells, shares: shares, state: graph.state(under: disruption, rigid: true))
    flows = all.drawn(in: cells)
    buyersHit = Set(all.flows.filter { $0.banned > 0 }.map(\.to))
    let drawn = flows
    routes = DiagramRoutes(of: drawn, cells: cells.cells)
    columns = DiagramOrder.columns(of: routes) { segment in
      segment.flows.reduce(0) { $0 + drawn[$1].shareOfBuyer }
    }
    let points = Self.sites(in: outcome.singlePoints)
    isSinglePoint = cells.cells.map { cell in cell.sites.contains { points.contains($0) } }
    singlePointCount = points.count
    let rows = network.concentration().filter { $0.grouping == .country && $0.basis == .sites }
    concentration = rows
    weightOfStage = network.stages.keys.map { stage in
      guard let row = rows.first(where: { $0.stage == stage }) else { return 1 }
      let largest = rows.filter { $0.subject == row.subject }.map(\.total).max() ?? row.total
      return row.total / largest
    }

    let levels = graph.rigidLevels(under: disruption)
    let weight = DiagramFlows.weights(of: graph, cells: cells, shares: shares)
    var left = [Double](repeating: 0, count: cells.cells.count)
    var whole = left
    for operation in graph.operationNodes where weight[operation] > 0 {
      guard let cell = cells.cellOfSite[graph.operations[operation].site.position] else { continue }
      left[cell] += weight[operation] * levels.expected[operation]
      whole[cell] += weight[operation]
    }
    loss = cells.cells.indices.map { index in
      let met = cells.cells[index].demands.filter { graph.baselineIsMet($0) }
      if !met.isEmpty {
        return met.reduce(0) { $0 + levels.loss(at: graph.node(of: $1)).rigid } / Double(met.count)
      }
      return whole[index] > 0 ? 1 - left[index] / whole[index] : nil
    }
  }

  /// The single points of failure today and under the export ban of any one country.
  ///
  /// They get boxes of their own in every scenario, so that places stay the same. In a network of more than 2,000
  /// sites, where that would take long, only those of today do.
  private static func decisiveSites(of graph: ProductionGraph) -> Set<Key<Site>> {
    let today = sites(in: graph.singlePoints(in: graph.state(under: .none)))
    guard graph.network.sites.count <= 2_000 else { return today }
    let countries = Set(graph.network.sites.rows.filter(\.isActive).compactMap(\.country)).sorted()
    return countries.reduce(into: today) { found, country in
      found.formUnion(sites(in: graph.singlePoints(in: graph.state(under: .exportBan(country)))))
    }
  }

  private static func sites(in points: SinglePoints) -> Set<Key<Site>> {
    Set(
      points.ofDemand.joined().compactMap { element in
        if case .site(let site) = element { site } else { nil }
      })
  }

  /// The concentration by country of the stages that carry the chain, in their order, at most four.
  ///
  /// A side branch, such as recycling, makes less than half of what the largest stage makes of the same thing. Of more
  /// than four the most concentrated are taken.
  var mainStages: [Concentration] {
    let rows = network.stages.keys.compactMap { concentration(ofStage: $0.position) }
    guard let subject = rows.first?.subject else { return [] }
    let largest = rows.filter { $0.subject == subject }.map(\.total).max() ?? 0
    let main = rows.filter { $0.subject == subject && $0.total >= largest / 2 && $0.largest != nil }
    let kept = main.enumerated().sorted { ($1.element.hhi, $0.offset) < ($0.element.hhi, $1.offset) }
      .prefix(4).map(\.offset)
    return kept.sorted().map { main[$0] }
  }

  /// The concentration by country of what a stage is measured by; nil if nothing there has a known size.
  func concentration(ofStage stage: Int) -> Concentration? {
    concentration.first { $0.stage.position == stage }
  }
}

/// Turns a diagram's model into a Graphviz graph.
private struct DiagramDrawing {
  let model: DiagramModel
  let theme: DiagramTheme
  private var picture: GraphvizGraph

  init(model: DiagramModel, theme: DiagramTheme) {
    self.model = model
    self.theme = theme
    let scenario = model.scenario.map { "Scenario: \($0.title)" } ?? "Baseline"
    picture = GraphvizGraph(title: "\(model.network.title). \(scenario)", summary: "")
  }

  mutating func graph() -> GraphvizGraph {
    picture.summary = summary
    picture.attributes = [
      .rankdir: "LR", .newrank: "true", .splines: "true", .nodesep: 0.16, .ranksep: 1.0, .pad: 0.3,
      .bgcolor: .token(theme.background), .fontname: .token(Self.font), .fontcolor: .token(theme.ink),
      .outputorder: "edgesfirst", .labelloc: "t", .labeljust: "l", .label: .html(.table(title)),
    ]
    picture.nodeDefaults = [
      .fontname: .token(Self.font), .fontsize: 11, .fontcolor: .token(theme.ink), .style: "filled",
      .height: 0.6, .margin: 0,
    ]
    picture.edgeDefaults = [.arrowhead: "none", .color: .token(theme.flow)]
    let nodes = addColumns()
    addFlows(nodes)
    return picture
  }

  // Liberation Sans has the measures of Arial, so boxes fit their text wherever the picture is shown.
  private static let font = "Arial,Liberation Sans,Helvetica,sans-serif"

  // MARK: Columns

  /// Adds the boxes and the bends of every column, and returns the node of each point.
  private mutating func addColumns() -> [GraphvizGraph.NodeID] {
    var nodes: [Int: GraphvizGraph.NodeID] = [:]
    var before: (head: GraphvizGraph.NodeID, foot: GraphvizGraph.NodeID)?
    for (column, points) in model.columns.enumerated() {
      let stage = model.routes.stages[column]
      let cluster = picture.addCluster([
        .label: .text(""), .style: "filled,rounded", .color: .token(theme.columnLine),
        .fillcolor: .token(theme.column), .penwidth: 1, .margin: 10,
      ])
      let isProducts = stage == model.network.stages.count
      let name = isProducts ? "Products" : model.network.stages.rows[stage].name
      let head = addText(
        [.bold([.font(color: theme.ink, size: 14, [.text("\(column + 1)  \(name.truncated(to: 24))")])])],
        in: cluster)
      for point in points {
        switch model.routes.points[point] {
        case .cell(let cell): nodes[point] = picture.addNode(box(cell), in: cluster)
        case .bend:
          nodes[point] = picture.addNode(
            [.shape: "box", .style: "invis", .width: 0.02, .height: 0.02, .fixedsize: "true"], in: cluster)
        }
      }
      let foot = addText(
        [.font(color: theme.muted, size: 10, [.text(isProducts ? productsFoot : stageFoot(stage))])],
        in: cluster)

      let members = points.compactMap { nodes[$0] }
      picture.addRank(of: [head] + members + [foot])
      // A rank of a picture that grows to the right is stacked from the bottom up.
      let chain = [foot] + members.reversed() + [head]
      for (lower, upper) in zip(chain, chain.dropFirst()) {
        picture.addEdge(from: lower, to: upper, [.style: "invis"])
      }
      if let before {
        picture.addEdge(from: before.head, to: head, [.style: "invis", .weight: 4000])
        picture.addEdge(from: before.foot, to: foot, [.style: "invis", .weight: 4000])
      }
      before = (head, foot)
    }
    return model.routes.points.indices.compactMap { nodes[$0] }
  }

  private mutating func addText(
    _ runs: [HTMLLabel.Run], in cluster: GraphvizGraph.ClusterID
  ) -> GraphvizGraph.NodeID {
    picture.addNode(
      [
        .shape: "plain", .style: "",
        .label: .html(
          .table(
            .init(
              style: .init(border: 0, padding: 2, spacing: 0), cellBorder: 0, rows: [[.init(.text(runs))]]))
        ),
      ], in: cluster)
  }

  private func stageFoot(_ stage: Int) -> String {
    guard let row = model.concentration(ofStage: stage), let largest = row.largest else {
      return "sizes not known"
    }
    return "largest \(largest.id) \(percent(largest.share))   ·   HHI \(wholeNumber(row.hhi))"
  }

  private var productsFoot: String {
    let count = model.network.demand.count
    guard model.scenario != nil else { return "\(count) products" }
    return "\(model.outcome.stops.count) of \(count) stop"
  }

  // MARK: Boxes

  private func step(_ cell: Int) -> DiagramTheme.Step {
    let box = model.cells.cells[cell]
    if model.scenario != nil {
      guard let loss = model.loss[cell] else { return .notKnown }
      return switch loss {
      case (1 - 1e-9)...: .dark
      case 0.6...: .critical
      case 0.35...: .high
      case 0.1...: .medium
      default: .unharmed
      }
    }
    if case .demand = box.content { return model.loss[cell] == nil ? .notKnown : .unharmed }
    guard let share = box.share else { return .notKnown }
    return switch share {
    case 0.7...: .critical
    case 0.5...: .high
    case 0.3...: .medium
    default: .unharmed
    }
  }

  /// The shape of a stage's boxes: heap, vessel, ingot, block; by what the stage is called, else by its number.
  private func shape(_ column: Int) -> GraphvizAttributes {
    if column == model.network.stages.count { return [.shape: "box", .style: "filled,rounded", .width: 3] }
    let stage = model.network.stages.rows[column]
    let words = "\(stage.id) \(stage.name)".lowercased()
    func isCalled(_ names: String...) -> Bool { names.contains { words.contains($0) } }
    let kind =
      if isCalled("min", "quarr", "recycl") { 0 } else if isCalled("separat", "refin", "crack", "process") {
        1
      } else if isCalled("metal", "alloy", "powder", "smelt") {
        2
      } else if isCalled("magnet", "wafer", "compon") { 3 } else { min(column, 3) }
    // Stock shapes waste half their area, so these are polygons of our own.
    return switch kind {
    case 0: [.shape: "polygon", .sides: 4, .distortion: -0.1, .width: 3.1]
    case 1: [.shape: "hexagon", .width: 3.3]
    case 2: [.shape: "polygon", .sides: 4, .skew: 0.12, .width: 3.1]
    default: [.shape: "octagon", .width: 3.2]
    }
  }

  private func box(_ index: Int) -> GraphvizAttributes {
    let cell = model.cells.cells[index]
    let step = step(index)
    let look = theme.fill(step)
    var attributes = shape(cell.column)
    let isProduct = cell.column == model.network.stages.count
    if step == .notKnown { attributes[.style] = isProduct ? "filled,rounded,dashed" : "filled,dashed" }
    attributes.merge([
      .fillcolor: .token(look.fill), .color: .token(look.line),
      .peripheries: model.isSinglePoint[index] ? 2 : 1,
      .penwidth: .number(model.isSinglePoint[index] ? 1.8 : 1.1),
      .class: .token("site step-\(step)\(model.isSinglePoint[index] ? " single-point" : "")"),
      .tooltip: .text(tooltip(index)),
      .label: .html(.table(label(index, look))),
    ])
    return attributes
  }

  private func label(_ index: Int, _ look: DiagramTheme.Fill) -> HTMLLabel.Table {
    let cell = model.cells.cells[index]
    let badge = HTMLLabel.Cell(
      style: .init(
        background: cell.badge == nil ? nil : look.line, height: 13, isFixedSize: true,
        width: (cell.badge?.count ?? 2) > 2 ? 30 : 20),
      .text([.bold([.font(color: theme.badgeInk, size: 9, [.text((cell.badge ?? "").truncated(to: 4))])])]))
    let name = HTMLLabel.Cell(
      style: .init(alignment: .left, width: 150),
      .text([
        .bold([.font(color: look.ink, size: 11, [.text(cell.name.truncated(to: 30))])])
      ]))
    var second: HTMLLabel
    if let demand = cell.demands.first {
      let use = model.network.materials[model.network.demand[demand].material].name
      second = .text([.font(color: look.ink, size: 9, [.text(use.truncated(to: 40))])])
    } else {
      second = .table(bar(cell.share, look))
    }
    return .init(
      style: .init(border: 0, padding: 1, spacing: 0), cellBorder: 0,
      rows: [
        [
          badge, HTMLLabel.Cell(style: .init(width: 4)), name,
          HTMLLabel.Cell(
            style: .init(alignment: .right, width: 46), rows: 2,
            lossText(index, look)),
        ],
        [HTMLLabel.Cell(style: .init(alignment: .left, height: 11), columns: 3, second)],
      ])
  }

  private func lossText(_ index: Int, _ look: DiagramTheme.Fill) -> HTMLLabel? {
    guard model.scenario != nil, let loss = model.loss[index], loss > 0.005 else { return nil }
    return .text([
      .bold([
        .font(
          color: look.ink, size: 13, [.text("−\(loss < 1 ? min(99, Int((loss * 100).rounded())) : 100) %")])
      ])
    ])
  }

  private func bar(_ share: Double?, _ look: DiagramTheme.Fill) -> HTMLLabel.Table {
    let width = 72
    let text: String
    var cells: [HTMLLabel.Cell] = []
    func part(_ points: Int, _ colour: String?) -> HTMLLabel.Cell {
      .init(style: .init(background: colour, height: 5, isFixedSize: true, width: points))
    }
    if let share {
      let filled = min(width - 1, max(2, Int((share * Double(width)).rounded())))
      cells = [part(filled, look.bar), part(width - filled, theme.barBackground)]
      text = percent(share)
    } else {
      cells = [part(width, nil)]
      text = "size n/a"
    }
    cells.append(
      .init(
        style: .init(height: 11, isFixedSize: true, width: 48),
        .text([.font(color: look.ink, size: 9, [.text(text)])])))
    return .init(
      style: .init(border: 0, height: 11, isFixedSize: true, padding: 0, spacing: 0, width: width + 48),
      cellBorder: 0, rows: [cells])
  }

  private func tooltip(_ index: Int) -> String {
    let cell = model.cells.cells[index]
    var parts = [cell.isCollapsed ? "\(cell.badge ?? "several countries"): \(cell.name)" : cell.name]
    if let share = cell.share { parts.append("\(percent(share)) of its stage") }
    if model.scenario != nil, let loss = model.loss[index] { parts.append("loses \(percent(loss))") }
    if model.isSinglePoint[index] { parts.append("single point of failure") }
    if cell.isCollapsed {
      let names =
        cell.sites.map { model.network.sites[$0].name } + cell.demands.map { model.network.demand[$0].name }
      parts.append(names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : ""))
    }
    return parts.joined(separator: " | ").truncated(to: 600)
  }

  // MARK: Flows

  private mutating func addFlows(_ nodes: [GraphvizGraph.NodeID]) {
    // Banned lines are drawn last, over the others.
    let segments = model.routes.segments
    let ordered = segments.filter { !isBanned($0) } + segments.filter { isBanned($0) }
    for segment in ordered {
      let flows = segment.flows.map { model.flows[$0] }
      var width = flows.reduce(0) { $0 + max(0.9, 9 * $1.shareOfBuyer * breadth(of: $1.to)) }
      width = min(width, 9)
      let end = segment.isBack ? segment.left : segment.right
      let isLast = !isBend(end)
      let isWithin = model.routes.columnOfPoint[segment.left] == model.routes.columnOfPoint[segment.right]
      var attributes: GraphvizAttributes = [
        .weight: .number(max(1, (flows.reduce(0) { $0 + $1.shareOfBuyer } * 6).rounded()))
      ]
      var kind = "flow"
      var arrow: GraphvizAttributes.Value = segment.isBack && isLast ? "normal" : "none"
      var size = 0.5
      if isBanned(segment) {
        width = max(width, 1.5)
        attributes.merge([.color: .token(theme.banned), .style: "dashed"])
        if isLast { arrow = "tee" }
        size = max(0.35, 0.8 - 0.07 * width)
        kind += " banned"
      } else if flows.allSatisfy({ isStarved($0) }) {
        width = max(width, 1.5)
        attributes.merge([.color: .token(theme.starved), .style: "dotted"])
        kind += " starved"
      } else if model.scenario != nil, flows.allSatisfy({ isSurvivor($0) }) {
        attributes[.color] = .token(theme.surviving)
        kind += " surviving"
      }
      attributes.merge([
        .penwidth: .number(width), .class: .token(kind), .tooltip: .text(tooltip(flows)),
        .arrowsize: .number(size),
      ])
      if segment.isBack {
        attributes.merge([.dir: "back", .arrowtail: arrow])
      } else {
        attributes[.arrowhead] = arrow
      }
      // A line within a column must not turn the column's order round, which only a weight of 0 tells dot.
      if isWithin {
        attributes.merge([.constraint: "false", .weight: 0])
      } else {
        // Lines leave and enter boxes level; at a bend their pieces must meet.
        attributes.merge(isBend(segment.left) ? [.tailclip: "false"] : [.tailport: "e"])
        attributes.merge(isBend(segment.right) ? [.headclip: "false"] : [.headport: "w"])
      }
      picture.addEdge(from: nodes[segment.left], to: nodes[segment.right], attributes)
    }
  }

  private func isBend(_ point: Int) -> Bool {
    if case .bend = model.routes.points[point] { true } else { false }
  }

  /// How broad a buyer's lines may be, from 0 to 1: as the root of its part of the chain.
  private func breadth(of cell: Int) -> Double {
    let box = model.cells.cells[cell]
    let share = box.sites.isEmpty ? 0.3 : (box.share ?? 0) * model.weightOfStage[box.column]
    return max(0.08, share.squareRoot())
  }

  private func isBanned(_ segment: DiagramRoutes.Segment) -> Bool {
    let flows = segment.flows.map { model.flows[$0] }
    let whole = flows.reduce(0) { $0 + $1.shareOfBuyer }
    return model.scenario != nil && flows.reduce(0) { $0 + $1.banned } > 0.5 * whole
  }

  private func isStarved(_ flow: DiagramFlow) -> Bool {
    model.scenario != nil && (model.loss[flow.from] ?? 0) > 0.5
  }

  /// Whether a line is a way around the ban: to a buyer that loses something at a border, and not from there.
  private func isSurvivor(_ flow: DiagramFlow) -> Bool {
    guard model.buyersHit.contains(flow.to) else { return false }
    let controls = model.scenario?.disruption.tradeControls ?? []
    let banning = controls.filter { $0.direction == .exports }.flatMap { $0.issuers.map(\.code) }
    return ![flow.from, flow.to].contains { cell in
      model.cells.cells[cell].badge.map { banning.contains($0) } ?? false
    }
  }

  private func tooltip(_ flows: [DiagramFlow]) -> String {
    func name(_ cell: Int) -> String {
      let cell = model.cells.cells[cell]
      return cell.badge.map { "\(cell.name) (\($0))" } ?? cell.name
    }
    let lines = flows.map { flow in
      let state = model.scenario != nil && flow.banned > 0.5 * flow.shareOfBuyer ? ", banned" : ""
      return "\(name(flow.from)) to \(name(flow.to)): \(percent(flow.shareOfBuyer)) of the inputs\(state)"
    }
    return lines.joined(separator: " | ").truncated(to: 500)
  }

  // MARK: Title, figures and legend

  private var summary: String {
    let sites = model.network.sites.rows.count { $0.isActive }
    return figures.map { "\($0.value) \($0.text)" }.joined(separator: "; ") + ". \(sites) active sites."
  }

  private struct KeyFigure {
    var value: String
    var text: String
    var isSevere = false
  }

  private var figures: [KeyFigure] {
    let points = KeyFigure(
      value: "\(model.singlePointCount)",
      text: model.singlePointCount == 1
        ? "site is a single point of failure" : "sites are single points of failure")
    let products = model.network.demand.count
    if model.scenario != nil {
      let hurt = model.loss.indices.count {
        !model.cells.cells[$0].sites.isEmpty && (model.loss[$0] ?? 0) >= 0.5
      }
      return [
        KeyFigure(
          value: percent(model.outcome.meanLoss), text: "mean loss, each product alike", isSevere: true),
        KeyFigure(value: "\(model.outcome.stops.count) of \(products)", text: "products stop"),
        KeyFigure(value: "\(hurt)", text: "boxes lose half or more"), points,
      ]
    }
    return model.mainStages.compactMap { row in
      guard let largest = row.largest else { return nil }
      let stage = model.network.stages[row.stage].name
      return KeyFigure(
        value: percent(largest.share), text: "\(stage), \(largest.name)".truncated(to: 40),
        isSevere: row.hhi > 1_800)
    } + [points]
  }

  private var title: HTMLLabel.Table {
    let subtitle =
      model.scenario.map { "Scenario: \($0.title)" } ?? "Baseline: who makes what, stage by stage"
    let figures = figures
    var row: [HTMLLabel.Cell] = [
      .init(
        style: .init(alignment: .left, padding: 6, verticalAlignment: .bottom),
        .text([
          .bold([.font(color: theme.ink, size: 26, [.text(model.network.title.truncated(to: 60))])]),
          .lineBreak(.left), .font(size: 5, [.text(" ")]), .lineBreak(.left),
          .font(
            color: model.scenario == nil ? theme.muted : theme.banned, size: 13,
            [.text(subtitle.truncated(to: 110))]), .lineBreak(.left),
        ])),
      .init(style: .init(width: 50)),
    ]
    for figure in figures {
      let colour = figure.isSevere ? theme.banned : theme.ink
      row.append(
        .init(
          style: .init(alignment: .left, padding: 6, verticalAlignment: .bottom),
          .text([
            .bold([.font(color: colour, size: 22, [.text(figure.value)])]), .lineBreak(.left),
            .font(color: theme.muted, size: 10, [.text(figure.text)]), .lineBreak(.left),
          ])))
      row.append(.init(style: .init(width: 14)))
    }
    let legend = HTMLLabel.Table(
      style: .init(border: 0, padding: 2, spacing: 0), cellBorder: 0,
      rows: [[.init(style: .init(height: 10))], fillLegend, lineLegend, [.init(style: .init(height: 4))]])
    return .init(
      style: .init(border: 0, spacing: 0), cellBorder: 0,
      rows: [
        row,
        [.init(style: .init(alignment: .left, padding: 0), columns: row.count, .table(legend))],
        [
          .init(
            style: .init(alignment: .left, padding: 4), columns: row.count,
            .text([.font(color: theme.muted, size: 10, [.text(note)]), .lineBreak(.left)]))
        ],
        [.init(style: .init(height: 8), columns: row.count)],
      ])
  }

  /// What the picture leaves out.
  private var note: String {
    let active = model.network.sites.rows.count { $0.isActive }
    let collapsed = model.cells.collapsedSites
    var text = "\(active) active sites"
    if collapsed > 0 { text += ", \(collapsed) of them drawn together by country" }
    let planned = model.network.sites.count - active
    if planned > 0 { text += "; \(planned) planned, suspended or closed ones not drawn" }
    text += ". Drawn are the largest flows into each box; a market counts with everyone’s share of it."
    if let day = model.network.asOf { text += " Figures as of \(day.truncated(to: 10))." }
    return text
  }

  private var fillLegend: [HTMLLabel.Cell] {
    let words: [(DiagramTheme.Step, String)] =
      model.scenario == nil
      ? [
        (.unharmed, "under 30 % of its stage"), (.medium, "30 – 50 %"), (.high, "50 – 70 %"),
        (.critical, "over 70 %"), (.notKnown, "size not known"),
      ]
      : [
        (.unharmed, "loses under 10 %"), (.medium, "loses 10 – 35 %"), (.high, "loses 35 – 60 %"),
        (.critical, "loses over 60 %"), (.dark, "stops"), (.notKnown, "not running before"),
      ]
    return words.flatMap { step, text in
      let look = theme.fill(step)
      let swatch = HTMLLabel.Table(
        style: .init(
          background: look.fill, border: 1, borderColor: look.line, height: 14, isFixedSize: true, padding: 0,
          spacing: 0, width: 26), cellBorder: 0, rows: [[.init()]])
      return entry(.table(swatch), text)
    }
  }

  private var lineLegend: [HTMLLabel.Cell] {
    func sign(_ text: String, _ colour: String, size: Double = 12) -> HTMLLabel {
      .text([.bold([.font(color: colour, size: size, [.text(text)])])])
    }
    var cells = entry(sign("━━", theme.flow), "flow, the wider the larger")
    if model.scenario != nil {
      cells += entry(sign("╺╸╺╸┫", theme.banned, size: 10), "banned")
      cells += entry(sign("┄┄┄", theme.starved), "seller has lost over half")
      cells += entry(sign("━━", theme.surviving), "way around the ban")
    }
    cells += entry(sign("▬", theme.bar), "share of its stage")
    cells += entry(sign("◎", theme.ink), "double border: single point of failure")
    return cells
  }

  private func entry(_ sign: HTMLLabel, _ text: String) -> [HTMLLabel.Cell] {
    [
      .init(style: .init(alignment: .right), sign),
      .init(style: .init(alignment: .left), .text([.font(color: theme.ink, size: 10, [.text(text)])])),
      .init(style: .init(width: 14)),
    ]
  }
}
