import SupplyModel

/// One way through a timeline, in one reading of what is not known.
///
/// Between two events nothing changes but what lies in store, at constant rates: an event is a day on which the scenario changes, a
/// stock that runs out, the end of a step, or, where goods are under way, the end of a day. Everything in store is counted
/// in days of the full use of the need that it serves.
struct TimelineRun {
  private let plan: TimelinePlan
  private let reading: Reading
  private var graph: ProductionGraph { plan.graph }

  // What holds since the last change of the scenario.
  private var state = GraphState(isOff: [], open: [])
  private var relief: Relief?

  /// The same with the lanes closed along which nothing arrives at once.
  private var openAtOnce: [Double] = []
  private var moment: LossSearch.Moment

  /// Who keeps what it cannot use: the needs of operations that are there, though perhaps standing still.
  private var keeps: [Bool]

  // What lies in store.
  private struct Part {
    var stock: Int
    var days: Double
  }

  /// For each need, what arrived and could not be used, and its parts of listed stocks in the order in which they are used.
  private var kept: [Double]
  private var parts: [Int: [Part]] = [:]

  /// The needs of which anything is listed or was ever kept.
  private var stores: [Int] = []
  private var isStore: [Bool]

  /// For each slow lane, the losses of what left on the days before, by day modulo the lead time, and of what leaves today.
  private var underWay: [[Double]] = []
  private var leavingToday: [Double]

  // What came out of the last solution.
  private var loss: [Double] = []
  private var arriving: [Double]
  private var leaving: [Double]
  private var isStale = true

  /// For each demand and step, the part that is met.
  private(set) var supply: [[Double]]
  private(set) var lostDays: [Double]
  private var firstShort: [Double?]
  private var shortUntil: [Double]

  /// For each stock its days of normal use at the beginning, what is left after each step, and what was taken and added in it.
  private(set) var cover: [Double?]
  private(set) var left: [[Double]] = []
  private(set) var taken: [[Double]] = []
  private(set) var added: [[Double]] = []
  private var takenNow: [Double]
  private var addedNow: [Double]

  /// For each stock, the weights of its needs in it, which add up to 1.
  private let weights: [[Int: Double]]

  /// For each need, whether it was ever short of what it takes without its stocks.
  private(set) var wasShort: [Bool]

  /// What can be taken for nothing: less than this would be used up in a moment too short to tell.
  private static let least = 1e-6

  init(of plan: TimelinePlan, _ reading: Reading) {
    self.plan = plan
    self.reading = reading
    let graph = plan.graph
    let nodes = graph.nodes.count
    moment = LossSearch.Moment(
      isFilled: Array(repeating: false, count: nodes),
      arriving: Array(repeating: -1, count: graph.lanes.count))
    keeps = Array(repeating: false, count: nodes)
    kept = Array(repeating: 0, count: nodes)
    isStore = Array(repeating: false, count: nodes)
    arriving = Array(repeating: 1, count: nodes)
    wasShort = Array(repeating: false, count: nodes)
    leaving = Array(repeating: 0, count: plan.slowLanes.count)
    leavingToday = leaving
    // Along a lane of which it is known that nobody buys from it in the baseline nothing is under way.
    underWay = plan.slowLanes.map { lane, days in
      let isUsed = graph.baseline.share[lane] > 0 || !graph.baseline.isKnown[lane]
      return Array(repeating: isUsed ? 0 : 1, count: days)
    }
    let demands = graph.network.demand.count
    supply = Array(repeating: Array(repeating: 0, count: plan.horizon.count), count: demands)
    lostDays = Array(repeating: 0, count: demands)
    firstShort = Array(repeating: nil, count: demands)
    shortUntil = lostDays
    let stocks = plan.takersOfStock.indices
    cover = stocks.map { plan.isReleased[$0] ? nil : plan.cover(of: $0, reading) }
    takenNow = stocks.map { _ in 0 }
    addedNow = takenNow
    let steps = [Double](repeating: 0, count: plan.horizon.count)
    left = stocks.map { _ in steps }
    taken = left
    added = left
    weights = stocks.map { stock in
      let takers = plan.takersOfStock[stock]
      let needs = takers.map { node in
        (graph.need[node] ?? 0) / graph.worth(of: graph.network.stocks[stock].material, at: node)
      }
      let total = needs.reduce(0, +)
      return Dictionary(
        uniqueKeysWithValues: zip(takers, needs).map {
          ($0, total > 0 ? $1 / total : 1 / Double(takers.count))
        })
    }
    // Stocks of a site come before those of a country.
    for isOfCountry in [false, true] {
      for stock in stocks where !plan.isReleased[stock] {
        if case .country = graph.network.stocks[stock].holder {
          if !isOfCountry { continue }
        } else if isOfCountry {
          continue
        }
        let days = cover[stock] ?? (reading == .mild && plan.isOfUnknownCover(stock) ? .infinity : 0)
        for node in plan.takersOfStock[stock] {
          parts[node, default: []].append(Part(stock: stock, days: days))
          addStore(node)
        }
      }
    }
  }

  private mutating func addStore(_ node: Int) {
    if isStore[node] { return }
    isStore[node] = true
    stores.append(node)
  }

  private func inStore(_ node: Int) -> Double {
    (parts[node] ?? []).reduce(kept[node]) { $0 + $1.days }
  }

  // MARK: - From event to event

  mutating func run(atMost most: Int, _ visits: inout Int) throws(Timeline.Refusal) {
    let size = graph.nodes.count + graph.lanes.count
    var time = 0.0
    var cut = 0
    var step = 0
    let steps = plan.horizon.starts
    let days = Double(plan.horizon.days)
    while time < days {
      let isChange = time >= Double(plan.cuts[cut])
      if isChange {
        hold(plan.disruption(on: plan.cuts[cut], reading))
        cut += 1
      }
      if isChange || time == Double(steps[step]) {
        grow(from: Int(time), to: min(steps[step + 1], plan.cuts[cut]))
      }
      if !plan.slowLanes.isEmpty, time == time.rounded(.down) { receive(on: Int(time)) }
      if isStale {
        visits += 2 * size
        guard visits <= most else { throw .tooLarge }
        solve()
      }
      var next = min(Double(plan.cuts[cut]), Double(steps[step + 1]))
      if !plan.slowLanes.isEmpty { next = min(next, time.rounded(.down) + 1) }
      var runsOut: [Int] = []
      for node in stores {
        let rate = change(at: node)
        guard rate < 0 else { continue }
        let end = time + inStore(node) / -rate
        if end < next - 1e-9 { runsOut = [] }
        if end < next + 1e-9 {
          next = min(next, end)
          runsOut.append(node)
        }
      }
      visits += stores.count + plan.slowLanes.count + 1
      guard visits <= most else { throw .tooLarge }
      pass(from: time, to: next, in: step, runsOut)
      time = next
      if time >= Double(steps[step + 1]) {
        endStep(step)
        step += 1
      }
    }
  }

  /// Takes up what holds from now on.
  private mutating func hold(_ disruption: Disruption) {
    state = graph.state(under: disruption, rigid: true, reading: reading)
    relief = Relief(of: disruption.responses, in: graph, reading: reading)
    openAtOnce = state.open
    for (lane, _) in plan.slowLanes { openAtOnce[lane] = 0 }
    let opened = Set(
      disruption.responses.compactMap { if case .openSite(let site) = $0 { site } else { nil } })
    for node in graph.nodes.indices {
      guard case .slot(let operation, _) = graph.nodes[node] else { continue }
      keeps[node] =
        graph.isOperableInBaseline[operation] || opened.contains(graph.operations[operation].site)
    }
    isStale = true
  }

  /// Sets how full-grown sites are from one day to another.
  private mutating func grow(from start: Int, to end: Int) {
    let growth = plan.growth(from: start, to: end)
    if growth.isEmpty && moment.leastLoss.isEmpty { return }
    moment.leastLoss = growth.isEmpty ? [] : Array(repeating: 0, count: graph.operations.count)
    for (site, part) in growth {
      for operation in graph.operationNodes where graph.operations[operation].site == site {
        moment.leastLoss[operation] = max(moment.leastLoss[operation], 1 - part)
      }
    }
    isStale = true
  }

  /// Takes in, for one day, what left a lead time ago.
  private mutating func receive(on day: Int) {
    for (number, (lane, days)) in plan.slowLanes.enumerated() {
      let lost = underWay[number][day % days]
      if moment.arriving[lane] != lost {
        moment.arriving[lane] = lost
        isStale = true
      }
    }
  }

  // MARK: - One moment

  private mutating func solve() {
    isStale = false
    var atHand = Set(state.atHand)
    for node in graph.nodes.indices where graph.isNeed(node) {
      moment.isFilled[node] = isStore[node] && inStore(node) > Self.least
      if moment.isFilled[node] { atHand.insert(node) }
    }
    for (lane, _) in plan.slowLanes where moment.arriving[lane] < 1 {
      atHand.insert(graph.lanes[lane].target)
    }
    let isOperable = graph.operability(
      in: GraphState(isOff: state.isOff, open: openAtOnce, atHand: atHand.sorted()))
    var search = LossSearch(
      in: graph, isOperable: isOperable, open: state.open,
      split: reading == .mild ? .best : reading == .severe ? .worst : .asEstimated, relief: relief,
      moment: moment, fromAbove: reading == .severe)
    search.run()
    loss = search.loss
    for node in graph.nodes.indices where graph.isNeed(node) {
      arriving[node] = search.arriving(at: node)
      if arriving[node] < 1 - 1e-9, case .slot = graph.nodes[node] { wasShort[node] = true }
      if !isStore[node], change(at: node) > 0 { addStore(node) }
    }
    for (number, (lane, _)) in plan.slowLanes.enumerated() { leaving[number] = search.leaving(along: lane) }
  }

  /// How fast what lies in store at a need grows or shrinks, in days of use a day.
  private func change(at node: Int) -> Double {
    var rate: Double
    switch graph.nodes[node] {
    case .slot(let operation, _):
      rate = arriving[node] - (1 - loss[operation])
      if rate > 0, !keeps[node] { return 0 }
      if let gain = relief?.gain[node], gain > 0 { rate /= gain }
    case .demand:
      // What nobody uses any more is not delivered.
      rate = min(0, arriving[node] - (1 - loss[node]))
    case .operation, .offer, .market: return 0
    }
    // Less is rounding.
    if abs(rate) < 1e-9 { return 0 }
    return rate < 0 && !moment.isFilled[node] ? 0 : rate
  }

  /// Lets time pass in which nothing but what lies in store changes.
  private mutating func pass(from time: Double, to next: Double, in step: Int, _ runsOut: [Int]) {
    let length = next - time
    for node in stores {
      let rate = change(at: node)
      if rate == 0 { continue }
      if rate > 0 {
        put(rate * length, into: node)
        if !moment.isFilled[node], inStore(node) > Self.least { isStale = true }
      } else {
        take(-rate * length, from: node)
      }
    }
    for node in runsOut {
      kept[node] = 0
      for position in parts[node]?.indices ?? 0..<0 { parts[node]?[position].days = 0 }
      isStale = true
    }
    for demand in supply.indices {
      let lost = max(0, loss[graph.firstDemand + demand])
      supply[demand][step] += (1 - lost) * length
      lostDays[demand] += lost * length
      if lost > 1e-9 {
        if firstShort[demand] == nil { firstShort[demand] = time }
        shortUntil[demand] = next
      }
    }
    guard !plan.slowLanes.isEmpty else { return }
    for number in leaving.indices { leavingToday[number] += leaving[number] * length }
    if next == next.rounded() {
      let today = Int(next) - 1
      for (number, (_, days)) in plan.slowLanes.enumerated() {
        // Sums of parts of a day are off by rounding.
        let mean = leavingToday[number]
        underWay[number][today % days] = mean < 1e-12 ? 0 : mean > 1 - 1e-12 ? 1 : mean
        leavingToday[number] = 0
      }
    }
  }

  private mutating func put(_ days: Double, into node: Int) {
    // A site that has a stock keeps what it cannot use there.
    if let first = parts[node]?.first, case .site = graph.network.stocks[first.stock].holder {
      parts[node]?[0].days += days
      addedNow[first.stock] += days * (weights[first.stock][node] ?? 0)
    } else {
      kept[node] += days
    }
  }

  private mutating func take(_ days: Double, from node: Int) {
    var rest = days
    let own = min(rest, kept[node])
    kept[node] -= own
    rest -= own
    for position in parts[node]?.indices ?? 0..<0 where rest > 0 {
      guard let part = parts[node]?[position] else { continue }
      let own = min(rest, part.days)
      rest -= own
      parts[node]?[position].days -= own
      takenNow[part.stock] += own * (weights[part.stock][node] ?? 0)
    }
  }

  private mutating func endStep(_ step: Int) {
    let length = Double(plan.horizon.starts[step + 1] - plan.horizon.starts[step])
    for demand in supply.indices { supply[demand][step] = min(1, supply[demand][step] / length) }
    for stock in cover.indices where cover[stock] != nil {
      left[stock][step] = plan.takersOfStock[stock].reduce(0) { sum, node in
        let days = parts[node]?.first { $0.stock == stock }?.days ?? 0
        return sum + days * (weights[stock][node] ?? 0)
      }
      taken[stock][step] = takenNow[stock]
      added[stock][step] = addedNow[stock]
      (takenNow[stock], addedNow[stock]) = (0, 0)
    }
  }

  // MARK: - Results

  func shortage(of demand: Int, in horizon: Timeline.Horizon) -> Timeline.Shortage? {
    guard let first = firstShort[demand] else { return nil }
    let end = Int((shortUntil[demand] - 1e-6).rounded(.up))
    return Timeline.Shortage(
      firstDay: Int((first + 1e-6).rounded(.down)), recoveryDay: end < horizon.days ? end : nil)
  }
}
