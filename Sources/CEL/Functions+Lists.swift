private func contains(_ list: [CELValue], _ value: CELValue, _ meter: inout CELMeter) throws(CELFailure)
  -> Bool
{
  for element in list {
    try meter.charge(1)
    if try element.equals(value, &meter) { return true }
  }
  return false
}

private func containsAll(_ a: CELValue, _ b: CELValue, _ meter: inout CELMeter) throws(CELFailure) -> Bool? {
  guard case .list(let a) = a, case .list(let b) = b else { return nil }
  for value in b where try !contains(a, value, &meter) { return false }
  return true
}

/// Sorts a list of values of one ordered kind by merging, charging every comparison.
private func sorted(_ list: [CELValue], _ meter: inout CELMeter) throws(CELFailure) -> [CELValue] {
  var list = list
  var width = 1
  while width < list.count {
    var merged: [CELValue] = []
    merged.reserveCapacity(list.count)
    var start = 0
    while start < list.count {
      let (middle, end) = (min(start + width, list.count), min(start + 2 * width, list.count))
      var (i, j) = (start, middle)
      while i < middle, j < end {
        try meter.charge(1)
        guard sameKind(list[i], list[j]), let order = list[j].ordered(list[i]) else {
          throw CELFailure(
            .noOverload, "no such overload: sort() of values that have no order among each other")
        }
        if order == .less {
          merged.append(list[j])
          j += 1
        } else {
          merged.append(list[i])
          i += 1
        }
      }
      merged += list[i..<middle]
      merged += list[j..<end]
      start = end
    }
    list = merged
    width *= 2
  }
  return list
}

private func sameKind(_ a: CELValue, _ b: CELValue) -> Bool { a.type == b.type }

/// One level of lists taken apart at a time, as often as `depth` says.
private func flatten(_ list: [CELValue], _ depth: Int64, _ meter: inout CELMeter) throws(CELFailure)
  -> [CELValue]
{
  var list = list
  for _ in 0..<depth {
    var flat: [CELValue] = []
    var changed = false
    for element in list {
      try meter.charge(1)
      if case .list(let inner) = element {
        try meter.chargeList(count: flat.count + inner.count)
        flat += inner
        changed = true
      } else {
        flat.append(element)
      }
    }
    list = flat
    if !changed { break }
  }
  return list
}

let listFunctions: [CELFunction] = [
  CELFunction(
    "slice", "The part of a list from a position, up to but not with another.",
    "[1, 2, 3].slice(1, 2) == [2]", ["list<A>.(int, int) -> list<A>"], .linear,
    .many { (values, _) throws(CELFailure) in
      guard case .list(let list) = values[0], case .int(let start) = values[1], case .int(let end) = values[2]
      else { return nil }
      guard start >= 0, start <= end, end <= list.count else {
        throw CELFailure(.index, "index out of range: \(start) to \(end) in a list of \(list.count)")
      }
      return .list(Array(list[Int(start)..<Int(end)]))
    }),
  CELFunction(
    "flatten", "The elements of the lists in a list, one level deep or as deep as said.",
    "[[1], [2]].flatten() == [1, 2]", ["list<dyn>.() -> list<dyn>", "list<dyn>.(int) -> list<dyn>"], .linear,
    .many { (values, meter) throws(CELFailure) in
      guard case .list(let list) = values[0] else { return nil }
      guard values.count == 2 else { return .list(try flatten(list, 1, &meter)) }
      guard case .int(let depth) = values[1] else { return nil }
      if depth < 0 { throw CELFailure(.argument, "the depth of flatten() is negative") }
      return .list(try flatten(list, depth, &meter))
    }),
  CELFunction(
    "sort", "The elements in rising order.", "[2, 1].sort() == [1, 2]", ["list<A>.() -> list<A>"], .linear,
    .one { (a, meter) throws(CELFailure) in
      guard case .list(let list) = a else { return nil }
      return .list(try sorted(list, &meter))
    }),
  CELFunction(
    "distinct", "The elements without those that are equal to an earlier one.",
    "[1, 1, 2].distinct() == [1, 2]", ["list<A>.() -> list<A>"], .linear,
    .one { (a, meter) throws(CELFailure) in
      guard case .list(let list) = a else { return nil }
      var result: [CELValue] = []
      for element in list where try !contains(result, element, &meter) { result.append(element) }
      return .list(result)
    }),
  CELFunction(
    "reverse", "The elements from the last to the first.", "[1, 2].reverse() == [2, 1]",
    ["list<A>.() -> list<A>"], .linear,
    .one { a, _ in
      guard case .list(let list) = a else { return nil }
      return .list(list.reversed())
    }),
  CELFunction(
    "first", "An optional of the first element.", "[1, 2].first().value() == 1",
    ["list<A>.() -> optional<A>"], .constant(1),
    .one { a, _ in
      guard case .list(let list) = a else { return nil }
      return .optional(list.first)
    }),
  CELFunction(
    "last", "An optional of the last element.", "[1, 2].last().value() == 2", ["list<A>.() -> optional<A>"],
    .constant(1),
    .one { a, _ in
      guard case .list(let list) = a else { return nil }
      return .optional(list.last)
    }),
  CELFunction(
    "lists.range", "The whole numbers from 0 up to but not with a number.", "lists.range(2) == [0, 1]",
    ["(int) -> list<int>"], .constant(1),
    .one { (a, meter) throws(CELFailure) in
      guard case .int(let count) = a else { return nil }
      guard count >= 0 else { throw CELFailure(.argument, "lists.range() of a negative number") }
      try meter.chargeList(count: Int(count))
      return .list((0..<count).map { .int($0) })
    }),
  CELFunction(
    "sets.contains", "Whether the first list has every element of the second.",
    "sets.contains([1, 2], [2])", ["(list<A>, list<A>) -> bool"], .linear,
    .two { (a, b, meter) throws(CELFailure) in try containsAll(a, b, &meter).map { .bool($0) } }),
  CELFunction(
    "sets.equivalent", "Whether each list has every element of the other.",
    "sets.equivalent([1, 2], [2, 1, 1])", ["(list<A>, list<A>) -> bool"], .linear,
    .two { (a, b, meter) throws(CELFailure) in
      guard let there = try containsAll(a, b, &meter), let back = try containsAll(b, a, &meter) else {
        return nil
      }
      return .bool(there && back)
    }),
  CELFunction(
    "sets.intersects", "Whether the lists have an element in common.", "sets.intersects([1, 2], [2, 3])",
    ["(list<A>, list<A>) -> bool"], .linear,
    .two { (a, b, meter) throws(CELFailure) in
      guard case .list(let a) = a, case .list(let b) = b else { return nil }
      for value in b where try contains(a, value, &meter) { return .bool(true) }
      return .bool(false)
    }),
]

private func optional(
  _ name: String, _ summary: String, _ example: String, _ signature: String,
  _ read: @escaping @Sendable (CELValue?) throws(CELFailure) -> CELValue
) -> CELFunction {
  CELFunction(
    name, summary, example, [signature], .constant(1),
    .one { (a, _) throws(CELFailure) in
      guard case .optional(let wrapped) = a else { return nil }
      return try read(wrapped)
    })
}

let otherFunctions: [CELFunction] = [
  CELFunction(
    "optional.none", "The absent optional.", "!optional.none().hasValue()", ["() -> optional<A>"],
    .constant(1), .many { _, _ in .optional(nil) }),
  CELFunction(
    "optional.of", "An optional that holds a value.", "optional.of(1).hasValue()", ["(A) -> optional<A>"],
    .constant(1), .one { a, _ in .optional(a) }),
  CELFunction(
    "optional.ofNonZeroValue", "An optional that holds a value unless it is the zero of its type.",
    "!optional.ofNonZeroValue(0).hasValue()", ["(A) -> optional<A>"], .constant(1),
    .one { a, _ in .optional(a.isZero ? nil : a) }),
  optional(
    "hasValue", "Whether the optional holds a value.", "optional.of(1).hasValue()", "optional<A>.() -> bool"
  ) { (value) throws(CELFailure) in .bool(value != nil) },
  optional(
    "value", "The value that the optional holds; fails if absent.", "optional.of(1).value() == 1",
    "optional<A>.() -> A"
  ) { (value) throws(CELFailure) in
    guard let value else { throw CELFailure(.noValue, "the optional has no value") }
    return value
  },
  CELFunction(
    "or", "The optional, or another if it is absent.", "optional.none().or(optional.of(1)).value() == 1",
    ["optional<A>.(optional<A>) -> optional<A>"], .constant(1),
    .two { a, b, _ in
      guard case .optional(let value) = a, case .optional = b else { return nil }
      return value == nil ? b : a
    }),
  CELFunction(
    "orValue", "The value of the optional, or another if it is absent.", "optional.none().orValue(1) == 1",
    ["optional<A>.(A) -> A"], .constant(1),
    .two { a, b, _ in
      guard case .optional(let value) = a else { return nil }
      return value ?? b
    }),
  CELFunction(
    "optional.unwrap", "The values of those optionals of a list that hold one.",
    "optional.unwrap([optional.of(1), optional.none()]) == [1]", ["(list<optional<A>>) -> list<A>"], .linear,
    .one { a, _ in unwrap(a) }),
  CELFunction(
    "unwrapOpt", "The values of those optionals of a list that hold one.",
    "[optional.of(1), optional.none()].unwrapOpt() == [1]", ["list<optional<A>>.() -> list<A>"], .linear,
    .one { a, _ in unwrap(a) }),
  CELFunction(
    "base64.encode", "The bytes as Base64 text.", "base64.encode(b'hi') == 'aGk='", ["(bytes) -> string"],
    .linear,
    .one { (a, meter) throws(CELFailure) in
      guard case .bytes(let bytes) = a else { return nil }
      try meter.chargeText(bytes: bytes.count * 4 / 3)
      return .string(Base64.encode(bytes))
    }),
  CELFunction(
    "base64.decode", "The bytes that Base64 text stands for, with or without padding.",
    "base64.decode('aGk') == b'hi'", ["(string) -> bytes"], .linear,
    .one { (a, _) throws(CELFailure) in
      guard case .string(let text) = a else { return nil }
      guard let bytes = Base64.decode(Array(text.utf8)) else {
        throw CELFailure(.conversion, "the text is not Base64")
      }
      return .bytes(bytes)
    }),
]

private func unwrap(_ value: CELValue) -> CELValue? {
  guard case .list(let list) = value else { return nil }
  var result: [CELValue] = []
  for element in list {
    guard case .optional(let wrapped) = element else { return nil }
    if let wrapped { result.append(wrapped) }
  }
  return .list(result)
}

/// Bytes as text of 64 letters.
///
/// - Source: RFC 4648, section 4.
public enum Base64 {
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  public static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for byte in group { bits = bits << 8 | UInt32(byte) }
      bits <<= UInt32(8 * (3 - group.count))
      for index in 0..<4 {
        text.append(
          index > group.count ? UInt8(ascii: "=") : letters[Int(bits >> UInt32(18 - 6 * index) & 63)])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Returns nil if the text is not Base64; padding may be left out.
  public static func decode(_ text: [UInt8]) -> [UInt8]? {
    var body = text[...]
    if text.count % 4 == 0 {
      for _ in 0..<2 where body.last == UInt8(ascii: "=") { body.removeLast() }
    }
    guard body.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    var (bits, count): (UInt32, UInt32) = (0, 0)
    for letter in body {
      let value: UInt8
      switch letter {
      case 65...90: value = letter - 65
      case 97...122: value = letter - 71
      case 48...57: value = letter + 4
      case 43: value = 62
      case 47: value = 63
      default: return nil
      }
      bits = (bits << 6 | UInt32(value)) & 0xFFFF
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    return bytes
  }
}
