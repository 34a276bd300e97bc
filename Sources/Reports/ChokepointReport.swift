public import RiskAnalysis
public import SupplyModel

/// What `chokepoint chokepoints` prints: single points of failure with their witnesses.
public struct ChokepointReport: Sendable {
  private let network: SupplyNetwork
  private let scenario: ScenarioInForce?
  private let demands: [Key<Demand>]
  private let isMet: [Bool]
  private let witnesses: [[Witness]]

  /// - Parameters:
  ///   - graph: of the network, telling the disruption apart.
  ///   - disruption: what holds anyway.
  ///   - levels: what to look for.
  ///   - products: which demands to look at, in the network's order.
  ///   - scenario: where the disruption comes from; nil for the baseline.
  public init(
    of graph: ProductionGraph, under disruption: Disruption, at levels: Set<Element.Level>,
    products: [Key<Demand>], scenario: ScenarioInForce?
  ) {
    network = graph.network
    self.scenario = scenario
    demands = products
    let state = graph.state(under: disruption)
    let isOperable = graph.operability(in: state)
    isMet = graph.network.demand.keys.map { isOperable[graph.node(of: $0)] }
    witnesses = graph.witnesses(in: state, at: levels)
  }

  // MARK: JSON

  /// The document, as `JSON.md` describes it; the same input gives the same bytes.
  public func json() -> String {
    jsonText(
      of: Document(
        format: "chokepoint.chokepoints", version: 1, network: network.id,
        scenario: scenario?.scenario.id ?? "baseline", asOf: scenario?.day?.description,
        mayBar: scenario?.mayBar(in: network) ?? [],
        chokepoints: demands.flatMap { key in
          witnesses[key.position].map { Point($0, product: network.demand[key].id, in: network) }
        },
        unmet: network.ids(of: demands.filter { !isMet[$0.position] })))
  }

  private struct Document: Encodable {
    let format: String
    let version: Int
    let network: String
    let scenario: String
    let asOf: String?
    let mayBar: [CauseThatMayBar]
    let chokepoints: [Point]
    let unmet: [String]
  }

  private struct Point: Encodable {
    let product: String
    let level: String
    let id: String
    let name: String
    let witness: Why

    init(_ witness: Witness, product: String, in network: SupplyNetwork) {
      self.product = product
      level = witness.element.level.rawValue
      id = witness.element.id(in: network)
      name = witness.element.name(in: network)
      self.witness = Why(
        sentence: witness.sentence(in: network), buyer: network.id(of: witness.buyer),
        materials: witness.materials.map { network.materials[$0].id }, sellers: witness.sellers,
        othersStop: witness.haveOthersStopped,
        path: witness.steps.map {
          Step(site: network.sites[$0.site].id, sends: $0.sends.map { network.materials[$0].id })
        })
    }
  }

  private struct Why: Encodable {
    let sentence: String
    let buyer: String
    let materials: [String]
    let sellers: Int
    let othersStop: Bool
    let path: [Step]
  }

  private struct Step: Encodable {
    let site: String
    let sends: String?
  }

  // MARK: Text

  /// The points for a reader, the product with the most of them first.
  public func text(top: Int, width: Int) -> StyledText {
    let width = terminalWidth(width)
    var text = StyledText()
    let place = scenario.map { "in the scenario \(nameText($0.scenario.title))" } ?? "today"
    text.add(
      words: StyledText.Span.words("Single points of failure \(place): \(nameText(network.title))", .title),
      width: width)
    if let scenario { text.add(scenario.openQuestion(in: network, width: width)) }
    let unmet = demands.filter { !isMet[$0.position] }
    if !unmet.isEmpty {
      let names = unmet.map { network.demand[$0].name }
      text.add(
        words: [SeverityWord.severe.span(colon: true)]
          + StyledText.Span.words("cannot be made at all: \(list(names, atMost: 6))"), width: width,
        hanging: 2)
    }
    // Products that stop for the same reasons stand together.
    var groups: [(points: [Witness], products: [Key<Demand>])] = []
    var groupOfPoints: [[Element]: Int] = [:]
    for key in demands where isMet[key.position] {
      let points = witnesses[key.position]
      if points.isEmpty { continue }
      let elements = points.map(\.element)
      if let group = groupOfPoints[elements] {
        groups[group].products.append(key)
      } else {
        groupOfPoints[elements] = groups.count
        groups.append((points, [key]))
      }
    }
    if groups.isEmpty {
      text.add(SeverityWord.good.span(colon: true), .init(" no single point of failure at these levels"))
      return text
    }
    let ordered = groups.enumerated().sorted { one, other in
      (other.element.points.count, one.offset) < (one.element.points.count, other.offset)
    }.map(\.element)
    for group in ordered { add(group.points, of: group.products, to: &text, top: top, width: width) }
    let free = demands.filter { isMet[$0.position] && witnesses[$0.position].isEmpty }
    if !free.isEmpty {
      text.add()
      text.add(
        words: [SeverityWord.good.span(colon: true)]
          + StyledText.Span.words(
            "no single point of failure: \(list(free.map { network.demand[$0].name }, atMost: 8))"),
        width: width, hanging: 2)
    }
    return text
  }

  private func add(
    _ points: [Witness], of products: [Key<Demand>], to text: inout StyledText, top: Int, width: Int
  ) {
    text.add()
    text.add(
      words: StyledText.Span.words(list(products.map { network.demand[$0].name }, atMost: 4), .heading),
      width: width)
    for level in Element.Level.allCases {
      let rows = points.filter { $0.element.level == level }
      if rows.isEmpty { continue }
      text.add(.init("  \(level.rawValue)", .strong), .init("  \(wholeNumber(rows.count))", .dim))
      for witness in rows.prefix(top) {
        let name = StyledText.Span.words("\(nameText(witness.element.name(in: network))):", .severe)
        text.add(
          words: name + StyledText.Span.words(witness.reason(in: network)), width: width, indent: 4,
          hanging: 8)
      }
      if rows.count > top { text.add(.init("    … and \(wholeNumber(rows.count - top)) more", .dim)) }
    }
  }
}
