import CEL
import Testing

/// What is not known, as the specification of the language means it.
struct UnknownTests {
  private let missing: [String: CELValue] = [
    "u": .unknown(CELUnknown(["u"])), "v": .unknown(CELUnknown(["v"])),
    "list": .list([.int(1), .unknown(CELUnknown([])), .int(3)]),
    "map": .map(Self.map),
  ]

  private static let map: CELMap = {
    var map = CELMap()
    _ = map.insert(.string("a"), .int(1))
    _ = map.insert(.string("b"), .unknown(CELUnknown([])))
    return map
  }()

  @Test(
    "what is not known decides only where it must",
    arguments: [
      "u || true", "true || u", "!(u && false)", "!(false && u)", "[1, 2].exists(x, x == 2 || u)",
      "![1, 2].all(x, x == 2 && u)", "true ? true : u", "false ? u : true",
      "![1, 1].exists_one(x, x == 1 || u)",
      "1 / 0 > 0 || u || true", "u || 1 / 0 > 0 || true", "!(u && 1 / 0 > 0 && false)", "true || u == v",
      "[u, 1].exists(x, true) || true", "optional.of(1).orValue(u) == 1", "optional.of(1).or(u).hasValue()",
      "1 in list", "3 in list", "list[0] == 1", "size(list) == 3", "map.a == 1", "size(map) == 2",
      "list != [2, 1, 3]", "list != [1, 2, 4]", "list != [1, 2]", "list.exists(x, x == 3)",
      "!list.all(x, x == 1)",
      "sets.contains(list, [1])", "!sets.contains([1, 2], [5] + list)", "sets.intersects([1], list)",
      "map != {'a': 2, 'b': 1}", "'b' in map", "has(map.a)", "map.exists(k, k == 'b')",
      "[[1, 2]].exists(x, x[0] == 1 || u)", "cel.bind(x, u, true)", "[u].size() == 1 || true",
    ])
  func decided(source: String) throws {
    #expect(try holds(source, missing))
  }

  @Test(
    "the result names what is missing",
    arguments: [
      ("u || false", ["u"]), ("u && true", ["u"]), ("u + 1", ["u"]), ("u + v", ["u", "v"]),
      ("v || u", ["u", "v"]), ("u && v", ["u", "v"]), ("u ? 1 : 2", ["u"]), ("[u, 1]", ["u"]),
      ("{'a': v}", ["v"]),
      ("{u: v}", ["u", "v"]), ("u.field", ["u"]), ("u[0]", ["u"]), ("[1][u]", ["u"]), ("size(u)", ["u"]),
      ("[1].map(x, u)", ["u"]), ("[1].filter(x, u)", ["u"]), ("u == v", ["u", "v"]), ("u == 'a'", ["u"]),
      ("u != 1", ["u"]), ("u in [1, 2]", ["u"]), ("u in ['a', 'b']", ["u"]), ("1 in u", ["u"]),
      ("u in {}", ["u"]),
      ("u.exists(x, true)", ["u"]), ("!u", ["u"]), ("-u", ["u"]), ("u.matches('a')", ["u"]),
      ("'a'.matches(u)", ["u"]), ("has(u.a)", ["u"]), ("u || 1 / 0 > 0", ["u"]), ("1 / 0 > 0 && u", ["u"]),
      ("[1].exists(x, u)", ["u"]), ("[1].all(x, v && u)", ["u", "v"]), ("'a'.replace(u, v)", ["u", "v"]),
      ("'a'.replace('b', u)", ["u"]), ("math.greatest(u, 1, v)", ["u", "v"]), ("type(u)", ["u"]),
      ("optional.of(u)", ["u"]), ("optional.none().orValue(u)", ["u"]), ("u.orValue(1)", ["u"]),
      ("cel.bind(x, u, x + v)", ["u", "v"]), ("[?u]", ["u"]), ("[1].map(x, x > 0, v)", ["v"]),
      ("[1].map(x, u, v)", ["u"]), ("[1].transformMap(i, x, u)", ["u"]), ("[3, 1].sortBy(x, u)", ["u"]),
      ("[1].exists_one(x, u)", ["u"]), ("2 in list", ["list[…]"]), ("list == [1, 2, 3]", ["list[…]"]),
      ("list[1]", ["list[1]"]), ("list[1] + 1", ["list[1]"]), ("list.exists(x, x == 2)", ["list[1]"]),
      ("list.map(x, x + 1)", ["list[1]"]), ("list.sort()", ["list[…]"]), ("list.distinct()", ["list[…]"]),
      ("math.greatest(list)", ["list[…]"]), ("sets.contains(list, [2])", ["list[…]"]), ("map.b", ["map.b"]),
      ("map['b']", ["map[\"b\"]"]), ("map.b > 1 || map.a > 5", ["map.b"]),
      ("map.exists(k, v, v == 7)", ["map[\"b\"]"]), ("map == {'a': 1, 'b': 2}", ["map[…]"]),
      ("'%s'.format(list)", ["list[…]"]), ("list.exists_one(x, x == 3)", ["list[1]"]),
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
    let environment = siteEnvironment()
    let program = try CELExpression("site.stage == 'mine' || site.capacity > 1.0", in: environment).program()
    #expect(program.resultType == .bool)
    guard case .bool(true) = try program.evaluate(["site": site(0)]),
      case .unknown(let unknown) = try program.evaluate(["site": site(1)])
    else {
      Issue.record("a wrong result")
      return
    }
    #expect(unknown.attributes == ["Site[1].capacity"])
    let has = try CELExpression("has(site.capacity)", in: environment).program()
    guard case .bool(true) = try has.evaluate(["site": site(0)]),
      case .bool(false) = try has.evaluate(["site": site(1)])
    else {
      Issue.record("has() does not tell what is missing")
      return
    }
    let several = try CELExpression("sites.filter(s, s.capacity > 1.0)", in: environment).program()
    guard case .unknown(let both) = try several.evaluate(["sites": .list([site(1), site(0), site(2)])]) else {
      Issue.record("a filter by what is not known is known")
      return
    }
    #expect(both.attributes == ["Site[1].capacity", "Site[2].capacity"])
  }

  @Test("true and false, unknown and failing: the four outcomes of logic, either way round")
  func logic() throws {
    let sides = ["true", "false", "u", "(1 / 0 > 0)"]
    // Rows: the left side; columns: the right one. 'e' fails.
    let or = ["tttt", "tfue", "tuuu", "teue"]
    let and = ["tfue", "ffff", "ufuu", "efue"]
    for (i, left) in sides.enumerated() {
      for (j, right) in sides.enumerated() {
        for (name, table) in [("||", or), ("&&", and)] {
          let source = "\(left) \(name) \(right)"
          let wanted = Array(table[i])[j]
          let found: Character =
            switch try? evaluate(source, missing) {
            case .bool(true)?: "t"
            case .bool(false)?: "f"
            case .unknown?: "u"
            default: "e"
            }
          #expect(found == wanted, "\(source)")
        }
      }
    }
  }
}
