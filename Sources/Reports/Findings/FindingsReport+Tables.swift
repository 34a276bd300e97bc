import Diagnostics
import RuleEngine
import SupplyModel

extension FindingsReport {
  /// A test suite for build servers: each rule under each scenario is a case that fails with its findings.
  public func junit() -> String {
    let cases = run.results
    let failed = cases.count { isFailed($0) }
    let errors = cases.count { !$0.problems.isEmpty }
    let idle = cases.count { $0.notApplicable != nil }
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text +=
      "<testsuites name=\"chokepoint\" tests=\"\(cases.count)\" failures=\"\(failed)\" errors=\"\(errors)\">\n"
    text +=
      "  <testsuite name=\"\(xmlText(network.id))\" tests=\"\(cases.count)\" failures=\"\(failed)\" errors=\"\(errors)\""
      + " skipped=\"\(idle)\">\n"
    for result in cases {
      let place = result.scenario.map { " [\($0)]" } ?? ""
      text +=
        "    <testcase classname=\"\(xmlText(result.rule.pack ?? "rules"))\" name=\"\(xmlText(result.rule.id + place))\">\n"
      if let first = result.problems.first {
        text += "      <error message=\"\(xmlText(first.summary))\"/>\n"
      } else if let reason = result.notApplicable {
        text += "      <skipped message=\"\(xmlText(reason))\"/>\n"
      } else {
        for finding in open(result) {
          text +=
            "      <failure type=\"\(finding.severity.rawValue)\" message=\"\(xmlText(finding.message))\"/>\n"
        }
      }
      text += "    </testcase>\n"
    }
    return text + "  </testsuite>\n</testsuites>\n"
  }

  private func isFailed(_ result: RuleResult) -> Bool {
    result.problems.isEmpty && result.notApplicable == nil && !open(result).isEmpty
  }

  private func open(_ result: RuleResult) -> [Finding] {
    run.findings.filter { $0.ruleID == result.rule.id && $0.scenario == result.scenario }
  }

  /// A table for a page or a comment, the worst finding first.
  public func markdown() -> String {
    var text = "# Rules on \(markdownText(network.title))\n\n"
    let counts = FindingSeverity.allCases.reversed().compactMap { severity in
      count(of: severity) > 0 ? "\(count(of: severity)) \(severity.rawValue)" : nil
    }
    text +=
      run.findings.isEmpty
      ? "No findings.\n" : "\(counted(run.findings.count, "finding")): \(counts.joined(separator: ", ")).\n"
    if !isComplete { text += "\n**Incomplete:** \(counted(run.problems.count, "problem")) with rules.\n" }
    if !run.findings.isEmpty {
      text += "\n| severity | rule | scenario | finding |\n| --- | --- | --- | --- |\n"
      for finding in run.findings {
        let cells = [finding.severity.rawValue, finding.ruleID, finding.scenario ?? "", finding.message]
        text += "| \(cells.map { markdownText($0) }.joined(separator: " | ")) |\n"
      }
    }
    if !run.missing.isEmpty {
      text +=
        "\n\(counted(inconclusiveCount, "subject")) could not be decided. Missing figures, those that settle most first:\n\n"
      for row in run.missing.prefix(20) {
        text += "- \(markdownText(row.figure)): \(row.subjects)\n"
      }
    }
    return text
  }

  /// A table for a spreadsheet (RFC 4180), the worst finding first.
  public func csv() -> String {
    var text = "severity,rule,version,scenario,subjects,message,fingerprint,state\r\n"
    let rows =
      run.findings.map { ($0, "open") } + run.waived.map { ($0.finding, "waived") }
      + run.known.map { ($0, "known") }
    for (finding, state) in rows {
      let cells = [
        finding.severity.rawValue, finding.ruleID, "\(finding.ruleVersion)", finding.scenario ?? "",
        finding.subjects.map { "\($0.kind):\($0.id)" }.joined(separator: " "), finding.message,
        finding.fingerprint, state,
      ]
      text += cells.map(csvCell).joined(separator: ",") + "\r\n"
    }
    return text
  }

  /// Lines that GitHub shows beside a change.
  public func github() -> String {
    func data(_ text: String) -> String {
      printable(text).replacing("%", with: "%25")
    }
    func property(_ text: String) -> String {
      data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
    return run.findings.map { finding in
      let kind = finding.severity >= .high ? "error" : finding.severity == .medium ? "warning" : "notice"
      let title = rule(of: finding)?.title ?? finding.ruleID
      return "::\(kind) file=\(property(file)),line=1,title=\(property(title))::\(data(finding.message))\n"
    }.joined()
  }

  /// Text in which nothing starts a tag, a link, a table cell or emphasis.
  ///
  /// GitHub makes links of bare addresses too.
  private func markdownText(_ text: String) -> String {
    var result = ""
    for scalar in printable(text).unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      // Else GitHub tells the person of that name, or makes a link of an address.
      case "@": result += "@\u{200C}"
      case "|", "\\", "`", "*", "_", "[", "]", "#", "!", "~", "$": result += "\\\(scalar)"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result.replacing("://", with: "&#58;//").replacing(/[Ww][Ww][Ww]\./, with: "www&#46;")
  }

  /// Text of an attribute; characters that XML cannot hold have become U+FFFD.
  private func xmlText(_ text: String) -> String {
    var result = ""
    for scalar in printable(text).unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
