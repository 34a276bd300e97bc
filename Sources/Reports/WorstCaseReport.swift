public import RiskAnalysis
import SupplyModel

/// What `chokepoint worst` prints: the joint failures that cost most, and how far that is proven.
public struct WorstCaseReport: ReportParts, Sendable {
  private let worst: WorstCases
  private let scenario: ScenarioInForce?
  let width: Int

  var network: SupplyNetwork { worst.graph.network }

  /// - Parameters:
  ///   - worst: what was found.
  ///   - scenario: what happens anyway; nil for the baseline.
  ///   - width: the columns of the terminal, from 80 to 200.
  public init(of worst: WorstCases, scenario: ScenarioInForce?, width: Int = 100) {
    self.worst = worst
    self.scenario = scenario
    self.width = terminalWidth(width)
  }

  // MARK: JSON

  /// The document, as `JSON.md` describes it; the same input gives the same bytes.
  public func json() -> String {
    let product: String? =
      if case .product(let key) = worst.objective { network.demand[key].id } else { nil }
    return jsonText(
      of: Document(
        format: "chokepoint.worst", version: 1, network: network.id,
        scenario: scenario?.scenario.id ?? "baseline", asOf: scenario?.day?.description,
        mayBar: scenario?.mayBar(in: network) ?? [],
        level: worst.level.rawValue, product: product, elementCount: worst.elementCount,
        balances: network.ids(of: worst.balances), lossBefore: worst.lossBefore,
        cases: worst.cases.map { row in
          Case(
            size: row.size,
            elements: row.elements.map {
              Member(
                id: $0.id(in: network), name: $0.name(in: network), country: $0.country(in: network)?.code)
            },
            loss: row.loss, proven: row.isProven, bound: row.bound, stops: network.ids(of: row.stops),
            products: network.demand.keys.compactMap { key in
              row.lossOfDemand[key.position].map { Product(product: network.demand[key].id, rigid: $0) }
            })
        }))
  }

  private struct Document: Encodable {
    let format: String
    let version: Int
    let network: String
    let scenario: String
    let asOf: String?
    let mayBar: [CauseThatMayBar]
    let level: String
    let product: String?
    let elementCount: Int
    let balances: [String]
    let lossBefore: Double
    let cases: [Case]
  }

  private struct Case: Encodable {
    let size: Int
    let elements: [Member]
    let loss: Double
    let proven: Bool
    let bound: Double
    let stops: [String]
    let products: [Product]
  }

  private struct Member: Encodable {
    let id: String
    let name: String
    let country: String?
  }

  private struct Product: Encodable {
    let product: String
    let rigid: Double
  }

  // MARK: Text

  /// The cases for a reader, the smallest first.
  public func text() -> StyledText {
    var text = StyledText()
    let place = scenario.map { " in the scenario \(nameText($0.scenario.title))" } ?? ""
    text.add(
      words: StyledText.Span.words("Worst joint failures\(place): \(nameText(network.title))", .title),
      width: width)
    let before =
      worst.lossBefore > WorstCases.tolerance
      ? " \(percent(worst.lossBefore)) is lost before any of them fails." : ""
    text.add(
      words: StyledText.Span.words(
        "\(levelCount(worst.elementCount, worst.level)) can fail. Loss is \(measure) if nobody finds a new supplier; "
          + "best estimate.\(before)", .dim),
      width: width)
    if let scenario { text.add(scenario.openQuestion(in: network, width: width)) }
    if !worst.balances.isEmpty {
      let names = worst.balances.map { network.sites[$0].name }
      text.add(
        words: StyledText.Span.words(
          "Left out, since the rest of a published total is not one site: \(list(names, atMost: 8)).", .dim),
        width: width)
    }
    if worst.cases.isEmpty {
      text.add(SeverityWord.good.span(colon: true), .init(" nothing at this level can fail"))
    }
    for (position, row) in worst.cases.enumerated() {
      text.add()
      add(row, after: position > 0 ? worst.cases[position - 1] : nil, to: &text)
    }
    return text
  }

  private var measure: String {
    switch worst.objective {
    case .product(let key): "what \(nameText(network.demand[key].name)) misses"
    case .mean:
      "what is missing, the mean of \(counted(worst.cases.first?.lossOfDemand.count { $0 != nil } ?? 0, "product"))"
    }
  }

  private func add(_ row: WorstCases.Case, after smaller: WorstCases.Case?, to text: inout StyledText) {
    let style: StyledText.Style = row.loss >= 0.5 ? .severe : .warn
    let proof =
      row.isProven
      ? "proven: no other \(row.size == 1 ? "one" : "set") costs more"
      : "the search ended early: no \(row.size == 1 ? "one" : "set") costs more than \(percent(row.bound))"
    text.add(
      .init("\(levelCount(row.size, worst.level))  ", .heading), .init("loses \(percent(row.loss))", style),
      .init("  \(proof)", row.isProven ? .dim : .warn))
    if let smaller, row.loss <= smaller.loss + WorstCases.tolerance {
      text.add(
        words: StyledText.Span.words("no more than \(levelCount(smaller.size, worst.level)) can cost"),
        width: width, indent: 4)
      return
    }
    for element in row.elements {
      let country = element.country(in: network).map { " (\($0.name))" } ?? ""
      var note = country
      if case .site(let key) = element, network.sites[key].extent == .group {
        note += ", several sites in one row"
      }
      text.add(
        words: StyledText.Span.words(nameText(element.name(in: network)), .strong)
          + StyledText.Span.words(note, .dim),
        width: width, indent: 4, hanging: 6)
    }
    if !row.stops.isEmpty {
      text.add(
        words: StyledText.Span.words("stops:", .severe)
          + StyledText.Span.words(list(names(of: row.stops), atMost: 6)),
        width: width, indent: 4, hanging: 6)
    }
    let hit = network.demand.keys.filter { key in
      (row.lossOfDemand[key.position] ?? 0) > 0.0005 && !row.stops.contains(key)
    }.sorted {
      (row.lossOfDemand[$1.position] ?? 0, $0) < (row.lossOfDemand[$0.position] ?? 0, $1)
    }
    if !hit.isEmpty {
      let words = hit.prefix(6).map {
        "\(nameText(network.demand[$0].name)) \(percent(row.lossOfDemand[$0.position] ?? 0))"
      }
      let rest = hit.count > 6 ? " and \(wholeNumber(hit.count - 6)) more" : ""
      text.add(
        words: StyledText.Span.words("\(row.stops.isEmpty ? "" : "also ")loses:")
          + StyledText.Span.words(words.joined(separator: " · ") + rest),
        width: width, indent: 4, hanging: 6)
    }
  }
}

extension Element {
  /// Where the element is, or where what it sends comes from; nil if it is nowhere, or that is not known.
  func country(in network: SupplyNetwork) -> Country? {
    switch self {
    case .site(let key): network.sites[key].country
    case .lane(let lane): network.sites[lane.seller].country
    case .operatorOf(let key), .parent(let key): network.operators[key].country
    case .country, .exports, .material, .technology, .waypoint: nil
    }
  }
}
