import ArgumentParser
import Chokepoint

struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract:
      "Concentration, single points of failure, and what a scenario or every single-country ban would stop.",
    discussion: """
      Examples:
        chokepoint analyze Graphs/tutorial
        chokepoint analyze Graphs/rare-earth-magnets -s cn-2025-04-licensing
        chokepoint analyze Graphs/rare-earth-magnets -s cn-2025-10-package --as-of 2025-11-20
      """)

  @OptionGroup var input: NetworkInput
  @OptionGroup var scenario: ScenarioInput

  @Option(help: "How to print the result: \(OutputFormat.allValueStrings.joined(separator: " or ")).")
  var format: OutputFormat = .text

  @Option(help: "The most rows of each table.")
  var top = 12

  @Option(help: "When to use colour: \(ColourChoice.allValueStrings.joined(separator: ", ")).")
  var color: ColourChoice = .auto

  func validate() throws {
    guard (1...10_000).contains(top) else { throw ValidationError("--top wants a number from 1 to 10000") }
  }

  func run() throws {
    let network = try input.readValid()
    let output = Terminal.standardOutput
    if let inForce = try scenario.read(of: network, at: input) {
      let outcome = ScenarioOutcome(of: inForce, on: network)
      switch format {
      case .json:
        let summary = RiskSummary(of: network, under: inForce.disruption)
        try output.write(AnalysisDocument(of: summary, in: outcome).json())
      case .text:
        let text = ScenarioText.text(
          of: outcome, top: top, width: output.width, named: input.network,
          scenario: scenario.scenario ?? "")
        try output.write(text.rendered(colour: output.usesColour(color)))
      }
      return
    }
    let summary = RiskSummary(of: network)
    switch format {
    case .json: try output.write(AnalysisDocument(of: summary).json())
    case .text:
      let text = AnalysisText.text(of: summary, top: top, width: output.width, named: input.network)
      try output.write(text.rendered(colour: output.usesColour(color)))
    }
  }
}
