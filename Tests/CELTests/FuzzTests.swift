import CEL
import Foundation
import TestSupport
import Testing

/// Mutations of expressions: no text and no combination of values makes the module crash, hang or go over its
/// limits, and no run counts more steps than were estimated.
///
/// `FUZZ_SECONDS` makes the loop go on for longer (`make fuzz`).
struct FuzzTests {
  private static let parts = [
    "1", "-9223372036854775808", "9223372036854775807", "2u", "1.5", "1e308", "(0.0/0.0)", "'a'", "'\\u00e9'",
    "b'\\xff'", "r'\\'",
    "null", "true", "d", "i", "s", "l", "m", "site", "sites", "[1, 'a']", "{'a': 1}", "{}", "[]", "+", "-",
    "*", "/", "%", "==", "!=",
    "<", ">=", "in", "&&", "||", "?", ":", ".", "(", ")", "[", "]", "{", "}", ",", "!", ".map(x, ",
    ".exists(y, ", ".all(k, v, ",
    ".transformMap(k, v, ", ".transformMapEntry(k, v, {v: k})", ".sortBy(x, ", ".filter(x, ",
    ".exists_one(x, ", ".size()", ".format(",
    "has(", "d.a", "x", "y", "k", "v", "'%s %d %.3e %x'", "timestamp(", "duration('1h')",
    ".getHours('Asia/Tokyo')",
    ".matches('(a*)*')", ".matches(s)", "optional.of(", "optional.none()", ".?a", "[?", "?", ".orValue(",
    ".or(", ".value()",
    "lists.range(", ".sort()", ".distinct()", ".reverse()", ".slice(0, 1)", ".first()", "math.greatest(",
    "math.bitShiftLeft(", "'\\",
    "`a b`", "cel.bind(x, ", ".replace('', ", ".split('')", ".join(',')", ".substring(1)", ".lastIndexOf(",
    ".flatten()", ".flatten(9)",
    "type(", "dyn(", "string(", "bytes(", "int(", "sets.contains(", "base64.encode(", "é", "\u{1F600}",
    "\u{0}", "\u{202E}", "//", "\n",
    "Site{stage: ", "Site{?capacity: ", "'''", "\"", "\\", "1 +", "lists.range(20000)", "site.partners",
    ".partners", ".stage",
  ]

  /// The expressions that are mutated: the examples of the declarations, and the public suite where it is at hand.
  private static let seeds: [String] = {
    let suite = conformanceFiles.flatMap { file in
      ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n").compactMap { line in
        let json = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return json?["expr"] as? String
      }
    }
    return CELEnvironment.standardFunctions.map(\.example) + CELMacro.all.map(\.example) + suite
  }()

  private static let environment: CELEnvironment = {
    var environment = siteEnvironment()
    environment.limits.cost = 20_000
    environment.limits.stringBytes = 1 << 16
    environment.limits.listCount = 10_000
    environment.declare(variable: "d")
    environment.declare(variable: "i", .int)
    environment.declare(variable: "s", .string)
    environment.declare(variable: "l", .list(.int))
    environment.declare(variable: "m", .map(.string, .dyn))
    return environment
  }()

  @Test("mutated expressions do no harm", .timeLimit(.minutes(60)), arguments: UInt64(0)..<8)
  func mutations(seed: UInt64) throws {
    let seconds = ProcessInfo.processInfo.environment["FUZZ_SECONDS"].flatMap { Double($0) } ?? 0
    let end = ContinuousClock.now + .seconds(seconds)
    var random = SeededGenerator(seed: seed)
    var round = 0
    repeat {
      round += 1
      if seconds > 0 { random = SeededGenerator(seed: seed &+ UInt64(round) << 8) }
      for _ in 0..<250 { try attempt(Self.mutated(&random), &random) }
    } while ContinuousClock.now < end
  }

  private static func mutated(_ random: inout SeededGenerator) -> String {
    if random.next(4) == 0 {
      return (0...random.next(12)).map { _ in parts[random.next(parts.count)] }.joined()
    }
    var text = Array(seeds[random.next(seeds.count)].unicodeScalars.prefix(2000))
    for _ in 0...random.next(3) {
      let at = random.next(text.count + 1)
      let end = at + random.next(text.count - at + 1)
      switch random.next(6) {
      case 0: text.removeSubrange(at..<min(end, at + 8))
      case 1: text.insert(contentsOf: text[at..<end], at: at)
      case 2, 3: text.insert(contentsOf: parts[random.next(parts.count)].unicodeScalars, at: at)
      case 4:
        let other = Array(seeds[random.next(seeds.count)].unicodeScalars.prefix(500))
        let from = random.next(other.count + 1)
        text.insert(contentsOf: other[from...], at: at)
      default:
        if at < text.count { text[at] = Unicode.Scalar(UInt32(random.next(0x3000))) ?? "x" }
      }
    }
    return String(String.UnicodeScalarView(text.prefix(5000)))
  }

  private static func value(_ random: inout SeededGenerator) -> CELValue {
    let texts = [
      "", "a", "aé\u{1F600}", "0", "\u{0}", "Asia/Tokyo", "(a|b)*", String(repeating: "ab", count: 300),
    ]
    switch random.next(14) {
    case 0: return .int(Int64(truncatingIfNeeded: random.next()) >> Int64(random.next(64)))
    case 1: return .uint(random.next() >> UInt64(random.next(64)))
    case 2: return .double([0, -0.0, .nan, .infinity, 1.5, 1e308, .leastNonzeroMagnitude][random.next(7)])
    case 3: return .string(texts[random.next(texts.count)])
    case 4: return .bytes([UInt8](repeating: UInt8(random.next(256)), count: random.next(40)))
    case 5: return .null
    case 6: return .bool(random.next(2) == 0)
    case 7: return .list((0..<random.next(20)).map { _ in Self.value(&random) })
    case 8:
      var map = CELMap()
      for _ in 0..<random.next(5) {
        _ = map.insert(.string(texts[random.next(texts.count)]), Self.value(&random))
      }
      _ = map.insert(.string("a"), Self.value(&random))
      return .map(map)
    case 9: return .duration(CELDuration(nanoseconds: Int64(truncatingIfNeeded: random.next())))
    case 10:
      let seconds = Int64(random.next(315_537_897_600)) - 62_135_596_800
      return CELTimestamp(seconds: seconds, nanoseconds: Int32(random.next(1_000_000_000))).map {
        .timestamp($0)
      } ?? .null
    case 11: return .optional(random.next(3) == 0 ? nil : Self.value(&random))
    case 12: return .unknown(CELUnknown(random.next(2) == 0 ? [] : ["missing"]))
    default: return site(random.next(3))
    }
  }

  private func attempt(_ source: String, _ random: inout SeededGenerator) throws {
    let environment = Self.environment
    _ = environment.completions(in: source, at: random.next(source.unicodeScalars.count + 2))
    let expression: CELExpression
    do { expression = try CELExpression(source, in: environment) } catch {
      for problem in error.problems {
        #expect(problem.offset >= 0 && problem.offset <= source.unicodeScalars.count, "\(source)")
        #expect(!"\(problem.diagnostic(in: source, file: "x"))".isEmpty)
      }
      return
    }
    let checked: CELProgram?
    do { checked = try expression.program() } catch {
      checked = nil
      #expect(
        error.problems.allSatisfy { $0.offset >= 0 && $0.offset < max(1, source.unicodeScalars.count) },
        "\(source)")
    }
    for _ in 0..<3 {
      var values: [String: CELValue] = [
        "d": Self.value(&random), "i": .int(Int64(random.next(7)) - 2), "s": .string("ab"),
        "site": site(random.next(2)),
        "sites": .list([site(0), site(1)]), "l": .list((0..<random.next(30)).map { .int(Int64($0) / 2) }),
      ]
      if case .map(let map) = Self.value(&random) { values["m"] = .map(map) }
      for program in [checked, expression.uncheckedProgram()].compactMap({ $0 }) {
        var meter = CELMeter(limits: environment.limits)
        do throws(CELFailure) {
          _ = try program.evaluate(program.inputs.map { values[$0] }, meter: &meter).description
          #expect(meter.spent <= environment.limits.cost, "\(source)")
        } catch {
          #expect(!error.message.isEmpty)
        }
      }
      guard let checked else { continue }
      var meter = CELMeter(limits: environment.limits)
      _ = try? checked.evaluate(checked.inputs.map { values[$0] }, meter: &meter)
      let sizes = values.mapValues { CELSize(of: $0) }
      let worst = expression.worstCost(sizes: sizes)
      #expect(
        meter.spent <= worst.steps || meter.spent > environment.limits.cost,
        "\(source): \(meter.spent), not \(worst.steps)")
    }
  }
}
