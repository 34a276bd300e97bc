import CEL
import Testing

/// Known answers of the libraries, beyond the cases of the public suite.
struct LibraryTests {
  @Test(
    "texts",
    arguments: [
      "'tacocat'.charAt(6) == 't'", "''.charAt(0) == ''", "'tacocat'.indexOf('') == 0",
      "'tacocat'.indexOf('a', 2) == 5", "'tacocat'.indexOf('', 7) == 7", "'aaa'.indexOf('aaaa') == -1",
      "'tacocat'.lastIndexOf('') == 7", "'tacocat'.lastIndexOf('at', 4) == -1",
      "'tacocat'.lastIndexOf('at', 6) == 5", "''.lastIndexOf('') == 0", "''.lastIndexOf('a') == -1",
      "'ta©o©αT'.substring(3, 6) == 'o©α'", "'ta©o©αT'.substring(7) == ''",
      "'o©o©o©o'.split('©', 3) == ['o', 'o', 'o©o']", "'hello'.split('') == ['h', 'e', 'l', 'l', 'o']",
      "'hello'.split('', 2) == ['h', 'ello']", "''.split('') == []", "''.split(',') == ['']",
      "',a,'.split(',') == ['', 'a', '']", "'aaa'.split('aa') == ['', 'a']",
      "'hello hello'.replace('', '_') == '_h_e_l_l_o_ _h_e_l_l_o_'", "'é©'.replace('', '-') == '-é-©-'",
      "'hello'.replace('', '_', 2) == '_h_ello'", "'hello hello'.replace('he', 'we', 1) == 'wello hello'",
      "'hello hello'.replace('he', 'we', 0) == 'hello hello'", "'aaa'.replace('aa', 'b') == 'ba'",
      "['x', 'y', 'z'].join('-') == 'x-y-z'", "['x'].join('-') == 'x'",
      "'TACOcat'.lowerAscii() == 'tacocat'", "'1234'.reverse() == '4321'", "''.reverse() == ''",
      "strings.quote(\"first\\nsecond\") == \"\\\"first\\\\nsecond\\\"\"",
      "strings.quote('\\a\\b\\f\\t') == '\"\\\\a\\\\b\\\\f\\\\t\"'",
      "'abcabcabcabcabcabcabcabd'.indexOf('abcabcabcabcabcabd') == 6",
      "'abababababababababababab'.lastIndexOf('ababababababababababa', 2) == 2",
      "size('\\U0001F431é') == 2", "size(b'\\xff\\x00') == 2", "'a' < 'b' && 'Z' < 'a' && 'é' > 'z'",
    ])
  func texts(source: String) throws { #expect(try holds(source)) }

  @Test(
    "formatting",
    arguments: [
      (
        "'%s'.format([[\"abc\", 3.14, null, [9, 8], timestamp(\"2023-02-03T23:31:20Z\")]])",
        "[abc, 3.14, null, [9, 8], 2023-02-03T23:31:20Z]"
      ),
      (
        "'%s'.format([{\"k2\": b\"xyz\", \"k1\": null, \"k3\": duration(\"2h\"), 1: 2.5, true: {}}])",
        "{1: 2.5, k1: null, k2: xyz, k3: 7200s, true: {}}"
      ),
      ("'%s %s'.format([type(1), type(timestamp(0))])", "int google.protobuf.Timestamp"),
      ("'%.3e'.format([1052.032911275])", "1.052e+03"), ("'%e'.format([0.0])", "0.000000e+00"),
      ("'%.0e'.format([2500.0])", "2e+03"), ("'%.2e'.format([9.999])", "1.00e+01"),
      ("'%e'.format([1.0e-7])", "1.000000e-07"), ("'%.1f'.format([0.25])", "0.2"),
      ("'%.1f'.format([0.75])", "0.8"), ("'%.2f'.format([-0.001])", "-0.00"),
      ("'%.3f'.format([1e21])", "1000000000000000000000.000"),
      ("'%.20f'.format([0.1])", "0.10000000000000000555"), ("'%f'.format([5e-324])", "0.000000"),
      ("'%b'.format([-5])", "-101"), ("'%x'.format([-42])", "-2a"), ("'%o'.format([-9])", "-11"),
      ("'%x'.format([-9223372036854775808])", "-8000000000000000"), ("'%b'.format([false])", "0"),
      ("'%X'.format([b'\\xff\\x0a'])", "FF0A"), ("'%x'.format(['é'])", "c3a9"),
      ("'%s'.format([1e21])", "1000000000000000000000"), ("'%s'.format([0.0001])", "0.0001"),
      ("'%s'.format([-0.0])", "-0"), ("'%s'.format([[2e-09]])", "[0.000000002]"),
      ("'%d'.format([-2.5])", "-2.5"),
      ("'%d'.format([1e22])", "10000000000000000000000"),
      ("'%d'.format([-9223372036854775808])", "-9223372036854775808"), ("'a%%b'.format([])", "a%b"),
    ])
  func formatting(source: String, text: String) throws {
    guard case .string(let written) = try evaluate(source) else { throw CELFailure(.argument, "no text") }
    #expect(written == text)
  }

  @Test(
    "numbers",
    arguments: [
      "math.round(1.2) == 1.0 && math.round(1.5) == 2.0 && math.round(-1.5) == -2.0",
      "math.isNaN(math.round(0.0 / 0.0))", "math.trunc(-1.3) == -1.0 && math.ceil(-1.2) == -1.0",
      "math.floor(-1.2) == -2.0", "math.abs(-234.5) == 234.5 && math.abs(7u) == 7u",
      "math.sign(-42) == -1 && math.sign(0.0) == 0.0 && math.sign(42u) == 1u && math.sign(-0.3) == -1.0",
      "math.isInf(1.0 / 0.0) && math.isInf(-1.0 / 0.0) && !math.isInf(1.2)",
      "math.isFinite(1.2) && !math.isFinite(0.0 / 0.0)",
      "math.bitOr(1u, 2u) == 3u && math.bitOr(-2, -4) == -2",
      "math.bitAnd(-3, -5) == -7 && math.bitXor(1u, 3u) == 2u && math.bitXor(-1, 5) == -6",
      "math.bitNot(0u) == 18446744073709551615u && math.bitNot(-1) == 0",
      "math.bitShiftLeft(1, 200) == 0 && math.bitShiftLeft(1u, 63) == 9223372036854775808u",
      "math.bitShiftRight(-1024, 3) == 2305843009213693824 && math.bitShiftRight(-1024, 64) == 0",
      "math.sqrt(49) == 7.0 && math.sqrt(82) == 9.055385138137417 && math.isNaN(math.sqrt(-15.34))",
      "math.least(-5, 1, 2.5, 3u) == -5", "math.least([1, 2, 3]) == 1", "math.greatest(1u, 2, 3.5) == 3.5",
      "math.greatest(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20) == 20",
      "7 / -2 == -3 && -7 % 2 == -1 && 7 % -2 == 1", "-(-9223372036854775807) == 9223372036854775807",
      "1.0 / 0.0 > 1e308 && -0.0 == 0.0 && !(0.0 / 0.0 == 0.0 / 0.0) && 0.0 / 0.0 != 0.0 / 0.0",
      "18446744073709551615u / 2u == 9223372036854775807u", "1 < 1.5 && 2u > 1 && 1.0 <= 1u",
      "9007199254740993 == dyn(9007199254740992.0)", "int(-0.9) == 0 && uint('18446744073709551615') > 1u",
      "double('NaN') != double('NaN') && double('-inf') < -1.0e308", "double('1e-400') == 0.0",
      "string(1e300) == '1e+300' && string(-0.0) == '-0' && string(100.0) == '100'",
      "int('-9223372036854775808') < 0", "bool('t') && !bool('F')",
    ])
  func numbers(source: String) throws { #expect(try holds(source)) }

  @Test(
    "lists and sets",
    arguments: [
      "[1, 2, 3, 4].slice(1, 4) == [2, 3, 4] && [1].slice(1, 1) == []",
      "[1, [2, 3], [[4]]].flatten() == [1, 2, 3, [4]]", "[1, [2, [3, [4]]]].flatten(2) == [1, 2, 3, [4]]",
      "[1, [2, [3, [4]]]].flatten(0) == [1, [2, [3, [4]]]]", "[[1], [2, 3]].flatten() == [1, 2, 3]",
      "[1, 1u, 1.0, 2, 'b', 'b'].distinct() == [1, 2, 'b']", "[[1], [1.0]].distinct() == [[1]]",
      "['d', 'a', 'c', 'b'].sort() == ['a', 'b', 'c', 'd']", "[].sort() == []",
      "[true, false].sort() == [false, true]",
      "[duration('2s'), duration('1s')].sort()[0] == duration('1s')", "[b'b', b'a'].sort() == [b'a', b'b']",
      "[{'n': 'b', 'r': 2}, {'n': 'a', 'r': 1}].sortBy(x, x.r).map(x, x.n) == ['a', 'b']",
      "['bb', 'a', 'cc', 'd'].sortBy(x, size(x)) == ['a', 'd', 'bb', 'cc']",
      "lists.range(4) == [0, 1, 2, 3] && lists.range(0) == []", "[1, 2, 3].reverse() == [3, 2, 1]",
      "![].first().hasValue() && [1, 2].last() == optional.of(2)",
      "sets.contains([], []) && sets.contains([1, 1], [1]) && !sets.contains([1], [1, 2])",
      "sets.contains([[1], [2, 3]], [[2, 3.0]])",
      "sets.equivalent([1], [1u, 1.0]) && !sets.equivalent([1], [1, 2])",
      "sets.intersects([[1], [2, 3]], [[1, 2], [2, 3.0]]) && !sets.intersects([1], [])",
      "dyn(1) in [1.0, 2.0] && !('a' in [dyn('b'), 1])",
      "dyn({'a': 1}) == {'a': 1.0} && dyn({1: 'a'}) == {1u: 'a'}",
      "dyn([1, 2]) + ['a'] == [1, 2, 'a']", "{'a': 1, 'b': 2}.map(k, k) == ['a', 'b']",
      "{'a': 1, 'b': 2}.exists_one(k, k == 'a') && {1: 2}.filter(k, k > 0) == [1]",
      "{'a': 1}.transformList(k, v, [k, v]) == [['a', 1]]",
      "[5, 6].transformMap(i, v, v > 5, v * 2) == {1: 12}",
      "[1, 2].transformMapEntry(i, v, v > 1, {v: i}) == {2: 1}",
      "[1, 2].exists_one(i, v, v == i + 1 && i == 1)", "!{'a': 1, 'b': 1}.exists_one(k, v, v == 1)",
    ])
  func lists(source: String) throws { #expect(try holds(source)) }

  @Test(
    "optionals, bindings and encoders",
    arguments: [
      "[?optional.none(), ?optional.of(1)] == [1]",
      "{?'a': optional.none(), ?'b': optional.of(1)} == {'b': 1}",
      "optional.of(1).or(optional.of(1 / 0)).value() == 1", "optional.of(1).orValue(1 / 0) == 1",
      "optional.none().or(optional.none()).or(optional.of(3)).value() == 3",
      "{'a': {'b': 1}}.?a.?b.orValue(0) == 1", "{'a': {}}.?a.?b.?c.orValue(7) == 7",
      "[1, 2][?5].orValue(7) == 7",
      "!optional.ofNonZeroValue([]).hasValue() && !optional.ofNonZeroValue(duration('0s')).hasValue()",
      "optional.of(optional.none()).value() == optional.none()", "optional.none() == optional.none()",
      "optional.of([1, 2])[1].value() == 2", "type(optional.of(1)) == optional_type",
      "optional.of(3).optMap(x, [x, x]).value() == [3, 3]",
      "optional.none().optFlatMap(x, optional.of(1)) == optional.none()",
      "cel.bind(a, [1, 2], cel.bind(b, a.map(x, x * 2), a + b)) == [1, 2, 2, 4]",
      "base64.encode(b'') == '' && base64.encode(b'\\xff\\xfe') == '//4='",
      "base64.decode('//4=') == b'\\xff\\xfe'",
      "optional.unwrap([optional.of(1), optional.none(), optional.of(2)]) == [1, 2]",
    ])
  func optionals(source: String) throws { #expect(try holds(source)) }

  @Test(
    "what the libraries refuse fails, and says of what kind it is",
    arguments: [
      ("'abc'.charAt(4)", .index), ("'abc'.charAt(-1)", .index), ("'abc'.substring(4)", .index),
      ("'abc'.indexOf('a', -1)", .index), ("'abc'.substring(2, 1)", .index), ("[1].slice(0, 2)", .index),
      ("[1].slice(1, 0)", .index), ("[1].slice(-1, 0)", .index), ("[1][-1]", .index), ("[1][1u]", .index),
      ("[1].flatten(-1)", .argument), ("lists.range(-1)", .argument), ("math.greatest([])", .argument),
      ("math.bitShiftLeft(1, -1)", .argument), ("math.abs(-9223372036854775808)", .overflow),
      ("9223372036854775807 + 1", .overflow), ("-9223372036854775808 - 1", .overflow), ("0u - 1u", .overflow),
      ("-9223372036854775808 / -1", .overflow), ("-9223372036854775808 % -1", .overflow),
      ("-(-9223372036854775808)", .overflow), ("1 / 0", .divisionByZero), ("1u % 0u", .divisionByZero),
      ("int('1.5')", .conversion), ("int('')", .conversion), ("uint('-1')", .conversion),
      ("int(1e19)", .range), ("int(0.0 / 0.0)", .range), ("uint(-1)", .range), ("double('abc')", .conversion),
      ("double('0x1p3')", .conversion), ("double(' 1')", .conversion), ("bool('yes')", .conversion),
      ("string(b'\\xff')", .conversion), ("base64.decode('a')", .conversion),
      ("base64.decode('a$==')", .conversion),
      ("timestamp('2024-02-30T00:00:00Z')", .conversion), ("timestamp('2023-13-01T00:00:00Z')", .conversion),
      ("timestamp('2023-01-01 00:00:00Z')", .conversion), ("duration('1x')", .conversion),
      ("duration('')", .conversion),
      ("duration('9999999h')", .conversion), ("duration('1.5')", .conversion),
      ("timestamp(253402300800)", .range), ("duration('9223372036s') + duration('1s')", .range),
      ("timestamp(0).getHours('Europe/Atlantis')", .argument), ("{'a': 1}.b", .noSuchKey),
      ("{1: 2}[3]", .noSuchKey), ("{1: 1, 1u: 2}", .duplicateKey), ("{'a': 1, 'a': 1}", .duplicateKey),
      ("{0.0 / 0.0: 1}", .noOverload), ("{[1]: 1}", .noOverload), ("{1.5: 1}", .noOverload),
      ("[1, 2].transformMapEntry(i, v, {1: v})", .duplicateKey), ("optional.none().value()", .noValue),
      ("[1, 'a'].sort()", .noOverload), ("[[1]].sort()", .noOverload), ("[1, 'a'].sortBy(x, x)", .noOverload),
      ("'%z'.format([1])", .argument), ("'%'.format([1])", .argument), ("'%s'.format([])", .index),
      ("'%.101f'.format([1.0])", .argument), ("'%.99999999999999999999f'.format([1.0])", .argument),
      ("'%d'.format(['a'])", .argument), ("'%s'.format([optional.of(1)])", .argument),
      ("1 + 'a'", .noOverload),
      ("1 + 1.0", .noOverload), ("1 < 'a'", .noOverload), ("!1", .noOverload), ("-'a'", .noOverload),
      ("1 ? 2 : 3", .noOverload), ("1 && true", .noOverload), ("[1].all(x, 1)", .noOverload),
      ("1.all(x, true)", .noOverload), ("(1).a", .noOverload), ("'abc'.matches('(')", .argument),
      ("math.greatest('a')", .noOverload), ("math.greatest(1, 'a')", .noOverload), ("f(1)", .noOverload),
      ("x", .unbound), ("[?1]", .noOverload), ("{?'a': 1}", .noOverload),
    ] as [(String, CELFailure.Kind)])
  func refused(source: String, kind: CELFailure.Kind) throws {
    #expect(try failure(source)?.kind == kind)
  }
}
