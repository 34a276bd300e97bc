/// A day of the Gregorian calendar, from the year 1 to 9999.
public struct CalendarDate: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Days since 1 January of the year 1.
  public let dayNumber: Int

  /// The day, or nil if there is none such.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month),
      (1...Self.days(of: month, in: year)).contains(day)
    else { return nil }
    let before = (1..<month).reduce(0) { $0 + Self.days(of: $1, in: year) }
    dayNumber = Self.daysBefore(year) + before + day - 1
  }

  /// Reads `YYYY-MM-DD`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    guard let span = DateSpan(text), span.first == span.last else { return nil }
    self = span.first
  }

  private init(dayNumber: Int) { self.dayNumber = dayNumber }

  /// 1 January of the year 1.
  public static let distantPast = CalendarDate(dayNumber: 0)

  public static func < (one: Self, other: Self) -> Bool { one.dayNumber < other.dayNumber }

  /// The day so many days later; the first or the last day of the calendar where there is none.
  public func adding(days: Int) -> CalendarDate {
    CalendarDate(dayNumber: min(max(0, dayNumber + days), Self.daysBefore(10_000) - 1))
  }

  /// The same day of the month so many months later, or the last day of that month where it has none such; the first or
  /// the last day of the calendar where there is no such month.
  public func adding(months: Int) -> CalendarDate {
    let (year, month, day) = parts
    let count = year * 12 + month - 1 + months
    guard count >= 12 else { return .distantPast }
    guard count < 120_000 else { return CalendarDate(dayNumber: Self.daysBefore(10_000) - 1) }
    let (newYear, newMonth) = (count / 12, count % 12 + 1)
    let before = (1..<newMonth).reduce(0) { $0 + Self.days(of: $1, in: newYear) }
    let newDay = min(day, Self.days(of: newMonth, in: newYear))
    return CalendarDate(dayNumber: Self.daysBefore(newYear) + before + newDay - 1)
  }

  /// Year, month from 1 to 12 and day from 1 to 31.
  public var parts: (year: Int, month: Int, day: Int) {
    var year = dayNumber / 366 + 1
    while Self.daysBefore(year + 1) <= dayNumber { year += 1 }
    var rest = dayNumber - Self.daysBefore(year)
    var month = 1
    while rest >= Self.days(of: month, in: year) {
      rest -= Self.days(of: month, in: year)
      month += 1
    }
    return (year, month, rest + 1)
  }

  public var description: String {
    let (year, month, day) = parts
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = "\(number)"
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  static func days(of month: Int, in year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func daysBefore(_ year: Int) -> Int {
    let past = year - 1
    return past * 365 + past / 4 - past / 100 + past / 400
  }
}

/// A date as it is known: a day, a month or a year.
public struct DateSpan: Sendable, Hashable, CustomStringConvertible {
  public let first: CalendarDate
  public let last: CalendarDate

  /// As it was written: `2025`, `2025-10` or `2025-10-09`.
  public let description: String

  /// Reads a year, a month or a day; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let widths = [1: [4], 2: [4, 2], 3: [4, 2, 2]][parts.count],
      zip(parts, widths).allSatisfy({ $0.utf8.count == $1 && $0.utf8.allSatisfy { (48...57).contains($0) } })
    else { return nil }
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == parts.count else { return nil }
    let month = numbers.count > 1 ? numbers[1] : nil
    let day = numbers.count > 2 ? numbers[2] : nil
    guard (1...12).contains(month ?? 1),
      let first = CalendarDate(year: numbers[0], month: month ?? 1, day: day ?? 1),
      let last = CalendarDate(
        year: numbers[0], month: month ?? 12,
        day: day ?? CalendarDate.days(of: month ?? 12, in: numbers[0]))
    else { return nil }
    self.first = first
    self.last = last
    description = String(text)
  }

  public init(_ day: CalendarDate) {
    first = day
    last = day
    description = day.description
  }
}

/// Whether a day lies before a date or not, as far as that is known.
enum Order {
  case before, unknown, atOrAfter

  init(of day: CalendarDate, and date: DateSpan) {
    self = day < date.first ? .before : day >= date.last ? .atOrAfter : .unknown
  }
}
