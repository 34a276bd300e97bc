import RiskAnalysis
import SupplyModel

extension Element {
  /// Level and id, as in `site mine-cn`.
  func label(in network: SupplyNetwork) -> String { "\(level.rawValue) \(id(in: network))" }
}

/// Every element that can fail in a network, one at a time; lanes apart.
func allElements(of network: SupplyNetwork) -> [Element] {
  let parents = Set(network.operators.keys.map { network.ultimateParent(of: $0) }).sorted()
  let countries = Set(network.sites.rows.compactMap(\.country)).sorted()
  return network.sites.keys.map { .site($0) } + network.operators.keys.map { .operatorOf($0) }
    + parents.map { .parent($0) } + countries.map { .country($0) }
    + network.technologies.keys.map { .technology($0) } + countries.map { .exports($0) }
    + countries.flatMap { country in network.materials.keys.map { .material($0, of: country) } }
    + Set(network.flows.rows.flatMap(\.waypoints)).sorted().map { .waypoint($0) }
}

func country(_ code: String) throws -> Country {
  guard let country = Country(code: code) else { throw NetworkSketch.Dangling(id: code) }
  return country
}

/// What may befall a random network: nothing, bans of all and of some, of technology, and every other kind of control.
func disruptions(of network: SupplyNetwork) throws -> [Disruption] {
  let (china, japan, germany) = (try country("CN"), try country("JP"), try country("DE"))
  return [
    .none, .exportBan(china), .exportBan(japan),
    Disruption(tradeControls: [.init(banOnExportsOf: china), .init(banOnExportsOf: japan)]),
    Disruption(tradeControls: [.init(banOnExportsOf: china, of: [Key(0), Key(1)])]),
    Disruption(technologyBans: [.init(country: china)]),
    Disruption(tradeControls: [
      .init(issuers: [china], partners: [germany, japan], stages: [Key(1)]),
      .init(issuers: [germany], direction: .imports, partners: [china]),
    ]),
    Disruption(tradeControls: [
      .init(issuers: [china, japan], direction: .both, entities: [Key(0)]),
      .init(issuers: [germany], passing: .share(least: 0.25, expected: 0.25, most: 0.25)),
    ]),
    Disruption(tradeControls: [
      .init(issuers: [], direction: .anywhere, waypoints: ["strait"]),
      .init(
        issuers: [china], direction: .abroad,
        madeWith: .init(technologies: [Key(0)], from: [china])),
    ]),
  ]
}
