import FaultTrees
import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

/// The fault trees of products, compared with taking elements away and asking what can still be made.
struct FailureTreeTests {
  private func network(_ seed: UInt64) throws -> SupplyNetwork {
    var generator = SeededGenerator(seed: seed)
    return try NetworkSketch.random(using: &generator).network()
  }

  /// Everything of a level that a tree may hold.
  private func elements(of failures: [ProductFailure]) -> [Element] {
    var seen: Set<Element> = []
    return failures.flatMap(\.elements).filter { seen.insert($0).inserted }
  }

  /// Whether the top of a tree happens when exactly these elements fail.
  private func happens(_ failure: ProductFailure, _ failed: Set<Element>) -> Bool {
    var events = 0
    for (position, element) in failure.elements.enumerated() where failed.contains(element) {
      events |= 1 << position
    }
    return failure.tree.happens(events)
  }

  /// The obvious way: a graph that tells the failed elements apart, and its least fixpoint.
  private func stopped(_ network: SupplyNetwork, _ disruption: Disruption) -> [Bool] {
    let graph = ProductionGraph(network, tellingApart: disruption)
    let isOperable = graph.operability(in: graph.state(under: disruption))
    return network.demand.keys.map { !isOperable[graph.node(of: $0)] }
  }

  /// A stock in one country of one of the first materials, which fills what needs it there.
  private func stockRelease(_ network: SupplyNetwork) throws -> Disruption {
    var release = Disruption.none
    let material = Key<Material>(network.sites.count % max(1, network.materials.count))
    release.responses = [
      .releaseStock(
        material, holder: .country(try country("DE")), amount: Figure(60, unit: try Unit("d")), over: nil)
    ]
    return release
  }

  /// One level after the other, and a mix.
  private func levels(_ seed: UInt64) -> Set<Element.Level> {
    let all = Element.Level.allCases.map { Set([$0]) } + [[.site, .exports, .technology]]
    return all[Int(seed % UInt64(all.count))]
  }

  @Test("the failure of any elements does what the tree says", arguments: UInt64(0)..<100)
  func agreesWithRemoval(block: UInt64) throws {
    for seed in (block * 25)..<((block + 1) * 25) {
      let network = try network(seed)
      let base = seed % 3 == 0 ? try stockRelease(network) : .none
      let graph = ProductionGraph(network, tellingApart: base)
      var generator = SeededGenerator(seed: seed &+ 77)
      let levels = levels(seed)
      let failures = try graph.failures(in: graph.state(under: base), at: levels)
      let all = elements(of: failures)
      #expect(all.allSatisfy { levels.contains($0.level) })
      for trial in 0..<(all.isEmpty ? 1 : 5) {
        let failed = all.filter { _ in
          trial > 0 && Double.random(in: 0..<1, using: &generator) < 0.15 * Double(trial)
        }
        let expected = stopped(network, base.adding(Disruption(failures: failed)))
        for failure in failures where failure.elements.count < 60 {
          #expect(
            happens(failure, Set(failed)) == expected[failure.demand.position],
            "\(seed) \(levels) \(failed.map { $0.id(in: network) }) \(network.demand[failure.demand].id)")
        }
      }
    }
  }

  @Test("minimal cut sets are the least sets whose removal stops a product", arguments: UInt64(0)..<100)
  func minimalSets(seed: UInt64) throws {
    let network = try network(seed)
    let graph = ProductionGraph(network)
    for level in [Element.Level.site, .country, .operator] {
      let failures = try graph.failures(in: graph.state(under: .none), at: [level])
      for failure in failures {
        let found = try CutSetAnalysis(of: failure.tree, orderLimit: 3).sets.sets(limit: .max)
          .map { Set($0.map { failure.elements[$0] }) }
        // All sets of up to three elements, the smallest first.
        let all = allElements(of: network).filter { $0.level == level }
        var expected: Set<Set<Element>> = []
        var candidates: [[Int]] = [[]]
        for _ in 0...3 {
          var next: [[Int]] = []
          for candidate in candidates {
            let set = Set(candidate.map { all[$0] })
            if expected.contains(where: { $0.isSubset(of: set) }) { continue }
            if stopped(network, Disruption(failures: Array(set)))[failure.demand.position] {
              expected.insert(set)
            } else {
              for position in ((candidate.last ?? -1) + 1)..<max((candidate.last ?? -1) + 1, all.count) {
                next.append(candidate + [position])
              }
            }
          }
          candidates = next
        }
        #expect(Set(found) == expected && found.count == expected.count)
      }
    }
  }

  @Test("single points of failure are the sets of one element", arguments: UInt64(1000)..<1080)
  func singlePoints(seed: UInt64) throws {
    let network = try network(seed)
    let graph = ProductionGraph(network)
    for disruption in try disruptions(of: network) + [stockRelease(network)] {
      let graph = disruption == .none ? graph : ProductionGraph(network, tellingApart: disruption)
      let state = graph.state(under: disruption)
      for level in Element.Level.allCases {
        let points = graph.singlePoints(in: state, at: [level])
        for failure in try graph.failures(in: state, at: [level]) {
          let sets = try CutSetAnalysis(of: failure.tree, orderLimit: 1).sets
          guard points.isMet[failure.demand.position] else {
            #expect(sets.sets(limit: 2) == [[]])
            continue
          }
          let single = sets.sets(limit: .max).map { failure.elements[$0[0]] }
          #expect(Set(single) == Set(points.ofDemand[failure.demand.position]))
        }
      }
    }
  }

  @Test("loops within loops are settled in full", arguments: UInt64(0)..<60)
  func nestedLoops(seed: UInt64) throws {
    // Every site makes one material out of one other; loops are everywhere, and few sites need nothing.
    var generator = SeededGenerator(seed: seed)
    let count = 8
    var sketch = NetworkSketch()
    sketch.materials = (0..<count).map { "m\($0)" }
    for number in 0..<count {
      var process = NetworkSketch.ProcessRow(id: "p\(number)", outputs: [("m\(number)", 1)])
      if number > 1 {
        for _ in 0..<Int.random(in: 1...2, using: &generator) {
          let first = Int.random(in: 0..<count, using: &generator)
          let second = (first + Int.random(in: 1..<count, using: &generator)) % count
          process.slots.append([("m\(first)", 1), ("m\(second)", 1)])
        }
      }
      sketch.processes.append(process)
      sketch.sites.append(.init(id: "s\(number)", country: "CN"))
      sketch.operations.append(.init(site: "s\(number)", process: "p\(number)", output: nil))
    }
    sketch.markets = sketch.materials
    sketch.demand = [.init(id: "d", material: "m\(count - 1)", place: .anywhere)]
    let network = try sketch.network()
    let graph = ProductionGraph(network)
    let failure = try #require(try graph.failures(in: graph.state(under: .none), at: [.site]).first)
    for subset in 0..<(1 << count) {
      let failed = network.sites.keys.filter { subset >> $0.position & 1 == 1 }.map { Element.site($0) }
      #expect(happens(failure, Set(failed)) == stopped(network, Disruption(failures: failed))[0])
    }
  }

  @Test("loops and markets that would take too many gates are refused")
  func gateLimit() throws {
    let network = try network(3)
    let graph = ProductionGraph(network)
    #expect(throws: FaultTreeTooLarge.self) {
      try graph.failures(in: graph.state(under: .none), at: [.lane], gateLimit: 2)
    }
  }

  @Test("probabilities go to the elements that they are given for")
  func probabilities() throws {
    let network = try network(5)
    let graph = ProductionGraph(network)
    let site = Element.site(Key(0))
    for failure in try graph.failures(in: graph.state(under: .none), at: [.site], probabilities: [site: 0.25])
    {
      for (element, event) in zip(failure.elements, failure.tree.basicEvents) {
        #expect(event.probability == (element == site ? 0.25 : nil))
        #expect(event.id == "site:\(element.id(in: network))")
        #expect(event.name == element.name(in: network))
      }
    }
  }

  @Test("every element is found again by its level and id", arguments: UInt64(0)..<40)
  func names(seed: UInt64) throws {
    let network = try network(seed)
    let graph = ProductionGraph(network)
    let names = ElementNames(of: network)
    for level in Element.Level.allCases {
      for element in elements(of: try graph.failures(in: graph.state(under: .none), at: [level])) {
        #expect(names.element(element.id(in: network), at: level) == element)
      }
    }
    #expect(names.element("nothing", at: .site) == nil)
    #expect(names.element("ZZ", at: .country) == nil)
    #expect(names.element("s0>", at: .lane) == nil)
    #expect(names.element("CN:", at: .countryMaterial) == nil)
  }
}
