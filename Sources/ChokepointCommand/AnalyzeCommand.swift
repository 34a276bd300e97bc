import ArgumentParser
import Chokepoint

struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Concentration, single points of failure, and what every single-country ban would stop.")

  @OptionGroup var input: NetworkInput

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
    let summary = RiskSummary(of: try input.readValid())
    let output = Terminal.standardOutput
    switch format {
    case .json: try output.write(AnalysisDocument(of: summary).json())
    case .text:
      let text = AnalysisText.text(of: summary, top: top, width: output.width, named: input.network)
      try output.write(text.rendered(colour: output.usesColour(color)))
    }
  }
}
