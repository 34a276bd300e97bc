import ArgumentParser
import Chokepoint
import Foundation

struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Evaluate an expression of the rule language, CEL.",
    discussion: """
      Prints the value as CEL writes it. Examples:
        chokepoint eval '1 + 2 * 3'
        chokepoint eval 'sites.filter(s, s.capacity > 1000.0).map(s, s.id)' \\
          --var 'sites=[{"id": "silmet", "capacity": 3000.0}]'
        chokepoint eval 'stock > 10 || banned' --unknown stock --var banned=true
        chokepoint eval --conformance ../shared/cases/cel

      Numbers of JSON are ints if they are written without a point and an exponent.
      """)

  @Argument(help: "The expression. Write -- before it if it begins with a minus.")
  var expression: String?

  @Option(
    name: .customLong("var"),
    help: ArgumentHelp("A variable and its value; may be given several times.", valueName: "name=JSON"))
  var variables: [String] = []

  @Option(help: ArgumentHelp("A variable of which the value is not known.", valueName: "name"))
  var unknown: [String] = []

  @Flag(help: "Also print how many steps it took, and how many it could take at worst.")
  var cost = false

  @Option(
    help: ArgumentHelp(
      "Run every *.jsonl of a folder of cases of the public conformance suite instead.", valueName: "folder"))
  var conformance: String?

  func validate() throws {
    guard (expression == nil) != (conformance == nil) else {
      throw ValidationError("give either an expression or --conformance with a folder")
    }
    guard conformance == nil || (variables.isEmpty && unknown.isEmpty && !cost) else {
      throw ValidationError("--conformance takes no variables and no --cost")
    }
  }

  func run() throws {
    if let conformance { return try ConformanceRun.run(folder: conformance) }
    try Evaluation(expression: expression ?? "", variables: variables, unknown: unknown).run(printsCost: cost)
  }
}

/// One expression with the values that the command line gives it.
private struct Evaluation {
  let expression: String
  var values: [String: CELValue] = [:]
  var environment = CELEnvironment()
  var problems: [Diagnostic] = []

  /// A list may hold one list many times over, so that a value of few bytes can be endless to print.
  private static let mostPrinted = 16 << 20

  init(expression: String, variables: [String], unknown: [String]) {
    self.expression = expression
    for variable in variables {
      let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        problem("'\(variable)' gives no value", help: "write --var name=JSON")
        continue
      }
      let name = String(parts[0])
      let text = String(parts[1])
      do throws(JSONProblem) {
        let value = try JSONValue(reading: text).readValue()
        declare(name, value.declaredType, value)
      } catch {
        // A bare word is most likely a text without its quotes.
        let isWord = text.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0 == " " }
        problem(
          "the value of '\(name)' is not JSON: \(error.message)",
          help: isWord ? "put text in quotes, as in --var '\(name)=\"text\"'" : nil)
        // Its name means something, so that no second problem follows from this one.
        environment.declare(variable: name)
      }
    }
    for name in unknown { declare(name, .dyn, .unknown(CELUnknown([name]))) }
  }

  private mutating func declare(_ name: String, _ type: CELType, _ value: CELValue) {
    let isName = name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
      $0.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil
    }
    if !isName {
      return problem("'\(name)' is not a name", help: "letters, digits and '_', with dots between")
    }
    if values[name] != nil { return problem("'\(name)' is given twice") }
    environment.declare(variable: name, type)
    values[name] = value
  }

  private mutating func problem(_ message: String, help: String? = nil) {
    problems.append(Diagnostic(id: "variable", message, help: help))
  }

  func run(printsCost: Bool) throws {
    do {
      let expression: CELExpression
      let program: CELProgram
      do throws(CELProblems) {
        expression = try CELExpression(self.expression, in: environment)
        program = try expression.program()
      } catch { throw failure(problems + error.problems.map { diagnostic($0) }) }
      if !problems.isEmpty { throw failure(problems) }
      var meter = CELMeter(limits: environment.limits)
      let value: CELValue
      do throws(CELFailure) {
        value = try program.evaluate(program.inputs.map { values[$0] }, meter: &meter)
      } catch { throw failure([diagnostic(error.problem)]) }
      guard let text = value.literal(bytes: Self.mostPrinted) else {
        let message = "the value is too large to print: more than \(Self.mostPrinted >> 20) MiB"
        throw failure([Diagnostic(id: "too-large", message, help: "ask for its size() or for a part of it")])
      }
      try Terminal.standardOutput.write(text + "\n")
      if printsCost {
        let worst = expression.worstCost(sizes: values.mapValues { CELSize(of: $0) })
        let bound = worst.isBounded ? "\(worst.steps)" : "without bound"
        try Terminal.standardOutput.write("steps: \(meter.spent), at worst \(bound)\n")
      }
    }
  }

  private func diagnostic(_ problem: CELProblem) -> Diagnostic {
    problem.diagnostic(in: expression, file: "expression")
  }

  private func failure(_ diagnostics: [Diagnostic]) -> CommandFailure {
    CommandFailure(code: .wrongInput, message: diagnostics.map { "\($0)\n" }.joined())
  }
}

extension CELValue {
  /// The type that a variable of the command line gets; numbers stay open, as JSON has only one kind.
  fileprivate var declaredType: CELType {
    switch self {
    case .string: .string
    case .bool: .bool
    case .list: .list(.dyn)
    case .map: .map(.string, .dyn)
    default: .dyn
    }
  }
}

/// The cases of a folder, file by file.
private enum ConformanceRun {
  private static let fileLimit = 256 << 20

  static func run(folder: String) throws {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { $0.hasSuffix(".jsonl") }.sorted()
    guard !names.isEmpty else {
      let problem = InputFile.isFolder(folder) ? "there is no *.jsonl in" : "there is no folder"
      let diagnostic = Diagnostic(id: "unreadable-file", "\(problem) '\(folder)'")
      throw CommandFailure(code: .wrongInput, message: "\(diagnostic)\n")
    }
    var total = ConformanceReport()
    for name in names {
      let report = report(of: folder + "/" + name)
      try Terminal.standardOutput.write("\(printable(name)): \(report)\n")
      for failure in report.failures {
        try Terminal.standardOutput.write("  failed \(printable(failure.id)): \(printable(failure.reason))\n")
      }
      total = total + report
    }
    try Terminal.standardOutput.write("total: \(total)\n")
    let failed = total.failures.count
    guard failed == 0 else {
      throw CommandFailure(code: .failed, message: "\(failed) \(failed == 1 ? "case" : "cases") failed\n")
    }
  }

  private static func report(of path: String) -> ConformanceReport {
    switch InputFile.read(path, limit: fileLimit) {
    case .success(let bytes):
      let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      return ConformanceSuite.run(lines: lines.lazy.map { String(decoding: $0, as: UTF8.self) })
    case .failure(let problem):
      var report = ConformanceReport()
      report.failures.append(.init(id: "file", reason: problem.words))
      return report
    }
  }
}
