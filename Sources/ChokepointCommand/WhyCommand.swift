import ArgumentParser
import Chokepoint

struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Why a product stops, or what it loses and to what; and what it hangs on.",
    discussion: """
      Examples:
        chokepoint why Graphs/tutorial motors-eu
        chokepoint why Graphs/rare-earth-magnets ev-eu -s cn-full-ban
      """)

  @OptionGroup var input: NetworkInput

  @Argument(help: "The id of a product, that is of a row of 'demand'.")
  var product: String

  @OptionGroup var scenario: ScenarioInput

  @Option(help: "How to print the result: \(OutputFormat.allValueStrings.joined(separator: " or ")).")
  var format: OutputFormat = .text

  @Option(help: "The most rows of each list.")
  var top = 12

  @Option(help: "When to use colour: \(ColourChoice.allValueStrings.joined(separator: ", ")).")
  var color: ColourChoice = .auto

  func validate() throws {
    guard (1...10_000).contains(top) else { throw ValidationError("--top wants a number from 1 to 10000") }
  }

  func run() throws {
    let network = try input.readValid().withImpliedDemand()
    let demand = try ProductInput.key(of: product, in: network)
    let inForce = try scenario.read(of: network, at: input)
    let output = Terminal.standardOutput
    let report = WhyReport(of: demand, in: network, scenario: inForce, width: output.width)
    switch format {
    case .json: try output.write(report.json())
    case .text: try output.write(report.text(top: top).rendered(colour: output.usesColour(color)))
    }
  }
}
