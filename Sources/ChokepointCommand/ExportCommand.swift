import ArgumentParser
import Chokepoint

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the failure of a product as a fault tree for other tools.",
    discussion: """
      The tree has one basic event for each element that may fail, with its probability where one is given.

      Examples:
        chokepoint export Graphs/tutorial --product wind-eu --level site --to open-psa -o wind.xml
      """)

  enum Target: String, ExpressibleByArgument, CaseIterable {
    case openPSA = "open-psa"
  }

  @OptionGroup var input: NetworkInput
  @OptionGroup var scenario: ScenarioInput
  @OptionGroup var failing: FailureInput
  @OptionGroup var products: ProductInput

  @Option(help: "The format: \(Target.allValueStrings.joined(separator: ", ")).")
  var to: Target

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("Where to write it; standard output, if it is not given.", valueName: "file"))
  var output: String?

  func validate() throws {
    guard products.products.count == 1 else {
      throw ValidationError("name one product with --product; 'chokepoint cutsets' lists them")
    }
    guard try failing.levels(otherwise: [[.site]]).count == 1 else {
      throw ValidationError("name one --level; site+exports mixes two")
    }
  }

  func run() throws {
    let read = try input.readValid()
    let disruption = try scenario.read(of: read, at: input)?.disruption ?? .none
    let graph = ProductionGraph(read, tellingApart: disruption)
    let probabilities = try failing.readProbabilities(for: graph.network)
    let demand = try products.keys(in: graph.network)[0]
    let levels = try failing.levels(otherwise: [[.site]])[0]
    let state = graph.state(under: disruption)
    let failures = try FailureInput.failures(in: graph, state, at: levels, probabilities)
    let text = failures[demand.position].tree.openPSA
    guard let output else { return try Terminal.standardOutput.write(text) }
    if InputFile.isSame(output, input.manifestPath) {
      throw CommandFailure(
        code: .notWritten, message: "error: '\(printable(output))' is the network itself\n")
    }
    try OutputFile.write(Array(text.utf8), to: output)
    Terminal.tell("wrote \(printable(output))\n")
  }
}
