/// An edge of a ``DirectedGraph``: its number, from 0, in the order in which the edges were given.
///
/// Columns that describe edges, such as capacities, are in this order. It is not the order of
/// ``DirectedGraph/targets``, which groups the edges by source.
@frozen
public struct EdgeIndex: Sendable, Hashable, Comparable {
  public let rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Creates an index from a position.
  ///
  /// - Precondition: `position` is not negative and fits 32 bits.
  @inlinable
  public init(_ position: Int) { rawValue = UInt32(position) }

  @inlinable
  public var position: Int { Int(rawValue) }

  @inlinable
  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}
