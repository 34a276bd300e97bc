import FaultTrees
import Foundation
import Testing

/// Models with published answers.
struct PublishedFaultTreeTests {
  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-5 * max(abs(a), abs(b)) }

  /// Small models of the kind that SCRAM ships, with the figures that its version 0.16.2 prints.
  @Test(
    "SCRAM's small models",
    arguments: [
      (
        .or, ["A": 0.1, "B": 0.2, "C": 0.3], [["A"], ["B"], ["C"]], 0.496,
        [
          "A": [0.56, 0.112903, 0.201613, 2.01613, 1.12727],
          "C": [0.72, 0.435484, 0.604839, 2.01613, 1.77143],
        ]
      ),
      (
        .atLeast(2), ["A": 0.1, "B": 0.2, "C": 0.3], [["A", "B"], ["A", "C"], ["B", "C"]], 0.098,
        ["B": [0.34, 0.693878, 0.755102, 3.77551, 3.26667], "C": [0.26, 0.795918, 0.857143, 2.85714, 4.9]]
      ),
    ]
      as [(
        operation: FaultTree.Operation, events: [String: Double], sets: [[String]], probability: Double,
        importance: [String: [Double]]
      )])
  func small(
    operation: FaultTree.Operation, events: [String: Double], sets: [[String]], probability: Double,
    importance: [String: [Double]]
  ) throws {
    let ids = events.keys.sorted()
    let tree = try FaultTree(
      basicEvents: ids.map { .init($0, probability: events[$0]) },
      gates: [.init("TopEvent", operation, ids.indices.map { .event($0) })], top: .gate(0))
    try check(tree, sets: sets, probability: probability, importance: importance)
  }

  /// The bridge network of every reliability textbook: its cut sets, and its reliability at 0.9.
  @Test("the bridge network")
  func bridge() throws {
    // From s over 1 to a, over 2 to b; 3 joins a and b; 4 leads from a to t and 5 from b to t.
    let paths = [[0, 3], [1, 4], [0, 2, 4], [1, 2, 3]]
    let gates =
      [FaultTree.Gate("cut", .and, (1...4).map { .gate($0) })]
      + paths.enumerated().map { .init("path\($0)", .or, $1.map { .event($0) }) }
    func tree(_ reliability: Double) throws -> FaultTree {
      try FaultTree(
        basicEvents: (1...5).map { .init("\($0)", probability: 1 - reliability) }, gates: gates,
        top: .gate(0))
    }
    try check(
      tree(0.9), sets: [["1", "2"], ["4", "5"], ["1", "3", "5"], ["2", "3", "4"]], probability: 1 - 0.97848)
    for p in [0.0, 0.1, 0.5, 0.75, 1] {
      // The reliability polynomial.
      let reliability = 2 * p * p + 2 * p * p * p - 5 * p * p * p * p + 2 * p * p * p * p * p
      let computed = try FaultTreeDiagram(tree(p)).probability()
      #expect(abs(computed - (1 - reliability)) < 1e-12)
    }
  }

  private func check(
    _ tree: FaultTree, sets: [[String]], probability: Double, importance: [String: [Double]] = [:]
  ) throws {
    let diagram = try FaultTreeDiagram(tree)
    let found = try diagram.minimalCutSets().sets(limit: .max)
    #expect(found.map { $0.map { tree.basicEvents[$0].id } } == sets)
    #expect(isClose(try diagram.probability(), probability))
    let importances = try diagram.importances()
    for (event, figures) in importance.sorted(by: { $0.key < $1.key }) {
      let position = try #require(tree.basicEvents.firstIndex { $0.id == event })
      let one = importances[position]
      let computed = [
        one.birnbaum, one.criticality, one.fussellVesely, one.riskAchievement, one.riskReduction,
      ]
      #expect(zip(computed, figures).allSatisfy(isClose), "\(event): \(computed), not \(figures)")
    }
  }

  // MARK: The collection of cases, where it is at hand

  private struct Collection: Decodable {
    struct Gate: Decodable {
      var op: String
      var args: [String]
      var k: Int?
    }
    struct Importance: Decodable {
      var MIF, CIF, DIF, RAW, RRW: Double
      var occurrence: Double
    }
    struct Expected: Decodable {
      var minimal_cut_sets: [[String]]
      var mcs_by_order: String
      var p_top_exact: Double
      var importance: [String: Importance]
    }
    struct Model: Decodable {
      var name: String
      var top: String
      var gates: [String: Gate]
      var basic_events: [String: Double]
      var house_events: [String: Bool]
      var expected: Expected
    }
    var models: [Model]
  }

  private static let collection: URL? = {
    var folder = URL(filePath: #filePath)
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      for parent in [folder, folder.appending(path: "..")] {
        let file = parent.appending(path: "shared/cases/09_fault_trees.json").standardized
        if FileManager.default.fileExists(atPath: file.path) { return file }
      }
    }
    return nil
  }()

  @Test("every model of the collection of cases", .enabled(if: collection != nil, "no cases at hand"))
  func cases() throws {
    let file = try #require(Self.collection)
    let models = try JSONDecoder().decode(Collection.self, from: Data(contentsOf: file)).models
    #expect(!models.isEmpty)
    for model in models {
      let events = model.basic_events.keys.sorted()
      let houses = model.house_events.keys.sorted()
      let gates = model.gates.keys.sorted()
      var inputs: [String: FaultTree.Input] = [:]
      for (position, id) in events.enumerated() { inputs[id] = .event(position) }
      for (position, id) in houses.enumerated() { inputs[id] = .house(position) }
      for (position, id) in gates.enumerated() { inputs[id] = .gate(position) }
      let tree = try FaultTree(
        name: model.name, basicEvents: events.map { .init($0, probability: model.basic_events[$0]) },
        houseEvents: houses.map { .init($0, state: model.house_events[$0] ?? false) },
        gates: gates.map { id in
          let gate = try #require(model.gates[id])
          let operations: [String: FaultTree.Operation] = [
            "and": .and, "or": .or, "atleast": .atLeast(gate.k ?? 0), "not": .not, "xor": .xor,
            "nand": .nand, "nor": .nor,
          ]
          return FaultTree.Gate(
            id, try #require(operations[gate.op]), try gate.args.map { try #require(inputs[$0]) })
        }, top: try #require(inputs[model.top]))
      let expected = model.expected
      let sets = expected.minimal_cut_sets.map { $0.sorted() }.sorted {
        $0.count == $1.count ? $0.lexicographicallyPrecedes($1) : $0.count < $1.count
      }
      try check(
        tree, sets: sets, probability: expected.p_top_exact,
        importance: expected.importance.mapValues { [$0.MIF, $0.CIF, $0.DIF, $0.RAW, $0.RRW] })
      let found = try FaultTreeDiagram(tree).minimalCutSets()
      #expect(
        found.countsByOrder == [0] + expected.mcs_by_order.split(separator: " ").map { Int($0) })
      let occurrences = found.occurrences()
      for (event, importance) in expected.importance {
        let position = try #require(events.firstIndex(of: event))
        #expect(occurrences[position].map(Double.init) == importance.occurrence)
      }
    }
  }
}
