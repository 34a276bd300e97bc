private let numbers = ["int", "uint", "double"]

private typealias Two = @Sendable (CELValue, CELValue, inout CELMeter) throws(CELFailure) -> CELValue?

private func comparison(
  _ name: String, _ summary: String, _ example: String,
  _ ints: @escaping @Sendable (Int64, Int64) -> Bool, _ doubles: @escaping @Sendable (Double, Double) -> Bool,
  _ holds: @escaping @Sendable (CELValue.Order) -> Bool
) -> CELFunction {
  let same = ["bool", "string", "bytes", "timestamp", "duration"].map { "(\($0), \($0)) -> bool" }
  let mixed = numbers.flatMap { a in numbers.map { b in "(\(a), \(b)) -> bool" } }
  return CELFunction(
    name, summary, example, mixed + same, .text,
    .two { a, b, _ in
      switch (a, b) {
      case (.int(let a), .int(let b)): .bool(ints(a, b))
      case (.double(let a), .double(let b)): .bool(doubles(a, b))
      default: a.ordered(b).map { .bool(holds($0)) }
      }
    })
}

/// An operator of numbers; results that do not fit fail.
private func arithmetic(
  ints: @escaping @Sendable (Int64, Int64) -> (Int64, Bool),
  uints: @escaping @Sendable (UInt64, UInt64) -> (UInt64, Bool),
  doubles: (@Sendable (Double, Double) -> Double)?, zero: String? = nil, otherwise: @escaping Two
) -> Two {
  { (a, b, meter) throws(CELFailure) in
    switch (a, b) {
    case (.int(let a), .int(let b)):
      if b == 0, let zero { throw CELFailure(.divisionByZero, zero) }
      let (result, overflow) = ints(a, b)
      if overflow { throw overflowed }
      return .int(result)
    case (.double(let a), .double(let b)): return doubles.map { .double($0(a, b)) }
    case (.uint(let a), .uint(let b)):
      if b == 0, let zero { throw CELFailure(.divisionByZero, zero) }
      let (result, overflow) = uints(a, b)
      if overflow { throw overflowed }
      return .uint(result)
    default: return try otherwise(a, b, &meter)
    }
  }
}

private let nothing: Two = { _, _, _ in nil }

let overflowed = CELFailure(.overflow, "the result does not fit 64 bits (overflow)")
private let timeRange = CELFailure(.range, "the time is out of range")

private func inRange(_ time: CELTimestamp?) throws(CELFailure) -> CELValue {
  guard let time else { throw timeRange }
  return .timestamp(time)
}

private func plus(_ a: CELValue, _ b: CELValue, _ meter: inout CELMeter) throws(CELFailure) -> CELValue? {
  switch (a, b) {
  case (.string(let a), .string(let b)):
    try meter.chargeText(bytes: a.utf8.count + b.utf8.count)
    return .string(a + b)
  case (.bytes(let a), .bytes(let b)):
    try meter.chargeText(bytes: a.count + b.count)
    return .bytes(a.isEmpty ? b : b.isEmpty ? a : a + b)
  case (.list(let a), .list(let b)):
    try meter.chargeList(count: a.count + b.count)
    return .list(a + b)
  case (.timestamp(let a), .duration(let b)), (.duration(let b), .timestamp(let a)):
    return try inRange(a.advanced(by: b))
  case (.duration(let a), .duration(let b)):
    let (sum, overflow) = a.nanoseconds.addingReportingOverflow(b.nanoseconds)
    if overflow { throw timeRange }
    return .duration(CELDuration(nanoseconds: sum))
  default: return nil
  }
}

private func minus(_ a: CELValue, _ b: CELValue, _ meter: inout CELMeter) throws(CELFailure) -> CELValue? {
  switch (a, b) {
  case (.timestamp(let a), .duration(let b)):
    if b.nanoseconds == .min { throw timeRange }
    return try inRange(a.advanced(by: CELDuration(nanoseconds: -b.nanoseconds)))
  case (.timestamp(let a), .timestamp(let b)):
    guard let duration = a.duration(since: b) else { throw timeRange }
    return .duration(duration)
  case (.duration(let a), .duration(let b)):
    let (difference, overflow) = a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
    if overflow { throw timeRange }
    return .duration(CELDuration(nanoseconds: difference))
  default: return nil
  }
}

private func same(_ types: [String]) -> [String] { types.map { "(\($0), \($0)) -> \($0)" } }

private func equality(isNegated: Bool) -> CELFunction.Body {
  .two { (a, b, meter) throws(CELFailure) in
    var unknown: CELUnknown?
    let isEqual = try a.equals(b, &meter, &unknown)
    if isEqual, let unknown { return .unknown(unknown) }
    return .bool(isEqual != isNegated)
  }
}

let operatorFunctions: [CELFunction] = [
  CELFunction(
    "_==_", "Whether two values are equal; numbers compare by value.", "1 == 1", ["(A, A) -> bool"],
    .equality,
    equality(isNegated: false)),
  CELFunction(
    "_!=_", "Whether two values differ.", "1 != 2", ["(A, A) -> bool"], .equality, equality(isNegated: true)),
  comparison("_<_", "Whether the left value comes before the right one.", "1 < 2", { $0 < $1 }, { $0 < $1 }) {
    $0 == .less
  },
  comparison(
    "_<=_", "Whether the left value does not come after the right one.", "1 <= 1", { $0 <= $1 }, { $0 <= $1 }
  ) { $0 == .less || $0 == .equal },
  comparison("_>_", "Whether the left value comes after the right one.", "2 > 1", { $0 > $1 }, { $0 > $1 }) {
    $0 == .greater
  },
  comparison(
    "_>=_", "Whether the left value does not come before the right one.", "1 >= 1", { $0 >= $1 }, { $0 >= $1 }
  ) { $0 == .greater || $0 == .equal },
  CELFunction(
    "_+_", "The sum of numbers and times; texts, bytes and lists one after the other.", "1 + 2 == 3",
    same(["int", "uint", "double", "string", "bytes", "list<A>", "duration"]) + [
      "(timestamp, duration) -> timestamp", "(duration, timestamp) -> timestamp",
    ], .constant(1), growth: .sum,
    .two(
      arithmetic(
        ints: { $0.addingReportingOverflow($1) }, uints: { $0.addingReportingOverflow($1) },
        doubles: { $0 + $1 }, otherwise: plus))),
  CELFunction(
    "_-_", "The difference of numbers and times.", "3 - 2 == 1",
    same(numbers + ["duration"]) + [
      "(timestamp, duration) -> timestamp", "(timestamp, timestamp) -> duration",
    ], .constant(1),
    .two(
      arithmetic(
        ints: { $0.subtractingReportingOverflow($1) }, uints: { $0.subtractingReportingOverflow($1) },
        doubles: { $0 - $1 }, otherwise: minus))),
  CELFunction(
    "_*_", "The product of numbers.", "2 * 3 == 6", same(numbers), .constant(1),
    .two(
      arithmetic(
        ints: { $0.multipliedReportingOverflow(by: $1) }, uints: { $0.multipliedReportingOverflow(by: $1) },
        doubles: { $0 * $1 }, otherwise: nothing))),
  CELFunction(
    "_/_", "The quotient of numbers; of whole numbers rounded towards zero.", "7 / 2 == 3", same(numbers),
    .constant(1),
    .two(
      arithmetic(
        ints: { $0.dividedReportingOverflow(by: $1) }, uints: { $0.dividedReportingOverflow(by: $1) },
        doubles: { $0 / $1 }, zero: "divide by zero", otherwise: nothing))),
  CELFunction(
    "_%_", "The rest of a division, with the sign of the left number.", "7 % 2 == 1", same(["int", "uint"]),
    .constant(1),
    .two(
      arithmetic(
        ints: { $0.remainderReportingOverflow(dividingBy: $1) },
        uints: { $0.remainderReportingOverflow(dividingBy: $1) }, doubles: nil, zero: "modulus by zero",
        otherwise: nothing))),
  CELFunction(
    "-_", "The number with the other sign.", "-(1) == -1", ["(int) -> int", "(double) -> double"],
    .constant(1),
    .one { (a, _) throws(CELFailure) in
      switch a {
      case .int(let value):
        if value == .min { throw overflowed }
        return .int(-value)
      case .double(let value): return .double(-value)
      default: return nil
      }
    }),
  CELFunction(
    "!_", "Whether the condition does not hold.", "!false", ["(bool) -> bool"], .constant(1),
    .one { a, _ in
      guard case .bool(let value) = a else { return nil }
      return .bool(!value)
    }),
  CELFunction(
    "_in_", "Whether a list has an element, or a map a key.", "1 in [1, 2]",
    ["(A, list<A>) -> bool", "(A, map<A, B>) -> bool"], .search,
    .two { (a, b, meter) throws(CELFailure) in
      switch b {
      case .list(let list):
        var unknown: CELUnknown?
        for element in list {
          try meter.charge(1)
          var missing: CELUnknown?
          guard try element.equals(a, &meter, &missing) else { continue }
          guard let missing else { return .bool(true) }
          unknown = CELUnknown.union(unknown, missing)
        }
        return unknown.map { .unknown($0) } ?? .bool(false)
      case .map(let map): return .bool(map[a] != nil)
      default: return nil
      }
    }),
  CELFunction(
    "_[_]", "The element of a list at a position from 0, or the value of a map for a key.", "[5][0] == 5",
    [
      "(list<A>, int) -> A", "(map<A, B>, A) -> B", "(optional<list<A>>, int) -> optional<A>",
      "(optional<map<A, B>>, A) -> optional<B>",
    ], .text, growth: indexed,
    .two { (a, b, _) throws(CELFailure) in try Selection.index(a, b, isOptional: false) }),
  CELFunction(
    "_[?_]", "An optional of the element, absent if there is none.", "![5][?1].hasValue()",
    [
      "(list<A>, int) -> optional<A>", "(map<A, B>, A) -> optional<B>",
      "(optional<list<A>>, int) -> optional<A>", "(optional<map<A, B>>, A) -> optional<B>",
    ], .text, growth: indexed,
    .two { (a, b, _) throws(CELFailure) in try Selection.index(a, b, isOptional: true) }),
]

/// An element, bare or in an optional; of an optional list, one of the inner list.
private let indexed = CELGrowth.other { sizes, _ in
  let element = sizes[0].elements.union(sizes[0].elements.elements)
  return element.union(.list(count: 1, of: element))
}
