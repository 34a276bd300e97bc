import Foundation
import RiskAnalysis
import TestSupport
import Testing

private let cases = URL(filePath: #filePath).appending(path: "../../../../shared/cases").standardizedFileURL

private func isThere(_ name: String) -> Bool {
  FileManager.default.fileExists(atPath: cases.appending(path: name).path)
}

private let smallCase = "05_ttr_tts_3suppliers_2products.json"
private let largeCase = "17_ttr_tts_multitier_1700nodes.json"

/// A limit was reached, or something that a case must name is missing.
private struct NoAnswer: Error {}

extension SurvivalProgram.LossSolver {
  fileprivate mutating func loss(without nodes: [Int], for time: Double) throws -> Double {
    guard let loss = leastLoss(without: nodes, for: time) else { throw NoAnswer() }
    return loss
  }

  fileprivate mutating func lostAmounts() throws -> [Double] {
    guard let lost = lost() else { throw NoAnswer() }
    return lost
  }
}

extension SurvivalProgram.TimeSolver {
  fileprivate mutating func time(without nodes: [Int]) throws -> Double {
    guard let time = longestTime(without: nodes) else { throw NoAnswer() }
    return time
  }
}

struct SurvivalProgramTests {
  /// One mine feeds two smelters of 10 a day, of which one has 15 in store; a maker takes 2 of the metal of either for one part.
  private var chain: SurvivalProgram {
    SurvivalProgram(
      nodes: [
        .init(name: "mine", capacity: 20), .init(name: "one", capacity: 10, needs: [.init(from: [0])]),
        .init(name: "two", capacity: 10, inventory: 15, needs: [.init(from: [0])]),
        .init(name: "maker", capacity: 12, inventory: 8, needs: [.init(from: [1, 2], amount: 2)]),
      ],
      products: [.init(node: 3, demand: 10, unitLoss: 3)])
  }

  private func expect(_ found: Double, _ expected: Double, _ seed: UInt64? = nil) {
    #expect(abs(found - expected) < 1e-7, "seed \(seed ?? 0)")
  }

  @Test("a chain worked by hand loses what it must, and holds as long as it can")
  func byHand() throws {
    var losses = SurvivalProgram.LossSolver(chain)
    var times = SurvivalProgram.TimeSolver(chain, atMost: 100)
    // Without a smelter 10 t of metal a day make 5 parts; with 15 t and 8 parts in store that is 7.5 + 8 + 5 t of 10 t.
    try expect(times.time(without: [1]), 3.1)
    try expect(losses.loss(without: [1], for: 3.1), 0)
    try expect(losses.loss(without: [1], for: 10), 3 * (100 - 65.5))
    // Without the mine only what lies in store is left.
    try expect(times.time(without: [0]), 1.55)
    try expect(losses.loss(without: [0], for: 2), 3 * 4.5)
    try expect(losses.lostAmounts()[0], 4.5)
    // Without the maker its own store, and without anything stopped both smelters make just enough.
    try expect(times.time(without: [3]), 0.8)
    try expect(times.time(without: []), 100)
    try expect(losses.loss(without: [], for: 50), 0)
    #expect(SurvivalProgram.riskExposure([5, 0, 20]) == [0.25, 0, 1])
    #expect(SurvivalProgram.riskExposure([0, 0]) == [0, 0])
  }

  @Test("nothing wanted, or nothing to make it of, has an answer too")
  func empty() throws {
    var nothing = SurvivalProgram.TimeSolver(SurvivalProgram(nodes: [], products: []), atMost: 7)
    try expect(nothing.time(without: []), 7)
    let idle = SurvivalProgram(
      nodes: [.init(name: "x", capacity: 5, needs: [.init(from: [])])], products: [.init(node: 0, demand: 2)])
    var losses = SurvivalProgram.LossSolver(idle)
    try expect(losses.loss(without: [], for: 3), 6)
    try expect(losses.loss(without: [], for: 0), 0)
    var times = SurvivalProgram.TimeSolver(idle, atMost: 7)
    try expect(times.time(without: [0]), 0)
  }

  private func random(_ seed: UInt64) -> SurvivalProgram {
    var generator = SeededGenerator(seed: seed)
    func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    let nodes = (0..<pick(4...14)).map { position in
      SurvivalProgram.Node(
        name: "\(position)", capacity: Double(pick(2...20)), inventory: Double(pick(0...30)),
        needs: position < 2
          ? []
          : (0..<pick(1...2)).map { _ in
            SurvivalProgram.Need(
              from: Set((0..<pick(1...3)).map { _ in pick(0...(position - 1)) }).sorted(),
              amount: Double(pick(1...3)))
          })
    }
    let last = nodes.count - 1
    return SurvivalProgram(
      nodes: nodes,
      products: [
        .init(node: last, demand: Double(pick(1...4)), unitLoss: Double(pick(1...5))),
        .init(node: last - 1, demand: Double(pick(1...4)), unitLoss: Double(pick(1...5))),
      ])
  }

  @Test("warm answers are the cold ones; what survives loses nothing, and what does not loses something")
  func laws() throws {
    for seed in 0..<60 as Range<UInt64> {
      let chain = random(seed)
      var losses = SurvivalProgram.LossSolver(chain)
      var times = SurvivalProgram.TimeSolver(chain, atMost: 50)
      let free = try times.time(without: [])
      for node in chain.nodes.indices {
        var coldLosses = SurvivalProgram.LossSolver(chain)
        var coldTimes = SurvivalProgram.TimeSolver(chain, atMost: 50)
        let time = try times.time(without: [node])
        try expect(time, coldTimes.time(without: [node]), seed)
        #expect(time <= free + 1e-9)
        var last = 0.0
        for days in [1.0, 4, 4, 9] {
          let loss = try losses.loss(without: [node], for: days)
          try expect(loss, coldLosses.loss(without: [node], for: days), seed)
          #expect(loss >= last - 1e-7)
          #expect(days < time - 1e-6 ? loss < 1e-6 : days > time + 1e-6 ? loss > 1e-9 : true, "seed \(seed)")
          last = loss
        }
      }
    }
  }
}

/// A teaching case of three suppliers and two products after Simchi-Levi, with its published answers.
@Suite(.enabled(if: isThere(smallCase), "there is no folder ../shared/cases beside the package"))
struct SmallSurvivalCaseTests {
  private struct Case: Decodable {
    struct Product: Decodable { var demand, inventory, unit_loss: Double }
    struct Answer: Decodable { var cost, REI, lost_units, TTS: Double }
    var supplier_capacity: [String: Double]
    var products: [String: Product]
    var TTR: Double
    var scenarios: [String: [String]]
    var expected: [String: Answer]
  }

  @Test("three suppliers and two products have the published loss, exposure and time to survive")
  func published() throws {
    let file = try JSONDecoder().decode(
      Case.self, from: Data(contentsOf: cases.appending(path: smallCase)))
    let suppliers = file.supplier_capacity.keys.sorted()
    let products = file.products.keys.sorted()
    let chain = SurvivalProgram(
      nodes: suppliers.map { .init(name: $0, capacity: file.supplier_capacity[$0] ?? 0) }
        + products.map {
          .init(
            name: $0, inventory: file.products[$0]?.inventory ?? 0,
            needs: [.init(from: Array(suppliers.indices))])
        },
      products: products.enumerated().map { number, name in
        .init(
          node: suppliers.count + number, demand: file.products[name]?.demand ?? 0,
          unitLoss: file.products[name]?.unit_loss ?? 0)
      })
    var losses = SurvivalProgram.LossSolver(chain)
    var times = SurvivalProgram.TimeSolver(chain, atMost: 999)
    let scenarios = file.scenarios.keys.sorted()
    var costs: [Double] = []
    for scenario in scenarios {
      let stopped = try #require(file.scenarios[scenario]).compactMap { suppliers.firstIndex(of: $0) }
      let expected = try #require(file.expected[scenario])
      let cost = try losses.loss(without: stopped, for: file.TTR)
      let (lost, time) = (try losses.lostAmounts(), try times.time(without: stopped))
      costs.append(cost)
      #expect(abs(cost - expected.cost) < 1e-6)
      #expect(abs(lost.reduce(0, +) - expected.lost_units) < 1e-6)
      #expect(abs(time - expected.TTS) < 1e-6)
    }
    #expect(scenarios.count == 4)
    for (scenario, exposure) in zip(scenarios, SurvivalProgram.riskExposure(costs)) {
      let expected = try #require(file.expected[scenario])
      #expect(abs(exposure - expected.REI) < 1e-6)
    }
  }
}

/// A generated network of three tiers, each of whose 1,500 suppliers is stopped once.
@Suite(.enabled(if: isThere(largeCase), "there is no folder ../shared/cases beside the package"))
struct LargeSurvivalCaseTests {
  private struct Case: Decodable {
    struct Dataset: Decodable {
      var tier1, tier2, tier3: [String]
      var edges: [[String]]
      var supplier_material_type: [String: String]
      var f, s, d, c: [String: Double]
    }
    struct Row: Decodable {
      var node: String
      var time, loss, survival: Double

      init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        node = try row.decode(String.self)
        time = try row.decode(Double.self)
        loss = try row.decode(Double.self)
        survival = try row.decode(Double.self)
      }
    }
    var dataset: Dataset
    var expected: [Row]

    /// Each part that a node is brought is a need; its suppliers are those that make the part and are linked to the node.
    func chain() throws -> (SurvivalProgram, position: [String: Int]) {
      let names = dataset.tier1 + dataset.tier2 + dataset.tier3
      let position = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
      var parts: [Int: [String: [Int]]] = [:]
      for edge in dataset.edges {
        let (from, to) = (try #require(position[edge[0]]), try #require(position[edge[1]]))
        parts[to, default: [:]][try #require(dataset.supplier_material_type[edge[0]]), default: []].append(
          from)
      }
      let chain = SurvivalProgram(
        nodes: names.enumerated().map { number, name in
          let needs = (parts[number] ?? [:]).sorted { $0.key < $1.key }
          return .init(
            name: name, capacity: dataset.c[name] ?? .nan, inventory: dataset.s[name] ?? .nan,
            needs: needs.map { .init(from: $0.value) })
        },
        products: dataset.tier1.enumerated().map { number, name in
          .init(node: number, demand: dataset.d[name] ?? .nan, unitLoss: dataset.f[name] ?? .nan)
        })
      return (chain, position)
    }
  }

  /// All 1,500 have their lost profit, and as many as a few seconds allow in a debug build their time to survive; the benchmark in
  /// `Tests/Benchmarks/LinearPrograms` compares all.
  @Test("failures of single suppliers have the published lost profit and time to survive")
  func published() throws {
    let file = try JSONDecoder().decode(
      Case.self, from: Data(contentsOf: cases.appending(path: largeCase)))
    let (chain, position) = try file.chain()
    #expect(chain.nodes.count == 1_700 && file.expected.count == 1_500)
    // By time to recover, so that between two programs little more changes than who is stopped.
    var losses = SurvivalProgram.LossSolver(chain)
    for row in file.expected.sorted(by: { $0.time < $1.time }) {
      let node = try #require(position[row.node])
      let loss = try losses.loss(without: [node], for: row.time)
      #expect(abs(loss - row.loss) < 1e-6 * max(1, row.loss), "\(row.node)")
    }
    var times = SurvivalProgram.TimeSolver(chain, atMost: 10_000)
    var generator = SeededGenerator(seed: 17)
    for row in file.expected.shuffled(using: &generator).prefix(120) {
      let node = try #require(position[row.node])
      let time = try times.time(without: [node])
      #expect(abs(time - row.survival) < 1e-6, "\(row.node)")
    }
  }
}
