/// Where Graphviz puts the nodes of a graph.
///
/// Lengths are in points. The origin is the upper left corner of the drawing without its margin; y grows
/// downwards.
public struct GraphvizLayout: Sendable, Hashable {
  /// The place of a node: its centre and its extent.
  public struct Box: Sendable, Hashable {
    public let x: Double
    public let y: Double
    public let width: Double
    public let height: Double
  }

  public let width: Double
  public let height: Double

  /// One box a node, in the order in which the nodes were added.
  public let nodes: [Box]
}
