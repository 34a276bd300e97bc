import GraphCore
import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

/// What holds of flexible loss in every network.
struct FlexibleLawTests {
  private func sketch(_ seed: UInt64) -> NetworkSketch {
    var generator = SeededGenerator(seed: seed)
    return NetworkSketch.random(using: &generator).withCapacities(using: &generator)
  }

  /// The answer for a disruption; nil if a loop of the network takes more than it gives.
  private func answer(_ disruption: Disruption, on network: SupplyNetwork) throws -> (
    graph: ProductionGraph, rigid: RigidLevels, flexible: FlexibleLoss
  )? {
    let graph = ProductionGraph(network, tellingApart: disruption)
    let rigid = graph.rigidLevels(under: disruption)
    let flexible = FlexibleLoss(under: disruption, in: graph, rigid: rigid)
    if case .impossibleLoop(let sites) = flexible.failure {
      #expect(!sites.isEmpty)
      return nil
    }
    #expect(flexible.failure == nil)
    return (graph, rigid, flexible)
  }

  @Test("no product loses more than where nobody reallocates", arguments: 0..<30 as Range<UInt64>)
  func neverWorseThanRigid(seed: UInt64) throws {
    let network = try sketch(seed).network()
    for disruption in try disruptions(of: network) {
      guard let (graph, rigid, flexible) = try answer(disruption, on: network) else { return }
      for demand in graph.network.demand.keys {
        let range = flexible.ranges[demand.position]
        #expect((range != nil) == graph.baselineIsMet(demand))
        guard let range else { continue }
        let loss = rigid.loss(at: graph.node(of: demand))
        #expect(range.expected <= loss.rigid + 1e-12)
        #expect(range.ifUncertainHolds <= loss.rigidIfUncertainHolds + 1e-12)
        #expect(range.high <= loss.high + 1e-12)
        #expect(range.low <= min(range.expected, range.ifUncertainHolds))
        #expect(max(range.expected, range.ifUncertainHolds) <= range.high)
        if disruption == .none { #expect(range.high == 0) }
      }
    }
  }

  @Test("nor where others respond", arguments: 0..<30 as Range<UInt64>)
  func responses(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let network = try NetworkSketch.random(using: &generator).withCapacities(using: &generator)
      .network()
    var disruption = Disruption.exportBan(try country("CN"))
    for _ in 0..<3 {
      disruption.responses.append(try randomResponse(in: network, using: &generator))
    }
    guard let (graph, rigid, flexible) = try answer(disruption, on: network) else { return }
    for demand in graph.network.demand.keys {
      guard let range = flexible.ranges[demand.position] else { continue }
      let loss = rigid.loss(at: graph.node(of: demand))
      #expect(range.expected <= loss.rigid + 1e-12)
      #expect(range.high <= loss.high + 1e-12)
    }
  }

  private func randomResponse(
    in network: SupplyNetwork, using generator: inout some RandomNumberGenerator
  ) throws -> Scenario.Response.Measure {
    func pick<Row>(_ table: Table<Row>) -> Key<Row> {
      Key(Int.random(in: 0..<table.count, using: &generator))
    }
    let share = Figure(Double(Int.random(in: 1...9, using: &generator)) / 10, unit: try Unit(""))
    let rate = Figure(Double(Int.random(in: 1...20, using: &generator)), unit: try Unit("t/yr"))
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: return .openSite(pick(network.sites))
    case 1: return .delaySite(pick(network.sites))
    case 2:
      return .allowSubstitute(
        pick(network.materials), insteadOf: pick(network.materials), sites: nil, share: share)
    case 3:
      return .releaseStock(
        pick(network.materials), holder: .country(try country("DE")),
        amount: Figure(5, unit: try Unit("t")),
        over: nil)
    case 4:
      let buyer: Flow.Destination =
        Bool.random(using: &generator) ? .site(pick(network.sites)) : .demand(pick(network.demand))
      return .addFlow(from: pick(network.sites), to: buyer, pick(network.materials), volume: rate)
    case 5: return .raiseYield(pick(network.processes), sites: nil, by: share)
    case 6: return .raiseRecycling(pick(network.processes), sites: nil, by: share)
    default: return .lowerDemand(pick(network.demand), by: share)
    }
  }

  @Test(
    "what is sent is made, what is made takes what its recipe says",
    arguments: 0..<30 as Range<UInt64>)
  func balance(seed: UInt64) throws {
    let network = try sketch(seed).network()
    for disruption in try disruptions(of: network) {
      guard let (graph, _, flexible) = try answer(disruption, on: network) else { return }
      let allocation = try #require(flexible.allocation)
      #expect(allocation.assumed.isEmpty)
      var sent: [Int: [Key<Material>?: Double]] = [:]
      var leaves = [Double](repeating: 0, count: graph.nodes.count)
      var arrives = leaves
      for (index, lane) in graph.lanes.enumerated() where lane.target >= graph.operations.count {
        let amount = allocation.amount[index]
        #expect(amount >= 0)
        leaves[lane.source] += amount
        sent[lane.source, default: [:]][lane.material, default: 0] += amount
        arrives[lane.target] += amount / amountTaken(along: lane, in: graph)
      }
      for node in graph.nodes.indices {
        switch graph.nodes[node] {
        case .operation(let operation):
          let activity = allocation.activity[operation]
          guard let process = graph.operations[operation].process else {
            #expect(leaves[node] <= activity * (1 + 1e-9))
            continue
          }
          let outputs = graph.network.processes[process].outputs
          for (material, amount) in sent[node] ?? [:] {
            let yield = outputs.reduce(0) {
              material == nil || $1.material == material ? $0 + $1.amount.value : $0
            }
            #expect(amount <= yield * activity * (1 + 1e-9))
          }
        case .slot(let operation, _):
          let activity = allocation.activity[operation]
          #expect(abs(arrives[node] - activity) <= 1e-9 * max(activity, arrives[node]))
        case .offer, .market:
          #expect(abs(arrives[node] - leaves[node]) <= 1e-9 * max(leaves[node], arrives[node]))
        case .demand(let demand):
          let served =
            (allocation.served[demand.position] ?? 0) * flexible.fit.need[demand.position]
          #expect(abs(arrives[node] - served) <= 1e-9 * flexible.fit.need[demand.position])
        }
      }
      for (position, operation) in graph.network.operations.enumerated() {
        let most = max(
          operation.capacity?.value ?? 0, operation.output?.value ?? 0,
          flexible.fit.throughput[position])
        #expect(allocation.activity[position] <= most * (1 + 1e-9))
      }
    }
  }

  /// How much of a lane's material one unit of what its target does takes.
  private func amountTaken(along lane: ProductionGraph.Lane, in graph: ProductionGraph) -> Double {
    guard case .slot(let operation, let slot) = graph.nodes[lane.target],
      let process = graph.operations[operation].process
    else { return 1 }
    let choice = graph.network.processes[process].slots[slot].choices.first {
      $0.material == lane.material
    }
    return choice?.amount.value ?? 1
  }

  @Test(
    "a further control never lowers the least that is lost of all",
    arguments: 0..<20 as Range<UInt64>)
  func monotone(seed: UInt64) throws {
    let network = try sketch(seed).network()
    let some = try disruptions(of: network)
    for one in some.dropFirst() {
      for other in some.dropFirst() {
        let both = Disruption(
          tradeControls: one.tradeControls + other.tradeControls,
          technologyBans: one.technologyBans + other.technologyBans)
        guard let few = try answer(one, on: network), let many = try answer(both, on: network)
        else { return }
        if let before = few.flexible.leastLoss.first, let after = many.flexible.leastLoss.first {
          #expect(after >= before - 1e-8)
        }
        for demand in many.graph.network.demand.keys {
          let node = (few.graph.node(of: demand), many.graph.node(of: demand))
          #expect(many.rigid.loss(at: node.1).rigid >= few.rigid.loss(at: node.0).rigid - 1e-9)
        }
      }
    }
  }

  @Test("the order of rows changes nothing", arguments: 0..<30 as Range<UInt64>)
  func order(seed: UInt64) throws {
    let sketch = sketch(seed)
    var generator = SeededGenerator(seed: seed &+ 1_000_000)
    let network = try sketch.network()
    let other = try sketch.shuffled(using: &generator).network()
    for ban in ["CN", "JP", "DE"] {
      let disruption = Disruption.exportBan(try country(ban))
      let first = try answer(disruption, on: network)
      let second = try answer(disruption, on: other)
      #expect((first == nil) == (second == nil))
      guard let first, let second else { return }
      for key in network.demand.keys {
        let same = try #require(other.demand.key(of: network.demand[key].id))
        let (range, otherRange) = (
          first.flexible.ranges[key.position], second.flexible.ranges[same.position]
        )
        #expect((range == nil) == (otherRange == nil))
        guard let range, let otherRange else { continue }
        #expect(abs(range.expected - otherRange.expected) < 1e-7)
        #expect(abs(range.low - otherRange.low) < 1e-7)
        #expect(abs(range.high - otherRange.high) < 1e-7)
      }
      let plans = (
        activities(first.flexible, first.graph), activities(second.flexible, second.graph)
      )
      #expect(plans.0.keys.sorted() == plans.1.keys.sorted())
      for (label, activity) in plans.0 {
        #expect(abs((plans.1[label] ?? 0) - activity) < 1e-5 * max(1, activity), "\(label)")
      }
      let rows = (
        bottlenecks(first.flexible, first.graph), bottlenecks(second.flexible, second.graph)
      )
      #expect(rows.0.keys.sorted() == rows.1.keys.sorted())
      for (label, value) in rows.0 {
        #expect(abs((rows.1[label] ?? 0) - value) < 1e-4 * max(1e-6, value))
      }
    }
  }

  /// What each operation does.
  private func activities(_ flexible: FlexibleLoss, _ graph: ProductionGraph) -> [String: Double] {
    var found: [String: Double] = [:]
    for operation in graph.operationNodes {
      found[label(.capacity(operation), in: graph), default: 0] +=
        flexible.allocation?.activity[operation] ?? 0
    }
    return found
  }

  private func bottlenecks(_ flexible: FlexibleLoss, _ graph: ProductionGraph) -> [String: Double] {
    var found: [String: Double] = [:]
    for row in flexible.bottlenecks { found[label(row.limit, in: graph), default: 0] += row.value }
    return found
  }

  private func label(_ limit: AllocationLimit, in graph: ProductionGraph) -> String {
    let network = graph.network
    switch limit {
    case .capacity(let operation):
      let row = graph.operations[operation]
      let process = row.process.map { network.processes[$0].id } ?? ""
      let passed = row.passesOn.map { network.materials[$0].id } ?? ""
      return "\(network.sites[row.site].id) \(process) \(passed)"
    case .flow(let flow):
      let row = network.flows[flow]
      let origin =
        switch row.origin {
        case .site(let site): network.sites[site].id
        case .country(let country): country.code
        }
      let destination =
        switch row.destination {
        case .site(let site): network.sites[site].id
        case .demand(let demand): network.demand[demand].id
        }
      return
        "flow \(origin) \(destination) \(row.material.map { network.materials[$0].id } ?? "") \(row.capacity?.value ?? 0)"
    case .control(let control, let material):
      return "control \(control) \(material.map { network.materials[$0].id } ?? "")"
    case .atHand: return "at hand"
    }
  }

  @Test("all bans in one go say what each says by itself", arguments: 0..<40 as Range<UInt64>)
  func bansInOneGo(seed: UInt64) throws {
    let network = try sketch(seed).network()
    let graph = ProductionGraph(network)
    guard let bans = try? graph.flexibleCountryBans() else {
      #expect(try answer(.none, on: network) == nil)
      return
    }
    #expect(
      bans.map(\.country)
        == Set(network.sites.rows.filter(\.isActive).compactMap(\.country)).sorted())
    for ban in bans {
      guard let alone = try answer(.exportBan(ban.country), on: network) else { continue }
      for (loss, range) in zip(ban.loss, alone.flexible.ranges) {
        #expect((loss == nil) == (range == nil))
        #expect(abs((loss ?? 0) - (range?.expected ?? 0)) < 1e-7)
      }
    }
  }

  @Test("the same input gives the same bytes", arguments: 0..<20 as Range<UInt64>)
  func sameBytes(seed: UInt64) throws {
    let network = try sketch(seed).network()
    let disruption = Disruption.exportBan(try country("CN"))
    guard let one = try answer(disruption, on: network),
      let two = try answer(disruption, on: network)
    else {
      return
    }
    #expect("\(one.flexible)" == "\(two.flexible)")
  }

  @Test("limits times their prices prove what is served", arguments: 0..<30 as Range<UInt64>)
  func proofs(seed: UInt64) throws {
    let network = try sketch(seed).network()
    for disruption in try disruptions(of: network) {
      guard let (_, _, flexible) = try answer(disruption, on: network) else { return }
      for proof in try #require(flexible.allocation).proofs {
        let sum = proof.terms.reduce(proof.fromDemands) { $0 + $1.price * $1.amount }
        #expect(abs(sum - proof.served) < 1e-9)
        #expect(proof.terms.allSatisfy { $0.price > 0 && $0.amount >= 0 })
        #expect(proof.served <= 1 + 1e-9)
        // A loop that nothing feeds serves nothing and needs no limit for it.
        if proof.served > 1e-6, proof.served < 1 - 1e-6 { #expect(!proof.terms.isEmpty) }
      }
    }
  }

  @Test(
    "where every site passes on what it gets, what is served is a maximum flow",
    arguments: 0..<100 as Range<UInt64>)
  func maximumFlow(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 3...7, using: &generator)
    func size() -> Double { Double(Int.random(in: 1...12, using: &generator)) }
    var sketch = NetworkSketch()
    sketch.materials = ["m"]
    sketch.processes = [
      .init(id: "mine", outputs: [("m", 1)]),
      .init(id: "carry", slots: [[("m", 1)]], outputs: [("m", 1)]),
    ]
    sketch.demand = [.init(id: "d", material: "m", place: .country("DE"), amount: 10)]
    var capacities: [Double] = []
    var edges: [(Int, Int)] = []
    // Source 2 × count, sink 2 × count + 1; each site an edge of its own.
    for site in 0..<count {
      sketch.sites.append(.init(id: "s\(site)", country: site == 1 ? "CN" : "DE"))
      let isMine = site < 2
      let capacity = size() + 10
      sketch.operations.append(
        .init(site: "s\(site)", process: isMine ? "mine" : "carry", output: 10, capacity: capacity))
      edges.append((2 * site, 2 * site + 1))
      capacities.append(capacity)
      if isMine {
        edges.append((2 * count, 2 * site))
        capacities.append(1e6)
      }
    }
    var links: Set<Int> = []
    for site in 0..<count {
      for other in (site + 1)...count
      where other > 1 && (other == site + 1 || Bool.random(using: &generator)) {
        links.insert(site * 100 + other)
      }
    }
    for link in links.sorted() {
      let (site, other) = (link / 100, link % 100)
      let capacity = size()
      sketch.flows.append(
        .init(
          from: .site("s\(site)"), to: other == count ? .demand("d") : .site("s\(other)"),
          material: "m",
          volume: capacity, capacity: capacity))
      if site == 1 { continue }
      edges.append((2 * site + 1, other == count ? 2 * count + 1 : 2 * other))
      capacities.append(capacity)
    }
    let network = try sketch.network()
    let disruption = Disruption.exportBan(try country("CN"))
    guard let (graph, _, flexible) = try answer(disruption, on: network) else { return }
    guard let range = flexible.ranges[0] else { return }
    // Flows carry at least what the fitted baseline takes.
    var raised = capacities
    var position = 0
    for (index, edge) in edges.enumerated() where edge.0 % 2 == 1 && edge.0 < 2 * count {
      while case .site(let site) = network.flows.rows[position].origin, site.position == 1 {
        position += 1
      }
      let fitted = graph.lanes.indices.reduce(0.0) {
        graph.lanes[$1].flow?.position == position ? $0 + flexible.fit.amount[$1] : $0
      }
      raised[index] = max(raised[index], fitted)
      position += 1
    }
    for site in 0..<count {
      let index = try #require(edges.firstIndex { $0 == (2 * site, 2 * site + 1) })
      raised[index] = max(raised[index], flexible.fit.throughput[site])
    }
    let flow = DirectedGraph(nodeCount: 2 * count + 2, edges: edges.map { ($0.0, $0.1) })
    let most = try flow.maximumFlow(
      from: NodeIndex(2 * count), to: NodeIndex(2 * count + 1), capacities: raised.span)
    #expect(abs(1 - range.expected - min(1, most.value / 10)) < 1e-7)
  }
}

extension NetworkSketch {
  /// The same network with a capacity for some of its operations and flows, and with priorities.
  func withCapacities(using generator: inout some RandomNumberGenerator) -> NetworkSketch {
    var copy = self
    for position in copy.operations.indices where Int.random(in: 0..<2, using: &generator) == 0 {
      copy.operations[position].capacity = Double(Int.random(in: 1...40, using: &generator))
    }
    for position in copy.flows.indices where Int.random(in: 0..<4, using: &generator) == 0 {
      copy.flows[position].capacity = Double(Int.random(in: 1...20, using: &generator))
    }
    for position in copy.demand.indices where Int.random(in: 0..<3, using: &generator) == 0 {
      copy.demand[position].priority = 2
    }
    return copy
  }
}
