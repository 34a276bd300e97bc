import Diagnostics
import FileFormats
import RuleEngine
import TestSupport
import Testing

/// What a stranger may send: each ends soon, with a placed message.
struct HostileRuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var id: String
    var testDescription: String { name }
  }

  private static func many(_ count: Int, _ text: (Int) -> String) -> String {
    (0..<count).map(text).joined()
  }

  static let cases: [Case] = [
    Case(
      name: "an alias bomb",
      text: "a0: &a0 [x, x]\n" + many(20) { "a\($0 + 1): &a\($0 + 1) [*a\($0), *a\($0)]\n" },
      id: "refused-yaml"),
    Case(
      name: "a text of a million characters",
      text: smallRule("why: " + String(repeating: "a", count: 1_000_000) + "\n"), id: "too-large"),
    Case(
      name: "an expression of 60,000 characters",
      text: smallRule(when: "when: " + String(repeating: "(", count: 60_000)), id: "too-large"),
    Case(
      name: "a message of braces",
      text: smallRule().replacing("{p.name}", with: String(repeating: "{", count: 3_999)),
      id: "unclosed-brace"),
    Case(
      name: "a message of quotes",
      text: smallRule().replacing("{p.name}", with: String(repeating: "{'", count: 1_900)),
      id: "unclosed-brace"),
    Case(
      name: "deep brackets", text: smallRule("tags: " + String(repeating: "[", count: 60_000)), id: "too-deep"
    ),
    Case(
      name: "deep mappings", text: smallRule("params: " + String(repeating: "{a: ", count: 15_000)),
      id: "too-deep"),
    Case(
      name: "thousands of names", text: smallRule("let: { " + many(5_000) { "n\($0): p, " } + "}\n"),
      id: "too-large"),
    Case(
      name: "thousands of parameters",
      text: smallRule("params: { " + many(1_500) { "n\($0): { type: int, default: 1 }, " } + "}\n"),
      id: "too-large"),
    Case(
      name: "thousands of tags", text: smallRule("tags: [ " + many(20_000) { _ in "x, " } + "]\n"),
      id: "too-large"),
    Case(
      name: "thousands of loops",
      text: smallRule().replacing("for: [ ", with: "for: [ " + many(900) { "{ each: a\($0), in: p }, " }),
      id: "wrong-count"),
    Case(
      name: "thousands of examples",
      text: smallRule(
        "examples: [ " + many(900) { "{ name: e\($0), network: \"a -[x]-> b\", expect: clean }, " } + "]\n"),
      id: "too-large"),
    Case(
      name: "thousands of lines of a network",
      text: smallRule(
        "examples:\n  - name: x\n    expect: clean\n    network: |\n" + many(4_500) { "      a\($0)\n" }),
      id: "too-large"),
    Case(
      name: "a line of thousands of lanes",
      text: smallRule(
        "examples:\n  - name: x\n    expect: clean\n    network: |\n      a"
          + many(3_000) { " -[x]-> b\($0) oops" } + "\n"),
      id: "not-a-number"),
    Case(
      name: "a site that sends thousands of things",
      text: smallRule(
        "examples:\n  - name: x\n    expect: clean\n    network: |\n"
          + many(900) { "      a -[m\($0)]-> b\n" }),
      id: "invalid-id"),
    Case(
      name: "a file of a hundred megabytes", text: String(repeating: "a", count: 100_000_000), id: "too-large"
    ),
    Case(
      name: "invisible characters", text: smallRule("why: \"a\u{202E}b\u{2028}c\"\n"), id: "invalid-character"
    ),
    Case(name: "a NUL", text: "format: 1\nid: \0\n", id: "invalid-character"),
    Case(name: "a tag", text: smallRule("why: !!python/object x\n"), id: "refused-yaml"),
    Case(name: "two documents", text: smallRule() + "---\n" + smallRule(), id: "refused-yaml"),
    Case(name: "the same key twice", text: smallRule("title: Again\n"), id: "duplicate-key"),
  ]

  @Test("a hostile rule file ends within a second with a placed message", arguments: cases)
  func hostile(_ hostile: Case) {
    let bytes = Array(hostile.text.utf8)
    var reading: RuleFileReading?
    let time = threadSeconds { reading = RuleFileReader.read(bytes, named: "one-supplier.yaml") }
    #expect(reading?.rule == nil)
    #expect(
      reading?.diagnostics.contains { $0.id == hostile.id && $0.place != nil } == true,
      "\(reading?.diagnostics.first as Any)")
    #expect((reading?.diagnostics.count ?? 0) <= 200)
    #expect(reading?.diagnostics.allSatisfy { "\($0)".utf8.count < 3000 } == true)
    #expect(time < 1)
  }

  @Test("no cut of a rule file crashes the reader")
  func cuts() {
    let bytes = Array(wholeRule.utf8)
    for end in stride(from: 0, to: bytes.count, by: 7) {
      let reading = readRule(String(decoding: bytes[..<end], as: UTF8.self))
      #expect(reading.rule != nil || !reading.diagnostics.isEmpty)
    }
    for start in stride(from: 0, to: bytes.count, by: 31) {
      var changed = bytes
      changed[start] = UInt8(ascii: "{")
      _ = RuleFileReader.read(changed, named: "one-supplier.yaml")
    }
  }

  /// The other files that stand beside rules, each with its reader.
  enum Kind: String, CaseIterable, Sendable {
    case waivers, baseline, project, tests, pack

    func diagnostics(of bytes: [UInt8]) -> [Diagnostic] {
      switch self {
      case .waivers: WaiverFile.read(bytes, named: "waivers.yaml").diagnostics
      case .baseline: BaselineFile.read(bytes, named: "baseline.json").diagnostics
      case .project: ProjectFile.read(bytes, named: "chokepoint.yaml").diagnostics
      case .tests: RuleTestFile.read(bytes, named: "a.test.yaml").diagnostics
      case .pack:
        PackReader.read(paths: ["pack.yaml"], in: "p") { _ in .success(bytes) }.diagnostics
      }
    }
  }

  private static let anywhere: [Case] = [
    Case(
      name: "an alias bomb",
      text: "a0: &a0 [x, x]\n" + many(20) { "a\($0 + 1): &a\($0 + 1) [*a\($0), *a\($0)]\n" },
      id: "refused-yaml"),
    Case(name: "deep nesting", text: "a: " + String(repeating: "[", count: 50_000), id: "too-deep"),
    Case(
      name: "a key of a million characters", text: String(repeating: "a", count: 1_000_000) + ": 1\n",
      id: "too-large"),
    Case(name: "a NUL", text: "format: 1\nid: \0\n", id: "invalid-character"),
    Case(name: "a tag", text: "format: !!python/object x\n", id: "refused-yaml"),
    Case(name: "two documents", text: "format: 1\n---\nformat: 1\n", id: "refused-yaml"),
    Case(name: "the same key twice", text: "format: 1\nformat: 1\n", id: "duplicate-key"),
    Case(name: "an unknown key", text: "format: 1\n../../etc/passwd: 1\n", id: "unknown-key"),
    Case(name: "no text at all", text: "\u{FEFF}", id: "empty-file"),
  ]

  @Test(
    "so does every other file beside rules: waivers, baselines, projects, tests and packs",
    arguments: Kind.allCases,
    anywhere)
  func besideRules(_ kind: Kind, _ hostile: Case) {
    let bytes = Array(hostile.text.utf8)
    var found: [Diagnostic] = []
    let time = threadSeconds { found = kind.diagnostics(of: bytes) }
    #expect(time < 1)
    #expect(found.contains { $0.severity == .error && $0.place != nil }, "\(found.first as Any)")
    #expect(
      found.contains { $0.id == hostile.id } || hostile.id == "too-large" && !found.isEmpty,
      "\(found.map(\.id))")
    #expect(found.count <= 200 && found.allSatisfy { "\($0)".utf8.count < 3000 })
  }
}
