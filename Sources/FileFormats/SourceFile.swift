import Diagnostics

/// A file as it was read, which can show the line of any place in it.
struct SourceFile {
  let name: String
  let bytes: [UInt8]

  /// Where each line starts, once somebody asked.
  private var lineStarts: [Int] = []

  /// Of a file that has more than `limit` bytes only the start is kept: it is refused, not read.
  init(name: String, bytes: [UInt8], limit: Int = .max) {
    self.name = name
    self.bytes = bytes.count > limit ? Array(bytes.prefix(1024)) : bytes
  }

  /// The line and the column, both from 1, of the byte at `offset`.
  mutating func mark(ofByte offset: Int) -> (line: Int, column: Int) {
    indexLines()
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    let start = min(lineStarts[low], bytes.count)
    let end = max(start, min(offset, bytes.count))
    return (low + 1, 1 + bytes[start..<end].count { $0 & 0xC0 != 0x80 })
  }

  /// How many scalars a spot takes.
  func scalars(in spot: Spot) -> Int {
    guard case .byte(let offset) = spot.position, offset < bytes.count else { return spot.length }
    return bytes[offset..<min(bytes.count, offset + spot.length)].count { $0 & 0xC0 != 0x80 }
  }

  /// At most some 300 scalars of a line around `column`, and the column of the first of them.
  mutating func excerpt(line: Int, column: Int) -> (text: String, firstColumn: Int)? {
    indexLines()
    guard line >= 1, line <= lineStarts.count else { return nil }
    var start = lineStarts[line - 1]
    var end = start
    var firstColumn = 1
    var seen = 0
    while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D {
      if bytes[end] & 0xC0 != 0x80 {
        seen += 1
        if seen > column + 150 { break }
        if seen > firstColumn + 300, firstColumn + 150 < column {
          start += 1
          while start < end, bytes[start] & 0xC0 == 0x80 { start += 1 }
          firstColumn += 1
        }
      }
      end += 1
    }
    return (String(decoding: bytes[start..<end], as: UTF8.self), firstColumn)
  }

  /// A line ends with LF, CR LF or CR; the byte order mark is no part of the first.
  private mutating func indexLines() {
    guard lineStarts.isEmpty else { return }
    lineStarts.append(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
    for (offset, byte) in bytes.enumerated() {
      let isBreak = byte == 0x0A || byte == 0x0D && !(offset + 1 < bytes.count && bytes[offset + 1] == 0x0A)
      if isBreak { lineStarts.append(offset + 1) }
    }
  }
}

/// Where something stands in one of the files that are read, and how long it is.
struct Spot: Hashable {
  enum Position: Hashable {
    case mark(line: Int, column: Int)
    /// An offset, for files whose lines nobody counts unless there is a problem.
    case byte(Int)
  }

  var file: Int
  var position: Position

  /// In scalars from a mark on, in bytes from an offset on.
  var length: Int

  /// The spot of what was not read from a file.
  static let nowhere = Spot(file: -1, position: .byte(0), length: 0)

  /// The spot of `part` that stands `start` into the text of this spot.
  func part(_ part: Substring, after start: Substring) -> Spot {
    switch position {
    case .mark(let line, let column):
      Spot(
        file: file, position: .mark(line: line, column: column + start.unicodeScalars.count),
        length: max(1, part.unicodeScalars.count))
    case .byte(let offset):
      Spot(file: file, position: .byte(offset + start.utf8.count), length: max(1, part.utf8.count))
    }
  }
}

extension Spot.Position: Comparable {
  static func < (lhs: Self, rhs: Self) -> Bool {
    switch (lhs, rhs) {
    case (.mark(let a, let b), .mark(let c, let d)): (a, b) < (c, d)
    case (.byte(let a), .byte(let b)): a < b
    case (.mark, .byte): true
    case (.byte, .mark): false
    }
  }
}
