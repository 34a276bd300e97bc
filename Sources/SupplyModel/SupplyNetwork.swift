/// A valid supply network: a directed AND-OR graph, held as tables of plain values.
///
/// Everything that a row refers to exists; quantities fit the dimension of what they describe. Rows keep the
/// order in which they were written, and every analysis reports in that order.
public struct SupplyNetwork: Sendable, Hashable {
  public var id: String
  public var title: String

  /// The day that the figures describe, as `YYYY-MM-DD`; nil if it is not known.
  public var asOf: String?

  /// The blocs that the network may speak of, by id: those that are known to all and its own.
  public var blocs: [Bloc]
  public var stages: Table<Stage>
  public var elementGroups: Table<ElementGroup>
  public var sources: Table<Source>
  public var materials: Table<Material>
  public var technologies: Table<Technology>
  public var operators: Table<Operator>
  public var processes: Table<Process>
  public var sites: Table<Site>

  /// What the sites run; a site without an operation passes on what it is brought.
  public var operations: [Operation]
  public var flows: Table<Flow>

  /// The materials that everyone who makes them may sell to everyone who needs them; no material twice.
  public var markets: [Key<Material>]
  public var stocks: [Stock]
  public var demand: Table<Demand>
  public var statistics: [Statistic]

  /// No country twice.
  public var governance: [Governance]

  /// No country twice for the same.
  public var tradeParameters: [TradeParameter]

  /// No material and no element group twice.
  public var riskParameters: [RiskParameters]

  public init(
    id: String, title: String? = nil, asOf: String? = nil, blocs: [Bloc] = Bloc.known,
    stages: [Stage] = [],
    elementGroups: [ElementGroup] = [], sources: [Source] = [], materials: [Material] = [],
    technologies: [Technology] = [], operators: [Operator] = [], processes: [Process] = [],
    sites: [Site] = [],
    operations: [Operation] = [], flows: [Flow] = [], markets: [Key<Material>] = [], stocks: [Stock] = [],
    demand: [Demand] = [], statistics: [Statistic] = [], governance: [Governance] = [],
    tradeParameters: [TradeParameter] = [], riskParameters: [RiskParameters] = []
  ) {
    self.id = id
    self.title = title ?? id
    self.asOf = asOf
    self.blocs = blocs
    self.stages = Table(stages)
    self.elementGroups = Table(elementGroups)
    self.sources = Table(sources)
    self.materials = Table(materials)
    self.technologies = Table(technologies)
    self.operators = Table(operators)
    self.processes = Table(processes)
    self.sites = Table(sites)
    self.operations = operations
    self.flows = Table(flows)
    self.markets = markets
    self.stocks = stocks
    self.demand = Table(demand)
    self.statistics = statistics
    self.governance = governance
    self.tradeParameters = tradeParameters
    self.riskParameters = riskParameters
  }

  /// The activity of an operation in the baseline, in base units a year; nil if it is not known.
  ///
  /// A site without a figure of its own that is counted in another row adds nothing to that row.
  public func baselineActivity(of operation: Operation) -> Double? {
    operation.baseline?.value ?? (sites[operation.site].countedIn == nil ? nil : 0)
  }

  /// The operator at the end of the chain of parents; the operator itself if it has none.
  ///
  /// A chain that runs in a circle ends where it would meet itself again.
  public func ultimateParent(of start: Key<Operator>) -> Key<Operator> {
    var current = start
    var seen: Set = [start]
    while let parent = operators[current].parent, seen.insert(parent).inserted { current = parent }
    return current
  }

  /// For each operator what ``ultimateParent(of:)`` says of it.
  ///
  /// - Complexity: O(operators), however long the chains are.
  public func ultimateParents() -> [Key<Operator>] {
    var found = [Key<Operator>?](repeating: nil, count: operators.count)
    var placeOnPath = [Int?](repeating: nil, count: operators.count)
    for start in operators.keys where found[start.position] == nil {
      var path = [start]
      placeOnPath[start.position] = 0
      var end = start
      while let parent = operators[end].parent {
        if let known = found[parent.position] {
          end = known
          break
        }
        if let first = placeOnPath[parent.position] {
          // A circle: each of its members ends at the one before it.
          for place in path.indices.dropFirst(first + 1) { found[path[place].position] = path[place - 1] }
          break
        }
        placeOnPath[parent.position] = path.count
        path.append(parent)
        end = parent
      }
      for key in path where found[key.position] == nil { found[key.position] = end }
    }
    return operators.keys.map { found[$0.position] ?? $0 }
  }

  /// Some operators and all whose chain of parents leads to one of them.
  ///
  /// - Complexity: O(operators).
  public func operators(controlledBy tops: [Key<Operator>]) -> Set<Key<Operator>> {
    var owned = [[Key<Operator>]](repeating: [], count: operators.count)
    for key in operators.keys {
      if let parent = operators[key].parent { owned[parent.position].append(key) }
    }
    var found = Set(tops)
    var next = tops
    while let current = next.popLast() {
      for key in owned[current.position] where found.insert(key).inserted { next.append(key) }
    }
    return found
  }
}

extension SupplyNetwork {
  /// The network with a demand for each end product, if it names no demand itself.
  ///
  /// An end product is a material that some process makes and none takes. The implied demand has the material's
  /// id and name, no amount and no place, and buys on a market.
  public func withImpliedDemand() -> SupplyNetwork {
    guard demand.isEmpty else { return self }
    var isMade = [Bool](repeating: false, count: materials.count)
    var isTaken = isMade
    for process in processes.rows {
      for output in process.outputs { isMade[output.material.position] = true }
      for slot in process.slots {
        for choice in slot.choices { isTaken[choice.material.position] = true }
      }
    }
    let ends = materials.keys.filter { isMade[$0.position] && !isTaken[$0.position] }
    var isMarket = [Bool](repeating: false, count: materials.count)
    for material in markets { isMarket[material.position] = true }
    var network = self
    network.demand = Table(
      ends.map { Demand(id: materials[$0].id, name: materials[$0].name, material: $0) })
    network.markets += ends.filter { !isMarket[$0.position] }
    return network
  }
}
