/// How far a time zone is ahead of UTC.
///
/// A zone is `UTC`, a fixed offset such as `+05:30`, or one of the names in a table. The table holds the rules
/// of today and applies them to all dates: it knows no history of a zone.
enum TimeZones {
  /// The offset in seconds at a moment, or nil for a zone that is not known.
  static func offset(of zone: String, at seconds: Int64) -> Int64? {
    if zone.isEmpty || zone == "UTC" || zone == "GMT" || zone == "Etc/UTC" || zone == "Z" { return 0 }
    if let fixed = fixedOffset(zone) { return fixed }
    guard let rule = table[zone] else { return nil }
    let standard = Int64(rule.minutes) * 60
    return standard + (rule.season.isSummer(at: seconds, standard: standard) ? rule.season.shift : 0)
  }

  private static func fixedOffset(_ text: String) -> Int64? {
    var digits = Substring(text)
    let isNegative = digits.first == "-"
    if isNegative || digits.first == "+" { digits.removeFirst() }
    let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy(isTwoDigits),
      let hours = Int64(parts[0]), let minutes = Int64(parts[1]), hours < 24, minutes < 60
    else { return nil }
    return (isNegative ? -1 : 1) * (hours * 3600 + minutes * 60)
  }

  /// When a zone has summer time.
  enum Season {
    case none, northAmerica, europe, australia, lordHowe, newZealand

    var shift: Int64 { self == .lordHowe ? 1800 : 3600 }

    func isSummer(at seconds: Int64, standard: Int64) -> Bool {
      guard self != .none else { return false }
      let year = Civil(seconds: seconds + standard).year
      // Hours are of standard time; a spring change at two and an autumn change at two of summer time.
      func moment(_ month: Int64, week: Int64, hour: Int64, utc: Bool = false) -> Int64 {
        Season.sunday(year, month, week: week) * 86400 + hour * 3600 - (utc ? 0 : standard)
      }
      switch self {
      case .none: return false
      case .northAmerica:
        return seconds >= moment(3, week: 2, hour: 2) && seconds < moment(11, week: 1, hour: 1)
      case .europe:
        return seconds >= moment(3, week: 5, hour: 1, utc: true)
          && seconds < moment(10, week: 5, hour: 1, utc: true)
      case .australia:
        return seconds < moment(4, week: 1, hour: 2) || seconds >= moment(10, week: 1, hour: 2)
      case .lordHowe:
        return seconds < moment(4, week: 1, hour: 2) - 1800 || seconds >= moment(10, week: 1, hour: 2)
      case .newZealand:
        return seconds < moment(4, week: 1, hour: 2) || seconds >= moment(9, week: 5, hour: 2)
      }
    }

    /// The day of the nth Sunday of a month; the fifth means the last.
    private static func sunday(_ year: Int64, _ month: Int64, week: Int64) -> Int64 {
      let first = Civil.days(year: year, month: month, day: 1)
      let weekday = Civil(seconds: first * 86400).weekday
      let day = 1 + (7 - weekday) % 7 + (week - 1) * 7
      return first + (day > Civil.days(inMonth: month, year: year) ? day - 7 : day) - 1
    }
  }

  private static let table: [String: (minutes: Int, season: Season)] = {
    let rows: [(Int, Season, String)] = [
      (-600, .none, "Pacific/Honolulu US/Hawaii"),
      (-540, .northAmerica, "America/Anchorage US/Alaska"),
      (-480, .northAmerica, "America/Los_Angeles America/Vancouver US/Pacific PST8PDT"),
      (-420, .northAmerica, "America/Denver America/Edmonton US/Mountain MST7MDT"),
      (-420, .none, "America/Phoenix US/Arizona MST"),
      (-360, .northAmerica, "America/Chicago America/Winnipeg US/Central CST6CDT"),
      (-360, .none, "America/Mexico_City America/Costa_Rica America/Guatemala America/Regina"),
      (-300, .northAmerica, "America/New_York America/Toronto America/Detroit US/Eastern EST5EDT"),
      (-300, .none, "America/Bogota America/Lima America/Panama America/Jamaica EST"),
      (-240, .northAmerica, "America/Halifax Atlantic/Bermuda Canada/Atlantic"),
      (-240, .none, "America/Caracas America/La_Paz America/Manaus America/Puerto_Rico"),
      (-210, .northAmerica, "America/St_Johns Canada/Newfoundland"),
      (-180, .none, "America/Sao_Paulo America/Argentina/Buenos_Aires America/Montevideo"),
      (-60, .none, "Atlantic/Cape_Verde"),
      (0, .none, "Atlantic/Reykjavik Africa/Abidjan Africa/Accra Africa/Dakar Etc/GMT"),
      (0, .europe, "Europe/London Europe/Dublin Europe/Lisbon GB WET"),
      (60, .none, "Africa/Lagos Africa/Algiers Africa/Kinshasa Africa/Tunis"),
      (
        60, .europe,
        """
        Europe/Amsterdam Europe/Belgrade Europe/Berlin Europe/Brussels Europe/Budapest Europe/Copenhagen \
        Europe/Ljubljana Europe/Luxembourg Europe/Madrid Europe/Oslo Europe/Paris Europe/Prague \
        Europe/Rome Europe/Stockholm Europe/Vienna Europe/Warsaw Europe/Zagreb Europe/Zurich CET
        """
      ),
      (120, .none, "Africa/Johannesburg Africa/Lubumbashi Africa/Maputo Africa/Tripoli"),
      (
        120, .europe,
        "Europe/Athens Europe/Bucharest Europe/Helsinki Europe/Kyiv Europe/Kiev Europe/Riga Europe/Sofia "
          + "Europe/Tallinn Europe/Vilnius EET"
      ),
      (180, .none, "Europe/Moscow Europe/Istanbul Asia/Riyadh Asia/Baghdad Africa/Nairobi"),
      (210, .none, "Asia/Tehran"),
      (240, .none, "Asia/Dubai Asia/Baku Asia/Tbilisi Asia/Yerevan Indian/Mauritius"),
      (270, .none, "Asia/Kabul"),
      (300, .none, "Asia/Karachi Asia/Tashkent Asia/Almaty Asia/Yekaterinburg"),
      (330, .none, "Asia/Kolkata Asia/Calcutta Asia/Colombo"),
      (345, .none, "Asia/Kathmandu Asia/Katmandu"),
      (360, .none, "Asia/Dhaka Asia/Bishkek Asia/Thimphu"),
      (390, .none, "Asia/Yangon Asia/Rangoon"),
      (420, .none, "Asia/Bangkok Asia/Ho_Chi_Minh Asia/Jakarta Asia/Novosibirsk"),
      (
        480, .none,
        "Asia/Shanghai Asia/Hong_Kong Asia/Singapore Asia/Kuala_Lumpur Asia/Manila Asia/Taipei "
          + "Asia/Ulaanbaatar Australia/Perth PRC"
      ),
      (540, .none, "Asia/Tokyo Asia/Seoul Asia/Pyongyang Japan"),
      (570, .none, "Australia/Darwin"),
      (570, .australia, "Australia/Adelaide"),
      (600, .none, "Australia/Brisbane Pacific/Port_Moresby Asia/Vladivostok"),
      (600, .australia, "Australia/Sydney Australia/Melbourne Australia/Hobart Australia/Canberra"),
      (630, .lordHowe, "Australia/Lord_Howe"),
      (660, .none, "Pacific/Noumea Pacific/Guadalcanal Asia/Magadan"),
      (720, .none, "Pacific/Fiji"),
      (720, .newZealand, "Pacific/Auckland NZ"),
    ]
    var table: [String: (minutes: Int, season: Season)] = [:]
    for (minutes, season, names) in rows {
      for name in names.split(separator: " ") { table[String(name)] = (minutes, season) }
    }
    return table
  }()
}

private func isTwoDigits(_ text: Substring) -> Bool {
  text.utf8.count == 2 && text.utf8.allSatisfy { (48...57).contains($0) }
}
