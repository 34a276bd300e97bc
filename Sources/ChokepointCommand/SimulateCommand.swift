import ArgumentParser
import Chokepoint

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Supply and stocks over time: how long products survive a scenario, and when supply is back.",
    discussion: """
      Goes through a scenario day by day, with its dates, stocks, goods under way, grace periods, and sites that grow.

      Examples:
        chokepoint simulate Graphs/tutorial -s orient-ban
        chokepoint simulate Graphs/tutorial -s orient-ban --from 2026-01-01 --to 2026-12-31 --step month
        chokepoint simulate Graphs/rare-earth-magnets -s cn-2025-april-licensing -o timeline.svg
      """)

  @OptionGroup var input: NetworkInput

  @Option(
    name: [.short, .customLong("scenario")],
    help: ArgumentHelp(
      "A scenario file, or the name of one in the network's folder 'scenarios'.", valueName: "scenario"))
  var scenario: String

  @Option(
    help: ArgumentHelp(
      "The first day. Else that on which something of the scenario first takes effect.",
      valueName: "YYYY-MM-DD"))
  var from: String?

  @Option(
    help: ArgumentHelp(
      "The last day. Else two years are looked at, or a year more than the last of it takes effect.",
      valueName: "YYYY-MM-DD"))
  var to: String?

  @Option(help: "How long a step is: \(TimelineStep.allValueStrings.joined(separator: ", ")).")
  var step = TimelineStep.week

  @Option(help: "How to print the result: \(TimelineFormat.allValueStrings.joined(separator: ", ")).")
  var format = TimelineFormat.text

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("Draw it into this file, an SVG picture, instead.", valueName: "file.svg"))
  var output: String?

  @Option(help: "Colours of the picture: \(DiagramTheme.all.map(\.name).joined(separator: ", ")).")
  var theme = "light"

  @Option(help: "The most rows of each table.")
  var top = 12

  @Option(help: "When to use colour: \(ColourChoice.allValueStrings.joined(separator: ", ")).")
  var color: ColourChoice = .auto

  func validate() throws {
    guard (1...10_000).contains(top) else { throw ValidationError("--top wants a number from 1 to 10000") }
    for day in [from, to].compactMap(\.self) where CalendarDate(day) == nil {
      throw ValidationError(
        "'\(printable(day))' is not a day of the calendar; write year, month and day, such as 2025-12-01")
    }
    if scenario.isEmpty { throw ValidationError("-s is empty; name a scenario of the network, or a file") }
    if let output, !output.lowercased().hasSuffix(".svg") {
      throw ValidationError("'\(printable(output))' does not end in .svg; timelines are drawn as SVG")
    }
    guard DiagramTheme.all.contains(where: { $0.name == theme }) else {
      throw ValidationError(
        "there is no theme '\(printable(theme))'; there are \(DiagramTheme.all.map(\.name).joined(separator: ", "))"
      )
    }
  }

  func run() throws {
    let network = try input.readValid().withImpliedDemand()
    let scenario = try ScenarioInput.read(self.scenario, of: network, at: input)
    let timeline = try timeline(of: scenario, on: network)
    let terminal = Terminal.standardOutput
    let report = TimelineReport(of: timeline, width: terminal.width)
    if let output {
      let chosen = DiagramTheme.all.first { $0.name == self.theme } ?? DiagramTheme.light
      try OutputFile.write(Array(report.svg(theme: chosen).utf8), to: output)
      return
    }
    switch format {
    case .json: try terminal.write(report.json())
    case .csv: try terminal.write(report.csv())
    case .text:
      let text = report.text(top: top, named: input.network, scenario: self.scenario)
      try terminal.write(text.rendered(colour: terminal.usesColour(color)))
    }
  }

  private func timeline(of scenario: Scenario, on network: SupplyNetwork) throws -> Timeline {
    let (first, last) = (from.flatMap { CalendarDate($0) }, to.flatMap { CalendarDate($0) })
    guard
      let horizon = Timeline.Horizon(of: scenario, on: network, from: first, through: last, by: step.step)
    else {
      throw CommandFailure(
        code: .wrongInput,
        message: last != nil
          ? "error: the last day lies before the first\n  help: give both, --from YYYY-MM-DD --to YYYY-MM-DD\n"
          : "error: neither the scenario nor the network says when it begins\n  help: add --from YYYY-MM-DD\n"
      )
    }
    do {
      return try Timeline(of: scenario, on: network, over: horizon)
    } catch .tooManySteps(let count, let most) {
      throw CommandFailure(
        code: .wrongInput,
        message:
          "error: from \(horizon.first) to \(horizon.last) are \(count) steps, and at most \(most) are taken\n  help: take longer steps (--step month), or fewer days (--from, --to)\n"
      )
    } catch .tooLarge {
      throw CommandFailure(
        code: .incomplete,
        message:
          "error: too much for \(horizon.days) days of a network of this size\n  help: look at fewer days (--from, --to)\n"
      )
    }
  }
}

/// How long a step of a timeline is, as an argument.
enum TimelineStep: String, ExpressibleByArgument, CaseIterable {
  case day, week, month

  var step: Timeline.Horizon.Step {
    switch self {
    case .day: .day
    case .week: .week
    case .month: .month
    }
  }
}

/// How a timeline is printed, as an argument.
enum TimelineFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, csv
}
