/// A value as it was written, in YAML or in a cell of a CSV file, with its place.
struct Item {
  enum Value {
    case text(String)
    case list([Item])
    case map([Field])
  }

  var value: Value
  var spot: Spot

  /// Whether the text is a cell, in which `;` separates the items of a list.
  var isCell = false

  /// How the text was written.
  var style = TextStyle.plain

  var text: String? {
    guard case .text(let text) = value else { return nil }
    return text
  }

  /// What kind of value it is, for messages.
  var kind: String {
    switch value {
    case .text: "a text"
    case .list: "a list"
    case .map: "a mapping"
    }
  }
}

/// A key and its value.
struct Field {
  var key: String
  var keySpot: Spot
  var item: Item
}

extension Item {
  /// The items of a cell such as `CN; FR`, without the blanks around them.
  func cellItems() -> [Item] {
    guard case .text(let text) = value else { return [] }
    return text.utf8.split(separator: UInt8(ascii: ";")).compactMap { part(Substring($0), of: text) }
  }

  /// The fields of a cell such as `Dy=0.871; Tb=0.002`; a part without `=` has an empty key.
  func cellFields() -> [Field] { cellItems().map { $0.pair() } }

  /// The record of an item such as `solvent-extraction from=CN grace=180d`, whose first word is the `id`.
  func cellRecord() -> Item {
    guard case .text(let text) = value else { return self }
    let words = text.utf8.split(separator: UInt8(ascii: " ")).compactMap { part(Substring($0), of: text) }
    let fields = words.enumerated().map { position, word in
      var field = word.pair()
      if position == 0, field.key.isEmpty { field.key = "id" }
      return field
    }
    return Item(value: .map(fields), spot: spot, isCell: true)
  }

  private func pair() -> Field {
    guard case .text(let text) = value, let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")),
      let key = part(text[..<equals], of: text)
    else { return Field(key: "", keySpot: spot, item: self) }
    var item = part(text[text.utf8.index(after: equals)...], of: text)
    item = item ?? Item(value: .text(""), spot: spot, isCell: true)
    return Field(key: key.text ?? "", keySpot: key.spot, item: item ?? self)
  }

  private func part(_ part: Substring, of whole: String) -> Item? {
    let isBlank = { (character: Character) in character == " " || character == "\t" || character.isNewline }
    guard let start = part.firstIndex(where: { !isBlank($0) }),
      let last = part.lastIndex(where: { !isBlank($0) })
    else { return nil }
    let trimmed = part[start...last]
    return Item(
      value: .text(String(trimmed)), spot: spot.part(trimmed, after: whole[..<start]), isCell: true)
  }
}
