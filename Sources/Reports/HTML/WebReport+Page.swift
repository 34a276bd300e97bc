import Diagnostics
import RiskAnalysis
import RuleEngine
import SupplyModel

extension WebReport {
  /// The page.
  ///
  /// The same request and picture give the same text.
  ///
  /// - Parameter diagram: the picture of ``graph`` as SVG to be put into a page, with ids that start with `d-`; it must have been
  ///   made safe, as `GraphvizRenderer` does.
  /// - Returns: the whole file.
  public func html(diagram: String) -> String {
    let style = Self.style(for: diagram)
    let script = Self.script
    // Nothing is loaded and nothing is sent; style and script are those with these hashes and no others.
    let policy =
      "default-src 'none'; style-src 'sha256-\(SHA256(of: Array(style.utf8)).base64)'; "
      + "script-src 'sha256-\(SHA256(of: Array(script.utf8)).base64)'; img-src data:; base-uri 'none'; form-action 'none'"
    let head = HTML.element(
      "head",
      HTML.element("meta", ["charset": "utf-8"]),
      HTML.element("meta", ["http-equiv": "Content-Security-Policy", "content": policy]),
      HTML.element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
      HTML.element("meta", ["name": "color-scheme", "content": "light dark"]),
      HTML.element("meta", ["name": "generator", "content": "chokepoint \(request.version)"]),
      HTML.element("title", text: "\(network.title): supply risk report"),
      HTML.element("style", .trusted(style)))
    let body = HTML.element(
      "body", ["class": shown.kind == .baseline ? "calm" : ""],
      HTML.element("a", ["class": "skip", "href": "#products"], text: "Skip to the tables"),
      header,
      tools,
      HTML.element("main", [views(diagram)] + sections + [footer]),
      HTML.element("div", ["id": "tip", "aria-hidden": "true"]),
      HTML.element("script", ["type": "application/json", "id": "data"], .trusted(data.jsonText)),
      HTML.element("script", .trusted(script)))
    return "<!DOCTYPE html>\n" + HTML.element("html", ["lang": "en"], head, body).markup + "\n"
  }

  private var shown: PageScenario { scenarios[opening] }

  private var sections: [HTML] {
    [products, course, findings, stages, sitesTable, singlePoints, losses, scenarioSection]
      + request.supplements.map { section($0) }
      + [gaps, sources, method]
  }

  // MARK: Head

  private var header: HTML {
    let worst =
      worstBan.map { [HTML.element("a", ["class": "needs-js", "href": address(of: $0)], text: "Show it")] }
      ?? []
    let cards = (cards(of: shown) + fixedCards).enumerated().map { index, card -> HTML in
      var parts: [HTML] = [HTML.element("strong", text: card.value), HTML.element("span", text: card.label)]
      if index == 3 { parts += worst }
      return HTML.element(
        "div", ["class": card.isSevere ? "card severe" : "card", "id": "card-\(index)"], parts)
    }
    return HTML.element(
      "header",
      HTML.element(
        "div", ["class": "titles"],
        HTML.element("h1", text: network.title, limit: 160),
        HTML.element("p", ["id": "scenario-title"], text: shown.title, limit: 240),
        HTML.element("p", ["id": "about", "class": "about"], text: about(shown), limit: 400),
        HTML.element("p", ["id": "headline", "aria-live": "polite"], text: headline(of: shown))),
      HTML.element("section", ["id": "verdict", "aria-label": "Verdict"], cards))
  }

  private var tools: HTML {
    func option(_ index: Int) -> HTML {
      let scenario = scenarios[index]
      let title = scenario.title.truncated(to: 90)
      return index == opening
        ? HTML.element("option", ["value": scenario.id, "selected": ""], text: title)
        : HTML.element("option", ["value": scenario.id], text: title)
    }
    func group(_ name: String, _ kind: (PageScenario.Kind) -> Bool) -> HTML {
      let members = scenarios.indices.filter { kind(scenarios[$0].kind) }
      return members.isEmpty ? .empty : HTML.element("optgroup", ["label": name], members.map { option($0) })
    }
    let choices = [
      option(0), group("Scenarios") { $0 == .named },
      group("One country bans all of its exports, the worst first") {
        if case .ban = $0 { true } else { false }
      },
    ]
    func filter(_ id: String, _ label: String, _ all: String, _ options: [(String, String)]) -> HTML {
      HTML.element(
        "label", HTML.element("span", text: label),
        HTML.element(
          "select", ["id": "filter-\(id)"],
          [HTML.element("option", ["value": ""], text: all)]
            + options.map { HTML.element("option", ["value": $0.0], text: $0.1, limit: 60) }))
    }
    let countries = Set(network.sites.rows.compactMap(\.country))
      .union(network.demand.rows.compactMap { if case .country(let own) = $0.place { own } else { nil } })
    let blocs = Set(
      network.demand.rows.compactMap { if case .bloc(let bloc) = $0.place { bloc.id } else { nil } })
    let used = Set(materialsOfSite.joined()).union(network.demand.rows.map(\.material.position))
    return HTML.element(
      "nav", ["class": "tools needs-js", "aria-label": "What is shown"],
      HTML.element(
        "label", ["class": "wide"], HTML.element("span", text: "Scenario"),
        HTML.element("select", ["id": "scenario"], choices)),
      HTML.element(
        "button",
        ["id": "blink", "data-act": "blink", "type": "button", "aria-pressed": "false", "title": "Key B"],
        text: "Before / after"),
      HTML.element(
        "div", ["class": "switch", "role": "group", "aria-label": "View"],
        [("network", "Network"), ("sankey", "Countries and stages"), ("tiles", "Map")].map { id, name in
          HTML.element(
            "button",
            ["type": "button", "data-view": id, "aria-pressed": id == "network" ? "true" : "false"],
            text: name)
        }),
      HTML.element(
        "label", ["class": "wide"], HTML.element("span", text: "Find"),
        HTML.element(
          "input",
          [
            "id": "search", "type": "search", "placeholder": "site, country, product  /",
            "autocomplete": "off",
            "spellcheck": "false",
          ])),
      filter(
        "country", "Country", "all",
        countries.sorted { ($0.name, $0.code) < ($1.name, $1.code) }.map { ($0.code, $0.name) }
          + blocs.sorted().map { ($0, $0) }),
      filter("stage", "Stage", "all", columnNames.enumerated().map { ("\($0.offset)", $0.element) }),
      filter("material", "Material", "all", used.sorted().map { ("\($0)", network.materials.rows[$0].name) }),
      filter(
        "severity", "Severity", "all",
        [
          ("1", "medium or worse"), ("2", "high or worse"), ("3", "critical or worse"),
          ("4", "lost altogether"),
        ]),
      HTML.element("button", ["id": "reset", "data-act": "reset", "type": "button"], text: "Reset"))
  }

  /// The place of the page at which a scenario is shown.
  func address(of scenario: PageScenario) -> String {
    var text = "#s="
    for byte in scenario.id.utf8 {
      let scalar = Unicode.Scalar(byte)
      if scalar.properties.isASCIIHexDigit || scalar.isASCII && scalar.properties.isAlphabetic
        || byte == UInt8(ascii: "-")
      {
        text.unicodeScalars.append(scalar)
      } else {
        text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return text
  }

  // MARK: Views

  private func views(_ diagram: String) -> HTML {
    let marks = marks(of: shown)
    let panel = shown.model.panel
    let boxes = model.cells.cells.indices.map { index -> PageDiagram.Box in
      let cell = model.cells.cells[index]
      let id =
        cell.isCollapsed
        ? nil
        : cell.sites.first.map { network.sites[$0].id } ?? cell.demands.first.map { network.demand[$0].id }
      return PageDiagram.Box(id: id, note: note(panel, index), mark: marks[index])
    }
    let label =
      "Who supplies whom in \(network.title.truncated(to: 160)), stage by stage; the tables below have the losses in words."
    return HTML.element(
      "section", ["id": "views", "aria-label": "Views"],
      HTML.element(
        "figure", ["id": "view-network", "class": "view"],
        HTML.element(
          "div", ["class": "zoom needs-js", "role": "group", "aria-label": "Zoom"],
          HTML.element("button", ["type": "button", "data-act": "in", "aria-label": "Larger"], text: "+"),
          HTML.element("button", ["type": "button", "data-act": "out", "aria-label": "Smaller"], text: "−"),
          HTML.element(
            "button", ["type": "button", "data-act": "fit", "aria-label": "Whole picture"], text: "Fit")),
        legend,
        HTML.element(
          "div", ["id": "diagram"], .trusted(PageDiagram(boxes: boxes, label: label).styled(diagram))),
        HTML.element("p", ["class": "about"], text: scopeNote)),
      sankeyView, tilesView,
      HTML.element(
        "aside", ["id": "details", "class": "needs-js", "aria-live": "polite", "aria-label": "Details"],
        HTML.element(
          "p", ["class": "hint"],
          text:
            "Point at a box to see all that it hangs on and all that hangs on it; click to keep it. Keys: arrows move, Enter keeps, Esc releases, / finds, B flips before and after."
        )))
  }

  private func note(_ panel: DiagramPanel, _ box: Int) -> String {
    guard panel.isHarmed, let loss = panel.loss[box], loss > 0.005 else { return "" }
    return "−\(lossPercents(loss)) %"
  }

  /// For each box, how many findings there are in a scenario or whatever happens, and the worst of them.
  private func marks(of scenario: PageScenario) -> [(count: Int, severity: String)?] {
    var found = [(count: Int, severity: FindingSeverity)?](repeating: nil, count: model.cells.cells.count)
    let boxes = boxOfEntity
    for finding in (request.findings?.findings ?? []).prefix(Self.mostFindings)
    where finding.scenario == nil || scenarioID(of: finding) == scenario.id {
      for box in Set(entities(of: finding).compactMap { boxes[$0] }) {
        let before = found[box]
        found[box] = ((before?.count ?? 0) + 1, max(before?.severity ?? .info, finding.severity))
      }
    }
    return found.map { $0.map { ($0.count, $0.severity.rawValue) } }
  }

  private var legend: HTML {
    func item(_ sign: String, _ harmed: String, _ calm: String, step: String? = nil) -> HTML {
      let parts: [HTML] = [
        HTML.element("i", ["class": "sign \(sign)"]),
        HTML.element("span", ["class": "in-scenario"], text: harmed),
        HTML.element("span", ["class": "in-baseline"], text: calm),
      ]
      guard let step else { return HTML.element("li", ["class": calm.isEmpty ? "only-scenario" : ""], parts) }
      return HTML.element(
        "li",
        HTML.element(
          "button", ["type": "button", "data-step": step, "aria-pressed": "false"],
          parts + [HTML.element("b", text: "")])
      )
    }
    return HTML.element(
      "figcaption",
      HTML.element(
        "ul", ["class": "legend"],
        item("step-unharmed", "loses under 10 %", "under 30 % of its stage", step: "0"),
        item("step-medium", "10 – 35 %", "30 – 50 %", step: "1"),
        item("step-high", "35 – 60 %", "50 – 70 %", step: "2"),
        item("step-critical", "over 60 %", "over 70 %", step: "3"),
        item("step-dark", "loses all", "", step: "4"),
        item("step-notKnown", "not running before", "size not known", step: "5")),
      HTML.element(
        "ul", ["class": "legend"],
        item("line-flow", "flow, the wider the larger", "flow, the wider the larger"),
        item("line-banned", "stopped", ""),
        item("line-starved", "seller has lost over half", ""),
        item("line-surviving", "way around", ""),
        item("share", "share of its stage", "share of its stage"),
        item("double", "single point of failure", "single point of failure"),
        item("stack", "several drawn as one", "several drawn as one"),
        request.findings == nil ? .empty : item("dot", "findings of rules", "findings of rules")))
  }

  private var scopeNote: String {
    let active = network.sites.rows.count(where: \.isActive)
    var words = counted(active, "active site")
    if model.cells.collapsedSites > 0 {
      words += ", \(model.cells.collapsedSites) of them drawn together by country"
    }
    let others = network.sites.count - active
    if others > 0 { words += "; \(others) planned, suspended or closed ones not drawn, but in the table" }
    words += ". Drawn are the largest flows into each box; a market counts with everyone’s share of it."
    if let day = network.asOf { words += " Figures as of \(day.truncated(to: 10))." }
    return words
  }

  // MARK: Tables

  /// A table in a frame that scrolls; columns whose names end in `#` hold numbers, and all can be sorted.
  func table(
    _ columns: [(name: String, isNumber: Bool)], _ rows: [HTML], caption: String, isSortable: Bool = true
  ) -> HTML {
    let heads = columns.map { column -> HTML in
      let label: HTML =
        isSortable ? HTML.element("button", ["type": "button"], text: column.name) : .text(column.name)
      return column.isNumber
        ? HTML.element("th", ["scope": "col", "class": "number"], label)
        : HTML.element("th", ["scope": "col"], label)
    }
    return HTML.element(
      "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption],
      HTML.element(
        "table", ["class": isSortable ? "sortable" : ""],
        HTML.element("caption", text: caption),
        HTML.element("thead", HTML.element("tr", heads)), HTML.element("tbody", rows)))
  }

  func section(_ id: String, _ heading: String, about: String = "", _ content: HTML...) -> HTML {
    section(id, heading, about: about, content)
  }

  func section(_ id: String, _ heading: String, about: String = "", _ content: [HTML]) -> HTML {
    HTML.element(
      "section", ["id": id, "aria-label": heading],
      [HTML.element("h2", text: heading)]
        + (about.isEmpty ? [] : [HTML.element("p", ["class": "about"], text: about, limit: 1_000)]) + content)
  }

  /// A cell with a number for sorting and what a reader sees.
  private func number(_ value: Double?, _ text: String, class name: String = "number") -> HTML {
    HTML.element("td", ["class": name, "data-v": value.map { jsonNumber($0) } ?? "-1"], text: text)
  }

  private func step(_ loss: Double?) -> String {
    guard let loss else { return "notKnown" }
    return switch loss {
    case (1 - 1e-9)...: "dark"
    case 0.6...: "critical"
    case 0.35...: "high"
    case 0.1...: "medium"
    default: "unharmed"
    }
  }

  /// The name of a site or a product as a link to its box.
  private func reference(_ entity: Int) -> HTML {
    let box = boxOfEntity[entity]
    return HTML.element(
      "a", ["href": box.map { "#d-box-\($0)" } ?? "#sites", "data-e": "\(entity)"],
      text: name(ofEntity: entity), limit: 120)
  }

  private var products: HTML {
    let rows = network.demand.keys.sorted { one, other in
      let (a, b) = (shown.loss[one.position]?.told ?? -1, shown.loss[other.position]?.told ?? -1)
      return a != b ? a > b : one < other
    }
    .map { demand -> HTML in
      let entity = entity(demand)
      let loss = shown.loss[demand.position]
      return HTML.element(
        "tr", ["data-e": "\(entity)"],
        HTML.element("th", ["scope": "row"], reference(entity)),
        HTML.element("td", text: placeName(network.demand[demand].place)),
        HTML.element("td", text: network.materials[network.demand[demand].material].name, limit: 120),
        HTML.element("td", ["class": "state"], text: stateWords(demand)),
        HTML.element(
          "td",
          [
            "class": "number loss step-\(step(loss?.told))",
            "data-v": loss.map { jsonNumber($0.told) } ?? "-1",
          ],
          text: loss.map { lossWords($0) } ?? "n/a"),
        HTML.element("td", ["class": "number least"], text: leastWords(of: demand, shown)),
        HTML.element("td", ["class": "number range"], text: loss.map { rangeWords($0) } ?? ""),
        HTML.element("td", ["class": "cause"], text: mainCause(of: demand)),
        number(
          Double(shown.singlePoints.ofDemand[demand.position].count),
          "\(shown.singlePoints.ofDemand[demand.position].count)", class: "number points"))
    }
    return section(
      "products", "Products, worst first",
      about:
        "What each product loses of its supply if nobody finds a new supplier, at least if everybody reallocates as well as can be, and the range of the first that is left open by what is not recorded. Choose one to see why.",
      table(
        [
          ("Product", false), ("Wanted in", false), ("Made of", false), ("What happens", false),
          ("Loses", true), ("At least", true), ("Range", true), ("Most through", false),
          ("Single points", true),
        ], rows, caption: "Products in the scenario shown"))
  }

  private func stateWords(_ demand: Key<Demand>) -> String {
    guard let loss = shown.loss[demand.position] else { return "not made today" }
    if shown.stops.contains(demand) { return "stops" }
    if shown.outcome?.mayStop.contains(demand) ?? false { return "may stop" }
    return loss.told > 0.005 ? "loses" : "unharmed"
  }

  private func mainCause(of demand: Key<Demand>) -> String {
    guard let outcome = shown.outcome else { return "" }
    let most = outcome.dueTo[demand.position].max { $0.addedIfUncertainHolds < $1.addedIfUncertainHolds }
    guard let most, most.addedIfUncertainHolds > 1e-9 else { return "" }
    return outcome.inForce.scenario.name(of: most.cause, in: network)
  }

  private var sitesTable: HTML {
    let losses = shown.siteLosses(network)
    let made = materialsOfSite
    let boxes = boxOfEntity
    let rows = network.sites.keys.sorted { one, other in
      let (a, b) = (losses[one.position]?.loss.told ?? -1, losses[other.position]?.loss.told ?? -1)
      if a != b { return a > b }
      let (c, d) = (shares.ofSite[one.position] ?? -1, shares.ofSite[other.position] ?? -1)
      return c != d ? c > d : one < other
    }
    .map { key -> HTML in
      let site = network.sites[key]
      let loss = losses[key.position]
      let makes = made[key.position].map { network.materials.rows[$0].name }
      return HTML.element(
        "tr", ["data-e": "\(entity(key))"],
        HTML.element(
          "th", ["scope": "row"],
          boxes[key.position] == nil
            ? HTML.element(
              "a", ["href": "#details", "data-e": "\(entity(key))"], text: site.name, limit: 120)
            : reference(entity(key))),
        HTML.element("td", text: site.country?.name ?? "not known"),
        HTML.element("td", text: site.stage.map { network.stages[$0].name } ?? "–", limit: 80),
        HTML.element("td", text: site.operatorKey.map { network.operators[$0].name } ?? "–", limit: 120),
        HTML.element("td", text: makes.isEmpty ? "–" : list(makes, atMost: 2)),
        number(shares.ofSite[key.position], shares.ofSite[key.position].map { percent($0) } ?? "n/a"),
        HTML.element(
          "td",
          [
            "class": "number loss step-\(step(loss?.loss.told))",
            "data-v": loss.map { jsonNumber($0.loss.told) } ?? "-1",
          ],
          text: loss.map { lossWords($0.loss) } ?? site.status.rawValue))
    }
    return section(
      "sites", "Sites, worst first",
      about: "Every site of the network, with its share of what its stage makes.",
      table(
        [
          ("Site", false), ("Country", false), ("Stage", false), ("Operator", false), ("Makes", false),
          ("Share of stage", true), ("Loses", true),
        ], rows, caption: "Sites in the scenario shown"))
  }

  private var stages: HTML {
    func rows(_ grouping: Concentration.Grouping) -> [Concentration] {
      concentration.filter { $0.grouping == grouping && $0.basis == .sites }
    }
    let parents = rows(.parent)
    func tableRows(_ rows: [Concentration]) -> [HTML] {
      rows.map { row -> HTML in
        let parent = parents.first { $0.stage == row.stage && $0.subject == row.subject }
        let level = ConcentrationLevel(hhi: row.hhi)
        return HTML.element(
          "tr", ["data-stage": "\(row.stage.position)"],
          HTML.element(
            "th", ["scope": "row", "data-v": "\(row.stage.position)"], text: network.stages[row.stage].name,
            limit: 80),
          HTML.element("td", text: network.name(of: row.subject), limit: 80),
          HTML.element("td", text: row.largest?.name ?? "not known"),
          number(row.largest?.share, row.largest.map { percent($0.share) } ?? "n/a"),
          number(row.hhi, wholeNumber(row.hhi)),
          HTML.element("td", ["class": "level level-\(level.rawValue)"], text: level.rawValue),
          number(row.nMinus1, row.nMinus1.map { percent($0) } ?? "n/a"),
          HTML.element("td", text: parent?.largest?.name ?? "–", limit: 60),
          number(parent?.largest?.share, parent?.largest.map { percent($0.share) } ?? "n/a"),
          number(row.unattributed, percent(row.unattributed)),
          number(row.estimatedShare, percent(row.estimatedShare)))
      }
    }
    let columns: [(name: String, isNumber: Bool)] = [
      ("Stage", false), ("What", false), ("Largest country", false), ("Share", true), ("HHI", true),
      ("Level", false), ("N−1", true), ("Largest parent", false), ("Share", true),
      ("Country not known", true),
      ("Estimated", true),
    ]
    let main = mainRows
    let others = rows(.country).filter { !main.contains($0) }
    return section(
      "stages", "Stages and how concentrated they are",
      about:
        "By the sizes of sites. HHI by country: above 1,800 is high, from 1,000 moderate (US Merger Guidelines, 2023). N−1 is what is left without the largest country.",
      table(columns, tableRows(main), caption: "Concentration of each stage"),
      others.isEmpty
        ? .empty
        : HTML.element(
          "details",
          HTML.element(
            "summary", text: "\(counted(others.count, "more row")): further groups and single materials"),
          table(columns, tableRows(others), caption: "Concentration by group and material")))
  }

  private var singlePoints: HTML {
    var demands: [Element: [Key<Demand>]] = [:]
    var order: [Element] = []
    for demand in network.demand.keys {
      for element in shown.singlePoints.ofDemand[demand.position] {
        if demands[element] == nil { order.append(element) }
        demands[element, default: []].append(demand)
      }
    }
    let rows = order.enumerated().sorted {
      ((demands[$1.element]?.count ?? 0), $0.offset) < ((demands[$0.element]?.count ?? 0), $1.offset)
    }
    .prefix(60)
    .map { item -> HTML in
      let element = item.element
      let stopped = demands[element] ?? []
      let name: HTML
      if case .site(let site) = element {
        name = reference(entity(site))
      } else {
        name = .text(element.name(in: network))
      }
      return HTML.element(
        "tr",
        HTML.element("td", text: element.level.rawValue), HTML.element("th", ["scope": "row"], name),
        number(Double(stopped.count), "\(stopped.count)"),
        HTML.element("td", text: list(stopped.map { network.demand[$0].name }, atMost: 6)))
    }
    return section(
      "points", "Single points of failure",
      about: "One element whose failure alone stops a product, in the scenario shown.",
      HTML.element(
        "p", ["id": "no-points", "class": rows.isEmpty ? "" : "gone"],
        text: "There is none: whatever fails alone, every product that is made can still be made."),
      table(
        [("What", false), ("Name", false), ("Products", true), ("Which stop", false)], Array(rows),
        caption: "Single points of failure in the scenario shown"))
  }

  /// What every product loses in every scenario.
  private var losses: HTML {
    let columns = scenarios.indices.dropFirst()
    let rows = network.demand.keys.map { demand -> HTML in
      let cells = columns.map { index -> HTML in
        let loss = scenarios[index].loss[demand.position]
        let number = loss.map { loss in
          loss.told <= 0.005
            ? "·" : "\(lossPercents(loss.told))"
        }
        return HTML.element(
          "td", ["class": "heat step-\(step(loss?.told))", "data-s": "\(index)"], text: number ?? "n/a")
      }
      return HTML.element(
        "tr", ["data-e": "\(entity(demand))"],
        [HTML.element("th", ["scope": "row"], reference(entity(demand)))] + cells)
    }
    let heads = columns.map { index -> HTML in
      let scenario = scenarios[index]
      let name =
        if case .ban(let country) = scenario.kind { "\(country.code) bans exports" } else { scenario.title }
      return HTML.element(
        "th", ["scope": "col", "data-s": "\(index)", "title": scenario.title],
        HTML.element("a", ["href": address(of: scenario)], text: name, limit: 46))
    }
    return section(
      "losses", "Losses in every scenario",
      about:
        "In percent of each product’s supply, if nobody finds a new supplier; what is uncertain counts as holding. A dot is no loss.",
      HTML.element(
        "div",
        [
          "class": "scroll", "tabindex": "0", "role": "region",
          "aria-label": "Losses of products in every scenario",
        ],
        HTML.element(
          "table", ["class": "heatmap"],
          HTML.element("caption", text: "Losses of products in every scenario"),
          HTML.element(
            "thead", HTML.element("tr", [HTML.element("th", ["scope": "col"], text: "Product")] + heads)),
          HTML.element("tbody", rows))))
  }

  /// What holds in each scenario that somebody wrote.
  private var scenarioSection: HTML {
    let named = scenarios.filter { $0.kind == .named }
    if named.isEmpty { return .empty }
    let parts = named.map { scenario -> HTML in
      guard let outcome = scenario.outcome else { return .empty }
      let told = outcome.inForce.scenario
      func places(_ countries: [Country]?) -> String {
        guard let countries else { return "all" }
        if let bloc = network.blocs.first(where: { $0.members == countries }) { return bloc.id }
        return countries.isEmpty ? "–" : list(countries.map(\.name), atMost: 4)
      }
      func row(_ cells: [String], _ source: Key<Source>?) -> HTML {
        let origin = source.map { told.sources[$0] }
        var parts: [HTML] = [HTML.element("th", ["scope": "row"], text: cells[0], limit: 160)]
        for cell in cells.dropFirst() { parts.append(HTML.element("td", text: cell, limit: 160)) }
        parts.append(HTML.element("td", HTML.link(to: origin?.url, origin?.title ?? "–")))
        return HTML.element("tr", parts)
      }
      let controls = zip(told.controls.rows, outcome.inForce.statusOfControl).map { control, status in
        row(
          [
            control.name, control.kind.rawValue, places(control.issuers), places(control.targets),
            status.rawValue,
          ],
          control.source)
      }
      let outages = zip(told.outages, outcome.inForce.statusOfOutage).map { outage, status in
        row([Element(outage.subject).name(in: network), "outage", "–", "–", status.rawValue], outage.source)
      }
      let responses = zip(told.responses, outcome.inForce.statusOfResponse).map { response, status in
        row(
          [response.note ?? response.measure.kind, response.measure.kind, "–", "–", status.rawValue],
          response.source)
      }
      return HTML.element(
        "details",
        HTML.element("summary", text: scenario.title, limit: 160),
        HTML.element("p", ["class": "about"], text: about(scenario), limit: 1_000),
        table(
          [
            ("What", false), ("Kind", false), ("By", false), ("Against", false), ("Status", false),
            ("Source", false),
          ],
          controls + outages + responses, caption: "What holds: \(scenario.title.truncated(to: 120))",
          isSortable: false))
    }
    return section(
      "scenarios", "Scenarios of this page",
      about: "What holds in each of them, and on which day they are looked at.", parts)
  }

  private func section(_ supplement: Supplement) -> HTML {
    let id = String(
      supplement.id.filter { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "-" }.prefix(40))
    var content: [HTML] = []
    if let plot = supplement.plot { content.append(PlotDrawing(plot).html) }
    if let table = supplement.table {
      let rows = table.rows.map { cells -> HTML in
        HTML.element(
          "tr",
          zip(table.columns, cells).map { column, cell in
            column.isNumber
              ? HTML.element("td", ["class": "number"], text: cell) : HTML.element("td", text: cell)
          })
      }
      content.append(
        self.table(
          table.columns.map { ($0.name, $0.isNumber) }, rows, caption: supplement.heading, isSortable: false))
    }
    return section("more-\(id)", supplement.heading, about: supplement.about, .joined(content))
  }

  private var footer: HTML {
    HTML.element(
      "footer",
      HTML.element(
        "p",
        text:
          "Made by chokepoint \(request.version). This page is complete: it loads nothing and sends nothing.")
    )
  }
}
