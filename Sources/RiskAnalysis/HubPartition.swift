import SupplyModel

/// Which sellers and buyers a market must hold apart, since some control or failure treats them differently.
///
/// Sellers of one group differ in nothing that the disruption looks at but their country, and buyers in nothing but their place; so a hub of
/// one group is open or closed as a whole, and lanes grow with groups, never with pairs of sites.
struct HubPartition: Sendable, Hashable {
  /// For each site its group as a seller and as a buyer, and for each demand its group; all 0 where nothing tells them apart.
  private(set) var groupOfSeller: [Int]
  private(set) var groupOfBuyingSite: [Int]
  private(set) var groupOfDemand: [Int]

  /// - Complexity: O((sites + demands) × controls that look at more than countries and materials).
  init(of network: SupplyNetwork, for disruption: Disruption) {
    let controls = disruption.tradeControls.filter {
      $0.stages != nil || $0.madeWith != nil || $0.content != nil || $0.entities != nil
    }
    let lanes: [Element.Lane] = (disruption.failures + disruption.possibleFailures).compactMap {
      if case .lane(let lane) = $0 { lane } else { nil }
    }
    groupOfDemand = Array(repeating: 0, count: network.demand.count)
    guard !controls.isEmpty || !lanes.isEmpty else {
      groupOfSeller = Array(repeating: 0, count: network.sites.count)
      groupOfBuyingSite = groupOfSeller
      return
    }
    let entities = controls.compactMap(\.entities)
    func entityMarks(_ site: Key<Site>) -> [Bool] {
      let holder = network.sites[site].operatorKey
      return entities.map { entities in holder.map { entities.contains($0) } ?? false }
    }
    var sellers = Groups()
    groupOfSeller = network.sites.keys.map { site in
      let marks = controls.map { $0.covers(seller: site, in: network) }
      let own = lanes.map { $0.seller == site }
      return sellers.number(of: Signature(coverage: marks, marks: entityMarks(site) + own))
    }
    var buyers = Groups()
    groupOfBuyingSite = network.sites.keys.map { site in
      let own = lanes.map { $0.buyer == .site(site) }
      return buyers.number(of: Signature(coverage: [], marks: entityMarks(site) + own))
    }
    groupOfDemand = network.demand.keys.map { demand in
      let own = lanes.map { $0.buyer == .demand(demand) }
      let marks = Array(repeating: false, count: entities.count)
      return buyers.number(of: Signature(coverage: [], marks: marks + own))
    }
  }

  func group(of buyer: Flow.Destination) -> Int {
    switch buyer {
    case .site(let site): groupOfBuyingSite[site.position]
    case .demand(let demand): groupOfDemand[demand.position]
    }
  }

  /// Whether all that `other` holds apart is apart here as well.
  func isAsFine(as other: HubPartition) -> Bool {
    Self.refines(groupOfSeller, other.groupOfSeller)
      && Self.refines(groupOfBuyingSite + groupOfDemand, other.groupOfBuyingSite + other.groupOfDemand)
  }

  private static func refines(_ fine: [Int], _ coarse: [Int]) -> Bool {
    var coarseOfFine: [Int: Int] = [:]
    return zip(fine, coarse).allSatisfy { group, other in
      let known = coarseOfFine[group] ?? other
      coarseOfFine[group] = known
      return known == other
    }
  }

  private struct Signature: Hashable {
    var coverage: [Coverage]
    var marks: [Bool]
  }

  /// Numbers signatures in the order in which they are met.
  private struct Groups {
    private var numbers: [Signature: Int] = [:]

    mutating func number(of signature: Signature) -> Int {
      if let known = numbers[signature] { return known }
      let number = numbers.count
      numbers[signature] = number
      return number
    }
  }
}
