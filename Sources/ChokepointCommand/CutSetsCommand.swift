import ArgumentParser
import Chokepoint
import Foundation

struct CutSetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cutsets",
    abstract:
      "Which failures together stop a product: minimal cut sets, and how likely and important they are.",
    discussion: """
      Of a NETWORK, the elements that fail are sites, countries, the exports of countries and so on, as --level says.
      Files that end in .xml are fault trees in the Open-PSA format; together they hold one model.

      Examples:
        chokepoint cutsets Graphs/tutorial --level country
        chokepoint cutsets model.xml basic-events.xml --order all

      Exit code 3: the sets, or the diagram that a probability needs, are too large; what is missing is said.
      """)

  @Argument(help: "The folder of a network, or its network.yaml; or the files of a fault tree.")
  var inputs: [String]

  @Option(help: "The most elements that a set may have: a number, or 'all'.")
  var order = "3"

  @OptionGroup var scenario: ScenarioInput

  @OptionGroup var failing: FailureInput

  @OptionGroup var products: ProductInput

  @Option(help: "How to print the result: \(OutputFormat.allValueStrings.joined(separator: " or ")).")
  var format: OutputFormat = .text

  @Option(
    help:
      "The most sets that are listed of each product; 12 if it is not given, 1000 in JSON. Counts are of all."
  )
  var top: Int?

  @Option(help: "When to use colour: \(ColourChoice.allValueStrings.joined(separator: ", ")).")
  var color: ColourChoice = .auto

  /// What is asked for if no level is.
  private static let standardLevels: [Set<Element.Level>] = [[.country], [.exports], [.site]]

  private var isFaultTree: Bool {
    inputs.allSatisfy { ($0 as NSString).pathExtension.lowercased() == "xml" && !InputFile.isFolder($0) }
  }

  private var orderLimit: Int? { order == "all" ? nil : Int(order) }

  func validate() throws {
    if order != "all", (Int(order) ?? 0) < 1 {
      throw ValidationError("--order wants a number from 1, or 'all'; not '\(printable(order))'")
    }
    if let top, !(1...1_000_000).contains(top) {
      throw ValidationError("--top wants a number from 1 to 1000000")
    }
    _ = try failing.levels(otherwise: [])
    if isFaultTree {
      if !failing.level.isEmpty { throw ValidationError("--level is for networks; a fault tree has events") }
      if scenario.scenario != nil {
        throw ValidationError("scenarios are for networks; a fault tree has none")
      }
      if failing.probabilities != nil {
        throw ValidationError("--probabilities is for networks; a fault tree says those of its events")
      }
    } else if inputs.count > 1 {
      throw ValidationError("name one network, or files of a fault tree that all end in .xml")
    }
  }

  func run() throws {
    let output = Terminal.standardOutput
    let (results, source, title, openQuestion) = isFaultTree ? try ofModel() : try ofNetwork()
    switch format {
    case .json:
      try output.write(
        CutSetDocument(results, of: source, orderLimit: orderLimit, top: top ?? 1000).json())
    case .text:
      let text = CutSetText.text(
        of: results, title: title, openQuestion: openQuestion, orderLimit: orderLimit, top: top ?? 12,
        width: output.width)
      try output.write(text.rendered(colour: output.usesColour(color)))
    }
    let incomplete = results.filter(\.analysis.lacksProbability)
    if let first = incomplete.first {
      throw CommandFailure(
        code: .incomplete,
        message:
          "error: \(incomplete.count == 1 ? "one probability is" : "\(incomplete.count) probabilities are") missing,"
          + " since the diagram would be too large: '\(printable(first.name))'; the cut sets are complete\n")
    }
  }

  private typealias Found = (
    results: [CutSetResult], source: CutSetDocument.Source, title: String, openQuestion: String?
  )

  private func ofModel() throws -> Found {
    var files: [(name: String, bytes: [UInt8])] = []
    for path in inputs {
      switch InputFile.read(path, limit: OpenPSAFile.sizeLimit) {
      case .success(let bytes): files.append((path, bytes))
      case .failure(let problem):
        throw CommandFailure(
          code: .wrongInput,
          message: NetworkInput.message([
            Diagnostic(
              id: "unreadable-file", "cannot read '\(path)': \(problem.words)",
              help: "name the files of a fault tree in the Open-PSA format")
          ]))
      }
    }
    ProgressTicker.say("reading \(inputs[0])")
    let reading = OpenPSAFile.read(files)
    guard let model = reading.model else {
      throw CommandFailure(code: .wrongInput, message: NetworkInput.message(reading.diagnostics))
    }
    for diagnostic in reading.diagnostics { Terminal.tell("\(diagnostic)\n") }
    var tops = model.topGates
    if !products.products.isEmpty {
      let positions = Dictionary(
        model.gates.enumerated().compactMap { position, gate in gate.id.map { ($0, position) } },
        uniquingKeysWith: { first, _ in first })
      tops = try products.products.map { id in
        guard let position = positions[id] else {
          let meant = suggestion(for: id, from: positions.keys.sorted())
          throw CommandFailure(
            code: .wrongInput,
            message: "error: there is no gate '\(printable(id))'"
              + (meant.map { "; did you mean '\(printable($0))'?" } ?? "") + "\n")
        }
        return position
      }
    }
    let results = try tops.enumerated().map { number, top in
      ProgressTicker.say("cut sets of top event \(number + 1) of \(tops.count)")
      let tree: FaultTree
      do { tree = try model.faultTree(top: top) } catch {
        throw CommandFailure(code: .wrongInput, message: "error: \(printable("\(error)"))\n")
      }
      return CutSetResult(of: try analysis(tree, called: tree.name), topGate: model.gates[top])
    }
    let first = InputFile.name(of: inputs[0])
    let more = inputs.count - 1
    return (results, .openPSA, first + (more > 0 ? " and \(more) more" : ""), nil)
  }

  private func ofNetwork() throws -> Found {
    var input = NetworkInput()
    input.network = inputs[0]
    let read = try input.readValid()
    let inForce = try scenario.read(of: read, at: input)
    let disruption = inForce?.disruption ?? .none
    let graph = ProductionGraph(read, tellingApart: disruption)
    let network = graph.network
    let probabilities = try failing.readProbabilities(for: network)
    let demands = try products.keys(in: network)
    let state = graph.state(under: disruption)
    let perLevel = try failing.levels(otherwise: Self.standardLevels).map { levels in
      (levels, try FailureInput.failures(in: graph, state, at: levels, probabilities))
    }
    let results = try demands.enumerated().flatMap { number, demand in
      ProgressTicker.say("cut sets of product \(number + 1) of \(demands.count)")
      return try perLevel.map { levels, failures in
        let failure = failures[demand.position]
        let analysis = try analysis(failure.tree, called: network.demand[demand].name)
        return CutSetResult(of: analysis, failure, at: levels, in: network)
      }
    }
    let title = network.title + (inForce.map { ", under '\($0.scenario.title)'" } ?? "")
    let source = CutSetDocument.Source(
      network, scenario: inForce)
    return (results, source, title, inForce?.openQuestion(in: network))
  }

  private func analysis(_ tree: FaultTree, called name: String) throws -> CutSetAnalysis {
    do {
      return try CutSetAnalysis(of: tree, orderLimit: orderLimit)
    } catch {
      throw CommandFailure(
        code: .incomplete,
        message: "error: '\(printable(name))': \(error); nothing is shown\n"
          + "  help: ask for a smaller --order, or for a level with fewer elements\n")
    }
  }
}
