import ArgumentParser
import Foundation

@main
struct ChokepointCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chokepoint",
    abstract: "Which products stop when a country bans the export of a material or of a technology.",
    discussion: """
      Examples:
        chokepoint check Graphs/tutorial
        chokepoint analyze Graphs/rare-earth-magnets
        chokepoint draw Graphs/rare-earth-magnets --ban CN -o ban.svg
        chokepoint check Graphs/rare-earth-magnets --rules Rules -s cn-full-ban
        chokepoint eval 'site.capacity > 1000.0' --var 'site={"capacity": 3000.0}'

      A NETWORK is a folder with a network.yaml, or that file. Graphs/README.md describes the format.

      Exit codes: 0 done; 1 a finding at or above --fail-on, or a test or conformance case failed; 2 wrong usage or unreadable input; 3 incomplete: a rule could not be run, or too large to finish; 4 output not written; 70 a fault of chokepoint itself.
      """,
    version: version,
    subcommands: [
      CheckCommand.self,
      AnalyzeCommand.self,
      ChokepointsCommand.self,
      CutSetsCommand.self,
      ExportCommand.self,
      WorstCommand.self,
      WhyCommand.self,
      SimulateCommand.self,
      DiffCommand.self,
      TraceCommand.self,
      RulesCommand.self,
      DrawCommand.self,
      ReportCommand.self,
      EvalCommand.self,
      VersionCommand.self,
    ])

  static let version = "0.1.0"

  /// Runs the command; every way out ends here, with the exit codes that the README promises.
  static func main() {
    ProgressTicker.start()
    defer { ProgressTicker.stop() }
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as CommandFailure {
      Terminal.tell(failure.message)
      Foundation.exit(failure.code.rawValue)
    } catch {
      let code = exitCode(for: error)
      if code.isSuccess {
        let isWritten = (try? Terminal.standardOutput.write(fullMessage(for: error) + "\n")) != nil
        Foundation.exit(isWritten ? 0 : ExitStatus.notWritten.rawValue)
      }
      Terminal.tell(fullMessage(for: error) + "\n")
      Foundation.exit((code == .validationFailure ? ExitStatus.wrongInput : .internalFault).rawValue)
    }
  }
}

/// How the command ends; the README promises these.
enum ExitStatus: Int32 {
  case failed = 1
  case wrongInput = 2
  case incomplete = 3
  case notWritten = 4
  case internalFault = 70
}

/// A reason to stop: what to tell the user, and how to exit.
struct CommandFailure: Error {
  let code: ExitStatus

  /// Ends with a line break.
  let message: String
}

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the version.")

  func run() throws { try Terminal.standardOutput.write("chokepoint \(ChokepointCommand.version)\n") }
}
