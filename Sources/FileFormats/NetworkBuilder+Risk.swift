import Diagnostics
import SupplyModel

/// The tables that scores of supply risk need: governance, trade parameters, recycling and substitution.
extension NetworkBuilder {
  /// The material or the element group that a written id names, or nil; an id that neither has is reported.
  func subject(_ item: Item, _ problems: inout Problems) -> Statistic.Subject? {
    guard let text = item.text else { return nil }
    if let material = materials.key(of: text) { return .material(material) }
    if let group = elementGroups.key(of: text) { return .elements(group) }
    if materials.isComplete, elementGroups.isComplete {
      problems.report(
        "dangling-id", at: item.spot, "no material and no element group has the id '\(text)'",
        help: materials.didYouMean(text) ?? elementGroups.didYouMean(text) ?? materials.help(for: text))
    }
    return nil
  }

  /// Where a number comes from, written beside it.
  private func origin(
    _ record: inout RecordReader
  ) -> (year: Int?, source: Key<Source>?, confidence: Confidence?, note: String?) {
    let year = record.integer("year", in: 1800...2200)
    let confidence: Confidence? = record.choice("confidence")
    return (year, source(&record), confidence, record.text("note"))
  }

  mutating func addGovernance(_ record: inout RecordReader) {
    let spot = record.item("country")?.spot
    let country = record.country("country")
    let estimate = record.number("estimate", in: -4...4)
    let (year, source, confidence, note) = origin(&record)
    guard let country, let spot else { return }
    if let earlier = ratedCountries.updateValue(spot, forKey: country) {
      record.problems.report(
        "duplicate-id", at: spot, "the governance of \(country.name) is given twice", earlier: earlier,
        help: "keep one of the rows")
      return
    }
    guard let estimate else { return }
    governance.append(
      Governance(
        country: country, estimate: estimate, source: source, year: year, confidence: confidence, note: note))
  }

  mutating func addTradeParameter(_ record: inout RecordReader) {
    let country = record.country("country")
    let written = record.written("material")
    let described = written.flatMap { subject($0, &record.problems) }
    let parameter = record.number("parameter", in: 0...10)
    let (year, source, confidence, note) = origin(&record)
    guard let country, let parameter, written == nil || described != nil else { return }
    if tradeParameters.contains(where: { $0.country == country && $0.subject == described }) {
      record.problems.report(
        "duplicate-id", at: record.item("country")?.spot ?? .nowhere,
        "the trade parameter of \(country.name) is given twice for the same", help: "keep one of the rows")
      return
    }
    tradeParameters.append(
      TradeParameter(
        country: country, subject: described, parameter: parameter, source: source, year: year,
        confidence: confidence, note: note))
  }

  mutating func addRiskParameters(_ record: inout RecordReader) {
    let recycling = share("recycling", &record)
    let substitution = share("substitution", &record)
    guard let item = record.written("material"), let subject = subject(item, &record.problems) else { return }
    if let earlier = describedSubjects.updateValue(item.spot, forKey: subject) {
      record.problems.report(
        "duplicate-id", at: item.spot, "two rows describe '\(item.text ?? "")'", earlier: earlier,
        help: "keep one of them")
      return
    }
    riskParameters.append(
      RiskParameters(subject: subject, recycling: recycling, substitution: substitution))
  }

  /// A part from 0 to 1.
  private func share(_ key: String, _ record: inout RecordReader) -> Figure? {
    let quantity = record.quantity(key)
    guard let figure = figure(quantity, fits: [.ratio], bareUnit: try? Unit(""), &record.problems) else {
      return nil
    }
    guard max(figure.value, figure.high ?? 0) <= 1 else {
      record.problems.report(
        "out-of-range", at: quantity?.spot ?? .nowhere, "'\(key)' cannot be more than 1",
        help: "write a part such as 0.01, or 1 %")
      return nil
    }
    return figure
  }
}
