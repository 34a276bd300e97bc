import GraphCore
import SupplyModel

extension ProductionGraph {
  /// What lanes carry together in the baseline, in base units of their materials a year; nil if that is not known of one of them.
  ///
  /// A lane into a slot or a demand carries its share of the need; one into a market carries its share of what all buyers
  /// of the market take.
  ///
  /// - Complexity: O(lanes).
  func baselineVolume(along covered: [Int]) -> Double? {
    var throughput: [Int: Double?] = [:]
    for lane in covered {
      let target = lanes[lane].target
      if case .market = nodes[target], throughput[target] == nil {
        throughput[target] = outflow(ofMarket: target)
      }
    }
    var sum = 0.0
    for lane in covered where baseline.share[lane] > 0 {
      let target = lanes[lane].target
      let whole = throughput[target] ?? need[target].map { $0 / lanes[lane].worth }
      guard let whole else { return nil }
      sum += baseline.share[lane] * whole
    }
    return sum
  }

  /// What leaves a market for all of its buyers, in the material's unit a year; nil if some need is not known.
  private func outflow(ofMarket market: Int) -> Double? {
    var sum = 0.0
    for position in lanesOutOf.edges(from: NodeIndex(market)) {
      let lane = lanesOutOf.edgeIndices[position].position
      guard baseline.share[lane] > 0 else { continue }
      guard let need = need[lanes[lane].target] else { return nil }
      sum += baseline.share[lane] * need / lanes[lane].worth
    }
    return sum
  }
}
