private func outOfRange(_ index: Int64) -> CELFailure { CELFailure(.index, "index out of range: \(index)") }

/// Where bytes first stand in others from a position on.
///
/// - Complexity: O(hay + needle), whatever the texts.
/// - Source: D. Knuth, J. Morris, V. Pratt, "Fast pattern matching in strings", SIAM J. Comput. 6(2), 1977;
///   needles of at most 16 bytes are held against each position.
private func find(_ needle: Span<UInt8>, in hay: Span<UInt8>, from start: Int) -> Int? {
  guard start + needle.count <= hay.count else { return nil }
  if needle.count <= 16 {
    for position in start...(hay.count - needle.count) where stands(needle, in: hay, at: position) {
      return position
    }
    return nil
  }
  let borders = borders(of: needle)
  var matched = 0
  for i in start..<hay.count {
    while matched > 0, hay[i] != needle[matched] { matched = borders[matched - 1] }
    if hay[i] == needle[matched] { matched += 1 }
    if matched == needle.count { return i - needle.count + 1 }
  }
  return nil
}

/// Where bytes last stand in others, at or before a position.
///
/// - Complexity: O(hay + needle).
private func findLast(_ needle: Span<UInt8>, in hay: Span<UInt8>, upTo last: Int) -> Int? {
  guard needle.count <= hay.count else { return nil }
  let last = min(last, hay.count - needle.count)
  if needle.count <= 16 {
    for position in stride(from: last, through: 0, by: -1) where stands(needle, in: hay, at: position) {
      return position
    }
    return nil
  }
  let borders = borders(of: needle)
  var matched = 0
  var found: Int?
  for i in 0..<min(hay.count, last + needle.count) {
    while matched > 0, hay[i] != needle[matched] { matched = borders[matched - 1] }
    if hay[i] == needle[matched] { matched += 1 }
    if matched == needle.count {
      found = i - needle.count + 1
      matched = borders[matched - 1]
    }
  }
  return found
}

private func stands(_ needle: Span<UInt8>, in hay: Span<UInt8>, at position: Int) -> Bool {
  for i in needle.indices where hay[position + i] != needle[i] { return false }
  return true
}

/// For each prefix of a text, how long its longest border is: a proper prefix that is also a suffix.
private func borders(of needle: Span<UInt8>) -> [Int] {
  var borders = [Int](repeating: 0, count: needle.count)
  var matched = 0
  for i in 1..<max(1, needle.count) {
    while matched > 0, needle[i] != needle[matched] { matched = borders[matched - 1] }
    if needle[i] == needle[matched] { matched += 1 }
    borders[i] = matched
  }
  return borders
}

/// How many scalars begin among the first bytes.
private func scalarCount(_ bytes: Span<UInt8>, upTo end: Int) -> Int {
  var count = 0
  for i in 0..<end where bytes[i] & 0xC0 != 0x80 { count += 1 }
  return count
}

/// The byte at which the scalar of a position from 0 begins; the end for the position after the last.
private func byte(ofScalar position: Int64, in bytes: Span<UInt8>) -> Int? {
  guard position >= 0, position <= bytes.count else { return nil }
  var left = position
  for i in bytes.indices where bytes[i] & 0xC0 != 0x80 {
    if left == 0 { return i }
    left -= 1
  }
  return left == 0 ? bytes.count : nil
}

private func position(of needle: String, in hay: String, from start: Int64) throws(CELFailure) -> CELValue {
  let (a, b) = (hay.utf8.span, needle.utf8.span)
  guard let from = byte(ofScalar: start, in: a) else { throw outOfRange(start) }
  return .int(find(b, in: a, from: from).map { Int64(scalarCount(a, upTo: $0)) } ?? -1)
}

private func lastPosition(of needle: String, in hay: String, upTo last: Int64?) throws(CELFailure)
  -> CELValue
{
  let (a, b) = (hay.utf8.span, needle.utf8.span)
  var limit = a.count
  if let last {
    guard let given = byte(ofScalar: last, in: a) else { throw outOfRange(last) }
    limit = given
  }
  return .int(findLast(b, in: a, upTo: limit).map { Int64(scalarCount(a, upTo: $0)) } ?? -1)
}

private func substring(_ text: String, from start: Int64, to end: Int64?) throws(CELFailure) -> CELValue {
  let bytes = text.utf8.span
  guard let first = byte(ofScalar: start, in: bytes) else { throw outOfRange(start) }
  var last = bytes.count
  if let end {
    guard let given = byte(ofScalar: end, in: bytes) else { throw outOfRange(end) }
    guard start <= end else {
      throw CELFailure(.index, "invalid substring range. start: \(start), end: \(end)")
    }
    last = given
  }
  return .string(part(text, first, last))
}

/// The part of a text between two bytes at which scalars begin.
private func part(_ text: String, _ start: Int, _ end: Int) -> String {
  let from = text.utf8.index(text.startIndex, offsetBy: start)
  return String(text.unicodeScalars[from..<text.utf8.index(from, offsetBy: end - start)])
}

private func split(_ hay: String, _ separator: String, _ limit: Int64, _ meter: inout CELMeter)
  throws(CELFailure) -> CELValue
{
  if limit == 0 { return .list([]) }
  if limit == 1 { return .list([.string(hay)]) }
  let most = limit < 0 ? Int.max : Int(limit)
  var parts: [CELValue] = []
  var start = 0
  let (bytes, wanted) = (hay.utf8.span, separator.utf8.span)
  while parts.count < most - 1 {
    let found: Int
    if wanted.isEmpty {
      // Without a separator each scalar stands alone.
      guard start < bytes.count else { break }
      var next = start + 1
      while next < bytes.count, bytes[next] & 0xC0 == 0x80 { next += 1 }
      if next == bytes.count { break }
      found = next
    } else {
      guard let next = find(wanted, in: bytes, from: start) else { break }
      found = next
    }
    try meter.chargeList(count: 1)
    try meter.check(count: parts.count + 1)
    parts.append(.string(part(hay, start, found)))
    start = found + wanted.count
  }
  if !wanted.isEmpty || start < bytes.count {
    try meter.chargeList(count: 1)
    parts.append(.string(part(hay, start, bytes.count)))
  }
  return .list(parts)
}

private func replace(_ hay: String, _ old: String, _ new: String, _ limit: Int64, _ meter: inout CELMeter)
  throws(CELFailure) -> CELValue
{
  var left = limit < 0 ? Int.max : Int(limit)
  var result: [UInt8] = []
  let (bytes, wanted) = (hay.utf8.span, old.utf8.span)
  var start = 0
  // Nothing stands before each scalar and at the end.
  while left > 0, result.count <= meter.limits.stringBytes,
    let found = find(wanted, in: bytes, from: start)
  {
    for i in start..<found { result.append(bytes[i]) }
    result += new.utf8
    left -= 1
    start = found + wanted.count
    if wanted.isEmpty {
      guard start < bytes.count else { break }
      repeat {
        result.append(bytes[start])
        start += 1
      } while start < bytes.count && bytes[start] & 0xC0 == 0x80
    }
  }
  for i in start..<bytes.count { result.append(bytes[i]) }
  try meter.chargeText(bytes: result.count)
  return .string(String(decoding: result, as: UTF8.self))
}

private func join(_ list: CELValue, _ separator: String, _ meter: inout CELMeter) throws(CELFailure)
  -> CELValue?
{
  guard case .list(let list) = list else { return nil }
  if let unknown = CELUnknown(in: list) { return .unknown(unknown) }
  var result = ""
  for (index, element) in list.enumerated() {
    guard case .string(let part) = element else { return nil }
    if index > 0 { result += separator }
    result += part
    if result.utf8.count > meter.limits.stringBytes { break }
  }
  try meter.chargeText(bytes: result.utf8.count)
  return .string(result)
}

private func textTest(
  _ name: String, _ summary: String, _ example: String,
  _ holds: @escaping @Sendable (borrowing Span<UInt8>, borrowing Span<UInt8>) -> Bool
) -> CELFunction {
  CELFunction(
    name, summary, example, ["string.(string) -> bool"], .text,
    .two { a, b, _ in
      guard case .string(let a) = a, case .string(let b) = b else { return nil }
      return .bool(holds(a.utf8.span, b.utf8.span))
    })
}

private func textMap(
  _ name: String, _ summary: String, _ example: String, _ change: @escaping @Sendable (String) -> String
) -> CELFunction {
  CELFunction(
    name, summary, example, ["string.() -> string"], .text, growth: .argument(0),
    .one { (a, meter) throws(CELFailure) in
      guard case .string(let value) = a else { return nil }
      try meter.chargeText(bytes: value.utf8.count)
      return .string(change(value))
    })
}

private let replaced = CELGrowth.other { sizes, limits in
  let inserted = Int.saturatingProduct(.saturatingSum(sizes[0].bytes, 1), sizes[2].bytes)
  return CELSize.text(bytes: .saturatingSum(sizes[0].bytes, inserted))
    .clamped(bytes: limits.stringBytes, count: 0)
}

private let splitUp = CELGrowth.other { sizes, limits in
  CELSize.list(count: .saturatingSum(sizes[0].bytes, 1), of: .text(bytes: sizes[0].bytes))
    .clamped(bytes: 0, count: limits.listCount)
}

private let joined = CELGrowth.other { sizes, limits in
  let each = Int.saturatingSum(sizes[0].elements.bytes, sizes.count > 1 ? sizes[1].bytes : 0)
  return CELSize.text(bytes: .saturatingProduct(sizes[0].count, each))
    .clamped(bytes: limits.stringBytes, count: 0)
}

let stringFunctions: [CELFunction] = [
  CELFunction(
    "size", "How many scalars a text has, how many elements anything else.", "size('abc') == 3",
    ["string", "bytes", "list<A>", "map<A, B>"].flatMap { ["(\($0)) -> int", "\($0).() -> int"] }, .text,
    .one { a, _ in
      switch a {
      case .string(let text): .int(Int64(scalarCount(text.utf8.span, upTo: text.utf8.count)))
      case .bytes(let bytes): .int(Int64(bytes.count))
      case .list(let list): .int(Int64(list.count))
      case .map(let map): .int(Int64(map.count))
      default: nil
      }
    }),
  textTest("contains", "Whether a text stands in another.", "'abc'.contains('b')") {
    find($1, in: $0, from: 0) != nil
  },
  textTest("startsWith", "Whether a text begins with another.", "'abc'.startsWith('a')") {
    $0.count >= $1.count && stands($1, in: $0, at: 0)
  },
  textTest("endsWith", "Whether a text ends with another.", "'abc'.endsWith('c')") {
    $0.count >= $1.count && stands($1, in: $0, at: $0.count - $1.count)
  },
  CELFunction(
    "matches", "Whether a pattern (RE2 syntax) is found in a text.", "'abc'.matches('b+')",
    ["string.(string) -> bool", "(string, string) -> bool"], .matching,
    .two { (a, b, meter) throws(CELFailure) in
      guard case .string(let subject) = a, case .string(let pattern) = b else { return nil }
      return .bool(try Pattern(pattern, &meter).matches(subject, &meter))
    }),
  CELFunction(
    "charAt", "The character at a position, empty at the end.", "'abc'.charAt(1) == 'b'",
    ["string.(int) -> string"], .text, growth: .text(bytes: 4),
    .two { (a, b, _) throws(CELFailure) in
      guard case .string(let value) = a, case .int(let index) = b else { return nil }
      let bytes = value.utf8.span
      guard let start = byte(ofScalar: index, in: bytes) else { throw outOfRange(index) }
      guard start < bytes.count else { return .string("") }
      return .string(String(value.unicodeScalars[value.utf8.index(value.startIndex, offsetBy: start)]))
    }),
  CELFunction(
    "indexOf", "Where a text first stands in another; -1 if nowhere.", "'abcb'.indexOf('b') == 1",
    ["string.(string) -> int"], .text,
    .two { (a, b, _) throws(CELFailure) in
      guard case .string(let hay) = a, case .string(let needle) = b else { return nil }
      return try position(of: needle, in: hay, from: 0)
    }),
  CELFunction(
    "indexOf", "Where a text first stands in another, from a position on; -1 if nowhere.",
    "'abcb'.indexOf('b', 2) == 3", ["string.(string, int) -> int"], .text,
    .three { (a, b, c, _) throws(CELFailure) in
      guard case .string(let hay) = a, case .string(let needle) = b, case .int(let start) = c else {
        return nil
      }
      return try position(of: needle, in: hay, from: start)
    }),
  CELFunction(
    "lastIndexOf", "Where a text last stands in another; -1 if nowhere.", "'abcb'.lastIndexOf('b') == 3",
    ["string.(string) -> int"], .text,
    .two { (a, b, _) throws(CELFailure) in
      guard case .string(let hay) = a, case .string(let needle) = b else { return nil }
      return try lastPosition(of: needle, in: hay, upTo: nil)
    }),
  CELFunction(
    "lastIndexOf", "Where a text last stands in another, at or before a position; -1 if nowhere.",
    "'abcb'.lastIndexOf('b', 2) == 1", ["string.(string, int) -> int"], .text,
    .three { (a, b, c, _) throws(CELFailure) in
      guard case .string(let hay) = a, case .string(let needle) = b, case .int(let last) = c else {
        return nil
      }
      return try lastPosition(of: needle, in: hay, upTo: last)
    }),
  CELFunction(
    "substring", "The part of a text from a position on.", "'abc'.substring(1) == 'bc'",
    ["string.(int) -> string"], .text, growth: .argument(0),
    .two { (a, b, _) throws(CELFailure) in
      guard case .string(let text) = a, case .int(let start) = b else { return nil }
      return try substring(text, from: start, to: nil)
    }),
  CELFunction(
    "substring", "The part of a text from a position, up to but not with another.",
    "'abc'.substring(1, 2) == 'b'", ["string.(int, int) -> string"], .text, growth: .argument(0),
    .three { (a, b, c, _) throws(CELFailure) in
      guard case .string(let text) = a, case .int(let start) = b, case .int(let end) = c else { return nil }
      return try substring(text, from: start, to: end)
    }),
  CELFunction(
    "split", "The parts of a text between separators.", "'a,b'.split(',') == ['a', 'b']",
    ["string.(string) -> list<string>"], .text, growth: splitUp,
    .two { (a, b, meter) throws(CELFailure) in
      guard case .string(let hay) = a, case .string(let separator) = b else { return nil }
      return try split(hay, separator, -1, &meter)
    }),
  CELFunction(
    "split", "The parts of a text between separators, at most so many.",
    "'a,b,c'.split(',', 2) == ['a', 'b,c']", ["string.(string, int) -> list<string>"], .text, growth: splitUp,
    .three { (a, b, c, meter) throws(CELFailure) in
      guard case .string(let hay) = a, case .string(let separator) = b, case .int(let limit) = c else {
        return nil
      }
      return try split(hay, separator, limit, &meter)
    }),
  CELFunction(
    "replace", "The text with another in place of each found.", "'aba'.replace('a', 'c') == 'cbc'",
    ["string.(string, string) -> string"], .text, growth: replaced,
    .three { (a, b, c, meter) throws(CELFailure) in
      guard case .string(let hay) = a, case .string(let old) = b, case .string(let new) = c else {
        return nil
      }
      return try replace(hay, old, new, -1, &meter)
    }),
  CELFunction(
    "replace", "The text with another in place of each found, at most so many.",
    "'aba'.replace('a', 'c', 1) == 'cba'", ["string.(string, string, int) -> string"], .text,
    growth: replaced,
    .many { (values, meter) throws(CELFailure) in
      guard case .string(let hay) = values[0], case .string(let old) = values[1],
        case .string(let new) = values[2], case .int(let limit) = values[3]
      else { return nil }
      return try replace(hay, old, new, limit, &meter)
    }),
  CELFunction(
    "join", "The texts of a list one after the other.", "['a', 'b'].join() == 'ab'",
    ["list<string>.() -> string"], .linear, growth: joined,
    .one { (a, meter) throws(CELFailure) in try join(a, "", &meter) }),
  CELFunction(
    "join", "The texts of a list one after the other, with a separator between.",
    "['a', 'b'].join('-') == 'a-b'", ["list<string>.(string) -> string"], .linear, growth: joined,
    .two { (a, b, meter) throws(CELFailure) in
      guard case .string(let separator) = b else { return nil }
      return try join(a, separator, &meter)
    }),
  textMap("lowerAscii", "The text with the letters A to Z made small.", "'Ab'.lowerAscii() == 'ab'") {
    String(decoding: $0.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
  },
  textMap("upperAscii", "The text with the letters a to z made large.", "'Ab'.upperAscii() == 'AB'") {
    String(decoding: $0.utf8.map { (97...122).contains($0) ? $0 - 32 : $0 }, as: UTF8.self)
  },
  textMap("trim", "The text without white space at its ends.", "' a '.trim() == 'a'") {
    var all = $0.unicodeScalars[...]
    while let first = all.first, first.properties.isWhitespace { all.removeFirst() }
    while let last = all.last, last.properties.isWhitespace { all.removeLast() }
    return String(all)
  },
  textMap("reverse", "The text with its scalars turned round.", "'abc'.reverse() == 'cba'") {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: $0.unicodeScalars.reversed())
    return String(view)
  },
  CELFunction(
    "strings.quote", "The text in quotes, safe to print.", "strings.quote('a') == '\"a\"'",
    ["(string) -> string"], .text,
    growth: .other { sizes, _ in .text(bytes: .saturatingSum(2, sizes[0].bytes, sizes[0].bytes)) },
    .one { (a, meter) throws(CELFailure) in
      guard case .string(let value) = a else { return nil }
      try meter.chargeText(bytes: value.utf8.count * 2 + 2)
      return .string(Text.quoted(value))
    }),
  CELFunction(
    "format", "The text with clauses such as %s, %d and %.2f replaced by the values of a list.",
    "'%d t'.format([5]) == '5 t'", ["string.(list<dyn>) -> string"], .formatting,
    growth: .other { sizes, limits in
      let clauses = Int.saturatingProduct(512, sizes[0].bytes)
      return CELSize.text(bytes: .saturatingSum(sizes[0].bytes, clauses, sizes[1].written))
        .clamped(bytes: limits.stringBytes, count: 0)
    },
    .two { (a, b, meter) throws(CELFailure) in
      guard case .string(let template) = a, case .list(let values) = b else { return nil }
      if let unknown = CELUnknown(in: values) { return .unknown(unknown) }
      return .string(try Text.format(template, values, &meter))
    }),
]
