import RiskAnalysis
import SupplyModel

extension AnalysisReport {
  /// What is not known and would change the numbers, and how much rests on estimates.
  var notKnown: StyledText {
    let missing = NotKnown(of: summary.graph)
    var text = StyledText()
    for (count, sentence) in gaps(missing) where count > 0 {
      text.add(
        words: [SeverityWord.warning.span(colon: true)] + StyledText.Span.words(sentence), width: width,
        hanging: 2)
    }
    let ranges = rangesUnderWorstBan
    if !ranges.isEmpty {
      text.add(
        words: [SeverityWord.warning.span(colon: true)]
          + StyledText.Span.words("what is not recorded makes these losses ranges: \(ranges)"),
        width: width, hanging: 2)
    }
    let figures = FigureCounts(of: network)
    if figures.total > 0 {
      text.add(
        words: StyledText.Span.words(
          "Of \(counted(figures.total, "figure")) for the size of active sites: \(figures.words)."),
        width: width, hanging: 2)
    }
    let rows = summary.concentration.filter { $0.grouping == .country }
    let estimated = rows.count { $0.estimatedShare > 0.5 }
    if estimated > 0 {
      text.add(
        words: StyledText.Span.words(
          "\(estimated) of \(counted(rows.count, "row")) on concentration by country \(estimated == 1 ? "rests" : "rest") "
            + "by more than half on figures that are estimated or unmarked."),
        width: width, hanging: 2)
    }
    if text.lines.isEmpty { return text }
    var whole = StyledText()
    whole.add(.init("What is not known", .heading))
    whole.add(text)
    return whole
  }

  private func gaps(_ missing: NotKnown) -> [(count: Int, sentence: String)] {
    let buyers = missing.buyersWithoutSplit
    let split =
      "the split among suppliers is not recorded for \(counted(buyers.count, "need")): "
      + list(buyers.map { buyerName($0) }, atMost: 3)
    let needs = missing.needsOfUnknownPurpose
    let technologies = network.technologies.keys.filter { key in needs.contains { $0.technology == key } }
    return [
      (buyers.count, split),
      (
        missing.sitesOfUnknownSize.count,
        "\(counted(missing.sitesOfUnknownSize.count, "maker")) of unknown size, counted in no share: "
          + list(names(of: missing.sitesOfUnknownSize), atMost: 3)
      ),
      (
        missing.sitesWithoutCountry.count,
        "\(counted(missing.sitesWithoutCountry.count, "active site")) whose country is not known, hit by no ban: "
          + list(names(of: missing.sitesWithoutCountry), atMost: 3)
      ),
      (
        needs.count,
        "\(counted(needs.count, "need")) of a technology for an unknown purpose: "
          + list(technologies.map { network.technologies[$0].name }, atMost: 3)
      ),
      (
        missing.technologiesOfUnknownSuppliers.count,
        "\(counted(missing.technologiesOfUnknownSuppliers.count, "technology", "technologies")) whose possible suppliers "
          + "are not known: "
          + list(missing.technologiesOfUnknownSuppliers.map { network.technologies[$0].name }, atMost: 3)
      ),
    ]
  }

  /// The losses under the worst ban that are ranges: `Wind 38 % (12–90 %)`.
  private var rangesUnderWorstBan: String {
    guard let worst = summary.worstBan else { return "" }
    let rows = network.demand.keys.compactMap { key -> (key: Key<Demand>, loss: Loss)? in
      guard let loss = worst.outcome.loss[key.position], loss.high - loss.low > 0.005 else { return nil }
      return (key, loss)
    }
    .sorted { ($1.loss.high - $1.loss.low, $0.key) < ($0.loss.high - $0.loss.low, $1.key) }
    if rows.isEmpty { return "" }
    let shown = rows.prefix(3).map { "\(nameText(network.demand[$0.key].name)) \(lossText($0.loss))" }
    let rest = rows.count - shown.count
    return shown.joined(separator: " · ") + (rest > 0 ? " and \(wholeNumber(rest)) more" : "")
      + " if \(worst.country.name) bans its exports"
  }

  private func buyerName(_ buyer: NotKnown.Buyer) -> String {
    switch buyer {
    case .site(let site, let material):
      material.map { "\(nameText(network.materials[$0].name)) at \(nameText(network.sites[site].name))" }
        ?? network.sites[site].name
    case .demand(let demand): network.demand[demand].name
    }
  }
}
