import RiskAnalysis
import RuleEngine
import SupplyModel

/// Title, figures, legend and notes: a picture travels alone.
///
/// Their height and width are the same in the baseline and in every scenario, so that the boxes below are too.
struct DiagramTitle {
  private let drawing: DiagramDrawing
  private let model: DiagramModel
  private let theme: DiagramTheme
  private let width: Int

  private var request: NetworkDiagram.Request { model.request }
  private var panel: DiagramPanel { model.panel }

  init(of drawing: DiagramDrawing) {
    self.drawing = drawing
    model = drawing.model
    theme = drawing.theme
    width = max(Self.leastWidth, Int(drawing.metrics.pictureWidth(stages: drawing.model.routes.stages)))
  }

  private static let leastWidth = 760

  /// From here on title and figures stand beside each other.
  private static let wide = 1_250

  // MARK: Words

  /// What the picture shows, in one line.
  var subtitle: String {
    let scenario = request.scenario.map { $0.title }
    let failing = request.failing.map { $0.name(in: model.network) }.joined(separator: ", ")
    switch request.kind {
    case .network, .tree:
      let base =
        request.kind == .tree ? "All that \(productNames) hangs on" : "who makes what, stage by stage"
      if let scenario { return "Scenario: \(scenario)" }
      return request.kind == .tree ? base : "Baseline: \(base)"
    case .beforeAfter: return "Before and after: \(scenario ?? failing)"
    case .singlePoints:
      return "Single points of failure: sites that nothing replaces"
        + (scenario.map { ", under: \($0)" } ?? "")
    case .cutSet:
      let words = failing.isEmpty ? "nothing fails" : "What is left when these fail together: \(failing)"
      return words + (scenario.map { "; scenario: \($0)" } ?? "")
    case .operators:
      return "Who controls what, by ultimate parent" + (scenario.map { "; scenario: \($0)" } ?? "")
    case .spread: return "How the losses spread: \(scenario ?? failing)"
    }
  }

  private var productNames: String {
    let drawn = model.cells.cells.flatMap(\.demands)
    return drawn.count == 1 ? model.network.demand[drawn[0]].name : counted(drawn.count, "product")
  }

  /// What the picture shows, for readers that cannot see it.
  var summary: String {
    let scope = request.scope.words.isEmpty ? "" : " Drawn is \(request.scope.words.joined(separator: "; "))."
    return figures.map { "\($0.value) \($0.text)" }.joined(separator: "; ")
      + ". \(model.activeSites) active sites.\(scope)"
  }

  private struct KeyFigure {
    var value: String
    var text: String
    var isSevere = false
  }

  private var drawnProducts: [Key<Demand>] { model.cells.cells.flatMap(\.demands) }

  /// The mean loss of the drawn products, each alike.
  private func meanLoss(of panel: DiagramPanel) -> Double {
    let known = drawnProducts.compactMap { panel.outcome.loss[$0.position]?.rigid }
    return known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
  }

  private func stops(of panel: DiagramPanel) -> Int {
    let stops = Set(panel.outcome.stops)
    return drawnProducts.count { stops.contains($0) }
  }

  private func pointWords(_ count: Int) -> String {
    counted(count, model.isByParent ? "parent" : "site").drop { $0 != " " }.dropFirst()
      + (count == 1 ? " is a single point of failure" : " are single points of failure")
  }

  private var figures: [KeyFigure] {
    let points = KeyFigure(value: "\(panel.singlePointCount)", text: pointWords(panel.singlePointCount))
    let products = drawnProducts.count
    let loss = KeyFigure(
      value: percent(meanLoss(of: panel)), text: "mean loss, each product alike", isSevere: panel.isHarmed)
    let stop = KeyFigure(value: "\(stops(of: panel)) of \(products)", text: "products stop")
    switch request.kind {
    case .beforeAfter:
      let before = model.panels[0]
      func both(_ value: (DiagramPanel) -> String) -> String { "\(value(before)) → \(value(panel))" }
      return [
        KeyFigure(
          value: both { percent(meanLoss(of: $0)) }, text: "mean loss, each product alike", isSevere: true),
        KeyFigure(value: both { "\(stops(of: $0))" }, text: "of \(products) products stop"),
        KeyFigure(value: both { "\($0.singlePointCount)" }, text: "single points of failure"),
      ]
    case .singlePoints:
      let most = panel.stopsProducts.max() ?? 0
      return [
        KeyFigure(value: points.value, text: points.text, isSevere: panel.singlePointCount > 0),
        KeyFigure(value: "\(panel.productsWithPoint) of \(panel.productsMade)", text: "products hang on one"),
        KeyFigure(value: "\(most)", text: "products stop with the worst of them"),
      ]
    case .spread:
      let reached = model.cells.cells.indices.count { panel.wave[$0] != nil }
      let last = panel.wave.compactMap { $0 }.max() ?? 0
      return [
        loss, stop, KeyFigure(value: "\(last)", text: last == 1 ? "step of spread" : "steps of spread"),
        KeyFigure(value: "\(reached) of \(model.cells.cells.count)", text: "boxes reached"),
      ]
    case .cutSet:
      return [
        KeyFigure(value: "\(request.failing.count)", text: "fail together"), stop, loss, points,
      ]
    case .network, .operators, .tree:
      if panel.isHarmed {
        let hurt = model.cells.cells.indices.count {
          !model.cells.cells[$0].sites.isEmpty && (panel.loss[$0] ?? 0) >= 0.5
        }
        return [loss, stop, KeyFigure(value: "\(hurt)", text: "boxes lose half or more"), points]
      }
      return model.mainStages.compactMap { row in
        guard let largest = row.largest else { return nil }
        let stage = model.network.stages[row.stage].name
        return KeyFigure(
          value: percent(largest.share), text: "\(stage), \(largest.name)".truncated(to: 40),
          isSevere: row.hhi > 1_800)
      } + [points]
    }
  }

  /// What the picture leaves out, and what it is about.
  private var notes: String {
    var parts: [String] = []
    if !request.scope.words.isEmpty {
      parts.append(
        "Only a part is drawn: \(request.scope.words.joined(separator: "; ")); shares are of the whole network."
      )
    }
    var count = counted(model.activeSites, "active site")
    let collapsed = model.cells.collapsedSites
    if collapsed > 0 {
      let by =
        switch request.collapse ?? (request.kind == .operators ? .parent : nil) {
        case .parent?: "parent"
        case .stage?: "stage"
        case .country?, nil: "country"
        }
      count += ", \(collapsed) of them drawn together by \(by)"
      if model.activeSites > NetworkDiagram.Request.mostSites {
        count += ", since more than \(NetworkDiagram.Request.mostSites) cannot be read"
      }
    }
    if model.inactiveSites > 0 {
      count += "; \(model.inactiveSites) planned, suspended or closed ones not drawn"
    }
    parts.append(
      count + ". Drawn are the largest flows into each box; a market counts with everyone’s share of it.")
    if let day = model.network.asOf { parts.append("Figures as of \(day.truncated(to: 10)).") }
    if let findings = request.findings { parts.insert(words(of: findings), at: 0) }
    return parts.joined(separator: " ")
  }

  /// How much rules found, and what of it has no mark.
  private func words(of findings: NetworkDiagram.Marks) -> String {
    let counts = FindingSeverity.allCases.reversed().compactMap { severity -> String? in
      let count = findings.marks.count { $0.severity == severity }
      return count > 0 ? "\(count) \(severity.rawValue)" : nil
    }
    var words =
      counts.isEmpty
      ? "Rules found nothing"
      : "Rules say: \(counted(findings.marks.count, "finding")), \(counts.joined(separator: ", "))"
    if panel.marksElsewhere > 0 { words += "; \(panel.marksElsewhere) of them about what is not drawn" }
    if !findings.isComplete { words += "; incomplete, since a rule could not be run" }
    return words + "."
  }

  // MARK: Picture

  var table: HTMLLabel.Table {
    let isWide = width >= Self.wide
    let head = Self.titleHeight
    // Notes are measured bold and set plain, so they never take more lines than are there for them.
    let noteLines = notes.wrapped(toWidth: Double(width) * 1.05, size: 10, lines: 3)
    let legend = rows(of: legend(inScenario: panel.isHarmed))
    let rowCount = max(
      legend.count, rows(of: self.legend(inScenario: false)).count,
      rows(of: self.legend(inScenario: true)).count)
    var rows: [(height: Int, content: HTMLLabel?)] = []
    if isWide {
      let titleWidth = titleWidth
      rows.append(
        (
          head,
          row(
            [
              DiagramDrawing.leftCell(width: titleWidth, height: head, columns: 1, titleText(titleWidth)),
              DiagramDrawing.leftCell(
                width: width - titleWidth, height: head, columns: 1,
                .table(figureTable(width - titleWidth))),
            ], height: head)
        ))
    } else {
      rows.append((head, titleText(width)))
      rows.append((42, .table(figureTable(width))))
    }
    rows.append((10, nil))
    for index in 0..<rowCount {
      rows.append(
        (Self.legendHeight, index < legend.count ? row(legend[index], height: Self.legendHeight) : nil))
    }
    rows.append((6, nil))
    for line in noteLines {
      rows.append(
        (
          14,
          .text([.font(color: theme.muted, size: 10, [.text(line)]), .lineBreak(.left)])
        ))
    }
    rows.append((14, nil))
    return .init(
      style: .init(
        border: 0, height: rows.reduce(0) { $0 + $1.height }, isFixedSize: true, padding: 0, spacing: 0,
        width: width),
      cellBorder: 0,
      rows: rows.map { height, content in
        [
          .init(
            style: .init(alignment: .left, height: height, isFixedSize: true, width: width), content)
        ]
      })
  }

  private static let titleHeight = 58

  /// The room for title and subtitle beside the figures.
  private var titleWidth: Int {
    let needed = max(
      model.network.title.truncated(to: 100).boldWidth(size: 26),
      subtitle.truncated(to: 200).boldWidth(size: 13) * 0.95)
    return min(width * 11 / 20, max(420, Int(needed) + 50))
  }

  private static let legendHeight = 20

  /// A row of cells as wide as the picture, since Graphviz would stretch cells that leave room.
  private func row(_ cells: [HTMLLabel.Cell], height: Int) -> HTMLLabel {
    .table(strip(cells, width, height))
  }

  private func strip(_ cells: [HTMLLabel.Cell], _ width: Int, _ height: Int) -> HTMLLabel.Table {
    let room = width - cells.reduce(0) { $0 + ($1.style.width ?? 0) }
    var cells = cells
    if room > 0 { cells.append(.init(style: .init(height: height, isFixedSize: true, width: room))) }
    return .init(
      style: .init(border: 0, height: height, isFixedSize: true, padding: 0, spacing: 0, width: width),
      cellBorder: 0, rows: [cells])
  }

  private func titleText(_ width: Int) -> HTMLLabel {
    let title = model.network.title.fitted(toWidth: Double(width) - 12, size: 26)
    let words = subtitle.truncated(to: 400).fitted(toWidth: Double(width - 12) * 1.06, size: 13)
    return .text([
      .bold([.font(color: theme.ink, size: 26, [.text(title)])]), .lineBreak(.left),
      .font(size: 4, [.text(" ")]), .lineBreak(.left),
      .font(color: panel.isHarmed ? theme.banned : theme.muted, size: 13, [.text(words)]), .lineBreak(.left),
    ])
  }

  private func figureTable(_ width: Int) -> HTMLLabel.Table {
    var cells: [HTMLLabel.Cell] = []
    var left = width
    for figure in figures {
      let needed = max(figure.value.boldWidth(size: 22), figure.text.boldWidth(size: 10) * 0.97)
      let own = min(left, Int(needed) + 26)
      guard own > 40 else { break }
      left -= own
      cells.append(
        DiagramDrawing.leftCell(
          width: own, height: 42, columns: 1,
          .text([
            .bold([
              .font(color: figure.isSevere ? theme.banned : theme.ink, size: 22, [.text(figure.value)])
            ]), .lineBreak(.left),
            .font(
              color: theme.muted, size: 10,
              [.text(figure.text.fitted(toWidth: Double(own) * 1.06, size: 10))]), .lineBreak(.left),
          ])))
    }
    return strip(cells, width, 42)
  }

  // MARK: Legend

  /// A sign and what it means.
  private struct Entry {
    var sign: HTMLLabel.Table
    var text: String

    var width: Int { 34 + Int(text.boldWidth(size: 10) * 0.96) + 20 }
  }

  /// The legend's rows, as many entries in each as the width holds.
  private func rows(of parts: [[Entry]]) -> [[HTMLLabel.Cell]] {
    var rows: [[HTMLLabel.Cell]] = []
    for entries in parts {
      var used = width
      for entry in entries {
        if used + entry.width > width {
          rows.append([])
          used = 0
        }
        used += entry.width
        rows[rows.count - 1] += [
          DiagramDrawing.leftCell(width: 34, height: Self.legendHeight, columns: 1, .table(entry.sign)),
          DiagramDrawing.leftCell(
            width: entry.width - 34, height: Self.legendHeight, columns: 1,
            .text([.font(color: theme.ink, size: 10, [.text(entry.text)]), .lineBreak(.left)])),
        ]
      }
    }
    return rows
  }

  /// First what fills mean, then signs and lines.
  private func legend(inScenario isHarmed: Bool) -> [[Entry]] {
    var parts: [[Entry]] = []
    if request.kind == .beforeAfter { parts.append(fills(inScenario: false)) }
    parts.append(fills(inScenario: isHarmed || request.kind == .beforeAfter))
    parts.append(signs(inScenario: isHarmed || request.kind == .beforeAfter))
    return parts
  }

  private func fills(inScenario isHarmed: Bool) -> [Entry] {
    var words: [(DiagramTheme.Step, String)]
    if request.kind == .singlePoints {
      words = [
        (.unharmed, "stops under 10 % of the products"), (.medium, "10 – 35 %"), (.high, "35 – 60 %"),
        (.critical, "over 60 %"), (.dark, "stops all"), (.aside, "can be replaced"),
      ]
    } else if isHarmed {
      words = [
        (.unharmed, "loses under 10 %"), (.medium, "loses 10 – 35 %"), (.high, "loses 35 – 60 %"),
        (.critical, "loses over 60 %"), (.dark, "loses all"), (.notKnown, "not running before"),
      ]
      if request.kind == .spread { words.append((.aside, "not reached")) }
    } else {
      words = [
        (.unharmed, "under 30 % of its stage"), (.medium, "30 – 50 %"), (.high, "50 – 70 %"),
        (.critical, "over 70 %"), (.notKnown, "size not known"),
      ]
    }
    if request.highlighted != nil, request.kind != .singlePoints {
      words.append((.aside, "not what is highlighted"))
    }
    return words.map { step, text in
      let look = theme.fill(step)
      return Entry(
        sign: .init(
          style: .init(
            background: look.fill, border: 1, borderColor: look.line, height: 14, isFixedSize: true,
            padding: 0,
            spacing: 0, width: 26), cellBorder: 0, rows: [[.init()]]),
        text: text)
    }
  }

  /// Signs are drawn from coloured cells: fonts that show lines and boxes as letters are not installed everywhere.
  private func signs(inScenario isHarmed: Bool) -> [Entry] {
    typealias Part = (width: Int, height: Int, colour: String?)
    func sign(_ parts: [Part]) -> HTMLLabel.Table {
      // An empty cell as high as a letter keeps the others in the middle of the line.
      let cells = (parts + [(width: 1, height: 11, colour: nil)]).map {
        HTMLLabel.Cell(
          style: .init(background: $0.colour, height: $0.height, isFixedSize: true, width: $0.width))
      }
      return .init(
        style: .init(
          border: 0, height: 14, isFixedSize: true, padding: 0, spacing: 0,
          width: 1 + parts.reduce(0) { $0 + $1.width }), cellBorder: 0, rows: [cells])
    }
    func dashes(_ width: Int, _ gap: Int, _ count: Int, _ colour: String) -> [Part] {
      (0..<count).flatMap { index -> [Part] in
        index == 0 ? [(width, 2, colour)] : [(gap, 2, nil), (width, 2, colour)]
      }
    }
    func arrow(_ width: Int, _ height: Int, _ colour: String) -> [Part] {
      [(width, height, colour), (2, 9, colour), (2, 7, colour), (2, 5, colour), (2, 3, colour)]
    }
    var entries = [Entry(sign: sign([(26, 3, theme.flow)]), text: "flow, the wider the larger")]
    if isHarmed {
      entries += [
        Entry(sign: sign(dashes(6, 3, 3, theme.banned) + [(2, 10, theme.banned)]), text: "banned"),
        Entry(sign: sign(dashes(2, 3, 6, theme.starved)), text: "seller has lost over half"),
        Entry(sign: sign(arrow(18, 2, theme.surviving)), text: "way around the ban"),
      ]
    }
    if request.showsWitness {
      entries.append(
        Entry(sign: sign(arrow(18, 3, theme.ink)), text: "the way from a single point to what it stops"))
    }
    entries.append(
      Entry(sign: sign([(10, 5, theme.bar), (16, 5, theme.columnLine)]), text: "share of its stage"))
    let double = HTMLLabel.Table(
      style: .init(
        border: 1, borderColor: theme.muted, height: 14, isFixedSize: true, padding: 0, spacing: 2, width: 26),
      cellBorder: 0,
      rows: [
        [.init(style: .init(border: 1, borderColor: theme.muted, height: 8, isFixedSize: true, width: 20))]
      ])
    entries.append(Entry(sign: double, text: "double border: single point of failure"))
    if model.cells.cells.contains(where: \.isCollapsed) {
      entries.append(Entry(sign: DiagramDrawing.stack(theme.muted), text: "several drawn as one"))
    }
    if panel.isFailing.contains(true) {
      entries.append(Entry(sign: swatch(.dark), text: "heavy border: fails"))
    }
    if request.findings != nil {
      // All of them, so that the legend takes the same room whatever is found.
      entries += FindingSeverity.allCases.reversed().map { severity in
        let letter = DiagramMark.letter(of: severity)
        return Entry(
          sign: drawing.sign(severity == .critical ? "\(letter) 2" : letter, severity, width: 26),
          text: severity == .critical ? "critical findings of rules, and how many" : severity.rawValue)
      }
    }
    return entries
  }

  private func swatch(_ step: DiagramTheme.Step) -> HTMLLabel.Table {
    let look = theme.fill(step)
    return .init(
      style: .init(
        background: look.fill, border: 2, borderColor: look.line, height: 14, isFixedSize: true, padding: 0,
        spacing: 0, width: 26), cellBorder: 0, rows: [[.init()]])
  }
}
