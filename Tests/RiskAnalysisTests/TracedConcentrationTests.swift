@testable import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

/// Concentration by other bases than production: by hand, against the definition, and laws on random networks.
struct TracedConcentrationTests {
  private func rows(
    _ sketch: NetworkSketch, _ basis: Concentration.Basis, by grouping: Concentration.Grouping = .country,
    at stage: String? = nil
  ) throws -> [Concentration] {
    let network = try sketch.network()
    return ProductionGraph(network).tracedConcentration().filter { row in
      row.basis == basis && row.grouping == grouping
        && (stage.map { network.stages[row.stage].id == $0 } ?? true)
    }
  }

  private let x = Statistic.Subject.elements(Key(0))

  private func shares(_ row: Concentration?) -> [String: Double] {
    Dictionary(uniqueKeysWithValues: (row?.holders ?? []).map { ($0.id, $0.share) })
  }

  // MARK: By hand

  /// Mines in China and Australia; plants in China and Malaysia, each fed by its own; both sell to a market, and China sells
  /// most of what it makes to its own magnet maker.
  private func chain(_ change: (inout NetworkSketch) -> Void = { _ in }) -> NetworkSketch {
    var sketch = NetworkSketch(
      stages: ["mine", "plant", "magnet"], materials: ["ore", "oxide", "magnet"],
      partOfX: ["ore": 0.5, "oxide": 0.8, "magnet": 0.2], countsX: true,
      processes: [
        .init(id: "dig", outputs: [("ore", 1)]),
        .init(id: "refine", slots: [[("ore", 2)]], outputs: [("oxide", 1)]),
        .init(id: "make", slots: [[("oxide", 0.25)]], outputs: [("magnet", 1)]),
      ],
      sites: [
        .init(id: "cn-mine", stage: "mine", country: "CN"),
        .init(id: "au-mine", stage: "mine", country: "AU"),
        .init(id: "cn-plant", stage: "plant", country: "CN"),
        .init(id: "my-plant", stage: "plant", country: "MY"),
        .init(id: "cn-works", stage: "magnet", country: "CN"),
        .init(id: "de-works", stage: "magnet", country: "DE"),
      ],
      operations: [
        .init(site: "cn-mine", process: "dig", output: 180),
        .init(site: "au-mine", process: "dig", output: 60),
        .init(site: "cn-plant", process: "refine", output: 90),
        .init(site: "my-plant", process: "refine", output: 30),
        .init(site: "cn-works", process: "make", output: 320),
        .init(site: "de-works", process: "make", output: 40),
      ],
      flows: [
        .init(from: .site("cn-mine"), to: .site("cn-plant"), material: "ore", volume: 180),
        .init(from: .site("au-mine"), to: .site("my-plant"), material: "ore", volume: 60),
        .init(from: .site("cn-plant"), to: .site("cn-works"), material: "oxide", volume: 80),
      ],
      markets: ["oxide", "magnet"],
      demand: [
        .init(id: "de", material: "magnet", place: .country("DE"), amount: 40),
        .init(id: "cn", material: "magnet", place: .country("CN"), amount: 320),
      ])
    change(&sketch)
    return sketch
  }

  @Test("what a recorded flow brings to a buyer is not on the open market")
  func openMarket() throws {
    let plants = try rows(chain(), .openMarket, at: "plant")
    #expect(plants.map(\.subject) == [x, .material(Key(1))])
    // Of 90 t of Chinese oxide 80 are tied.
    #expect(shares(plants.first) == ["CN": 0.25, "MY": 0.75])
    #expect(plants.map(\.total) == [32, 40])
    #expect(plants.first.map { $0.hhi == $0.hhiLow && $0.hhi == $0.hhiHigh } == true)
    // Ore has no market, and all magnets are for sale.
    #expect(try rows(chain(), .openMarket, at: "mine").isEmpty)
    #expect(
      shares(try rows(chain(), .openMarket, at: "magnet").first) == ["CN": 320.0 / 360, "DE": 40.0 / 360])
  }

  @Test("a flow without a volume ties what its buyer takes, and might tie nothing or all")
  func openEnded() throws {
    let row = try #require(try rows(chain { $0.flows[2].volume = nil }, .openMarket, at: "plant").first)
    #expect(row.flowsOfUnknownVolume == [Key(2)])
    // The buyer takes 80 in all, and nobody knows how much of it comes this way.
    #expect(row.hhiLow < row.hhi || row.hhi < row.hhiHigh)
    #expect(row.holders.first { $0.id == "MY" }.map { abs($0.low - 30.0 / 120) < 1e-12 } == true)
    #expect(row.holders.first { $0.id == "CN" }.map { $0.low == 0 } ?? true)
  }

  @Test("what a site takes itself, and what a country sends, is tied too")
  func ownUse() throws {
    let sketch = chain {
      $0.operations.append(.init(site: "my-plant", process: "make", output: 40))
      $0.flows.append(.init(from: .country("CN"), to: .site("de-works"), material: "oxide", volume: 5))
    }
    let oxide = Statistic.Subject.material(Key(1))
    let row = try #require(try rows(sketch, .openMarket, at: "plant").first { $0.subject == oxide })
    // Malaysia makes 30 and takes 10; China makes 90, of which 85 are tied.
    #expect(row.total == 25)
    #expect(shares(row) == ["CN": 0.2, "MY": 0.8])
  }

  @Test("what reaches the products is weighed by what they hold, and origin by where it was mined")
  func reaching() throws {
    // German magnets take from the market of oxide: 90 of 120 from China. Of all X, 320/360 goes into Chinese ones, which are made of
    // Chinese oxide and no other; demand buys from one market of magnets.
    let german = 40.0 / 360
    let china = 1 - german + german * 0.75
    let plants = try #require(
      try rows(chain(), .reaching, at: "plant").first { $0.subject == x })
    #expect(abs((shares(plants)["CN"] ?? 0) - china) < 1e-12)
    #expect(abs((shares(plants)["MY"] ?? 0) - german * 0.25) < 1e-12)
    #expect(abs(plants.total - 360 * 0.2) < 1e-9)
    let mines = try #require(
      try rows(chain(), .reaching, at: "mine").first { $0.subject == x })
    #expect(abs((shares(mines)["CN"] ?? 0) - china) < 1e-12)
    let origin = try #require(
      try rows(chain(), .origin, at: "plant").first { $0.subject == x })
    #expect(shares(origin) == ["CN": 0.75, "AU": 0.25])
  }

  @Test("a product of unknown amount is named and not counted, and without any there is no row")
  func notWeighed() throws {
    let one = try #require(try rows(chain { $0.demand[0].amount = nil }, .reaching, at: "plant").first)
    #expect(one.productsNotWeighed == [Key(0)])
    let none = chain {
      $0.demand[0].amount = nil
      $0.demand[1].amount = nil
    }
    #expect(try rows(none, .reaching).isEmpty)
  }

  @Test("a product without a composition holds what went into it")
  func composition() throws {
    let row = try #require(try rows(chain { $0.partOfX["magnet"] = nil }, .reaching, at: "plant").first)
    // A quarter of a tonne of oxide in each, 80 % of it X.
    #expect(abs(row.total - 360 * 0.25 * 0.8) < 1e-9)
  }

  @Test("where only one country can have supplied it, an unknown split is certain to be from there")
  func certain() throws {
    var sketch = chain {
      $0.sites.append(.init(id: "cn-other", stage: "plant", country: "CN", operatorID: "b"))
      $0.operators = [.init(id: "a"), .init(id: "b")]
      $0.sites[2].operatorID = "a"
      $0.operations.append(.init(site: "cn-other", process: "refine", output: 10))
      $0.flows[0].volume = nil
      $0.flows.append(.init(from: .site("cn-mine"), to: .site("cn-other"), material: "ore"))
      $0.flows[2].volume = nil
      $0.flows.append(.init(from: .site("cn-other"), to: .site("cn-works"), material: "oxide"))
      $0.markets = ["magnet"]
      $0.flows.append(.init(from: .site("my-plant"), to: .site("de-works"), material: "oxide"))
    }
    sketch.demand.removeFirst()
    let country = try #require(try rows(sketch, .reaching, at: "plant").first)
    let works = try #require(try rows(sketch, .reaching, at: "magnet").first)
    #expect(works.hhiLow == works.hhi && works.hhi == works.hhiHigh)
    // Which of the two Chinese plants it was is not known; that it was one of them is.
    #expect(abs((country.holders.first?.low ?? 0) - 320.0 / 360) < 1e-12)
    let byOperator = try #require(try rows(sketch, .reaching, by: .operator, at: "plant").first)
    #expect(byOperator.holders.allSatisfy { $0.low == 0 })
    #expect(byOperator.hhiLow < byOperator.hhi && byOperator.hhi < byOperator.hhiHigh)
  }

  @Test("technology is held by those who supply it, by what the sites make that need it")
  func technology() throws {
    let sketch = chain {
      $0.technologies = [.init(id: "solvents")]
      $0.sites[2].technologies = [.init(technology: "solvents", from: "CN")]
      $0.sites[3].technologies = [.init(technology: "solvents", from: nil)]
    }
    let row = try #require(
      try rows(sketch, .technology(Key(0)), at: "plant").first { $0.subject == x })
    #expect(shares(row) == ["CN": 0.75])
    #expect(row.unattributed == 0.25)
    #expect(try rows(sketch, .technology(Key(0)), at: "magnet").isEmpty)
  }

  // MARK: Laws

  private func random(_ seed: UInt64) -> NetworkSketch {
    var generator = SeededGenerator(seed: seed)
    var sketch = NetworkSketch.random(using: &generator)
    sketch.countsX = seed % 2 == 0
    for material in sketch.materials where Double.random(in: 0..<1, using: &generator) < 0.9 {
      sketch.partOfX[material] = Double(Int.random(in: 1...4, using: &generator)) / 4
    }
    return sketch
  }

  private func everyRow(_ network: SupplyNetwork) -> [Concentration] {
    network.concentration() + ProductionGraph(network).tracedConcentration()
  }

  @Test(
    "the index is that of its shares, lies in its range, and the largest share and what is left add up to one",
    arguments: 0..<200 as Range<UInt64>)
  func definition(seed: UInt64) throws {
    for row in everyRow(try random(seed).network()) {
      let index = row.holders.map { $0.share * $0.share }.reduce(0, +) * 10_000
      #expect(abs(row.hhi - index) < 1e-9)
      #expect(row.hhiLow <= row.hhi && row.hhi <= row.hhiHigh && row.hhiHigh <= 10_000 + 1e-6)
      #expect(abs(row.holders.reduce(row.unattributed) { $0 + $1.share } - 1) < 1e-9)
      #expect(row.holders.allSatisfy { 0 <= $0.low && $0.low <= $0.share })
      if let largest = row.largest { #expect(row.nMinus1 == 1 - largest.share) }
      let whole = row.hhi { _ in 1 }
      #expect(whole.hhi == row.hhi && whole.hhiLow == row.hhiLow && whole.missing.isEmpty)
      #expect(whole.hhiHigh >= row.hhiHigh - 1e-9)
    }
  }

  @Test(
    "by parent the index is no less than by operator, whatever the basis", arguments: 0..<200 as Range<UInt64>
  )
  func parents(seed: UInt64) throws {
    let all = everyRow(try random(seed).network())
    let byOperator = all.filter { $0.grouping == .operator }
    let byParent = all.filter { $0.grouping == .parent }
    #expect(byOperator.count == byParent.count)
    for (one, other) in zip(byOperator, byParent) {
      #expect(one.basis == other.basis && one.subject == other.subject && one.stage == other.stage)
      #expect(other.hhi >= one.hhi - 1e-6)
      #expect(abs(other.unattributed - one.unattributed) < 1e-9)
      #expect(other.hhiLow >= one.hhiLow - 1e-6)
    }
  }

  @Test(
    "two owners that merge never lower the index, whatever the basis", arguments: 0..<200 as Range<UInt64>)
  func merging(seed: UInt64) throws {
    let sketch = random(seed)
    var merged = sketch
    for position in merged.sites.indices where merged.sites[position].operatorID == "o2" {
      merged.sites[position].operatorID = "o1"
    }
    let before = everyRow(try sketch.network()).filter { $0.grouping == .operator }
    let after = everyRow(try merged.network()).filter { $0.grouping == .operator }
    #expect(before.count == after.count)
    for (one, two) in zip(before, after) { #expect(two.hhi >= one.hhi - 1e-6) }
  }

  @Test(
    "weights make the index what they are worth, and one that is missing leaves bounds",
    arguments: 0..<100 as Range<UInt64>)
  func weights(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed &+ 77)
    for row in everyRow(try random(seed).network()) where !row.holders.isEmpty {
      var weights: [String: Double] = [:]
      for holder in row.holders { weights[holder.id] = Double.random(in: 0...1, using: &generator) }
      let all = row.hhi { weights[$0.id] }
      let index = row.holders.reduce(0) { $0 + $1.share * $1.share * (weights[$1.id] ?? 0) } * 10_000
      #expect(abs((all.hhi ?? -1) - index) < 1e-9)
      #expect(all.hhiLow <= index + 1e-9 && index <= all.hhiHigh + 1e-9)
      let lost = row.holders[0].id
      let open = row.hhi { $0.id == lost ? nil : weights[$0.id] }
      #expect(open.hhi == nil && open.missing == [lost])
      #expect(open.hhiLow <= all.hhiLow + 1e-9 && all.hhiHigh <= open.hhiHigh + 1e-9)
    }
  }

  @Test("the order of rows changes nothing", arguments: 0..<60 as Range<UInt64>)
  func relabelled(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed &+ 5_000)
    let sketch = random(seed)
    let other = sketch.shuffled(using: &generator)
    func table(_ sketch: NetworkSketch) throws -> [String: Concentration] {
      let network = try sketch.network()
      let named = ProductionGraph(network).tracedConcentration().map { row -> (String, Concentration) in
        let subject: String =
          switch row.subject {
          case .material(let key): network.materials[key].id
          case .elements(let key): network.elementGroups[key].id
          }
        let basis: String =
          if case .technology(let key) = row.basis { network.technologies[key].id } else { "\(row.basis)" }
        return ("\(network.stages[row.stage].id) \(subject) \(basis) \(row.grouping)", row)
      }
      return Dictionary(uniqueKeysWithValues: named)
    }
    let (one, two) = (try table(sketch), try table(other))
    #expect(Set(one.keys) == Set(two.keys))
    for (id, row) in one {
      guard let again = two[id] else { continue }
      #expect(abs(row.hhi - again.hhi) < 1e-6, "\(id)")
      #expect(abs(row.hhiLow - again.hhiLow) < 1e-6 && abs(row.hhiHigh - again.hhiHigh) < 1e-6, "\(id)")
      #expect(abs(row.total - again.total) < 1e-9 * max(1, row.total), "\(id)")
      #expect(Set(row.holders.map(\.id)) == Set(again.holders.map(\.id)), "\(id)")
    }
  }

  /// Networks with a loop of which next to nothing leaves.
  private let slowLoops: Set<UInt64> = [74, 103, 106]

  @Test(
    "the shares of what reaches products are those of tracing each holder on its own",
    arguments: 0..<200 as Range<UInt64>)
  func againstTracing(seed: UInt64) throws {
    let network = try random(seed).network()
    let graph = ProductionGraph(network)
    let rows = graph.tracedConcentration()
    for row in rows where row.grouping == .country && (row.basis == .reaching || row.basis == .origin) {
      let trace = OriginContent(of: graph, elements: network.elementGroups.isEmpty ? ["X", "O"] : ["X"])
      var starts: [(node: Int, amount: Double)] = []
      var stops: Set<Int> = []
      let masses = trace.massInUnit()
      for (position, operation) in network.operations.enumerated() {
        let site = network.sites[operation.site]
        guard site.isActive, site.stage == row.stage,
          let supply = network.supply(of: row.subject, by: operation)
        else { continue }
        if row.basis == .reaching { stops.insert(position) }
        if row.basis == .origin, let amount = supply.amount { starts.append((position, amount)) }
      }
      if row.basis == .reaching {
        for key in network.demand.keys where !row.productsNotWeighed.contains(key) {
          let demand = network.demand[key]
          if trace.isHeld[graph.node(of: key)], let amount = demand.amount?.value,
            let mass = masses[key.position]
          {
            starts.append((graph.node(of: key), amount * mass))
          }
        }
      }
      // Straight from the definition: shares of each node, gone round until nothing moves; nil if that takes too long.
      func part(_ counts: (Int) -> Bool) -> Double? {
        var share = [Double](repeating: 0, count: graph.nodes.count)
        for _ in 0..<500 {
          let before = share
          for node in graph.settlingOrder.nodes where trace.isHeld[node] {
            let isMade = if case .made = trace.mixtures[node] { true } else { false }
            if node < graph.operations.count, stops.contains(node) || isMade {
              let isEnd = row.basis == .origin ? isMade : stops.contains(node)
              share[node] = isEnd && counts(node) ? 1 : 0
            } else if case .mixed(let range) = trace.mixtures[node] {
              share[node] = trace.ways[range].reduce(0) { $0 + $1.weight * share[$1.source] }
            }
          }
          if zip(before, share).allSatisfy({ abs($0 - $1) < 1e-14 }) {
            return starts.reduce(0) { $0 + $1.amount * share[$1.node] }
          }
        }
        return nil
      }
      func country(_ node: Int) -> String? { network.sites[graph.operations[node].site].country?.code }
      for holder in row.holders {
        guard let part = part({ country($0) == holder.id }) else {
          #expect(slowLoops.contains(seed))
          continue
        }
        #expect(abs(part / row.total - holder.share) < 1e-6, "\(holder.id) \(row.basis)")
      }
    }
  }

  @Test(
    "at a stage that is made out of nothing, the origin is the production",
    arguments: 0..<100 as Range<UInt64>)
  func mines(seed: UInt64) throws {
    let network = try random(seed).network()
    let rows = ProductionGraph(network).tracedConcentration()
    for row in network.concentration() where row.basis == .sites {
      guard
        let origin = rows.first(where: {
          $0.basis == .origin && $0.stage == row.stage && $0.subject == row.subject
            && $0.grouping == row.grouping
        })
      else { continue }
      let makers = network.operations.filter {
        network.sites[$0.site].isActive && network.sites[$0.site].stage == row.stage
          && network.supply(of: row.subject, by: $0) != nil
      }
      guard makers.allSatisfy({ network.processes[$0.process].slots.isEmpty && $0.baseline?.value != 0 })
      else {
        continue
      }
      #expect(abs(origin.hhi - row.hhi) < 1e-6)
      #expect(abs(origin.total - row.total) < 1e-9 * max(1, row.total))
      #expect(origin.hhiLow == origin.hhi)
    }
  }
}
