import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

/// Scenarios on small networks worked out by hand, and laws on random ones.
struct ScenarioTests {
  /// Two mines feed one magnet maker in Germany 3 : 1, from China and Australia; it alone serves the EU.
  private func chain() throws -> SupplyNetwork { try chainSketch().network() }

  private func chainSketch() -> NetworkSketch {
    NetworkSketch(
      stages: ["mine", "magnet"], materials: ["oxide", "magnet"],
      processes: [
        .init(id: "dig", outputs: [("oxide", 1)]),
        .init(id: "sinter", slots: [[("oxide", 1)]], outputs: [("magnet", 1)]),
      ],
      sites: [
        .init(id: "cn", stage: "mine", country: "CN"), .init(id: "au", stage: "mine", country: "AU"),
        .init(id: "de", stage: "magnet", country: "DE"),
        .init(id: "ca", stage: "mine", country: "CA", status: .planned),
      ],
      operations: [
        .init(site: "cn", process: "dig", output: 30), .init(site: "au", process: "dig", output: 10),
        .init(site: "de", process: "sinter", output: 40), .init(site: "ca", process: "dig", output: 20),
      ],
      flows: [
        .init(from: .site("cn"), to: .site("de"), material: "oxide", volume: 30),
        .init(from: .site("au"), to: .site("de"), material: "oxide", volume: 10),
        .init(from: .site("de"), to: .demand("eu"), material: "magnet", volume: 40),
      ],
      demand: [.init(id: "eu", material: "magnet", place: .country("DE"), amount: 40)])
  }

  private func loss(_ scenario: Scenario, on network: SupplyNetwork, day: String? = nil) throws -> Loss {
    let inForce = ScenarioInForce(scenario, of: network, on: day.flatMap { CalendarDate($0) })
    return try #require(ScenarioOutcome(of: inForce, on: network).loss.first ?? nil)
  }

  private func control(_ id: String, _ kind: Control.Kind, from: String? = nil) throws -> Control {
    Control(
      id: id, kind: kind, issuers: [try country("CN")], dates: .init(effective: from.flatMap { DateSpan($0) })
    )
  }

  private func licence(_ approved: Figure?) throws -> Scenario {
    Scenario(
      id: "s",
      controls: [Control(id: "l", kind: .exportLicence, issuers: [try country("CN")], approved: approved)])
  }

  @Test(
    "a licence loses what it does not let pass; a range where that is one; anything where it is not known")
  func licences() throws {
    let (network, share) = (try chain(), try Unit(""))
    let exact = try loss(licence(Figure(0.4, unit: share)), on: network)
    #expect(abs(exact.rigid - 0.45) < 1e-12 && exact.isExact && !exact.isUndecided)
    let range = try loss(licence(Figure(0.4, unit: share, low: 0.2, high: 0.8)), on: network)
    #expect(abs(range.rigid - 0.45) < 1e-12)
    #expect(abs(range.low - 0.15) < 1e-12 && abs(range.high - 0.6) < 1e-12)
    let unknown = try loss(licence(nil), on: network)
    #expect(unknown.isUndecided && unknown.low == 0 && abs(unknown.high - 0.75) < 1e-12)
  }

  @Test(
    "a quota lets its amount pass and no more", arguments: [(0.0, 0.75), (15, 0.375), (30, 0), (300, 0)])
  func quotas(quota: Double, expected: Double) throws {
    let scenario = Scenario(
      id: "s",
      controls: [
        Control(
          id: "q", kind: .exportQuota, issuers: [try country("CN")],
          quota: Figure(quota, unit: try Unit("t/yr")))
      ])
    #expect(abs(try loss(scenario, on: chain()).rigid - expected) < 1e-12)
  }

  @Test("an import ban, an entity ban and a ban by stage close what they name")
  func kinds() throws {
    let (china, germany) = (try country("CN"), try country("DE"))
    func lost(_ control: Control) throws -> Double {
      try loss(Scenario(id: "s", controls: [control]), on: chain()).rigid
    }
    #expect(try lost(Control(id: "i", kind: .importBan, issuers: [germany], targets: [china])) == 0.75)
    #expect(try lost(Control(id: "i", kind: .importBan, issuers: [china], targets: [germany])) == 0)
    #expect(
      try lost(Control(id: "b", kind: .exportBan, issuers: [china], subject: .init(stages: [Key(0)]))) == 0.75
    )
    #expect(
      try lost(Control(id: "b", kind: .exportBan, issuers: [china], subject: .init(stages: [Key(1)]))) == 0)
    #expect(try lost(Control(id: "b", kind: .exportBan, issuers: [china], targets: [try country("US")])) == 0)
  }

  @Test("a control of unknown status is held neither for lifted nor for in force")
  func unknownStatus() throws {
    var control = try control("c", .exportBan, from: "2025-01-01")
    control = Control(
      id: control.id, kind: control.kind, issuers: control.issuers,
      dates: .init(effective: DateSpan("2025-01-01"), knownUntil: DateSpan("2025-06-30")))
    let scenario = Scenario(id: "s", controls: [control])
    #expect(try loss(scenario, on: chain(), day: "2024-12-31").high == 0)
    #expect(try loss(scenario, on: chain(), day: "2025-03-01").rigid == 0.75)
    let later = try loss(scenario, on: chain(), day: "2025-07-01")
    #expect(later.isUndecided && later.rigid == 0 && later.rigidIfUncertainHolds == 0.75)
    #expect(later.low == 0 && later.high == 0.75)
    let outcome = ScenarioOutcome(
      of: ScenarioInForce(scenario, of: try chain(), on: CalendarDate("2025-07-01")), on: try chain())
    #expect(outcome.stops.isEmpty && outcome.mayStop.isEmpty)
    #expect(outcome.dueTo[0].map(\.added) == [0] && outcome.dueTo[0].map(\.addedIfUncertainHolds) == [0.75])
  }

  @Test("whether elements cover a material whose make-up is not given is not known")
  func unknownComposition() throws {
    let control = Control(
      id: "c", kind: .exportBan, issuers: [try country("CN")], subject: .init(elements: ["Dy"]))
    let lost = try loss(Scenario(id: "s", controls: [control]), on: chain())
    #expect(lost.isUndecided && lost.rigid == 0 && lost.high == 0.75)
  }

  @Test("the loss is shared out among controls and outages in the order in which they came")
  func attribution() throws {
    let network = try chain()
    let scenario = Scenario(
      id: "s", asOf: CalendarDate("2025-06-01"),
      controls: [
        try control("late", .exportBan, from: "2025-05-01"),
        Control(
          id: "early", kind: .exportLicence, issuers: [try country("CN")],
          approved: Figure(0.6, unit: try Unit("")), dates: .init(effective: DateSpan("2025-02-01"))),
      ],
      outages: [.init(.site(Key(1)), from: DateSpan("2025-03-01"))])
    let outcome = ScenarioOutcome(of: ScenarioInForce(scenario, of: network), on: network)
    let dueTo = outcome.dueTo[0]
    #expect(dueTo.map(\.cause) == [.control(Key(1)), .outage(0), .control(Key(0))])
    for (row, (added, alone)) in zip(dueTo, [(0.3, 0.3), (0.25, 0.25), (0.45, 0.75)]) {
      #expect(abs(row.added - added) < 1e-12 && abs(row.alone - alone) < 1e-12)
    }
    #expect(outcome.stops == [Key(0)])
    #expect(outcome.loss[0]?.rigid == 1)
    let maker = try #require(outcome.sites.first { network.sites[$0.site].id == "de" })
    #expect(maker.stops && maker.mainCause == .control(Key(0)))
  }

  @Test("responses give back what they bring, and not more than was lost")
  func responses() throws {
    let network = try chain()
    let (days, tonnes, rate, share) = (try Unit("d"), try Unit("t"), try Unit("t/yr"), try Unit("%"))
    let ban = try control("ban", .exportBan)
    func lost(_ measures: [Scenario.Response.Measure]) throws -> Double {
      try loss(
        Scenario(id: "s", controls: [ban], responses: measures.map { .init($0) }), on: network
      ).rigid
    }
    let germany = Stock.Holder.country(try country("DE"))
    #expect(try lost([]) == 0.75)
    // 73 days of a year are a fifth; four tonnes are a tenth of what Germany takes.
    #expect(
      abs(
        try lost([.releaseStock(Key(0), holder: germany, amount: Figure(73, unit: days), over: nil)]) - 0.55)
        < 1e-12)
    #expect(
      abs(
        try lost([.releaseStock(Key(0), holder: germany, amount: Figure(4, unit: tonnes), over: nil)]) - 0.65)
        < 1e-12)
    #expect(
      abs(
        try lost([
          .releaseStock(
            Key(0), holder: germany, amount: Figure(4, unit: tonnes), over: Figure(73, unit: days))
        ]) - 0.25) < 1e-12)
    // A new mine that nobody buys from helps nobody; with a new flow it does.
    #expect(try lost([.openSite(Key(3))]) == 0.75)
    let flow = Scenario.Response.Measure.addFlow(
      from: Key(3), to: .site(Key(2)), Key(0), volume: Figure(20, unit: rate))
    #expect(try lost([.openSite(Key(3)), flow]) == 0.25)
    #expect(try lost([flow]) == 0.75)
    // A quarter arrives; a fifth more out of it is 0.3.
    #expect(
      abs(try lost([.raiseYield(Key(1), sites: nil, by: Figure(20 * 0.01, unit: share))]) - 0.7) < 1e-12)
    #expect(
      abs(try lost([.raiseRecycling(Key(0), sites: [Key(1)], by: Figure(1, unit: share))]) - 0.5) < 1e-12)
    #expect(abs(try lost([.lowerDemand(Key(0), by: Figure(0.5, unit: share))]) - 0.25) < 1e-12)
    #expect(try lost([.lowerDemand(Key(0), by: Figure(1, unit: share))]) == 0)
    #expect(try lost([.delaySite(Key(1))]) == 1)
  }

  @Test("a substitute fills the share that it is allowed, as far as it comes")
  func substitutes() throws {
    let network = try NetworkSketch(
      stages: ["s"], materials: ["dy", "tb", "magnet"],
      processes: [
        .init(id: "dy", outputs: [("dy", 1)]), .init(id: "tb", outputs: [("tb", 1)]),
        .init(id: "sinter", slots: [[("dy", 0.02), ("tb", 0.01)]], outputs: [("magnet", 1)]),
      ],
      sites: [
        .init(id: "cn", country: "CN"), .init(id: "au", country: "AU"), .init(id: "de", country: "DE"),
      ],
      operations: [
        .init(site: "cn", process: "dy", output: 2), .init(site: "au", process: "tb", output: 1),
        .init(site: "de", process: "sinter", output: 100),
      ],
      markets: ["dy", "tb", "magnet"],
      demand: [.init(id: "eu", material: "magnet", place: .country("DE"), amount: 100)]
    ).network()
    let share = Figure(0.3, unit: try Unit(""))
    let ban = try control("ban", .exportBan)
    func scenario(_ share: Figure?) -> Scenario {
      Scenario(
        id: "s", controls: [ban],
        responses: [.init(.allowSubstitute(Key(1), insteadOf: Key(0), sites: nil, share: share))])
    }
    #expect(try loss(Scenario(id: "s", controls: [ban]), on: network).rigid == 1)
    #expect(abs(try loss(scenario(share), on: network).rigid - 0.7) < 1e-12)
    let unknown = try loss(scenario(nil), on: network)
    #expect(unknown.isUndecided && unknown.low == 0 && unknown.high == 1)
  }

  @Test(
    "a site without its technology runs on for its grace period; where that is not known, neither is the answer",
    arguments: [
      (nil, 10, .unknown), (180, 10, .available), (180, 180, .lost), (180, 200, .lost),
    ] as [(Double?, Double, TechnologyAccess)])
  func grace(grace: Double?, age: Double, expected: TechnologyAccess) throws {
    let china = try country("CN")
    var network = try chain()
    network.technologies = Table([Technology(id: "t", suppliers: [china])])
    let need = TechnologyNeed(
      Key(0), from: china, needed: .running,
      grace: try grace.map { Figure($0, unit: try Unit("d")) })
    let ban = Disruption(technologyBans: [.init(country: china, age: age)])
    #expect(network.access(to: need, in: try country("DE"), under: ban) == expected)
    let forGood = Disruption(technologyBans: [.init(country: china)])
    #expect(network.access(to: need, in: try country("DE"), under: forGood) == .lost)
  }

  @Test(
    "a ban of technology that may hold, and a licence for it, take nothing or all, as the other controls do")
  func uncertainTechnology() throws {
    var sketch = chainSketch()
    sketch.technologies = [.init(id: "t", suppliers: ["CN"])]
    sketch.sites[2].technologies = [.init(technology: "t", from: "CN", needed: .running, grace: 180)]
    let network = try sketch.network()
    let dates = Control.Dates(effective: DateSpan("2024-01-01"), knownUntil: DateSpan("2024-12-31"))
    func lost(_ kind: Control.Kind, _ dates: Control.Dates, _ day: String) throws -> Loss {
      let control = Control(id: "c", kind: kind, issuers: [try country("CN")], dates: dates)
      return try loss(Scenario(id: "s", controls: [control]), on: network, day: day)
    }
    for loss in [
      try lost(.technologyBan, dates, "2025-06-01"), try lost(.technologyLicence, .init(), "2025-06-01"),
    ] {
      #expect(loss.isUndecided && loss.rigid == 0 && loss.rigidIfUncertainHolds == 1)
      #expect(loss.low == 0 && loss.high == 1)
    }
    #expect(try lost(.technologyBan, .init(), "2025-06-01").rigid == 1)
  }

  @Test("an operator that is out takes along those whom it controls, as a ban on it does")
  func operators() throws {
    var sketch = chainSketch()
    sketch.operators = [
      .init(id: "top"), .init(id: "mid", parent: "top"), .init(id: "firm", parent: "mid"), .init(id: "other"),
    ]
    sketch.sites[0].operatorID = "firm"
    sketch.sites[1].operatorID = "other"
    let network = try sketch.network()
    for (key, expected) in [(0, 0.75), (1, 0.75), (2, 0.75), (3, 0.25)] as [(Int, Double)] {
      #expect(
        try loss(Scenario(id: "s", outages: [.init(.operator(Key(key)))]), on: network).rigid == expected)
      let ban = Control(id: "b", kind: .entityBan, issuers: [try country("DE")], entities: [Key(key)])
      #expect(try loss(Scenario(id: "s", controls: [ban]), on: network).rigid == expected)
    }
  }

  @Test("one more control never lowers a loss, and what it adds adds up", arguments: 0..<40 as Range<UInt64>)
  func monotone(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let network = try NetworkSketch.random(using: &generator).network()
    let controls = try randomControls(of: network, using: &generator)
    let whole = Scenario(id: "s", controls: controls)
    let inForce = ScenarioInForce(whole, of: network)
    let outcome = ScenarioOutcome(of: inForce, on: network)
    let graph = ProductionGraph(network, tellingApart: inForce.disruption)
    var before: [Loss]?
    var sum = Disruption.none
    for part in inForce.parts {
      sum = sum.adding(part.disruption)
      let levels = graph.rigidLevels(under: sum)
      let losses = graph.network.demand.keys.map { levels.loss(at: graph.node(of: $0)) }
      for (fewer, more) in zip(before ?? [], losses) {
        #expect(fewer.low <= more.low + 1e-9 && fewer.high <= more.high + 1e-9)
        #expect(fewer.rigid <= more.rigid + 1e-9)
      }
      for loss in losses {
        #expect(loss.low <= loss.rigid + 1e-9 && loss.rigid <= loss.rigidIfUncertainHolds + 1e-9)
        #expect(loss.rigidIfUncertainHolds <= loss.high + 1e-9)
      }
      before = losses
    }
    for demand in network.demand.keys {
      guard let loss = outcome.loss[demand.position] else { continue }
      let rows = outcome.dueTo[demand.position]
      #expect(abs(rows.reduce(0) { $0 + $1.added } - loss.rigid) < 1e-6)
      #expect(
        abs(rows.reduce(0) { $0 + $1.addedIfUncertainHolds } - loss.rigidIfUncertainHolds) < 1e-6)
    }
  }

  @Test("a stock keeps going what nothing else reaches, for as long as it is handed out")
  func stockAlone() throws {
    let network = try chain()
    let ban = Control(
      id: "b", kind: .importBan, issuers: [try country("DE")], subject: .init(materials: [Key(0)]))
    let half = Scenario.Response.Measure.releaseStock(
      Key(0), holder: .site(Key(2)), amount: Figure(60, unit: try Unit("d")),
      over: Figure(120, unit: try Unit("d")))
    let scenario = Scenario(
      id: "s", asOf: CalendarDate("2026-03-01"), controls: [ban],
      responses: [.init(half, from: DateSpan("2026-02-01"), to: DateSpan("2026-06-01"))])
    func outcome(_ day: String) -> ScenarioOutcome {
      ScenarioOutcome(of: ScenarioInForce(scenario, of: network, on: CalendarDate(day)), on: network)
    }
    let during = outcome("2026-03-01")
    #expect(during.stops.isEmpty)
    #expect(during.loss[0]?.rigid == 0.5)
    #expect(during.lossWithoutResponses[0]?.rigid == 1)
    // The mines are no single point any more, the maker still is.
    #expect(during.singlePoints.ofDemand[0].contains(.site(Key(2))))
    #expect(!during.singlePoints.ofDemand[0].contains(.site(Key(0))))
    for day in ["2026-01-31", "2026-06-01"] {
      #expect(outcome(day).stops == [Key(0)])
      #expect(outcome(day).loss[0]?.rigid == 1)
    }
  }

  @Test("what goes away of a demand is not lost, also where nothing else reaches it")
  func lessDemand() throws {
    let ban = Control(id: "b", kind: .importBan, issuers: [try country("DE")])
    let scenario = Scenario(
      id: "s", controls: [ban],
      responses: [.init(.lowerDemand(Key(0), by: Figure(0.25, unit: try Unit(""))))])
    #expect(try loss(scenario, on: chain()).rigid == 0.75)
  }

  @Test(
    "an outage holds from its first day to the last that is known, and is unknown until it is over",
    arguments: [
      ("2025-05-31", 0.0, 0.0), ("2025-06-01", 0.75, 0.75), ("2025-06-10", 0.75, 0.75),
      ("2025-06-11", 0, 0.75), ("2026-12-30", 0, 0.75), ("2026-12-31", 0, 0),
    ])
  func outages(day: String, without: Double, with: Double) throws {
    let outage = Scenario.Outage(
      .site(Key(0)), from: DateSpan("2025-06-01"), to: DateSpan("2026"), knownUntil: DateSpan("2025-06-10"))
    let lost = try loss(Scenario(id: "s", outages: [outage]), on: chain(), day: day)
    #expect(lost.rigid == without && lost.rigidIfUncertainHolds == with)
  }

  @Test("of a bloc that is only partly a target, anything between nothing and all may be lost")
  func partlyTarget() throws {
    var sketch = NetworkSketch(
      stages: ["s"], materials: ["magnet"],
      processes: [.init(id: "make", outputs: [("magnet", 1)])],
      sites: [.init(id: "cn", country: "CN")],
      operations: [.init(site: "cn", process: "make", output: 10)],
      flows: [.init(from: .site("cn"), to: .demand("d"), material: "magnet", volume: 10)],
      demand: [.init(id: "d", material: "magnet", place: .bloc(["JP", "KR"]), amount: 10)])
    func lost(_ targets: [String]) throws -> Loss {
      let control = Control(
        id: "b", kind: .exportBan, issuers: [try country("CN")], targets: try targets.map(country))
      return try loss(Scenario(id: "s", controls: [control]), on: sketch.network())
    }
    let part = try lost(["JP"])
    #expect(part.rigid == 0 && !part.isUndecided && part.low == 0 && part.high == 1)
    #expect(try lost(["JP", "KR"]).rigid == 1)
    #expect(try lost(["DE"]).high == 0)
    sketch.demand[0].place = .country("JP")
    #expect(try lost(["JP"]).rigid == 1)
  }

  @Test("a licence for technology leaves open whom it is granted")
  func technologyLicence() throws {
    var sketch = NetworkSketch(
      stages: ["s"], materials: ["m"], technologies: [.init(id: "t", suppliers: ["CN"])],
      processes: [.init(id: "make", outputs: [("m", 1)])],
      sites: [
        .init(
          id: "us", country: "US", status: .planned,
          technologies: [.init(technology: "t", from: "CN", needed: .starting)])
      ],
      operations: [.init(site: "us", process: "make")], demand: [.init(id: "d", material: "m")])
    func effects(_ kind: Control.Kind) throws -> TechnologyEffects {
      let scenario = Scenario(id: "s", controls: [try control("c", kind)])
      let network = try sketch.network()
      return ScenarioOutcome(of: ScenarioInForce(scenario, of: network), on: network).technology
    }
    #expect(try effects(.technologyBan).prevented == [Key(0)])
    #expect(try effects(.technologyLicence).prevented.isEmpty)
    #expect(try effects(.technologyLicence).unknown == [Key(0)])
    // What nobody knows the purpose of is not known, though another could supply it.
    sketch.technologies[0].suppliers = ["CN", "FR"]
    sketch.sites[0].technologies[0].needed = nil
    #expect(try effects(.technologyBan).unknown == [Key(0)])
  }

  @Test("no response raises a loss", arguments: 0..<40 as Range<UInt64>)
  func responsesHelp(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let network = try NetworkSketch.random(using: &generator).network()
    let controls = try randomControls(of: network, using: &generator)
    let part = Figure(0.3, unit: try Unit(""))
    let measures: [Scenario.Response.Measure] =
      network.processes.keys.flatMap {
        [.raiseYield($0, sites: nil, by: part), .raiseRecycling($0, sites: nil, by: part)]
      } + network.sites.keys.filter { network.sites[$0].status == .planned }.map { .openSite($0) }
      + network.demand.keys.map { .lowerDemand($0, by: part) }
      + network.materials.keys.map {
        .releaseStock(
          $0, holder: .country(network.sites.rows[0].country ?? controls[0].issuers[0]),
          amount: Figure(30, unit: (try? Unit("d")) ?? part.unit), over: nil)
      }
    for measure in measures {
      let scenario = Scenario(id: "s", controls: controls, responses: [.init(measure)])
      let outcome = ScenarioOutcome(of: ScenarioInForce(scenario, of: network), on: network)
      for (after, before) in zip(outcome.loss, outcome.lossWithoutResponses) {
        guard let after, let before else { continue }
        #expect(after.rigid <= before.rigid + 1e-9, "seed \(seed) \(measure)")
        #expect(after.low <= before.low + 1e-9, "seed \(seed) \(measure)")
      }
    }
  }

  private func randomControls(
    of network: SupplyNetwork, using generator: inout some RandomNumberGenerator
  ) throws -> [Control] {
    let countries = try ["CN", "DE", "FR", "JP"].map(country)
    return try (0..<4).map { number in
      let kind =
        [
          Control.Kind.exportBan, .exportLicence, .importBan, .exportQuota, .technologyBan, .entityBan,
        ].randomElement(using: &generator) ?? .exportBan
      let targets =
        Bool.random(using: &generator) ? nil : countries.filter { _ in Bool.random(using: &generator) }
      return Control(
        id: "c\(number)", kind: kind, issuers: [countries[Int.random(in: 0..<4, using: &generator)]],
        targets: targets,
        subject: .init(
          materials: kind == .technologyBan || Bool.random(using: &generator) ? nil : [Key(0), Key(2)]),
        entities: kind == .entityBan ? [Key(0)] : [],
        approved: Bool.random(using: &generator)
          ? Figure(0.5, unit: try Unit(""), low: 0.25, high: 0.75) : nil,
        quota: Figure(5, unit: try Unit("t/yr")),
        dates: .init(effective: DateSpan("202\(number)")))
    }
  }
}
