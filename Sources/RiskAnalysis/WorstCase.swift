public import SupplyModel

/// The elements of one level whose joint failure costs most, for each number of them up to a greatest one.
public struct WorstCases: Sendable {
  /// Whose loss counts.
  public enum Objective: Sendable, Hashable {
    case product(Key<Demand>)

    /// The mean over all products that can be met, each alike.
    case mean
  }

  /// The worst that a number of failures can do.
  public struct Case: Sendable, Hashable {
    /// How many elements may fail.
    public let size: Int

    /// Those that fail, in the order of their table; fewer than may, where a further one would cost nothing.
    public let elements: [Element]

    /// The rigid loss of the objective on top of what happens anyway, from 0 to 1; the best estimate.
    public let loss: Double

    /// No set of so many elements loses more, from `loss` to 1.
    public let bound: Double

    /// For each demand its rigid loss; nil for one that was not met in the first place.
    public let lossOfDemand: [Double?]

    /// The demands that stop, and did not before.
    public let stops: [Key<Demand>]

    /// Whether no other set loses more, but for 10⁻⁹.
    public var isProven: Bool { bound <= loss + WorstCases.tolerance }
  }

  /// How far a search is.
  public struct Progress: Sendable, Hashable {
    /// How many elements fail together in the sets that are being looked at.
    public let size: Int

    /// The part of the steps for this size that were taken, from 0 to 1; most searches end long before.
    public let spent: Double
  }

  /// A smaller difference of losses is none.
  public static let tolerance = 1e-9

  /// More failures together cannot be asked for.
  public static let mostTogether = 5

  /// More recorded lanes of materials with a market cannot be told apart there.
  public static let mostLanesOnMarkets = 1_000

  public let graph: ProductionGraph
  public let level: Element.Level
  public let objective: Objective

  /// How many elements of the level there are that can fail.
  public let elementCount: Int

  /// The rows that stand for the rest of a published total and that could cost something; they do not fail as one.
  public let balances: [Key<Site>]

  /// The loss of the objective before any of them fails.
  public let lossBefore: Double

  /// One for each number of failures from 1 up; fewer than were asked for where the level has no more elements.
  public let cases: [Case]

  /// Searches for the worst cases; gives nil if more than ``mostLanesOnMarkets`` lanes would have to be told apart.
  ///
  /// Branch and bound over sets: what k further elements add is at most the sum of what each of them adds at most (``JointFailures``), which
  /// rules out most sets unseen. The bound is proven, also with loops, substitutes, controls and responses.
  ///
  /// - Parameters:
  ///   - network: what they happen to.
  ///   - level: what can fail; a lane is one that a flow records.
  ///   - count: how many may fail together, from 1 to ``mostTogether``.
  ///   - objective: whose loss counts.
  ///   - disruption: what happens anyway.
  ///   - mostSteps: how many nodes the search may look at for each number of failures; the default takes some ten seconds. When they are
  ///     used up, the best set so far comes with the bound that is proven by then.
  ///   - report: is told now and then how far the search is.
  /// - Complexity: O(elements × nodes) steps at least; O(elementsᵏ) at worst, and never more than `mostSteps` and one set.
  /// - Source: the bound as in A. Land, A. Doig, "An automatic method of solving discrete programming problems",
  ///   Econometrica 28, 1960; which failures hurt most is an interdiction problem: R. Wood, "Deterministic network
  ///   interdiction", Math. Comput. Modelling 17, 1993.
  public init?(
    of network: SupplyNetwork, at level: Element.Level, upTo count: Int, objective: Objective = .mean,
    under disruption: Disruption = .none, mostSteps: Int = 100_000_000,
    report: @escaping (Progress) -> Void = { _ in }
  ) {
    precondition((1...Self.mostTogether).contains(count), "from one to five failures together")
    var graph = ProductionGraph(network, tellingApart: disruption)
    if level == .lane {
      let markets = Set(network.markets)
      let apart = graph.recordedLanes().filter { $0.material.map { markets.contains($0) } ?? false }
      guard apart.count <= Self.mostLanesOnMarkets else { return nil }
      if !apart.isEmpty {
        graph = ProductionGraph(
          network, tellingApart: disruption.adding(Disruption(failures: apart.map { .lane($0) })))
      }
    }
    var search = WorstCaseSearch(
      in: graph, at: level, objective: objective, under: disruption, mostSteps: mostSteps, report: report)
    self.graph = graph
    self.level = level
    self.objective = objective
    elementCount = search.failures.table.elements.count
    balances = search.failures.table.balances
    lossBefore = search.loss
    let wasMet = graph.operability(in: graph.state(under: disruption))
    var cases: [Case] = []
    for size in 1...count where size <= search.failures.table.elements.count {
      let (set, bound) = search.worst(of: size)
      let mark = search.failures.fail(allOf: set)
      let lossOfDemand = graph.network.demand.keys.map { demand -> Double? in
        let node = graph.node(of: demand)
        return graph.isOperableInBaseline[node] ? min(1, max(0, search.failures.loss(at: node))) : nil
      }
      let loss = search.loss
      search.failures.undo(to: mark)
      var state = graph.state(under: disruption)
      search.failures.take(set, from: &state)
      let isMet = graph.operability(in: state)
      cases.append(
        Case(
          size: size, elements: set.map { search.failures.table.elements[$0] }, loss: loss,
          bound: max(loss, search.failures.isExact ? bound : 1), lossOfDemand: lossOfDemand,
          stops: graph.network.demand.keys.filter {
            wasMet[graph.node(of: $0)] && !isMet[graph.node(of: $0)]
          }))
    }
    self.cases = cases
  }
}

extension JointFailures {
  /// Lets several elements fail, and gives the mark before the first.
  mutating func fail(allOf elements: [Int]) -> Int {
    let mark = self.mark
    for element in elements { _ = fail(element) }
    return mark
  }

  /// Takes what elements take with them from another state of the same graph.
  func take(_ elements: [Int], from state: inout GraphState) {
    for element in elements {
      for operation in table.operations[element] { state.isOff[operation] = true }
      for lane in table.lanes[element] { state.open[lane] = 0 }
    }
  }
}

/// Searches sets of elements, branch by branch.
private struct WorstCaseSearch {
  var failures: JointFailures

  /// The demands that count, and the part of the objective that each of them is.
  private let demands: [Int]
  private let weight: Double

  private let mostSteps: Int
  private let report: (WorstCases.Progress) -> Void

  /// Every element with what it adds at most where nothing else has failed; worked out once.
  private var roots: [Candidate]?

  /// Of the size that is being looked at.
  private var size = 0
  private var lastStep = 0
  private var nextReport = 0
  private var best = (set: [Int](), loss: -1.0)
  private var chosen: [Int] = []

  /// No set that was passed over without proof loses more.
  private var openBound = 0.0

  private struct Candidate {
    var element: Int

    /// What it adds at most to each demand; nil if that was not worked out, and it may add all that is left.
    var most: [(demand: Int, added: Double)]?
  }

  init(
    in graph: ProductionGraph, at level: Element.Level, objective: WorstCases.Objective,
    under disruption: Disruption, mostSteps: Int, report: @escaping (WorstCases.Progress) -> Void
  ) {
    failures = JointFailures(in: graph, at: level, under: disruption)
    let met: [Key<Demand>] =
      switch objective {
      case .mean: Array(graph.network.demand.keys)
      case .product(let key): [key]
      }
    demands = met.map { graph.node(of: $0) }.filter { graph.isOperableInBaseline[$0] }
    weight = demands.isEmpty ? 0 : 1 / Double(demands.count)
    self.mostSteps = mostSteps
    self.report = report
  }

  /// The loss of the objective as it stands.
  var loss: Double {
    demands.reduce(0) { $0 + weight * min(1, max(0, failures.loss(at: $1))) }
  }

  private var isOver: Bool { failures.steps >= lastStep }

  private mutating func tell() {
    guard failures.steps >= nextReport else { return }
    nextReport = failures.steps + 200_000
    report(.init(size: size, spent: 1 - Double(lastStep - failures.steps) / Double(max(1, mostSteps))))
  }

  /// A set of at most `size` elements that loses most, as far as the steps allow, and what no such set exceeds.
  mutating func worst(of size: Int) -> (set: [Int], bound: Double) {
    self.size = size
    lastStep = failures.steps + mostSteps
    openBound = 0
    if best.loss < 0 { best = ([], loss) }
    let candidates = roots ?? refined(failures.table.elements.indices.map { Candidate(element: $0) })
    if !isOver { roots = candidates }
    extend(candidates)
    exchange(candidates)
    branch(candidates, left: size)
    best.set = reduced(best.set)
    return (best.set, max(best.loss, openBound))
  }

  // MARK: A good set to start from

  /// Steps that may go into finding a good set before the proof begins.
  private var mayStart: Bool { lastStep - failures.steps > mostSteps / 2 }

  /// Adds the element that adds most, as long as one may be added.
  private mutating func extend(_ candidates: [Candidate]) {
    while best.set.count < size {
      let before = best
      let mark = failures.fail(allOf: before.set)
      let rows = ranked(candidates.filter { !before.set.contains($0.element) })
      for (position, row) in rows.enumerated() {
        guard mayStart || position == 0 && before.set.isEmpty,
          before.loss + row.value > best.loss + WorstCases.tolerance
        else { break }
        look(at: before.set, and: row.candidate.element)
      }
      failures.undo(to: mark)
      if best.loss <= before.loss { return }
    }
  }

  /// Exchanges one element for a better one, as long as there is one.
  private mutating func exchange(_ candidates: [Candidate]) {
    var isBetter = size > 1
    while isBetter {
      isBetter = false
      let set = best.set
      for element in set {
        let rest = set.filter { $0 != element }
        let mark = failures.fail(allOf: rest)
        let start = loss
        for row in ranked(candidates.filter { !set.contains($0.element) }) {
          guard mayStart, start + row.value > best.loss + WorstCases.tolerance else { break }
          if look(at: rest, and: row.candidate.element) { isBetter = true }
        }
        failures.undo(to: mark)
      }
    }
  }

  /// Tries one element more on top of those that have failed; true if that is the worst so far.
  @discardableResult
  private mutating func look(at set: [Int], and element: Int) -> Bool {
    tell()
    let mark = failures.fail(element)
    let found = loss
    failures.undo(to: mark)
    guard found > best.loss + WorstCases.tolerance else { return false }
    best = ((set + [element]).sorted(), found)
    return true
  }

  /// The set without the elements that add nothing to it.
  private mutating func reduced(_ set: [Int]) -> [Int] {
    var set = set
    for element in set {
      let rest = set.filter { $0 != element }
      let mark = failures.fail(allOf: rest)
      if loss >= best.loss - WorstCases.tolerance { set = rest }
      failures.undo(to: mark)
    }
    return set
  }

  // MARK: The proof

  private typealias Row = (candidate: Candidate, value: Double)

  /// Candidates with what each adds at most to the objective as it stands, the greatest first.
  private func ranked(_ candidates: [Candidate]) -> [Row] {
    let left = demands.map { 1 - min(1, max(0, failures.loss(at: $0))) }
    let all = left.reduce(0, +) * weight
    return candidates.map { candidate -> Row in
      let value = candidate.most.map { most in
        most.reduce(0) { $0 + weight * min($1.added, left[$1.demand]) }
      }
      return (candidate, value ?? all)
    }
    .sorted { ($1.value, $0.candidate.element) < ($0.value, $1.candidate.element) }
  }

  /// The candidates with what each adds at most on top of those that have failed.
  private mutating func refined(_ candidates: [Candidate]) -> [Candidate] {
    candidates.map { candidate in
      tell()
      if isOver { return candidate }
      return Candidate(
        element: candidate.element, most: failures.mostAdded(by: candidate.element, to: demands))
    }
  }

  /// What the objective is at most with `count` further elements of these.
  private func bound(_ rows: ArraySlice<Row>, _ count: Int) -> Double {
    let sum = rows.prefix(count).reduce(loss) { $0 + $1.value }
    if rows.prefix(count).contains(where: { $0.candidate.most == nil }) { return min(1, sum) }
    // Each demand by itself may meet its worst elements.
    var most = [[Double]](repeating: [], count: demands.count)
    for row in rows {
      guard let added = row.candidate.most else { return min(1, sum) }
      for (demand, value) in added {
        if most[demand].count < count {
          most[demand].append(value)
        } else if let least = most[demand].indices.min(by: { most[demand][$0] < most[demand][$1] }),
          most[demand][least] < value
        {
          most[demand][least] = value
        }
      }
    }
    var apart = 0.0
    for (demand, node) in demands.enumerated() {
      let lost = min(1, max(0, failures.loss(at: node)))
      apart += weight * min(1, lost + most[demand].reduce(0, +))
    }
    return min(1, sum, apart)
  }

  /// Looks at all sets of those that have failed and up to `left` of the candidates.
  ///
  /// - Complexity: it calls itself at most five deep.
  private mutating func branch(_ candidates: [Candidate], left: Int) {
    tell()
    let start = loss
    var rows = worthwhile(ranked(candidates)[...], left)
    if rows.isEmpty { return }
    if left > 1, !chosen.isEmpty {
      if isOver {
        openBound = max(openBound, bound(rows, left))
        return
      }
      rows = worthwhile(ranked(refined(rows.map(\.candidate)))[...], left)
    }
    for position in rows.indices {
      let row = rows[position]
      let rest = rows[position...].prefix(left).reduce(start) { $0 + $1.value }
      if rest <= best.loss + WorstCases.tolerance { return }
      if isOver {
        openBound = max(openBound, bound(rows[position...], left))
        return
      }
      if left == 1 {
        look(at: chosen, and: row.candidate.element)
        continue
      }
      let mark = failures.fail(row.candidate.element)
      chosen.append(row.candidate.element)
      branch(rows[(position + 1)...].map(\.candidate), left: left - 1)
      chosen.removeLast()
      failures.undo(to: mark)
    }
  }

  /// The rows that can be part of a set which loses more than the worst so far; none if there is no such set.
  private func worthwhile(_ rows: ArraySlice<Row>, _ left: Int) -> ArraySlice<Row> {
    let goal = best.loss + WorstCases.tolerance
    if bound(rows, left) <= goal { return [] }
    let others = rows.prefix(left - 1).reduce(loss) { $0 + $1.value }
    // Rows fall, so those that cannot help stand at the end.
    return rows.prefix { others + $0.value > goal }
  }
}
