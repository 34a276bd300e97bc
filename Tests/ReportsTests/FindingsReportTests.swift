import Diagnostics
import Foundation
import Reports
import RuleEngine
import SupplyModel
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What the rules found, in every format that it is printed in.
struct FindingsReportTests {
  func report(_ text: String = "one plant", failOn: FindingSeverity? = .high) throws -> FindingsReport {
    let network = try exampleNetwork()
    let header = RuleHeader(
      id: "single-site", title: text, severity: .high, tags: ["chokepoint"], why: text, fix: text,
      pack: "chokepoints")
    let path = Array(network.sites.keys.prefix(2))
    let subject = Finding.Subject(kind: "product", id: "motors", name: text)
    let findings = [
      Finding(
        ruleID: header.id, ruleVersion: 1, severity: .critical, subjects: [subject], message: text,
        evidence: [.init(name: "path", sites: path, text: text)], scenario: "ban"),
      Finding(
        ruleID: header.id, ruleVersion: 1, severity: .low,
        subjects: [.init(kind: "site", id: "a b", name: text)], message: "\(text) again"),
    ]
    var result = RuleResult(rule: header, scenario: "ban")
    result.findings = findings
    result.findingCount = 5
    result.cleanCount = 3
    result.inconclusive = [.init(subjects: [subject], missing: ["site[mt].capacity"])]
    result.inconclusiveCount = 1
    var idle = RuleResult(rule: RuleHeader(id: "idle", title: "Idle", severity: .info))
    idle.notApplicable = "there is nothing that it looks at"
    var broken = RuleResult(rule: RuleHeader(id: "broken", title: "Broken", severity: .info))
    broken.problems = [Diagnostic(id: "unknown-name", "there is no variable 'x'")]
    let expires = try #require(CalendarDate("2027-01-31"))
    let waiver = Waiver(rule: header.id, reason: text, expires: expires)
    let run = RuleRun(
      results: [result, idle, broken], findings: findings, waived: [(findings[1], waiver)],
      known: [findings[0]],
      notes: [], missing: [("site[mt].capacity", 1)], problems: broken.problems)
    return FindingsReport(of: run, on: network, read: "Graphs/a b/network.yaml", failOn: failOn)
  }

  private func all(_ report: FindingsReport) -> [(name: String, text: String)] {
    [
      ("text", report.text(top: 20).rendered(colour: false)), ("json", report.json()),
      ("jsonl", report.jsonLines()),
      ("sarif", report.sarif(version: "1")), ("junit", report.junit()), ("markdown", report.markdown()),
      ("csv", report.csv()), ("github", report.github()),
    ]
  }

  @Test("the verdict counts what is at or above a severity")
  func verdict() throws {
    #expect(try report().failures.count == 1)
    #expect(try report(failOn: .low).failures.count == 2)
    #expect(try report(failOn: nil).failures.isEmpty)
    #expect(try !report().isComplete)
    let text = try report().text(top: 20).rendered(colour: false)
    #expect(text.contains("2 findings: 1 critical, 1 low"))
    #expect(text.contains("site[mt].capacity: 1 subject"))
    #expect(text.contains("idle: there is nothing that it looks at"))
    #expect(
      text.contains("2 more findings of rules with too many are not kept") || text.contains("3 more findings")
    )
    #expect(try report().text(top: 1).rendered(colour: false).contains("… and 1 more findings"))
  }

  @Test("every format gives the same bytes twice")
  func same() throws {
    for (one, other) in zip(all(try report()), all(try report())) {
      #expect(one.text == other.text, "\(one.name)")
      #expect(!one.text.isEmpty)
    }
  }

  @Test("the JSON of findings, and each line of the lines, can be read")
  func json() throws {
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(try report().json().utf8)) as? [String: Any])
    let findings = try #require(object["findings"] as? [[String: Any]])
    #expect(findings.map { $0["state"] as? String } == ["open", "open", "waived", "known"])
    #expect(findings[0]["fingerprint"] as? String == findings[3]["fingerprint"] as? String)
    let lines = try report().jsonLines().split(separator: "\n")
    #expect(lines.count == 2)
    for line in lines {
      #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
    }
  }

  @Test("the SARIF log has what readers of the format ask for, and no null")
  func sarif() throws {
    let text = try report().sarif(version: "0.1.0")
    #expect(!text.contains("null"))
    let log = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(log["version"] as? String == "2.1.0")
    let run = try #require((log["runs"] as? [[String: Any]])?.first)
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.map { $0["kind"] as? String } == ["fail", "fail", "fail", "fail", "open"])
    #expect(results.map { $0["level"] as? String } == ["error", "note", "note", "error", "none"])
    let rules =
      ((run["tool"] as? [String: Any])?["driver"] as? [String: Any])?["rules"] as? [[String: Any]] ?? []
    for result in results {
      let index = try #require(result["ruleIndex"] as? Int)
      #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
      #expect((result["message"] as? [String: Any])?["text"] is String)
    }
    #expect((results[0]["codeFlows"] as? [Any])?.count == 1)
    #expect((results[2]["suppressions"] as? [Any])?.count == 1)
    #expect(results[3]["baselineState"] as? String == "unchanged")
    #expect(text.contains("Graphs/a%20b/network.yaml"))
  }

  @Test("the JUnit suite is well-formed and counts failures, errors and skipped rules")
  func junit() throws {
    let text = try report().junit()
    let parser = XMLParser(data: Data(text.utf8))
    #expect(parser.parse())
    #expect(text.contains("tests=\"3\" failures=\"1\" errors=\"1\" skipped=\"1\""))
  }

  @Test(
    "hostile text is harmless in every format",
    arguments: [
      "<script>alert(1)</script>", "a\"b'c&d", "x]]>y", "=cmd()", "| a | b |", "[x](javascript:alert(1))",
      "\u{1B}[31mred",
      "line\nbreak\r::error::x", "\u{202E}evil\u{2066}", "100%0A", "\u{FFFF}\u{1}", "`code` **bold**",
    ])
  func hostile(text: String) throws {
    let report = try report(text)
    for (name, output) in all(report) {
      let isHarmless = !output.unicodeScalars.contains { scalar in
        scalar.value < 0x20 && scalar != "\n" && !(scalar == "\r" && name == "csv")
          || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
          || (0x2066...0x2069).contains(scalar.value)
      }
      #expect(isHarmless, "\(name)")
      if name == "markdown" || name == "junit" { #expect(!output.contains("<script>")) }
      if name == "markdown" { #expect(!output.contains("[x](")) }
    }
    #expect(XMLParser(data: Data(report.junit().utf8)).parse())
    _ = try JSONSerialization.jsonObject(with: Data(report.sarif(version: "1").utf8))
    let lines = report.github().split(separator: "\n")
    #expect(lines.count == 2 && lines.allSatisfy { $0.hasPrefix("::") })
    let rows = report.csv().split(separator: "\r\n")
    #expect(rows.count == 5)
    #expect(!rows.contains { row in row.contains(",=") || row.contains(",\"=") })
    for row in report.markdown().split(separator: "\n") where row.hasPrefix("|") {
      #expect(row.replacing("\\|", with: "").count { $0 == "|" } == 5)
    }
  }
}
