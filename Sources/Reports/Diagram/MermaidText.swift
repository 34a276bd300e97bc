import RiskAnalysis
import SupplyModel

/// Writes a diagram's boxes and lines in the language of Mermaid.
struct MermaidText {
  static let mostLines = 500
  static let mostCharacters = 50_000

  let text: String

  init(of model: DiagramModel) {
    let panel = model.panel
    let title = DiagramTitle(of: DiagramDrawing(model: model))
    var boxes =
      "---\ntitle: \"\(Self.escaped("\(model.network.title). \(title.subtitle)", limit: 160))\"\n---\n"
    boxes += "flowchart LR\n"
    for (column, points) in model.columns.enumerated() {
      let stage = model.routes.stages[column]
      let name =
        stage == model.network.stages.count ? "Products" : model.network.stages.rows[stage].name
      var heading = Self.escaped("\(column + 1) \(name)", limit: 60)
      if stage < model.network.stages.count, let mark = panel.marksOfStage[stage] {
        heading += "<br/>\(mark.summary)"
      }
      boxes += "  subgraph s\(column)[\"\(heading)\"]\n"
      for point in points {
        guard case .cell(let cell) = model.routes.points[point] else { continue }
        boxes += "    " + Self.box(cell, of: model, in: panel) + "\n"
      }
      boxes += "  end\n"
    }
    let drawing = DiagramDrawing(model: model)
    var styles = ""
    for step in DiagramTheme.Step.allCases {
      let look = model.request.theme.fill(step)
      let dashes = step == .notKnown ? ",stroke-dasharray:4 3" : ""
      styles += "  classDef \(step) fill:\(look.fill),stroke:\(look.line),color:\(look.ink)\(dashes)\n"
    }
    for step in DiagramTheme.Step.allCases {
      let members = model.cells.cells.indices.filter { drawing.step($0, in: panel) == step }
      if !members.isEmpty {
        styles += "  class \(members.map { "c\($0)" }.joined(separator: ",")) \(step)\n"
      }
    }
    let thickest = model.flows.indices.sorted {
      (model.flows[$1].shareOfBuyer, $0) < (model.flows[$0].shareOfBuyer, $1)
    }
    var isDrawn = [Bool](repeating: false, count: model.flows.count)
    var room = Self.mostCharacters - boxes.count - styles.count - 200
    for index in thickest.prefix(Self.mostLines) {
      let line = Self.line(index, of: model, in: panel)
      guard line.count <= room else { break }
      room -= line.count
      isDrawn[index] = true
    }
    var lines = ""
    for index in model.flows.indices where isDrawn[index] {
      lines += Self.line(index, of: model, in: panel)
    }
    let left = isDrawn.count { !$0 }
    if left > 0 { lines += "  %% left out, since Mermaid draws no more: \(left) of the thinnest lines\n" }
    text = boxes + lines + styles
  }

  private static func box(_ index: Int, of model: DiagramModel, in panel: DiagramPanel) -> String {
    let cell = model.cells.cells[index]
    var words = [escaped((cell.badge.map { "\($0) " } ?? "") + cell.name, limit: 80)]
    if let share = cell.share { words.append("\(percent(share)) of its stage") }
    if panel.isFailing[index] {
      words.append("fails")
    } else if panel.isHarmed, let loss = panel.loss[index], loss > 0.005 {
      words.append("loses \(percent(loss))")
    }
    if panel.isSinglePoint(index) { words.append("single point of failure") }
    if let mark = panel.marks[index] { words.append(mark.summary) }
    let label =
      "\""
      + words.map { $0.replacing("<1", with: "#lt;1").replacing(">99", with: "#gt;99") }
      .joined(separator: "<br/>") + "\""
    return panel.isSinglePoint(index) ? "c\(index)[[\(label)]]" : "c\(index)[\(label)]"
  }

  private static func line(_ index: Int, of model: DiagramModel, in panel: DiagramPanel) -> String {
    let flow = model.flows[index]
    let isBanned = panel.isHarmed && panel.banned[index] > 0.5 * flow.shareOfBuyer
    let words = [isBanned ? "banned" : nil, panel.marksOfFlow[index]?.summary].compactMap { $0 }
    let isWide = flow.shareOfBuyer >= 0.3
    let arrow =
      isBanned
      ? "-. \(words.joined(separator: ", ")) .-x"
      : (isWide ? "==>" : "-->") + (words.isEmpty ? "" : "|\(words.joined(separator: ", "))|")
    return "  c\(flow.from) \(arrow) c\(flow.to)\n"
  }

  /// Text that Mermaid shows as it is: everything but letters, digits, blanks and a few signs becomes a number.
  private static func escaped(_ text: String, limit: Int) -> String {
    var output = ""
    for scalar in text.truncated(to: limit).unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", " ", ".", ",", ":", "-", "–", "−", "…", "%":
        output.unicodeScalars.append(scalar)
      case _ where scalar.isUnprintable || scalar.properties.isWhitespace: output += " "
      case _ where scalar.isASCII: output += "#\(scalar.value);"
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output
  }
}
