import ArgumentParser
import Chokepoint
import Foundation

extension RulesInput {
  /// The file of waivers and that of known findings, where the user names them; else what chokepoint.yaml names.
  struct Exceptions {
    var waivers: String?
    var baseline: String?
  }

  /// Asks all rules of a network, and tells what is wrong with them.
  ///
  /// - Parameters:
  ///   - reading: the rules.
  ///   - network: with its implied demand or without.
  ///   - scenarios: for the rules that look at one.
  ///   - asOf: the day that waivers are held against; today if it is nil.
  ///   - exceptions: findings to leave out.
  /// - Returns: all results; what could not be read is among the problems.
  /// - Throws: a failure with exit code 2 if waivers or known findings cannot be read.
  static func run(
    _ reading: Reading, on network: SupplyNetwork, scenarios: [Scenario], asOf: CalendarDate?,
    exceptions: Exceptions = Exceptions()
  ) throws -> RuleRun {
    ProgressTicker.say("asking the rules")
    let project = reading.project
    let runner = RuleRunner(reading.packs, profile: project.profile, settings: project.settings)
    var run = runner.run(
      on: network, scenarios: scenarios,
      waivers: try readWaivers(exceptions.waivers ?? project.waivers),
      baseline: try readBaseline(exceptions.baseline ?? project.baseline), on: asOf ?? today)
    run.problems = reading.diagnostics.filter { $0.severity == .error } + run.problems
    for diagnostic in reading.diagnostics where diagnostic.severity != .error {
      Terminal.tell("\(diagnostic)\n")
    }
    for diagnostic in run.problems + run.notes { Terminal.tell("\(diagnostic)\n") }
    return run
  }

  private static var today: CalendarDate? {
    let parts = Calendar(identifier: .gregorian).dateComponents(
      in: TimeZone(secondsFromGMT: 0) ?? .current, from: Date())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    guard let year = parts.year, let month = parts.month, let day = parts.day else { return nil }
    return CalendarDate("\(year)-\(two(month))-\(two(day))")
  }

  private static func bytes(of path: String, limit: Int, _ what: String) throws -> [UInt8] {
    switch InputFile.read(path, limit: limit) {
    case .success(let bytes): return bytes
    case .failure(let problem):
      throw CommandFailure(
        code: .wrongInput,
        message: NetworkInput.message([
          Diagnostic(
            id: "unreadable-file", "cannot read the \(what): \(problem.words)",
            at: SourcePlace(file: path, line: 1, column: 1), help: "name a file, or leave the option out")
        ]))
    }
  }

  private static func readWaivers(_ path: String?) throws -> [Waiver] {
    guard let path else { return [] }
    let reading = WaiverFile.read(try bytes(of: path, limit: WaiverFile.limit, "waivers"), named: path)
    if reading.diagnostics.contains(where: { $0.severity == .error }) {
      throw CommandFailure(code: .wrongInput, message: NetworkInput.message(reading.diagnostics))
    }
    return reading.waivers
  }

  private static func readBaseline(_ path: String?) throws -> FindingBaseline {
    guard let path else { return FindingBaseline() }
    let reading = BaselineFile.read(try bytes(of: path, limit: BaselineFile.limit, "baseline"), named: path)
    guard let baseline = reading.baseline else {
      throw CommandFailure(code: .wrongInput, message: NetworkInput.message(reading.diagnostics))
    }
    return baseline
  }
}
