import CEL
import CountedAllocations
import Foundation

/// Times expressions and prints one line each: name, nanoseconds and allocations of an evaluation.
///
/// `CELBenchmark cases FILE` runs the conformance cases of a file, one JSON object a line;
/// `CELBenchmark sites N` runs the expression of a rule over N sites.
@main
struct CELBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else {
      print("usage: CELBenchmark cases FILE | sites N")
      exit(2)
    }
    if arguments[1] == "cases" { try cases(arguments[2]) } else { try sites(Int(arguments[2]) ?? 1000) }
  }

  static func report(_ name: String, _ result: (nanoseconds: Double, allocations: Double)) {
    print("\(name)\t\(String(format: "%.2f\t%.3f", result.nanoseconds, result.allocations))")
  }

  /// The best of several rounds, each long enough for the clock.
  static func measure(rounds: Int = 5, atLeast: Duration = .milliseconds(2), _ work: () throws -> Void)
    rethrows
    -> (nanoseconds: Double, allocations: Double)
  {
    var count = 1
    while try ContinuousClock().measure({ for _ in 0..<count { try work() } }) < atLeast { count *= 2 }
    var best = Double.infinity
    var allocations = 0.0
    for _ in 0..<rounds {
      let before = allocation_count()
      let time = try ContinuousClock().measure { for _ in 0..<count { try work() } }
      allocations = Double(allocation_count() - before) / Double(count)
      best = min(best, time / .nanoseconds(1) / Double(count))
    }
    return (best, allocations)
  }

  /// Every case that gives its value, run with the values bound beforehand.
  static func cases(_ path: String) throws {
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
      guard let test = ConformanceCase(String(line), fallbackID: ""), test.omission == nil, !test.wantsError,
        test.problem() == nil
      else { continue }
      let (program, values) = try test.prepared()
      var run = program.run()
      for (position, name) in program.inputs.enumerated() { run[position] = values[name] }
      guard (try? run.evaluate()) != nil else { continue }
      try report(test.id, measure { _ = try run.evaluate() })
    }
  }

  static let rule =
    "site.stage == 'separation' && site.country in ['CN', 'MM'] && site.capacity > 1000.0"

  /// A rule over columns of plain values, as the rules of a network run.
  static func sites(_ count: Int) throws {
    let stages = (0..<count).map { ["mine", "separation", "metal"][$0 % 3] }
    let countries = (0..<count).map { ["CN", "US", "MM", "AU"][$0 % 4] }
    let capacities = (0..<count).map { Double($0 % 2000) }
    var environment = CELEnvironment()
    environment.declare(
      CELStruct(
        "Site", "A site.",
        attributes: [
          .init("stage", .string, "Its tier.") { .string(stages[$0]) },
          .init("country", .string, "Where it stands.") { .string(countries[$0]) },
          .init("capacity", .double, "Tonnes a year.") { .double(capacities[$0]) },
        ]))
    environment.declare(variable: "site", .object("Site"))
    var run = try CELExpression(rule, in: environment).program().run()
    var flagged = 0
    let (nanoseconds, allocations) = try measure(rounds: 3, atLeast: .zero) {
      flagged = 0
      for row in 0..<count {
        run[0] = .object(CELObject(type: "Site", row: row))
        if case .bool(true) = try run.evaluate() { flagged += 1 }
      }
    }
    report("sites", (nanoseconds / Double(count), allocations / Double(count)))
    report("flagged", (Double(flagged), 0))
  }
}
