public import SupplyModel

/// What becomes of the supply of each product day by day, while a scenario unfolds and stocks run out.
///
/// Before its first day everything runs as in the baseline. Then, at every moment,
///
/// - the controls, outages and responses of that day hold, as ``ScenarioInForce`` reads them; what always holds begins with the
///   first day, and so do grace periods of technologies that count from it;
/// - each buyer keeps its suppliers and their shares: the rule of rigid loss (``ProductionGraph/rigidLevels(under:)``);
/// - what left a seller before arrives after the lead time of its flow, whatever has become of the seller since;
/// - what a buyer is short of comes from its stocks as long as they last, those of its site before those of its country, in the order
///   of the network's rows. A country's stock is held for all its buyers of the material, each in the measure of its need;
/// - what arrives and cannot be used, since something else is missing, is kept and used later; lost production is not made up for.
///
/// So for each need `stock before + arrivals = use + stock after`, at every moment. Days on which a stock runs out are found exactly, whatever
/// the step; only sites that grow take the mean of a step.
///
/// What is not known is read in four ways, as everywhere (``Reading``). A stock that is not given counts as none, and a lead time, a
/// delay or a ramp-up that is not given as no time; ``gaps`` names them.
///
/// That a longer ban or a smaller stock never lowers a loss holds where the ban lasts to the end. One that ends may leave an
/// input in store that a shorter one would have used up for goods that nobody could take.
public struct Timeline: Sendable {
  /// How buyers behave.
  public enum Policy: String, Sendable, Hashable, CaseIterable {
    /// Nobody finds a new supplier.
    case rigid
  }

  /// A value for each way to read what is not known.
  public struct Readings<Value: Sendable>: Sendable {
    /// The best estimate, if controls of which it is not known whether or how far they hold do not hold.
    public var expected: Value

    /// The best estimate if they hold in full.
    public var expectedIfUncertainHolds: Value

    /// If all that is not known turns out badly, or well.
    public var worst: Value
    public var best: Value
  }

  /// A time in which demand is not met.
  public struct Shortage: Sendable, Hashable {
    /// The first day on which less than the demand is met, from 0 for the first day of the horizon: the *time to survive* in days.
    public let firstDay: Int

    /// The first day from which demand is met again to the end, or nil if it is not within the horizon: the *time to recover*.
    public let recoveryDay: Int?

    public init(firstDay: Int, recoveryDay: Int?) {
      self.firstDay = firstDay
      self.recoveryDay = recoveryDay
    }
  }

  public struct Product: Sendable {
    public let demand: Key<Demand>

    /// For each step, the part of the demand that is met, from 0 to 1.
    public let supply: Readings<[Double]>

    /// Nil if demand is met throughout.
    public let shortage: Readings<Shortage?>

    /// The part of the demand of the whole horizon that is lost.
    public let lost: Loss

    /// The demand of the whole horizon, in base units of the product; nil if it is not known.
    public let wanted: Double?

    /// The sites on the way to the product that run short of something and of which no stock of it is given, in the
    /// network's order; if one has a stock, the shortage comes later and may be smaller.
    public let stocksNotKnown: [Key<Site>]
  }

  /// What becomes of a stock of the network.
  public struct StockCourse: Sendable {
    /// Its row in ``SupplyNetwork/stocks``.
    public let stock: Int

    /// How long it lasts at the normal use of all whom it serves, in days; nil if that is not known, or if it serves nobody.
    public let cover: Double?

    /// For each step, what is left at its end, as days of normal use; empty if `cover` is nil.
    public let left: Readings<[Double]>

    /// For each step, what was taken out and what was put in, as days of normal use, in the best estimate.
    public let taken: [Double]
    public let added: [Double]

    /// Whether a response of the scenario hands it out, so that nobody takes from it of himself; `left` then is empty.
    public let isReleased: Bool
  }

  /// What the answer would need and the network or the scenario does not give.
  public struct Gaps: Sendable, Hashable {
    /// Rows of ``SupplyNetwork/stocks`` in tonnes of which the need that they serve is not known.
    public internal(set) var stocksOfUnknownCover: [Int] = []

    /// Active flows without a lead time, of so many.
    public internal(set) var flowsWithoutLeadTime = 0
    public internal(set) var flows = 0

    /// Licences that hold for some time and do not say how long they take.
    public internal(set) var licencesWithoutDelay: [Key<Control>] = []

    /// Sites that open without saying how long they take to grow.
    public internal(set) var sitesWithoutRampUp: [Key<Site>] = []

    /// Sites that need a technology under a ban, of which something that decides is not known.
    public internal(set) var technologyNotKnown: [Key<Site>] = []

    /// What is used and rests on no figure that was read: stocks, controls whose share, delay or quota it is, and lead times.
    public internal(set) var estimatedStocks: [Int] = []
    public internal(set) var estimatedControls: [Key<Control>] = []
    public internal(set) var estimatedLeadTimes = 0
  }

  /// How much a timeline may take.
  public struct Limits: Sendable, Hashable {
    public var steps: Int

    /// Visits of nodes and lanes, and places of memory.
    public var visits: Int

    public init(steps: Int = 4_000, visits: Int = 2_000_000_000) {
      self.steps = steps
      self.visits = visits
    }
  }

  /// Why there is no timeline.
  public enum Refusal: Error, Sendable, Hashable {
    case tooManySteps(Int, most: Int)

    /// The horizon is too long for a network or a scenario of this size.
    case tooLarge
  }

  public let scenario: Scenario
  public let graph: ProductionGraph
  public let horizon: Horizon
  public let policy: Policy

  /// For each demand; nil for one that was not met in the first place.
  public let products: [Product?]

  /// For each stock of the network.
  public let stocks: [StockCourse]
  public let gaps: Gaps

  /// - Parameters:
  ///   - scenario: of this network.
  ///   - network: what it happens to.
  ///   - horizon: which days.
  ///   - limits: how much it may take.
  /// - Throws: a ``Refusal`` if it would take more.
  /// - Complexity: O((changes of the scenario + stocks + steps) × (nodes + lanes)); with lead times, days in place of steps.
  public init(
    of scenario: Scenario, on network: SupplyNetwork, over horizon: Horizon, within limits: Limits = .init()
  ) throws(Refusal) {
    guard horizon.count <= limits.steps else {
      throw .tooManySteps(horizon.count, most: limits.steps)
    }
    let plan = try TimelinePlan(scenario, on: network, over: horizon, within: limits)
    var visits = plan.visits
    func run(_ reading: Reading) throws(Refusal) -> TimelineRun {
      var run = TimelineRun(of: plan, reading)
      try run.run(atMost: limits.visits, &visits)
      return run
    }
    let expected = try run(.expected)
    let runs =
      plan.isCertain
      ? Readings(expected: expected, expectedIfUncertainHolds: expected, worst: expected, best: expected)
      : Readings(
        expected: expected, expectedIfUncertainHolds: try run(.expectedIfUncertainHolds),
        worst: try run(.severe), best: try run(.mild))

    self.scenario = scenario
    self.horizon = horizon
    policy = .rigid
    graph = plan.graph
    let gaps = plan.gaps(of: network)
    self.gaps = gaps
    let shortOfStock = plan.sitesShortOfStock(runs.worst)
    products = plan.graph.network.demand.keys.map { demand in
      let node = plan.graph.node(of: demand)
      guard plan.graph.isOperableInBaseline[node] else { return nil }
      let days = Double(horizon.days)
      let lost = runs.map { max(0, min(1, $0.lostDays[demand.position] / days)) }
      return Product(
        demand: demand, supply: runs.map { $0.supply[demand.position] },
        shortage: runs.map { $0.shortage(of: demand.position, in: horizon) },
        lost: Loss(
          rigid: lost.expected, rigidIfUncertainHolds: lost.expectedIfUncertainHolds, low: lost.best,
          high: lost.worst),
        wanted: plan.graph.network.demand[demand].amount.map { $0.value / 365 * days },
        stocksNotKnown: shortOfStock[demand.position])
    }
    stocks = network.stocks.indices.map { stock in
      let hasCover = runs.expected.cover[stock] != nil
      return StockCourse(
        stock: stock, cover: runs.expected.cover[stock],
        left: runs.map { hasCover ? $0.left[stock] : [] },
        taken: hasCover ? runs.expected.taken[stock] : [], added: hasCover ? runs.expected.added[stock] : [],
        isReleased: plan.isReleased[stock])
    }
  }
}

extension Timeline.Readings {
  public func map<Other>(_ change: (Value) -> Other) -> Timeline.Readings<Other> {
    .init(
      expected: change(expected), expectedIfUncertainHolds: change(expectedIfUncertainHolds),
      worst: change(worst), best: change(best))
  }
}

extension Timeline.Readings: Equatable where Value: Equatable {}
extension Timeline.Readings: Hashable where Value: Hashable {}
