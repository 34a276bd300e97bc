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
