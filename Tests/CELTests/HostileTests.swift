import CEL
import TestSupport
import Testing

/// Expressions and values that somebody chose in order to do harm: each ends at once, and within its limits.
@Suite(.timeLimit(.minutes(5)))
struct HostileTests {
  private static func list(of part: (Int) -> String, count: Int) -> String {
    "[" + (0..<count).map(part).joined(separator: ",") + "]"
  }

  private static let chain = String(repeating: ".a", count: 240)

  /// Wide expressions: what is done for a part must not grow with the number of parts.
  private static let wideExpressions: [String] = [
    list(of: { _ in "[]" }, count: 33_000), list(of: { _ in "{}" }, count: 33_000),
    list(of: { _ in "optional.none()" }, count: 6000), list(of: { _ in "[1] == [1]" }, count: 9000),
    list(of: { _ in "size([])" }, count: 11_000), list(of: { _ in "a" + chain }, count: 200),
    list(of: { _ in "a" + chain + ".f" }, count: 200), list(of: { _ in "dyn([])[0]" }, count: 9000),
    "{" + (0..<12_000).map { "\($0): 1" }.joined(separator: ",") + "}",
    "{" + (0..<9000).map { "x\($0): 1" }.joined(separator: ",") + "}",
    (0..<7000).map { "x\($0)==1" }.joined(separator: "||"),
  ]

  @Test("a wide expression is checked and made into a program", arguments: wideExpressions.indices)
  func wide(index: Int) throws {
    var environment = CELEnvironment()
    environment.declare(variable: "a")
    for number in 0..<9000 where number % 2 == 0 { environment.declare(variable: "x\(number)", .int) }
    let expression = try CELExpression(Self.wideExpressions[index], in: environment)
    _ = try? expression.program()
    _ = expression.worstCost()
    _ = try? expression.uncheckedProgram().evaluate(["a": .map(CELMap())])
  }

  @Test(
    "of thousands of mistakes a hundred are told, and how many more there are",
    arguments: ["abc", "abc()", "1 + 'a'", "a.b.c.d()", "A{}", "[1].map(x, y)", "{1.5: 1}"])
  func mistakes(part: String) {
    let found = problems(Self.list(of: { _ in part }, count: 7000))
    #expect(found.count == 101)
    #expect(found.last?.id == "more-problems")
    // A call of something unknown tells two.
    #expect(["6900", "13900"].contains { found.last?.message == "\($0) more problems are not shown" })
    #expect(problems(Self.list(of: { _ in part }, count: 40)).allSatisfy { $0.id != "more-problems" })
  }

  @Test("a value that holds one part many times over is written only so far")
  func bombs() throws {
    var value = CELValue.int(1)
    for _ in 0..<60 { value = .list([value, value, .optional(value), .map(CELMap())]) }
    #expect(value.description.utf8.count < 1_100_000)
    #expect(value.description.hasSuffix("…"))
    #expect(value.literal(bytes: 1000) == nil)
    #expect(CELValue.list([.int(1), .string("a")]).literal(bytes: 8) == "[1, \"a\"]")
    #expect(CELValue.list([.int(1), .string("a")]).literal(bytes: 7) == nil)
    let long = CELValue.string(String(repeating: "é", count: 2_000_000))
    #expect(long.description.utf8.count < 2_200_000)
    #expect(long.literal(bytes: 5_000_000)?.utf8.count == 4_000_002)
    var names = "x"
    var source = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"
    for level in 0..<11 {
      source =
        "cel.bind(\(names), \(source), [\(Array(repeating: names, count: 10).joined(separator: ", "))])"
      names = "x\(level)"
    }
    #expect(try evaluate(source).literal(bytes: 1 << 16) == nil)
  }

  @Test("a message does not repeat a long text")
  func messages() throws {
    let long = CELValue.string(String(repeating: "a", count: 500_000))
    for source in [
      "{'a': 1}[t]", "{t: 1, t: 2}", "int(t)", "duration(t)", "bool(t)", "timestamp(0).getHours(t)",
    ] {
      let message = try failure(source, ["t": long])?.message ?? ""
      #expect((1..<1000).contains(message.utf8.count), "\(source)")
    }
  }

  @Test("each state that a match goes through is counted, those too that read nothing")
  func states() throws {
    var limits = CELLimits()
    limits.cost = 200_000
    let text = CELValue.string(String(repeating: "a", count: 4000))
    let pattern = String(repeating: "(a*)*", count: 100) + "b"
    // 100 groups of five states for each of 4000 characters are 2 million, and four make a step.
    #expect(
      try failure("t.matches(p)", ["t": text, "p": .string(pattern)], limits: limits)?.kind == .costLimit)
    #expect(try failure("t.matches('\(pattern)')", ["t": text], limits: limits)?.kind == .costLimit)
  }

  @Test("what is missing in many rows is named as far as anybody reads, in linear time")
  func missing() throws {
    let environment = siteEnvironment()
    let rows = CELValue.list((10_000..<40_000).reversed().map { site($0) })
    for source in [
      "sites.all(s, s.capacity > 1.0)", "sites.exists(s, s.capacity > 1.0)", "sites.map(s, s.capacity)",
      "sites.filter(s, s.capacity > 1.0)", "sites.transformMap(i, s, s.capacity)",
      "sites.exists_one(s, s.capacity > 1.0)", "sites.sortBy(s, s.capacity)",
    ] {
      let program = try CELExpression(source, in: environment).program()
      guard case .unknown(let unknown) = try program.evaluate(["sites": rows]) else {
        Issue.record("\(source) is known")
        continue
      }
      #expect(unknown.attributes.count == CELUnknown.mostAttributes && unknown.hasMore, "\(source)")
      #expect(unknown.attributes.first == "Site[10000].capacity")
    }
  }

  @Test("the names of what is missing are those of a set, whatever the order")
  func union() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<300 {
      let sets = (0..<3).map { _ in
        Set((0..<random.next(90)).map { _ in "n\(random.next(250))" })
      }
      let unknowns = sets.map { CELUnknown($0.shuffled(using: &random)) }
      let all = sets[0].union(sets[1]).union(sets[2]).sorted()
      for joined in [
        unknowns[0].union(unknowns[1]).union(unknowns[2]), unknowns[0].union(unknowns[1].union(unknowns[2])),
        unknowns[2].union(unknowns[1]).union(unknowns[0]),
      ] {
        #expect(joined.attributes == Array(all.prefix(CELUnknown.mostAttributes)))
        #expect(joined.hasMore == (all.count > CELUnknown.mostAttributes))
      }
    }
  }

  @Test("a function that doubles its type, and a namespace of many parts")
  func declarations() throws {
    var environment = CELEnvironment()
    environment.declare(CELFunction("pair", "A pair.", "", ["(A) -> map<A, A>"], .constant(1), .none))
    environment.container = String(repeating: "a.b.", count: 20_000) + "c"
    environment.declare(variable: "a.b.x", .int)
    let source = String(repeating: "pair(", count: 200) + "x" + String(repeating: ")", count: 200)
    #expect(try CELExpression(source, in: environment).program().inputs == ["a.b.x"])
    let names = (0..<9000).map { "y\($0)" }.joined(separator: " + ")
    #expect(problems("[\(names.replacing(" +", with: ","))]", in: environment).count == 101)
    #expect(
      try CELExpression("pair(pair(1))", in: environment).program().resultType.description
        == "map<map<int, int>, map<int, int>>")
  }

  @Test("JSON that cannot be used says why")
  func json() {
    for (text, message) in [
      (String(repeating: "[", count: 100_000), "it is nested more than 100 deep"),
      (String(repeating: "{\"a\":", count: 100_000), "it is nested more than 100 deep"),
      ("[1, 2", "it ends too soon"), ("", "it ends too soon"), ("\"é", "it ends too soon"),
      ("[é]", "it cannot be read on from character 2"), ("\"é\" 1", "it cannot be read on from character 5"),
      ("1e999", "the number 1e999… is out of range"),
      ("{\"a\": 1, \"a\": 2}", "the name \"a\" stands twice in an object"),
    ] {
      let problem = #expect(throws: JSONProblem.self) { try JSONValue(reading: text).readValue() }
      #expect(problem?.message == message)
    }
    #expect(JSONValue(String(repeating: "[", count: 100) + String(repeating: "]", count: 100)) != nil)
  }
}
