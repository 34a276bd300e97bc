import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

/// Every analysis against its slow and obvious counterpart, on small random networks.
struct ReferenceTests {
  private func network(_ seed: UInt64) throws -> SupplyNetwork {
    var generator = SeededGenerator(seed: seed)
    return try NetworkSketch.random(using: &generator).network()
  }

  @Test("what can be made is what a search over all pairs of sites finds", arguments: 0..<20 as Range<UInt64>)
  func operability(block: UInt64) throws {
    for seed in block * 30..<(block + 1) * 30 {
      let network = try network(seed)
      let graph = ProductionGraph(network)
      let reference = ReferenceAnalysis(network)
      for disruption in try disruptions(of: network) {
        let isOperable = graph.operability(in: graph.state(under: disruption))
        let expected = reference.operability(under: disruption)
        #expect(
          network.demand.keys.map { isOperable[graph.node(of: $0)] } == expected.demands, "seed \(seed)")
        #expect(graph.operationNodes.map { isOperable[$0] } == expected.actors, "seed \(seed)")
      }
    }
  }

  @Test("the single points are what stops a demand when it is taken away", arguments: 0..<20 as Range<UInt64>)
  func singlePoints(block: UInt64) throws {
    for seed in block * 55..<(block + 1) * 55 {
      let network = try network(seed)
      let graph = ProductionGraph(network)
      let reference = ReferenceAnalysis(network)
      let elements = allElements(of: network)
      for disruption in [Disruption.none, .exportBan(try country("CN"))] {
        let found = graph.singlePoints(in: graph.state(under: disruption))
        let before = reference.operability(under: disruption).demands
        var expected = [[Element]](repeating: [], count: before.count)
        for element in elements {
          var worse = disruption
          worse.failures = [element]
          let after = reference.operability(under: worse).demands
          for demand in before.indices where before[demand] && !after[demand] {
            expected[demand].append(element)
          }
        }
        #expect(found.isMet == before, "seed \(seed)")
        #expect(found.ofDemand == expected, "seed \(seed)")
      }
    }
  }

  @Test("rigid loss is what iterating over all buyers and sellers finds", arguments: 0..<20 as Range<UInt64>)
  func rigidLoss(block: UInt64) throws {
    for seed in block * 30..<(block + 1) * 30 {
      let network = try network(seed)
      let graph = ProductionGraph(network)
      let reference = ReferenceAnalysis(network)
      for disruption in try disruptions(of: network) {
        let levels = graph.rigidLevels(under: disruption)
        for (demand, expected) in zip(network.demand.keys, reference.rigidLoss(under: disruption)) {
          guard let expected else { continue }
          let loss = levels.loss(at: graph.node(of: demand))
          #expect(abs(loss.rigid - expected) < 1e-6, "seed \(seed) demand \(demand.position) \(disruption)")
        }
      }
    }
  }
}
