import RiskAnalysis
import SupplyModel

extension AnalysisReport {
  /// The single points of failure in the baseline, the product with the most of them first.
  var singlePoints: StyledText {
    let points = summary.singlePoints.ofDemand
    let demands = network.demand.keys.filter { !points[$0.position].isEmpty }
      .sorted { (points[$1.position].count, $0) < (points[$0.position].count, $1) }
    var table = TextTable([.text("product"), .text("level"), .number("points"), .text("which")])
    for demand in demands.prefix(top) {
      for (index, row) in byLevel(points[demand.position]).enumerated() {
        table.add(
          .init([
            .init(index == 0 ? network.demand[demand].name : "", .strong), .init(row.level.rawValue),
            .init(wholeNumber(row.points.count), .severe), .init(list(names(of: row.points), atMost: 5)),
          ]))
      }
    }
    return section(
      "Single points of failure today",
      about: "Severe: any one of them alone stops the product.", table, more: demands.count - top,
      of: "products")
  }

  /// What a ban on all exports of one country does; countries whose ban does nothing are named in one line.
  var exportBans: StyledText {
    let bans = summary.countryBans.filter { hasEffect($0.outcome) }
    var table = TextTable([
      .text("country"), .text("severity"), .number("products that stop"), .number("mean loss"),
      .number("new single points"),
    ])
    for ban in bans.prefix(top) {
      let created = summary.newSinglePoints(under: ban.outcome)
      table.add(
        .init(
          [
            .init("\(ban.country.code) \(ban.country.name)", .strong), SeverityWord(of: ban.outcome).span(),
            .init(stopsText(ban.outcome)), .init(percent(ban.outcome.meanLoss)),
            .init(wholeNumber(distinct(created.flatMap { $0 }).count)),
          ],
          details: banDetails(ban.outcome, created: created)))
    }
    let harmless = summary.countryBans.filter { !hasEffect($0.outcome) }.map(\.country.name)
    var text = section(
      "Single-country export bans",
      about:
        "Loss: what is missing if nobody finds a new supplier; a range where the split among suppliers is not "
        + "recorded.", table, more: bans.count - top, of: "countries")
    if text.lines.isEmpty, !harmless.isEmpty { text.add(.init("Single-country export bans", .heading)) }
    if !harmless.isEmpty {
      text.add(
        words: [SeverityWord.good.span(colon: true)]
          + StyledText.Span.words("a ban would cost no product anything: \(list(harmless, atMost: 2 * top))"),
        width: width, hanging: 2)
    }
    return text
  }

  /// What a ban by one country on one technology does, the worst first.
  var technologyBans: StyledText {
    let bans = summary.technologyBans.enumerated().sorted { a, b in
      let (first, second) = (harm(of: a.element), harm(of: b.element))
      return first == second ? a.offset < b.offset : second.lexicographicallyPrecedes(first)
    }
    .map(\.element)
    let effective = bans.filter { hasEffect($0) }
    var table = TextTable([
      .text("technology"), .text("by"), .text("severity"), .number("products that stop"),
      .number("mean loss"),
      .number("sites that stop"),
    ])
    for ban in effective.prefix(top) {
      table.add(
        .init(
          [
            .init(network.technologies[ban.technology].name, .strong), .init(ban.country.name),
            severity(of: ban).span(), .init(stopsText(ban.outcome)), .init(percent(ban.outcome.meanLoss)),
            .init(wholeNumber(ban.effects.stopped.count)),
          ],
          details: technologyDetails(ban)))
    }
    var text = section(
      "Technology bans",
      about:
        "Must requalify: find another supplier. Prevented: cannot come. Frozen: cannot grow. Not known: what the "
        + "site needs it for, who could supply it, or who does.", table, more: effective.count - top,
      of: "technology bans")
    let harmless = bans.count - effective.count
    if harmless > 0 {
      if text.lines.isEmpty { text.add(.init("Technology bans", .heading)) }
      text.add(
        SeverityWord.good.span(colon: true),
        .init(" \(counted(harmless, "technology ban")) would touch no site and no product"))
    }
    return text
  }

  func hasEffect(_ outcome: BanOutcome) -> Bool {
    SeverityWord(of: outcome) != .good
      || summary.newSinglePoints(under: outcome).contains { !$0.isEmpty }
  }

  private func stopsText(_ outcome: BanOutcome) -> String {
    "\(outcome.stops.count) of \(network.demand.count)"
  }

  private func banDetails(_ outcome: BanOutcome, created: [[Element]]) -> [[StyledText.Span]] {
    var details: [[StyledText.Span]] = []
    if !outcome.stops.isEmpty {
      details.append(detail("stops", list(names(of: outcome.stops), atMost: 6)))
    }
    let losses = lossList(outcome)
    if !losses.isEmpty { details.append(detail("loses", losses)) }
    let points = distinct(created.flatMap { $0 })
    if !points.isEmpty {
      let levels = byLevel(points).map { "\($0.level.rawValue) \(list(names(of: $0.points), atMost: 3))" }
      let products = network.demand.keys.filter { !created[$0.position].isEmpty }
      let losers = list(products.map { network.demand[$0].name }, atMost: 2)
      details.append(detail("new single points", "\(levels.joined(separator: "; ")); for \(losers)"))
    }
    return details
  }

  /// Losses of the products that go on, the highest first, products of equal loss together.
  private func lossList(_ outcome: BanOutcome) -> String {
    let stopped = Set(outcome.stops)
    let rows = network.demand.keys.compactMap { key -> (key: Key<Demand>, loss: Loss)? in
      guard !stopped.contains(key), let loss = outcome.loss[key.position], loss.high > 1e-9 else {
        return nil
      }
      return (key, loss)
    }
    .sorted { ($1.loss.rigid, $1.loss.high, $0.key) < ($0.loss.rigid, $0.loss.high, $1.key) }
    var groups: [(text: String, names: [String])] = []
    for row in rows {
      let text = lossText(row.loss)
      if groups.last?.text != text { groups.append((text, [])) }
      groups[groups.count - 1].names.append(network.demand[row.key].name)
    }
    let shown = groups.prefix(6).map { "\($0.text) of \(list($0.names, atMost: 3))" }
    let rest = groups.dropFirst(6).reduce(0) { $0 + $1.names.count }
    return shown.joined(separator: "; ") + (rest > 0 ? "; and less of \(counted(rest, "more", "more"))" : "")
  }

  private func technologyDetails(_ ban: TechnologyBanResult) -> [[StyledText.Span]] {
    var details: [[StyledText.Span]] = []
    if !ban.outcome.stops.isEmpty {
      details.append(detail("stops", list(names(of: ban.outcome.stops), atMost: 3)))
    }
    let losses = lossList(ban.outcome)
    if !losses.isEmpty { details.append(detail("loses", losses)) }
    for (word, sites) in touched(by: ban) where !sites.isEmpty {
      details.append(detail("\(wholeNumber(sites.count)) \(word)", list(names(of: sites), atMost: 3)))
    }
    return details
  }

  /// The sites that a technology ban touches, by what it does to them, the worst first.
  private func touched(by ban: TechnologyBanResult) -> [(word: String, sites: [Key<Site>])] {
    [
      (ban.effects.stopped.count == 1 ? "site stops" : "sites stop", ban.effects.stopped),
      ("must requalify", ban.effects.mustRequalify),
      ("prevented", ban.effects.prevented), ("frozen", ban.effects.frozen),
      ("not known", ban.effects.unknown),
    ]
  }

  private func detail(_ word: String, _ text: String) -> [StyledText.Span] {
    StyledText.Span.words(word + ":", .dim) + StyledText.Span.words(text)
  }

  /// What makes one technology ban worse than another, the weightiest first.
  private func harm(of ban: TechnologyBanResult) -> [Double] {
    [Double(ban.outcome.stops.count), ban.outcome.meanLoss] + touched(by: ban).map { Double($0.sites.count) }
  }

  func hasEffect(_ ban: TechnologyBanResult) -> Bool {
    SeverityWord(of: ban.outcome) != .good || touched(by: ban).contains { !$0.sites.isEmpty }
  }

  private func severity(of ban: TechnologyBanResult) -> SeverityWord {
    let word = SeverityWord(of: ban.outcome)
    return word == .good ? (ban.effects.stopped.isEmpty ? .warning : .severe) : word
  }
}
