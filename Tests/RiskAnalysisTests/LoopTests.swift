import SupplyModel
import TestSupport
import Testing

@testable import RiskAnalysis

/// Loops that return almost everything lose what they do not return again and again: iteration hardly moves.
struct LoopTests {
  private static let returnShares = [0.5, 0.9, 0.999, 0.9999, 0.99999, 1 - 1e-9]

  /// A melter takes scrap from a collector, who takes all its metal back, and the rest from mines.
  ///
  /// A flow of `returned` from the collector and of `china` and `america` from mines there.
  private func loop(returned: Double, china: Double, america: Double) -> NetworkSketch {
    NetworkSketch(
      materials: ["scrap", "metal"],
      processes: [
        .init(id: "melt", slots: [[("scrap", 1)]], outputs: [("metal", 1)]),
        .init(id: "collect", slots: [[("metal", 1)]], outputs: [("scrap", 1)]),
        .init(id: "dig", outputs: [("scrap", 1)]),
      ],
      sites: [
        .init(id: "melter", country: "DE"), .init(id: "collector", country: "DE"),
        .init(id: "mine-cn", country: "CN"), .init(id: "mine-us", country: "US"),
      ],
      operations: [
        .init(site: "melter", process: "melt"), .init(site: "collector", process: "collect"),
        .init(site: "mine-cn", process: "dig"), .init(site: "mine-us", process: "dig"),
      ],
      flows: [
        .init(from: .site("collector"), to: .site("melter"), material: "scrap", volume: returned),
        .init(from: .site("mine-cn"), to: .site("melter"), material: "scrap", volume: china),
        .init(from: .site("mine-us"), to: .site("melter"), material: "scrap", volume: america),
        .init(from: .site("melter"), to: .site("collector"), material: "metal"),
        .init(from: .site("melter"), to: .demand("d"), material: "metal"),
      ],
      demand: [.init(id: "d", material: "metal", place: .country("DE"))])
  }

  private func loss(_ sketch: NetworkSketch) throws -> Loss {
    let graph = ProductionGraph(try sketch.network())
    return graph.rigidLevels(under: .exportBan(try country("CN"))).loss(at: graph.firstDemand)
  }

  /// x = r x + (1 − r) × a with a the part of the mines that is left, so x = a whatever r is.
  @Test("a loop loses what its mines lose, however much it returns", arguments: returnShares)
  func returns(share: Double) throws {
    for part in [0.001, 0.25, 0.5, 0.999] {
      let mined = (1 - share) / share
      let loss = try loss(loop(returned: 1, china: mined * part, america: mined * (1 - part)))
      #expect(abs(loss.rigid - part) < 1e-9)
      #expect(loss.isExact)
    }
  }

  /// The melter also needs flux, of which a part comes from China: x = min(1 − flux, what the loop gives).
  @Test("a loop runs as far as its worst slot", arguments: returnShares)
  func bottleneck(share: Double) throws {
    for (flux, ore) in [(0.3, 0.4), (0.4, 0.3), (0.5, 0.5)] {
      let mined = (1 - share) / share
      var sketch = loop(returned: 1, china: mined * ore, america: mined * (1 - ore))
      sketch.materials.append("flux")
      sketch.processes[0].slots.append([("flux", 1)])
      sketch.processes.append(.init(id: "dig-flux", outputs: [("flux", 1)]))
      sketch.operations += ["mine-cn", "mine-us"].map { .init(site: $0, process: "dig-flux") }
      sketch.flows += [
        .init(from: .site("mine-cn"), to: .site("melter"), material: "flux", volume: flux),
        .init(from: .site("mine-us"), to: .site("melter"), material: "flux", volume: 1 - flux),
      ]
      #expect(abs(try loss(sketch).rigid - max(flux, ore)) < 1e-9)
    }
  }

  /// The collector takes metal from the melter or from a stockpile, it is not known how much from which.
  ///
  /// With a the part of the mines that is left and r the return share: at worst all comes from the melter, x = a; at best
  /// none, x = r + (1 − r) a; half of it gives x = r (x + 1) / 2 + (1 − r) a.
  @Test("the band of a loop whose split is not known is as wide as it can be", arguments: returnShares)
  func band(share: Double) throws {
    let mined = (1 - share) / share
    var sketch = loop(returned: 1, china: mined * 0.75, america: mined * 0.25)
    sketch.sites.append(.init(id: "stockpile", country: "US"))
    sketch.processes.append(.init(id: "take", outputs: [("metal", 1)]))
    sketch.operations.append(.init(site: "stockpile", process: "take"))
    sketch.flows.append(.init(from: .site("stockpile"), to: .site("collector"), material: "metal"))
    let found = try loss(sketch)
    #expect(abs(found.high - 0.75) < 1e-9)
    #expect(abs(found.low - (1 - share) * 0.75) < 1e-9)
    #expect(abs(found.rigid - (1 - (share / 2 + (1 - share) * 0.25) / (1 - share / 2))) < 1e-9)
  }

  /// A ring of sites, each of which takes all but 10⁻⁶ from the one before and the rest from a mine in China or America.
  @Test("a long ring that returns almost everything is solved too")
  func ring() throws {
    let length = 2_000
    let sketch = NetworkSketch(
      materials: ["m"],
      sites: [.init(id: "cn", country: "CN"), .init(id: "us", country: "US")]
        + (0..<length).map { .init(id: "s\($0)", country: "DE") },
      flows: (0..<length).flatMap { site -> [NetworkSketch.FlowRow] in
        [
          .init(
            from: .site("s\((site + length - 1) % length)"), to: .site("s\(site)"), material: "m",
            volume: 999_999),
          .init(from: .site(site % 4 == 0 ? "cn" : "us"), to: .site("s\(site)"), material: "m", volume: 1),
        ]
      } + [.init(from: .site("s0"), to: .demand("d"), material: "m")],
      demand: [.init(id: "d", material: "m", place: .country("DE"))])
    // Every fourth unit that comes in is lost; s0 has just lost one, which weighs a little more.
    let (kept, lost) = (0.999999, 1e-6)
    var once = 0.0
    var weight = lost
    for step in 0..<length {
      if (length - step) % 4 == 0 { once += weight }
      weight *= kept
    }
    let around = (0..<length).reduce(1.0) { product, _ in product * kept }
    #expect(abs(try loss(sketch).rigid - once / (1 - around)) < 1e-9)
  }

  private func scaled(_ seed: UInt64) throws -> SupplyNetwork {
    var generator = SeededGenerator(seed: seed)
    var sketch = NetworkSketch.random(using: &generator)
    for flow in sketch.flows.indices {
      let factor: Double = [1, 1, 100, 10_000].randomElement(using: &generator) ?? 1
      sketch.flows[flow].volume = sketch.flows[flow].volume.map { $0 * factor }
    }
    return try sketch.network()
  }

  /// Any solution is at most the greatest, and an iteration from 1 at least.
  @Test(
    "with volumes of very different size, levels solve their equations", arguments: 0..<10 as Range<UInt64>)
  func equations(block: UInt64) throws {
    for seed in block * 30..<(block + 1) * 30 {
      let network = try scaled(seed)
      let graph = ProductionGraph(network)
      let reference = ReferenceAnalysis(network)
      for ban in ["CN", "JP"] {
        let disruption = Disruption.exportBan(try country(ban))
        let state = graph.state(under: disruption, rigid: true)
        let isOperable = graph.operability(in: state)
        let levels = graph.rigidLevels(under: disruption)
        for node in graph.nodes.indices {
          let arriving = graph.lanes(into: node).map {
            (state.open[$0] * levels.expected[graph.lanes[$0].source], graph.baseline.share[$0])
          }
          var next = arriving.reduce(0) { $0 + $1.0 * $1.1 }
          if node < graph.operations.count { next = arriving.map(\.0).min() ?? 1 }
          #expect(abs(levels.expected[node] - (isOperable[node] ? next : 0)) < 1e-12, "seed \(seed)")
        }
        for (demand, bound) in zip(network.demand.keys, reference.rigidLoss(under: disruption)) {
          guard let bound else { continue }
          let loss = levels.loss(at: graph.node(of: demand))
          #expect(loss.rigid >= bound - 1e-9, "seed \(seed)")
          #expect(loss.low <= loss.rigid + 1e-9 && loss.rigid <= loss.high + 1e-9, "seed \(seed)")
        }
      }
    }
  }

  @Test("a loop that may not be solved is narrowed down from both ends", arguments: 0..<100 as Range<UInt64>)
  func narrowed(seed: UInt64) throws {
    let graph = ProductionGraph(try scaled(seed))
    let state = graph.state(under: .exportBan(try country("CN")), rigid: true)
    let isOperable = graph.operability(in: state)
    for split in [LossSearch.Split.asEstimated, .worst, .best] {
      func losses(fromAbove: Bool, mostSteps: Int) -> [Double] {
        var search = LossSearch(
          in: graph, isOperable: isOperable, open: state.open, split: split, fromAbove: fromAbove,
          mostSteps: mostSteps)
        search.run()
        #expect(mostSteps == 0 || search.isExact)
        return search.loss
      }
      let below = losses(fromAbove: false, mostSteps: 0)
      let above = losses(fromAbove: true, mostSteps: 0)
      for (node, exact) in losses(fromAbove: false, mostSteps: 1_000_000).enumerated() {
        #expect(below[node] <= exact + 1e-12 && exact <= above[node] + 1e-12)
      }
    }
  }

  /// From i of n steps a fair walk ends at n rather than at 0 with probability i / n.
  @Test("the ruin of a gambler")
  func gambler() throws {
    let count = 99
    var system = AbsorbingSystem(count: count)
    for unknown in 0..<count {
      for next in [unknown - 1, unknown + 1] {
        if next < 0 {
          system.add(0.5, of: 0, to: unknown)
        } else if next == count {
          system.add(0.5, of: 1, to: unknown)
        } else {
          system.add(0.5, from: next, to: unknown)
        }
      }
    }
    var steps = 10_000
    let solution = try #require(system.solve(atMost: &steps))
    for (unknown, value) in solution.enumerated() {
      #expect(abs(value - Double(unknown + 1) / Double(count + 1)) < 1e-13)
    }
    #expect(steps > 0)
    steps = 100
    #expect(system.solve(atMost: &steps) == nil)
  }
}
