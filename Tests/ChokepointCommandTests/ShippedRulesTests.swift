import Chokepoint
import Foundation
import Testing

/// The shipped rules, as a user runs them.
struct ShippedRulesTests {
  private static let folder = BuiltCommand.packageRoot.appending(path: "Rules")

  private static var files: [URL] {
    let packs =
      (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return packs.flatMap { pack in
      ((try? FileManager.default.contentsOfDirectory(at: pack, includingPropertiesForKeys: nil)) ?? [])
        .filter { $0.pathExtension == "yaml" && $0.lastPathComponent != "pack.yaml" }
    }.sorted { $0.path < $1.path }
  }

  @Test("every example of every shipped rule comes out as it says")
  func examples() throws {
    let result = try BuiltCommand.run(["rules", "test", "Rules"])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains(" 0 failed"))
  }

  @Test("every shipped rule says why, how to mend, and has a flagged, a clean and a bound example")
  func complete() throws {
    #expect(Self.files.count >= 24)
    for file in Self.files {
      let lists = [(name: "allies", values: ["FR"])]
      let reading = RuleFileReader.read(
        [UInt8](try Data(contentsOf: file)), named: file.lastPathComponent, lists: lists)
      #expect(reading.diagnostics == [])
      let rule = try #require(reading.rule)
      #expect(!rule.header.why.isEmpty && !rule.header.fix.isEmpty && !rule.header.tags.isEmpty)
      let id = rule.header.id
      #expect(rule.examples.contains { $0.expectation == .flagged }, "\(id)")
      #expect(rule.examples.contains { $0.expectation == .clean }, "\(id)")
      #expect(rule.examples.contains { $0.isAtBound }, "\(id)")
    }
  }

  @Test(
    "all shipped rules run to their end on the shipped networks with all scenarios, twice with the same bytes",
    arguments: ["tutorial", "gallium-germanium", "rare-earth-magnets"])
  func networks(name: String) throws {
    let arguments = [
      "check", "Graphs/\(name)", "--rules", "Rules", "-s", "all", "--as-of", "2026-06-01", "--format", "json",
    ]
    let (first, second) = (try BuiltCommand.run(arguments), try BuiltCommand.run(arguments))
    #expect(first.status == 0, "\(first.errors.prefix(2_000))")
    #expect(first.output == second.output)
    let object = try #require(JSONSerialization.jsonObject(with: Data(first.output.utf8)) as? [String: Any])
    #expect(object["complete"] as? Bool == true)
    #expect((object["findings"] as? [Any])?.isEmpty == false)
  }

  @Test("a finding at or above the severity asked for exits with 1, and a bad rule with 3 beside the others")
  func exits() throws {
    let failing = try BuiltCommand.run([
      "check", "Graphs/tutorial", "--rules", "Rules/chokepoints", "--fail-on", "high",
    ])
    #expect(failing.status == 1 && failing.output.contains("finding"))
    let passing = try BuiltCommand.run([
      "check", "Graphs/tutorial", "--rules", "Rules/chokepoints", "--fail-on", "critical",
    ])
    #expect(passing.status == 0)
    let good = try String(
      contentsOf: Self.folder.appending(path: "chokepoints/single-site.yaml"), encoding: .utf8)
    let bad = """
      format: 1
      id: bad
      title: Bad
      severity: low
      for:
        - { each: p, in: network.products() }
      when: network.canMake(q)
      message: "{p.name}"
      """
    try BuiltCommand.withNetwork(["single-site.yaml": good, "bad.yaml": bad]) { folder in
      let result = try BuiltCommand.run([
        "check", "Graphs/tutorial", "--rules", folder.path, "--fail-on", "high",
      ])
      #expect(result.status == 3)
      #expect(result.errors.contains("bad.yaml:7:23: error[unknown-name]"), "\(result.errors)")
      #expect(result.output.contains("single-site"))
    }
  }

  @Test("a folder without rules, and a parameter of a rule that there is not, are no success")
  func nothingToAsk() throws {
    try BuiltCommand.withNetwork(["notes.txt": "nothing"]) { folder in
      for arguments in [
        ["check", "Graphs/tutorial", "--rules", folder.path], ["rules", "test", folder.path],
      ] {
        let result = try BuiltCommand.run(arguments)
        #expect(
          result.status == 2 && result.output.isEmpty && result.errors.contains("there are no rules in"))
      }
    }
    let result = try BuiltCommand.run([
      "check", "Graphs/tutorial", "--rules", "Rules", "--set", "single-sit.x=1",
    ])
    #expect(result.status == 2 && result.errors.contains("did you mean 'single-site'?"), "\(result.errors)")
  }

  @Test("a new rule passes its own examples, and is not written over another file")
  func new() throws {
    try BuiltCommand.withNetwork([:]) { folder in
      #expect(try BuiltCommand.run(["rules", "new", "my-rule"], in: folder).status == 0)
      let test = try BuiltCommand.run(["rules", "test", "my-rule.yaml"], in: folder)
      #expect(test.status == 0 && test.output.contains("2 passed, 0 failed"), "\(test.output)\(test.errors)")
      #expect(try BuiltCommand.run(["rules", "new", "my-rule"], in: folder).status == 4)
      #expect(try BuiltCommand.run(["rules", "new", "../x"], in: folder).status == 2)
    }
  }

  @Test("a locked pack is refused once a file has changed")
  func lock() throws {
    let pack = "format: 1\nid: p\nversion: 1.0.0\ntitle: P\n"
    let rule = try String(
      contentsOf: Self.folder.appending(path: "chokepoints/single-site.yaml"), encoding: .utf8)
    try BuiltCommand.withNetwork(["pack.yaml": pack, "single-site.yaml": rule]) { folder in
      #expect(try BuiltCommand.run(["rules", "lock", folder.path]).status == 0)
      #expect(try BuiltCommand.run(["rules", "test", folder.path]).status == 0)
      try Data((rule + "# changed\n").utf8).write(to: folder.appending(path: "single-site.yaml"))
      let changed = try BuiltCommand.run(["rules", "test", folder.path])
      #expect(changed.status == 3 && changed.errors.contains("error["), "\(changed.errors)")
    }
  }

  @Test("the schema of rules is JSON, and the manual names every type")
  func schema() throws {
    let schema = try BuiltCommand.run(["rules", "schema"])
    #expect(schema.status == 0)
    #expect(try JSONSerialization.jsonObject(with: Data(schema.output.utf8)) is [String: Any])
    let manual = try BuiltCommand.run(["rules", "doc"]).output
    for name in ["site", "product", "control", "chokepoints", "cutSets", "originShare"] {
      #expect(manual.contains("`\(name)`"))
    }
  }

  @Test("a waiver takes a finding out until it expires, and a baseline those that were there")
  func waivers() throws {
    let waiver = """
      format: 1
      waivers:
        - { rule: single-site, reason: second plant in 2027, expires: 2026-12-31 }
      """
    try BuiltCommand.withNetwork(["waivers.yaml": waiver]) { folder in
      let file = folder.appending(path: "waivers.yaml").path
      let base = [
        "check", "Graphs/tutorial", "--rules", "Rules/chokepoints/single-site.yaml", "--fail-on", "low",
        "--waivers", file,
      ]
      #expect(try BuiltCommand.run(base + ["--as-of", "2026-12-31"]).status == 0)
      let over = try BuiltCommand.run(base + ["--as-of", "2027-01-01"])
      #expect(over.status == 1 && over.errors.contains("waiver"))
      let known = folder.appending(path: "known.json").path
      let rules = ["check", "Graphs/tutorial", "--rules", "Rules/chokepoints", "--fail-on", "low"]
      #expect(try BuiltCommand.run(rules + ["--write-baseline", known]).status == 1)
      #expect(try BuiltCommand.run(rules + ["--baseline", known]).status == 0)
    }
  }
}
