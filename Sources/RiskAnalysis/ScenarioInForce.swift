public import SupplyModel

/// What of a scenario holds on a day, and what it does to a network.
public struct ScenarioInForce: Sendable {
  /// Something that takes away: a control or an outage, by its position in the scenario.
  public enum Cause: Sendable, Hashable {
    case control(Key<Control>)
    case outage(Int)
  }

  /// A cause that holds, or of which it is not known whether it does.
  public struct Part: Sendable {
    public let cause: Cause

    /// Whether it holds is not known.
    public let isUncertain: Bool
    public let disruption: Disruption
  }

  public let scenario: Scenario

  /// Nil for a scenario without dates.
  public let day: CalendarDate?

  /// For each control, outage and response of the scenario, in its order.
  public let statusOfControl: [Control.Status]
  public let statusOfOutage: [Control.Status]
  public let statusOfResponse: [Control.Status]

  /// What holds or may hold, in the order in which it took effect; without a date first, then as the scenario lists it.
  public let parts: [Part]

  /// The responses that hold; one of unknown status does not.
  public let responses: [Scenario.Response.Measure]

  /// The cause behind one of the trade controls of ``disruption``, by its position there; nil if there are fewer.
  public func cause(ofTradeControl position: Int) -> Cause? {
    var first = 0
    for part in parts {
      first += part.disruption.tradeControls.count
      if position < first { return part.cause }
    }
    return nil
  }

  /// All parts and responses together.
  public var disruption: Disruption {
    parts.reduce(Disruption(responses: responses)) { $0.adding($1.disruption) }
  }

  /// All parts without the responses.
  public var disruptionWithoutResponses: Disruption { parts.reduce(.none) { $0.adding($1.disruption) } }

  /// - Parameters:
  ///   - scenario: of this network.
  ///   - network: what it happens to.
  ///   - day: which dates are held against; nil for the scenario's own, and if it has none, everything holds.
  /// - Complexity: O(controls × materials).
  public init(_ scenario: Scenario, of network: SupplyNetwork, on day: CalendarDate? = nil) {
    let day = day ?? scenario.asOf
    self.scenario = scenario
    self.day = day
    statusOfControl = scenario.controls.rows.map { $0.dates.status(on: day) }
    statusOfOutage = scenario.outages.map { $0.dates.status(on: day) }
    statusOfResponse = scenario.responses.map { $0.dates.status(on: day) }
    responses = zip(scenario.responses, statusOfResponse).filter { $1 == .inForce }.map(\.0.measure)

    var parts: [(start: CalendarDate?, part: Part)] = []
    for (key, status) in zip(scenario.controls.keys, statusOfControl)
    where status == .inForce || status == .unknown {
      let control = scenario.controls[key]
      let disruption = network.disruption(by: control, on: day, isUncertain: status == .unknown)
      parts.append(
        (
          control.dates.effective?.first,
          Part(cause: .control(key), isUncertain: status == .unknown, disruption: disruption)
        ))
    }
    for (position, status) in statusOfOutage.enumerated() where status == .inForce || status == .unknown {
      let outage = scenario.outages[position]
      let elements: [Element] =
        switch outage.subject {
        case .site(let site): [.site(site)]
        case .country(let country): [.country(country)]
        case .operator(let key): network.operators(controlledBy: [key]).sorted().map { .operatorOf($0) }
        }
      parts.append(
        (
          outage.from?.first,
          Part(
            cause: .outage(position), isUncertain: status == .unknown,
            disruption: status == .unknown
              ? Disruption(possibleFailures: elements) : Disruption(failures: elements))
        ))
    }
    self.parts = parts.enumerated().sorted { one, other in
      let (a, b) = (one.element.start?.dayNumber ?? -1, other.element.start?.dayNumber ?? -1)
      return (a, one.offset) < (b, other.offset)
    }.map(\.element.part)
  }
}

extension SupplyNetwork {
  /// What a control takes away while it holds.
  func disruption(by control: Control, on day: CalendarDate?, isUncertain: Bool) -> Disruption {
    let targets = control.targets.map { Set($0) }
    let stages = control.subject.stages.map { Set($0) }
    if control.kind == .technologyBan || control.kind == .technologyLicence {
      let isUncertain = isUncertain || control.kind == .technologyLicence
      return Disruption(
        technologyBans: control.issuers.map {
          Disruption.TechnologyBan(
            country: $0, technologies: control.subject.technologies.map { Set($0) }, partners: targets,
            stages: stages, age: control.dates.age(on: day).map(Double.init), isUncertain: isUncertain)
        })
    }
    let materials = materials(coveredBy: control.subject)
    var trade = TradeControl(
      issuers: Set(control.issuers), partners: targets, materials: materials?.covered,
      uncertainMaterials: materials?.uncertain ?? [], stages: stages, isUncertain: isUncertain)
    switch control.kind {
    case .exportBan, .technologyBan, .technologyLicence: break
    case .exportQuota:
      guard let quota = control.quota else { break }
      trade.passing = .quota(quota.value)
      trade.keepOnly(countedAs: quota.unit.dimension.measure, in: self)
    case .exportLicence:
      let approved = control.approved
      trade.passing = .share(
        least: approved.map { $0.low ?? $0.value } ?? 0, expected: approved?.value,
        most: approved.map { $0.high ?? $0.value } ?? 1)
    case .importBan: trade.direction = .imports
    case .entityBan:
      trade.direction = .both
      trade.entities = operators(controlledBy: control.entities)
    case .transitClosure:
      trade.direction = .anywhere
      trade.waypoints = Set(control.waypoints)
    }
    if let madeWith = control.subject.madeWith {
      trade.direction = .abroad
      trade.madeWith = TradeControl.MadeWith(
        technologies: madeWith.technologies.map { Set($0) }, from: Set(madeWith.from))
    }
    if let content = control.subject.content {
      trade.direction = .abroad
      trade.content = sellers(meeting: content, of: control.subject)
    }
    return Disruption(tradeControls: [trade])
  }
}

extension TradeControl {
  /// Leaves out the materials that are counted otherwise, such as pieces where a quota is in tonnes.
  fileprivate mutating func keepOnly(countedAs measure: Dimension.Measure, in network: SupplyNetwork) {
    let counted = network.materials.keys.filter { network.materials[$0].unit.dimension.measure == measure }
    materials = Set(counted.filter { materials?.contains($0) ?? true })
    uncertainMaterials.formIntersection(counted)
  }
}
