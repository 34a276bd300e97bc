import ArgumentParser
import Chokepoint
import Foundation

struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "List, check, test and explain rules.",
    subcommands: [
      RulesListCommand.self, RulesCheckCommand.self, RulesTestCommand.self, RulesExplainCommand.self,
      RulesDocCommand.self, RulesSchemaCommand.self, RulesNewCommand.self, RulesLockCommand.self,
    ])
}

/// The rules of a subcommand: a path, or the folder Rules.
struct RulesPath: ParsableArguments {
  @Argument(help: "A rule file, or a folder of them or of packs.")
  var path = "Rules"

  func read() throws -> RulesInput.Reading {
    var input = RulesInput()
    input.paths = [path]
    input.assignments = []
    input.profile = nil
    return try input.read()
  }
}

struct RulesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The rules of a folder, by pack, with severity and title.")

  @OptionGroup var rules: RulesPath

  func run() throws {
    let reading = try rules.read()
    for diagnostic in reading.diagnostics { Terminal.tell("\(diagnostic)\n") }
    var text = ""
    for pack in reading.packs {
      text += "\(printable(pack.id)) \(printable(pack.version))\n"
      for rule in pack.rules.sorted(by: { $0.header.id < $1.header.id }) {
        text +=
          "  \(printable(rule.header.id)): \(printable(rule.header.title)) (\(rule.header.severity.rawValue))\n"
      }
    }
    try Terminal.standardOutput.write(text)
    if reading.diagnostics.contains(where: { $0.severity == .error }) {
      throw CommandFailure(code: .incomplete, message: "")
    }
  }
}

struct RulesCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Everything that is wrong with rule files: form, names, types.")

  @OptionGroup var rules: RulesPath

  func run() throws {
    let reading = try rules.read()
    let runner = RuleRunner(reading.packs)
    let problems = reading.diagnostics + runner.rules.flatMap { runner.check($0) }
    for diagnostic in problems { Terminal.tell("\(diagnostic)\n") }
    let count = runner.rules.count
    guard !problems.contains(where: { $0.severity == .error }) else {
      throw CommandFailure(code: .wrongInput, message: "")
    }
    try Terminal.standardOutput.write("\(count) \(count == 1 ? "rule is" : "rules are") in order\n")
  }
}

struct RulesTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Runs the examples of rules and the cases beside them.",
    discussion: """
      Every example is a small network and what the rule should say of it. Printed are the cases that differ, how often each condition was true, false
      and unknown, and what each rule costs.

      Examples:
        chokepoint rules test
        chokepoint rules test Rules/chokepoints/single-site.yaml
      """)

  @OptionGroup var rules: RulesPath

  func run() throws {
    let reading = try rules.read()
    for diagnostic in reading.diagnostics { Terminal.tell("\(diagnostic)\n") }
    var text = ""
    var (passed, failed) = (0, 0)
    for pack in reading.packs {
      for rule in pack.rules.sorted(by: { $0.header.id < $1.header.id }) {
        let cases = rule.examples + reading.tests.filter { $0.rule == rule.header.id }.map(\.example)
        let outcome = RuleTest.run(rule, cases, of: pack)
        passed += outcome.passed
        failed += outcome.differences.count
        text +=
          "\(printable(rule.header.id)): \(outcome.passed) of \(cases.count) passed; "
          + "seen true \(outcome.coverage.isTrue), false \(outcome.coverage.isFalse), unknown \(outcome.coverage.isUnknown); "
          + "\(outcome.cost) steps at most\n"
        for difference in outcome.differences { text += "  \(printable(difference))\n" }
      }
    }
    text += "\(passed) passed, \(failed) failed\n"
    try Terminal.standardOutput.write(text)
    if reading.diagnostics.contains(where: { $0.severity == .error }) {
      throw CommandFailure(code: .incomplete, message: "")
    }
    if failed > 0 { throw CommandFailure(code: .failed, message: "") }
  }
}

struct RulesExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Why a rule flags a subject, or why not, with the values of its parts.",
    discussion: """
      Examples:
        chokepoint rules explain single-country ev-eu Graphs/rare-earth-magnets
      """)

  @Argument(help: "The id of a rule.")
  var rule: String

  @Argument(help: "The id of a subject, such as a site or a product.")
  var subject: String

  @OptionGroup var input: NetworkInput
  @OptionGroup var scenario: ScenarioInput

  @Option(name: .customLong("rules"), help: ArgumentHelp("Where the rule stands.", valueName: "path"))
  var path = "Rules"

  func run() throws {
    var rules = RulesPath()
    rules.path = path
    let reading = try rules.read()
    let runner = RuleRunner(reading.packs)
    guard let found = runner.rules.first(where: { $0.header.id == rule }) else {
      let known = runner.rules.map(\.header.id)
      throw CommandFailure(
        code: .wrongInput,
        message: "error: there is no rule '\(printable(rule))'\n  help: "
          + (suggestion(for: rule, from: known).map { "did you mean '\($0)'?" } ?? "see chokepoint rules list")
          + "\n")
    }
    let network = try input.readValid().withImpliedDemand()
    let inForce = try scenario.read(of: network, at: input)
    let world = RuleWorld(network, scenario: inForce?.scenario, on: inForce?.day)
    let (explanations, problems) = runner.explain(found, ids: [subject], in: world)
    for diagnostic in problems { Terminal.tell("\(diagnostic)\n") }
    var text = ""
    for explanation in explanations {
      let names = explanation.subjects.map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
      text += "\(printable(found.header.title))\n\(printable(names)): \(explanation.outcome.rawValue)\n"
      if !explanation.message.isEmpty { text += "  \(printable(explanation.message))\n" }
      for value in explanation.values { text += "  \(printable(value.name)) = \(printable(value.text))\n" }
    }
    if explanations.isEmpty, problems.isEmpty {
      throw CommandFailure(
        code: .wrongInput,
        message:
          "error: the rule does not look at '\(printable(subject))'\n  help: name one of its subjects by its id\n"
      )
    }
    try Terminal.standardOutput.write(text)
    if !problems.isEmpty { throw CommandFailure(code: .incomplete, message: "") }
  }
}

struct RulesDocCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doc", abstract: "Everything that expressions of rules may speak of.")

  func run() throws { try Terminal.standardOutput.write(RuleCatalogue.manual()) }
}

struct RulesSchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "A JSON Schema of rule files, for editors.")

  func run() throws { try Terminal.standardOutput.write(RuleSchema.json) }
}

struct RulesNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Writes a rule with examples that pass, to start from.")

  @Argument(help: "The id of the rule; the file is ID.yaml.")
  var id: String

  func validate() throws {
    let isName =
      id.utf8.count <= 64 && id.utf8.first.map { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") } ?? false
      && id.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
    guard isName else {
      throw ValidationError("'\(printable(id))' is no id of a rule; write small letters, digits and '-'")
    }
  }

  func run() throws {
    let file = "\(id).yaml"
    guard !FileManager.default.fileExists(atPath: file) else {
      throw CommandFailure(code: .notWritten, message: "error: '\(file)' is there already\n")
    }
    try OutputFile.write(Array(Self.template(id).utf8), to: file)
    Terminal.tell("wrote \(file)\n")
  }

  static func template(_ id: String) -> String {
    """
    format: 1
    id: \(id)
    version: 1
    status: experimental
    title: One site stands between a product and a stop
    severity: medium
    tags: [own]
    why: Say here why it matters, in a sentence or two.
    fix: Say here what to do about it.
    params:
      stages: { type: list<stage>, default: [], help: Stages to look at; all if none is named. }
    for:
      - { each: p, in: network.products() }
    let:
      points: network.chokepoints(p).filter(s, params.stages.size() == 0 || s.stage in params.stages)
    when: points.size() > 0
    message: "{p.name} hangs on {points.map(s, s.name).join(', ')}"
    show:
      path: network.path(points[0], p)
    examples:
      - name: one plant makes all of it
        network: |
          mine: stage=mine
          plant: stage=separation
          mine -[ore]-> plant 100 -[oxide]-> motors 100
          demand motors: material=oxide place=DE amount=100
        params: { stages: [separation] }
        expect: flagged
        findings: [ { subjects: motors, message: plant } ]
      - name: two of everything
        network: |
          mine-a -[ore]-> plant-a 50 -[oxide]-> motors 50
          mine-b -[ore]-> plant-b 50 -[oxide]-> motors 50
          demand motors: material=oxide place=DE amount=100
        expect: clean

    """
  }
}

struct RulesLockCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock", abstract: "Writes pack.lock, with the hash of every file of a pack.")

  @Argument(help: "The folder of a pack.")
  var folder: String

  func run() throws {
    var files: [(path: String, bytes: [UInt8])] = []
    for path in InputFile.files(below: folder) where PackReader.isLocked(path) {
      switch InputFile.read(path, below: folder, limit: NetworkFile.tableLimit) {
      case .success(let bytes): files.append((path, bytes))
      case .failure(let problem):
        throw CommandFailure(
          code: .wrongInput, message: "error: cannot read '\(printable(path))': \(problem.words)\n")
      }
    }
    guard files.contains(where: { $0.path == "pack.yaml" }) else {
      throw CommandFailure(
        code: .wrongInput,
        message: "error: '\(printable(folder))' is no pack\n  help: name a folder with a pack.yaml\n")
    }
    try OutputFile.write(Array(PackReader.lock(files).utf8), to: "\(folder)/pack.lock")
    Terminal.tell("wrote \(printable(folder))/pack.lock\n")
  }
}
