import Diagnostics
import Foundation
import GraphCore
import Reports
import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

struct JSONDocumentTests {
  private func json(_ network: SupplyNetwork) -> String {
    AnalysisDocument(of: RiskSummary(of: network)).json()
  }

  private func parsed(_ json: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  }

  @Test("the analysis of the example is what it was")
  func golden() throws {
    try expectSnapshot(json(exampleNetwork()), "analysis.json")
  }

  @Test("the same network gives the same bytes")
  func deterministic() throws {
    #expect(try json(exampleNetwork()) == json(exampleNetwork()))
  }

  @Test("an empty network gives empty lists")
  func empty() throws {
    let object = try parsed(json(SupplyNetwork(id: "nothing")))
    for key in ["concentration", "chokepoints", "bans", "technologyBans", "products"] {
      #expect((object[key] as? [Any])?.isEmpty == true)
    }
    let network = try #require(object["network"] as? [String: Any])
    #expect(network["asOf"] is NSNull)
  }

  @Test("a network without demand has its end products")
  func impliedDemand() throws {
    var network = try exampleNetwork()
    network.demand = Table()
    network.flows = Table()
    let products = try #require(try parsed(json(network))["products"] as? [[String: Any]])
    #expect(products.map { $0["id"] as? String } == ["magnet", "alloy", "powder"])
    #expect(products[0]["amount"] is NSNull && products[0]["place"] as? String == "WW")
  }

  @Test("names come through unchanged and cannot control a terminal", arguments: hostileTexts)
  func hostile(name: String) throws {
    let text = try json(hostileNetwork(name))
    #expect(isHarmless(text))
    let network = try #require(try parsed(text)["network"] as? [String: Any])
    let title = try #require(network["title"] as? String)
    #expect(title.unicodeScalars.elementsEqual(name.unicodeScalars))
  }

  @Test("a figure that is too large to compute with does no harm")
  func overflow() throws {
    var network = try exampleNetwork()
    network.operations = try network.operations.map {
      Operation(
        site: $0.site, process: $0.process,
        output: Figure(Double.greatestFiniteMagnitude, unit: try Unit("t/yr")))
    }
    _ = try parsed(json(network))
    _ = AnalysisText.text(of: RiskSummary(of: network), top: 10, width: 100, named: "x").rendered(
      colour: true)
  }

  @Test("the document agrees with JSONEncoder on every value but for rounding")
  func agreesWithFoundation() throws {
    let document = AnalysisDocument(of: RiskSummary(of: try exampleNetwork()))
    let reference = try JSONSerialization.jsonObject(with: JSONEncoder().encode(document))
    #expect(agree(try parsed(document.json()), reference))
  }

  /// Whether two trees hold the same, where a null on the left may be missing on the right.
  private func agree(_ ours: Any, _ theirs: Any?) -> Bool {
    switch (ours, theirs) {
    case (let ours as [String: Any], let theirs as [String: Any]):
      return theirs.keys.allSatisfy { ours[$0] != nil } && ours.allSatisfy { agree($0.value, theirs[$0.key]) }
    case (let ours as [Any], let theirs as [Any]):
      return ours.count == theirs.count && zip(ours, theirs).allSatisfy { agree($0, $1) }
    case (let ours as String, let theirs as String): return ours == theirs
    case (let ours as NSNumber, let theirs as NSNumber):
      return abs(ours.doubleValue - theirs.doubleValue) <= max(1e-12, 1e-8 * abs(theirs.doubleValue))
    case (is NSNull, nil): return true
    default: return false
    }
  }

  @Test(
    "JSON.md describes every field and no other",
    arguments: [
      "analysis", "check", "chokepoints", "flows", "cutsets", "worst", "why", "diff", "trace", "findings",
      "timeline",
    ])
  func documented(part: String) throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Reports/JSON.md").standardized
    let text = try String(contentsOf: page, encoding: .utf8)
    let section = try #require(text.components(separatedBy: "<!-- \(part) -->").dropFirst().first)
      .components(separatedBy: "\n## ")[0]
    let documented = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map {
      String($0.dropFirst(3).prefix { $0 != "`" })
    }
    #expect(Set(documented).count == documented.count)
    #expect(Set(documented).symmetricDifference(try fields(of: part)).sorted() == [])
  }

  /// Of a ban that ends, with a stock, and of one that does not, of unknown status.
  private func timelines() throws -> [String] {
    var network = try exampleNetwork()
    let china = try #require(Country(code: "CN"))
    for site in network.sites.keys {
      network.stocks.append(
        Stock(holder: .site(site), material: Key(1), amount: Figure(20, unit: try Unit("d"))))
    }
    let first = try #require(CalendarDate("2025-01-01"))
    let horizon = try #require(
      Timeline.Horizon(from: first, through: first.adding(days: 99), by: .month))
    return try [DateSpan("2025-03-01"), nil].map { end in
      let ban = Control(
        id: "c", kind: .exportBan, issuers: [china],
        dates: .init(effective: DateSpan("2025-01-11"), ended: end))
      return TimelineReport(
        of: try Timeline(of: Scenario(id: "s", controls: [ban]), on: network, over: horizon)
      ).json()
    }
  }

  private func json(_ network: SupplyNetwork, under scenario: Scenario) -> String {
    let inForce = ScenarioInForce(scenario, of: network)
    let outcome = ScenarioOutcome(of: inForce, on: network)
    return AnalysisDocument(
      of: RiskSummary(of: network, under: inForce.disruption), in: outcome,
      flexible: FlexibleLoss(of: outcome)
    ).json()
  }

  /// The maker of most of an alloy is out, and a small one is to send more than it can make.
  private func overstrainedScenario() throws -> Scenario {
    let amount = Figure(1000, unit: try Unit("t/yr"))
    return Scenario(
      id: "more", outages: [.init(.site(Key(11)))],
      responses: [.init(.addFlow(from: Key(12), to: .demand(Key(4)), Key(4), volume: amount))])
  }

  /// The paths of all fields that come out, with `[]` after the name of a list.
  private func fields(of part: String) throws -> Set<String> {
    let documents: [String]
    if part == "analysis" {
      let (network, scenario) = (try exampleNetwork(), try exampleScenario())
      documents = [
        json(network), json(network, under: scenario), json(network, under: try overstrainedScenario()),
      ]
    } else if part == "flows" {
      let risks = FlowRisks(of: DirectedGraph(nodeCount: 2, edges: [(0, 1)]), groupings: [.init(["a", nil])])
      documents = [
        FlowReport(of: risks, named: "f.csv", siteIDs: ["0", "1"], flowCount: 1, levels: ["operator"]).json()
      ]
    } else if part == "chokepoints" {
      let graph = ProductionGraph(try exampleNetwork())
      let inForce = ScenarioInForce(try exampleScenario(), of: graph.network)
      documents = [
        ChokepointReport(
          of: graph, under: .none, at: Set(Element.Level.allCases),
          products: Array(graph.network.demand.keys),
          scenario: inForce
        ).json()
      ]
    } else if part == "cutsets" {
      documents = try [cutSetsOfTree(), cutSetsOfNetwork()].map { $0.json() }
    } else if part == "diff" {
      let network = try exampleNetwork()
      var other = network
      other.operations.removeFirst()
      other.flows = Table(network.flows.rows.dropLast())
      let changed = other.sites.rows.enumerated().map { position, site in
        position == 0 ? Site(id: site.id, name: "Renamed", stage: site.stage, country: site.country) : site
      }
      other.sites = Table(changed)
      let inForce = ScenarioInForce(try exampleScenario(), of: network)
      let (one, two) = (Comparison.Side(network, scenario: inForce), Comparison.Side(other))
      // Without each site in turn, other products have other single points of failure.
      let outages = network.sites.keys.map { site in
        Comparison.Side(
          network, scenario: ScenarioInForce(Scenario(id: "out", outages: [.init(.site(site))]), of: network))
      }
      let comparisons =
        [Comparison(one, two), Comparison(two, one)]
        + outages.flatMap { [Comparison(.init(network), $0), Comparison($0, .init(network))] }
      documents = comparisons.map { DiffReport(of: $0).json() }
    } else if part == "findings" {
      documents = [try FindingsReportTests().report().json()]
    } else if part == "trace" {
      let graph = ProductionGraph(try exampleNetwork())
      documents = graph.network.demand.keys.flatMap { demand in
        ["Nd", "Dy", "Tb"].map { element in
          TraceReport(of: ProductOrigin(of: demand, in: graph, elements: [element])).json()
        }
      }
    } else if part == "timeline" {
      documents = try timelines()
    } else if part == "worst" {
      let worst = try #require(WorstCases(of: exampleNetwork(), at: .site, upTo: 2))
      let inForce = ScenarioInForce(try exampleScenario(), of: try exampleNetwork())
      documents = [WorstCaseReport(of: worst, scenario: inForce).json()]
    } else if part == "why" {
      let (network, scenario) = (try exampleNetwork(), try exampleScenario())
      let inForce = ScenarioInForce(scenario, of: network)
      let outages = network.sites.keys.map { Scenario.Outage(.site($0)) }
      let dark = ScenarioInForce(Scenario(id: "dark", outages: outages), of: network)
      let bans = try ["CN", "JP", "US"].map { code in
        Control(id: code, kind: .exportBan, issuers: [try country(code)])
      }
      let banned = ScenarioInForce(Scenario(id: "bans", controls: bans), of: network)
      documents = network.demand.keys.flatMap { demand in
        [nil, inForce, dark, banned].map { WhyReport(of: demand, in: network, scenario: $0).json() }
      }
    } else {
      let diagnostic = Diagnostic(
        id: "x", severity: .warning, "y", at: SourcePlace(file: "f", line: 1, column: 1))
      documents = [CheckDocument(of: try exampleNetwork(), diagnostics: [diagnostic]).json()]
    }
    var fields: Set<String> = []
    var pending: [(path: String, value: Any)] = try documents.map { ("", try parsed($0)) }
    while let (path, value) = pending.popLast() {
      if let object = value as? [String: Any] {
        for (key, value) in object {
          let field = path.isEmpty ? key : "\(path).\(key)"
          fields.insert(field)
          pending.append((field, value))
        }
      } else if let list = value as? [Any] {
        pending += list.map { ("\(path)[]", $0) }
      }
    }
    return fields
  }
}
