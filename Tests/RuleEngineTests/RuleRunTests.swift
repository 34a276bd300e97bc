import CEL
import Diagnostics

import RuleEngine
import SupplyModel
import TestSupport
import Testing

struct RuleRunTests {
  @Test("what a rule finds in the tutorial is what can be worked out by hand")
  func byHand() throws {
    let network = try tutorial()
    let spof = rule(
      "spof", for: everyProduct, let: [("points", "network.chokepoints(p, 'site')")],
      when: "network.canMake(p) && points.size() > 0",
      message: [
        .expression(RuleExpression("p.name")), .text(": "),
        .expression(RuleExpression("points.map(s, s.name).join(', ')")),
      ], severityWhen: [("points.exists(s, s.country == 'CN')", .critical)],
      show: [("sites", "points"), ("path", "network.path(points[0], p)")])
    let run = RuleRunner(rules: [spof]).run(on: network)
    #expect(run.problems.isEmpty)
    #expect(run.flagged == ["motors-eu", "motors-us"])
    #expect(
      run.findings.map(\.message) == ["Motors for the EU: East Plant", "Motors for the US: East Plant"])
    #expect(run.findings.allSatisfy { $0.severity == .critical && $0.scenario == nil })
    let east = try #require(network.sites.key(of: "east-plant"))
    #expect(run.findings[0].evidence.first { $0.name == "sites" }?.sites == [east])
    let path = try #require(run.findings[1].evidence.first { $0.name == "path" }).sites
    #expect(path.map { network.sites[$0].id } == ["east-plant", "harbour-magnets", "lakes-motors"])
    #expect(run.results[0].coverage == (2, 0, 0))
  }

  @Test(
    "expressions over the tutorial, worked out by hand",
    arguments: [
      ("network.chokepoints(p, 'country').map(e, e.id) == ['CN']", true),
      ("network.chokepoints(p, 'technology').size() == 0", true),
      ("network.chokepoints(p).map(s, s.id) == ['east-plant']", true),
      ("network.cutSets(p, 'site', 2).filter(c, c.size() == 2).size() == 6", true),
      ("network.cutSets(p, 'site', 1).map(c, c[0].id) == ['east-plant']", true),
      ("network.upstream(network.site('west-plant')).map(s, s.id) == ['hill-mine']", true),
      ("network.suppliers(network.site('rhine-magnets')).map(s, s.id) == ['west-plant', 'east-plant']", true),
      ("network.suppliers(p).map(s, s.id) == ['alpine-motors', 'delta-motors']", true),
      ("network.without([network.site('clay-mine')]).canMake(p)", true),
      ("network.without(['CN']).canMake(p)", false),
      ("network.withoutOperator('orient-group').canMake(p)", false),
      ("network.only(network.sites().filter(s, s.id != 'west-plant')).canMake(p)", true),
      ("network.withoutExports(['CN']).canMake(p)", false),
      ("network.withoutExports(['CN']).loss(p) == 1.0 && network.loss(p) == 0.0", true),
      ("network.stocks()[0].days == 60.0 && network.stocks()[0].holder == 'JP'", true),
      (
        "network.concentration().exists(c, c.stage == 'separation' && c.subject == 'ndpr-oxide' && c.by == 'country' && c.holders[0] == 'CN' && c.shares[0] == 0.625 && c.hhi == 5312.5)",
        true
      ),
      ("network.originShare(p, 'Dy', ['CN', 'AU']) == 1.0", true),
      ("network.originShare(p, 'Dy', ['CN'], 'separation') == 1.0", true),
      ("network.originShare(p, 'Nd', ['CN', 'FR'], 'separation') > 0.999", true),
      ("network.originShare(p, 'Nd', ['FR'], 'separation') > 0.0", true),
      ("network.originShare(p, 'Nd', ['FR'], 'mine') == 0.0", true),
      ("network.makers('ndpr-oxide').map(s, s.id) == ['west-plant', 'east-plant']", true),
      ("network.supply(network.site('west-plant'), 'ndpr-oxide') == 600.0", true),
      ("network.supply(network.site('west-plant'), 'magnet') == 0.0", true),
      ("network.lanesFrom(network.site('west-plant')).map(l, l.volume).sum() == 600.0", true),
      ("network.lanesTo(p).map(l, l.from) == ['alpine-motors', 'delta-motors']", true),
      ("network.year == 2024", true),
      ("network.materials().exists(m, m.id == 'ndpr-oxide' && m.fractions.sum() > 0.84)", true),
      ("network.site('new-plant').technologies.exists(t, t.needed == 'starting' && t.from == 'CN')", true),
      ("network.figures().all(f, f.source == '' || f.source == 'invented')", true),
      (
        "network.members('G7').size() == 7 && network.countries() == ['AT', 'AU', 'CN', 'DE', 'FR', 'US']",
        true
      ),
      ("percent(0.656) + round(12345.5)  == '66 %12,346'", true),
    ])
  func expressions(_ text: String, _ expected: Bool) throws {
    let run = RuleRunner(
      rules: [rule("r", for: [("p", "[network.product('motors-eu')]")], when: text)]
    ).run(on: try tutorial())
    #expect(run.problems.isEmpty, "\(run.problems)")
    #expect(run.results[0].coverage == (expected ? (1, 0, 0) : (0, 1, 0)))
  }

  @Test("every example of the catalogue is true")
  func examples() throws {
    let world = RuleWorld(try tutorial())
    let environment = RuleCatalogue.environment(for: world)
    let examples = environment.functions.map(\.example).filter { !$0.isEmpty }
    #expect(examples.count > 25)
    let rules = examples.enumerated().map { rule("r\($0)", when: $1) }
    let run = RuleRunner(rules: rules).run(on: world.network)
    #expect(run.problems.isEmpty, "\(run.problems)")
    for (result, example) in zip(run.results, examples) {
      #expect(result.findingCount == 1, "\(example)")
    }
    #expect(RuleCatalogue.manual().contains("chokepoints"))
  }

  @Test("a rule of a scenario runs once in each, and not without one")
  func scenarios() throws {
    let network = try tutorial()
    let stops = rule(
      "stops", for: everyProduct, when: "network.canMake(p) && !banned.canMake(p)",
      message: [.text("stops under "), .expression(RuleExpression("scenario.title"))])
    let without = RuleRunner(rules: [stops]).run(on: network)
    #expect(without.results[0].notApplicable == "it looks at a scenario, and none is given")
    let run = RuleRunner(rules: [stops]).run(
      on: network, scenarios: [ban("CN"), ban("AT", id: "other")])
    #expect(run.problems.isEmpty)
    #expect(run.results.map(\.scenario) == ["ban", "other"])
    #expect(run.findings.map(\.message) == ["stops under Ban of CN", "stops under Ban of CN"])
    #expect(run.findings.allSatisfy { $0.scenario == "ban" })
  }

  @Test("a missing figure makes a rule inconclusive only where it decides")
  func unknowns() throws {
    var network = try tutorial()
    let sites = network.sites.rows
    network.operations = network.operations.map { operation in
      ["west-plant", "rhine-magnets"].contains(sites[operation.site.position].id)
        ? SupplyModel.Operation(site: operation.site, process: operation.process) : operation
    }
    let small = rule(
      "small", for: [("s", "network.sites('separation')")],
      when: "s.capacity < 5000.0 && s.status == 'operating'")
    let any = rule("any", for: [("s", "network.sites()")], when: "s.capacity < 5000.0 || s.active")
    let sum = rule("sum", when: "network.sites('separation').map(s, s.capacity).sum() > 1.0")
    let run = RuleRunner(rules: [small, any, sum]).run(on: network)
    #expect(run.problems.isEmpty)
    #expect(run.results[0].inconclusive.map(\.missing) == [["site[west-plant].capacity"]])
    #expect(run.results[0].inconclusive[0].subjects.map(\.id) == ["west-plant"])
    #expect(run.results[0].coverage == (0, 2, 1))
    #expect(run.results[1].inconclusiveCount == 0)
    #expect(run.results[2].coverage == (0, 0, 1))
    #expect(run.missing.map(\.figure) == ["site[west-plant].capacity"])
    #expect(run.missing[0].subjects == 2)
  }

  @Test("names, types and parameters that are wrong are told with their place, and the other rules run")
  func problems() throws {
    let network = try tutorial()
    let good = rule("good", for: everyProduct, when: "network.canMake(p)")
    let bad = [
      rule("name", for: everyProduct, when: "network.canMakes(p)"),
      rule("attribute", for: everyProduct, when: "p.nam == 'x'"),
      rule("type", for: everyProduct, when: "p.amount"),
      rule("list", for: [("p", "1 + 1")], when: "true"),
      rule("twice", for: everyProduct, let: [("p", "1")], when: "true"),
      rule("missing", when: "network.site('nowhere').active"),
      rule("level", for: everyProduct, when: "network.chokepoints(p, 'planet').size() > 0"),
      rule("guard", let: [("first", "[1][3]")], when: "first > 0"),
    ]
    let run = RuleRunner(rules: bad + [good]).run(on: network)
    #expect(run.flagged == ["motors-eu", "motors-us"])
    for result in run.results.dropLast() {
      #expect(!result.problems.isEmpty, "\(result.rule.id)")
      #expect(result.problems.allSatisfy { $0.place != nil }, "\(result.rule.id)")
    }
    #expect(run.results[0].problems[0].help == "did you mean 'canMake'?")
    #expect(run.results[0].problems[0].place?.file == "name.yaml")
    let lazy = rule("lazy", let: [("first", "[1][3]")], when: "network.sites().size() > 100 && first > 0")
    #expect(RuleRunner(rules: [lazy]).run(on: network).problems.isEmpty)
    #expect(RuleRunner().check(bad[0]).count == 1)
  }

  @Test("what costs too much is refused before it runs, or stopped, and harms no other rule")
  func costs() throws {
    let network = try tutorial()
    var limits = RuleLimits()
    limits.worstCase = 10_000
    limits.worstCasePerPair = 0
    let triple = rule(
      "triple",
      when:
        "network.sites().exists(a, network.sites().exists(b, network.sites().exists(c, a.id + b.id == c.id)))"
    )
    let good = rule("good", for: everyProduct, when: "network.canMake(p)")
    let refused = RuleRunner(rules: [triple, good], limits: limits).run(on: network)
    #expect(refused.problems.map(\.id) == ["cost"])
    #expect(refused.problems[0].summary.contains("on this network (10 sites)"))
    #expect(refused.findings.count == 2)
    limits = RuleLimits()
    limits.tuple = 300
    let stopped = RuleRunner(rules: [triple, good], limits: limits).run(on: network)
    #expect(stopped.problems.map(\.id) == ["cost"])
    #expect(stopped.findings.count == 2)
    limits = RuleLimits()
    limits.analyses = 0
    let views = rule(
      "views", for: everyProduct, when: "network.sites().all(s, network.without([s]).canMake(p))")
    let unaffordable = RuleRunner(rules: [views, good], limits: limits).run(on: network)
    #expect(unaffordable.results[0].problems.map(\.id) == ["cost"])
  }

  @Test(
    "hostile expressions end with a placed message",
    arguments: [
      String(repeating: "(", count: 1_500), String(repeating: "!", count: 1_999) + "true",
      "'" + String(repeating: "a", count: 1_000_000) + "'",
      "[1].all(a, [1].all(b, [1].all(c, [1].all(d, true))))", "nosuch(1)", "'a'.matches('(a+)+$'",
      "network.sites().map(s, network.sites().map(t, network.sites().map(u, s.name + t.name + u.name))).size()",
    ])
  func hostile(_ text: String) throws {
    let good = rule("good", for: everyProduct, when: "network.canMake(p)")
    let run = RuleRunner(rules: [rule("bad", when: text), good]).run(on: try tutorial())
    #expect(!run.problems.isEmpty && run.problems.allSatisfy { $0.place != nil })
    #expect(run.findings.count == 2)
  }

  @Test(
    "a network of many sites takes steps in proportion, and views of nearly nothing end",
    .timeLimit(.minutes(1)))
  func size() throws {
    let (tonnes, rate) = (try Unit("t"), try Unit("t/yr"))
    let count = 5_000
    let network = SupplyNetwork(
      id: "chain", materials: [Material(id: "m", unit: tonnes)],
      sites: (0..<count).map { Site(id: "s\($0)", country: Country(code: $0 % 2 == 0 ? "CN" : "DE")) },
      flows: (1..<count).map {
        Flow(
          id: "f\($0)", from: .site(Key($0 - 1)), to: .site(Key($0)), material: Key(0),
          volume: Figure(1, unit: rate))
      }
        + [Flow(id: "last", from: .site(Key(count - 1)), to: .demand(Key(0)), material: Key(0))],
      demand: [Demand(id: "d", material: Key(0))])
    let run = RuleRunner(
      rules: [
        rule("all", for: everyProduct, when: "network.chokepoints(p).size() == \(count)"),
        rule(
          "each", for: [("s", "network.sites()")],
          when: "network.suppliers(s).size() + network.lanesTo(s).size() == 0"),
        rule("few", for: everyProduct, when: "!network.only([network.sites()[0]]).canMake(p)"),
        rule("path", for: everyProduct, when: "network.path(network.sites()[0], p).size() == \(count)"),
        rule(
          "pairs", for: everyProduct, let: [("codes", "network.chokepoints(p).map(s, s.country).distinct()")],
          when: "codes.size() == 2"),
        rule("reach", for: [("s", "network.sites()")], when: "network.upstream(s).size() > 10"),
      ]
    ).run(on: network)
    #expect(run.results.map(\.findingCount).prefix(5) == [1, 1, 1, 1, 1])
    #expect(run.problems.map(\.id) == ["cost"])
    #expect(run.results[1].cost < 200 * count)
  }

  @Test("a finding says whether what decided read an estimate")
  func estimates() throws {
    var network = try tutorial()
    let sites = network.sites.rows
    network.operations = network.operations.map { operation in
      guard sites[operation.site.position].id == "west-plant", let old = operation.capacity else {
        return operation
      }
      return SupplyModel.Operation(
        site: operation.site, process: operation.process,
        capacity: Figure(old.value, unit: old.unit, confidence: .estimated))
    }
    let large = rule(
      "large", for: [("s", "network.sites('separation')")], when: "s.active && s.capacity > 1.0")
    let run = RuleRunner(rules: [large]).run(on: network)
    #expect(run.flagged == ["east-plant", "west-plant"])
    #expect(run.findings.map(\.restsOnEstimates) == [false, true])
  }

  @Test("users set parameters, severities and which rules run")
  func settings() throws {
    let network = try tutorial()
    let limit = RuleParameter(name: "limit", type: .double, value: .double(0.65), minimum: 0, maximum: 1)
    let share = rule(
      "share",
      for: [("c", "network.concentration().filter(c, c.by == 'country' && c.stage == 'separation')")],
      when: "c.shares[0] > params.limit", parameters: [limit])
    func run(_ settings: RuleSettings) -> RuleRun {
      RuleRunner(rules: [share], settings: settings).run(on: network)
    }
    #expect(run(RuleSettings()).flagged.map { $0.split(separator: "/")[1] } == ["dy-oxide", "tb-oxide"])
    let low = RuleSettings(
      severities: ["share": .critical],
      assignments: [.init(rule: "share", parameter: "limit", values: ["0.6"])])
    #expect(run(low).findings.count == 3)
    #expect(run(low).findings.allSatisfy { $0.severity == .critical })
    #expect(run(RuleSettings(off: ["share"])).results.isEmpty)
    for wrong in ["2", "much"] {
      let settings = RuleSettings(assignments: [.init(rule: "share", parameter: "limit", values: [wrong])])
      #expect(run(settings).problems.map(\.id) == ["parameter"])
    }
    let typo = RuleSettings(assignments: [.init(rule: "share", parameter: "limits", values: ["0.6"])])
    #expect(run(typo).problems[0].help == "did you mean 'limit'?")
  }

  @Test("waivers hold to their last day, baselines for good, and what is left over is told")
  func waivers() throws {
    let network = try tutorial()
    let found = rule("found", for: everyProduct, when: "network.canMake(p)")
    let last = try #require(CalendarDate("2026-03-01"))
    let waiver = Waiver(rule: "found", subjects: ["motors-eu"], reason: "ticket", expires: last)
    let unused = Waiver(rule: "nothing", reason: "old", expires: last)
    let runner = RuleRunner(rules: [found])
    let during = runner.run(on: network, waivers: [waiver, unused], on: last)
    #expect(during.flagged == ["motors-us"])
    #expect(during.waived.map(\.waiver) == [waiver])
    #expect(during.notes.map(\.id) == ["waiver-unused"])
    let after = runner.run(on: network, waivers: [waiver], on: last.adding(days: 1))
    #expect(after.flagged == ["motors-eu", "motors-us"])
    #expect(after.notes.map(\.id) == ["waiver-expired"])
    let known = FindingBaseline(fingerprints: Set(after.findings.map(\.fingerprint)))
    #expect(runner.run(on: network, baseline: known).findings.isEmpty)
  }

  @Test("an explanation has the values of all parts, flagged or not")
  func explanations() throws {
    let world = RuleWorld(try tutorial())
    let found = rule(
      "found", for: everyProduct, let: [("points", "network.chokepoints(p, 'site')")],
      when: "network.canMake(p) && points.size() > 1")
    let (explanations, problems) = RuleRunner().explain(found, ids: ["motors-us"], in: world)
    #expect(problems.isEmpty)
    try #require(explanations.count == 1)
    #expect(explanations[0].outcome == .clean)
    #expect(
      explanations[0].values.map { "\($0.name) = \($0.text)" } == [
        "points = East Plant", "network.canMake(p) = true", "points.size() > 1 = false", "points.size() = 1",
      ])
  }

  @Test("a rule in Swift gives the same kind of findings")
  func native() throws {
    struct Named: Rule {
      let header = RuleHeader(id: "named", title: "named", severity: .low)
      let needsScenario = false
      func verdicts(on world: RuleWorld) -> [RuleVerdict] {
        world.network.sites.rows.map { site in
          let subject = Finding.Subject(kind: "site", id: site.id, name: site.name)
          if site.operatorKey == nil {
            return .inconclusive([subject], missing: ["site[\(site.id)].operator"])
          }
          return site.country?.code == "FR"
            ? .flagged(
              Finding(ruleID: "", ruleVersion: 0, severity: .low, subjects: [subject], message: "French"))
            : .clean([subject])
        }
      }
    }
    let run = RuleRunner(native: [Named()]).run(on: try tutorial())
    #expect(run.flagged == ["west-plant"])
    #expect(run.findings[0].ruleID == "named")
    #expect(run.results[0].coverage == (1, 2, 7))
    #expect(run.missing.count == 7)
  }

  @Test("removing sites one by one finds the same single points, on random networks", arguments: 0..<40)
  func bruteForce(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let network = try randomNetwork(&generator)
    let same = rule(
      "same", for: everyProduct,
      let: [
        ("slow", "network.sites().filter(s, network.canMake(p) && !network.without([s]).canMake(p))"),
        ("fast", "network.chokepoints(p)"),
      ],
      when: "slow.map(s, s.id) != fast.map(s, s.id)")
    let stops = rule(
      "stops", for: everyProduct,
      let: [
        ("codes", "network.countries().filter(c, network.canMake(p) && !network.without([c]).canMake(p))")
      ],
      when: "codes != network.chokepoints(p, 'country').map(e, e.id)")
    let upstream = rule(
      "upstream", for: everyProduct,
      when:
        "!network.canMake(p) ? false : network.chokepoints(p).exists(s, !network.upstream(p).exists(u, u.id == s.id) || network.path(s, p).size() == 0)"
    )
    let first = RuleRunner(rules: [same, stops, upstream]).run(on: network)
    #expect(first.problems.isEmpty, "\(first.problems)")
    #expect(first.findings.isEmpty, "\(first.findings.map(\.evidence))")
    let second = RuleRunner(rules: [same, stops, upstream]).run(on: network)
    #expect(first.results.map(\.cost) == second.results.map(\.cost))
  }
}

/// Sites in a few layers, each with a process that takes the material of the layer before.
private func randomNetwork(_ generator: inout SeededGenerator) throws -> SupplyNetwork {
  let (tonnes, rate) = (try Unit("t"), try Unit("t/yr"))
  let layers = 4
  let materials = (0..<layers).map { Material(id: "m\($0)", unit: tonnes) }
  let processes = (0..<layers).map { layer in
    SupplyModel.Process(
      id: "p\(layer)", activity: tonnes,
      slots: layer == 0 ? [] : [Slot([Input(Key(layer - 1), amount: Figure(1, unit: tonnes))])],
      outputs: [Output(Key(layer), amount: Figure(1, unit: tonnes))])
  }
  var sites: [Site] = []
  var operations: [SupplyModel.Operation] = []
  var flows: [Flow] = []
  var layerOfSite: [Int] = []
  for number in 0..<Int.random(in: 4...12, using: &generator) {
    let layer = number < layers ? number : Int.random(in: 0..<layers, using: &generator)
    let code = ["CN", "DE", "FR"].randomElement(using: &generator) ?? "CN"
    sites.append(Site(id: String(UnicodeScalar(UInt8(97 + number))), country: Country(code: code)))
    operations.append(SupplyModel.Operation(site: Key(number), process: Key(layer)))
    layerOfSite.append(layer)
  }
  for (seller, layer) in layerOfSite.enumerated() {
    for (buyer, next) in layerOfSite.enumerated()
    where next == layer + 1 && Int.random(in: 0..<3, using: &generator) > 0 {
      flows.append(
        Flow(
          id: "f\(flows.count)", from: .site(Key(seller)), to: .site(Key(buyer)), material: Key(layer),
          volume: Figure(1, unit: rate)))
    }
  }
  return SupplyNetwork(
    id: "random", materials: materials, processes: processes, sites: sites, operations: operations,
    flows: flows, markets: [Key(layers - 1)], demand: [Demand(id: "d", material: Key(layers - 1))])
}
