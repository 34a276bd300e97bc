private func part(
  _ name: String, _ summary: String, _ example: String, _ read: @escaping @Sendable (Civil) -> Int64,
  duration: (@Sendable (Int64) -> Int64)? = nil,
  nanoseconds: (@Sendable (Int64) -> Int64)? = nil
) -> [CELFunction] {
  let signatures = ["timestamp.() -> int"] + (duration == nil ? [] : ["duration.() -> int"])
  return [
    CELFunction(
      name, summary + ", in UTC.", example, signatures, .constant(1),
      .one { a, _ in
        switch a {
        case .timestamp(let time):
          .int(nanoseconds.map { $0(Int64(time.nanoseconds)) } ?? read(Civil(seconds: time.seconds)))
        case .duration(let value): duration.map { .int($0(value.nanoseconds)) }
        default: nil
        }
      }),
    CELFunction(
      name, summary + ", in a time zone: a name or an offset such as '+05:30'.", "",
      ["timestamp.(string) -> int"], .constant(16),
      .two { (a, b, _) throws(CELFailure) in
        guard case .timestamp(let time) = a, case .string(let zone) = b else { return nil }
        guard let offset = TimeZones.offset(of: zone, at: time.seconds) else {
          throw CELFailure(.argument, "there is no time zone '\(String(zone.prefix(40)))'")
        }
        return .int(
          nanoseconds.map { $0(Int64(time.nanoseconds)) } ?? read(Civil(seconds: time.seconds + offset)))
      }),
  ]
}

private let day = "timestamp('2024-02-29T12:30:45.5Z')"

let timeFunctions: [CELFunction] =
  part("getFullYear", "The year", "\(day).getFullYear() == 2024", { $0.year })
  + part("getMonth", "The month from 0", "\(day).getMonth() == 1", { $0.month - 1 })
  + part("getDate", "The day of the month from 1", "\(day).getDate() == 29", { $0.day })
  + part("getDayOfMonth", "The day of the month from 0", "\(day).getDayOfMonth() == 28", { $0.day - 1 })
  + part("getDayOfWeek", "The day of the week from 0, Sunday", "\(day).getDayOfWeek() == 4", { $0.weekday })
  + part("getDayOfYear", "The day of the year from 0", "\(day).getDayOfYear() == 59", { $0.dayOfYear })
  + part(
    "getHours", "The hour of the day; of a duration all whole hours", "\(day).getHours() == 12", { $0.hour },
    duration: { $0 / 3_600_000_000_000 })
  + part(
    "getMinutes", "The minute of the hour; of a duration all whole minutes", "\(day).getMinutes() == 30",
    { $0.minute }, duration: { $0 / 60_000_000_000 })
  + part(
    "getSeconds", "The second of the minute; of a duration all whole seconds", "\(day).getSeconds() == 45",
    { $0.second }, duration: { $0 / 1_000_000_000 })
  + part(
    "getMilliseconds", "The milliseconds of the second", "\(day).getMilliseconds() == 500", { _ in 0 },
    duration: { $0 / 1_000_000 % 1000 }, nanoseconds: { $0 / 1_000_000 })
