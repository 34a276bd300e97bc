import Diagnostics
import SupplyModel

/// Reads the fields of one record after the other and notes what is wrong with them.
///
/// Records look alike whether they come from YAML or from a row of a CSV file, so each table has one decoder.
/// A field that is wrong is reported and read as if it were not given.
struct RecordReader {
  var problems: Problems

  private var format = RecordFormat("", "")
  private var fields: [Field]? = []
  private(set) var spot = Spot(file: 0, position: .mark(line: 1, column: 1), length: 1)

  /// The rows of a CSV file; they are the record while there are no `fields`.
  private var rows: CSVReader?
  private var units = UnitCache()

  init(problems: consuming Problems) { self.problems = problems }

  // MARK: Records

  /// Reads a mapping; a text stands for the key that the format says.
  mutating func read(_ item: Item, as format: RecordFormat, _ body: (inout RecordReader) -> Void) {
    var fields: [Field]
    switch item.value {
    case .map(let map): fields = map
    case .text where format.shorthand != nil:
      fields = [Field(key: format.shorthand ?? "", keySpot: item.spot, item: item)]
    default:
      let keys = format.needed.isEmpty ? format.keys : format.needed
      problems.report(
        "wrong-kind", at: item.spot, "\(item.kind) stands where a mapping is expected",
        help: "write { \(keys.map { "\($0): …" }.joined(separator: ", ")) }")
      return
    }
    checkKeys(&fields, of: item, as: format)
    let outer = (self.format, self.fields, spot)
    (self.format, self.fields, spot) = (format, fields, item.spot)
    body(&self)
    (self.format, self.fields, spot) = outer
  }

  /// Reads the rows of a CSV file whose header has been read; false if not all of them could be read.
  mutating func readRows(
    of reader: consuming CSVReader, as format: RecordFormat, _ body: (inout RecordReader) -> Void
  ) -> Bool {
    let outer = (self.format, fields, spot)
    (self.format, fields, rows) = (format, nil, reader)
    while nextRow() { body(&self) }
    let isComplete = rows?.isComplete ?? false
    rows = nil
    (self.format, fields, spot) = outer
    return isComplete
  }

  private mutating func nextRow() -> Bool {
    guard rows?.nextRow(&problems) == true else { return false }
    spot = rows?.rowSpot ?? spot
    guard rows?.isWholeRow == true else { return true }
    for key in format.needed where rows?.isEmpty(key) == true {
      problems.report(
        "missing-key", at: spot, "the row has no '\(key)'",
        help: "fill it in, or remove the row")
    }
    return true
  }

  private mutating func checkKeys(_ fields: inout [Field], of item: Item, as format: RecordFormat) {
    var seen: [String: Spot] = [:]
    fields.removeAll { field in
      if let earlier = seen[field.key] {
        problems.report(
          "duplicate-key", at: field.keySpot, "'\(field.key)' is given twice", earlier: earlier,
          help: "put both into one, or rename one")
        return true
      }
      seen[field.key] = field.keySpot
      if !format.allows(field.key) {
        problems.reportUnknownKey(field.key, at: field.keySpot, in: format)
        return true
      }
      return false
    }
    for key in format.needed {
      if fields.contains(where: { $0.key == key && $0.item.text != "" }) { continue }
      problems.report(
        "missing-key", at: fields.first { $0.key == key }?.keySpot ?? item.spot,
        "'\(key)' is missing in '\(format.name)'",
        help: key == "chokepoint" ? "start the file with chokepoint: 1" : "add '\(key)'")
    }
  }

  // MARK: Fields

  /// The value of a key, or nil if it is not given; an empty text counts as not given.
  func item(_ key: String) -> Item? {
    guard let fields else { return rows?.cell(key) }
    guard let item = fields.first(where: { $0.key == key })?.item, item.text != "" else { return nil }
    return item
  }

  mutating func written(_ key: String) -> Item? {
    guard let item = item(key) else { return nil }
    return written(item, called: key)
  }

  private mutating func written(_ item: Item, called key: String) -> Item? {
    guard item.text != nil else {
      problems.report(
        "wrong-kind", at: item.spot, "'\(key)' wants a text, not \(item.kind)",
        help: "write one value, without brackets")
      return nil
    }
    return item
  }

  mutating func text(_ key: String) -> String? { written(key)?.text }

  /// A stable name: letters, digits and `-_.:/+`, at most 128.
  mutating func id(_ key: String = "id") -> (text: String, spot: Spot)? {
    guard let item = written(key), let text = item.text else { return nil }
    _ = problems.checkID(text, at: item.spot)
    return (text, item.spot)
  }

  /// One of the cases of an enumeration, by its name.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _: Choice.Type = Choice.self)
    -> Choice?
  where Choice.RawValue == String {
    guard let item = written(key), let text = item.text else { return nil }
    return choice(item, text, called: key)
  }

  private mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ item: Item, _ text: String, called key: String
  ) -> Choice? where Choice.RawValue == String {
    if let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    problems.report(
      "unknown-value", at: item.spot, "'\(key)' cannot be '\(text)'",
      help: suggestion(for: text, from: names).map { "did you mean '\($0)'?" }
        ?? "write \(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")")
    return nil
  }

  mutating func country(_ key: String) -> Country? {
    guard let item = written(key) else { return nil }
    return country(item)
  }

  mutating func country(_ item: Item) -> Country? {
    guard let item = written(item, called: "country"), let text = item.text else { return nil }
    if let country = Country(code: text) { return country }
    problems.report(
      "unknown-country", at: item.spot, "no country has the code '\(text)'", help: countryHelp(for: text))
    return nil
  }

  /// Countries without the ones that are wrong; one that is named twice is reported.
  mutating func countries(_ key: String) -> [Country]? {
    guard let items = list(key) else { return nil }
    var countries: [Country] = []
    for item in items {
      guard let country = country(item) else { continue }
      if countries.contains(country) {
        problems.report(
          "duplicate-value", at: item.spot, "'\(country.code)' is listed twice", help: "list it once")
      } else {
        countries.append(country)
      }
    }
    return countries
  }

  /// The most items of a list within a record.
  static let itemLimit = 1000

  /// The items of a list; in a cell they are separated by `;`.
  mutating func list(_ key: String) -> [Item]? {
    guard let item = item(key) else { return nil }
    let items: [Item]
    if item.isCell {
      items = item.cellItems()
    } else if case .list(let list) = item.value {
      items = list
    } else {
      problems.report(
        "wrong-kind", at: item.spot, "'\(key)' wants a list, not \(item.kind)",
        help: "write [\(item.text ?? "…")]")
      return nil
    }
    if items.count <= Self.itemLimit { return items }
    problems.report(
      "too-large", at: item.spot, "'\(key)' lists more than \(Self.itemLimit) items",
      help: "split it over several rows")
    return nil
  }

  mutating func texts(_ key: String) -> [Item] { (list(key) ?? []).compactMap { written($0, called: key) } }

  /// The records of a list; in a cell each is an id followed by `key=value`.
  mutating func records(_ key: String, as format: RecordFormat, _ body: (inout RecordReader) -> Void) {
    for item in list(key) ?? [] { read(item.isCell ? item.cellRecord() : item, as: format, body) }
  }

  /// The fields of a mapping with free keys; in a cell `Dy=0.871; Tb=0.002`.
  ///
  /// `example` is what to write where something else stands.
  mutating func pairs(_ key: String, example: String = "{ Dy: 0.871 }") -> [Field] {
    guard let item = item(key) else { return [] }
    var fields: [Field] = []
    if item.isCell {
      fields = item.cellFields()
    } else if case .map(let map) = item.value {
      fields = map
    } else {
      problems.report(
        "wrong-kind", at: item.spot, "'\(key)' wants a mapping, not \(item.kind)", help: "write \(example)"
      )
    }
    var seen: [String: Spot] = [:]
    for field in fields {
      if field.key.isEmpty {
        problems.report(
          "wrong-kind", at: field.keySpot, "'\(field.item.text ?? "")' is no part of a mapping",
          help: "write Dy=0.871; Tb=0.002")
      } else if let earlier = seen.updateValue(field.keySpot, forKey: field.key) {
        problems.report(
          "duplicate-key", at: field.keySpot, "'\(field.key)' is given twice", earlier: earlier,
          help: "write it once")
      }
    }
    return fields.filter { !$0.key.isEmpty }
  }

  // MARK: Numbers

  mutating func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
    guard let item = item(key) else { return nil }
    return number(item, called: key, in: range)
  }

  mutating func number(_ item: Item, called key: String, in range: ClosedRange<Double>) -> Double? {
    guard let item = written(item, called: key), let text = item.text else { return nil }
    guard let number = DecimalNumber(text) else {
      reportNoNumber(text, called: key, at: item.spot)
      return nil
    }
    guard range.contains(number.value) else {
      problems.report(
        "out-of-range", at: item.spot, "'\(key)' cannot be \(text)", help: Self.rangeHelp(range))
      return nil
    }
    return number.value
  }

  private static func rangeHelp(_ range: ClosedRange<Double>) -> String {
    if range.upperBound == .greatestFiniteMagnitude { return "it cannot be negative" }
    return "it lies between \(short(range.lowerBound)) and \(short(range.upperBound))"
  }

  private static func short(_ number: Double) -> String {
    Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }

  mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
    guard let item = written(key) else { return nil }
    return integer(item, called: key, in: range)
  }

  private mutating func integer(_ item: Item, called key: String, in range: ClosedRange<Int>) -> Int? {
    guard let item = written(item, called: key), let text = item.text else { return nil }
    if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number) {
      return number
    }
    problems.report(
      "out-of-range", at: item.spot, "'\(key)' cannot be '\(text)'",
      help: "write a whole number from \(range.lowerBound) to \(range.upperBound)")
    return nil
  }

  private static let orderHelp = "low, value and high rise in this order"

  private mutating func reportNoNumber(_ text: String, called key: String, at spot: Spot) {
    let word = DecimalNumber.word(of: text)
    if word.endIndex < text.endIndex, DecimalNumber(String(word)) != nil {
      problems.report(
        "not-a-number", at: spot, "'\(text)' is more than a number",
        help: key.hasSuffix("low") || key.hasSuffix("high")
          ? "write \(word) alone, in the unit of the value" : "write \(word) alone")
      return
    }
    problems.report(
      "not-a-number", at: spot.part(word, after: text.prefix(0)), "'\(word)' is not a number",
      help: DecimalNumber.help(for: String(word)))
  }

  // MARK: Figures

  /// A figure with what was written about it; its unit is not yet held against what it describes.
  mutating func quantity(_ key: String) -> Quantity? {
    guard let keys = format.figures.first(where: { $0.value == key }) else {
      preconditionFailure("\(key) is no figure of \(format.name)")
    }
    guard let item = item(key) else {
      for part in [keys.low, keys.high] {
        guard let item = self.item(part) else { continue }
        problems.report(
          "missing-key", at: item.spot, "'\(part)' is given without '\(key)'",
          help: "add '\(key)', the best value within the range")
      }
      return nil
    }
    switch item.value {
    case .text(let text): return quantity(item, text, keys)
    case .map:
      for part in keys.parts {
        guard let extra = self.item(part) else { continue }
        problems.report(
          "duplicate-key", at: extra.spot, "'\(part)' stands beside a figure in braces",
          help: "write it into the braces of '\(key)'")
      }
      var result: Quantity?
      read(item, as: .figure) { inner in
        guard let value = inner.written("value"), let text = value.text else { return }
        result = inner.quantity(value, text, .insideBraces, called: key)
        result?.spot = item.spot
      }
      return result
    case .list:
      problems.report(
        "wrong-kind", at: item.spot, "'\(key)' wants a figure, not a list", help: "write 3 kt/yr")
      return nil
    }
  }

  private mutating func quantity(
    _ item: Item, _ text: String, _ keys: FigureKeys, called name: String? = nil
  ) -> Quantity? {
    let name = name ?? keys.value
    let unitItem = written(keys.unit)
    let source = written(keys.source)
    let year = self.item(keys.year).flatMap { integer($0, called: keys.year, in: 1800...2200) }
    let confidence: Confidence? = choice(keys.confidence)
    let note = self.text(keys.note)
    let low = number(keys.low, in: 0...Double.greatestFiniteMagnitude)
    let high = number(keys.high, in: 0...Double.greatestFiniteMagnitude)

    guard let number = DecimalNumber(prefix: text), Self.isUnit(number.rest, after: text) else {
      reportNoNumber(text, called: name, at: item.spot)
      return nil
    }
    var unitText = number.rest.drop { $0 == " " }
    if DecimalNumber.isGrouped(number.rest) {
      reportNoNumber(text, called: name, at: item.spot)
      return nil
    }
    var unitSpot = item.spot.part(unitText, after: text[..<unitText.startIndex])
    if let unitItem, let written = unitItem.text {
      if unitText.isEmpty {
        (unitText, unitSpot) = (written[...], unitItem.spot)
      } else {
        problems.report(
          "duplicate-key", at: unitItem.spot, "the unit of '\(name)' is given twice", earlier: unitSpot,
          help: "write it once: with the number, or in '\(keys.unit)'")
      }
    }
    guard number.value.isFinite, number.value >= 0, !number.isLost else {
      problems.report(
        number.value < 0 ? "negative-number" : "out-of-range", at: item.spot,
        "'\(name)' cannot be \(number.value < 0 ? "negative" : number.isLost ? "so small" : "so large")",
        help: NetworkBuilder.tooLargeHelp)
      return nil
    }
    if let low, low > number.value {
      problems.report(
        "invalid-range", at: self.item(keys.low)?.spot ?? item.spot,
        "the low of '\(name)' is more than its value", help: Self.orderHelp)
      return nil
    }
    if let high, high < number.value {
      problems.report(
        "invalid-range", at: self.item(keys.high)?.spot ?? item.spot,
        "the high of '\(name)' is less than its value", help: Self.orderHelp)
      return nil
    }
    var unit: Unit?
    if !unitText.isEmpty {
      guard let known = readUnit(String(unitText), at: unitSpot) else { return nil }
      unit = known
    }
    return Quantity(
      name: name, value: number.value, low: low, high: high, unit: unit, unitText: String(unitText),
      source: source, year: year, confidence: confidence, note: note, spot: item.spot, unitSpot: unitSpot)
  }

  /// Whether what follows a number can be a unit: nothing, a blank, a letter or `%`.
  private static func isUnit(_ rest: Substring, after text: String) -> Bool {
    guard let next = rest.first else { return true }
    if next == "x" || next == "X" { return false }
    return next == " " || next == "%" || next.isLetter
  }

  /// A unit without a number.
  mutating func unit(_ key: String) -> Unit? {
    guard let item = written(key), let text = item.text else { return nil }
    return readUnit(text, at: item.spot)
  }

  private mutating func readUnit(_ text: String, at spot: Spot) -> Unit? {
    do {
      return try units.unit(text)
    } catch {
      guard case .unknownUnit(let name) = error else { return nil }
      problems.report("unknown-unit", at: spot, "'\(name)' is not a unit", help: unitHelp(for: name))
      return nil
    }
  }
}

/// A number with what was written beside it.
struct Quantity {
  var name: String
  var value: Double
  var low: Double?
  var high: Double?
  var unit: Unit?
  var unitText: String
  var source: Item?
  var year: Int?
  var confidence: Confidence?
  var note: String?
  var spot: Spot
  var unitSpot: Spot
}

/// Units that were read before: a table of a million rows has few.
private struct UnitCache {
  private var known: [String: Unit] = [:]

  mutating func unit(_ text: String) throws(UnitError) -> Unit {
    if let unit = known[text] { return unit }
    let unit = try Unit(text)
    if known.count < 1000 { known[text] = unit }
    return unit
  }
}

extension RecordFormat {
  fileprivate static let figure = RecordFormat("figure", "value! unit low high year source confidence note")
}

extension FigureKeys {
  /// The parts of `{ value: 3, unit: kt/yr }`.
  fileprivate static let insideBraces = FigureKeys(inBraces: "value")

  private init(inBraces value: String) {
    self.value = value
    (unit, low, high, year) = ("unit", "low", "high", "year")
    (source, confidence, note) = ("source", "confidence", "note")
  }
}

extension Problems {
  /// Whether `text` can be an id: letters, digits and `-_.:/+`, at most 128; reports why not.
  mutating func checkID(_ text: String, at spot: Spot) -> Bool {
    if text.utf8.count > 128 {
      report(
        "invalid-id", at: spot, "an id has at most 128 characters, this one \(text.utf8.count)",
        help: "shorten it, and tell the rest in the name")
      return false
    }
    guard let wrong = text.unicodeScalars.first(where: { !Self.isIDScalar($0) }) else { return true }
    report(
      "invalid-id", at: spot, "'\(wrong)' may not stand in an id",
      help: "use the letters a to z and A to Z, digits and - _ . : / +")
    return false
  }

  private static func isIDScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", ":", "/", "+": true
    default: false
    }
  }

  mutating func reportUnknownKey(
    _ key: String, at spot: Spot, in format: RecordFormat, isColumn: Bool = false
  ) {
    let known = format.allKeys
    report(
      isColumn ? "unknown-column" : "unknown-key", at: spot,
      key.isEmpty
        ? "a value without a key" : "'\(key)' is not a \(isColumn ? "column" : "key") of '\(format.name)'",
      help: suggestion(for: key, from: known).map { "did you mean '\($0)'?" }
        ?? "known are \(format.keys.joined(separator: ", "))")
  }
}

/// What to write instead of a code that no country has.
public func countryHelp(for text: String) -> String {
  let codes = Country.allCodes
  let names = codes.compactMap { Country(code: $0)?.name }
  let meant =
    ["UK": "GB", "EL": "GR", "USA": "US", "PRC": "CN", "UAE": "AE"][text.uppercased()]
    ?? (text.utf8.count > 3 ? suggestion(for: text, from: names) : nil)
    .flatMap { name in names.firstIndex(of: name).map { codes[$0] } }
    ?? (text.utf8.count == 3 ? suggestion(for: text, from: codes) : nil)
  if let meant, let country = Country(code: meant) { return "did you mean '\(meant)' (\(country.name))?" }
  if Bloc.known.contains(where: { $0.id == text }) {
    return "'\(text)' is a bloc; one country is wanted here"
  }
  return "write a code of ISO 3166-1 with two letters, such as CN; leave it out if it is not known"
}

/// What to write instead of a text that is no unit.
func unitHelp(for name: String) -> String {
  let common = [
    "tonne": "t", "tonnes": "t", "ton": "t", "tons": "t", "tpa": "t/yr", "ktpa": "kt/yr", "kilotonnes": "kt",
    "day": "d", "days": "d", "week": "wk", "weeks": "wk", "months": "mo", "years": "yr", "y": "yr", "a": "yr",
    "pcs": "piece", "units": "piece", "percent": "%", "T": "t", "MT": "t", "mt": "t",
    "KT": "kt",
  ]
  if let meant = common[name] ?? suggestion(for: name, from: Unit.allNames.filter { $0 != name }) {
    return "did you mean '\(meant)'?"
  }
  return "write a unit such as t, kt/yr, M/yr or d"
}
