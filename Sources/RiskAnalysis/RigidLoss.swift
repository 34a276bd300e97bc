import SupplyModel

/// What is lost when nobody finds a new supplier.
public struct Loss: Sendable, Hashable {
  /// The part of the baseline that is lost, from 0 to 1: the best estimate.
  public let rigid: Double

  /// The least and the most that it can be, given what is not known of supply splits and of the need for technology;
  /// equal to `rigid` if nothing is missing.
  public let low: Double
  public let high: Double

  public var isExact: Bool { low == high }
}

/// For each node of a graph, the part of its baseline that is left.
public struct RigidLevels: Sendable {
  /// From 0 to 1: best estimate, pessimistic and optimistic.
  public let expected: [Double]
  public let least: [Double]
  public let most: [Double]

  public func loss(at node: Int) -> Loss {
    Loss(rigid: 1 - expected[node], low: 1 - most[node], high: 1 - least[node])
  }
}

extension ProductionGraph {
  /// How far each node still runs when nobody finds a new supplier.
  ///
  /// Each slot keeps its baseline shares: `level(slot) = Σ share × open × level(seller)`, and a process runs as far as its
  /// worst slot allows. The greatest solution from 1, with 0 where ``operability(in:)`` says that nothing can be made.
  /// Substitutes count only as far as the baseline uses them. Where the split among suppliers was not recorded, `least`
  /// and `most` give the split all to the worst and to the best of them.
  ///
  /// A technology is lost with the country that supplies it today; where it is not known whether it is, or what the site
  /// needs it for, only `least` counts it as lost.
  ///
  /// - Complexity: O(lanes × passes), where passes is 2 without loops. A pass that changes no level by more than 10⁻¹² is
  ///   the last, and at most 10,000 are made: a loop that loses less than a thousandth of what goes round it may then
  ///   stand higher than it should.
  public func rigidLevels(under disruption: Disruption) -> RigidLevels {
    let state = state(under: disruption, rigid: true)
    let worst = self.state(under: disruption, rigid: true, unknownIsLost: true)
    let sweep = sweep(in: state)
    let worstSweep = worst.isOff == state.isOff ? sweep : self.sweep(in: worst)
    return RigidLevels(
      expected: levels(of: sweep, open: state.open, split: .asEstimated),
      least: levels(of: worstSweep, open: worst.open, split: .worst),
      most: levels(of: sweep, open: state.open, split: .best))
  }

  /// What can be made, and the order in which to settle it.
  private typealias Sweep = (isOperable: [Bool], order: [Int])

  private func sweep(in state: GraphState) -> Sweep {
    let derivation = derivation(in: state)
    return (derivation.isOperable, sweepOrder(derivation, in: state))
  }

  /// How to split supply where the baseline does not say.
  private enum Split { case asEstimated, worst, best }

  private func levels(of sweep: Sweep, open: [Double], split: Split) -> [Double] {
    var level = sweep.isOperable.map { $0 ? 1.0 : 0 }
    for _ in 0..<10_000 {
      var change = 0.0
      for node in sweep.order {
        let next =
          node < operations.count
          ? lanes(into: node).reduce(1) { min($0, level[lanes[$1].source]) }
          : mixed(node, level: level, open: open, split: split)
        change = max(change, level[node] - next)
        level[node] = min(level[node], next)
      }
      if change <= 1e-12 { break }
    }
    return level
  }

  /// The level of a node that lanes fill in fixed shares.
  private func mixed(_ node: Int, level: [Double], open: [Double], split: Split) -> Double {
    var sum = 0.0
    var total = 0.0
    var extreme: Double?
    for lane in lanes(into: node) {
      let arriving = open[lane] * level[lanes[lane].source]
      if split != .asEstimated, !baseline.isKnown[lane] {
        extreme = extreme.map { split == .worst ? min($0, arriving) : max($0, arriving) } ?? arriving
      }
      sum += baseline.share[lane] * arriving
      total += baseline.share[lane]
    }
    if let extreme { return split == .worst ? min(extreme, sum) : max(extreme, sum) }
    // Shares that add up to 1 but for rounding are not a loss.
    return total > 0 ? (sum > 1 - 1e-12 ? 1 : sum) : 0
  }
}
