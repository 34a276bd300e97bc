/// Sets of small numbers that share what they have in common.
///
/// A set is an index. Equal sets have one index, so they compare at once, and sets that differ in one number share all
/// but O(log n) nodes: *n* nested sets, each with one number more than the one before, take O(n log n) together.
///
/// - Source: C. Okasaki, A. Gill, "Fast mergeable integer maps", 1998, with words of 64 numbers as leaves and every node
///   made once.
struct SharedSets {
  typealias Index = UInt32

  /// The set of no numbers.
  static let empty: Index = 0

  /// For each node its place in the order of all words and of the bounds between them.
  ///
  /// Word *w* stands at 2w + 1. A branch stands between the words on its left and on its right, and the lowest bit *l* of
  /// its place says how far it reaches: all that is below it lies less than *l* away.
  private var places: [UInt32] = [0]

  /// The 64 numbers of a word, one a bit; for a branch the left node in the upper half and the right one in the lower.
  private var contents: [UInt64] = [0]

  /// The nodes by the hash of place and content, 0 where there is none; a power of two, at most half full.
  private var table = [Index](repeating: 0, count: 1 << 10)

  private struct Known {
    var first: Index = 0
    var second: Index = 0
    var result: Index = 0
  }

  /// Results found lately; one that falls on the place of another takes it.
  private var unions = [Known](repeating: Known(), count: 1 << 14)
  private var intersections = [Known](repeating: Known(), count: 1 << 14)

  /// The nodes made so far, each of 12 bytes and 8 to 16 in the table.
  var nodeCount: Int { places.count }

  /// The set of `numbers`, which may repeat.
  mutating func set(of numbers: some Sequence<UInt32>) -> Index {
    numbers.reduce(Self.empty) { set, number in
      union(set, node(at: (number >> 6) << 1 | 1, 1 << UInt64(number & 63)))
    }
  }

  /// The numbers of a set, in rising order.
  func numbers(of set: Index) -> [UInt32] {
    var numbers: [UInt32] = []
    var path = set == Self.empty ? [] : [set]
    while let next = path.popLast() {
      let place = places[Int(next)]
      var content = contents[Int(next)]
      if place & 1 == 0 {
        path.append(Index(truncatingIfNeeded: content))
        path.append(Index(content >> 32))
        continue
      }
      while content != 0 {
        numbers.append((place >> 1) << 6 | UInt32(content.trailingZeroBitCount))
        content &= content - 1
      }
    }
    return numbers
  }

  /// For each number below `limit`, how many of `some` hold it; a set that is given twice counts twice.
  ///
  /// - Complexity: O(nodes), however large the sets are.
  func counts(in some: some Sequence<Index>, below limit: Int) -> [Int] {
    var holders = [Int](repeating: 0, count: places.count)
    for set in some { holders[Int(set)] += 1 }
    var counts = [Int](repeating: 0, count: limit)
    // A node is made after all that is below it.
    for node in places.indices.dropFirst().reversed() where holders[node] > 0 {
      if places[node] & 1 == 0 {
        holders[Int(left(Index(node)))] += holders[node]
        holders[Int(right(Index(node)))] += holders[node]
        continue
      }
      var content = contents[node]
      while content != 0 {
        let number = Int(places[node] >> 1) << 6 | content.trailingZeroBitCount
        if number < limit { counts[number] += holders[node] }
        content &= content - 1
      }
    }
    return counts
  }

  /// Whether a number is in a set.
  ///
  /// - Complexity: O(log n).
  func contains(_ number: UInt32, in set: Index) -> Bool {
    let wanted = (number >> 6) << 1 | 1
    var node = set
    while node != Self.empty {
      let place = places[Int(node)]
      if place & 1 == 1 { return place == wanted && contents[Int(node)] & (1 << UInt64(number & 63)) != 0 }
      node = wanted < place ? left(node) : right(node)
    }
    return false
  }

  /// The numbers that stand in either of two sets.
  ///
  /// - Complexity: O(nodes that the sets do not share); at most 32 calls deep.
  mutating func union(_ first: Index, _ second: Index) -> Index {
    if first == second || second == Self.empty { return first }
    if first == Self.empty { return second }
    let (a, b) = (min(first, second), max(first, second))
    let slot = Self.slot(a, b, of: unions.count)
    if unions[slot].first == a, unions[slot].second == b { return unions[slot].result }
    let (place, other) = (places[Int(a)], places[Int(b)])
    let result: Index
    switch Self.relation(place, other) {
    case .same where place & 1 == 1:
      result = node(at: place, contents[Int(a)] | contents[Int(b)])
    case .same:
      let (left, right) = (union(left(a), left(b)), union(right(a), right(b)))
      result = branch(at: place, left, right)
    case .holds:
      result = adding(b, at: other, to: a, at: place)
    case .isHeld:
      result = adding(a, at: place, to: b, at: other)
    case .apart:
      let top = UInt32(31 - (place ^ other).leadingZeroBitCount)
      let (low, high) = place < other ? (a, b) : (b, a)
      result = branch(at: (max(place, other) >> top) << top, low, high)
    }
    unions[slot] = Known(first: a, second: b, result: result)
    return result
  }

  /// The numbers that stand in both of two sets.
  ///
  /// - Complexity: O(nodes that the sets do not share); at most 32 calls deep.
  mutating func intersection(_ first: Index, _ second: Index) -> Index {
    if first == second { return first }
    if first == Self.empty || second == Self.empty { return Self.empty }
    let (a, b) = (min(first, second), max(first, second))
    let slot = Self.slot(a, b, of: intersections.count)
    if intersections[slot].first == a, intersections[slot].second == b { return intersections[slot].result }
    let (place, other) = (places[Int(a)], places[Int(b)])
    let result: Index
    switch Self.relation(place, other) {
    case .same where place & 1 == 1:
      let common = contents[Int(a)] & contents[Int(b)]
      result = common == 0 ? Self.empty : node(at: place, common)
    case .same:
      let (left, right) = (intersection(left(a), left(b)), intersection(right(a), right(b)))
      result = branch(at: place, left, right)
    case .holds: result = intersection(other < place ? left(a) : right(a), b)
    case .isHeld: result = intersection(a, place < other ? left(b) : right(b))
    case .apart: result = Self.empty
    }
    intersections[slot] = Known(first: a, second: b, result: result)
    return result
  }

  private func left(_ branch: Index) -> Index { Index(contents[Int(branch)] >> 32) }

  private func right(_ branch: Index) -> Index { Index(truncatingIfNeeded: contents[Int(branch)]) }

  private mutating func adding(_ set: Index, at other: UInt32, to holder: Index, at place: UInt32) -> Index {
    let (left, right) = (left(holder), right(holder))
    return other < place
      ? branch(at: place, union(left, set), right) : branch(at: place, left, union(right, set))
  }

  private enum Relation { case same, holds, isHeld, apart }

  private static func relation(_ place: UInt32, _ other: UInt32) -> Relation {
    if place == other { return .same }
    let difference = place ^ other
    let (reach, otherReach) = (place & (~place + 1), other & (~other + 1))
    if reach > otherReach, difference < 2 * reach { return .holds }
    if otherReach > reach, difference < 2 * otherReach { return .isHeld }
    return .apart
  }

  private mutating func branch(at place: UInt32, _ left: Index, _ right: Index) -> Index {
    if left == Self.empty { return right }
    if right == Self.empty { return left }
    return node(at: place, UInt64(left) << 32 | UInt64(right))
  }

  /// The one node with this place and content.
  private mutating func node(at place: UInt32, _ content: UInt64) -> Index {
    var slot = Self.hash(place, content) & (table.count - 1)
    while table[slot] != 0 {
      let node = table[slot]
      if places[Int(node)] == place, contents[Int(node)] == content { return node }
      slot = (slot + 1) & (table.count - 1)
    }
    let node = Index(places.count)
    places.append(place)
    contents.append(content)
    table[slot] = node
    if places.count * 2 > table.count { grow() }
    return node
  }

  private mutating func grow() {
    table = [Index](repeating: 0, count: table.count * 2)
    for node in 1..<places.count {
      var slot = Self.hash(places[node], contents[node]) & (table.count - 1)
      while table[slot] != 0 { slot = (slot + 1) & (table.count - 1) }
      table[slot] = Index(node)
    }
    // Few results are worth remembering for few sets.
    if unions.count < min(table.count, 1 << 18) {
      unions = [Known](repeating: Known(), count: unions.count * 2)
      intersections = [Known](repeating: Known(), count: intersections.count * 2)
    }
  }

  private static func hash(_ place: UInt32, _ content: UInt64) -> Int {
    let mixed = (content ^ UInt64(place) &* 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
    return Int(truncatingIfNeeded: (mixed ^ mixed >> 32) & 0xFFFF_FFFF)
  }

  private static func slot(_ a: Index, _ b: Index, of count: Int) -> Int {
    hash(a, UInt64(b) &* 0x94D0_49BB_1331_11EB) & (count - 1)
  }
}
