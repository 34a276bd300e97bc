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
    let model = DiagramModel(
      ProductionGraph(network, tellingApart: scenario?.disruption ?? .none), scenario: scenario)
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
      .rankdir: "LR", .newrank: "true", .splines: "true", .nodesep: 0.16, .ranksep: 0.9, .pad: 0.3,
      .bgcolor: .token(theme.background), .fontname: .token(Self.font), .fontcolor: .token(theme.ink),
      .outputorder: "edgesfirst", .labelloc: "t", .labeljust: "l", .label: .html(.table(title)),
    ]
    picture.nodeDefaults = [
      .fontname: .token(Self.font), .fontsize: 11, .fontcolor: .token(theme.ink), .style: "filled",
      .height: 0.64, .margin: 0,
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
        [
          .bold([
            .font(
              color: theme.ink, size: 14,
              [.text("\(column + 1)  \(name.fitted(toWidth: Self.textWidth + 10, size: 14))")])
          ])
        ],
        in: cluster)
      for point in points {
        switch model.routes.points[point] {
        case .cell(let cell): nodes[point] = picture.addNode(box(cell), in: cluster)
        case .bend: nodes[point] = picture.addNode(bend(point), in: cluster)
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

  /// The room for text in a box, in points; the sizes of the shapes leave it free.
  private static let textWidth = 184.0
  private static let nameSize = 10.5

  /// The shape of a stage's boxes: heap, vessel, ingot, block; by what the stage is called, else by its number.
  private func shape(_ column: Int) -> GraphvizAttributes {
    if column == model.network.stages.count {
      return [.shape: "box", .style: "filled,rounded", .width: 2.75]
    }
    let stage = model.network.stages.rows[column]
    let words = "\(stage.id) \(stage.name)".lowercased()
    func isCalled(_ names: String...) -> Bool { names.contains { words.contains($0) } }
    let kind =
      if isCalled("min", "quarr", "recycl") { 0 } else if isCalled("separat", "refin", "crack", "process") {
        1
      } else if isCalled("metal", "alloy", "powder", "smelt") {
        2
      } else if isCalled("magnet", "wafer", "compon") { 3 } else { min(column, 3) }
    return switch kind {
    case 0: [.shape: "polygon", .sides: 4, .distortion: -0.1, .width: 3]
    case 1: [.shape: "hexagon", .width: 3.7]
    case 2: [.shape: "polygon", .sides: 4, .skew: 0.12, .width: 2.95]
    default: [.shape: "octagon", .width: 3.15]
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
      .fixedsize: "true", .fillcolor: .token(look.fill), .color: .token(look.line),
      .peripheries: model.isSinglePoint[index] ? 2 : 1,
      .penwidth: .number(model.isSinglePoint[index] ? 1.8 : 1.1),
      .class: .token("site step-\(step)\(model.isSinglePoint[index] ? " single-point" : "")"),
      .tooltip: .text(tooltip(index)),
      .label: .html(.table(label(index, look))),
    ])
    return attributes
  }

  /// Where it is and what it is called; below, how much of its stage it makes or what is wanted, and what it loses.
  private func label(_ index: Int, _ look: DiagramTheme.Fill) -> HTMLLabel.Table {
    let cell = model.cells.cells[index]
    let badge = cell.badge.map { Self.short($0) }
    let badgeWidth = max(20, 8 + Int((badge ?? "").boldWidth(size: 9)))
    let (gap, lossWidth) = (5, 48)
    let nameWidth = Int(Self.textWidth) - (badge == nil ? 0 : badgeWidth + gap)
    var top: [HTMLLabel.Cell] = []
    if let badge {
      top = [
        .init(
          style: .init(background: look.line, height: 13, isFixedSize: true, width: badgeWidth),
          .text([.bold([.font(color: theme.badgeInk, size: 9, [.text(badge)])])])),
        .init(style: .init(height: 13, isFixedSize: true, width: gap)),
      ]
    }
    let name = cell.name.fitted(toWidth: Double(nameWidth - 2), size: Self.nameSize)
    top.append(
      Self.leftCell(
        width: nameWidth, height: 15, columns: badge == nil ? 4 : 2,
        .text([.bold([.font(color: look.ink, size: Self.nameSize, [.text(name)])])])))

    let secondWidth = Int(Self.textWidth) - lossWidth
    var second: HTMLLabel
    if let demand = cell.demands.first {
      let wanted = model.network.materials[model.network.demand[demand].material].name
        .fitted(toWidth: Double(secondWidth - 2), size: 9)
      second = .text([.font(color: look.ink, size: 9, [.text(wanted)])])
    } else if let share = cell.share {
      second = .table(bar(share, in: secondWidth, look))
    } else {
      second = .text([.font(color: look.ink, size: 9, [.text("size n/a")])])
    }
    let bottom: [HTMLLabel.Cell] = [
      Self.leftCell(width: secondWidth, height: 15, columns: 3, second),
      .init(
        style: .init(alignment: .right, height: 15, isFixedSize: true, width: lossWidth),
        lossText(index, look)),
    ]
    return .init(style: .init(border: 0, padding: 0, spacing: 0), cellBorder: 0, rows: [top, bottom])
  }

  /// A cell of fixed size whose content starts at its left edge, where Graphviz would centre it.
  private static func leftCell(
    width: Int, height: Int, columns: Int, _ content: HTMLLabel
  ) -> HTMLLabel.Cell {
    .init(
      style: .init(alignment: .left, height: height, isFixedSize: true, width: width), columns: columns,
      content)
  }

  /// The code of a country, or the first word of the id of a bloc.
  private static func short(_ badge: String) -> String {
    String(badge.prefix { $0 != "-" && $0 != "_" && $0 != " " }).fitted(toWidth: 42, size: 9)
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

  /// A bar with its share beside it, as wide as the cell that it stands in.
  private func bar(_ share: Double, in width: Int, _ look: DiagramTheme.Fill) -> HTMLLabel.Table {
    let (whole, gap) = (64, 6)
    func part(_ points: Int, _ colour: String?) -> HTMLLabel.Cell {
      .init(style: .init(background: colour, height: 5, isFixedSize: true, width: points))
    }
    let filled = min(whole - 1, max(2, Int((share * Double(whole)).rounded())))
    return .init(
      style: .init(border: 0, height: 11, isFixedSize: true, padding: 0, spacing: 0, width: width),
      cellBorder: 0,
      rows: [
        [
          part(filled, look.bar), part(whole - filled, theme.barBackground), part(gap, nil),
          Self.leftCell(
            width: width - whole - gap, height: 11, columns: 1,
            .text([.font(color: look.ink, size: 9, [.text(percent(share))])])),
        ]
      ])
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
      let end = segment.isBack ? segment.left : segment.right
      let isLast = !isBend(end)
      let isWithin = model.routes.columnOfPoint[segment.left] == model.routes.columnOfPoint[segment.right]
      let line = line(segment)
      var attributes: GraphvizAttributes = [
        .weight: .number(max(1, (flows.reduce(0) { $0 + $1.shareOfBuyer } * 6).rounded())),
        .color: .token(line.colour), .penwidth: .number(line.width), .class: .token(line.kind),
        .tooltip: .text(tooltip(flows)),
      ]
      if let style = line.style { attributes[.style] = .token(style) }
      var arrow: GraphvizAttributes.Value = segment.isBack && isLast ? "normal" : "none"
      var size = 0.5
      if isBanned(segment) {
        if isLast { arrow = "tee" }
        size = max(0.35, 0.8 - 0.07 * line.width)
      }
      attributes[.arrowsize] = .number(size)
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

  /// How a piece of a line looks.
  private struct Line {
    var colour: String
    var width: Double

    /// Nil for a solid line.
    var style: String?
    var kind: String
  }

  private func line(_ segment: DiagramRoutes.Segment) -> Line {
    let flows = segment.flows.map { model.flows[$0] }
    let width = min(9, flows.reduce(0) { $0 + max(0.9, 9 * $1.shareOfBuyer * breadth(of: $1.to)) })
    if isBanned(segment) {
      return Line(colour: theme.banned, width: max(width, 1.5), style: "dashed", kind: "flow banned")
    }
    if flows.allSatisfy({ isStarved($0) }) {
      return Line(colour: theme.starved, width: max(width, 1.5), style: "dotted", kind: "flow starved")
    }
    if model.scenario != nil, flows.allSatisfy({ isSurvivor($0) }) {
      return Line(colour: theme.surviving, width: width, kind: "flow surviving")
    }
    return Line(colour: theme.flow, width: width, kind: "flow")
  }

  /// Where the pieces of a line meet.
  ///
  /// Graphviz ends both pieces at the border of the bend, which is a point wide; its own outline closes the gap. Its
  /// size, and so the layout, is the same in every scenario.
  private func bend(_ point: Int) -> GraphvizAttributes {
    var attributes: GraphvizAttributes = [
      .shape: "box", .width: 0.01, .height: 0.01, .fixedsize: "true", .label: .text(""),
    ]
    let lines = model.routes.segments.filter { $0.left == point || $0.right == point }.map { line($0) }
    if let widest = lines.filter({ $0.style == nil }).max(by: { $0.width < $1.width }) {
      attributes.merge([
        .style: "filled", .color: .token(widest.colour), .fillcolor: .token(widest.colour),
        .penwidth: .number(max(0, widest.width - 1)), .class: "bend",
      ])
    } else {
      attributes[.style] = "invis"
    }
    return attributes
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
        (.critical, "loses over 60 %"), (.dark, "loses all"), (.notKnown, "not running before"),
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

  /// Signs are drawn from coloured cells: fonts that show lines and boxes as letters are not installed everywhere.
  private var lineLegend: [HTMLLabel.Cell] {
    func sign(_ parts: [(width: Int, height: Int, colour: String?)]) -> HTMLLabel {
      // An empty cell as high as a letter keeps the others in the middle of the line.
      let cells = (parts + [(width: 1, height: 11, colour: nil)]).map {
        HTMLLabel.Cell(
          style: .init(background: $0.colour, height: $0.height, isFixedSize: true, width: $0.width))
      }
      return .table(
        .init(
          style: .init(
            border: 0, height: 14, isFixedSize: true, padding: 0, spacing: 0,
            width: 1 + parts.reduce(0) { $0 + $1.width }), cellBorder: 0, rows: [cells]))
    }
    func dashes(_ width: Int, _ gap: Int, _ count: Int, _ colour: String) -> [(Int, Int, String?)] {
      (0..<count).flatMap { index in index == 0 ? [(width, 2, colour)] : [(gap, 2, nil), (width, 2, colour)] }
    }
    var cells = entry(sign([(26, 3, theme.flow)]), "flow, the wider the larger")
    if model.scenario != nil {
      cells += entry(sign(dashes(6, 3, 3, theme.banned) + [(2, 10, theme.banned)]), "banned")
      cells += entry(sign(dashes(2, 3, 6, theme.starved)), "seller has lost over half")
      cells += entry(sign([(26, 2, theme.surviving)]), "way around the ban")
    }
    cells += entry(
      sign([(10, 5, theme.bar), (16, 5, theme.columnLine)]), "share of its stage")
    let double = HTMLLabel.Table(
      style: .init(border: 1, borderColor: theme.muted, padding: 0, spacing: 2), cellBorder: 0,
      rows: [
        [
          .init(style: .init(border: 1, borderColor: theme.muted, height: 4, isFixedSize: true, width: 16))
        ]
      ])
    cells += entry(.table(double), "double border: single point of failure")
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
