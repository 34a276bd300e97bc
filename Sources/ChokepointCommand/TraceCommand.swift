import ArgumentParser
import Chokepoint

struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Where the elements in a product come from.",
    discussion: """
      Traces each chemical element in a product back through mixing, processing and recycling to the mines and first recyclers that it comes
      from, in the baseline.

      Examples:
        chokepoint trace Graphs/rare-earth-magnets ev-eu
        chokepoint trace Graphs/rare-earth-magnets ev-eu --element Dy --by site
      """)

  @OptionGroup var input: NetworkInput

  @Argument(help: "The product: the id of a demand.")
  var product: String

  @Option(
    name: .customLong("element"),
    help: ArgumentHelp(
      "Only this element, such as Dy; can be given several times. Else those of the product's composition.",
      valueName: "symbol"))
  var elements: [String] = []

  @Option(
    help: "What origins are: \(ProductOrigin.Grouping.allCases.map(\.rawValue).joined(separator: ", ")).")
  var by = OriginGrouping.country

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
    let network = try input.readValid().withImpliedDemand()
    let demand = try ProductInput.key(of: product, in: network)
    let known = network.chemicalElements
    for element in elements where !known.contains(element) {
      let meant = suggestion(for: element, from: known)
      throw CommandFailure(
        code: .wrongInput,
        message: "error: no material of the network has an element '\(printable(element))'\n  help: "
          + (meant.map { "did you mean '\($0)'?" } ?? "the elements are \(known.joined(separator: ", "))")
          + "\n")
    }
    let origin = ProductOrigin(
      of: demand, in: ProductionGraph(network), elements: elements.isEmpty ? nil : elements, by: by.grouping)
    let output = Terminal.standardOutput
    let report = TraceReport(of: origin, width: output.width)
    switch format {
    case .json: try output.write(report.json())
    case .text: try output.write(report.text(top: top).rendered(colour: output.usesColour(color)))
    }
  }
}

/// What origins are told apart by, as an argument.
enum OriginGrouping: String, ExpressibleByArgument, CaseIterable {
  case country, `operator`, parent, site

  var grouping: ProductOrigin.Grouping {
    switch self {
    case .country: .country
    case .operator: .operator
    case .parent: .parent
    case .site: .site
    }
  }
}
