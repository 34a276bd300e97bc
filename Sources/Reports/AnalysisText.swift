public import RiskAnalysis
import SupplyModel

/// What `chokepoint analyze` prints for a reader: the verdict, then tables with the worst first.
public enum AnalysisText {
  /// The report on a network in its baseline, under every single-country export ban and every technology ban.
  ///
  /// - Parameters:
  ///   - summary: what the analyses found.
  ///   - top: how many rows a table has at most; the rest is counted. Taken as 1 if it is less.
  ///   - width: the columns of the terminal, from 80 to 200.
  ///   - name: what the user calls the network on a command line: the path of its folder or file.
  /// - Returns: the report; the same summary gives the same text.
  public static func text(of summary: RiskSummary, top: Int, width: Int, named name: String) -> StyledText {
    let report = AnalysisReport(summary, top: max(1, top), width: terminalWidth(width))
    var text = report.verdict
    for section in [
      report.concentration, report.ownership, report.otherBases, report.supplyRisk, report.singlePoints,
      report.exportBans, report.technologyBans,
      report.notKnown,
    ] where !section.lines.isEmpty {
      text.add()
      text.add(section)
    }
    text.add()
    text.add(report.nextCommands(named: name))
    return text
  }
}

/// The sections of the report; one that has nothing to say is empty.
struct AnalysisReport: ReportParts {
  let summary: RiskSummary
  let top: Int
  let width: Int

  var network: SupplyNetwork { summary.network }

  init(_ summary: RiskSummary, top: Int, width: Int) {
    self.summary = summary
    self.top = top
    self.width = width
  }

  // MARK: Verdict

  var verdict: StyledText {
    var text = StyledText()
    let date = network.asOf.map { "as of \($0)" } ?? "date not known"
    text.add(
      words: StyledText.Span.words("\(nameText(network.title)), \(date)", .title), width: width)
    let sites = network.sites.isEmpty ? "no sites" : counted(network.sites.count, "site")
    let status = network.sites.isEmpty ? "" : " (\(network.siteCountWords))"
    let countries = counted(network.activeCountryCount, "country", "countries")
    text.add(
      words: StyledText.Span.words(
        "\(sites)\(status), active ones in \(countries); \(counted(network.demand.count, "product")). Scenario: baseline."
      ),
      width: width)
    for (level, sentence) in verdictSentences {
      text.add(
        words: [level.span(colon: true)] + StyledText.Span.words(sentence, .strong), width: width, hanging: 2)
    }
    return text
  }

  private var verdictSentences: [(SeverityWord, String)] {
    if network.demand.isEmpty {
      return [(.warning, "no product to follow: no demand is named, and no process makes an end product")]
    }
    var sentences: [(SeverityWord, String)] = []
    let unmet = network.demand.keys.filter { !summary.singlePoints.isMet[$0.position] }
    if unmet.count < network.demand.count { sentences.append(banSentence) }
    let points = distinct(summary.singlePoints.ofDemand.flatMap { $0 })
    if !points.isEmpty {
      let levels = byLevel(points).map { levelCount($0.points.count, $0.level) }
      sentences.append(
        (.severe, "\(counted(points.count, "single point")) of failure today: \(commaList(levels))"))
    } else if unmet.count < network.demand.count {
      sentences.append((.good, "no single point of failure today"))
    }
    if !unmet.isEmpty {
      let count = "\(unmet.count) of \(counted(network.demand.count, "product"))"
      sentences.append((.warning, "\(count) cannot be made even today: \(list(names(of: unmet), atMost: 3))"))
    }
    return sentences
  }

  private var banSentence: (SeverityWord, String) {
    guard let worst = summary.worstBan else {
      return (.warning, "no country of an active site is known, so there is no export ban to look at")
    }
    let outcome = worst.outcome
    let level = SeverityWord(of: outcome)
    guard level != .good else {
      return (.good, "no export ban by a single country costs any product anything")
    }
    let subject = "the worst single-country export ban, by \(worst.country.name),"
    let stops =
      outcome.stops.isEmpty
      ? "stops no product" : "stops \(outcome.stops.count) of \(counted(network.demand.count, "product"))"
    var sentence = "\(subject) \(stops); mean loss \(percent(outcome.meanLoss)), each product alike"
    if let highest = highestLoss(in: outcome) {
      sentence += ", highest \(highest.text) (\(nameText(network.demand[highest.demand].name)))"
    }
    return (level, sentence)
  }

  // MARK: Next commands

  func nextCommands(named name: String) -> StyledText {
    let word = shellWord(name)
    var commands = [("chokepoint draw \(word) -o network.svg", "see it")]
    if let worst = summary.worstBan, hasEffect(worst.outcome) {
      let code = worst.country.code
      commands.append(
        ("chokepoint draw \(word) --ban \(code) -o ban.svg", "see the worst ban")
      )
    }
    if isCut { commands.append(("chokepoint analyze \(word) --top 1000", "see every row")) }
    commands.append(("chokepoint analyze \(word) --format json", "for a program"))
    commands.append(("chokepoint check \(word)", "see what is missing"))
    return nextCommandsText(commands, width: width)
  }

  /// Whether some table has more rows than are shown.
  private var isCut: Bool {
    let parts = ConcentrationParts(summary.concentration.filter { $0.grouping == .country }, of: network)
    return [
      parts.stages.count, parts.published.count, parts.others.count,
      summary.singlePoints.ofDemand.count { !$0.isEmpty },
      summary.countryBans.count { hasEffect($0.outcome) }, summary.technologyBans.count { hasEffect($0) },
    ].contains { $0 > top }
  }

  /// The demand that loses most, the first of equals; nil if none loses anything.
  func highestLoss(in outcome: BanOutcome) -> (demand: Key<Demand>, text: String)? {
    var highest: (demand: Key<Demand>, loss: Loss)?
    for key in network.demand.keys {
      if let loss = outcome.loss[key.position], loss.rigid > highest?.loss.rigid ?? 0 {
        highest = (key, loss)
      }
    }
    return highest.map { ($0.demand, lossText($0.loss)) }
  }

  func lossText(_ loss: Loss) -> String { percent(loss.rigid, low: loss.low, high: loss.high) }

  /// `A`, `A and B`, `A, B and C`.
  private func commaList(_ parts: [String]) -> String {
    guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " and " + last
  }
}

/// Commands to try next, each with its purpose.
func nextCommandsText(_ commands: [(command: String, purpose: String)], width: Int) -> StyledText {
  var text = StyledText()
  text.add(.init("Next", .heading))
  let column = commands.reduce(0) { max($0, $1.command.displayWidth) } + 2
  for (command, purpose) in commands {
    let isShort = column + purpose.displayWidth + 2 <= width
    let purpose = isShort ? spaces(column - command.displayWidth) + purpose : ""
    text.add(.init("  "), .init(command, .strong), .init(purpose, .dim))
  }
  return text
}

/// How bad a result is, in a word: a reader who sees no colours sees the same.
enum SeverityWord: String {
  case severe, warning, good

  /// Severe if a product stops or loses half or more, a warning if one loses anything or might.
  init(of outcome: BanOutcome) {
    let highest = outcome.loss.reduce(0) { max($0, $1?.rigid ?? 0) }
    let loses = outcome.loss.contains { ($0?.high ?? 0) > 1e-9 }
    self = !outcome.stops.isEmpty || highest >= 0.5 ? .severe : loses ? .warning : .good
  }

  var style: StyledText.Style {
    switch self {
    case .severe: .severe
    case .warning: .warn
    case .good: .good
    }
  }

  func span(colon: Bool = false) -> StyledText.Span { .init(rawValue + (colon ? ":" : ""), style) }
}
