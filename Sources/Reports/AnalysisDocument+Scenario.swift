import RiskAnalysis
import SupplyModel

/// What a document says of a scenario.
extension AnalysisDocument {
  /// A control of the scenario.
  public struct Control: Sendable, Hashable, Encodable {
    public let id: String
    public let name: String

    /// `export-ban`, `export-quota`, `export-licence`, `import-ban`, `technology-ban`, `technology-licence`, `entity-ban`
    /// or `transit-closure`.
    public let kind: String
    public let issuers: [String]

    /// The countries on the other side; nil for all.
    public let targets: [String]?

    /// `in force`, `not announced`, `announced`, `suspended`, `ended` or `unknown`.
    public let status: String

    /// Days, months or years, as the file writes them; nil where it gives none.
    public let announced: String?
    public let effective: String?
    public let suspended: [Suspension]
    public let ended: String?

    /// The last day for which its status is known.
    public let knownUntil: String?

    /// The source of the control; nil if none is named.
    public let source: String?

    /// `read`, `recalled` or `estimated`.
    public let confidence: String?
    public let note: String?

    /// A time in which it does not hold.
    public struct Suspension: Sendable, Hashable, Encodable {
      public let from: String

      /// The last day of it; nil if it has no end.
      public let to: String?
    }

    static func all(of outcome: ScenarioOutcome, in network: SupplyNetwork) -> [Control] {
      let scenario = outcome.inForce.scenario
      return zip(scenario.controls.rows, outcome.inForce.statusOfControl).map { control, status in
        Control(
          id: control.id, name: control.name, kind: control.kind.rawValue,
          issuers: control.issuers.map(\.code), targets: control.targets?.map(\.code),
          status: status.rawValue, announced: control.dates.announced?.description,
          effective: control.dates.effective?.description,
          suspended: control.dates.suspensions.map {
            Suspension(from: $0.from.description, to: $0.to?.description)
          },
          ended: control.dates.ended?.description, knownUntil: control.dates.knownUntil?.description,
          source: control.source.map { scenario.sources[$0].id }, confidence: control.confidence?.rawValue,
          note: control.note)
      }
    }
  }

  /// Something that the scenario puts out of action.
  public struct Outage: Sendable, Hashable, Encodable {
    /// `site`, `country` or `operator`.
    public let level: String
    public let id: String

    /// As for a control.
    public let status: String

    static func all(of outcome: ScenarioOutcome, in network: SupplyNetwork) -> [Outage] {
      zip(outcome.inForce.scenario.outages, outcome.inForce.statusOfOutage).map { outage, status in
        let element = Element(outage.subject)
        return Outage(level: element.level.rawValue, id: element.id(in: network), status: status.rawValue)
      }
    }
  }

  /// What the other side does.
  public struct Response: Sendable, Hashable, Encodable {
    /// As in the file, such as `open-site`.
    public let kind: String

    /// As for a control; only one that is in force counts.
    public let status: String

    static func all(of outcome: ScenarioOutcome) -> [Response] {
      zip(outcome.inForce.scenario.responses, outcome.inForce.statusOfResponse).map {
        Response(kind: $0.measure.kind, status: $1.rawValue)
      }
    }
  }

  /// What the scenario costs a product.
  public struct ScenarioLoss: Sendable, Hashable, Encodable {
    public let product: String

    /// The best estimate; nil if it depends on whether or how far something holds that is not known.
    public let rigid: Double?

    /// The estimates if what is uncertain does not hold, and if it holds in full.
    public let rigidIfNot: Double
    public let rigidIfHolds: Double
    public let low: Double
    public let high: Double

    /// What is lost if everybody reallocates as well as can be, told like the rigid loss; nil also if there is no answer.
    public let flexible: Double?
    public let flexibleIfNot: Double?
    public let flexibleIfHolds: Double?
    public let flexibleLow: Double?
    public let flexibleHigh: Double?

    /// The estimate if nobody responded; nil where `rigid` is.
    public let withoutResponses: Double?

    /// The causes, in the order in which they took effect.
    public let dueTo: [Cause]

    static func all(
      of outcome: ScenarioOutcome, _ flexible: FlexibleLoss?, in network: SupplyNetwork
    ) -> [ScenarioLoss] {
      network.demand.keys.compactMap { key in
        guard let loss = outcome.loss[key.position] else { return nil }
        let range = flexible?.ranges[key.position]
        let before = outcome.lossWithoutResponses[key.position]
        return ScenarioLoss(
          product: network.demand[key].id, rigid: loss.isUndecided ? nil : loss.rigid, rigidIfNot: loss.rigid,
          rigidIfHolds: loss.rigidIfUncertainHolds, low: loss.low, high: loss.high,
          flexible: range.flatMap { $0.isUndecided ? nil : $0.expected }, flexibleIfNot: range?.expected,
          flexibleIfHolds: range?.ifUncertainHolds, flexibleLow: range?.low, flexibleHigh: range?.high,
          withoutResponses: before.flatMap { $0.isUndecided ? nil : $0.rigid },
          dueTo: outcome.dueTo[key.position].map { Cause($0, in: outcome, network) })
      }
    }
  }

  /// A control or an outage, and what of a loss is due to it.
  public struct Cause: Sendable, Hashable, Encodable {
    /// `control` or `outage`.
    public let kind: String
    public let id: String

    /// What the loss grew by when it joined those before it; these add up to the loss without responses.
    public let added: Double

    /// The same if all that is uncertain holds.
    public let addedIfHolds: Double

    /// The loss under it alone.
    public let alone: Double

    init(
      _ contribution: ScenarioOutcome.Contribution, in outcome: ScenarioOutcome, _ network: SupplyNetwork
    ) {
      (kind, id) = outcome.inForce.scenario.label(of: contribution.cause, in: network)
      added = contribution.added
      addedIfHolds = contribution.addedIfUncertainHolds
      alone = contribution.alone
    }
  }

  /// What the scenario costs a site.
  public struct SiteLoss: Sendable, Hashable, Encodable {
    public let site: String

    /// As for a product.
    public let rigid: Double?
    public let low: Double
    public let high: Double
    public let stops: Bool

    /// The id of what costs it most; nil if nothing certain or uncertain does.
    public let mainCause: String?

    static func all(of outcome: ScenarioOutcome, in network: SupplyNetwork) -> [SiteLoss] {
      outcome.sites.map { row in
        SiteLoss(
          site: network.sites[row.site].id, rigid: row.loss.isUndecided ? nil : row.loss.rigid,
          low: row.loss.low, high: row.loss.high, stops: row.stops,
          mainCause: row.mainCause.map { outcome.inForce.scenario.label(of: $0, in: network).id })
      }
    }
  }

  /// What bans of technology do to sites; as in `technologyBans`.
  public struct TechnologyEffects: Sendable, Hashable, Encodable {
    public let stoppedSites: [String]
    public let mustRequalify: [String]
    public let preventedSites: [String]
    public let frozenSites: [String]
    public let unknownSites: [String]

    init(of effects: RiskAnalysis.TechnologyEffects?, in network: SupplyNetwork) {
      stoppedSites = network.ids(of: effects?.stopped ?? [])
      mustRequalify = network.ids(of: effects?.mustRequalify ?? [])
      preventedSites = network.ids(of: effects?.prevented ?? [])
      frozenSites = network.ids(of: effects?.frozen ?? [])
      unknownSites = network.ids(of: effects?.unknown ?? [])
    }
  }
}

extension Element {
  init(_ subject: Scenario.Outage.Subject) {
    self =
      switch subject {
      case .site(let key): .site(key)
      case .country(let country): .country(country)
      case .operator(let key): .operatorOf(key)
      }
  }
}

extension Scenario {
  /// What a cause is, and its id.
  func label(of cause: ScenarioInForce.Cause, in network: SupplyNetwork) -> (kind: String, id: String) {
    switch cause {
    case .control(let key): ("control", controls[key].id)
    case .outage(let position): ("outage", Element(outages[position].subject).id(in: network))
    }
  }

  /// The name that people know a cause by.
  func name(of cause: ScenarioInForce.Cause, in network: SupplyNetwork) -> String {
    switch cause {
    case .control(let key): controls[key].name
    case .outage(let position): "outage of \(Element(outages[position].subject).name(in: network))"
    }
  }
}

extension Scenario.Response.Measure {
  /// The word for it in a scenario file.
  var kind: String {
    switch self {
    case .openSite: "open-site"
    case .delaySite: "delay-site"
    case .allowSubstitute: "allow-substitute"
    case .releaseStock: "release-stock"
    case .addFlow: "add-flow"
    case .raiseYield: "raise-yield"
    case .raiseRecycling: "raise-recycling"
    case .lowerDemand: "lower-demand"
    }
  }
}
