public import RiskAnalysis
import SupplyModel

/// What `chokepoint analyze -s` prints for a reader: what holds, what it costs and why.
public enum ScenarioText {
  /// The report on a scenario.
  ///
  /// - Parameters:
  ///   - outcome: what the scenario does.
  ///   - flexible: what is lost in it if everybody reallocates.
  ///   - top: how many rows a table has at most; the rest is counted. Taken as 1 if it is less.
  ///   - width: the columns of the terminal, from 80 to 200.
  ///   - name: what the user calls the network on a command line.
  ///   - scenario: what the user calls the scenario there.
  /// - Returns: the report; the same outcome gives the same text.
  public static func text(
    of outcome: ScenarioOutcome, flexible: FlexibleLoss, top: Int, width: Int, named name: String,
    scenario: String
  ) -> StyledText {
    let report = ScenarioReport(
      outcome: outcome, flexible: flexible, top: max(1, top), width: terminalWidth(width))
    var text = report.verdict
    for section in [
      report.holds, report.products, report.bottlenecks, report.sites, report.technology,
      report.newSinglePoints, report.notKnown,
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
  let flexible: FlexibleLoss
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
        "On \(nameText(network.title))\(date). Loss is what is missing: at least if everybody reallocates as well as can be, at most if nobody finds a new supplier."
      ),
      width: width)
    if let note = scenario.note {
      text.add(words: StyledText.Span.words(noteText(note), .dim), width: width)
    }
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
        (
          .severe,
          "\(outcome.stops.count) of \(count) \(outcome.stops.count == 1 ? "stops" : "stop"): \(list(names(of: outcome.stops), atMost: 4))"
        ))
    }
    if !outcome.mayStop.isEmpty {
      sentences.append(
        (
          .warning,
          "\(outcome.mayStop.count) of \(count) may stop, which depends on what is not known: "
            + list(names(of: outcome.mayStop), atMost: 4)
        ))
    }
    let losing = losses.count { $0.rigid > 1e-9 }
    let byWhatMayHold = losses.count { $0.rigid <= 1e-9 && $0.isUndecided }
    let inBadCase = losses.count { !$0.isUndecided && $0.rigid <= 1e-9 && $0.high > 1e-9 }
    if losing + byWhatMayHold > 0 {
      func mean(_ value: KeyPath<Loss, Double>) -> Double {
        losses.reduce(0) { $0 + $1[keyPath: value] } / Double(losses.count)
      }
      let rigid = either(percent(mean(\.rigid)), percent(mean(\.rigidIfUncertainHolds)))
      let level: SeverityWord =
        losses.contains { $0.rigidIfUncertainHolds >= 0.5 } ? .severe : .warning
      func lose(_ number: Int) -> String {
        "\(number) of \(count) \(number == 1 ? "loses" : "lose") something"
      }
      let who =
        byWhatMayHold == 0
        ? lose(losing)
        : losing == 0
          ? "\(lose(byWhatMayHold)) if what is not known holds"
          : "\(lose(losing)), and \(byWhatMayHold) more if what is not known holds"
      sentences.append(
        (
          level,
          "\(who); mean loss \(meanFlexible.map { "at least \($0), at most " } ?? "at most ")\(rigid), each product alike"
        ))
    } else {
      sentences.append((.good, "no product loses anything by the estimate"))
    }
    if inBadCase > 0 {
      let worst = losses.filter { !$0.isUndecided && $0.rigid <= 1e-9 }.map(\.high).max() ?? 0
      sentences.append(
        (
          .warning,
          "\(inBadCase) of \(count) \(inBadCase == 1 ? "loses" : "lose") nothing by the estimate and up to \(percent(worst)) at worst, which depends on what is not recorded"
        ))
    }
    return sentences
  }

  /// The mean flexible loss; nil if there is no answer.
  private var meanFlexible: String? {
    let ranges = flexible.ranges.compactMap(\.self)
    if ranges.isEmpty { return nil }
    func mean(_ value: KeyPath<FlexibleRange, Double>) -> Double {
      ranges.reduce(0) { $0 + $1[keyPath: value] } / Double(ranges.count)
    }
    return either(percent(mean(\.expected)), percent(mean(\.ifUncertainHolds)))
  }

  /// What is told without and with what may hold.
  private func either(_ without: String, _ with: String) -> String {
    without == with ? without : "\(without) or \(with)"
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
        .init(
          [
            .init(Element(outage.subject).name(in: network), .strong), .init("outage"), .init("–"),
            .init("–"), span(of: status),
          ],
          details: details(
            datesOfWhatHolds(from: outage.from, until: outage.to, knownUntil: outage.knownUntil)
              + origin(outage.source, nil))))
    }
    for (response, status) in zip(scenario.responses, outcome.inForce.statusOfResponse) {
      table.add(
        .init(
          [
            .init(name(of: response.measure), .strong), .init(response.measure.kind), .init("–"),
            .init("–"), span(of: status),
          ],
          details: details(
            datesOfWhatHolds(from: response.from, until: response.to, knownUntil: nil)
              + origin(response.source, nil))))
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
        control.approved.map {
          "lets \(percent($0.value, low: $0.low ?? $0.value, high: $0.high ?? $0.value)) pass"
        } ?? "how much is approved is not known")
    }
    if control.kind == .technologyLicence { parts.append("who gets a licence is not known") }
    return details(parts + origin(control.source, control.confidence))
  }

  private func datesOfWhatHolds(from: DateSpan?, until: DateSpan?, knownUntil: DateSpan?) -> [String] {
    [
      from.map { "from \($0)" }, until.map { "until \($0)" },
      knownUntil.map { "status after \($0) not known" },
    ].compactMap(\.self)
  }

  /// Where a row comes from, in brief.
  private func origin(_ source: Key<Source>?, _ confidence: Confidence?) -> [String] {
    guard let source else { return [] }
    return ["source \(scenario.sources[source].id)" + (confidence.map { " (\($0.rawValue))" } ?? "")]
  }

  private func details(_ parts: [String]) -> [[StyledText.Span]] {
    parts.isEmpty ? [] : [StyledText.Span.words(parts.joined(separator: "; "), .dim)]
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
    var table = TextTable([.text("product"), .number("at least"), .number("at most"), .text("due to")])
    for key in rows.prefix(top) {
      guard let loss = outcome.loss[key.position] else { continue }
      table.add(
        .init([
          .init(network.demand[key].name, .strong),
          .init(flexible.ranges[key.position].map(lossText) ?? "–"),
          .init(lossText(loss), loss.rigidIfUncertainHolds >= 0.5 ? .severe : .warn),
          .init(causes(of: key)),
        ]))
    }
    return section(
      "What products lose",
      about:
        "At least: everybody reallocates; at most: nobody finds a new supplier, and due to what each added when it took effect. "
        + "A range: capacities, splits or what holds are not recorded. "
        + "A or B: without and with what may hold.", table, more: rows.count - top, of: "products")
  }

  private func lossText(_ loss: Loss) -> String {
    let (without, with) = (percent(loss.rigid), percent(loss.rigidIfUncertainHolds))
    return without == with
      ? percent(loss.rigid, low: loss.low, high: loss.high) : "\(without) or \(with)"
  }

  private func lossText(_ range: FlexibleRange) -> String {
    let (without, with) = (percent(range.expected), percent(range.ifUncertainHolds))
    return without == with
      ? percent(range.expected, low: range.low, high: range.high) : "\(without) or \(with)"
  }

  private func causes(of key: Key<Demand>) -> String {
    let all = outcome.dueTo[key.position].filter { max($0.addedIfUncertainHolds, $0.added) > 1e-9 }
    let large = all.filter { max($0.addedIfUncertainHolds, $0.added) > 0.0005 }
    let rows = large.isEmpty ? all : large
    let eased =
      (outcome.lossWithoutResponses[key.position]?.rigidIfUncertainHolds ?? 0)
      - (outcome.loss[key.position]?.rigidIfUncertainHolds ?? 0)
    if rows.isEmpty { return eased < -0.0005 ? "the responses" : "what is not known" }
    let parts = rows.sorted { $1.addedIfUncertainHolds < $0.addedIfUncertainHolds }.map { row in
      let size =
        row.addedIfUncertainHolds - row.added > 1e-9
        ? "\(percent(row.addedIfUncertainHolds)) if it holds" : percent(row.added)
      return rows.count == 1 && abs(eased) <= 0.0005
        ? nameText(scenario.name(of: row.cause, in: network))
        : "\(nameText(scenario.name(of: row.cause, in: network))): \(size)"
    }
    return list(parts, atMost: 3)
      + (eased > 0.0005
        ? "; less \(percent(eased)) by responses"
        : eased < -0.0005 ? "; plus \(percent(-eased)) by responses" : "")
  }

  // MARK: Bottlenecks

  /// The limits that one more unit of would help most, in words; at most `top`.
  var bottleneckRows: [(limit: String, today: String, gain: String)] {
    flexible.bottlenecks.prefix(top).map { row in
      (
        words(for: row.limit), amountText(row.amount, unit(of: row.limit)) + (row.isKnown ? "" : " ?"),
        words(for: row.gains, of: row.limit)
      )
    }
  }

  /// The limits that one more unit of would help most.
  var bottlenecks: StyledText {
    var table = TextTable([.text("limit"), .number("today"), .text("one more a year serves")])
    for row in bottleneckRows {
      table.add(.init([.init(row.limit, .strong), .init(row.today), .init(row.gain)]))
    }
    if table.rows.isEmpty {
      let terms = flexible.allocation?.proofs.flatMap(\.terms) ?? []
      if terms.isEmpty { return StyledText() }
      var text = StyledText()
      text.add(
        words: StyledText.Span.words(
          "No one limit holds supply down alone; these do together: "
            + list(terms.map { words(for: $0.limit) }, atMost: 8)), width: width)
      return headed("What more would be worth", text)
    }
    return section(
      "What more would be worth",
      about:
        "Limits that hold supply down where everybody reallocates. A question mark: not recorded, as much as today.",
      table, more: flexible.bottlenecks.count - top, of: "limits")
  }

  private func words(for limit: AllocationLimit) -> String {
    let graph = outcome.graph
    switch limit {
    case .capacity(let operation):
      let row = graph.operations[operation]
      let name = network.sites[row.site].name
      return row.process.map { "\(name): \(network.processes[$0].name)" } ?? name
    case .flow(let flow):
      let row = network.flows[flow]
      let origin =
        switch row.origin {
        case .site(let site): network.sites[site].name
        case .country(let country): country.name
        }
      let what = row.material.map { " (\(network.materials[$0].name))" } ?? ""
      return "\(origin) to \(name(of: row.destination))\(what)"
    case .control(let position, let material):
      let cause = outcome.inForce.cause(ofTradeControl: position)
      let name = cause.map { scenario.name(of: $0, in: network) } ?? "control"
      return material.map { "\(name): \(network.materials[$0].name)" } ?? name
    case .atHand(let node):
      switch graph.nodes[node] {
      case .slot(let operation, _):
        return "stock for \(network.sites[graph.operations[operation].site].name)"
      case .demand(let demand): return "stock for \(network.demand[demand].name)"
      case .operation, .offer, .market: return "stock"
      }
    }
  }

  private func unit(of limit: AllocationLimit) -> String {
    switch limit {
    case .capacity(let operation): outcome.graph.unit(ofOperation: operation)
    case .flow(let flow):
      network.flows[flow].material.map { network.materials[$0].unit.rateText } ?? ""
    case .control(_, let material): material.map { network.materials[$0].unit.rateText } ?? ""
    case .atHand(let node):
      switch outcome.graph.nodes[node] {
      case .slot(let operation, _): outcome.graph.unit(ofOperation: operation)
      case .demand(let demand): network.materials[network.demand[demand].material].unit.rateText
      case .operation, .offer, .market: ""
      }
    }
  }

  /// What one more unit serves: in all where it is counted in one unit, and of whom most.
  private func words(for gains: [RiskAnalysis.Bottleneck.Gain], of limit: AllocationLimit) -> String {
    var sums: [(unit: String, amount: Double)] = []
    for gain in gains {
      let unit = network.materials[network.demand[gain.demand].material].unit.baseText
      if let index = sums.firstIndex(where: { $0.unit == unit }) {
        sums[index].amount += gain.amount
      } else {
        sums.append((unit, gain.amount))
      }
    }
    let most = gains.sorted { abs($1.amount) < abs($0.amount) }.map { network.demand[$0.demand].name }
    return sums.map { amountText($0.amount, $0.unit) }.joined(separator: " and ") + " of "
      + list(most, atMost: 2)
  }

  private func name(of buyer: Flow.Destination) -> String {
    switch buyer {
    case .site(let site): network.sites[site].name
    case .demand(let demand): network.demand[demand].name
    }
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
    func one(_ sites: [Key<Site>], _ singular: String, _ plural: String) -> String {
      sites.count == 1 ? singular : plural
    }
    for (level, words, sites) in [
      (
        SeverityWord.severe,
        one(effects.stopped, "stops, its", "stop, their") + " grace period being over", effects.stopped
      ),
      (
        .severe, one(effects.prevented, "is", "are") + " planned or ramping and cannot come",
        effects.prevented
      ),
      (.warning, "must find another supplier of a technology", effects.mustRequalify),
      (.warning, "cannot grow", effects.frozen),
      (
        .warning, one(effects.unknown, "uses", "use") + " the technology, and what decides is not known",
        effects.unknown
      ),
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
    if !text.lines.isEmpty { text.add(outcome.inForce.openQuestion(in: network, width: width)) }
    return headed("Single points of failure that are none without the scenario", text)
  }

  var notKnown: StyledText {
    var text = StyledText()
    func warn(_ sentence: String) {
      text.add(
        words: [SeverityWord.warning.span(colon: true)] + StyledText.Span.words(sentence), width: width,
        hanging: 2)
    }
    let uncertain =
      zip(scenario.controls.rows, outcome.inForce.statusOfControl).filter { $1 == .unknown }.map(\.0.name)
      + zip(scenario.outages, outcome.inForce.statusOfOutage).filter { $1 == .unknown }
      .map { "outage of \(Element($0.0.subject).name(in: network))" }
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
    let foreign = zip(scenario.controls.rows, outcome.inForce.statusOfControl).filter {
      $0.subject.content?.by == .value && ($1 == .inForce || $1 == .unknown)
    }.map(\.0.name)
    if !foreign.isEmpty {
      warn(
        "a part of the value of goods is not known without prices, so that all may be covered that hold anything from there: \(list(foreign, atMost: 6))"
      )
    }
    let know = zip(scenario.controls.rows, outcome.inForce.statusOfControl).filter {
      $0.kind == .technologyLicence && ($1 == .inForce || $1 == .unknown)
    }.map(\.0.name)
    if !know.isEmpty { warn("who gets a licence for technology is not known: \(list(know, atMost: 6))") }
    let materials = outcome.inForce.disruption.tradeControls.reduce(into: Set<Key<Material>>()) {
      $0.formUnion($1.uncertainMaterials)
    }
    if !materials.isEmpty {
      let names = materials.sorted().map { network.materials[$0].name }
      warn(
        "whether a control covers these is not known, since their make-up is not given: \(list(names, atMost: 6))"
      )
    }
    let parted = outcome.graph.partlyCovered(by: outcome.inForce.disruption.tradeControls)
    if !parted.isEmpty {
      warn(
        "how much of these goes to or comes from the countries that a control names is not recorded, so the estimate leaves them out: "
          + list(parted.map(name(of:)), atMost: 6))
    }
    if let failure = flexible.failure {
      warn("what is lost at least is not known: \(FlexibleWords.sentence(for: failure, in: network))")
    }
    let capacities = flexible.missing.compactMap { figure -> String? in
      guard case .capacity(let operation) = figure else { return nil }
      return words(for: .capacity(operation))
    }
    if !capacities.isEmpty {
      warn(
        "with room here, of which no capacity is recorded, less would be lost: \(list(capacities, atMost: 6))"
      )
    }
    let amounts = flexible.missing.compactMap { figure -> Key<Demand>? in
      guard case .demand(let demand) = figure else { return nil }
      return demand
    }
    if !amounts.isEmpty {
      warn(
        "how much is wanted is not recorded, and stands as an estimate beside the other products: \(list(names(of: amounts), atMost: 6))"
      )
    }
    let assumed = flexible.allocation?.assumed ?? []
    if !assumed.isEmpty {
      warn(
        "the responses count on more than is recorded: \(list(assumed.map { words(for: $0.limit) }, atMost: 6))"
      )
    }
    let misfits = flexible.fit.misfits.filter { $0.size > 0.1 }
    if flexible.failure == nil, !misfits.isEmpty {
      warn(
        "\(counted(misfits.count, "recorded figure differs", "recorded figures differ")) by more than 10 % from the baseline that balances, which '--format json' lists"
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
