import SupplyModel

/// A network in short: rows refer to each other by id, so that they can be renamed and reordered.
///
/// Every amount is in tonnes, or in tonnes a year.
struct NetworkSketch {
  struct TechnologyRow {
    var id: String
    var suppliers: [String]?
  }
  struct OperatorRow {
    var id: String
    var parent: String?
  }
  struct ProcessRow {
    var id: String
    var slots: [[(material: String, amount: Double)]] = []
    var outputs: [(material: String, amount: Double)]
  }
  struct NeedRow {
    var technology: String
    var from: String?
    var needed: TechnologyNeed.Purpose?

    /// In days.
    var grace: Double?
  }
  struct SiteRow {
    var id: String
    var stage: String?
    var country: String?
    var operatorID: String?
    var status = Site.Status.operating
    var technologies: [NeedRow] = []
    var countedIn: String?
  }
  struct OperationRow {
    var site: String
    var process: String
    var output: Double?
    var capacity: Double?
  }
  enum End {
    case site(String)
    case country(String)
    case demand(String)
  }
  struct FlowRow {
    var from: End
    var to: End
    var material: String?
    var volume: Double?
    var status = Flow.Status.active
    var waypoints: [String] = []
    var capacity: Double?
  }
  enum PlaceRow {
    case anywhere
    case country(String)
    case bloc([String])
  }
  struct DemandRow {
    var id: String
    var material: String
    var place = PlaceRow.anywhere
    var amount: Double?
    var priority = 1
  }
  struct StatisticRow {
    var series: String
    var stage: String
    var material: String
    var country: String?
    var amount: Double
  }

  var stages: [String] = []
  var materials: [String] = []

  /// For each material the part of its mass that is the element X; a material that is left out has no composition.
  var partOfX: [String: Double] = [:]

  /// Whether the element X is a group of its own.
  var countsX = false
  var technologies: [TechnologyRow] = []
  var operators: [OperatorRow] = []
  var processes: [ProcessRow] = []
  var sites: [SiteRow] = []
  var operations: [OperationRow] = []
  var flows: [FlowRow] = []
  var markets: [String] = []
  var demand: [DemandRow] = []
  var statistics: [StatisticRow] = []

  /// An id that a sketch refers to and does not have.
  struct Dangling: Error { var id: String }

  func network() throws -> SupplyNetwork {
    let tonnes = try Unit("t")
    let rate = try Unit("t/yr")
    func country(_ code: String) throws -> Country {
      guard let country = Country(code: code) else { throw Dangling(id: code) }
      return country
    }
    func keys<Row>(_ ids: [String], as row: Row.Type) -> (String) throws -> Key<Row> {
      let positions = Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
      return { id in
        guard let position = positions[id] else { throw Dangling(id: id) }
        return Key(position)
      }
    }
    let stageKey = keys(stages, as: Stage.self)
    let materialKey = keys(materials, as: Material.self)
    let technologyKey = keys(technologies.map(\.id), as: Technology.self)
    let operatorKey = keys(operators.map(\.id), as: Operator.self)
    let processKey = keys(processes.map(\.id), as: Process.self)
    let siteKey = keys(sites.map(\.id), as: Site.self)
    let demandKey = keys(demand.map(\.id), as: Demand.self)

    return SupplyNetwork(
      id: "sketch",
      stages: stages.map { Stage(id: $0) },
      elementGroups: countsX ? [ElementGroup(id: "x", name: "X", elements: ["X"])] : [],
      materials: materials.map { id in
        Material(
          id: id, unit: tonnes,
          elements: partOfX[id].map {
            [ElementFraction(symbol: "X", fraction: $0), ElementFraction(symbol: "O", fraction: 1 - $0)]
          } ?? [])
      },
      technologies: try technologies.map {
        Technology(id: $0.id, suppliers: try $0.suppliers?.map(country))
      },
      operators: try operators.map { Operator(id: $0.id, parent: try $0.parent.map(operatorKey)) },
      processes: try processes.map { process in
        Process(
          id: process.id, activity: tonnes,
          slots: try process.slots.map { choices in
            Slot(
              try choices.map { Input(try materialKey($0.material), amount: Figure($0.amount, unit: tonnes)) }
            )
          },
          outputs: try process.outputs.map {
            Output(try materialKey($0.material), amount: Figure($0.amount, unit: tonnes))
          })
      },
      sites: try sites.map { site in
        Site(
          id: site.id, stage: try site.stage.map(stageKey), country: try site.country.map(country),
          operatorKey: try site.operatorID.map(operatorKey), status: site.status,
          countedIn: site.countedIn.flatMap { id in sites.firstIndex { $0.id == id } }.map { Key($0) },
          technologies: try site.technologies.map {
            TechnologyNeed(
              try technologyKey($0.technology), from: try $0.from.map(country), needed: $0.needed,
              grace: try $0.grace.map { Figure($0, unit: try Unit("d")) })
          })
      },
      operations: try operations.map { operation in
        Operation(
          site: try siteKey(operation.site), process: try processKey(operation.process),
          capacity: operation.capacity.map { Figure($0, unit: rate) },
          output: operation.output.map { Figure($0, unit: rate) })
      },
      flows: try flows.enumerated().map { position, flow in
        let origin: Flow.Origin =
          switch flow.from {
          case .site(let id): .site(try siteKey(id))
          case .country(let code): .country(try country(code))
          case .demand(let id): throw Dangling(id: id)
          }
        let destination: Flow.Destination =
          switch flow.to {
          case .site(let id): .site(try siteKey(id))
          case .demand(let id): .demand(try demandKey(id))
          case .country(let code): throw Dangling(id: code)
          }
        return Flow(
          id: "flow-\(position)", from: origin, to: destination, material: try flow.material.map(materialKey),
          volume: flow.volume.map { Figure($0, unit: rate) },
          capacity: flow.capacity.map { Figure($0, unit: rate) }, waypoints: flow.waypoints,
          status: flow.status)
      },
      markets: try markets.map(materialKey),
      demand: try demand.map { demand in
        let place: Place =
          switch demand.place {
          case .anywhere: .anywhere
          case .country(let code): .country(try country(code))
          case .bloc(let codes):
            .bloc(Bloc(id: codes.joined(separator: "+"), members: try codes.map(country)))
          }
        return Demand(
          id: demand.id, material: try materialKey(demand.material), place: place,
          amount: demand.amount.map { Figure($0, unit: rate) }, priority: demand.priority)
      },
      statistics: try statistics.map {
        Statistic(
          series: $0.series, name: $0.series, stage: try stageKey($0.stage),
          subject: .material(try materialKey($0.material)), country: try $0.country.map(country),
          amount: Figure($0.amount, unit: rate))
      })
  }
}

extension NetworkSketch {
  /// The same network with the rows of every table in another order.
  ///
  /// The choices of a slot keep their order: the first one is what the process is meant to take.
  func shuffled(using generator: inout some RandomNumberGenerator) -> NetworkSketch {
    var copy = self
    copy.stages.shuffle(using: &generator)
    copy.materials.shuffle(using: &generator)
    copy.technologies.shuffle(using: &generator)
    copy.operators.shuffle(using: &generator)
    copy.processes.shuffle(using: &generator)
    for position in copy.processes.indices {
      copy.processes[position].slots.shuffle(using: &generator)
      copy.processes[position].outputs.shuffle(using: &generator)
    }
    copy.sites.shuffle(using: &generator)
    for position in copy.sites.indices { copy.sites[position].technologies.shuffle(using: &generator) }
    copy.operations.shuffle(using: &generator)
    copy.flows.shuffle(using: &generator)
    copy.markets.shuffle(using: &generator)
    copy.demand.shuffle(using: &generator)
    copy.statistics.shuffle(using: &generator)
    return copy
  }
}
