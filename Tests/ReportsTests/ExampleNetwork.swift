import SupplyModel

/// A small network in which each part of the reports has something to say.
///
/// Ore from China, Australia and an unknown country; oxide from China, Estonia and a plant in Malaysia of unknown size;
/// magnets from China, Japan and Germany, whose German maker has not said how it splits its buying; and a planned
/// plant in France that needs Chinese equipment. Nothing makes motors; one powder comes from China alone, and one alloy
/// from there and from the United States.
func exampleNetwork() throws -> SupplyNetwork {
  let (china, australia, estonia) = try (country("CN"), country("AU"), country("EE"))
  let (malaysia, japan, germany, france) = try (country("MY"), country("JP"), country("DE"), country("FR"))
  let states = try country("US")
  let tonnes = try Unit("t")
  let rate = try Unit("t/yr")
  func amount(_ value: Double, _ confidence: Confidence? = .read) -> Figure {
    Figure(value, unit: rate, confidence: confidence)
  }
  func site(
    _ id: String, _ name: String, _ stage: Int, _ country: Country?, by owner: Int? = nil,
    status: Site.Status = .operating, needs: [TechnologyNeed] = []
  ) -> Site {
    Site(
      id: id, name: name, stage: Key(stage), country: country, operatorKey: owner.map { Key($0) },
      status: status,
      technologies: needs)
  }
  func process(_ id: String, from input: Int?, to output: Int, per: Double = 1) -> SupplyModel.Process {
    let slots = input.map { [Slot([Input(Key($0), amount: Figure(per, unit: tonnes))])] } ?? []
    return Process(
      id: id, activity: tonnes, slots: slots, outputs: [Output(Key(output), amount: Figure(1, unit: tonnes))])
  }
  func run(_ site: Int, _ process: Int, _ output: Figure?) -> Operation {
    Operation(site: Key(site), process: Key(process), output: output)
  }
  func statistic(_ country: Country?, _ value: Double) -> Statistic {
    Statistic(
      series: "survey", name: "Survey 2025", stage: Key(0), subject: .elements(Key(0)), country: country,
      amount: amount(value))
  }
  let extraction = Key<Technology>(0)
  let presses = Key<Technology>(1)
  return SupplyNetwork(
    id: "example", title: "Magnets, a small example", asOf: "2025-12-31",
    stages: [Stage(id: "mine"), Stage(id: "separation"), Stage(id: "magnet")],
    elementGroups: [ElementGroup(id: "light", name: "Light magnet metals", elements: ["Nd", "Pr"])],
    materials: [
      Material(
        id: "ore", name: "Concentrate", unit: tonnes, elements: [.init(symbol: "Nd", fraction: 0.1)]),
      Material(
        id: "oxide", name: "NdPr oxide", unit: try Unit("t REO"),
        elements: [.init(symbol: "Nd", fraction: 0.6), .init(symbol: "Pr", fraction: 0.25)]),
      Material(id: "magnet", name: "NdFeB magnet", unit: tonnes),
      Material(id: "motor", name: "Servo motor", unit: try Unit("piece")),
      Material(id: "alloy", name: "Sonar alloy", unit: tonnes),
      Material(id: "powder", name: "Capacitor powder", unit: tonnes),
    ],
    technologies: [
      Technology(id: "extraction", name: "Solvent extraction", suppliers: [china]),
      Technology(id: "presses", name: "Magnet presses", suppliers: [china, japan]),
      Technology(id: "coating", name: "Coating"),
    ],
    operators: [
      Operator(id: "group", name: "Northern Group"),
      Operator(id: "north", name: "Northern Mining", parent: Key(0)),
      Operator(id: "south", name: "Southern Mining"),
    ],
    processes: [
      process("mining", from: nil, to: 0), process("separating", from: 0, to: 1, per: 10),
      process("sintering", from: 1, to: 2, per: 0.4), process("winding", from: 3, to: 3),
      process("alloying", from: nil, to: 4), process("milling", from: nil, to: 5),
    ],
    sites: [
      site("bayan", "Northern pit", 0, china, by: 1), site("weld", "Southern pit", 0, australia, by: 2),
      site("rest", "Rest of the world", 0, nil),
      site("baotou", "Baotou separation", 1, china, by: 0),
      site(
        "silmet", "Sillamäe", 1, estonia, by: 2,
        needs: [TechnologyNeed(extraction, from: china, needed: .expanding, grace: nil)]),
      site(
        "kuantan", "Kuantan", 1, malaysia,
        needs: [TechnologyNeed(extraction, from: nil, needed: nil, grace: nil)]),
      site("ningbo", "Ningbo magnets", 2, china, by: 0),
      site(
        "osaka", "大阪 magnets", 2, japan,
        needs: [TechnologyNeed(presses, from: china, needed: .running, grace: nil)]),
      site("hanau", "Hanau magnets", 2, germany, by: 2),
      site(
        "lyon", "Lyon separation", 1, france, status: .planned,
        needs: [TechnologyNeed(extraction, from: china, needed: .starting, grace: nil)]),
      site("winder", "Winding shop", 2, germany), site("harbin", "Harbin powders", 2, china),
      site("ames", "Ames alloys", 2, states),
    ],
    operations: [
      run(0, 0, amount(6000)), run(1, 0, amount(3000, .recalled)), run(2, 0, amount(1000, .estimated)),
      run(3, 1, amount(800)), run(4, 1, amount(60, nil)), run(5, 1, nil), run(6, 2, amount(1500)),
      run(7, 2, amount(400)), run(8, 2, amount(100, .estimated)), run(9, 1, amount(50)),
      run(10, 3, amount(5)),
      run(11, 4, amount(90)), run(11, 5, amount(40)), run(12, 4, amount(10)),
    ],
    flows: [
      Flow(id: "f1", from: .site(Key(3)), to: .site(Key(8)), material: Key(1)),
      Flow(id: "f2", from: .site(Key(4)), to: .site(Key(8)), material: Key(1)),
      Flow(id: "f3", from: .site(Key(1)), to: .site(Key(4)), material: Key(0), volume: amount(600)),
      Flow(id: "f4", from: .site(Key(8)), to: .demand(Key(2)), material: Key(2), volume: amount(100)),
      Flow(id: "f5", from: .site(Key(3)), to: .site(Key(7)), material: Key(1), volume: amount(160)),
      Flow(id: "f6", from: .site(Key(7)), to: .demand(Key(0)), material: Key(2), volume: amount(400)),
    ],
    markets: [Key(0), Key(1), Key(2), Key(4), Key(5)],
    demand: [
      Demand(
        id: "ev", name: "Electric cars, Japan", material: Key(2), place: .country(japan),
        use: "traction motors",
        amount: amount(400)),
      Demand(id: "wind", name: "Wind turbines, EU", material: Key(2), place: .bloc(Bloc.known[0])),
      Demand(
        id: "defence", name: "Defence, Germany", material: Key(2), place: .country(germany),
        amount: amount(100)),
      Demand(id: "robots", name: "Robots", material: Key(3)),
      Demand(id: "sonar", name: "Sonar", material: Key(4), place: .country(germany)),
      Demand(id: "capacitors", name: "Capacitors", material: Key(5), place: .country(japan)),
    ],
    statistics: [
      statistic(china, 270_000), statistic(australia, 60_000), statistic(nil, 60_000),
    ],
    governance: [
      Governance(country: china, estimate: -0.44), Governance(country: australia, estimate: 0.93),
      Governance(country: estonia, estimate: 0.72), Governance(country: malaysia, estimate: 0.14),
    ])
}

/// A network in which `hostile` stands wherever a stranger can write.
func hostileNetwork(_ hostile: String) throws -> SupplyNetwork {
  let tonnes = try Unit("t")
  let china = try country("CN")
  let amount = Figure(5, unit: try Unit("t/yr"), note: hostile)
  return SupplyNetwork(
    id: hostile, title: hostile, asOf: hostile, stages: [Stage(id: hostile, name: hostile)],
    elementGroups: [ElementGroup(id: hostile, name: hostile, elements: ["Nd"])],
    materials: [
      Material(
        id: hostile, name: hostile, unit: try Unit("t REO"), elements: [.init(symbol: "Nd", fraction: 0.5)]),
      Material(id: hostile + "2", name: hostile, unit: tonnes),
    ],
    technologies: [
      Technology(id: hostile, name: hostile, suppliers: [china]), Technology(id: hostile + "2"),
    ],
    operators: [Operator(id: hostile, name: hostile)],
    processes: [
      Process(
        id: hostile, name: hostile, activity: tonnes, slots: [],
        outputs: [Output(Key(0), amount: Figure(1, unit: tonnes))]),
      Process(
        id: hostile + "2", activity: tonnes, slots: [Slot([Input(Key(1), amount: Figure(1, unit: tonnes))])],
        outputs: [Output(Key(0), amount: Figure(1, unit: tonnes))]),
    ],
    sites: [
      Site(
        id: hostile, name: hostile, stage: Key(0), country: china, operatorKey: Key(0),
        technologies: [TechnologyNeed(Key(0), from: nil, needed: nil, grace: nil)]),
      Site(id: hostile + "2", name: hostile, stage: Key(0)),
    ],
    operations: [
      Operation(site: Key(0), process: Key(0), output: amount), Operation(site: Key(1), process: Key(1)),
    ],
    markets: [Key(0)],
    demand: [
      Demand(id: hostile, name: hostile, material: Key(0), place: try .country(country("DE")), use: hostile),
      Demand(id: hostile + "2", name: hostile, material: Key(1)),
    ],
    statistics: [
      Statistic(
        series: hostile, name: hostile, stage: Key(0), subject: .material(Key(0)), country: china,
        amount: amount)
    ])
}

func country(_ code: String) throws -> Country {
  guard let country = Country(code: code) else { throw NoSuchCountry(code: code) }
  return country
}

private struct NoSuchCountry: Error {
  let code: String
}
