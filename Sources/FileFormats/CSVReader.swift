/// Reads a CSV file (RFC 4180) row by row, and knows where each field stands.
///
/// Rows end with LF, CR LF or CR; a byte order mark and empty lines are skipped; blanks around a field
/// without quotes do not count. The reader keeps one row at a time.
///
/// - Complexity: O(n) for n bytes.
struct CSVReader {
  /// The most bytes of a field, and the most columns.
  static let fieldLimit = 64 << 10
  static let columnLimit = 200

  /// Where the row that was read last starts.
  private(set) var rowSpot: Spot

  /// Whether all rows so far could be read.
  private(set) var isComplete = true

  /// Whether the row that was read last has as many fields as the header.
  private(set) var isWholeRow = true

  /// Where the next row starts; who reads a row without this reader moves it on.
  var offset: Int

  private let file: Int
  private let bytes: [UInt8]
  private var cells: [Cell] = []
  private var cellCount = 0
  private var columns: [String: Int] = [:]
  private var columnCount = 0

  private struct Cell {
    var start: Int
    var end: Int
    var hasEscapes = false
  }

  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let otherDelimiters = [UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")]

  /// Reads the header; nil if the file has none that fits `format`.
  init?(file: Int, bytes: [UInt8], format: RecordFormat, problems: inout Problems) {
    self.file = file
    self.bytes = bytes
    offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    rowSpot = Spot(file: file, position: .byte(offset), length: 1)
    columnCount = Self.columnLimit + 1
    guard readRow(&problems) else {
      if isComplete {
        problems.report(
          "empty-file", at: rowSpot, "the file is empty",
          help: "start it with a header, such as \(format.keys.joined(separator: ","))")
      }
      return nil
    }
    guard isComplete, readHeader(as: format, &problems) else { return nil }
  }

  private mutating func readHeader(as format: RecordFormat, _ problems: inout Problems) -> Bool {
    if cellCount > Self.columnLimit {
      problems.report(
        "too-large", at: rowSpot, "the header has more than \(Self.columnLimit) columns",
        help: "known are \(format.keys.joined(separator: ", "))")
      return false
    }
    let first = text(cells[0])
    if cellCount == 1, let place = first.utf8.firstIndex(where: { Self.otherDelimiters.contains($0) }) {
      let delimiter = first[place]
      problems.report(
        "wrong-delimiter", at: rowSpot.part(first[place...place], after: first[..<place]),
        "the columns are separated by \(delimiter == "\t" ? "tabs" : "'\(delimiter)'")",
        help: "save the file with ',' between the columns, and '.' in decimal numbers")
      return false
    }
    columnCount = cellCount
    var isUsable = true
    for (column, cell) in cells.enumerated() {
      let name = text(cell)
      if let earlier = columns[name] {
        problems.report(
          "duplicate-column", at: spot(cell), "there are two columns '\(name)'",
          earlier: spot(cells[earlier]),
          help: "remove or rename one")
      } else if name.isEmpty {
        problems.report(
          "unknown-column", at: spot(cell), "column \(column + 1) has no name",
          help: "name it, or remove the column from every row")
      } else if !format.allows(name) {
        problems.reportUnknownKey(name, at: spot(cell), in: format, isColumn: true)
      } else {
        columns[name] = column
      }
    }
    for key in format.needed where columns[key] == nil {
      problems.report(
        "missing-column", at: rowSpot, "the column '\(key)' is missing",
        help: "add it to the header, with a field in every row")
      isUsable = false
    }
    return isUsable
  }

  /// Reads the next row that is not an empty line; false at the end of the file.
  ///
  /// Of a row that has too many or too few fields only the id is kept: nobody knows what the others are.
  mutating func nextRow(_ problems: inout Problems) -> Bool {
    guard readRow(&problems) else { return false }
    isWholeRow = cellCount == columnCount
    if !isWholeRow, isComplete {
      let isShort = cellCount < columnCount
      problems.report(
        isShort ? "short-row" : "long-row", at: rowSpot,
        "the row has \(cellCount) field\(cellCount == 1 ? "" : "s"), the header \(columnCount)",
        help: isShort
          ? "write a ',' for each field that is left out"
          : "put a text that holds a ',' between quotes; write decimals with a point")
    }
    if !isWholeRow {
      let id = columns["id"] ?? columnCount
      for column in cells.indices where column != id { cells[column] = Cell(start: 0, end: 0) }
      while cells.count < columnCount { cells.append(Cell(start: 0, end: 0)) }
    }
    return true
  }

  /// The field in the column of this name, or nil if it is empty or there is no such column.
  func cell(_ key: String) -> Item? {
    guard let column = columns[key] else { return nil }
    let cell = cells[column]
    guard cell.end > cell.start else { return nil }
    return Item(value: .text(text(cell)), spot: spot(cell), isCell: true)
  }

  /// The place of the column of this name, from 0, or nil if there is none.
  func column(_ key: String) -> Int? { columns[key] }

  /// Whether the field in the column of this name is empty, or there is no such column.
  func isEmpty(_ key: String) -> Bool { columns[key].map { cells[$0].end == cells[$0].start } ?? true }

  private func text(_ cell: Cell) -> String {
    guard cell.hasEscapes else { return String(decoding: bytes[cell.start..<cell.end], as: UTF8.self) }
    var unescaped: [UInt8] = []
    var position = cell.start
    while position < cell.end {
      unescaped.append(bytes[position])
      position += bytes[position] == Self.quote ? 2 : 1
    }
    return String(decoding: unescaped, as: UTF8.self)
  }

  private func spot(_ cell: Cell) -> Spot {
    Spot(file: file, position: .byte(cell.start), length: max(1, cell.end - cell.start))
  }

  // MARK: Bytes

  private static func endsRow(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  private mutating func readRow(_ problems: inout Problems) -> Bool {
    while offset < bytes.count, Self.endsRow(bytes[offset]) { offset += 1 }
    guard offset < bytes.count else { return false }
    rowSpot = Spot(file: file, position: .byte(offset), length: 1)
    cells.removeAll(keepingCapacity: true)
    cellCount = 0
    while true {
      while offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x09 { offset += 1 }
      let isQuoted = offset < bytes.count && bytes[offset] == Self.quote
      let cell = isQuoted ? quotedCell(&problems) : plainCell(&problems)
      if cellCount < columnCount { cells.append(cell) }
      cellCount += 1
      guard offset < bytes.count, bytes[offset] == Self.comma else { break }
      offset += 1
    }
    return true
  }

  private mutating func plainCell(_ problems: inout Problems) -> Cell {
    let start = offset
    var quote: Int?
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == Self.comma || Self.endsRow(byte) { break }
      if byte == Self.quote, quote == nil { quote = offset }
      offset += 1
    }
    var end = offset
    while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    if let quote {
      problems.report(
        "stray-quote", at: Spot(file: file, position: .byte(quote), length: 1),
        "a quote inside a field without quotes",
        help: "put the whole field between quotes, and write each quote in it twice")
    }
    return checked(Cell(start: start, end: end), &problems)
  }

  private mutating func quotedCell(_ problems: inout Problems) -> Cell {
    let opening = offset
    var cell = Cell(start: offset + 1, end: offset + 1)
    offset += 1
    while offset < bytes.count {
      guard bytes[offset] == Self.quote else {
        offset += 1
        continue
      }
      guard offset + 1 < bytes.count, bytes[offset + 1] == Self.quote else { break }
      cell.hasEscapes = true
      offset += 2
    }
    cell.end = min(offset, bytes.count)
    guard offset < bytes.count else {
      isComplete = false
      problems.report(
        "unclosed-quote", at: Spot(file: file, position: .byte(opening), length: 1),
        "the quote is never closed",
        help: "write a quote that is part of the text twice")
      return Cell(start: opening, end: opening)
    }
    offset += 1
    while offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x09 { offset += 1 }
    if offset < bytes.count, bytes[offset] != Self.comma, !Self.endsRow(bytes[offset]) {
      problems.report(
        "stray-quote", at: Spot(file: file, position: .byte(offset), length: 1),
        "a text follows the closing quote",
        help: "put the whole field between quotes, and write each quote in it twice")
      while offset < bytes.count, bytes[offset] != Self.comma, !Self.endsRow(bytes[offset]) { offset += 1 }
    }
    return checked(cell, &problems)
  }

  private mutating func checked(_ cell: Cell, _ problems: inout Problems) -> Cell {
    guard cell.end - cell.start > Self.fieldLimit else { return cell }
    problems.report(
      "too-large", at: Spot(file: file, position: .byte(cell.start), length: 1),
      "a field has more than \(Self.fieldLimit >> 10) KiB",
      help: "shorten it; if it is many rows, a quote before it is not closed")
    return Cell(start: cell.start, end: cell.start)
  }
}
