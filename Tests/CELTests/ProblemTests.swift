import CEL
import TestSupport
import Testing

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
    #expect(found[2].message == "there is no int + string")
    #expect(found[2].help?.contains("int + int -> int; ") == true)
  }

  @Test("no failure says that there is no such overload without saying what was tried")
  func tried() throws {
    let values: [CELValue] = [
      .null, .bool(true), .int(1), .uint(1), .double(1), .string("a"), .bytes([1]), .list([.string("a")]),
      .list([.optional(nil)]), .map(CELMap()), .timestamp(CELTimestamp(seconds: 0, nanoseconds: 0)!),
      .duration(CELDuration(nanoseconds: 1)), .type(.int), .optional(.int(1)), site(0),
    ]
    let names = ["a", "b", "c", "d"]
    var environment = siteEnvironment()
    for name in names { environment.declare(variable: name) }
    var (failures, functions): (Int, Set<String>) = (0, [])
    for function in CELEnvironment.standardFunctions {
      for overload in function.overloads {
        for count in [overload.parameters.count, overload.parameters.count + 1, 0] {
          let used = Array(names.prefix(count))
          let source = Self.call(function.name, used, isMember: overload.isMember)
          guard let expression = try? CELExpression(source, in: environment) else { continue }
          let program = expression.uncheckedProgram()
          var random = SeededGenerator(seed: 1)
          for _ in 0..<12 {
            let given = Dictionary(
              uniqueKeysWithValues: used.map { ($0, values[random.next(values.count)]) })
            do throws(CELFailure) { _ = try program.evaluate(given) } catch {
              guard error.message.contains("no such overload") else { continue }
              #expect(error.message.contains("; tried "), "\(source): \(error.message)")
              failures += 1
              functions.insert(function.name)
            }
          }
        }
      }
    }
    #expect(failures > 1000)
    // Functions that take a value of any type never fail so.
    let any: Set = ["_==_", "_!=_", "dyn", "type", "optional.of", "optional.ofNonZeroValue", "optional.none"]
    let never = Set(CELEnvironment.standardFunctions.map(\.name)).subtracting(functions).subtracting(any)
    #expect(never.isEmpty, "\(never.sorted())")
    for source in [
      "'%d'.format(['a'])", "'%o'.format([1.5])", "'%s'.format([optional.of(1)])", "['a', 1].sort()",
    ] {
      #expect(try failure(source)?.message.contains("; tried ") == true, "\(source)")
    }
  }

  /// A call as an expression writes it.
  private static func call(_ name: String, _ operands: [String], isMember: Bool) -> String {
    switch (name, operands.count) {
    case ("-_", 1), ("!_", 1): return "\(name.dropLast())\(operands[0])"
    case ("_[_]", 2): return "\(operands[0])[\(operands[1])]"
    case ("_[?_]", 2): return "\(operands[0])[?\(operands[1])]"
    case (_, 2) where name.hasPrefix("_"):
      return "\(operands[0]) \(name.dropFirst().dropLast()) \(operands[1])"
    default:
      guard isMember, let target = operands.first else {
        return "\(name)(\(operands.joined(separator: ", ")))"
      }
      return "\(target).\(name)(\(operands.dropFirst().joined(separator: ", ")))"
    }
  }

  @Test(
    "arguments that are no numbers are found before the run",
    arguments: [
      "math.greatest('a', 1)", "math.greatest(1, 2.5, 'a')", "math.least(true)", "math.least(1, [2])",
      "math.greatest(['a', 'b'])", "math.least([[1]])", "math.least()", "math.greatest({})",
      "math.least(timestamp(0), 1)", "math.greatest(null, 1)",
    ])
  func numbers(source: String) {
    let found = problems(source)
    #expect(found.map(\.id) == ["no-overload"])
    #expect(found.first?.help?.contains("(number, number...) -> dyn") == true, "\(found)")
  }

  @Test("a problem is shown with its line, a caret and help")
  func shown() throws {
    let source = "true &&\n  size(1, 2) > 3"
    let problem = try #require(problems(source).first)
    #expect(
      "\(problem.diagnostic(in: source, file: "rule"))" == """
        rule:2:3: error[no-overload]: there is no size(int, int)
         2 |   size(1, 2) > 3
           |   ^^^^
          help: there is size(string) -> int; string.size() -> int; size(bytes) -> int; bytes.size() -> int; \
        size(list<A>) -> int; list<A>.size() -> int; size(map<A, B>) -> int; map<A, B>.size() -> int
        """)
  }

  @Test(
    "what cannot be read is said where it stands",
    arguments: [
      ("1 +", 3), ("a b", 2), ("'abc", 0), ("x = 1", 2), ("(1", 2), ("[1, 2", 5), ("'\\q'", 1), ("", 0),
      ("99999999999999999999", 0), ("for", 0), ("[1].map(1, 2)", 8), ("has(x)", 0), ("1 ? 2", 5), ("{1}", 2),
      ("a.", 2), ("a[", 2), ("f(", 2), ("1..2", 2), ("1.2.3", 3), ("\"\"\"abc", 0), ("b'\\u0041'", 2),
      ("'\\ud800'", 1), ("'\\x4'", 1), ("'\\400'", 1), ("0x", 1), ("1e", 1), ("$", 0), ("`a", 0), ("a.`", 2),
      ("Site{a 1}", 7), ("[1,,2]", 3), ("a ? b : ", 8), ("!", 1), ("-", 1), ("9223372036854775808", 0),
      ("1 == == 2", 5),
      ("[1].all(x, x", 12), ("[1].all(x.y, true)", 10), ("[1].all(x, x, true)", 11), ("has(1)", 0),
      ("cel.bind(1, 2, 3)", 9),
    ])
  func syntax(source: String, offset: Int) {
    #expect(problems(source).first?.offset == offset, "\(problems(source))")
  }

  @Test(
    "reading goes on after a problem, so that each is told and none twice",
    arguments: [
      ("1 + && 2 * || 3 == ", [4, 11, 19]), ("f(1 2, 3 4)", [4, 9]), ("[1 2, 3, 4 5]", [3, 11]),
      ("a b && c d", [2, 9]), ("{1 2, 3: 4 5}", [3, 11]), ("(1 2) && (3 4)", [3, 12]),
      ("x = 1 && y = 2", [2, 11]),
      ("'\\q' + '\\w'", [1, 8]), ("a.1 && b.2", [1, 8]), ("Site{a 1, b: 2 3}", [7, 15]),
      ("[1].map(1, 2) + [2].map(3, 4)", [8, 24]),
      ("for && while", [0, 7]), (") && 1 2", [0, 7]), ("f(]", [2]), ("((((", [4]),
    ])
  func several(source: String, offsets: [Int]) {
    #expect(problems(source).map(\.offset) == offsets, "\(problems(source))")
  }

  @Test("a text of nothing but mistakes tells no more than twenty of them")
  func many() {
    for text in ["$", "1 2 && ", "'\\q'", "(1 2) ", "[,"] {
      let found = problems(String(repeating: text, count: 2000))
      #expect((1...21).contains(found.count), "\(text): \(found.count)")
    }
  }

  @Test(
    "a check tells what is wrong, where, and what there is instead",
    arguments: [
      ("site.capasity > 1.0", "unknown-attribute", 5, "did you mean 'capacity'?"),
      ("site.x", "unknown-attribute", 5, "it has stage, capacity, partners"),
      ("sitee.stage == ''", "unknown-name", 0, "did you mean 'site'?"),
      ("Site{stag: 'a'}.stage == ''", "unknown-attribute", 5, "did you mean 'stage'?"),
      ("Site{stage: 1}.stage == ''", "type", 5, nil),
      ("Site{stage: 'a', stage: 'b'}.stage == ''", "duplicate-attribute", 17, nil),
      ("Sit{stage: 'a'} == site", "unknown-struct", 0, "did you mean 'Site'?"),
      ("sites.filter(s, s.stage == 1)", "no-overload", 24, "there is A == A -> bool"),
      ("site.stage.startsWth('m')", "unknown-function", 11, "did you mean 'startsWith'?"),
      ("site.stage.startsWith(1)", "no-overload", 11, "there is string.startsWith(string) -> bool"),
      ("site.stage + 1 == ''", "no-overload", 11, nil), ("site.stage ? 1 : 2", "type", 5, nil),
      ("true ? 1 : 'a'", "type", 5, "write dyn(…) around one"), ("site.all(s, true)", "type", 0, nil),
      ("sites.map(s, t)", "unknown-name", 13, nil), ("sites.all(s, s.stage)", "type", 15, nil),
      ("[[1]].sort()", "no-overload", 6, nil), ("[[1]].sortBy(x, x)", "type", 16, nil),
      ("optional.of(1).optMap(x, x + 'a')", "no-overload", 27, nil), ("{[1]: 2}", "type", 1, nil),
      ("{1.5: 2}", "type", 1, nil),
      ("[?1]", "type", 2, nil), ("1.all(x, true)", "type", 0, nil),
      ("math.greatst(1)", "unknown-function", 5, "did you mean 'math.greatest'?"),
      ("1 == 'a'", "no-overload", 2, "there is A == A -> bool"), ("1 == 1u", "no-overload", 2, nil),
      ("type(1) == 1", "no-overload", 8, nil), ("'a' in ['b'] in 1", "no-overload", 13, nil),
    ] as [(String, String, Int, String?)])
  func checked(source: String, id: String, offset: Int, help: String?) {
    let found = problems(source, in: siteEnvironment())
    #expect(found.first?.id == id, "\(found)")
    #expect(found.first?.offset == offset, "\(found)")
    #expect(found.count == 1, "\(found)")
    if let help { #expect(found.first?.help == help) }
  }

  @Test(
    "a failure of a call says what was called and what was tried",
    arguments: [
      ("x + 1", 2, "no such overload: string + int; tried int + int -> int; "),
      ("x.size(1)", 2, "no such overload: ….size(…); tried size(string) -> int; string.size() -> int; "),
      ("x.nothing()", 2, "there is no function 'nothing'"),
      ("size(1)", 0, "no such overload: size(int); tried size(string) -> int"),
      ("x[1]", 1, "no such overload: string[int]; tried list<A>[int] -> A; "),
      ("-x", 0, "no such overload: -string; tried -int -> int; -double -> double"),
      ("!x", 0, "no such overload: !string; tried !bool -> bool"),
      ("x && true", 0, "a side of '&&' must be a bool, not string"),
      ("x ? 1 : 2", 0, "the condition before '?' must be a bool, not string"),
      ("y", 0, "there is no variable 'y'"),
      ("x.upperAsci()", 2, "there is no function 'upperAsci'; did you mean 'upperAscii'?"),
      ("xx", 0, "there is no variable 'xx'"),
      ("1 in x", 2, "no such overload: int in string; tried A in list<A> -> bool; A in map<A, B> -> bool"),
    ])
  func tried(source: String, offset: Int, message: String) throws {
    let failure = try failure(source, ["x": .string("a")])
    #expect(failure?.message.hasPrefix(message) == true, "\(failure?.message ?? "none")")
    #expect(failure?.offset == offset)
  }
}
