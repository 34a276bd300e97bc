import SupplyModel
import TestSupport
import Testing

@testable import RiskAnalysis

/// The reasons of stops against the analysis that knows nothing of reasons.
struct StopReasonTests {
  private func network(_ seed: UInt64) throws -> SupplyNetwork {
    var generator = SeededGenerator(seed: seed)
    return try NetworkSketch.random(using: &generator).network()
  }

  /// Several parts that befall a network together, each a control of some kind or an outage.
  private func parts(_ seed: UInt64, of network: SupplyNetwork) throws -> [ScenarioInForce.Part] {
    var generator = SeededGenerator(seed: seed &+ 31)
    var all = try disruptions(of: network).dropFirst().shuffled(using: &generator)
    all += allElements(of: network).shuffled(using: &generator).prefix(4).map { Disruption(failures: [$0]) }
    return all.shuffled(using: &generator).prefix(5).enumerated().map {
      ScenarioInForce.Part(cause: .outage($0), isUncertain: false, disruption: $1)
    }
  }

  private func all(_ parts: [ScenarioInForce.Part]) -> Disruption {
    parts.reduce(.none) { $0.adding($1.disruption) }
  }

  /// How many products stop in all of these networks: the tests below would be worth little without.
  @Test("there is much to explain")
  func count() throws {
    var count = 0
    for seed in 0..<300 as Range<UInt64> {
      let network = try network(seed)
      let parts = try parts(seed, of: network)
      let graph = ProductionGraph(network, tellingApart: all(parts))
      count += graph.network.demand.keys.count {
        graph.baselineIsMet($0) && graph.stopReason(of: $0, under: parts) != nil
      }
    }
    #expect(count > 80)
  }

  @Test(
    "exactly what cannot be made has a reason, and what it names is enough to stop it",
    arguments: 0..<300 as Range<UInt64>)
  func enough(seed: UInt64) throws {
    let network = try network(seed)
    let parts = try parts(seed, of: network)
    let graph = ProductionGraph(network, tellingApart: all(parts))
    let isOperable = graph.operability(in: graph.state(under: all(parts)))
    for demand in graph.network.demand.keys {
      let node = graph.node(of: demand)
      let reason = graph.stopReason(of: demand, under: parts)
      #expect((reason == nil) == isOperable[node])
      guard let reason else { continue }
      let named = parts.filter { reason.causes.contains($0.cause) }
      #expect(!graph.operability(in: graph.state(under: all(named)))[node])
      if graph.baselineIsMet(demand) { #expect(!reason.causes.isEmpty) }
    }
  }

  @Test(
    "each step names a need with all of its ways, closed by what closes them or led on to a step",
    arguments: 0..<300 as Range<UInt64>)
  func steps(seed: UInt64) throws {
    let network = try network(seed)
    let parts = try parts(seed, of: network)
    let graph = ProductionGraph(network, tellingApart: all(parts))
    for demand in graph.network.demand.keys {
      guard let reason = graph.stopReason(of: demand, under: parts) else { continue }
      #expect(reason.steps[0].subject == .demand(demand))
      #expect(Set(reason.steps.map(\.subject)).count == reason.steps.count)
      var isNamed = [Bool](repeating: false, count: reason.steps.count)
      isNamed[0] = true
      for (number, step) in reason.steps.enumerated() {
        switch step.reason {
        case .out(let causes), .technology(_, let causes): #expect(!causes.isEmpty)
        case .idle: break
        case .lacks(let need):
          for way in need.ways {
            switch way.closure {
            case .closed(let causes): #expect(!causes.isEmpty)
            case .stops(let next):
              #expect(reason.steps.indices.contains(next))
              #expect(next != number || need.isInLoop)
              isNamed[next] = true
            }
          }
        }
      }
      #expect(!isNamed.contains(false))
    }
  }

  @Test("a way that is closed opens again without what closes it", arguments: 0..<150 as Range<UInt64>)
  func opens(seed: UInt64) throws {
    let network = try network(seed)
    let parts = try parts(seed, of: network)
    let graph = ProductionGraph(network, tellingApart: all(parts))
    for demand in graph.network.demand.keys where graph.baselineIsMet(demand) {
      guard let reason = graph.stopReason(of: demand, under: parts) else { continue }
      let rest = parts.filter { !reason.causes.contains($0.cause) }
      guard graph.stopReason(of: demand, under: rest) != nil else { continue }
      // Something else stops it as well: then that is named once the first reason is gone, and nothing that was taken back.
      let next = try #require(graph.stopReason(of: demand, under: rest))
      #expect(!next.causes.isEmpty)
      #expect(Set(next.causes).isDisjoint(with: reason.causes))
    }
  }

  @Test("a loop that nothing feeds any more is called one")
  func loop() throws {
    let sketch = NetworkSketch(
      materials: ["scrap", "metal"],
      processes: [
        .init(id: "melt", slots: [[("scrap", 1)]], outputs: [("metal", 1)]),
        .init(id: "collect", slots: [[("metal", 1)]], outputs: [("scrap", 1)]),
        .init(id: "dig", outputs: [("scrap", 1)]),
      ],
      sites: [
        .init(id: "melter", country: "DE"), .init(id: "collector", country: "DE"),
        .init(id: "mine", country: "CN"),
      ],
      operations: [
        .init(site: "melter", process: "melt", output: 10),
        .init(site: "collector", process: "collect", output: 9),
        .init(site: "mine", process: "dig", output: 1),
      ],
      markets: ["scrap", "metal"], demand: [.init(id: "d", material: "metal", place: .country("DE"))])
    let graph = ProductionGraph(try sketch.network())
    let ban = ScenarioInForce.Part(
      cause: .outage(0), isUncertain: false, disruption: .exportBan(try country("CN")))
    let reason = try #require(graph.stopReason(of: Key(0), under: [ban]))
    #expect(
      reason.steps.map(\.subject) == [
        .demand(Key(0)), .operation(Key(0), Key(0)), .operation(Key(1), Key(1)),
      ])
    let needs = reason.steps.compactMap { step -> StopReason.Need? in
      if case .lacks(let need) = step.reason { need } else { nil }
    }
    #expect(needs.map(\.isInLoop) == [false, true, true])
    #expect(
      needs[1].ways.map(\.closure).contains(.closed([.outage(0)]))
        && needs[1].ways.map(\.closure).contains(.stops(2)))
  }

  @Test(
    "a chain of losses adds up: what is lost through the suppliers is what the buyer loses",
    arguments: 0..<200 as Range<UInt64>)
  func chain(seed: UInt64) throws {
    let network = try network(seed)
    let parts = try parts(seed, of: network)
    let graph = ProductionGraph(network, tellingApart: all(parts))
    let levels = graph.rigidLevels(under: all(parts))
    for demand in graph.network.demand.keys where graph.baselineIsMet(demand) {
      let chain = graph.lossChain(of: demand, under: parts)
      let loss = levels.loss(at: graph.node(of: demand)).rigid
      #expect(chain.steps.isEmpty == (loss <= 1e-9))
      if let first = chain.steps.first { #expect(abs(first.loss - loss) < 1e-9) }
      for step in chain.steps where step.loss < 1 - 1e-9 {
        #expect(abs(step.suppliers.reduce(0) { $0 + $1.lost } - step.loss) < 1e-7)
        #expect(zip(step.suppliers, step.suppliers.dropFirst()).count { $0.lost < $1.lost } == 0)
      }
    }
  }
}
