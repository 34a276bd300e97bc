import ArgumentParser
import Chokepoint

struct ChokepointsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chokepoints",
    abstract: "Every single point of failure, level by level, each with the reason.",
    discussion: """
      Levels: \(Element.Level.allCases.map(\.rawValue).joined(separator: ", ")).

      Examples:
        chokepoint chokepoints Graphs/tutorial
        chokepoint chokepoints Graphs/rare-earth-magnets --level exports --level country-material
      """)

  @OptionGroup var input: NetworkInput
  @OptionGroup var scenario: ScenarioInput

  @OptionGroup var levelInput: LevelInput

  @OptionGroup var products: ProductInput

  @Option(help: "How to print the result: \(OutputFormat.allValueStrings.joined(separator: " or ")).")
  var format: OutputFormat = .text

  @Option(help: "The most points of each level of a product.")
  var top = 12

  @Option(help: "When to use colour: \(ColourChoice.allValueStrings.joined(separator: ", ")).")
  var color: ColourChoice = .auto

  func validate() throws {
    guard (1...10_000).contains(top) else { throw ValidationError("--top wants a number from 1 to 10000") }
  }

  func run() throws {
    let network = try input.readValid()
    let inForce = try scenario.read(of: network, at: input)
    let disruption = inForce?.disruption ?? .none
    let graph = ProductionGraph(network, tellingApart: disruption)
    let demands = try products.keys(in: graph.network)
    let report = ChokepointReport(
      of: graph, under: disruption,
      at: levelInput.levels.isEmpty ? Set(Element.Level.allCases) : Set(levelInput.levels),
      products: demands, scenario: inForce)
    let output = Terminal.standardOutput
    switch format {
    case .json: try output.write(report.json())
    case .text:
      try output.write(report.text(top: top, width: output.width).rendered(colour: output.usesColour(color)))
    }
  }
}

/// The products that a command looks at.
struct ProductInput: ParsableArguments {
  @Option(
    name: .customLong("product"),
    help: ArgumentHelp("Only this product; can be given several times.", valueName: "product"))
  var products: [String] = []

  /// The demands with these ids, in the network's order; all if none is named.
  func keys(in network: SupplyNetwork) throws -> [Key<Demand>] {
    if products.isEmpty { return Array(network.demand.keys) }
    let found = try products.map { try Self.key(of: $0, in: network) }
    return network.demand.keys.filter { found.contains($0) }
  }

  static func key(of id: String, in network: SupplyNetwork) throws -> Key<Demand> {
    if let key = network.demand.key(of: id) { return key }
    let known = network.demand.rows.map(\.id)
    let help =
      suggestion(for: id, from: known).map { "did you mean '\($0)'?" }
      ?? "the products are \(known.prefix(12).joined(separator: ", "))\(known.count > 12 ? ", …" : "")"
    throw CommandFailure(
      code: .wrongInput,
      message: "error: no product has the id '\(printable(id))'\n  help: \(printable(help))\n")
  }
}

/// The levels that a command looks at.
struct LevelInput: ParsableArguments {
  @Option(
    name: .customLong("level"),
    help: ArgumentHelp("Only this level; can be given several times.", valueName: "level"),
    transform: Self.level)
  var levels: [Element.Level] = []

  static func level(_ text: String) throws -> Element.Level {
    if let level = Element.Level(rawValue: text) { return level }
    let known = Element.Level.allCases.map(\.rawValue)
    throw ValidationError(
      "there is no level '\(printable(text))'; "
        + (suggestion(for: text, from: known).map { "did you mean '\($0)'?" }
          ?? "the levels are \(known.joined(separator: ", "))"))
  }
}
