import ArgumentParser
import Chokepoint

struct WorstCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worst",
    abstract: "The few failures that together cost most, with proof.",
    discussion: """
      For one failure, two, and so on up to --count: which elements of a level, failing together, cost most, if nobody finds a new
      supplier. Every answer says whether it is proven; if not, how much more another set could cost at most.

      Levels: \(Element.Level.allCases.map(\.rawValue).joined(separator: ", ")); a lane is one that a flow records.

      Examples:
        chokepoint worst Graphs/tutorial
        chokepoint worst Graphs/rare-earth-magnets --level country --count 2
        chokepoint worst Graphs/rare-earth-magnets -s cn-full-ban --product ev-eu
      """)

  @OptionGroup var input: NetworkInput
  @OptionGroup var scenario: ScenarioInput

  @Option(
    help: ArgumentHelp("What can fail.", valueName: "level"), transform: LevelInput.level)
  var level = Element.Level.site

  @Option(help: "How many may fail together, from 1 to \(WorstCases.mostTogether).")
  var count = 3

  @Option(help: ArgumentHelp("Only the loss of this product; else the mean of all.", valueName: "product"))
  var product: String?

  @Option(
    help: ArgumentHelp(
      "How long to search for each number of failures, in million steps of about a tenth of a second.",
      valueName: "steps"))
  var steps = 100

  @Option(help: "How to print the result: \(OutputFormat.allValueStrings.joined(separator: " or ")).")
  var format: OutputFormat = .text

  @Option(help: "When to use colour: \(ColourChoice.allValueStrings.joined(separator: ", ")).")
  var color: ColourChoice = .auto

  func validate() throws {
    guard (1...WorstCases.mostTogether).contains(count) else {
      throw ValidationError("--count wants a number from 1 to \(WorstCases.mostTogether)")
    }
    guard (0...100_000).contains(steps) else {
      throw ValidationError("--steps wants a number from 0 to 100000")
    }
  }

  func run() throws {
    let network = try input.readValid().withImpliedDemand()
    let inForce = try scenario.read(of: network, at: input)
    let objective: WorstCases.Objective =
      try product.map { .product(try ProductInput.key(of: $0, in: network)) } ?? .mean
    let found = WorstCases(
      of: network, at: level, upTo: count, objective: objective, under: inForce?.disruption ?? .none,
      mostSteps: steps * 1_000_000
    ) { progress in
      ProgressTicker.say("sets of \(progress.size): \(Int(progress.spent * 100)) % of the steps spent")
    }
    guard let found else {
      throw CommandFailure(
        code: .wrongInput,
        message: """
          error: more than \(WorstCases.mostLanesOnMarkets) recorded lanes carry a material that also has a market
            help: ask for another level, or leave those materials out of 'markets'

          """)
    }
    let output = Terminal.standardOutput
    let report = WorstCaseReport(of: found, scenario: inForce, width: output.width)
    switch format {
    case .json: try output.write(report.json())
    case .text: try output.write(report.text().rendered(colour: output.usesColour(color)))
    }
  }
}
