extension StringProtocol {
  /// How many columns of a terminal the text takes: 2 for a wide character of East Asia or an emoji, else 1, and 0
  /// for what has no shape of its own.
  var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

  /// The text, cut to `width` columns; an ellipsis takes the last of them if anything was cut.
  func cut(toColumns width: Int) -> String {
    if utf8.count <= width || displayWidth <= width { return String(self) }
    var result = ""
    var column = 0
    for character in self {
      let next = column + character.displayWidth
      if next > width - 1 { break }
      result.append(character)
      column = next
    }
    return width > 0 ? result + "…" : ""
  }
}

extension Character {
  /// The columns that a terminal gives to the character.
  ///
  /// - Source: Unicode Standard Annex 11, East Asian Width, the classes W and F by block.
  var displayWidth: Int {
    guard let first = unicodeScalars.first else { return 0 }
    if first.value < 0x300 { return first.properties.generalCategory == .format ? 0 : 1 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    let isEmoji = unicodeScalars.contains { $0.value == 0xFE0F || $0.properties.isEmojiPresentation }
    return isEmoji || first.isWide ? 2 : 1
  }
}

extension Unicode.Scalar {
  fileprivate var isWide: Bool {
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF,
      0x1AFF0...0x1B2FF, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
