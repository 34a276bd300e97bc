public import RiskAnalysis
public import SupplyModel

/// What `chokepoint why` prints: why one product stops, or what it loses and to what, and what it hangs on.
public struct WhyReport: ReportParts, Sendable {
  private let graph: ProductionGraph
  private let demand: Key<Demand>
  private let scenario: ScenarioInForce?
  private let isMetBefore: Bool

  /// Nil if the product is met.
  private let stop: StopReason?

  /// Nil for a product that the baseline does not meet.
  private let loss: Loss?

  /// Nil if the product stops, or was not met in the first place.
  private let chain: LossChain?
  private let witnesses: [Witness]
  let width: Int

  var network: SupplyNetwork { graph.network }

  /// - Parameters:
  ///   - demand: the product, of the network with its implied demand.
  ///   - network: what it is a product of.
  ///   - scenario: what happens; nil for the baseline.
  ///   - width: the columns of the terminal, from 80 to 200.
  /// - Complexity: that of ``ProductionGraph/rigidLevels(under:)`` and of ``ProductionGraph/witnesses(in:at:)``.
  public init(of demand: Key<Demand>, in network: SupplyNetwork, scenario: ScenarioInForce?, width: Int = 100)
  {
    self.demand = demand
    self.scenario = scenario
    self.width = terminalWidth(width)
    let disruption = scenario?.disruption ?? .none
    let parts = scenario?.parts ?? []
    let responses = scenario?.responses ?? []
    let graph = ProductionGraph(network, tellingApart: disruption)
    self.graph = graph
    let isMetBefore = graph.baselineIsMet(demand)
    self.isMetBefore = isMetBefore
    let loss = isMetBefore ? graph.rigidLevels(under: disruption).loss(at: graph.node(of: demand)) : nil
    self.loss = loss
    stop = graph.stopReason(of: demand, under: parts, responses: responses)
    chain =
      stop == nil && isMetBefore
      ? graph.lossChain(
        of: demand, under: parts, responses: responses, ifUncertainHolds: loss?.isUndecided ?? false) : nil
    witnesses = graph.witnesses(in: graph.state(under: disruption))[demand.position]
  }

  private func name(_ cause: ScenarioInForce.Cause) -> String {
    scenario.map { $0.scenario.name(of: cause, in: network) } ?? ""
  }

  private func names(_ causes: [ScenarioInForce.Cause]) -> String { list(causes.map { name($0) }, atMost: 3) }

  // MARK: Text

  /// The answer for a reader.
  ///
  /// - Parameter top: how many rows a list has at most; the rest is counted.
  /// - Returns: the answer; the same input gives the same text.
  public func text(top: Int) -> StyledText {
    var text = StyledText()
    let day = scenario?.day.map { ", on \($0)" } ?? ""
    let place = scenario.map { "In the scenario \(nameText($0.scenario.title))\(day)" } ?? "Today"
    text.add(
      words: StyledText.Span.words(
        "\(place): \(nameText(network.demand[demand].name)), \(nameText(network.title))", .title),
      width: width)
    if let stop {
      verdict(of: stop, to: &text)
      add(stop, to: &text, top: top)
      return text
    }
    if let chain { add(chain, to: &text, top: top) }
    addPoints(to: &text, top: top)
    return text
  }

  private func verdict(of stop: StopReason, to text: inout StyledText) {
    let causes = stop.causes
    let sentence =
      !isMetBefore
      ? "it cannot be made, whatever happens: no way to it is complete in the network"
      : "it stops; taken away: \(causes.isEmpty ? "by a response" : list(causes.map { name($0) }, atMost: 6))"
    text.add(
      words: [SeverityWord.severe.span(colon: true)] + StyledText.Span.words(sentence, .strong), width: width,
      hanging: 2)
    text.add(
      words: StyledText.Span.words(
        "Each step names all ways to what is needed; a number leads on to the step that says why that seller stops.",
        .dim), width: width)
  }

  /// The steps that lack something, numbered; sellers that stop for a reason of their own are told where they are named.
  private func add(_ stop: StopReason, to text: inout StyledText, top: Int) {
    // Those that lack the same, with the same ways to it, share a number.
    var groups: [(need: StopReason.Need, subjects: [StopReason.Subject])] = []
    var groupOfNeed: [StopReason.Need: Int] = [:]
    var numbers: [Int: Int] = [:]
    for (position, step) in stop.steps.enumerated() {
      guard case .lacks(let need) = step.reason else { continue }
      let group = groupOfNeed[need] ?? groups.count
      if group == groups.count {
        groups.append((need, []))
        groupOfNeed[need] = group
      }
      groups[group].subjects.append(step.subject)
      numbers[position] = group + 1
    }
    let mostSteps = 4 * top
    for (position, (need, subjects)) in groups.prefix(mostSteps).enumerated() {
      text.add()
      let materials = need.materials.map { network.materials[$0].name }
      let what = materials.isEmpty ? "what it is brought" : list(materials, atMost: 3)
      let lacking = need.ways.isEmpty ? "which nobody can sell" : "and no way to it is left"
      let names = subjects.prefix(top).map { name(of: $0, alone: subjects.count == 1) }.joined(
        separator: " · ")
      let rest = subjects.count > top ? " and \(wholeNumber(subjects.count - top)) more" : ""
      text.add(
        words: [.init("\(position + 1)", .heading)] + StyledText.Span.words(names + rest, .strong)
          + StyledText.Span.words("\(subjects.count == 1 ? "needs" : "need") \(what), \(lacking)"),
        width: width,
        hanging: 4)
      if need.isInLoop {
        text.add(
          words: StyledText.Span.words("part of a loop: nothing from outside feeds it any more", .warn),
          width: width,
          indent: 4, hanging: 6)
      }
      add(need.ways, of: stop, numbers, to: &text, top: top)
    }
    if groups.count > mostSteps {
      text.add()
      text.add(.init("… and \(wholeNumber(groups.count - mostSteps)) more steps; --top shows more", .dim))
    }
  }

  private func add(
    _ ways: [StopReason.Way], of stop: StopReason, _ numbers: [Int: Int], to text: inout StyledText, top: Int
  ) {
    // Ways that are closed for the same reason stand together.
    var groups: [(reason: String, style: StyledText.Style, sellers: [String])] = []
    func add(_ reason: String, _ style: StyledText.Style, _ seller: String) {
      let position = groups.firstIndex { $0.reason == reason } ?? groups.count
      if position == groups.count { groups.append((reason, style, [])) }
      if !groups[position].sellers.contains(seller) { groups[position].sellers.append(seller) }
    }
    for way in ways {
      let seller = name(of: way.sellers)
      switch way.closure {
      case .closed(let causes): add("closed by \(names(causes))", .severe, seller)
      case .stops(let position):
        switch stop.steps[position].reason {
        case .out(let causes): add("out of action: \(names(causes))", .severe, seller)
        case .technology(let key, let causes):
          add("lost \(nameText(network.technologies[key].name)), by \(names(causes))", .severe, seller)
        case .idle(let status):
          let word =
            status == .operating || status == .ramping
            ? "held up by a response, or run at nothing" : status.rawValue
          add("not in operation: \(word)", .dim, seller)
        case .lacks: add("cannot run either", .warn, "\(seller) (\(numbers[position] ?? 0))")
        }
      }
    }
    for (reason, style, sellers) in groups {
      let shown = sellers.prefix(top).joined(separator: " · ")
      let rest = sellers.count > top ? " and \(wholeNumber(sellers.count - top)) more" : ""
      text.add(
        words: StyledText.Span.words("\(reason):", style) + StyledText.Span.words(shown + rest),
        width: width, indent: 4, hanging: 8)
    }
  }

  /// Among others a site goes without its process, which mostly is the same.
  private func name(of subject: StopReason.Subject, alone: Bool) -> String {
    switch subject {
    case .demand(let key): nameText(network.demand[key].name)
    case .operation(let site, let process): name(of: site, alone ? process : nil)
    case .passing(let site, _): name(of: site, nil)
    }
  }

  private func name(of site: Key<Site>, _ process: Key<SupplyModel.Process>?) -> String {
    let name = nameText(network.sites[site].name)
    return process.map { "\(name), \(nameText(network.processes[$0].name))" } ?? name
  }

  private func name(of sellers: StopReason.Sellers) -> String {
    switch sellers {
    case .site(let key): placed(network.sites[key])
    case .makers(let country, let count): makers(country, count)
    }
  }

  private func placed(_ site: Site) -> String {
    nameText(site.name) + (site.country.map { " [\($0.code)]" } ?? "")
  }

  private func makers(_ country: Country?, _ count: Int) -> String {
    "\(counted(count, "maker")) in \(country?.name ?? "an unknown country")"
  }

  private func add(_ chain: LossChain, to text: inout StyledText, top: Int) {
    guard let loss else { return }
    if loss.high < 1e-9 {
      text.add(SeverityWord.good.span(colon: true), .init(" it is met, and loses nothing"))
      return
    }
    let estimate =
      loss.isUndecided
      ? "\(percent(loss.rigid)) or \(percent(loss.rigidIfUncertainHolds)), without and with what may hold"
      : percent(loss.rigid, low: loss.low, high: loss.high)
    text.add(
      words: [(loss.rigidIfUncertainHolds >= 0.5 ? SeverityWord.severe : .warning).span(colon: true)]
        + StyledText.Span.words("it does not stop, and loses \(estimate)", .strong), width: width, hanging: 2)
    let assumption = chain.ifUncertainHolds ? " What may hold is taken to hold." : ""
    text.add(
      words: StyledText.Span.words(
        "Nobody finds a new supplier. From buyer to seller, each time to the one through whom most is lost.\(assumption)",
        .dim), width: width)
    for step in chain.steps {
      text.add()
      let materials = step.materials.map { network.materials[$0].name }
      let what = materials.isEmpty ? "what it is brought" : list(materials, atMost: 3)
      let others =
        step.otherNeeds > 0 ? "; of its \(wholeNumber(step.otherNeeds + 1)) needs this one decides" : ""
      text.add(
        words: StyledText.Span.words(name(of: step.buyer), .heading)
          + StyledText.Span.words("loses \(percent(step.loss)) of \(what)\(others)"), width: width, hanging: 4
      )
      text.add(table(of: step, top: top))
    }
    if let words = words(for: chain) {
      text.add()
      text.add(words: StyledText.Span.words(words), width: width)
    }
  }

  private func table(of step: LossChain.Step, top: Int) -> StyledText {
    var table = TextTable([
      .text("  from"), .number("share"), .number("may pass"), .number("seller loses"), .number("lost here"),
      .text("closed by"),
    ])
    for supplier in step.suppliers.prefix(top) {
      table.add(
        .init([
          .init("  " + name(of: supplier.seller)), .init(percent(supplier.share)),
          .init(percent(supplier.open), supplier.open < 1 ? .severe : .plain),
          .init(percent(supplier.lossOfSeller)),
          .init(percent(supplier.lost), supplier.lost > 0.0005 ? .warn : .plain),
          .init(supplier.causes.isEmpty ? "–" : names(supplier.causes)),
        ]))
    }
    var text = table.text(width: width)
    if step.suppliers.count > top {
      text.add(.init("  … and \(wholeNumber(step.suppliers.count - top)) more", .dim))
    }
    return text
  }

  private func name(of seller: LossChain.Seller) -> String {
    switch seller {
    case .site(let key): placed(network.sites[key])
    case .makers(let country, let count): makers(country, count)
    }
  }

  private func name(of buyer: LossChain.Buyer) -> String {
    switch buyer {
    case .demand(let key): nameText(network.demand[key].name)
    case .operation(let site, let process): name(of: site, process)
    case .makers(let country): "The market of \(country?.name ?? "an unknown country")"
    }
  }

  private func words(for chain: LossChain) -> String? {
    let last = chain.steps.last?.suppliers.first.map { name(of: $0.seller) } ?? ""
    switch chain.end {
    case .nothing, .lane: return nil
    case .stops: return "\(last) cannot run at all."
    case .out(let causes):
      return causes.isEmpty ? "\(last) is out of action." : "\(last) is out of action: \(names(causes))."
    case .loop:
      return "From there the chain comes round to where it has been: a loop loses what it cannot return."
    case .start: return "\(last) loses it by itself."
    }
  }

  private func addPoints(to text: inout StyledText, top: Int) {
    text.add()
    if witnesses.isEmpty {
      text.add(SeverityWord.good.span(colon: true), .init(" no single point of failure at the main levels"))
      return
    }
    text.add(.init("Single points of failure", .heading))
    for level in Element.Level.allCases {
      let rows = witnesses.filter { $0.element.level == level }
      if rows.isEmpty { continue }
      text.add(.init("  \(level.rawValue)", .strong), .init("  \(wholeNumber(rows.count))", .dim))
      for witness in rows.prefix(top) {
        text.add(
          words: StyledText.Span.words("\(nameText(witness.element.name(in: network))):", .severe)
            + StyledText.Span.words(witness.reason(in: network)), width: width, indent: 4, hanging: 8)
      }
      if rows.count > top { text.add(.init("    … and \(wholeNumber(rows.count - top)) more", .dim)) }
    }
  }

  // MARK: JSON

  /// The document, as `JSON.md` describes it; the same input gives the same bytes.
  public func json() -> String {
    jsonText(
      of: Document(
        format: "chokepoint.why", version: 1, network: network.id,
        scenario: scenario?.scenario.id ?? "baseline", asOf: scenario?.day?.description,
        product: network.demand[demand].id, met: stop == nil, metInBaseline: isMetBefore,
        loss: loss.map { LossFigures($0) },
        causes: causes(stop?.causes ?? []), stop: stop?.steps.enumerated().map { document($1, $0) } ?? [],
        chain: chain.map { chain in
          Chain(
            ifUncertainHolds: chain.ifUncertainHolds, end: word(for: chain.end),
            steps: chain.steps.map { document($0) })
        },
        chokepoints: witnesses.map { Point($0, in: network) }))
  }

  private func causes(_ causes: [ScenarioInForce.Cause]) -> [CauseName] {
    causes.compactMap { cause in
      scenario.map { $0.scenario.label(of: cause, in: network) }.map { CauseName(kind: $0.kind, id: $0.id) }
    }
  }

  private func word(for end: LossChain.End) -> String {
    switch end {
    case .nothing: "nothing"
    case .lane: "lane"
    case .stops: "stops"
    case .out: "out"
    case .loop: "loop"
    case .start: "start"
    }
  }

  private func document(_ step: StopReason.Step, _ number: Int) -> StopStep {
    var (product, site, process): (String?, String?, String?)
    switch step.subject {
    case .demand(let key): product = network.demand[key].id
    case .operation(let key, let run):
      site = network.sites[key].id
      process = network.processes[run].id
    case .passing(let key, _): site = network.sites[key].id
    }
    func made(
      _ reason: String, technology: String? = nil, status: String? = nil, causes: [CauseName] = [],
      need: StopReason.Need? = nil
    ) -> StopStep {
      StopStep(
        step: number, product: product, site: site, process: process, reason: reason, technology: technology,
        status: status, causes: causes, materials: need?.materials.map { network.materials[$0].id } ?? [],
        inLoop: need?.isInLoop ?? false, ways: need?.ways.map { document($0) } ?? [])
    }
    switch step.reason {
    case .out(let list): return made("out", causes: causes(list))
    case .technology(let key, let list):
      return made("technology", technology: network.technologies[key].id, causes: causes(list))
    case .idle(let status): return made("idle", status: status.rawValue)
    case .lacks(let need): return made("lacks", need: need)
    }
  }

  private func document(_ way: StopReason.Way) -> Way {
    var (site, country, makers): (String?, String?, Int?)
    switch way.sellers {
    case .site(let key):
      site = network.sites[key].id
      country = network.sites[key].country?.code
    case .makers(let place, let count): (country, makers) = (place?.code, count)
    }
    let material = way.material.map { network.materials[$0].id }
    switch way.closure {
    case .closed(let list):
      return Way(
        site: site, country: country, makers: makers, material: material, causes: causes(list), step: nil)
    case .stops(let step):
      return Way(site: site, country: country, makers: makers, material: material, causes: [], step: step)
    }
  }

  private func document(_ step: LossChain.Step) -> ChainStep {
    var (product, site, process, country): (String?, String?, String?, String?)
    switch step.buyer {
    case .demand(let key): product = network.demand[key].id
    case .operation(let key, let run):
      site = network.sites[key].id
      process = run.map { network.processes[$0].id }
    case .makers(let place): country = place?.code
    }
    return ChainStep(
      product: product, site: site, process: process, country: country,
      materials: step.materials.map { network.materials[$0].id }, loss: step.loss,
      otherNeeds: step.otherNeeds,
      suppliers: step.suppliers.map { supplier in
        var (seller, place, makers): (String?, String?, Int?)
        switch supplier.seller {
        case .site(let key):
          seller = network.sites[key].id
          place = network.sites[key].country?.code
        case .makers(let country, let count): (place, makers) = (country?.code, count)
        }
        return Supplier(
          site: seller, country: place, makers: makers,
          material: supplier.material.map { network.materials[$0].id },
          share: supplier.share, open: supplier.open, lossOfSeller: supplier.lossOfSeller,
          lost: supplier.lost,
          causes: causes(supplier.causes))
      })
  }

  private struct Document: Encodable {
    let format: String
    let version: Int
    let network: String
    let scenario: String
    let asOf: String?
    let product: String
    let met: Bool
    let metInBaseline: Bool
    let loss: LossFigures?
    let causes: [CauseName]
    let stop: [StopStep]
    let chain: Chain?
    let chokepoints: [Point]
  }

  private struct LossFigures: Encodable {
    let rigid: Double?
    let rigidIfNot: Double
    let rigidIfHolds: Double
    let low: Double
    let high: Double

    init(_ loss: Loss) {
      rigid = loss.isUndecided ? nil : loss.rigid
      rigidIfNot = loss.rigid
      rigidIfHolds = loss.rigidIfUncertainHolds
      (low, high) = (loss.low, loss.high)
    }
  }

  private struct CauseName: Encodable {
    let kind: String
    let id: String
  }

  private struct StopStep: Encodable {
    let step: Int
    let product: String?
    let site: String?
    let process: String?
    let reason: String
    let technology: String?
    let status: String?
    let causes: [CauseName]
    let materials: [String]
    let inLoop: Bool
    let ways: [Way]
  }

  private struct Way: Encodable {
    let site: String?
    let country: String?
    let makers: Int?
    let material: String?
    let causes: [CauseName]
    let step: Int?
  }

  private struct Chain: Encodable {
    let ifUncertainHolds: Bool
    let end: String
    let steps: [ChainStep]
  }

  private struct ChainStep: Encodable {
    let product: String?
    let site: String?
    let process: String?
    let country: String?
    let materials: [String]
    let loss: Double
    let otherNeeds: Int
    let suppliers: [Supplier]
  }

  private struct Supplier: Encodable {
    let site: String?
    let country: String?
    let makers: Int?
    let material: String?
    let share: Double
    let open: Double
    let lossOfSeller: Double
    let lost: Double
    let causes: [CauseName]
  }

  private struct Point: Encodable {
    let level: String
    let id: String
    let name: String
    let sentence: String

    init(_ witness: Witness, in network: SupplyNetwork) {
      level = witness.element.level.rawValue
      id = witness.element.id(in: network)
      name = witness.element.name(in: network)
      sentence = witness.sentence(in: network)
    }
  }
}
