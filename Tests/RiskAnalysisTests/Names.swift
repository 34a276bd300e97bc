import RiskAnalysis
import SupplyModel

extension Element {
  /// Level and id, as in `site mine-cn`.
  func label(in network: SupplyNetwork) -> String { "\(level.rawValue) \(id(in: network))" }
}

/// Every element that can fail in a network, one at a time.
func allElements(of network: SupplyNetwork) -> [Element] {
  let parents = Set(network.operators.keys.map { network.ultimateParent(of: $0) }).sorted()
  let countries = Set(network.sites.rows.compactMap(\.country)).sorted()
  return network.sites.keys.map { .site($0) } + network.operators.keys.map { .operatorOf($0) }
    + parents.map { .parent($0) } + countries.map { .country($0) }
    + network.technologies.keys.map { .technology($0) }
}

func country(_ code: String) throws -> Country {
  guard let country = Country(code: code) else { throw NetworkSketch.Dangling(id: code) }
  return country
}

/// What may befall a random network: nothing, one ban, two bans, a ban of one material, a ban of technology.
func disruptions(of network: SupplyNetwork) throws -> [Disruption] {
  let (china, japan) = (try country("CN"), try country("JP"))
  return [
    .none, .exportBan(china), .exportBan(japan),
    Disruption(exportBans: [.init(country: china), .init(country: japan)]),
    Disruption(exportBans: [.init(country: china, materials: [Key(0), Key(1)])]),
    Disruption(technologyBans: [.init(country: china)]),
  ]
}
