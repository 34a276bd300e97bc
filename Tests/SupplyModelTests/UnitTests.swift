import SupplyModel
import TestSupport
import Testing

struct UnitTests {
  @Test(
    "units have a dimension, a factor and perhaps a substance",
    arguments: [
      ("t", .init(.mass), 1, nil), ("kt REO/yr", .init(.mass, time: -1), 1000, "REO"),
      ("t of magnet", .init(.mass), 1, "magnet"), ("M/yr", .init(.count, time: -1), 1e6, nil),
      ("kg/d", .init(.mass, time: -1), 0.365, nil), ("d", .duration, 1, nil), ("wk", .duration, 7, nil),
      ("yr", .duration, 365, nil), ("%", .ratio, 0.01, nil), ("", .ratio, 1, nil),
      ("GW", .init(.power), 1e3, nil),
      ("USD", .init(.money), 1, "USD"), ("EUR/yr", .init(.money, time: -1), 1, "EUR"),
      ("USD/kg", .price(per: .mass), 1000, "USD"), ("CNY / t", .price(per: .mass), 1, "CNY"),
      ("EUR/piece", .price(per: .count), 1, "EUR"), ("JPY/k", .price(per: .count), 0.001, "JPY"),
      ("t NdPr oxide / yr", .init(.mass, time: -1), 1, "NdPr oxide"),
    ] as [(String, Dimension, Double, String?)])
  func known(text: String, dimension: Dimension, factor: Double, substance: String?) throws {
    let unit = try Unit(text)
    #expect(unit.dimension == dimension)
    #expect(abs(unit.factor - factor) <= 1e-12 * factor)
    #expect(unit.substance == substance)
  }

  @Test(
    "what is no unit is refused",
    arguments: [
      "tonnes", "T", "mt", "t/", "t/kg", "/yr", "t//yr", "t/yr/yr", "d/yr", "kt REO/fortnight", "%/yr",
      "USD/MW", "USD NdPr/kg", "USD/kg/yr", "t/USD",
    ])
  func refused(text: String) {
    #expect(throws: UnitError.self) { try Unit(text) }
  }

  @Test("units count the same as far as they say what they count")
  func substances() throws {
    let reo = try Unit("t REO/yr")
    #expect(reo.countsSame(as: try Unit("kt reo/yr")))
    #expect(reo.countsSame(as: try Unit("t/yr")))
    #expect(!reo.countsSame(as: try Unit("t magnet/yr")))
    #expect(!(try Unit("USD/kg")).countsSame(as: try Unit("EUR/kg")))
  }
}

struct CountryTests {
  @Test("countries go by their ISO code, Norway included")
  func codes() {
    #expect(Country(code: "NO")?.name == "Norway")
    #expect(Country(code: "cn")?.code == "CN")
    #expect(Country(code: "EU") == nil)
    #expect(Country(code: "") == nil)
    #expect(Country.allCodes.count == 250)
  }

  @Test("the known blocs have their members")
  func blocs() {
    #expect(Bloc.known.map(\.members.count) == [27, 7])
  }

  @Test("a border lies between a country and another place, not inside a bloc")
  func borders() throws {
    let germany = try #require(Country(code: "DE"))
    let china = try #require(Country(code: "CN"))
    let union = Bloc.known[0]
    #expect(Place.country(germany).isAbroad(for: china))
    #expect(!Place.country(germany).isAbroad(for: germany))
    #expect(!Place.bloc(union).isAbroad(for: germany))
    #expect(Place.bloc(union).isAbroad(for: china))
    #expect(!Place.anywhere.isAbroad(for: china))
  }
}

struct SupplyNetworkTests {
  @Test("the ultimate parent is the end of the chain, and a circle ends")
  func parents() {
    func network(_ parents: [Int?]) -> SupplyNetwork {
      SupplyNetwork(
        id: "x", operators: parents.enumerated().map { Operator(id: "\($0)", parent: $1.map { Key($0) }) })
    }
    #expect(network([1, 2, nil]).ultimateParent(of: Key(0)).position == 2)
    #expect(network([nil]).ultimateParent(of: Key(0)).position == 0)
    #expect(network([1, 2, 0]).ultimateParent(of: Key(0)).position == 2)
    #expect(network([0]).ultimateParent(of: Key(0)).position == 0)
  }

  @Test(
    "all ultimate parents at once are those one by one, and who is controlled is who has it above",
    arguments: 0..<50 as Range<UInt64>)
  func ownership(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 1...12, using: &generator)
    let network = SupplyNetwork(
      id: "x",
      operators: (0..<count).map { position in
        let parent = Int.random(in: -3..<count, using: &generator)
        return Operator(id: "\(position)", parent: parent < 0 ? nil : Key(parent))
      })
    let keys = Array(network.operators.keys)
    #expect(network.ultimateParents() == keys.map { network.ultimateParent(of: $0) })
    func isControlled(_ key: Key<Operator>, by top: Key<Operator>) -> Bool {
      var current = key
      for _ in 0..<count where current != top { current = network.operators[current].parent ?? current }
      return current == top
    }
    for top in keys {
      #expect(
        network.operators(controlledBy: [top]).sorted() == keys.filter { isControlled($0, by: top) })
    }
  }

  @Test("a chain of 100,000 parents is walked once")
  func longChain() {
    let count = 100_000
    let network = SupplyNetwork(
      id: "x", operators: (0..<count).map { Operator(id: "\($0)", parent: $0 == 0 ? nil : Key($0 - 1)) })
    #expect(network.ultimateParents().allSatisfy { $0 == Key(0) })
    #expect(network.operators(controlledBy: [Key(0)]).count == count)
  }

  @Test("without demand, what nobody takes is an end product")
  func impliedDemand() throws {
    let tonne = try Unit("t")
    let one = Figure(1, unit: tonne)
    let network = SupplyNetwork(
      id: "x", materials: ["ore", "metal", "slag"].map { Material(id: $0, unit: tonne) },
      processes: [
        Process(id: "mine", activity: tonne, slots: [], outputs: [Output(Key(0), amount: one)]),
        Process(
          id: "smelt", activity: tonne, slots: [Slot([Input(Key(0), amount: one)])],
          outputs: [Output(Key(1), amount: one), Output(Key(2), amount: one)]),
      ])
    #expect(network.withImpliedDemand().demand.rows.map(\.id) == ["metal", "slag"])
    #expect(network.withImpliedDemand().markets.map(\.position) == [1, 2])
  }

  @Test("a figure is never out of its range")
  func figures() async {
    await #expect(processExitsWith: .failure) {
      _ = Figure(3, unit: try Unit("t"), low: 4)
    }
  }
}
