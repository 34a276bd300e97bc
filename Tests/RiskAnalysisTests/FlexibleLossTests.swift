import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

/// What is lost when everybody reallocates perfectly.
struct FlexibleLossTests {
  @Test("no product is lost more than where nobody reallocates", arguments: 0..<150 as Range<UInt64>)
  func neverWorseThanRigid(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let graph = ProductionGraph(try NetworkSketch.random(using: &generator).network())
    for ban in [Disruption.none, .exportBan(try country("CN")), .exportBan(try country("DE"))] {
      let rigid = graph.rigidLevels(under: ban)
      let flexible = FlexibleLoss(under: ban, in: graph, rigid: rigid)
      if let failure = flexible.failure {
        if case .impossibleLoop = failure { continue }
        Issue.record("\(failure)")
        continue
      }
      for demand in graph.network.demand.keys {
        let range = flexible.ranges[demand.position]
        #expect((range != nil) == graph.baselineIsMet(demand))
        if let range {
          #expect(range.expected <= rigid.loss(at: graph.node(of: demand)).rigid + 1e-12)
          if ban == .none { #expect(range.high == 0) }
        }
      }
    }
  }
}
