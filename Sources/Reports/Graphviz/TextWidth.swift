extension String {
  /// The width in points of this text in bold letters of `size` points, as ``fitted(toWidth:size:)`` measures it.
  func boldWidth(size: Double) -> Double { Double(reduce(0) { $0 + $1.boldWidth }) * size / 1000 }

  /// Returns this text, or its beginning and an ellipsis, in at most `points` of width when it is set in bold letters
  /// of `size` points.
  ///
  /// The measure is that of Arial, and so of Liberation Sans and Helvetica; text that is not bold takes no more. What is
  /// not Latin counts as wide as it can be, so that it is cut too early and not too late.
  ///
  /// - Complexity: O(characters that fit).
  /// - Source: the character widths of Adobe's metrics of Helvetica Bold.
  func fitted(toWidth points: Double, size: Double) -> String {
    let limit = Int(points / size * 1000)
    var width = 0
    var end = startIndex
    var lastCut = startIndex
    while end < endIndex {
      width += self[end].boldWidth
      guard width <= limit else { return self[..<lastCut] + "…" }
      formIndex(after: &end)
      if width + Self.ellipsisWidth <= limit { lastCut = end }
    }
    return self
  }

  /// Returns this text in at most `lines` lines, each as wide as ``fitted(toWidth:size:)`` allows, broken between words.
  ///
  /// Only the last line is cut; a word that is wider than a line goes on in the next one. At least one line comes
  /// back, of an empty text an empty one.
  ///
  /// - Complexity: O(characters that fit).
  func wrapped(toWidth points: Double, size: Double, lines: Int) -> [String] {
    let limit = Int(points / size * 1000)
    var result: [String] = []
    var rest = self[...]
    while result.count + 1 < lines {
      var (width, end, lastBreak) = (0, rest.startIndex, rest.startIndex)
      while end < rest.endIndex {
        width += rest[end].boldWidth
        guard width <= limit else { break }
        if rest[end] == " " || rest[end] == "-" { lastBreak = rest.index(after: end) }
        rest.formIndex(after: &end)
      }
      if end == rest.endIndex { break }
      if rest[end] == " " { lastBreak = end }
      let cut = lastBreak > rest.startIndex ? lastBreak : end
      guard cut > rest.startIndex else { break }
      var line = rest[..<cut]
      while line.last == " " { line.removeLast() }
      result.append(String(line))
      rest = rest[cut...].drop { $0 == " " }
    }
    return result + [String(rest).fitted(toWidth: points, size: size)]
  }

  private static let ellipsisWidth = 1000
}

extension Character {
  /// The width in thousandths of the size of the letters.
  fileprivate var boldWidth: Int {
    guard let first = unicodeScalars.first else { return 0 }
    if let ascii = UInt8(exactly: first.value), ascii < 0x80 {
      return (0x20..<0x7F).contains(ascii) ? Self.asciiWidths[Int(ascii) - 0x20] : 0
    }
    if displayWidth == 0 { return 0 }
    // Letters with accents are as wide as without; nothing of Latin is wider than a W.
    if first.value < 0x250 { return first.properties.isLowercase ? 667 : 944 }
    // Greek and Cyrillic.
    if (0x370..<0x530).contains(first.value) { return 944 }
    return displayWidth == 2 ? 1300 : 1000
  }

  /// From the blank to the tilde.
  private static let asciiWidths = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
  ]
}
