/// A share from 0 to 1 in percent without decimals: `61 %`.
///
/// What is neither nothing nor everything never reads as such: `<1 %`, `>99 %`.
func percent(_ share: Double) -> String { percentNumber(share) + " %" }

/// The number of ``percent(_:)`` alone.
private func percentNumber(_ share: Double) -> String {
  guard share.isFinite else { return "n/a" }
  if share > 1e-9, share < 0.005 { return "<1" }
  if share < 1 - 1e-9, share >= 0.995 { return ">99" }
  return wholeNumber(share * 100)
}

/// The whole percents of a loss: 100 for all of it alone, 0 for what is no number.
func lossPercents(_ loss: Double) -> Int {
  guard loss < 1 - 1e-9 else { return loss.isNaN ? 0 : 100 }
  return loss > 0 ? min(99, Int(loss * 100 + 0.5)) : 0
}

/// An estimate with the least and the most that it can be, `38 % (12–90 %)`; the estimate alone where all read the same.
func percent(_ share: Double, low: Double, high: Double) -> String {
  let (least, most) = (percentNumber(low), percentNumber(high))
  return least == most ? percent(share) : "\(percent(share)) (\(least)–\(most) %)"
}

/// A number without decimals and with a comma before each three digits: `4,078`; `n/a` if it is too large.
func wholeNumber(_ value: Double) -> String {
  guard abs(value) < 1e15 else { return "n/a" }
  // Half is added and the rest cut off, since `rounded()` needs the C library's mathematics.
  return wholeNumber(Int(value < 0 ? value - 0.5 : value + 0.5))
}

func wholeNumber(_ value: Int) -> String {
  var digits = String(value.magnitude)
  var grouped = ""
  while digits.count > 3 {
    grouped = "," + digits.suffix(3) + grouped
    digits.removeLast(3)
  }
  return (value < 0 ? "−" : "") + digits + grouped
}

/// An amount of two or three digits that count, with its unit: `0.084 t`, `1,234 t/yr`.
func amountText(_ amount: Double, _ unit: String) -> String {
  let size = abs(amount)
  var number: String
  if size >= 100 || size == 0 {
    number = wholeNumber(amount)
  } else {
    // As many decimals as show two digits that are not 0, and at most six.
    var decimals = 1
    var scale = 10.0
    while decimals < 6, size * scale < 10 {
      decimals += 1
      scale *= 10
    }
    let digits = String(Int(size * scale + 0.5))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    number = (amount < 0 ? "−" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    while number.last == "0" { number.removeLast() }
    if number.last == "." { number.removeLast() }
    if number == "0" || number == "−0" { return "<0.000001" + (unit.isEmpty ? "" : " " + unit) }
  }
  return unit.isEmpty ? number : number + " " + unit
}

/// A count with its noun: `1 site`, `2 sites`.
func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
  "\(wholeNumber(count)) \(count == 1 ? one : many ?? one + "s")"
}

/// How concentrated a supply is, by its Herfindahl-Hirschman index.
///
/// - Source: US Department of Justice and Federal Trade Commission, Merger Guidelines, 2023, § 2.1: highly
///   concentrated above 1,800; from 1,000 to 1,800, moderately.
enum ConcentrationLevel: String, Comparable {
  case low, moderate, high

  init(hhi: Double) { self = hhi > 1_800 ? .high : hhi >= 1_000 ? .moderate : .low }

  var style: StyledText.Style {
    switch self {
    case .low: .good
    case .moderate: .warn
    case .high: .severe
    }
  }

  private var rank: Int {
    switch self {
    case .low: 0
    case .moderate: 1
    case .high: 2
    }
  }

  static func < (lhs: Self, rhs: Self) -> Bool { lhs.rank < rhs.rank }
}

/// The first names of a list and how many more there are: `Silmet · Mount Weld and 3 more`.
///
/// Names may hold commas, so commas do not part them.
///
/// Each name is cut to 48 columns.
func list(_ names: [String], atMost limit: Int) -> String {
  let shown = names.prefix(limit).map { nameText($0) }
  let rest = names.count - shown.count
  return shown.joined(separator: " · ") + (rest > 0 ? " and \(wholeNumber(rest)) more" : "")
}

/// A name that is fit to stand in a sentence: printable, and of at most 48 columns.
func nameText(_ name: String) -> String { StyledText.Span(name).text.cut(toColumns: 48) }

/// A word of a command line, quoted for a shell where it must be.
func shellWord(_ word: String) -> String {
  let isPlain = word.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "._-/+@:=,".utf8.contains(byte) || byte >= 0x80
    }
  }
  if isPlain, !word.isEmpty { return word }
  return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
}
