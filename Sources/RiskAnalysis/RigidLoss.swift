import SupplyModel

/// What is lost when nobody finds a new supplier.
public struct Loss: Sendable, Hashable {
  /// The part of the baseline that is lost, from 0 to 1: the best estimate, if controls of which it is not known whether or
  /// how far they hold do not hold.
  public let rigid: Double

  /// The best estimate if they hold in full.
  public let rigidIfUncertainHolds: Double

  /// The least and the most that it can be, given what is not known of supply splits, of controls and of the need for
  /// technology; equal to `rigid` if nothing is missing.
  public let low: Double
  public let high: Double

  public var isExact: Bool { low == high }

  /// Whether the loss depends on a control of which it is not known whether or how far it holds.
  public var isUndecided: Bool { rigidIfUncertainHolds - rigid > 1e-9 }
}

/// For each node of a graph, the part of its baseline that is left.
public struct RigidLevels: Sendable {
  /// From 0 to 1: best estimates without and with what is uncertain, pessimistic and optimistic.
  public let expected: [Double]
  public let expectedIfUncertainHolds: [Double]
  public let least: [Double]
  public let most: [Double]

  public func loss(at node: Int) -> Loss {
    Loss(
      rigid: 1 - expected[node], rigidIfUncertainHolds: 1 - expectedIfUncertainHolds[node],
      low: 1 - most[node], high: 1 - least[node])
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
  /// needs it for, only `least` counts it as lost. Controls that let a share pass count as expected, and as the least and the most
  /// that may pass in `least` and `most`.
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

  /// The same, where the mild rigid state and what is operable in it are known.
  func rigidLevels(under disruption: Disruption, _ mild: GraphState, isOperable: [Bool]) -> RigidLevels {
    let severe = state(under: disruption, rigid: true, reading: .severe)
    let isCertain = severe == mild && disruption.responses.isEmpty
    let severeIsOperable = isCertain ? isOperable : operability(in: severe)

    func search(
      _ state: GraphState, _ isOperable: [Bool], _ split: LossSearch.Split, _ reading: Reading,
      fromAbove: Bool = false
    ) -> (levels: [Double], isExact: Bool) {
      var search = LossSearch(
        in: self, isOperable: isOperable, open: state.open, split: split,
        relief: Relief(of: disruption.responses, in: self, reading: reading), fromAbove: fromAbove)
      search.run()
      return (search.loss.map { min(1, 1 - $0) }, search.isExact)
    }
    func estimate(_ reading: Reading) -> (levels: [Double], isExact: Bool) {
      if isCertain { return search(mild, isOperable, .asEstimated, reading) }
      let state = state(under: disruption, rigid: true, reading: reading)
      return search(state, operability(in: state), .asEstimated, reading)
    }

    let expected = estimate(.expected)
    let hasOneSplit = !baseline.hasEstimates
    return RigidLevels(
      expected: expected.levels,
      expectedIfUncertainHolds: isCertain
        ? expected.levels : estimate(.expectedIfUncertainHolds).levels,
      least: hasOneSplit && expected.isExact && isCertain
        ? expected.levels : search(severe, severeIsOperable, .worst, .severe, fromAbove: true).levels,
      most: hasOneSplit && isCertain ? expected.levels : search(mild, isOperable, .best, .mild).levels)
  }
}
