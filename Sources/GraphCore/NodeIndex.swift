/// A node of a ``DirectedGraph``: its position in `0 ..< graph.nodeCount`.
@frozen
public struct NodeIndex: Sendable, Hashable, Comparable {
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

extension UInt32 {
  /// The mark for "no node" or "no edge" in arrays that would double in size with optionals.
  ///
  /// No index has this value, because a graph has fewer than 2³¹ nodes and edges.
  static var none: UInt32 { .max }
}
