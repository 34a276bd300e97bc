import Diagnostics
import SupplyModel

/// Runs the examples of a rule.
public struct RuleTest: Sendable {
  /// How many examples came out as expected.
  public private(set) var passed = 0

  /// One sentence for each example that did not.
  public private(set) var differences: [String] = []

  /// How often the condition was true, false and unknown over all examples.
  public private(set) var coverage = (isTrue: 0, isFalse: 0, isUnknown: 0)

  /// The most steps that one example took.
  public private(set) var cost = 0

  /// Runs some examples of a rule, each alone.
  ///
  /// - Parameters:
  ///   - rule: the rule.
  ///   - examples: small networks, and what the rule should say of them.
  ///   - pack: where the rule stands; the findings of its other rules are there for a rule that looks at findings.
  /// - Returns: what came of them.
  public static func run(_ rule: RuleFile, _ examples: [RuleExample], of pack: RulePack) -> RuleTest {
    var test = RuleTest()
    // A rule about findings is asked together with the other rules of its pack.
    let others =
      RuleRunner.looksAtFindings(rule) ? pack.rules.filter { $0.header.id != rule.header.id } : []
    for example in examples {
      var settings = RuleSettings()
      settings.assignments = example.parameters.map {
        .init(rule: rule.header.id, parameter: $0.name, values: $0.values)
      }
      let runner = RuleRunner(rules: [rule] + others, settings: settings)
      var run = runner.run(on: example.network, scenarios: example.scenario.map { [$0] } ?? [])
      run.results.removeAll { $0.rule.id != rule.header.id }
      run.findings.removeAll { $0.ruleID != rule.header.id }
      for result in run.results {
        test.coverage.isTrue += result.coverage.isTrue
        test.coverage.isFalse += result.coverage.isFalse
        test.coverage.isUnknown += result.coverage.isUnknown
        test.cost = max(test.cost, result.cost)
      }
      let wrong = differences(of: run, from: example)
      if wrong.isEmpty { test.passed += 1 } else { test.differences.append("\(example.name): \(wrong)") }
    }
    return test
  }

  /// What came out of a run as a whole.
  static func outcome(of run: RuleRun) -> RuleExample.Expectation {
    if !run.problems.isEmpty { return .error }
    if run.results.contains(where: { $0.inconclusiveCount > 0 }) { return .inconclusive }
    if run.results.contains(where: { $0.findingCount > 0 }) { return .flagged }
    if run.results.contains(where: { $0.cleanCount > 0 }) { return .clean }
    return .notApplicable
  }

  private static func differences(of run: RuleRun, from example: RuleExample) -> String {
    var wrong: [String] = []
    let outcome = outcome(of: run)
    if outcome != example.expectation {
      let reason =
        run.problems.first.map { " (\($0.summary))" } ?? run.results.compactMap(\.notApplicable).first.map {
          " (\($0))"
        } ?? ""
      wrong.append("expected \(example.expectation.rawValue), found \(outcome.rawValue)\(reason)")
    }
    let missing = Set(run.results.flatMap(\.inconclusive).flatMap(\.missing))
    for path in example.missing where !missing.contains(path) {
      let found =
        missing.isEmpty
        ? "nothing is" : "\(missing.sorted().joined(separator: ", ")) \(missing.count == 1 ? "is" : "are")"
      wrong.append("'\(path)' should be missing; \(found)")
    }
    var left = run.findings
    for expected in example.findings {
      let position = left.firstIndex { finding in
        Set(finding.subjects.map(\.id)).isSuperset(of: expected.subjects)
          && expected.severity.map { $0 == finding.severity } ?? true
          && expected.message.map { finding.message.contains($0) } ?? true
      }
      if let position {
        left.remove(at: position)
      } else {
        wrong.append("no finding about \(expected.subjects.joined(separator: ", "))")
      }
    }
    if example.isComplete {
      for finding in left { wrong.append("not expected: \(finding.message)") }
    }
    return wrong.joined(separator: "; ")
  }
}
