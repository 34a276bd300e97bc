public import SupplyModel

/// Where a region gets what one stage of the chain makes: what it buys and makes itself, and how much of that it must import.
///
/// All amounts are of the mass of the elements, in t a year.
public struct Sourcing: Sendable {
  /// Somebody in the region of whom it is not known how much they take.
  public enum Buyer: Sendable, Hashable {
    case site(Key<Site>)
    case demand(Key<Demand>)
  }

  public let stage: Key<Stage>
  public let subject: Statistic.Subject

  /// What buyers in the region take from each country, the region's own among them; largest first, equal ones by code.
  public let suppliers: [(country: Country, amount: Double)]

  /// What they take from somebody whose country is not known.
  public let unattributed: Double

  /// All that the region takes of what the stage makes, as far as it is known.
  public var used: Double { suppliers.reduce(unattributed) { $0 + $1.amount } }

  /// What the stage's sites in the region make, as far as it is known.
  public let made: Double

  /// Buyers in the region whose need is not known, and makers there whose size is not known.
  public let buyersOfUnknownNeed: [Buyer]
  public let makersOfUnknownSize: [Key<Site>]

  /// The part of what the region takes that it must import, net of what it could sell abroad, from 0 to 1; nil if it
  /// takes nothing, or something that decides it is not known.
  ///
  /// A region that makes nothing imports all, however much that is.
  public var importReliance: Double? {
    guard makersOfUnknownSize.isEmpty else { return nil }
    if made == 0 { return used > 0 || !buyersOfUnknownNeed.isEmpty ? 1 : nil }
    guard buyersOfUnknownNeed.isEmpty, used > 0, used.isFinite, made.isFinite else { return nil }
    return min(1, max(0, (used - made) / used))
  }
}

extension ProductionGraph {
  /// Where a region gets what each stage makes of something, stage by stage; stages that make none of it are left out.
  ///
  /// What passes through traders is traced back to who made it. A demand of a bloc counts if all of its members belong to the region.
  ///
  /// - Complexity: O((nodes + lanes) × stages).
  public func sourcing(of subject: Statistic.Subject, in region: Set<Country>) -> [Sourcing] {
    let elements: [String] =
      switch subject {
      case .material(let key): network.materials[key].elements.map(\.symbol)
      case .elements(let key): network.elementGroups[key].elements
      }
    let trace = OriginContent(of: self, elements: elements)
    let buyers = buyers(of: subject, in: region, trace)
    let countries = Set(network.sites.rows.compactMap(\.country)).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: zip(countries, countries.indices))
    return network.stages.keys.compactMap { stage in
      var isMaker = [Bool](repeating: false, count: operations.count)
      var made = 0.0
      var unknown: [Key<Site>] = []
      for (position, operation) in network.operations.enumerated() {
        let site = network.sites[operation.site]
        guard site.isActive, site.stage == stage, let supply = network.supply(of: subject, by: operation)
        else { continue }
        isMaker[position] = true
        guard let country = site.country, region.contains(country) else { continue }
        // What is counted in a row of another region is not known to be nothing here.
        let container = operation.baseline == nil ? site.countedIn : nil
        let isCountedHere = container.map { network.sites[$0].country.map { region.contains($0) } ?? false }
        if let amount = supply.amount, isCountedHere ?? true {
          made += amount
        } else if unknown.last != operation.site {
          unknown.append(operation.site)
        }
      }
      guard isMaker.contains(true) else { return nil }
      let found = trace.holding(of: buyers.starts, among: countries.count) { operation, isMade in
        let activity = operations[operation]
        guard activity.process != nil || isMade else { return nil }
        guard isMaker[operation] else { return .elsewhere }
        return network.sites[activity.site].country.flatMap { numbers[$0] }.map { .holder($0) } ?? .unknown
      }
      let amounts = zip(countries, found.parts).filter { $0.1 > 0 }
        .sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map { (country: $0.0, amount: $0.1) }
      var seen: Set<Sourcing.Buyer> = []
      let buyersOfUnknownNeed = buyers.unknown.filter { mayBuy($0.node, from: isMaker) }.map(\.buyer)
        .filter { seen.insert($0).inserted }
      return Sourcing(
        stage: stage, subject: subject, suppliers: amounts, unattributed: found.unknown, made: made,
        buyersOfUnknownNeed: buyersOfUnknownNeed,
        makersOfUnknownSize: unknown)
    }
  }

  /// Slots and demands in the region that take some of the subject, by mass a year; and those whose need is not known.
  private func buyers(
    of subject: Statistic.Subject, in region: Set<Country>, _ trace: OriginContent
  ) -> (starts: [(node: Int, amount: Double)], unknown: [(node: Int, buyer: Sourcing.Buyer)]) {
    var starts: [(node: Int, amount: Double)] = []
    var unknown: [(node: Int, buyer: Sourcing.Buyer)] = []
    func fraction(_ lane: Int) -> Double? {
      guard let material = lanes[lane].material else { return nil }
      let row = network.materials[material]
      switch subject {
      case .material(let key): return material == key ? row.elements.reduce(0) { $0 + $1.fraction } : 0
      case .elements(let key):
        guard row.unit.dimension.measure == .mass else { return row.elements.isEmpty ? nil : 0 }
        return row.elements.isEmpty ? nil : row.fraction(of: network.elementGroups[key])
      }
    }
    for node in nodes.indices where trace.isHeld[node] {
      let buyer: Sourcing.Buyer
      switch nodes[node] {
      case .slot(let operation, _):
        guard operations[operation].process != nil, isOperableInBaseline[operation],
          let country = network.sites[operations[operation].site].country, region.contains(country)
        else { continue }
        buyer = .site(operations[operation].site)
      case .demand(let demand):
        switch network.demand[demand].place {
        case .country(let country): guard region.contains(country) else { continue }
        case .bloc(let bloc): guard bloc.members.allSatisfy({ region.contains($0) }) else { continue }
        case .anywhere: continue
        }
        buyer = .demand(demand)
      default: continue
      }
      var mass = 0.0
      var isKnown = need[node] != nil
      for lane in lanes(into: node) where baseline.share[lane] > 0 {
        guard let fraction = fraction(lane) else {
          isKnown = false
          continue
        }
        mass += (need[node] ?? 1) * baseline.share[lane] / lanes[lane].worth * fraction
      }
      if isKnown {
        if mass > 0 { starts.append((node, mass)) }
      } else if mass > 0 || lanes(into: node).contains(where: { fraction($0) == nil }) {
        unknown.append((node, buyer))
      }
    }
    return (starts, unknown)
  }

  /// Whether one of some makers sells to a node directly, through a market or through traders.
  private func mayBuy(_ node: Int, from isMaker: [Bool]) -> Bool {
    var seen: Set<Int> = [node]
    var path = [node]
    while let next = path.popLast() {
      for lane in lanes(into: next) {
        let source = source(ofLane: lane)
        if source < operations.count, operations[source].process != nil {
          if isMaker[source] { return true }
        } else if seen.insert(source).inserted {
          path.append(source)
        }
      }
    }
    return false
  }
}
