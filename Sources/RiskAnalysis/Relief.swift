import SupplyModel

/// What responses give back to a network in which nobody else finds a new supplier.
///
/// A buyer's level is `gain × Σ share × open × level(seller) + Σ part × level(source)`, and at most 1: substitutes, stocks and new
/// flows count as far as a response releases them.
struct Relief {
  /// Something that fills a part of a need.
  struct Extra {
    /// From 0, in parts of the baseline need.
    var part: Double

    /// The lane that it comes along; nil for what is at hand.
    var lane: Int?
  }

  /// For each slot the factor on what its material gives; for each operation the factor on what it sends.
  private(set) var gain: [Int: Double] = [:]
  private(set) var extras: [Int: [Extra]] = [:]
  private let graph: ProductionGraph
  private let reading: Reading

  /// Nil if no response eases anything by an amount.
  init?(of responses: [Scenario.Response.Measure], in graph: ProductionGraph, reading: Reading) {
    self.graph = graph
    self.reading = reading
    for response in responses { add(response) }
    if gain.isEmpty && extras.isEmpty { return nil }
  }

  /// A figure as the reading takes it: what helps is large where things turn out well.
  private func size(_ figure: Figure?, otherwise most: Double = 1) -> Double {
    guard let figure else { return reading.part(0, nil, most) }
    return reading.part(figure.low ?? figure.value, figure.value, figure.high ?? figure.value)
  }

  private mutating func add(_ response: Scenario.Response.Measure) {
    switch response {
    case .openSite, .delaySite: break
    case .allowSubstitute(let material, let instead, let sites, let share):
      allow(material, insteadOf: instead, at: sites, size(share))
    case .releaseStock(let material, let holder, let amount, let over):
      release(material, from: holder, amount, over: over)
    case .addFlow(let seller, let buyer, let material, let volume):
      for lane in graph.lanes.indices where graph.isAdded(lane) && graph.lanes[lane].material == material {
        guard let trade = graph.trade(along: lane), trade.seller == seller, trade.buyer == buyer else {
          continue
        }
        fill(graph.lanes[lane].target, size(volume) * graph.lanes[lane].worth, along: lane)
      }
    case .raiseYield(let process, let sites, let by):
      for operation in operations(of: process, at: sites) {
        // What takes nothing, such as a mine, just gives more.
        let slots = graph.lanes(into: operation).map { graph.source(ofLane: $0) }
        for node in slots.isEmpty ? [operation] : slots { gain[node, default: 1] *= 1 + size(by) }
      }
    case .raiseRecycling(let process, let sites, let by):
      for operation in operations(of: process, at: sites) { gain[operation, default: 1] *= 1 + size(by) }
    case .lowerDemand(let demand, let by):
      extras[graph.node(of: demand), default: []].append(Extra(part: size(by)))
    }
  }

  private func operations(of process: Key<Process>, at sites: [Key<Site>]?) -> [Int] {
    graph.operations.indices.filter {
      let operation = graph.operations[$0]
      return operation.process == process && sites?.contains(operation.site) ?? true
    }
  }

  /// Fills a need with an amount a year, in units of the need; with all or nothing of it where the need is not known.
  private mutating func fill(_ node: Int, _ amount: Double, along lane: Int?) {
    let part =
      graph.need[node].map { $0 > 0 ? min(1, amount / $0) : 1 } ?? (amount > 0 ? reading.part(0, nil, 1) : 0)
    if part > 0 { extras[node, default: []].append(Extra(part: part, lane: lane)) }
  }

  /// Up to a part of each slot comes as a substitute, from those who could send it in equal parts.
  private mutating func allow(
    _ material: Key<Material>, insteadOf other: Key<Material>, at sites: [Key<Site>]?, _ part: Double
  ) {
    for (node, kind) in graph.nodes.enumerated() {
      guard case .slot(let operation, let slot) = kind, let process = graph.operations[operation].process,
        sites?.contains(graph.operations[operation].site) ?? true
      else { continue }
      let choices = graph.network.processes[process].slots[slot].choices.map(\.material)
      guard choices.contains(material), choices.contains(other) else { continue }
      let lanes = graph.lanes(into: node).filter {
        graph.lanes[$0].material == material && !graph.isAdded($0)
      }
      for lane in lanes {
        extras[node, default: []].append(Extra(part: part / Double(lanes.count), lane: lane))
      }
    }
  }

  /// Hands out a stock to all who need it at the site or in the country, each the same part of its need.
  private mutating func release(
    _ material: Key<Material>, from holder: Stock.Holder, _ amount: Figure, over: Figure?
  ) {
    let days = max(1, over?.value ?? 365)
    let takers = graph.takers(of: material, from: holder)
    let size = size(amount)
    if amount.unit.dimension == .duration {
      for node in takers { extras[node, default: []].append(Extra(part: min(1, size / days))) }
      return
    }
    let needs = takers.map { node in
      graph.need[node].map { $0 / graph.worth(of: material, at: node) }
    }
    let isKnown = !needs.contains(nil)
    let total = needs.reduce(0) { $0 + ($1 ?? 0) }
    let rate = size * 365 / days
    let part = isKnown && total > 0 ? min(1, rate / total) : reading.part(0, nil, 1)
    if part > 0 { for node in takers { extras[node, default: []].append(Extra(part: part)) } }
  }
}

extension ProductionGraph {
  /// The slots and demands that a stock of a material serves: those of its site or in its country, in rising order.
  func takers(of material: Key<Material>, from holder: Stock.Holder) -> [Int] {
    nodes.indices.filter { node in
      guard let buyer = buyer(at: node), !isHub(node), choices(at: node).contains(material) else {
        return false
      }
      return switch holder {
      case .site(let site): buyer == .site(site)
      case .country(let country): network.place(of: buyer) == .country(country)
      }
    }
  }

  private func choices(at node: Int) -> [Key<Material>] {
    switch nodes[node] {
    case .slot(let operation, let slot):
      let activity = operations[operation]
      if let process = activity.process {
        return network.processes[process].slots[slot].choices.map(\.material)
      }
      return activity.passesOn.map { [$0] } ?? []
    case .demand(let demand): return [network.demand[demand].material]
    case .operation, .offer, .market: return []
    }
  }

  /// Whether a node is a need: a slot or a demand.
  func isNeed(_ node: Int) -> Bool {
    switch nodes[node] {
    case .slot, .demand: true
    case .operation, .offer, .market: false
    }
  }

  /// Whether a node is one where sellers or buyers meet.
  func isHub(_ node: Int) -> Bool { node >= operations.count && !isNeed(node) }
}

extension Disruption {
  /// The flows that responses add, each once, with ids that no flow of a file has.
  var newFlows: [Flow] {
    let added: [Flow] = responses.compactMap { response in
      guard case .addFlow(let seller, let buyer, let material, let volume) = response else { return nil }
      return Flow(
        id: "added>\(seller.position)>\(buyer)>\(material.position)", from: .site(seller), to: buyer,
        material: material, volume: volume)
    }
    var seen: Set<String> = []
    return added.filter { seen.insert($0.id).inserted }
  }
}
