import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

/// Differences that were made on purpose, and none where none were made.
struct ComparisonTests {
  private func sketch(_ seed: UInt64) -> NetworkSketch {
    var generator = SeededGenerator(seed: seed)
    return NetworkSketch.random(using: &generator)
  }

  @Test("a network does not differ from itself", arguments: 0..<60 as Range<UInt64>)
  func same(seed: UInt64) throws {
    let network = try sketch(seed).network()
    #expect(Comparison(.init(network), .init(network)).isEmpty)
  }

  @Test(
    "what one side has and the other has not, appears or goes, whichever comes first",
    arguments: 0..<40 as Range<UInt64>)
  func mirrored(seed: UInt64) throws {
    let network = try sketch(seed).network()
    var smaller = sketch(seed)
    let gone = smaller.flows.removeLast()
    _ = gone
    let other = try smaller.network()
    let (there, back) = (Comparison(.init(network), .init(other)), Comparison(.init(other), .init(network)))
    let flows = try #require(there.tables.first { $0.table == "flows" })
    #expect(flows.appeared.isEmpty && flows.gone.count == 1)
    #expect(back.tables.first { $0.table == "flows" }?.appeared == flows.gone)
    #expect(there.stops == back.resumes && there.resumes == back.stops)
    #expect(there.losses.map(\.row) == back.losses.map(\.row))
    for (one, other) in zip(there.bans, back.bans) { #expect(one.size == other.size) }
    for (one, other) in zip(there.bans, there.bans.dropFirst()) { #expect(one.size >= other.size) }
    for (one, other) in zip(there.points, back.points) {
      #expect(one.appeared == other.gone && one.gone == other.appeared)
    }
  }

  @Test(
    "single points of failure are compared where both sides can make the product",
    arguments: 0..<60 as Range<UInt64>)
  func points(seed: UInt64) throws {
    let network = try sketch(seed).network()
    let ban = Scenario(
      id: "ban", controls: [Control(id: "c", kind: .exportBan, issuers: [try country("CN")])])
    let scenario = ScenarioInForce(ban, of: network)
    let comparison = Comparison(.init(network), .init(network, scenario: scenario))
    let (old, new) = (
      RiskSummary(of: network).singlePoints,
      RiskSummary(of: network, under: scenario.disruption).singlePoints
    )
    for demand in network.demand.keys {
      let (before, after) = (old.ofDemand[demand.position], new.ofDemand[demand.position])
      let change = comparison.points.first { $0.product.id == network.demand[demand].id }
      guard old.isMet[demand.position], new.isMet[demand.position] else {
        #expect(change == nil)
        continue
      }
      #expect(
        change?.appeared.map(\.row.id) ?? []
          == after.filter { !before.contains($0) }.map { $0.id(in: network) })
      #expect(
        change?.gone.map(\.row.id) ?? [] == before.filter { !after.contains($0) }.map { $0.id(in: network) })
    }
  }

  @Test("a changed site, a scenario's control and what they do are told")
  func told() throws {
    var sketch = NetworkSketch(
      stages: ["mine"], materials: ["ore"], processes: [.init(id: "dig", outputs: [("ore", 1)])],
      sites: [.init(id: "a", stage: "mine", country: "CN"), .init(id: "b", stage: "mine", country: "AU")],
      operations: [.init(site: "a", process: "dig", output: 3), .init(site: "b", process: "dig", output: 1)],
      markets: ["ore"], demand: [.init(id: "d", material: "ore", place: .country("DE"), amount: 4)])
    let one = try sketch.network()
    sketch.sites[1].status = .suspended
    let other = try sketch.network()
    let ban = Scenario(
      id: "ban", controls: [Control(id: "c", kind: .exportBan, issuers: [try country("CN")])])
    let comparison = Comparison(
      .init(one), .init(other, scenario: ScenarioInForce(ban, of: other)))
    let sites = try #require(comparison.tables.first { $0.table == "sites" })
    #expect(sites.changed.map(\.field) == ["status"])
    #expect(sites.changed[0].before == "operating" && sites.changed[0].after == "suspended")
    #expect(comparison.controls.map(\.after) == ["in force"] && comparison.controls[0].before == nil)
    #expect(comparison.stops.map(\.id) == ["d"])
    #expect(comparison.losses.map(\.after) == [1] && comparison.losses[0].before == 0)
    let mining = try #require(comparison.concentration.first { $0.grouping == .country })
    #expect(mining.hhiBefore == 6_250 && mining.hhiAfter == 10_000)
  }
}
