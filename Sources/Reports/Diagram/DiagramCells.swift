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

  /// For each demand, its cell; nil for those that are not drawn.
  var cellOfDemand: [Int?]

  /// How many active sites stand in boxes of several.
  var collapsedSites: Int

  /// How the sites of a stage are drawn together.
  struct Grouping {
    /// Nil for the largest alone, the others by country.
    var collapse: NetworkDiagram.Collapse?

    /// The most boxes of a stage, from 1.
    var mostPerStage: Int

    /// Sites that get a box of their own before larger ones do.
    var always: Set<Key<Site>> = []
  }

  /// Chooses the boxes of a part of a network.
  ///
  /// Only active sites with a stage are drawn. A stage of more sites than boxes keeps its largest ones, those in
  /// `always` first, and draws the others together: one box a country, and one for the countries that are left.
  init(
    of network: SupplyNetwork, shares: StageShares, scope: NetworkDiagram.Scope = .init(),
    grouping: Grouping
  ) {
    cells = []
    cellOfSite = Array(repeating: nil, count: network.sites.count)
    cellOfDemand = []
    collapsedSites = 0
    var sitesOfStage = [[Key<Site>]](repeating: [], count: network.stages.count)
    for site in network.sites.keys where network.sites[site].isActive {
      guard scope.sites?.contains(site) ?? true else { continue }
      if let stage = network.sites[site].stage { sitesOfStage[stage.position].append(site) }
    }
    let builder = CellBuilder(network: network, shares: shares, grouping: grouping)
    for (column, sites) in sitesOfStage.enumerated() {
      for cell in builder.cells(of: sites, column: column) {
        for site in cell.sites { cellOfSite[site.position] = cells.count }
        if cell.sites.count > 1 { collapsedSites += cell.sites.count }
        cells.append(cell)
      }
    }
    addDemand(of: network, scope.products)
  }

  /// The most boxes of products.
  static let mostProducts = 14

  /// The most boxes of products drawn together; the last holds what is left.
  static let mostGroups = 24

  /// Adds a box for each product; too many are drawn together by place and material.
  private mutating func addDemand(of network: SupplyNetwork, _ drawn: Set<Key<Demand>>?) {
    struct Kind: Hashable {
      var place: String
      var material: Key<Material>
    }
    var kinds: [Kind] = []
    var members: [Kind: [Key<Demand>]] = [:]
    let demands = network.demand.keys.filter { drawn?.contains($0) ?? true }
    for demand in demands {
      let row = network.demand[demand]
      let kind = Kind(place: row.place.id, material: row.material)
      if members[kind] == nil { kinds.append(kind) }
      members[kind, default: []].append(demand)
    }
    let isGrouped = demands.count > Self.mostProducts
    var groups = isGrouped ? kinds.map { members[$0] ?? [] } : demands.map { [$0] }
    if groups.count > Self.mostGroups {
      groups =
        Array(groups.prefix(Self.mostGroups - 1)) + [groups.dropFirst(Self.mostGroups - 1).flatMap { $0 }]
    }
    cellOfDemand = Array(repeating: nil, count: network.demand.count)
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
}

/// Chooses the boxes of one stage after the other.
private struct CellBuilder {
  let network: SupplyNetwork
  let shares: StageShares
  let grouping: DiagramCells.Grouping

  func cells(of sites: [Key<Site>], column: Int) -> [DiagramCell] {
    switch grouping.collapse {
    case .stage?:
      guard sites.count > 1 else { return sites.map { single($0, column) } }
      return [cell(sites, counted(sites.count, "site"), badge(of: sites), column)]
    case .country?:
      return together(sites, column, others: "countries") {
        network.sites[$0].country?.code
      } name: { sites in
        network.sites[sites[0]].country?.name ?? "country not known"
      }
    case .parent?:
      return together(sites, column, others: "parents") {
        parent(of: $0).map { network.operators[$0].id }
      } name: {
        sites in
        parent(of: sites[0]).map { network.operators[$0].name } ?? "operator not known"
      }
    case nil: return largest(sites, column)
    }
  }

  private func parent(of site: Key<Site>) -> Key<Operator>? {
    network.sites[site].operatorKey.map { network.ultimateParent(of: $0) }
  }

  private func cell(
    _ members: [Key<Site>], _ name: String, _ badge: String?, _ column: Int
  ) -> DiagramCell {
    let known = members.compactMap { shares.ofSite[$0.position] }
    return DiagramCell(
      content: .sites(members), column: column, name: name, badge: badge,
      share: known.isEmpty ? nil : known.reduce(0, +))
  }

  private func single(_ site: Key<Site>, _ column: Int) -> DiagramCell {
    cell([site], network.sites[site].name, network.sites[site].country?.code, column)
  }

  /// The country that all sites share.
  private func badge(of sites: [Key<Site>]) -> String? {
    let first = sites.first.flatMap { network.sites[$0].country }
    return sites.allSatisfy { network.sites[$0].country == first } ? first?.code : nil
  }

  /// A box for each group of sites with the same id, the largest first; those beyond the room share the last.
  private func together(
    _ sites: [Key<Site>], _ column: Int, others: String, by id: (Key<Site>) -> String?,
    name: ([Key<Site>]) -> String
  ) -> [DiagramCell] {
    var ids: [String?] = []
    var members: [String?: [Key<Site>]] = [:]
    for site in sites {
      let own = id(site)
      if members[own] == nil { ids.append(own) }
      members[own, default: []].append(site)
    }
    let groups = sorted(
      ids.map { id in
        let group = members[id] ?? []
        return cell(group, name(group), badge(of: group), column)
      })
    guard groups.count > grouping.mostPerStage else { return groups }
    let rest = groups.dropFirst(grouping.mostPerStage - 1)
    let left = rest.flatMap(\.sites)
    return groups.prefix(grouping.mostPerStage - 1)
      + [cell(left, "\(left.count) sites of \(rest.count) \(others)", nil, column)]
  }

  private func largest(_ sites: [Key<Site>], _ column: Int) -> [DiagramCell] {
    let (most, always) = (grouping.mostPerStage, grouping.always)
    func share(_ site: Key<Site>) -> Double { shares.ofSite[site.position] ?? -1 }
    let ranked = sites.sorted {
      (always.contains($0) ? 1 : 0, share($0), $1) > (always.contains($1) ? 1 : 0, share($1), $0)
    }
    guard sites.count > most else { return sorted(ranked.map { single($0, column) }) }

    // Sites of their own take about half of the room, so that the countries behind them stay visible.
    let kept = min(most - 1, max(most / 2, min(most - 2, ranked.count { always.contains($0) })))
    var result = ranked.prefix(kept).map { single($0, column) }
    var countries: [Country?] = []
    var members: [Country?: [Key<Site>]] = [:]
    for site in ranked.dropFirst(kept) {
      let country = network.sites[site].country
      if members[country] == nil { countries.append(country) }
      members[country, default: []].append(site)
    }
    let room = most - kept
    let drawn = countries.count > room ? Array(countries.prefix(room - 1)) : countries
    for country in drawn {
      let group = members[country] ?? []
      if group.count == 1 {
        result.append(single(group[0], column))
      } else {
        let rest = country == nil ? "country not known" : "\(group.count) more sites"
        result.append(cell(group, rest, country?.code, column))
      }
    }
    let left = countries.dropFirst(drawn.count)
    if !left.isEmpty {
      let group = left.flatMap { members[$0] ?? [] }
      result.append(cell(group, "\(group.count) sites in \(left.count) countries", nil, column))
    }
    return sorted(result)
  }

  private func sorted(_ cells: [DiagramCell]) -> [DiagramCell] {
    cells.enumerated().sorted { ($0.element.share ?? -1, $1.offset) > ($1.element.share ?? -1, $0.offset) }
      .map(\.element)
  }
}
