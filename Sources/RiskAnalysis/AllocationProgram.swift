import GraphCore
import LinearPrograms
public import SupplyModel

/// What can hold served demand down, each with an amount a year beyond which nothing goes.
public enum AllocationLimit: Sendable, Hashable {
  /// The capacity of an operation, by its position in ``ProductionGraph/operations``, in units of activity; nothing for one that is
  /// out of action.
  case capacity(Int)

  /// The capacity of a recorded flow, or the volume of one that a response adds.
  case flow(Key<Flow>)

  /// What a control lets pass: the position of the control in ``Disruption/tradeControls``, and the material if it limits each by itself.
  case control(Int, Key<Material>?)

  /// What a stock, or a demand that goes away, fills of a slot or a demand, by its node.
  case atHand(Int)
}

/// The linear program of who makes, sends and is served how much in a disruption.
///
/// Columns are what each operation does, what each lane carries and the part of each demand that is served; what is carried and done
/// in two pieces, as much as in the fitted baseline and more. All of them are scaled to the size of the site or buyer, so that
/// grams and megatonnes stand side by side.
struct AllocationProgram {
  /// The two pieces of something: up to the baseline and beyond it.
  struct Pieces {
    var usual: Int
    var more: Int

    /// How much one unit of the columns is.
    var scale: Double

    func amount(in values: [Double]) -> Double { scale * (values[usual] + values[more]) }
    func terms(_ factor: Double) -> [LinearProgram.Term] {
      [.init(usual, factor), .init(more, factor)]
    }
  }

  /// A limit in the program: the upper bound of a column or a row.
  struct Limit {
    enum Place {
      case column(Int)
      case row(Int)
    }
    var subject: AllocationLimit

    /// Its amount a year, and how much of it one unit in the program is.
    var amount: Double
    var scale: Double
    var place: Place

    /// The column by which responses may go beyond it; nil if there are none.
    var beyond: Int?
  }

  let graph: ProductionGraph
  let fit: BaselineFit
  var program = LinearProgram()
  private(set) var activity: [Pieces] = []

  /// Nil for lanes between a slot and its operation.
  private(set) var carried: [Pieces?] = []

  /// For each demand the column of its served part, from 0 to 1; nil for one that is not met in the baseline or wants nothing.
  private(set) var served: [Int?] = []
  private(set) var limits: [Limit] = []

  /// The operations that are out of action because of what happens.
  private(set) var outOfAction: Set<Int> = []

  /// For each operation the column by which responses may go beyond its capacity.
  private var beyondCapacity: [Int: Int] = [:]

  /// For each slot and demand the column of what is at hand there.
  private var atHand: [(node: Int, column: Int)] = []

  /// The least served part of the demands that are being decided, for ``Allocation``, and for each demand the row that holds it above.
  let leastServed: Int
  private(set) var servedAboveLeast: [Int?] = []

  /// The priorities of the demands, the first served first, and for each the row of what is served of it.
  private(set) var priorities: [Int] = []
  private(set) var servedOfPriority: [Int] = []

  /// For each demand its weight in what is served of its priority; those of one priority add up to 1.
  private(set) var weight: [Double] = []

  /// How what is not known of a network is read.
  struct Assumptions {
    var reading: Reading

    /// Whether operations of unknown capacity can do any amount, rather than what they do in the baseline.
    var hasRoom = false

    /// Whether what is closed stays in the program with a limit of nothing, so that it has a price.
    var pricesBans = true
  }

  /// - Complexity: O(lanes × controls).
  init(
    _ graph: ProductionGraph, _ fit: BaselineFit, under disruption: Disruption,
    _ assumptions: Assumptions
  ) {
    self.graph = graph
    self.fit = fit
    leastServed = program.addColumn("least served part", in: 0...1)
    let reading = assumptions.reading
    let relief = Relief(of: disruption.responses, in: graph, reading: reading)
    let controls = Controls(of: disruption, in: graph, fit, assumptions)
    addActivities(controls, assumptions, hasResponses: !disruption.responses.isEmpty)
    addLanes(controls.isClosed)
    addAtHand(relief)
    addServed()
    addBalances(relief)
    addFlowLimits(disruption, reading)
    addControls(controls.rows, hasResponses: !disruption.responses.isEmpty)
    addServedRows()
  }

  /// The most that an operation can do in a year, and whether that is recorded.
  ///
  /// That of a site which is counted in another row is not, though it adds nothing to the baseline by itself.
  static func capacity(of operation: Int, in graph: ProductionGraph, _ fit: BaselineFit) -> (
    amount: Double, isKnown: Bool
  ) {
    let usual = fit.throughput[operation]
    guard operation < graph.network.operations.count else { return (usual, false) }
    let row = graph.network.operations[operation]
    let most = max(usual, row.capacity?.value ?? 0, row.output?.value ?? 0)
    return (most, row.capacity != nil || row.output?.value == 0)
  }

  private mutating func addActivities(
    _ controls: Controls, _ assumptions: Assumptions, hasResponses: Bool
  ) {
    for operation in graph.operationNodes {
      let usual = fit.throughput[operation]
      let (capacity, isKnown) = Self.capacity(of: operation, in: graph, fit)
      let scale = capacity > 0 ? capacity : 1
      let isOff = controls.isOff[operation]
      let most = assumptions.hasRoom && !isKnown ? Double.infinity : capacity
      let name = graph.network.sites[graph.operations[operation].site].id
      let pieces = Pieces(
        usual: program.addColumn(name, in: 0...(isOff ? 0 : usual / scale)),
        more: program.addColumn(name, in: 0...(isOff ? 0 : (most - usual) / scale)), scale: scale)
      activity.append(pieces)
      if isOff ? !controls.isDisrupted[operation] : most == .infinity { continue }
      if isOff { outOfAction.insert(operation) }
      if hasResponses, !isOff { beyondCapacity[operation] = program.addColumn(name, in: 0...0) }
      limits.append(
        Limit(
          subject: .capacity(operation), amount: isOff ? 0 : most, scale: scale,
          place: .column(pieces.more),
          beyond: beyondCapacity[operation]))
    }
  }

  /// The column by which responses may go beyond the capacity of an operation; nil if there are none.
  func beyondColumn(of operation: Int) -> Int? { beyondCapacity[operation] }

  /// The columns of what an operation does.
  private func activityTerms(_ operation: Int, _ factor: Double) -> [LinearProgram.Term] {
    var terms = activity[operation].terms(factor)
    if let beyond = beyondCapacity[operation] { terms.append(.init(beyond, factor)) }
    return terms
  }

  private mutating func addLanes(_ isClosed: [Bool]) {
    let scales = laneScales()
    for (index, lane) in graph.lanes.enumerated() {
      if lane.target < graph.operations.count {
        carried.append(nil)
        continue
      }
      let isOpen = !isClosed[index] && isWanted(lane.target)
      let usual = isOpen ? fit.amount[index] / scales[index] : 0
      carried.append(
        Pieces(
          usual: program.addColumn("lane", in: 0...usual),
          more: program.addColumn("lane", in: 0...(isOpen ? .infinity : 0)), scale: scales[index]))
    }
  }

  /// Whether anything is meant to arrive at a node: all but demands that are not met in the baseline or want nothing.
  private func isWanted(_ node: Int) -> Bool {
    guard case .demand(let demand) = graph.nodes[node] else { return true }
    return graph.baselineIsMet(demand) && fit.need[demand.position] > 0
  }

  /// For each lane the smaller of what its seller and its buyer can be expected to handle, in units of its material.
  private func laneScales() -> [Double] {
    var size = [Double](repeating: 0, count: graph.nodes.count)
    for operation in graph.operationNodes { size[operation] = activity[operation].scale }
    for node in graph.nodes.indices {
      switch graph.nodes[node] {
      case .operation: break
      case .slot(let operation, _): size[node] = size[operation]
      case .demand(let demand): size[node] = fit.need[demand.position]
      case .offer, .market: size[node] = fit.throughput[node]
      }
    }
    var scales = graph.lanes.indices.map { lane in
      let target = graph.lanes[lane].target
      let most = graph.isNeed(target) ? size[target] / graph.lanes[lane].worth : size[target]
      return most > 0 ? most : 0
    }
    for pool in fit.pools {
      for lane in pool.lanes {
        let most = size[pool.operation] * pool.yield
        scales[lane] = scales[lane] > 0 ? min(scales[lane], most) : most
      }
    }
    for lane in graph.lanes.indices where graph.isHub(graph.lanes[lane].source) {
      let most = size[graph.lanes[lane].source]
      if most > 0 { scales[lane] = scales[lane] > 0 ? min(scales[lane], most) : most }
    }
    return scales.enumerated().map { max($0.element, fit.amount[$0.offset]) }.map {
      $0 > 0 ? $0 : 1
    }
  }

  private mutating func addAtHand(_ relief: Relief?) {
    for (node, extras) in (relief?.extras ?? [:]).sorted(by: { $0.key < $1.key })
    where isWanted(node) {
      let part = extras.reduce(0) { $1.lane == nil ? $0 + $1.part : $0 }
      let whole = size(ofNeed: node)
      guard part > 0, whole > 0 else { continue }
      let column = program.addColumn("at hand", in: 0...part)
      atHand.append((node, column))
      limits.append(
        Limit(
          subject: .atHand(node), amount: part * whole, scale: whole, place: .column(column),
          beyond: nil))
    }
  }

  /// What a slot or a demand takes in the baseline; for a slot whose site does nothing then, what it is recorded to take.
  private func size(ofNeed node: Int) -> Double {
    if case .demand(let demand) = graph.nodes[node] { return fit.need[demand.position] }
    return fit.throughput[node] > 0 ? fit.throughput[node] : graph.need[node] ?? 0
  }

  private mutating func addServed() {
    for demand in graph.network.demand.keys {
      served.append(
        isWanted(graph.node(of: demand))
          ? program.addColumn(graph.network.demand[demand].id, in: 0...1) : nil)
    }
  }

  /// What is sent is made, what arrives goes on, and what is done takes what the recipe says.
  private mutating func addBalances(_ relief: Relief?) {
    for pool in fit.pools {
      let whole = pool.yield * activity[pool.operation].scale
      var terms = activityTerms(pool.operation, -(relief?.gain[pool.operation] ?? 1))
      for lane in pool.lanes { terms += laneTerms(lane, 1 / whole) }
      _ = program.addRow(name(pool.operation), in: -Double.infinity...0, terms)
    }
    let atHand = Dictionary(uniqueKeysWithValues: atHand.map { ($0.node, $0.column) })
    for node in graph.nodes.indices where node >= graph.operations.count {
      let lanes = graph.lanes(into: node)
      var terms: [LinearProgram.Term] = []
      switch graph.nodes[node] {
      case .operation: continue
      case .slot(let operation, _):
        let scale = activity[operation].scale
        let gain = relief?.gain[node] ?? 1
        terms = activityTerms(operation, -1)
        for lane in lanes { terms += laneTerms(lane, gain * graph.lanes[lane].worth / scale) }
        if let column = atHand[node] { terms.append(.init(column, size(ofNeed: node) / scale)) }
      case .demand(let demand):
        guard let served = served[demand.position] else { continue }
        let need = fit.need[demand.position]
        terms = [.init(served, -1)]
        for lane in lanes { terms += laneTerms(lane, graph.lanes[lane].worth / need) }
        if let column = atHand[node] { terms.append(.init(column, 1)) }
      case .offer, .market:
        let scale = fit.throughput[node] > 0 ? fit.throughput[node] : 1
        for lane in lanes { terms += laneTerms(lane, 1 / scale) }
        for position in graph.lanesOutOf.edges(from: NodeIndex(node)) {
          terms += laneTerms(graph.lanesOutOf.edgeIndices[position].position, -1 / scale)
        }
      }
      _ = program.addRow(name(node), in: 0...0, terms)
    }
  }

  private func laneTerms(_ lane: Int, _ factor: Double) -> [LinearProgram.Term] {
    carried[lane].map { $0.terms(factor * $0.scale) } ?? []
  }

  private func name(_ node: Int) -> String {
    switch graph.nodes[node] {
    case .operation(let operation), .slot(let operation, _):
      graph.network.sites[graph.operations[operation].site].id
    case .offer(let material, _), .market(let material, _): graph.network.materials[material].id
    case .demand(let demand): graph.network.demand[demand].id
    }
  }

  private mutating func addFlowLimits(_ disruption: Disruption, _ reading: Reading) {
    let network = graph.network
    var lanesOfFlow = [[Int]](repeating: [], count: network.flows.count)
    for (index, lane) in graph.lanes.enumerated() {
      if let flow = lane.flow { lanesOfFlow[flow.position].append(index) }
    }
    let usual = fit.carriedByFlow(in: graph)
    for flow in network.flows.keys where !lanesOfFlow[flow.position].isEmpty {
      let row = network.flows[flow]
      let most: Double
      if flow.position < graph.ownFlowCount {
        guard let capacity = row.capacity?.value else { continue }
        most = max(capacity, usual[flow.position])
      } else {
        guard let volume = row.volume else { continue }
        most = reading.part(volume.low ?? volume.value, volume.value, volume.high ?? volume.value)
      }
      addLimit(
        .flow(flow), most, along: lanesOfFlow[flow.position], name: row.id,
        mayGoBeyond: !disruption.responses.isEmpty)
    }
  }

  /// Adds a row for what lanes may carry together.
  private mutating func addLimit(
    _ subject: AllocationLimit, _ most: Double, along lanes: [Int], name: String, mayGoBeyond: Bool
  ) {
    let usual = lanes.reduce(0) { $0 + fit.amount[$1] }
    let scale = max(most, usual) > 0 ? max(most, usual) : 1
    var terms = lanes.flatMap { laneTerms($0, 1 / scale) }
    var beyond: Int?
    if mayGoBeyond {
      let column = program.addColumn(name, in: 0...0)
      terms.append(.init(column, -1))
      beyond = column
    }
    let row = program.addRow(name, in: -Double.infinity...(most / scale), terms)
    limits.append(
      Limit(subject: subject, amount: most, scale: scale, place: .row(row), beyond: beyond))
  }

  private mutating func addControls(_ rows: [Controls.Row], hasResponses: Bool) {
    for row in rows {
      addLimit(
        .control(row.control, row.material), row.most, along: row.lanes,
        name: "control \(row.control + 1)",
        mayGoBeyond: hasResponses && row.most > 0)
    }
  }

  /// Rows of what is served of each priority, and of each demand above the least.
  ///
  /// Masses add up, and so do powers and energies; pieces only if they are of one product. The parts of what cannot be added up count
  /// alike, whatever they are counted in.
  private mutating func addServedRows() {
    struct Kind: Hashable {
      var measure: Dimension.Measure
      var product: Key<Material>?
    }
    let demands = graph.network.demand
    weight = Array(repeating: 0, count: demands.count)
    servedAboveLeast = served.map { column in
      column.map {
        program.addRow(
          "least served part", in: -Double.infinity...Double.infinity,
          [.init($0, 1), .init(leastServed, -1)])
      }
    }
    let own = demands.keys.filter { served[$0.position] != nil }
    priorities = Set(own.map { demands[$0].priority }).sorted()
    for priority in priorities {
      let members = own.filter { demands[$0].priority == priority }
      func kind(_ key: Key<Demand>) -> Kind {
        let material = demands[key].material
        let measure = graph.network.materials[material].unit.dimension.measure
        let addsUp = measure == .mass || measure == .power || measure == .energy
        return Kind(measure: measure, product: addsUp ? nil : material)
      }
      var whole: [Kind: Double] = [:]
      for key in members { whole[kind(key), default: 0] += fit.need[key.position] }
      for key in members {
        weight[key.position] =
          fit.need[key.position] / ((whole[kind(key)] ?? 1) * Double(whole.count))
      }
      servedOfPriority.append(
        program.addRow(
          "priority \(priority)", in: -Double.infinity...Double.infinity,
          members.compactMap { key in served[key.position].map { .init($0, weight[key.position]) } }
        ))
    }
  }
}

/// What a disruption closes and limits in the program.
private struct Controls {
  /// A row of what may pass.
  struct Row {
    var control: Int
    var material: Key<Material>?
    var lanes: [Int]
    var most: Double
  }

  private(set) var isOff: [Bool]

  /// For each operation whether it is off because of what happens, and not in the baseline already.
  private(set) var isDisrupted: [Bool]
  private(set) var isClosed: [Bool]
  private(set) var rows: [Row] = []

  /// A licence that lets a part pass does so of each material, and a quota of all together; both are at least what passes in the
  /// rigid network, which goes by the recorded figures.
  init(
    of disruption: Disruption, in graph: ProductionGraph, _ fit: BaselineFit,
    _ assumptions: AllocationProgram.Assumptions
  ) {
    let reading = assumptions.reading
    var uncontrolled = disruption
    uncontrolled.tradeControls = []
    var state = graph.state(under: uncontrolled, reading: reading)
    isClosed = state.open.map { $0 == 0 }
    for (index, control) in disruption.tradeControls.enumerated()
    where reading.uncertainHolds || !control.isUncertain {
      let covered = graph.lanes(coveredBy: control, reading)
      if covered.isEmpty { continue }
      let part = graph.part(passing: control, along: covered, reading)
      if case .quota(let quota) = control.passing {
        let most = max(quota, part * covered.reduce(0) { $0 + fit.amount[$1] })
        rows.append(Row(control: index, material: nil, lanes: covered, most: most))
        if most == 0 { for lane in covered { state.open[lane] = 0 } }
        continue
      }
      if part >= 1 { continue }
      if part <= 0 {
        for lane in covered {
          state.open[lane] = 0
          if !assumptions.pricesBans { isClosed[lane] = true }
        }
        if !assumptions.pricesBans { continue }
      }
      var lanesOfMaterial: [Key<Material>?: [Int]] = [:]
      for lane in covered { lanesOfMaterial[graph.lanes[lane].material, default: []].append(lane) }
      for material in lanesOfMaterial.keys.sorted(by: { $0?.position ?? -1 < $1?.position ?? -1 }) {
        let lanes = lanesOfMaterial[material] ?? []
        let most = part * lanes.reduce(0) { $0 + fit.amount[$1] }
        rows.append(Row(control: index, material: material, lanes: lanes, most: most))
      }
    }
    isOff = state.isOff
    isDisrupted = zip(state.isOff, graph.isInactive).map { $0 && !$1 }
    // A loop that nothing outside feeds must not feed itself, whatever it gives back.
    for operation in graph.operationsOfUnfedLoops(in: state) { isOff[operation] = true }
  }
}
