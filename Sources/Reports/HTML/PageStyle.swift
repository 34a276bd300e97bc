extension WebReport {
  /// The style of the page: the colours of the themes, then what a file says.
  static let style =
    colours + TimelineChart.pageStyle + String(decoding: PackageResources.report_css, as: UTF8.self)

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
