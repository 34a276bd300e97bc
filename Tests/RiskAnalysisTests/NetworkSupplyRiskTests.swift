import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

/// Sourcing, import reliance and scores of a network, by hand.
struct NetworkSupplyRiskTests {
  /// China and Malaysia make oxide, Germany makes some of its own; a German and a Japanese works take it.
  private func network(
    _ change: (inout NetworkSketch) -> Void = { _ in },
    governance: [String: Double] = ["CN": -0.5, "MY": 0.5, "DE": 1.5],
    trade: [String: Double] = ["CN": 1.2, "MY": 1], recycling: Double? = 0.1, substitution: Double? = 0.9
  ) throws -> SupplyNetwork {
    var sketch = NetworkSketch(
      stages: ["plant", "magnet"], materials: ["oxide", "magnet"], partOfX: ["oxide": 0.5, "magnet": 0.25],
      countsX: true,
      processes: [
        .init(id: "refine", outputs: [("oxide", 1)]),
        .init(id: "make", slots: [[("oxide", 0.5)]], outputs: [("magnet", 1)]),
      ],
      sites: [
        .init(id: "cn", stage: "plant", country: "CN"), .init(id: "my", stage: "plant", country: "MY"),
        .init(id: "de", stage: "plant", country: "DE"), .init(id: "trader", country: "DE"),
        .init(id: "works-de", stage: "magnet", country: "DE"),
        .init(id: "works-jp", stage: "magnet", country: "JP"),
      ],
      operations: [
        .init(site: "cn", process: "refine", output: 70), .init(site: "my", process: "refine", output: 20),
        .init(site: "de", process: "refine", output: 10),
        .init(site: "works-de", process: "make", output: 80),
        .init(site: "works-jp", process: "make", output: 120),
      ],
      flows: [
        .init(from: .site("cn"), to: .site("trader"), material: "oxide", volume: 20),
        .init(from: .site("trader"), to: .site("works-de"), material: "oxide", volume: 20),
        .init(from: .site("my"), to: .site("works-de"), material: "oxide", volume: 10),
        .init(from: .site("de"), to: .site("works-de"), material: "oxide", volume: 10),
      ],
      markets: ["oxide", "magnet"], demand: [.init(id: "d", material: "magnet", amount: 200)])
    change(&sketch)
    var network = try sketch.network()
    let none = try Unit("")
    network.governance = try governance.sorted { $0.key < $1.key }.map {
      Governance(country: try country($0.key), estimate: $0.value)
    }
    network.tradeParameters = try trade.sorted { $0.key < $1.key }.map {
      TradeParameter(country: try country($0.key), parameter: $0.value)
    }
    network.riskParameters = [
      RiskParameters(
        subject: .elements(Key(0)), recycling: recycling.map { Figure($0, unit: none) },
        substitution: substitution.map { Figure($0, unit: none) })
    ]
    return network
  }

  private let x = Statistic.Subject.elements(Key(0))

  @Test("what passes through a trader is from where it was made, and what a region makes it need not import")
  func sourcing() throws {
    let germany: Set = [try country("DE")]
    let rows = ProductionGraph(try network()).sourcing(of: x, in: germany)
    #expect(rows.map(\.stage.position) == [0, 1])
    let plants = rows[0]
    #expect(plants.suppliers.map(\.country.code) == ["CN", "DE", "MY"])
    #expect(plants.suppliers.map(\.amount) == [10, 5, 5])
    #expect(plants.used == 20 && plants.made == 5 && plants.unattributed == 0)
    #expect(plants.importReliance == 0.75)
    // Nobody in Germany takes magnets.
    #expect(rows[1].used == 0 && rows[1].made == 20 && rows[1].importReliance == nil)
    let japan = ProductionGraph(try network()).sourcing(of: x, in: [try country("JP")])
    #expect(japan[0].importReliance == 1)
  }

  @Test("a buyer of unknown need, or a maker of unknown size, leaves the reliance open and is named")
  func notKnown() throws {
    let germany: Set = [try country("DE")]
    let buyer = try network { $0.operations[3].output = nil }
    let open = ProductionGraph(buyer).sourcing(of: x, in: germany)[0]
    #expect(open.importReliance == nil && open.buyersOfUnknownNeed == [.site(Key(4))])
    let maker = try network { $0.operations[2].output = nil }
    let unsized = ProductionGraph(maker).sourcing(of: x, in: germany)[0]
    #expect(unsized.importReliance == nil && unsized.makersOfUnknownSize == [Key(2)])
    // What is counted in a row elsewhere is not known to be nothing here.
    let counted = try network {
      $0.operations[2].output = nil
      $0.sites[2].countedIn = "my"
    }
    #expect(ProductionGraph(counted).sourcing(of: x, in: germany)[0].makersOfUnknownSize == [Key(2)])
    // Who makes nothing imports all, however much that is.
    let all = try network {
      $0.operations[3].output = nil
      $0.sites[2].status = .closed
    }
    #expect(ProductionGraph(all).sourcing(of: x, in: germany)[0].importReliance == 1)
  }

  @Test("the scores are those of the formulas with the network's figures")
  func scores() throws {
    let risk = NetworkSupplyRisk(of: x, for: .country(try country("DE")), in: ProductionGraph(try network()))
    #expect(risk.missing == [.governance(try country("JP")), .tradeParameter(try country("JP"))])
    let plants = try #require(risk.stages.first)
    // Governance 6, 4 and 2 of 10; Germany has the trade parameter of a country of the region.
    let world = 0.49 * 6 * 1.2 + 0.04 * 4 + 0.01 * 2 * 0.8
    let region = 0.25 * 6 * 1.2 + 0.0625 * 4 + 0.0625 * 2 * 0.8
    #expect(abs((plants.world ?? 0) - world) < 1e-12)
    #expect(abs((plants.region ?? 0) - region) < 1e-12)
    let index = world * 0.375 + region * 0.625
    #expect(abs((plants.score ?? 0) - index * 0.9 * 0.9) < 1e-12)
    // Imports of 10 from China at 0.6 and 5 from Malaysia at 0.4, and 5 of its own.
    #expect(abs((plants.geopolitical ?? 0) - (0.49 + 0.04 + 0.01) * (10 * 0.6 + 5 * 0.4) / 20) < 1e-12)
    // Japan, which makes magnets, has no rating.
    #expect(risk.stages[1].score == nil && risk.score == nil)
  }

  @Test("the worst stage decides once everything is known")
  func complete() throws {
    let known = try network(
      governance: ["CN": -0.5, "MY": 0.5, "DE": 1.5, "JP": 1], trade: ["CN": 1.2, "MY": 1, "JP": 1])
    let risk = NetworkSupplyRisk(of: x, for: .country(try country("DE")), in: ProductionGraph(known))
    #expect(risk.missing == [])
    let scores = risk.stages.compactMap(\.score)
    #expect(scores.count == 2)
    #expect(risk.score == scores.max())
    // Germany takes no magnets: there the world's supply alone counts, 40 % German and 60 % Japanese.
    #expect(abs(scores[1] - (0.16 * 2 * 0.8 + 0.36 * 3) * 0.9 * 0.9) < 1e-12)
  }

  @Test("what is not given is named, and there is no score")
  func missing() throws {
    let bare = try network(governance: [:], trade: [:], recycling: nil, substitution: nil)
    let risk = NetworkSupplyRisk(of: x, for: .country(try country("DE")), in: ProductionGraph(bare))
    #expect(risk.score == nil && risk.stages.allSatisfy { $0.score == nil && $0.world == nil })
    #expect(risk.missing.contains(.recycling) && risk.missing.contains(.substitution))
    #expect(risk.missing.contains(.governance(try country("CN"))))
    #expect(risk.missing.contains(.tradeParameter(try country("CN"))))
    // Its own countries need none.
    #expect(!risk.missing.contains(.tradeParameter(try country("DE"))))
  }

  @Test("an index by country weighted with governance, and with a country that has none")
  func weighted() throws {
    let network = try network()
    let rows = network.concentration().filter { $0.subject == x && $0.grouping == .country }
    let plants = try #require(network.governanceWeighted(rows[0]))
    #expect(abs((plants.hhi ?? 0) - (0.49 * 0.6 + 0.04 * 0.4 + 0.01 * 0.2) * 10_000) < 1e-9)
    let magnets = try #require(network.governanceWeighted(rows[1]))
    #expect(magnets.hhi == nil && magnets.missing == ["JP"])
    #expect(abs(magnets.hhiLow - 0.16 * 0.2 * 10_000) < 1e-9)
    #expect(abs(magnets.hhiHigh - (0.16 * 0.2 + 0.36) * 10_000) < 1e-9)
    #expect(
      network.governanceWeighted(network.concentration().first { $0.grouping == .parent } ?? rows[0]) == nil)
  }

  @Test(
    "what a region takes from all countries is what its buyers take, and the order of rows changes nothing",
    arguments: 0..<100 as Range<UInt64>)
  func laws(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var sketch = NetworkSketch.random(using: &generator)
    sketch.countsX = true
    for material in sketch.materials { sketch.partOfX[material] = 0.5 }
    let other = sketch.shuffled(using: &generator)
    let region: Set = [try country("DE"), try country("FR")]
    func table(_ sketch: NetworkSketch) throws -> [String: Sourcing] {
      let network = try sketch.network()
      return Dictionary(
        uniqueKeysWithValues: ProductionGraph(network).sourcing(of: x, in: region).map {
          (network.stages[$0.stage].id, $0)
        })
    }
    let (one, two) = (try table(sketch), try table(other))
    #expect(Set(one.keys) == Set(two.keys))
    for (stage, row) in one {
      #expect(abs(row.used - (two[stage]?.used ?? -1)) < 1e-9 * max(1, row.used))
      #expect(abs(row.made - (two[stage]?.made ?? -1)) < 1e-9 * max(1, row.made))
      #expect((row.importReliance == nil) == (two[stage]?.importReliance == nil))
      if let reliance = row.importReliance {
        #expect(0 <= reliance && reliance <= 1)
        #expect(abs(reliance - (two[stage]?.importReliance ?? -1)) < 1e-9)
      }
    }
  }
}
