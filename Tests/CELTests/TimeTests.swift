import CEL
import Foundation
import Testing

struct TimeTests {
  @Test(
    "times and durations",
    arguments: [
      "timestamp('2024-02-29T23:59:59.999999999Z').getMilliseconds() == 999",
      "timestamp('1969-12-31T23:59:59.5Z') < timestamp(0)", "int(timestamp('1969-12-31T23:59:59.5Z')) == -1",
      "timestamp('2000-02-29T00:00:00Z').getDayOfYear() == 59",
      "timestamp('1900-03-01T00:00:00Z').getDayOfYear() == 59",
      "timestamp('0001-01-01T00:00:00Z').getDayOfWeek() == 1",
      "timestamp('9999-12-31T00:00:00Z').getDayOfYear() == 364",
      "timestamp('2024-01-01T00:00:00+14:00') == timestamp('2023-12-31T10:00:00Z')",
      "timestamp('2023-01-01t00:00:00z') == timestamp('2023-01-01T00:00:00Z')",
      "string(timestamp('2023-01-01T00:00:00.120Z')) == '2023-01-01T00:00:00.12Z'",
      "string(duration('1h30m')) == '5400s' && string(duration('-1.5s')) == '-1.5s'",
      "duration('1h1m1s1ms1us1ns') == duration('3661.001001001s')", "duration('-0.5s') < duration('0')",
      "duration('.5h') == duration('30m')",
      "duration('90m').getHours() == 1 && duration('90m').getMinutes() == 90",
      "duration('3730.5s').getSeconds() == 3730 && duration('-3730s').getHours() == -1",
      "timestamp('2023-01-31T00:00:00Z') + duration('24h') == timestamp('2023-02-01T00:00:00Z')",
      "duration('24h') + timestamp(0) == timestamp(86400)", "timestamp(10) - timestamp(4) == duration('6s')",
      "timestamp(0) - duration('1ns') == timestamp('1969-12-31T23:59:59.999999999Z')",
    ])
  func times(source: String) throws { #expect(try holds(source)) }

  @Test(
    "time zones keep their history and their rules",
    arguments: [
      ("2024-07-01T12:00:00Z", "America/New_York", 8, 0), ("2024-01-01T12:00:00Z", "America/New_York", 7, 0),
      // Summer time began in April before 2007, and in March since.
      ("2006-03-20T12:00:00Z", "America/New_York", 7, 0), ("2007-03-20T12:00:00Z", "America/New_York", 8, 0),
      // The two sides of a change.
      ("2024-03-10T06:59:59Z", "America/New_York", 1, 59), ("2024-03-10T07:00:00Z", "America/New_York", 3, 0),
      ("2024-11-03T05:59:59Z", "US/Eastern", 1, 59), ("2024-11-03T06:00:00Z", "US/Eastern", 1, 0),
      // British standard time, one hour ahead all year.
      ("1970-01-15T12:00:00Z", "Europe/London", 13, 0), ("1972-01-15T12:00:00Z", "Europe/London", 12, 0),
      ("1943-07-01T12:00:00Z", "Europe/London", 14, 0),
      ("1985-12-31T12:00:00Z", "Asia/Kathmandu", 17, 30), ("1986-01-02T12:00:00Z", "Asia/Kathmandu", 17, 45),
      ("2009-02-13T12:00:00Z", "America/St_Johns", 8, 30),
      ("2024-07-01T12:00:00Z", "America/St_Johns", 9, 30),
      ("2024-01-01T12:00:00Z", "Australia/Sydney", 23, 0),
      ("2024-07-01T12:00:00Z", "Australia/Sydney", 22, 0),
      ("2024-07-01T12:00:00Z", "Australia/Lord_Howe", 22, 30),
      ("2024-01-01T12:00:00Z", "Australia/Lord_Howe", 23, 0),
      ("2024-07-01T12:00:00Z", "Asia/Kolkata", 17, 30), ("2024-07-01T12:00:00Z", "Asia/Shanghai", 20, 0),
      ("1988-07-01T12:00:00Z", "Asia/Shanghai", 21, 0), ("2024-07-01T12:00:00Z", "Asia/Yangon", 18, 30),
      ("2010-07-01T12:00:00Z", "Europe/Moscow", 16, 0), ("2012-07-01T12:00:00Z", "Europe/Moscow", 16, 0),
      ("2015-07-01T12:00:00Z", "Europe/Moscow", 15, 0), ("2024-07-01T12:00:00Z", "Pacific/Chatham", 0, 45),
      ("2011-12-29T12:00:00Z", "Pacific/Apia", 2, 0), ("2011-12-31T12:00:00Z", "Pacific/Apia", 2, 0),
      ("1890-01-01T12:00:00Z", "Europe/Paris", 12, 9), ("9000-07-01T12:00:00Z", "Europe/Berlin", 14, 0),
      ("9000-01-01T12:00:00Z", "America/Santiago", 9, 0), ("2024-01-01T12:00:00Z", "Europe/Dublin", 12, 0),
      ("2024-07-01T12:00:00Z", "Europe/Dublin", 13, 0), ("2024-07-01T12:00:00Z", "Etc/GMT+3", 9, 0),
      ("2024-07-01T12:00:00Z", "+05:45", 17, 45), ("2024-07-01T12:00:00Z", "-00:30", 11, 30),
      ("2024-07-01T12:00:00Z", "02:00", 14, 0), ("2024-07-01T12:00:00Z", "", 12, 0),
      ("0001-06-01T12:00:00Z", "Asia/Tokyo", 21, 18),
    ])
  func zones(moment: String, zone: String, hour: Int, minute: Int) throws {
    let values: [String: CELValue] = ["t": .string(moment), "z": .string(zone)]
    #expect(try holds("timestamp(t).getHours(z) == \(hour)", values))
    #expect(try holds("timestamp(t).getMinutes(z) == \(minute)", values))
  }

  @Test(
    "what is no time zone is refused", arguments: ["Mars/Base", "+5:30", "24:00", "+01:60", "UTC+1", "é"])
  func noZone(zone: String) throws {
    #expect(try failure("timestamp(0).getHours(z)", ["z": .string(zone)])?.kind == .argument)
  }

  @Test(
    "zones agree with the system at random moments",
    arguments: [
      "America/New_York", "America/Los_Angeles", "America/St_Johns", "America/Sao_Paulo", "Europe/Berlin",
      "Europe/London", "Europe/Moscow", "Asia/Shanghai", "Asia/Tokyo", "Asia/Kolkata", "Australia/Sydney",
      "Africa/Johannesburg", "Pacific/Auckland",
    ])
  func agreesWithSystem(zone: String) throws {
    let system = try #require(TimeZone(identifier: zone))
    var environment = CELEnvironment()
    environment.declare(variable: "t", .timestamp)
    let source = "t.getHours('\(zone)') * 60 + t.getMinutes('\(zone)')"
    let program = try CELExpression(source, in: environment).program()
    var seed: UInt64 = 7
    for _ in 0..<500 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // From 1970 to 2024, in which the databases of both agree.
      let seconds = Int64(seed >> 33) % 1_700_000_000
      let moment = try #require(CELTimestamp(seconds: seconds, nanoseconds: 0))
      let local = Int(seconds) + system.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
      guard case .int(let minutes) = try program.evaluate(["t": .timestamp(moment)]) else { continue }
      #expect(Int(minutes) == local / 60 % 1440, "\(zone) at \(seconds)")
    }
  }
}
