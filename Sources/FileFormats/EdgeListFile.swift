public import Diagnostics
public import GraphCore

/// Who supplies whom: one edge a flow, in the order of the file.
public struct EdgeList: Sendable, Hashable {
  /// The ids of the sites; node *i* is the site `siteIDs[i]`.
  ///
  /// Ids that are numbers come first, in rising order, then the others in the order in which they stand in the file. (A number
  /// is written without a 0 before it, and is less than a quarter of the bytes of the file.)
  public let siteIDs: [String]

  /// Where each flow starts.
  public let sources: ContiguousArray<NodeIndex>

  /// Where each flow ends.
  public let targets: ContiguousArray<NodeIndex>

  /// How much each flow can carry, at least 0, in the file's own unit; nil if the file has no such column.
  public let capacities: ContiguousArray<Double>?

  /// The flows as a graph: flow *i* is the edge *i*.
  ///
  /// - Complexity: O(sites + flows).
  public func graph() -> DirectedGraph {
    DirectedGraph(nodeCount: siteIDs.count, sources: sources.span, targets: targets.span)
  }
}

/// What reading an edge list gave: the list, unless something is wrong with it, and all that is wrong.
public struct EdgeListReading: Sendable {
  /// Nil if there is any error.
  public let edgeList: EdgeList?

  /// Sorted by place; at most 200, the last of which then says how many more there are.
  public let diagnostics: [Diagnostic]
}

/// A CSV file with the columns `from`, `to` and perhaps `capacity`: a network that is nothing but its flows.
public enum EdgeListFile {
  /// The most bytes that an edge list has.
  public static let limit = 256 << 20

  /// Reads an edge list and tells everything that is wrong with it.
  ///
  /// The first row names the columns, in any order. A site is whatever `from` or `to` names; ids are those of a network's
  /// sites. Flows may repeat, and may lead from a site to itself. If there is a column `capacity`, each flow
  /// has one. Nothing stops at the first problem.
  ///
  /// - Parameters:
  ///   - bytes: the bytes of the file.
  ///   - name: what diagnostics call it.
  /// - Returns: the list, or what is wrong.
  /// - Complexity: O(n) expected for n bytes, whatever the ids.
  public static func read(_ bytes: [UInt8], named name: String) -> EdgeListReading {
    var problems = Problems()
    let file = problems.add(SourceFile(name: name, bytes: bytes, limit: limit))
    guard problems.checkText(bytes, in: file, limit: limit),
      let rows = CSVReader(file: file, bytes: bytes, format: .edgeList, problems: &problems)
    else { return EdgeListReading(edgeList: nil, diagnostics: problems.diagnostics()) }
    let list = edgeList(from: rows, bytes.span, &problems)
    return EdgeListReading(
      edgeList: problems.errorCount == 0 ? list : nil, diagnostics: problems.diagnostics())
  }

  /// Reads plain rows itself, and leaves rows with quotes, blanks or problems to the reader of all CSV files.
  private static func edgeList(
    from rows: consuming CSVReader, _ bytes: Span<UInt8>, _ problems: inout Problems
  ) -> EdgeList {
    let columns = EdgeListColumns(
      from: rows.column("from"), to: rows.column("to"), capacity: rows.column("capacity"))
    // Where the header is wrong, nobody knows how many cells a row has.
    let isPlain = problems.errorCount == 0
    var labels = SiteLabels(byteCount: bytes.count)
    // Labels of sites, until all are known.
    var sources: ContiguousArray<NodeIndex> = []
    var targets: ContiguousArray<NodeIndex> = []
    var capacities: ContiguousArray<Double> = []
    while true {
      var place = rows.offset
      while place < bytes.count, bytes[place] == 0x0A || bytes[place] == 0x0D { place += 1 }
      while isPlain, let row = PlainRow(in: bytes, at: place, columns, &labels) {
        sources.append(NodeIndex(rawValue: row.from))
        targets.append(NodeIndex(rawValue: row.to))
        if columns.capacity != nil { capacities.append(row.capacity) }
        place = row.next
      }
      rows.offset = place
      guard rows.nextRow(&problems) else { break }
      guard rows.isWholeRow else { continue }
      // Whatever stands first is named first, as in a plain row.
      let first = site(columns.from < columns.to ? "from" : "to", of: rows, &labels, &problems)
      let second = site(columns.from < columns.to ? "to" : "from", of: rows, &labels, &problems)
      guard let first, let second else { continue }
      let (from, to) = columns.from < columns.to ? (first, second) : (second, first)
      sources.append(NodeIndex(rawValue: from))
      targets.append(NodeIndex(rawValue: to))
      if columns.capacity != nil { capacities.append(capacity(of: rows, &problems)) }
    }
    return EdgeList(
      siteIDs: labels.number(&sources, &targets), sources: sources, targets: targets,
      capacities: columns.capacity == nil ? nil : capacities)
  }

  private static func site(
    _ key: String, of row: CSVReader, _ labels: inout SiteLabels, _ problems: inout Problems
  ) -> UInt32? {
    guard let item = row.cell(key), let text = item.text else {
      problems.report(
        "missing-key", at: row.rowSpot, "the row has no '\(key)'",
        help: "fill it in, or remove the row")
      return nil
    }
    guard problems.checkID(text, at: item.spot) else { return nil }
    let bytes = Array(text.utf8)
    var place = 0
    return labels.label(in: bytes.span, at: &place)
  }

  /// The capacity of a row; 0, which nobody will see, if there is something wrong with it.
  private static func capacity(of row: CSVReader, _ problems: inout Problems) -> Double {
    guard let item = row.cell("capacity"), let text = item.text else {
      problems.report(
        "missing-key", at: row.rowSpot, "the row has no 'capacity'",
        help: "leave the column out if capacities are not known of all flows")
      return 0
    }
    guard let number = DecimalNumber(text) else {
      problems.report(
        "not-a-number", at: item.spot, "'\(text)' is not a number", help: DecimalNumber.help(for: text))
      return 0
    }
    guard number.value >= 0, number.value.isFinite else {
      problems.report(
        number.value < 0 ? "negative-number" : "out-of-range", at: item.spot,
        "'capacity' cannot be \(number.value < 0 ? "negative" : "so large")",
        help: NetworkBuilder.tooLargeHelp)
      return 0
    }
    return number.value
  }
}

/// Where the columns of an edge list stand, from 0.
private struct EdgeListColumns {
  let from: Int
  let to: Int
  let capacity: Int?

  /// Without `from` or `to` there is no list, so what is nil here is never looked for.
  init(from: Int?, to: Int?, capacity: Int?) {
    self.from = from ?? 0
    self.to = to ?? 1
    self.capacity = capacity
  }

  var count: Int { capacity == nil ? 2 : 3 }
}

/// A row of an edge list as nearly all are: no quotes, no blanks, nothing wrong.
private struct PlainRow {
  /// The labels of the two sites.
  var from: UInt32 = 0
  var to: UInt32 = 0
  var capacity = 0.0

  /// Where the next row starts.
  var next: Int

  /// Reads the row at `place`; nil if it is not plain.
  @inline(__always)
  init?(in bytes: Span<UInt8>, at place: Int, _ columns: EdgeListColumns, _ labels: inout SiteLabels) {
    next = place
    var column = 0
    while true {
      if column == columns.capacity {
        guard let decimal = Self.decimal(in: bytes, at: &next) else { return nil }
        capacity = decimal
      } else {
        guard let label = labels.label(in: bytes, at: &next) else { return nil }
        if column == columns.from { from = label } else { to = label }
      }
      column += 1
      if column == columns.count { break }
      guard next < bytes.count, bytes[next] == UInt8(ascii: ",") else { return nil }
      next += 1
    }
    guard next < bytes.count else { return }
    if bytes[next] == 0x0D {
      next += 1
      guard next < bytes.count else { return }
    } else if bytes[next] != 0x0A {
      return nil
    }
    if bytes[next] == 0x0A { next += 1 }
  }

  /// Reads a number of at most 15 digits, with or without a point among them; nil if there is something else.
  @inline(__always)
  private static func decimal(in bytes: Span<UInt8>, at place: inout Int) -> Double? {
    let start = place
    let whole = digits(in: bytes, at: &place)
    let point = place
    guard point > start, point - start <= 15 else { return nil }
    guard place < bytes.count, bytes[place] == UInt8(ascii: ".") else { return Double(whole) }
    place += 1
    let part = digits(in: bytes, at: &place)
    let partCount = place - point - 1
    guard partCount > 0, place - start <= 16 else { return nil }
    // At most 15 digits and 10¹⁴ are exact, so that the quotient is rounded once.
    let power = powersOfTen[partCount]
    return Double(whole &* power &+ part) / Double(power)
  }

  /// Reads digits; the number means nothing if there are more than 15.
  @inline(__always)
  private static func digits(in bytes: Span<UInt8>, at place: inout Int) -> UInt64 {
    var number: UInt64 = 0
    while place < bytes.count {
      let digit = bytes[place] &- 0x30
      guard digit < 10 else { break }
      number = number &* 10 &+ UInt64(digit)
      place += 1
    }
    return number
  }

  private static let powersOfTen: [UInt64] = (0...15).map { (0..<$0).reduce(1) { power, _ in power * 10 } }
}

/// The sites of an edge list while it is read.
///
/// A site whose id is a number has that number as its label; others are labelled from the top down, in the order of their
/// first mention. If there are no others and no number is left out, labels are nodes.
private struct SiteLabels {
  /// Numbers from here on are ids like any other, so that a table of all numbers takes no more than the file.
  private let numberLimit: UInt32

  /// The largest number that is a label.
  private var largestNumber: UInt32 = 0

  /// Names by their hash: the position in `ends` plus 1 in the lower half, bits of the hash in the upper.
  ///
  /// A power of two, at most half full.
  private var slots = ContiguousArray<UInt64>(repeating: 0, count: 1 << 12)

  /// The bytes of all names, and where each ends.
  private var bytes: ContiguousArray<UInt8> = []
  private var ends: ContiguousArray<UInt32> = []

  /// Nobody can write a file whose names fall on one slot, since nobody knows the key.
  private let key = UInt64.random(in: .min ... .max) | 1

  init(byteCount: Int) { numberLimit = UInt32(max(1 << 12, byteCount / 4)) }

  /// Reads an id; nil if none stands there.
  @inline(__always)
  mutating func label(in text: Span<UInt8>, at place: inout Int) -> UInt32? {
    let start = place
    var number: UInt32 = 0
    while place < text.count {
      let digit = text[place] &- 0x30
      guard digit < 10 else { break }
      number = number &* 10 &+ UInt32(digit)
      place += 1
    }
    let isNumber = place - start == 1 || place > start && place - start < 10 && text[start] != 0x30
    if isNumber, number < numberLimit, place == text.count || !Self.isIDByte(text[place]) {
      if number > largestNumber { largestNumber = number }
      return number
    }
    while place < text.count, Self.isIDByte(text[place]) { place += 1 }
    guard place > start, place - start <= 128 else { return nil }
    return name(text, start..<place)
  }

  @inline(__always)
  private static func isIDByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7A, 0x41...0x5A, 0x2D...0x3A, 0x5F, 0x2B: true
    default: false
    }
  }

  private mutating func name(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
    let hash = hash(text, range)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let name = UInt32(truncatingIfNeeded: slots[slot]) - 1
      if (slots[slot] ^ hash) >> 32 == 0, isName(name, text, range) { return .max - name }
      slot = (slot + 1) & (slots.count - 1)
    }
    for place in range { bytes.append(text[place]) }
    ends.append(UInt32(bytes.count))
    slots[slot] = hash & ~0xFFFF_FFFF | UInt64(ends.count)
    if 2 * ends.count > slots.count { grow() }
    return .max - UInt32(ends.count - 1)
  }

  private func range(of name: UInt32) -> Range<Int> {
    (name == 0 ? 0 : Int(ends[Int(name) - 1]))..<Int(ends[Int(name)])
  }

  private func isName(_ name: UInt32, _ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let own = self.range(of: name)
    guard own.count == range.count else { return false }
    for step in 0..<own.count where bytes[own.lowerBound + step] != text[range.lowerBound + step] {
      return false
    }
    return true
  }

  /// Eight bytes at a time, each mixed by one multiplication with the key.
  private func hash(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
    var state = key
    var word: UInt64 = 0
    var count = 0
    while count < range.count {
      word = word << 8 | UInt64(text[range.lowerBound + count])
      count += 1
      if count & 7 == 0 {
        state = mixed(state ^ word)
        word = 0
      }
    }
    return mixed(mixed(state ^ word) ^ UInt64(count))
  }

  private func mixed(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: key)
    return (product.high ^ product.low) &+ key
  }

  private mutating func grow() {
    slots = ContiguousArray(repeating: 0, count: 2 * slots.count)
    for name in 0..<UInt32(ends.count) {
      let hash = hash(bytes.span, range(of: name))
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = hash & ~0xFFFF_FFFF | UInt64(name + 1)
    }
  }

  /// Turns two columns of labels into columns of nodes, and gives the ids of the nodes.
  func number(
    _ sources: inout ContiguousArray<NodeIndex>, _ targets: inout ContiguousArray<NodeIndex>
  ) -> [String] {
    // One bit for each number, and how many numbers come before each word of bits.
    var words = ContiguousArray<UInt64>(repeating: 0, count: Int(min(largestNumber, numberLimit) >> 6) + 1)
    mark(sources.span, in: &words)
    mark(targets.span, in: &words)
    var firstNodes = ContiguousArray<UInt32>()
    var count: UInt32 = 0
    for word in words {
      firstNodes.append(count)
      count += UInt32(word.nonzeroBitCount)
    }
    if !ends.isEmpty || count <= largestNumber {
      for edge in sources.indices {
        sources[edge] = node(sources[edge], words.span, firstNodes.span, numberCount: count)
        targets[edge] = node(targets[edge], words.span, firstNodes.span, numberCount: count)
      }
    }

    var ids: [String] = []
    ids.reserveCapacity(Int(count) + ends.count)
    for (position, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        ids.append(String(64 * position + rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
    for name in 0..<UInt32(ends.count) { ids.append(String(decoding: bytes[range(of: name)], as: UTF8.self)) }
    return ids
  }

  private func mark(_ labels: Span<NodeIndex>, in words: inout ContiguousArray<UInt64>) {
    var word = words.mutableSpan
    var edge = 0
    while edge < labels.count {
      let label = labels[edge].rawValue
      if label < numberLimit { word[Int(label >> 6)] |= 1 << UInt64(label & 63) }
      edge += 1
    }
  }

  private func node(
    _ label: NodeIndex, _ words: Span<UInt64>, _ firstNodes: Span<UInt32>, numberCount: UInt32
  ) -> NodeIndex {
    let number = label.rawValue
    if number >= numberLimit { return NodeIndex(rawValue: numberCount + (.max - number)) }
    let below = words[Int(number >> 6)] & ((1 << UInt64(number & 63)) - 1)
    return NodeIndex(rawValue: firstNodes[Int(number >> 6)] + UInt32(below.nonzeroBitCount))
  }
}
