import RiskAnalysis
import SupplyModel

/// What reports on a network for a reader have in common.
protocol ReportParts {
  var network: SupplyNetwork { get }

  /// The columns of the terminal.
  var width: Int { get }
}

extension ReportParts {
  /// A heading and what stands under it; nothing if the table is empty.
  func section(_ heading: String, about: String? = nil, _ table: TextTable, more: Int, of what: String)
    -> StyledText
  {
    var text = StyledText()
    if table.rows.isEmpty { return text }
    text.add(.init(heading, .heading))
    if let about { text.add(words: StyledText.Span.words(about, .dim), width: width) }
    text.add(table.text(width: width))
    if more > 0 { text.add(.init("… and \(wholeNumber(more)) more \(what)", .dim)) }
    return text
  }

  func names(of demands: [Key<Demand>]) -> [String] { demands.map { network.demand[$0].name } }
  func names(of sites: [Key<Site>]) -> [String] { sites.map { network.sites[$0].name } }

  /// Each element once, by level and then in the order of the first occurrence.
  func distinct(_ elements: [Element]) -> [Element] {
    var seen: Set<Element> = []
    return elements.filter { seen.insert($0).inserted }
  }

  /// Elements by level, from the smallest level to the largest; levels without any are left out.
  func byLevel(_ elements: [Element]) -> [(level: Element.Level, points: [Element])] {
    Element.Level.allCases.compactMap { level in
      let members = elements.filter { $0.level == level }
      return members.isEmpty ? nil : (level, members)
    }
  }

  func names(of elements: [Element]) -> [String] { elements.map { $0.name(in: network) } }

  func levelCount(_ count: Int, _ level: Element.Level) -> String {
    switch level {
    case .country: counted(count, "country", "countries")
    case .technology: counted(count, "technology", "technologies")
    case .exports: counted(count, "country’s exports", "countries’ exports")
    case .countryMaterial: counted(count, "material of a country", "materials of countries")
    case .site, .lane, .operator, .parent, .waypoint: counted(count, level.rawValue)
    }
  }
}

/// A note on one line.
func noteText(_ note: String) -> String {
  note.split(whereSeparator: \.isNewline).joined(separator: " ")
}
