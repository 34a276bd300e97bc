import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

/// Timelines on small networks worked out by hand.
struct TimelineTests {
  /// Mines in China and Australia feed one magnet maker in Germany 3 : 1, which alone serves Germany.
  ///
  /// Lead times are in days, from China, from Australia, and to the customer. With a binder the recipe also takes as
  /// much of that, which comes from France.
  private func chain(
    leads: [Double?] = [nil, nil, nil], stocks: [Stock] = [], binder: Bool = false
  ) throws -> SupplyNetwork {
    var sketch = NetworkSketch(
      stages: ["mine", "magnet"], materials: ["oxide", "magnet", "binder"],
      processes: [
        .init(id: "dig", outputs: [("oxide", 1)]),
        .init(
          id: "sinter", slots: binder ? [[("oxide", 1)], [("binder", 1)]] : [[("oxide", 1)]],
          outputs: [("magnet", 1)]),
        .init(id: "mix", outputs: [("binder", 1)]),
      ],
      sites: [
        .init(id: "cn", stage: "mine", country: "CN"), .init(id: "au", stage: "mine", country: "AU"),
        .init(id: "de", stage: "magnet", country: "DE"),
        .init(id: "ca", stage: "mine", country: "CA", status: .planned),
        .init(id: "fr", stage: "mine", country: "FR"),
      ],
      operations: [
        .init(site: "cn", process: "dig", output: 30), .init(site: "au", process: "dig", output: 10),
        .init(site: "de", process: "sinter", output: 40), .init(site: "ca", process: "dig", output: 20),
        .init(site: "fr", process: "mix", output: 40),
      ],
      flows: [
        .init(from: .site("cn"), to: .site("de"), material: "oxide", volume: 30),
        .init(from: .site("au"), to: .site("de"), material: "oxide", volume: 10),
        .init(from: .site("de"), to: .demand("eu"), material: "magnet", volume: 40),
      ],
      demand: [.init(id: "eu", material: "magnet", place: .country("DE"), amount: 40)])
    if binder {
      sketch.flows.append(.init(from: .site("fr"), to: .site("de"), material: "binder", volume: 40))
    }
    var network = try sketch.network()
    network.flows = try withLeadTimes(network.flows) { $0 < leads.count ? leads[$0] : nil }
    network.stocks = stocks
    return network
  }

  /// So many days from 1 January 2025.
  private func date(_ day: Int) throws -> CalendarDate {
    try #require(CalendarDate("2025-01-01")).adding(days: day)
  }

  private func horizon(_ days: Int, by step: Timeline.Horizon.Step = .day) throws -> Timeline.Horizon {
    try #require(Timeline.Horizon(from: date(0), through: date(days - 1), by: step))
  }

  private func dates(_ from: Int, _ to: Int?) throws -> Control.Dates {
    Control.Dates(effective: DateSpan(try date(from)), ended: try to.map { DateSpan(try date($0)) })
  }

  private func ban(_ code: String, from: Int, to: Int?) throws -> Control {
    Control(id: code, kind: .exportBan, issuers: [try country(code)], dates: try dates(from, to))
  }

  private func product(
    _ scenario: Scenario, on network: SupplyNetwork, days: Int = 100, by step: Timeline.Horizon.Step = .day
  ) throws -> Timeline.Product {
    let timeline = try Timeline(of: scenario, on: network, over: horizon(days, by: step))
    return try #require(timeline.products.first ?? nil)
  }

  private func oxide(_ amount: Double, _ unit: String, of holder: Stock.Holder = .site(Key(2))) throws
    -> Stock
  {
    Stock(holder: holder, material: Key(0), amount: Figure(amount, unit: try Unit(unit)))
  }

  private func expect(
    _ product: Timeline.Product, first: Int?, recovery: Int?, lostDays: Double, of days: Int = 100
  ) {
    #expect(product.shortage.expected?.firstDay == first)
    #expect(product.shortage.expected?.recoveryDay == recovery)
    #expect(abs(product.lost.rigid * Double(days) - lostDays) < 1e-9)
    #expect(abs(product.supply.expected.reduce(0, +) - (Double(days) - lostDays)) < 1e-9)
  }

  @Test("a ban of 60 days: stocks carry the rest of the need, and then the rigid loss holds until it ends")
  func banWithStock() throws {
    let scenario = Scenario(id: "s", controls: [try ban("CN", from: 10, to: 70)])
    try expect(product(scenario, on: chain()), first: 10, recovery: 70, lostDays: 60 * 0.75)
    // Three quarters of the need are missing, so that 15 days of use last 20 days.
    let fortnight = try chain(stocks: [oxide(15, "d")])
    try expect(product(scenario, on: fortnight), first: 30, recovery: 70, lostDays: 40 * 0.75)
    let tonnes = try chain(stocks: [oxide(15 * 40 / 365, "t")])
    try expect(product(scenario, on: tonnes), first: 30, recovery: 70, lostDays: 40 * 0.75)
    // 10 days of the site, 5 of its country, which serves nobody else; those of Japan help nobody here.
    let both = try chain(stocks: [
      oxide(5, "d", of: .country(country("DE"))), oxide(10, "d"), oxide(50, "d", of: .country(country("JP"))),
    ])
    try expect(product(scenario, on: both), first: 30, recovery: 70, lostDays: 40 * 0.75)
    let timeline = try Timeline(of: scenario, on: both, over: horizon(100))
    #expect(timeline.stocks.map(\.cover) == [5, 10, nil])
    // That of the site is used first: two thirds of the 20 days.
    for (day, left) in [(9, [5.0, 10]), (13, [5, 7]), (24, [3.75, 0]), (29, [0, 0]), (99, [0, 0])] {
      for (stock, left) in left.enumerated() {
        #expect(abs(timeline.stocks[stock].left.expected[day] - left) < 1e-9, "\(day)")
      }
    }
    // Enough for the whole ban; of magnets rather than oxide it is the customer's need that it serves.
    try expect(product(scenario, on: chain(stocks: [oxide(45, "d")])), first: nil, recovery: nil, lostDays: 0)
    let magnets = Stock(
      holder: .country(try country("DE")), material: Key(1), amount: Figure(15, unit: try Unit("d")))
    try expect(product(scenario, on: chain(stocks: [magnets])), first: 30, recovery: 70, lostDays: 40 * 0.75)
  }

  @Test(
    "the day on which a stock runs out does not depend on the step", arguments: Timeline.Horizon.Step.allCases
  )
  func exactDays(step: Timeline.Horizon.Step) throws {
    let scenario = Scenario(id: "s", controls: [try ban("CN", from: 10, to: 70)])
    let product = try product(scenario, on: chain(stocks: [oxide(15, "d")]), by: step)
    #expect(product.shortage.expected == .init(firstDay: 30, recoveryDay: 70))
    #expect(abs(product.lost.rigid - 0.3) < 1e-12)
    let starts = try horizon(100, by: step).starts
    #expect(product.supply.expected.count == starts.count - 1)
    // Days 31 to 70 have a quarter.
    for (number, (start, end)) in zip(starts, starts.dropFirst()).enumerated() {
      let short = Double(max(0, min(end, 70) - max(start, 30)))
      #expect(abs(product.supply.expected[number] - (1 - 0.75 * short / Double(end - start))) < 1e-9)
    }
  }

  @Test("goods under way still arrive, and after the ban the first ones take as long again")
  func leadTimes() throws {
    let scenario = Scenario(id: "s", controls: [try ban("CN", from: 10, to: 40)])
    try expect(product(scenario, on: chain(leads: [20, nil, nil])), first: 30, recovery: 60, lostDays: 22.5)
    try expect(product(scenario, on: chain(leads: [20, nil, 7])), first: 37, recovery: 67, lostDays: 22.5)
    let monthly = try product(scenario, on: chain(leads: [20, 5, 7]), by: .month)
    #expect(monthly.shortage.expected == .init(firstDay: 37, recoveryDay: 67))
    #expect(abs(monthly.lost.rigid - 0.225) < 1e-9)
    // What leaves on the last days arrives after the horizon.
    try expect(product(scenario, on: chain(leads: [80, nil, nil])), first: 90, recovery: nil, lostDays: 7.5)
    try expect(product(scenario, on: chain(leads: [4000, nil, nil])), first: nil, recovery: nil, lostDays: 0)
    // A site that fails sends nothing, and what it sent arrives.
    let outage = Scenario(
      id: "o",
      outages: [.init(.site(Key(0)), from: DateSpan(try date(10)), to: DateSpan(try date(40)))])
    try expect(product(outage, on: chain(leads: [20, nil, nil])), first: 30, recovery: 60, lostDays: 22.5)
    // 6 days of stock last 8 days: from day 30 to 38.
    let stocked = try chain(leads: [20, nil, nil], stocks: [oxide(6, "d")])
    try expect(product(scenario, on: stocked), first: 38, recovery: 60, lostDays: 22 * 0.75)
  }

  @Test("a licence takes its time before anything passes, and has a range where that time has one")
  func licenceDelay() throws {
    func scenario(_ delay: Figure?) throws -> Scenario {
      Scenario(
        id: "s",
        controls: [
          Control(
            id: "l", kind: .exportLicence, issuers: [try country("CN")],
            approved: Figure(0.4, unit: try Unit("")), delay: delay, dates: try dates(10, 70))
        ])
    }
    let days = try Unit("d")
    // 30 days without anything from China, then 30 with two fifths.
    let exact = try product(scenario(Figure(30, unit: days)), on: chain())
    expect(exact, first: 10, recovery: 70, lostDays: 30 * 0.75 + 30 * 0.45)
    #expect(exact.lost.isExact)
    let range = try product(scenario(Figure(30, unit: days, low: 10, high: 50)), on: chain())
    expect(range, first: 10, recovery: 70, lostDays: 30 * 0.75 + 30 * 0.45)
    #expect(abs(range.lost.low * 100 - (10 * 0.75 + 50 * 0.45)) < 1e-9)
    #expect(abs(range.lost.high * 100 - (50 * 0.75 + 10 * 0.45)) < 1e-9)
    let open = try Timeline(of: scenario(nil), on: chain(), over: horizon(100))
    #expect(open.gaps.licencesWithoutDelay == [Key(0)])
    try expect(product(scenario(nil), on: chain()), first: 10, recovery: 70, lostDays: 60 * 0.45)
  }

  @Test("after a suspension a licence is applied for anew")
  func licenceAfterSuspension() throws {
    var held = try dates(10, nil)
    held.suspensions = [.init(from: DateSpan(try date(30)), to: DateSpan(try date(49)))]
    let licence = Control(
      id: "l", kind: .exportLicence, issuers: [try country("CN")], approved: Figure(1, unit: try Unit("")),
      delay: Figure(5, unit: try Unit("d")), dates: held)
    let product = try product(Scenario(id: "s", controls: [licence]), on: chain())
    let short = product.supply.expected.indices.filter { product.supply.expected[$0] < 1 }
    #expect(short == Array(10..<15) + Array(50..<55))
    #expect(product.shortage.expected == .init(firstDay: 10, recoveryDay: 55))
  }

  @Test("a site runs on without a technology for its grace period, counted from the day of the ban")
  func grace() throws {
    for (starts, first) in [(nil as Int?, 25), (10, 35), (-20, 5)] {
      var network = try chain()
      let sx = Technology(id: "sx", suppliers: [try country("CN")])
      network.technologies = Table([sx])
      let need = TechnologyNeed(
        Key(0), from: try country("CN"), needed: .running, grace: Figure(25, unit: try Unit("d")))
      network.sites = Table(
        network.sites.rows.map { site in
          guard site.id == "au" else { return site }
          return Site(id: site.id, stage: site.stage, country: site.country, technologies: [need])
        })
      let ban = Control(
        id: "t", kind: .technologyBan, issuers: [try country("CN")],
        dates: try starts.map { try dates($0, nil) } ?? .init())
      try expect(
        product(Scenario(id: "s", controls: [ban]), on: network), first: first, recovery: nil,
        lostDays: Double(100 - first) * 0.25)
    }
  }

  @Test("a site that opens grows over its ramp-up, exactly so by the mean of each step")
  func rampUp() throws {
    // The planned mine in Canada takes over 20 of the 30 t that China sent: it opens on day 20 and grows over 40 days.
    let opens = DateSpan(try date(20))
    let measure = Scenario.Response.Measure.addFlow(
      from: Key(3), to: .site(Key(2)), Key(0), volume: Figure(20, unit: try Unit("t/yr")))
    func scenario(_ rampUp: Double?) throws -> Scenario {
      Scenario(
        id: "s", controls: [try ban("CN", from: 10, to: nil)],
        responses: [
          .init(
            .openSite(Key(3)), rampUp: try rampUp.map { Figure($0, unit: try Unit("d")) }, from: opens),
          .init(measure, from: opens),
        ])
    }
    try expect(
      product(scenario(nil), on: chain()), first: 10, recovery: nil, lostDays: 10 * 0.75 + 80 * 0.25)
    for step in Timeline.Horizon.Step.allCases {
      let product = try product(scenario(40), on: chain(), by: step)
      // On average half of it over the 40 days.
      #expect(abs(product.lost.rigid * 100 - (10 * 0.75 + 40 * 0.5 + 40 * 0.25)) < 1e-9)
    }
    let gaps = try Timeline(of: scenario(nil), on: chain(), over: horizon(100)).gaps
    #expect(gaps.sitesWithoutRampUp == [Key(3)])
  }

  @Test("what arrives while something else is missing is kept, and used when it is itself missing")
  func surplus() throws {
    // No binder from day 10 to 30: ten days' worth of it would be missed; the oxide goes on arriving. From day 40 to 80
    // China sends none: 20 days of oxide are in store, which last 80/3 days.
    let scenario = Scenario(
      id: "s",
      controls: [try ban("FR", from: 10, to: 30), try ban("CN", from: 40, to: 80)])
    let product = try product(scenario, on: chain(binder: true))
    let lost = 20 + (40 - 80.0 / 3) * 0.75
    expect(product, first: 10, recovery: 80, lostDays: lost)
    #expect(product.supply.expected[45] == 1 && abs(product.supply.expected[70] - 0.25) < 1e-12)
  }

  @Test("a response that hands out a stock hands out that of the network, over its time and no more")
  func release() throws {
    func scenario(_ amount: Double) throws -> Scenario {
      Scenario(
        id: "s", controls: [try ban("CN", from: 10, to: 70)],
        responses: [
          .init(
            .releaseStock(
              Key(0), holder: .site(Key(2)), amount: Figure(amount, unit: try Unit("d")),
              over: Figure(40, unit: try Unit("d"))), from: DateSpan(try date(20)))
        ])
    }
    // Half of the need from day 20 to 60.
    try expect(
      product(scenario(20), on: chain()), first: 10, recovery: 70, lostDays: 20 * 0.75 + 40 * 0.25)
    let listed = try Timeline(of: scenario(20), on: chain(stocks: [oxide(10, "d")]), over: horizon(100))
    #expect(listed.stocks.map(\.isReleased) == [true] && listed.stocks[0].left.expected.isEmpty)
    try expect(
      product(scenario(20), on: chain(stocks: [oxide(10, "d")])), first: 10, recovery: 70,
      lostDays: 20 * 0.75 + 40 * 0.5)
  }

  @Test("a control of unknown status counts in two of four readings")
  func unknownStatus() throws {
    var known = try dates(10, nil)
    known.knownUntil = DateSpan(try date(29))
    let ban = Control(id: "c", kind: .exportBan, issuers: [try country("CN")], dates: known)
    let product = try product(Scenario(id: "s", controls: [ban]), on: chain(stocks: [oxide(3, "d")]))
    #expect(product.shortage.expected == .init(firstDay: 14, recoveryDay: 30))
    #expect(product.shortage.expectedIfUncertainHolds == .init(firstDay: 14, recoveryDay: nil))
    #expect(product.lost.isUndecided)
    #expect(abs(product.lost.high * 100 - 86 * 0.75) < 1e-9 && abs(product.lost.low * 100 - 12) < 1e-9)
  }

  @Test("what is not given is named, and is not zero")
  func gaps() throws {
    let scenario = Scenario(id: "s", controls: [try ban("CN", from: 10, to: 70)])
    let bare = try Timeline(of: scenario, on: chain(leads: [20, nil, nil]), over: horizon(100))
    #expect(bare.products[0]?.stocksNotKnown == [Key(2)])
    #expect(bare.gaps.flows == 3 && bare.gaps.flowsWithoutLeadTime == 2 && bare.gaps.estimatedLeadTimes == 1)
    let none = try Timeline(of: scenario, on: chain(stocks: [oxide(0, "t")]), over: horizon(100))
    #expect(none.products[0]?.stocksNotKnown == [])
    // Tonnes say nothing where the need is not known: all or nothing, none in the estimate.
    var network = try chain(stocks: [oxide(5, "t")])
    network.operations = network.operations.map { operation in
      operation.site == Key(2) ? Operation(site: operation.site, process: operation.process) : operation
    }
    let unknown = try Timeline(of: scenario, on: network, over: horizon(100))
    #expect(unknown.gaps.stocksOfUnknownCover == [0] && unknown.stocks[0].cover == nil)
    #expect(abs((unknown.products[0]?.lost.rigid ?? 0) - 0.45) < 1e-9)
    #expect(unknown.products[0]?.lost.low == 0 && unknown.products[0]?.shortage.best == .some(nil))
  }

  @Test(
    "unless asked otherwise a timeline begins with the first effect and ends a year after the last, or after two years"
  )
  func defaultHorizon() throws {
    func horizon(_ days: [Int], asOf: Int? = nil) throws -> [CalendarDate] {
      let scenario = Scenario(
        id: "s", asOf: try asOf.map(date),
        controls: try days.map { try ban(["CN", "JP"][$0 % 2], from: $0, to: nil) })
      let found = try #require(Timeline.Horizon(of: scenario, on: chain()))
      return [found.first, found.last]
    }
    #expect(try horizon([10, 101]) == [date(10), date(10).adding(months: 24).adding(days: -1)])
    #expect(try horizon([10, 1_201]) == [date(10), date(1_201).adding(months: 12).adding(days: -1)])
    #expect(try horizon([10], asOf: 2_000) == [date(10), date(2_000).adding(months: 12).adding(days: -1)])
    #expect(try Timeline.Horizon(of: Scenario(id: "s"), on: chain()) == nil)
  }

  @Test("a horizon of too many steps or visits is refused, and a year has its months")
  func limits() throws {
    let scenario = Scenario(id: "s", controls: [try ban("CN", from: 10, to: 70)])
    let age = try #require(
      Timeline.Horizon(from: date(0), through: date(1_000_000), by: .day))
    #expect(throws: Timeline.Refusal.tooManySteps(1_000_001, most: 4_000)) {
      try Timeline(of: scenario, on: chain(), over: age)
    }
    #expect(throws: Timeline.Refusal.tooLarge) {
      try Timeline(
        of: scenario, on: chain(leads: [20, nil, nil]), over: horizon(90), within: .init(visits: 1_500))
    }
    let (start, end) = (try #require(CalendarDate("2024-01-31")), try #require(CalendarDate("2025-01-30")))
    let year = try #require(Timeline.Horizon(from: start, through: end, by: .month))
    #expect(
      (0..<12).map { year.day(ofStep: $0).description } == [
        "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31", "2024-06-30", "2024-07-31",
        "2024-08-31", "2024-09-30", "2024-10-31", "2024-11-30", "2024-12-31",
      ])
    #expect(year.count == 12 && year.days == 366)
    #expect(Timeline.Horizon(from: try date(1), through: try date(0), by: .day) == nil)
    let last = try #require(CalendarDate("9999-12-31"))
    #expect(Timeline.Horizon(from: last, through: last, by: .month)?.starts == [0, 1])
  }
}

/// Gives flows lead times in days, by their position.
func withLeadTimes(_ flows: Table<Flow>, _ days: (Int) -> Double?) throws -> Table<Flow> {
  let unit = try Unit("d")
  return Table(
    flows.rows.enumerated().map { position, flow in
      Flow(
        id: flow.id, from: flow.origin, to: flow.destination, material: flow.material, volume: flow.volume,
        capacity: flow.capacity, leadTime: days(position).map { Figure($0, unit: unit) },
        waypoints: flow.waypoints, status: flow.status)
    })
}
