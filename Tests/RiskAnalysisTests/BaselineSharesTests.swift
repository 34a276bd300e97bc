import RiskAnalysis
import SupplyModel
import Testing

/// How a buyer's supply is split among its sellers, case by case.
struct BaselineSharesTests {
  /// What is left of a buyer in Germany when nothing leaves China: expected, least and most.
  private func level(_ sketch: NetworkSketch, ban: String = "CN") throws -> [Double] {
    let graph = ProductionGraph(try sketch.network())
    let levels = graph.rigidLevels(under: .exportBan(try country(ban)))
    let node = graph.firstDemand
    return [levels.expected[node], levels.least[node], levels.most[node]]
  }

  /// Makers of metal, one in each of the countries, and a demand in Germany.
  private func makers(_ rows: [(country: String, output: Double?)], amount: Double? = nil) -> NetworkSketch {
    NetworkSketch(
      materials: ["metal"], processes: [.init(id: "make", outputs: [("metal", 1)])],
      sites: rows.enumerated().map { .init(id: "s\($0)", country: $1.country) },
      operations: rows.enumerated().map { .init(site: "s\($0)", process: "make", output: $1.output) },
      markets: ["metal"],
      demand: [.init(id: "d", material: "metal", place: .country("DE"), amount: amount)])
  }

  private func expect(_ levels: [Double], _ expected: [Double]) {
    #expect(zip(levels, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(levels)")
  }

  @Test("makers share a market in proportion to supply")
  func market() throws {
    expect(try level(makers([("CN", 30), ("CN", 30), ("US", 40)])), [0.4, 0.4, 0.4])
  }

  @Test("if no size is known, all makers count the same, and the truth can be anything")
  func allSizesUnknown() throws {
    expect(try level(makers([("CN", nil), ("CN", nil), ("CN", nil), ("US", nil)])), [0.25, 0, 1])
  }

  @Test("a maker of unknown size counts nothing, and may yet be all there is")
  func oneSizeUnknown() throws {
    // The US could make everything, or nothing beside the 30 t of China and the 10 t of France.
    expect(try level(makers([("CN", 30), ("FR", 10), ("US", nil)])), [0.25, 0.25, 1])
    // China could make everything, so that the 0.25 of France is the most.
    expect(try level(makers([("CN", nil), ("CN", 30), ("FR", 10)])), [0.25, 0, 0.25])
  }

  @Test("a maker whose output is counted in another row adds nothing, and that is known")
  func countedElsewhere() throws {
    var sketch = makers([("CN", 30), ("FR", 10), ("US", nil)])
    sketch.sites[2].countedIn = "s1"
    expect(try level(sketch), [0.25, 0.25, 0.25])
    let network = try sketch.network()
    #expect(network.concentration().allSatisfy { $0.sitesOfUnknownSize.isEmpty && $0.total == 40 })
  }

  @Test("the market fills what recorded volumes leave of a known need")
  func rest() throws {
    var sketch = makers([("CN", 30), ("US", 10)], amount: 10)
    sketch.flows = [.init(from: .site("s1"), to: .demand("d"), material: "metal", volume: 4)]
    expect(try level(sketch), [0.4 + 0.6 * 0.25, 0.55, 0.55])
    // More than is needed: no need for the market.
    sketch.demand[0].amount = 3
    expect(try level(sketch), [1, 1, 1])
    // A volume of nothing leaves everything to the market.
    sketch.demand[0].amount = 10
    sketch.flows[0].volume = 0
    expect(try level(sketch), [0.25, 0.25, 0.25])
  }

  @Test("without the need, what the market adds is not known")
  func unknownNeed() throws {
    var sketch = makers([("CN", 30), ("US", 10)])
    sketch.flows = [.init(from: .site("s1"), to: .demand("d"), material: "metal", volume: 4)]
    expect(try level(sketch), [1, 0.25, 1])
    sketch.markets = []
    expect(try level(sketch), [1, 1, 1])
  }

  @Test("a lane without a volume takes what the others leave")
  func missingVolume() throws {
    var sketch = makers([("CN", 30), ("US", 10), ("FR", 30)], amount: 10)
    sketch.markets = []
    sketch.flows = ["s0", "s1", "s2"].map { .init(from: .site($0), to: .demand("d"), material: "metal") }
    sketch.flows[1].volume = 6
    expect(try level(sketch), [0.6 + 0.4 * 0.5, 0, 1])
  }

  @Test("a flow that names no material brings whatever its taker needs and its seller makes")
  func unnamedMaterial() throws {
    var sketch = makers([("CN", 30), ("US", 10)], amount: 8)
    sketch.markets = []
    sketch.flows = ["s0", "s1"].map { .init(from: .site($0), to: .demand("d")) }
    sketch.flows[0].volume = 2
    sketch.flows[1].volume = 6
    expect(try level(sketch), [0.75, 0.75, 0.75])
  }

  @Test("an edge list without recipes is read as sites that pass on what they get")
  func edgeList() throws {
    let network = try NetworkSketch(
      materials: ["motor"],
      sites: [
        .init(id: "a", country: "CN"), .init(id: "b", country: "US"), .init(id: "c", country: "DE"),
      ],
      flows: [
        .init(from: .site("a"), to: .site("c"), volume: 3),
        .init(from: .site("b"), to: .site("c"), volume: 1),
        .init(from: .site("c"), to: .demand("d")),
      ],
      demand: [.init(id: "d", material: "motor", place: .country("DE"))]
    ).network()
    let graph = ProductionGraph(network)
    let outcome = graph.outcome(of: .exportBan(try country("CN")))
    #expect(outcome.stops.isEmpty)
    #expect(outcome.loss.map { $0?.rigid } == [0.75])
    let points = graph.singlePoints(in: graph.state(under: .none)).ofDemand[0]
    #expect(points.map { $0.label(in: network) } == ["site c", "country DE"])
  }

  /// The site's second process stands still for want of ore, so the flow of 10 t is all from the first.
  @Test("a flow from a site comes from those of its processes that run")
  func flowFromSeveralProcesses() throws {
    let sketch = NetworkSketch(
      materials: ["ore", "metal"],
      processes: [
        .init(id: "melt", outputs: [("metal", 1)]),
        .init(id: "smelt", slots: [[("ore", 1)]], outputs: [("metal", 1)]),
      ],
      sites: [.init(id: "us", country: "US"), .init(id: "cn", country: "CN")],
      operations: [
        .init(site: "us", process: "melt", output: 10), .init(site: "us", process: "smelt", output: 10),
        .init(site: "cn", process: "melt", output: 10),
      ],
      flows: [.init(from: .site("us"), to: .demand("d"), material: "metal", volume: 10)], markets: ["metal"],
      demand: [.init(id: "d", material: "metal", place: .country("DE"), amount: 10)])
    expect(try level(sketch), [1, 1, 1])
  }

  /// A trader in Germany is brought *a* from China and *b* from Australia, and sells on.
  private func trader(sells: [String?]) -> NetworkSketch {
    NetworkSketch(
      materials: ["a", "b", "c"],
      processes: ["a", "b", "c"].map { .init(id: "make-\($0)", outputs: [($0, 1)]) },
      sites: [
        .init(id: "cn", country: "CN"), .init(id: "au", country: "AU"), .init(id: "trader", country: "DE"),
      ],
      operations: [
        .init(site: "cn", process: "make-a", output: 10), .init(site: "au", process: "make-b", output: 10),
      ],
      flows: [
        .init(from: .site("cn"), to: .site("trader"), material: "a", volume: 9),
        .init(from: .site("au"), to: .site("trader"), material: "b", volume: 1),
      ] + sells.map { .init(from: .site("trader"), to: .demand("d-\($0 ?? "a")"), material: $0) },
      demand: ["a", "b", "c"].map { .init(id: "d-\($0)", material: $0, place: .country("FR")) })
  }

  @Test("a trader passes on each material as it is brought that material")
  func traderOfTwo() throws {
    let graph = ProductionGraph(try trader(sells: ["a", "b"]).network())
    let outcome = graph.outcome(of: .exportBan(try country("CN")))
    #expect(outcome.stops.map { graph.network.demand[$0].id } == ["d-a"])
    #expect(outcome.loss.map { $0?.rigid } == [1, 0, nil])
    #expect(
      outcome.singlePoints.ofDemand[1].map { $0.label(in: graph.network) }.prefix(2) == [
        "site au", "site trader",
      ])
    #expect(graph.deadFlows.isEmpty)
  }

  @Test(
    "what no material names, or nothing brings, a trader fills with anything that arrives",
    arguments: [nil, "c"])
  func traderOfAnything(material: String?) throws {
    let graph = ProductionGraph(try trader(sells: [material]).network())
    let outcome = graph.outcome(of: .exportBan(try country("CN")))
    #expect(outcome.stops.isEmpty)
    let demand = material == nil ? 0 : 2
    #expect(abs(try #require(outcome.loss[demand]).rigid - 0.9) < 1e-12)
    #expect(outcome.loss[demand]?.isExact == true)
  }

  @Test("a site that is brought nothing is a source")
  func source() throws {
    var sketch = trader(sells: ["a"])
    sketch.flows.removeFirst(2)
    let graph = ProductionGraph(try sketch.network())
    #expect(graph.outcome(of: .none).loss.map { $0?.rigid } == [0, nil, nil])
    #expect(graph.deadFlows.isEmpty)
  }

  /// A plant in Germany makes metal from ore and sells on some of the ore that it is brought.
  private func reseller(market: Bool = false) -> NetworkSketch {
    NetworkSketch(
      materials: ["ore", "metal", "scrap"],
      processes: [
        .init(id: "dig", outputs: [("ore", 1)]),
        .init(id: "melt", slots: [[("ore", 2)]], outputs: [("metal", 1)]),
      ],
      sites: [
        .init(id: "cn", country: "CN"), .init(id: "au", country: "AU"), .init(id: "plant", country: "DE"),
      ],
      operations: [
        .init(site: "cn", process: "dig", output: 60), .init(site: "au", process: "dig", output: 40),
        .init(site: "plant", process: "melt", output: 10),
      ],
      flows: [
        .init(from: .site("cn"), to: .site("plant"), material: "ore", volume: 20),
        .init(from: .site("plant"), to: .demand("ore"), material: "ore", volume: 5),
        .init(from: .site("plant"), to: .demand("metal"), material: "metal"),
      ], markets: market ? ["ore"] : [],
      demand: [
        .init(id: "ore", material: "ore", place: .country("FR"), amount: 5),
        .init(id: "metal", material: "metal", place: .country("FR")),
      ])
  }

  @Test("a plant passes on what it is brought and does not make")
  func resale() throws {
    var graph = ProductionGraph(try reseller().network())
    #expect(graph.deadFlows.isEmpty)
    #expect(graph.outcome(of: .exportBan(try country("CN"))).loss.map { $0?.rigid } == [1, 1])
    // On a market it finds more, and of the flow of 20 t the plant melts 16 t and sells on 4 t.
    graph = ProductionGraph(try reseller(market: true).network())
    let loss = graph.outcome(of: .exportBan(try country("CN"))).loss
    for loss in loss { #expect(abs(try #require(loss).rigid - (0.8 + 0.2 * 0.6)) < 1e-12) }
    // Without the flow it still finds it there.
    var sketch = reseller(market: true)
    sketch.flows.removeFirst()
    graph = ProductionGraph(try sketch.network())
    #expect(graph.outcome(of: .none).loss.map { $0?.rigid } == [0, 0])
    #expect(graph.deadFlows.isEmpty)
  }

  @Test("a flow of what nothing makes or brings to its origin is dead, and so is what hangs on it")
  func deadFlows() throws {
    var sketch = reseller()
    sketch.flows += [
      .init(from: .site("plant"), to: .site("au"), material: "scrap"),
      .init(from: .site("au"), to: .site("cn"), material: "scrap"),
      .init(from: .site("cn"), to: .site("au"), material: "scrap"),
      .init(from: .site("plant"), to: .site("cn"), material: "scrap", status: .planned),
      .init(from: .country("FR"), to: .demand("ore"), material: "ore"),
      .init(from: .country("AU"), to: .demand("ore"), material: "ore"),
    ]
    let graph = ProductionGraph(try sketch.network())
    #expect(graph.deadFlows.map { graph.network.flows[$0].id } == ["flow-3", "flow-4", "flow-5", "flow-7"])
  }

  /// Two furnaces of one site share a flow of 10 t from China; the rest comes from a market that only Australia serves.
  private func twoFurnaces(_ outputs: (Double?, Double?)) -> NetworkSketch {
    NetworkSketch(
      materials: ["ore", "metal", "glass"],
      processes: [
        .init(id: "dig", outputs: [("ore", 1)]),
        .init(id: "melt", slots: [[("ore", 2)]], outputs: [("metal", 1)]),
        .init(id: "fuse", slots: [[("ore", 1)]], outputs: [("glass", 1)]),
      ],
      sites: [
        .init(id: "cn", country: "CN", technologies: []), .init(id: "au", country: "AU"),
        .init(id: "plant", country: "DE"),
      ],
      operations: [
        .init(site: "cn", process: "dig", output: 1e-9), .init(site: "au", process: "dig", output: 100),
        .init(site: "plant", process: "melt", output: outputs.0),
        .init(site: "plant", process: "fuse", output: outputs.1),
      ],
      flows: [.init(from: .site("cn"), to: .site("plant"), material: "ore", volume: 10)], markets: ["ore"],
      demand: ["metal", "glass"].map { .init(id: $0, material: $0, place: .country("DE")) })
  }

  @Test("processes of one site share a flow by what each would take")
  func sharedFlow() throws {
    func losses(_ outputs: (Double?, Double?)) throws -> [Loss] {
      var sketch = twoFurnaces(outputs)
      sketch.flows += ["metal", "glass"].map { .init(from: .site("plant"), to: .demand($0), material: $0) }
      return try ProductionGraph(sketch.network()).outcome(of: .exportBan(try country("CN"))).loss
        .map { try #require($0) }
    }
    // 10 t of 20 t + 5 t, so four tenths for each; whole for each it would be 10 / 20 and 5 / 5.
    for loss in try losses((10, 5)) {
      #expect(abs(loss.rigid - 0.4) < 1e-9)
      #expect(abs(loss.high - loss.low) < 1e-12)
    }
    // Nobody knows what glass takes: 5 t for metal of its 20 t, and that is an estimate.
    let unknown = try losses((10, nil))
    #expect(abs(unknown[0].rigid - 0.25) < 1e-9)
    #expect(!unknown[0].isExact && !unknown[1].isExact)
  }

  @Test("a flow from a country comes from all its makers, and a planned or ended one from nobody")
  func countryFlow() throws {
    var sketch = makers([("CN", 30), ("US", 10)], amount: 10)
    sketch.markets = []
    sketch.flows = [
      .init(from: .country("CN"), to: .demand("d"), material: "metal", volume: 7),
      .init(from: .country("US"), to: .demand("d"), material: "metal", volume: 3),
      .init(from: .site("s0"), to: .demand("d"), material: "metal", volume: 90, status: .planned),
      .init(from: .site("s0"), to: .demand("d"), material: "metal", volume: 90, status: .ended),
    ]
    expect(try level(sketch), [0.3, 0.3, 0.3])
  }

  @Test(
    "within a country, within a bloc and on the way to anywhere no border is crossed",
    arguments: [
      (NetworkSketch.PlaceRow.country("CN"), 1.0), (.country("DE"), 0.25), (.bloc(["CN", "JP"]), 1),
      (.bloc(["DE", "FR"]), 0.25), (.anywhere, 1),
    ])
  func places(place: NetworkSketch.PlaceRow, expected: Double) throws {
    var sketch = makers([("CN", 30), ("US", 10)])
    sketch.demand[0].place = place
    expect(try level(sketch), [expected, expected, expected])
  }
}
