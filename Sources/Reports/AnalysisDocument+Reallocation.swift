import RiskAnalysis
import SupplyModel

/// What a document says of a scenario in which everybody reallocates.
extension AnalysisDocument {
  /// What stands behind `loss[].flexible`.
  public struct Reallocation: Sendable, Hashable, Encodable {
    /// Why there is no answer; nil if there is one.
    public let failure: String?

    /// The limits of which one unit more serves more, those first that are worth most.
    public let bottlenecks: [Bottleneck]

    /// Why no more can be served, priority by priority.
    public let proofs: [Proof]

    /// What sites do more or less of than in the baseline.
    public let activities: [Activity]

    /// What goes another way than in the baseline.
    public let rerouted: [Amount]

    /// What responses count on beyond what is recorded.
    public let assumed: [Limit]

    /// Figures that are not known and that the answer rests on.
    public let missing: [MissingFigure]

    /// Recorded figures that the balanced baseline does not keep.
    public let misfits: [Misfit]
  }

  /// Something that can hold supply down.
  public struct Limit: Sendable, Hashable, Encodable {
    /// `capacity`, `flow`, `control` or `stock`.
    public let kind: String

    /// The id of the site, the flow or the control; of a stock, that of the site or the product that it serves.
    public let id: String

    /// What the site runs; nil for all else, and for a site that passes something on.
    public let process: String?

    /// What is limited; nil for a capacity and where all materials are limited together.
    public let material: String?

    /// In `unit`.
    public let amount: Double
    public let unit: String
  }

  /// A limit of which more would serve more.
  public struct Bottleneck: Sendable, Hashable, Encodable {
    public let limit: Limit

    /// Whether it is recorded; if not, it is what the baseline takes.
    public let isKnown: Bool

    /// What one unit more adds to the served part of all demand.
    public let value: Double

    /// What one unit more serves of each product.
    public let gains: [Gain]
  }

  /// More, or less, of a product.
  public struct Gain: Sendable, Hashable, Encodable {
    public let product: String
    public let amount: Double
    public let unit: String
  }

  /// Why no more of a priority can be served.
  public struct Proof: Sendable, Hashable, Encodable {
    public let priority: Int
    public let served: Double
    public let terms: [Term]

    /// What the demands themselves add.
    public let fromDemands: Double
  }

  /// A limit in a proof.
  public struct Term: Sendable, Hashable, Encodable {
    public let limit: Limit
    public let price: Double
  }

  /// What an operation does.
  public struct Activity: Sendable, Hashable, Encodable {
    public let site: String

    /// Nil for a site that passes something on.
    public let process: String?
    public let baseline: Double
    public let activity: Double
    public let unit: String
  }

  /// An amount of a material.
  public struct Amount: Sendable, Hashable, Encodable {
    /// Nil where no material is named.
    public let material: String?
    public let amount: Double
    public let unit: String
  }

  /// A figure that nobody gave.
  public struct MissingFigure: Sendable, Hashable, Encodable {
    /// `capacity` or `demand`.
    public let kind: String

    /// The id of the site or the product.
    public let id: String

    /// What the site runs; nil for a product, and for a site that passes something on.
    public let process: String?
  }

  /// A recorded figure and the one that balances.
  public struct Misfit: Sendable, Hashable, Encodable {
    /// `operation` or `flow`.
    public let kind: String

    /// The id of the site or the flow.
    public let id: String

    /// Nil for a flow.
    public let process: String?
    public let recorded: Double
    public let fitted: Double
    public let unit: String
  }
}

extension AnalysisDocument.Reallocation {
  init(_ flexible: FlexibleLoss, in outcome: ScenarioOutcome) {
    let graph = outcome.graph
    let network = graph.network
    func amount(_ amount: Double, of demand: Key<Demand>) -> AnalysisDocument.Gain {
      .init(
        product: network.demand[demand].id, amount: amount,
        unit: network.materials[network.demand[demand].material].unit.rateText)
    }
    func limit(_ limit: AllocationLimit, _ amount: Double) -> AnalysisDocument.Limit {
      .init(limit, amount, in: outcome)
    }
    failure = flexible.failure.map { FlexibleWords.sentence(for: $0, in: network) }
    bottlenecks = flexible.bottlenecks.map { row in
      .init(
        limit: limit(row.limit, row.amount), isKnown: row.isKnown, value: row.value,
        gains: row.gains.map { amount($0.amount, of: $0.demand) })
    }
    proofs = (flexible.allocation?.proofs ?? []).map { proof in
      .init(
        priority: proof.priority, served: proof.served,
        terms: proof.terms.map { .init(limit: limit($0.limit, $0.amount), price: $0.price) },
        fromDemands: proof.fromDemands)
    }
    activities = flexible.changedOperations.map { operation in
      .init(
        site: network.sites[graph.operations[operation].site].id,
        process: graph.operations[operation].process.map { network.processes[$0].id },
        baseline: flexible.fit.throughput[operation],
        activity: flexible.allocation?.activity[operation] ?? 0, unit: graph.unit(ofOperation: operation))
    }
    rerouted = flexible.rerouted(in: graph).map { row in
      .init(
        material: row.material.map { network.materials[$0].id }, amount: row.amount,
        unit: row.material.map { network.materials[$0].unit.rateText } ?? "")
    }
    assumed = (flexible.allocation?.assumed ?? []).map { limit($0.limit, $0.amount) }
    missing = flexible.missing.map { figure in
      switch figure {
      case .capacity(let operation):
        .init(
          kind: "capacity", id: network.sites[graph.operations[operation].site].id,
          process: graph.operations[operation].process.map { network.processes[$0].id })
      case .demand(let demand): .init(kind: "demand", id: network.demand[demand].id, process: nil)
      }
    }
    misfits = flexible.fit.misfits.map { row in
      switch row.subject {
      case .operation(let operation):
        .init(
          kind: "operation", id: network.sites[graph.operations[operation].site].id,
          process: graph.operations[operation].process.map { network.processes[$0].id },
          recorded: row.recorded, fitted: row.fitted, unit: graph.unit(ofOperation: operation))
      case .flow(let flow):
        .init(
          kind: "flow", id: network.flows[flow].id, process: nil, recorded: row.recorded, fitted: row.fitted,
          unit: network.flows[flow].volume?.unit.baseText ?? "")
      }
    }
  }
}

extension AnalysisDocument.Limit {
  fileprivate init(_ limit: AllocationLimit, _ amount: Double, in outcome: ScenarioOutcome) {
    let graph = outcome.graph
    let network = graph.network
    self.amount = amount
    switch limit {
    case .capacity(let operation):
      let row = graph.operations[operation]
      (kind, id, process) = (
        "capacity", network.sites[row.site].id, row.process.map { network.processes[$0].id }
      )
      material = nil
      unit = graph.unit(ofOperation: operation)
    case .flow(let flow):
      let row = network.flows[flow]
      (kind, id, process) = ("flow", row.id, nil)
      material = row.material.map { network.materials[$0].id }
      unit = row.material.map { network.materials[$0].unit.rateText } ?? row.capacity?.unit.baseText ?? ""
    case .control(let position, let key):
      let cause = outcome.inForce.cause(ofTradeControl: position)
      (kind, process) = ("control", nil)
      id = cause.map { outcome.inForce.scenario.label(of: $0, in: network).id } ?? ""
      material = key.map { network.materials[$0].id }
      unit = key.map { network.materials[$0].unit.rateText } ?? ""
    case .atHand(let node):
      (kind, process) = ("stock", nil)
      switch graph.nodes[node] {
      case .slot(let operation, _):
        id = network.sites[graph.operations[operation].site].id
        material = nil
        unit = graph.unit(ofOperation: operation)
      case .demand(let demand):
        id = network.demand[demand].id
        material = network.materials[network.demand[demand].material].id
        unit = network.materials[network.demand[demand].material].unit.rateText
      case .operation, .offer, .market: (id, material, unit) = ("", nil, "")
      }
    }
  }
}

extension ProductionGraph {
  /// The unit of what an operation does in a year; empty where it passes on anything.
  func unit(ofOperation operation: Int) -> String {
    let row = operations[operation]
    if let process = row.process { return network.processes[process].activity.rateText }
    return row.passesOn.map { network.materials[$0].unit.rateText } ?? ""
  }
}

/// What reports say of flexible loss in words.
enum FlexibleWords {
  static func sentence(for failure: FlexibleLoss.Failure, in network: SupplyNetwork) -> String {
    switch failure {
    case .impossibleLoop(let sites):
      "by their recipes and recorded shares these sites take more of what they make together than they make: "
        + list(sites.map { network.sites[$0].name }, atMost: 6)
    case .tooLarge: "the network is too large for the linear program"
    case .contradiction(let names):
      "what is recorded contradicts itself: \(list(names, atMost: 6))"
    case .notSolved: "the linear program could not be solved"
    }
  }
}
