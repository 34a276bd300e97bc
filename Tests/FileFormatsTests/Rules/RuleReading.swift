import Diagnostics
import FileFormats

/// A rule that says everything a rule may say.
let wholeRule = """
  format: 1
  engine: ">=1 <2"
  id: one-supplier
  version: 2
  status: experimental
  title: One supplier
  severity: high
  tags: [chokepoint, test]
  references: ["Regulation (EU) 2024/1252, Article 5"]
  why: |
    A site with one supplier stops with it.
  params:
    limit: { type: double, default: 0.65, min: 0, max: 1, help: The most that is fine. }
    count: { type: int, default: 2 }
    loud: { type: bool, default: true }
    stages: { type: list<stage>, default: [separation, metal] }
    allies: { type: list<country>, default: lists.allies }
  for:
    - { each: p, in: network.products() }
  let:
    points: banned.chokepoints(p, "site").filter(s, s.stage in params.stages)
    names: points.map(s, s.name)
  when: >-
    network.canMake(p) &&
    points.size() > 0
  message: "{p.name}: {{nothing}} replaces {names.map(n, '{' + n + '}').join(', ')}."
  show: { sites: points, path: "banned.path(points[0], p)" }
  severity_when:
    - { if: "points.exists(s, s.country in scenario.banning)", then: critical }
  allow_empty: true
  fix: Qualify a second source.
  examples:
    - name: one refinery
      network: |
        mine -[ore]-> refinery 9000 -[oxide]-> maker 60
      expect: flagged
      findings: [ { subjects: maker, severity: high, message: refinery }, other ]
    - name: at the bound
      network: mine -[ore]-> maker
      scenario: as_of 2026-01-01
      params: { limit: 0.7, stages: [metal] }
      expect: clean
      bound: true

  """

let allies = [(name: "allies", values: ["AU", "JP"])]

func readRule(_ text: String, named name: String = "one-supplier.yaml") -> RuleFileReading {
  RuleFileReader.read(Array(text.utf8), named: name, pack: "test", lists: allies)
}

/// `line:column id`, for tables of bad input.
func places(_ diagnostics: [Diagnostic]) -> [String] {
  diagnostics.map { "\($0.place.map { "\($0.line):\($0.column)" } ?? "-") \($0.id)" }
}

/// The least rule, of which a test changes a line.
func smallRule(_ lines: String = "", when: String = "when: p.size() > 1", examples: String = "") -> String {
  """
  format: 1
  id: one-supplier
  title: One supplier
  severity: low
  for: [ { each: p, in: network.products() } ]
  \(when)
  message: "{p.name}"
  \(lines)\(examples)
  """
}
