private func range(_ type: String) -> CELFailure {
  CELFailure(.range, "the number is out of range for \(type)")
}

private func unreadable(_ text: String, _ type: String) -> CELFailure {
  CELFailure(.conversion, "'\(String(text.prefix(40)))' cannot be read as \(type)")
}

/// A number as Go and C write it, without the blanks and hexadecimal forms that Swift takes.
private func number(_ text: String) -> Double? {
  guard text.utf8.count <= 400 else { return nil }
  for byte in text.utf8 {
    switch byte {
    case 48...57, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"),
      UInt8(ascii: "E"):
      continue
    default:
      switch text.lowercased() {
      case "nan": return .nan
      case "inf", "+inf", "infinity", "+infinity": return .infinity
      case "-inf", "-infinity": return -.infinity
      default: return nil
      }
    }
  }
  guard let value = Double(text), value.isFinite else { return nil }
  return value
}

let conversionFunctions: [CELFunction] = [
  CELFunction(
    "int", "The value as a whole number; doubles lose their fraction, times count seconds since 1970.",
    "int('7') == 7",
    ["(int) -> int", "(uint) -> int", "(double) -> int", "(string) -> int", "(timestamp) -> int"],
    .text,
    .one { (a, _) throws(CELFailure) in
      switch a {
      case .int: return a
      case .uint(let value):
        guard let whole = Int64(exactly: value) else { throw range("int") }
        return .int(whole)
      case .double(let value):
        guard value > -9_223_372_036_854_775_808, value < 9_223_372_036_854_775_808 else {
          throw range("int")
        }
        return .int(Int64(value))
      case .string(let text):
        guard let value = Int64(text) else { throw unreadable(text, "int") }
        return .int(value)
      case .timestamp(let time): return .int(time.seconds)
      case .duration(let duration): return .int(duration.nanoseconds / 1_000_000_000)
      default: return nil
      }
    }),
  CELFunction(
    "uint", "The value as a whole number that is not negative.", "uint(7) == 7u",
    ["(uint) -> uint", "(int) -> uint", "(double) -> uint", "(string) -> uint"], .text,
    .one { (a, _) throws(CELFailure) in
      switch a {
      case .uint: return a
      case .int(let value):
        guard let whole = UInt64(exactly: value) else { throw range("uint") }
        return .uint(whole)
      case .double(let value):
        guard value >= 0, value < 18_446_744_073_709_551_616 else { throw range("uint") }
        return .uint(UInt64(value))
      case .string(let text):
        guard let value = UInt64(text) else { throw unreadable(text, "uint") }
        return .uint(value)
      default: return nil
      }
    }),
  CELFunction(
    "double", "The value as a floating-point number.", "double(1) == 1.0",
    ["(double) -> double", "(int) -> double", "(uint) -> double", "(string) -> double"], .text,
    .one { (a, _) throws(CELFailure) in
      switch a {
      case .double: return a
      case .int(let value): return .double(Double(value))
      case .uint(let value): return .double(Double(value))
      case .string(let text):
        guard let value = number(text) else { throw unreadable(text, "double") }
        return .double(value)
      default: return nil
      }
    }),
  CELFunction(
    "string", "The value as text.", "string(1) == '1'",
    [
      "(string) -> string", "(bool) -> string", "(int) -> string", "(uint) -> string", "(double) -> string",
      "(bytes) -> string", "(timestamp) -> string", "(duration) -> string",
    ], .text, growth: .other { sizes, _ in sizes[0].union(.text(bytes: 48)) },
    .one { (a, _) throws(CELFailure) in
      switch a {
      case .string: return a
      case .bool, .int, .uint, .double, .timestamp, .duration: return .string(Text.plain(a))
      case .bytes(let bytes):
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw CELFailure(.conversion, "invalid UTF-8 in bytes")
        }
        return .string(text)
      default: return nil
      }
    }),
  CELFunction(
    "bytes", "The text as UTF-8.", "bytes('a') == b'a'", ["(bytes) -> bytes", "(string) -> bytes"], .text,
    growth: .argument(0),
    .one { a, _ in
      switch a {
      case .bytes: a
      case .string(let text): .bytes(Array(text.utf8))
      default: nil
      }
    }),
  CELFunction(
    "bool", "The text as a bool: '1', 't', 'true', '0', 'f' or 'false', also with capitals.", "bool('true')",
    ["(bool) -> bool", "(string) -> bool"], .text,
    .one { (a, _) throws(CELFailure) in
      guard case .string(let text) = a else {
        if case .bool = a { return a }
        return nil
      }
      switch text {
      case "1", "t", "T", "true", "TRUE", "True": return .bool(true)
      case "0", "f", "F", "false", "FALSE", "False": return .bool(false)
      default: throw unreadable(text, "bool")
      }
    }),
  CELFunction(
    "timestamp", "The moment that a text in RFC 3339 or a count of seconds since 1970 names.",
    "timestamp(0) == timestamp('1970-01-01T00:00:00Z')",
    ["(timestamp) -> timestamp", "(string) -> timestamp", "(int) -> timestamp"], .text,
    .one { (a, _) throws(CELFailure) in
      switch a {
      case .timestamp: return a
      case .string(let text):
        guard text.utf8.count <= 64, let time = CELTimestamp(text) else {
          throw unreadable(text, "timestamp")
        }
        return .timestamp(time)
      case .int(let seconds):
        guard let time = CELTimestamp(seconds: seconds, nanoseconds: 0) else { throw range("timestamp") }
        return .timestamp(time)
      default: return nil
      }
    }),
  CELFunction(
    "duration", "The span of time that a text such as '1h30m' names.", "duration('1m') == duration('60s')",
    ["(duration) -> duration", "(string) -> duration", "(int) -> duration"], .text,
    .one { (a, _) throws(CELFailure) in
      switch a {
      case .duration: return a
      case .string(let text):
        guard text.utf8.count <= 128, let duration = CELDuration(text) else {
          throw unreadable(text, "duration (or is out of range)")
        }
        return .duration(duration)
      case .int(let seconds):
        let (value, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { throw range("duration") }
        return .duration(CELDuration(nanoseconds: value))
      default: return nil
      }
    }),
  CELFunction(
    "dyn", "The value, of which the checker is to forget the type.", "dyn(1) == 1.0", ["(A) -> dyn"],
    .constant(1), growth: .argument(0), .one { a, _ in a }),
  CELFunction(
    "type", "The type of the value.", "type(1) == int", ["(A) -> type<A>"], .constant(1),
    .one { a, _ in .type(a.type) }),
]
