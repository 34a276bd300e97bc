import CEL
import Testing

struct DeclarationTests {
  @Test("the example of every function holds")
  func functions() throws {
    for function in CELEnvironment.standardFunctions where !function.example.isEmpty {
      #expect(try holds(function.example), "\(function.name): \(function.example)")
    }
  }

  @Test("the example of every macro holds, and every form of it is one that is expanded")
  func macros() throws {
    for macro in CELMacro.all {
      #expect(try holds(macro.example), "\(macro.name): \(macro.example)")
      for form in macro.forms {
        // A macro makes names of its first arguments; a call would ask what they are.
        let unknown = problems(form).filter { $0.id == "unknown-function" }
        #expect(unknown.isEmpty, "\(form)")
      }
    }
  }

  @Test("every function has a summary of one sentence, and signatures that can be read again")
  func summaries() {
    for function in CELEnvironment.standardFunctions {
      #expect(function.summary.hasSuffix("."), "\(function.name)")
      #expect(!function.overloads.isEmpty, "\(function.name)")
      for overload in function.overloads {
        let name = overload.isMember ? ".f" : "f"
        let written = overload.description(named: "f")
        let signature =
          overload.isMember ? written.replacing(".f(", with: ".(") : written.replacing("f(", with: "(")
        #expect(CELOverload(signature) == overload, "\(name): \(signature)")
      }
    }
  }

  @Test("no two overloads of a name take the same arguments")
  func ambiguous() {
    var seen: Set<String> = []
    for function in CELEnvironment.standardFunctions {
      for overload in function.overloads {
        let parameters = overload.parameters.map(\.description).joined(separator: ",")
        let key = "\(function.name) \(overload.isMember) \(overload.isVariadic) \(parameters)"
        #expect(seen.insert(key).inserted, "\(key)")
      }
    }
  }

  @Test("a function of the host is checked, run, priced and limited by its declaration")
  func host() throws {
    var environment = siteEnvironment()
    environment.declare(
      CELFunction(
        "reach", "How many sites a site reaches.", "reach(site, 1) > 0", ["(Site, int) -> int"],
        .constant(500),
        .two { site, depth, _ in
          guard case .object(let object) = site, case .int(let depth) = depth else { return nil }
          return .int(Int64(object.row) + depth)
        }))
    environment.declare(
      CELFunction(
        "double", "Twice a text.", "", ["string.() -> string"], .linear, growth: .argument(0),
        .one { value, _ in
          guard case .string(let text) = value else { return nil }
          return .string(text + text)
        }))
    let program = try CELExpression("reach(site, 2) + sites.map(s, reach(s, 1))[1]", in: environment)
      .program()
    var meter = CELMeter(limits: environment.limits)
    let values: [String: CELValue] = ["site": site(1), "sites": .list([site(0), site(1)])]
    let result = try program.evaluate(program.inputs.map { values[$0] }, meter: &meter)
    #expect(result.description == "5")
    #expect(meter.spent > 1500 && meter.spent < 1600)
    #expect(problems("reach(1, 2)", in: environment).first?.help == "there is reach(Site, int) -> int")
    #expect(problems("rech(site, 2)", in: environment).first?.help == "did you mean 'reach'?")
    // Values of another type than declared never get to the function.
    let wrong = try CELExpression(
      "reach(x, 2)",
      in: {
        var environment = environment
        environment.declare(variable: "x")
        return environment
      }()
    ).program()
    let failure = #expect(throws: CELFailure.self) { try wrong.evaluate(["x": .string("a")]) }
    #expect(failure?.message == "no such overload: reach(string, int); tried reach(Site, int) -> int")
    // A name of the library gets a further overload, and keeps the others.
    let both = try CELExpression("'ab'.double() == 'abab' && double(1) == 1.0", in: environment).program()
    #expect(try both.evaluate().description == "true")
    let cost = try CELExpression("sites.exists(s, reach(s, 1) > 5)", in: environment)
      .worstCost(sizes: ["sites": .list(count: 10, of: .scalar)])
    #expect(cost.steps > 5000 && cost.steps < 5100)
  }

  @Test("a struct may be written, with attributes that are given, left out, or optional")
  func structs() throws {
    let environment = siteEnvironment()
    for (source, wanted) in [
      ("Site{stage: 'mine'}.stage", "\"mine\""),
      ("Site{stage: 'a', capacity: 2.0}", "Site{stage: \"a\", capacity: 2.0}"),
      ("Site{?stage: optional.none(), ?capacity: optional.of(1.5)}", "Site{capacity: 1.5}"),
      ("has(Site{stage: 'a'}.stage)", "true"), ("has(Site{}.stage)", "false"),
      ("Site{}.stage", "unknown(Site{}.stage)"),
      ("Site{capacity: 1.0, stage: 'a'} == Site{stage: 'a', capacity: 1.0}", "true"),
      ("Site{} == Site{stage: ''}", "false"),
      ("type(Site{}) == Site", "true"), ("type(site) == Site", "true"), ("Site{} == site", "false"),
      ("[Site{}] != [site]", "true"),
      ("Site{}.?stage.hasValue()", "unknown(Site{}.stage)"), ("Site{partners: ['x']}.partners[0]", "\"x\""),
      ("site.partners.size()", "2"),
      ("optional.ofNonZeroValue(Site{}).hasValue()", "false"), ("Site{stage: 'a',}.stage", "\"a\""),
    ] {
      let program = try CELExpression(source, in: environment).program()
      #expect(try program.evaluate(["site": site(0)]).description == wanted, "\(source)")
    }
    var inside = environment
    inside.container = "com.example"
    inside.declare(
      CELStruct(
        "com.example.Plant", "A plant.", attributes: [.init("id", .int, "Its id.") { .int(Int64($0)) }]))
    #expect(
      try CELExpression("Plant{id: 3}.id + .com.example.Plant{id: 4}.id", in: inside).program().evaluate()
        .description == "7")
  }

  @Test("the manual has every declaration with its signatures, example and price, and is the same each time")
  func manual() {
    var environment = siteEnvironment()
    environment.declare(
      CELFunction(
        "reach", "How many sites a site reaches.", "reach(site) > 0", ["(Site) -> int"], .constant(500), .none
      ))
    let text = environment.manual(level: 2)
    #expect(text == environment.manual(level: 2))
    for function in CELEnvironment.standardFunctions + environment.functions {
      #expect(text.contains(function.summary))
      if !function.example.isEmpty { #expect(text.contains("`\(function.example)`"), "\(function.name)") }
      for overload in function.overloads {
        #expect(text.contains("- `\(overload.description(named: function.name))`"))
      }
    }
    for macro in CELMacro.all { #expect(text.contains("### `\(macro.name)`")) }
    #expect(text.contains("## Struct `Site`\n\nA place.\n\n- `stage`: `string`. Its tier.\n"))
    #expect(text.contains("- `sites`: `list<Site>`"))
    #expect(
      text.contains(
        "## Functions of the host\n\n### `reach`\n\nHow many sites a site reaches.\n\n- `reach(Site) -> int`\n\nExample: `reach(site) > 0`. Price: 500.\n"
      ))
    #expect(text.contains("### `+`") && text.contains("- `int + int -> int`"))
  }
}

struct CompletionTests {
  private func texts(_ source: String) -> [String] {
    siteEnvironment().completions(in: source, at: source.unicodeScalars.count).completions.map(\.text)
  }

  @Test(
    "what may stand at a place is offered",
    arguments: [
      (
        "",
        [
          "site", "sites", "Site", "true", "false", "null", "has", "size", "math.abs", "cel.bind",
          "timestamp",
        ]
      ),
      ("si", ["site", "sites", "Site", "size"]), ("1 + si", ["site", "sites", "size"]),
      ("site.", ["stage", "capacity", "partners"]),
      ("site.ca", ["capacity"]), ("has(site.ca", ["capacity"]),
      ("site.stage.", ["startsWith", "size", "matches", "split"]),
      ("sites.", ["filter", "map", "all", "sortBy", "distinct", "first", "size"]),
      ("sites.filter(s, s.", ["stage", "capacity"]),
      ("sites.filter(s, s.stage == 'mine' && s.ca", ["capacity"]), ("sites.filter(some, so", ["some"]),
      ("sites.all(i, s, sites.exists(t, t.capacity > s.", ["capacity"]),
      ("cel.bind(x, site, x.st", ["stage"]),
      ("math.", ["greatest", "least", "abs", "bitAnd"]), ("math.gr", ["greatest"]), ("cel.", ["bind"]),
      ("optional.", ["of", "none", "unwrap"]),
      ("sites[0].", ["stage"]), ("sites.first().", ["value", "hasValue", "optMap"]),
      ("sites.first().?", ["stage"]),
      ("[site].map(x, x.", ["stage"]), ("{'a': site.", ["capacity"]),
      ("site.stage == 'x' ? site.", ["capacity"]),
      ("true || (site.", ["capacity"]), ("sites.map(s, s.partners).flatten().", ["filter"]),
      ("site.partners.", ["join"]),
      ("sites.map(s, s.stage).filter(t, t.", ["startsWith"]), ("// a comment\nsite.", ["stage"]),
    ] as [(String, [String])])
  func offered(source: String, wanted: [String]) {
    let found = texts(source)
    for text in wanted { #expect(found.contains(text), "\(source): \(found)") }
    #expect(Set(found).count == found.count, "\(source): \(found)")
  }

  @Test(
    "what may not stand at a place is not",
    arguments: [
      ("site.", ["startsWith", "filter", "site", "true", "has", "hasValue"]),
      ("sites.", ["stage", "startsWith", "join", "transform"]),
      ("", ["startsWith", "stage", "_+_", "+", "filter"]), ("site.stage.", ["stage", "filter", "join"]),
      ("'si", ["site"]), ("// si", ["site"]),
      ("site.zz", ["stage"]), ("\"\"\"a\nsi", ["site"]), ("math.", ["math.greatest", "of"]),
    ] as [(String, [String])])
  func notOffered(source: String, unwanted: [String]) {
    let found = texts(source)
    for text in unwanted { #expect(!found.contains(text), "\(source): \(text)") }
  }

  @Test("a completion tells what it is, and how much of the word it replaces")
  func details() throws {
    let (replaced, found) = siteEnvironment().completions(in: "site.cap > 1.0", at: 8)
    #expect(replaced == 3)
    let capacity = try #require(found.first)
    #expect(found.count == 1)
    #expect(capacity.text == "capacity" && capacity.kind == .attribute)
    #expect(capacity.detail == "double" && capacity.summary == "Tonnes a year.")
    let split = try #require(siteEnvironment().completions(in: "site.stage.spl", at: 14).completions.first)
    #expect(
      split.detail
        == "string.split(string) -> list<string>; string.split(string, int) -> list<string>")
    #expect(split.kind == .function)
    #expect(siteEnvironment().completions(in: "site", at: -3).replaced == 0)
    #expect(siteEnvironment().completions(in: "site", at: 99).replaced == 4)
  }
}
