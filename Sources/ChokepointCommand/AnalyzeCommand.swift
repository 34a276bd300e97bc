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
        chokepoint analyze Graphs/rare-earth-magnets -s cn-full-ban
        chokepoint analyze Graphs/rare-earth-magnets -s cn-2025-october-package --as-of 2025-11-20
        chokepoint analyze flows.csv --sites sites.csv

      A file whose name ends in .csv is an edge list: a network that is nothing but its flows, with the columns from, to and \
      perhaps capacity, up to millions of rows. A site passes on what it gets, and one that nothing feeds is a source. For \
      each site, operator and country it is shown how many products, the sites that feed nothing, stop without it.
      """)

  @OptionGroup var input: NetworkInput
  @OptionGroup var scenario: ScenarioInput
  @OptionGroup var edgeList: EdgeListInput

  @Option(help: "How to print the result: \(OutputFormat.allValueStrings.joined(separator: " or ")).")
  var format: OutputFormat = .text

  @Option(help: "The most rows of each table.")
  var top = 12

  @Option(help: "When to use colour: \(ColourChoice.allValueStrings.joined(separator: ", ")).")
  var color: ColourChoice = .auto

  func validate() throws {
    if EdgeListInput.isEdgeList(input.network) {
      if scenario.scenario != nil {
        throw ValidationError("an edge list has no scenarios; -s needs a network.yaml")
      }
    } else if edgeList.sites != nil {
      throw ValidationError(
        "--sites stands beside an edge list, such as flows.csv; a network.yaml names its sites")
    }
    guard (1...10_000).contains(top) else { throw ValidationError("--top wants a number from 1 to 10000") }
  }

  func run() throws {
    let output = Terminal.standardOutput
    if EdgeListInput.isEdgeList(input.network) {
      let report = try edgeList.report(of: input.network)
      switch format {
      case .json: try output.write(report.json())
      case .text:
        try output.write(
          report.text(top: top, width: output.width).rendered(colour: output.usesColour(color)))
      }
      return
    }
    let network = try input.readValid()
    func tell(_ progress: RiskSummary.Progress) {
      ProgressTicker.say("ban \(progress.done + 1) of \(progress.count)")
    }
    if let inForce = try scenario.read(of: network, at: input) {
      let outcome = ScenarioOutcome(of: inForce, on: network)
      let flexible = FlexibleLoss(of: outcome)
      switch format {
      case .json:
        let summary = RiskSummary(of: network, under: inForce.disruption, report: tell)
        try output.write(AnalysisDocument(of: summary, in: outcome, flexible: flexible).json())
      case .text:
        let text = ScenarioText.text(
          of: outcome, flexible: flexible, top: top, width: output.width, named: input.network,
          scenario: scenario.scenario ?? "")
        try output.write(text.rendered(colour: output.usesColour(color)))
      }
      return
    }
    let summary = RiskSummary(of: network, report: tell)
    switch format {
    case .json: try output.write(AnalysisDocument(of: summary).json())
    case .text:
      let text = AnalysisText.text(of: summary, top: top, width: output.width, named: input.network)
      try output.write(text.rendered(colour: output.usesColour(color)))
    }
  }
}
