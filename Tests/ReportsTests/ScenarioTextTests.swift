import Reports
import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

struct ScenarioTextTests {
  private func text(_ network: SupplyNetwork, _ scenario: Scenario, width: Int = 100) -> String {
    let outcome = ScenarioOutcome(of: ScenarioInForce(scenario, of: network), on: network)
    return ScenarioText.text(of: outcome, top: 12, width: width, named: "example", scenario: scenario.id)
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
