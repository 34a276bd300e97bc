public import CEL
internal import RiskAnalysis
internal import SupplyModel

/// Everything that an expression of a rule may name: the one table that the checker, the engine and the manual read.
///
/// Quantities are doubles in base units: tonnes or pieces a year, days, parts from 0 to 1.
public enum RuleCatalogue {
  /// The units that expressions are checked for.
  public enum Quantity: String, Sendable, CaseIterable {
    /// Base units of a material a year: tonnes, or pieces.
    case amount = "amount/yr"
    case days = "d"

    /// A part of a whole, from 0 to 1.
    case share
    case hhi = "HHI points"
    case year
  }

  /// The environment of rules without a network: for the manual, for completion, and to check names and types.
  public static var empty: CELEnvironment { environment(for: RuleWorld(SupplyNetwork(id: "empty"))) }

  /// The environment of rules over a network; the sizes of its lists are known, for the cost estimate.
  public static func environment(for world: RuleWorld) -> CELEnvironment {
    environment(for: world, isScenarioNamed: true)
  }

  /// The same, with the variables `banned` and `scenario` or without.
  static func environment(for world: RuleWorld, isScenarioNamed: Bool) -> CELEnvironment {
    var environment = CELEnvironment()
    environment.limits.expressionLength = 2_000
    environment.limits.comprehensionNesting = 3
    environment.limits.stringBytes = 1 << 16
    let rows = RuleRows(world)
    for structure in rows.structs() { environment.declare(structure) }
    for function in rows.views() + rows.supply() + rows.results() + RuleAggregates.functions {
      environment.declare(function)
    }
    environment.declare(RuleAggregates.shareBy)
    environment.declare(variable: "findings", .list(.object("finding")))
    environment.declare(variable: "network", .object("view"))
    guard isScenarioNamed else { return environment }
    environment.declare(variable: "banned", .object("view"))
    environment.declare(variable: "scenario", .object("scenario"))
    return environment
  }

  /// The manual of the language of rules, as Markdown.
  public static func manual() -> String { empty.manual() }
}

/// Reads the rows of a network as values of the language.
struct RuleRows: Sendable {
  let world: RuleWorld
  let concentrationRows: Int
  let needs: [(site: Key<Site>, need: TechnologyNeed)]
  let slots: [(process: Key<SupplyModel.Process>, slot: Slot)]
  let figures: [RuleFigure]
  let analyses: Analyses
  let nodesOfSite: [[Int]]
  let operationsOfSite: [[Operation]]

  /// No site or product has more direct suppliers.
  let mostSuppliers: Int

  var network: SupplyNetwork { world.network }

  init(_ world: RuleWorld) {
    self.world = world
    analyses = world.analyses
    let network = world.network
    needs = network.sites.keys.flatMap { site in network.sites[site].technologies.map { (site, $0) } }
    slots = network.processes.keys.flatMap { process in
      network.processes[process].slots.map { (process, $0) }
    }
    figures = RuleFigure.all(in: network)
    concentrationRows =
      network.stages.count * (network.materials.count + network.elementGroups.count) * 3
      + network.statistics.count
    var nodes = [[Int]](repeating: [], count: network.sites.count)
    for node in analyses.graph.operationNodes {
      nodes[analyses.graph.operations[node].site.position].append(node)
    }
    nodesOfSite = nodes
    operationsOfSite = analyses.operationsOfSite
    mostSuppliers = analyses.mostSuppliers
  }

  // MARK: Values

  static func object(_ type: String, _ row: Int) -> CELValue { .object(CELObject(type: type, row: row)) }
  static func sites(_ keys: some Sequence<Key<Site>>) -> CELValue {
    .list(keys.map { object("site", $0.position) })
  }
  static func unknown(_ path: String) -> CELValue { .unknown(CELUnknown([path])) }

  private func text(_ value: String?, _ path: @autoclosure () -> String) -> CELValue {
    value.map { .string($0) } ?? Self.unknown(path())
  }
  private func number(_ value: Double?, _ path: @autoclosure () -> String) -> CELValue {
    value.map { .double($0) } ?? Self.unknown(path())
  }

  /// The number of a figure; one that is estimated or recalled is noted under its path.
  func read(_ figure: Figure?, _ path: @autoclosure () -> String) -> Double? {
    if let figure, figure.isUncertain { analyses.noteEstimate(path()) }
    return figure?.value
  }

  private func ids<Row>(_ table: Table<Row>) -> CELSize {
    .text(bytes: table.rows.reduce(0) { max($0, $1.id.utf8.count) })
  }
  private static let name = CELSize.text(bytes: 400)
  private static let code = CELSize.text(bytes: 64)

  // MARK: Structs

  typealias Attribute = CELStruct.Attribute

  private var amount: String { RuleCatalogue.Quantity.amount.rawValue }
  private var days: String { RuleCatalogue.Quantity.days.rawValue }
  private var share: String { RuleCatalogue.Quantity.share.rawValue }
  private var year: String { RuleCatalogue.Quantity.year.rawValue }

  func structs() -> [CELStruct] {
    [
      viewStruct(),
      siteStruct(), laneStruct(), materialStruct(), processStruct(), slotStruct(), operatorStruct(),
      technologyStruct(),
      needStruct(), productStruct(), stockStruct(), elementStruct(), concentrationStruct(), figureStruct(),
      controlStruct(), scenarioStruct(), findingStruct(),
    ]
  }

  private func viewStruct() -> CELStruct {
    let network = network
    let asOf = network.asOf.flatMap { Int64($0.prefix(4)) }
    return CELStruct(
      "view", "A network, or what is left of it.",
      attributes: [
        Attribute("id", .string, "The id of the network.", size: Self.name) { _ in .string(network.id) },
        Attribute("title", .string, "The title of the network.", size: Self.name) { _ in
          .string(network.title)
        },
        Attribute("year", .int, "The year that its figures describe.", unit: year) { _ in
          asOf.map { .int($0) } ?? Self.unknown("network.as_of")
        },
      ])
  }

  private func siteStruct() -> CELStruct {
    let network = network
    @Sendable func site(_ row: Int) -> Site { network.sites.rows[row] }
    let operations = Dictionary(grouping: network.operations, by: \.site)
    @Sendable func total(_ row: Int, _ figure: (Operation) -> Double?) -> Double? {
      guard let own = operations[Key(row)], !own.isEmpty else { return nil }
      let known = own.compactMap(figure)
      return known.count == own.count ? known.reduce(0, +) : nil
    }
    let shares = network.stageShares().ofSite
    let parents = network.ultimateParents()
    let needsOfSite = Dictionary(grouping: needs.indices) { needs[$0].site }
    return CELStruct(
      "site", "A mine, plant or point of use.",
      attributes: [
        Attribute("id", .string, "Its id.", size: ids(network.sites)) { .string(site($0).id) },
        Attribute("name", .string, "Its name.", size: Self.name) { .string(site($0).name) },
        Attribute("stage", .string, "The id of its stage.", size: Self.code) {
          text(site($0).stage.map { network.stages[$0].id }, "site[\(site($0).id)].stage")
        },
        Attribute("country", .string, "The code of its country.", size: Self.code) {
          text(site($0).country?.code, "site[\(site($0).id)].country")
        },
        Attribute("operator", .string, "The id of who runs it.", size: Self.name) {
          text(site($0).operatorKey.map { network.operators[$0].id }, "site[\(site($0).id)].operator")
        },
        Attribute(
          "parent", .string, "The id of the operator at the end of the chain of parents.", size: Self.name
        ) {
          text(
            site($0).operatorKey.map { network.operators[parents[$0.position]].id },
            "site[\(site($0).id)].operator")
        },
        Attribute("status", .string, "operating, ramping, planned, suspended or closed.", size: Self.code) {
          .string(site($0).status.rawValue)
        },
        Attribute("active", .bool, "Whether it is operating or ramping.") { .bool(site($0).isActive) },
        Attribute("capacity", .double, "What it can make, over all it runs.", unit: amount) { row in
          let path = "site[\(site(row).id)].capacity"
          return number(total(row) { read($0.capacity, path) }, path)
        },
        Attribute("output", .double, "What it makes, over all it runs.", unit: amount) { row in
          let path = "site[\(site(row).id)].output"
          return number(total(row) { read($0.output, path) }, path)
        },
        Attribute("share", .double, "Its part of what its stage makes, from 0 to 1.", unit: share) {
          number(shares[$0], "site[\(site($0).id)].output")
        },
        Attribute(
          "processes", .list(.object("process")), "What it runs.", size: .list(count: 64, of: .scalar)
        ) {
          .list((operations[Key($0)] ?? []).map { Self.object("process", $0.process.position) })
        },
        Attribute(
          "technologies", .list(.object("need")), "What it needs to run, start or grow.",
          size: .list(count: max(1, needs.count), of: .scalar)
        ) { row in
          .list((needsOfSite[Key(row)] ?? []).map { Self.object("need", $0) })
        },
      ])
  }

  private func laneStruct() -> CELStruct {
    let network = network
    @Sendable func flow(_ row: Int) -> Flow { network.flows.rows[row] }
    return CELStruct(
      "lane", "A recorded flow.",
      attributes: [
        Attribute("id", .string, "Its id.", size: ids(network.flows)) { .string(flow($0).id) },
        Attribute(
          "from", .string, "The id of the site, or the code of the country, that it comes from.",
          size: Self.name
        ) {
          switch flow($0).origin {
          case .site(let key): .string(network.sites[key].id)
          case .country(let country): .string(country.code)
          }
        },
        Attribute("to", .string, "The id of the site or the product that it goes to.", size: Self.name) {
          .string(network.id(of: flow($0).destination))
        },
        Attribute("material", .string, "The id of what it carries.", size: Self.name) {
          text(flow($0).material.map { network.materials[$0].id }, "lane[\(flow($0).id)].material")
        },
        Attribute("volume", .double, "What it carries.", unit: amount) {
          let path = "lane[\(flow($0).id)].volume"
          return number(read(flow($0).volume, path), path)
        },
        Attribute("capacity", .double, "What it can carry.", unit: amount) {
          let path = "lane[\(flow($0).id)].capacity"
          return number(read(flow($0).capacity, path), path)
        },
        Attribute("active", .bool, "Whether it is in use.") { .bool(flow($0).status == .active) },
        Attribute("waypoints", .list(.string), "What it passes.", size: .list(count: 64, of: Self.name)) {
          .list(flow($0).waypoints.map { .string($0) })
        },
      ])
  }

  private func materialStruct() -> CELStruct {
    let network = network
    @Sendable func material(_ row: Int) -> Material { network.materials.rows[row] }
    return CELStruct(
      "material", "What flows.",
      attributes: [
        Attribute("id", .string, "Its id.", size: ids(network.materials)) { .string(material($0).id) },
        Attribute("name", .string, "Its name.", size: Self.name) { .string(material($0).name) },
        Attribute(
          "fractions", .list(.double), "The parts of its mass that its elements are, from 0 to 1.",
          unit: share,
          size: .list(count: 120, of: .scalar)
        ) { .list(material($0).elements.map { .double($0.fraction) }) },
        Attribute("form", .string, "concentrate, oxide, metal and the like.", size: Self.name) {
          text(material($0).form, "material[\(material($0).id)].form")
        },
        Attribute(
          "elements", .list(.string), "The symbols of what it holds.", size: .list(count: 120, of: Self.code)
        ) {
          .list(material($0).elements.filter { $0.fraction > 0 }.map { .string($0.symbol) })
        },
      ])
  }

  private func processStruct() -> CELStruct {
    let network = network
    @Sendable func process(_ row: Int) -> SupplyModel.Process { network.processes.rows[row] }
    @Sendable func list(_ keys: [Key<Material>]) -> CELValue {
      .list(keys.map { .string(network.materials[$0].id) })
    }
    let most = CELSize.list(count: 256, of: Self.name)
    return CELStruct(
      "process", "A recipe.",
      attributes: [
        Attribute("id", .string, "Its id.", size: ids(network.processes)) { .string(process($0).id) },
        Attribute("name", .string, "Its name.", size: Self.name) { .string(process($0).name) },
        Attribute("inputs", .list(.string), "The ids of what it takes, substitutes left out.", size: most) {
          list(process($0).slots.map { $0.choices[0].material })
        },
        Attribute("outputs", .list(.string), "The ids of what it makes.", size: most) {
          list(process($0).outputs.map(\.material))
        },
        Attribute(
          "slots", .list(.object("slot")), "Its inputs, each with what may fill it.",
          size: .list(count: 256, of: .scalar)
        ) { [slots] row in
          .list(slots.indices.filter { slots[$0].process.position == row }.map { Self.object("slot", $0) })
        },
      ])
  }

  private func slotStruct() -> CELStruct {
    let (network, slots) = (network, slots)
    return CELStruct(
      "slot", "One input of a process: filled by its material, or by a substitute that the recipe lists.",
      attributes: [
        Attribute("id", .string, "The ids of the process and the material.", size: Self.name) {
          let (process, slot) = slots[$0]
          return .string("\(network.processes[process].id)/\(network.materials[slot.choices[0].material].id)")
        },
        Attribute("process", .string, "The id of the process.", size: Self.name) {
          .string(network.processes[slots[$0].process].id)
        },
        Attribute("material", .string, "The id of the material.", size: Self.name) {
          .string(network.materials[slots[$0].slot.choices[0].material].id)
        },
        Attribute(
          "substitutes", .list(.string), "The ids of what may stand in for it.",
          size: .list(count: 256, of: Self.name)
        ) {
          .list(slots[$0].slot.choices.dropFirst().map { .string(network.materials[$0.material].id) })
        },
        Attribute("amount", .double, "How much of the material one unit of activity takes.") {
          .double(slots[$0].slot.choices[0].amount.value)
        },
      ])
  }

  private func findingStruct() -> CELStruct {
    let rows = world.findings
    return CELStruct(
      "finding",
      "What another rule said in this run. Rules that speak of findings are asked after all others.",
      attributes: [
        Attribute("id", .string, "Rule, subjects and scenario.", size: Self.name) {
          let finding = rows[$0].finding
          let place = finding.scenario.map { " under \($0)" } ?? ""
          return .string("\(finding.ruleID)(\(finding.subjects.map(\.id).joined(separator: ", ")))\(place)")
        },
        Attribute("name", .string, "The title of the rule, and the names of the subjects.", size: Self.name) {
          let finding = rows[$0].finding
          return .string("\(rows[$0].title): \(finding.subjects.map(\.name).joined(separator: ", "))")
        },
        Attribute("rule", .string, "The id of the rule.", size: Self.name) {
          .string(rows[$0].finding.ruleID)
        },
        Attribute("severity", .string, "info, low, medium, high or critical.", size: Self.code) {
          .string(rows[$0].finding.severity.rawValue)
        },
        Attribute("scenario", .string, "The id of the scenario; empty for none.", size: Self.name) {
          .string(rows[$0].finding.scenario ?? "")
        },
        Attribute(
          "subjects", .list(.string), "The ids of what it is about.", size: .list(count: 3, of: Self.name)
        ) {
          .list(rows[$0].finding.subjects.map { .string($0.id) })
        },
        Attribute(
          "estimates", .list(.string), "Figures that its condition read and that are estimated or recalled.",
          size: .list(count: Analyses.mostNoted, of: Self.name)
        ) {
          .list(rows[$0].finding.estimates.map { .string($0) })
        },
        Attribute(
          "decidedByEstimates", .bool,
          "Whether the rule does not say it when every figure that is estimated or recalled is taken as not known."
        ) { .bool(rows[$0].isDecidedByEstimates) },
      ])
  }

  private func operatorStruct() -> CELStruct {
    let network = network
    let parents = network.ultimateParents()
    @Sendable func row(_ row: Int) -> SupplyModel.Operator { network.operators.rows[row] }
    return CELStruct(
      "operator", "Who runs sites.",
      attributes: [
        Attribute("id", .string, "Its id.", size: ids(network.operators)) { .string(row($0).id) },
        Attribute("name", .string, "Its name.", size: Self.name) { .string(row($0).name) },
        Attribute("parent", .string, "The id at the end of its chain of parents.", size: Self.name) {
          .string(network.operators[parents[$0]].id)
        },
        Attribute("country", .string, "The code of its country.", size: Self.code) {
          text(row($0).country?.code, "operator[\(row($0).id)].country")
        },
      ])
  }

  private func technologyStruct() -> CELStruct {
    let network = network
    @Sendable func row(_ row: Int) -> Technology { network.technologies.rows[row] }
    return CELStruct(
      "technology", "Know-how, equipment or a licence.",
      attributes: [
        Attribute("id", .string, "Its id.", size: ids(network.technologies)) { .string(row($0).id) },
        Attribute("name", .string, "Its name.", size: Self.name) { .string(row($0).name) },
        Attribute(
          "suppliers", .list(.string), "Codes of the countries that can supply it.",
          size: .list(count: 300, of: Self.code)
        ) {
          row($0).suppliers.map { .list($0.map { .string($0.code) }) }
            ?? Self.unknown("technology[\(row($0).id)].suppliers")
        },
      ])
  }

  private func needStruct() -> CELStruct {
    let network = network
    let needs = needs
    @Sendable func path(_ row: Int, _ attribute: String) -> String {
      let need = needs[row]
      return
        "site[\(network.sites[need.site].id)].technologies[\(network.technologies[need.need.technology].id)].\(attribute)"
    }
    return CELStruct(
      "need", "A technology that a site needs.",
      attributes: [
        Attribute("id", .string, "The id of the technology.", size: Self.name) {
          .string(network.technologies[needs[$0].need.technology].id)
        },
        Attribute("name", .string, "The name of the technology.", size: Self.name) {
          .string(network.technologies[needs[$0].need.technology].name)
        },
        Attribute("from", .string, "The code of the country that supplies it today.", size: Self.code) {
          text(needs[$0].need.from?.code, path($0, "from"))
        },
        Attribute("needed", .string, "running, starting or expanding.", size: Self.code) {
          text(needs[$0].need.needed?.rawValue, path($0, "needed"))
        },
        Attribute("grace", .double, "How long the site runs on without it.", unit: days) {
          number(needs[$0].need.grace?.value, path($0, "grace"))
        },
      ])
  }

  private func productStruct() -> CELStruct {
    let network = network
    @Sendable func row(_ row: Int) -> Demand { network.demand.rows[row] }
    return CELStruct(
      "product", "An amount of a material that is wanted in a place.",
      attributes: [
        Attribute("id", .string, "Its id.", size: ids(network.demand)) { .string(row($0).id) },
        Attribute("name", .string, "Its name.", size: Self.name) { .string(row($0).name) },
        Attribute("material", .string, "The id of the material.", size: Self.name) {
          .string(network.materials[row($0).material].id)
        },
        Attribute("place", .string, "A country, a bloc, or WW for anywhere.", size: Self.name) {
          .string(row($0).place.id)
        },
        Attribute("use", .string, "What it is used for.", size: Self.name) {
          text(row($0).use, "product[\(row($0).id)].use")
        },
        Attribute("amount", .double, "How much is wanted.", unit: amount) {
          let path = "product[\(row($0).id)].amount"
          return number(read(row($0).amount, path), path)
        },
      ])
  }

  private func stockStruct() -> CELStruct {
    let network = network
    @Sendable func row(_ row: Int) -> Stock { network.stocks[row] }
    @Sendable func holder(_ stock: Stock) -> String {
      switch stock.holder {
      case .site(let key): network.sites[key].id
      case .country(let country): country.code
      }
    }
    @Sendable func path(_ stock: Stock) -> String {
      "stock[\(holder(stock)), \(network.materials[stock.material].id)].days"
    }
    return CELStruct(
      "stock", "What a site or a country holds of a material.",
      attributes: [
        Attribute("holder", .string, "The id of the site, or the code of the country.", size: Self.name) {
          .string(holder(row($0)))
        },
        Attribute("material", .string, "The id of the material.", size: Self.name) {
          .string(network.materials[row($0).material].id)
        },
        Attribute("days", .double, "How long it lasts in the holder's normal use.", unit: days) {
          _ = read(row($0).amount, path(row($0)))
          return number(network.days(of: row($0)), path(row($0)))
        },
      ])
  }

  private func elementStruct() -> CELStruct {
    let (network, analyses) = (network, analyses)
    @Sendable func site(_ row: Int) -> Site? {
      if case .site(let key) = analyses.element(row) { network.sites[key] } else { nil }
    }
    return CELStruct(
      "element", "Something that can fail: a site, an operator, a country and the like.",
      attributes: [
        Attribute("id", .string, "Its id; the code of a country.", size: Self.name) {
          .string(analyses.element($0).id(in: network))
        },
        Attribute("name", .string, "Its name.", size: Self.name) {
          .string(analyses.element($0).name(in: network))
        },
        Attribute("level", .string, "site, operator, parent, country, exports and the like.", size: Self.code)
        {
          .string(analyses.element($0).level.rawValue)
        },
        Attribute("stage", .string, "The stage of a site; empty for all else.", size: Self.code) {
          guard let site = site($0) else { return .string("") }
          return text(site.stage.map { network.stages[$0].id }, "site[\(site.id)].stage")
        },
        Attribute(
          "country", .string, "The country of a site, or the country itself; empty for all else.",
          size: Self.code
        ) {
          switch analyses.element($0) {
          case .country(let country), .exports(let country), .material(_, let country): .string(country.code)
          case .site(let key):
            text(network.sites[key].country?.code, "site[\(network.sites[key].id)].country")
          default: .string("")
          }
        },
      ])
  }

  private func concentrationStruct() -> CELStruct {
    let (network, analyses) = (network, analyses)
    // Rows by other bases come after those by what is made.
    @Sendable func row(_ row: Int) -> Concentration {
      let made = analyses.concentration()
      return row < made.count ? made[row] : analyses.tracedConcentration()[row - made.count]
    }
    @Sendable func note(_ row: Concentration) {
      if row.estimatedShare > 0 { analyses.noteEstimate("\(id(row)).estimated") }
    }
    @Sendable func id(_ row: Concentration) -> String {
      "\(network.stages[row.stage].id)/\(subject(row).id)/\(basis(row))/\(row.grouping.rawValue)"
    }
    let groupsOfMaterial = network.materials.rows.map { material in
      network.elementGroups.rows.contains { group in
        material.elements.contains { $0.fraction > 0 && group.elements.contains($0.symbol) }
      }
    }
    @Sendable func subject(_ row: Concentration) -> (id: String, name: String) {
      switch row.subject {
      case .material(let key): (network.materials[key].id, network.materials[key].name)
      case .elements(let key): (network.elementGroups[key].id, network.elementGroups[key].name)
      }
    }
    @Sendable func basis(_ row: Concentration) -> String {
      switch row.basis {
      case .sites: "sites"
      case .published(let series, _): series
      case .openMarket: "openMarket"
      case .reaching: "reaching"
      case .origin: "origin"
      case .technology(let key): "technology/\(network.technologies[key].id)"
      }
    }
    let list = CELSize.list(count: max(300, network.operators.count, network.sites.count), of: Self.name)
    return CELStruct(
      "concentration", "How the supply of a stage is shared out.",
      attributes: [
        Attribute("id", .string, "Stage, subject, basis and grouping.", size: Self.name) {
          .string(id(row($0)))
        },
        Attribute("name", .string, "The name of what is counted, and the stage.", size: Self.name) {
          .string("\(subject(row($0)).name) at \(network.stages[row($0).stage].name)")
        },
        Attribute("stage", .string, "The id of the stage.", size: Self.code) {
          .string(network.stages[row($0).stage].id)
        },
        Attribute("subject", .string, "The id of the material or the group of elements.", size: Self.name) {
          .string(subject(row($0)).id)
        },
        Attribute(
          "grouped", .bool,
          "Whether it is of a material that holds an element of some group, so that a row of the group tells of it, too."
        ) {
          if case .material(let key) = row($0).subject {
            .bool(groupsOfMaterial[key.position])
          } else {
            .bool(false)
          }
        },
        Attribute(
          "basis", .string,
          "sites, openMarket, reaching, origin, technology/ID, or the id of a published series.",
          size: Self.name
        ) {
          .string(basis(row($0)))
        },
        Attribute("by", .string, "country, operator or parent.", size: Self.code) {
          .string(row($0).grouping.rawValue)
        },
        Attribute("total", .double, "The whole supply.", unit: amount) { .double(row($0).total) },
        Attribute(
          "hhi", .double, "The Herfindahl-Hirschman index of the known holders, from 0 to 10,000.",
          unit: RuleCatalogue.Quantity.hhi.rawValue
        ) {
          note(row($0))
          return .double(row($0).hhi)
        },
        Attribute(
          "hhiHigh", .double,
          "The most that the index can be, where holders are not known or splits are estimated.",
          unit: RuleCatalogue.Quantity.hhi.rawValue
        ) { .double(row($0).hhiHigh) },
        Attribute(
          "weighted", .double,
          "The index with each country weighted by its governance, 0 for the best and 1 for the worst; unknown if one has no rating.",
          unit: RuleCatalogue.Quantity.hhi.rawValue
        ) {
          let own = row($0)
          note(own)
          guard let weighted = network.governanceWeighted(own) else {
            return Self.unknown("\(id(own)).weighted")
          }
          return weighted.hhi.map { .double($0) }
            ?? .unknown(CELUnknown(weighted.missing.map { "governance[\($0)]" }))
        },
        Attribute("holders", .list(.string), "The ids of the known holders, the largest first.", size: list) {
          .list(row($0).holders.map { .string($0.id) })
        },
        Attribute(
          "shares", .list(.double), "Their shares from 0 to 1, in the same order.", unit: share, size: list
        ) {
          note(row($0))
          return .list(row($0).holders.map { .double($0.share) })
        },
        Attribute("unattributed", .double, "The part whose holder is not known.", unit: share) {
          .double(row($0).unattributed)
        },
        Attribute(
          "estimated", .double, "The part that rests on figures that are estimated or say nothing.",
          unit: share
        ) {
          .double(row($0).estimatedShare)
        },
        Attribute(
          "sizeUnknown", .list(.object("site")), "Sites that make it, and how much is not known.",
          size: .list(count: network.sites.count, of: .scalar)
        ) { Self.sites(row($0).sitesOfUnknownSize) },
      ])
  }

  private func figureStruct() -> CELStruct {
    let (network, figures) = (network, figures)
    return CELStruct(
      "figure", "A number of the network and where it comes from.",
      attributes: [
        Attribute("id", .string, "What it is of, such as site[mt-weld].capacity.", size: Self.name) {
          .string(figures[$0].path)
        },
        Attribute("value", .double, "The number, in base units.") { .double(figures[$0].figure.value) },
        Attribute("source", .string, "The id of its source; empty if it has none.", size: Self.name) {
          .string(figures[$0].figure.source.map { network.sources[$0].id } ?? "")
        },
        Attribute("year", .int, "The year that it is for.", unit: year) {
          figures[$0].figure.year.map { .int(Int64($0)) } ?? Self.unknown("\(figures[$0].path).year")
        },
        Attribute("confidence", .string, "read, recalled, estimated, or empty.", size: Self.code) {
          .string(figures[$0].figure.confidence?.rawValue ?? "")
        },
      ])
  }

  private func controlStruct() -> CELStruct {
    let (network, scenario, inForce) = (network, world.scenario, world.inForce)
    @Sendable func row(_ row: Int) -> Control {
      scenario?.controls.rows[row] ?? Control(id: "", kind: .exportBan)
    }
    let codes = CELSize.list(count: 300, of: Self.code)
    return CELStruct(
      "control", "A measure of the scenario.",
      attributes: [
        Attribute("id", .string, "Its id.", size: Self.name) { .string(row($0).id) },
        Attribute("name", .string, "Its name.", size: Self.name) { .string(row($0).name) },
        Attribute(
          "kind", .string, "export-ban, export-licence, technology-ban and the like.", size: Self.code
        ) {
          .string(row($0).kind.rawValue)
        },
        Attribute("issuers", .list(.string), "Codes of the countries that issue it.", size: codes) {
          .list(row($0).issuers.map { .string($0.code) })
        },
        Attribute(
          "targets", .list(.string), "Codes of the countries on the other side; empty for all.", size: codes
        ) {
          .list((row($0).targets ?? []).map { .string($0.code) })
        },
        Attribute(
          "technologies", .list(.string), "Ids of what a technology ban names; empty for all.",
          size: .list(count: max(1, network.technologies.count), of: Self.name)
        ) {
          .list((row($0).subject.technologies ?? []).map { .string(network.technologies[$0].id) })
        },
        Attribute("status", .string, "in force, announced, suspended, ended, unknown.", size: Self.code) {
          .string(inForce?.statusOfControl[$0].rawValue ?? "")
        },
        Attribute("days", .double, "How long it lasts, from its first day to its last.", unit: days) {
          let dates = row($0).dates
          guard let start = dates.effective?.first, let end = dates.ended?.last else {
            return Self.unknown("control[\(row($0).id)].ended")
          }
          return .double(Double(end.dayNumber - start.dayNumber))
        },
      ])
  }

  private func scenarioStruct() -> CELStruct {
    let (network, scenario, inForce) = (network, world.scenario, world.inForce)
    var banning: Set<Country> = []
    for part in inForce?.parts ?? [] {
      if case .control(let key) = part.cause {
        banning.formUnion(inForce?.scenario.controls[key].issuers ?? [])
      }
    }
    let codes = banning.sorted().map { CELValue.string($0.code) }
    let technology = TechnologyEffects(of: inForce?.disruption ?? .none, on: network)
    let sites = CELSize.list(count: network.sites.count, of: .scalar)
    func list(_ name: String, _ summary: String, _ keys: [Key<Site>]) -> Attribute {
      let value = Self.sites(keys)
      return Attribute(name, .list(.object("site")), summary, size: sites) { _ in value }
    }
    return CELStruct(
      "scenario", "What happens.",
      attributes: [
        Attribute("id", .string, "Its id.", size: Self.name) { _ in .string(scenario?.id ?? "") },
        Attribute("title", .string, "Its title.", size: Self.name) { _ in .string(scenario?.title ?? "") },
        Attribute(
          "banning", .list(.string), "Codes of the countries whose controls hold, or may.",
          size: .list(count: codes.count, of: Self.code)
        ) { _ in
          .list(codes)
        },
        Attribute(
          "controls", .list(.object("control")), "Its controls.",
          size: .list(count: scenario?.controls.count ?? 0, of: .scalar)
        ) { _ in
          .list((0..<(scenario?.controls.count ?? 0)).map { Self.object("control", $0) })
        },
        list(
          "stoppedByTechnology", "Active sites that stop, since no country can supply a technology.",
          technology.stopped),
        list(
          "prevented", "Planned or ramping sites that cannot come, since a technology is banned.",
          technology.prevented),
        list("mustRequalify", "Sites that lose today's supplier of a technology.", technology.mustRequalify),
        list("frozen", "Sites that cannot grow, since a technology is banned.", technology.frozen),
      ])
  }
}

/// A figure of a network and the path to it.
struct RuleFigure: Sendable {
  var path: String
  var figure: Figure

  /// All figures that describe the network, in the order of its tables.
  static func all(in network: SupplyNetwork) -> [RuleFigure] {
    var all: [RuleFigure] = []
    func add(_ path: String, _ figure: Figure?) {
      if let figure { all.append(RuleFigure(path: path, figure: figure)) }
    }
    for operation in network.operations {
      let site = "site[\(network.sites[operation.site].id)]"
      add("\(site).capacity", operation.capacity)
      add("\(site).output", operation.output)
    }
    for flow in network.flows.rows {
      add("lane[\(flow.id)].volume", flow.volume)
      add("lane[\(flow.id)].capacity", flow.capacity)
    }
    for demand in network.demand.rows { add("product[\(demand.id)].amount", demand.amount) }
    for stock in network.stocks {
      let holder =
        switch stock.holder {
        case .site(let key): network.sites[key].id
        case .country(let country): country.code
        }
      add("stock[\(holder), \(network.materials[stock.material].id)].amount", stock.amount)
    }
    return all
  }
}

extension Figure {
  /// Whether it is estimated or recalled: nobody read it in a source.
  var isUncertain: Bool { confidence == .estimated || confidence == .recalled }
}

extension SupplyNetwork {
  /// The network with every figure that is estimated or recalled taken as not known.
  ///
  /// Recipes and compositions stay as they are, since a network without them would be another; a stock without its amount is none.
  func withoutUncertainFigures() -> SupplyNetwork {
    func certain(_ figure: Figure?) -> Figure? { figure.flatMap { $0.isUncertain ? nil : $0 } }
    var network = self
    for position in network.operations.indices {
      network.operations[position].capacity = certain(operations[position].capacity)
      network.operations[position].output = certain(operations[position].output)
    }
    network.flows = Table(
      flows.rows.map { flow in
        var flow = flow
        (flow.volume, flow.capacity) = (certain(flow.volume), certain(flow.capacity))
        return flow
      })
    network.demand = Table(
      demand.rows.map { row in
        var row = row
        row.amount = certain(row.amount)
        return row
      })
    network.stocks.removeAll { $0.amount.isUncertain }
    return network
  }

  /// How many days of its holder's use a stock lasts; nil if that use is not known.
  ///
  /// What is used is what the recipes of the holder's sites take in the baseline, the first choice of each slot, and for a country
  /// also the demand there.
  func days(of stock: Stock) -> Double? {
    if stock.amount.unit.dimension == .duration { return stock.amount.value }
    var used = 0.0
    for operation in operations {
      switch stock.holder {
      case .site(let key): if operation.site != key { continue }
      case .country(let country): if sites[operation.site].country != country { continue }
      }
      for slot in processes[operation.process].slots where slot.choices[0].material == stock.material {
        guard let activity = baselineActivity(of: operation) else { return nil }
        used += activity * slot.choices[0].amount.value
      }
    }
    if case .country(let country) = stock.holder {
      for row in demand.rows where row.material == stock.material && row.place == .country(country) {
        guard let amount = row.amount?.value else { return nil }
        used += amount
      }
    }
    return used > 0 ? stock.amount.value / used * 365 : nil
  }
}
