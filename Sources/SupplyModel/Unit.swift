/// What a figure measures, as powers of the basic measures.
///
/// Time has the power 1 in a duration, −1 in a rate and 0 elsewhere.
public struct Dimension: Sendable, Hashable {
  public enum Measure: String, Sendable, Hashable {
    case none, mass, count, power, energy, money
  }

  public var measure: Measure
  public var time: Int

  /// What a price is for: a mass or a count; nil for everything else.
  public var per: Measure?

  public init(_ measure: Measure, time: Int = 0, per: Measure? = nil) {
    self.measure = measure
    self.time = time
    self.per = per
  }

  /// Money for each unit of a measure.
  public static func price(per measure: Measure) -> Dimension { Dimension(.money, per: measure) }

  public static let ratio = Dimension(.none)
  public static let duration = Dimension(.none, time: 1)

  /// The same measure, each year.
  public var rate: Dimension { Dimension(measure, time: time - 1) }

  /// The dimension in words, with a unit that has it: `mass per time, such as t/yr`.
  public var words: String {
    if let per {
      return "a price for each \(per == .mass ? "tonne, such as USD/kg" : "piece, such as USD/piece")"
    }
    let unit =
      switch measure {
      case .none: ""
      case .mass: "t"
      case .count: "piece"
      case .power: "MW"
      case .energy: "GWh"
      case .money: "USD"
      }
    return switch (measure, time) {
    case (.none, 0): "a number or a share, such as 0.4 or 40 %"
    case (.none, 1): "a time, such as 60 d"
    case (.count, -1): "a count per time, such as \(unit)/yr"
    case (_, -1): "\(measure.rawValue) per time, such as \(unit)/yr"
    default: "\(measure.rawValue == "count" ? "a count" : measure.rawValue), such as \(unit)"
    }
  }
}

/// A unit as it is written: `kt REO/yr` measures mass per time and counts rare-earth oxide.
///
/// Multiplying a number by `factor` turns it into the base unit of its dimension: t, piece, MW, GWh, one of the currency;
/// days for a time; and per year for a rate, with a year of 365 days. A price such as `USD/kg` becomes one per t or piece.
/// Currencies count different things: none is turned into another.
public struct Unit: Sendable, Hashable {
  public let dimension: Dimension
  public let factor: Double

  /// What is counted, such as `REO`, or the currency of money; nil if the unit does not say.
  public let substance: String?

  /// Reads a unit such as `t`, `kt REO/yr`, `t of magnet`, `M/yr`, `d` or `%`; an empty text is a plain number.
  public init(_ text: some StringProtocol) throws(UnitError) {
    let parts = String(text).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2 else { throw UnitError.unknownUnit(String(text)) }
    var words = Self.words(parts[0])
    let name = words.isEmpty ? "" : words.removeFirst()
    if words.first == "of" { words.removeFirst() }

    guard let base = Self.measures[name] else {
      if let time = Self.days[name], parts.count == 1, words.isEmpty {
        (dimension, factor, substance) = (.duration, time, nil)
        return
      }
      throw UnitError.unknownUnit(name)
    }
    guard base.measure != .money || words.isEmpty else { throw UnitError.unknownUnit(String(text)) }
    substance = base.measure == .money ? name : words.isEmpty ? nil : words.joined(separator: " ")
    if parts.count == 1 {
      (dimension, factor) = (Dimension(base.measure), base.factor)
      return
    }
    let per = Self.words(parts[1]).joined(separator: " ")
    if base.measure == .money, let counted = Self.measures[per], [.mass, .count].contains(counted.measure) {
      (dimension, factor) = (.price(per: counted.measure), base.factor / counted.factor)
      return
    }
    guard let days = Self.days[per], base.measure != .none else { throw UnitError.unknownUnit(String(text)) }
    (dimension, factor) = (Dimension(base.measure, time: -1), base.factor * 365 / days)
  }

  /// Whether both units count the same thing, as far as they say what they count.
  public func countsSame(as other: Unit) -> Bool {
    guard let substance, let theirs = other.substance else { return true }
    return substance.lowercased() == theirs.lowercased()
  }

  /// Every name of a measure or a time, sorted, for suggestions.
  public static var allNames: [String] { (measures.keys.filter { !$0.isEmpty } + days.keys).sorted() }

  private static func words(_ text: Substring) -> [String] {
    text.split(separator: " " as Character).map { String($0) }
  }

  private static let measures: [String: (measure: Dimension.Measure, factor: Double)] = [
    "": (.none, 1), "%": (.none, 0.01),
    "g": (.mass, 1e-6), "kg": (.mass, 1e-3), "t": (.mass, 1), "kt": (.mass, 1e3), "Mt": (.mass, 1e6),
    "piece": (.count, 1), "pieces": (.count, 1), "k": (.count, 1e3), "M": (.count, 1e6),
    "kW": (.power, 1e-3), "MW": (.power, 1), "GW": (.power, 1e3),
    "MWh": (.energy, 1e-3), "GWh": (.energy, 1), "TWh": (.energy, 1e3),
    "USD": (.money, 1), "EUR": (.money, 1), "CNY": (.money, 1), "JPY": (.money, 1), "GBP": (.money, 1),
  ]

  private static let days: [String: Double] = [
    "d": 1, "wk": 7, "mo": 365.0 / 12, "month": 365.0 / 12, "yr": 365, "year": 365,
  ]
}

/// Why a text is not a unit.
public enum UnitError: Error, Sendable, Hashable {
  case unknownUnit(String)
}
