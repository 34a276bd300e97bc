import RiskAnalysis
import RuleEngine
import SupplyModel

/// Turns a diagram's model into a Graphviz graph.
struct DiagramDrawing {
  let model: DiagramModel
  let theme: DiagramTheme
  let metrics: DiagramMetrics
  private var picture: GraphvizGraph

  var request: NetworkDiagram.Request { model.request }

  init(model: DiagramModel) {
    self.model = model
    theme = model.request.theme
    metrics = DiagramMetrics(of: model)
    picture = GraphvizGraph()
  }

  mutating func graph() -> GraphvizGraph {
    let title = DiagramTitle(of: self)
    picture.title = "\(model.network.title). \(title.subtitle)"
    picture.summary = title.summary
    picture.rootClass =
      "diagram theme-\(theme.name) kind-\(request.kind.rawValue) "
      + (model.panel.isHarmed ? "in-scenario" : "in-baseline")
    picture.attributes = [
      .rankdir: "LR", .newrank: "true", .splines: "true", .nodesep: .number(request.isInPage ? 0.1 : 0.13),
      .ranksep: .number(metrics.betweenColumns / 72), .pad: 0.3,
      .bgcolor: .token(theme.background), .fontname: .token(Self.font), .fontcolor: .token(theme.ink),
      .outputorder: "edgesfirst",
      // The order is ours: seeking a better one, dot would not keep to it.
      .mclimit: 0.001, .remincross: "false", .labelloc: "t", .labeljust: "l",
    ]
    if !request.isInPage { picture.attributes[.label] = .html(.table(title.table)) }
    picture.nodeDefaults = [
      .fontname: .token(Self.font), .fontsize: 11, .fontcolor: .token(theme.ink), .style: "filled",
      .height: .number(metrics.boxHeight / 72), .margin: 0,
    ]
    picture.edgeDefaults = [
      .fontname: .token(Self.font), .arrowhead: "none", .color: .token(theme.flow),
    ]
    let nodes = addColumns()
    for (panel, nodes) in zip(model.panels, nodes) { addFlows(nodes, of: panel) }
    return picture
  }

  // Liberation Sans has the measures of Arial, so boxes fit their text wherever the picture is shown.
  private static let font = "Arial,Liberation Sans,Helvetica,sans-serif"

  // MARK: Columns

  /// Adds the boxes and the bends of every column, and returns for each panel the node of each point.
  ///
  /// The panels of a column stand above each other in one frame, since dot keeps the order of a rank only within a frame.
  private mutating func addColumns() -> [[GraphvizGraph.NodeID]] {
    var nodes = [[Int: GraphvizGraph.NodeID]](repeating: [:], count: model.panels.count)
    var before: [GraphvizGraph.NodeID] = []
    for (column, points) in model.columns.enumerated() {
      let cluster = picture.addCluster([
        .label: .text(""), .style: "filled,rounded", .color: .token(theme.columnLine),
        .fillcolor: .token(theme.column), .penwidth: 1, .margin: .number(metrics.columnMargin),
        .class: "column",
      ])
      var ends: [GraphvizGraph.NodeID] = []
      var rank: [GraphvizGraph.NodeID] = []
      for (index, panel) in model.panels.enumerated() {
        let head = addHead(column, of: panel, in: cluster)
        for point in points {
          switch model.routes.points[point] {
          case .cell(let cell): nodes[index][point] = picture.addNode(box(cell, in: panel), in: cluster)
          case .bend: nodes[index][point] = picture.addNode(bend(point, in: panel), in: cluster)
          }
        }
        let foot = addText(
          [
            .init(
              .text([
                .font(color: theme.muted, size: request.isInPage ? 9 : 10, [.text(foot(column, of: panel))])
              ]))
          ],
          in: cluster)
        rank += [head] + points.compactMap { nodes[index][$0] } + [foot]
        ends += [head, foot]
      }
      picture.addRank(of: rank)
      // A rank of a picture that grows to the right is stacked from the bottom up.
      for (upper, lower) in zip(rank, rank.dropFirst()).reversed() {
        picture.addEdge(from: lower, to: upper, [.style: "invis"])
      }
      for (before, end) in zip(before, ends) {
        picture.addEdge(from: before, to: end, [.style: "invis", .weight: 4000])
      }
      before = ends
    }
    return nodes.map { nodes in model.routes.points.indices.compactMap { nodes[$0] } }
  }

  private func heading(_ column: Int, of panel: DiagramPanel) -> [HTMLLabel.Run] {
    let stage = model.routes.stages[column]
    let name = stage == model.network.stages.count ? "Products" : model.network.stages.rows[stage].name
    let text = "\(column + 1)  \(name.truncated(to: 80))"
    var width = metrics.boxWidth(ofStage: stage) - (model.panels.count > 1 ? 44 : 0)
    if request.findings != nil { width -= Double(Self.markWidth + 4) }
    let (large, small) = request.isInPage ? (12.0, 10.0) : (14, 11.5)
    let size = text.boldWidth(size: large) > width ? small : large
    let title = HTMLLabel.Run.bold([
      .font(color: theme.ink, size: size, [.text(text.fitted(toWidth: width, size: size))])
    ])
    guard model.panels.count > 1 else { return [title] }
    let colour = panel.isHarmed ? theme.banned : theme.muted
    return [
      .font(color: colour, size: size, [.text(panel.isHarmed ? "after   " : "before   ")]), title,
    ]
  }

  private func foot(_ column: Int, of panel: DiagramPanel) -> String {
    let stage = model.routes.stages[column]
    return stage == model.network.stages.count ? productsFoot(of: panel) : stageFoot(stage)
  }

  /// The name of a column, and what rules found of its stage.
  private mutating func addHead(
    _ column: Int, of panel: DiagramPanel, in cluster: GraphvizGraph.ClusterID
  ) -> GraphvizGraph.NodeID {
    let stage = model.routes.stages[column]
    let text = HTMLLabel.Cell(.text(heading(column, of: panel)))
    guard stage < model.network.stages.count, let mark = panel.marksOfStage[stage] else {
      return addText([text], in: cluster)
    }
    let name = model.network.stages.rows[stage].name.truncated(to: 80)
    return addText(
      [text, .init(.table(sign(mark.sign, mark.worst)))], in: cluster,
      [
        .class: .token("stage mark-\(mark.worst.rawValue)"),
        .tooltip: .text(([name] + mark.lines).joined(separator: " | ").truncated(to: 600)),
      ])
  }

  private mutating func addText(
    _ cells: [HTMLLabel.Cell], in cluster: GraphvizGraph.ClusterID, _ more: GraphvizAttributes = [:]
  ) -> GraphvizGraph.NodeID {
    var attributes: GraphvizAttributes = [
      .shape: "plain", .style: "",
      .label: .html(
        .table(.init(style: .init(border: 0, padding: 2, spacing: 0), cellBorder: 0, rows: [cells]))),
    ]
    attributes.merge(more)
    return picture.addNode(attributes, in: cluster)
  }

  private func stageFoot(_ stage: Int) -> String {
    guard let row = model.concentration(ofStage: stage), let largest = row.largest else {
      return "sizes not known"
    }
    let name = model.isByParent ? largest.name.fitted(toWidth: 84, size: 10) : largest.id
    return "largest \(name) \(percent(largest.share))   ·   HHI \(wholeNumber(row.hhi))"
  }

  private func productsFoot(of panel: DiagramPanel) -> String {
    let drawn = model.cells.cells.flatMap(\.demands)
    guard panel.isHarmed, !request.isInPage else { return counted(drawn.count, "product") }
    let stops = Set(panel.outcome.stops)
    return "\(drawn.count { stops.contains($0) }) of \(drawn.count) stop"
  }

  // MARK: Lines

  private mutating func addFlows(_ nodes: [GraphvizGraph.NodeID], of panel: DiagramPanel) {
    // The order is the same in every scenario, since the layout depends on it.
    for (index, segment) in model.routes.segments.enumerated() {
      let flows = segment.flows.map { model.flows[$0] }
      let end = segment.isBack ? segment.left : segment.right
      let isLast = !isBend(end)
      let isWithin = model.routes.columnOfPoint[segment.left] == model.routes.columnOfPoint[segment.right]
      var line = line(segment, in: panel)
      let kind = line.kind
      if request.isInPage {
        line.kind = .flow
        line.width = width(segment)
      }
      var attributes: GraphvizAttributes = [
        .weight: .number(max(1, (flows.reduce(0) { $0 + $1.shareOfBuyer } * 6).rounded())),
        .color: .token(line.colour), .penwidth: .number(line.width), .class: .token(kind.rawValue),
        .tooltip: .text(tooltip(segment, in: panel)),
      ]
      if request.isInPage {
        attributes[.id] = .token("line-\(index)")
        attributes[.class] = .token(
          kind.rawValue + (isLast ? " last" : "") + (segment.isBack ? " back" : ""))
      } else if let style = line.style {
        attributes[.style] = .token(style)
      }
      if let mark = DiagramMark(segment.flows.flatMap { panel.marksOfFlow[$0]?.marks ?? [] }) {
        attributes[.class] = .token("\(line.kind.rawValue) mark-\(mark.worst.rawValue)")
        // Graphviz places it when all else has its place.
        if isLast { attributes[.xlabel] = .html(.table(sign(mark.sign, mark.worst))) }
      }
      var arrow: GraphvizAttributes.Value = segment.isBack && isLast ? "normal" : "none"
      var size = 0.5
      if isLast, line.kind == .banned {
        arrow = "tee"
        size = max(0.35, 0.8 - 0.07 * line.width)
      } else if isLast, line.kind == .surviving || line.kind == .way {
        arrow = "normal"
        size = line.width > 4 ? 0.35 : 0.6
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
        attributes.merge([.tailport: "e", .headport: "w"])
        if isBend(segment.left) { attributes[.tailclip] = "false" }
        if isBend(segment.right) { attributes[.headclip] = "false" }
      }
      picture.addEdge(from: nodes[segment.left], to: nodes[segment.right], attributes)
    }
  }

  /// How a piece of a line looks.
  struct Line {
    enum Kind: String {
      case flow
      case banned = "flow banned"
      case starved = "flow starved"
      case surviving = "flow surviving"
      case way = "flow way"
      case aside = "flow aside"
    }

    var kind: Kind
    var colour: String
    var width: Double

    /// Nil for a solid line.
    var style: String?
  }

  func line(_ segment: DiagramRoutes.Segment, in panel: DiagramPanel) -> Line {
    let flows = segment.flows
    let width = width(segment)
    if flows.contains(where: { panel.isOnWay[$0] }) {
      return Line(kind: .way, colour: theme.ink, width: max(width, 2.2))
    }
    if flows.allSatisfy({ panel.isFlowAside[$0] }) {
      return Line(kind: .aside, colour: theme.asideLine, width: min(width, 2))
    }
    let whole = flows.reduce(0) { $0 + model.flows[$1].shareOfBuyer }
    if panel.isHarmed, flows.reduce(0, { $0 + panel.banned[$1] }) > 0.5 * whole {
      return Line(kind: .banned, colour: theme.banned, width: max(width, 1.5), style: "dashed")
    }
    if flows.allSatisfy({ isStarved(model.flows[$0], in: panel) }) {
      return Line(kind: .starved, colour: theme.starved, width: max(width, 1.5), style: "dotted")
    }
    if panel.isHarmed, flows.allSatisfy({ isSurvivor(model.flows[$0], in: panel) }) {
      return Line(kind: .surviving, colour: theme.surviving, width: width)
    }
    return Line(kind: .flow, colour: theme.flow, width: width)
  }

  /// How broad a piece of a line is in the baseline, in points.
  private func width(_ segment: DiagramRoutes.Segment) -> Double {
    min(
      9,
      segment.flows.reduce(0) {
        $0 + max(0.9, 9 * model.flows[$1].shareOfBuyer * breadth(of: model.flows[$1].to))
      })
  }

  private func breadth(of segments: [DiagramRoutes.Segment]) -> Double {
    segments.map { width($0) }.max() ?? 0
  }

  /// What lines have in common; a plain flow where they differ.
  private static func common(_ lines: [Line]) -> Line.Kind {
    lines.allSatisfy { $0.kind == lines[0].kind } ? lines[0].kind : .flow
  }

  /// Where the pieces of a line meet.
  ///
  /// Graphviz ends both pieces beside the bend, level with it; its own outline closes the gap. Its size, and so the
  /// layout, is the same in every scenario.
  private func bend(_ point: Int, in panel: DiagramPanel) -> GraphvizAttributes {
    var attributes: GraphvizAttributes = [
      .shape: "box", .width: 0.2, .height: 0.01, .fixedsize: "true", .label: .text(""),
    ]
    if request.isInPage { attributes[.id] = .token("bend-\(point)") }
    let segments = model.routes.segments.filter { $0.left == point || $0.right == point }
    let lines = segments.map { line($0, in: panel) }
    if let widest = lines.max(by: { $0.width < $1.width }) {
      attributes.merge([
        .style: "filled", .color: .token(widest.colour), .fillcolor: .token(widest.colour),
        .penwidth: .number(max(0.1, (request.isInPage ? breadth(of: segments) : widest.width) - 0.7)),
        .class: .token(request.isInPage ? "bend \(Self.common(lines).rawValue)" : "bend"),
      ])
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

  private func isStarved(_ flow: DiagramFlow, in panel: DiagramPanel) -> Bool {
    panel.isHarmed && (panel.loss[flow.from] ?? 0) > 0.5
  }

  /// Whether a line is a way around the ban: to a buyer that loses something at a border, and not from there.
  private func isSurvivor(_ flow: DiagramFlow, in panel: DiagramPanel) -> Bool {
    guard panel.buyersHit.contains(flow.to) else { return false }
    let controls = request.scenario?.disruption.tradeControls ?? []
    let banning = controls.filter { $0.direction == .exports }.flatMap { $0.issuers.map(\.code) }
    return ![flow.from, flow.to].contains { cell in
      model.cells.cells[cell].badge.map { banning.contains($0) } ?? false
    }
  }

  private func tooltip(_ segment: DiagramRoutes.Segment, in panel: DiagramPanel) -> String {
    func name(_ cell: Int) -> String {
      let cell = model.cells.cells[cell]
      return cell.badge.map { "\(cell.name) (\($0))" } ?? cell.name
    }
    let lines = segment.flows.prefix(12).map { index in
      let flow = model.flows[index]
      let isTold = panel.isHarmed && !request.isInPage
      let state = isTold && panel.banned[index] > 0.5 * flow.shareOfBuyer ? ", banned" : ""
      let words =
        "\(name(flow.from)) to \(name(flow.to)): \(percent(flow.shareOfBuyer)) of the inputs\(state)"
      return ([words] + (panel.marksOfFlow[index]?.lines ?? [])).joined(separator: "; ")
    }
    return lines.joined(separator: " | ").truncated(to: 500)
  }
}
