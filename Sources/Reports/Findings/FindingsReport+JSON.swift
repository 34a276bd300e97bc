import Diagnostics
import RuleEngine
import SupplyModel

extension FindingsReport {
  /// The document, as `JSON.md` describes it; the same input gives the same bytes.
  public func json() -> String { jsonText(of: document) }

  /// One finding a line, each a JSON object with the fields of `findings[]`.
  public func jsonLines() -> String {
    run.findings.map { finding in
      jsonText(of: row(finding, state: "open")).split(separator: "\n").map { line in
        line.drop { $0 == " " }
      }.joined() + "\n"
    }.joined()
  }

  private var document: Document {
    Document(
      format: "chokepoint.findings", version: 1, network: network.id, complete: isComplete,
      failed: !failures.isEmpty,
      counts: FindingSeverity.allCases.reversed().map {
        Count(severity: $0.rawValue, findings: count(of: $0))
      },
      findings: run.findings.map { row($0, state: "open") }
        + run.waived.map { row($0.finding, state: "waived", reason: $0.waiver.reason) }
        + run.known.map { row($0, state: "known") },
      rules: run.results.map { result in
        RuleRow(
          id: result.rule.id, version: result.rule.version, title: result.rule.title, pack: result.rule.pack,
          scenario: result.scenario, flagged: result.findingCount, clean: result.cleanCount,
          inconclusive: result.inconclusiveCount, notApplicable: result.notApplicable,
          problems: result.problems.map(\.summary), steps: result.cost)
      },
      missing: run.missing.map { Missing(figure: $0.figure, subjects: $0.subjects) })
  }

  private func row(_ finding: Finding, state: String, reason: String? = nil) -> Row {
    Row(
      rule: finding.ruleID, ruleVersion: finding.ruleVersion, severity: finding.severity.rawValue,
      message: finding.message,
      subjects: finding.subjects.map { Subject(kind: $0.kind, id: $0.id, name: $0.name) },
      scenario: finding.scenario, fingerprint: finding.fingerprint, state: state, reason: reason,
      evidence: finding.evidence.map { evidence in
        Evidence(name: evidence.name, text: evidence.text, sites: network.ids(of: evidence.sites))
      }, fix: rule(of: finding)?.fix ?? "")
  }

  private struct Document: Encodable {
    let format: String
    let version: Int
    let network: String
    let complete: Bool
    let failed: Bool
    let counts: [Count]
    let findings: [Row]
    let rules: [RuleRow]
    let missing: [Missing]
  }

  private struct Count: Encodable {
    let severity: String
    let findings: Int
  }

  private struct Row: Encodable {
    let rule: String
    let ruleVersion: Int
    let severity: String
    let message: String
    let subjects: [Subject]
    let scenario: String?
    let fingerprint: String
    let state: String
    let reason: String?
    let evidence: [Evidence]
    let fix: String
  }

  private struct Subject: Encodable {
    let kind: String
    let id: String
    let name: String
  }

  private struct Evidence: Encodable {
    let name: String
    let text: String
    let sites: [String]
  }

  private struct RuleRow: Encodable {
    let id: String
    let version: Int
    let title: String
    let pack: String?
    let scenario: String?
    let flagged: Int
    let clean: Int
    let inconclusive: Int
    let notApplicable: String?
    let problems: [String]
    let steps: Int
  }

  private struct Missing: Encodable {
    let figure: String
    let subjects: Int
  }
}
