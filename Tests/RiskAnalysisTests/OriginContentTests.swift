@testable import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

/// Where what is in a product comes from, by hand, and against solving all equations as one dense system.
struct OriginContentTests {
  /// A mine in China and one in Australia, which mix at a plant; scrap from the plant's product comes back to it.
  private func mixing(_ china: Double?, _ australia: Double?, scrap: Bool = false) throws -> ProductionGraph {
    var sketch = NetworkSketch(
      stages: ["mine", "plant"], materials: ["ore", "oxide", "motor"], partOfX: ["ore": 0.1, "oxide": 0.8],
      processes: [
        .init(id: "dig", outputs: [("ore", 1)]),
        .init(
          id: "refine", slots: [[("ore", 8)]] + (scrap ? [[("scrap", 0.25)]] : []),
          outputs: [("oxide", 1)] + (scrap ? [("scrap", 0.25)] : [])),
        .init(id: "build", slots: [[("oxide", 1)]], outputs: [("motor", 1)]),
      ],
      sites: [
        .init(id: "cn", stage: "mine", country: "CN"), .init(id: "au", stage: "mine", country: "AU"),
        .init(id: "plant", stage: "plant", country: "JP"), .init(id: "works", stage: "plant", country: "DE"),
      ],
      operations: [
        .init(site: "cn", process: "dig", output: china),
        .init(site: "au", process: "dig", output: australia),
        .init(site: "plant", process: "refine", output: 1), .init(site: "works", process: "build", output: 1),
      ],
      markets: ["ore", "oxide", "motor"], demand: [.init(id: "d", material: "motor", amount: 1)])
    if scrap {
      sketch.materials.append("scrap")
      sketch.partOfX["scrap"] = 0.8
      sketch.markets.append("scrap")
    }
    return ProductionGraph(try sketch.network())
  }

  private func share(of code: String, in graph: ProductionGraph) throws -> OriginContent.Share? {
    let country = try country(code)
    let content = OriginContent(of: graph, elements: ["X"])
    return content.field { graph.network.sites[$0].country == country ? .counts : .doesNot }[
      graph.node(of: Key(0))]
  }

  @Test("ores that mix are in the product as they are in the mixture, and a process makes no origin")
  func mixture() throws {
    let graph = try mixing(3, 1)
    #expect(try share(of: "CN", in: graph) == .init(low: 0.75, expected: 0.75, high: 0.75))
    #expect(try share(of: "AU", in: graph) == .init(low: 0.25, expected: 0.25, high: 0.25))
    #expect(try share(of: "JP", in: graph) == .init(low: 0, expected: 0, high: 0))
  }

  @Test("scrap that comes back is of the origin of what it was made from")
  func loop() throws {
    // A plant that needs its own scrap to start cannot start; one with ore alone in a second process can.
    var sketch = NetworkSketch(
      materials: ["ore", "oxide", "scrap"], partOfX: ["ore": 0.1, "oxide": 0.8, "scrap": 0.8],
      processes: [
        .init(id: "dig", outputs: [("ore", 1)]),
        .init(id: "refine", slots: [[("ore", 8)]], outputs: [("oxide", 1)]),
        .init(id: "use", slots: [[("oxide", 1)]], outputs: [("scrap", 1)]),
        .init(id: "recycle", slots: [[("scrap", 1)]], outputs: [("oxide", 1)]),
      ],
      sites: ["CN", "AU", "JP", "DE", "FR"].map { .init(id: $0, country: $0) },
      operations: [
        .init(site: "CN", process: "dig", output: 16), .init(site: "AU", process: "dig", output: 8),
        .init(site: "JP", process: "refine", output: 3), .init(site: "DE", process: "use", output: 5),
        .init(site: "FR", process: "recycle", output: 2),
      ],
      markets: ["ore", "oxide", "scrap"], demand: [.init(id: "d", material: "scrap", amount: 3)])
    sketch.markets = ["ore", "oxide", "scrap"]
    let graph = ProductionGraph(try sketch.network())
    let china = try #require(try share(of: "CN", in: graph))
    #expect(abs(china.expected - 2.0 / 3) < 1e-12 && china.high - china.low < 1e-12)
    let recycler = try #require(try share(of: "FR", in: graph))
    #expect(recycler.expected == 0 && recycler.high < 1e-12)
    let content = OriginContent(of: graph, elements: ["X"])
    #expect(content.field { _ in .counts }.residual <= 1e-14)
  }

  @Test("where outputs of mines are not known, the share is bounded and not claimed")
  func bounds() throws {
    let share = try #require(try share(of: "CN", in: try mixing(nil, nil)))
    #expect(share.low == 0 && share.expected == 0.5 && share.high == 1)
  }

  @Test("an element that is in nothing has no origin, and a mine of unknown place may be anywhere")
  func nothing() throws {
    let graph = try mixing(3, 1)
    let none = OriginContent(of: graph, elements: ["Y"])
    #expect(none.field { _ in .counts }[graph.node(of: Key(0))] == nil)
    #expect(none.makers(of: graph.node(of: Key(0))).isEmpty)
    let content = OriginContent(of: graph, elements: ["X"])
    let share = try #require(
      content.field { graph.network.sites[$0].id == "cn" ? .notKnown : .doesNot }[graph.node(of: Key(0))])
    #expect(share == .init(low: 0, expected: 0, high: 0.75))
  }

  // MARK: Random networks

  private func random(_ seed: UInt64) throws -> SupplyNetwork {
    var generator = SeededGenerator(seed: seed)
    var sketch = NetworkSketch.random(using: &generator)
    for material in sketch.materials where Double.random(in: 0..<1, using: &generator) < 0.9 {
      sketch.partOfX[material] = Double(Int.random(in: 0...3, using: &generator)) / 4
    }
    return try sketch.network()
  }

  @Test(
    "shares lie between their bounds, and what all sites give is everything",
    arguments: 0..<300 as Range<UInt64>)
  func laws(seed: UInt64) throws {
    let network = try random(seed)
    let graph = ProductionGraph(network)
    let content = OriginContent(of: graph, elements: ["X"])
    let all = content.field { _ in .counts }
    let none = content.field { _ in .doesNot }
    let some = content.field { $0.position % 2 == 0 ? .counts : .doesNot }
    let others = content.field { $0.position % 2 == 0 ? .doesNot : .counts }
    let halfKnown = content.field { $0.position % 2 == 0 ? .counts : .notKnown }
    for node in graph.nodes.indices {
      guard let share = some[node], let rest = others[node], let whole = all[node], let nothing = none[node],
        let open = halfKnown[node]
      else {
        #expect(some[node] == nil && all[node] == nil)
        continue
      }
      #expect(share.low <= share.expected && share.expected <= share.high)
      #expect(abs(share.expected + rest.expected - whole.expected) < 1e-9)
      #expect(share.low + rest.low <= whole.low + 1e-9)
      #expect(nothing.low == 0 && nothing.expected == 0)
      #expect(open.low <= share.low + 1e-12 && open.high >= share.high - 1e-12)
      let parts = content.makers(of: node)
      #expect(abs(parts.reduce(0) { $0 + $1.part } - whole.expected) < 1e-9)
      #expect(
        abs(parts.reduce(0) { $1.site.position % 2 == 0 ? $0 + $1.part : $0 } - share.expected) < 1e-9)
    }
  }

  @Test("the best estimate solves the equations of mixing", arguments: 0..<200 as Range<UInt64>)
  func dense(seed: UInt64) throws {
    let network = try random(seed)
    let graph = ProductionGraph(network)
    let content = OriginContent(of: graph, elements: ["X"])
    let field = content.field { $0.position % 2 == 0 ? .counts : .doesNot }
    let whole = content.field { _ in .counts }
    func fraction(_ material: Key<Material>) -> Double? {
      network.materials[material].elements.first { $0.symbol == "X" }?.fraction
    }
    // Slots, hubs and demands of one composed material mix by share; the recipe decides in operations.
    for node in graph.nodes.indices {
      guard let share = field[node], whole[node]?.expected ?? 0 > 1 - 1e-9 else { continue }
      let lanes = graph.lanes(into: node).filter { graph.baseline.share[$0] > 0 }
      if node >= graph.operations.count {
        let held = lanes.filter { field[graph.lanes[$0].source] != nil }
        let total = held.reduce(0) { $0 + graph.baseline.share[$1] }
        let sum = held.reduce(0) {
          $0 + graph.baseline.share[$1] / total * (field[graph.lanes[$1].source]?.expected ?? 0)
        }
        #expect(abs(sum - share.expected) < 1e-9)
      } else if let process = graph.operations[node].process, !graph.lanes(into: node).isEmpty {
        var (sum, total, isComposed) = (0.0, 0.0, true)
        for (slot, lane) in zip(network.processes[process].slots, graph.lanes(into: node)) {
          let source = graph.lanes[lane].source
          for lane in graph.lanes(into: source) where graph.baseline.share[lane] > 0 {
            guard let material = graph.lanes[lane].material, let fraction = fraction(material),
              let amount = slot.choices.first(where: { $0.material == material })?.amount.value
            else {
              isComposed = false
              continue
            }
            let mass = graph.baseline.share[lane] * amount * fraction
            total += mass
            sum += mass * (field[source]?.expected ?? 0)
          }
        }
        if isComposed, total > 0 { #expect(abs(sum / total - share.expected) < 1e-9) }
      }
    }
  }

  @Test("the order of rows changes nothing", arguments: 0..<40 as Range<UInt64>)
  func relabelled(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed &+ 1_000)
    var sketch = NetworkSketch.random(using: &generator)
    for material in sketch.materials { sketch.partOfX[material] = 0.5 }
    let other = sketch.shuffled(using: &generator)
    func shares(_ sketch: NetworkSketch) throws -> [String: OriginContent.Share?] {
      let graph = ProductionGraph(try sketch.network())
      let china = try country("CN")
      let field = OriginContent(of: graph, elements: ["X"]).field {
        graph.network.sites[$0].country.map { $0 == china ? .counts : .doesNot } ?? .notKnown
      }
      return Dictionary(
        uniqueKeysWithValues: graph.network.demand.keys.map {
          (graph.network.demand[$0].id, field[graph.node(of: $0)])
        })
    }
    let (one, two) = (try shares(sketch), try shares(other))
    for (id, share) in one {
      let again = try #require(two[id])
      #expect((share == nil) == (again == nil))
      if let share, let again {
        #expect(abs(share.expected - again.expected) < 1e-9)
        #expect(abs(share.low - again.low) < 1e-9 && abs(share.high - again.high) < 1e-9)
      }
    }
  }
}
