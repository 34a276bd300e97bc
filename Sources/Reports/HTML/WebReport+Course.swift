import RiskAnalysis
import SupplyModel

/// By how much, and when: the loss if everybody reallocates, what more would be worth, and supply over time.
extension WebReport {
  /// What a product loses at least, if everybody reallocates; empty where it is not known, or nothing happens.
  func leastWords(of demand: Key<Demand>, _ scenario: PageScenario) -> String {
    guard let range = scenario.flexible?.ranges[demand.position] else { return "" }
    let (without, with) = (percent(range.expected), percent(range.ifUncertainHolds))
    return without == with ? without : "\(without) or \(with)"
  }

  /// A part for each scenario of a file; that of the scenario shown is open.
  var course: HTML {
    let parts = scenarios.indices.filter { scenarios[$0].kind == .named }.map { part($0) }
    if parts.isEmpty { return .empty }
    return section(
      "course", "By how much, and when",
      about:
        "For each scenario: which limits hold supply down if everybody reallocates, and what one more unit of each would be worth; and how supply runs from day to day if nobody does.",
      parts)
  }

  private func part(_ index: Int) -> HTML {
    let scenario = scenarios[index]
    let summary = HTML.element("summary", text: scenario.title, limit: 160)
    let content = HTML.joined([worth(of: scenario), plot(of: scenario, index)])
    // An attribute without a value cannot be left out by its value, so there are two forms.
    return index == opening
      ? .element("details", ["data-s": "\(index)", "open": ""], summary, content)
      : .element("details", ["data-s": "\(index)"], summary, content)
  }

  private func worth(of scenario: PageScenario) -> HTML {
    guard let outcome = scenario.outcome, let flexible = scenario.flexible else { return .empty }
    let report = ScenarioReport(outcome: outcome, flexible: flexible, top: 12, width: 100)
    let rows = report.bottleneckRows.map { row in
      HTML.element(
        "tr", HTML.element("th", ["scope": "row"], text: row.limit, limit: 200),
        HTML.element("td", ["class": "number"], text: row.today),
        HTML.element("td", text: row.gain, limit: 200))
    }
    if rows.isEmpty {
      let why =
        flexible.failure == nil
        ? "No single limit holds supply down." : "What reallocation could do is not known."
      return .element("p", ["class": "about"], text: why)
    }
    return table(
      [("Limit", false), ("Today", true), ("One more a year serves", false)], rows,
      caption: "What more would be worth under \(scenario.title)", isSortable: false)
  }

  private func plot(of scenario: PageScenario, _ index: Int) -> HTML {
    guard let timeline = scenario.timeline else {
      return .element(
        "p", ["class": "about"],
        text: "Neither the scenario nor the network says when it begins, so there is no timeline.")
    }
    let chart = TimelineChart(of: TimelineReport(of: timeline), theme: .page)
    return .trusted(chart.svg(inPage: "course-\(index)"))
  }
}
