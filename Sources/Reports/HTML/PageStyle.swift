extension WebReport {
  /// The style of the page: the colours of the themes, what a file says, and how far the picture may be blown up.
  static func style(for diagram: String) -> String {
    var limit = ""
    if let box = diagram.firstRange(of: "viewBox=\"") {
      let numbers = diagram[box.upperBound...].prefix(80).prefix { $0 != "\"" }.split(separator: " ")
      if numbers.count == 4, let width = Double(numbers[2]), width > 0, width < 1e6 {
        limit = "#diagram svg{max-width:\(decimal(max(760, width * 1.4)))px}\n"
      }
    }
    return colours + TimelineChart.pageStyle + String(decoding: PackageResources.report_css, as: UTF8.self)
      + limit
  }

  static let script = String(decoding: PackageResources.report_js, as: UTF8.self)

  /// The colours of pictures as variables, so that page and picture always agree.
  private static var colours: String {
    func variables(_ theme: DiagramTheme) -> String {
      var text =
        "--back:\(theme.background);--ink:\(theme.ink);--muted:\(theme.muted);--column:\(theme.column);"
        + "--rule:\(theme.columnLine);--flow:\(theme.flow);--banned:\(theme.banned);--starved:\(theme.starved);"
        + "--surviving:\(theme.surviving);--bar:\(theme.bar);--track:\(theme.barBackground);--badge:\(theme.badgeInk);"
      for step in DiagramTheme.Step.allCases {
        let look = theme.fill(step)
        text +=
          "--f\(step.rawValue):\(look.fill);--l\(step.rawValue):\(look.line);--t\(step.rawValue):\(look.ink);"
          + "--b\(step.rawValue):\(look.bar);"
      }
      return text
    }
    let steps = DiagramTheme.Step.allCases.map { step in
      ".step-\(step){--f:var(--f\(step.rawValue));--l:var(--l\(step.rawValue));--t:var(--t\(step.rawValue));"
        + "--b:var(--b\(step.rawValue))}"
    }
    return ":root{\(variables(.light))}\n@media (prefers-color-scheme:dark){:root{\(variables(.dark))}}\n"
      + "@media print{:root{\(variables(.light))}}\n" + steps.joined() + "\n"
  }
}
