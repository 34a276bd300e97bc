public import FaultTrees
public import RiskAnalysis
public import SupplyModel

/// The minimal cut sets of one product at one level, with what people call the elements.
public struct CutSetResult: Sendable {
  /// Something that may fail.
  public struct Part: Sendable, Hashable {
    public let level: String
    public let id: String
    public let name: String
  }

  /// The id of the product; for a fault tree that of its top gate.
  public let product: String
  public let name: String

  /// `event` for a fault tree; else the level of the elements, or several joined by `+`.
  public let level: String

  public let analysis: CutSetAnalysis

  /// For each basic event of the tree, what fails.
  public let parts: [Part]

  /// The result for a gate of a model that was read from files.
  public init(of analysis: CutSetAnalysis, topGate: FaultTree.Gate) {
    product = topGate.id ?? analysis.tree.name
    name = topGate.name ?? product
    level = "event"
    self.analysis = analysis
    parts = analysis.tree.basicEvents.map { Part(level: "event", id: $0.id, name: $0.name ?? $0.id) }
  }

  /// The result for a product of a network.
  public init(
    of analysis: CutSetAnalysis, _ failure: ProductFailure, at levels: Set<Element.Level>,
    in network: SupplyNetwork
  ) {
    product = network.demand[failure.demand].id
    name = network.demand[failure.demand].name
    level = levels.sorted().map(\.rawValue).joined(separator: "+")
    self.analysis = analysis
    parts = failure.elements.map {
      Part(level: $0.level.rawValue, id: $0.id(in: network), name: $0.name(in: network))
    }
  }

  /// Whether the top event happens even if nothing fails: the product cannot be had in the first place.
  public var isCertain: Bool { analysis.sets.countsByOrder == [1] && analysis.sets.count == 1 }

  /// A set that is listed.
  struct Listed {
    var parts: [Part]

    /// Nil where one of its elements has none.
    var probability: Double?
  }

  /// The worst sets first: the most probable, or where probabilities are missing, those of fewest elements.
  func listed(_ limit: Int) -> [Listed] {
    let probabilities = analysis.tree.basicEvents.map(\.probability)
    if analysis.probability != nil {
      return analysis.sets.mostProbableSets(limit: limit).map { set in
        Listed(parts: set.events.map { parts[$0] }, probability: set.probability)
      }
    }
    return analysis.sets.sets(limit: limit).map { set in
      Listed(
        parts: set.map { parts[$0] },
        probability: set.reduce(1) { product, event in
          product.flatMap { p in probabilities[event].map { p * $0 } }
        }
      )
    }
  }
}
