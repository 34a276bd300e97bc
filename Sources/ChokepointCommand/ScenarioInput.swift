import ArgumentParser
import Chokepoint
import Foundation

/// The scenario that a command works on.
struct ScenarioInput: ParsableArguments {
  @Option(
    name: [.short, .customLong("scenario")],
    help: ArgumentHelp(
      "A scenario file, or the name of one in the network's folder 'scenarios'.", valueName: "scenario"))
  var scenario: String?

  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp("The day that the scenario is looked at, instead of its own.", valueName: "YYYY-MM-DD")
  )
  var asOf: String?

  func validate() throws {
    if let asOf, CalendarDate(asOf) == nil {
      throw ValidationError(
        "'\(printable(asOf))' is not a day of the calendar; write year, month and day, such as 2025-12-01")
    }
    if scenario?.isEmpty == true {
      throw ValidationError("-s is empty; name a scenario of the network, or a file")
    }
    if asOf != nil, scenario == nil { throw ValidationError("--as-of needs a scenario; name one with -s") }
  }

  /// What holds of the scenario on its day; nil if none was asked for.
  func read(of network: SupplyNetwork, at input: NetworkInput) throws -> ScenarioInForce? {
    guard let scenario else { return nil }
    return try Self.read(scenario, on: asOf, of: network, at: input)
  }

  /// Reads a scenario by its path or its name, or fails with all of its diagnostics.
  static func read(
    _ name: String, on asOf: String?, of network: SupplyNetwork, at input: NetworkInput
  ) throws -> ScenarioInForce {
    let scenario = try read(name, of: network, at: input)
    let day = asOf.flatMap { CalendarDate($0) } ?? scenario.asOf
    guard day != nil || !scenario.isDated else {
      throw CommandFailure(
        code: .wrongInput,
        message: """
          error: the scenario '\(printable(scenario.id))' has dates and no day to hold them against
            help: add --as-of YYYY-MM-DD, or as_of to the scenario

          """)
    }
    return ScenarioInForce(scenario, of: network, on: day)
  }

  /// Reads all of a scenario, on whatever day it holds.
  static func read(_ name: String, of network: SupplyNetwork, at input: NetworkInput) throws -> Scenario {
    let (path, bytes) = try load(name, at: input)
    let reading = ScenarioFile.read(bytes, named: path, of: network)
    guard let scenario = reading.scenario else {
      throw CommandFailure(code: .wrongInput, message: NetworkInput.message(reading.diagnostics))
    }
    for diagnostic in reading.diagnostics { Terminal.tell("\(diagnostic)\n") }
    return scenario
  }

  private static func load(_ name: String, at input: NetworkInput) throws -> (path: String, [UInt8]) {
    let scenarios = InputFile.folder(of: input.manifestPath) + "/scenarios"
    let isName = !name.contains("/") && !name.hasSuffix(".yaml") && !name.hasSuffix(".yml")
    let path = isName ? "\(scenarios)/\(name).yaml" : name
    let bytes =
      isName
      ? InputFile.read("\(name).yaml", below: scenarios, limit: ScenarioFile.limit)
      : InputFile.read(path, limit: ScenarioFile.limit)
    switch bytes {
    case .success(let bytes): return (path, bytes)
    case .failure(let problem):
      let known = InputFile.names(in: scenarios, endingIn: ".yaml")
      let help =
        isName && !known.isEmpty
        ? (suggestion(for: name, from: known).map { "did you mean '\($0)'?" }
          ?? "the network has \(known.joined(separator: ", "))")
        : "name a scenario file, or one in the network's folder 'scenarios'"
      throw CommandFailure(
        code: .wrongInput,
        message: NetworkInput.message([
          Diagnostic(id: "unreadable-file", "cannot read '\(path)': \(problem.words)", help: help)
        ]))
    }
  }
}

extension InputFile {
  /// The names of the files in a folder, without their ending, sorted; none if it cannot be read.
  static func names(in folder: String, endingIn ending: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
  }
}
