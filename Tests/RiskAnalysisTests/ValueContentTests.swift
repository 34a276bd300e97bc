@testable import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

/// The part of a good's value that comes from a country, by hand and as laws.
struct ValueContentTests {
  /// Oxide from China and Australia mixes at a Japanese magnet maker: 0.3 t of oxide at 50 a kg in a tonne of magnet at 100.
  private func network(
    oxide: String? = "50 USD/kg", magnet: String? = "100 USD/kg",
    change: (inout NetworkSketch) -> Void = { _ in }
  ) throws -> SupplyNetwork {
    var sketch = NetworkSketch(
      stages: ["mine", "works"], materials: ["oxide", "magnet"], partOfX: ["oxide": 0.8, "magnet": 0.24],
      processes: [
        .init(id: "dig", outputs: [("oxide", 1)]),
        .init(id: "make", slots: [[("oxide", 0.3)]], outputs: [("magnet", 1)]),
      ],
      sites: [
        .init(id: "cn", stage: "mine", country: "CN"), .init(id: "au", stage: "mine", country: "AU"),
        .init(id: "works", stage: "works", country: "JP"), .init(id: "trader", country: "MY"),
      ],
      operations: [
        .init(site: "cn", process: "dig", output: 3), .init(site: "au", process: "dig", output: 1),
        .init(site: "works", process: "make", output: 10),
      ],
      flows: [
        .init(from: .site("works"), to: .site("trader"), material: "magnet", volume: 10),
        .init(from: .site("trader"), to: .demand("d"), material: "magnet", volume: 10),
      ],
      markets: ["oxide"], demand: [.init(id: "d", material: "magnet", amount: 10)])
    change(&sketch)
    var network = try sketch.network()
    let prices = ["oxide": oxide, "magnet": magnet]
    network.materials = Table(
      try network.materials.rows.map { row in
        let words = (prices[row.id] ?? nil)?.split(separator: " ") ?? []
        let unit = try words.last.map { try Unit($0) }
        let price = unit.flatMap { unit in
          Double(words[0]).map { Figure($0 * unit.factor, unit: unit) }
        }
        return Material(id: row.id, unit: row.unit, elements: row.elements, price: price)
      })
    return network
  }

  private func content(_ network: SupplyNetwork, from code: String = "CN") throws -> (
    ValueContent, ProductionGraph
  ) {
    let graph = ProductionGraph(network)
    let china = try country(code)
    let trace = OriginContent(of: graph, elements: ["X"])
    func origin(_ site: Key<Site>) -> OriginContent.Origin {
      graph.network.sites[site].country == china ? .counts : .doesNot
    }
    return (ValueContent(of: trace, from: origin, replacedAt: { origin($0) == .counts }), graph)
  }

  @Test("the value of what went in over the value of what came out, through a trader as well")
  func byHand() throws {
    let (value, graph) = try content(try network())
    let node = graph.node(of: Key(0))
    // Three quarters of 0.3 × 50 of 100.
    #expect(abs((value.expected[node] ?? 0) - 0.1125) < 1e-12)
    #expect(abs(value.low[node] - 0.1125) < 1e-12 && abs(value.high[node] - 0.1125) < 1e-12)
    #expect(value.missingPrices.isEmpty)
    // From a maker in the country, all of it is of there.
    let (own, same) = try content(try network { $0.sites[2].country = "CN" })
    #expect(own.expected[same.node(of: Key(0))] == 1)
    let (none, other) = try content(try network(), from: "FR")
    #expect(none.expected[other.node(of: Key(0))] == 0)
  }

  @Test(
    "a price that is missing, or in another currency, leaves bounds and is named",
    arguments: [nil, "90 EUR/kg"])
  func missing(price: String?) throws {
    let (value, graph) = try content(try network(magnet: price))
    let node = graph.node(of: Key(0))
    #expect(value.expected[node] == nil)
    #expect(value.low[node] == 0 && value.high[node] < 1 && value.high[node] > 0.99)
    #expect(value.missingPrices.map(\.position) == (price == nil ? [1] : [0]))
  }

  @Test("a split that is not known leaves the most and the least that it can be")
  func bounds() throws {
    let (value, graph) = try content(
      try network {
        $0.operations[0].output = nil
        $0.operations[1].output = nil
      })
    let node = graph.node(of: Key(0))
    #expect(value.low[node] == 0)
    #expect(abs(value.high[node] - 0.15) < 1e-12)
  }

  @Test(
    "a content rule by value decides on both sides of its bound",
    arguments: [(0.1125, true), (0.1126, false), (0.5, false), (1, false), (0.001, true)])
  func rule(atLeast: Double, isMet: Bool) throws {
    let network = try network()
    let content = Control.Content(
      from: [try country("CN")], atLeast: Figure(atLeast, unit: try Unit("")), by: .value)
    let found = network.sellers(meeting: content, of: Control.Subject(elements: ["X"]))
    let works: Key<Site> = Key(2)
    let trader: Key<Site> = Key(3)
    #expect(found.met.contains(works) == isMet && found.exempt.contains(works) == !isMet)
    #expect(found.met.contains(trader) == isMet && found.exempt.contains(trader) == !isMet)
  }

  @Test("without prices a rule by value is open, and one without a bound is met by anything")
  func unpriced() throws {
    let network = try network(oxide: nil, magnet: nil)
    func met(_ atLeast: Double?) throws -> (met: Bool, exempt: Bool) {
      let unit = try Unit("")
      let content = Control.Content(
        from: [try country("CN")], atLeast: atLeast.map { Figure($0, unit: unit) }, by: .value)
      let found = network.sellers(meeting: content, of: Control.Subject(elements: ["X"]))
      return (found.met.contains(Key(2)), found.exempt.contains(Key(2)))
    }
    #expect(try met(0.001) == (false, false))
    #expect(try met(nil) == (true, false))
    #expect(try met(1) == (false, true))
  }

  @Test(
    "bounds hold the estimate, twice all prices change nothing, and a country less is no more",
    arguments: 0..<200 as Range<UInt64>)
  func laws(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var sketch = NetworkSketch.random(using: &generator)
    for material in sketch.materials { sketch.partOfX[material] = 0.5 }
    let base = try sketch.network()
    let unit = try Unit("USD/t")
    let prices = base.materials.rows.map { _ in
      Double.random(in: 0..<1, using: &generator) < 0.8
        ? Double(Int.random(in: 1...50, using: &generator)) : nil
    }
    func graph(times factor: Double) -> ProductionGraph {
      var network = base
      network.materials = Table(
        zip(base.materials.rows, prices).map { row, price in
          Material(
            id: row.id, unit: row.unit, elements: row.elements,
            price: price.map { Figure($0 * factor, unit: unit) })
        })
      return ProductionGraph(network)
    }
    func value(_ graph: ProductionGraph, _ codes: [String]) throws -> ValueContent {
      let countries = Set(try codes.map { try country($0) })
      func origin(_ site: Key<Site>) -> OriginContent.Origin {
        graph.network.sites[site].country.map { countries.contains($0) ? .counts : .doesNot } ?? .notKnown
      }
      return ValueContent(
        of: OriginContent(of: graph, elements: ["X"]), from: origin, replacedAt: { origin($0) == .counts })
    }
    let one = graph(times: 1)
    let (both, less) = (try value(one, ["CN", "JP"]), try value(one, ["CN"]))
    let doubled = try value(graph(times: 2), ["CN", "JP"])
    for node in one.nodes.indices {
      #expect(0 <= both.low[node] && both.low[node] <= both.high[node] + 1e-12 && both.high[node] <= 1)
      if let best = both.expected[node] {
        #expect(both.low[node] <= best + 1e-9 && best <= both.high[node] + 1e-9)
        #expect(abs(best - (doubled.expected[node] ?? -1)) < 1e-9)
      } else {
        #expect(doubled.expected[node] == nil)
      }
      #expect(abs(both.high[node] - doubled.high[node]) < 1e-9)
      #expect(less.low[node] <= both.low[node] + 1e-9)
      #expect(less.high[node] <= both.high[node] + 1e-9)
    }
  }
}
