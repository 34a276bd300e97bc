import GraphCore
import SupplyModel

/// The elements of one level that can fail together, and what each of them takes with it.
struct FailureTable {
  private(set) var elements: [Element] = []

  /// For each element, the operations that it puts out of action, and the lanes that it closes.
  private(set) var operations: [[Int]] = []
  private(set) var lanes: [[Int]] = []

  /// The rows that stand for the rest of a published total, which nothing makes fail as one; empty at other levels than that of sites.
  private(set) var balances: [Key<Site>] = []

  /// Elements that take nothing with them are left out, and so are balances.
  ///
  /// - Precondition: for lanes, the graph tells ``ProductionGraph/recordedLanes()`` apart.
  /// - Complexity: O(operations + lanes).
  init(of graph: ProductionGraph, at level: Element.Level) {
    var rows: [(element: Element, operations: [Int], lanes: [Int])]
    if level == .lane {
      let recorded = graph.recordedLanes()
      rows = recorded.map { (.lane($0), [], []) }
      let numbers = Dictionary(uniqueKeysWithValues: recorded.enumerated().map { ($1, $0) })
      for index in graph.lanes.indices {
        guard let trade = graph.trade(along: index) else { continue }
        let lane = Element.Lane(from: trade.seller, to: trade.buyer, graph.lanes[index].material)
        if let number = numbers[lane] { rows[number].lanes.append(index) }
      }
    } else {
      let table = ElementTable(of: graph, at: [level])
      rows = table.elements.map { ($0, [], []) }
      for (operation, own) in table.ownOfOperation.enumerated() {
        for number in Set(own) { rows[Int(number)].operations.append(operation) }
      }
      for (lane, own) in table.ownOfLane.enumerated() {
        for number in Set(own) { rows[Int(number)].lanes.append(lane) }
      }
    }
    for row in rows where !row.operations.isEmpty || !row.lanes.isEmpty {
      if case .site(let site) = row.element, graph.network.sites[site].extent == .balance {
        balances.append(site)
        continue
      }
      elements.append(row.element)
      operations.append(row.operations)
      lanes.append(row.lanes)
    }
  }
}

extension ProductionGraph {
  /// Every lane that a flow of the network records between a seller and a buyer, each once, in the order of the flows.
  ///
  /// - Complexity: O(lanes log lanes).
  func recordedLanes() -> [Element.Lane] {
    var found: [(flow: Int, lane: Element.Lane)] = []
    for (index, row) in lanes.enumerated() {
      guard let flow = row.flow, !isAdded(index), row.source < operations.count,
        let trade = trade(along: index)
      else { continue }
      found.append((flow.position, Element.Lane(from: trade.seller, to: trade.buyer, row.material)))
    }
    var seen: Set<Element.Lane> = []
    return found.enumerated().sorted { ($0.element.flow, $0.offset) < ($1.element.flow, $1.offset) }
      .map(\.element.lane).filter { seen.insert($0).inserted }
  }
}

/// What a growing set of failed elements costs, where only what lies behind the last one is settled anew.
///
/// Beside the exact loss it knows the most that a further element can add, whatever else fails with it. Let L(S) be the
/// losses under S on top of what happens anyway. For each element e the least δ with δ = 1 − L at what e takes with it,
/// and else δ(operation) = max δ(slot) and δ(other) = Σ share × open × δ(seller), nowhere above 1 − L, has
/// `L(S ∪ R ∪ T) ≤ L(S ∪ R) + Σ δ(e)` over the e of T, for any further R: with it the right side is no less than what the equations of the
/// losses make of it, and the loss is their least solution.
///
/// That a node that nothing can feed any more has lost everything is the one thing that does not follow from the equations: two
/// elements together can cut off a loop that lives on its own output, though neither costs anything alone. Nodes that
/// can be cut off like that are counted as lost with every single element that they stand behind (``exposed``); for all
/// others the equations give 1 anyway, since their supply comes from outside of any such loop.
struct JointFailures {
  let graph: ProductionGraph
  let table: FailureTable
  private var search: LossSearch
  private var isOff: [Bool]

  /// For each node its group in the settling order; −1 for those that never run.
  private let groupOfNode: [Int]

  /// For each element, the nodes behind it that may be cut off without a loss that leads up to it.
  private var exposed: [[Int]]

  /// For each node, whether a stock fills it whatever fails.
  private var isAtHand: [Bool]

  /// Groups to look at, one bit each.
  private var waiting: GroupQueue

  private var log: [Change] = []

  /// What an element adds at most, while it is worked out; 0 in between.
  private var added: [Double]
  private var isHit: [Bool]
  private var isClosed: [Bool]
  private var touched: [Int] = []
  private var ownSteps = 0

  private enum Change {
    case node(Int, isOperable: Bool, loss: Double)
    case operation(Int)
    case lane(Int, open: Double)
  }

  /// How many nodes were looked at so far.
  var steps: Int { search.steps + ownSteps }

  /// Whether every loop was solved.
  var isExact: Bool { search.isExact }

  func loss(at node: Int) -> Double { search.loss[node] }

  /// Stands for what has failed by now.
  var mark: Int { log.count }

  init(in graph: ProductionGraph, at level: Element.Level, under disruption: Disruption) {
    self.graph = graph
    table = FailureTable(of: graph, at: level)
    let state = graph.state(under: disruption, rigid: true, reading: .expected)
    isOff = state.isOff
    isAtHand = Array(repeating: false, count: graph.nodes.count)
    for node in state.atHand { isAtHand[node] = true }
    search = LossSearch(
      in: graph, isOperable: graph.operability(in: state), open: state.open, split: .asEstimated,
      relief: Relief(of: disruption.responses, in: graph, reading: .expected), fromAbove: false)
    search.run()
    var groupOfNode = [Int](repeating: -1, count: graph.nodes.count)
    for (number, group) in graph.settlingOrder.groups.enumerated() {
      for node in graph.settlingOrder.nodes[group] { groupOfNode[node] = number }
    }
    self.groupOfNode = groupOfNode
    waiting = GroupQueue(count: graph.settlingOrder.groups.count)
    added = Array(repeating: 0, count: graph.nodes.count)
    isHit = Array(repeating: false, count: graph.nodes.count)
    isClosed = Array(repeating: false, count: graph.lanes.count)
    exposed = Array(repeating: [], count: table.elements.count)
    expose(selfFed())
  }

  private mutating func wait(for node: Int) {
    if groupOfNode[node] >= 0 { waiting.insert(groupOfNode[node]) }
  }

  private mutating func waitForBuyers(of node: Int) {
    for next in graph.lanesOutOf.successors(of: NodeIndex(node)) { wait(for: next.position) }
  }
}

// MARK: What a set costs

extension JointFailures {
  /// Lets an element fail on top of those that have failed.
  ///
  /// - Returns: a mark for ``undo(to:)``.
  /// - Complexity: O(nodes and lanes that lie behind it and change).
  mutating func fail(_ element: Int) -> Int {
    let mark = log.count
    for operation in table.operations[element] where !isOff[operation] {
      isOff[operation] = true
      log.append(.operation(operation))
      wait(for: operation)
    }
    for lane in table.lanes[element] where search.open[lane] > 0 {
      log.append(.lane(lane, open: search.open[lane]))
      search.open[lane] = 0
      wait(for: graph.lanes[lane].target)
    }
    while let group = waiting.removeFirst() { settle(graph.settlingOrder.groups[group]) }
    return mark
  }

  /// Takes back all that failed since a mark.
  mutating func undo(to mark: Int) {
    while log.count > mark {
      switch log.removeLast() {
      case .node(let node, let isOperable, let loss):
        search.isOperable[node] = isOperable
        search.loss[node] = loss
      case .operation(let operation): isOff[operation] = false
      case .lane(let lane, let open): search.open[lane] = open
      }
    }
  }

  private mutating func settle(_ group: Range<Int>) {
    let members = graph.settlingOrder.nodes[group]
    if members.allSatisfy({ !search.isOperable[$0] }) { return }
    let before = members.map { (node: $0, isOperable: search.isOperable[$0], loss: search.loss[$0]) }
    derive(members)
    search.settle(members)
    for (node, isOperable, loss) in before
    where isOperable != search.isOperable[node] || loss != search.loss[node] {
      log.append(.node(node, isOperable: isOperable, loss: loss))
      for next in graph.lanesOutOf.successors(of: NodeIndex(node))
      where groupOfNode[next.position] != groupOfNode[node] { wait(for: next.position) }
    }
  }

  /// Finds which members of a group can run, by the least fixpoint within it.
  private mutating func derive(_ members: ArraySlice<Int>) {
    for node in members { search.isOperable[node] = false }
    var path: [Int] = []
    for node in members where canRun(node) {
      search.isOperable[node] = true
      if members.count > 1 { path.append(node) }
    }
    while let node = path.popLast() {
      for next in graph.lanesOutOf.successors(of: NodeIndex(node)) {
        let target = next.position
        guard groupOfNode[target] == groupOfNode[node], !search.isOperable[target], canRun(target) else {
          continue
        }
        search.isOperable[target] = true
        path.append(target)
      }
    }
  }

  private func canRun(_ node: Int) -> Bool {
    if isAtHand[node] { return true }
    let lanes = graph.lanes(into: node)
    if node < graph.operations.count {
      return !isOff[node] && lanes.allSatisfy { search.isOperable[graph.source(ofLane: $0)] }
    }
    return lanes.contains { search.open[$0] > 0 && search.isOperable[graph.source(ofLane: $0)] }
  }

  /// Whether a node can be made or had.
  func isOperable(_ node: Int) -> Bool { search.isOperable[node] }
}

// MARK: What an element adds at most

extension JointFailures {
  /// The most that an element can add to the loss of each of `demands`, whatever else fails beyond what has failed; those to which it adds nothing
  /// are left out.
  ///
  /// - Complexity: O(nodes and lanes that lie behind it); loops are gone round some times.
  mutating func mostAdded(by element: Int, to demands: [Int]) -> [(demand: Int, added: Double)] {
    for operation in table.operations[element] where !isOff[operation] { hit(operation) }
    for node in exposed[element] { hit(node) }
    for lane in table.lanes[element] where search.open[lane] > 0 {
      isClosed[lane] = true
      wait(for: graph.lanes[lane].target)
    }
    while let group = waiting.removeFirst() {
      let members = graph.settlingOrder.nodes[graph.settlingOrder.groups[group]]
      if members.count > 1 {
        spread(within: members)
      } else if let node = members.first {
        let found = most(at: node)
        if found > 0 {
          set(node, found)
          waitForBuyers(of: node)
        }
      }
    }
    let found = demands.enumerated().compactMap { number, node in
      added[node] > 0 ? (demand: number, added: added[node]) : nil
    }
    for node in touched { (added[node], isHit[node]) = (0, false) }
    for lane in table.lanes[element] { isClosed[lane] = false }
    touched = []
    return found
  }

  private mutating func hit(_ node: Int) {
    guard !isHit[node], search.isOperable[node] else { return }
    isHit[node] = true
    touched.append(node)
    wait(for: node)
  }

  private mutating func set(_ node: Int, _ value: Double) {
    if added[node] == 0 { touched.append(node) }
    added[node] = value
  }

  /// The right side of the equation of a node.
  private mutating func most(at node: Int) -> Double {
    ownSteps += 1
    let left = 1 - search.loss[node]
    if isHit[node] || left <= 0 { return max(0, left) }
    if node < graph.operations.count {
      let worst = graph.lanes(into: node).reduce(0) { max($0, added[graph.source(ofLane: $1)]) }
      return min(left, worst)
    }
    var sum = 0.0
    for lane in graph.lanes(into: node) where graph.baseline.share[lane] > 0 {
      sum += graph.baseline.share[lane] * mostAdded(along: lane)
    }
    if let relief = search.relief, !graph.isHub(node) {
      sum *= relief.gain[node] ?? 1
      for extra in relief.extras[node] ?? [] {
        sum += extra.part * (extra.lane.map { mostAdded(along: $0) } ?? 0)
      }
    }
    return min(left, sum)
  }

  private func mostAdded(along lane: Int) -> Double {
    let source = graph.source(ofLane: lane)
    var open = search.open[lane]
    if source < graph.operations.count, let gain = search.relief?.gain[source] { open *= gain }
    return open * (isClosed[lane] ? 1 - search.loss[source] : added[source])
  }

  /// Goes round a loop from above: each pass is a bound, and the better the more of them.
  private mutating func spread(within members: ArraySlice<Int>) {
    let group = groupOfNode[members[members.startIndex]]
    var reached: Set<Int> = []
    var path = members.filter { most(at: $0) > 0 }
    reached.formUnion(path)
    while let node = path.popLast() {
      for next in graph.lanesOutOf.successors(of: NodeIndex(node))
      where groupOfNode[next.position] == group && reached.insert(next.position).inserted {
        path.append(next.position)
      }
    }
    let order = members.filter { reached.contains($0) && search.loss[$0] < 1 }
    for node in order { set(node, 1 - search.loss[node]) }
    for _ in 0..<60 {
      var change = 0.0
      for node in order {
        let next = min(added[node], most(at: node))
        change = max(change, added[node] - next)
        added[node] = next
      }
      if change < 1e-7 { break }
    }
    for node in order where added[node] > 0 {
      for next in graph.lanesOutOf.successors(of: NodeIndex(node)) where groupOfNode[next.position] != group {
        wait(for: next.position)
      }
    }
  }

  /// The nodes that could run on in part by the equations though nothing feeds them any more: those whose whole supply
  /// can come from each other, and those that responses ease.
  private func selfFed() -> [Bool] {
    var isSelfFed = search.isOperable
    func isHeld(_ node: Int) -> Bool {
      let lanes = graph.lanes(into: node)
      if node < graph.operations.count { return lanes.contains { isSelfFed[graph.source(ofLane: $0)] } }
      return lanes.allSatisfy {
        graph.baseline.share[$0] == 0 || search.open[$0] == 1 && isSelfFed[graph.source(ofLane: $0)]
      }
    }
    var path = graph.nodes.indices.filter { isSelfFed[$0] && !isHeld($0) }
    for node in path { isSelfFed[node] = false }
    while let node = path.popLast() {
      for next in graph.lanesOutOf.successors(of: NodeIndex(node))
      where isSelfFed[next.position] && !isHeld(next.position) {
        isSelfFed[next.position] = false
        path.append(next.position)
      }
    }
    if let relief = search.relief {
      for node in Array(relief.gain.keys) + Array(relief.extras.keys) where search.isOperable[node] {
        isSelfFed[node] = true
      }
    }
    return isSelfFed
  }

  /// Finds for each element the self-fed nodes that it stands before, by whatever lanes; all of them where that takes too long.
  private mutating func expose(_ isSelfFed: [Bool]) {
    let all = graph.nodes.indices.filter { isSelfFed[$0] }
    if all.isEmpty { return }
    for element in table.elements.indices {
      guard ownSteps < 20_000_000 else {
        exposed[element] = all
        continue
      }
      var seen: Set<Int> = []
      var path: [Int] = []
      func reach(_ node: Int) {
        if search.isOperable[node], seen.insert(node).inserted { path.append(node) }
      }
      for operation in table.operations[element] { reach(operation) }
      for lane in table.lanes[element] where search.open[lane] > 0 { reach(graph.lanes[lane].target) }
      while let node = path.popLast() {
        ownSteps += 1
        for position in graph.lanesOutOf.edges(from: NodeIndex(node))
        where search.open[graph.lanesOutOf.edgeIndices[position].position] > 0 {
          reach(graph.lanesOutOf.targets[position].position)
        }
      }
      exposed[element] = seen.filter { isSelfFed[$0] }.sorted()
    }
  }
}

/// Numbers of groups, each at most once, the least first.
private struct GroupQueue {
  private var words: [UInt64]
  private var first: Int

  init(count: Int) {
    words = Array(repeating: 0, count: (count + 63) / 64)
    first = words.count
  }

  mutating func insert(_ number: Int) {
    words[number / 64] |= 1 << UInt64(number % 64)
    first = min(first, number / 64)
  }

  mutating func removeFirst() -> Int? {
    while first < words.count {
      let word = words[first]
      if word != 0 {
        words[first] = word & (word - 1)
        return first * 64 + word.trailingZeroBitCount
      }
      first += 1
    }
    return nil
  }
}
