import RiskAnalysis
import SupplyModel

/// Who supplies whom: sites to the sites and the products that need what they make, markets taken apart into their makers.
struct SupplyLinks: Sendable {
  struct Pair: Sendable, Hashable {
    let seller: Key<Site>
    let buyer: Flow.Destination

    /// What the buyer needs; nil where no material is named.
    let material: Key<Material>?
  }

  struct Link: Sendable, Hashable {
    let pair: Pair

    /// The part of the buyer's need for the material that comes this way in the baseline, from 0 to 1.
    var share: Double

    /// The part of the need that comes this way and that is stopped on the way.
    var stopped: Double
  }

  /// By buyer, first sites and then products, in the network's order; each buyer's from the largest share down.
  let links: [Link]

  /// The most suppliers of one need that are kept.
  static let mostSuppliers = 24

  /// - Parameters:
  ///   - graph: whose baseline shares are told.
  ///   - state: how far each lane is open.
  /// - Complexity: O(lanes × ``mostSuppliers``).
  init(of graph: ProductionGraph, in state: GraphState) {
    struct Part {
      var whole = 0.0
      var stopped = 0.0
    }
    var behind = [[Key<Site>: Part]](repeating: [:], count: graph.nodes.count)
    func supply(into node: Int) -> [Key<Site>: Part] {
      var result: [Key<Site>: Part] = [:]
      for lane in graph.lanes(into: node) where graph.baseline.share[lane] > 0 {
        let share = graph.baseline.share[lane]
        let closed = 1 - state.open[lane]
        let source = graph.lanes[lane].source
        if case .operation(let operation) = graph.nodes[source] {
          let site = graph.operations[operation].site
          result[site, default: Part()].whole += share
          result[site, default: Part()].stopped += share * closed
        } else {
          for (site, part) in behind[source] {
            result[site, default: Part()].whole += share * part.whole
            result[site, default: Part()].stopped +=
              share * (part.whole - (1 - closed) * (part.whole - part.stopped))
          }
        }
      }
      guard result.count > Self.mostSuppliers else { return result }
      let kept = result.sorted { ($1.value.whole, $0.key) < ($0.value.whole, $1.key) }
      return Dictionary(uniqueKeysWithValues: kept.prefix(Self.mostSuppliers).map { ($0.key, $0.value) })
    }
    for node in graph.nodes.indices {
      if case .offer = graph.nodes[node] { behind[node] = supply(into: node) }
    }
    for node in graph.nodes.indices {
      if case .market = graph.nodes[node] { behind[node] = supply(into: node) }
    }

    var sums: [Pair: Part] = [:]
    var needs: [Need: Int] = [:]
    for node in graph.nodes.indices {
      let need: Need
      switch graph.nodes[node] {
      case .slot(let operation, let slot):
        let activity = graph.operations[operation]
        let material =
          activity.process.map { graph.network.processes[$0].slots[slot].choices[0].material }
          ?? activity.passesOn
        need = Need(buyer: .site(activity.site), material: material)
      case .demand(let demand):
        need = Need(buyer: .demand(demand), material: graph.network.demand[demand].material)
      case .operation, .offer, .market: continue
      }
      let parts = supply(into: node)
      if !parts.isEmpty { needs[need, default: 0] += 1 }
      for (site, part) in parts {
        let pair = Pair(seller: site, buyer: need.buyer, material: need.material)
        sums[pair, default: Part()].whole += part.whole
        sums[pair, default: Part()].stopped += part.stopped
      }
    }
    links = sums.compactMap { pair, part in
      // A site that needs the same for several processes counts with all of them alike.
      let count = Double(needs[Need(buyer: pair.buyer, material: pair.material)] ?? 1)
      guard part.whole > 1e-9 else { return nil }
      return Link(pair: pair, share: part.whole / count, stopped: part.stopped / count)
    }
    .sorted { one, other in
      let (a, b) = (one.pair, other.pair)
      return (Self.order(a.buyer), a.material?.position ?? -1, other.share, a.seller)
        < (Self.order(b.buyer), b.material?.position ?? -1, one.share, b.seller)
    }
  }

  private struct Need: Hashable {
    var buyer: Flow.Destination
    var material: Key<Material>?
  }

  private static func order(_ buyer: Flow.Destination) -> Int {
    switch buyer {
    case .site(let key): key.position
    case .demand(let key): Int(UInt32.max) + key.position
    }
  }
}
