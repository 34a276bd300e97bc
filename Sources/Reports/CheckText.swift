public import Diagnostics
public import SupplyModel

/// What `chokepoint check` prints for a reader once a network could be read.
public enum CheckText {
  /// One line that sums up the network, then where its figures come from, then what it cannot do.
  ///
  /// - Parameters:
  ///   - network: a valid network.
  ///   - diagnostics: what reading it found; only counted here.
  ///   - top: how many warnings of a kind are listed at most; the rest is counted. Taken as 1 if it is less.
  ///   - width: the columns of the terminal, from 80 to 200.
  ///   - name: what the user calls the network on a command line; without it no next command is named.
  /// - Returns: the report; the same network gives the same text.
  public static func text(
    of network: SupplyNetwork, diagnostics: [Diagnostic] = [], top: Int = 10, width: Int,
    named name: String? = nil
  ) -> StyledText {
    let document = CheckDocument(of: network, diagnostics: diagnostics)
    let width = terminalWidth(width)
    let top = max(1, top)
    var text = StyledText()
    func add(_ word: SeverityWord, _ sentence: String) {
      text.add(words: [word.span(colon: true)] + StyledText.Span.words(sentence), width: width, hanging: 2)
    }
    func addRest(_ count: Int, _ what: String) {
      if count > top { text.add(.init("… and \(wholeNumber(count - top)) more \(what)", .dim)) }
    }
    let warnings = diagnostics.count { $0.severity == .warning }
    let noted = warnings > 0 ? ", with \(counted(warnings, "warning"))" : ""
    if let counts = document.counts {
      add(.good, "\(nameText(network.title)) is a valid network\(noted): \(tableWords(counts))")
      if counts.figures.total > 0 {
        text.add(
          words: StyledText.Span.words(
            "Size of active sites, by where the figure comes from: \(counts.figures.words)."),
          width: width, hanging: 2)
      }
    }
    for site in document.sitesThatCannotRun.prefix(top) {
      let process = site.process.map { " (\(nameText($0)))" } ?? ""
      let missing = site.missing.isEmpty ? "anything" : list(site.missing, atMost: 5)
      add(.warning, "\(nameText(site.name))\(process) cannot run: nothing brings \(missing)")
    }
    addRest(document.sitesThatCannotRun.count, "sites that cannot run")
    for demand in document.demandsNotMet.prefix(top) {
      add(
        .warning, "demand \(nameText(demand.name)) cannot be met: nothing brings \(nameText(demand.material))"
      )
    }
    addRest(document.demandsNotMet.count, "demands that cannot be met")
    for flow in document.deadFlows.prefix(top) {
      add(
        .warning,
        "flow \(nameText(flow)) carries nothing: its origin neither makes nor is brought the material")
    }
    addRest(document.deadFlows.count, "flows that carry nothing")
    if let name { text.add(.init("Next: "), .init("chokepoint analyze \(shellWord(name))", .strong)) }
    return text
  }

  /// The tables that have rows: `12 sites (11 active), 9 materials`.
  private static func tableWords(_ counts: CheckDocument.Counts) -> String {
    let tables = [
      (counts.sites, "site", "sites"),
      (counts.stages, "stage", "stages"), (counts.materials, "material", "materials"),
      (counts.elementGroups, "element group", "element groups"), (counts.processes, "process", "processes"),
      (counts.operations, "operation", "operations"), (counts.flows, "flow", "flows"),
      (counts.markets, "market", "markets"), (counts.operators, "operator", "operators"),
      (counts.technologies, "technology", "technologies"), (counts.stocks, "stock", "stocks"),
      (counts.demand, "demand", "demands"), (counts.statistics, "statistic", "statistics"),
      (counts.sources, "source", "sources"),
    ]
    var words = tables.filter { $0.0 > 0 }.map { counted($0.0, $0.1, $0.2) }
    if counts.sites > 0 { words[0] += " (\(wholeNumber(counts.activeSites)) active)" }
    return words.isEmpty ? "it is empty" : words.joined(separator: ", ")
  }
}
