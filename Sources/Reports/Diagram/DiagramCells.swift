import RiskAnalysis
import SupplyModel

/// A box of the diagram: one site, or several that were drawn together.
struct DiagramCell: Sendable, Hashable {
  enum Content: Sendable, Hashable {
    case sites([Key<Site>])

    /// One product, or several that want the same material in the same place.
    case demand([Key<Demand>])
  }

  var content: Content

  /// The stage, or the number of stages for a demand.
  var column: Int

  /// What to call the box.
  var name: String

  /// The country code, the name of a bloc, or nil for several countries and for none.
  var badge: String?

  /// The part of the stage that the box makes, from 0 to 1; nil if it is not known of any of its sites.
  var share: Double?

  var sites: [Key<Site>] {
    if case .sites(let sites) = content { sites } else { [] }
  }

  var demands: [Key<Demand>] {
    if case .demand(let demands) = content { demands } else { [] }
  }

  var isCollapsed: Bool { sites.count > 1 || demands.count > 1 }
}

/// The boxes of a network's diagram.
struct DiagramCells: Sendable {
  /// By column, each column from the largest share down; unknown shares last.
  var cells: [DiagramCell]

  /// For each site, the cell that it is drawn in; nil for sites that are not drawn.
  var cellOfSite: [Int?]

  /// For each demand, its cell.
  var cellOfDemand: [Int]

  /// How many active sites stand in boxes of several.
  var collapsedSites: Int

  /// The most boxes of one stage.
  static let mostPerStage = 11

  /// Chooses the boxes of a network.
  ///
  /// Only active sites with a stage are drawn. A stage of more than ``mostPerStage`` sites keeps its largest ones, those in
  /// `always` first, and draws the others together: one box a country, and one for the countries that are left.
  init(of network: SupplyNetwork, shares: StageShares, always: Set<Key<Site>>) {
    cells = []
    cellOfSite = Array(repeating: nil, count: network.sites.count)
    cellOfDemand = []
    collapsedSites = 0
    var sitesOfStage = [[Key<Site>]](repeating: [], count: network.stages.count)
    for site in network.sites.keys where network.sites[site].isActive {
      if let stage = network.sites[site].stage { sitesOfStage[stage.position].append(site) }
    }
    for (column, sites) in sitesOfStage.enumerated() {
      let found = Self.cells(of: sites, column: column, network: network, shares: shares, always: always)
      for cell in found {
        for site in cell.sites { cellOfSite[site.position] = cells.count }
        if cell.sites.count > 1 { collapsedSites += cell.sites.count }
        cells.append(cell)
      }
    }
    addDemand(of: network)
  }

  /// The most boxes of products.
  static let mostProducts = 14

  /// The most boxes of products drawn together; the last holds what is left.
  static let mostGroups = 24

  /// Adds a box for each product; too many are drawn together by place and material.
  private mutating func addDemand(of network: SupplyNetwork) {
    struct Kind: Hashable {
      var place: String
      var material: Key<Material>
    }
    var kinds: [Kind] = []
    var members: [Kind: [Key<Demand>]] = [:]
    for demand in network.demand.keys {
      let row = network.demand[demand]
      let kind = Kind(place: row.place.id, material: row.material)
      if members[kind] == nil { kinds.append(kind) }
      members[kind, default: []].append(demand)
    }
    let isGrouped = network.demand.count > Self.mostProducts
    var groups = isGrouped ? kinds.map { members[$0] ?? [] } : network.demand.keys.map { [$0] }
    if groups.count > Self.mostGroups {
      groups =
        Array(groups.prefix(Self.mostGroups - 1)) + [groups.dropFirst(Self.mostGroups - 1).flatMap { $0 }]
    }
    cellOfDemand = Array(repeating: 0, count: network.demand.count)
    for group in groups {
      let rows = group.map { network.demand[$0] }
      for demand in group { cellOfDemand[demand.position] = cells.count }
      let uses = rows.map { $0.use ?? $0.name }
      cells.append(
        DiagramCell(
          content: .demand(group), column: network.stages.count,
          name: rows.count == 1
            ? rows[0].name : "\(rows.count) products: \(Self.distinct(uses).joined(separator: ", "))",
          badge: rows[0].place == .anywhere ? nil : rows[0].place.id, share: nil))
    }
  }

  private static func distinct(_ texts: [String]) -> [String] {
    texts.enumerated().filter { !texts[..<$0.offset].contains($0.element) }.map(\.element)
  }

  private static func cells(
    of sites: [Key<Site>], column: Int, network: SupplyNetwork, shares: StageShares, always: Set<Key<Site>>
  ) -> [DiagramCell] {
    func share(_ site: Key<Site>) -> Double { shares.ofSite[site.position] ?? -1 }
    let ranked = sites.sorted {
      (always.contains($0) ? 1 : 0, share($0), $1) > (always.contains($1) ? 1 : 0, share($1), $0)
    }
    func cell(_ members: [Key<Site>], _ name: String, _ badge: String?) -> DiagramCell {
      let known = members.compactMap { shares.ofSite[$0.position] }
      return DiagramCell(
        content: .sites(members), column: column, name: name, badge: badge,
        share: known.isEmpty ? nil : known.reduce(0, +))
    }
    func single(_ site: Key<Site>) -> DiagramCell {
      cell([site], network.sites[site].name, network.sites[site].country?.code)
    }
    guard sites.count > mostPerStage else { return sorted(ranked.map(single)) }

    // Sites of their own take about half of the room, so that the countries behind them stay visible.
    let kept = max(mostPerStage / 2, min(mostPerStage - 2, ranked.count { always.contains($0) }))
    var result = ranked.prefix(kept).map(single)
    var countries: [Country?] = []
    var members: [Country?: [Key<Site>]] = [:]
    for site in ranked.dropFirst(kept) {
      let country = network.sites[site].country
      if members[country] == nil { countries.append(country) }
      members[country, default: []].append(site)
    }
    let room = mostPerStage - kept
    let drawn = countries.count > room ? Array(countries.prefix(room - 1)) : countries
    for country in drawn {
      let group = members[country] ?? []
      if group.count == 1 {
        result.append(single(group[0]))
      } else {
        let rest = country == nil ? "country not known" : "\(group.count) more sites"
        result.append(cell(group, rest, country?.code))
      }
    }
    let left = countries.dropFirst(drawn.count)
    if !left.isEmpty {
      let group = left.flatMap { members[$0] ?? [] }
      result.append(cell(group, "\(group.count) sites in \(left.count) countries", nil))
    }
    return sorted(result)
  }

  private static func sorted(_ cells: [DiagramCell]) -> [DiagramCell] {
    cells.enumerated().sorted { ($0.element.share ?? -1, $1.offset) > ($1.element.share ?? -1, $0.offset) }
      .map(\.element)
  }
}
