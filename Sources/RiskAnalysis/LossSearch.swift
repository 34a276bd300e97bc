import GraphCore

/// Finds what each node of a graph loses: the least solution of `loss(operation) = max loss(slot)` and
/// `loss(other) = Σ share × (closed + open × loss(seller))`, with 1 for what cannot be made.
///
/// At a moment of a timeline some losses are known beforehand (``Moment``): goods that are under way arrive whatever becomes of their seller,
/// and a need that is filled from store lacks nothing.
///
/// Losses rather than levels, since all of their terms are positive: nothing cancels, and what is not touched loses
/// exactly nothing.
struct LossSearch {
  /// How to split supply where the baseline does not say: as estimated, or all from the seller that loses most or least.
  enum Split { case asEstimated, worst, best }

  private let graph: ProductionGraph
  private let split: Split
  let relief: Relief?

  /// For each node, whether it can be made or had; whoever changes it settles anew all that it feeds.
  var isOperable: [Bool]

  /// For each lane, the part of its baseline that may pass, from 0 to 1.
  var open: [Double]

  /// What a moment of a timeline adds to the rule.
  struct Moment {
    /// For each node, whether a store fills all that its other sources leave open.
    var isFilled: [Bool]

    /// For each lane, the loss of what arrives along it, if it left its seller earlier; negative for all other lanes.
    var arriving: [Double]

    /// For each operation, the least that it loses since it is not at its full size yet; empty if all are.
    var leastLoss: [Double] = []
  }
  private let moment: Moment?

  /// Which end to take where a loop could only be narrowed down.
  private let fromAbove: Bool

  /// How many multiplications one loop may take; those of the default take about a second.
  private let mostSteps: Int

  /// For each node, the part of its baseline that is lost, from 0 to 1.
  var loss: [Double]

  /// Whether every loop was solved.
  private(set) var isExact = true

  /// How many nodes were looked at so far, one that is looked at again counted again.
  private(set) var steps = 0

  /// For each node of the loop that is being settled its number there; −1 for all others.
  private var numberOfNode: [Int]

  init(
    in graph: ProductionGraph, isOperable: [Bool], open: [Double], split: Split, relief: Relief? = nil,
    moment: Moment? = nil, fromAbove: Bool, mostSteps: Int = 200_000_000
  ) {
    self.graph = graph
    self.isOperable = isOperable
    self.open = open
    self.split = split
    self.relief = relief
    self.moment = moment
    self.fromAbove = fromAbove
    self.mostSteps = mostSteps
    loss = isOperable.map { $0 ? 0 : 1 }
    numberOfNode = Array(repeating: -1, count: loss.count)
  }

  mutating func run() {
    for group in graph.settlingOrder.groups { settle(graph.settlingOrder.nodes[group]) }
  }

  /// Settles a group of the settling order, all that feeds it being settled.
  mutating func settle(_ group: ArraySlice<Int>) {
    for node in group { loss[node] = isOperable[node] ? 0 : 1 }
    if group.count == 1, let node = group.first {
      steps += 1
      if isOperable[node] {
        loss[node] = isFilled(node) ? 0 : best(at: node, loss).loss
      } else if case .demand = graph.nodes[node] {
        // What goes away of a demand is not lost.
        loss[node] = eased(1, at: node, loss)
      }
    } else {
      settle(group.filter { isOperable[$0] && !isFilled($0) })
    }
  }

  private func isFilled(_ node: Int) -> Bool { moment?.isFilled[node] ?? false }

  /// What reaches a node without what lies in store, in parts of its need; with what responses add it can be more than 1.
  func arriving(at node: Int) -> Double {
    let (lost, choice) = best(at: node, loss)
    return relief == nil ? 1 - lost : 1 - value(of: choice, at: node, loss, isBounded: false)
  }

  /// The loss of what leaves for a lane now.
  func leaving(along lane: Int) -> Double { arriving(along: lane, loss, isInTime: true) }

  /// What a node's loss can follow from: all of its lanes by their shares, or one of them alone.
  private enum Choice: Hashable {
    case mixed
    case lane(Int)
  }

  private func isMaximum(_ node: Int) -> Bool { node < graph.operations.count || split != .best }

  private func arriving(along lane: Int, _ loss: [Double], isInTime: Bool = false) -> Double {
    if !isInTime, let moment, moment.arriving[lane] >= 0 { return moment.arriving[lane] }
    var open = open[lane]
    let source = graph.source(ofLane: lane)
    if let gain = relief?.gain[source], source < graph.operations.count { open *= gain }
    return open == 1 ? loss[source] : 1 - open + open * loss[source]
  }

  /// What is left of a buyer's loss when responses have filled what they can.
  private func eased(_ lost: Double, at node: Int, _ loss: [Double], isBounded: Bool = true) -> Double {
    guard let relief, !graph.isHub(node) else { return lost }
    var left = lost
    if let gain = relief.gain[node] { left = 1 - gain * (1 - lost) }
    for extra in relief.extras[node] ?? [] {
      left -= extra.part * (extra.lane.map { 1 - arriving(along: $0, loss) } ?? 1)
    }
    return min(1, isBounded ? max(0, left) : left)
  }

  private func value(
    of choice: Choice, at node: Int, _ loss: [Double], isBounded: Bool = true
  ) -> Double {
    switch choice {
    case .lane(let lane):
      return node < graph.operations.count
        ? arriving(along: lane, loss)
        : eased(arriving(along: lane, loss), at: node, loss, isBounded: isBounded)
    case .mixed:
      var sum = 0.0
      var total = 0.0
      for lane in graph.lanes(into: node) where graph.baseline.share[lane] > 0 {
        total += graph.baseline.share[lane]
        sum += graph.baseline.share[lane] * arriving(along: lane, loss)
      }
      if relief != nil, graph.isHub(node) { return total > 0 ? sum : 1 }
      return eased(total > 0 ? min(1, sum) : 1, at: node, loss, isBounded: isBounded)
    }
  }

  /// The loss of a node by the choice that decides it; the first of equal ones.
  private func best(at node: Int, _ loss: [Double]) -> (loss: Double, choice: Choice) {
    if node < graph.operations.count {
      var worst = (loss: 0.0, choice: Choice.mixed)
      if let least = moment?.leastLoss, !least.isEmpty, least[node] > 0 { worst.loss = least[node] }
      for lane in graph.lanes(into: node) {
        let found = loss[graph.source(ofLane: lane)]
        if worst.choice == .mixed && found >= worst.loss || found > worst.loss {
          worst = (found, .lane(lane))
        }
      }
      return worst
    }
    var best = (loss: value(of: .mixed, at: node, loss), choice: Choice.mixed)
    guard split != .asEstimated, graph.baseline.hasEstimates else { return best }
    for lane in graph.lanes(into: node) where !graph.baseline.isKnown[lane] {
      let found = value(of: .lane(lane), at: node, loss)
      if split == .worst ? found > best.loss : found < best.loss { best = (found, .lane(lane)) }
    }
    return best
  }

  /// Settles nodes that feed each other.
  private mutating func settle(_ members: [Int]) {
    steps += members.count
    if members.isEmpty { return }
    if relief != nil || !(moment?.leastLoss.isEmpty ?? true) {
      iterate(members)
      return
    }
    // Most loops settle by going round a few times; the rest converge too slowly to tell when they are there.
    var last = 1.0
    let isLarge = members.count > 1_000
    let passes = isLarge ? 32 : 200
    for pass in 0..<passes {
      var change = 0.0
      for node in members {
        let next = best(at: node, loss).loss
        change = max(change, next - loss[node])
        loss[node] = max(loss[node], next)
      }
      steps += members.count
      if change == 0 { return }
      if pass >= 6, change * power(change / last, passes - pass) > 1e-17 { break }
      last = change
    }
    // In a large loop elimination costs more than some hundred passes.
    if isLarge, narrow(members, passes: 400, mayGiveUp: true) { return }
    if solve(members) { return }
    if !narrow(members, passes: 1_000, mayGiveUp: false) { isExact = false }
  }

  /// Goes round a loop that responses ease, or that holds sites that still grow, from below, until nothing changes any more.
  private mutating func iterate(_ members: [Int]) {
    for _ in 0..<10_000 {
      var change = 0.0
      for node in members {
        let next = best(at: node, loss).loss
        change = max(change, next - loss[node])
        loss[node] = max(loss[node], next)
      }
      steps += members.count
      if change <= 1e-13 { return }
    }
    isExact = false
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }

  /// Solves the loop exactly by iterating over policies, that is, over what decides each loss.
  ///
  /// Outer steps let nodes that take the worst of their choices go over to a worse one; inner steps let those
  /// that take the best go over to a better one. Each outer solution is at most the true one and no less than the
  /// one before; the last is a solution of all, hence the least.
  ///
  /// - Returns: false if that would take too long; `loss` then is as it was.
  /// - Source: R. Howard, "Dynamic programming and Markov processes", 1960; for the nesting, A. Hoffman and R.
  ///   Karp, "On nonterminating stochastic games", 1966.
  private mutating func solve(_ members: [Int]) -> Bool {
    for (number, node) in members.enumerated() { numberOfNode[node] = number }
    defer { for node in members { numberOfNode[node] = -1 } }
    var choices = members.map { best(at: $0, loss).choice }
    var found = loss
    var steps = mostSteps
    while true {
      let positive = positives(members, choices, found)
      var improved = true
      while improved {
        guard let next = solveLinear(members, choices, positive, found, atMost: &steps) else {
          self.steps += mostSteps
          return false
        }
        for (node, value) in zip(members, next) { found[node] = value }
        improved = split == .best && improve(members, &choices, found, maxima: false)
      }
      if !improve(members, &choices, found, maxima: true) {
        loss = found
        self.steps += mostSteps - steps
        return true
      }
    }
  }

  /// Lets every node of one kind go over to a choice that is better for it by more than rounding.
  private func improve(
    _ members: [Int], _ choices: inout [Choice], _ found: [Double], maxima: Bool
  ) -> Bool {
    var improved = false
    for (number, node) in members.enumerated() where isMaximum(node) == maxima {
      let (loss, choice) = best(at: node, found)
      if choice == choices[number] { continue }
      let now = value(of: choices[number], at: node, found)
      if maxima ? loss > now * (1 + 2e-15) : loss < now * (1 - 2e-15) {
        choices[number] = choice
        improved = true
      }
    }
    return improved
  }

  /// For each member, whether it loses anything under the chosen maxima, whatever the minima choose.
  ///
  /// All others lose nothing, and no choice of minima can hold the loss of a positive member within a closed circle:
  /// so each choice makes a system with one solution.
  private func positives(_ members: [Int], _ choices: [Choice]?, _ found: [Double]) -> [Bool] {
    var positive = [Bool](repeating: false, count: members.count)
    func isPositive(_ lane: Int) -> Bool {
      if let moment, moment.arriving[lane] >= 0 { return moment.arriving[lane] > 0 }
      if open[lane] < 1 { return true }
      let source = graph.source(ofLane: lane)
      let number = numberOfNode[source]
      return number < 0 ? found[source] > 0 : positive[number]
    }
    func isPositive(_ choice: Choice, _ node: Int) -> Bool {
      switch choice {
      case .lane(let lane): isPositive(lane)
      case .mixed: graph.lanes(into: node).contains { graph.baseline.share[$0] > 0 && isPositive($0) }
      }
    }
    func everyChoice(_ node: Int) -> [Choice] {
      if node < graph.operations.count { return graph.lanes(into: node).map { .lane($0) } }
      if split == .asEstimated { return [.mixed] }
      return [.mixed] + graph.lanes(into: node).filter { !graph.baseline.isKnown[$0] }.map { .lane($0) }
    }
    func mustBePositive(_ number: Int) -> Bool {
      let node = members[number]
      if !isMaximum(node) { return everyChoice(node).allSatisfy { isPositive($0, node) } }
      if let choices { return isPositive(choices[number], node) }
      return everyChoice(node).contains { isPositive($0, node) }
    }
    var path: [Int] = []
    for number in members.indices where mustBePositive(number) {
      positive[number] = true
      path.append(number)
    }
    while let number = path.popLast() {
      for target in graph.lanesOutOf.successors(of: NodeIndex(members[number])) {
        let next = numberOfNode[target.position]
        guard next >= 0, !positive[next], mustBePositive(next) else { continue }
        positive[next] = true
        path.append(next)
      }
    }
    return positive
  }

  /// Solves for fixed choices.
  ///
  /// - Returns: the loss of each member, or nil if that would take too long.
  private func solveLinear(
    _ members: [Int], _ choices: [Choice], _ positive: [Bool], _ found: [Double], atMost steps: inout Int
  ) -> [Double]? {
    var unknown = [Int](repeating: -1, count: members.count)
    var count = 0
    for number in members.indices where positive[number] {
      unknown[number] = count
      count += 1
    }
    var system = AbsorbingSystem(count: count)
    for (number, node) in members.enumerated() where positive[number] {
      let row = unknown[number]
      func add(_ lane: Int, _ weight: Double) {
        if let moment, moment.arriving[lane] >= 0 {
          if moment.arriving[lane] > 0 { system.add(weight, of: moment.arriving[lane], to: row) }
          return
        }
        let source = graph.source(ofLane: lane)
        if open[lane] < 1 { system.add(weight * (1 - open[lane]), of: 1, to: row) }
        let open = weight * open[lane]
        if open <= 0 { return }
        let member = numberOfNode[source]
        if member >= 0, positive[member] {
          system.add(open, from: unknown[member], to: row)
        } else {
          system.add(open, of: member < 0 ? found[source] : 0, to: row)
        }
      }
      switch choices[number] {
      case .lane(let lane): add(lane, 1)
      case .mixed:
        for lane in graph.lanes(into: node) where graph.baseline.share[lane] > 0 {
          add(lane, graph.baseline.share[lane])
        }
      }
    }
    guard let solution = system.solve(atMost: &steps) else { return nil }
    return unknown.map { $0 < 0 ? 0 : min(1, solution[$0]) }
  }

  /// Narrows a loop down from both ends, and keeps the end that was asked for.
  ///
  /// Iterated from below every pass is at most the solution; from 1, with 0 for what loses nothing, at least.
  ///
  /// - Returns: whether the ends met.
  private mutating func narrow(_ members: [Int], passes: Int, mayGiveUp: Bool) -> Bool {
    let tolerance = 1e-10
    for (number, node) in members.enumerated() { numberOfNode[node] = number }
    let positive = positives(members, nil, loss)
    for node in members { numberOfNode[node] = -1 }
    var above = loss
    for (number, node) in members.enumerated() { above[node] = positive[number] ? 1 : 0 }
    var last = 1.0
    for pass in 0..<passes {
      var gap = 0.0
      for node in members {
        loss[node] = max(loss[node], best(at: node, loss).loss)
        above[node] = min(above[node], best(at: node, above).loss)
        gap = max(gap, above[node] - loss[node])
      }
      steps += 2 * members.count
      if gap <= tolerance || !mayGiveUp && pass == passes - 1 {
        if fromAbove { loss = above }
        return gap <= tolerance
      }
      if mayGiveUp, pass >= 16, gap * power(gap / last, passes - pass) > tolerance { return false }
      last = gap
    }
    return false
  }
}
