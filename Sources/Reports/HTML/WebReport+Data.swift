import RiskAnalysis
import RuleEngine
import SupplyModel

extension WebReport {
  /// A site, or after the sites a product: what a box can hold, by its number on the page.
  func entity(_ site: Key<Site>) -> Int { site.position }
  func entity(_ demand: Key<Demand>) -> Int { network.sites.count + demand.position }

  /// For each site and each product the box that it is drawn in; nil for what is not drawn.
  var boxOfEntity: [Int?] { model.cells.cellOfSite + model.cells.cellOfDemand }

  func countryCode(ofEntity entity: Int) -> String {
    if entity < network.sites.count { return network.sites.rows[entity].country?.code ?? "" }
    let place = network.demand.rows[entity - network.sites.count].place
    return place == .anywhere ? "" : place.id
  }

  func placeName(ofEntity entity: Int) -> String {
    entity < network.sites.count
      ? network.sites.rows[entity].country?.name ?? "country not known"
      : placeName(network.demand.rows[entity - network.sites.count].place)
  }

  func name(ofEntity entity: Int) -> String {
    entity < network.sites.count
      ? network.sites.rows[entity].name : network.demand.rows[entity - network.sites.count].name
  }

  func id(ofEntity entity: Int) -> String {
    entity < network.sites.count
      ? network.sites.rows[entity].id : network.demand.rows[entity - network.sites.count].id
  }

  /// The stage of a site by its position, and the number of stages for a product; nil for a site without one.
  func stage(ofEntity entity: Int) -> Int? {
    entity < network.sites.count ? network.sites.rows[entity].stage?.position : network.stages.count
  }

  /// The position of a material's rows, for each site in rising order.
  var materialsOfSite: [[Int]] {
    var found = [Set<Int>](repeating: [], count: network.sites.count)
    for operation in network.operations {
      for output in network.processes[operation.process].outputs {
        found[operation.site.position].insert(output.material.position)
      }
    }
    return found.map { $0.sorted() }
  }

  /// The names of stages and, last, of products.
  var columnNames: [String] { network.stages.rows.map(\.name) + ["Products"] }

  // MARK: Facts

  /// A figure or a word that is known of a site or a product.
  struct Fact: Sendable {
    var label: String
    var text: String
    var source: Key<Source>?
    var year: Int?
    var confidence: Confidence?
    var note: String?
  }

  /// What is known of each site, in the network's order.
  var factsOfSites: [[Fact]] {
    var facts = [[Fact]](repeating: [], count: network.sites.count)
    func add(_ label: String, _ figure: Figure, to site: Key<Site>) {
      facts[site.position].append(
        Fact(
          label: label, text: figureText(figure), source: figure.source, year: figure.year,
          confidence: figure.confidence, note: figure.note))
    }
    for key in network.sites.keys {
      let site = network.sites[key]
      func tell(_ label: String, _ text: String) {
        facts[key.position].append(Fact(label: label, text: text))
      }
      if let owner = site.operatorKey {
        let parent = network.ultimateParent(of: owner)
        tell(
          "Operator",
          parent == owner
            ? network.operators[owner].name
            : "\(network.operators[owner].name), controlled by \(network.operators[parent].name)")
      }
      if site.status != .operating { tell("Status", site.status.rawValue) }
      switch site.extent {
      case .site: break
      case .group: tell("Row", "several sites or firms in one row")
      case .balance: tell("Row", "what is left so that a published total closes")
      }
    }
    for operation in network.operations {
      let name = network.processes[operation.process].name
      if let output = operation.output { add("\(name): output", output, to: operation.site) }
      if let capacity = operation.capacity { add("\(name): capacity", capacity, to: operation.site) }
      if operation.output == nil, operation.capacity == nil {
        facts[operation.site.position].append(Fact(label: name, text: "neither output nor capacity is known"))
      }
    }
    for key in network.sites.keys {
      for need in network.sites[key].technologies {
        var text = network.technologies[need.technology].name
        text += need.from.map { ", from \($0.name)" } ?? ", from whom is not known"
        switch need.needed {
        case .running?: text += ", needed for running"
        case .starting?: text += ", needed to start"
        case .expanding?: text += ", needed to grow"
        case nil: text += ", what for is not known"
        }
        facts[key.position].append(
          Fact(
            label: "Technology", text: text, source: need.grace?.source, year: need.grace?.year,
            confidence: need.grace?.confidence))
      }
      if network.sites[key].source != nil || network.sites[key].note != nil {
        facts[key.position].append(
          Fact(
            label: "About the site", text: network.sites[key].note ?? "named in the source",
            source: network.sites[key].source, confidence: network.sites[key].confidence))
      }
      for detail in request.detailsOfSite[key] ?? [] {
        facts[key.position].append(Fact(label: detail.label, text: detail.text))
      }
    }
    return facts
  }

  func facts(of key: Key<Demand>) -> [Fact] {
    let demand = network.demand[key]
    var facts = [
      Fact(label: "Made of", text: network.materials[demand.material].name),
      Fact(label: "Wanted in", text: placeName(demand.place)),
    ]
    if let use = demand.use { facts.append(Fact(label: "Use", text: use)) }
    if let amount = demand.amount {
      facts.append(
        Fact(
          label: "Amount", text: figureText(amount), source: amount.source, year: amount.year,
          confidence: amount.confidence, note: amount.note))
    }
    if let note = demand.note { facts.append(Fact(label: "Note", text: note)) }
    for detail in request.detailsOfProduct[key] ?? [] {
      facts.append(Fact(label: detail.label, text: detail.text))
    }
    return facts
  }

  // MARK: Data block

  /// All that the script changes the page with.
  var data: CompactJSON {
    let count = network.sites.count + network.demand.count
    let entities = 0..<count
    let boxes = boxOfEntity
    let made = materialsOfSite
    let facts = factsOfSites + network.demand.keys.map { self.facts(of: $0) }
    let elements = elementNumbers
    var sentences = Sentences()
    let scenarios = scenarios.map { json($0, elements.numbers, &sentences) }
    var members: [(key: StaticString, value: CompactJSON)] = []
    func add(_ key: StaticString, _ value: CompactJSON) { members.append((key, value)) }
    add("title", .text(network.title))
    add("opening", .int(opening))
    add("siteCount", .int(network.sites.count))
    add("ids", .texts(entities.map { id(ofEntity: $0) }))
    add("names", .texts(entities.map { name(ofEntity: $0) }))
    add("places", .texts(entities.map { placeName(ofEntity: $0) }))
    add("countries", .texts(entities.map { countryCode(ofEntity: $0) }))
    add("blocs", blocs)
    add("operators", .texts(network.sites.rows.map { operatorName($0) }))
    add("stages", .ints(entities.map { stage(ofEntity: $0) ?? -1 }))
    add("stageNames", .texts(columnNames))
    add("shares", .parts(shares.ofSite))
    let madeOf = network.demand.rows.map { [$0.material.position] }
    add("materials", .table(made + madeOf))
    add("materialNames", .texts(network.materials.rows.map(\.name)))
    add("sources", .texts(network.sources.rows.map(\.title)))
    add("facts", .list(facts.map { (row: [Fact]) -> CompactJSON in .list(row.map { json($0) }) }))
    add("boxOf", .ints(boxes.map { $0 ?? -1 }))
    add("boxes", .table(model.cells.cells.map { numbers(in: $0) }))
    add("boxStages", .ints(model.cells.cells.map(\.column)))
    add("flows", .table(model.flows.map { [$0.from, $0.to] }))
    add("lines", .table(model.routes.segments.map(\.flows)))
    add("bends", .table(bends))
    add("links", linkData)
    add("elements", .list(elements.list.map { json($0) }))
    let findings = (request.findings?.findings ?? []).prefix(Self.mostFindings)
    add("findings", .list(findings.map { json($0) }))
    add("scenarios", .list(scenarios))
    add("sentences", .texts(sentences.list))
    return .object(members)
  }

  private func operatorName(_ site: Site) -> String {
    site.operatorKey.map { network.operators[$0].name } ?? ""
  }

  private func numbers(in cell: DiagramCell) -> [Int] {
    cell.sites.map { entity($0) } + cell.demands.map { entity($0) }
  }

  private func entity(_ buyer: Flow.Destination) -> Int {
    switch buyer {
    case .site(let site): entity(site)
    case .demand(let demand): entity(demand)
    }
  }

  /// Who supplies whom with what, and which part of the buyer's need that is.
  private var linkData: CompactJSON {
    let rows = links.links
    let members: [(key: StaticString, value: CompactJSON)] = [
      (key: "from", value: CompactJSON.ints(rows.map { entity($0.pair.seller) })),
      (key: "to", value: CompactJSON.ints(rows.map { entity($0.pair.buyer) })),
      (key: "what", value: CompactJSON.ints(rows.map { $0.pair.material?.position ?? -1 })),
      (key: "share", value: CompactJSON.parts(rows.map { $0.share })),
    ]
    return .object(members)
  }

  private func json(_ element: Element) -> CompactJSON {
    var site = -1
    if case .site(let key) = element { site = entity(key) }
    return .list([.text(element.level.rawValue), .text(element.name(in: network)), .int(site)])
  }

  /// The most findings that the page tells.
  static let mostFindings = 400

  private func json(_ fact: Fact) -> CompactJSON {
    .list([
      .text(fact.label), .text(fact.text), .int(fact.source?.position ?? -1), .int(fact.year ?? 0),
      .text(fact.confidence?.rawValue ?? ""), .text(fact.note ?? ""),
    ])
  }

  private func json(_ finding: Finding) -> CompactJSON {
    .list([
      .text(finding.severity.rawValue), .text(finding.message), .text(scenarioID(of: finding) ?? ""),
      .ints(entities(of: finding)),
    ])
  }

  /// The id on the page of the scenario that a finding is about.
  func scenarioID(of finding: Finding) -> String? {
    finding.scenario.flatMap { id in
      scenarios.first { $0.outcome?.inForce.scenario.id == id && $0.kind == .named }?.id
    }
  }

  /// The sites and products that a finding is about, by number.
  func entities(of finding: Finding) -> [Int] {
    var found: [Int] = []
    for subject in finding.subjects {
      switch subject.kind {
      case "site": if let key = network.sites.key(of: subject.id) { found.append(entity(key)) }
      case "product": if let key = network.demand.key(of: subject.id) { found.append(entity(key)) }
      default: break
      }
    }
    return found
  }

  /// For each bend its number, and the lines that meet there.
  private var bends: [[Int]] {
    let segments = model.routes.segments
    return model.routes.points.indices.compactMap { point -> [Int]? in
      guard case .bend = model.routes.points[point] else { return nil }
      return [point] + segments.indices.filter { segments[$0].left == point || segments[$0].right == point }
    }
  }

  /// Every single point of failure of any scenario, once.
  private var elementNumbers: (list: [Element], numbers: [Element: Int]) {
    var list: [Element] = []
    var numbers: [Element: Int] = [:]
    for element in scenarios.flatMap({ $0.singlePoints.ofDemand.joined() }) where numbers[element] == nil {
      numbers[element] = list.count
      list.append(element)
    }
    return (list, numbers)
  }

  /// The members of each bloc that products are wanted in.
  private var blocs: CompactJSON {
    let ids = Set(
      network.demand.rows.compactMap { if case .bloc(let bloc) = $0.place { bloc.id } else { nil } })
    return .list(
      network.blocs.filter { ids.contains($0.id) }.map { bloc in
        .list([.text(bloc.id), .texts(bloc.members.map(\.code))])
      })
  }

  /// Sentences that many products share, each kept once.
  private struct Sentences {
    private(set) var list: [String] = []
    private var numbers: [String: Int] = [:]

    mutating func number(_ sentence: String) -> Int {
      if let known = numbers[sentence] { return known }
      numbers[sentence] = list.count
      list.append(sentence)
      return list.count - 1
    }

    mutating func places(of sentences: [String]) -> [Int] {
      var places: [Int] = []
      for sentence in sentences { places.append(number(sentence)) }
      return places
    }
  }

  private func json(
    _ scenario: PageScenario, _ numbers: [Element: Int], _ sentences: inout Sentences
  ) -> CompactJSON {
    let drawing = DiagramDrawing(model: scenario.model)
    let panel = scenario.model.panel
    let kind =
      switch scenario.kind {
      case .baseline: "base"
      case .named: "named"
      case .ban(let country): country.code
      }
    let siteLosses = scenario.siteLosses(network)
    var demandsOfElement: [Int: [Int]] = [:]
    for demand in network.demand.keys {
      for element in scenario.singlePoints.ofDemand[demand.position] {
        if let number = numbers[element] { demandsOfElement[number, default: []].append(entity(demand)) }
      }
    }
    let points = demandsOfElement.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    let causes = causeNames(of: scenario)
    var members: [(key: StaticString, value: CompactJSON)] = []
    func add(_ key: StaticString, _ value: CompactJSON) { members.append((key, value)) }
    add("id", .text(scenario.id))
    add("title", .text(scenario.title))
    add("kind", .text(kind))
    add("about", .text(about(scenario)))
    add("headline", .text(headline(of: scenario)))
    add("cards", .list(cards(of: scenario).map { json($0) }))
    let cells = scenario.model.cells.cells.indices
    add("steps", .text(cells.map { "\(drawing.step($0, in: panel).rawValue)" }.joined()))
    add("boxLoss", .parts(panel.isHarmed ? panel.loss : []))
    add("boxPoints", .ints(panel.stopsProducts))
    let lines = scenario.model.routes.segments.map { drawing.line($0, in: panel).kind.letter }
    add("lines", .text(lines.joined()))
    let ofSites: [Double?] = siteLosses.map { $0?.loss.told }
    let ofProducts: [Double?] = scenario.loss.map { $0?.told }
    add("loss", .parts(ofSites + ofProducts))
    add("state", .text(states(of: scenario, siteLosses)))
    add("range", .list(network.demand.keys.map { ranges(of: $0, scenario) }))
    add("causes", .ints(causes.ofEntity))
    add("causeNames", .texts(causes.names))
    add("why", .table(why(scenario).map { sentences.places(of: $0) }))
    add("stopped", .text(scenario.stopped.indices.map { stoppedDigit($0, scenario) }.joined()))
    add("points", .list(points.map { (row) -> CompactJSON in .list([.int(row.key), .ints(row.value)]) }))
    return .object(members)
  }

  private func json(_ card: VerdictCard) -> CompactJSON {
    .list([.text(card.value), .text(card.label), .int(card.isSevere ? 1 : 0)])
  }

  /// What a product loses in words: the estimate, the range, and the least if all find new suppliers; empty where it is not met today.
  private func ranges(of demand: Key<Demand>, _ scenario: PageScenario) -> CompactJSON {
    guard let loss = scenario.loss[demand.position] else { return .list([]) }
    return .texts([lossWords(loss), rangeWords(loss), leastWords(of: demand, scenario)])
  }

  /// How much of a link is stopped: nothing, a part, or nearly all.
  private func stoppedDigit(_ link: Int, _ scenario: PageScenario) -> String {
    let part = scenario.stopped[link] / max(links.links[link].share, 1e-12)
    return part > 0.5 ? "2" : part > 0.001 ? "1" : "0"
  }

  /// For each site and each product a digit: 0 unharmed, 1 loses something, 2 may stop, 3 stops, 9 does not run today.
  private func states(of scenario: PageScenario, _ sites: [(loss: PageLoss, stops: Bool)?]) -> String {
    let stops = Set(scenario.stops)
    let mayStop = Set(scenario.outcome?.mayStop ?? [])
    let ofSites = sites.map { row in
      guard let row else { return "9" }
      return row.stops ? "3" : row.loss.told > 0.005 ? "1" : "0"
    }
    let ofDemand = network.demand.keys.map { demand -> String in
      guard let loss = scenario.loss[demand.position] else { return "9" }
      if stops.contains(demand) { return "3" }
      if mayStop.contains(demand) { return "2" }
      return loss.told > 0.005 ? "1" : "0"
    }
    return (ofSites + ofDemand).joined()
  }

  /// What makes each site and each product lose most, by its number in `names`; −1 for nothing.
  private func causeNames(of scenario: PageScenario) -> (names: [String], ofEntity: [Int]) {
    var names: [String] = []
    func number(_ cause: ScenarioInForce.Cause) -> Int {
      let name = scenario.outcome?.inForce.scenario.name(of: cause, in: network) ?? ""
      if let known = names.firstIndex(of: name) { return known }
      names.append(name)
      return names.count - 1
    }
    var found = [Int](repeating: -1, count: network.sites.count + network.demand.count)
    guard let outcome = scenario.outcome else { return ([], found) }
    for row in outcome.sites { if let cause = row.mainCause { found[entity(row.site)] = number(cause) } }
    for demand in network.demand.keys {
      let most = outcome.dueTo[demand.position].max { $0.addedIfUncertainHolds < $1.addedIfUncertainHolds }
      if let most, most.addedIfUncertainHolds > 1e-9 { found[entity(demand)] = number(most.cause) }
    }
    return (names, found)
  }

  /// What a scenario is, in a line below its title.
  func about(_ scenario: PageScenario) -> String {
    guard let outcome = scenario.outcome else {
      return "Who makes what today, and what hangs on one place."
    }
    if case .ban = scenario.kind {
      return
        "Nothing that it makes crosses its border; losses are what is missing if nobody finds a new supplier."
    }
    let day = outcome.inForce.day.map { "On \($0). " } ?? ""
    return day
      + (outcome.inForce.scenario.note ?? "Losses are what is missing if nobody finds a new supplier.")
  }
}

extension DiagramDrawing.Line.Kind {
  /// The sign of the kind in the page's data.
  fileprivate var letter: String {
    switch self {
    case .flow, .way, .aside: "f"
    case .banned: "b"
    case .starved: "s"
    case .surviving: "v"
    }
  }
}
