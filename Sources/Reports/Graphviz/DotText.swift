/// Returns `graph` in the DOT language, ready for `dot`.
///
/// Nodes are called `n0`, `n1` and so on in the order in which they were added, clusters `cluster_0` and so
/// on. All values are quoted, and text is escaped for each place in which Graphviz would interpret it.
///
/// - Complexity: O(*n*) in the length of the result.
public func dotText(of graph: GraphvizGraph) -> String {
  var writer = DotWriter()
  writer.write(graph)
  return writer.output
}

private struct DotWriter {
  private(set) var output = ""

  mutating func write(_ graph: GraphvizGraph) {
    output += "digraph \"G\" {\n"
    writeStatement("graph", graph.attributes, indentation: "  ")
    // Graphviz would show the name of a node without a label.
    var nodeDefaults: GraphvizAttributes = [.label: .text("")]
    nodeDefaults.merge(graph.nodeDefaults)
    writeStatement("node", nodeDefaults, indentation: "  ")
    writeStatement("edge", graph.edgeDefaults, indentation: "  ")
    // Nodes come first, because dot starts from the order in which it meets them.
    for (index, node) in graph.nodes.enumerated() {
      output += "  n\(index)"
      writeList(node.attributes)
      output += "\n"
    }
    let contents = Contents(of: graph)
    writeClusters(of: graph, contents)
    writeRanks(contents.openRanks, indentation: "  ")
    for edge in graph.edges {
      output += "  n\(edge.tail.index) -> n\(edge.head.index)"
      writeList(edge.attributes)
      output += "\n"
    }
    output += "}\n"
  }

  private mutating func writeClusters(of graph: GraphvizGraph, _ contents: Contents) {
    // A cluster waits twice: to be opened, and to be closed once its children are done.
    enum Step { case open(Int, depth: Int), close(depth: Int) }
    var steps = contents.outermost.reversed().map { Step.open($0, depth: 1) }
    while let step = steps.popLast() {
      switch step {
      case .close(let depth):
        output += String(repeating: "  ", count: depth) + "}\n"
      case .open(let cluster, let depth):
        let indentation = String(repeating: "  ", count: depth + 1)
        output += String(repeating: "  ", count: depth) + "subgraph cluster_\(cluster) {\n"
        var attributes: GraphvizAttributes = [:]
        for name in Self.notInherited where graph.attributes[name] != nil { attributes[name] = .text("") }
        attributes.merge(graph.clusters[cluster].attributes)
        writeStatement("graph", attributes, indentation: indentation)
        for node in contents.nodes[cluster] { output += "\(indentation)n\(node)\n" }
        writeRanks(contents.ranks[cluster], indentation: indentation)
        steps.append(.close(depth: depth))
        steps += contents.children[cluster].reversed().map { .open($0, depth: depth + 1) }
      }
    }
  }

  private static let notInherited: [GraphvizAttributes.Name] = [.label, .tooltip, .class, .id]

  private mutating func writeRanks(_ ranks: [[GraphvizGraph.NodeID]], indentation: String) {
    for rank in ranks {
      output += "\(indentation){ rank=\"same\""
      for node in rank { output += "; n\(node.index)" }
      output += " }\n"
    }
  }

  private mutating func writeStatement(_ word: String, _ attributes: GraphvizAttributes, indentation: String)
  {
    guard !attributes.entries.isEmpty else { return }
    output += indentation + word
    writeList(attributes)
    output += "\n"
  }

  private mutating func writeList(_ attributes: GraphvizAttributes) {
    guard !attributes.entries.isEmpty else { return }
    var separator = " ["
    for entry in attributes.entries {
      output += separator + entry.name.rawValue + "="
      write(entry.value, of: entry.name)
      separator = ", "
    }
    output += "]"
  }

  private mutating func write(_ value: GraphvizAttributes.Value, of name: GraphvizAttributes.Name) {
    switch value {
    case .text(let text):
      output += "\""
      let backslash = name.isTooltip ? #"\\\\"# : #"\\"#
      appendEscaped(text, lineBreak: #"\n"#, backslash: backslash, to: &output)
      output += "\""
    case .token(let token):
      output += "\""
      appendToken(token, to: &output)
      output += "\""
    case .html(let label):
      output += "<\(label.markup)>"
    }
  }
}

/// What stands in each cluster, and what stands in none.
private struct Contents {
  var outermost: [Int] = []
  var children: [[Int]]
  var nodes: [[Int]]
  var ranks: [[[GraphvizGraph.NodeID]]]
  var openRanks: [[GraphvizGraph.NodeID]] = []

  init(of graph: GraphvizGraph) {
    children = Array(repeating: [], count: graph.clusters.count)
    nodes = Array(repeating: [], count: graph.clusters.count)
    ranks = Array(repeating: [], count: graph.clusters.count)
    for (index, cluster) in graph.clusters.enumerated() {
      if let parent = cluster.parent {
        children[parent.index].append(index)
      } else {
        outermost.append(index)
      }
    }
    for (index, node) in graph.nodes.enumerated() {
      if let cluster = node.cluster { nodes[cluster.index].append(index) }
    }
    for rank in graph.ranks {
      // A rank that is named outside the cluster of its nodes would pull them out of it.
      let home = rank.first.flatMap { graph.nodes[$0.index].cluster }
      if let home, rank.allSatisfy({ graph.nodes[$0.index].cluster == home }) {
        ranks[home.index].append(rank)
      } else {
        openRanks.append(rank)
      }
    }
  }
}
