import SupplyModel

/// What a timeline knows before it runs: when something changes, what holds between two changes, and what lies where.
struct TimelinePlan {
  let scenario: Scenario
  let graph: ProductionGraph
  let horizon: Timeline.Horizon

  /// The days from the first, 0 among them, on which something of the scenario may change, rising; the last is the end.
  let cuts: [Int]

  /// For each stock of the network, whether a response hands it out.
  let isReleased: [Bool]

  /// The lanes on which goods are under way for at least a day, and for how many; no longer than the horizon.
  let slowLanes: [(lane: Int, days: Int)]

  /// Whether all four readings are the same.
  private(set) var isCertain = false

  /// How much was spent on it, as ``Timeline/Limits/visits`` counts.
  private(set) var visits = 0

  /// For each stock, the needs that it serves.
  let takersOfStock: [[Int]]

  init(
    _ scenario: Scenario, on network: SupplyNetwork, over horizon: Timeline.Horizon,
    within limits: Timeline.Limits
  ) throws(Timeline.Refusal) {
    self.scenario = scenario
    self.horizon = horizon
    isReleased = network.stocks.map { stock in
      scenario.responses.contains { response in
        guard case .releaseStock(let material, let holder, _, _) = response.measure else { return false }
        return material == stock.material && holder == stock.holder
      }
    }
    let cuts = Self.cuts(of: scenario, on: network, horizon)
    self.cuts = cuts
    // Everything that ever holds, so that one graph tells all of it apart.
    var all = Disruption(responses: scenario.responses.map(\.measure))
    for key in scenario.controls.keys {
      all = all.adding(network.disruption(by: scenario.controls[key], on: nil, isUncertain: false))
    }
    let graph = ProductionGraph(network, tellingApart: all)
    self.graph = graph
    let size = graph.nodes.count + graph.lanes.count
    let parts = scenario.controls.count + scenario.outages.count + 1
    let (states, isHuge) = (2 * (cuts.count - 1) * parts).multipliedReportingOverflow(by: size)
    let places = (horizon.count + 1) * (graph.network.demand.count + 3 * network.stocks.count)
    guard !isHuge, states <= limits.visits, places <= limits.visits / 40 else { throw .tooLarge }
    visits = states

    var slow: [(lane: Int, days: Int)] = []
    var waiting = 0
    for lane in graph.lanes.indices {
      guard let flow = graph.lanes[lane].flow, !graph.isHub(graph.lanes[lane].target),
        let lead = graph.network.flows[flow].leadTime?.value, lead >= 0.5
      else { continue }
      slow.append((lane, Int(min(lead.rounded(), Double(horizon.days)))))
      waiting += slow[slow.count - 1].days
    }
    guard waiting <= limits.visits / 40 else { throw .tooLarge }
    slowLanes = slow
    takersOfStock = network.stocks.map { stock in
      graph.takers(of: stock.material, from: stock.holder).filter { graph.isOperableInBaseline[$0] }
    }
    isCertain = findsOneReading()
  }

  private static func cuts(
    of scenario: Scenario, on network: SupplyNetwork, _ horizon: Timeline.Horizon
  ) -> [Int] {
    var days: Set<Int> = [0, horizon.days]
    func lengths(_ figure: Figure?) -> [Int] {
      [figure?.low, figure?.value, figure?.high].compactMap(\.self).filter { $0 < 4_000_000 }.map {
        Int($0.rounded(.up))
      }
    }
    func add(_ day: CalendarDate, plus lengths: [Int] = []) {
      for length in [0] + lengths { days.insert(day.dayNumber - horizon.first.dayNumber + length) }
    }
    func first(_ dates: Control.Dates) -> CalendarDate { dates.effective?.last ?? horizon.first }
    let needs = network.sites.rows.flatMap { $0.technologies.filter { $0.needed == .running } }
    let graces = Set(needs.flatMap { lengths($0.grace) }).sorted()
    for control in scenario.controls.rows {
      for day in control.dates.changes { add(day) }
      if control.kind == .technologyBan || control.kind == .technologyLicence {
        add(first(control.dates), plus: graces)
      }
      if let delay = control.delay, control.kind == .exportLicence {
        for day in [horizon.first] + control.dates.changes { add(day, plus: lengths(delay)) }
      }
    }
    for outage in scenario.outages { for day in outage.dates.changes { add(day) } }
    for response in scenario.responses {
      for day in response.dates.changes { add(day) }
      if case .releaseStock(_, _, _, let over) = response.measure {
        add(response.from?.first ?? horizon.first, plus: over == nil ? [365] : lengths(over))
      }
      add(response.from?.last ?? horizon.first, plus: lengths(response.rampUp))
    }
    return days.filter { (0...horizon.days).contains($0) }.sorted()
  }

  /// What holds on a day, counted from the first, in one reading.
  func disruption(on day: Int, _ reading: Reading) -> Disruption {
    let date = horizon.first.adding(days: day)
    let inForce = ScenarioInForce(scenario, of: graph.network, on: date)
    var sum = Disruption(responses: responses(on: date, inForce))
    for part in inForce.parts {
      var disruption = part.disruption
      for position in disruption.technologyBans.indices where disruption.technologyBans[position].age == nil {
        disruption.technologyBans[position].age = Double(day)
      }
      if case .control(let key) = part.cause, isWaiting(scenario.controls[key], on: date, reading) {
        for position in disruption.tradeControls.indices {
          disruption.tradeControls[position].passing = .nothing
        }
      }
      sum = sum.adding(disruption)
    }
    return sum
  }

  /// Whether the first applications for a licence are still looked at.
  private func isWaiting(_ control: Control, on date: CalendarDate, _ reading: Reading) -> Bool {
    guard control.kind == .exportLicence, let delay = control.delay else { return false }
    let start = control.dates.beginning(before: date) ?? horizon.first
    let days =
      switch reading {
      case .mild: delay.low ?? delay.value
      case .severe: delay.high ?? delay.value
      case .expected, .expectedIfUncertainHolds: delay.value
      }
    return Double(date.dayNumber - start.dayNumber) < days
  }

  /// The responses that hold on a day; a release ends when all is handed out, and cannot hand out more than there is.
  private func responses(on date: CalendarDate, _ inForce: ScenarioInForce) -> [Scenario.Response.Measure] {
    zip(scenario.responses, inForce.statusOfResponse).compactMap { response, status in
      guard status == .inForce else { return nil }
      guard case .releaseStock(let material, let holder, let amount, let over) = response.measure else {
        return response.measure
      }
      let start = response.from?.first ?? horizon.first
      if Double(date.dayNumber - start.dayNumber) >= over?.value ?? 365 { return nil }
      let listed = graph.network.stocks.first { $0.material == material && $0.holder == holder }?.amount
      guard let listed, listed.unit.dimension == amount.unit.dimension else { return response.measure }
      return .releaseStock(material, holder: holder, amount: amount.bounded(by: listed), over: over)
    }
  }

  /// How full-grown sites that a response opens are on average from one day to another; those of full size are left out.
  func growth(from start: Int, to end: Int) -> [(site: Key<Site>, part: Double)] {
    scenario.responses.compactMap { response in
      guard case .openSite(let site) = response.measure, let rampUp = response.rampUp?.value, rampUp > 0
      else { return nil }
      let opening = (response.from?.last ?? horizon.first).dayNumber - horizon.first.dayNumber
      func area(_ day: Double) -> Double {
        let grown = max(0, min(day, rampUp))
        return grown * grown / (2 * rampUp) + max(0, day - rampUp)
      }
      let part =
        (area(Double(end - opening)) - area(Double(start - opening))) / Double(end - start)
      return part < 1 ? (site, max(0, part)) : nil
    }
  }

  /// How long a stock lasts at the normal use of all whom it serves, in days; nil if that is not known, or if it serves nobody.
  func cover(of stock: Int, _ reading: Reading) -> Double? {
    let row = graph.network.stocks[stock]
    let takers = takersOfStock[stock]
    if takers.isEmpty { return nil }
    let amount =
      switch reading {
      case .mild: row.amount.high ?? row.amount.value
      case .severe: row.amount.low ?? row.amount.value
      case .expected, .expectedIfUncertainHolds: row.amount.value
      }
    if row.amount.unit.dimension == .duration { return amount }
    if amount == 0 { return 0 }
    var need = 0.0
    for node in takers {
      guard let own = graph.need[node] else { return nil }
      need += own / graph.worth(of: row.material, at: node)
    }
    return need > 0 ? amount * 365 / need : nil
  }

  /// Whether a material in store at a need comes from a stock whose size in days is not known.
  func isOfUnknownCover(_ stock: Int) -> Bool {
    !takersOfStock[stock].isEmpty && cover(of: stock, .expected) == nil
  }

  private func findsOneReading() -> Bool {
    if graph.baseline.hasEstimates { return false }
    let figures =
      graph.network.stocks.map { Optional($0.amount) } + scenario.controls.rows.map(\.delay)
      + scenario.controls.rows.map(\.approved)
    if figures.contains(where: { $0?.low != nil || $0?.high != nil }) { return false }
    // A response of a size that is not known, or one to a need that is not, helps anything between not at all and in full.
    if !scenario.responses.isEmpty || graph.network.stocks.indices.contains(where: { isOfUnknownCover($0) }) {
      return false
    }
    return cuts.dropLast().allSatisfy { day in
      graph.state(under: disruption(on: day, .mild), rigid: true, reading: .mild)
        == graph.state(under: disruption(on: day, .severe), rigid: true, reading: .severe)
    }
  }
}

extension Figure {
  /// The figure, or another where that is less.
  fileprivate func bounded(by other: Figure) -> Figure {
    let (ownLow, ownHigh) = (low ?? value, high ?? value)
    let (theirLow, theirHigh) = (other.low ?? other.value, other.high ?? other.value)
    return Figure(
      min(value, other.value), unit: unit, low: min(ownLow, theirLow), high: min(ownHigh, theirHigh),
      source: source, year: year, confidence: confidence, note: note)
  }
}

extension ProductionGraph {
  /// How much of a need one unit of a material meets.
  func worth(of material: Key<Material>, at node: Int) -> Double {
    guard case .slot(let operation, let slot) = nodes[node], let process = operations[operation].process,
      let choice = network.processes[process].slots[slot].choices.first(where: { $0.material == material }),
      choice.amount.value > 0
    else { return 1 }
    return 1 / choice.amount.value
  }
}
