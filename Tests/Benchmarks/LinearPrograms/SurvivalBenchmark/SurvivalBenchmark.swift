import Foundation
import RiskAnalysis

/// Solves the linear programs of time to recover or to survive for each disruption in a file, and prints the answers.
///
///     SurvivalBenchmark CASE.json loss|time cold|warm [COUNT]
///
/// The first line is the user CPU seconds of the solutions alone, then comes one answer a line.
@main
struct SurvivalBenchmark {
  struct Case: Decodable {
    struct Dataset: Decodable {
      var tier1, tier2, tier3: [String]
      var edges: [[String]]
      var supplier_material_type: [String: String]
      var f, s, d, c: [String: Double]
    }
    struct Row: Decodable {
      var node: String
      var time: Double

      init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        node = try row.decode(String.self)
        time = try row.decode(Double.self)
      }
    }
    var dataset: Dataset
    var expected: [Row]
  }

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 4 else { throw CocoaError(.formatting) }
    let file = try JSONDecoder().decode(Case.self, from: Data(contentsOf: URL(filePath: arguments[1])))
    let (isLoss, isWarm) = (arguments[2] == "loss", arguments[3] == "warm")
    let (chain, position) = chain(of: file.dataset)
    let count = arguments.count > 4 ? Int(arguments[4]) ?? file.expected.count : file.expected.count
    let rows = Array(file.expected.prefix(count).enumerated())
    // Warm, those of one time to recover follow each other, so that little but who is stopped changes between two of them.
    let order =
      isWarm && isLoss ? rows.sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) } : rows
    var answers = [Double](repeating: .nan, count: rows.count)
    let start = userSeconds()
    if isLoss {
      var losses = SurvivalProgram.LossSolver(chain)
      for (number, row) in order {
        if !isWarm { losses = SurvivalProgram.LossSolver(chain) }
        answers[number] = losses.leastLoss(without: [position[row.node]!], for: row.time) ?? .nan
      }
    } else {
      var times = SurvivalProgram.TimeSolver(chain, atMost: .infinity)
      for (number, row) in order {
        if !isWarm { times = SurvivalProgram.TimeSolver(chain, atMost: .infinity) }
        answers[number] = times.longestTime(without: [position[row.node]!]) ?? .nan
      }
    }
    print(userSeconds() - start)
    for answer in answers { print(answer) }
  }

  /// Each part that a node is brought is a need; its suppliers are those that make the part and are linked to the node.
  static func chain(of dataset: Case.Dataset) -> (SurvivalProgram, [String: Int]) {
    let names = dataset.tier1 + dataset.tier2 + dataset.tier3
    let position = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    var parts: [Int: [String: [Int]]] = [:]
    for edge in dataset.edges {
      parts[position[edge[1]]!, default: [:]][dataset.supplier_material_type[edge[0]]!, default: []]
        .append(position[edge[0]]!)
    }
    let nodes = names.enumerated().map { number, name in
      SurvivalProgram.Node(
        name: name, capacity: dataset.c[name]!, inventory: dataset.s[name]!,
        needs: (parts[number] ?? [:]).sorted { $0.key < $1.key }.map { .init(from: $0.value) })
    }
    let products = dataset.tier1.enumerated().map { number, name in
      SurvivalProgram.Product(node: number, demand: dataset.d[name]!, unitLoss: dataset.f[name]!)
    }
    return (SurvivalProgram(nodes: nodes, products: products), position)
  }

  static func userSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
  }
}
