/// How far a time zone is ahead of UTC at a moment.
///
/// A zone is a name of the IANA time zone database, such as `Asia/Kathmandu`, or a fixed offset such as `+05:30`.
/// The history of a zone is that of the database; after its last change a zone follows its rule for ever.
enum TimeZones {
  /// The offset in seconds at a moment in seconds since 1970, or nil for a zone that is not known.
  ///
  /// - Complexity: O(log changes) after the first name, which reads the table.
  static func offset(of zone: String, at seconds: Int64) -> Int64? {
    if zone.isEmpty || zone == "UTC" || zone == "Z" { return 0 }
    if let fixed = fixedOffset(zone) { return fixed }
    return numbers[zone].map { zones[$0].offset(at: seconds) }
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

  private static let records: [[Substring]] = {
    var records: [String] = []
    for line in data.split(separator: "\n") {
      if line.first == " " {
        records[records.count - 1] += line.dropFirst()
      } else {
        records.append(String(line))
      }
    }
    return records.map { $0.split(separator: ";", omittingEmptySubsequences: false) }
  }()

  /// The position of each name in `zones`.
  private static let numbers: [String: Int] = {
    var numbers: [String: Int] = [:]
    for (number, record) in records.enumerated() {
      for name in record[0].split(separator: ",") { numbers[String(name)] = number }
    }
    return numbers
  }()

  private static let zones: [Zone] = records.map { Zone($0) }
}

private func isTwoDigits(_ text: Substring) -> Bool {
  text.utf8.count == 2 && text.utf8.allSatisfy { (48...57).contains($0) }
}

/// The changes of a zone and the rule that it follows after the last of them.
private struct Zone: Sendable {
  private var first: Int64
  private var moments: [Int64] = []
  private var offsets: [Int64] = []
  private var rule: Rule

  /// Reads a record of the table: its form stands in the script that writes it.
  init(_ record: [Substring]) {
    rule = Rule(record[1])
    first = Int64(record[2]) ?? 0
    let choices = record[3..<(record.count - 1)].map { Int64($0) ?? 0 }
    var moment: Int64 = -4_260_211_200
    var text = record[record.count - 1].utf8
    while let letter = text.popFirst() {
      let digits = text.prefix { !(65...90).contains($0) }
      text = text.dropFirst(digits.count)
      let parts = digits.split(separator: UInt8(ascii: ".")).map { Int64(Substring($0), radix: 36) ?? 0 }
      moment += parts[0] * 60 + (parts.count > 1 ? parts[1] : 0)
      moments.append(moment)
      offsets.append(choices[Int(letter) - 65])
    }
  }

  func offset(at seconds: Int64) -> Int64 {
    guard let last = moments.last, seconds < last else { return rule.offset(at: seconds) }
    var (low, high) = (0, moments.count)
    while low < high {
      let middle = (low + high) / 2
      if moments[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? first : offsets[low - 1]
  }

  /// When a zone has summer time, every year alike.
  ///
  /// - Source: POSIX, the variable `TZ`, in the form of RFC 8536 with hours from -167 to 167.
  private struct Rule: Sendable {
    private var standard: Int64 = 0
    private var summer: Int64 = 0
    /// The changes to summer time and back, if there are any.
    private var changes: [Change] = []

    struct Change: Sendable {
      var month: Int64
      var week: Int64
      var weekday: Int64
      /// Seconds of local time after midnight.
      var time: Int64
    }

    init(_ text: Substring) {
      let parts = text.split(separator: ",")
      var rest = parts[0]
      Rule.skipName(&rest)
      standard = -Rule.seconds(rest.prefix { !Rule.isName($0) })
      rest = rest.drop { !Rule.isName($0) }
      summer = standard
      guard parts.count == 3 else { return }
      Rule.skipName(&rest)
      summer = rest.isEmpty ? standard + 3600 : -Rule.seconds(rest)
      changes = parts[1...].map { part in
        let halves = part.dropFirst().split(separator: "/")
        let date = halves[0].split(separator: ".").map { Int64($0) ?? 1 }
        return Change(
          month: date[0], week: date[1], weekday: date[2],
          time: halves.count > 1 ? Rule.seconds(halves[1]) : 7200)
      }
    }

    private static func isName(_ character: Character) -> Bool { character == "<" || character.isLetter }

    private static func skipName(_ text: inout Substring) {
      text = text.first == "<" ? text.drop { $0 != ">" }.dropFirst() : text.drop { $0.isLetter }
    }

    private static func seconds(_ text: Substring) -> Int64 {
      let parts = text.drop { $0 == "-" || $0 == "+" }.split(separator: ":").map { Int64($0) ?? 0 }
      let total = zip(parts, [3600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
      return text.first == "-" ? -total : total
    }

    func offset(at seconds: Int64) -> Int64 {
      guard changes.count == 2 else { return standard }
      let year = Civil(seconds: seconds + standard).year
      let start = Rule.moment(changes[0], year) - standard
      let end = Rule.moment(changes[1], year) - summer
      let isSummer =
        start < end ? start <= seconds && seconds < end : !(end <= seconds && seconds < start)
      return isSummer ? summer : standard
    }

    private static func moment(_ change: Change, _ year: Int64) -> Int64 {
      let first = Civil.days(year: year, month: change.month, day: 1)
      var day = 1 + (change.weekday - Civil(seconds: first * 86400).weekday + 7) % 7 + (change.week - 1) * 7
      if day > Civil.days(inMonth: change.month, year: year) { day -= 7 }
      return (first + day - 1) * 86400 + change.time
    }
  }
}
