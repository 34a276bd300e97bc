import GraphCore
public import SupplyModel

/// A network as an AND-OR graph: what needs what, and where it may come from.
///
/// An operation (a process at a site, or what the site passes on) needs all of its slots; a slot, an offer, a market and a demand each need at
/// least one of the lanes that lead into them. The makers of a material in one country meet in an *offer*, and the offers
/// meet in one *market* for each place where somebody buys, so that a market never takes a lane for each pair of
/// sites. Where a disruption tells sellers or buyers of one country apart, there is an offer or a market for each group
/// of them.
///
/// Nodes are numbered: operations first, in the order of `operations`, then slots, offers, markets and demands.
public struct ProductionGraph: Sendable {
  /// A process at a site, or what the site passes on as it is brought.
  ///
  /// A site that runs nothing and is brought a material passes on that one; flows from it without a material, or of one
  /// that nothing brings, it fills with anything that arrives, and if nothing is brought at all, it is their source. A
  /// site that runs processes passes on what it sends, does not make, and is brought by a flow or finds on a market.
  public struct Activity: Sendable, Hashable {
    public let site: Key<Site>

    /// Nil for a site that passes something on.
    public let process: Key<Process>?

    /// What is passed on; nil for anything that is brought, and for a process.
    public let passesOn: Key<Material>?

    /// Activity of the baseline in base units a year; nil if it is not known.
    public let baseline: Double?
  }

  /// What a node is.
  public enum Node: Sendable, Hashable {
    case operation(Int)

    /// Slot `slot` of operation `operation`.
    case slot(operation: Int, slot: Int)

    /// All makers of a material in a country; nil for those whose country is not known.
    case offer(Key<Material>, Country?)

    /// Where the buyers of one place find a material; nil for buyers whose country is not known. Also where the offers of a
    /// country meet that a flow from the country comes from, if there are several.
    case market(Key<Material>, Place?)
    case demand(Key<Demand>)
  }

  /// A way into a node from a node that can fill it.
  public struct Lane: Sendable, Hashable {
    public let source: Int
    public let target: Int

    /// Nil where no material is named, and between an operation's slot and the operation.
    public let material: Key<Material>?

    /// The country that the lane leaves; nil where the border is not known, or where there is none.
    public let from: Country?

    /// Where the lane leads; nil where the place is not known.
    public let to: Place?

    /// The recorded flow behind the lane, if there is one.
    public let flow: Key<Flow>?

    /// What the recorded flow brings in the baseline, in units of the target's need; nil if it is not recorded.
    ///
    /// The lanes of a flow from several operations of a site each say the whole of it.
    let volume: Double?

    /// How much of the target's need one unit of the material meets; 1 where a recipe takes no amount of it.
    let worth: Double

    /// Whether the lane brings a substitute of what the slot is meant to take.
    public let isSubstitute: Bool

    /// Whether the lane leads out of `country`.
    ///
    /// A buyer whose place is not known counts as abroad.
    public func crosses(borderOf country: Country) -> Bool {
      from == country && to?.isAbroad(for: country) ?? true
    }
  }

  public let network: SupplyNetwork
  public let operations: [Activity]

  /// What each slot and each demand takes in the baseline, in units of activity or of the product a year; nil where
  /// that is not known, and for all other nodes.
  ///
  /// What a site passes on beside its processes counts as the recorded volumes of what it sends.
  let need: [Double?]
  public let nodes: [Node]

  /// All lanes, grouped by target, each group in the order of the network's rows.
  public let lanes: [Lane]

  /// From each target to its sources, in the order of `lanes`.
  private let lanesInto: DirectedGraph

  /// From each source to its targets; an edge has the position of its lane as its index.
  let lanesOutOf: DirectedGraph

  /// For each operation, whether its site is planned, suspended or closed.
  let isInactive: [Bool]

  /// For each node, whether it can be made or had in the baseline.
  private(set) var isOperableInBaseline: [Bool]

  /// The order in which every analysis settles the nodes.
  private(set) var settlingOrder: SettlingOrder

  /// Where each node's supply comes from in the baseline.
  public private(set) var baseline: BaselineShares

  /// For each offer one of its makers, and for each market one of its buyers; nil for all other nodes.
  ///
  /// All of them look the same to the disruption that the graph was made for.
  private let makerOfOffer: [Key<Site>?]
  private let buyerOfMarket: [Flow.Destination?]

  /// What the hubs hold apart.
  let partition: HubPartition

  /// How many flows the network has of itself; those behind them are added by responses and closed in the baseline.
  let ownFlowCount: Int

  /// Active flows that bring nothing, since nothing at their origin makes or is brought what they carry.
  ///
  /// In the network's order. Whether the makers behind a flow can run is another question: ``operability(in:)``.
  public let deadFlows: [Key<Flow>]

  /// The node of the first demand; demands come last, in the network's order.
  public let firstDemand: Int

  /// The lanes that lead into `node`.
  public func lanes(into node: Int) -> Range<Int> { lanesInto.edges(from: NodeIndex(node)) }

  /// Whether a lane is a flow that a response adds.
  func isAdded(_ lane: Int) -> Bool { lanes[lane].flow.map { $0.position >= ownFlowCount } ?? false }

  /// The source of a lane, at less cost than that of the whole lane.
  func source(ofLane lane: Int) -> Int { lanesInto.targets[lane].position }

  public var operationNodes: Range<Int> { 0..<operations.count }

  /// The node of a demand.
  public func node(of demand: Key<Demand>) -> Int { firstDemand + demand.position }

  /// How much of `material` the operation makes in the baseline, in the material's unit a year; nil if not known.
  public func supply(of material: Key<Material>, by operation: Int) -> Double? {
    guard let baseline = operations[operation].baseline, let process = operations[operation].process else {
      return nil
    }
    return network.processes[process].outputs.reduce(nil as Double?) { sum, output in
      output.material == material ? (sum ?? 0) + baseline * output.amount.value : sum
    }
  }

  /// Reads a network as an AND-OR graph.
  ///
  /// A network without demand gets one for each end product (``SupplyNetwork/withImpliedDemand()``).
  ///
  /// - Parameters:
  ///   - network: what to read.
  ///   - disruption: whose controls and failed lanes the graph must be able to tell apart, and whose new flows it must
  ///     hold; controls that look only at countries, materials and waypoints need none of it.
  /// - Complexity: O(sites + flows + materials × groups of makers × groups of buyers).
  public init(_ network: SupplyNetwork, tellingApart disruption: Disruption = .none) {
    var network = network.withImpliedDemand()
    ownFlowCount = network.flows.count
    network.flows = Table(network.flows.rows + disruption.newFlows)
    partition = HubPartition(of: network, for: disruption)
    var builder = ProductionGraphBuilder(network, partition)
    builder.build()
    self.network = network
    makerOfOffer = builder.makerOfOffer
    buyerOfMarket = builder.buyerOfMarket
    operations = builder.operations
    nodes = builder.nodes
    firstDemand = builder.nodes.count - network.demand.count

    let into = DirectedGraph(nodeCount: nodes.count, edges: builder.lanes.map { ($0.target, $0.source) })
    let lanes = into.edgeIndices.map { builder.lanes[$0.position] }
    self.lanes = lanes
    lanesInto = into
    lanesOutOf = DirectedGraph(nodeCount: nodes.count, edges: lanes.map { ($0.source, $0.target) })
    need = builder.need
    deadFlows = builder.flowsWithoutSource(lanesOutOf)
    var isIdle = operations.map { !network.sites[$0.site].isActive }
    for (index, operation) in network.operations.enumerated() where operation.baseline?.value == 0 {
      isIdle[index] = true
    }
    isInactive = isIdle
    isOperableInBaseline = []
    settlingOrder = SettlingOrder()
    baseline = BaselineShares()
    let state = state(under: .none)
    isOperableInBaseline = operability(in: state)
    // Responses may open sites and lanes that the baseline does not count on, and fill any need from a stock.
    let most = GraphState(
      isOff: operations.map { network.sites[$0.site].status == .closed },
      open: Array(repeating: 1, count: lanes.count), atHand: nodes.indices.filter { isNeed($0) })
    settlingOrder = SettlingOrder(of: lanesOutOf, order: sweepOrder(derivation(in: most), in: most))
    baseline = BaselineShares(of: self)
  }
}

extension ProductionGraph {
  /// A sale that a control can look at: what goes from one site, or one group of sites, to a buyer.
  struct Trade {
    /// The seller, or one of a group that no control tells apart.
    var seller: Key<Site>
    var buyer: Flow.Destination
    var waypoints: [String]
  }

  /// What a lane is to those who control trade; nil for one within a site, into an offer, or out of a market.
  func trade(along index: Int) -> Trade? {
    let lane = lanes[index]
    let seller: Key<Site>
    switch nodes[lane.source] {
    case .operation(let operation) where lane.flow != nil: seller = operations[operation].site
    case .offer:
      guard let maker = makerOfOffer[lane.source] else { return nil }
      seller = maker
    default: return nil
    }
    guard let buyer = buyer(at: lane.target) else { return nil }
    return Trade(
      seller: seller, buyer: buyer, waypoints: lane.flow.map { network.flows[$0].waypoints } ?? [])
  }

  /// Who buys at a node: the site of a slot, a demand, or one of the buyers of a market.
  func buyer(at node: Int) -> Flow.Destination? {
    switch nodes[node] {
    case .slot(let operation, _): .site(operations[operation].site)
    case .demand(let demand): .demand(demand)
    case .market: buyerOfMarket[node]
    case .operation, .offer: nil
    }
  }
}

/// Builds the nodes and lanes of a ``ProductionGraph``.
private struct ProductionGraphBuilder {
  let network: SupplyNetwork
  let partition: HubPartition
  var operations: [ProductionGraph.Activity] = []
  var nodes: [ProductionGraph.Node] = []
  var lanes: [ProductionGraph.Lane] = []

  var need: [Double?] = []

  /// For each active flow, by position, the operations or offers that send what it carries.
  private var sendersOfFlow: [[Int]] = []

  /// For each site, the operations that run a process.
  private var operationsOfSite: [[Int]] = []
  private var passes: [Pass: Int] = [:]
  private var makers: [[Int]] = []
  private var flowsInto: [[Int]] = []
  private var flowsToDemand: [[Int]] = []
  private var isMarket: [Bool] = []

  private struct Pass: Hashable {
    var site: Key<Site>
    var material: Key<Material>?
  }
  private struct Offer: Hashable {
    var material: Key<Material>
    var country: Country?
    var group: Int
  }
  private struct Market: Hashable {
    var material: Key<Material>
    var place: Place?
    var group: Int
  }
  private struct Makers {
    var node: Int
    var operations: [Int] = []
  }
  private var offers: [Offer: Makers] = [:]
  private var offersOfMaterial: [[Offer]] = []
  private var markets: [Market: Int] = [:]

  /// For each flow from a country of several offers, the node where they meet.
  private var pools: [Int: Int] = [:]
  private(set) var makerOfOffer: [Key<Site>?] = []
  private(set) var buyerOfMarket: [Flow.Destination?] = []

  init(_ network: SupplyNetwork, _ partition: HubPartition) {
    self.network = network
    self.partition = partition
  }

  mutating func build() {
    listOperations()
    indexFlows()
    listPasses()
    let slots = numberSlots()
    numberOffers()
    numberMarkets(slots)
    nodes += network.demand.keys.map { .demand($0) }
    nameHubs()
    connect(slots)
  }

  private mutating func listOperations() {
    operationsOfSite = Array(repeating: [], count: network.sites.count)
    makers = Array(repeating: [], count: network.materials.count)
    for operation in network.operations {
      operationsOfSite[operation.site.position].append(operations.count)
      for output in network.processes[operation.process].outputs
      where makers[output.material.position].last != operations.count {
        makers[output.material.position].append(operations.count)
      }
      operations.append(
        .init(
          site: operation.site, process: operation.process, passesOn: nil,
          baseline: network.baselineActivity(of: operation)))
    }
  }

  /// Lists what sites pass on: site by site, anything first, then the materials in the network's order.
  private mutating func listPasses() {
    var isSentAnything = [Bool](repeating: false, count: network.sites.count)
    var sent = [Set<Key<Material>>](repeating: [], count: network.sites.count)
    for flow in network.flows.rows where flow.status == .active {
      guard case .site(let site) = flow.origin else { continue }
      if let material = flow.material {
        sent[site.position].insert(material)
      } else {
        isSentAnything[site.position] = true
      }
    }
    for site in network.sites.keys {
      let sent = sent[site.position].sorted()
      let brought = Set(flowsInto[site.position].compactMap { network.flows.rows[$0].material })
      let own = operationsOfSite[site.position]
      if own.isEmpty {
        let named = sent.filter { brought.contains($0) }
        if isSentAnything[site.position] || named.isEmpty || named.count < sent.count { addPass(site, nil) }
        for material in named { addPass(site, material) }
      } else {
        for material in sent where brought.contains(material) || isMarket[material.position] {
          if !own.contains(where: { makes(material, operation: $0) }) { addPass(site, material) }
        }
      }
    }
    nodes = operations.indices.map { .operation($0) }
  }

  private mutating func addPass(_ site: Key<Site>, _ material: Key<Material>?) {
    passes[Pass(site: site, material: material)] = operations.count
    operations.append(.init(site: site, process: nil, passesOn: material, baseline: nil))
  }

  private mutating func indexFlows() {
    flowsInto = Array(repeating: [], count: network.sites.count)
    flowsToDemand = Array(repeating: [], count: network.demand.count)
    sendersOfFlow = Array(repeating: [], count: network.flows.count)
    for (position, flow) in network.flows.rows.enumerated() where flow.status == .active {
      switch flow.destination {
      case .site(let site): flowsInto[site.position].append(position)
      case .demand(let demand): flowsToDemand[demand.position].append(position)
      }
    }
    isMarket = Array(repeating: false, count: network.materials.count)
    for material in network.markets { isMarket[material.position] = true }
  }

  /// A slot to fill: for which operation, with what, and how much of each choice one unit of activity takes.
  private struct SlotToFill {
    var node: Int
    var operation: Int
    var choices: [Input]
    var need: Double?
    var mayBuy = true
  }

  private mutating func numberSlots() -> [SlotToFill] {
    var slots: [SlotToFill] = []
    func add(_ slot: Int, of operation: Int, _ choices: [Input], need: Double?, mayBuy: Bool = true) {
      slots.append(
        SlotToFill(
          node: nodes.count, operation: operation, choices: choices, need: need, mayBuy: mayBuy))
      nodes.append(.slot(operation: operation, slot: slot))
    }
    let sent = volumesPassedOn()
    for (operation, activity) in operations.enumerated() {
      if let process = activity.process {
        for (slot, row) in network.processes[process].slots.enumerated() {
          add(slot, of: operation, row.choices, need: activity.baseline.flatMap { $0 > 0 ? $0 : nil })
        }
      } else if let material = activity.passesOn {
        // One unit for one; a site that does nothing else has no need beyond what it is recorded to be brought.
        let unit = Input(material, amount: Figure(1, unit: network.materials[material].unit))
        let isOnlyTrader = operationsOfSite[activity.site.position].isEmpty
        add(0, of: operation, [unit], need: isOnlyTrader ? nil : sent[operation], mayBuy: !isOnlyTrader)
      } else if !flowsInto[activity.site.position].isEmpty {
        add(0, of: operation, [], need: nil)
      }
    }
    return slots
  }

  /// For each operation that passes on a material, how much of it leaves in a year; nil where a volume is missing.
  private func volumesPassedOn() -> [Int: Double] {
    var volumes: [Int: Double?] = [:]
    for flow in network.flows.rows where flow.status == .active {
      guard case .site(let site) = flow.origin, let material = flow.material,
        let pass = passes[.init(site: site, material: material)]
      else { continue }
      volumes[pass] = .some(
        (volumes[pass] ?? 0).flatMap { sum in flow.volume.map { sum + $0.value } })
    }
    return volumes.compactMapValues(\.self)
  }

  private mutating func numberOffers() {
    offersOfMaterial = Array(repeating: [], count: network.materials.count)
    var wanted = isMarket
    for flow in network.flows.rows {
      if case .country = flow.origin, let material = flow.material { wanted[material.position] = true }
    }
    for material in network.materials.keys where wanted[material.position] {
      for maker in makers[material.position] {
        let site = operations[maker].site
        let offer = Offer(
          material: material, country: network.sites[site].country,
          group: partition.groupOfSeller[site.position])
        if offers[offer] == nil {
          offers[offer] = Makers(node: nodes.count)
          offersOfMaterial[material.position].append(offer)
          nodes.append(.offer(material, offer.country))
        }
        offers[offer]?.operations.append(maker)
      }
    }
  }

  private mutating func numberMarkets(_ slots: [SlotToFill]) {
    for slot in slots {
      let site = operations[slot.operation].site
      for choice in slot.choices where slot.mayBuy && isMarket[choice.material.position] {
        addMarket(market(of: choice.material, for: .site(site)))
      }
    }
    for (position, demand) in network.demand.rows.enumerated() where isMarket[demand.material.position] {
      addMarket(market(of: demand.material, for: .demand(Key(position))))
    }
    for (position, flow) in network.flows.rows.enumerated() where flow.status == .active {
      guard case .country(let country) = flow.origin, let material = flow.material,
        offers(of: material, in: country).count > 1
      else { continue }
      pools[position] = nodes.count
      nodes.append(.market(material, network.place(of: flow.destination)))
    }
  }

  private func market(of material: Key<Material>, for buyer: Flow.Destination) -> Market {
    Market(material: material, place: network.place(of: buyer), group: partition.group(of: buyer))
  }

  private func offers(of material: Key<Material>, in country: Country) -> [Offer] {
    offersOfMaterial[material.position].filter { $0.country == country }
  }

  private mutating func addMarket(_ market: Market) {
    guard markets[market] == nil else { return }
    markets[market] = nodes.count
    nodes.append(.market(market.material, market.place))
  }

  /// Names one of the makers of each offer, and one of the buyers of each market.
  private mutating func nameHubs() {
    makerOfOffer = Array(repeating: nil, count: nodes.count)
    buyerOfMarket = Array(repeating: nil, count: nodes.count)
    for offer in offersOfMaterial.joined() {
      guard let makers = offers[offer], let first = makers.operations.first else { continue }
      makerOfOffer[makers.node] = operations[first].site
    }
    func name(_ buyer: Flow.Destination, _ material: Key<Material>) {
      guard let node = markets[market(of: material, for: buyer)], buyerOfMarket[node] == nil else { return }
      buyerOfMarket[node] = buyer
    }
    for operation in operations {
      for slot in operation.process.map({ network.processes[$0].slots }) ?? [] {
        for choice in slot.choices { name(.site(operation.site), choice.material) }
      }
      if let material = operation.passesOn { name(.site(operation.site), material) }
    }
    for (position, demand) in network.demand.rows.enumerated() {
      name(.demand(Key(position)), demand.material)
    }
    for (flow, node) in pools { buyerOfMarket[node] = network.flows.rows[flow].destination }
  }

  private mutating func connect(_ slots: [SlotToFill]) {
    need = Array(repeating: nil, count: nodes.count)
    for slot in slots {
      let operation = operations[slot.operation]
      need[slot.node] = slot.need
      addLane(from: slot.node, to: slot.operation)
      fill(
        slot.node, choices: slot.choices, flows: flowsInto[operation.site.position],
        to: .site(operation.site),
        mayBuy: slot.mayBuy)
    }
    for offer in offersOfMaterial.joined() {
      guard let makers = offers[offer] else { continue }
      let place = offer.country.map { Place.country($0) }
      for maker in makers.operations {
        addLane(from: maker, to: makers.node, offer.material, leaving: offer.country, for: place)
      }
    }
    let flowOfPool = Dictionary(uniqueKeysWithValues: pools.map { ($0.value, $0.key) })
    for node in nodes.indices {
      guard case .market(let material, let place) = nodes[node] else { continue }
      let flow = flowOfPool[node]
      for offer in offersOfMaterial[material.position] {
        guard let makers = offers[offer] else { continue }
        if let flow, network.flows.rows[flow].origin != offer.country.map({ .country($0) }) { continue }
        addLane(
          from: makers.node, to: node, material, leaving: offer.country, for: place,
          flow: flow.map { Key($0) })
      }
    }
    for (position, demand) in network.demand.rows.enumerated() {
      let node = nodes.count - network.demand.count + position
      need[node] = demand.amount?.value
      let unit = Input(demand.material, amount: Figure(1, unit: network.materials[demand.material].unit))
      fill(node, choices: [unit], flows: flowsToDemand[position], to: .demand(Key(position)))
    }
  }

  private mutating func addLane(
    from source: Int, to target: Int, _ material: Key<Material>? = nil, leaving country: Country? = nil,
    for place: Place? = nil, flow: Key<Flow>? = nil, volume: Double? = nil, worth: Double = 1,
    isSubstitute: Bool = false
  ) {
    lanes.append(
      .init(
        source: source, target: target, material: material, from: country, to: place, flow: flow,
        volume: volume, worth: worth, isSubstitute: isSubstitute))
  }

  private func makes(_ material: Key<Material>, operation: Int) -> Bool {
    guard let process = operations[operation].process else { return false }
    return network.processes[process].outputs.contains { $0.material == material }
  }

  /// Adds the lanes that can fill a slot or a demand: the site's own operations, recorded flows, the market.
  ///
  /// Without choices, whatever the flows bring will do.
  private mutating func fill(
    _ target: Int, choices: [Input], flows: [Int], to buyer: Flow.Destination, mayBuy: Bool = true
  ) {
    let place = network.place(of: buyer)
    for (index, choice) in choices.enumerated() {
      let worth = choice.amount.value > 0 ? 1 / choice.amount.value : 1
      if case .site(let site) = buyer {
        for maker in operationsOfSite[site.position] where makes(choice.material, operation: maker) {
          addLane(from: maker, to: target, choice.material, worth: worth, isSubstitute: index > 0)
        }
      }
      for flow in flows where network.flows.rows[flow].material ?? choice.material == choice.material {
        addFlow(flow, of: choice.material, to: target, for: place, worth: worth, isSubstitute: index > 0)
      }
      if mayBuy, let market = markets[market(of: choice.material, for: buyer)] {
        addLane(from: market, to: target, choice.material, worth: worth, isSubstitute: index > 0)
      }
    }
    if choices.isEmpty {
      for flow in flows {
        let material = network.flows.rows[flow].material
        addFlow(flow, of: material, to: target, for: place, worth: 1, isSubstitute: false)
      }
    }
  }

  /// Adds a lane for each operation, or for the offer, that a recorded flow comes from.
  ///
  /// A flow that names no material brings any that the target takes and the seller can send. How much of which it brings
  /// to a site is then not known; a demand takes only one.
  private mutating func addFlow(
    _ position: Int, of material: Key<Material>?, to target: Int, for place: Place?, worth: Double,
    isSubstitute: Bool
  ) {
    let flow = network.flows.rows[position]
    let isOfOneMaterial = if case .demand = flow.destination { true } else { flow.material == material }
    let volume = isOfOneMaterial ? flow.volume.map { $0.value * worth } : nil
    let sources = pools[position].map { [$0] } ?? senders(of: flow, carrying: material)
    let origin: Country? =
      switch flow.origin {
      case .country(let country): country
      case .site(let site): network.sites[site].country
      }
    for source in sources {
      addLane(
        from: source, to: target, material, leaving: origin, for: place, flow: Key(position),
        volume: volume, worth: worth, isSubstitute: isSubstitute)
    }
    if flow.material == nil { sendersOfFlow[position] += sources }
  }

  /// The offer or the operations that send a flow: makers before those who pass on, and those who have the material
  /// before those who pass on anything.
  private func senders(of flow: Flow, carrying material: Key<Material>?) -> [Int] {
    switch flow.origin {
    case .country(let country):
      return material.map { offers(of: $0, in: country).compactMap { offers[$0]?.node } } ?? []
    case .site(let site):
      let own = operationsOfSite[site.position]
      guard let material else {
        return own.isEmpty ? passes[.init(site: site, material: nil)].map { [$0] } ?? [] : own
      }
      let makers = own.filter { makes(material, operation: $0) }
      if !makers.isEmpty { return makers }
      if flow.material != nil, let pass = passes[.init(site: site, material: material)] { return [pass] }
      return passes[.init(site: site, material: nil)].map { [$0] } ?? []
    }
  }

  /// The active flows that no process and no source stands behind.
  func flowsWithoutSource(_ lanesOutOf: DirectedGraph) -> [Key<Flow>] {
    var hasSlot = [Bool](repeating: false, count: operations.count)
    for node in nodes {
      if case .slot(let operation, _) = node { hasSlot[operation] = true }
    }
    let starts = operations.indices.filter { operations[$0].process != nil || !hasSlot[$0] }
    var isFed = [Bool](repeating: false, count: nodes.count)
    for start in starts { isFed[start] = true }
    var path = starts
    while let node = path.popLast() {
      for next in lanesOutOf.successors(of: NodeIndex(node)) where !isFed[next.position] {
        isFed[next.position] = true
        path.append(next.position)
      }
    }
    return network.flows.keys.filter { key in
      let flow = network.flows[key]
      guard flow.status == .active else { return false }
      let senders =
        flow.material == nil ? sendersOfFlow[key.position] : senders(of: flow, carrying: flow.material)
      return !senders.contains { isFed[$0] }
    }
  }
}
