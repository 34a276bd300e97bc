import CEL
import Diagnostics
import FileFormats
import RuleEngine
import SupplyModel
import Testing

struct RuleFileReaderTests {
  @Test("a rule with every key is read whole")
  func whole() throws {
    let reading = readRule(wholeRule)
    #expect(reading.diagnostics.map { "\($0)" } == [])
    let rule = try #require(reading.rule)
    #expect(rule.header.id == "one-supplier" && rule.header.version == 2 && rule.header.pack == "test")
    #expect(rule.header.status == .experimental && rule.header.severity == .high)
    #expect(rule.header.why == "A site with one supplier stops with it.\n")
    #expect(rule.parameters.map(\.name) == ["limit", "count", "loud", "stages", "allies"])
    #expect(rule.parameters.map(\.type) == [.double, .int, .bool, .list(.stage), .list(.country)])
    guard case .list(let countries) = rule.parameters[4].value else {
      Issue.record("no list")
      return
    }
    #expect(countries.count == 2)
    #expect(rule.loops.map(\.expression.text) == ["network.products()"])
    #expect(rule.lets.map(\.name) == ["points", "names"])
    #expect(rule.when.text == "network.canMake(p) && points.size() > 0")
    let parts = rule.message.map { part in
      switch part {
      case .text(let text): text
      case .expression(let expression): "<\(expression.text)>"
      }
    }
    #expect(
      parts == ["<p.name>", ": {nothing} replaces ", "<names.map(n, '{' + n + '}').join(', ')>", "."])
    #expect(rule.show.map(\.name) == ["sites", "path"])
    #expect(rule.severityWhen.map(\.severity) == [.critical])
    #expect(rule.allowsEmpty)
    #expect(rule.examples.map(\.name) == ["one refinery", "at the bound"])
    #expect(rule.examples[0].findings.map(\.subjects) == [["maker"], ["other"]])
    #expect(rule.examples[0].network.sites.rows.map(\.id) == ["mine", "refinery", "maker"])
    #expect(rule.examples[1].isAtBound && rule.examples[1].scenario?.asOf?.description == "2026-01-01")
    #expect(rule.examples[1].parameters.map(\.values) == [["0.7"], ["metal"]])
  }

  @Test("an expression knows where its characters stand in the file")
  func expressionPlaces() throws {
    let rule = try #require(readRule(wholeRule).rule)
    let products = rule.loops[0].expression.place(of: 8).place
    #expect(products == SourcePlace(file: "one-supplier.yaml", line: 19, column: 28))
    // The second line of the folded text.
    let points = rule.when.place(of: 22)
    #expect(points.place == SourcePlace(file: "one-supplier.yaml", line: 25, column: 3))
    #expect(points.excerpt == "  points.size() > 0")
    guard case .expression(let names) = rule.message[2] else {
      Issue.record("no expression")
      return
    }
    let place = names.place(of: 0)
    let column = try #require(place.excerpt.split(separator: "names").first).unicodeScalars.count
    #expect(place.place.line == 26 && place.place.column == column + 1)
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    var text: String
    var places: [String]
    var help: String
    var testDescription: String { places.joined(separator: ", ") }
  }

  static let bad: [Bad] = [
    Bad(
      text: "format: 2\nwhat: ever\n", places: ["1:9 newer-format"], help: "use a newer version of chokepoint"
    ),
    Bad(text: "format: one\n", places: ["1:9 unknown-format"], help: "write format: 1"),
    Bad(
      text: smallRule("engine: \">=3\"\n"), places: ["8:10 other-engine"],
      help: "use such a version, or one of the file for this version"),
    Bad(
      text: smallRule("engine: newest\n"), places: ["8:9 invalid-version"],
      help: "write one or more of >=, >, <, <=, = before a version"),
    Bad(
      text: "", places: ["1:1 empty-file"], help: "start it with format: 1"),
    Bad(text: "- 1\n", places: ["1:1 wrong-kind"], help: "start it with format: 1"),
    Bad(
      text: smallRule("severty_when: []\n"), places: ["8:1 unknown-key"],
      help: "did you mean 'severity_when'?"),
    Bad(text: smallRule("status: stabel\n"), places: ["8:9 unknown-value"], help: "did you mean 'stable'?"),
    Bad(
      text: smallRule("version: 1.5\n"), places: ["8:10 out-of-range"],
      help: "write a whole number from 1 to 1000000"),
    Bad(text: smallRule("allow_empty: yes\n"), places: ["8:14 unknown-value"], help: "write true or false"),
    Bad(
      text: smallRule("let: { network: 1 }\n"), places: ["8:8 shadowed-name"], help: "choose another name"),
    Bad(text: smallRule("let: { p: 1 }\n"), places: ["8:8 shadowed-name"], help: "choose another name"),
    Bad(
      text: smallRule("let: { a-b: 1 }\n"), places: ["8:8 invalid-name"],
      help: "use letters, digits and _, at most 64, and start with a letter"),
    Bad(
      text: smallRule("let: [ 1 ]\n"), places: ["8:6 wrong-kind"], help: "write { NAME: EXPRESSION }"),
    Bad(
      text: smallRule("let: { a: [p] }\n"), places: ["8:11 wrong-kind"], help: "put it in quotes"),
    Bad(
      text: smallRule("params: { a: { type: lst<stage>, default: [] } }\n"), places: ["8:22 unknown-type"],
      help: "did you mean 'list<stage>'?"),
    Bad(
      text: smallRule("params: { a: { type: double, default: \"0,5\" } }\n"), places: ["8:40 wrong-type"],
      help: "write 0.5, not 0,5"),
    Bad(
      text: smallRule("params: { a: { type: int, default: 1.5 } }\n"), places: ["8:36 wrong-type"],
      help: "write a whole number, such as 3"),
    Bad(
      text: smallRule("params: { a: { type: bool, default: no } }\n"), places: ["8:37 wrong-type"],
      help: "write true or false"),
    Bad(
      text: smallRule("params: { a: { type: list<country>, default: [AU, UK] } }\n"),
      places: ["8:51 wrong-type"], help: "did you mean 'GB' (United Kingdom)?"),
    Bad(
      text: smallRule("params: { a: { type: list<country>, default: AU } }\n"), places: ["8:46 wrong-type"],
      help: "write [AU]"),
    Bad(
      text: smallRule("params: { a: { type: double, default: [1] } }\n"), places: ["8:39 wrong-type"],
      help: "write one value, without brackets"),
    Bad(
      text: smallRule("params: { a: { type: list<country>, default: lists.alies } }\n"),
      places: ["8:46 unknown-list"], help: "did you mean 'lists.allies'?"),
    Bad(
      text: smallRule("params: { a: { type: double, default: 3, max: 1 } }\n"), places: ["8:39 out-of-range"],
      help: "change one of them"),
    Bad(
      text: smallRule("params: { a: { type: string, default: x, max: 1 } }\n"), places: ["8:47 useless-key"],
      help: "remove it"),
    Bad(
      text: smallRule("params: { a: { type: string } }\n"), places: ["8:14 missing-key"],
      help: "add 'default'"),
    Bad(
      text: smallRule("severity_when:\n  - { if: p.exists(n, n.a in p.b), then: critical }\n"),
      places: ["9:19 split-expression"],
      help: "YAML splits at a comma in braces and at ' #': put the expression in double quotes"),
    Bad(
      text: smallRule(when: "when: \"size(p\""), places: ["6:12 split-expression"], help: "close it"),
    Bad(text: smallRule(when: "when: [p]"), places: ["6:7 wrong-kind"], help: "put it in quotes"),
    Bad(
      text: smallRule(when: "when: {p}"), places: ["6:7 wrong-kind"],
      help: "put it in quotes: braces start a mapping in YAML"),
    Bad(text: smallRule(when: "# none"), places: ["1:1 missing-key"], help: "add 'when'"),
    Bad(
      text: smallRule().replacing("{p.name}", with: "{p.name"), places: ["7:11 unclosed-brace"],
      help: "add '}' behind the expression, or write '{{' for a brace"),
    Bad(
      text: smallRule().replacing("{p.name}", with: "a } {p.name}"), places: ["7:13 unopened-brace"],
      help: "write '}}' for a brace"),
    Bad(
      text: smallRule().replacing("{p.name}", with: "a { }"), places: ["7:14 missing-expression"],
      help: "write one"),
    Bad(
      text: smallRule().replacing("id: one", with: "id: other"), places: ["2:5 wrong-file-name"],
      help: "call the file other-supplier.yaml, or write id: one-supplier"),
    Bad(
      text: smallRule().replacing("[ { each: p, in: network.products() } ]", with: "[]"),
      places: ["5:6 wrong-count"], help: "write - { each: p, in: network.products() }"),
    Bad(
      text: smallRule().replacing("severity: low", with: "severity: hgih"), places: ["4:11 unknown-value"],
      help: "did you mean 'high'?"),
  ]

  @Test("what is wrong is named at its place with what to write instead", arguments: bad)
  func badInput(_ bad: Bad) {
    let reading = readRule(bad.text)
    #expect(reading.rule == nil)
    #expect(places(reading.diagnostics) == bad.places)
    #expect(reading.diagnostics.first?.help == bad.help)
  }

  @Test("all that is wrong with a file is said at once")
  func allAtOnce() {
    let text = """
      format: 1
      id: other
      titel: x
      severity: worst
      for: [ { each: network, in: "a(" } ]
      when: "b["
      message: "{c"
      params: { n: { type: dbl, default: 1 } }
      """
    #expect(
      places(readRule(text).diagnostics) == [
        "1:1 missing-key", "2:5 wrong-file-name", "3:1 unknown-key", "4:11 unknown-value",
        "5:16 shadowed-name", "5:31 split-expression", "6:9 split-expression", "7:11 unclosed-brace",
        "8:22 unknown-type",
      ])
  }

  @Test("a problem of an expression is drawn under its place in the file")
  func rendered() throws {
    let rule = try #require(
      readRule(smallRule(when: "when: |\n  p.size() > 1 &&\n    p.sise() > 2\n")).rule)
    let problem = CELProblem("unknown-function", "there is no function 'sise'", offset: 20, length: 4)
    #expect(
      "\(rule.when.diagnostic(problem))" == """
        one-supplier.yaml:8:7: error[unknown-function]: there is no function 'sise'
         8 |     p.sise() > 2
           |       ^^^^
        """)
  }
}
