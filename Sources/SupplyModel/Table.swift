/// The position of a row in a ``Table``; it cannot be mixed up with a position in another table.
public struct Key<Row>: Sendable, Hashable, Comparable {
  @usableFromInline let rawValue: UInt32

  /// - Precondition: `position` is not negative and fits 32 bits.
  @inlinable public init(_ position: Int) { rawValue = UInt32(position) }

  @inlinable public var position: Int { Int(rawValue) }

  @inlinable public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// A row with an id that stays the same when names and figures change.
public protocol Identified: Sendable, Hashable {
  var id: String { get }
}

/// Rows in the order in which they were given, found by key in O(1) and by id in O(1) expected.
///
/// Ids are unique within a table.
public struct Table<Row: Identified>: Sendable, Hashable {
  public let rows: [Row]
  private let positions: [String: UInt32]

  /// - Precondition: no two rows share an id.
  public init(_ rows: [Row] = []) {
    self.rows = rows
    var positions: [String: UInt32] = [:]
    positions.reserveCapacity(rows.count)
    for (position, row) in rows.enumerated() {
      let earlier = positions.updateValue(UInt32(position), forKey: row.id)
      precondition(earlier == nil, "two rows with the id '\(row.id)'")
    }
    self.positions = positions
  }

  public var count: Int { rows.count }
  public var isEmpty: Bool { rows.isEmpty }

  /// The keys of all rows, in order.
  public var keys: some RandomAccessCollection<Key<Row>> { (0..<rows.count).lazy.map { Key<Row>($0) } }

  public subscript(key: Key<Row>) -> Row { rows[key.position] }

  /// The key of the row with this id, or nil if there is none.
  public func key(of id: String) -> Key<Row>? { positions[id].map { Key(Int($0)) } }

  public static func == (lhs: Self, rhs: Self) -> Bool { lhs.rows == rhs.rows }
  public func hash(into hasher: inout Hasher) { hasher.combine(rows) }
}
