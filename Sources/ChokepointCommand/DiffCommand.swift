import ArgumentParser
import Chokepoint
import Foundation

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "What differs between two networks, or between two scenarios.",
    discussion: """
      A and B are networks, or scenario files in the folder 'scenarios' of one. With A alone, its baseline is held against
      the scenario of one -s, or the scenario of the first -s against that of the second.

      Examples:
        chokepoint diff Graphs/rare-earth-magnets -s cn-2025-october-package -s cn-full-ban
        chokepoint diff Graphs/tutorial Graphs/gallium-germanium
      """)

  @Argument(help: ArgumentHelp("A network, or a scenario of one.", valueName: "a"))
  var first: String

  @Argument(help: ArgumentHelp("Another one.", valueName: "b"))
  var second: String?

  @Option(
    name: [.short, .customLong("scenario")],
    help: ArgumentHelp(
      "A scenario by file or name; one for both networks, or one for each side.", valueName: "scenario"))
  var scenarios: [String] = []

  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp("The day that scenarios are looked at, instead of their own.", valueName: "YYYY-MM-DD")
  )
  var asOf: String?

  @Option(help: "How to print the result: \(OutputFormat.allValueStrings.joined(separator: " or ")).")
  var format: OutputFormat = .text

  @Option(help: "The most rows of each list.")
  var top = 12

  @Option(help: "When to use colour: \(ColourChoice.allValueStrings.joined(separator: ", ")).")
  var color: ColourChoice = .auto

  func validate() throws {
    guard (1...10_000).contains(top) else { throw ValidationError("--top wants a number from 1 to 10000") }
    guard scenarios.count <= 2 else { throw ValidationError("there are two sides, so at most two -s") }
    if let asOf, CalendarDate(asOf) == nil {
      throw ValidationError("'\(printable(asOf))' is not a day of the calendar; write it as 2025-12-01")
    }
    if second == nil, scenarios.isEmpty {
      throw ValidationError("nothing to compare with: name a second network, or scenarios with -s")
    }
  }

  func run() throws {
    let (one, other) = (place(first), second.map { place($0) } ?? place(first))
    var names = [one.scenario, other.scenario]
    if second == nil, scenarios.count == 1 {
      names[1] = scenarios[0]
    } else {
      for side in names.indices where names[side] == nil && !scenarios.isEmpty {
        names[side] = scenarios[min(side, scenarios.count - 1)]
      }
    }
    let before = try side(one.network, names[0])
    let after = try side(other.network, names[1])
    let comparison = Comparison(before, after) { progress in
      ProgressTicker.say("ban \(progress.done + 1) of \(progress.count)")
    }
    let output = Terminal.standardOutput
    let report = DiffReport(of: comparison, width: output.width)
    switch format {
    case .json: try output.write(report.json())
    case .text: try output.write(report.text(top: top).rendered(colour: output.usesColour(color)))
    }
  }

  /// The network that an argument names, and the scenario if it names one of it.
  private func place(_ argument: String) -> (network: String, scenario: String?) {
    let folder = InputFile.folder(of: argument)
    guard argument.hasSuffix(".yaml"), InputFile.name(of: folder) == "scenarios" else {
      return (argument, nil)
    }
    return (InputFile.folder(of: folder), argument)
  }

  private func side(_ path: String, _ scenario: String?) throws -> Comparison.Side {
    var input = NetworkInput()
    input.network = path
    let network = try input.readValid().withImpliedDemand()
    let inForce = try scenario.map { try ScenarioInput.read($0, on: asOf, of: network, at: input) }
    return Comparison.Side(network, scenario: inForce)
  }
}
