/// A moment, from the year 1 to the year 9999, in nanoseconds of the proleptic Gregorian calendar.
public struct CELTimestamp: Sendable, Hashable, Comparable {
  /// Seconds since the start of 1970 in UTC; leap seconds do not count.
  public let seconds: Int64
  /// From 0 to 999,999,999, counted forward also before 1970.
  public let nanoseconds: Int32

  init(seconds: Int64) {
    self.seconds = seconds
    nanoseconds = 0
  }

  /// Returns nil outside the years 1 to 9999.
  public init?(seconds: Int64, nanoseconds: Int32) {
    guard (-62_135_596_800...253_402_300_799).contains(seconds), (0..<1_000_000_000).contains(nanoseconds)
    else { return nil }
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// Reads an RFC 3339 date and time, such as `2026-01-31T12:00:00.5+01:00`.
  ///
  /// Returns nil if the text is anything else or lies outside the years 1 to 9999.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    var at = 0
    func number(_ length: Int) -> Int64? {
      guard at + length <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[at..<at + length] {
        guard (48...57).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - 48)
      }
      at += length
      return value
    }
    func take(_ scalars: String) -> Bool {
      guard at < bytes.count, scalars.utf8.contains(bytes[at]) else { return false }
      at += 1
      return true
    }
    guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2),
      take("Tt"), let hour = number(2), take(":"), let minute = number(2), take(":"),
      let second = number(2), (1...12).contains(month), hour < 24, minute < 60, second < 60, day >= 1,
      day <= Civil.days(inMonth: month, year: year)
    else { return nil }
    var nanoseconds: Int32 = 0
    if take(".") {
      let start = at
      var scale: Int32 = 100_000_000
      while at < bytes.count, (48...57).contains(bytes[at]) {
        nanoseconds += Int32(bytes[at] - 48) * scale
        scale /= 10
        at += 1
      }
      guard at > start else { return nil }
    }
    var offset: Int64 = 0
    if !take("Zz") {
      guard at < bytes.count else { return nil }
      let sign: Int64 = bytes[at] == 45 ? -1 : 1
      guard take("+-"), let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60
      else { return nil }
      offset = sign * (hours * 3600 + minutes * 60)
    }
    guard at == bytes.count else { return nil }
    let days = Civil.days(year: year, month: month, day: day)
    self.init(
      seconds: days * 86400 + hour * 3600 + minute * 60 + second - offset, nanoseconds: nanoseconds)
  }

  public static func < (lhs: CELTimestamp, rhs: CELTimestamp) -> Bool {
    (lhs.seconds, lhs.nanoseconds) < (rhs.seconds, rhs.nanoseconds)
  }

  /// The moment that is a duration later, or nil outside the years 1 to 9999.
  func advanced(by duration: CELDuration) -> CELTimestamp? {
    let total = Int64(nanoseconds) + duration.nanoseconds % 1_000_000_000
    let carry: Int64 = total < 0 ? -1 : total >= 1_000_000_000 ? 1 : 0
    return CELTimestamp(
      seconds: seconds + duration.nanoseconds / 1_000_000_000 + carry,
      nanoseconds: Int32(total - carry * 1_000_000_000))
  }

  /// The time since another moment, or nil if it does not fit a duration.
  func duration(since other: CELTimestamp) -> CELDuration? {
    let (scaled, overflow) = (seconds - other.seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carry) = scaled.addingReportingOverflow(Int64(nanoseconds) - Int64(other.nanoseconds))
    return overflow || carry ? nil : CELDuration(nanoseconds: sum)
  }
}

extension CELTimestamp: CustomStringConvertible {
  /// The moment as RFC 3339 in UTC, with as many digits as it takes.
  public var description: String {
    let civil = Civil(seconds: seconds)
    let date = "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))"
    let time = "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
    return "\(date)T\(time)\(fraction(Int64(nanoseconds)))Z"
  }
}

/// A span of time in whole nanoseconds, up to about 292 years either way.
public struct CELDuration: Sendable, Hashable, Comparable {
  public let nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Reads a sequence of amounts with units, such as `1h30m` or `-1.5s`.
  ///
  /// The units are `h`, `m`, `s`, `ms`, `us`, `µs` and `ns`. Returns nil if the text is anything else or
  /// does not fit.
  public init?(_ text: String) {
    let bytes = text.utf8.span
    var at = 0
    var isNegative = false
    if !bytes.isEmpty, bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
      isNegative = bytes[0] == UInt8(ascii: "-")
      at = 1
    }
    guard at < bytes.count else { return nil }
    if at + 1 == bytes.count, bytes[at] == UInt8(ascii: "0") {
      self.init(nanoseconds: 0)
      return
    }
    func isDigit(_ at: Int) -> Bool { at < bytes.count && (48...57).contains(bytes[at]) }
    var total: Int64 = 0
    while at < bytes.count {
      let start = at
      var whole: Int64 = 0
      while isDigit(at) {
        let (tens, overflow) = whole.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(Int64(bytes[at] - 48))
        guard !overflow, !carry else { return nil }
        whole = sum
        at += 1
      }
      var digits = at - start
      var fraction = at..<at
      if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
        at += 1
        fraction = at..<at
        while isDigit(at) { at += 1 }
        fraction = fraction.lowerBound..<at
        digits += fraction.count
      }
      guard digits > 0, let scale = Self.unit(bytes, &at) else { return nil }
      var part: Int64 = 0
      var unit = scale
      for position in fraction.prefix(18) {
        // The part of a unit that the digit stands for, rounded down to nanoseconds.
        part += Int64(bytes[position] - 48) * unit / 10
        unit /= 10
      }
      let (scaled, overflow) = whole.multipliedReportingOverflow(by: scale)
      let (sum, carry) = scaled.addingReportingOverflow(part)
      let (next, full) = total.addingReportingOverflow(sum)
      guard !overflow, !carry, !full else { return nil }
      total = next
    }
    self.init(nanoseconds: isNegative ? -total : total)
  }

  /// The nanoseconds of the unit that stands at a position, which goes on behind it.
  private static func unit(_ bytes: Span<UInt8>, _ at: inout Int) -> Int64? {
    func take(_ first: UInt8, _ more: UInt8...) -> Bool {
      guard at + more.count < bytes.count, bytes[at] == first else { return false }
      for (offset, byte) in more.enumerated() where bytes[at + 1 + offset] != byte { return false }
      at += 1 + more.count
      return true
    }
    let (m, s) = (UInt8(ascii: "m"), UInt8(ascii: "s"))
    if take(UInt8(ascii: "h")) { return 3_600_000_000_000 }
    if take(m, s) { return 1_000_000 }
    if take(m) { return 60_000_000_000 }
    if take(s) { return 1_000_000_000 }
    if take(UInt8(ascii: "n"), s) { return 1 }
    // The letter for a millionth is u, the micro sign or a Greek mu.
    if take(UInt8(ascii: "u"), s) || take(0xC2, 0xB5, s) || take(0xCE, 0xBC, s) { return 1000 }
    return nil
  }

  public static func < (lhs: CELDuration, rhs: CELDuration) -> Bool { lhs.nanoseconds < rhs.nanoseconds }
}

extension CELDuration: CustomStringConvertible {
  /// The duration in seconds, such as `-1.5s`.
  public var description: String {
    let magnitude = nanoseconds.magnitude
    let rest = Int64(magnitude % 1_000_000_000)
    return "\(nanoseconds < 0 ? "-" : "")\(magnitude / 1_000_000_000)\(fraction(rest))s"
  }
}

private func padded(_ value: Int64, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

private func fraction(_ nanoseconds: Int64) -> String {
  guard nanoseconds != 0 else { return "" }
  var digits = padded(nanoseconds, 9)
  while digits.last == "0" { digits.removeLast() }
  return "." + digits
}

/// A date and time of day in some time zone.
struct Civil {
  var year: Int64
  var month: Int64
  var day: Int64
  var hour: Int64
  var minute: Int64
  var second: Int64
  /// From 0, Sunday.
  var weekday: Int64
  /// From 0, the first of January.
  var dayOfYear: Int64

  /// - Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2021.
  init(seconds: Int64) {
    let days = seconds.flooredQuotient(86400)
    let time = seconds - days * 86400
    (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60)
    let shifted = days + 719_468
    let era = shifted.flooredQuotient(146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayFromMarch = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayFromMarch + 2) / 153
    day = dayFromMarch - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    weekday = (days + 4) - (days + 4).flooredQuotient(7) * 7
    dayOfYear = days - Civil.days(year: year, month: 1, day: 1)
  }

  /// The days from the start of 1970 to a date.
  static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = year.flooredQuotient(400)
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  static func days(inMonth month: Int64, year: Int64) -> Int64 {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    switch month {
    case 2: return isLeap ? 29 : 28
    case 4, 6, 9, 11: return 30
    default: return 31
    }
  }
}

extension Int64 {
  fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
    self >= 0 ? self / divisor : -((divisor - 1 - self) / divisor)
  }
}
