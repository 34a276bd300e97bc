import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

/// Every analysis against its slow and obvious counterpart, on small random networks.
struct ReferenceTests {
  private func network(_ seed: UInt64) throws -> SupplyNetwork {
    var generator = SeededGenerator(seed: seed)
    return try NetworkSketch.random(using: &generator).network()
  }

  @Test("what can be made is what a search over all pairs of sites finds", arguments: 0..<20 as Range<UInt64>)
  func operability(block: UInt64) throws {
    for seed in block * 30..<(block + 1) * 30 {
      let network = try network(seed)
      let reference = ReferenceAnalysis(network)
      for disruption in try disruptions(of: network) {
        let graph = ProductionGraph(network, tellingApart: disruption)
        let isOperable = graph.operability(in: graph.state(under: disruption))
        let expected = reference.operability(under: disruption)
        #expect(
          network.demand.keys.map { isOperable[graph.node(of: $0)] } == expected.demands, "seed \(seed)")
        #expect(graph.operationNodes.map { isOperable[$0] } == expected.actors, "seed \(seed)")
      }
    }
  }

  @Test("the single points are what stops a demand when it is taken away", arguments: 0..<20 as Range<UInt64>)
  func singlePoints(block: UInt64) throws {
    for seed in block * 110..<(block + 1) * 110 {
      let network = try network(seed)
      let graph = ProductionGraph(network)
      let reference = ReferenceAnalysis(network)
      let elements = allElements(of: network) + reference.lanes().map { .lane($0) }
      for disruption in [seed % 2 == 0 ? Disruption.none : .exportBan(try country("CN"))] {
        let found = graph.singlePoints(
          in: graph.state(under: disruption), at: Set(Element.Level.allCases))
        let before = reference.operability(under: disruption).demands
        var expected = [[Element]](repeating: [], count: before.count)
        for element in elements {
          var worse = disruption
          worse.failures = [element]
          let after = reference.operability(under: worse).demands
          for demand in before.indices where before[demand] && !after[demand] {
            expected[demand].append(element)
          }
        }
        #expect(found.isMet == before, "seed \(seed)")
        for (points, expected) in zip(found.ofDemand, expected) {
          let (found, expected) = (
            Set(points.map { $0.label(in: network) }), Set(expected.map { $0.label(in: network) })
          )
          #expect(found.subtracting(expected).isEmpty, "seed \(seed)")
          #expect(expected.subtracting(found).isEmpty, "seed \(seed)")
          #expect(points.map(\.level) == points.map(\.level).sorted())
        }
      }
    }
  }

  @Test("rigid loss is what iterating over all buyers and sellers finds", arguments: 0..<20 as Range<UInt64>)
  func rigidLoss(block: UInt64) throws {
    for seed in block * 30..<(block + 1) * 30 {
      let network = try network(seed)
      let reference = ReferenceAnalysis(network)
      for disruption in try disruptions(of: network) {
        let graph = ProductionGraph(network, tellingApart: disruption)
        let levels = graph.rigidLevels(under: disruption)
        for (demand, expected) in zip(network.demand.keys, reference.rigidLoss(under: disruption)) {
          guard let expected else { continue }
          let loss = levels.loss(at: graph.node(of: demand))
          #expect(abs(loss.rigid - expected) < 1e-6, "seed \(seed) demand \(demand.position) \(disruption)")
        }
      }
    }
  }

  @Test(
    "markets held apart for one disruption change nothing under another", arguments: 0..<20 as Range<UInt64>)
  func partition(block: UInt64) throws {
    for seed in block * 10..<(block + 1) * 10 {
      let network = try network(seed)
      let all = try disruptions(of: network)
      let plain = ProductionGraph(network)
      for other in all {
        let graph = ProductionGraph(network, tellingApart: other)
        for disruption in all.prefix(6) {
          let (one, two) = (plain.outcome(of: disruption), graph.outcome(of: disruption))
          #expect(one.stops == two.stops, "seed \(seed)")
          for (a, b) in zip(one.loss, two.loss) {
            guard let a, let b else { continue }
            #expect(abs(a.rigid - b.rigid) < 1e-9, "seed \(seed)")
            // Apart, makers of known size need not share the fate of those of unknown size.
            #expect(a.low - 1e-9 <= b.low && b.high <= a.high + 1e-9, "seed \(seed)")
          }
        }
      }
    }
  }

  @Test("every single point has a witness that ends at it", arguments: 0..<20 as Range<UInt64>)
  func witnesses(block: UInt64) throws {
    for seed in block * 20..<(block + 1) * 20 {
      let network = try network(seed)
      let graph = ProductionGraph(network)
      let state = graph.state(under: .none)
      let levels = Set(Element.Level.allCases)
      let points = graph.singlePoints(in: state, at: levels)
      for (found, witnesses) in zip(points.ofDemand, graph.witnesses(in: state, at: levels)) {
        #expect(witnesses.map(\.element) == found)
        for witness in witnesses {
          let last = try #require(witness.steps.last, "seed \(seed) \(witness)")
          let site = network.sites[last.site]
          let ends =
            switch witness.element {
            case .site(let key): last.site == key
            case .operatorOf(let key): site.operatorKey == key
            case .parent(let key): site.operatorKey.map { network.ultimateParent(of: $0) } == key
            case .country(let country), .material(_, let country): site.country == country
            case .technology(let key): site.technologies.contains { $0.technology == key }
            case .lane(let lane): last.site == lane.seller && witness.buyer == lane.buyer
            case .exports, .waypoint: true
            }
          #expect(ends, "seed \(seed) \(witness.sentence(in: network))")
          #expect(Set(witness.steps.map(\.site)).count <= network.sites.count)
        }
      }
    }
  }

  @Test("a witness counts makers by site, and says when others on the way stop too")
  func witnessOfTwoWays() throws {
    // Two smelters get ore through one strait; one of them runs two processes that both make the metal.
    let network = try NetworkSketch(
      stages: ["s"], materials: ["ore", "metal", "part"],
      processes: [
        .init(id: "dig", outputs: [("ore", 1)]),
        .init(id: "smelt", slots: [[("ore", 1)]], outputs: [("metal", 1)]),
        .init(id: "roast", slots: [[("ore", 1)]], outputs: [("metal", 1)]),
        .init(id: "make", slots: [[("metal", 1)]], outputs: [("part", 1)]),
      ],
      sites: [
        .init(id: "mine", country: "AU"), .init(id: "one", country: "KR"), .init(id: "two", country: "KR"),
        .init(id: "maker", country: "JP"),
      ],
      operations: [
        .init(site: "mine", process: "dig", output: 2), .init(site: "one", process: "smelt", output: 1),
        .init(site: "one", process: "roast", output: 1), .init(site: "two", process: "smelt", output: 1),
        .init(site: "maker", process: "make", output: 2),
      ],
      flows: [
        .init(from: .site("mine"), to: .site("one"), material: "ore", volume: 2, waypoints: ["strait"]),
        .init(from: .site("mine"), to: .site("two"), material: "ore", volume: 1, waypoints: ["strait"]),
        .init(from: .site("one"), to: .site("maker"), material: "metal", volume: 2),
        .init(from: .site("two"), to: .site("maker"), material: "metal", volume: 1),
        .init(from: .site("maker"), to: .demand("d"), material: "part", volume: 2),
      ],
      demand: [.init(id: "d", material: "part")]
    ).network()
    let graph = ProductionGraph(network)
    let found = graph.witnesses(in: graph.state(under: .none), at: Set(Element.Level.allCases))[0]
    func reason(_ element: Element) throws -> String {
      try #require(found.first { $0.element == element }).reason(in: network)
    }
    #expect(
      try reason(.waypoint("strait"))
        == "all ore for one passes strait; then one → maker → d; all others on the way stop too")
    let place = try country("KR")
    #expect(
      try reason(.country(place)) == "both makers of metal for maker are in South Korea; then maker → d")
    #expect(try reason(.site(Key(3))) == "part for d comes from maker alone")
    let korea = try #require(found.first { $0.element == .country(place) })
    #expect(korea.sellers == 3 && korea.makers == 2)
  }

  @Test(
    "a failed lane takes away what it brings, recorded or through a market, and nothing else",
    arguments: 0..<20 as Range<UInt64>)
  func lanes(block: UInt64) throws {
    for seed in block * 10..<(block + 1) * 10 {
      let network = try network(seed)
      let reference = ReferenceAnalysis(network)
      for lane in reference.lanes().prefix(12) {
        let disruption = Disruption(failures: [.lane(lane)])
        let graph = ProductionGraph(network, tellingApart: disruption)
        let isOperable = graph.operability(in: graph.state(under: disruption))
        #expect(
          graph.operationNodes.map { isOperable[$0] } == reference.operability(under: disruption).actors,
          "seed \(seed)")
        let levels = graph.rigidLevels(under: disruption)
        for (demand, expected) in zip(network.demand.keys, reference.rigidLoss(under: disruption)) {
          guard let expected else { continue }
          #expect(abs(levels.loss(at: graph.node(of: demand)).rigid - expected) < 1e-6, "seed \(seed)")
        }
      }
    }
  }
}
