import FaultTrees
import Foundation
import Reports
import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

/// Two pumps and a valve; what is missing has no probability.
func pumps(valve: Double? = 1e-14, _ limit: Int? = 3) throws -> CutSetResult {
  let tree = try FaultTree(
    basicEvents: [
      .init("pump-a", name: "Pump A", probability: 0.01), .init("pump-b", probability: 0.02),
      .init("valve", name: "Valve", probability: valve),
    ],
    gates: [
      .init("no-water", name: "No water", .or, [.event(2), .gate(1)]),
      .init("pumps", .and, [.event(0), .event(1)]),
    ], top: .gate(0))
  return CutSetResult(of: try CutSetAnalysis(of: tree, orderLimit: limit), topGate: tree.gates[0])
}

func cutSetsOfTree() throws -> CutSetDocument {
  CutSetDocument([try pumps(), try pumps(valve: nil)], of: .openPSA, orderLimit: 3, top: 10)
}

func results(of network: SupplyNetwork, at levels: Set<Element.Level>, _ limit: Int? = 3) throws
  -> [CutSetResult]
{
  let graph = ProductionGraph(network)
  return try graph.failures(in: graph.state(under: .none), at: levels).map { failure in
    CutSetResult(
      of: try CutSetAnalysis(of: failure.tree, orderLimit: limit), failure, at: levels, in: graph.network)
  }
}

func cutSetsOfNetwork() throws -> CutSetDocument {
  let network = try exampleNetwork()
  return CutSetDocument(
    try results(of: network, at: [.country]),
    of: .init(network, scenario: ScenarioInForce(try exampleScenario(), of: network)),
    orderLimit: 3, top: 10
  )
}

struct CutSetReportTests {
  private func text(_ results: [CutSetResult], limit: Int? = 3, top: Int = 12) -> String {
    CutSetText.text(of: results, title: "Plant", orderLimit: limit, top: top, width: 100).rendered(
      colour: false)
  }

  @Test("the report of a tree is what it was")
  func goldenText() throws {
    try expectSnapshot(text([pumps(), pumps(valve: nil)]), "cutsets-tree.txt")
  }

  @Test("the report of a network is what it was")
  func goldenNetwork() throws {
    let network = try exampleNetwork()
    let all = try results(of: network, at: [.country]) + results(of: network, at: [.site, .exports])
    try expectSnapshot(text(all), "cutsets-network.txt")
  }

  @Test("the document of a tree is what it was")
  func goldenDocument() throws {
    try expectSnapshot(cutSetsOfTree().json(), "cutsets.json")
  }

  @Test("the list is cut and the total said")
  func cut() throws {
    let tree = try FaultTree(
      basicEvents: (0..<60).map { .init("e\($0)") },
      gates: [.init("top", .atLeast(3), (0..<60).map { .event($0) })], top: .gate(0))
    let result = CutSetResult(of: try CutSetAnalysis(of: tree, orderLimit: 3), topGate: tree.gates[0])
    #expect(text([result], top: 2).contains("34,220 minimal cut sets, of 3 elements"))
    #expect(text([result], top: 2).contains("… and 34,218 more"))
    let document = CutSetDocument([result], of: .openPSA, orderLimit: 3, top: 2)
    #expect(document.cutSets.count == 2)
    #expect(document.products[0].sets == 34_220 && document.products[0].listed == 2)
    let few = CutSetResult(of: try CutSetAnalysis(of: tree, orderLimit: 2), topGate: tree.gates[0])
    #expect(text([few], limit: 2).contains("no set of at most 2 elements stops it; the smallest has 3"))
  }

  @Test("what nothing stops and what is stopped already say so")
  func constants() throws {
    for (state, words) in [
      (true, "fails even if no element does"), (false, "nothing at this level stops it"),
    ] {
      let tree = try FaultTree(basicEvents: [], gates: [.init("g", .and, [.constant(state)])], top: .gate(0))
      let result = CutSetResult(of: try CutSetAnalysis(of: tree, orderLimit: nil), topGate: tree.gates[0])
      #expect(text([result], limit: nil).contains(words))
      #expect(result.isCertain == state)
    }
  }

  @Test("tiny probabilities are written, not rounded to nothing")
  func tiny() throws {
    let tree = try FaultTree(
      basicEvents: [.init("a", probability: 1e-200), .init("b", probability: 1e-100)],
      gates: [.init("top", .and, [.event(0), .event(1)])], top: .gate(0))
    let result = CutSetResult(of: try CutSetAnalysis(of: tree, orderLimit: nil), topGate: tree.gates[0])
    #expect(
      CutSetDocument([result], of: .openPSA, orderLimit: nil, top: 1).json().contains(
        "\"probability\": 1e-300"))
    #expect(text([result], limit: nil).contains("Probability 1e-300, exact"))
  }

  @Test("names cannot control a terminal", arguments: hostileTexts)
  func hostile(name: String) throws {
    let tree = try FaultTree(
      basicEvents: [.init("a", name: name, probability: 0.5)],
      gates: [.init("top", name: name, .or, [.event(0)])], top: .gate(0))
    let result = CutSetResult(of: try CutSetAnalysis(of: tree, orderLimit: 1), topGate: tree.gates[0])
    #expect(isHarmless(text([result])))
    #expect(isHarmless(CutSetDocument([result], of: .openPSA, orderLimit: 1, top: 1).json()))
  }
}
