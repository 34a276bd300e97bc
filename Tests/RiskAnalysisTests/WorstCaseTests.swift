import SupplyModel
import TestSupport
import Testing

@testable import RiskAnalysis

/// The worst joint failures against all sets, one by one, and the bound that rules sets out.
struct WorstCaseTests {
  private func network(_ seed: UInt64) throws -> SupplyNetwork {
    var generator = SeededGenerator(seed: seed)
    return try NetworkSketch.random(using: &generator).network()
  }

  /// What may happen anyway on a random network: nothing, controls, or controls and responses.
  private func base(_ seed: UInt64, of network: SupplyNetwork) throws -> Disruption {
    var generator = SeededGenerator(seed: seed &+ 77)
    var base = seed % 3 == 0 ? Disruption.none : try disruptions(of: network)[Int(seed % 9)]
    guard seed % 4 == 1, let demand = network.demand.keys.first else { return base }
    let days = Figure(Double(Int.random(in: 20...300, using: &generator)), unit: try Unit("d"))
    let part = Figure(0.25, unit: try Unit(""))
    base.responses = [
      .lowerDemand(demand, by: part),
      .releaseStock(
        network.demand[demand].material, holder: .country(try country("DE")), amount: days, over: nil),
      .raiseYield(Key(0), sites: nil, by: part), .raiseRecycling(Key(1), sites: nil, by: part),
    ]
    return base
  }

  /// The mean loss of the demands that can be met, by the analysis that everybody else uses.
  private func loss(
    of elements: [Element], on top: Disruption, in graph: ProductionGraph, of demand: Key<Demand>? = nil
  ) -> Double {
    let levels = graph.rigidLevels(under: top.adding(Disruption(failures: elements)))
    let demands = graph.network.demand.keys.filter {
      graph.isOperableInBaseline[graph.node(of: $0)] && demand.map { [$0] }?.contains($0) ?? true
    }
    let sum = demands.reduce(0) { $0 + levels.loss(at: graph.node(of: $1)).rigid }
    return demands.isEmpty ? 0 : sum / Double(demands.count)
  }

  private func sets(of elements: [Element], upTo size: Int) -> [[Element]] {
    var sets: [[Element]] = [[]]
    for element in elements { sets += sets.filter { $0.count < size }.map { $0 + [element] } }
    return sets
  }

  @Test(
    "no other set of failures costs more, at every level and on top of anything",
    arguments: 0..<240 as Range<UInt64>)
  func bruteForce(seed: UInt64) throws {
    let network = try network(seed)
    let level = Element.Level.allCases[Int(seed % 9)]
    let base = try base(seed / 2, of: network)
    let demand: Key<Demand>? = seed % 5 == 0 ? network.demand.keys.first : nil
    let size = seed % 6 == 0 ? 3 : 2
    let worst = try #require(
      WorstCases(
        of: network, at: level, upTo: size, objective: demand.map { .product($0) } ?? .mean, under: base))
    let elements = FailureTable(of: worst.graph, at: level).elements
    #expect(worst.elementCount == elements.count)
    #expect(worst.cases.count == min(size, elements.count))
    let graph = ProductionGraph(network, tellingApart: base.adding(Disruption(failures: elements)))
    let all = sets(of: elements, upTo: size).map {
      (size: $0.count, loss: loss(of: $0, on: base, in: graph, of: demand))
    }
    for row in worst.cases {
      let most = all.filter { $0.size <= row.size }.map(\.loss).max() ?? 0
      #expect(row.isProven)
      #expect(abs(row.loss - most) < 1e-7, "\(level) \(row.size)")
      #expect(abs(loss(of: row.elements, on: base, in: graph, of: demand) - row.loss) < 1e-7)
      #expect(row.elements.count <= row.size)
    }
  }

  @Test("what stops in the worst case is what cannot be made in it", arguments: 0..<60 as Range<UInt64>)
  func stops(seed: UInt64) throws {
    let network = try network(seed)
    let base = try base(seed, of: network)
    let level: Element.Level = [.site, .country, .technology, .exports][Int(seed % 4)]
    let worst = try #require(WorstCases(of: network, at: level, upTo: 2, under: base))
    let before = worst.graph.operability(in: worst.graph.state(under: base))
    for row in worst.cases {
      let after = worst.graph.operability(
        in: worst.graph.state(under: base.adding(Disruption(failures: row.elements))))
      let stops = worst.graph.network.demand.keys.filter {
        before[worst.graph.node(of: $0)] && !after[worst.graph.node(of: $0)]
      }
      #expect(row.stops == stops)
    }
  }

  @Test(
    "settling what changes gives what settling everything gives, and it can be taken back",
    arguments: 0..<120 as Range<UInt64>)
  func incremental(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed &+ 9)
    let network = try network(seed)
    let base = try base(seed, of: network)
    let graph = ProductionGraph(network, tellingApart: base)
    for level in [Element.Level.site, .country, .technology, .exports, .waypoint, .countryMaterial] {
      var failures = JointFailures(in: graph, at: level, under: base)
      guard !failures.table.elements.isEmpty else { continue }
      let untouched = graph.nodes.indices.map { failures.loss(at: $0) }
      let set = (0..<3).map { _ in Int.random(in: 0..<failures.table.elements.count, using: &generator) }
      let mark = failures.fail(allOf: set)
      let levels = graph.rigidLevels(
        under: base.adding(Disruption(failures: set.map { failures.table.elements[$0] })))
      for node in graph.nodes.indices {
        #expect(abs(min(1, max(0, failures.loss(at: node))) - levels.loss(at: node).rigid) < 1e-9)
      }
      failures.undo(to: mark)
      #expect(graph.nodes.indices.map { failures.loss(at: $0) } == untouched)
    }
  }

  @Test(
    "further failures cost no more together than the most that each adds", arguments: 0..<400 as Range<UInt64>
  )
  func bound(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed &+ 5)
    let network = try network(seed)
    let base = try base(seed, of: network)
    let graph = ProductionGraph(network, tellingApart: base)
    let demands = graph.network.demand.keys.map { graph.node(of: $0) }
    for level in [Element.Level.site, .exports, .countryMaterial] {
      var failures = JointFailures(in: graph, at: level, under: base)
      guard !failures.table.elements.isEmpty else { continue }
      func pick(_ count: Int) -> [Int] {
        (0..<count).map { _ in Int.random(in: 0..<failures.table.elements.count, using: &generator) }
      }
      for _ in 0..<6 {
        // What has failed when the bounds are worked out, what fails beside, and what the bounds are for.
        let (known, beside, further) = (pick(seed % 2 == 0 ? 0 : 1), pick(1), pick(3))
        let start = failures.fail(allOf: known)
        var most = [Double](repeating: 0, count: demands.count)
        for element in Set(further) {
          for (demand, added) in failures.mostAdded(by: element, to: demands) { most[demand] += added }
        }
        _ = failures.fail(allOf: beside)
        let before = demands.map { failures.loss(at: $0) }
        _ = failures.fail(allOf: further)
        for (number, node) in demands.enumerated() {
          #expect(failures.loss(at: node) <= before[number] + most[number] + 1e-7)
        }
        failures.undo(to: start)
      }
    }
  }

  /// A melter lives on its own scrap; two mines could start it, and neither is counted on.
  @Test("two failures that cost nothing alone can cut off a loop that lives on its own output")
  func selfFedLoop() throws {
    let sketch = NetworkSketch(
      materials: ["scrap", "metal"],
      processes: [
        .init(id: "melt", slots: [[("scrap", 1)]], outputs: [("metal", 1)]),
        .init(id: "collect", slots: [[("metal", 1)]], outputs: [("scrap", 1)]),
        .init(id: "dig", outputs: [("scrap", 1)]),
      ],
      sites: [
        .init(id: "melter", country: "DE"), .init(id: "collector", country: "DE"),
        .init(id: "mine-a", country: "CN"), .init(id: "mine-b", country: "US"),
      ],
      operations: [
        .init(site: "melter", process: "melt"), .init(site: "collector", process: "collect"),
        .init(site: "mine-a", process: "dig"), .init(site: "mine-b", process: "dig"),
      ],
      flows: [
        .init(from: .site("collector"), to: .site("melter"), material: "scrap", volume: 1),
        .init(from: .site("mine-a"), to: .site("melter"), material: "scrap", volume: 0),
        .init(from: .site("mine-b"), to: .site("melter"), material: "scrap", volume: 0),
        .init(from: .site("melter"), to: .site("collector"), material: "metal"),
        .init(from: .site("melter"), to: .demand("d"), material: "metal"),
      ],
      demand: [.init(id: "d", material: "metal", place: .country("DE"))])
    let network = try sketch.network()
    let worst = try #require(WorstCases(of: network, at: .exports, upTo: 2))
    #expect(worst.cases.map(\.loss) == [0, 1])
    #expect(worst.cases.map(\.isProven) == [true, true])
    #expect(worst.cases[0].elements.isEmpty)
    #expect(worst.cases[1].elements == [.exports(try country("CN")), .exports(try country("US"))])
    #expect(worst.cases[1].stops == [Key(0)])
  }

  @Test(
    "a search that ends early says what it has, and a bound that holds", arguments: 0..<60 as Range<UInt64>)
  func budget(seed: UInt64) throws {
    let network = try network(seed)
    let whole = try #require(WorstCases(of: network, at: .site, upTo: 3))
    for steps in [0, 50, 400, 2_000] {
      let part = try #require(WorstCases(of: network, at: .site, upTo: 3, mostSteps: steps))
      for (row, known) in zip(part.cases, whole.cases) {
        #expect(row.loss <= known.loss + 1e-9)
        #expect(known.loss <= row.bound + 1e-9)
        #expect(row.bound <= 1)
      }
    }
  }

  @Test("the search tells how far it is, and never beyond the end")
  func progress() throws {
    let network = try network(3)
    var told: [WorstCases.Progress] = []
    _ = WorstCases(of: network, at: .site, upTo: 3) { told.append($0) }
    #expect(!told.isEmpty)
    #expect(told.count { (1...3).contains($0.size) && (0...1).contains($0.spent) } == told.count)
  }
}
