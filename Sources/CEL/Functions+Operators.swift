private let numbers = ["int", "uint", "double"]

private func comparison(
  _ name: String, _ summary: String, _ example: String,
  _ holds: @escaping @Sendable (CELValue.Order) -> Bool
) -> CELFunction {
  let same = ["bool", "string", "bytes", "timestamp", "duration"].map { "(\($0), \($0)) -> bool" }
  let mixed = numbers.flatMap { a in numbers.map { b in "(\(a), \(b)) -> bool" } }
  return CELFunction(
    name, summary, example, mixed + same, .constant(1),
    .two { (a, b, meter) throws(CELFailure) in
      if case .string(let text) = a { try meter.charge(text.utf8.count / 16) }
      return a.ordered(b).map { .bool(holds($0)) }
    })
}

private func arithmetic(_ sign: Character, _ a: CELValue, _ b: CELValue) throws(CELFailure) -> CELValue? {
  switch (a, b) {
  case (.int(let a), .int(let b)): return .int(try whole(sign, a, b))
  case (.uint(let a), .uint(let b)): return .uint(try whole(sign, a, b))
  case (.double(let a), .double(let b)):
    switch sign {
    case "+": return .double(a + b)
    case "-": return .double(a - b)
    case "*": return .double(a * b)
    case "/": return .double(a / b)
    default: return nil
    }
  default: return nil
  }
}

private func whole<T: FixedWidthInteger>(_ sign: Character, _ a: T, _ b: T) throws(CELFailure) -> T {
  let (result, overflow): (T, Bool)
  switch sign {
  case "+": (result, overflow) = a.addingReportingOverflow(b)
  case "-": (result, overflow) = a.subtractingReportingOverflow(b)
  case "*": (result, overflow) = a.multipliedReportingOverflow(by: b)
  case "/":
    if b == 0 { throw CELFailure(.divisionByZero, "divide by zero") }
    (result, overflow) = a.dividedReportingOverflow(by: b)
  default:
    if b == 0 { throw CELFailure(.divisionByZero, "modulus by zero") }
    (result, overflow) = a.remainderReportingOverflow(dividingBy: b)
  }
  if overflow { throw overflowed }
  return result
}

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
    return .bytes(a + b)
  case (.list(let a), .list(let b)):
    try meter.chargeList(count: a.count + b.count)
    return .list(a + b)
  case (.timestamp(let a), .duration(let b)), (.duration(let b), .timestamp(let a)):
    return try inRange(a.advanced(by: b))
  case (.duration(let a), .duration(let b)):
    let (sum, overflow) = a.nanoseconds.addingReportingOverflow(b.nanoseconds)
    if overflow { throw timeRange }
    return .duration(CELDuration(nanoseconds: sum))
  default: return try arithmetic("+", a, b)
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
  default: return try arithmetic("-", a, b)
  }
}

private func same(_ name: String, _ signatures: [String]) -> [String] {
  signatures.map { "(\($0), \($0)) -> \($0)" }
}

let operatorFunctions: [CELFunction] = [
  CELFunction(
    "_==_", "Whether two values are equal; numbers compare by value.", "1 == 1", ["(A, A) -> bool"], .linear,
    .two { (a, b, meter) throws(CELFailure) in .bool(try a.equals(b, &meter)) }),
  CELFunction(
    "_!=_", "Whether two values differ.", "1 != 2", ["(A, A) -> bool"], .linear,
    .two { (a, b, meter) throws(CELFailure) in .bool(try !a.equals(b, &meter)) }),
  comparison("_<_", "Whether the left value comes before the right one.", "1 < 2") { $0 == .less },
  comparison("_<=_", "Whether the left value does not come after the right one.", "1 <= 1") {
    $0 == .less || $0 == .equal
  },
  comparison("_>_", "Whether the left value comes after the right one.", "2 > 1") { $0 == .greater },
  comparison("_>=_", "Whether the left value does not come before the right one.", "1 >= 1") {
    $0 == .greater || $0 == .equal
  },
  CELFunction(
    "_+_", "The sum of numbers and times; texts, bytes and lists one after the other.", "1 + 2 == 3",
    same("_+_", ["int", "uint", "double", "string", "bytes", "list<A>", "duration"]) + [
      "(timestamp, duration) -> timestamp", "(duration, timestamp) -> timestamp",
    ], .constant(1), .two { (a, b, meter) throws(CELFailure) in try plus(a, b, &meter) }),
  CELFunction(
    "_-_", "The difference of numbers and times.", "3 - 2 == 1",
    same("_-_", numbers + ["duration"]) + [
      "(timestamp, duration) -> timestamp", "(timestamp, timestamp) -> duration",
    ], .constant(1), .two { (a, b, meter) throws(CELFailure) in try minus(a, b, &meter) }),
  CELFunction(
    "_*_", "The product of numbers.", "2 * 3 == 6", same("_*_", numbers), .constant(1),
    .two { (a, b, _) throws(CELFailure) in try arithmetic("*", a, b) }),
  CELFunction(
    "_/_", "The quotient of numbers; of whole numbers rounded towards zero.", "7 / 2 == 3",
    same("_/_", numbers), .constant(1), .two { (a, b, _) throws(CELFailure) in try arithmetic("/", a, b) }),
  CELFunction(
    "_%_", "The rest of a division, with the sign of the left number.", "7 % 2 == 1",
    same("_%_", ["int", "uint"]), .constant(1),
    .two { (a, b, _) throws(CELFailure) in try arithmetic("%", a, b) }),
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
    ["(A, list<A>) -> bool", "(A, map<A, B>) -> bool"], .constant(1),
    .two { (a, b, meter) throws(CELFailure) in
      switch b {
      case .list(let list):
        for element in list {
          try meter.charge(1)
          if try element.equals(a, &meter) { return .bool(true) }
        }
        return .bool(false)
      case .map(let map): return .bool(map[a] != nil)
      default: return nil
      }
    }),
  CELFunction(
    "_[_]", "The element of a list at a position from 0, or the value of a map for a key.", "[5][0] == 5",
    [
      "(list<A>, int) -> A", "(map<A, B>, A) -> B", "(optional<list<A>>, int) -> optional<A>",
      "(optional<map<A, B>>, A) -> optional<B>",
    ], .constant(1), .two { (a, b, _) throws(CELFailure) in try Selection.index(a, b, isOptional: false) }),
  CELFunction(
    "_[?_]", "An optional of the element, absent if there is none.", "![5][?1].hasValue()",
    [
      "(list<A>, int) -> optional<A>", "(map<A, B>, A) -> optional<B>",
      "(optional<list<A>>, int) -> optional<A>", "(optional<map<A, B>>, A) -> optional<B>",
    ], .constant(1), .two { (a, b, _) throws(CELFailure) in try Selection.index(a, b, isOptional: true) }),
]
