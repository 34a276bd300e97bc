public import SupplyModel

/// Why an element is a single point of failure of a demand.
///
/// Read from the demand up: each step is a site that sends what the one before needs and nothing can replace, as long as
/// the element has failed. The last need is the one that only the element fills.
public struct Witness: Sendable, Hashable {
  /// A site on the way, and what it sends.
  public struct Step: Sendable, Hashable {
    public let site: Key<Site>

    /// Nil where no material is named.
    public let sends: Key<Material>?
  }

  public let element: Element
  public let demand: Key<Demand>

  /// From the demand up to what fails; each site sends to the one before, the first one to the demand.
  public let steps: [Step]

  /// Who has the need that nothing else fills.
  public let buyer: Flow.Destination

  /// What could fill that need, the material that it is meant for first; empty where no material is named.
  public let materials: [Key<Material>]

  /// How many operations could sell it before the element failed.
  public let sellers: Int

  /// How many sites these are.
  public let makers: Int

  /// Whether all of them fail with the element; else some are cut off from what they need.
  public let areAllHit: Bool

  /// Whether a need on the way has further sellers, which stop too; each has such a witness of its own.
  public let haveOthersStopped: Bool
}

extension Witness {
  /// The reason in one sentence, with the product that stops.
  public func sentence(in network: SupplyNetwork) -> String {
    "\(network.demand[demand].name) stops: \(reason(in: network))"
  }

  /// The reason, and the way from there to the product.
  public func reason(in network: SupplyNetwork) -> String {
    let need = materials.map { network.materials[$0].name }.joined(separator: " or ")
    let what = need.isEmpty ? "what \(network.name(of: buyer)) needs" : need
    let whom = need.isEmpty ? "" : " for \(network.name(of: buyer))"
    let name = element.name(in: network)
    let reason: String
    switch element {
    case .site where makers == 1 && areAllHit: reason = "\(what)\(whom) comes from \(name) alone"
    case .site: reason = "every way to \(what)\(whom) leads through \(name)"
    case .lane: reason = "\(what)\(whom) comes along one lane, from \(seller(in: network))"
    case .operatorOf where areAllHit, .parent where areAllHit:
      reason = "\(makers(of: what))\(whom) \(makers == 1 ? "belongs" : "belong") to \(name)"
    case .country where areAllHit: reason = "\(makers(of: what))\(whom) \(isOrAre) in \(name)"
    case .technology where areAllHit:
      reason = "\(makers(of: what))\(whom) \(makers == 1 ? "needs" : "need") \(name) to run"
    case .operatorOf, .parent, .country, .technology:
      reason = "every way to \(what)\(whom) leads through \(name)"
    case .exports where !areAllHit, .material where !areAllHit, .waypoint where !areAllHit:
      reason = "no way to \(what)\(whom) does without \(name)"
    case .exports(let country): reason = "all \(what)\(whom) crosses the border of \(country.name)"
    case .material(_, let country): reason = "all \(what)\(whom) comes from \(country.name)"
    case .waypoint: reason = "all \(what)\(whom) passes \(name)"
    }
    let through = steps.dropLast().map { network.sites[$0.site].name }
    if buyer == .demand(demand) || through.isEmpty { return reason }
    return reason + "; then \(through.reversed().joined(separator: " → ")) → \(network.demand[demand].name)"
      + (haveOthersStopped ? "; all others on the way stop too" : "")
  }

  private var isOrAre: String { makers == 1 ? "is" : "are" }

  private func makers(of what: String) -> String {
    switch makers {
    case 1: "the only maker of \(what)"
    case 2: "both makers of \(what)"
    default: "all \(makers) makers of \(what)"
    }
  }

  private func seller(in network: SupplyNetwork) -> String {
    if case .lane(let lane) = element { network.sites[lane.seller].name } else { "" }
  }
}
