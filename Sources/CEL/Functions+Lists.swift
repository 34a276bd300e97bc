/// Whether a list has an element equal to a value; nil if one that is not known decides.
private func contains(
  _ list: [CELValue], _ value: CELValue, _ meter: inout CELMeter, _ unknown: inout CELUnknown?
) throws(CELFailure) -> Bool? {
  var isOpen = false
  for element in list {
    try meter.charge(1)
    var missing: CELUnknown?
    guard try element.equals(value, &meter, &missing) else { continue }
    guard let missing else { return true }
    unknown = CELUnknown.union(unknown, missing)
    isOpen = true
  }
  return isOpen ? nil : false
}

/// Whether each element of the second list is in the first; nil if one that is not known decides.
private func containsAll(
  _ a: [CELValue], _ b: [CELValue], _ meter: inout CELMeter, _ unknown: inout CELUnknown?
) throws(CELFailure) -> Bool? {
  var isOpen = false
  for value in b {
    switch try contains(a, value, &meter, &unknown) {
    case false?: return false
    case nil: isOpen = true
    case true?: break
    }
  }
  return isOpen ? nil : true
}

private func sets(
  _ name: String, _ summary: String, _ example: String,
  _ holds:
    @escaping @Sendable ([CELValue], [CELValue], inout CELMeter, inout CELUnknown?)
    throws(CELFailure) -> Bool?
) -> CELFunction {
  CELFunction(
    name, summary, example, ["(list<A>, list<A>) -> bool"], .pairs,
    .two { (a, b, meter) throws(CELFailure) in
      guard case .list(let a) = a, case .list(let b) = b else { return nil }
      var unknown: CELUnknown?
      if let result = try holds(a, b, &meter, &unknown) { return .bool(result) }
      return unknown.map { .unknown($0) }
    })
}

/// The order that sorts a list by keys, found by merging; every comparison is charged.
///
/// Equal keys keep their order. Keys must be of one type that has an order.
func sortedOrder(_ keys: [CELValue], _ meter: inout CELMeter) throws(CELFailure) -> [Int] {
  var order = Array(keys.indices)
  if keys.count == 1, keys[0].ordered(keys[0]) == nil { throw unsortable(keys[0], keys[0]) }
  var merged = order
  var width = 1
  while width < order.count {
    var start = 0
    while start < order.count {
      let (middle, end) = (min(start + width, order.count), min(start + 2 * width, order.count))
      var (i, j) = (start, middle)
      for position in start..<end {
        var takesRight = i == middle
        if i < middle, j < end {
          let (left, right) = (keys[order[i]], keys[order[j]])
          if case .string(let text) = left { try meter.charge(text.utf8.count / 16) }
          try meter.charge(1)
          guard left.type == right.type, let comparison = right.ordered(left) else {
            throw unsortable(left, right)
          }
          takesRight = comparison == .less
        }
        merged[position] = takesRight ? order[j] : order[i]
        if takesRight { j += 1 } else { i += 1 }
      }
      start = end
    }
    swap(&order, &merged)
    width *= 2
  }
  return order
}

private func unsortable(_ a: CELValue, _ b: CELValue) -> CELFailure {
  let types = "\(a.type.runtimeName) and \(b.type.runtimeName)"
  return CELFailure(
    .noOverload,
    "no such overload: sorting \(types); tried pairs of int, uint, double, bool, string, bytes, timestamp, duration"
  )
}

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
        try meter.chargeList(count: inner.count)
        try meter.check(count: flat.count + inner.count)
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

private let sortable = ["int", "uint", "double", "bool", "string", "bytes", "timestamp", "duration"]

/// The size of a list taken apart: its elements, or those of the lists in it, however deep.
private func flattened(_ size: CELSize, _ limits: CELLimits) -> CELSize {
  var (count, element) = (size.count, size.elements)
  var largest = element
  while element.count > 0, element != .unbounded {
    count = .saturatingProduct(count, max(1, element.count))
    element = element.elements
    largest = largest.union(element)
  }
  if element == .unbounded { (count, largest) = (.max, .unbounded) }
  return CELSize.list(count: count, of: largest).clamped(bytes: 0, count: limits.listCount)
}

let listFunctions: [CELFunction] = [
  CELFunction(
    "slice", "The part of a list from a position, up to but not with another.",
    "[1, 2, 3].slice(1, 2) == [2]", ["list<A>.(int, int) -> list<A>"], .linear, growth: .argument(0),
    .three { (a, b, c, _) throws(CELFailure) in
      guard case .list(let list) = a, case .int(let start) = b, case .int(let end) = c else { return nil }
      guard start >= 0, start <= end, end <= list.count else {
        throw CELFailure(.index, "index out of range: \(start) to \(end) in a list of \(list.count)")
      }
      return .list(Array(list[Int(start)..<Int(end)]))
    }),
  CELFunction(
    "flatten", "The elements of the lists in a list, one level deep or as deep as said.",
    "[[1], [2]].flatten() == [1, 2]", ["list<list<A>>.() -> list<A>", "list<dyn>.() -> list<dyn>"],
    .deep, growth: .other { sizes, limits in flattened(sizes[0], limits) },
    .one { (a, meter) throws(CELFailure) in
      guard case .list(let list) = a else { return nil }
      return .list(try flatten(list, 1, &meter))
    }),
  CELFunction(
    "flatten", "The elements of the lists in a list, as many levels deep as said.",
    "[[[1]], [2]].flatten(2) == [1, 2]", ["list<dyn>.(int) -> list<dyn>"], .deep,
    growth: .other { sizes, limits in flattened(sizes[0], limits) },
    .two { (a, b, meter) throws(CELFailure) in
      guard case .list(let list) = a, case .int(let depth) = b else { return nil }
      if depth < 0 { throw CELFailure(.argument, "the depth of flatten() is negative") }
      return .list(try flatten(list, depth, &meter))
    }),
  CELFunction(
    "sort", "The elements in rising order.", "[2, 1].sort() == [1, 2]",
    sortable.map { "list<\($0)>.() -> list<\($0)>" }, .sorting, growth: .argument(0),
    .one { (a, meter) throws(CELFailure) in
      guard case .list(let list) = a else { return nil }
      if let unknown = CELUnknown(in: list) { return .unknown(unknown) }
      return .list(try sortedOrder(list, &meter).map { list[$0] })
    }),
  CELFunction(
    "distinct", "The elements without those that are equal to an earlier one.",
    "[1, 1, 2].distinct() == [1, 2]", ["list<A>.() -> list<A>"], .pairs, growth: .argument(0),
    .one { (a, meter) throws(CELFailure) in
      guard case .list(let list) = a else { return nil }
      var result: [CELValue] = []
      var unknown: CELUnknown?
      for element in list where try contains(result, element, &meter, &unknown) == false {
        result.append(element)
      }
      return unknown.map { .unknown($0) } ?? .list(result)
    }),
  CELFunction(
    "reverse", "The elements from the last to the first.", "[1, 2].reverse() == [2, 1]",
    ["list<A>.() -> list<A>"], .linear, growth: .argument(0),
    .one { a, _ in
      guard case .list(let list) = a else { return nil }
      return .list(list.reversed())
    }),
  CELFunction(
    "first", "An optional of the first element.", "[1, 2].first().value() == 1",
    ["list<A>.() -> optional<A>"], .constant(1), growth: .argument(0),
    .one { a, _ in
      guard case .list(let list) = a else { return nil }
      return .optional(list.first)
    }),
  CELFunction(
    "last", "An optional of the last element.", "[1, 2].last().value() == 2", ["list<A>.() -> optional<A>"],
    .constant(1), growth: .argument(0),
    .one { a, _ in
      guard case .list(let list) = a else { return nil }
      return .optional(list.last)
    }),
  CELFunction(
    "lists.range", "The whole numbers from 0 up to but not with a number.", "lists.range(2) == [0, 1]",
    ["(int) -> list<int>"], .constant(1),
    growth: .other { _, limits in .list(count: limits.listCount, of: .scalar) },
    .one { (a, meter) throws(CELFailure) in
      guard case .int(let count) = a else { return nil }
      guard count >= 0 else { throw CELFailure(.argument, "lists.range() of a negative number") }
      try meter.chargeList(count: Int(count))
      return .list((0..<count).map { .int($0) })
    }),
  sets(
    "sets.contains", "Whether the first list has every element of the second.", "sets.contains([1, 2], [2])"
  ) { (a, b, meter, unknown) throws(CELFailure) in try containsAll(a, b, &meter, &unknown) },
  sets(
    "sets.equivalent", "Whether each list has every element of the other.",
    "sets.equivalent([1, 2], [2, 1, 1])"
  ) { (a, b, meter, unknown) throws(CELFailure) in
    let there = try containsAll(a, b, &meter, &unknown)
    if there == false { return false }
    let back = try containsAll(b, a, &meter, &unknown)
    return there == nil && back == true ? nil : back
  },
  sets("sets.intersects", "Whether the lists have an element in common.", "sets.intersects([1, 2], [2, 3])") {
    (a, b, meter, unknown) throws(CELFailure) in
    var isOpen = false
    for value in b {
      switch try contains(a, value, &meter, &unknown) {
      case true?: return true
      case nil: isOpen = true
      case false?: break
      }
    }
    return isOpen ? nil : false
  },
]

private let held = CELGrowth.other { sizes, _ in .list(count: 1, of: sizes[0]) }

let optionalFunctions: [CELFunction] = [
  CELFunction(
    "optional.none", "The absent optional.", "!optional.none().hasValue()", ["() -> optional<A>"],
    .constant(1), growth: .text(bytes: 0), .many { _, _ in .optional(nil) }),
  CELFunction(
    "optional.of", "An optional that holds a value.", "optional.of(1).hasValue()", ["(A) -> optional<A>"],
    .constant(1), growth: held, .one { a, _ in .optional(a) }),
  CELFunction(
    "optional.ofNonZeroValue", "An optional that holds a value unless it is the zero of its type.",
    "!optional.ofNonZeroValue(0).hasValue()", ["(A) -> optional<A>"], .constant(1), growth: held,
    .one { a, _ in .optional(a.isZero ? nil : a) }),
  CELFunction(
    "hasValue", "Whether the optional holds a value.", "optional.of(1).hasValue()",
    ["optional<A>.() -> bool"], .constant(1),
    .one { a, _ in
      guard case .optional(let wrapped) = a else { return nil }
      return .bool(wrapped != nil)
    }),
  CELFunction(
    "value", "The value that the optional holds; fails if absent.", "optional.of(1).value() == 1",
    ["optional<A>.() -> A"], .constant(1), growth: .element(of: 0),
    .one { (a, _) throws(CELFailure) in
      guard case .optional(let wrapped) = a else { return nil }
      guard let wrapped else { throw CELFailure(.noValue, "the optional has no value") }
      return wrapped
    }),
  CELFunction(
    "or", "The optional, or another if it is absent; the other is run only then.",
    "optional.none().or(optional.of(1)).value() == 1", ["optional<A>.(optional<A>) -> optional<A>"],
    .constant(1), growth: .other { sizes, _ in sizes[0].union(sizes[1]) },
    .choice(
      decide: { (a) throws(CELFailure) in
        guard case .optional(let value) = a else { throw notOptional(a, "or") }
        return value == nil ? nil : a
      },
      otherwise: { b in
        guard case .optional = b else { return nil }
        return b
      })),
  CELFunction(
    "orValue", "The value of the optional, or another if it is absent; the other is run only then.",
    "optional.none().orValue(1) == 1", ["optional<A>.(A) -> A"], .constant(1),
    growth: .other { sizes, _ in sizes[0].elements.union(sizes[1]) },
    .choice(
      decide: { (a) throws(CELFailure) in
        guard case .optional(let value) = a else { throw notOptional(a, "orValue") }
        return value
      }, otherwise: { $0 })),
  CELFunction(
    "optional.unwrap", "The values of those optionals of a list that hold one.",
    "optional.unwrap([optional.of(1), optional.none()]) == [1]", ["(list<optional<A>>) -> list<A>"], .linear,
    growth: unwrapped, .one { a, _ in unwrap(a) }),
  CELFunction(
    "unwrapOpt", "The values of those optionals of a list that hold one.",
    "[optional.of(1), optional.none()].unwrapOpt() == [1]", ["list<optional<A>>.() -> list<A>"], .linear,
    growth: unwrapped, .one { a, _ in unwrap(a) }),
]

let encodingFunctions: [CELFunction] = [
  CELFunction(
    "base64.encode", "The bytes as Base64 text.", "base64.encode(b'hi') == 'aGk='", ["(bytes) -> string"],
    .linear,
    growth: .other { sizes, _ in .text(bytes: .saturatingProduct(2, .saturatingSum(sizes[0].bytes, 4))) },
    .one { (a, meter) throws(CELFailure) in
      guard case .bytes(let bytes) = a else { return nil }
      try meter.chargeText(bytes: (bytes.count + 2) / 3 * 4)
      return .string(Base64.encode(bytes))
    }),
  CELFunction(
    "base64.decode", "The bytes that Base64 text stands for, with or without padding.",
    "base64.decode('aGk') == b'hi'", ["(string) -> bytes"], .linear, growth: .argument(0),
    .one { (a, _) throws(CELFailure) in
      guard case .string(let text) = a else { return nil }
      guard let bytes = Base64.decode(Array(text.utf8)) else {
        throw CELFailure(.conversion, "the text is not Base64")
      }
      return .bytes(bytes)
    }),
]

private let unwrapped = CELGrowth.other { sizes, _ in
  .list(count: sizes[0].count, of: sizes[0].elements.elements)
}

private func notOptional(_ value: CELValue, _ name: String) -> CELFailure {
  CELFailure(
    .noOverload,
    "no such overload: \(value.type.runtimeName).\(name)(…); tried optional<A>.\(name)(…)")
}

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
enum Base64 {
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
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
  static func decode(_ text: [UInt8]) -> [UInt8]? {
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
