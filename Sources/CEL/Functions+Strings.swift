private func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }

private func text(_ scalars: some Collection<Unicode.Scalar>) -> String {
  var view = String.UnicodeScalarView()
  view.append(contentsOf: scalars)
  return String(view)
}

private func outOfRange(_ index: Int64) -> CELFailure { CELFailure(.index, "index out of range: \(index)") }

private func find(
  _ needle: [UInt8], in hay: [UInt8], from start: Int, _ meter: inout CELMeter
) throws(CELFailure) -> Int? {
  guard !needle.isEmpty else { return start <= hay.count ? start : nil }
  guard start + needle.count <= hay.count else { return nil }
  // Knuth, Morris and Pratt: linear whatever the texts.
  var failure = [Int](repeating: 0, count: needle.count)
  var matched = 0
  for i in 1..<max(1, needle.count) {
    while matched > 0, needle[i] != needle[matched] { matched = failure[matched - 1] }
    if needle[i] == needle[matched] { matched += 1 }
    failure[i] = matched
  }
  matched = 0
  for i in start..<hay.count {
    while matched > 0, hay[i] != needle[matched] { matched = failure[matched - 1] }
    if hay[i] == needle[matched] { matched += 1 }
    if matched == needle.count {
      try meter.charge((i - start) / 16)
      return i - needle.count + 1
    }
  }
  try meter.charge((hay.count - start) / 16)
  return nil
}

private func count(_ bytes: some Sequence<UInt8>) -> Int {
  bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
}

/// The position in scalars of a text in another, looked for from the front or from the back.
private func position(_ values: [CELValue], isLast: Bool, _ meter: inout CELMeter) throws(CELFailure)
  -> CELValue?
{
  guard case .string(let hay) = values[0], case .string(let needle) = values[1] else { return nil }
  var a = scalars(hay).map { [UInt8](String($0).utf8) }
  var offset = 0
  if values.count == 3 {
    guard case .int(let given) = values[2] else { return nil }
    guard given >= 0, given <= a.count else { throw outOfRange(given) }
    offset = Int(given)
  }
  let length = needle.unicodeScalars.count
  guard length <= a.count else { return .int(-1) }
  var wanted = Array(needle.utf8)
  var start = isLast ? a.count - length : offset
  if isLast {
    // Backwards: both texts are turned round, and the position with them.
    if values.count == 3 { start = min(start, offset) }
    a = Array(a[..<(start + length)].reversed())
    wanted = scalars(needle).reversed().flatMap { [UInt8](String($0).utf8) }
    guard let found = try find(wanted, in: a.flatMap { $0 }, from: 0, &meter) else { return .int(-1) }
    return .int(Int64(start - count(a.flatMap { $0 }[..<found])))
  }
  let bytes = a.flatMap { $0 }
  let from = a[..<start].reduce(0) { $0 + $1.count }
  guard let found = try find(wanted, in: bytes, from: from, &meter) else { return .int(-1) }
  return .int(Int64(count(bytes[..<found])))
}

private func split(_ hay: String, _ separator: String, _ limit: Int64, _ meter: inout CELMeter)
  throws(CELFailure) -> CELValue
{
  if limit == 0 { return .list([]) }
  if limit == 1 { return .list([.string(hay)]) }
  let most = limit < 0 ? Int.max : Int(limit)
  var parts: [CELValue] = []
  if separator.isEmpty {
    let all = scalars(hay)
    try meter.chargeList(count: all.count)
    for (index, scalar) in all.enumerated() {
      if parts.count == most - 1 {
        parts.append(.string(text(all[index...])))
        break
      }
      parts.append(.string(String(scalar)))
    }
    return .list(parts)
  }
  let (bytes, wanted) = (Array(hay.utf8), Array(separator.utf8))
  var start = 0
  while parts.count < most - 1, let found = try find(wanted, in: bytes, from: start, &meter) {
    try meter.charge(1 + wanted.count / 16)
    parts.append(.string(String(decoding: bytes[start..<found], as: UTF8.self)))
    start = found + wanted.count
  }
  parts.append(.string(String(decoding: bytes[start...], as: UTF8.self)))
  try meter.chargeList(count: parts.count)
  return .list(parts)
}

private func replace(_ hay: String, _ old: String, _ new: String, _ limit: Int64, _ meter: inout CELMeter)
  throws(CELFailure) -> CELValue
{
  var left = limit < 0 ? Int.max : Int(limit)
  var result: [UInt8] = []
  if old.isEmpty {
    for scalar in hay.unicodeScalars {
      if left > 0 { result += new.utf8 }
      left -= left > 0 ? 1 : 0
      result += String(scalar).utf8
      if result.count > meter.limits.stringBytes { break }
    }
    if left > 0 { result += new.utf8 }
  } else {
    let (bytes, wanted) = (Array(hay.utf8), Array(old.utf8))
    var start = 0
    while left > 0, result.count <= meter.limits.stringBytes,
      let found = try find(wanted, in: bytes, from: start, &meter)
    {
      try meter.charge(1 + wanted.count / 16)
      result += bytes[start..<found]
      result += new.utf8
      start = found + wanted.count
      left -= 1
    }
    result += bytes[start...]
  }
  try meter.chargeText(bytes: result.count)
  return .string(String(decoding: result, as: UTF8.self))
}

private func textTest(
  _ name: String, _ summary: String, _ example: String,
  _ holds: @escaping @Sendable ([UInt8], [UInt8], inout CELMeter) throws(CELFailure) -> Bool
) -> CELFunction {
  CELFunction(
    name, summary, example, ["string.(string) -> bool"], .linear,
    .two { (a, b, meter) throws(CELFailure) in
      guard case .string(let a) = a, case .string(let b) = b else { return nil }
      return .bool(try holds(Array(a.utf8), Array(b.utf8), &meter))
    })
}

private func textMap(
  _ name: String, _ summary: String, _ example: String, _ change: @escaping @Sendable (String) -> String
) -> CELFunction {
  CELFunction(
    name, summary, example, ["string.() -> string"], .linear,
    .one { (a, meter) throws(CELFailure) in
      guard case .string(let value) = a else { return nil }
      try meter.chargeText(bytes: value.utf8.count)
      return .string(change(value))
    })
}

private func matches(_ a: CELValue, _ b: CELValue, _ meter: inout CELMeter) throws(CELFailure) -> CELValue? {
  guard case .string(let subject) = a, case .string(let pattern) = b else { return nil }
  return .bool(try Pattern(pattern).matches(subject, &meter))
}

let stringFunctions: [CELFunction] = [
  CELFunction(
    "size", "How many scalars a text has, how many elements anything else.", "size('abc') == 3",
    ["string", "bytes", "list<A>", "map<A, B>"].flatMap { ["(\($0)) -> int", "\($0).() -> int"] }, .linear,
    .one { a, _ in
      switch a {
      case .string(let text): .int(Int64(text.unicodeScalars.count))
      case .bytes(let bytes): .int(Int64(bytes.count))
      case .list(let list): .int(Int64(list.count))
      case .map(let map): .int(Int64(map.count))
      default: nil
      }
    }),
  textTest("contains", "Whether a text stands in another.", "'abc'.contains('b')") {
    (a, b, meter) throws(CELFailure) in try find(b, in: a, from: 0, &meter) != nil
  },
  textTest("startsWith", "Whether a text begins with another.", "'abc'.startsWith('a')") {
    (a, b, _) throws(CELFailure) in a.starts(with: b)
  },
  textTest("endsWith", "Whether a text ends with another.", "'abc'.endsWith('c')") {
    (a, b, _) throws(CELFailure) in a.count >= b.count && a.suffix(b.count).elementsEqual(b)
  },
  CELFunction(
    "matches", "Whether a pattern (RE2 syntax) is found in a text.", "'abc'.matches('b+')",
    ["string.(string) -> bool", "(string, string) -> bool"], .linear,
    .two { (a, b, meter) throws(CELFailure) in try matches(a, b, &meter) }),
  CELFunction(
    "charAt", "The character at a position, empty at the end.", "'abc'.charAt(1) == 'b'",
    ["string.(int) -> string"], .linear,
    .two { (a, b, _) throws(CELFailure) in
      guard case .string(let value) = a, case .int(let index) = b else { return nil }
      let all = scalars(value)
      guard index >= 0, index <= all.count else { throw outOfRange(index) }
      return .string(index == all.count ? "" : String(all[Int(index)]))
    }),
  CELFunction(
    "indexOf", "Where a text first stands in another, from a position on; -1 if nowhere.",
    "'abcb'.indexOf('b') == 1", ["string.(string) -> int", "string.(string, int) -> int"], .linear,
    .many { (values, meter) throws(CELFailure) in try position(values, isLast: false, &meter) }),
  CELFunction(
    "lastIndexOf", "Where a text last stands in another, up to a position; -1 if nowhere.",
    "'abcb'.lastIndexOf('b') == 3", ["string.(string) -> int", "string.(string, int) -> int"], .linear,
    .many { (values, meter) throws(CELFailure) in try position(values, isLast: true, &meter) }),
  CELFunction(
    "substring", "The part of a text from a position, up to but not with another.",
    "'abc'.substring(1, 2) == 'b'", ["string.(int) -> string", "string.(int, int) -> string"], .linear,
    .many { (values, _) throws(CELFailure) in
      guard case .string(let value) = values[0], case .int(let start) = values[1] else { return nil }
      let all = scalars(value)
      var end = Int64(all.count)
      if values.count == 3 {
        guard case .int(let given) = values[2] else { return nil }
        end = given
      }
      guard start >= 0, start <= all.count else { throw outOfRange(start) }
      guard end >= 0, end <= all.count else { throw outOfRange(end) }
      guard start <= end else {
        throw CELFailure(.index, "invalid substring range. start: \(start), end: \(end)")
      }
      return .string(text(all[Int(start)..<Int(end)]))
    }),
  CELFunction(
    "split", "The parts of a text between separators, at most so many.", "'a,b'.split(',') == ['a', 'b']",
    ["string.(string) -> list<string>", "string.(string, int) -> list<string>"], .linear,
    .many { (values, meter) throws(CELFailure) in
      guard case .string(let hay) = values[0], case .string(let separator) = values[1] else { return nil }
      guard values.count == 3 else { return try split(hay, separator, -1, &meter) }
      guard case .int(let limit) = values[2] else { return nil }
      return try split(hay, separator, limit, &meter)
    }),
  CELFunction(
    "replace", "The text with another in place of each found, at most so many.",
    "'aba'.replace('a', 'c') == 'cbc'",
    ["string.(string, string) -> string", "string.(string, string, int) -> string"], .linear,
    .many { (values, meter) throws(CELFailure) in
      guard case .string(let hay) = values[0], case .string(let old) = values[1],
        case .string(let new) = values[2]
      else { return nil }
      guard values.count == 4 else { return try replace(hay, old, new, -1, &meter) }
      guard case .int(let limit) = values[3] else { return nil }
      return try replace(hay, old, new, limit, &meter)
    }),
  CELFunction(
    "join", "The texts of a list one after the other, with a separator between.",
    "['a', 'b'].join('-') == 'a-b'", ["list<string>.() -> string", "list<string>.(string) -> string"],
    .linear,
    .many { (values, meter) throws(CELFailure) in
      guard case .list(let list) = values[0] else { return nil }
      var separator = ""
      if values.count == 2 {
        guard case .string(let given) = values[1] else { return nil }
        separator = given
      }
      var result = ""
      for (index, element) in list.enumerated() {
        guard case .string(let part) = element else { return nil }
        if index > 0 { result += separator }
        result += part
        try meter.charge(1 + (separator.utf8.count + part.utf8.count) / 16)
        if result.utf8.count > meter.limits.stringBytes { try meter.chargeText(bytes: result.utf8.count) }
      }
      return .string(result)
    }),
  textMap("lowerAscii", "The text with the letters A to Z made small.", "'Ab'.lowerAscii() == 'ab'") {
    String(decoding: $0.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
  },
  textMap("upperAscii", "The text with the letters a to z made large.", "'Ab'.upperAscii() == 'AB'") {
    String(decoding: $0.utf8.map { (97...122).contains($0) ? $0 - 32 : $0 }, as: UTF8.self)
  },
  textMap("trim", "The text without white space at its ends.", "' a '.trim() == 'a'") {
    var all = scalars($0)[...]
    while let first = all.first, first.properties.isWhitespace { all.removeFirst() }
    while let last = all.last, last.properties.isWhitespace { all.removeLast() }
    return text(all)
  },
  textMap("reverse", "The text with its scalars turned round.", "'abc'.reverse() == 'cba'") {
    text(scalars($0).reversed())
  },
  CELFunction(
    "strings.quote", "The text in quotes, safe to print.", "strings.quote('a') == '\"a\"'",
    ["(string) -> string"], .linear,
    .one { (a, meter) throws(CELFailure) in
      guard case .string(let value) = a else { return nil }
      try meter.chargeText(bytes: value.utf8.count * 2)
      return .string(Text.quoted(value))
    }),
  CELFunction(
    "format", "The text with clauses such as %s, %d and %.2f replaced by the values of a list.",
    "'%d t'.format([5]) == '5 t'", ["string.(list<dyn>) -> string"], .linear,
    .two { (a, b, meter) throws(CELFailure) in
      guard case .string(let template) = a, case .list(let values) = b else { return nil }
      return .string(try Text.format(template, values, &meter))
    }),
]
