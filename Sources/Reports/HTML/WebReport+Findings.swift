import Diagnostics
import RiskAnalysis
import RuleEngine
import SupplyModel

extension WebReport {
  /// What rules found, the worst first, with why it matters and how to mend it.
  var findings: HTML {
    guard let run = request.findings else {
      return section(
        "findings", "Findings of rules",
        HTML.element("p", text: "No rules were asked. Name some with --rules, such as --rules Rules."))
    }
    let counts = FindingSeverity.allCases.reversed().map { severity in
      (severity, run.findings.count { $0.severity == severity })
    }
    let asked = run.results.count { $0.notApplicable == nil && $0.problems.isEmpty }
    let clean = run.results.count {
      $0.notApplicable == nil && $0.problems.isEmpty && $0.findingCount == 0 && $0.inconclusiveCount == 0
    }
    let open = run.results.reduce(0) { $0 + $1.inconclusiveCount }
    let words =
      run.findings.isEmpty
      ? "No finding of \(counted(asked, "rule run"))."
      : "\(counted(run.findings.count, "finding")) of \(counted(asked, "rule run")), \(clean) of them clean; "
        + "\(counted(open, "subject")) could not be decided."
    let chips = counts.filter { $0.1 > 0 }.map { severity, count in
      HTML.element(
        "button",
        [
          "type": "button", "class": "chip severity-\(severity.rawValue)", "data-severity": severity.rawValue,
          "aria-pressed": "false",
        ],
        text: "\(severity.rawValue) \(count)")
    }
    let items = run.findings.prefix(Self.mostFindings).enumerated().map { item($1, $0, run) }
    let rest = run.findings.count - items.count
    let known = run.known.count + run.waived.count
    return section(
      "findings", "Findings of rules, worst first",
      HTML.element("p", ["class": "about"], text: words),
      HTML.element(
        "div", ["class": "chips needs-js", "role": "group", "aria-label": "Severity of findings"],
        chips + [
          HTML.element(
            "label", HTML.element("input", ["type": "checkbox", "id": "only-scenario"]),
            HTML.element("span", text: "only what holds in the scenario shown"))
        ]),
      HTML.element("ol", ["class": "findings"], items),
      rest > 0 ? HTML.element("p", text: "… and \(counted(rest, "more finding"))") : .empty,
      known > 0
        ? HTML.element(
          "p",
          text:
            "\(counted(run.waived.count, "finding")) waived, \(run.known.count) known from the baseline file."
        )
        : .empty,
      run.problems.isEmpty
        ? .empty
        : HTML.element(
          "div", ["class": "problems"],
          HTML.element(
            "p", text: "Incomplete: \(counted(run.problems.count, "rule")) could not be read or run."),
          HTML.element(
            "ul", run.problems.prefix(20).map { HTML.element("li", text: "\($0.id): \($0.summary)") })))
  }

  private func item(_ finding: Finding, _ position: Int, _ run: RuleRun) -> HTML {
    let rule = run.results.first { $0.rule.id == finding.ruleID }?.rule
    let scenario = scenarioID(of: finding)
    let entities = entities(of: finding)
    let places = entities.map { entity in
      HTML.element(
        "a", ["href": boxOfEntity[entity].map { "#d-box-\($0)" } ?? "#sites", "data-e": "\(entity)"],
        text: name(ofEntity: entity), limit: 80)
    }
    var details: [HTML] = []
    func add(_ label: String, _ content: HTML) {
      details.append(HTML.element("dt", text: label))
      details.append(HTML.element("dd", content))
    }
    if let why = rule?.why, !why.isEmpty { add("Why it matters", .text(why, limit: 1_200)) }
    if let fix = rule?.fix, !fix.isEmpty { add("How to mend it", .text(fix, limit: 1_200)) }
    for evidence in finding.evidence.prefix(8) where !evidence.text.isEmpty {
      if evidence.sites.isEmpty {
        add(evidence.name, .text(evidence.text))
      } else {
        let sites = evidence.sites.prefix(12).map { site in
          HTML.element(
            "a",
            [
              "href": boxOfEntity[site.position].map { "#d-box-\($0)" } ?? "#sites",
              "data-e": "\(entity(site))",
            ],
            text: network.sites[site].name, limit: 80)
        }
        add(evidence.name, .joined(sites, separator: .text(", ")))
      }
    }
    if !finding.estimates.isEmpty { add("Rests on estimates", .text(list(finding.estimates, atMost: 6))) }
    if let references = rule?.references, !references.isEmpty {
      add("References", .joined(references.prefix(6).map { .link(to: $0, $0) }, separator: .text("; ")))
    }
    add(
      "Rule",
      .text("\(finding.ruleID), version \(finding.ruleVersion)" + (rule?.file.map { ", \($0)" } ?? "")))
    let scenarioTitle = scenario.flatMap { id in scenarios.first { $0.id == id }?.title } ?? finding.scenario
    var line: [HTML] = [
      HTML.element(
        "b", ["class": "severity severity-\(finding.severity.rawValue)"], text: finding.severity.rawValue),
      .text(" "), HTML.element("span", text: finding.message, limit: 600),
    ]
    if finding.restsOnEstimates {
      line.append(HTML.element("i", ["class": "weak"], text: " rests on estimates"))
    }
    if let scenarioTitle, !finding.message.contains(scenarioTitle) {
      line.append(HTML.element("i", ["class": "where"], text: " in: \(scenarioTitle)", limit: 120))
    }
    var parts: [HTML] = [HTML.element("p", line)]
    if !places.isEmpty {
      parts.append(
        HTML.element("p", ["class": "places"], .text("At "), .joined(places, separator: .text(", "))))
    }
    parts.append(
      HTML.element(
        "details", HTML.element("summary", text: rule?.title ?? finding.ruleID), HTML.element("dl", details)))
    return HTML.element(
      "li",
      [
        "id": "finding-\(position)", "data-severity": finding.severity.rawValue,
        "data-scenario": scenario ?? "",
        "data-entities": entities.map { "\($0)" }.joined(separator: " "),
      ], parts)
  }

  // MARK: What is not known

  /// What was not evaluated, and which missing figures would decide most.
  var gaps: HTML {
    let missing = NotKnown(of: graph0)
    var lines: [String] = []
    func tell(_ count: Int, _ words: String, _ names: [String]) {
      if count > 0 { lines.append("\(words): \(list(names, atMost: 6)).") }
    }
    let buyers = missing.buyersWithoutSplit.map { buyer in
      switch buyer {
      case .site(let site, let material):
        material.map { "\(nameText(network.materials[$0].name)) at \(nameText(network.sites[site].name))" }
          ?? network.sites[site].name
      case .demand(let demand): network.demand[demand].name
      }
    }
    tell(
      buyers.count,
      "The split among suppliers is not recorded for \(counted(buyers.count, "need")), so their losses are ranges",
      buyers)
    tell(
      missing.sitesOfUnknownSize.count,
      "\(counted(missing.sitesOfUnknownSize.count, "maker")) of unknown size, counted in no share",
      missing.sitesOfUnknownSize.map { network.sites[$0].name })
    tell(
      missing.sitesWithoutCountry.count,
      "\(counted(missing.sitesWithoutCountry.count, "active site")) whose country is not known, hit by no ban",
      missing.sitesWithoutCountry.map { network.sites[$0].name })
    tell(
      missing.needsOfUnknownPurpose.count,
      "\(counted(missing.needsOfUnknownPurpose.count, "need")) of a technology for an unknown purpose",
      missing.needsOfUnknownPurpose.map { network.sites[$0.site].name })
    tell(
      missing.technologiesOfUnknownSuppliers.count,
      "\(counted(missing.technologiesOfUnknownSuppliers.count, "technology", "technologies")) whose possible suppliers are not known",
      missing.technologiesOfUnknownSuppliers.map { network.technologies[$0].name })
    let counts = FigureCounts(of: network)
    if counts.total > 0 {
      lines.append("Of \(counted(counts.total, "figure")) for the size of active sites: \(counts.words).")
    }
    var content: [HTML] = [HTML.element("ul", lines.map { HTML.element("li", text: $0, limit: 900) })]
    if let run = request.findings {
      let open = run.results.filter { $0.inconclusiveCount > 0 }
      if !run.missing.isEmpty {
        content.append(HTML.element("h3", text: "Missing figures that would decide most"))
        content.append(
          HTML.element(
            "ol",
            run.missing.prefix(15).map {
              HTML.element("li", text: "\($0.figure): \(counted($0.subjects, "subject"))")
            }))
      }
      if !open.isEmpty {
        content.append(HTML.element("h3", text: "Rules that could not be decided everywhere"))
        content.append(
          HTML.element(
            "ul",
            open.prefix(20).map { result in
              let place = result.scenario.map { ", in \($0)" } ?? ""
              return HTML.element(
                "li",
                text:
                  "\(result.rule.title) (\(result.rule.id)\(place)): \(counted(result.inconclusiveCount, "subject")) not decided"
              )
            }))
      }
      let idle = run.results.filter { $0.notApplicable != nil }
      if !idle.isEmpty {
        content.append(HTML.element("h3", text: "Rules that did not apply"))
        content.append(
          HTML.element(
            "ul",
            idle.prefix(30).map {
              HTML.element("li", text: "\($0.rule.title) (\($0.rule.id)): \($0.notApplicable ?? "")")
            }))
      }
    }
    return section(
      "gaps", "What is not known", about: "What was not evaluated, and what would change the numbers.",
      content)
  }

  // MARK: Sources and method

  var sources: HTML {
    let uses = usesOfSources
    let rows = network.sources.keys.map { key -> HTML in
      let source = network.sources[key]
      return HTML.element(
        "tr", ["id": "source-\(key.position)"],
        HTML.element("th", ["scope": "row"], .link(to: source.url, source.title)),
        HTML.element("td", text: source.publisher ?? "–", limit: 120),
        HTML.element("td", text: source.date ?? "–", limit: 40),
        HTML.element(
          "td", ["class": "number", "data-v": "\(uses[key.position])"], text: wholeNumber(uses[key.position]))
      )
    }
    return section(
      "sources", "Sources", about: "Where the figures and statements of the network come from.",
      [
        table(
          [("Source", false), ("Publisher", false), ("Date", false), ("Used for rows", true)], rows,
          caption: "Sources")
      ])
  }

  /// How many figures and rows name each source.
  private var usesOfSources: [Int] {
    var counts = [Int](repeating: 0, count: network.sources.count)
    func count(_ key: Key<Source>?) { if let key { counts[key.position] += 1 } }
    for operation in network.operations {
      count(operation.output?.source)
      count(operation.capacity?.source)
    }
    for site in network.sites.rows { count(site.source) }
    for flow in network.flows.rows {
      count(flow.source)
      count(flow.volume?.source)
    }
    for statistic in network.statistics { count(statistic.amount.source) }
    for demand in network.demand.rows { count(demand.amount?.source) }
    return counts
  }

  var method: HTML {
    let paragraphs = [
      "The network is read as an AND-OR graph: a process needs all of its inputs, and each input at least one supplier that is left. A product stops when no way to it is complete any more, whoever would have to find a new supplier.",
      "A loss is what is missing if nobody finds a new supplier: each buyer keeps the shares of its suppliers, and a process runs as far as its scarcest input allows. Where the split among suppliers was not recorded, the range tells the least and the most that the loss can be. Controls of which it is not known whether they hold count as holding in the figure that is told first; the range covers both.",
      "A single point of failure is one site, operator, ultimate parent, country or technology whose failure alone stops a product.",
      "A ban of one country closes every way across its border; what it makes for itself goes on. Prices, stocks that no scenario releases, new plants and smuggling are left out. A site that is not in the network does not exist for it: a way around through such a site is not seen.",
      "Losses are parts of the baseline year, not forecasts.",
    ]
    let command = request.command.map { shellWord(printable($0)) }.joined(separator: " ")
    return section(
      "method", "Method and limits",
      paragraphs.map { HTML.element("p", text: $0, limit: 1_000) } + [
        command.isEmpty
          ? .empty
          : HTML.element(
            "div", HTML.element("p", text: "This page was made by:"),
            HTML.element("pre", HTML.element("code", text: command, limit: 2_000)))
      ])
  }
}
