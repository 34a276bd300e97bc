import CEL
import Testing

private func evaluate(
  _ source: String, _ values: [String: CELValue] = [:], limits: CELLimits = CELLimits()
) throws -> CELValue {
  var environment = CELEnvironment()
  environment.limits = limits
  for name in values.keys.sorted() { environment.declare(variable: name) }
  return try CELExpression(source, in: environment).program().evaluate(values)
}

private func holds(_ source: String, _ values: [String: CELValue] = [:]) throws -> Bool {
  guard case .bool(let value) = try evaluate(source, values) else { return false }
  return value
}

private func problems(_ source: String, in environment: CELEnvironment = CELEnvironment()) -> [CELProblem] {
  do {
    _ = try CELExpression(source, in: environment).program()
    return []
  } catch { return error.problems }
}

struct DeclarationTests {
  @Test("the example of every function holds")
  func functions() throws {
    for function in CELEnvironment.standardFunctions where !function.example.isEmpty {
      #expect(try holds(function.example), "\(function.name): \(function.example)")
    }
  }

  @Test("the example of every macro holds")
  func macros() throws {
    for macro in CELMacro.all { #expect(try holds(macro.example), "\(macro.name): \(macro.example)") }
  }

  @Test("every function has a summary of one sentence, and signatures")
  func summaries() {
    for function in CELEnvironment.standardFunctions {
      #expect(function.summary.hasSuffix("."), "\(function.name)")
      #expect(!function.overloads.isEmpty, "\(function.name)")
    }
  }
}

struct UnknownTests {
  private let missing: [String: CELValue] = [
    "u": .unknown(CELUnknown(["u"])), "v": .unknown(CELUnknown(["v"])),
  ]

  @Test(
    "what is not known decides only where it must",
    arguments: [
      "u || true", "true || u", "!(u && false)", "!(false && u)", "[1, 2].exists(x, x == 2 || u)",
      "![1, 2].all(x, x == 2 && u)", "true ? true : u", "![1, 1].exists_one(x, x == 1 || u)",
      "1 / 0 > 0 || u || true",
    ])
  func decided(source: String) throws {
    #expect(try holds(source, missing))
  }

  @Test(
    "the result names what is missing",
    arguments: [
      ("u || false", ["u"]), ("u && true", ["u"]), ("u + 1", ["u"]), ("u + v", ["u", "v"]),
      ("v || u", ["u", "v"]), ("u ? 1 : 2", ["u"]), ("[u, 1]", ["u"]), ("{'a': v}", ["v"]),
      ("u.field", ["u"]), ("u[0]", ["u"]), ("size(u)", ["u"]), ("[1].map(x, u)", ["u"]),
      ("[1].filter(x, u)", ["u"]), ("u == v", ["u", "v"]), ("u == 'a'", ["u"]), ("u.exists(x, true)", ["u"]),
      ("!u", ["u"]), ("u.matches('a')", ["u"]), ("has(u.a)", ["u"]), ("u || 1 / 0 > 0", ["u"]),
      ("[1].exists(x, u)", ["u"]), ("'a'.replace(u, v)", ["u", "v"]),
    ])
  func named(source: String, attributes: [String]) throws {
    guard case .unknown(let unknown) = try evaluate(source, missing) else {
      Issue.record("\(source) is known")
      return
    }
    #expect(unknown.attributes == attributes)
  }

  @Test("an attribute that a row does not have is named with its row")
  func attributes() throws {
    var environment = CELEnvironment()
    environment.declare(
      CELStruct(
        "Site", "A place.",
        attributes: [
          .init("stage", .string, "Its tier.") { row in .string(row == 0 ? "mine" : "metal") },
          .init("capacity", .double, "Tonnes a year.") { row in
            row == 0 ? .double(5) : .unknown(CELUnknown([]))
          },
        ]))
    environment.declare(variable: "site", .object("Site"))
    let program = try CELExpression("site.stage == 'mine' || site.capacity > 1.0", in: environment).program()
    #expect(program.resultType == .bool)
    guard case .bool(true) = try program.evaluate(["site": .object(CELObject(type: "Site", row: 0))]),
      case .unknown(let unknown) = try program.evaluate(["site": .object(CELObject(type: "Site", row: 1))])
    else {
      Issue.record("a wrong result")
      return
    }
    #expect(unknown.attributes == ["Site[1].capacity"])
    let wrong = problems("site.capasity > 1.0 && site.stage > 5", in: environment)
    #expect(wrong.map(\.id) == ["unknown-attribute", "no-overload"])
    #expect(wrong.first?.help == "did you mean 'capacity'?")
  }
}

struct ProblemTests {
  @Test("all problems of an expression come at once, with their places")
  func together() throws {
    var environment = CELEnvironment()
    environment.declare(variable: "stage", .string)
    let found = problems("stag == 'x' ||\n stage.startWith('m') || 1 + 'a' == 2", in: environment)
    #expect(found.map(\.id) == ["unknown-name", "unknown-function", "no-overload"])
    #expect(found[0].help == "did you mean 'stage'?")
    #expect(found[1].help == "did you mean 'startsWith'?")
    #expect(CELProblem.place(of: found[1].offset, in: "stag == 'x' ||\n stage").line == 2)
    #expect(found[2].message == "there is no _+_(int, string)")
    #expect(found[2].help?.contains("_+_(int, int) -> int") == true)
  }

  @Test(
    "what cannot be read is said where it stands",
    arguments: [
      ("1 +", 3), ("a b", 2), ("'abc", 0), ("x = 1", 2), ("(1", 2), ("[1, 2", 5), ("'\\q'", 1), ("", 0),
      ("99999999999999999999", 0), ("for", 0), ("[1].map(1, 2)", 8), ("has(x)", 0),
    ])
  func syntax(source: String, offset: Int) {
    #expect(problems(source).first?.offset == offset, "\(problems(source))")
  }

  @Test("an overload that is missing at run time says what was tried")
  func tried() throws {
    let failure = #expect(throws: CELFailure.self) { try evaluate("x + 1", ["x": .string("a")]) }
    #expect(failure?.message.contains("_+_(string, int); tried _+_(int, int) -> int") == true)
    #expect(failure?.offset == 2)
  }
}

struct LimitTests {
  @Test("an evaluation stops at its limit of steps, always at the same one")
  func cost() throws {
    var limits = CELLimits()
    limits.cost = 10_000
    let range = "lists.range(1000)"
    let source = "\(range).all(a, \(range).all(b, \(range).all(c, a + b + c >= 0)))"
    let failure = #expect(throws: CELFailure.self) { try evaluate(source, limits: limits) }
    #expect(failure?.kind == .costLimit)
    #expect(throws: CELFailure.self) { try evaluate("\(source) || true", limits: limits) }
  }

  @Test("nesting is bounded")
  func depth() {
    for text in ["(", "[", "{1:", "!", "-", "a.b(", "x ? y : "] {
      _ = problems(String(repeating: text, count: 20_000))
    }
    #expect(problems(String(repeating: "1 + ", count: 5000) + "1").map(\.id) == ["too-deep"])
    #expect(problems(String(repeating: "(", count: 5000) + "1").map(\.id).contains("too-deep"))
  }

  @Test("values that share their parts are compared within the limit")
  func sharing() {
    let doubled = "[0].map(x, [a, a])"
    var source = "a == a"
    for _ in 0..<11 { source = "[\(doubled)].exists(a, \(source))" }
    var limits = CELLimits()
    limits.cost = 100_000
    _ = try? evaluate("cel.bind(a, [1], \(source))", limits: limits)
  }

  @Test("texts and lists do not grow without bound")
  func growth() throws {
    var limits = CELLimits()
    limits.stringBytes = 1000
    limits.listCount = 1000
    let text = CELValue.string(String(repeating: "a", count: 600))
    for source in [
      "t + t", "t.replace('a', t)", "[t, t].join()", "'%s%s'.format([t, t])", "strings.quote(t)",
    ] {
      let failure = #expect(throws: CELFailure.self) { try evaluate(source, ["t": text], limits: limits) }
      #expect(failure?.kind == .tooLarge, "\(source)")
    }
    #expect(throws: CELFailure.self) { try evaluate("lists.range(2000)", limits: limits) }
  }
}

struct PatternTests {
  @Test("hostile patterns end in linear time")
  func linear() throws {
    let text = CELValue.string(String(repeating: "a", count: 20_000) + "!")
    for pattern in ["^(a+)+$", "(a|a)*b", "(a*)*b", "(a|aa)+$", "((a?){20}){20}b"] {
      #expect(try !holds("t.matches('\(pattern)')", ["t": text]), "\(pattern)")
    }
    #expect(throws: CELFailure.self) { try evaluate("'a'.matches('((((){1000}){1000}){1000}){1000}')") }
  }

  @Test(
    "the syntax of RE2 is read",
    arguments: [
      ("^a.c$", "abc", true), ("^a.c$", "a\nc", false), ("(?s)^a.c$", "a\nc", true),
      ("(?i)ABC", "xabcx", true),
      ("[[:digit:]]+x", "12x", true), ("\\bfoo\\b", "a foo b", true), ("\\bfoo\\b", "afoo", false),
      ("a{2,3}$", "baaa", true), ("^a{2,3}$", "aaaa", false), ("[^a-c]", "abc", false),
      ("\\d\\D\\w\\W\\s\\S", "1aa- x", true),
      ("(?m)^b$", "a\nb\nc", true), ("^(?:ab|cd)*$", "abcdab", true), ("a{,2}", "a{,2}", true),
      ("\\x41", "A", true),
      ("[]a]", "]", true), ("", "", true), ("é", "e\u{301}", false), ("\\Qa.b\\E", "a.b", true),
    ])
  func syntax(pattern: String, text: String, isFound: Bool) throws {
    #expect(try holds("t.matches(p)", ["t": .string(text), "p": .string(pattern)]) == isFound)
  }

  @Test(
    "what cannot be a pattern is refused",
    arguments: ["(", "a)", "[a", "*", "a**", "\\1", "(?=a)", "a{2000}"])
  func refused(pattern: String) {
    #expect(throws: CELFailure.self) { try evaluate("'a'.matches(p)", ["p": .string(pattern)]) }
  }
}

struct FuzzTests {
  private let parts = [
    "1", "-9223372036854775808", "2u", "1.5", "'a'", "b'a'", "null", "true", "x", "[1, 'a']", "{'a': 1}", "+",
    "-", "*", "/", "%", "==", "<", "in", "&&", "||", "?", ":", ".", "(", ")", "[", "]", "{", "}", ",", "!",
    ".map(x, ", ".exists(y, ", ".size()", ".format(", "has(", "x.a", "'%s %d %.3e'", "timestamp(",
    "duration(",
    ".matches('(a*)*')", "optional.of(", ".?a", "[?", "lists.range(", ".sort()", "math.greatest(", "'\\",
    "`a b`",
    "cel.bind(x, ", ".replace('', ", ".split('')", ".flatten()", "type(", "dyn(", "é", "\u{1F600}", "//",
    "\n",
  ]

  @Test("no text makes it crash, hang or go over its limits", arguments: UInt64(0)..<16)
  func texts(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var environment = CELEnvironment()
    environment.limits.cost = 20_000
    environment.declare(variable: "x")
    for _ in 0..<300 {
      let source = (0...next(12)).map { _ in parts[next(parts.count)] }.joined()
      guard let expression = try? CELExpression(source, in: environment) else { continue }
      _ = try? expression.program()
      for value: CELValue in [
        .int(3), .string("aé"), .list([.int(2), .int(1)]), .unknown(CELUnknown(["x"])),
      ] {
        var meter = CELMeter(limits: environment.limits)
        let program = expression.uncheckedProgram()
        _ = try? program.evaluate(program.inputs.map { _ in value }, meter: &meter)
        #expect(meter.spent <= environment.limits.cost + environment.limits.listCount)
      }
    }
  }
}
