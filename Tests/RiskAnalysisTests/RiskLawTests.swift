import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

/// What holds for every network.
struct RiskLawTests {
  private func sketch(_ seed: UInt64) -> NetworkSketch {
    var generator = SeededGenerator(seed: seed)
    return NetworkSketch.random(using: &generator)
  }

  @Test("the order of rows changes nothing", arguments: 0..<120 as Range<UInt64>)
  func order(seed: UInt64) throws {
    let sketch = sketch(seed)
    var generator = SeededGenerator(seed: seed &+ 1_000_000)
    let network = try sketch.network()
    let other = try sketch.shuffled(using: &generator).network()
    let (one, two) = (ProductionGraph(network), ProductionGraph(other))
    for ban in ["CN", "JP"] {
      let outcomes = (
        one.outcome(of: .exportBan(try country(ban))), two.outcome(of: .exportBan(try country(ban)))
      )
      for key in network.demand.keys {
        let same = try #require(other.demand.key(of: network.demand[key].id))
        let (loss, otherLoss) = (outcomes.0.loss[key.position], outcomes.1.loss[same.position])
        #expect((loss == nil) == (otherLoss == nil))
        if let loss, let otherLoss {
          #expect(abs(loss.rigid - otherLoss.rigid) < 1e-8)
          #expect(abs(loss.low - otherLoss.low) < 1e-8)
          #expect(abs(loss.high - otherLoss.high) < 1e-8)
        }
        #expect(
          outcomes.0.singlePoints.ofDemand[key.position].map { $0.label(in: network) }.sorted()
            == outcomes.1.singlePoints.ofDemand[same.position].map { $0.label(in: other) }.sorted())
      }
    }
    let (rows, others) = (network.concentration(), other.concentration())
    #expect(rows.count == others.count)
    for row in rows {
      let same = others.first {
        other.stages[$0.stage].id == network.stages[row.stage].id && $0.grouping == row.grouping
          && label($0.subject, in: other) == label(row.subject, in: network)
      }
      let match = try #require(same)
      #expect(match.holders.map(\.id) == row.holders.map(\.id))
      #expect(abs(match.hhi - row.hhi) < 1e-6)
    }
  }

  private func label(_ subject: Statistic.Subject, in network: SupplyNetwork) -> String {
    switch subject {
    case .material(let key): network.materials[key].id
    case .elements(let key): network.elementGroups[key].id
    }
  }

  @Test("nothing taken away, nothing lost", arguments: 0..<120 as Range<UInt64>)
  func noDisruption(seed: UInt64) throws {
    let outcome = ProductionGraph(try sketch(seed).network()).outcome(of: .none)
    #expect(outcome.stops.isEmpty)
    #expect(outcome.loss.allSatisfy { $0.map { $0.high < 1e-9 } ?? true })
  }

  @Test("the shares of what is supplied add up to one", arguments: 0..<120 as Range<UInt64>)
  func shares(seed: UInt64) throws {
    let graph = ProductionGraph(try sketch(seed).network())
    let isOperable = graph.operability(in: graph.state(under: .none))
    for node in graph.nodes.indices where node >= graph.operations.count {
      let sum = graph.lanes(into: node).reduce(0) { $0 + graph.baseline.share[$1] }
      #expect(abs(sum - (isOperable[node] ? 1 : 0)) < 1e-9)
    }
    for demand in graph.network.demand.keys {
      #expect(graph.baselineIsMet(demand) == isOperable[graph.node(of: demand)])
    }
  }

  @Test("one more ban never lowers a loss nor starts what had stopped", arguments: 0..<40 as Range<UInt64>)
  func monotone(seed: UInt64) throws {
    let network = try sketch(seed).network()
    let graph = ProductionGraph(network)
    let codes = try ["CN", "DE", "FR", "JP"].map(country)
    for first in codes {
      for second in codes where second != first {
        let bans = [
          TradeControl(banOnExportsOf: first, of: [Key(0), Key(1)]), TradeControl(banOnExportsOf: first),
          TradeControl(banOnExportsOf: second),
        ]
        let outcomes = (1...3).map { graph.outcome(of: Disruption(tradeControls: Array(bans.prefix($0)))) }
        for (fewer, more) in zip(outcomes, outcomes.dropFirst()) {
          #expect(fewer.stops.allSatisfy { more.stops.contains($0) })
          for (before, after) in zip(fewer.loss, more.loss) {
            guard let before, let after else { continue }
            #expect(before.low <= after.low + 1e-9)
            #expect(before.rigid <= after.rigid + 1e-9)
            #expect(before.high <= after.high + 1e-9)
          }
        }
      }
    }
  }

  @Test("losses are ordered, and what stops is lost whole", arguments: 0..<120 as Range<UInt64>)
  func bounds(seed: UInt64) throws {
    let network = try sketch(seed).network()
    for disruption in try disruptions(of: network) {
      let graph = ProductionGraph(network, tellingApart: disruption)
      let outcome = graph.outcome(of: disruption)
      for loss in outcome.loss.compactMap(\.self) {
        #expect(0 <= loss.low)
        #expect(loss.low <= loss.rigid + 1e-9)
        #expect(loss.rigid <= loss.high + 1e-9)
        #expect(loss.high <= 1)
      }
      for stop in outcome.stops { #expect(outcome.loss[stop.position]?.low == 1) }
    }
  }

  @Test("the failure of a single point stops its demand", arguments: 0..<40 as Range<UInt64>)
  func singlePointStops(seed: UInt64) throws {
    let network = try sketch(seed).network()
    let graph = ProductionGraph(network)
    let points = graph.singlePoints(in: graph.state(under: .none))
    for demand in network.demand.keys {
      for element in points.ofDemand[demand.position] {
        let outcome = graph.outcome(of: Disruption(failures: [element]))
        #expect(outcome.stops.contains(demand))
        #expect(outcome.loss[demand.position]?.rigid == 1)
      }
    }
  }

  /// Whatever the missing sizes and volumes turn out to be, the loss lies in the band that was given without them.
  @Test("the band holds the loss for whatever the missing figures are", arguments: 0..<120 as Range<UInt64>)
  func band(seed: UInt64) throws {
    let sketch = sketch(seed)
    var generator = SeededGenerator(seed: seed &+ 2_000_000)
    var filled = sketch
    for position in filled.operations.indices where filled.operations[position].output == nil {
      filled.operations[position].output = [0.01, 1, 10, 1_000].randomElement(using: &generator)
    }
    for position in filled.flows.indices where filled.flows[position].volume == nil {
      filled.flows[position].volume = [0.01, 1, 10, 1_000].randomElement(using: &generator)
    }
    for position in filled.demand.indices where filled.demand[position].amount == nil {
      filled.demand[position].amount = [0.01, 1, 10, 1_000].randomElement(using: &generator)
    }
    let network = try sketch.network()
    let full = try filled.network()
    for disruption in try disruptions(of: network) {
      let graph = ProductionGraph(network, tellingApart: disruption)
      let other = ProductionGraph(full, tellingApart: disruption)
      let (known, full) = (graph.outcome(of: disruption), other.outcome(of: disruption))
      for (band, loss) in zip(known.loss, full.loss) {
        guard let band, let loss else { continue }
        #expect(band.low <= loss.rigid + 1e-7)
        #expect(loss.rigid <= band.high + 1e-7)
      }
    }
  }

  @Test("a recycling loop cannot feed itself")
  func loop() throws {
    var sketch = NetworkSketch(
      stages: ["s"], materials: ["scrap", "metal"],
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
      ],
      markets: ["scrap", "metal"], demand: [.init(id: "d", material: "metal", place: .country("DE"))])
    let closed = ProductionGraph(try sketch.network())
    #expect(closed.singlePoints(in: closed.state(under: .none)).isMet == [false])
    #expect(closed.outcome(of: .none).loss == [nil])

    // Nine tenths of the scrap come out of the loop; without the mine the tenth is missing again and again, until
    // nothing is left.
    sketch.operations.append(.init(site: "mine", process: "dig", output: 1))
    let fed = ProductionGraph(try sketch.network())
    let outcome = fed.outcome(of: .exportBan(try country("CN")))
    #expect(outcome.stops.count == 1)
    #expect(outcome.loss.map { $0?.rigid } == [1])
    let points = fed.singlePoints(in: fed.state(under: .none))
    #expect(
      points.ofDemand[0].map { $0.label(in: fed.network) } == [
        "site melter", "site mine", "country CN", "country DE",
      ])
  }
}
