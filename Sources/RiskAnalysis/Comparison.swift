public import SupplyModel

/// What differs between two networks, or between two scenarios.
///
/// Rows are matched by id, never by position, so the order of tables changes nothing.
public struct Comparison: Sendable {
  /// A network, and what happens to it.
  public struct Side: Sendable {
    public let network: SupplyNetwork

    /// Nil for the baseline.
    public let scenario: ScenarioInForce?

    public init(_ network: SupplyNetwork, scenario: ScenarioInForce? = nil) {
      self.network = network.withImpliedDemand()
      self.scenario = scenario
    }
  }

  /// Something that only one side has.
  public struct Row: Sendable, Hashable {
    public let id: String
    public let name: String
  }

  /// The rows of a table that only the second side has, and those that only the first has.
  public struct TableChange: Sendable, Hashable {
    public let table: String
    public let appeared: [Row]
    public let gone: [Row]

    /// What has another value on both sides, row by row.
    public let changed: [FieldChange]

    public var isEmpty: Bool { appeared.isEmpty && gone.isEmpty && changed.isEmpty }
  }

  /// A field of a row that both sides have; a nil value is not known.
  public struct FieldChange: Sendable, Hashable {
    public let row: Row
    public let field: String
    public let before: String?
    public let after: String?
  }

  /// A figure that differs; nil where a side has none.
  public struct Change: Sendable, Hashable {
    public let row: Row
    public let before: Double?
    public let after: Double?

    /// How large the change is; one that comes or goes counts as its whole.
    public var size: Double { abs((after ?? 0) - (before ?? 0)) }
  }

  /// The single points of failure of a product that only one side has.
  public struct PointChange: Sendable, Hashable {
    public struct Point: Sendable, Hashable {
      public let level: Element.Level
      public let row: Row
    }
    public let product: Row
    public let appeared: [Point]
    public let gone: [Point]
  }

  /// A row of the table of concentration whose figures differ.
  public struct ConcentrationChange: Sendable, Hashable {
    public let stage: Row
    public let subject: Row
    public let grouping: Concentration.Grouping

    /// The id of the published series; nil if the row counts sites.
    public let series: String?
    public let hhiBefore: Double?
    public let hhiAfter: Double?
    public let largestBefore: Concentration.Holder?
    public let largestAfter: Concentration.Holder?
  }

  public let before: Side
  public let after: Side

  /// The tables in which something differs, in the order of a network file.
  public let tables: [TableChange]

  /// Controls of the scenarios by id, with their status; nil where a side does not have one.
  public let controls: [FieldChange]

  /// Products on both sides that cannot be made on one of them only.
  public let stops: [Row]
  public let resumes: [Row]

  /// Products that both sides can make and whose single points of failure differ, at the main levels.
  public let points: [PointChange]

  /// The best estimate of the rigid loss of each product, with what is uncertain in force; the largest change first.
  public let losses: [Change]

  /// The mean loss under a ban on all exports of each country, on top of the scenarios; the largest change first.
  public let bans: [Change]

  /// The largest change of the index first.
  public let concentration: [ConcentrationChange]

  /// Whether nothing differs.
  public var isEmpty: Bool {
    tables.isEmpty && controls.isEmpty && stops.isEmpty && resumes.isEmpty && points.isEmpty && losses.isEmpty
      && bans.isEmpty && concentration.isEmpty
  }

  /// A smaller difference of losses, or of an index of 10,000, is rounding.
  static let tolerance = 1e-7

  /// - Complexity: that of ``RiskSummary/init(of:under:report:)`` and ``ProductionGraph/rigidLevels(under:)`` for both sides.
  public init(
    _ before: Side, _ after: Side, report: (RiskSummary.Progress) -> Void = { _ in }
  ) {
    self.before = before
    self.after = after
    tables = Self.tables(before.network, after.network)
    controls = Self.controls(before, after)
    let (one, other) = (Results(of: before, report: report), Results(of: after, report: report))
    let products = before.network.demand.keys.compactMap {
      key -> (row: Row, one: Key<Demand>, other: Key<Demand>)? in
      let demand = before.network.demand[key]
      return after.network.demand.key(of: demand.id).map { (Row(id: demand.id, name: demand.name), key, $0) }
    }
    stops = products.filter { one.isMet[$0.one.position] && !other.isMet[$0.other.position] }.map(\.row)
    resumes = products.filter { !one.isMet[$0.one.position] && other.isMet[$0.other.position] }.map(\.row)
    // A product that stops has no single points of failure any more, and got rid of none.
    points = products.filter { one.isMet[$0.one.position] && other.isMet[$0.other.position] }.compactMap {
      product in
      let (old, new) = (one.points[product.one.position], other.points[product.other.position])
      let (known, now) = (Set(old), Set(new))
      let change = PointChange(
        product: product.row, appeared: new.filter { !known.contains($0) },
        gone: old.filter { !now.contains($0) })
      return change.appeared.isEmpty && change.gone.isEmpty ? nil : change
    }
    losses = Self.sorted(
      products.map {
        Change(row: $0.row, before: one.losses[$0.one.position], after: other.losses[$0.other.position])
      })
    bans = Self.sorted(Self.matched(one.bans, other.bans))
    concentration = Self.concentration(before.network, after.network)
  }

  /// Those that changed, the largest change first, equal ones in the order of the tables.
  private static func sorted(_ changes: [Change]) -> [Change] {
    changes.enumerated()
      .filter { $0.element.size > tolerance || ($0.element.before == nil) != ($0.element.after == nil) }
      .sorted { ($1.element.size, $0.offset) < ($0.element.size, $1.offset) }.map(\.element)
  }

  private static func matched(_ one: [(row: Row, value: Double)], _ other: [(row: Row, value: Double)])
    -> [Change]
  {
    let known = Dictionary(uniqueKeysWithValues: one.map { ($0.row.id, $0.value) })
    let now = Dictionary(uniqueKeysWithValues: other.map { ($0.row.id, $0.value) })
    return one.map { Change(row: $0.row, before: $0.value, after: now[$0.row.id]) }
      + other.filter { known[$0.row.id] == nil }.map { Change(row: $0.row, before: nil, after: $0.value) }
  }
}

/// What the analyses say of one side.
private struct Results {
  let isMet: [Bool]
  let points: [[Comparison.PointChange.Point]]
  let losses: [Double?]
  let bans: [(row: Comparison.Row, value: Double)]

  init(of side: Comparison.Side, report: (RiskSummary.Progress) -> Void) {
    let disruption = side.scenario?.disruption ?? .none
    let summary = RiskSummary(of: side.network, under: disruption, report: report)
    let graph = summary.graph
    let network = graph.network
    isMet = summary.singlePoints.isMet
    points = summary.singlePoints.ofDemand.map { elements in
      elements.map { .init(level: $0.level, row: .init(id: $0.id(in: network), name: $0.name(in: network))) }
    }
    let levels = graph.rigidLevels(under: disruption)
    losses = network.demand.keys.map { key in
      graph.baselineIsMet(key) ? levels.loss(at: graph.node(of: key)).rigidIfUncertainHolds : nil
    }
    bans = summary.countryBans.map {
      (.init(id: $0.country.code, name: $0.country.name), $0.outcome.meanLoss)
    }
  }
}

// MARK: Tables

extension Comparison {
  private typealias Fields = [(field: String, value: String?)]

  private static func tables(_ one: SupplyNetwork, _ other: SupplyNetwork) -> [TableChange] {
    func side(_ network: SupplyNetwork) -> [(table: String, rows: [(row: Row, fields: Fields)])] {
      [
        ("stages", network.stages.rows.map { (Row(id: $0.id, name: $0.name), []) }),
        (
          "materials",
          network.materials.rows.map {
            (Row(id: $0.id, name: $0.name), [("form", $0.form), ("hs", $0.hsCode)])
          }
        ),
        (
          "technologies",
          network.technologies.rows.map {
            (
              Row(id: $0.id, name: $0.name),
              [("suppliers", $0.suppliers?.map(\.code).joined(separator: ", "))]
            )
          }
        ),
        (
          "operators",
          network.operators.rows.map { (Row(id: $0.id, name: $0.name), fields(of: $0, in: network)) }
        ),
        (
          "processes",
          network.processes.rows.map { (Row(id: $0.id, name: $0.name), fields(of: $0, in: network)) }
        ),
        ("sites", sites(of: network)),
        ("flows", flows(of: network)),
        (
          "markets",
          network.markets.map { (Row(id: network.materials[$0].id, name: network.materials[$0].name), []) }
        ),
        (
          "products",
          network.demand.rows.map { demand in
            (
              Row(id: demand.id, name: demand.name),
              [
                ("material", network.materials[demand.material].id), ("place", demand.place.id),
                ("amount", text(demand.amount)),
              ]
            )
          }
        ),
      ]
    }
    return zip(side(one), side(other)).map { old, new in
      change(of: old.table, old.rows, new.rows)
    }.filter { !$0.isEmpty }
  }

  private static func change(
    of table: String, _ old: [(row: Row, fields: Fields)], _ new: [(row: Row, fields: Fields)]
  ) -> TableChange {
    let known = Dictionary(old.map { ($0.row.id, $0) }) { first, _ in first }
    let now = Set(new.map(\.row.id))
    var changed: [FieldChange] = []
    for (row, fields) in new {
      guard let before = known[row.id] else { continue }
      if before.row.name != row.name {
        changed.append(FieldChange(row: row, field: "name", before: before.row.name, after: row.name))
      }
      for (old, new) in zip(before.fields, fields) where old.value != new.value {
        changed.append(FieldChange(row: row, field: new.field, before: old.value, after: new.value))
      }
    }
    return TableChange(
      table: table, appeared: new.map(\.row).filter { known[$0.id] == nil },
      gone: old.map(\.row).filter { !now.contains($0.id) }, changed: changed)
  }

  private static func fields(of row: Operator, in network: SupplyNetwork) -> Fields {
    [("parent", row.parent.map { network.operators[$0].id }), ("country", row.country?.code)]
  }

  private static func fields(of process: Process, in network: SupplyNetwork) -> Fields {
    func part(_ material: Key<Material>, _ amount: Figure) -> String {
      "\(network.materials[material].id) \(text(amount) ?? "")"
    }
    let slots = process.slots.map { slot in
      slot.choices.map { part($0.material, $0.amount) }.joined(separator: " or ")
    }
    return [
      ("inputs", slots.joined(separator: ", ")),
      ("outputs", process.outputs.map { part($0.material, $0.amount) }.joined(separator: ", ")),
    ]
  }

  private static func sites(of network: SupplyNetwork) -> [(row: Row, fields: Fields)] {
    var runs = [[Operation]](repeating: [], count: network.sites.count)
    for operation in network.operations { runs[operation.site.position].append(operation) }
    return zip(network.sites.rows, runs).map { site, runs in
      (Row(id: site.id, name: site.name), fields(of: site, running: runs, in: network))
    }
  }

  private static func fields(of site: Site, running runs: [Operation], in network: SupplyNetwork) -> Fields {
    func figures(_ figure: (Operation) -> Figure?) -> String? {
      let parts = runs.compactMap { run in
        text(figure(run)).map { "\(network.processes[run.process].id) \($0)" }
      }
      return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
    let needs = site.technologies.map { need in
      [
        network.technologies[need.technology].id, need.from.map { "from \($0.code)" },
        need.needed.map { "for \($0.rawValue)" },
      ].compactMap(\.self).joined(separator: " ")
    }
    return [
      ("stage", site.stage.map { network.stages[$0].id }), ("country", site.country?.code),
      ("operator", site.operatorKey.map { network.operators[$0].id }), ("status", site.status.rawValue),
      ("runs", runs.isEmpty ? nil : runs.map { network.processes[$0.process].id }.joined(separator: ", ")),
      ("capacity", figures(\.capacity)), ("output", figures(\.output)),
      ("technologies", needs.isEmpty ? nil : needs.joined(separator: ", ")),
    ]
  }

  private static func flows(of network: SupplyNetwork) -> [(row: Row, fields: Fields)] {
    network.flows.rows.map { flow in
      let from: String =
        switch flow.origin {
        case .site(let key): network.sites[key].name
        case .country(let country): country.name
        }
      let what = flow.material.map { ": \(network.materials[$0].name)" } ?? ""
      return (
        Row(id: flow.id, name: "\(from) → \(network.name(of: flow.destination))\(what)"),
        [
          ("volume", text(flow.volume)), ("capacity", text(flow.capacity)), ("status", flow.status.rawValue),
          ("waypoints", flow.waypoints.isEmpty ? nil : flow.waypoints.joined(separator: ", ")),
        ]
      )
    }
  }

  /// A figure in base units, with its range; nil if it is not known.
  private static func text(_ figure: Figure?) -> String? {
    guard let figure else { return nil }
    let range = figure.low.map { low in figure.high.map { " (\(low)–\($0))" } ?? "" } ?? ""
    return "\(figure.value)\(range)"
  }

  private static func controls(_ before: Side, _ after: Side) -> [FieldChange] {
    func status(_ side: Side) -> [(row: Row, status: String)] {
      guard let scenario = side.scenario else { return [] }
      return zip(scenario.scenario.controls.rows, scenario.statusOfControl).map {
        (Row(id: $0.id, name: $0.name), $1.rawValue)
      }
        + zip(scenario.scenario.outages, scenario.statusOfOutage).map { outage, status in
          let element: Element =
            switch outage.subject {
            case .site(let key): .site(key)
            case .country(let country): .country(country)
            case .operator(let key): .operatorOf(key)
            }
          return (
            Row(
              id: "outage:\(element.id(in: side.network))",
              name: "outage of \(element.name(in: side.network))"),
            status.rawValue
          )
        }
    }
    let (old, new) = (status(before), status(after))
    let known = Dictionary(old.map { ($0.row.id, $0.status) }) { first, _ in first }
    let now = Dictionary(new.map { ($0.row.id, $0.status) }) { first, _ in first }
    return
      (old.map { FieldChange(row: $0.row, field: "status", before: $0.status, after: now[$0.row.id]) }
      + new.filter { known[$0.row.id] == nil }.map {
        FieldChange(row: $0.row, field: "status", before: nil, after: $0.status)
      }).filter { $0.before != $0.after }
  }

  private static func concentration(_ one: SupplyNetwork, _ other: SupplyNetwork) -> [ConcentrationChange] {
    struct Identity: Hashable {
      var stage: Row
      var subject: Row
      var grouping: Concentration.Grouping
      var series: String?
    }
    func rows(_ network: SupplyNetwork) -> [(identity: Identity, row: Concentration)] {
      network.concentration().map { row in
        let stage = network.stages[row.stage]
        let subject: Row =
          switch row.subject {
          case .material(let key): Row(id: network.materials[key].id, name: network.materials[key].name)
          case .elements(let key):
            Row(id: network.elementGroups[key].id, name: network.elementGroups[key].name)
          }
        let series: String? = if case .published(let series, _) = row.basis { series } else { nil }
        return (
          Identity(
            stage: Row(id: stage.id, name: stage.name), subject: subject, grouping: row.grouping,
            series: series),
          row
        )
      }
    }
    let (old, new) = (rows(one), rows(other))
    let known = Dictionary(old.map { ($0.identity, $0.row) }) { first, _ in first }
    let now = Dictionary(new.map { ($0.identity, $0.row) }) { first, _ in first }
    func change(_ identity: Identity, _ before: Concentration?, _ after: Concentration?)
      -> ConcentrationChange
    {
      ConcentrationChange(
        stage: identity.stage, subject: identity.subject, grouping: identity.grouping,
        series: identity.series,
        hhiBefore: before?.hhi, hhiAfter: after?.hhi, largestBefore: before?.largest,
        largestAfter: after?.largest)
    }
    func isSame(_ one: Concentration.Holder?, _ other: Concentration.Holder?) -> Bool {
      one?.id == other?.id && abs((one?.share ?? 0) - (other?.share ?? 0)) <= tolerance
    }
    let changes =
      old.map { change($0.identity, $0.row, now[$0.identity]) }
      + new.filter { known[$0.identity] == nil }.map { change($0.identity, nil, $0.row) }
    return changes.enumerated().filter { _, row in
      row.hhiBefore == nil || row.hhiAfter == nil
        || abs((row.hhiAfter ?? 0) - (row.hhiBefore ?? 0)) > tolerance
        || !isSame(row.largestBefore, row.largestAfter)
    }
    .sorted { one, other in
      let (a, b) = (
        abs((one.element.hhiAfter ?? 0) - (one.element.hhiBefore ?? 0)),
        abs((other.element.hhiAfter ?? 0) - (other.element.hhiBefore ?? 0))
      )
      return (b, one.offset) < (a, other.offset)
    }.map(\.element)
  }
}
