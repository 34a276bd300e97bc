import LinearPrograms
import SupplyModel

/// Who makes, sends and is served how much when everybody reallocates perfectly.
public struct Allocation: Sendable {
  /// For each demand the part of it that is served, from 0 to 1; nil for one that was not met in the first place or wants nothing.
  public let served: [Double?]

  /// For each operation its activity, and for each lane what it carries, in base units a year.
  public let activity: [Double]
  public let amount: [Double]

  /// A proof for each priority, the first served first, that no more of it can be served.
  public let proofs: [AllocationProof]

  /// What responses count on beyond what is recorded: without it, a product would be served worse than where nobody reallocates.
  public let assumed: [(limit: AllocationLimit, amount: Double)]
}

/// A proof that no more of a priority can be served: limits with a price each.
///
/// The price of every limit times its amount, and what the demands themselves add, come to exactly what is served (strong duality of
/// linear programs), and no plan within the limits can serve more.
public struct AllocationProof: Sendable, Hashable {
  public struct Term: Sendable, Hashable {
    public let limit: AllocationLimit

    /// In base units a year.
    public let amount: Double

    /// By how much one more unit would raise `served`, as far as no other limit stands in the way; from 0.
    public let price: Double
  }

  public let priority: Int

  /// What is served of the priority, from 0 to 1: the mean over its demands, weighted by their amounts where these can be added up.
  public let served: Double
  public let terms: [Term]

  /// What follows from demands that want no more, that are protected, or that are served first; the rest of `served`.
  public let fromDemands: Double
}

/// Solves an ``AllocationProgram``, one objective after the other.
struct AllocationSearch: ~Copyable {
  /// Why there is no answer.
  enum Failure: Error, Sendable, Hashable {
    case tooLarge
    case outOfTime

    /// What contradicts each other, by its names in the network.
    case contradiction([String])
    case notSolved
  }

  let model: AllocationProgram
  private var solver: LinearProgramSolver

  /// The columns that cost something now.
  private var costly: [Int] = []

  init(_ model: AllocationProgram, within limits: LinearProgram.Limits = .init()) {
    self.model = model
    solver = LinearProgramSolver(model.program, within: limits)
  }

  private mutating func solve() throws(Failure) -> LinearProgram.Optimum {
    switch solver.solve() {
    case .optimal(let optimum): return optimum
    case .infeasible(let conflict):
      throw .contradiction(
        Set(conflict.rowNames + conflict.columnNames).subtracting(["lane", "least served part"])
          .sorted())
    case .tooLarge: throw .tooLarge
    case .timeLimit, .iterationLimit: throw .outOfTime
    case .unbounded, .malformed, .failed: throw .notSolved
    }
  }

  private mutating func clearCosts() {
    for column in costly { solver.setCost(ofColumn: column, to: 0) }
    costly = []
  }

  private mutating func setCost(ofColumn column: Int, to cost: Double) {
    solver.setCost(ofColumn: column, to: cost)
    costly.append(column)
  }

  /// The demands that are served in the program.
  private var demands: [(demand: Int, column: Int)] {
    model.served.enumerated().compactMap { demand, column in column.map { (demand, $0) } }
  }

  /// The parts of the demands that are served, with the proof for each priority.
  struct Service {
    var parts: [Double?]
    var proofs: [AllocationProof] = []

    /// Whether a demand is held up to what it is served at least, at the expense of others.
    var isProtected = false
    var beyond: [(limit: AllocationLimit, amount: Double)] = []
  }

  /// Serves as much as can be served: priority by priority, and where that leaves a choice, those served least first.
  ///
  /// `least` is for each demand the part of which it must be served at least.
  mutating func serve(atLeast least: [Double]) throws(Failure) -> Service {
    var (service, isDecided) = try serveMost(atLeast: least)
    try decide(&service, isDecided)
    return service
  }

  /// Serves as much of each priority as can be served; what each demand gets is left open where that is so.
  private mutating func serveMost(atLeast least: [Double]) throws(Failure) -> (
    Service, isDecided: [Bool]
  ) {
    var service = Service(parts: Array(repeating: nil, count: model.served.count))
    for (demand, column) in demands {
      // A hair less, so that rounding closes no way.
      solver.setBounds(ofColumn: column, to: max(0, min(1, least[demand]) - 1e-11)...1)
    }
    for row in model.servedOfPriority {
      solver.setBounds(ofRow: row, to: -Double.infinity...Double.infinity)
    }
    service.beyond = try goBeyondIfNeeded()
    var isDecided = [Bool](repeating: false, count: model.served.count)
    for (index, priority) in model.priorities.enumerated() {
      clearCosts()
      let members = demands.filter {
        model.graph.network.demand.rows[$0.demand].priority == priority
      }
      for (demand, column) in members { setCost(ofColumn: column, to: -model.weight[demand]) }
      let optimum = try solve()
      service.proofs.append(proof(priority, optimum))
      for (demand, column) in members {
        let price = optimum.reducedCosts[column]
        if price > 1e-9 * model.weight[demand], least[demand] > 1e-9 { service.isProtected = true }
        if abs(price) > 1e-9 * model.weight[demand] {
          isDecided[demand] = true
          solver.setBounds(ofColumn: column, to: optimum.values[column]...optimum.values[column])
        }
      }
      solver.setBounds(
        ofRow: model.servedOfPriority[index], to: -optimum.objective - 1e-12...Double.infinity)
    }
    return (service, isDecided)
  }

  /// Decides what each demand gets.
  private mutating func decide(_ service: inout Service, _ isDecided: [Bool]) throws(Failure) {
    for priority in model.priorities {
      let members = demands.filter {
        model.graph.network.demand.rows[$0.demand].priority == priority && !isDecided[$0.demand]
      }
      try shareOut(among: members)
    }
    for (demand, column) in demands {
      service.parts[demand] = min(1, max(0, solver.program.columns[column].bounds.lowerBound))
    }
  }

  /// Raises the smallest served part, then the next, until all are decided.
  private mutating func shareOut(among members: [(demand: Int, column: Int)]) throws(Failure) {
    clearCosts()
    setCost(ofColumn: model.leastServed, to: -1)
    defer {
      setCost(ofColumn: model.leastServed, to: 0)
      for row in model.servedAboveLeast.compactMap(\.self) {
        solver.setBounds(ofRow: row, to: -Double.infinity...Double.infinity)
      }
    }
    var open = members
    while !open.isEmpty {
      for (demand, _) in open {
        if let row = model.servedAboveLeast[demand] {
          solver.setBounds(ofRow: row, to: 0...Double.infinity)
        }
      }
      let optimum = try solve()
      let least = min(1, -optimum.objective)
      let prices = open.map { demand, _ in
        model.servedAboveLeast[demand].map { optimum.duals[$0] } ?? 0
      }
      let highest = prices.max() ?? 0
      var left: [(demand: Int, column: Int)] = []
      for (place, (demand, column)) in zip(prices, open) {
        if least < 1, place < 1e-7, place < highest {
          left.append((demand, column))
          continue
        }
        solver.setBounds(ofColumn: column, to: least...least)
        if let row = model.servedAboveLeast[demand] {
          solver.setBounds(ofRow: row, to: -Double.infinity...Double.infinity)
        }
      }
      open = left
    }
  }

  /// Finds the least by which responses must go beyond recorded limits for all to be served at least what they must, and allows it.
  private mutating func goBeyondIfNeeded() throws(Failure) -> [(
    limit: AllocationLimit, amount: Double
  )] {
    let open = model.limits.filter { $0.beyond != nil }
    if open.isEmpty { return [] }
    clearCosts()
    for limit in open {
      guard let column = limit.beyond else { continue }
      solver.setBounds(ofColumn: column, to: 0...Double.infinity)
      setCost(ofColumn: column, to: 1)
    }
    let optimum = try solve()
    var found: [(limit: AllocationLimit, amount: Double)] = []
    for limit in open {
      guard let column = limit.beyond else { continue }
      let excess = optimum.values[column] > 1e-9 ? optimum.values[column] : 0
      solver.setBounds(ofColumn: column, to: 0...excess)
      if excess > 0 { found.append((limit.subject, excess * limit.scale)) }
    }
    return found
  }

  /// What the duals of an optimum prove.
  private func proof(_ priority: Int, _ optimum: LinearProgram.Optimum) -> AllocationProof {
    var terms: [AllocationProof.Term] = []
    var sum = 0.0
    for limit in model.limits {
      let price: Double =
        switch limit.place {
        case .column(let column): max(0, -optimum.reducedCosts[column]) / limit.scale
        case .row(let row): max(0, -optimum.duals[row]) / limit.scale
        }
      let beyond =
        limit.beyond.map { solver.program.columns[$0].bounds.upperBound * limit.scale } ?? 0
      if price * limit.scale > 1e-9 {
        let amount = limit.amount + beyond
        terms.append(.init(limit: limit.subject, amount: amount, price: price))
        sum += price * amount
      }
    }
    let served = max(0, -optimum.objective)
    return AllocationProof(
      priority: priority, served: served, terms: terms, fromDemands: served - sum)
  }

  /// How much more is served if a limit is raised by one unit a year: for each demand the part of it; nil if no more is.
  ///
  /// What comes of a ten-thousandth more, so that it is the value of the next unit and not of the last one; `before` is what is served
  /// without that.
  mutating func gain(
    raising subject: AllocationLimit, atLeast least: [Double], after before: Service
  ) throws(Failure) -> [Double]? {
    guard let limit = model.limits.first(where: { $0.subject == subject }) else { return nil }
    let step = 1e-4
    raise(limit, by: step)
    defer { raise(limit, by: nil) }
    var (service, isDecided) = try serveMost(atLeast: least)
    if zip(before.proofs, service.proofs).allSatisfy({ $1.served - $0.served < 1e-9 }) {
      return nil
    }
    try decide(&service, isDecided)
    return zip(before.parts, service.parts).map { before, after in
      let gain = (after ?? 0) - (before ?? 0)
      return abs(gain) > 1e-8 ? gain / (step * limit.scale) : 0
    }
  }

  /// Raises the bound of a limit above that of the model, or sets it back.
  private mutating func raise(_ limit: AllocationProgram.Limit, by step: Double?) {
    switch limit.place {
    case .column(let column):
      let bounds = model.program.columns[column].bounds
      solver.setBounds(ofColumn: column, to: bounds.lowerBound...(bounds.upperBound + (step ?? 0)))
    case .row(let row):
      let bounds = model.program.rows[row].bounds
      solver.setBounds(ofRow: row, to: bounds.lowerBound...(bounds.upperBound + (step ?? 0)))
    }
  }

  /// Closes lanes and stops operations.
  mutating func close(lanes: [Int], operations: [Int]) {
    for pieces in lanes.compactMap({ model.carried[$0] }) + operations.map({ model.activity[$0] }) {
      solver.setBounds(ofColumn: pieces.usual, to: 0...0)
      solver.setBounds(ofColumn: pieces.more, to: 0...0)
    }
  }

  /// Opens again what was closed.
  mutating func reopen(lanes: [Int], operations: [Int]) {
    for pieces in lanes.compactMap({ model.carried[$0] }) + operations.map({ model.activity[$0] }) {
      for column in [pieces.usual, pieces.more] {
        solver.setBounds(ofColumn: column, to: model.program.columns[column].bounds)
      }
    }
  }

  /// Among all plans that serve the same, the one nearest to the baseline.
  mutating func planNearestToBaseline(serving parts: [Double?]) throws(Failure) -> (
    activity: [Double], amount: [Double]
  ) {
    clearCosts()
    let graph = model.graph
    var whole: [Key<Material>?: Double] = [:]
    for lane in graph.lanes.indices {
      whole[graph.lanes[lane].material, default: 0] += model.fit.amount[lane]
    }
    func steer(_ pieces: AllocationProgram.Pieces, _ cost: Double) {
      setCost(ofColumn: pieces.usual, to: -cost)
      setCost(ofColumn: pieces.more, to: cost)
    }
    for (lane, pieces) in model.carried.enumerated() {
      guard let pieces else { continue }
      let size = whole[graph.lanes[lane].material] ?? 0
      steer(pieces, size > 0 ? min(1e6, pieces.scale / size) : 1)
    }
    for pieces in model.activity { steer(pieces, 1) }
    let optimum = try solve()
    func clean(_ pieces: AllocationProgram.Pieces) -> Double {
      let amount = pieces.amount(in: optimum.values)
      return amount > 1e-12 * pieces.scale ? amount : 0
    }
    return (
      model.activity.enumerated().map { operation, pieces in
        clean(pieces)
          + (model.beyondColumn(of: operation).map { optimum.values[$0] * pieces.scale } ?? 0)
      },
      model.carried.map { pieces in pieces.map(clean) ?? 0 }
    )
  }
}
