import CEL
import Diagnostics
import FileFormats
import Foundation
import RuleEngine
import SupplyModel
import TestSupport
import Testing

struct PackReaderTests {
  private func read(_ files: [String: String], known: [RulePack] = []) -> RulePackReading {
    PackReader.read(paths: Array(files.keys), in: "packs/my", known: known) { path in
      files[path].map { .success(Array($0.utf8)) } ?? .failure(.missing)
    }
  }

  private func rule(_ id: String) -> String { smallRule().replacing("one-supplier", with: id) }

  private static let manifest = """
    format: 1
    id: my
    version: 1.2.0
    title: My rules
    license: CC-BY-4.0
    authors: [Me]
    engine: ">=1 <2"
    rules: [Rules]
    lists: { allies: [AU, JP], heavy: [Dy, Tb] }
    severity: { a: critical }
    off: [b]
    params: { a: { limit: 0.5, stages: [mine, metal] } }
    profiles: { strict: { only: [a], severity: { a: low } } }

    """

  private let files = [
    "pack.yaml": manifest,
    "Rules/a.yaml": smallRule("params: { l: { type: list<country>, default: lists.allies } }\n")
      .replacing("one-supplier", with: "a"),
    "Rules/b.yaml": smallRule().replacing("one-supplier", with: "b"),
    "Rules/a.test.yaml": """
    format: 1
    networks: { chain: "a -[x]-> b" }
    scenarios: { now: { as_of: 2026-01-01, outages: [ { site: a } ] } }
    cases:
      - { rule: a, name: plain, network: chain, expect: clean }
      - { rule: a, name: dark, network: chain, scenario: now, with: { remove: [b] }, expect: flagged, findings: [b] }

    """,
    "README.md": "# Mine", "other.yaml": "format: 9",
  ]

  @Test("a pack is read whole")
  func whole() throws {
    let reading = read(files)
    #expect(reading.diagnostics.map { "\($0)" } == [])
    let pack = try #require(reading.pack)
    #expect(pack.id == "my" && pack.version == "1.2.0" && pack.title == "My rules")
    #expect(pack.rules.map(\.header.id) == ["a", "b"])
    #expect(pack.rules.map(\.header.pack) == ["my", "my"])
    #expect(pack.lists.map(\.name) == ["allies", "heavy"])
    #expect(pack.settings.severities == ["a": .critical] && pack.settings.off == ["b"])
    #expect(pack.settings.assignments.map(\.values) == [["0.5"], ["mine", "metal"]])
    #expect(pack.profiles.map(\.id) == ["strict"] && pack.profiles[0].settings.only == ["a"])
    #expect(reading.tests.map(\.example.name) == ["plain", "dark"])
    #expect(reading.tests[1].example.network.sites.rows.map(\.id) == ["a"])
    #expect(reading.tests[1].example.scenario?.id == "now")
  }

  @Test("a folder without a manifest is a pack of its rules")
  func plainFolder() throws {
    let pack = try #require(read(["x/a.yaml": rule("a"), "b.yaml": rule("b")]).pack)
    #expect(pack.id == "my" && pack.rules.map(\.header.id) == ["b", "a"])
  }

  @Test("a bad, a newer and a doubled rule are refused, and the others are read")
  func othersGoOn() throws {
    var files = files
    files["Rules/c.yaml"] = rule("c").replacing("format: 1", with: "format: 2")
    files["Rules/d.yaml"] = "a: [\n"
    files["Rules/more/b.yaml"] = rule("b")
    let reading = read(files)
    #expect(reading.pack?.rules.map(\.header.id) == ["a", "b"])
    #expect(
      reading.refused == ["packs/my/Rules/c.yaml", "packs/my/Rules/d.yaml", "packs/my/Rules/more/b.yaml"])
    #expect(reading.diagnostics.map(\.id) == ["newer-format", "invalid-yaml", "duplicate-id"])
    #expect(reading.diagnostics.last?.summary.contains("packs/my/Rules/b.yaml") == true)
  }

  @Test(
    "paths of a pack stay inside it",
    arguments: [
      ("../other", "8:9 invalid-path"), ("/etc/rules", "8:9 invalid-path"), ("a/../../b", "8:9 invalid-path"),
      ("Ruls", "8:9 unreadable-file"), ("a\\b", "8:9 invalid-path"),
    ])
  func paths(path: String, place: String) {
    var files = files
    files["pack.yaml"] = Self.manifest.replacing("[Rules]", with: "[\(path)]")
    let reading = read(files)
    #expect(places(reading.diagnostics) == [place])
    #expect(reading.pack == nil)
  }

  @Test("a network of a test stays inside the pack, too")
  func networkPath() {
    var files = files
    files["Rules/b.test.yaml"] = """
      format: 1
      cases: [ { rule: a, name: x, network: { folder: ../secret }, expect: clean } ]
      """
    let reading = read(files)
    #expect(places(reading.diagnostics) == ["2:49 invalid-path"])
    #expect(reading.pack?.rules.count == 2)
  }

  @Test("a file that is not what the lock says is refused; one that is, is read")
  func lock() throws {
    var files = files
    let locked = files.map { (path: $0.key, bytes: Array($0.value.utf8)) }
    files["pack.lock"] = PackReader.lock(locked.filter { PackReader.isLocked($0.path) })
    #expect(read(files).diagnostics == [])
    files["Rules/a.yaml"]? += "# changed\n"
    files["Rules/new.yaml"] = rule("new")
    let reading = read(files)
    #expect(reading.pack?.rules.map(\.header.id) == ["b"])
    #expect(reading.refused == ["packs/my/Rules/a.yaml", "packs/my/Rules/new.yaml"])
    #expect(reading.diagnostics.map(\.id) == ["changed-file", "changed-file"])
    files["Rules/b.yaml"] = nil
    files["pack.yaml"]? += "# changed\n"
    let second = read(files)
    #expect(second.pack == nil)
    #expect(second.diagnostics.map(\.id) == ["missing-file", "changed-file"])
    files["pack.lock"] = "abc  x\n"
    #expect(read(files).diagnostics.map(\.id).first == "invalid-lock")
  }

  @Test("a pack takes over lists, rules and settings of one that it extends, and changes them")
  func extends() throws {
    let base = try #require(read(files).pack)
    let manifest = """
      format: 1
      id: mine
      version: "2"
      extends: [my]
      lists: { allies: [US] }
      severity: { b: info }
      """
    let reading = read(["pack.yaml": manifest, "a.yaml": rule("a")], known: [base])
    #expect(reading.diagnostics == [])
    let pack = try #require(reading.pack)
    #expect(pack.rules.map(\.header.id) == ["b", "a"] && pack.rules.map(\.header.pack) == ["my", "mine"])
    #expect(pack.lists.map(\.values) == [["Dy", "Tb"], ["US"]])
    #expect(pack.settings.severities == ["a": .critical, "b": .info] && pack.settings.off == [])
    let far = read(
      ["pack.yaml": manifest.replacing("[my]", with: "[\"https://x.example/p\"]")], known: [base])
    #expect(far.diagnostics.map(\.id) == ["unknown-pack"])
    #expect(far.diagnostics.first?.help?.contains("nothing is fetched") == true)
  }

  @Test("a folder of 50,000 files ends within a second, and says how many are looked at")
  func manyFiles() {
    let paths = (0..<50_000).map { "a/f\($0)/network.yaml" } + (0..<1_000).map { "Rules/r\($0).yaml" }
    var reading: RulePackReading?
    let time = threadSeconds {
      reading = PackReader.read(paths: paths, in: "many") { _ in .failure(.missing) }
    }
    #expect(time < 1)
    #expect(reading?.diagnostics.contains { $0.id == "too-large" } == true)
    #expect(reading?.refused.count == 500)
  }

  @Test("a manifest names a hundred files and folders at most")
  func manyEntries() {
    var files = files
    let entries = Array(repeating: "Rules", count: 900).joined(separator: ", ")
    files["pack.yaml"] = Self.manifest.replacing("[Rules]", with: "[\(entries)]")
    #expect(places(read(files).diagnostics) == ["8:709 too-large"])
  }
}

struct WaiverFileTests {
  @Test("waivers have a rule, a reason and a day")
  func whole() throws {
    let reading = WaiverFile.read(
      Array(
        """
        format: 1
        waivers:
          - { rule: a, subjects: [motor, plant], reason: In qualification, expires: 2026-12-31, owner: desk }
          - { rule: b, subjects: motor, reason: Known, expires: 2027-01-31 }
        """.utf8), named: "waivers.yaml")
    #expect(reading.diagnostics == [])
    #expect(reading.waivers.map(\.subjects) == [["motor", "plant"], ["motor"]])
    #expect(reading.waivers.map(\.expires.description) == ["2026-12-31", "2027-01-31"])
    #expect(reading.waivers.map(\.place?.line) == [3, 4])
  }

  @Test("a waiver without a reason or with a day that cannot be read is an error, and the others count")
  func bad() {
    let reading = WaiverFile.read(
      Array(
        """
        format: 1
        waivers:
          - { rule: a, expires: 2026-12-31 }
          - { rule: a, reason: x, expires: 31.12.2026 }
          - { rule: a, reason: x, expires: 2026-02-30 }
          - { rule: a, reason: x }
          - { rule: a, reason: x, expires: 2026-12-31, until: never }
        """.utf8), named: "waivers.yaml")
    #expect(
      places(reading.diagnostics) == [
        "3:5 missing-key", "4:36 invalid-date", "5:36 invalid-date", "6:5 missing-key", "7:48 unknown-key",
      ])
    #expect(reading.waivers.count == 1)
  }
}

struct BaselineFileTests {
  @Test("what was written is read again, in one order")
  func roundTrip() throws {
    for prints: Set<String> in [[], ["0123456789abcdef"], ["ffffffffffffffff", "0000000000000000"]] {
      let text = BaselineFile.write(FindingBaseline(fingerprints: prints))
      let reading = BaselineFile.read(Array(text.utf8), named: "baseline.json")
      #expect(reading.diagnostics == [])
      #expect(reading.baseline?.fingerprints == prints)
      let value = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(value["fingerprints"] as? [String] == prints.sorted())
    }
  }

  @Test("a baseline of 50,000 findings is read")
  func large() {
    let prints = Set((0..<50_000).map { String(repeating: "0", count: 11) + String(10_000 + $0) })
      .filter { $0.count == 16 }
    let text = BaselineFile.write(FindingBaseline(fingerprints: prints))
    #expect(BaselineFile.read(Array(text.utf8), named: "b").baseline?.fingerprints == prints)
  }

  @Test("what is no fingerprint is named at its place")
  func bad() {
    let text = "{\n  \"format\": 1,\n  \"fingerprints\": [\"0123456789abcdef\", \"xyz\"]\n}\n"
    let reading = BaselineFile.read(Array(text.utf8), named: "b.json")
    #expect(reading.baseline == nil)
    #expect(places(reading.diagnostics) == ["3:41 invalid-fingerprint"])
  }
}

struct ProjectFileTests {
  @Test("a project says which rules are run and how")
  func whole() throws {
    let reading = ProjectFile.read(
      Array(
        """
        format: 1
        rules: [rules, ../shared/rules]
        packs: chokepoints
        profile: strict
        severity: { a: low }
        off: [b]
        params: { a: { limit: 0.8, allies: [AU, JP] } }
        fail_on: high
        waivers: waivers.yaml
        baseline: baseline.json
        """.utf8), named: "chokepoint.yaml")
    #expect(reading.diagnostics == [])
    let project = try #require(reading.project)
    #expect(project.rulePaths == ["rules", "../shared/rules"] && project.packs == ["chokepoints"])
    #expect(project.failOn == .high && project.profile == "strict")
    #expect(project.settings.assignments.map(\.parameter) == ["limit", "allies"])
    #expect(project.waivers == "waivers.yaml" && project.baseline == "baseline.json")
  }

  @Test("what is wrong is named at its place")
  func bad() {
    let reading = ProjectFile.read(
      Array("format: 1\nfail-on: high\nseverity: { a: worse }\nparams: { a: 3 }\n".utf8), named: "c")
    #expect(
      places(reading.diagnostics) == ["2:1 unknown-key", "3:16 unknown-value", "4:14 wrong-kind"])
    #expect(reading.diagnostics.first?.help == "did you mean 'fail_on'?")
  }

  private var rule: RuleFile? { readRule(wholeRule).rule }

  @Test(
    "a parameter is set by a text that fits its type",
    arguments: [
      ("one-supplier.limit=0.8", "0.8"), ("one-supplier.count=3", "3"), ("one-supplier.loud=false", "false"),
      ("one-supplier.stages=[mine, metal]", "mine,metal"), ("one-supplier.allies=AU", "AU"),
      ("one-supplier.stages=[]", ""),
    ])
  func set(text: String, value: String) throws {
    let parameter = try RuleSettings.Assignment(parsing: text).parameter(of: #require(rule))
    let written =
      switch parameter.value {
      case .double(let number): "\(number)"
      case .int(let number): "\(number)"
      case .bool(let flag): "\(flag)"
      case .list(let items):
        items.map { if case .string(let text) = $0 { text } else { "?" } }.joined(separator: ",")
      default: "?"
      }
    #expect(written == value)
  }

  @Test(
    "a setting that does not fit says what would",
    arguments: [
      ("one-supplier", "invalid-setting", "write RULE.PARAMETER=VALUE"),
      ("one-supplier.limt=3", "unknown-parameter", "did you mean 'limit'?"),
      (
        "one-supplier.limit=much", "wrong-type",
        "write a decimal number, such as 0.5; leave it out if it is not known"
      ),
      ("one-supplier.limit=2", "out-of-range", "it is at least 0.0 and at most 1.0"),
      ("one-supplier.limit=[1, 2]", "wrong-type", "write one value, without brackets"),
      ("one-supplier.allies=[AU, UK]", "wrong-type", "did you mean 'GB' (United Kingdom)?"),
    ])
  func badSet(text: String, id: String, help: String) throws {
    let rule = try #require(rule)
    do {
      _ = try RuleSettings.Assignment(parsing: text).parameter(of: rule)
      Issue.record("\(text) was taken")
    } catch {
      #expect(error.id == id && error.help == help, "\(error)")
    }
  }
}
