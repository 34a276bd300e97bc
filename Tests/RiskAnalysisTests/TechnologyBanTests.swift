import RiskAnalysis
import SupplyModel
import Testing

/// What a ban of know-how by China does to a single site.
struct TechnologyBanTests {
  enum Fate { case none, stopped, mustRequalify, prevented, frozen, unknown }

  struct Case: Sendable {
    var suppliers: [String]?
    var site: String? = "MY"
    var status = Site.Status.operating
    var from: String?
    var needed: TechnologyNeed.Purpose?
    var fate: Fate
    var loss: Double?
  }

  /// The loss is rigid.
  ///
  /// A site that must find another supplier has not found one yet. It is nil where the site is not active, so that there
  /// is nothing to lose.
  @Test(
    "the fate of a site",
    arguments: [
      // Only China can supply it.
      Case(suppliers: ["CN"], from: "CN", needed: .running, fate: .stopped, loss: 1),
      Case(suppliers: ["CN"], from: "CN", needed: .expanding, fate: .frozen, loss: 0),
      Case(suppliers: ["CN"], from: "CN", needed: .starting, fate: .none, loss: 0),
      Case(suppliers: ["CN"], from: "CN", needed: nil, fate: .unknown, loss: 0),
      Case(suppliers: ["CN"], from: nil, needed: .running, fate: .stopped, loss: 1),
      Case(suppliers: ["CN"], site: nil, from: "CN", needed: .running, fate: .stopped, loss: 1),
      Case(suppliers: ["CN"], status: .ramping, from: "CN", needed: .starting, fate: .prevented, loss: 0),
      Case(suppliers: ["CN"], status: .ramping, from: "CN", needed: .running, fate: .stopped, loss: 1),
      Case(suppliers: ["CN"], status: .planned, from: "CN", needed: .starting, fate: .prevented),
      Case(suppliers: ["CN"], status: .planned, from: "CN", needed: .running, fate: .prevented),
      Case(suppliers: ["CN"], status: .planned, from: "CN", needed: .expanding, fate: .none),
      Case(suppliers: ["CN"], status: .suspended, from: "CN", needed: .running, fate: .none),
      Case(suppliers: ["CN"], status: .closed, from: "CN", needed: .running, fate: .none),
      // The own country always may.
      Case(suppliers: ["CN"], site: "CN", from: "CN", needed: .running, fate: .none, loss: 0),
      Case(suppliers: nil, site: "CN", from: nil, needed: nil, fate: .none, loss: 0),
      // Someone else can step in, or supplies it already.
      Case(suppliers: ["CN", "FR"], from: "CN", needed: .running, fate: .mustRequalify, loss: 1),
      Case(suppliers: ["CN", "MY"], from: "CN", needed: .running, fate: .mustRequalify, loss: 1),
      Case(suppliers: ["CN", "FR"], from: "FR", needed: .running, fate: .none, loss: 0),
      Case(suppliers: ["CN", "FR"], from: "CN", needed: .starting, fate: .none, loss: 0),
      Case(suppliers: ["CN", "FR"], from: "CN", needed: .expanding, fate: .none, loss: 0),
      Case(suppliers: ["CN", "FR"], status: .planned, from: "CN", needed: .running, fate: .mustRequalify),
      Case(suppliers: ["CN", "FR"], status: .planned, from: "CN", needed: .starting, fate: .mustRequalify),
      Case(suppliers: ["CN", "FR"], status: .planned, from: "FR", needed: .starting, fate: .none),
      Case(suppliers: nil, from: "FR", needed: .running, fate: .none, loss: 0),
      Case(suppliers: ["FR"], from: nil, needed: .running, fate: .none, loss: 0),
      // Nobody knows.
      Case(suppliers: nil, from: "CN", needed: .running, fate: .unknown, loss: 1),
      Case(suppliers: nil, from: nil, needed: .running, fate: .unknown, loss: 0),
      Case(suppliers: [], from: "CN", needed: .running, fate: .unknown, loss: 1),
      Case(suppliers: nil, from: nil, needed: .expanding, fate: .unknown, loss: 0),
      Case(suppliers: nil, from: nil, needed: nil, fate: .unknown, loss: 0),
      Case(suppliers: ["CN", "FR"], from: nil, needed: .running, fate: .unknown, loss: 0),
    ])
  func fate(_ row: Case) throws {
    let network = try NetworkSketch(
      stages: ["s"], materials: ["oxide"],
      technologies: [.init(id: "sx", suppliers: row.suppliers)],
      processes: [.init(id: "separate", outputs: [("oxide", 1)])],
      sites: [
        .init(
          id: "site", stage: "s", country: row.site, status: row.status,
          technologies: [.init(technology: "sx", from: row.from, needed: row.needed)]),
        // Makes sure that China is among the countries that supply the technology.
        .init(
          id: "witness", country: "JP", status: .suspended,
          technologies: [.init(technology: "sx", from: "CN", needed: .starting)]),
      ],
      operations: [.init(site: "site", process: "separate", output: 1)]
    ).network()
    let bans = ProductionGraph(network).technologyBans()
    let ban = try #require(bans.first { $0.country.code == "CN" })
    let site = try #require(network.sites.key(of: "site"))
    let lists: [(Fate, [Key<Site>])] = [
      (.stopped, ban.effects.stopped), (.mustRequalify, ban.effects.mustRequalify),
      (.prevented, ban.effects.prevented),
      (.frozen, ban.effects.frozen), (.unknown, ban.effects.unknown),
    ]
    #expect(lists.filter { $0.1.contains(site) }.map(\.0) == (row.fate == .none ? [] : [row.fate]))
    #expect(ban.outcome.loss.first.flatMap { $0?.rigid } == row.loss)
    // If it is not known whether the site can run on, the loss may be whole.
    let mayStop = row.fate == .unknown && (row.needed == nil || row.needed == .running)
    #expect(ban.outcome.loss.first.flatMap { $0?.high } == (mayStop ? 1 : row.loss))
    #expect(ban.outcome.loss.first.flatMap { $0?.low } == row.loss)
    #expect(ban.outcome.stops.isEmpty == (row.fate != .stopped))
  }

  @Test("bans come by technology and by the code of the country")
  func order() throws {
    let bans = ProductionGraph(try magnetChain().network()).technologyBans()
    #expect(bans.map(\.country.code) == ["CN", "FR"])
    // sep-my gets its technology from China and could get it from France; sep-cn stands in China.
    let network = try magnetChain().network()
    #expect(bans[0].effects.mustRequalify.map { network.sites[$0].id } == ["sep-my"])
    #expect(bans[0].effects.stopped.isEmpty)
    #expect(bans[0].outcome.stops.isEmpty)
    for loss in bans[0].outcome.loss { #expect(abs(try #require(loss).rigid - 0.2) < 1e-9) }
    #expect(bans[1].effects.mustRequalify.isEmpty)
  }

  @Test("a technology that nobody can supply any more stops its sites everywhere")
  func failure() throws {
    let network = try magnetChain().network()
    let sx = try #require(network.technologies.key(of: "sx"))
    let outcome = ProductionGraph(network).outcome(of: Disruption(failures: [.technology(sx)]))
    #expect(outcome.stops.count == 2)
  }
}
