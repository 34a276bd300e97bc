public import SupplyModel

/// What bans of technology mean for the sites that need it, each in the network's order.
public struct TechnologyEffects: Sendable, Hashable {
  /// Active sites that stop once their grace period is over, since no country can supply the technology any more.
  public private(set) var stopped: [Key<Site>] = []

  /// Sites that get the technology from a banning country, though another could supply it: active ones that need
  /// it for running, and planned or ramping ones that need it to start.
  public private(set) var mustRequalify: [Key<Site>] = []

  /// Sites that are planned or ramping and cannot come.
  public private(set) var prevented: [Key<Site>] = []

  /// Active sites that stay as large as they are.
  public private(set) var frozen: [Key<Site>] = []

  /// Sites that use the technology and for which something that decides is not known: what they need it for, who
  /// could supply it or does today, how long they run on without it, or whether the ban holds.
  public private(set) var unknown: [Key<Site>] = []

  /// - Complexity: O(needs × bans).
  public init(of disruption: Disruption, on network: SupplyNetwork) {
    guard disruption.concernsTechnology else { return }
    for key in network.sites.keys {
      let site = network.sites[key]
      guard site.status != .closed else { continue }
      for need in site.technologies { add(key, site, need, disruption, network) }
    }
  }

  private mutating func add(
    _ key: Key<Site>, _ site: Site, _ need: TechnologyNeed, _ disruption: Disruption, _ network: SupplyNetwork
  ) {
    func note(_ list: WritableKeyPath<Self, [Key<Site>]>) {
      if self[keyPath: list].last != key { self[keyPath: list].append(key) }
    }
    let access = network.access(to: need, in: site.country, at: site.stage, under: disruption)
    let today = network.access(
      to: need, in: site.country, at: site.stage, under: disruption, onlyFrom: true)
    let isComing = site.status == .planned || site.status == .ramping
    switch (need.needed, access) {
    case (_, .unknown), (nil, .lost): note(\.unknown)
    case (nil, .available) where today != .available: note(\.unknown)
    case (.running, .lost) where site.isActive: note(\.stopped)
    case (.running, .available) where site.isActive && today == .lost: note(\.mustRequalify)
    case (.running, .available) where site.isActive && today == .unknown: note(\.unknown)
    case (.running, .available), (.starting, .available):
      if today == .lost, isComing { note(\.mustRequalify) }
    case (.running, .lost), (.starting, .lost):
      if isComing { note(\.prevented) }
    case (.expanding, .lost) where site.isActive: note(\.frozen)
    default: break
    }
  }
}
