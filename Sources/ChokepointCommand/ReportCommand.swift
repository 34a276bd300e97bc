import ArgumentParser
import Chokepoint
import Foundation

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write one page of HTML that tells all about a network and explains itself.",
    discussion: """
      The page needs nothing else: no network, no other file, and for reading no script. In it are the baseline, the scenarios
      that -s names, and a ban on all exports of each country; with rules, what they find, with why and how to mend it.

      Examples:
        chokepoint report Graphs/tutorial -o tutorial.html
        chokepoint report Graphs/rare-earth-magnets -s all --rules Rules -o report.html
        chokepoint report Graphs/rare-earth-magnets -s cn-full-ban -s vn-ore-ban -o report.html
      """)

  @OptionGroup var input: NetworkInput

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("Where to write the page: a file that ends in .html.", valueName: "file"))
  var output: String

  @Option(
    name: [.short, .customLong("scenario")],
    help: ArgumentHelp(
      "A scenario by file or name; can be given several times, and 'all' is every one of the network. The page opens at the first.",
      valueName: "scenario"))
  var scenarios: [String] = []

  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp("The day that scenarios are looked at, instead of their own.", valueName: "YYYY-MM-DD")
  )
  var asOf: String?

  @OptionGroup var rules: RulesInput

  /// Beyond this many sites the page grows beyond what browsers open at once.
  private static let mostSites = 10_000

  func validate() throws {
    let ending = (output as NSString).pathExtension.lowercased()
    guard ending == "html" || ending == "htm" else {
      throw ValidationError("'\(printable(output))' is not the name of a page; end it in .html")
    }
    if let asOf, CalendarDate(asOf) == nil {
      throw ValidationError(
        "'\(printable(asOf))' is not a day of the calendar; write year, month and day, such as 2025-12-01")
    }
    if scenarios.contains("") {
      throw ValidationError("-s is empty; name a scenario of the network, or a file")
    }
  }

  func run() throws {
    let network = try input.readValid()
    if InputFile.isSame(output, input.manifestPath) {
      throw CommandFailure(
        code: .notWritten, message: "error: '\(printable(output))' is the network itself\n")
    }
    let stages = Set(network.sites.rows.compactMap(\.stage)).count
    guard stages <= DrawCommand.mostStages, network.sites.count <= Self.mostSites else {
      throw CommandFailure(
        code: .wrongInput,
        message: """
          error: a report has at most \(DrawCommand.mostStages) stages and \(Self.mostSites) sites; \
          this has \(stages) and \(network.sites.count)
            help: 'chokepoint analyze' takes networks of any size

          """)
    }
    var request = WebReport.Request()
    request.scenarios = try scenarioNames.map {
      try ScenarioInput.read($0, on: asOf, of: network, at: input)
    }
    if let first = scenarios.first, first != "all" { request.opening = request.scenarios.first?.scenario.id }
    request.findings = try findings(on: network, request.scenarios)
    request.command = ["chokepoint"] + CommandLine.arguments.dropFirst()
    request.version = ChokepointCommand.version
    let report = WebReport(of: network, as: request) { done, count in
      ProgressTicker.say("scenario \(done + 1) of \(count)")
    }
    ProgressTicker.say("drawing \(network.title)")
    let page = report.html(diagram: try picture(of: report))
    try OutputFile.write(Array(page.utf8), to: output)
    Terminal.tell("wrote \(printable(output))\n")
    if !report.isComplete { throw CommandFailure(code: .incomplete, message: "") }
  }

  private var scenarioNames: [String] {
    guard scenarios.contains("all") else { return scenarios }
    let all = InputFile.names(in: InputFile.folder(of: input.manifestPath) + "/scenarios", endingIn: ".yaml")
    return scenarios.filter { $0 != "all" && !all.contains($0) } + all
  }

  /// What the rules find, if there are any; what is wrong with them is told, and the page says so too.
  private func findings(on network: SupplyNetwork, _ scenarios: [ScenarioInForce]) throws -> RuleRun? {
    let rules = try self.rules.read()
    if rules.packs.isEmpty, rules.diagnostics.isEmpty { return nil }
    let dated = scenarios.map { inForce -> Scenario in
      var scenario = inForce.scenario
      scenario.asOf = inForce.day
      return scenario
    }
    return try RulesInput.run(
      rules, on: network.withImpliedDemand(), scenarios: dated, asOf: asOf.flatMap { CalendarDate($0) })
  }

  private func picture(of report: WebReport) throws -> String {
    do {
      let pictures = try GraphvizRenderer.render(report.graph, formats: [.inlineSVG(idPrefix: "d-")])
      return String(decoding: pictures.first?.bytes ?? [], as: UTF8.self)
    } catch {
      throw CommandFailure(code: .notWritten, message: "error: the picture could not be drawn: \(error)\n")
    }
  }
}
