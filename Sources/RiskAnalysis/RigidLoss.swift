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
  /// Loops are solved, not iterated, however much of what goes round them they return: a loop alone to rounding, and one
  /// that can choose among bottlenecks to some 10⁻¹⁵ divided by the part that it does not return. If solving a loop of
  /// very many sites would take more than some seconds it is iterated from both ends, and `least` and `most` keep
  /// whatever is left between them.
  ///
  /// - Complexity: O(nodes + lanes) without loops; for a loop, what the elimination of its nodes fills in.
  public func rigidLevels(under disruption: Disruption) -> RigidLevels {
    let state = state(under: disruption, rigid: true)
    return rigidLevels(under: disruption, state, isOperable: operability(in: state))
  }

  /// The same, where the rigid state and what is operable in it are known.
  func rigidLevels(under disruption: Disruption, _ state: GraphState, isOperable: [Bool]) -> RigidLevels {
    let worst =
      disruption.concernsTechnology ? self.state(under: disruption, rigid: true, unknownIsLost: true) : state
    let worstIsOperable = worst.isOff == state.isOff ? isOperable : operability(in: worst)

    func losses(_ split: LossSearch.Split, fromAbove: Bool) -> (loss: [Double], isExact: Bool) {
      let isWorst = split == .worst
      var search = LossSearch(
        in: self, isOperable: isWorst ? worstIsOperable : isOperable, open: isWorst ? worst.open : state.open,
        split: split, fromAbove: fromAbove)
      search.run()
      return (search.loss, search.isExact)
    }
    func levels(_ losses: [Double]) -> [Double] { losses.map { 1 - $0 } }

    let expected = losses(.asEstimated, fromAbove: false)
    let hasOneSplit = !baseline.hasEstimates
    let expectedLevels = levels(expected.loss)
    return RigidLevels(
      expected: expectedLevels,
      least: hasOneSplit && expected.isExact && worst.isOff == state.isOff
        ? expectedLevels : levels(losses(.worst, fromAbove: true).loss),
      most: hasOneSplit ? expectedLevels : levels(losses(.best, fromAbove: false).loss))
  }
}
