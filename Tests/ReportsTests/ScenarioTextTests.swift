import Reports
import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

struct ScenarioTextTests {
  private func text(_ network: SupplyNetwork, _ scenario: Scenario, width: Int = 100) -> String {
    let outcome = ScenarioOutcome(of: ScenarioInForce(scenario, of: network), on: network)
    return ScenarioText.text(
      of: outcome, flexible: FlexibleLoss(of: outcome), top: 12, width: width, named: "example",
      scenario: scenario.id
    )
    .rendered(colour: false)
  }

  private func points(_ network: SupplyNetwork, width: Int = 100) -> String {
    let graph = ProductionGraph(network)
    return ChokepointReport(
      of: graph, under: .none, at: Set(Element.Level.allCases), products: Array(graph.network.demand.keys),
      scenario: nil
    ).text(top: 12, width: width).rendered(colour: false)
  }

  @Test("the report on the example scenario is what it was")
  func golden() throws {
    try expectSnapshot(text(exampleNetwork(), exampleScenario()), "scenario.txt")
  }

  @Test("the single points of the example are what they were")
  func goldenPoints() throws {
    try expectSnapshot(points(exampleNetwork()), "chokepoints.txt")
  }

  @Test("where a response costs, it is named as what costs")
  func costlyResponse() throws {
    let network = try exampleNetwork()
    let working = try #require(network.sites.keys.first { network.sites[$0].isActive })
    let report = text(network, Scenario(id: "s", responses: [.init(.delaySite(working))]))
    #expect(report.contains("the responses"))
    #expect(!report.contains("what is not known\n"))
  }

  @Test("what may bar more is named where single points, cut sets and joint failures leave it out")
  func openQuestions() throws {
    let network = try exampleNetwork()
    let inForce = ScenarioInForce(try exampleScenario(), of: network)
    let graph = ProductionGraph(network, tellingApart: inForce.disruption)
    let points = ChokepointReport(
      of: graph, under: inForce.disruption, at: [.site], products: Array(graph.network.demand.keys),
      scenario: inForce)
    let worst = WorstCaseReport(
      of: try #require(WorstCases(of: network, at: .country, upTo: 1, under: inForce.disruption)),
      scenario: inForce)
    let sets = CutSetText.text(
      of: [], title: "x", openQuestion: inForce.openQuestion(in: network), orderLimit: 1, top: 1, width: 200)
    for text in [points.text(top: 1, width: 200), worst.text(), sets].map({ $0.rendered(colour: false) }) {
      let line = text.split(separator: "\n").joined(separator: " ").replacing("   ", with: " ")
      #expect(line.contains("here they bar nothing: Ban of know-how · Licence for oxides"), "\(text)")
    }
    let known = ScenarioInForce(Scenario(id: "s"), of: network)
    #expect(known.openQuestion(in: network) == nil && known.mayBar(in: network).isEmpty)
    #expect(inForce.mayBar(in: network).map(\.id) == ["know-how", "oxide"])
  }

  @Test("no line is wider than the terminal", arguments: [80, 100, 200])
  func width(width: Int) throws {
    for report in try [
      text(exampleNetwork(), exampleScenario(), width: width), points(exampleNetwork(), width: width),
    ] {
      for line in report.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
    }
  }

  @Test("names from strangers cannot control a terminal", arguments: hostileTexts)
  func hostile(name: String) throws {
    #expect(isHarmless(try text(hostileNetwork(name), hostileScenario(name))))
    #expect(isHarmless(try points(hostileNetwork(name))))
  }
}
