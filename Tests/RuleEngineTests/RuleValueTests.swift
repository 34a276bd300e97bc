import CEL
import Diagnostics
import RuleEngine
import Testing

struct RuleValueTests {
  @Test("a place in an expression is a place in the file")
  func places() {
    let expression = RuleExpression(
      "ab\ncd", file: "r.yaml",
      runs: [
        .init(offset: 0, line: 7, column: 5, excerpt: "    ab"),
        .init(offset: 3, line: 8, column: 5, excerpt: "    cd"),
      ])
    #expect(expression.place(of: 1).place.line == 7 && expression.place(of: 1).place.column == 6)
    #expect(expression.place(of: 4).place.line == 8 && expression.place(of: 4).place.column == 6)
    #expect(expression.place(of: 4).excerpt == "    cd")
    let own = RuleExpression("x +\n  y")
    #expect(own.place(of: 6).place.line == 2 && own.place(of: 6).place.column == 3)
  }

  @Test("fingerprints tell rule, version, scenario and subjects apart, and nothing else")
  func fingerprints() {
    func finding(_ change: (inout Finding) -> Void = { _ in }) -> String {
      var finding = Finding(
        ruleID: "r", ruleVersion: 1, severity: .high,
        subjects: [.init(kind: "site", id: "b", name: "B"), .init(kind: "product", id: "a", name: "A")],
        message: "m")
      change(&finding)
      return finding.fingerprint
    }
    let same = finding()
    #expect(same.count == 16)
    #expect(finding { $0.message = "other" } == same && finding { $0.severity = .low } == same)
    #expect(finding { $0.subjects[0].name = "renamed" } == same)
    let others = [
      finding { $0.ruleID = "s" }, finding { $0.ruleVersion = 2 }, finding { $0.scenario = "ban" },
      finding { $0.subjects.removeLast() }, finding { $0.subjects[0].id = "c" },
    ]
    #expect(Set(others + [same]).count == 6)
  }

  @Test("types of parameters read what they print")
  func parameterTypes() {
    for name in ParameterType.names {
      #expect(ParameterType(name) != nil && ParameterType("list<\(name)>") != nil)
    }
    #expect(ParameterType("list<list<int>>") == nil && ParameterType("date") == nil)
    #expect(ParameterType.double.value(of: "0.65").map { "\($0)" } == "0.65")
    #expect(ParameterType.double.value(of: "inf") == nil && ParameterType.bool.value(of: "yes") == nil)
  }
}
