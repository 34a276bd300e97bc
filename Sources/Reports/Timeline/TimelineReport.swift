public import RiskAnalysis
import SupplyModel

/// What `chokepoint simulate` prints: supply and stocks over time, for how long they last, and when supply is back.
public struct TimelineReport: ReportParts, Sendable {
  let timeline: Timeline
  let width: Int

  var network: SupplyNetwork { timeline.graph.network }
  var horizon: Timeline.Horizon { timeline.horizon }

  /// The products that were met before, in the network's order.
  var products: [Timeline.Product] { timeline.products.compactMap(\.self) }

  /// Those that lose anything or may, the largest loss first.
  var losers: [Timeline.Product] {
    products.filter { $0.lost.high > 1e-9 }.sorted {
      ($1.lost.rigidIfUncertainHolds, $1.lost.high, $0.demand)
        < ($0.lost.rigidIfUncertainHolds, $0.lost.high, $1.demand)
    }
  }

  /// - Parameters:
  ///   - timeline: what was found.
  ///   - width: the columns of the terminal, from 80 to 200.
  public init(of timeline: Timeline, width: Int = 100) {
    self.timeline = timeline
    self.width = terminalWidth(width)
  }

  /// The report for a reader.
  ///
  /// - Parameters:
  ///   - top: the most rows of each table; the rest is counted.
  ///   - name: what the user calls the network on a command line.
  ///   - scenario: what the user calls the scenario there.
  /// - Returns: lines for a terminal; the same timeline gives the same text.
  public func text(top: Int, named name: String, scenario: String) -> StyledText {
    var text = verdict
    for section in [shortages(top), courses(top), stocks(top), gaps(top)] where !section.lines.isEmpty {
      text.add()
      text.add(section)
    }
    text.add()
    text.add(
      .init("As a picture: ", .dim),
      .init("chokepoint simulate \(shellWord(name)) -s \(shellWord(scenario)) -o timeline.svg"))
    return text
  }

  // MARK: Verdict

  private var verdict: StyledText {
    var text = StyledText()
    text.add(
      words: StyledText.Span.words(
        "\(nameText(timeline.scenario.title)): \(horizon.first) to \(horizon.last)", .title), width: width)
    text.add(
      words: StyledText.Span.words(
        "On \(nameText(network.title)), by the \(horizon.step.rawValue). Nobody finds a new supplier; what lies in store or is under way is "
          + "used first. Before the first day everything runs as usual."), width: width)
    if let note = timeline.scenario.note {
      text.add(words: StyledText.Span.words(noteText(note), .dim), width: width)
    }
    let (level, sentence) = summary
    text.add(
      words: [level.span(colon: true)] + StyledText.Span.words(sentence, .strong), width: width, hanging: 2)
    return text
  }

  /// One sentence on the whole.
  var verdictSentence: String { summary.1 }

  private var summary: (SeverityWord, String) {
    let short = losers.compactMap { product in
      product.shortage.expected.map { (product, $0) }
    }
    guard
      let first = short.min(by: { ($0.1.firstDay, $0.0.demand) < ($1.1.firstDay, $1.0.demand) })
    else {
      if products.isEmpty { return (.warning, "no product can be made even without the scenario") }
      if losers.isEmpty { return (.good, "no product runs short within the time looked at") }
      return (
        .warning,
        "no product need run short, but \(counted(losers.count, "may", "may")) if what is not known turns out badly"
      )
    }
    let count =
      "\(short.count) of \(counted(products.count, "product")) \(short.count == 1 ? "runs" : "run") short"
    let when =
      "the first, \(nameText(network.demand[first.0.demand].name)), \(survival(first.0, first.1)), on \(horizon.first.adding(days: first.1.firstDay))"
    let back = short.count { $0.1.recoveryDay != nil }
    let end =
      back == short.count
      ? "; all are met again by \(horizon.first.adding(days: short.compactMap(\.1.recoveryDay).max() ?? 0))"
      : back == 0 ? "; none is met again by the end" : "; \(back) of them are met again by the end"
    let worst = short.map(\.0.lost.rigid).max() ?? 0
    return (worst >= 0.5 ? .severe : .warning, count + ": " + when + end)
  }

  private func survival(_ product: Timeline.Product, _ shortage: Timeline.Shortage) -> String {
    let isLeast = !product.stocksNotKnown.isEmpty
    if shortage.firstDay == 0 {
      return isLeast ? "at once unless there are stocks that are not known" : "at once"
    }
    return "after \(isLeast ? "at least " : "")\(counted(shortage.firstDay, "day"))"
  }

  // MARK: Tables

  private func shortages(_ top: Int) -> StyledText {
    var table = TextTable([
      .text("product"), .number("survives"), .number("short from"), .number("met again"), .number("lost"),
      .number("of the demand"),
    ])
    let losers = self.losers
    for product in losers.prefix(top) {
      let demand = network.demand[product.demand]
      let shortage = product.shortage.expected
      let isLeast = !product.stocksNotKnown.isEmpty
      var details: [[StyledText.Span]] = []
      if product.shortage.expectedIfUncertainHolds != shortage || product.lost.isUndecided {
        details.append(StyledText.Span.words(uncertain(product), .warn))
      }
      if isLeast {
        details.append(
          StyledText.Span.words(
            "stocks not known: \(list(names(of: product.stocksNotKnown), atMost: 4))", .dim))
      }
      table.add(
        .init(
          [
            .init(demand.name),
            .init(shortage.map { "\(isLeast ? "≥ " : "")\(wholeNumber($0.firstDay)) d" } ?? "—"),
            .init(shortage.map { "\(horizon.first.adding(days: $0.firstDay))" } ?? "—", .severe),
            .init(shortage.map { recovery($0) } ?? "—"),
            .init(percent(product.lost.rigid, low: product.lost.low, high: product.lost.high), .strong),
            .init(lostAmount(product) ?? "not known"),
          ], details: details))
    }
    return section(
      "When products run short",
      about:
        "Survives: days from \(horizon.first) on which demand is met in full. Met again: the first day from which it is met to the end. Lost: of the demand of all \(wholeNumber(horizon.days)) days.",
      table, more: losers.count - top, of: "that lose less")
  }

  private func recovery(_ shortage: Timeline.Shortage) -> String {
    shortage.recoveryDay.map { "\(horizon.first.adding(days: $0))" } ?? "not by then"
  }

  /// What is lost if all that is not known holds.
  private func uncertain(_ product: Timeline.Product) -> String {
    let lost = percent(product.lost.rigidIfUncertainHolds)
    guard let shortage = product.shortage.expectedIfUncertainHolds else { return "" }
    let again = shortage.recoveryDay == nil ? "not met again by then" : "met again \(recovery(shortage))"
    return
      "if what is not known holds: short from \(horizon.first.adding(days: shortage.firstDay)), \(again), \(lost) lost"
  }

  func lostAmount(_ product: Timeline.Product) -> String? {
    product.wanted.map { wanted in
      let unit = network.materials[network.demand[product.demand].material].unit
      return "\(wholeNumber(product.lost.rigid * wanted)) \(unit.baseText)"
    }
  }

  private func courses(_ top: Int) -> StyledText {
    let count = min(horizon.count, max(2, (width - 30) / 12))
    let steps = (0..<count).map { count == 1 ? 0 : $0 * (horizon.count - 1) / (count - 1) }
    var table = TextTable([.text("supply from")] + steps.map { .number("\(horizon.day(ofStep: $0))") })
    let losers = self.losers
    for product in losers.prefix(top) {
      table.add(
        .init(
          [.init(network.demand[product.demand].name)]
            + steps.map { step in
              let met = product.supply.expected[step]
              return .init(percent(met), met < 0.5 ? .severe : met < 1 - 1e-9 ? .warn : .plain)
            }))
    }
    return section(
      "Supply over time",
      about: "Part of the demand that is met in the \(horizon.step.rawValue) that begins on a day.",
      table, more: losers.count - top, of: "that lose less")
  }

  private func stocks(_ top: Int) -> StyledText {
    var table = TextTable([
      .text("held by"), .text("material"), .number("lasts"), .number("gone on"), .number("left at the end"),
    ])
    let rows = timeline.stocks.filter { $0.cover != nil || $0.isReleased }
    for course in rows.prefix(top) {
      let stock = network.stocks[course.stock]
      guard let cover = course.cover, !course.isReleased else {
        table.add(
          .init([
            .init(holder(of: stock)), .init(network.materials[stock.material].name), .init("—"), .init("—"),
            .init("handed out by a response"),
          ]))
        continue
      }
      let gone = course.left.expected.firstIndex { $0 <= 1e-9 }
      table.add(
        .init([
          .init(holder(of: stock)), .init(network.materials[stock.material].name),
          .init("\(dayCount(cover)) d"),
          .init(cover > 0 ? gone.map { "\(horizon.day(ofStep: $0))" } ?? "—" : "—"),
          .init("\(dayCount(course.left.expected.last ?? 0)) d"),
        ]))
    }
    return section(
      "Stocks",
      about:
        "In days of the normal use of those whom a stock serves. Gone on: the first day of the \(horizon.step.rawValue) in which it runs out.",
      table, more: rows.count - top, of: "stocks")
  }

  func holder(of stock: Stock) -> String { name(of: stock.holder) }

  func name(of holder: Stock.Holder) -> String {
    switch holder {
    case .site(let site): network.sites[site].name
    case .country(let country): country.name
    }
  }

  private func dayCount(_ days: Double) -> String {
    days < 0.05 ? "0" : days < 10 ? oneDecimal(days) : wholeNumber(days)
  }

  /// What the answer would need, in sentences.
  var gapSentences: [String] {
    let gaps = timeline.gaps
    var sentences: [String] = []
    let sites = Set(products.flatMap(\.stocksNotKnown)).sorted()
    if !sites.isEmpty {
      sentences.append(
        "no stock is given of \(counted(sites.count, "site")) that run short of something, so that days of survival are the least: \(list(names(of: sites), atMost: 6))"
      )
    }
    if !gaps.stocksOfUnknownCover.isEmpty {
      sentences.append(
        "how long \(counted(gaps.stocksOfUnknownCover.count, "stock")) in tonnes last is not known, since the need is not: \(list(gaps.stocksOfUnknownCover.map { holder(of: network.stocks[$0]) }, atMost: 6))"
      )
    }
    if gaps.flowsWithoutLeadTime > 0 {
      sentences.append(
        "\(wholeNumber(gaps.flowsWithoutLeadTime)) of \(counted(gaps.flows, "flow")) have no lead time, and count as arriving at once"
      )
    }
    if !gaps.licencesWithoutDelay.isEmpty {
      sentences.append(
        "how long licences take is not known, and they count as granted at once: \(list(gaps.licencesWithoutDelay.map { timeline.scenario.controls[$0].name }, atMost: 6))"
      )
    }
    if !gaps.sitesWithoutRampUp.isEmpty {
      sentences.append(
        "how long sites take to grow is not known, and they count as full-grown at once: \(list(names(of: gaps.sitesWithoutRampUp), atMost: 6))"
      )
    }
    if !gaps.technologyNotKnown.isEmpty {
      sentences.append(
        "whether or how long \(counted(gaps.technologyNotKnown.count, "site")) can do without a technology is not known: \(list(names(of: gaps.technologyNotKnown), atMost: 6))"
      )
    }
    var estimated: [String] = []
    if !gaps.estimatedStocks.isEmpty { estimated.append(counted(gaps.estimatedStocks.count, "stock")) }
    if !gaps.estimatedControls.isEmpty {
      estimated.append(
        "what \(list(gaps.estimatedControls.map { timeline.scenario.controls[$0].name }, atMost: 6)) let pass or how long they take"
      )
    }
    if gaps.estimatedLeadTimes > 0 { estimated.append(counted(gaps.estimatedLeadTimes, "lead time")) }
    if !estimated.isEmpty {
      sentences.append(
        "not read in a source but estimated or from memory: \(estimated.joined(separator: "; "))")
    }
    return sentences
  }

  private func gaps(_ top: Int) -> StyledText {
    var text = StyledText()
    let sentences = gapSentences
    if sentences.isEmpty { return text }
    text.add(.init("What is not known", .heading))
    for sentence in sentences {
      text.add(words: [.init("-", .dim)] + StyledText.Span.words(sentence), width: width, hanging: 2)
    }
    return text
  }
}

/// A number with one decimal: `7.5`.
func oneDecimal(_ value: Double) -> String {
  let tenths = Int((value < 0 ? -value : value) * 10 + 0.5)
  return "\(value < 0 && tenths > 0 ? "−" : "")\(tenths / 10).\(tenths % 10)"
}
