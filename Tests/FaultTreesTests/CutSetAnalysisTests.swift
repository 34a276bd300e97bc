@testable import FaultTrees
import TestSupport
import Testing

struct CutSetAnalysisTests {
  private func ids(_ sets: [[Int]], _ tree: FaultTree) -> [[String]] {
    sets.map { $0.map { tree.basicEvents[$0].id } }
  }

  /// Three random trees that share nothing, under one gate: its inputs are modules.
  private func modular(isCoherent: Bool, seed: UInt64) throws -> FaultTree {
    var generator = SeededGenerator(seed: seed)
    var events: [FaultTree.BasicEvent] = []
    var gates: [FaultTree.Gate] = []
    var tops: [FaultTree.Input] = []
    let houses = [FaultTree.HouseEvent("on", state: true), FaultTree.HouseEvent("off", state: false)]
    for part in 0..<3 {
      let tree = try FaultTree.random(maxEvents: 4, isCoherent: isCoherent, seed: seed &* 31 &+ UInt64(part))
      let (firstEvent, firstGate) = (events.count, gates.count)
      events += tree.basicEvents.map { .init("\(part)\($0.id)", probability: $0.probability) }
      gates += tree.gates.map { gate in
        FaultTree.Gate(
          nil, gate.operation,
          gate.inputs.map { input in
            switch input {
            case .event(let event): .event(event + firstEvent)
            case .gate(let gate): .gate(gate + firstGate)
            case .house, .constant: input
            }
          })
      }
      tops.append(.gate(gates.count - 1))
    }
    let operations: [FaultTree.Operation] =
      isCoherent ? [.and, .or, .atLeast(2)] : [.and, .or, .atLeast(2), .xor, .nand, .nor]
    let operation = operations[Int.random(in: 0..<operations.count, using: &generator)]
    gates.append(.init("top", operation, tops))
    return try FaultTree(
      basicEvents: events, houseEvents: houses, gates: gates, top: .gate(gates.count - 1))
  }

  @Test("trees of independent parts mean what all their states say", arguments: UInt64(0)..<200)
  func modules(seed: UInt64) throws {
    let tree = try modular(isCoherent: seed % 2 == 0, seed: seed)
    let states = TriedFaultTree(tree)
    let expected = states.minimalCutSets
    for limit in [nil, 1, 2, 3] {
      let analysis = try CutSetAnalysis(of: tree, orderLimit: limit)
      #expect(
        ids(analysis.sets.sets(limit: .max), tree) == expected.filter { $0.count <= limit ?? .max },
        "limit \(limit ?? -1)")
      #expect(analysis.leastOrder == expected.first?.count)
      #expect(analysis.hasDiagram)
    }
    let analysis = try CutSetAnalysis(of: tree, orderLimit: nil)
    let total = states.probability()
    #expect(abs(try #require(analysis.probability) - total) < 1e-11)
    for importance in analysis.importances {
      let with = states.probability(given: (importance.event, true))
      let without = states.probability(given: (importance.event, false))
      #expect(abs(importance.birnbaum - (with - without)) < 1e-11)
      if total > 1e-6 {
        #expect(abs(importance.riskAchievement - with / total) < 1e-9 * max(1, with / total))
        #expect(abs(importance.fussellVesely - importance.probability * with / total) < 1e-9)
      }
    }
  }

  @Test("gate by gate the same sets are found as with a diagram", arguments: UInt64(0)..<300)
  func gateByGate(seed: UInt64) throws {
    let tree =
      seed % 3 == 0
      ? try modular(isCoherent: true, seed: seed)
      : try FaultTree.random(maxEvents: 9, isCoherent: true, seed: seed)
    #expect(tree.isPlain)
    let expected = TriedFaultTree(tree).minimalCutSets
    for limit in [0, 1, 2, 3, 5, 20] {
      let sets = try tree.minimalCutSets(orderLimit: limit, nodeLimit: 100_000)
      #expect(ids(sets.sets(limit: .max), tree) == expected.filter { $0.count <= limit }, "limit \(limit)")
    }
  }

  @Test("a tree whose diagram is too large still has its small sets")
  func withoutDiagram() throws {
    // Each of many must fail twice over, in pairs that hold together in every order.
    let count = 90
    let pairs = 3 * count
    let gates =
      [
        FaultTree.Gate("top", .or, [.event(2 * count), .gate(1)]),
        FaultTree.Gate("all", .and, (0..<pairs).map { .gate($0 + 2) }),
      ]
      + (0..<pairs).map { number in
        let other = (number * 37 + number / count * 11 + 5) % count
        return FaultTree.Gate("p\(number)", .or, [.event(number % count), .event(count + other)])
      }
    func tree(_ probability: Double?) throws -> FaultTree {
      try FaultTree(
        basicEvents: (0...(2 * count)).map { .init("e\($0)", probability: probability) }, gates: gates,
        top: .gate(0))
    }
    for probability in [nil, 0.1] {
      let analysis = try CutSetAnalysis(of: tree(probability), orderLimit: 3, nodeLimit: 50_000)
      #expect(!analysis.hasDiagram)
      #expect(analysis.lacksProbability == (probability != nil))
      #expect(analysis.probability == nil)
      #expect(analysis.sets.sets(limit: 9) == [[2 * count]])
    }
    #expect(throws: FaultTreeError.nodeLimit(50_000)) {
      try CutSetAnalysis(of: tree(nil), orderLimit: nil, nodeLimit: 50_000)
    }
  }

  @Test("the most probable sets come first, however many are asked for", arguments: UInt64(0)..<200)
  func mostProbable(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let random = try FaultTree.random(maxEvents: 9, isCoherent: seed % 2 == 0, seed: seed)
    // Distinct probabilities, so that there are no ties.
    let tree = try FaultTree(
      basicEvents: random.basicEvents.map {
        .init($0.id, probability: Double.random(in: 0.01..<0.99, using: &generator))
      }, houseEvents: random.houseEvents, gates: random.gates, top: random.top)
    let sets = try CutSetAnalysis(of: tree, orderLimit: nil).sets
    let expected = sets.sets(limit: .max).map { set in
      (set: set, product: set.reduce(1) { $0 * (tree.basicEvents[$1].probability ?? 0) })
    }.sorted { $0.product > $1.product }
    for limit in [1, 3, .max] {
      let found = sets.mostProbableSets(limit: limit)
      #expect(found.count == min(limit, expected.count))
      for (one, other) in zip(found, expected) {
        #expect(one.events == other.set)
        #expect(abs(one.probability - other.product) <= 1e-12 * other.product)
      }
    }
  }
}
