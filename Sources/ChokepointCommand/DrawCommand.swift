import ArgumentParser
import Chokepoint
import Foundation

struct DrawCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw", abstract: "Draw a network, or what an export ban leaves of it.",
    discussion: """
      The ending of FILE says what to draw: svg, png, pdf or dot.

      Examples:
        chokepoint draw Graphs/tutorial -o tutorial.svg
        chokepoint draw Graphs/rare-earth-magnets --ban worst -o worst.pdf
      """)

  @OptionGroup var input: NetworkInput

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("Where to write the picture.", valueName: "file"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Draw what is left when a country bans all of its exports: its ISO code, such as CN, or 'worst'.",
      valueName: "country"))
  var ban: String?

  @OptionGroup var scenarioInput: ScenarioInput

  @Option(help: "Dots per inch of a PNG.")
  var dpi = 144

  /// Beyond this many columns nobody can read the picture, and laying it out takes minutes.
  private static let mostStages = 40

  private enum Kind: String, CaseIterable {
    case svg, png, pdf, dot
  }

  func validate() throws {
    if kind == nil {
      throw ValidationError(
        "'\(printable(output))' does not say what to draw; end it in .svg, .png, .pdf or .dot")
    }
    guard PictureFormat.resolutions.contains(dpi) else {
      throw ValidationError("--dpi wants a number from 24 to 1200")
    }
    if ban != nil, scenarioInput.scenario != nil {
      throw ValidationError("draw one thing at a time: --ban or a scenario")
    }
    if let ban, ban != "worst", Country(code: ban) == nil {
      throw ValidationError("there is no country '\(printable(ban))'; \(countryHelp(for: ban))")
    }
  }

  private var kind: Kind? { Kind(rawValue: (output as NSString).pathExtension.lowercased()) }

  func run() throws {
    let network = try input.readValid()
    if InputFile.isSame(output, input.manifestPath) {
      throw CommandFailure(
        code: .notWritten, message: "error: '\(printable(output))' is the network itself\n")
    }
    let used = Set(network.sites.rows.compactMap(\.stage)).count
    guard used <= Self.mostStages else {
      throw CommandFailure(
        code: .wrongInput,
        message: "error: a diagram has at most \(Self.mostStages) stages; this has \(used)\n")
    }
    ProgressTicker.say("drawing \(network.title)")
    let graph = NetworkDiagram.graph(of: network, in: try scenario(of: network))
    try OutputFile.write(try picture(of: graph), to: output)
    Terminal.tell("wrote \(printable(output))\n")
  }

  private func scenario(of network: SupplyNetwork) throws -> NetworkDiagram.Scenario? {
    if let inForce = try scenarioInput.read(of: network, at: input) {
      let day = inForce.day.map { ", \($0)" } ?? ""
      return .init(title: inForce.scenario.title + day, disruption: inForce.disruption)
    }
    guard let ban else { return nil }
    if let country = Country(code: ban) {
      if !network.sites.rows.contains(where: { $0.isActive && $0.country == country }) {
        Terminal.tell(
          "note: no active site of the network is in \(country.name), so its ban changes nothing\n")
      }
      return .exportBan(country)
    }
    guard let worst = ProductionGraph(network).countryBans().first else {
      throw CommandFailure(code: .wrongInput, message: "error: no active site of the network has a country\n")
    }
    return .exportBan(worst.country)
  }

  private func picture(of graph: GraphvizGraph) throws -> [UInt8] {
    let format: PictureFormat
    switch kind {
    case .svg: format = .svg
    case .png: format = .png(dotsPerInch: dpi)
    case .pdf: format = .pdf
    case .dot, nil: return Array(dotText(of: graph).utf8)
    }
    do {
      return try GraphvizRenderer.render(graph, formats: [format]).first?.bytes ?? []
    } catch {
      throw CommandFailure(code: .notWritten, message: "error: the picture could not be drawn: \(error)\n")
    }
  }
}
