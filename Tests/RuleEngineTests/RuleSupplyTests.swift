import CEL
import Diagnostics
import RuleEngine
import SupplyModel
import TestSupport
import Testing

/// Slots, stocks, origins by stage, units, and rules about the findings of others.
struct RuleSupplyTests {
  private func coverage(_ text: String, network: SupplyNetwork? = nil) throws -> (Int, Int, Int) {
    let run = RuleRunner(
      rules: [rule("r", for: [("p", "[network.product('motors-eu')]")], when: text)]
    ).run(on: try network ?? tutorial())
    #expect(run.problems.isEmpty, "\(text): \(run.problems)")
    return run.results[0].coverage
  }

  @Test(
    "who has what, worked out by hand on the tutorial",
    arguments: [
      ("network.available(network.site('rhine-magnets'), 'ndpr-oxide')", true),
      ("network.available(network.site('rhine-magnets'), 'motor')", false),
      ("network.available(network.site('rhine-magnets'), 'magnet')", true),
      ("network.without(['CN']).available(network.site('rhine-magnets'), 'dy-oxide')", false),
      ("network.without(['CN']).available(network.site('rhine-magnets'), 'ndpr-oxide')", true),
      (
        "network.site('rhine-magnets').processes[0].slots.map(s, s.material) == ['ndpr-oxide', 'dy-oxide']",
        true
      ),
      (
        "network.site('rhine-magnets').processes[0].slots.exists(s, s.substitutes == ['tb-oxide'] && s.amount == 0.02)",
        true
      ),
      (
        "network.site('rhine-magnets').processes[0].slots.all(s, network.available(network.site('rhine-magnets'), s))",
        true
      ),
      (
        "network.site('rhine-magnets').processes[0].slots.filter(s, !network.without(['CN']).available(network.site('rhine-magnets'), s)).map(s, s.id) == ['make-magnet/dy-oxide']",
        true
      ),
      (
        "network.suppliers(network.site('rhine-magnets'), 'dy-oxide').map(s, s.id) == ['east-plant']", true
      ),
      (
        "network.suppliers(network.site('rhine-magnets'), 'ndpr-oxide').map(s, s.id) == ['west-plant']",
        true
      ),
      ("network.suppliers(p, 'motor').map(s, s.id) == ['alpine-motors', 'delta-motors']", true),
      ("network.suppliers(p, 'magnet').size() == 0", true),
      ("network.stockDays('JP', network.stocks()[0].material) == 60.0", true),
      ("network.outputs(network.site('east-plant')).size() == 3", true),
      ("network.sent(network.site('west-plant'), 'ndpr-oxide') == 600.0", true),
      (
        "network.sells(network.site('west-plant'))",
        true
      ),
      ("network.elements() == ['Nd', 'Pr', 'Dy', 'Tb']", true),
      ("network.originShares(p, 'Dy', 'separation') == {'CN': 1.0}", true),
      (
        "network.originShares(p, 'Nd', 'separation').all(k, k in ['CN', 'FR']) && network.originShares(p, 'Nd', 'separation').transformList(k, v, v).sum() > 0.999",
        true
      ),
      (
        "network.originShares(p, 'Nd', 'separation')['FR'] == network.originShare(p, 'Nd', ['FR'], 'separation')",
        true
      ),
      (
        "network.sites('separation').shareBy(s, s.country, s.capacity) == shares(network.sites('separation').map(s, s.country), network.sites('separation').map(s, s.capacity))",
        true
      ),
      (
        "network.path(network.chokepoints(p, 'country')[0], p).map(s, s.id) == ['clay-mine', 'east-plant', 'harbour-magnets', 'alpine-motors']",
        true
      ),
      ("percent(0.004) == '0.4 %' && percent(0.0) == '0 %' && percent(0.9996) == 'over 99.9 %'", true),
      ("percent(0.997) == '99.7 %' && percent(1.0) == '100 %' && percent(0.0001) == 'under 0.1 %'", true),
    ])
  func byHand(text: String, expected: Bool) throws {
    #expect(try coverage(text) == (expected ? (1, 0, 0) : (0, 1, 0)), "\(text)")
  }

  @Test("a stock that nobody recorded is not known, and neither is what unknown() speaks of")
  func missing() throws {
    #expect(try coverage("network.stockDays('FR', 'dy-oxide') > 1.0") == (0, 0, 1))
    #expect(try coverage("network.stockDays(network.site('rhine-magnets'), 'dy-oxide') > 1.0") == (0, 0, 1))
    #expect(try coverage("unknown('use[EU].Dy')") == (0, 0, 1))
    #expect(try coverage("true || unknown('use[EU].Dy')") == (1, 0, 0))
  }

  @Test("quantities of two units are told before the run, at their place")
  func units() throws {
    let days = RuleParameter(name: "wait", type: .duration, value: .double(90))
    let limit = RuleParameter(name: "limit", type: .double, value: .double(0.5), unit: "share")
    func problems(_ text: String) throws -> [String] {
      let runner = RuleRunner(rules: [
        rule(
          "r", for: [("s", "network.sites()")], let: [("made", "s.capacity")], when: text,
          parameters: [days, limit])
      ])
      return runner.check(runner.rules[0]).map(\.summary)
    }
    #expect(try problems("made > params.wait") == ["a comparison of amount/yr with d"])
    #expect(try problems("s.share > params.wait") == ["a comparison of share with d"])
    #expect(try problems("made > params.limit") == ["a comparison of amount/yr with share"])
    #expect(try problems("made > params.limit * s.output && s.share > params.limit") == [])
    #expect(
      try problems("network.products().map(p, p.amount).sum() > network.stockDays(s, 'x')")
        == ["a comparison of amount/yr with d"])
    #expect(
      try problems("network.sites().map(x, x.capacity).hhi() > params.limit")
        == ["a comparison of HHI points with share"])
    #expect(try problems("network.stocks().exists(k, k.days < params.wait)") == [])
  }

  @Test("a length of time is read in its unit and counts in days")
  func durations() {
    func days(_ text: String) -> String? { ParameterType.duration.value(of: text).map { "\($0)" } }
    #expect(days("90 d") == "\(CELValue.double(90))" && days("2 wk") == "\(CELValue.double(14))")
    #expect(days("1 yr") == "\(CELValue.double(365))")
    for wrong in ["90", "90 t", "d", "-3 d", "inf d", "nan d", "1e999 d", "", "3 d d"] {
      #expect(days(wrong) == nil)
    }
    #expect(ParameterType.list(.duration).unit == "d")
  }

  // MARK: Findings of other rules

  private func withEstimate(_ id: String) throws -> SupplyNetwork {
    var network = try tutorial()
    let sites = network.sites.rows
    network.operations = network.operations.map { operation in
      guard sites[operation.site.position].id == id, let old = operation.capacity else { return operation }
      return Operation(
        site: operation.site, process: operation.process,
        capacity: Figure(old.value, unit: old.unit, confidence: .estimated))
    }
    return network
  }

  @Test("a rule about findings is asked last, and is told which of them estimates decide")
  func findings() throws {
    let network = try withEstimate("west-plant")
    let about = rule(
      "about", for: [("f", "findings")], when: "f.decidedByEstimates",
      message: [
        .expression(RuleExpression("f.rule + ': ' + f.subjects[0] + ' by ' + f.estimates.join(' ')"))
      ])
    let large = rule(
      "large", for: [("s", "network.sites('separation').filter(x, x.active)")], when: "s.capacity > 1.0")
    let plain = rule("plain", for: everyProduct, when: "network.canMake(p)")
    let run = RuleRunner(rules: [about, large, plain]).run(on: network)
    #expect(run.problems.isEmpty, "\(run.problems)")
    #expect(run.results.map(\.rule.id) == ["about", "large", "plain"])
    #expect(run.results[0].coverage == (1, 3, 0))
    #expect(
      run.results[0].findings.map(\.message) == ["large: west-plant by site[west-plant].capacity"])
    // With no estimate there is nothing to say, and a rule about findings never sees those of its like.
    let second = rule("second", for: [("f", "findings")], when: "f.rule == 'about'")
    let other = RuleRunner(rules: [about, second, large]).run(on: try tutorial())
    #expect(other.results.map(\.findingCount) == [0, 0, 2])
  }

  @Test("an estimate that could be anything and changes nothing does not decide")
  func undecided() throws {
    let either = rule(
      "either", for: [("s", "network.sites('separation').filter(x, x.active)")],
      when: "s.capacity > 1.0 || s.country != ''")
    let about = rule("about", for: [("f", "findings")], when: "f.decidedByEstimates")
    let run = RuleRunner(rules: [either, about]).run(on: try withEstimate("west-plant"))
    #expect(run.results[0].findings.map(\.restsOnEstimates) == [false, true])
    #expect(run.results[1].findingCount == 0)
  }

  @Test("each rule has the lists of its own pack, also where two packs call theirs alike")
  func lists() throws {
    func pack(_ id: String, _ values: [String]) -> RulePack {
      var own = rule(id, for: [("c", "network.countries()")], when: "c in lists.allies")
      own.lists = [(name: "allies", values: values)]
      return RulePack(id: id, lists: own.lists, rules: [own])
    }
    let run = RuleRunner([pack("one", ["FR"]), pack("two", ["DE", "AT"])]).run(on: try tutorial())
    #expect(run.results.map(\.findingCount) == [1, 2])
  }

  @Test("settings that speak of rules that there are not are told, with the place and the likely rule")
  func unknownRules() {
    let place = SourcePlace(file: "chokepoint.yaml", line: 4, column: 8)
    var settings = RuleSettings(
      severities: ["large": .low], off: ["lage"], only: ["own", "larger"],
      assignments: [.init(rule: "nothing", parameter: "x", values: ["1"])])
    settings.places = ["lage": place]
    let headers = [RuleHeader(id: "large", title: "Large", severity: .low, tags: ["own"])]
    let found = settings.unknownRules(among: headers)
    #expect(found.map(\.summary) == ["lage", "larger", "nothing"].map { "there is no rule '\($0)'" })
    #expect(found.map(\.place) == [place, nil, nil])
    #expect(found[0].help == "did you mean 'large'?")
  }

  @Test("an explanation looks into macros: each element with what its condition comes to")
  func explained() throws {
    let network = try tutorial()
    let large = rule(
      "large", for: everyProduct,
      let: [("plants", "network.upstream(p).filter(s, s.stage == 'separation')")],
      when: "plants.exists(s, s.country == 'FR' && s.active) && plants.size() > 1")
    let explanation = RuleRunner(rules: [large]).explain(large, ids: ["motors-eu"], in: RuleWorld(network))
    #expect(explanation.problems.isEmpty)
    let values = try #require(explanation.explanations.first).values.map { "\($0.name)=\($0.text)" }
    #expect(values.contains("  s=West Plant; s.country == 'FR' is true, s.country is FR, s.active is true"))
    #expect(values.contains("  s=East Plant; s.country == 'FR' is false, s.country is CN, s.active is true"))
    #expect(values.contains { $0.hasPrefix("  s=") && $0.hasSuffix("s.stage is mine") })
  }
}
