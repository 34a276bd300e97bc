import CEL
import Testing

struct LimitTests {
  @Test("an evaluation stops at its limit of steps, always at the same one")
  func cost() throws {
    var limits = CELLimits()
    limits.cost = 10_000
    let range = "lists.range(1000)"
    let source = "\(range).all(a, \(range).all(b, \(range).all(c, a + b + c >= 0)))"
    let failure = #expect(throws: CELFailure.self) { try evaluate(source, limits: limits) }
    #expect(failure?.kind == .costLimit)
    // Neither side of a decision swallows it.
    for source in ["\(source) || true", "true && \(source)", "[1].exists(x, \(source) || x == 1)"] {
      #expect(try CELTests.failure(source, limits: limits)?.kind == .costLimit, "\(source)")
    }
    var first: Int?
    for _ in 0..<3 {
      var meter = CELMeter(limits: limits)
      let program = try CELExpression(source, in: CELEnvironment()).program()
      _ = try? program.evaluate([], meter: &meter)
      #expect(meter.spent == first ?? meter.spent)
      first = meter.spent
    }
  }

  @Test("nesting is bounded, of whatever it is made")
  func depth() {
    for text in [
      "(", "[", "{1:", "!", "-", "a.b(", "x ? y : ", "a[", "f(", "A{b:", "1 + ", "a && (", "x.y.",
      "[].all(x, ",
    ] {
      _ = problems(String(repeating: text, count: 30_000))
      _ = problems(String(repeating: text, count: 240) + "1")
    }
    #expect(problems(String(repeating: "1 + ", count: 5000) + "1").map(\.id) == ["too-deep"])
    #expect(problems(String(repeating: "(", count: 5000) + "1").map(\.id).contains("too-deep"))
    #expect(problems(String(repeating: "a.", count: 5000) + "a").map(\.id) == ["too-deep"])
    #expect(problems(String(repeating: "-", count: 5001) + "a").map(\.id) == ["unknown-name"])
    #expect(problems(String(repeating: "x", count: 1_000_000)).map(\.id) == ["too-long"])
    let macro = String(repeating: "[1].all(x, ", count: 13) + "true" + String(repeating: ")", count: 13)
    #expect(problems(macro).map(\.id) == ["too-deep"])
    #expect(problems(String(repeating: "true || ", count: 10_000) + "true").isEmpty)
  }

  @Test("values that share their parts are compared within the limit")
  func sharing() throws {
    // Lists that hold the same list twice, again and again: 2^40 parts, though only 40 lists.
    var value = CELValue.int(1)
    for _ in 0..<40 { value = .list([value, value]) }
    var other = CELValue.int(1)
    for _ in 0..<40 { other = .list([other, other]) }
    for source in [
      "a == b", "a in [b]", "[a, b].distinct()", "sets.contains([a], [b])", "'%s'.format([a])",
      "a.flatten(50)",
    ] {
      let kind = try failure(source, ["a": value, "b": other])?.kind
      #expect(kind == .costLimit || kind == .tooLarge, "\(source): \(String(describing: kind))")
    }
  }

  @Test("texts and lists do not grow without bound")
  func growth() throws {
    var limits = CELLimits()
    limits.stringBytes = 1000
    limits.listCount = 1000
    let text = CELValue.string(String(repeating: "a", count: 600))
    let list = CELValue.list(Array(repeating: .int(1), count: 600))
    for source in [
      "t + t", "t.replace('a', t)", "t.replace('', t)", "[t, t].join()", "'%s%s'.format([t, t])",
      "strings.quote(t)",
      "'%s'.format([[t, t]])", "'%s'.format([{1: t, 2: t}])", "'%x'.format([t])", "bytes(t) + bytes(t)",
      "base64.encode(bytes(t) + b'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')",
      "lists.range(2000)", "l + l", "[l, l].flatten()",
      "l.transformMapEntry(i, x, lists.range(3).transformMap(j, y, 1).transformMapEntry(j, y, {i * 3 + j: 1}))",
    ] {
      let failure = try failure(source, ["t": text, "l": list], limits: limits)
      #expect(failure?.kind == .tooLarge, "\(source): \(failure?.message ?? "no failure")")
    }
  }

  @Test("work that grows is charged before it is done")
  func charged() throws {
    var limits = CELLimits()
    limits.cost = 2000
    let text = CELValue.string(String(repeating: "ab", count: 50_000))
    let list = CELValue.list(Array(repeating: .int(1), count: 5000))
    for source in [
      "t.contains('ba ')", "t.indexOf('bb')", "t.lastIndexOf('bb')", "t.replace('x', 'y')", "t.split('x')",
      "t.lowerAscii()",
      "t.trim()", "t.reverse()", "t.matches('c')", "t == t + ''", "t < t", "size(t)", "bytes(t)", "string(t)",
      "strings.quote(t)",
      "base64.encode(bytes(t))", "t.substring(3)", "t.charAt(3)", "t.startsWith('a')", "int(t)",
      "timestamp(t)", "{t: 1}", "{'a': 1}[t]",
      "l.sort()", "l.distinct()", "l.reverse()", "l.slice(0, 1)", "l.flatten()", "l.map(x, x)", "2 in l",
      "l.sortBy(x, x)",
      "sets.contains(l, [2])", "lists.range(5000)", "l == l + []", "math.greatest(l)", "l.all(x, true)",
      "[t].join()",
    ] {
      #expect(try failure(source, ["t": text, "l": list], limits: limits)?.kind == .costLimit, "\(source)")
    }
  }
}
