import RiskAnalysis
import RuleEngine
import SupplyModel

/// The measures of a diagram, in points.
struct DiagramMetrics {
  static let betweenColumns = 58.0
  static let columnMargin = 9.0
  static let nameSize = 10.5

  /// The room on the right of a box for what it loses.
  static let noteWidth = 50

  /// How many lines a name may take: two if one of the names needs them.
  let nameLines: Int

  /// The shape of each stage's boxes; the last is that of products.
  private let shapes: [Shape]

  /// Whether the boxes are those of a page: small, all of one width, and with outlines that the page draws.
  private let isInPage: Bool

  /// What a stage's boxes look like: heap, vessel, ingot, block, barrel, port; products are rounded boxes.
  enum Shape: String {
    case heap, hexagon, ingot, octagon, barrel, port, product

    /// By what the stage is called, else by its number.
    init(of stage: Stage, at position: Int) {
      let words = "\(stage.id) \(stage.name.truncated(to: 60))".lowercased()
      func isCalled(_ names: String...) -> Bool { names.contains { words.contains($0) } }
      if isCalled("stock", "reserve", "storage") {
        self = .barrel
      } else if isCalled("port", "shipping", "transit") {
        self = .port
      } else if isCalled("min", "quarr", "recycl") {
        self = .heap
      } else if isCalled("separat", "refin", "crack", "process") {
        self = .hexagon
      } else if isCalled("metal", "alloy", "powder", "smelt") {
        self = .ingot
      } else if isCalled("magnet", "wafer", "compon") {
        self = .octagon
      } else {
        self = [.heap, .hexagon, .ingot, .octagon][min(position, 3)]
      }
    }
  }

  init(of model: DiagramModel) {
    shapes =
      model.network.stages.rows.enumerated().map { Shape(of: $1, at: $0) } + [.product]
    isInPage = model.request.isInPage
    if isInPage {
      nameLines = 2
      return
    }
    let shapes = shapes
    let isLong = model.cells.cells.contains { cell in
      let width = Self.textWidth(of: shapes[cell.column], lines: 1) - (cell.badge == nil ? 4 : 32)
      return cell.name.fitted(toWidth: width, size: Self.nameSize) != cell.name
    }
    nameLines = isLong ? 2 : 1
  }

  /// The width of text in the boxes of a page.
  static let pageTextWidth = 106.0

  var betweenColumns: Double { isInPage ? 34 : Self.betweenColumns }
  var columnMargin: Double { isInPage ? 6 : Self.columnMargin }
  var boxHeight: Double { isInPage ? 47 : nameLines == 2 ? 56 : 46 }

  /// What the boxes of a stage look like.
  func shape(ofStage stage: Int) -> Shape { shapes[stage] }

  func textWidth(ofStage stage: Int) -> Double {
    isInPage ? Self.pageTextWidth : Self.textWidth(of: shapes[stage], lines: nameLines)
  }

  /// The room for text in a box.
  private static func textWidth(of shape: Shape, lines: Int) -> Double {
    guard lines == 2 else { return 176 }
    return switch shape {
    case .hexagon: 148
    case .product: 176
    default: 160
    }
  }

  /// How wide a stage's boxes are; the slanted sides of a shape take room.
  func boxWidth(ofStage stage: Int) -> Double {
    let text = textWidth(ofStage: stage)
    if isInPage { return text + 18 }
    return switch shapes[stage] {
    case .heap: text + 34
    case .hexagon: text * 1.5
    case .ingot: text + 34
    case .octagon: text * 1.35
    case .barrel, .port, .product: text + 16
    }
  }

  /// How much narrower than the name the line below it is, where the lower corners of a shape are cut off.
  func inset(ofStage stage: Int) -> Int {
    switch shapes[stage] {
    case .hexagon: 34
    case .octagon: 40
    default: 0
    }
  }

  /// The shape of a stage's boxes, which all take the same room, with a double border or without.
  func attributes(ofStage stage: Int, isDouble: Bool) -> GraphvizAttributes {
    let (width, height) = isDouble ? innerSize(ofStage: stage) : (boxWidth(ofStage: stage), boxHeight)
    if isInPage {
      return [.width: .number(width / 72), .height: .number(height / 72), .peripheries: 1, .shape: "box"]
    }
    // More than thousandths, since a hair's breadth moves the whole column.
    var attributes: GraphvizAttributes = [
      .width: .token("\(width / 72)"), .height: .token("\(height / 72)"),
      .peripheries: isDouble && canBeDouble(shapes[stage]) ? 2 : 1,
    ]
    switch shapes[stage] {
    case .heap: attributes.merge([.shape: "polygon", .sides: 4, .distortion: -0.1])
    case .hexagon: attributes[.shape] = "hexagon"
    case .ingot: attributes.merge([.shape: "polygon", .sides: 4, .skew: 0.1])
    case .octagon: attributes[.shape] = "octagon"
    case .barrel: attributes[.shape] = "cylinder"
    case .port: attributes[.shape] = "house"
    case .product: attributes.merge([.shape: "box", .style: "filled,rounded"])
    }
    return attributes
  }

  private func canBeDouble(_ shape: Shape) -> Bool { shape != .barrel && shape != .port }

  /// The size of the inner one of two borders, of which the outer one is as large as a single border.
  ///
  /// Graphviz draws the outer border 4 points away from the inner one, which at a corner of the angle *a* makes it
  /// wider by 4 cot(*a*/2).
  private func innerSize(ofStage stage: Int) -> (width: Double, height: Double) {
    let whole = boxWidth(ofStage: stage)
    guard canBeDouble(shapes[stage]) else { return (whole, boxHeight) }
    let height = boxHeight - 8
    func growth(_ width: Double) -> Double {
      func slanted(by part: Double) -> Double {
        let cotangent = part * width / height
        return 8 * (cotangent + (1 + cotangent * cotangent).squareRoot())
      }
      switch shapes[stage] {
      // What distortion and skew cut off at each side, as parts of the width, was measured.
      case .heap: return slanted(by: 0.065_734_72)
      case .ingot: return slanted(by: 0.047_393_9)
      case .hexagon:
        let slope = 2 * height / width
        return 8 * (1 + slope * slope).squareRoot() / slope
      case .octagon, .product, .barrel, .port: return 8
      }
    }
    var width = whole - 8
    for _ in 0..<40 { width = whole - growth(width) }
    // Graphviz draws whole points; rounded down, the box never pushes others away.
    return (Double(Int(width)), height)
  }

  /// The width of the whole picture, about: columns of these stages side by side.
  func pictureWidth(stages: [Int]) -> Double {
    stages.reduce(0) { $0 + boxWidth(ofStage: $1) + 2 * Self.columnMargin }
      + Self.betweenColumns * Double(max(0, stages.count - 1))
  }
}

extension DiagramDrawing {
  func step(_ cell: Int, in panel: DiagramPanel) -> DiagramTheme.Step {
    let box = model.cells.cells[cell]
    if panel.isFailing[cell] { return .dark }
    if panel.isAside[cell] { return .aside }
    if request.kind == .singlePoints {
      guard box.demands.isEmpty else { return panel.loss[cell] == nil ? .notKnown : .unharmed }
      return Self.step(ofPart: Double(panel.stopsProducts[cell]) / Double(max(1, panel.productsMade)))
    }
    if panel.isHarmed {
      guard let loss = panel.loss[cell] else { return .notKnown }
      return Self.step(ofPart: loss)
    }
    if case .demand = box.content { return panel.loss[cell] == nil ? .notKnown : .unharmed }
    guard let share = box.share else { return .notKnown }
    return switch share {
    case 0.7...: .critical
    case 0.5...: .high
    case 0.3...: .medium
    default: .unharmed
    }
  }

  private static func step(ofPart part: Double) -> DiagramTheme.Step {
    switch part {
    case (1 - 1e-9)...: .dark
    case 0.6...: .critical
    case 0.35...: .high
    case 0.1...: .medium
    default: .unharmed
    }
  }

  func box(_ index: Int, in panel: DiagramPanel) -> GraphvizAttributes {
    let cell = model.cells.cells[index]
    let step = step(index, in: panel)
    let look = theme.fill(step)
    let isPoint = panel.isSinglePoint(index) && !panel.isAside[index]
    var attributes = metrics.attributes(ofStage: cell.column, isDouble: isPoint && !request.isInPage)
    let isProduct = cell.column == model.network.stages.count
    if step == .notKnown, !request.isInPage {
      attributes[.style] = isProduct ? "filled,rounded,dashed" : "filled,dashed"
    }
    let isMeant = request.highlighted != nil && !panel.isAside[index]
    attributes.merge([
      .fixedsize: "true", .fillcolor: .token(look.fill), .color: .token(look.line),
      .penwidth: .number(
        request.isInPage ? 1.1 : isMeant || panel.isFailing[index] ? 2.6 : isPoint ? 1.8 : 1.1),
      .class: .token(
        (request.isInPage ? "shape-\(metrics.shape(ofStage: cell.column).rawValue) " : "")
          + "site step-\(step)" + (isPoint ? " single-point" : "")
          + (panel.isFailing[index] ? " failing" : "")
          + (panel.marks[index].map { " mark-\($0.worst.rawValue)" } ?? "")),
      .tooltip: .text(tooltip(index, in: panel)),
      .label: .html(
        .table(request.isInPage ? pageLabel(index, look) : label(index, look, in: panel))),
    ])
    if request.isInPage { attributes[.id] = .token("box-\(index)") }
    return attributes
  }

  /// Where it is and what it is called; below, how much of its stage it makes or what is wanted, and what it loses.
  private func label(
    _ index: Int, _ look: DiagramTheme.Fill, in panel: DiagramPanel
  ) -> HTMLLabel.Table {
    let cell = model.cells.cells[index]
    let width = Int(metrics.textWidth(ofStage: cell.column))
    let height = 14 * metrics.nameLines
    var top: [HTMLLabel.Cell] = []
    var nameWidth = width
    func add(_ sign: HTMLLabel.Table, width: Int) {
      top.append(.init(style: .init(height: height, isFixedSize: true, width: width), .table(sign)))
      top.append(.init(style: .init(height: height, isFixedSize: true, width: 5)))
      nameWidth -= width + 5
    }
    if let badge = cell.badge.map({ Self.short($0) }) {
      let badgeWidth = max(20, 8 + Int(badge.boldWidth(size: 9)))
      add(
        Self.plate(
          width: badgeWidth, height: 13, look.line,
          .text([.bold([.font(color: theme.badgeInk, size: 9, [.text(badge)])])])), width: badgeWidth)
    }
    if cell.isCollapsed { add(Self.stack(look.line), width: Self.stackSize) }
    let lines = cell.name.truncated(to: 200).wrapped(
      toWidth: Double(nameWidth - 3), size: DiagramMetrics.nameSize, lines: metrics.nameLines)
    let name = lines.flatMap { line -> [HTMLLabel.Run] in
      [
        .bold([.font(color: look.ink, size: DiagramMetrics.nameSize, [.text(line)])]),
        .lineBreak(.left),
      ]
    }
    top.append(Self.leftCell(width: nameWidth, height: height, columns: 1, .text(name)))

    var bottom: [HTMLLabel.Cell] = []
    let below = width - metrics.inset(ofStage: cell.column)
    let note = note(index, look, in: panel)
    let mark = panel.marks[index]
    // A mark stands before what is lost, or in its place.
    let isBoth = mark != nil && note != nil
    let room = below - DiagramMetrics.noteWidth - (isBoth ? Self.markWidth + 2 : 0)
    bottom.append(Self.leftCell(width: room, height: 15, columns: 1, second(index, room, look, in: panel)))
    let sign = mark.map { HTMLLabel.table(self.sign($0.sign, $0.worst)) }
    if isBoth {
      bottom.append(.init(style: .init(height: 15, isFixedSize: true, width: Self.markWidth + 2), sign))
    }
    bottom.append(
      .init(
        style: .init(alignment: .right, height: 15, isFixedSize: true, width: DiagramMetrics.noteWidth),
        note ?? sign))
    func row(_ cells: [HTMLLabel.Cell], width: Int, height: Int) -> [HTMLLabel.Cell] {
      [
        .init(
          style: .init(height: height, isFixedSize: true, width: width),
          .table(
            .init(
              style: .init(
                border: 0, height: height, isFixedSize: true, padding: 0, spacing: 0, width: width),
              cellBorder: 0, rows: [cells])))
      ]
    }
    return .init(
      style: .init(border: 0, padding: 0, spacing: 0), cellBorder: 0,
      rows: [row(top, width: width, height: height), row(bottom, width: below, height: 15)])
  }

  /// The widest note; a page puts what a box loses in its place, and lets it end at the same point.
  static let notePlaceholder = "−100 %"

  /// What it is called; below, where it is, how much of its stage it makes, and room for what it loses.
  private func pageLabel(_ index: Int, _ look: DiagramTheme.Fill) -> HTMLLabel.Table {
    let cell = model.cells.cells[index]
    let width = Int(DiagramMetrics.pageTextWidth)
    let lines = cell.name.truncated(to: 200).wrapped(
      toWidth: Double(width - 2), size: 9.5, lines: metrics.nameLines)
    let name = lines.flatMap { line -> [HTMLLabel.Run] in
      [.bold([.font(color: look.ink, size: 9.5, [.text(line)])]), .lineBreak(.left)]
    }
    var bottom: [HTMLLabel.Cell] = []
    let noteWidth = 42
    var room = width - noteWidth
    func add(_ sign: HTMLLabel.Table, width: Int) {
      bottom.append(.init(style: .init(height: 14, isFixedSize: true, width: width), .table(sign)))
      bottom.append(.init(style: .init(height: 14, isFixedSize: true, width: 4)))
      room -= width + 4
    }
    if let badge = cell.badge.map({ Self.short($0) }) {
      let badgeWidth = max(18, 6 + Int(badge.boldWidth(size: 8)))
      add(
        Self.plate(
          width: badgeWidth, height: 11, look.line,
          .text([.bold([.font(color: theme.badgeInk, size: 8, [.text(badge)])])])), width: badgeWidth)
    }
    if cell.isCollapsed { add(Self.stack(look.line), width: Self.stackSize) }
    let share: HTMLLabel? = cell.share.map { share in
      // The bar alone where number and bar do not fit.
      let whole = room >= 40 ? room - 26 : 0
      let filled = min(whole - 1, max(2, Int((share * Double(whole)).rounded())))
      func part(_ points: Int, _ colour: String?) -> HTMLLabel.Cell {
        .init(style: .init(background: colour, height: 4, isFixedSize: true, width: points))
      }
      let number = HTMLLabel.Cell(
        style: .init(
          alignment: .left, height: 11, isFixedSize: true, width: room - (whole > 0 ? whole + 3 : 0)),
        .text([.font(color: look.ink, size: 8, [.text(percent(share))])]))
      return .table(
        .init(
          style: .init(border: 0, height: 11, isFixedSize: true, padding: 0, spacing: 0, width: room),
          cellBorder: 0,
          rows: [
            whole > 0
              ? [part(filled, look.bar), part(whole - filled, theme.barBackground), part(3, nil), number]
              : [number]
          ]))
    }
    bottom.append(
      Self.leftCell(width: room, height: 14, columns: 1, share ?? .text([.font(size: 8, [.text(" ")])])))
    bottom.append(
      .init(
        style: .init(alignment: .right, height: 14, isFixedSize: true, width: noteWidth),
        .text([.bold([.font(color: theme.muted, size: 11, [.text(Self.notePlaceholder)])])])))
    func row(_ cells: [HTMLLabel.Cell], height: Int) -> [HTMLLabel.Cell] {
      [
        .init(
          style: .init(height: height, isFixedSize: true, width: width),
          .table(
            .init(
              style: .init(
                border: 0, height: height, isFixedSize: true, padding: 0, spacing: 0, width: width),
              cellBorder: 0, rows: [cells])))
      ]
    }
    let top = [Self.leftCell(width: width, height: 25, columns: 1, .text(name))]
    return .init(
      style: .init(border: 0, padding: 0, spacing: 0), cellBorder: 0,
      rows: [row(top, height: 25), row(bottom, height: 14)])
  }

  /// What stands below the name.
  private func second(
    _ index: Int, _ width: Int, _ look: DiagramTheme.Fill, in panel: DiagramPanel
  ) -> HTMLLabel {
    let cell = model.cells.cells[index]
    func words(_ text: String) -> HTMLLabel {
      // Letters that are not bold take a fourteenth less.
      .text([.font(color: look.ink, size: 9, [.text(text.fitted(toWidth: Double(width) * 1.06, size: 9))])])
    }
    if request.kind == .spread, let wave = panel.wave[index] { return words("reached at step \(wave)") }
    if let demand = cell.demands.first {
      return words(model.network.materials[model.network.demand[demand].material].name)
    }
    guard let share = cell.share else { return words("size n/a") }
    guard width >= Self.leastBarWidth else { return words(percent(share)) }
    return .table(bar(share, in: width, look))
  }

  /// What stands large in the corner: what is lost, how many products stop, or that it fails.
  private func note(_ index: Int, _ look: DiagramTheme.Fill, in panel: DiagramPanel) -> HTMLLabel? {
    func words(_ text: String, size: Double) -> HTMLLabel {
      .text([.bold([.font(color: look.ink, size: size, [.text(text)])])])
    }
    if panel.isFailing[index] { return words("fails", size: 13) }
    if request.kind == .singlePoints {
      let isProduct = !model.cells.cells[index].demands.isEmpty
      if isProduct {
        let points = panel.pointsOfProducts[index]
        return points > 0 ? words(counted(points, "point"), size: 11) : nil
      }
      let count = panel.stopsProducts[index]
      return count > 0 ? words("\(count) of \(panel.productsMade)", size: 12) : nil
    }
    guard panel.isHarmed, let loss = panel.loss[index], loss > 0.005 else { return nil }
    return words("−\(lossPercents(loss)) %", size: 13)
  }

  /// A cell of fixed size whose content starts at its left edge, where Graphviz would centre it.
  static func leftCell(
    width: Int, height: Int, columns: Int, _ content: HTMLLabel
  ) -> HTMLLabel.Cell {
    .init(
      style: .init(alignment: .left, height: height, isFixedSize: true, width: width), columns: columns,
      content)
  }

  /// A small filled rectangle with a word.
  private static func plate(
    width: Int, height: Int, _ colour: String, _ content: HTMLLabel
  ) -> HTMLLabel.Table {
    .init(
      style: .init(
        background: colour, border: 0, height: height, isFixedSize: true, padding: 0, spacing: 0,
        width: width),
      cellBorder: 0,
      rows: [
        [
          .init(
            style: .init(height: height, isFixedSize: true, verticalAlignment: .bottom, width: width), content
          )
        ]
      ])
  }

  /// From here on a bar and its share can be told apart.
  private static let leastBarWidth = 60

  static let markWidth = 32

  /// The sign of what rules found: a framed plate in the colour of the worst severity, with its letter and a number.
  func sign(_ words: String, _ severity: FindingSeverity, width: Int = Self.markWidth) -> HTMLLabel.Table {
    let look = theme.look(of: severity)
    let plate = HTMLLabel.Table(
      style: .init(
        background: look.fill, border: 1, borderColor: look.line, height: 13, isFixedSize: true, padding: 0,
        spacing: 0, width: width - 2),
      cellBorder: 0,
      rows: [
        [
          .init(
            style: .init(height: 11, isFixedSize: true, verticalAlignment: .bottom, width: width - 4),
            .text([.bold([.font(color: look.ink, size: 9, [.text(words)])])]))
        ]
      ])
    // A ring in the colour of the page, so that it stands out on a box of its own colour.
    return .init(
      style: .init(
        background: theme.background, border: 0, height: 15, isFixedSize: true, padding: 0, spacing: 0,
        width: width),
      cellBorder: 0,
      rows: [[.init(style: .init(height: 15, isFixedSize: true, width: width), .table(plate))]])
  }

  private static let stackSize = 12

  /// The sign of several sites in one box, 12 points wide and 13 high.
  static func stack(_ colour: String) -> HTMLLabel.Table {
    let bar = [
      HTMLLabel.Cell(style: .init(background: colour, height: 3, isFixedSize: true, width: 10))
    ]
    return .init(
      style: .init(border: 0, height: 13, isFixedSize: true, padding: 0, spacing: 1, width: stackSize),
      cellBorder: 0, rows: [bar, bar, bar])
  }

  /// The code of a country, or the first word of the id of a bloc.
  private static func short(_ badge: String) -> String {
    String(badge.prefix { $0 != "-" && $0 != "_" && $0 != " " }).fitted(toWidth: 42, size: 9)
  }

  /// A bar with its share beside it, as wide as the cell that it stands in.
  private func bar(_ share: Double, in width: Int, _ look: DiagramTheme.Fill) -> HTMLLabel.Table {
    let (whole, gap) = (min(64, width - 40), 6)
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

  private func tooltip(_ index: Int, in panel: DiagramPanel) -> String {
    let cell = model.cells.cells[index]
    var parts = [cell.isCollapsed ? "\(cell.badge ?? "several countries"): \(cell.name)" : cell.name]
    if !cell.isCollapsed, let badge = cell.badge { parts[0] += " (\(badge))" }
    if let share = cell.share { parts.append("\(percent(share)) of its stage") }
    if panel.isFailing[index] {
      parts.append("fails")
    } else if panel.isHarmed, let loss = panel.loss[index] {
      parts.append("loses \(percent(loss))")
    }
    if panel.isSinglePoint(index) {
      parts.append("single point of failure of \(counted(panel.stopsProducts[index], "product"))")
    }
    if let mark = panel.marks[index] { parts += mark.lines }
    if cell.isCollapsed {
      let names =
        cell.sites.map { model.network.sites[$0].name } + cell.demands.map { model.network.demand[$0].name }
      parts.append(names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : ""))
    }
    return parts.joined(separator: " | ").truncated(to: 600)
  }
}
