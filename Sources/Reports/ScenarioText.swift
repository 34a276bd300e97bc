public import RiskAnalysis
import SupplyModel

/// What `chokepoint analyze -s` prints for a reader: what holds, what it costs and why.
public enum ScenarioText {
  /// The report on a scenario.
  ///
  /// - Parameters:
  ///   - outcome: what the scenario does.
  ///   - top: how many rows a table has at most; the rest is counted. Taken as 1 if it is less.
  ///   - width: the columns of the terminal, from 80 to 200.
  ///   - name: what the user calls the network on a command line.
  ///   - scenario: what the user calls the scenario there.
  /// - Returns: the report; the same outcome gives the same text.
  public static func text(
    of outcome: ScenarioOutcome, top: Int, width: Int, named name: String, scenario: String
  ) -> StyledText {
    let report = ScenarioReport(outcome: outcome, top: max(1, top), width: terminalWidth(width))
    var text = report.verdict
    for section in [
      report.holds, report.products, report.sites, report.technology, report.newSinglePoints, report.notKnown,
    ] where !section.lines.isEmpty {
      text.add()
      text.add(section)
    }
    text.add()
    text.add(report.nextCommands(named: name, scenario: scenario))
    return text
  }
}

/// The sections of the report; one that has nothing to say is empty.
struct ScenarioReport: ReportParts {
  let outcome: ScenarioOutcome
  let top: Int
  let width: Int

  var network: SupplyNetwork { outcome.graph.network }
  private var scenario: Scenario { outcome.inForce.scenario }

  private var met: [Key<Demand>] { network.demand.keys.filter { outcome.loss[$0.position] != nil } }

  // MARK: Verdict

  var verdict: StyledText {
    var text = StyledText()
    let day = outcome.inForce.day.map { ", on \($0)" } ?? ""
    text.add(
      words: StyledText.Span.words("\(scenario.title)\(day)", .title), width: width)
    let date = network.asOf.map { " as of \($0)" } ?? ""
    text.add(
      words: StyledText.Span.words(
        "On \(nameText(network.title))\(date); loss is what is missing if nobody finds a new supplier."),
      width: width)
    for (level, sentence) in sentences {
      text.add(
        words: [level.span(colon: true)] + StyledText.Span.words(sentence, .strong), width: width, hanging: 2)
    }
    return text
  }

  private var sentences: [(SeverityWord, String)] {
    let losses = met.compactMap { outcome.loss[$0.position] }
    if losses.isEmpty { return [(.warning, "no product can be made even without the scenario")] }
    let count = counted(met.count, "product")
    var sentences: [(SeverityWord, String)] = []
    if !outcome.stops.isEmpty {
      sentences.append(
        (.severe, "\(outcome.stops.count) of \(count) stop: \(list(names(of: outcome.stops), atMost: 4))"))
    }
    if !outcome.mayStop.isEmpty {
      sentences.append(
        (
          .warning,
          "\(outcome.mayStop.count) of \(count) may stop, which depends on what is not known: "
            + list(names(of: outcome.mayStop), atMost: 4)
        ))
    }
    let hit = losses.count { $0.high > 1e-9 }
    if hit == 0 {
      sentences.append((.good, "no product loses anything"))
    } else {
      func mean(_ value: KeyPath<Loss, Double>) -> Double {
        losses.reduce(0) { $0 + $1[keyPath: value] } / Double(losses.count)
      }
      let estimate =
        losses.contains { $0.isUndecided }
        ? "\(percent(mean(\.rigid))) to \(percent(mean(\.rigidIfUncertainHolds)))" : percent(mean(\.rigid))
      let level: SeverityWord =
        losses.contains { $0.rigidIfUncertainHolds >= 0.5 } ? .severe : .warning
      sentences.append(
        (level, "\(hit) of \(count) lose something or may; mean loss \(estimate), each product alike"))
    }
    return sentences
  }

  // MARK: What holds

  var holds: StyledText {
    var table = TextTable([.text("what"), .text("kind"), .text("by"), .text("against"), .text("status")])
    for (control, status) in zip(scenario.controls.rows, outcome.inForce.statusOfControl) {
      table.add(
        .init(
          [
            .init(control.name, .strong), .init(control.kind.rawValue),
            .init(places(control.issuers, otherwise: "–")),
            .init(places(control.targets, otherwise: "all")), span(of: status),
          ],
          details: dateDetails(control)))
    }
    for (outage, status) in zip(scenario.outages, outcome.inForce.statusOfOutage) {
      table.add(
        .init([
          .init(Element(outage.subject).name(in: network), .strong), .init("outage"), .init("–"), .init("–"),
          span(of: status),
        ]))
    }
    for (response, status) in zip(scenario.responses, outcome.inForce.statusOfResponse) {
      table.add(
        .init([
          .init(name(of: response.measure), .strong), .init(response.measure.kind), .init("–"), .init("–"),
          span(of: status),
        ]))
    }
    let day = outcome.inForce.day.map { " on \($0)" } ?? ""
    return section("What holds\(day)", table, more: 0, of: "controls")
  }

  /// The dates of a control that does not simply hold.
  private func dateDetails(_ control: Control) -> [[StyledText.Span]] {
    let dates = control.dates
    var parts: [String] = []
    if let day = dates.announced { parts.append("announced \(day)") }
    if let day = dates.effective { parts.append("in force from \(day)") }
    for pause in dates.suspensions {
      parts.append("suspended from \(pause.from)" + (pause.to.map { " to \($0)" } ?? ""))
    }
    if let day = dates.ended { parts.append("ended \(day)") }
    if let day = dates.knownUntil { parts.append("status after \(day) not known") }
    if control.kind == .exportLicence {
      parts.append(
        control.approved.map { "lets \(percent($0.value)) pass" } ?? "how much is approved is not known")
    }
    return parts.isEmpty ? [] : [StyledText.Span.words(parts.joined(separator: "; "), .dim)]
  }

  private func span(of status: Control.Status) -> StyledText.Span {
    switch status {
    case .inForce: .init("in force", .severe)
    case .unknown: .init("not known", .warn)
    case .notAnnounced, .announced, .suspended, .ended: .init(status.rawValue, .dim)
    }
  }

  private func places(_ countries: [Country]?, otherwise: String) -> String {
    guard let countries, !countries.isEmpty else { return otherwise }
    if let bloc = network.blocs.first(where: { $0.members == countries }) { return bloc.id }
    if countries.count > 100 {
      let except = Country.allCodes.filter { code in !countries.contains { $0.code == code } }
      return "all but \(list(except, atMost: 3))"
    }
    return list(countries.map(\.code), atMost: 4)
  }

  private func name(of measure: Scenario.Response.Measure) -> String {
    switch measure {
    case .openSite(let site), .delaySite(let site): network.sites[site].name
    case .allowSubstitute(let material, let other, _, _):
      "\(network.materials[material].name) instead of \(network.materials[other].name)"
    case .releaseStock(let material, _, _, _): network.materials[material].name
    case .addFlow(let seller, let buyer, let material, _):
      Element.lane(.init(from: seller, to: buyer, material)).name(in: network)
    case .raiseYield(let process, _, _), .raiseRecycling(let process, _, _): network.processes[process].name
    case .lowerDemand(let demand, _): network.demand[demand].name
    }
  }

  // MARK: Losses

  var products: StyledText {
    let rows = met.filter { (outcome.loss[$0.position]?.high ?? 0) > 1e-9 }.sorted { one, other in
      let (a, b) = (outcome.loss[one.position], outcome.loss[other.position])
      return (b?.rigidIfUncertainHolds ?? 0, b?.high ?? 0, one)
        < (a?.rigidIfUncertainHolds ?? 0, a?.high ?? 0, other)
    }
    var table = TextTable([.text("product"), .number("loss"), .text("due to")])
    for key in rows.prefix(top) {
      guard let loss = outcome.loss[key.position] else { continue }
      table.add(
        .init([
          .init(network.demand[key].name, .strong),
          .init(lossText(loss), loss.rigidIfUncertainHolds >= 0.5 ? .severe : .warn),
          .init(causes(of: key)),
        ]))
    }
    return section(
      "What products lose",
      about:
        "Due to: what each added when it took effect. A range: how needs are split, or what holds, is not recorded. "
        + "A or B: without and with what may hold.", table, more: rows.count - top, of: "products")
  }

  private func lossText(_ loss: Loss) -> String {
    loss.isUndecided
      ? "\(percent(loss.rigid)) or \(percent(loss.rigidIfUncertainHolds))"
      : percent(loss.rigid, low: loss.low, high: loss.high)
  }

  private func causes(of key: Key<Demand>) -> String {
    let rows = outcome.dueTo[key.position].filter { $0.addedIfUncertainHolds > 0.0005 || $0.added > 0.0005 }
    if rows.isEmpty {
      return outcome.dueTo[key.position].isEmpty ? "what is not known" : "responses and what is not known"
    }
    let eased =
      (outcome.lossWithoutResponses[key.position]?.rigidIfUncertainHolds ?? 0)
      - (outcome.loss[key.position]?.rigidIfUncertainHolds ?? 0)
    let parts = rows.sorted { $1.addedIfUncertainHolds < $0.addedIfUncertainHolds }.map { row in
      let size =
        row.addedIfUncertainHolds - row.added > 1e-9
        ? "\(percent(row.addedIfUncertainHolds)) if it holds" : percent(row.added)
      return rows.count == 1 && eased <= 0.0005 && row.added == row.addedIfUncertainHolds
        ? nameText(scenario.name(of: row.cause, in: network))
        : "\(nameText(scenario.name(of: row.cause, in: network))): \(size)"
    }
    return list(parts, atMost: 3) + (eased > 0.0005 ? "; less \(percent(eased)) by responses" : "")
  }

  var sites: StyledText {
    let rows = outcome.sites.filter { $0.loss.rigidIfUncertainHolds > 0.0005 }
    var table = TextTable([.text("site"), .text("country"), .number("loss"), .text("mostly due to")])
    for row in rows.prefix(top) {
      let site = network.sites[row.site]
      table.add(
        .init([
          .init(site.name, .strong), .init(site.country?.name ?? "not known"),
          .init(row.stops ? "stops" : lossText(row.loss), row.stops ? .severe : .warn),
          .init(row.mainCause.map { scenario.name(of: $0, in: network) } ?? "–"),
        ]))
    }
    return section(
      "What sites lose", about: "Of what they do today.", table, more: rows.count - top, of: "sites")
  }

  // MARK: Technology, single points, gaps

  var technology: StyledText {
    var text = StyledText()
    let effects = outcome.technology
    for (level, words, sites) in [
      (SeverityWord.severe, "stop when their grace period is over", effects.stopped),
      (.severe, "are planned or ramping and cannot come", effects.prevented),
      (.warning, "must find another supplier of a technology", effects.mustRequalify),
      (.warning, "cannot grow", effects.frozen),
      (.warning, "use the technology, and what decides is not known", effects.unknown),
    ] where !sites.isEmpty {
      text.add(
        words: [level.span(colon: true)]
          + StyledText.Span.words(
            "\(counted(sites.count, "site")) \(words): \(list(names(of: sites), atMost: 6))"),
        width: width, hanging: 2)
    }
    return headed("Technology", text)
  }

  var newSinglePoints: StyledText {
    let created = outcome.singlePoints.new(since: outcome.singlePointsBefore)
    var text = StyledText()
    for (level, points) in byLevel(distinct(created.flatMap { $0 })) {
      text.add(
        words: StyledText.Span.words(
          "\(level.rawValue): \(list(names(of: points), atMost: 8))"), width: width, indent: 2, hanging: 4)
    }
    return headed("Single points of failure that are none without the scenario", text)
  }

  var notKnown: StyledText {
    var text = StyledText()
    func warn(_ sentence: String) {
      text.add(
        words: [SeverityWord.warning.span(colon: true)] + StyledText.Span.words(sentence), width: width,
        hanging: 2)
    }
    let uncertain = zip(scenario.controls.rows, outcome.inForce.statusOfControl).filter { $1 == .unknown }
      .map(\.0.name)
    if !uncertain.isEmpty {
      warn(
        "whether \(uncertain.count == 1 ? "this holds" : "these hold") is not known: \(list(uncertain, atMost: 6))"
      )
    }
    let licences = zip(scenario.controls.rows, outcome.inForce.statusOfControl).filter {
      $0.kind == .exportLicence && $0.approved == nil && ($1 == .inForce || $1 == .unknown)
    }.map(\.0.name)
    if !licences.isEmpty {
      warn("how much is let through is not known: \(list(licences, atMost: 6)); from nothing to all")
    }
    let materials = outcome.inForce.disruption.tradeControls.reduce(into: Set<Key<Material>>()) {
      $0.formUnion($1.uncertainMaterials)
    }
    if !materials.isEmpty {
      let names = materials.sorted().map { network.materials[$0].name }
      warn(
        "whether a control covers these is not known, since their make-up is not given: \(list(names, atMost: 6))"
      )
    }
    let ranges = met.count { (outcome.loss[$0.position].map { $0.high - $0.low } ?? 0) > 0.005 }
    if ranges > 0 {
      warn(
        "\(counted(ranges, "loss is a range", "losses are ranges")); 'chokepoint check' lists what is not recorded"
      )
    }
    return headed("What is not known", text)
  }

  private func headed(_ heading: String, _ text: StyledText) -> StyledText {
    if text.lines.isEmpty { return text }
    var whole = StyledText()
    whole.add(.init(heading, .heading))
    whole.add(text)
    return whole
  }

  func nextCommands(named name: String, scenario: String) -> StyledText {
    let (network, scenario) = (shellWord(name), shellWord(scenario))
    var commands = [
      ("chokepoint draw \(network) -s \(scenario) -o scenario.svg", "see it"),
      ("chokepoint chokepoints \(network) -s \(scenario)", "what is left to a single point, and why"),
    ]
    if let worst = outcome.stops.first {
      let product = shellWord(self.network.demand[worst].id)
      commands.append(("chokepoint why \(network) \(product) -s \(scenario)", "why it stops"))
    }
    commands.append(("chokepoint analyze \(network) -s \(scenario) --format json", "for a program"))
    return nextCommandsText(commands, width: width)
  }
}
