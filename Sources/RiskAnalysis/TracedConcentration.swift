import GraphCore
import SupplyModel

extension ProductionGraph {
  /// The concentration of every stage by other bases than what is made there.
  ///
  /// What is on the open market, what reaches the products, where it comes from, and who supplies the technology. Rows come by stage; in a
  /// stage by basis in that order, then by element group, then by country, operator and ultimate parent.
  ///
  /// A network without element groups is traced by its materials, one at a time: the first fifty whose composition is given.
  ///
  /// - **Open market.** What an active site makes of a material that has a market, less what the site takes of it itself, and less what
  ///   active recorded flows bring to buyers: they have it, whoever else would pay more. A flow without a volume ties what its buyer is
  ///   estimated to take of it, and might tie nothing or everything. A flow from a country ties its makers in
  ///   proportion to what they make.
  /// - **Reaching.** What goes into each product of known amount, by the mass of the elements, went through a site of the stage, the last one
  ///   if there were several. What bypasses the stage is left out.
  /// - **Origin.** Who mined or recovered what the stage's sites put out.
  /// - **Technology.** The supplier of a technology to the sites of the stage that need it; holders are countries.
  ///
  /// - Complexity: O((nodes + lanes) × stages × element groups), and sorting the holders of each row.
  public func tracedConcentration() -> [Concentration] {
    TracedConcentration(self).rows()
  }
}

private struct TracedConcentration {
  let graph: ProductionGraph
  private var network: SupplyNetwork { graph.network }
  private let parents: [Key<Operator>]

  /// For each grouping the holders, and for each site its holder.
  private let holders: [Concentration.Grouping: (names: [(id: String, name: String)], ofSite: [Int?])]

  /// What is counted, with its elements traced; at most one trace for the same elements.
  private var traces: [[String]: OriginContent] = [:]
  private let subjects: [(subject: Statistic.Subject, elements: [String])]

  init(_ graph: ProductionGraph) {
    self.graph = graph
    let network = graph.network
    let parents = network.ultimateParents()
    self.parents = parents
    var holders: [Concentration.Grouping: (names: [(id: String, name: String)], ofSite: [Int?])] = [:]
    for grouping in Concentration.Grouping.allCases {
      var names: [(id: String, name: String)] = []
      var numbers: [String: Int] = [:]
      let ofSite = network.sites.keys.map { site -> Int? in
        guard let holder = network.holder(of: site, by: grouping, parents) else { return nil }
        if let known = numbers[holder.id] { return known }
        numbers[holder.id] = names.count
        names.append(holder)
        return names.count - 1
      }
      holders[grouping] = (names, ofSite)
    }
    self.holders = holders
    if network.elementGroups.isEmpty {
      subjects = network.materials.keys.filter { !network.materials[$0].elements.isEmpty }.prefix(50).map {
        (.material($0), network.materials[$0].elements.map(\.symbol))
      }
    } else {
      subjects = network.elementGroups.keys.map { (.elements($0), network.elementGroups[$0].elements) }
    }
    for subject in subjects where traces[subject.elements] == nil {
      traces[subject.elements] = OriginContent(of: graph, elements: subject.elements)
    }
  }

  func rows() -> [Concentration] {
    let open = OpenAmounts(graph)
    let weighed = traces.mapValues { weighedProducts($0) }
    let operations = operationsOfStage
    let sites = sitesOfStage
    var rows: [Concentration] = []
    for stage in network.stages.keys {
      rows += openMarket(of: sites[stage.position], at: stage, open)
      let makers = makers(among: operations[stage.position])
      for (subject, makers) in zip(subjects, makers) {
        let elements = subject.elements
        rows += reaching(subject.subject, at: stage, makers, traces[elements], weighed[elements])
      }
      for (subject, makers) in zip(subjects, makers) {
        rows += origin(of: subject.subject, at: stage, makers, traces[subject.elements])
      }
      for (subject, makers) in zip(subjects, makers) {
        rows += technology(of: subject.subject, at: stage, makers)
      }
    }
    return rows
  }

  /// An active operation of a stage that makes something, and how much a year; nil where that is not known.
  private typealias Maker = (operation: Int, supply: SupplyNetwork.OperationSupply)

  /// For each stage, its active operations.
  private var operationsOfStage: [[Int]] {
    var found = [[Int]](repeating: [], count: network.stages.count)
    for (position, operation) in network.operations.enumerated() {
      let site = network.sites[operation.site]
      if site.isActive, let stage = site.stage { found[stage.position].append(position) }
    }
    return found
  }

  /// For each subject, those of some operations that make it.
  private func makers(among operations: [Int]) -> [[Maker]] {
    var numbers: [Key<Material>: Int] = [:]
    var groups: [Int] = []
    for (number, subject) in subjects.enumerated() {
      if case .material(let key) = subject.subject { numbers[key] = number } else { groups.append(number) }
    }
    var found = [[Maker]](repeating: [], count: subjects.count)
    for position in operations {
      let operation = network.operations[position]
      let outputs = network.processes[operation.process].outputs.compactMap { numbers[$0.material] }
      for number in Set(outputs).sorted() + groups {
        guard let supply = network.supply(of: subjects[number].subject, by: operation) else { continue }
        found[number].append((position, supply))
      }
    }
    return found
  }

  // MARK: Open market

  /// For each stage, its active sites.
  private var sitesOfStage: [[Key<Site>]] {
    var found = [[Key<Site>]](repeating: [], count: network.stages.count)
    for site in network.sites.keys where network.sites[site].isActive {
      if let stage = network.sites[site].stage { found[stage.position].append(site) }
    }
    return found
  }

  /// What the sites of a stage have for sale: by element group first, then by material.
  private func openMarket(
    of sites: [Key<Site>], at stage: Key<Stage>, _ open: OpenAmounts
  ) -> [Concentration] {
    typealias Offered = (site: Key<Site>, part: Concentration.Part)
    var supplies = [Concentration.Supply](
      repeating: .init(), count: network.elementGroups.count + network.materials.count)
    var offered = [[Offered]](repeating: [], count: supplies.count)
    for site in sites {
      for amount in open.ofSite[site.position] {
        let material = network.materials[amount.material]
        var shares = [(number: network.elementGroups.count + amount.material.position, share: 1.0)]
        if material.unit.dimension.measure == .mass {
          for group in network.elementGroups.keys {
            shares.append((group.position, material.fraction(of: network.elementGroups[group])))
          }
        }
        for (number, share) in shares where share > 0 {
          guard let made = amount.made else {
            if supplies[number].unknownSites.last != site { supplies[number].unknownSites.append(site) }
            continue
          }
          var part = Concentration.Part(nil, 0, isEstimated: amount.isEstimated)
          part.high = max(0, made - amount.tied) * share
          part.amount = max(0, made - amount.tied - amount.tiedByEstimate) * share
          part.low = amount.tiedByEstimate > 0 || !amount.openEnded.isEmpty ? 0 : part.amount
          if part.high <= 1e-12 * made * share { continue }
          for flow in amount.openEnded where !supplies[number].flows.contains(flow) {
            supplies[number].flows.append(flow)
          }
          offered[number].append((site, part))
        }
      }
    }
    let subjects =
      network.elementGroups.keys.map { Statistic.Subject.elements($0) }
      + network.materials.keys.map { Statistic.Subject.material($0) }
    return subjects.indices.flatMap { number -> [Concentration] in
      if offered[number].isEmpty { return [] }
      return Concentration.Grouping.allCases.compactMap { grouping in
        guard let (names, ofSite) = holders[grouping] else { return nil }
        supplies[number].parts = offered[number].map { site, part in
          var part = part
          part.holder = ofSite[site.position].map { names[$0] }
          return part
        }
        return Concentration(
          of: supplies[number], stage: stage, subject: subjects[number], basis: .openMarket, by: grouping)
      }
    }
  }

  // MARK: Reaching the products

  private struct WeighedProducts {
    var starts: [(node: Int, amount: Double)] = []
    var estimated = 0.0
    var notWeighed: [Key<Demand>] = []
  }

  private func weighedProducts(_ trace: OriginContent) -> WeighedProducts {
    var products = WeighedProducts()
    let masses = trace.massInUnit()
    for key in network.demand.keys where trace.isHeld[graph.node(of: key)] {
      let demand = network.demand[key]
      guard let amount = demand.amount, let mass = masses[key.position] else {
        products.notWeighed.append(key)
        continue
      }
      guard mass * amount.value > 0 else { continue }
      products.starts.append((graph.node(of: key), mass * amount.value))
      if amount.confidence == nil || amount.confidence == .estimated {
        products.estimated += mass * amount.value
      }
    }
    return products
  }

  private func reaching(
    _ subject: Statistic.Subject, at stage: Key<Stage>,
    _ makers: [Maker], _ trace: OriginContent?,
    _ products: WeighedProducts?
  ) -> [Concentration] {
    guard let trace, let products, !products.starts.isEmpty, !makers.isEmpty else { return [] }
    var isMaker = [Bool](repeating: false, count: graph.operations.count)
    for maker in makers { isMaker[maker.operation] = true }
    let whole = products.starts.reduce(0) { $0 + $1.amount }
    return Concentration.Grouping.allCases.compactMap { grouping in
      guard let (names, ofSite) = holders[grouping] else { return nil }
      let found = trace.holding(of: products.starts, among: names.count) { operation, isMade in
        if isMaker[operation] {
          return ofSite[graph.operations[operation].site.position].map { .holder($0) } ?? .unknown
        }
        return isMade ? .elsewhere : nil
      }
      var supply = Concentration.Supply()
      supply.products = products.notWeighed
      return row(
        of: found, names: names, whole: whole, supply, stage: stage, subject: subject, basis: .reaching,
        by: grouping, estimatedShare: products.estimated / whole)
    }
  }

  // MARK: Traced origin

  private func origin(
    of subject: Statistic.Subject, at stage: Key<Stage>,
    _ makers: [Maker], _ trace: OriginContent?
  ) -> [Concentration] {
    guard let trace else { return [] }
    var supply = Concentration.Supply()
    var starts: [(node: Int, amount: Double)] = []
    var (whole, estimated) = (0.0, 0.0)
    for maker in makers {
      guard let amount = maker.supply.amount else {
        if supply.unknownSites.last != maker.supply.site { supply.unknownSites.append(maker.supply.site) }
        continue
      }
      starts.append((maker.operation, amount))
      whole += amount
      if maker.supply.isEstimated { estimated += amount }
    }
    guard whole > 0 else { return [] }
    return Concentration.Grouping.allCases.compactMap { grouping in
      guard let (names, ofSite) = holders[grouping] else { return nil }
      let found = trace.holding(of: starts, among: names.count) { operation, isMade in
        guard isMade else { return nil }
        return ofSite[graph.operations[operation].site.position].map { .holder($0) } ?? .unknown
      }
      return row(
        of: found, names: names, whole: whole, supply, stage: stage, subject: subject, basis: .origin,
        by: grouping, estimatedShare: estimated / whole)
    }
  }

  /// A row of shares of what does not end elsewhere.
  private func row(
    of found: OriginContent.Holding, names: [(id: String, name: String)], whole: Double,
    _ supply: Concentration.Supply, stage: Key<Stage>, subject: Statistic.Subject,
    basis: Concentration.Basis, by grouping: Concentration.Grouping, estimatedShare: Double
  ) -> Concentration? {
    let total = whole - found.elsewhere
    let most = whole - found.elsewhereCertain
    guard total > 1e-12 * whole else { return nil }
    let shares = zip(names, zip(found.parts, found.certain)).compactMap {
      name, amount -> Concentration.Holder? in
      let share = amount.0 / total
      // What goes round in a loop is lost to rounding.
      let isExact = abs(amount.0 - amount.1) <= 1e-12 * whole && abs(total - most) <= 1e-12 * whole
      let low = isExact ? share : min(share, amount.1 / most)
      return share > 0 ? .init(id: name.id, name: name.name, share: share, low: low) : nil
    }
    let rest = 1 - shares.reduce(0) { $0 + $1.share }
    return Concentration(
      holders: shares, unattributed: rest < 1e-12 ? 0 : rest, total: total, of: supply, stage: stage,
      subject: subject, basis: basis, by: grouping, estimatedShare: estimatedShare)
  }

  // MARK: Technology

  private func technology(
    of subject: Statistic.Subject, at stage: Key<Stage>,
    _ makers: [Maker]
  ) -> [Concentration] {
    network.technologies.keys.compactMap { technology in
      var supply = Concentration.Supply()
      for maker in makers {
        let needs = network.sites[maker.supply.site].technologies.filter { $0.technology == technology }
        guard let first = needs.first else { continue }
        // From several countries at once, nobody knows how much from which.
        let from = needs.allSatisfy { $0.from == first.from } ? first.from : nil
        guard let amount = maker.supply.amount else {
          if supply.unknownSites.last != maker.supply.site { supply.unknownSites.append(maker.supply.site) }
          continue
        }
        supply.parts.append(
          .init(
            from.map { ($0.code, $0.name) }, amount, isEstimated: maker.supply.isEstimated))
      }
      return Concentration(
        of: supply, stage: stage, subject: subject, basis: .technology(technology), by: .country)
    }
  }
}

/// How much of what each site makes is tied to a buyer.
private struct OpenAmounts {
  struct Amount {
    var material: Key<Material>

    /// What the site makes in a year; nil if that is not known.
    var made: Double?
    var isEstimated = false

    /// What recorded volumes and the site itself take of it.
    var tied = 0.0

    /// What flows without a volume are estimated to take.
    var tiedByEstimate = 0.0

    /// The flows without a volume.
    var openEnded: [Key<Flow>] = []
  }

  /// For each site, the materials with a market that it makes, in the network's order.
  private(set) var ofSite: [[Amount]]

  init(_ graph: ProductionGraph) {
    let network = graph.network
    ofSite = Array(repeating: [], count: network.sites.count)
    let isMarket = Set(network.markets)
    var places: [[Key<Material>: Int]] = Array(repeating: [:], count: network.sites.count)
    for operation in network.operations where network.sites[operation.site].isActive {
      let site = operation.site.position
      for material in Set(network.processes[operation.process].outputs.map(\.material)).sorted()
      where isMarket.contains(material) {
        guard let supply = network.supply(of: .material(material), by: operation) else { continue }
        if let place = places[site][material] {
          let before = ofSite[site][place].made
          ofSite[site][place].made = if let before, let more = supply.amount { before + more } else { nil }
          ofSite[site][place].isEstimated = ofSite[site][place].isEstimated || supply.isEstimated
        } else {
          places[site][material] = ofSite[site].count
          ofSite[site].append(
            Amount(material: material, made: supply.amount, isEstimated: supply.isEstimated))
        }
      }
    }
    // What a flow without a volume brings, as far as the needs of its buyers are known.
    var estimates: [Key<Flow>: Double] = [:]
    for operation in graph.operationNodes {
      let site = graph.operations[operation].site.position
      for position in graph.lanesOutOf.edges(from: .init(operation)) {
        let lane = graph.lanesOutOf.edgeIndices[position].position
        let row = graph.lanes[lane]
        guard graph.baseline.share[lane] > 0, let material = row.material, let place = places[site][material]
        else { continue }
        if case .offer = graph.nodes[row.target] { continue }
        let taken = graph.need[row.target].map { graph.baseline.share[lane] * $0 / row.worth }
        if let flow = row.flow {
          if network.flows[flow].volume == nil || network.flows[flow].material == nil {
            estimates[flow, default: 0] += taken ?? 0
          }
        } else if let taken, graph.baseline.isKnown[lane] {
          ofSite[site][place].tied += taken
        } else {
          ofSite[site][place].tiedByEstimate += taken ?? ofSite[site][place].made ?? 0
        }
      }
    }
    for key in network.flows.keys where network.flows[key].status == .active {
      let flow = network.flows[key]
      let senders: [(site: Int, place: Int)]
      switch flow.origin {
      case .site(let site):
        senders = ofSite[site.position].indices.filter {
          flow.material == nil || ofSite[site.position][$0].material == flow.material
        }.map { (site.position, $0) }
      case .country(let country):
        senders = network.sites.keys.filter { network.sites[$0].country == country }.flatMap { site in
          ofSite[site.position].indices.filter { ofSite[site.position][$0].material == flow.material }
            .map { (site.position, $0) }
        }
      }
      let made = senders.reduce(0) { $0 + (ofSite[$1.site][$1.place].made ?? 0) }
      for sender in senders {
        let part = made > 0 ? (ofSite[sender.site][sender.place].made ?? 0) / made : 0
        if let volume = flow.volume?.value, flow.material != nil {
          ofSite[sender.site][sender.place].tied += part * volume
        } else {
          ofSite[sender.site][sender.place].tiedByEstimate += part * (estimates[key] ?? 0)
          ofSite[sender.site][sender.place].openEnded.append(key)
        }
      }
    }
  }
}
