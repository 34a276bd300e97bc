internal import CEL
internal import RiskAnalysis
internal import SupplyModel

/// Who brings what to whom, how long stocks last, and where elements come from.
extension RuleRows {
  func supply() -> [CELFunction] {
    available() + [suppliersOfMaterial(), sells(), outputs(), sent()] + stockDays() + origins() + [
      elements(), unknownFigure(),
    ]
  }

  private func material(_ id: String) throws(CELFailure) -> Key<Material> {
    if let key = network.materials.key(of: id) { return key }
    throw CELFailure(.argument, "the network has no material '\(id)'")
  }

  // MARK: Who brings it

  private func available() -> [CELFunction] {
    let graph = analyses.graph
    /// Whether an operation there makes one of the materials, or an open lane brings it from a seller that can run.
    @Sendable func isAvailable(
      _ materials: [Key<Material>], at site: Int, inView view: Int
    ) throws(CELFailure) -> Bool {
      let (state, isOperable) = try analyses.structure(ofView: view)
      for node in nodesOfSite[site] {
        if isOperable[node], let process = graph.operations[node].process,
          network.processes[process].outputs.contains(where: { materials.contains($0.material) })
        {
          return true
        }
        for slot in suppliedNodes([node]) {
          let isBrought = graph.lanes(into: slot).contains { lane in
            state.open[lane] > 0 && graph.lanes[lane].material.map(materials.contains) ?? false
              && isOperable[graph.lanes[lane].source]
          }
          if isBrought { return true }
        }
      }
      return false
    }
    return [
      CELFunction(
        "available",
        "Whether a material, by its id, is at hand at a site: somebody who can run makes it there or sends it.",
        "network.available(network.sites()[0], network.materials()[0].id) || true",
        ["view.(site, string) -> bool"], .constant(16),
        .three { view, site, id, _ throws(CELFailure) in
          guard let view = row(view, "view"), let site = row(site, "site"), case .string(let id) = id else {
            return nil
          }
          return .bool(try isAvailable([try material(id)], at: site, inView: view))
        }),
      CELFunction(
        "available", "Whether a slot can be filled at a site, by its material or by a substitute.", "",
        ["view.(site, slot) -> bool"], .constant(16),
        .three { view, site, slot, _ throws(CELFailure) in
          guard let view = row(view, "view"), let site = row(site, "site"), let slot = row(slot, "slot")
          else { return nil }
          return .bool(
            try isAvailable(slots[slot].slot.choices.map(\.material), at: site, inView: view))
        }),
    ]
  }

  private func suppliersOfMaterial() -> CELFunction {
    let graph = analyses.graph
    return CELFunction(
      "suppliers",
      "The sites that sell a material, by its id, directly to a site or a product, recorded or through a market.",
      "network.suppliers(network.sites()[0], network.materials()[0].id).size() >= 0",
      ["view.(site, string) -> list<site>", "view.(product, string) -> list<site>"], .constant(8),
      growth: .other { [mostSuppliers] _, _ in .list(count: mostSuppliers, of: .scalar) },
      .three { view, buyer, id, meter throws(CELFailure) in
        guard let view = row(view, "view"), let nodes = nodes(buyer), case .string(let id) = id else {
          return nil
        }
        let wanted = try material(id)
        let (state, isOperable) = try analyses.structure(ofView: view)
        let found = graph.sites(sellingTo: suppliedNodes(nodes), of: wanted, in: state, isOperable)
        try meter.chargeList(count: 4 * found.count)
        return Self.sites(found.filter { .some($0.position) != row(buyer, "site") })
      })
  }

  private func sells() -> CELFunction {
    let graph = analyses.graph
    return CELFunction(
      "sells", "Whether anybody takes what a site makes: a site or a product, recorded or through a market.",
      "network.sells(network.sites()[0]) || true", ["view.(site) -> bool"], .constant(16),
      .two { view, site, _ throws(CELFailure) in
        guard let view = row(view, "view"), let site = row(site, "site") else { return nil }
        return .bool(graph.sell(nodesOfSite[site], in: try analyses.structure(ofView: view).state))
      })
  }

  private func outputs() -> CELFunction {
    let network = network
    let outputs = operationsOfSite.map { operations in
      var seen: Set<Key<Material>> = []
      return operations.flatMap { network.processes[$0.process].outputs.map(\.material) }.filter {
        seen.insert($0).inserted
      }
    }
    let most = outputs.reduce(0) { max($0, $1.count) }
    return CELFunction(
      "outputs", "The ids of the materials that a site makes by its recipes.",
      "network.outputs(network.sites()[0]).size() >= 0", ["view.(site) -> list<string>"],
      growth: .other { _, _ in .list(count: most, of: .text(bytes: 400)) },
      .two { _, site, meter throws(CELFailure) in
        guard let site = row(site, "site") else { return nil }
        try meter.chargeList(count: outputs[site].count)
        return .list(outputs[site].map { .string(network.materials[$0].id) })
      })
  }

  private func sent() -> CELFunction {
    let network = network
    var flows = [[Key<Flow>]](repeating: [], count: network.sites.count)
    for key in network.flows.keys where network.flows[key].status == .active {
      if case .site(let site) = network.flows[key].origin { flows[site.position].append(key) }
    }
    let out = flows
    return CELFunction(
      "sent",
      "What the recorded flows of a material, by its id, bring away from a site, as far as their volumes are known.",
      "network.sent(network.sites()[0], network.materials()[0].id) >= 0.0", ["view.(site, string) -> double"],
      .constant(1 + out.reduce(0) { max($0, $1.count) } / 8),
      .three { _, site, id, _ throws(CELFailure) in
        guard let site = row(site, "site"), case .string(let id) = id else { return nil }
        let wanted = try material(id)
        var sum = 0.0
        for key in out[site] where network.flows[key].material == wanted {
          let flow = network.flows[key]
          sum += read(flow.volume, "lane[\(flow.id)].volume") ?? 0
        }
        return .double(sum)
      }
    ).measured(in: RuleCatalogue.Quantity.amount.rawValue)
  }

  // MARK: Stocks

  private func stockDays() -> [CELFunction] {
    let network = network
    @Sendable func days(
      of material: Key<Material>, at holder: Stock.Holder, called name: String
    ) -> CELValue {
      let id = network.materials[material].id
      let own = network.stocks.filter { $0.holder == holder && $0.material == material }
      let path = "stock[\(name), \(id)].amount"
      if own.isEmpty { return Self.unknown(path) }
      var sum = 0.0
      for stock in own {
        _ = read(stock.amount, path)
        guard let days = network.days(of: stock) else { return Self.unknown("stock[\(name), \(id)].days") }
        sum += days
      }
      return .double(sum)
    }
    return [
      CELFunction(
        "stockDays",
        "How long the stocks of a material, by its id, last at a site in its normal use; unknown if none is recorded.",
        "", ["view.(site, string) -> double"], .constant(1 + network.stocks.count / 8),
        .three { _, site, id, _ throws(CELFailure) in
          guard let site = row(site, "site"), case .string(let id) = id else { return nil }
          return days(
            of: try material(id), at: .site(Key(site)), called: network.sites.rows[site].id)
        }
      ).measured(in: RuleCatalogue.Quantity.days.rawValue),
      CELFunction(
        "stockDays",
        "How long the stocks of a country, by its code, last in its normal use of a material; unknown if none is recorded.",
        "", ["view.(string, string) -> double"], .constant(1 + network.stocks.count / 8),
        .three { _, code, id, _ throws(CELFailure) in
          guard case .string(let code) = code, case .string(let id) = id else { return nil }
          guard let country = Country(code: code) else {
            throw CELFailure(.argument, "'\(code)' is no code of a country")
          }
          return days(of: try material(id), at: .country(country), called: code)
        }
      ).measured(in: RuleCatalogue.Quantity.days.rawValue),
    ]
  }

  // MARK: Origins

  private func elements() -> CELFunction {
    let symbols = network.chemicalElements.map { CELValue.string($0) }
    return CELFunction(
      "elements", "The symbols of the chemical elements that the materials are composed of.",
      "network.elements().size() >= 0", ["view.() -> list<string>"],
      growth: .other { _, _ in .list(count: symbols.count, of: .text(bytes: 8)) },
      .one { _, meter throws(CELFailure) in
        try meter.chargeList(count: symbols.count)
        return .list(symbols)
      })
  }

  private func origins() -> [CELFunction] {
    let (network, analyses) = (network, analyses)
    return [
      CELFunction(
        "originShares",
        "For each country the part of an element in a product that its sites of a stage processed, the largest first; the part of which that is not known stands under '?', and a product without the element has no entry.",
        "", ["view.(product, string, string) -> map<string, double>"], .constant(8),
        growth: .other { _, _ in .list(count: 300, of: .text(bytes: 8)) },
        .many { values, meter throws(CELFailure) in
          guard values.count == 4, let product = row(values[1], "product"),
            case .string(let symbol) = values[2], case .string(let stage) = values[3]
          else { return nil }
          guard let stage = network.stages.key(of: stage) else {
            throw CELFailure(.argument, "the network has no stage '\(stage)'")
          }
          let shares = try analyses.origins(of: symbol, in: Key(product), at: stage)
          try meter.chargeList(count: 2 * shares.count)
          var map = CELMap()
          for (code, share) in shares { _ = map.insert(.string(code), .double(share)) }
          return .map(map)
        }
      ).measured(in: RuleCatalogue.Quantity.share.rawValue)
    ]
  }

  private func unknownFigure() -> CELFunction {
    CELFunction(
      "unknown",
      "A truth value that is not known, for the lack of the figure at a path: what it decides is inconclusive.",
      "true || unknown('site[mine].capacity')", ["(string) -> bool"], .constant(1),
      .one { path, _ throws(CELFailure) in
        guard case .string(let path) = path else { return nil }
        return Self.unknown(path)
      })
  }
}
