import RiskAnalysis
import SupplyModel
import Testing

/// The magnet chain of ``magnetChain()``, worked out by hand.
struct ExampleNetworkTests {
  let network: SupplyNetwork
  let graph: ProductionGraph

  init() throws {
    network = try magnetChain().network()
    graph = ProductionGraph(network)
  }

  private func site(_ id: String) throws -> Key<Site> { try #require(network.sites.key(of: id)) }

  private func labels(_ points: SinglePoints) -> [[String]] {
    points.ofDemand.map { $0.map { $0.label(in: network) } }
  }

  @Test("everything runs when nothing is taken away")
  func baseline() {
    #expect(graph.operability(in: graph.state(under: .none)).allSatisfy { $0 })
    for node in graph.nodes.indices {
      #expect(abs(graph.rigidLevels(under: .none).loss(at: node).high) < 1e-12)
    }
  }

  /// What each export ban costs magnets-jp and magnets-eu.
  ///
  /// - AU: sep-my keeps 5 of 20 t of ore: 0.25. Light oxide 0.8 + 0.2 × 0.25 = 0.85, and heavy oxide the same, since both come
  ///   from the same ore; every magnet follows: x = min(0.85, 0.5 x + 0.5 × 0.85) in the loop of magnet-de and recycler-fr.
  /// - MY: a fifth of both oxides is gone.
  /// - JP: magnets-jp is at home. Of magnets-eu 1/4 comes from magnet-de and 3/4 from the market, 4/5 of that from Japan.
  /// - DE: recycler-fr loses all it is brought, so magnet-de runs at 0.5 × 0 + 0.5 × 1; within the bloc nothing crosses
  ///   a border: 1/4 × 0.5 + 3/4 × (0.8 + 0.2 × 0.5) = 0.8.
  /// - FR: magnet-de loses tb-metal, with the same result.
  /// - VN: magnet-de stops. The split of magnet-jp's metal is not recorded and the size of metal-vn not known: half, or
  ///   all, or nothing is lost; magnets-eu keeps 3/4 × 0.8 = 0.6 of that.
  /// - CN: no dysprosium, and recycling cannot start itself.
  @Test(
    "the rigid loss of every export ban",
    arguments: [
      ("AU", (0.15, 0.15, 0.15), (0.15, 0.15, 0.15)),
      ("MY", (0.2, 0.2, 0.2), (0.2, 0.2, 0.2)),
      ("JP", (0, 0, 0), (0.6, 0.6, 0.6)),
      ("DE", (0, 0, 0), (0.2, 0.2, 0.2)),
      ("FR", (0, 0, 0), (0.2, 0.2, 0.2)),
      ("VN", (0, 0.5, 1), (0.4, 0.7, 1)),
      ("CN", (1, 1, 1), (1, 1, 1)),
      ("US", (0, 0, 0), (0, 0, 0)),
    ] as [(String, (Double, Double, Double), (Double, Double, Double))])
  func rigidLoss(
    ban: String, japan: (Double, Double, Double), europe: (Double, Double, Double)
  ) throws {
    let outcome = graph.outcome(of: .exportBan(try country(ban)))
    #expect(outcome.stops.map { network.demand[$0].id } == (ban == "CN" ? ["magnets-jp", "magnets-eu"] : []))
    for (loss, expected) in zip(outcome.loss, [japan, europe]) {
      let loss = try #require(loss)
      #expect(abs(loss.low - expected.0) < 1e-9)
      #expect(abs(loss.rigid - expected.1) < 1e-9)
      #expect(abs(loss.high - expected.2) < 1e-9)
    }
    #expect(abs(outcome.meanLoss - (japan.1 + europe.1) / 2) < 1e-9)
  }

  /// A ban of one material leaves the joint product alone: without Malaysian light oxide, metal falls to 0.8 and dysprosium
  /// does not; a ban of Chinese heavy oxide closes nothing, since it stays in China.
  @Test("a ban of one joint product closes the lanes of that one only")
  func jointProducts() throws {
    let light = try #require(network.materials.key(of: "light-oxide"))
    let heavy = try #require(network.materials.key(of: "heavy-oxide"))
    let dysprosium = try #require(
      graph.operations.firstIndex { network.sites[$0.site].id == "heavy-cn" })
    let metal = try #require(graph.operations.firstIndex { network.sites[$0.site].id == "metal-jp" })
    func levels(_ code: String, _ material: Key<Material>) throws -> [Double] {
      graph.rigidLevels(
        under: Disruption(tradeControls: [.init(banOnExportsOf: try country(code), of: [material])])
      )
      .expected
    }
    #expect(abs(try levels("MY", light)[metal] - 0.8) < 1e-12)
    #expect(abs(try levels("MY", light)[dysprosium] - 1) < 1e-12)
    #expect(abs(try levels("MY", heavy)[metal] - 1) < 1e-12)
    #expect(abs(try levels("MY", heavy)[dysprosium] - 0.8) < 1e-12)
    #expect(try levels("CN", heavy).allSatisfy { abs($0 - 1) < 1e-12 })
  }

  /// Each maker stops with its own elements and with what all of its suppliers of a slot share.
  ///
  /// Both separators need `sx`, both makers of metal belong to `white`, and only heavy-cn makes dysprosium; the terbium of the
  /// recycler needs magnets, which need heavy-cn. magnet-jp and magnet-de stand in for each other.
  @Test("the single points of today, level by level")
  func singlePoints() {
    let points = graph.singlePoints(in: graph.state(under: .none))
    let shared = [
      "site heavy-cn", "operator red-heavy", "parent red", "parent white", "country CN", "technology sx",
    ]
    #expect(points.isMet == [true, true])
    #expect(labels(points) == [shared, shared])
  }

  /// Without Vietnam, magnet-de stops, and metal-jp and magnet-jp have no substitute any more.
  @Test("under a ban of Vietnam more single points appear")
  func singlePointsUnderVietnam() throws {
    let points = graph.singlePoints(in: graph.state(under: .exportBan(try country("VN"))))
    let shared = [
      "site metal-jp", "site heavy-cn", "site magnet-jp", "operator red-heavy", "operator white",
      "operator green",
      "parent red", "parent white", "parent green", "country CN", "country JP", "technology sx",
    ]
    #expect(labels(points) == [shared, shared])
  }

  /// Without Malaysia, all oxide comes from sep-cn, and its ore from mine-cn.
  @Test("under a ban of Malaysia the chain hangs on Chinese oxide")
  func singlePointsUnderMalaysia() throws {
    let points = graph.singlePoints(in: graph.state(under: .exportBan(try country("MY"))))
    let shared = [
      "site mine-cn", "site sep-cn", "site heavy-cn", "operator red", "operator red-sep",
      "operator red-heavy",
      "parent red", "parent white", "country CN", "technology sx",
    ]
    #expect(labels(points) == [shared, shared])
  }

  @Test("a stopped demand has no single points")
  func nothingLeft() throws {
    let points = graph.singlePoints(in: graph.state(under: .exportBan(try country("CN"))))
    #expect(points.isMet == [false, false])
    #expect(labels(points) == [[], []])
  }

  /// mine-cn's failure: sep-cn stops, sep-my keeps 15 of 20 t of ore; oxides 0.2 × 0.75 = 0.15.
  @Test("the failure of a site")
  func failure() throws {
    let outcome = graph.outcome(of: Disruption(failures: [.site(try site("mine-cn"))]))
    #expect(outcome.stops.isEmpty)
    for loss in outcome.loss { #expect(abs(try #require(loss).rigid - 0.85) < 1e-9) }
  }

  /// Without dysprosium at Japan's door only: dy-metal may not go to magnet-jp, and magnet-de's market is closed too; but
  /// a second flow of terbium that needs no magnet lets magnet-de run on its substitute.
  @Test("a substitute keeps a slot operable, and counts for rigid loss only as far as it is used today")
  func substitute() throws {
    var sketch = magnetChain()
    sketch.processes.append(.init(id: "dig-tb", outputs: [("tb-metal", 1)]))
    sketch.sites.append(.init(id: "tb-us", country: "US"))
    sketch.operations.append(.init(site: "tb-us", process: "dig-tb", output: 1))
    sketch.markets.append("tb-metal")
    let graph = ProductionGraph(try sketch.network())
    let outcome = graph.outcome(of: .exportBan(try country("CN")))
    #expect(outcome.stops.isEmpty)
    #expect(outcome.singlePoints.isMet == [true, true])
    // The market for dy-metal stood for the rest of magnet-de's need, so its half is lost, and with it the loop.
    for loss in outcome.loss { #expect(abs(try #require(loss).rigid - 1) < 1e-9) }
  }

  @Test("country bans come worst first, and equal ones by code")
  func countryBans() {
    #expect(graph.countryBans().map(\.country.code) == ["CN", "VN", "JP", "MY", "AU", "DE", "FR"])
  }

  /// Shares of 85 and 15, of 8 and 2, and of one known maker.
  ///
  /// Mining: 85² + 15² = 7450. Separation: 80² + 20² = 6800. Metal: the size of metal-vn is not known.
  @Test("concentration by country")
  func concentration() throws {
    let rows = network.concentration().filter { $0.grouping == .country }
    func row(_ stage: String, _ material: String) throws -> Concentration {
      let subject = Statistic.Subject.material(try #require(network.materials.key(of: material)))
      return try #require(rows.first { network.stages[$0.stage].id == stage && $0.subject == subject })
    }
    let mining = try row("mine", "ore")
    #expect(mining.holders.map(\.id) == ["CN", "AU"])
    #expect(abs(mining.hhi - 7450) < 1e-6)
    #expect(abs((mining.nMinus1 ?? 0) - 0.15) < 1e-12)
    #expect(abs(try row("separation", "light-oxide").hhi - 6800) < 1e-6)
    #expect(abs(try row("separation", "heavy-oxide").total - 10) < 1e-12)
    let metal = try row("metal", "metal")
    #expect(metal.hhi == 10_000)
    #expect(metal.sitesOfUnknownSize == [try site("metal-vn")])
    #expect(metal.estimatedShare == 1)
  }

  @Test("the same network gives the same summary twice")
  func deterministic() {
    let (one, two) = (RiskSummary(of: network), RiskSummary(of: network))
    #expect(one.worstBan?.country.code == "CN")
    #expect(one.concentration == two.concentration)
    #expect(one.singlePoints.ofDemand == two.singlePoints.ofDemand)
    #expect(one.countryBans.map(\.outcome.loss) == two.countryBans.map(\.outcome.loss))
  }
}
