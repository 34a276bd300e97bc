import FaultTrees
import TestSupport
import Testing

struct FaultTreeDiagramTests {
  private func ids(_ sets: [[Int]], _ tree: FaultTree) -> [[String]] {
    sets.map { $0.map { tree.basicEvents[$0].id } }
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool {
    a == b || abs(a - b) <= 1e-11 * max(1, abs(a), abs(b))
  }

  @Test("minimal cut sets are the least causing subsets, with any limit", arguments: UInt64(0)..<400)
  func minimalCutSets(seed: UInt64) throws {
    let tree = try FaultTree.random(maxEvents: seed % 10 == 0 ? 12 : 7, isCoherent: seed % 2 == 0, seed: seed)
    let expected = TriedFaultTree(tree).minimalCutSets
    let diagram = try FaultTreeDiagram(tree)
    for limit in [nil, 0, 1, 2, 4] {
      let sets = try diagram.minimalCutSets(orderLimit: limit)
      let kept = expected.filter { $0.count <= limit ?? .max }
      #expect(ids(sets.sets(limit: .max), tree) == kept, "limit \(limit ?? -1)")
      #expect(sets.count == kept.count)
      let largest = kept.last?.count ?? -1
      #expect(
        sets.countsByOrder == (0..<(largest + 1)).map { order in kept.count { $0.count == order } })
      #expect(
        sets.occurrences() == tree.basicEvents.map { event in kept.count { $0.contains(event.id) } })
      #expect(ids(sets.sets(limit: 3), tree) == Array(kept.prefix(3)))
    }
  }

  @Test("probability and importances are those of all states", arguments: UInt64(1000)..<1300)
  func probabilities(seed: UInt64) throws {
    let tree = try FaultTree.random(maxEvents: 7, isCoherent: seed % 2 == 0, seed: seed)
    let states = TriedFaultTree(tree)
    let diagram = try FaultTreeDiagram(tree)
    let total = states.probability()
    #expect(isClose(try diagram.probability(), total))
    for (position, importance) in try diagram.importances().enumerated() {
      let p = try #require(tree.basicEvents[position].probability)
      let with = states.probability(given: (position, true))
      let without = states.probability(given: (position, false))
      #expect(importance.event == position)
      #expect(importance.probability == p)
      #expect(isClose(importance.birnbaum, with - without))
      if total > 1e-6 {
        #expect(isClose(importance.criticality, p * (with - without) / total))
        #expect(isClose(importance.fussellVesely, p * with / total))
        #expect(isClose(importance.riskAchievement, with / total))
      }
      if without > 1e-6 || without == 0 {
        #expect(isClose(importance.riskReduction, without > 0 ? total / without : total > 0 ? .infinity : 1))
      }
    }
  }

  @Test("a tree that is coherent as written is monotone", arguments: UInt64(2000)..<2200)
  func coherence(seed: UInt64) throws {
    let plain = try FaultTree.random(maxEvents: 8, isCoherent: true, seed: seed)
    #expect(plain.isCoherent)
    let any = try FaultTree.random(maxEvents: 8, isCoherent: false, seed: seed)
    #expect(!any.isCoherent || TriedFaultTree(any).isMonotone)
  }

  private func voting(_ k: Int, of n: Int, _ probability: Double? = nil) throws -> FaultTree {
    try FaultTree(
      basicEvents: (0..<n).map { .init("e\($0)", probability: probability) },
      gates: [.init("top", .atLeast(k), (0..<n).map { .event($0) })], top: .gate(0))
  }

  @Test("k of n has binomially many cut sets", arguments: [(1, 1), (2, 3), (3, 7), (10, 20), (30, 60)])
  func binomials(k: Int, n: Int) throws {
    let sets = try FaultTreeDiagram(voting(k, of: n)).minimalCutSets()
    var binomial = 1
    for i in 1...k { binomial = binomial * (n - k + i) / i }
    #expect(sets.count == binomial)
    #expect(sets.countsByOrder == Array(repeating: 0, count: k) + [binomial])
    #expect(sets.occurrences() == Array(repeating: binomial / n * k + binomial % n * k / n, count: n))
  }

  @Test("more sets than an Int holds are unknown in number, not wrong")
  func tooManyToCount() throws {
    let sets = try FaultTreeDiagram(voting(50, of: 100)).minimalCutSets()
    #expect(sets.count == nil)
    #expect(sets.countsByOrder == Array(repeating: 0, count: 50) + [nil])
    let few = try FaultTreeDiagram(voting(50, of: 100)).minimalCutSets(orderLimit: 49)
    #expect(few.count == 0)
    #expect(few.countsByOrder == [])
  }

  @Test("tops that are certain or impossible", arguments: [true, false])
  func constants(state: Bool) throws {
    let event = FaultTree.BasicEvent("e", probability: 0.25)
    let tree = try FaultTree(basicEvents: [event], gates: [], top: .constant(state))
    let diagram = try FaultTreeDiagram(tree)
    let sets = try diagram.minimalCutSets()
    #expect(sets.sets(limit: 9) == (state ? [[]] : []))
    #expect(sets.countsByOrder == (state ? [1] : []))
    #expect(try diagram.probability() == (state ? 1 : 0))
    let importance = try #require(try diagram.importances().first)
    #expect(importance.birnbaum == 0)
    #expect(importance.riskAchievement == 1)
    #expect(importance.riskReduction == 1)
    #expect(importance.fussellVesely == (state ? 0.25 : 0))
  }

  @Test("an event without which nothing happens has an infinite risk reduction worth")
  func infiniteWorth() throws {
    let tree = try FaultTree(
      basicEvents: [.init("a", probability: 0.5), .init("b", probability: 0)],
      gates: [.init("top", .and, [.event(0), .event(1)])], top: .gate(0))
    let importances = try FaultTreeDiagram(tree).importances()
    #expect(importances.map(\.riskReduction) == [1, 1])
    #expect(importances.map(\.riskAchievement) == [1, .infinity])
    #expect(importances.map(\.birnbaum) == [0, 0.5])
    let single = try FaultTree(basicEvents: [.init("a", probability: 0.5)], gates: [], top: .event(0))
    #expect(try FaultTreeDiagram(single).importances().map(\.riskReduction) == [.infinity])
  }

  @Test("tiny probabilities keep their digits")
  func tinyProbabilities() throws {
    let tree = try FaultTree(
      basicEvents: (0..<4).map { .init("e\($0)", probability: 1e-12) },
      gates: [
        .init("left", .or, [.event(0), .event(1)]), .init("right", .or, [.event(2), .event(3)]),
        .init("top", .and, [.gate(0), .gate(1)]),
      ], top: .gate(2))
    let probability = try FaultTreeDiagram(tree).probability()
    #expect(abs(probability / 4e-24 - 1) < 1e-11)
  }

  @Test("a probability is only missed where it matters")
  func missingProbability() throws {
    let events: [FaultTree.BasicEvent] = [.init("a", probability: 0.5), .init("b")]
    let gates: [FaultTree.Gate] = [
      .init("top", .or, [.event(0), .gate(1)]), .init("both", .and, [.event(1), .house(0)]),
    ]
    func tree(_ state: Bool) throws -> FaultTreeDiagram {
      try FaultTreeDiagram(
        FaultTree(
          basicEvents: events, houseEvents: [.init("h", state: state)], gates: gates, top: .gate(0)))
    }
    #expect(try tree(false).probability() == 0.5)
    #expect(throws: FaultTreeError.probabilityMissing(event: "b")) { try tree(true).probability() }
    #expect(try tree(true).minimalCutSets().count == 2)
  }

  @Test("a chain of 100,000 gates", arguments: [FaultTree.Operation.or, .and])
  func deepChain(other: FaultTree.Operation) throws {
    let depth = 100_000
    let gates = (0..<depth).map { position in
      FaultTree.Gate(
        "g\(position)", position % 2 == 0 ? .or : other,
        [.event(position), position + 1 < depth ? .gate(position + 1) : .event(depth)])
    }
    let tree = try FaultTree(
      basicEvents: (0...depth).map { .init("e\($0)", probability: 1e-5) }, gates: gates, top: .gate(0))
    let diagram = try FaultTreeDiagram(tree)
    #expect(try diagram.importances().count == depth + 1)
    let sets = try diagram.minimalCutSets(orderLimit: 3)
    if other == .or {
      #expect(sets.count == depth + 1)
    } else {
      // e0 · (e1 ∧ (e2 ∨ (e3 ∧ …)))
      #expect(sets.countsByOrder == [0, 1, 1, 1])
      #expect(sets.sets(limit: 2) == [[0], [1, 2]])
      #expect(try diagram.minimalCutSets().count == depth / 2 + 1)
    }
  }

  @Test("the node limit ends a tree that is too large")
  func nodeLimit() throws {
    #expect(throws: FaultTreeError.nodeLimit(1000)) {
      try FaultTreeDiagram(voting(50, of: 100), nodeLimit: 1000)
    }
    // Sums of products that hold together in every order.
    let count = 90
    let gates =
      [FaultTree.Gate("top", .or, (0..<(3 * count)).map { .gate($0 + 1) })]
      + (0..<(3 * count)).map { number in
        let other = (number * 37 + number / count * 11 + 5) % count
        return FaultTree.Gate("p\(number)", .and, [.event(number % count), .event(count + other)])
      }
    let tree = try FaultTree(
      basicEvents: (0..<(2 * count)).map { .init("e\($0)") }, gates: gates, top: .gate(0))
    #expect(throws: FaultTreeError.nodeLimit(100_000)) { try FaultTreeDiagram(tree, nodeLimit: 100_000) }
  }

  @Test("the same tree gives the same order of sets whatever the order of its inputs")
  func orderOfSets() throws {
    func sets(_ inputs: [Int]) throws -> [[String]] {
      let tree = try FaultTree(
        basicEvents: ["c", "a", "b", "d"].map { .init($0) },
        gates: [.init("top", .atLeast(2), inputs.map { .event($0) })], top: .gate(0))
      return ids(try FaultTreeDiagram(tree).minimalCutSets().sets(limit: 4), tree)
    }
    let expected = [["a", "b"], ["a", "c"], ["a", "d"], ["b", "c"]]
    #expect(try sets([0, 1, 2, 3]) == expected)
    #expect(try sets([3, 0, 2, 1]) == expected)
  }
}
