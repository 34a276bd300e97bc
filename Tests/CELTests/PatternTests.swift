import CEL
import TestSupport
import Testing

struct PatternTests {
  @Test("hostile patterns end in linear time")
  func linear() throws {
    let text = CELValue.string(String(repeating: "a", count: 20_000) + "!")
    for pattern in [
      "^(a+)+$", "(a|a)*b", "(a*)*b", "(a|aa)+$", "((a?){20}){20}b", "(.*)(.*)(.*)(.*)(.*)b",
      "(a{0,9}){9}b",
    ] {
      #expect(try !holds("t.matches('\(pattern)')", ["t": text]), "\(pattern)")
    }
  }

  @Test("patterns that would be large are refused before they are made")
  func large() throws {
    for pattern in [
      "((((a{1000}){1000}){1000}){1000}", "(((){1000}){1000}){1000}", String(repeating: "(", count: 5000),
      String(repeating: "a", count: 20_000),
      "(?i)[\u{100}-\u{1F0}" + String(repeating: "\u{100}-\u{1F0}", count: 500) + "]",
      "(a{1000}){11}",
    ] {
      #expect(
        try failure("'a'.matches(p)", ["p": .string(pattern)])?.kind == .argument, "\(pattern.prefix(20))")
    }
  }

  @Test(
    "the syntax of RE2 is read",
    arguments: [
      ("^a.c$", "abc", true), ("^a.c$", "a\nc", false), ("(?s)^a.c$", "a\nc", true),
      ("(?i)ABC", "xabcx", true),
      ("[[:digit:]]+x", "12x", true), ("\\bfoo\\b", "a foo b", true), ("\\bfoo\\b", "afoo", false),
      ("\\Boo\\b", "foo", true), ("a{2,3}$", "baaa", true), ("^a{2,3}$", "aaaa", false),
      ("^a{2,}$", "aaaa", true),
      ("^a{0}b$", "b", true), ("[^a-c]", "abc", false), ("\\d\\D\\w\\W\\s\\S", "1aa- x", true),
      ("(?m)^b$", "a\nb\nc", true),
      ("^b$", "a\nb\nc", false), ("^(?:ab|cd)*$", "abcdab", true), ("a{,2}", "a{,2}", true),
      ("\\x41\\x{1F600}", "A\u{1F600}", true),
      ("[]a]", "]", true), ("[^]a]", "]", false), ("", "", true), ("é", "e\u{301}", false),
      ("\\Qa.b\\E", "a.b", true), ("\\Qa.b", "axb", false),
      ("a*?b", "aaab", true), ("a??b", "ab", true), ("(?P<name>a)b", "ab", true), ("(?<name>a)b", "ab", true),
      ("(?i:A)b", "ab", true),
      ("(?i:A)B", "ab", false), ("(?i)a(?-i)B", "Ab", false), ("a|", "", true), ("|", "x", true),
      ("()", "", true), ("^\\z", "", true),
      ("\\Aab\\z", "ab", true), ("\\Ab", "ab", false), ("[\\d\\-x]+$", "1-x", true), ("[a-]", "-", true),
      ("[[:^alpha:]]", "a", false),
      ("[[:word:]]", "_", true), ("\\pL", "é", true), ("\\p{Lu}", "é", false), ("\\PL", "é", false),
      ("\\p{^Lu}", "é", true), ("^[\\pN_]+$", "٣_4", true),
      ("\\p{Nd}", "Ⅷ", false), ("\\pN", "Ⅷ", true), ("\\p{Any}", "x", true), ("(?i)É", "é", true),
      ("(?i)[À-É]", "é", true), ("(?i)[a-c]x", "Bx", true),
      (".", "\u{1F600}", true), ("^.$", "e\u{301}", false), ("^..$", "e\u{301}", true),
      ("\\t\\n\\f\\v\\a\\r", "\t\n\u{C}\u{B}\u{7}\r", true),
      ("\\.\\[\\]\\\\", ".[]\\", true), ("(?U)a+", "aaa", true), ("(?:x{1,2}){2}", "xxx", true),
      ("(?sm)^.b$", "\n\nb", true),
    ])
  func syntax(pattern: String, text: String, isFound: Bool) throws {
    #expect(try holds("t.matches(p)", ["t": .string(text), "p": .string(pattern)]) == isFound)
    // A pattern that the expression writes is read beforehand, and means the same.
    let source = "t.matches(\(CELValue.string(pattern)))"
    #expect(try holds(source, ["t": .string(text)]) == isFound)
  }

  @Test(
    "what cannot be a pattern is refused",
    arguments: [
      "(", "a)", "[a", "*", "+a", "?", "a**", "\\1", "(?=a)", "(?!a)", "(?<=a)", "a{2000}", "a{3,2}", "{2}",
      "[b-a]", "x{1,2}{2}", "a{2}*", "\\", "\\p{Greek}",
      "\\pX", "\\p{L", "[[:foo:]]", "(?P<>a)", "(?P<n", "(?z)a", "\\x4", "\\x{110000}", "\\C", "\\k", "(?i",
      "[\\",
    ])
  func refused(pattern: String) throws {
    #expect(try failure("'a'.matches(p)", ["p": .string(pattern)])?.kind == .argument)
    #expect(try failure("'a'.matches(\(CELValue.string(pattern)))")?.kind == .argument)
  }

  @Test("an automaton finds what trying every way finds", arguments: UInt64(0)..<40)
  func agreesWithTrying(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<40 {
      let pattern = Tried.random(&random, depth: 3)
      let text = (0..<random.next(6)).map { _ in ["a", "b"][random.next(2)] }.joined()
      let scalars = Array(text)
      let isFound = (0...scalars.count).contains { !pattern.ends(in: scalars, from: $0).isEmpty }
      #expect(
        try holds("t.matches(p)", ["t": .string(text), "p": .string(pattern.source)]) == isFound,
        "\(pattern.source) in \(text)")
    }
  }
}

/// A pattern that is matched by trying every way.
private indirect enum Tried {
  case letter(Character)
  case any, start, end
  case sequence(Tried, Tried)
  case choice(Tried, Tried)
  case counted(Tried, Int, Int)

  static func random(_ random: inout SeededGenerator, depth: Int) -> Tried {
    switch random.next(depth == 0 ? 4 : 8) {
    case 0: return .letter("a")
    case 1: return .letter("b")
    case 2: return .any
    case 3: return random.next(3) == 0 ? .start : random.next(3) == 0 ? .end : .letter("a")
    case 4, 5:
      return .sequence(Tried.random(&random, depth: depth - 1), Tried.random(&random, depth: depth - 1))
    case 6:
      return .choice(Tried.random(&random, depth: depth - 1), Tried.random(&random, depth: depth - 1))
    default:
      let (least, most) = [(0, 1), (0, 9), (1, 9), (2, 3), (0, 0)][random.next(5)]
      return .counted(Tried.random(&random, depth: depth - 1), least, most)
    }
  }

  var source: String {
    switch self {
    case .letter(let letter): String(letter)
    case .any: "."
    case .start: "^"
    case .end: "$"
    case .sequence(let a, let b): a.source + b.source
    case .choice(let a, let b): "(\(a.source)|\(b.source))"
    case .counted(let a, let least, let most):
      most == 9 ? "(?:\(a.source))\(least == 0 ? "*" : "+")" : "(?:\(a.source)){\(least),\(most)}"
    }
  }

  /// Where a match that begins at a position may end.
  func ends(in text: [Character], from start: Int) -> Set<Int> {
    switch self {
    case .letter(let letter): return start < text.count && text[start] == letter ? [start + 1] : []
    case .any: return start < text.count ? [start + 1] : []
    case .start: return start == 0 ? [start] : []
    case .end: return start == text.count ? [start] : []
    case .sequence(let a, let b):
      return Set(a.ends(in: text, from: start).flatMap { b.ends(in: text, from: $0) })
    case .choice(let a, let b): return a.ends(in: text, from: start).union(b.ends(in: text, from: start))
    case .counted(let a, let least, let most):
      var found: Set<Int> = least == 0 ? [start] : []
      var current: Set<Int> = [start]
      for round in 1...max(1, most) where most > 0 {
        current = Set(current.flatMap { a.ends(in: text, from: $0) })
        if round >= least { found.formUnion(current) }
      }
      return found
    }
  }
}
