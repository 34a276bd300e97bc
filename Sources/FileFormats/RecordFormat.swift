/// What a record may say: the keys of a mapping in YAML, or the columns of a CSV file.
struct RecordFormat: Sendable {
  let name: String

  /// Keys of texts, lists and numbers, in the order of the documentation.
  let keys: [String]
  let needed: [String]

  /// Keys of figures, whose parts may stand beside them.
  let figures: [FigureKeys]

  /// The key that a plain text stands for where a record is expected.
  let shorthand: String?

  /// Whether the table can be a CSV file.
  let isInCSV: Bool

  /// - Parameters:
  ///   - name: what the table is called in the manifest.
  ///   - keys: the keys in one text; `!` marks what is needed and `#` a figure.
  ///   - shorthand: the key that a plain text stands for.
  ///   - isInCSV: whether the table can be a CSV file.
  init(_ name: String, _ keys: String, shorthand: String? = nil, isInCSV: Bool = true) {
    let words = keys.split(separator: " ")
    let plain = { (word: Substring) in String(word.filter { $0 != "!" && $0 != "#" }) }
    self.name = name
    self.keys = words.map(plain)
    needed = words.filter { $0.contains("!") }.map(plain)
    figures = words.filter { $0.contains("#") }.map { FigureKeys(plain($0)) }
    self.shorthand = shorthand
    self.isInCSV = isInCSV
  }

  /// Whether a record may have this key.
  func allows(_ key: String) -> Bool { keys.contains(key) || figures.contains { $0.parts.contains(key) } }

  var allKeys: [String] { keys + figures.flatMap(\.parts) }
}

/// The keys of a figure and of its parts: `capacity`, `capacity_unit`, `capacity_low`, ….
struct FigureKeys: Sendable {
  let value: String
  let unit, low, high, year, source, confidence, note: String

  init(_ value: String) {
    self.value = value
    unit = value + "_unit"
    low = value + "_low"
    high = value + "_high"
    year = value + "_year"
    source = value + "_source"
    confidence = value + "_confidence"
    note = value + "_note"
  }

  var parts: [String] { [unit, low, high, year, source, confidence, note] }
}
