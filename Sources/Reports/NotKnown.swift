import RiskAnalysis
import SupplyModel

/// What a network does not record and an analysis would need.
struct NotKnown {
  /// A need whose split among its suppliers is not recorded, so that a loss is a range.
  enum Buyer: Hashable {
    case site(Key<Site>, Key<Material>?)
    case demand(Key<Demand>)
  }

  /// Sites first, then demands; each in the network's order.
  let buyersWithoutSplit: [Buyer]

  /// Active sites that run a process of which neither output nor capacity is known.
  let sitesOfUnknownSize: [Key<Site>]

  /// Active sites whose country is not known: no ban is ever laid on what they make.
  let sitesWithoutCountry: [Key<Site>]

  /// Needs of sites that are not closed, for which it is not known what the technology is needed for.
  let needsOfUnknownPurpose: [(site: Key<Site>, technology: Key<Technology>)]

  /// Technologies for which it is not known who could supply them.
  let technologiesOfUnknownSuppliers: [Key<Technology>]

  init(of graph: ProductionGraph) {
    let network = graph.network
    var buyers: [Buyer] = []
    for node in graph.nodes.indices
    where graph.lanes(into: node).contains(where: { !graph.baseline.isKnown[$0] }) {
      switch graph.nodes[node] {
      case .slot(let operation, let slot):
        let activity = graph.operations[operation]
        guard network.sites[activity.site].isActive else { continue }
        let material =
          activity.process.map { network.processes[$0].slots[slot].choices[0].material } ?? activity.passesOn
        buyers.append(.site(activity.site, material))
      case .demand(let demand): buyers.append(.demand(demand))
      default: break
      }
    }
    buyersWithoutSplit = buyers
    sitesOfUnknownSize = network.sitesOfUnknownSize
    sitesWithoutCountry = network.sites.keys.filter {
      network.sites[$0].isActive && network.sites[$0].country == nil
    }
    needsOfUnknownPurpose = network.sites.keys.filter { network.sites[$0].status != .closed }
      .flatMap { site in
        network.sites[site].technologies.filter { $0.needed == nil }.map { (site, $0.technology) }
      }
    technologiesOfUnknownSuppliers = network.technologies.keys.filter {
      network.technologies[$0].suppliers == nil
    }
  }
}

extension SupplyNetwork {
  fileprivate var sitesOfUnknownSize: [Key<Site>] {
    var isUnknown = [Bool](repeating: false, count: sites.count)
    for operation in operations where baselineActivity(of: operation) == nil {
      isUnknown[operation.site.position] = true
    }
    return sites.keys.filter { isUnknown[$0.position] && sites[$0].isActive }
  }
}
