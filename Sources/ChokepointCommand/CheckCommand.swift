import ArgumentParser
import Chokepoint
import Foundation

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Read a network and say everything that is wrong with it; with rules, what they find.",
    discussion: """
      Without rules the data are checked. With rules, the verdict comes first, then the findings, the worst first, and what to do next. A rule that
      looks at a scenario is asked for each -s.

      Examples:
        chokepoint check Graphs/tutorial
        chokepoint check Graphs/rare-earth-magnets -s cn-full-ban --rules Rules --fail-on critical
        chokepoint check Graphs/tutorial --rules Rules --format sarif
      """)

  @OptionGroup var input: NetworkInput
  @OptionGroup var rules: RulesInput

  @Option(
    name: [.short, .customLong("scenario")],
    help: ArgumentHelp(
      "A scenario by file or name, for rules; can be given several times, and 'all' is every one of the network.",
      valueName: "scenario"))
  var scenarios: [String] = []

  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp("The day that scenarios and waivers are held against.", valueName: "YYYY-MM-DD"))
  var asOf: String?

  @Option(
    name: .customLong("fail-on"),
    help:
      "Exit with 1 if there is a finding of this severity or a worse one: \(FindingSeverity.allCases.map(\.rawValue).joined(separator: ", "))."
  )
  var failOn: SeverityArgument?

  @Option(help: ArgumentHelp("Findings to leave out, each with a reason and a last day.", valueName: "file"))
  var waivers: String?

  @Option(help: ArgumentHelp("Findings that are known, as --write-baseline wrote them.", valueName: "file"))
  var baseline: String?

  @Option(
    name: .customLong("write-baseline"),
    help: ArgumentHelp("Writes all findings of this run as known ones.", valueName: "file"))
  var newBaseline: String?

  @Option(
    help:
      "How to print the result: \(FindingsFormat.allValueStrings.joined(separator: ", ")); text or json without rules."
  )
  var format: FindingsFormat = .text

  @Option(help: "The most findings of the text.")
  var top = 50

  @Option(help: "When to use colour: \(ColourChoice.allValueStrings.joined(separator: ", ")).")
  var color: ColourChoice = .auto

  func validate() throws {
    guard (1...100_000).contains(top) else { throw ValidationError("--top wants a number from 1 to 100000") }
    if let asOf, CalendarDate(asOf) == nil {
      throw ValidationError(
        "'\(printable(asOf))' is not a day of the calendar; write year, month and day, such as 2025-12-01")
    }
  }

  func run() throws {
    ProgressTicker.say("reading \(input.network)")
    let reading = input.read()
    let output = Terminal.standardOutput
    let rules = try self.rules.read()
    let hasRules = !rules.packs.isEmpty || !rules.diagnostics.isEmpty || !self.rules.paths.isEmpty
    if !hasRules {
      if format != .text, format != .json {
        throw CommandFailure(
          code: .wrongInput,
          message: "error: --format \(format.rawValue) is for findings; name rules with --rules\n")
      }
      if format == .json {
        try output.write(CheckDocument(of: reading.network, diagnostics: reading.diagnostics).json())
      }
    }
    guard let network = reading.network else {
      throw CommandFailure(code: .wrongInput, message: NetworkInput.message(reading.diagnostics))
    }
    for diagnostic in reading.diagnostics { Terminal.tell("\(diagnostic)\n") }
    guard hasRules else {
      if format == .text {
        try output.write(
          CheckText.text(of: network, width: output.width, named: input.network).rendered(
            colour: output.usesColour(color)))
      }
      return
    }
    try check(network, rules, output)
  }

  private func check(_ network: SupplyNetwork, _ rules: RulesInput.Reading, _ output: Terminal) throws {
    let network = network.withImpliedDemand()
    let scenarios = try allScenarios().map { name -> Scenario in
      var scenario = try ScenarioInput.read(name, on: asOf, of: network, at: input).scenario
      if let asOf { scenario.asOf = CalendarDate(asOf) }
      return scenario
    }
    let run = try RulesInput.run(
      rules, on: network, scenarios: scenarios, asOf: asOf.flatMap { CalendarDate($0) },
      exceptions: .init(waivers: waivers, baseline: baseline))
    let limit = failOn?.severity ?? rules.project.failOn
    let report = FindingsReport(of: run, on: network, read: input.manifestPath, failOn: limit)
    switch format {
    case .text:
      try output.write(report.text(top: top, width: output.width).rendered(colour: output.usesColour(color)))
    case .json: try output.write(report.json())
    case .jsonl: try output.write(report.jsonLines())
    case .sarif: try output.write(report.sarif(version: ChokepointCommand.version))
    case .junit: try output.write(report.junit())
    case .markdown: try output.write(report.markdown())
    case .csv: try output.write(report.csv())
    case .github: try output.write(report.github())
    }
    if let newBaseline {
      let all = run.findings + run.known + run.waived.map { $0.finding }
      let text = BaselineFile.write(FindingBaseline(fingerprints: Set(all.map { $0.fingerprint })))
      try OutputFile.write(Array(text.utf8), to: newBaseline)
    }
    if !report.isComplete { throw CommandFailure(code: .incomplete, message: "") }
    if !report.failures.isEmpty { throw CommandFailure(code: .failed, message: "") }
  }

  private func allScenarios() throws -> [String] {
    guard scenarios.contains("all") else { return scenarios }
    return InputFile.names(in: InputFile.folder(of: input.manifestPath) + "/scenarios", endingIn: ".yaml")
  }
}

/// How findings are printed.
enum FindingsFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, jsonl, sarif, junit, markdown, csv, github
}

/// A severity of findings, as an argument.
struct SeverityArgument: ExpressibleByArgument {
  let severity: FindingSeverity

  init?(argument: String) {
    guard let severity = FindingSeverity(rawValue: argument) else { return nil }
    self.severity = severity
  }
}
