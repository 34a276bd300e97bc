internal import CEL
internal import RiskAnalysis
internal import SupplyModel

extension RuleRows {
  /// The elements that a value means: sites, elements, or codes of countries.
  private func elements(_ value: CELValue) -> [Element]? {
    guard case .list(let list) = value else { return nil }
    var found: [Element] = []
    for value in list {
      switch value {
      case .object(let object) where object.type == "site": found.append(.site(Key(object.row)))
      case .object(let object) where object.type == "element": found.append(analyses.element(object.row))
      case .string(let code):
        guard let country = Country(code: code) else { return nil }
        found.append(.country(country))
      default: return nil
      }
    }
    return found
  }

  func row(_ value: CELValue, _ type: String) -> Int? {
    if case .object(let object) = value, object.type == type { object.row } else { nil }
  }

  /// The nodes behind a site, an element or a product.
  func nodes(_ value: CELValue) -> [Int]? {
    guard case .object(let object) = value else { return nil }
    switch object.type {
    case "site": return nodesOfSite[object.row]
    case "product": return [analyses.graph.node(of: Key(object.row))]
    case "element":
      if case .site(let key) = analyses.element(object.row) { return nodesOfSite[key.position] }
      return nil
    default: return nil
    }
  }

  /// Notes the figures of operations that are estimated or recalled.
  func noteEstimates(of nodes: [Int]) {
    let graph = analyses.graph
    for node in nodes {
      let (site, process) = (graph.operations[node].site, graph.operations[node].process)
      for operation in operationsOfSite[site.position] where operation.process == process {
        guard let figure = operation.baseline, figure.isUncertain else { continue }
        let name = operation.output == nil ? "capacity" : "output"
        analyses.noteEstimate("site[\(network.sites[site].id)].\(name)")
      }
    }
  }

  /// Notes the figures that shares on the way to a node rest on: those of everything that something can come from.
  private func noteEstimates(behind node: Int) throws(CELFailure) {
    for path in try analyses.estimates(behind: node) { analyses.noteEstimate(path) }
  }

  /// The slots of operations; other nodes themselves.
  func suppliedNodes(_ nodes: [Int]) -> [Int] {
    let graph = analyses.graph
    return nodes.flatMap { node in
      node < graph.operations.count ? graph.lanes(into: node).map { graph.lanes[$0].source } : [node]
    }
  }

  private func lists(_ name: String, _ type: String, _ count: Int, _ summary: String) -> CELFunction {
    CELFunction(
      name, summary, "network.\(name)().size() >= 0", ["view.() -> list<\(type)>"],
      growth: .other { _, _ in .list(count: count, of: .scalar) },
      .one { _, meter throws(CELFailure) in
        try meter.chargeList(count: count)
        return .list((0..<count).map { Self.object(type, $0) })
      })
  }

  private func byID<Row>(_ name: String, _ type: String, _ table: Table<Row>, _ summary: String)
    -> CELFunction
  {
    CELFunction(
      name, summary, "", ["view.(string) -> \(type)"], .constant(1),
      .two { _, id, _ throws(CELFailure) in
        guard case .string(let id) = id else { return nil }
        guard let key = table.key(of: id) else {
          throw CELFailure(.argument, "the network has no \(type) '\(id)'")
        }
        return Self.object(type, key.position)
      })
  }

  /// The tables of a network, as functions of a view.
  func views() -> [CELFunction] {
    let (network, analyses) = (network, analyses)
    let siteCount = network.sites.count
    let countries = Set(network.sites.rows.compactMap(\.country)).sorted().map { CELValue.string($0.code) }
    let waypoints = Set(network.flows.rows.flatMap(\.waypoints)).sorted().map { CELValue.string($0) }
    let stages = network.stages.rows.map { CELValue.string($0.id) }
    func texts(_ name: String, _ values: [CELValue], _ summary: String) -> CELFunction {
      CELFunction(
        name, summary, "network.\(name)().size() >= 0", ["view.() -> list<string>"],
        growth: .other { _, _ in .list(count: values.count, of: .text(bytes: 400)) },
        .one { _, meter throws(CELFailure) in
          try meter.chargeList(count: values.count)
          return .list(values)
        })
    }
    return [
      lists("sites", "site", siteCount, "All sites, in the network's order."),
      lists("products", "product", network.demand.count, "All products: the demands of the network."),
      lists("materials", "material", network.materials.count, "All materials."),
      lists("operators", "operator", network.operators.count, "All operators."),
      lists("technologies", "technology", network.technologies.count, "All technologies."),
      lists("lanes", "lane", network.flows.count, "All recorded flows."),
      lists("stocks", "stock", network.stocks.count, "All stocks."),
      lists("figures", "figure", figures.count, "All figures that are given, with where they come from."),
      texts("countries", countries, "The codes of the countries that have sites, sorted."),
      texts("waypoints", waypoints, "The names of the waypoints of the flows, sorted."),
      texts("stages", stages, "The ids of the stages, first to last."),
      CELFunction(
        "sites", "The sites of a stage, in the network's order.", "network.sites('mine').size() >= 0",
        ["view.(string) -> list<site>"], growth: .other { _, _ in .list(count: siteCount, of: .scalar) },
        .two { _, stage, meter throws(CELFailure) in
          guard case .string(let stage) = stage else { return nil }
          try meter.charge(siteCount / 8)
          guard let key = network.stages.key(of: stage) else { return .list([]) }
          let found = network.sites.keys.filter { network.sites[$0].stage == key }
          try meter.chargeList(count: found.count)
          return Self.sites(found)
        }),
      byID("site", "site", network.sites, "The site of that id; fails if there is none."),
      byID("product", "product", network.demand, "The product of that id; fails if there is none."),
      byID("material", "material", network.materials, "The material of that id; fails if there is none."),
      byID("operator", "operator", network.operators, "The operator of that id; fails if there is none."),
    ] + lanesOfEnds() + [
      CELFunction(
        "makers", "The active sites that make a material, by its id, in the network's order.",
        "network.makers(network.materials()[0].id).size() >= 0", ["view.(string) -> list<site>"],
        .constant(1 + network.operations.count / 8),
        growth: .other { _, _ in .list(count: siteCount, of: .scalar) },
        .two { _, id, meter throws(CELFailure) in
          guard case .string(let id) = id else { return nil }
          guard let material = network.materials.key(of: id) else {
            throw CELFailure(.argument, "the network has no material '\(id)'")
          }
          let makes = network.processes.rows.map { $0.outputs.contains { $0.material == material } }
          let found = Set(network.operations.filter { makes[$0.process.position] }.map(\.site)).sorted()
            .filter { network.sites[$0].isActive }
          try meter.chargeList(count: found.count)
          return Self.sites(found)
        }),
      CELFunction(
        "supply",
        "How much of a material, by its id, a site makes, in base units a year; 0 if it makes none.",
        "network.supply(network.sites()[0], network.materials()[0].id) >= 0.0 || true",
        ["view.(site, string) -> double"], .constant(4),
        .three { _, site, id, _ throws(CELFailure) in
          guard let site = row(site, "site"), case .string(let id) = id else { return nil }
          guard let material = network.materials.key(of: id) else {
            throw CELFailure(.argument, "the network has no material '\(id)'")
          }
          var sum = 0.0
          for node in nodesOfSite[site] {
            guard let process = analyses.graph.operations[node].process,
              network.processes[process].outputs.contains(where: { $0.material == material })
            else { continue }
            noteEstimates(of: [node])
            guard let amount = analyses.graph.supply(of: material, by: node) else {
              return Self.unknown("site[\(network.sites.rows[site].id)].output")
            }
            sum += amount
          }
          return .double(sum)
        }
      ).measured(in: RuleCatalogue.Quantity.amount.rawValue),
      CELFunction(
        "members", "The codes of a bloc such as EU, or the country itself.",
        "network.members('FR') == ['FR']",
        ["view.(string) -> list<string>"],
        growth: .other { _, _ in .list(count: 300, of: .text(bytes: 8)) },
        .two { _, name, meter throws(CELFailure) in
          guard case .string(let name) = name else { return nil }
          try meter.charge(network.blocs.count)
          let members =
            network.blocs.first { $0.id == name }?.members.map { CELValue.string($0.code) }
            ?? Country(code: name).map { [.string($0.code)] }
          guard let members else { throw CELFailure(.argument, "'\(name)' is no country and no bloc") }
          return .list(members)
        }),
      CELFunction(
        "without", "The view without some sites or elements, or without whole countries by code.",
        "!network.without(network.sites()).canMake(network.products()[0])",
        ["view.(list<site>) -> view", "view.(list<element>) -> view", "view.(list<string>) -> view"], .linear,
        .two { view, list, _ throws(CELFailure) in
          guard let view = row(view, "view"), let elements = elements(list) else { return nil }
          return Self.object("view", try analyses.view(view, without: elements))
        }),
      CELFunction(
        "withoutExports", "The view in which nothing leaves some countries.", "",
        ["view.(list<string>) -> view"],
        .linear,
        .two { view, list, _ throws(CELFailure) in
          guard let view = row(view, "view"), let elements = elements(list) else { return nil }
          let exports = elements.compactMap {
            if case .country(let country) = $0 { Element.exports(country) } else { nil }
          }
          return Self.object("view", try analyses.view(view, without: exports))
        }),
      CELFunction(
        "withoutOperator", "The view without all that one operator or one ultimate parent runs.", "",
        ["view.(string) -> view"], .constant(1),
        .two { view, id, _ throws(CELFailure) in
          guard let view = row(view, "view"), case .string(let id) = id else { return nil }
          guard let key = network.operators.key(of: id) else {
            throw CELFailure(.argument, "the network has no operator '\(id)'")
          }
          let isParent = network.ultimateParent(of: key) == key
          return Self.object(
            "view", try analyses.view(view, without: [isParent ? .parent(key) : .operatorOf(key)]))
        }),
      CELFunction(
        "only", "The view with these sites alone.", "", ["view.(list<site>) -> view"],
        .constant(1 + siteCount),
        .two { view, list, _ throws(CELFailure) in
          guard let view = row(view, "view"), case .list(let list) = list else { return nil }
          let kept = Set(list.compactMap { row($0, "site") })
          let elements = network.sites.keys.filter { !kept.contains($0.position) }.map { Element.site($0) }
          return Self.object("view", try analyses.view(view, without: elements))
        }),
    ]
  }

  /// The recorded flows at an end, as functions of a view.
  private func lanesOfEnds() -> [CELFunction] {
    let network = network
    var from = [[Int]](repeating: [], count: network.sites.count)
    var into = from
    var toProduct = [[Int]](repeating: [], count: network.demand.count)
    for (position, flow) in network.flows.rows.enumerated() where flow.status == .active {
      if case .site(let key) = flow.origin { from[key.position].append(position) }
      switch flow.destination {
      case .site(let key): into[key.position].append(position)
      case .demand(let key): toProduct[key.position].append(position)
      }
    }
    let most = max(
      from.reduce(0) { max($0, $1.count) }, into.reduce(0) { max($0, $1.count) },
      toProduct.reduce(0) { max($0, $1.count) })
    let (out, sites, products) = (from, into, toProduct)
    func lanes(_ name: String, _ signatures: [String], _ summary: String, outward: Bool) -> CELFunction {
      CELFunction(
        name, summary, "network.\(name)(network.sites()[0]).size() >= 0", signatures, .constant(1),
        growth: .other { _, _ in .list(count: most, of: .scalar) },
        .two { _, end, meter throws(CELFailure) in
          let found: [Int]
          if let site = row(end, "site") {
            found = outward ? out[site] : sites[site]
          } else if let product = row(end, "product") {
            found = products[product]
          } else {
            return nil
          }
          try meter.chargeList(count: found.count)
          return .list(found.map { Self.object("lane", $0) })
        })
    }
    return [
      lanes(
        "lanesFrom", ["view.(site) -> list<lane>"], "The recorded flows in use that leave a site.",
        outward: true),
      lanes(
        "lanesTo", ["view.(site) -> list<lane>", "view.(product) -> list<lane>"],
        "The recorded flows in use that go to a site or a product.", outward: false),
    ]
  }

  /// The analyses of a view.
  func results() -> [CELFunction] {
    let (network, analyses) = (network, analyses)
    let (graph, size) = (analyses.graph, analyses.size)
    let sitesSize = CELGrowth.other { _, _ in .list(count: network.sites.count, of: .scalar) }
    let elementCount = network.sites.count + network.operators.count + network.technologies.count + 300
    let elementsSize = CELGrowth.other { _, _ in .list(count: elementCount, of: .scalar) }
    let concentrationRows = concentrationRows
    // By country, operator and parent: of all that is for sale, of what reaches the products, of origin; and by technology.
    let groups = network.elementGroups.count
    let tracedRows =
      network.stages.count
      * (3 * (network.materials.count + groups)
        + (groups == 0 ? min(50, network.materials.count) : groups) * (6 + network.technologies.count))
    @Sendable func supplyRisk(_ what: CELValue, _ place: CELValue) throws(CELFailure) -> NetworkSupplyRisk? {
      guard case .string(let what) = what, case .string(let place) = place else { return nil }
      let subject: Statistic.Subject
      if let group = network.elementGroups.key(of: what) {
        subject = .elements(group)
      } else if let material = network.materials.key(of: what) {
        subject = .material(material)
      } else {
        throw CELFailure(.argument, "the network has no material and no element group '\(what)'")
      }
      let region: Place
      if let country = Country(code: place) {
        region = .country(country)
      } else if let bloc = network.blocs.first(where: { $0.id == place }) {
        region = .bloc(bloc)
      } else {
        throw CELFailure(.argument, "there is no country and no bloc '\(place)'")
      }
      return try analyses.supplyRisk(of: subject, for: region)
    }
    @Sendable func riskStage(
      _ what: CELValue, _ stage: CELValue, _ place: CELValue
    ) throws(CELFailure) -> (NetworkSupplyRisk, NetworkSupplyRisk.Stage?)? {
      guard case .string(let stage) = stage, let risk = try supplyRisk(what, place) else { return nil }
      guard let key = network.stages.key(of: stage) else {
        throw CELFailure(.argument, "the network has no stage '\(stage)'")
      }
      return (risk, risk.stages.first { $0.stage == key })
    }
    @Sendable func unknownFigures(_ risk: NetworkSupplyRisk) -> CELValue {
      let paths = risk.missing.map { Self.path(of: $0, in: network) }
      return .unknown(CELUnknown(paths.isEmpty ? ["supply of \(risk.region.id)"] : paths))
    }
    func reach(_ name: String, _ summary: String, upstream: Bool) -> CELFunction {
      CELFunction(
        name, summary, "network.\(name)(network.sites()[0]).size() >= 0",
        ["view.(site) -> list<site>", "view.(product) -> list<site>"], .constant(1 + size), growth: sitesSize,
        .two { view, start, meter throws(CELFailure) in
          guard let view = row(view, "view"), let nodes = nodes(start) else { return nil }
          let (state, isOperable) = try analyses.structure(ofView: view)
          var found =
            upstream
            ? graph.sites(upstreamOf: nodes, in: state, isOperable)
            : graph.sites(downstreamOf: nodes, in: state, isOperable)
          if let own = row(start, "site") { found.removeAll { $0.position == own } }
          return Self.sites(found)
        })
    }
    @Sendable func level(_ value: CELValue) throws(CELFailure) -> Element.Level? {
      guard case .string(let name) = value else { return nil }
      if let level = Element.Level(rawValue: name), level != .lane { return level }
      let names = Element.Level.allCases.filter { $0 != .lane }.map(\.rawValue)
      throw CELFailure(
        .argument, "there is no level '\(name)'; the levels are \(names.joined(separator: ", "))")
    }
    return [
      CELFunction(
        "canMake",
        "Whether a product can be met, or a site can run, when everything that is needed must come from somewhere.",
        "network.canMake(network.products()[0]) || true", ["view.(product) -> bool", "view.(site) -> bool"],
        .constant(1),
        .two { view, what, _ throws(CELFailure) in
          guard let view = row(view, "view"), let nodes = nodes(what) else { return nil }
          for node in nodes where try analyses.canMake(node, inView: view) { return .bool(true) }
          return .bool(false)
        }),
      CELFunction(
        "chokepoints", "The single elements of a level without which a product cannot be met.",
        "network.chokepoints(network.products()[0], 'country').size() >= 0",
        ["view.(product, string) -> list<element>"], growth: elementsSize,
        .three { view, product, name, meter throws(CELFailure) in
          guard let view = row(view, "view"), let product = row(product, "product"),
            let level = try level(name)
          else { return nil }
          let points = try analyses.singlePoints(of: Key(product), at: level, inView: view)
          try meter.chargeList(count: points.count)
          return .list(points.map { Self.object("element", analyses.number(of: $0)) })
        }),
      CELFunction(
        "chokepoints", "The single sites without which a product cannot be met.",
        "network.chokepoints(network.products()[0]).size() >= 0", ["view.(product) -> list<site>"],
        growth: sitesSize,
        .two { view, product, meter throws(CELFailure) in
          guard let view = row(view, "view"), let product = row(product, "product") else { return nil }
          let points = try analyses.singlePoints(of: Key(product), at: .site, inView: view)
          try meter.chargeList(count: points.count)
          return Self.sites(points.compactMap { if case .site(let key) = $0 { key } else { nil } })
        }),
      CELFunction(
        "cutSets",
        "The minimal sets of at most so many elements of a level whose joint failure stops a product; at most 3 elements, at most 1,000 sets.",
        "network.cutSets(network.products()[0], 'country', 2).size() >= 0",
        ["view.(product, string, int) -> list<list<element>>"], .constant(10),
        growth: .other { _, _ in .list(count: 1_000, of: .list(count: 3, of: .scalar)) },
        .many { values, meter throws(CELFailure) in
          guard values.count == 4, let view = row(values[0], "view"), let product = row(values[1], "product"),
            let level = try level(values[2]), case .int(let order) = values[3]
          else { return nil }
          guard (1...3).contains(order) else {
            throw CELFailure(.argument, "a cut set may be asked for up to 3 elements, not \(order)")
          }
          let sets = try analyses.cutSets(of: Key(product), at: level, order: Int(order), inView: view)
          try meter.chargeList(count: 3 * sets.count)
          return .list(
            sets.map { set in .list(set.map { Self.object("element", analyses.number(of: $0)) }) })
        }),
      CELFunction(
        "loss",
        "The part of a product that is lost when nobody finds a new supplier, from 0 to 1; unknown if a control of unknown status or leniency decides it.",
        "network.loss(network.products()[0]) == 0.0 || true", ["view.(product) -> double"], .constant(1),
        .two { view, product, _ throws(CELFailure) in
          guard let view = row(view, "view"), let product = row(product, "product") else { return nil }
          let node = graph.node(of: Key(product))
          let id = network.demand.rows[product].id
          guard try analyses.canMake(node, inView: Analyses.plain) else {
            return Self.unknown("product[\(id)].loss")
          }
          let loss = try analyses.loss(at: node, inView: view)
          try noteEstimates(behind: node)
          return loss.isUndecided ? Self.unknown("product[\(id)].loss") : .double(loss.rigid)
        }
      ).measured(in: RuleCatalogue.Quantity.share.rawValue),
      CELFunction(
        "lossBounds",
        "The least and the most of a product that may be lost when nobody finds a new supplier.",
        "network.lossBounds(network.products()[0]).size() == 2", ["view.(product) -> list<double>"],
        growth: .other { _, _ in .list(count: 2, of: .scalar) },
        .two { view, product, _ throws(CELFailure) in
          guard let view = row(view, "view"), let product = row(product, "product") else { return nil }
          let loss = try analyses.loss(at: graph.node(of: Key(product)), inView: view)
          try noteEstimates(behind: graph.node(of: Key(product)))
          return .list([.double(loss.low), .double(loss.high)])
        }
      ).measured(in: RuleCatalogue.Quantity.share.rawValue),
      reach("upstream", "The sites that something can come from, those that can run.", upstream: true),
      reach("downstream", "The sites that something can go to, those that can run.", upstream: false),
      CELFunction(
        "suppliers", "The sites that sell directly to a site or a product, recorded or through a market.",
        "network.suppliers(network.sites()[0]).size() >= 0",
        ["view.(site) -> list<site>", "view.(product) -> list<site>"], .constant(8),
        growth: .other { [mostSuppliers] _, _ in .list(count: mostSuppliers, of: .scalar) },
        .two { view, buyer, meter throws(CELFailure) in
          guard let view = row(view, "view"), let nodes = nodes(buyer) else { return nil }
          let (state, isOperable) = try analyses.structure(ofView: view)
          let found = graph.sites(sellingTo: suppliedNodes(nodes), in: state, isOperable)
          try meter.chargeList(count: 4 * found.count)
          return Self.sites(found.filter { .some($0.position) != row(buyer, "site") })
        }),
      CELFunction(
        "path",
        "One shortest way from a site, or from the farthest of the sites of an element, to a product, as sites; empty if there is none.",
        "network.path(network.sites()[0], network.products()[0]).size() >= 0",
        ["view.(site, product) -> list<site>", "view.(element, product) -> list<site>"], .constant(1 + size),
        growth: sitesSize,
        .three { view, start, product, _ throws(CELFailure) in
          guard let view = row(view, "view"), let product = row(product, "product") else { return nil }
          let sites: Set<Key<Site>>
          if let row = row(start, "site") {
            sites = [Key(row)]
          } else if let row = row(start, "element") {
            sites = network.sites(of: analyses.element(row))
          } else {
            return nil
          }
          let (state, isOperable) = try analyses.structure(ofView: view)
          return Self.sites(graph.path(from: sites, to: graph.node(of: Key(product)), in: state, isOperable))
        }),
      CELFunction(
        "concentration",
        "How the supply of each stage is shared out: one row for each stage, subject and grouping.",
        "network.concentration().size() >= 0", ["view.() -> list<concentration>"],
        growth: .other { _, _ in .list(count: concentrationRows, of: .scalar) },
        .one { _, meter throws(CELFailure) in
          let count = analyses.concentration().count
          try meter.chargeList(count: count)
          return .list((0..<count).map { Self.object("concentration", $0) })
        }),
      CELFunction(
        "tracedConcentration",
        "The same by other bases than what is made: what is for sale, what reaches the products, where it was mined, who supplies the technology.",
        "network.tracedConcentration().size() >= 0", ["view.() -> list<concentration>"],
        .constant(1 + size * max(1, network.stages.count) * max(1, network.elementGroups.count)),
        growth: .other { _, _ in .list(count: tracedRows, of: .scalar) },
        .one { _, meter throws(CELFailure) in
          let (made, count) = (analyses.concentration().count, analyses.tracedConcentration().count)
          try meter.chargeList(count: count)
          return .list((made..<made + count).map { Self.object("concentration", $0) })
        }),
      CELFunction(
        "supplyRisk",
        "The supply risk of a material or a group of elements for a country or a bloc by the EU's formula, about 0 to 10, critical from 1; unknown if a figure for it is missing.",
        "", ["view.(string, string) -> double"], .constant(1 + 4 * size * max(1, network.stages.count)),
        .three { _, what, place, _ throws(CELFailure) in
          guard let risk = try supplyRisk(what, place) else { return nil }
          return risk.score.map { .double($0) }
            ?? .unknown(CELUnknown(risk.missing.map { Self.path(of: $0, in: network) }))
        }),
      CELFunction(
        "geopolRisk",
        "GeoPolRisk of a material or a group of elements, made at a stage, for a country or a bloc, from 0 to 1; unknown if a figure is missing or it takes none.",
        "", ["view.(string, string, string) -> double"],
        .constant(1 + 4 * size * max(1, network.stages.count)),
        .many { values, _ throws(CELFailure) in
          guard values.count == 4, let (risk, stage) = try riskStage(values[1], values[2], values[3]) else {
            return nil
          }
          return stage?.geopolitical.map { .double($0) } ?? unknownFigures(risk)
        }),
      CELFunction(
        "importReliance",
        "The part of what a country or a bloc takes of a material or a group of elements, made at a stage, that it must import, from 0 to 1; unknown if a figure is missing or it takes none.",
        "", ["view.(string, string, string) -> double"],
        .constant(1 + 4 * size * max(1, network.stages.count)),
        .many { values, _ throws(CELFailure) in
          guard values.count == 4, let (risk, stage) = try riskStage(values[1], values[2], values[3]) else {
            return nil
          }
          return stage?.importReliance.map { .double($0) } ?? unknownFigures(risk)
        }
      ).measured(in: RuleCatalogue.Quantity.share.rawValue),
      CELFunction(
        "originShare",
        "The part of an element in a product that comes from some countries, from 0 to 1; unknown if that cannot be told.",
        "", ["view.(product, string, list<string>) -> double"], .constant(1 + 4 * size),
        .many { values, _ throws(CELFailure) in
          guard values.count == 4, let product = row(values[1], "product"),
            case .string(let symbol) = values[2],
            case .list(let list) = values[3]
          else { return nil }
          let codes = Set(list.compactMap { if case .string(let code) = $0 { code } else { nil } })
          let share = try analyses.origin(of: symbol, in: Key(product), from: codes)
          guard let share else {
            return Self.unknown("product[\(network.demand.rows[product].id)].origin.\(symbol)")
          }
          return .double(share.expected)
        }
      ).measured(in: RuleCatalogue.Quantity.share.rawValue),
      CELFunction(
        "originShare",
        "The part of an element in a product that sites of a stage in some countries processed, from 0 to 1; unknown if that cannot be told.",
        "", ["view.(product, string, list<string>, string) -> double"], .constant(1 + 4 * size),
        .many { values, _ throws(CELFailure) in
          guard values.count == 5, let product = row(values[1], "product"),
            case .string(let symbol) = values[2],
            case .list(let list) = values[3], case .string(let stage) = values[4]
          else { return nil }
          guard let stage = network.stages.key(of: stage) else {
            throw CELFailure(.argument, "the network has no stage '\(stage)'")
          }
          let codes = Set(list.compactMap { if case .string(let code) = $0 { code } else { nil } })
          let share = try analyses.origin(of: symbol, in: Key(product), from: codes, at: stage)
          guard let share else {
            return Self.unknown("product[\(network.demand.rows[product].id)].origin.\(symbol)")
          }
          return .double(share.expected)
        }
      ).measured(in: RuleCatalogue.Quantity.share.rawValue),
    ]
  }

  /// The figure that a score would need, as rules name it.
  private static func path(of missing: NetworkSupplyRisk.Missing, in network: SupplyNetwork) -> String {
    switch missing {
    case .governance(let country): "governance[\(country.code)]"
    case .tradeParameter(let country): "trade_parameters[\(country.code)]"
    case .recycling: "risk_parameters.recycling"
    case .substitution: "risk_parameters.substitution"
    case .size(let site): "site[\(network.sites[site].id)].output"
    case .need(.site(let site)): "site[\(network.sites[site].id)].output"
    case .need(.demand(let demand)): "product[\(network.demand[demand].id)].amount"
    }
  }
}

/// Sums, means and the like over lists of numbers, and texts of numbers.
enum RuleAggregates {
  private static func numbers(_ value: CELValue) -> [Double]? {
    guard case .list(let list) = value else { return nil }
    let numbers = list.compactMap { if case .double(let number) = $0 { number } else { nil } }
    return numbers.count == list.count ? numbers : nil
  }

  /// What is not known in a list; it makes any figure over the list unknown.
  private static func unknown(in value: CELValue) -> CELValue? {
    guard case .list(let list) = value else { return nil }
    var found: CELUnknown?
    for case .unknown(let unknown) in list { found = found?.union(unknown) ?? unknown }
    return found.map { .unknown($0) }
  }

  private static func over(
    _ name: String, _ summary: String, _ example: String, unit: String = "=",
    _ body: @escaping @Sendable ([Double]) -> Double?
  ) -> CELFunction {
    CELFunction(
      name, summary, example, ["list<double>.() -> double"], .sorting,
      .one { list, meter throws(CELFailure) in
        if let unknown = unknown(in: list) { return unknown }
        guard let numbers = numbers(list) else { return nil }
        try meter.charge(numbers.count)
        guard let result = body(numbers) else {
          throw CELFailure(.noValue, "\(name) of an empty list")
        }
        return .double(result)
      }
    ).measured(in: unit)
  }

  /// `list.shareBy(x, key, amount)`.
  static let shareBy = CELMacro(
    "shareBy", ["list.shareBy(x, key, amount)"],
    "For each key its part of the sum of the amounts, from 0 to 1; the largest first.",
    "['a', 'b', 'a'].shareBy(x, x, x == 'a' ? 1.0 : 2.0)['b'] == 0.5", callsWithLists: "shares")

  static let functions: [CELFunction] = [
    over("sum", "The sum; 0 for an empty list.", "[1.0, 2.0].sum() == 3.0") { $0.reduce(0, +) },
    over("avg", "The mean; fails for an empty list.", "[1.0, 2.0].avg() == 1.5") {
      $0.isEmpty ? nil : $0.reduce(0, +) / Double($0.count)
    },
    over(
      "median", "The middle one, or the mean of the two in the middle; fails for an empty list.",
      "[3.0, 1.0, 2.0].median() == 2.0"
    ) {
      let sorted = $0.sorted()
      if sorted.isEmpty { return nil }
      return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    },
    over("min", "The least; fails for an empty list.", "[2.0, 1.0].min() == 1.0") { $0.min() },
    over("max", "The most; fails for an empty list.", "[2.0, 1.0].max() == 2.0") { $0.max() },
    over(
      "hhi", "The Herfindahl-Hirschman index of amounts, from 0 to 10,000; fails if they add up to nothing.",
      "[1.0, 1.0].hhi() == 5000.0", unit: RuleCatalogue.Quantity.hhi.rawValue
    ) {
      let total = $0.reduce(0, +)
      return total > 0 ? $0.reduce(0) { $0 + ($1 / total) * ($1 / total) } * 10_000 : nil
    },
    CELFunction(
      "shares", "For each text its part of the sum of the amounts beside it, from 0 to 1; the largest first.",
      "shares(['a', 'b', 'a'], [1.0, 2.0, 1.0])['a'] == 0.5",
      ["(list<string>, list<double>) -> map<string, double>"], .sorting, growth: .sum,
      .two { keys, amounts, meter throws(CELFailure) in
        if let unknown = unknown(in: keys) ?? unknown(in: amounts) { return unknown }
        guard case .list(let keys) = keys, let amounts = numbers(amounts) else { return nil }
        guard keys.count == amounts.count else {
          throw CELFailure(.argument, "\(keys.count) texts and \(amounts.count) amounts")
        }
        try meter.chargeList(count: 2 * keys.count)
        let total = amounts.reduce(0, +)
        guard total > 0 else { return .map(CELMap()) }
        var sums: [String: Double] = [:]
        for (key, amount) in zip(keys, amounts) {
          if case .string(let key) = key { sums[key, default: 0] += amount }
        }
        var map = CELMap()
        for (key, sum) in sums.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
          _ = map.insert(.string(key), .double(sum / total))
        }
        return .map(map)
      }
    ).measured(in: RuleCatalogue.Quantity.share.rawValue),
    CELFunction(
      "percent",
      "A part from 0 to 1 as a text; what is more than nothing and less than all never looks like nothing or all.",
      "percent(0.656) == '66 %' && percent(0.004) == '0.4 %'", ["(double) -> string"],
      growth: .text(bytes: 32),
      .one { value, _ throws(CELFailure) in
        guard case .double(let part) = value else { return nil }
        let rounded = (part * 100).rounded()
        guard rounded.isFinite, abs(rounded) < 1e15 else { return .string("\(part)") }
        // Within a billionth it is nothing or all.
        guard rounded == 0 && part > 1e-9 || rounded == 100 && abs(part - 1) > 1e-9 else {
          return .string("\(Int(rounded)) %")
        }
        let tenths = Int((part * 1000).rounded())
        if tenths == 0 { return .string("under 0.1 %") }
        if tenths == 1000 { return .string(part < 1 ? "over 99.9 %" : "100 %") }
        return .string("\(tenths / 10).\(tenths % 10) %")
      }),
    CELFunction(
      "round", "The nearest whole number, halves away from 0, as a text with a comma after each thousand.",
      "round(1234.6) == '1,235'", ["(double) -> string"], growth: .text(bytes: 32),
      .one { value, _ throws(CELFailure) in
        guard case .double(let number) = value else { return nil }
        let rounded = number.rounded()
        guard rounded.isFinite, abs(rounded) < 1e15 else { return .string("\(number)") }
        var digits = ""
        for (position, digit) in "\(Int(rounded.magnitude))".reversed().enumerated() {
          if position > 0, position % 3 == 0 { digits.append(",") }
          digits.append(digit)
        }
        return .string((rounded < 0 ? "-" : "") + String(digits.reversed()))
      }),
    CELFunction(
      "countryName", "The short English name of a country by its code.", "countryName('FR') == 'France'",
      ["(string) -> string"], growth: .text(bytes: 64),
      .one { value, _ throws(CELFailure) in
        guard case .string(let code) = value else { return nil }
        return .string(Country(code: code)?.name ?? code)
      }),
  ]
}
