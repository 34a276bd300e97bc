import RiskAnalysis
import SupplyModel
import Testing

/// Flexible loss of small networks worked out by hand.
struct FlexibleLossTests {
  private func answer(_ sketch: NetworkSketch, _ disruption: Disruption) throws -> FlexibleLoss {
    let graph = ProductionGraph(try sketch.network(), tellingApart: disruption)
    return FlexibleLoss(under: disruption, in: graph, rigid: graph.rigidLevels(under: disruption))
  }

  private func losses(_ sketch: NetworkSketch, _ disruption: Disruption) throws -> [Double?] {
    let flexible = try answer(sketch, disruption)
    #expect(flexible.failure == nil)
    return flexible.ranges.map { $0?.expected }
  }

  private func expectLosses(
    _ sketch: NetworkSketch, _ disruption: Disruption, _ expected: [Double?],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let found = try losses(sketch, disruption)
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    for (one, other) in zip(found, expected) {
      #expect((one == nil) == (other == nil), sourceLocation: sourceLocation)
      #expect(abs((one ?? 0) - (other ?? 0)) < 1e-8, "\(found)", sourceLocation: sourceLocation)
    }
  }

  /// Mines in China and Australia sell to a market; a German plant makes two tonnes of oxide into one of metal.
  private func market(
    australianCapacity: Double? = 100, plantCapacity: Double? = 50, demands: [NetworkSketch.DemandRow]? = nil
  ) -> NetworkSketch {
    NetworkSketch(
      materials: ["oxide", "metal"],
      processes: [
        .init(id: "mine", outputs: [("oxide", 1)]),
        .init(id: "smelt", slots: [[("oxide", 2)]], outputs: [("metal", 1)]),
      ],
      sites: [
        .init(id: "cn", country: "CN"), .init(id: "au", country: "AU"), .init(id: "de", country: "DE"),
      ],
      operations: [
        .init(site: "cn", process: "mine", output: 60),
        .init(site: "au", process: "mine", output: 20, capacity: australianCapacity),
        .init(site: "de", process: "smelt", output: 40, capacity: plantCapacity),
      ],
      markets: ["oxide", "metal"],
      demand: demands ?? [.init(id: "d", material: "metal", place: .country("DE"), amount: 40)])
  }

  private var ban: Disruption { get throws { .exportBan(try country("CN")) } }

  @Test("spare capacity replaces what is banned, as far as it goes")
  func spareCapacity() throws {
    try expectLosses(market(), .none, [0])
    try expectLosses(market(), try ban, [0])
    try expectLosses(market(australianCapacity: 50), try ban, [0.375])
    // Of 80 t of oxide, 20 are Australian and nobody knows whether more could be.
    let flexible = try answer(market(australianCapacity: nil), try ban)
    let range = try #require(flexible.ranges[0])
    #expect(abs(range.expected - 0.75) < 1e-9)
    #expect(range.low == 0)
    #expect(flexible.missing == [.capacity(1)])
  }

  @Test("one more tonne at the bottleneck, or through the control, is worth half a tonne of metal")
  func prices() throws {
    let flexible = try answer(market(australianCapacity: 50), try ban)
    #expect(flexible.bottlenecks.map(\.limit) == [.capacity(1), .control(0, Key(0))])
    for bottleneck in flexible.bottlenecks {
      #expect(bottleneck.gains.map(\.demand) == [Key(0)])
      #expect(abs(bottleneck.gains[0].amount - 0.5) < 1e-6)
      #expect(abs(bottleneck.value - 0.5 / 40) < 1e-8)
    }
    #expect(flexible.bottlenecks.map(\.amount) == [50, 0])
    let proof = try #require(flexible.allocation?.proofs.first)
    #expect(abs(proof.served - 0.625) < 1e-9)
    // Raised by a tonne, it serves what its price says.
    let raised = try losses(market(australianCapacity: 51), try ban)
    #expect(abs((raised[0] ?? 0) - (0.375 - 0.5 / 40)) < 1e-9)
  }

  @Test("demands of lower number come first, those of one number alike share what there is")
  func priorities() throws {
    func demand(_ id: String, _ amount: Double, _ priority: Int = 1) -> NetworkSketch.DemandRow {
      .init(id: id, material: "metal", place: .country("DE"), amount: amount, priority: priority)
    }
    // 20 t of oxide make 10 of 40 t; the rigid loss of each is 0.75.
    let alike = market(australianCapacity: 20, demands: [demand("a", 30), demand("b", 10)])
    try expectLosses(alike, try ban, [0.75, 0.75])
    let more = market(australianCapacity: 40, demands: [demand("a", 30), demand("b", 10)])
    try expectLosses(more, try ban, [0.5, 0.5])
    let first = market(australianCapacity: 40, demands: [demand("a", 30, 2), demand("b", 10)])
    // Nobody is served worse than where nobody reallocates: a keeps its quarter, 7.5 t; b gets all of the 10 t that it wants.
    try expectLosses(first, try ban, [1 - 10.0 / 30, 0])
  }

  @Test("a quota and a licence let pass what they say, to whoever needs it most")
  func quotas() throws {
    let china: Set = [try country("CN")]
    let quota = Disruption(tradeControls: [.init(issuers: china, passing: .quota(30))])
    try expectLosses(market(australianCapacity: 20), quota, [1 - 50.0 / 80])
    try expectLosses(market(australianCapacity: 40), quota, [1 - 70.0 / 80])
    let licence = Disruption(tradeControls: [
      .init(issuers: china, passing: .share(least: 0.25, expected: 0.5, most: 1))
    ])
    let range = try #require(try answer(market(australianCapacity: 20), licence).ranges[0])
    #expect(abs(range.expected - (1 - 50.0 / 80)) < 1e-9)
    #expect(range.low == 0)
    #expect(abs(range.high - (1 - 35.0 / 80)) < 1e-9)
  }

  @Test("a substitute fills a slot with its own amount")
  func substitutes() throws {
    let sketch = NetworkSketch(
      materials: ["dy", "tb", "magnet"],
      processes: [
        .init(id: "dy", outputs: [("dy", 1)]), .init(id: "tb", outputs: [("tb", 1)]),
        .init(id: "sinter", slots: [[("dy", 0.02), ("tb", 0.01)]], outputs: [("magnet", 1)]),
      ],
      sites: [
        .init(id: "cn", country: "CN"), .init(id: "au", country: "AU"), .init(id: "de", country: "DE"),
      ],
      operations: [
        .init(site: "cn", process: "dy", output: 2), .init(site: "au", process: "tb", output: 0.4),
        .init(site: "de", process: "sinter", output: 100),
      ],
      markets: ["dy", "tb", "magnet"],
      demand: [.init(id: "eu", material: "magnet", place: .country("DE"), amount: 100)])
    // 0.4 t of terbium do for 40 t of magnets.
    try expectLosses(sketch, try ban, [0.6])
  }

  @Test("joint products come together; what nobody wants of one is dropped")
  func jointProducts() throws {
    let sketch = NetworkSketch(
      materials: ["heavy", "light"],
      processes: [
        .init(id: "rich", outputs: [("heavy", 1), ("light", 1)]),
        .init(id: "poor", outputs: [("heavy", 0.25), ("light", 2)]),
      ],
      sites: [.init(id: "cn", country: "CN"), .init(id: "au", country: "AU")],
      operations: [
        .init(site: "cn", process: "rich", output: 10),
        .init(site: "au", process: "poor", output: 8, capacity: 20),
      ],
      markets: ["heavy", "light"],
      demand: [
        .init(id: "h", material: "heavy", place: .country("DE"), amount: 12),
        .init(id: "l", material: "light", place: .country("DE"), amount: 26),
      ])
    // Australia's 20 units give 5 of heavy and 40 of light, 14 of them for nobody.
    try expectLosses(sketch, try ban, [7.0 / 12, 0])
  }

  @Test("a flow carries no more than its capacity, and one without any what its seller makes")
  func laneCapacity() throws {
    func sketch(_ capacity: Double?) -> NetworkSketch {
      NetworkSketch(
        materials: ["m"],
        processes: [.init(id: "mine", outputs: [("m", 1)])],
        sites: [.init(id: "cn", country: "CN"), .init(id: "au", country: "AU")],
        operations: [
          .init(site: "cn", process: "mine", output: 10),
          .init(site: "au", process: "mine", output: 5, capacity: 20),
        ],
        flows: [
          .init(from: .site("cn"), to: .demand("d"), material: "m", volume: 10),
          .init(from: .site("au"), to: .demand("d"), material: "m", volume: 5, capacity: capacity),
        ],
        demand: [.init(id: "d", material: "m", place: .country("DE"), amount: 15)])
    }
    try expectLosses(sketch(9), try ban, [0.4])
    try expectLosses(sketch(nil), try ban, [0])
    // A capacity below what the baseline carries is raised to it.
    try expectLosses(sketch(2), try ban, [2.0 / 3])
  }

  @Test("where two limits hold a product down together, neither helps alone, and both stand in the way")
  func inSeries() throws {
    let flexible = try answer(market(australianCapacity: 20, plantCapacity: nil), try ban)
    #expect(flexible.bottlenecks.contains { $0.limit == .capacity(1) })
    var sketch = market(australianCapacity: 20)
    sketch.sites.append(.init(id: "fr", country: "AU"))
    sketch.processes.append(.init(id: "wash", slots: [[("ore", 1)]], outputs: [("oxide", 1)]))
    sketch.materials.append("ore")
    sketch.processes.append(.init(id: "dig", outputs: [("ore", 1)]))
    sketch.operations[1] = .init(site: "au", process: "dig", output: 20)
    sketch.operations.append(.init(site: "fr", process: "wash", output: 20))
    sketch.flows = [.init(from: .site("au"), to: .site("fr"), material: "ore", volume: 20)]
    let series = try answer(sketch, try ban)
    #expect(abs((series.ranges[0]?.expected ?? 0) - 0.75) < 1e-9)
    #expect(!series.bottlenecks.contains { if case .capacity = $0.limit { true } else { false } })
    #expect(series.bottlenecks.map(\.limit) == [.control(0, Key(0))])
    #expect(series.missing == [.capacity(1), .capacity(3)])
    #expect(series.ranges[0]?.low == 0)
  }

  @Test("a product keeps what it has where nobody reallocates, even if others could make more of it")
  func protection() throws {
    // p takes two tonnes of m, q one; q loses its own supplier.
    func sketch(_ flowToP: Bool) -> NetworkSketch {
      NetworkSketch(
        materials: ["m", "p", "q"],
        processes: [
          .init(id: "mine", outputs: [("m", 1)]),
          .init(id: "p", slots: [[("m", 2)]], outputs: [("p", 1)]),
          .init(id: "q", slots: [[("m", 1)]], outputs: [("q", 1)]),
        ],
        sites: [
          .init(id: "s", country: "AU"), .init(id: "t", country: "CN"), .init(id: "pp", country: "DE"),
          .init(id: "qq", country: "DE"),
        ],
        operations: [
          .init(site: "s", process: "mine", output: 2), .init(site: "t", process: "mine", output: 2),
          .init(site: "pp", process: "p", output: 1), .init(site: "qq", process: "q", output: 2),
        ],
        flows: [
          .init(from: .site("s"), to: .site("pp"), material: "m", volume: 2),
          .init(from: .site("t"), to: .site("qq"), material: "m", volume: 2),
          .init(from: .site("s"), to: .site("qq"), material: "m", volume: 0),
          .init(from: .site("pp"), to: .demand("p"), material: "p", volume: 1),
          .init(from: .site("qq"), to: .demand("q"), material: "q", volume: 2),
        ],
        demand: [
          .init(id: "p", material: "p", place: .country("DE"), amount: 1),
          .init(id: "q", material: "q", place: .country("DE"), amount: 2),
        ])
    }
    let flexible = try answer(sketch(true), try ban)
    #expect(flexible.ranges.map { $0?.expected } == [0, 1])
    // Without the protection a tonne of p would be lost rather than two of q: a third of all.
    #expect(abs((flexible.leastLoss.first ?? 0) - 1.0 / 3) < 1e-9)
    // A further failure, of the lane to p, so leaves more for q.
    let both = try ban.adding(Disruption(failures: [.lane(.init(from: Key(0), to: .site(Key(2)), Key(0)))]))
    let after = try answer(sketch(true), both)
    #expect(after.ranges.map { $0?.expected } == [1, 0])
    #expect(abs((after.leastLoss.first ?? 0) - 1.0 / 3) < 1e-9)
  }

  @Test("networks without demand, without figures or without sense have an answer or say why not")
  func degenerate() throws {
    #expect(try losses(NetworkSketch(), .none) == [])
    var bare = market(demands: [.init(id: "d", material: "metal", place: .country("DE"))])
    for position in bare.operations.indices {
      bare.operations[position].output = nil
      bare.operations[position].capacity = nil
    }
    // All makers count alike where nothing is known of any.
    let unknown = try answer(bare, try ban)
    #expect(abs((unknown.ranges[0]?.expected ?? 0) - 0.5) < 1e-9)
    #expect(unknown.missing == [.demand(Key(0)), .capacity(1)])
    var nothing = market()
    nothing.demand[0].amount = 0
    #expect(try losses(nothing, try ban) == [nil])
    // Two sites take two tonnes of each other's for one of their own, and a little of a mine.
    let greedy = NetworkSketch(
      materials: ["a", "b"],
      processes: [
        .init(id: "start", outputs: [("a", 1)]),
        .init(id: "ab", slots: [[("a", 2)]], outputs: [("b", 1)]),
        .init(id: "ba", slots: [[("b", 2)]], outputs: [("a", 1)]),
      ],
      sites: [.init(id: "m", country: "AU"), .init(id: "x", country: "DE"), .init(id: "y", country: "DE")],
      operations: [
        .init(site: "m", process: "start", output: 1), .init(site: "x", process: "ab", output: 5),
        .init(site: "y", process: "ba", output: 5),
      ],
      flows: [
        .init(from: .site("m"), to: .site("x"), material: "a", volume: 1),
        .init(from: .site("y"), to: .site("x"), material: "a", volume: 9),
        .init(from: .site("x"), to: .site("y"), material: "b", volume: 10),
        .init(from: .site("x"), to: .demand("d"), material: "b", volume: 1),
      ],
      demand: [.init(id: "d", material: "b", place: .country("DE"), amount: 1)])
    #expect(try answer(greedy, .none).failure == .impossibleLoop([Key(1), Key(2)]))
    #expect(try answer(greedy, .none).ranges == [nil])
  }

  @Test("the fitted baseline says how far it is from what is recorded")
  func misfit() throws {
    let fit = try answer(market(), .none).fit
    #expect(fit.misfits == [])
    #expect(fit.throughput.prefix(3) == [60, 20, 40])
    var more = market()
    more.demand[0].amount = 50
    let strained = try answer(more, .none).fit
    #expect(strained.misfits.map(\.subject) == [.operation(0), .operation(1), .operation(2)])
    #expect(strained.misfits.map(\.fitted) == [75, 25, 50])
    #expect(strained.misfits.map(\.recorded) == [60, 20, 40])
  }
}
