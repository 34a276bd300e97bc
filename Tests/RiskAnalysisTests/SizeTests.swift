import RiskAnalysis
import SupplyModel
import Testing

/// Networks that are long rather than wide: depth must cost neither the stack nor more than its length.
struct SizeTests {
  /// A line of sites that pass on what they get, to one demand in Germany; the first one is in China.
  private func chain(_ length: Int, demands: Int = 1) throws -> SupplyNetwork {
    try NetworkSketch(
      materials: ["m"],
      sites: (0..<length).map { .init(id: "s\($0)", country: $0 == 0 ? "CN" : "DE") },
      flows: (1..<length).map { .init(from: .site("s\($0 - 1)"), to: .site("s\($0)"), material: "m") }
        + (0..<demands).map { .init(from: .site("s\(length - 1)"), to: .demand("d\($0)"), material: "m") },
      demand: (0..<demands).map { .init(id: "d\($0)", material: "m", place: .country("DE")) }
    ).network()
  }

  @Test("a chain of 100,000 sites stops at its first border")
  func longChain() throws {
    let graph = ProductionGraph(try chain(100_000))
    #expect(graph.operability(in: graph.state(under: .none)).allSatisfy { $0 })
    let ban = Disruption.exportBan(try country("CN"))
    #expect(graph.operability(in: graph.state(under: ban)).count { $0 } == 1)
    #expect(
      graph.rigidLevels(under: ban).loss(at: graph.firstDemand) == graph.rigidLevels(under: ban).loss(at: 1))
  }

  @Test("every site of a chain of 100,000 is a single point of every demand at its end")
  func singlePointsOfChain() throws {
    let graph = ProductionGraph(try chain(100_000, demands: 10))
    for points in graph.singlePoints(in: graph.state(under: .none)).ofDemand {
      #expect(points.count == 100_002)
      #expect(points.last?.level == .country)
    }
  }

  @Test("whoever stands at the top of a chain of 50,000 owners takes all of it along")
  func chainOfOwners() throws {
    let length = 50_000
    var sketch = NetworkSketch(
      materials: ["m"],
      operators: (0..<length).map { .init(id: "o\($0)", parent: $0 == 0 ? nil : "o\($0 - 1)") },
      sites: (0..<length).map { .init(id: "s\($0)", country: "CN", operatorID: "o\($0)") },
      flows: (0..<length).map { .init(from: .site("s\($0)"), to: .demand("d"), material: "m") },
      demand: [.init(id: "d", material: "m", place: .country("DE"))])
    sketch.stages = ["s"]
    let network = try sketch.network()
    let graph = ProductionGraph(network)
    let points = graph.singlePoints(in: graph.state(under: .none), at: [.operator, .parent])
    #expect(points.ofDemand == [[.parent(Key(0))]])
    let ban = Control(id: "b", kind: .entityBan, issuers: [try country("DE")], entities: [Key(0)])
    for scenario in [
      Scenario(id: "s", controls: [ban]), Scenario(id: "s", outages: [.init(.operator(Key(0)))]),
    ] {
      let disruption = ScenarioInForce(scenario, of: network).disruption
      let graph = ProductionGraph(network, tellingApart: disruption)
      #expect(!graph.operability(in: graph.state(under: disruption))[graph.firstDemand])
    }
  }

  /// Site i takes a millionth of its supply from the spring and the rest from site i + 1; the last one is in China.
  ///
  /// Breadth first from the spring all sites come before the one they wait for, and an iteration in that order needs a
  /// sweep for each site. What arrives at site 1 without China: 1 − (1 − 10⁻⁶)ⁿ for n steps.
  @Test("a ladder of 20,000 steps settles to its exact loss")
  func ladder() throws {
    let steps = 20_000
    let sites = (0...steps + 1).map {
      NetworkSketch.SiteRow(id: "s\($0)", country: $0 == steps + 1 ? "CN" : "DE")
    }
    let flows = (1...steps).flatMap { step -> [NetworkSketch.FlowRow] in
      [
        .init(from: .site("s0"), to: .site("s\(step)"), material: "m", volume: 1),
        .init(from: .site("s\(step + 1)"), to: .site("s\(step)"), material: "m", volume: 999_999),
      ]
    }
    let network = try NetworkSketch(
      materials: ["m"], sites: sites,
      flows: flows + [.init(from: .site("s1"), to: .demand("d"), material: "m")],
      demand: [.init(id: "d", material: "m", place: .country("DE"))]
    ).network()
    let graph = ProductionGraph(network)
    let loss = graph.rigidLevels(under: .exportBan(try country("CN"))).loss(at: graph.firstDemand)
    var expected = 1.0
    for _ in 0..<steps { expected *= 0.999999 }
    #expect(abs(loss.rigid - expected) < 1e-9)
  }
}
