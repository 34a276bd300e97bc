import RiskAnalysis
import SupplyModel

extension AnalysisReport {
  /// Concentration by country: stage by stage, then published series to compare with, then everything else.
  var concentration: StyledText {
    let parts = ConcentrationParts(summary.concentration.filter { $0.grouping == .country }, of: network)
    let about =
      "HHI: above 1,800 is high, from 1,000 moderate (US Merger Guidelines 2023); a range where holders are not known. "
      + "N-1: what is left without the largest."
    var text = section(
      "Concentration by country", about: about, countryTable(parts.stages, saysBasis: false),
      more: parts.stages.count - top, of: "rows")
    for (heading, rows, saysBasis) in [
      ("Published figures to compare with", parts.published, true),
      ("Concentration by country, further groups and materials", parts.others, false),
    ] {
      let part = section(
        heading, about: text.lines.isEmpty ? about : nil, countryTable(rows, saysBasis: saysBasis),
        more: rows.count - top, of: "rows")
      if !text.lines.isEmpty, !part.lines.isEmpty { text.add() }
      text.add(part)
    }
    return text
  }

  /// By operator and by ultimate parent, in one row for each supply.
  var ownership: StyledText {
    let byOperator = summary.concentration.filter { $0.grouping == .operator && !$0.holders.isEmpty }
    let byParent = summary.concentration.filter { $0.grouping == .parent && !$0.holders.isEmpty }
    // Both come in the same order, for the same supplies: every operator has an ultimate parent.
    let pairs = zip(
      ConcentrationParts(byOperator, of: network).stages, ConcentrationParts(byParent, of: network).stages)
    let rows = worstFirst(Array(pairs)) { $0.1.hhi }
    var columns: [TextTable.Column] = [
      .text("stage"), .text("what"), .text("largest operator"), .number("share"),
    ]
    if isWide { columns.append(.number("HHI")) }
    columns += [.text("largest parent"), .number("share"), .number("HHI"), .text("level")]
    if isWide { columns.append(.number("not known")) }
    var table = TextTable(columns)
    for (own, parent) in rows.prefix(top) {
      var cells = place(of: own) + largest(own)
      if isWide { cells.append(.init(hhiText(own))) }
      cells += largest(parent) + [.init(hhiText(parent)), levelSpan(parent)]
      if isWide { cells.append(.init(unattributedText(own))) }
      table.add(.init(cells))
    }
    return section(
      "Concentration by operator and ultimate parent", table, more: rows.count - top, of: "rows")
  }

  /// A table by country; in a narrow terminal, what a row is based on and what is to be said about it come below it.
  private func countryTable(_ rows: [Concentration], saysBasis: Bool) -> TextTable {
    var columns: [TextTable.Column] = [.text("stage"), .text("what")]
    if saysBasis, isWide { columns.append(.text("basis")) }
    columns += [
      .text("largest"), .number("share"), .number("HHI"), .text("level"), .number("N-1"),
      .number("not known"),
    ]
    if isWide { columns.append(.text("note")) }
    var table = TextTable(columns)
    for row in worstFirst(rows, by: { $0.hhi }).prefix(top) {
      var cells = place(of: row)
      if saysBasis, isWide { cells.append(.init(basisText(row))) }
      cells += largest(row)
      cells += [
        .init(hhiText(row)), levelSpan(row), .init(row.nMinus1.map { percent($0) } ?? "n/a"),
        .init(unattributedText(row)),
      ]
      var notes = notes(on: row)
      if isWide {
        cells.append(.init(notes.joined(separator: ", "), .dim))
        notes = []
      } else if saysBasis {
        notes.insert("basis: \(nameText(basisText(row)))", at: 0)
      }
      let details = notes.isEmpty ? [] : [StyledText.Span.words(notes.joined(separator: ", "), .dim)]
      table.add(.init(cells, details: details))
    }
    return table
  }

  private var isWide: Bool { width >= 120 }

  private func place(of row: Concentration) -> [StyledText.Span] {
    [.init(network.stages[row.stage].name), .init(network.name(of: row.subject))]
  }

  private func largest(_ row: Concentration) -> [StyledText.Span] {
    guard let holder = row.largest, holder.share >= row.unattributed else {
      return [.init("mostly not known"), .init("–")]
    }
    return [.init(holder.name), .init(percent(holder.share))]
  }

  // MARK: Other bases

  /// What is made beside what is for sale, what reaches the products and where it was mined; largest country, share, index.
  var otherBases: StyledText {
    let rows = summary.tracedConcentration.filter { $0.grouping == .country }
    let made = ConcentrationParts(summary.concentration.filter { $0.grouping == .country }, of: network)
      .stages
    func cell(_ row: Concentration?, marked: Bool) -> StyledText.Span {
      guard let row else { return .init("–", .dim) }
      guard let holder = row.largest, holder.share >= row.unattributed else { return .init("not known") }
      let mark = marked && row.hhiHigh - row.hhiLow > 0.5 ? "~" : ""
      let share = isWide ? " \(percent(holder.share))" : ""
      return .init("\(holder.id)\(share) \(mark)\(wholeNumber(row.hhi))")
    }
    func row(_ own: Concentration, _ basis: Concentration.Basis) -> Concentration? {
      rows.first { $0.basis == basis && $0.stage == own.stage && $0.subject == own.subject }
    }
    let shown = made.map { own in (own, [row(own, .openMarket), row(own, .reaching), row(own, .origin)]) }
      .filter { $0.1.contains { $0 != nil } }
    // In a narrow terminal, what is the same in all rows stands above them.
    let subjects = Set(shown.map(\.0.subject))
    let isRated = !network.governance.isEmpty
    var columns: [TextTable.Column] = [.text("stage")]
    if subjects.count > 1 { columns.append(.text("what")) }
    columns += [.text("made"), .text("for sale"), .text("reaches products"), .text("origin")]
    if isRated { columns.append(.number("weighted")) }
    var table = TextTable(columns)
    var notWeighed: Set<Key<Demand>> = []
    for (own, others) in shown.prefix(top) {
      for row in others { notWeighed.formUnion(row?.productsNotWeighed ?? []) }
      var cells = subjects.count > 1 ? place(of: own) : Array(place(of: own).prefix(1))
      cells += [cell(own, marked: false)] + others.map { cell($0, marked: true) }
      if isRated {
        let weighted = network.governanceWeighted(own)
        cells.append(.init(weighted?.hhi.map { wholeNumber($0) } ?? "not known"))
      }
      table.add(.init(cells))
    }
    var about =
      (subjects.count == 1 ? subjects.map { "\(nameText(network.name(of: $0))). " }[0] : "")
      + "Largest country\(isWide ? ", its share," : "") and HHI. Made: nominal, as above. For sale: less what makers use and recorded flows bring to a buyer. "
      + "Reaches products: by the mass in products of known amount. Origin: where it was mined or recovered. ~ rests on estimates; "
      + "JSON has the bounds."
    if isRated { about += " Weighted: HHI of what is made, by governance (0 best, 1 worst)." }
    if !notWeighed.isEmpty {
      about +=
        " \(counted(notWeighed.count, "product")) of unknown amount \(notWeighed.count == 1 ? "is" : "are") left out."
    }
    var text = section(
      "What is made is not what arrives", about: about, table, more: shown.count - top, of: "rows")
    let technology = technologySuppliers
    if !technology.lines.isEmpty {
      if !text.lines.isEmpty { text.add() }
      text.add(technology)
    }
    return text
  }

  /// Who supplies the technologies, stage by stage.
  private var technologySuppliers: StyledText {
    var seen: Set<[Int]> = []
    let made = ConcentrationParts(summary.concentration.filter { $0.grouping == .country }, of: network)
      .stages
    let rows = summary.tracedConcentration.filter { row in
      guard case .technology(let key) = row.basis,
        made.contains(where: { $0.stage == row.stage && $0.subject == row.subject })
      else { return false }
      return seen.insert([row.stage.position, key.position]).inserted
    }
    var table = TextTable([
      .text("stage"), .text("technology"), .number("covers"), .text("largest supplier"), .number("share"),
      .number("HHI"), .number("not known"),
    ])
    for row in worstFirst(rows, by: { $0.total }).prefix(top) {
      guard case .technology(let key) = row.basis else { continue }
      let whole = made.first { $0.stage == row.stage && $0.subject == row.subject }?.total ?? row.total
      table.add(
        .init(
          [
            .init(network.stages[row.stage].name), .init(network.technologies[key].name),
            .init(percent(min(1, row.total / whole))),
          ] + largest(row) + [.init(hhiText(row)), .init(unattributedText(row))]))
    }
    return section(
      "Who supplies the technology",
      about:
        "By what the sites make that are known to need it; covers: their part of what the stage makes. Who makes the rest uses technology "
        + "that is not recorded.",
      table, more: rows.count - top, of: "rows")
  }

  // MARK: Supply risk

  /// Import reliance and scores for one region: the EU if somebody there wants something, else the first place of the demand.
  var supplyRisk: StyledText {
    let places = summary.supplyRisks.map(\.region)
    guard !network.governance.isEmpty || !network.riskParameters.isEmpty,
      let place = places.first(where: { $0.id == "EU" }) ?? places.first
    else { return StyledText() }
    let risks = summary.supplyRisks.filter { $0.region == place }
    func score(_ score: Double?) -> StyledText.Span {
      .init(score.map { $0.isFinite ? "\(SupplyRisk.published($0))" : "n/a" } ?? "not known")
    }
    var table = TextTable([
      .text("stage"), .text("what"), .number("import reliance"), .number("supply risk"),
      .number("GeoPolRisk"),
    ])
    let stages = risks.flatMap { risk in risk.stages.map { (risk, $0) } }
      .filter { $0.1.importReliance != nil || $0.1.score != nil || $0.1.geopolitical != nil }
    for (risk, stage) in stages.prefix(top) {
      table.add(
        .init([
          .init(network.stages[stage.stage].name), .init(network.name(of: risk.subject)),
          .init(stage.importReliance.map { percent($0) } ?? "not known"), score(stage.score),
          .init(stage.geopolitical.map { threeDigits($0) } ?? "not known"),
        ]))
    }
    var about =
      "Supply risk: the EU's formula of 2017, critical from 1.0; GeoPolRisk: 0 to 1; by where things are made, not by trade statistics. Stages "
      + "of which none is known are left out."
    let missing = risks.flatMap(\.missing)
    let words = missingWords(missing)
    if !words.isEmpty { about += " Missing for a score: \(words)." }
    return section(
      "Supply risk for \(place.id)", about: about, table, more: stages.count - top, of: "rows")
  }

  private func threeDigits(_ share: Double) -> String {
    guard share >= 0, share < 1e6 else { return "n/a" }
    let thousandths = Int(share * 1_000 + 0.5)
    let digits = "\(thousandths % 1_000)"
    return "\(thousandths / 1_000)." + String(repeating: "0", count: 3 - digits.count) + digits
  }

  /// What is missing in a few words: countries together, others counted.
  private func missingWords(_ missing: [NetworkSupplyRisk.Missing]) -> String {
    var (governance, trade): ([String], [String]) = ([], [])
    var (hasRecycling, hasSubstitution) = (true, true)
    var (sites, needs): (Set<Key<Site>>, Set<Sourcing.Buyer>) = ([], [])
    for row in missing {
      switch row {
      case .governance(let country): if !governance.contains(country.code) { governance.append(country.code) }
      case .tradeParameter(let country): if !trade.contains(country.code) { trade.append(country.code) }
      case .recycling: hasRecycling = false
      case .substitution: hasSubstitution = false
      case .size(let site): sites.insert(site)
      case .need(let buyer): needs.insert(buyer)
      }
    }
    var words: [String] = []
    if !governance.isEmpty { words.append("governance of \(list(governance.sorted(), atMost: 6))") }
    if network.tradeParameters.isEmpty, !trade.isEmpty {
      words.append("all trade parameters")
    } else if !trade.isEmpty {
      words.append("trade parameter of \(list(trade.sorted(), atMost: 6))")
    }
    if !hasRecycling { words.append("recycling input rate") }
    if !hasSubstitution { words.append("substitution index") }
    if !sites.isEmpty { words.append("size of \(counted(sites.count, "site"))") }
    if !needs.isEmpty { words.append("need of \(counted(needs.count, "buyer"))") }
    return words.joined(separator: "; ")
  }

  /// The rows by falling number, equal ones in the order of the network.
  private func worstFirst<Row>(_ rows: [Row], by number: (Row) -> Double) -> [Row] {
    rows.enumerated().sorted { a, b in
      let (first, second) = (number(a.element), number(b.element))
      return first != second ? first > second : a.offset < b.offset
    }
    .map(\.element)
  }

  private func basisText(_ row: Concentration) -> String {
    switch row.basis {
    case .sites: "sites"
    case .published(_, let name): name
    case .openMarket: "for sale"
    case .reaching: "reaches products"
    case .origin: "origin"
    case .technology(let key): network.technologies[key].name
    }
  }

  private func hhiText(_ row: Concentration) -> String {
    let (low, high) = (wholeNumber(row.hhi), wholeNumber(row.hhiHigh))
    return low == high ? low : "\(low)–\(high)"
  }

  private func levelSpan(_ row: Concentration) -> StyledText.Span {
    let (low, high) = (ConcentrationLevel(hhi: row.hhi), ConcentrationLevel(hhi: row.hhiHigh))
    return .init(low == high ? low.rawValue : "\(low.rawValue)–\(high.rawValue)", high.style)
  }

  private func unattributedText(_ row: Concentration) -> String {
    row.unattributed > 0 ? percent(row.unattributed) : "–"
  }

  private func notes(on row: Concentration) -> [String] {
    var parts: [String] = []
    let unknown = row.sitesOfUnknownSize.count
    if unknown > 0 { parts.append("\(counted(unknown, "maker")) of unknown size") }
    if row.estimatedShare > 0.995 {
      parts.append("estimated or unmarked")
    } else if row.estimatedShare > 0 {
      parts.append("\(percent(row.estimatedShare)) estimated or unmarked")
    }
    return parts
  }
}

/// Rows on concentration in the order of interest.
struct ConcentrationParts {
  /// For each stage what it is measured by: its element groups that share no element or, without one, its materials.
  var stages: [Concentration] = []
  var published: [Concentration] = []
  var others: [Concentration] = []

  /// Sorts rows of one grouping, which come stage by stage with element groups first.
  init(_ rows: [Concentration], of network: SupplyNetwork) {
    var counted: [Key<Stage>: Set<String>] = [:]
    for row in rows {
      if case .published = row.basis {
        published.append(row)
      } else if case .elements(let group) = row.subject {
        let elements = network.elementGroups[group].elements
        if counted[row.stage, default: []].isDisjoint(with: elements) {
          counted[row.stage, default: []].formUnion(elements)
          stages.append(row)
        } else {
          others.append(row)
        }
      } else if counted[row.stage] != nil {
        others.append(row)
      } else {
        stages.append(row)
      }
    }
  }
}
