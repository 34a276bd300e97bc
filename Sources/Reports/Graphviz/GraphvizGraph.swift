/// A directed graph with all that Graphviz needs to draw it.
///
/// Nodes, edges and clusters keep the order in which they were added, and parallel edges and loops are kept.
/// Names in the picture's source are made up from that order, so nothing a user wrote is ever a name.
public struct GraphvizGraph: Sendable, Hashable {
  /// A node of the graph that returned this handle.
  public struct NodeID: Sendable, Hashable {
    /// The number of nodes that were added before.
    public let index: Int
  }

  /// A cluster of the graph that returned this handle.
  public struct ClusterID: Sendable, Hashable {
    /// The number of clusters that were added before.
    public let index: Int
  }

  struct Node: Sendable, Hashable {
    let attributes: GraphvizAttributes
    let cluster: ClusterID?
  }

  struct Edge: Sendable, Hashable {
    let tail: NodeID
    let head: NodeID
    let attributes: GraphvizAttributes
  }

  struct Cluster: Sendable, Hashable {
    let attributes: GraphvizAttributes
    let parent: ClusterID?
  }

  /// What the picture is called, for readers that cannot see it; not drawn.
  public var title: String

  /// What the picture shows, in a sentence or two, for readers that cannot see it; not drawn.
  public var summary: String

  /// Classes of the whole picture, for style sheets: constants of our own.
  public var rootClass = ""

  /// Attributes of the whole picture.
  ///
  /// Clusters inherit those that they do not set, except label, tooltip,
  /// class and id.
  public var attributes: GraphvizAttributes

  /// Attributes of every node that does not set them itself.
  ///
  /// Without a label here or there a node has an empty one.
  public var nodeDefaults: GraphvizAttributes

  /// Attributes of every edge that does not set them itself.
  public var edgeDefaults: GraphvizAttributes

  private(set) var nodes: [Node] = []
  private(set) var edges: [Edge] = []
  private(set) var clusters: [Cluster] = []
  private(set) var ranks: [[NodeID]] = []

  public init(
    title: String = "", summary: String = "", attributes: GraphvizAttributes = [:],
    nodeDefaults: GraphvizAttributes = [:], edgeDefaults: GraphvizAttributes = [:]
  ) {
    self.title = title
    self.summary = summary
    self.attributes = attributes
    self.nodeDefaults = nodeDefaults
    self.edgeDefaults = edgeDefaults
  }

  public var nodeCount: Int { nodes.count }
  public var edgeCount: Int { edges.count }
  public var clusterCount: Int { clusters.count }

  /// Adds a frame around nodes, within `parent` or in the open.
  ///
  /// - Precondition: `parent` is a cluster of this graph.
  public mutating func addCluster(
    _ attributes: GraphvizAttributes = [:], in parent: ClusterID? = nil
  ) -> ClusterID {
    precondition(parent.map { $0.index < clusters.count } ?? true, "no such cluster")
    clusters.append(Cluster(attributes: attributes, parent: parent))
    return ClusterID(index: clusters.count - 1)
  }

  /// Adds a node, within `cluster` or in the open.
  ///
  /// - Precondition: `cluster` is a cluster of this graph.
  public mutating func addNode(
    _ attributes: GraphvizAttributes = [:], in cluster: ClusterID? = nil
  ) -> NodeID {
    precondition(cluster.map { $0.index < clusters.count } ?? true, "no such cluster")
    nodes.append(Node(attributes: attributes, cluster: cluster))
    return NodeID(index: nodes.count - 1)
  }

  /// Adds an edge.
  ///
  /// - Precondition: Both ends are nodes of this graph.
  public mutating func addEdge(from tail: NodeID, to head: NodeID, _ attributes: GraphvizAttributes = [:]) {
    precondition(max(tail.index, head.index) < nodes.count, "no such node")
    edges.append(Edge(tail: tail, head: head, attributes: attributes))
  }

  /// Puts `nodes` on one rank: in one column when the picture grows to the right, else in one row.
  ///
  /// Nodes of different clusters can share a rank only under the attribute `newrank`.
  ///
  /// - Precondition: All are nodes of this graph.
  public mutating func addRank(of nodes: [NodeID]) {
    precondition(nodes.allSatisfy { $0.index < self.nodes.count }, "no such node")
    if !nodes.isEmpty { ranks.append(nodes) }
  }
}
