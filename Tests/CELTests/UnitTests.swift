import CEL
import Testing

/// Units that a host gives its quantities.
struct UnitTests {
  private static var environment: CELEnvironment {
    var environment = CELEnvironment()
    environment.declare(variable: "tonnes", .double, unit: "t")
    environment.declare(variable: "days", .double, unit: "d")
    environment.declare(variable: "part", .double, unit: "share")
    environment.declare(variable: "plain", .double)
    environment.declare(variable: "amounts", .list(.double), unit: "t")
    environment.declare(variable: "shares", .map(.string, .double), unit: "share")
    environment.declare(variable: "site", .object("Site"))
    environment.declare(
      CELStruct(
        "Site", "A site.",
        attributes: [
          CELStruct.Attribute("capacity", .double, "What it makes.", unit: "t") { _ in .double(1) },
          CELStruct.Attribute("name", .string, "Its name.") { _ in .string("") },
        ]))
    environment.declare(
      CELFunction(
        "total", "The sum.", "", ["list<double>.() -> double"], .constant(1),
        .one { _, _ throws(CELFailure) in .double(0) }
      ).measured(in: "="))
    environment.declare(
      CELFunction(
        "wait", "A time.", "", ["() -> double"], .constant(1), .many { _, _ throws(CELFailure) in .double(0) }
      ).measured(in: "d"))
    environment.declare(
      CELFunction(
        "tally", "For each text its sum.", "", ["(list<string>, list<double>) -> map<string, double>"],
        .constant(1),
        .two { keys, amounts, _ throws(CELFailure) in
          guard case .list(let keys) = keys, case .list(let amounts) = amounts else { return nil }
          var map = CELMap()
          for (key, amount) in zip(keys, amounts) { _ = map.insert(key, amount) }
          return .map(map)
        }
      ).measured(in: "share"))
    environment.declare(
      CELMacro("tallyBy", ["list.tallyBy(x, key, amount)"], "A tally.", "", callsWithLists: "tally"))
    return environment
  }

  private func problems(_ text: String) -> [CELProblem] {
    do {
      _ = try CELExpression(text, in: Self.environment).program()
      return []
    } catch { return error.problems }
  }

  @Test(
    "quantities of one unit go together, and with numbers that say none",
    arguments: [
      "tonnes > 5.0", "tonnes + site.capacity < amounts.total()", "tonnes * 2.0 > site.capacity",
      "tonnes * part > site.capacity", "tonnes / site.capacity > part", "tonnes * plain > days",
      "amounts.map(x, x / 2.0).exists(x, x > tonnes)", "[1.0, tonnes].total() > tonnes",
      "(part > 0.5 ? tonnes : 3.0) > tonnes", "dyn(days) > dyn(tonnes)", "amounts[0] > tonnes",
      "days + wait() < days", "site.name == 'a'", "shares['CN'] > part", "-days < wait()",
      "math.greatest(tonnes, 3.0) > tonnes", "amounts.filter(x, x > 1.0).total() == tonnes",
      "cel.bind(x, tonnes, x > site.capacity)", "tonnes / part > tonnes", "tonnes / days > 3.0",
      "amounts.transformList(i, x, i > 0, x).total() > tonnes", "days < tonnes * wait()",
    ])
  func together(text: String) { #expect(problems(text) == [], "\(text)") }

  @Test(
    "a comparison, a sum or a choice of two units is told at its place",
    arguments: [
      ("tonnes > days", "a comparison of t with d", 7), ("tonnes + days > 1.0", "a sum of t and d", 7),
      ("site.capacity == wait()", "a comparison of t with d", 14),
      ("amounts.exists(x, x > days)", "a comparison of t with d", 20),
      ("amounts.map(x, x * 2.0).total() < days", "a comparison of t with d", 32),
      ("(part > 0.5 ? tonnes : days) > 1.0", "one result is in t, the other in d", 12),
      ("tonnes / site.capacity > days", "a comparison of share with d", 23),
      ("shares['CN'] > tonnes", "a comparison of share with t", 13),
      ("math.least(tonnes, days) > 1.0", "a choice between t and d", 5),
      ("cel.bind(x, days, x > tonnes)", "a comparison of d with t", 20),
      ("amounts.tallyBy(x, 'a', x)['a'] > tonnes", "a comparison of share with t", 32),
    ] as [(String, String, Int)])
  func apart(text: String, message: String, offset: Int) throws {
    let found = problems(text)
    #expect(found.map(\.id) == ["unit"], "\(text)")
    #expect(found.first?.message == message)
    #expect(found.first?.offset == offset)
    #expect(found.first?.help?.contains("dyn") == true)
  }

  @Test("a macro of the host works its list out once and gives its function two lists")
  func hostMacro() throws {
    let environment = Self.environment
    func value(_ text: String) throws -> String {
      "\(try CELExpression(text, in: environment).program().evaluate([:]))"
    }
    #expect(try value("['a', 'b'].tallyBy(x, x + 'c', double(x.size()))") == value("{'ac': 1.0, 'bc': 1.0}"))
    #expect(
      try value("['a', 'b'].tallyBy(x, ['q'].tallyBy(y, x + y, 2.0).size() == 1 ? x : 'no', 3.0)['b']")
        == value("3.0"))
    var text = "['a']"
    for _ in 0..<4 { text = "\(text).tallyBy(x, x, 1.0).map(k, k)" }
    #expect(try value(text) == value("['a']"))
    #expect(problems("amounts.tallyBy(1, 'a', 2.0)").map(\.id) == ["macro"])
    #expect(
      environment.completions(in: "amounts.tal", at: 11).completions.map(\.text).contains("tallyBy"))
    #expect(environment.manual().contains("list.tallyBy(x, key, amount)"))
    #expect(environment.manual().contains("`capacity`: `double` in t"))
  }
}
