import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

/// What holds for every timeline.
struct TimelineLawTests {
  /// A random network with stocks of sites and of countries and with lead times.
  private struct Draw {
    var network: SupplyNetwork
    var generator: SeededGenerator

    init(_ seed: UInt64, stocks: Bool = true, leads: Bool = true) throws {
      generator = SeededGenerator(seed: seed)
      network = try NetworkSketch.random(using: &generator).network()
      if stocks { try addStocks() }
      if leads {
        var generator = self.generator
        network.flows = try withLeadTimes(network.flows) { _ in
          chance(0.5, &generator) ? Double(Int.random(in: 1...40, using: &generator)) : nil
        }
        self.generator = generator
      }
    }

    private mutating func addStocks() throws {
      let units = [try Unit("d"), try Unit("t")]
      for site in network.sites.keys where chance(0.5, &generator) {
        for material in network.materials.keys where chance(0.4, &generator) {
          network.stocks.append(
            Stock(
              holder: .site(site), material: material,
              amount: Figure(
                Double(Int.random(in: 0...30, using: &generator)),
                unit: units[Int.random(in: 0...1, using: &generator)])))
        }
      }
      for code in ["CN", "DE", "FR", "JP"] where chance(0.4, &generator) {
        network.stocks.append(
          Stock(
            holder: .country(try country(code)),
            material: Key(Int.random(in: 0..<network.materials.count, using: &generator)),
            amount: Figure(Double(Int.random(in: 0...30, using: &generator)), unit: units[0])))
      }
    }
  }

  private static func horizon(_ step: Timeline.Horizon.Step = .month) throws -> Timeline.Horizon {
    let first = try #require(CalendarDate("2025-01-01"))
    return try #require(Timeline.Horizon(from: first, through: first.adding(days: 119), by: step))
  }

  private func scenario(_ controls: [Control], outages: [Scenario.Outage] = []) -> Scenario {
    Scenario(id: "s", controls: controls, outages: outages)
  }

  private func ban(_ code: String, from: Int, to: Int? = nil, _ kind: Control.Kind = .exportBan) throws
    -> Control
  {
    let first = try Self.horizon().first
    return Control(
      id: "\(code)-\(from)", kind: kind, issuers: [try country(code)],
      dates: .init(
        effective: DateSpan(first.adding(days: from)), ended: to.map { DateSpan(first.adding(days: $0)) }))
  }

  private func losses(
    _ scenario: Scenario, _ network: SupplyNetwork, _ step: Timeline.Horizon.Step = .month
  ) throws -> [Loss?] {
    try Timeline(of: scenario, on: network, over: Self.horizon(step)).products.map { $0?.lost }
  }

  private func parts(_ loss: Loss) -> [Double] {
    [loss.low, loss.rigid, loss.rigidIfUncertainHolds, loss.high]
  }

  /// Expects the first losses to be no larger than the second ones, in the best estimate and, if asked for, in all readings.
  private func expectOrder(
    _ less: [Loss?], _ more: [Loss?], _ seed: UInt64, isInAll: Bool = true
  ) {
    #expect(less.map { $0 == nil } == more.map { $0 == nil })
    for case (let less?, let more?) in zip(less, more) {
      for (less, more) in isInAll ? Array(zip(parts(less), parts(more))) : [(less.rigid, more.rigid)] {
        #expect(less <= more + 1e-7, "seed \(seed)")
      }
    }
  }

  @Test(
    "nothing in force, nothing lost at any step, whatever is in store or under way",
    arguments: 0..<60 as Range<UInt64>)
  func nothing(seed: UInt64) throws {
    let draw = try Draw(seed)
    let timeline = try Timeline(of: scenario([]), on: draw.network, over: Self.horizon(.day))
    for product in timeline.products.compactMap(\.self) {
      #expect(product.lost.high < 1e-9 && product.shortage.worst == nil, "seed \(seed)")
      for supply in [product.supply.best, product.supply.expected, product.supply.worst] {
        #expect(supply.allSatisfy { abs($0 - 1) < 1e-9 })
      }
    }
    for stock in timeline.stocks where stock.cover != nil {
      #expect(stock.left.worst.allSatisfy { abs($0 - (stock.left.worst.first ?? 0)) < 1e-9 }, "seed \(seed)")
    }
  }

  @Test(
    "without stocks, lead times and dates, every day is the rigid loss in all its readings",
    arguments: 0..<60 as Range<UInt64>)
  func steadyState(seed: UInt64) throws {
    let network = try Draw(seed, stocks: false, leads: false).network
    let licence = Control(
      id: "l", kind: .exportLicence, issuers: [try country("JP")],
      approved: Figure(0.5, unit: try Unit(""), low: 0.25, high: 0.75))
    let cases = [
      scenario([Control(id: "b", kind: .exportBan, issuers: [try country("CN")])]),
      scenario([licence, Control(id: "b", kind: .exportBan, issuers: [try country("DE")])]),
      scenario(
        [Control(id: "l", kind: .exportLicence, issuers: [try country("CN")])],
        outages: [.init(.site(Key(1)))]),
    ]
    for scenario in cases {
      let timeline = try Timeline(of: scenario, on: network, over: Self.horizon())
      let inForce = ScenarioInForce(scenario, of: network, on: timeline.horizon.first)
      let graph = ProductionGraph(network, tellingApart: inForce.disruption)
      let levels = graph.rigidLevels(under: inForce.disruption)
      for product in timeline.products.compactMap(\.self) {
        let loss = levels.loss(at: graph.node(of: product.demand))
        for (course, lost) in [
          (product.supply.expected, loss.rigid),
          (product.supply.expectedIfUncertainHolds, loss.rigidIfUncertainHolds),
          (product.supply.worst, loss.high), (product.supply.best, loss.low),
        ] {
          #expect(course.allSatisfy { abs($0 - (1 - lost)) < 1e-8 }, "seed \(seed)")
        }
      }
    }
  }

  @Test("stocks without end lose nothing of what they stand behind", arguments: 0..<60 as Range<UInt64>)
  func endlessStock(seed: UInt64) throws {
    var network = try Draw(seed).network
    let days = try Unit("d")
    network.stocks = []
    for material in network.materials.keys {
      for site in network.sites.keys {
        network.stocks.append(
          Stock(holder: .site(site), material: material, amount: Figure(1e6, unit: days)))
      }
    }
    // Whatever an operation takes is there, so that only what leads to a demand itself can be missing.
    let controls = try ["CN", "JP"].map { try ban($0, from: 7) }
    let timeline = try Timeline(of: scenario(controls), on: network, over: Self.horizon())
    let graph = timeline.graph
    let first = try Self.horizon().first
    let disruption = ScenarioInForce(scenario(controls), of: network, on: first.adding(days: 7)).disruption
    let open = graph.state(under: disruption, rigid: true).open
    for product in timeline.products.compactMap(\.self) {
      let node = graph.node(of: product.demand)
      let ways = graph.lanes(into: node).filter { graph.baseline.share[$0] > 0 }
      let isDirect = ways.allSatisfy {
        if case .operation = graph.nodes[graph.lanes[$0].source] { open[$0] == 1 } else { false }
      }
      if isDirect { #expect(product.lost.rigid < 1e-9, "seed \(seed)") }
    }
  }

  @Test(
    "a ban that lasts loses no less the earlier it begins, nor with another beside it",
    arguments: 0..<60 as Range<UInt64>)
  func longerBan(seed: UInt64) throws {
    let network = try Draw(seed).network
    var last: [Loss?]?
    for start in [100, 60, 33, 5] {
      let next = try losses(scenario([ban("CN", from: start)]), network)
      if let last { expectOrder(last, next, seed) }
      last = next
    }
    if let last {
      expectOrder(last, try losses(scenario([ban("CN", from: 5), ban("JP", from: 40)]), network), seed)
    }
  }

  @Test(
    "a ban that lasts loses no more the more there is in store",
    arguments: 0..<60 as Range<UInt64>)
  func moreStock(seed: UInt64) throws {
    var draw = try Draw(seed)
    let bans = scenario([try ban("CN", from: 10), try ban("JP", from: 45)])
    let before = try losses(bans, draw.network)
    draw.network.stocks = draw.network.stocks.map { stock in
      chance(0.5, &draw.generator)
        ? stock
        : Stock(
          holder: stock.holder, material: stock.material,
          amount: Figure(
            stock.amount.value + Double(Int.random(in: 0...40, using: &draw.generator)),
            unit: stock.amount.unit))
    }
    expectOrder(try losses(bans, draw.network), before, seed)
  }

  @Test("the step changes nothing but the grain of the answer", arguments: 0..<40 as Range<UInt64>)
  func steps(seed: UInt64) throws {
    let network = try Draw(seed).network
    let bans = scenario([try ban("CN", from: 11, to: 58), try ban("JP", from: 33)])
    let timelines = try Timeline.Horizon.Step.allCases.map {
      try Timeline(of: bans, on: network, over: Self.horizon($0))
    }
    for other in timelines.dropFirst() {
      for case (let one?, let two?) in zip(timelines[0].products, other.products) {
        #expect(zip(parts(one.lost), parts(two.lost)).allSatisfy { abs($0 - $1) < 1e-9 }, "seed \(seed)")
        #expect(one.shortage == two.shortage, "seed \(seed)")
        for (step, mean) in two.supply.expected.enumerated() {
          let days = one.supply.expected[other.horizon.starts[step]..<other.horizon.starts[step + 1]]
          #expect(abs(mean - days.reduce(0, +) / Double(days.count)) < 1e-8, "seed \(seed)")
        }
      }
    }
  }

  @Test(
    "what was in store and was added, less what was taken, is what is left",
    arguments: 0..<60 as Range<UInt64>)
  func massBalance(seed: UInt64) throws {
    let network = try Draw(seed).network
    let bans = scenario([try ban("CN", from: 11, to: 58), try ban("JP", from: 33), try ban("FR", from: 70)])
    let timeline = try Timeline(of: bans, on: network, over: Self.horizon(.week))
    for stock in timeline.stocks {
      guard var held = stock.cover else { continue }
      for step in stock.taken.indices {
        held += stock.added[step] - stock.taken[step]
        #expect(stock.taken[step] >= 0 && stock.added[step] >= 0)
        #expect(abs(held - stock.left.expected[step]) <= 1e-9 * max(1, stock.cover ?? 0), "seed \(seed)")
        #expect(stock.left.expected[step] >= 0)
      }
    }
    for product in timeline.products.compactMap(\.self) {
      #expect(product.supply.worst.allSatisfy { (-1e-12...1).contains($0) })
      let lost = zip(product.supply.expected, timeline.horizon.starts.indices).reduce(0) { sum, step in
        sum + (1 - step.0) * Double(timeline.horizon.starts[step.1 + 1] - timeline.horizon.starts[step.1])
      }
      #expect(abs(lost / Double(timeline.horizon.days) - product.lost.rigid) < 1e-9)
      #expect((product.shortage.expected == nil) == (product.lost.rigid < 1e-9))
    }
  }

  @Test("readings are ordered, and the same twice", arguments: 0..<40 as Range<UInt64>)
  func readings(seed: UInt64) throws {
    let network = try Draw(seed).network
    let unknown = Control(id: "l", kind: .exportLicence, issuers: [try country("CN")])
    let bans = scenario([unknown, try ban("JP", from: 33)])
    let losses = try losses(bans, network)
    for case let lost? in losses {
      #expect(
        lost.low <= lost.rigid + 1e-7 && lost.rigid <= lost.rigidIfUncertainHolds + 1e-7, "seed \(seed)")
      #expect(lost.rigidIfUncertainHolds <= lost.high + 1e-7, "seed \(seed)")
    }
    #expect(try self.losses(bans, network) == losses)
  }

  @Test("the order of rows changes nothing", arguments: 0..<40 as Range<UInt64>)
  func order(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let sketch = NetworkSketch.random(using: &generator)
    let shuffled = sketch.shuffled(using: &generator)
    func stocked(_ sketch: NetworkSketch, _ isReversed: Bool) throws -> SupplyNetwork {
      var network = try sketch.network()
      let days = try Unit("d")
      for site in network.sites.keys {
        // Which stocks there are depends on the names alone.
        for material in network.materials.keys {
          let number =
            network.sites[site].id.utf8.reduce(0) { $0 + Int($1) } + 3
            * network.materials[material].id.utf8.reduce(0) { $0 + Int($1) }
          if number % 3 == 0 {
            network.stocks.append(
              Stock(holder: .site(site), material: material, amount: Figure(Double(number % 29), unit: days)))
          }
        }
      }
      if isReversed { network.stocks.reverse() }
      return network
    }
    let bans = scenario([try ban("CN", from: 11, to: 58), try ban("JP", from: 33)])
    let (one, two) = (try stocked(sketch, false), try stocked(shuffled, true))
    let (before, after) = (try losses(bans, one), try losses(bans, two))
    for key in one.demand.keys {
      let same = try #require(two.demand.key(of: one.demand[key].id))
      #expect((before[key.position] == nil) == (after[same.position] == nil))
      guard let a = before[key.position], let b = after[same.position] else { continue }
      #expect(zip(parts(a), parts(b)).allSatisfy { abs($0 - $1) < 1e-7 }, "seed \(seed)")
    }
  }
}

private func chance(_ part: Double, _ generator: inout SeededGenerator) -> Bool {
  Double.random(in: 0..<1, using: &generator) < part
}
