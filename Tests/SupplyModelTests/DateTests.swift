import SupplyModel
import Testing

struct DateTests {
  @Test(
    "days, months and years are read, and nothing else",
    arguments: [
      ("2024-02-29", "2024-02-29", "2024-02-29"), ("2025-10", "2025-10-01", "2025-10-31"),
      ("2023", "2023-01-01", "2023-12-31"), ("2100-02", "2100-02-01", "2100-02-28"),
      ("0001", "0001-01-01", "0001-12-31"), ("9999-12-31", "9999-12-31", "9999-12-31"),
    ])
  func spans(text: String, first: String, last: String) throws {
    let span = try #require(DateSpan(text))
    #expect(span.first.description == first)
    #expect(span.last.description == last)
  }

  @Test(
    "what is no date is none",
    arguments: [
      "", "25", "2025-13", "2025-00", "2025-02-30", "2023-02-29", "2025-1-1", "2025-10-09T00:00", "２０２５",
      "-025", "2025--1",
      "0000", "2025-10-", "20251009",
    ])
  func noDates(text: String) { #expect(DateSpan(text) == nil) }

  @Test("counting days goes through every day of the calendar once")
  func days() throws {
    var day = try #require(CalendarDate(year: 1999, month: 12, day: 30))
    for expected in ["1999-12-31", "2000-01-01"] {
      day = day.adding(days: 1)
      #expect(day.description == expected)
    }
    for offset in stride(from: 0, to: 3_600_000, by: 7_919) {
      let day = try #require(CalendarDate("0001-01-01")).adding(days: offset)
      #expect(day.dayNumber == offset)
      #expect(CalendarDate(day.description) == day)
    }
    #expect(try #require(CalendarDate("9999-12-31")).adding(days: 1).description == "9999-12-31")
    #expect(try #require(CalendarDate("0001-01-01")).adding(days: -1).description == "0001-01-01")
  }

  private static let suspended = Control.Dates(
    announced: DateSpan("2025-10-09"), effective: DateSpan("2025-12-01"),
    suspensions: [.init(from: date("2025-11-07"), to: date("2026-11-10"))], knownUntil: DateSpan("2026-11-10")
  )

  private static func date(_ text: String) -> DateSpan {
    DateSpan(text) ?? DateSpan(.distantPast)
  }

  @Test(
    "a control that is suspended, and of which nobody knows what comes after",
    arguments: [
      ("2025-10-08", .notAnnounced), ("2025-10-20", .announced), ("2025-11-07", .suspended),
      ("2026-01-15", .suspended), ("2026-11-10", .suspended), ("2026-11-11", .unknown),
    ] as [(String, Control.Status)])
  func suspension(day: String, status: Control.Status) {
    #expect(Self.suspended.status(on: CalendarDate(day)) == status)
  }

  @Test(
    "what is known only by month or year is not known within it",
    arguments: [
      ("2023-12-31", .announced), ("2024-06-01", .unknown), ("2024-12-31", .inForce),
      ("2025-05-31", .inForce),
      ("2025-06-15", .unknown), ("2025-06-30", .ended),
    ] as [(String, Control.Status)])
  func precision(day: String, status: Control.Status) {
    let dates = Control.Dates(effective: DateSpan("2024"), ended: DateSpan("2025-06"))
    #expect(dates.status(on: CalendarDate(day)) == status)
  }

  @Test("without dates, or without a day, a control holds")
  func undated() {
    #expect(Control.Dates().status(on: CalendarDate("2025-01-01")) == .inForce)
    #expect(Self.suspended.status(on: nil) == .inForce)
    // Announced, and no word of when it takes effect.
    let announced = Control.Dates(announced: DateSpan("2025-10-09"))
    #expect(announced.status(on: CalendarDate("2025-10-08")) == .notAnnounced)
    #expect(announced.status(on: CalendarDate("2025-10-10")) == .unknown)
  }
}
