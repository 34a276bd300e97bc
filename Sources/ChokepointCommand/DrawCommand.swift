import ArgumentParser
import Chokepoint
import Foundation

struct DrawCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw", abstract: "Draw a network, or what a ban, a scenario or a cut set leaves of it.",
    discussion: """
      The ending of FILE says what to draw: svg, png, pdf, dot, or mmd for Mermaid.

      Kinds: network; before-after, the baseline above a scenario; single-points; cut-set; operators, a box for each
      parent; tree, all that one product hangs on; spread, how a scenario's losses reach one box after the other.
      Of a network, boxes keep their places in every scenario, so that two pictures can be flipped.

      An EXPR is a condition on 'site' in the language of rules, with the attributes that 'chokepoint rules doc' lists.

      Examples:
        chokepoint draw Graphs/tutorial -o tutorial.svg
        chokepoint draw Graphs/rare-earth-magnets --ban worst -o worst.pdf
        chokepoint draw Graphs/rare-earth-magnets --kind before-after -s cn-full-ban -o both.svg
        chokepoint draw Graphs/tutorial --focus east-plant --depth 1 --theme dark -o east.png
        chokepoint draw Graphs/tutorial --highlight 'site.country == "CN"' -o china.svg
        chokepoint draw Graphs/tutorial --findings --rules Rules -o findings.svg
      """)

  @OptionGroup var input: NetworkInput

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("Where to write the picture.", valueName: "file"))
  var output: String

  @Option(
    help:
      "What the picture is about: \(NetworkDiagram.Kind.allCases.map(\.rawValue).joined(separator: ", ")).",
    transform: { try named($0, "kind of picture") })
  var kind: NetworkDiagram.Kind = .network

  @Option(help: "The colours: \(DiagramTheme.all.map(\.name).joined(separator: ", ")).")
  var theme = "light"

  @Option(
    help: ArgumentHelp(
      "Draw what is left when a country bans all of its exports: its ISO code, such as CN, or 'worst'.",
      valueName: "country"))
  var ban: String?

  @OptionGroup var scenarioInput: ScenarioInput

  @OptionGroup var part: DiagramPartInput

  @Flag(help: "Mark what rules find, as 'check' asks them, by severity.")
  var findings = false

  @OptionGroup var rules: RulesInput

  @Option(help: "Dots per inch of a PNG.")
  var dpi = 144

  /// Beyond this many columns nobody can read the picture, and laying it out takes minutes.
  static let mostStages = 40

  private enum Format: String, CaseIterable {
    case svg, png, pdf, dot, mmd
  }

  func validate() throws {
    if format == nil {
      throw ValidationError(
        "'\(printable(output))' does not say what to draw; end it in .svg, .png, .pdf, .dot or .mmd")
    }
    guard PictureFormat.resolutions.contains(dpi) else {
      throw ValidationError("--dpi wants a number from 24 to 1200")
    }
    let themes = DiagramTheme.all.map(\.name)
    guard themes.contains(theme) else {
      throw ValidationError(
        "there is no theme '\(printable(theme))'; "
          + (suggestion(for: theme, from: themes).map { "did you mean '\($0)'?" }
            ?? "the themes are \(themes.joined(separator: ", "))"))
    }
    if ban != nil, scenarioInput.scenario != nil {
      throw ValidationError("draw one thing at a time: --ban or a scenario")
    }
    if let ban, ban != "worst", Country(code: ban) == nil {
      throw ValidationError("there is no country '\(printable(ban))'; \(countryHelp(for: ban))")
    }
    if !findings, !rules.paths.isEmpty || !rules.assignments.isEmpty || rules.profile != nil {
      throw ValidationError("rules are asked with --findings; add it, or leave the rules out")
    }
    let isHarmed = ban != nil || scenarioInput.scenario != nil || !part.cutset.isEmpty
    switch kind {
    case .spread, .beforeAfter:
      if !isHarmed {
        throw ValidationError("--kind \(kind.rawValue) needs something that happens: -s, --ban or --cutset")
      }
    case .tree:
      if part.products.products.count != 1 {
        throw ValidationError("--kind tree needs one product: name it with --product")
      }
    case .cutSet:
      if part.cutset.isEmpty, part.products.products.count != 1 {
        throw ValidationError(
          "--kind cut-set needs the set, with --cutset, or one product, with --product, whose smallest set is taken"
        )
      }
    case .network, .singlePoints, .operators: break
    }
  }

  private var format: Format? { Format(rawValue: (output as NSString).pathExtension.lowercased()) }

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
    let inForce = try scenarioInput.read(of: network, at: input)
    var request = NetworkDiagram.Request(kind, in: try scenario(inForce, of: network))
    request.theme = DiagramTheme.all.first { $0.name == theme } ?? .light
    try part.fill(&request, for: network, in: inForce)
    if findings { request.findings = try marks(on: network, in: inForce) }
    ProgressTicker.say("drawing \(network.title)")
    try OutputFile.write(try picture(of: network, as: request), to: output)
    Terminal.tell("wrote \(printable(output))\n")
    if request.findings?.isComplete == false { throw CommandFailure(code: .incomplete, message: "") }
  }

  private func marks(
    on network: SupplyNetwork, in inForce: ScenarioInForce?
  ) throws -> NetworkDiagram.Marks {
    let reading = try rules.read()
    guard !reading.packs.isEmpty || !reading.diagnostics.isEmpty else {
      throw CommandFailure(
        code: .wrongInput, message: "error: there are no rules to ask\n  help: name rules with --rules\n")
    }
    var scenario = inForce?.scenario
    if let day = inForce?.day { scenario?.asOf = day }
    let run = try RulesInput.run(
      reading, on: network, scenarios: scenario.map { [$0] } ?? [],
      asOf: scenarioInput.asOf.flatMap { CalendarDate($0) })
    return NetworkDiagram.Marks(of: run, on: network)
  }

  private func scenario(
    _ inForce: ScenarioInForce?, of network: SupplyNetwork
  ) throws -> NetworkDiagram.Scenario? {
    if let inForce {
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

  private func picture(of network: SupplyNetwork, as request: NetworkDiagram.Request) throws -> [UInt8] {
    let format: PictureFormat
    switch self.format {
    case .svg: format = .svg
    case .png: format = .png(dotsPerInch: dpi)
    case .pdf: format = .pdf
    case .mmd: return Array(NetworkDiagram.mermaid(of: network, as: request).utf8)
    case .dot, nil: return Array(dotText(of: NetworkDiagram.graph(of: network, as: request)).utf8)
    }
    do {
      let graph = NetworkDiagram.graph(of: network, as: request)
      return try GraphvizRenderer.render(graph, formats: [format]).first?.bytes ?? []
    } catch {
      throw CommandFailure(code: .notWritten, message: "error: the picture could not be drawn: \(error)\n")
    }
  }
}

/// The case that a word on the command line names.
private func named<Choice: RawRepresentable & CaseIterable>(
  _ text: String, _ what: String
) throws -> Choice where Choice.RawValue == String {
  if let choice = Choice(rawValue: text) { return choice }
  let known = Choice.allCases.map(\.rawValue)
  throw ValidationError(
    "there is no \(what) '\(printable(text))'; "
      + (suggestion(for: text, from: known).map { "did you mean '\($0)'?" }
        ?? "there are \(known.joined(separator: ", "))"))
}

/// What of a network a diagram shows, and what stands out in it.
struct DiagramPartInput: ParsableArguments {
  @Option(
    help: ArgumentHelp("Only what is near a site: its id; can be given several times.", valueName: "site"))
  var focus: [String] = []

  @Option(help: "How many steps of supply --focus goes before and behind its site.")
  var depth: Int?

  @Option(help: ArgumentHelp("Only what reaches a site: its id.", valueName: "site"))
  var reaches: String?

  @OptionGroup var products: ProductInput

  @Option(
    help:
      "Draw the sites of a stage together by \(NetworkDiagram.Collapse.allCases.map(\.rawValue).joined(separator: ", ")).",
    transform: { try named($0, "way to collapse") })
  var collapse: NetworkDiagram.Collapse?

  @Option(help: "The most boxes of a stage; the smaller sites are drawn together.")
  var perStage: Int?

  @Option(help: ArgumentHelp("Let the sites stand out for which a condition is true.", valueName: "expr"))
  var highlight: String?

  @Option(help: ArgumentHelp("Leave out the sites for which a condition is true.", valueName: "expr"))
  var hide: String?

  @Option(
    help: ArgumentHelp(
      "What fails together: ids of sites, or level:id, such as country:CN; with commas between.",
      valueName: "ids"))
  var cutset: [String] = []

  @Flag(help: "Show the way from each single point of failure to the products that it stops.")
  var witness = false

  func validate() throws {
    if let depth {
      guard (0...1_000).contains(depth) else {
        throw ValidationError("--depth wants a number from 0 to 1000")
      }
      if focus.isEmpty { throw ValidationError("--depth needs a site; name it with --focus") }
    }
    if let perStage, !(1...600).contains(perStage) {
      throw ValidationError("--per-stage wants a number from 1 to 600")
    }
  }

  /// Adds what was asked for to a request; fails with exit code 2 where an id or an expression means nothing.
  ///
  /// An expression may name `banned` where a scenario is in force.
  func fill(
    _ request: inout NetworkDiagram.Request, for network: SupplyNetwork, in inForce: ScenarioInForce?
  ) throws {
    request.collapse = collapse
    request.mostPerStage = perStage
    request.showsWitness = witness
    let graph = ProductionGraph(network)
    var scope = NetworkDiagram.Scope()
    if !focus.isEmpty {
      let sites = try focus.map { try Self.site($0, in: network) }
      scope = scope.intersection(graph.neighbourhood(of: sites, depth: depth ?? 2))
    }
    if let reaches {
      scope = scope.intersection(graph.suppliers(of: try Self.site(reaches, in: network)))
    }
    if !products.products.isEmpty {
      let parts = try products.keys(in: graph.network).map { graph.suppliers(of: $0) }
      scope = scope.intersection(parts.dropFirst().reduce(parts[0]) { $0.union($1) })
    }
    if let hide {
      scope = scope.without(
        try Self.sites(hide, option: "hide", in: network, inForce), in: network,
        words: "without \(hide.truncated(to: 80))")
    }
    request.scope = scope
    if let highlight {
      request.highlighted = try Self.sites(highlight, option: "highlight", in: network, inForce)
    }
    if !cutset.isEmpty {
      request.failing = try cutset.flatMap { $0.split(separator: ",") }
        .map { try Self.element(String($0), in: network) }
    } else if request.kind == .cutSet {
      request.failing = try smallestSet(in: network, request)
    }
  }

  private static func site(_ id: String, in network: SupplyNetwork) throws -> Key<Site> {
    if let key = network.sites.key(of: id) { return key }
    throw unknown("site", id, among: network.sites.rows.map(\.id))
  }

  private static func unknown(_ what: String, _ id: String, among known: [String]) -> CommandFailure {
    let help =
      suggestion(for: id, from: known).map { "did you mean '\($0)'?" }
      ?? "there are \(known.prefix(12).joined(separator: ", "))\(known.count > 12 ? ", …" : "")"
    return CommandFailure(
      code: .wrongInput,
      message: "error: no \(what) has the id '\(printable(id))'\n  help: \(printable(help))\n")
  }

  private static func element(_ text: String, in network: SupplyNetwork) throws -> Element {
    let names = ElementNames(of: network)
    if let site = names.element(text, at: .site) { return site }
    let parts = text.split(separator: ":", maxSplits: 1).map { String($0) }
    guard parts.count == 2, let level = Element.Level(rawValue: parts[0]) else {
      throw unknown("site", text, among: names.ids(at: .site))
    }
    if let element = names.element(parts[1], at: level) { return element }
    throw unknown(level.rawValue, parts[1], among: names.ids(at: level))
  }

  private static func sites(
    _ expression: String, option: String, in network: SupplyNetwork, _ inForce: ScenarioInForce?
  ) throws -> Set<Key<Site>> {
    func failure(_ problems: [CELProblem]) -> CommandFailure {
      CommandFailure(
        code: .wrongInput,
        message: problems.map { "\($0.diagnostic(in: expression, file: "--\(option)"))\n" }.joined())
    }
    let condition: SiteCondition
    do {
      let world = RuleWorld(network, scenario: inForce?.scenario, on: inForce?.day)
      condition = try SiteCondition(expression, in: world)
    } catch { throw failure(error.problems) }
    do {
      return try condition.sites()
    } catch { throw failure([error.problem]) }
  }

  /// The smallest minimal cut set of sites of the product that is asked for, the first of several.
  private func smallestSet(
    in network: SupplyNetwork, _ request: NetworkDiagram.Request
  ) throws -> [Element] {
    let disruption = request.scenario?.disruption ?? .none
    let graph = ProductionGraph(network, tellingApart: disruption)
    let product = try ProductInput.key(of: products.products[0], in: graph.network)
    let failures = try FailureInput.failures(in: graph, graph.state(under: disruption), at: [.site], [:])
    let failure = failures[product.position]
    for order in 1...4 {
      let analysis: CutSetAnalysis
      do {
        analysis = try CutSetAnalysis(of: failure.tree, orderLimit: order)
      } catch {
        throw CommandFailure(code: .incomplete, message: "error: \(error); nothing is drawn\n")
      }
      if let first = analysis.sets.sets(limit: 1).first {
        return first.map { failure.elements[$0] }
      }
    }
    throw CommandFailure(
      code: .incomplete,
      message: "error: no four sites or fewer stop '\(printable(products.products[0]))' together\n")
  }
}
