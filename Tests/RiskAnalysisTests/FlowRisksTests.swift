import GraphCore
import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

struct FlowRisksTests {
  // Two mines feed a smelter; a third mine and the smelter feed plant 4; the smelter alone feeds plant 5. Sites 6 and 7 feed
  // each other and plant 8, and nothing feeds them.
  @Test("a small network by hand")
  func byHand() {
    let graph = DirectedGraph(
      nodeCount: 9, edges: [(0, 3), (1, 3), (2, 4), (3, 4), (3, 5), (6, 7), (7, 6), (7, 8)])
    let none = GroupDominators.noGroup
    let operators = FlowRisks.Grouping(
      names: ["a", "b", "c"], groupOfSite: [0, 0, 0, 1, none, 2, none, none, 2])
    let risks = FlowRisks(of: graph, groupings: [operators])
    #expect(risks.sources.map(\.position) == [0, 1, 2])
    #expect(risks.products.map(\.position) == [4, 5, 8])
    #expect(risks.unmet.map(\.position) == [8])
    #expect(risks.productsOfSite == [0, 0, 0, 1, 1, 1, 0, 0, 0])
    #expect(risks.groups[0].products == [2, 1, 1])
    #expect(risks.groups[0].dominators.groups(dominating: NodeIndex(4)) == [0])
    #expect(risks.groups[0].dominators.groups(dominating: NodeIndex(5)) == [0, 1, 2])
  }

  @Test("a network without flows has no sites, and nothing stops")
  func empty() {
    let risks = FlowRisks(
      of: DirectedGraph(nodeCount: 0, edges: []), groupings: [.init(names: ["a"], groupOfSite: [])])
    #expect(risks.productsOfSite == [])
    #expect(risks.groups[0].products == [0])
  }

  @Test("the single points are those of the same network without recipes", arguments: UInt64(0)..<200)
  func agreesWithProductionGraph(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let (graph, edges) = DirectedGraph.random(maxNodes: 14, using: &generator)
    let codes = ["CN", "DE", "FR", "JP"]
    let countries = graph.nodes.map { _ in
      Int.random(in: 0..<5, using: &generator) == 0 ? nil : UInt32.random(in: 0..<4, using: &generator)
    }
    let operators = graph.nodes.map { _ in
      Int.random(in: 0..<5, using: &generator) == 0 ? nil : UInt32.random(in: 0..<3, using: &generator)
    }
    func grouping(_ names: [String], _ groups: [UInt32?]) -> FlowRisks.Grouping {
      .init(names: names, groupOfSite: ContiguousArray(groups.map { $0 ?? GroupDominators.noGroup }))
    }
    let risks = FlowRisks(
      of: graph, groupings: [grouping(["o0", "o1", "o2"], operators), grouping(codes, countries)])

    // Each product sends what it gets to a demand of its own.
    let products = Array(risks.products)
    let network = SupplyNetwork(
      id: "flows", materials: [Material(id: "goods", unit: try Unit("t"))],
      operators: (0..<3).map { Operator(id: "o\($0)") },
      sites: graph.nodes.map { site in
        Site(
          id: "s\(site.position)",
          country: countries[site.position].flatMap { Country(code: codes[Int($0)]) },
          operatorKey: operators[site.position].map { Key(Int($0)) })
      },
      flows: edges.enumerated().map { number, edge in
        Flow(id: "f\(number)", from: .site(Key(edge.0)), to: .site(Key(edge.1)))
      }
        + products.enumerated().map { number, product in
          Flow(id: "p\(number)", from: .site(Key(product.position)), to: .demand(Key(number)))
        },
      demand: products.indices.map { Demand(id: "d\($0)", material: Key(0)) })
    let general = ProductionGraph(network)
    let points = general.singlePoints(in: general.state(under: .none), at: [.site, .operator, .country])
    var count: [Element: Int] = [:]
    for (number, product) in products.enumerated() {
      #expect(points.isMet[number] == !risks.unmet.contains(product))
      let expected = points.ofDemand[number]
      for element in expected { count[element, default: 0] += 1 }
      var found: Set<Element> = []
      if points.isMet[number] {
        found.insert(.site(Key(product.position)))
        for site in risks.dominators.dominators(of: product) { found.insert(.site(Key(site.position))) }
      }
      for group in risks.groups[0].dominators.groups(dominating: product) {
        found.insert(.operatorOf(Key(Int(group))))
      }
      for group in risks.groups[1].dominators.groups(dominating: product) {
        if let country = Country(code: codes[Int(group)]) { found.insert(.country(country)) }
      }
      #expect(found == Set(expected), "product \(product.position) of \(edges)")
    }
    for site in graph.nodes {
      #expect(risks.productsOfSite[site.position] == count[.site(Key(site.position))] ?? 0)
    }
    for number in 0..<3 { #expect(risks.groups[0].products[number] == count[.operatorOf(Key(number))] ?? 0) }
  }
}
