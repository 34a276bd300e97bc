import Foundation
import GraphCore
import Testing

/// The folder of published cases beside the package, which not every copy of the package has.
private let cases = URL(filePath: #filePath).appending(path: "../../../../shared/cases").standardized

private func caseData(_ name: String) throws -> Data { try Data(contentsOf: cases.appending(path: name)) }

private let areCasesThere = FileManager.default.fileExists(atPath: cases.path)

@Suite(.enabled(if: areCasesThere, "there is no folder ../shared/cases beside the package"))
struct PublishedCasesTests {
  @Test("dominators and post-dominators are those of the published cases")
  func dominators() throws {
    let file = try JSONDecoder().decode(DominatorFile.self, from: caseData("11_dominators.json"))
    #expect(!file.cases.isEmpty)
    for example in file.cases {
      let graph = NamedGraph(edges: example.edges.map { ($0[0].text, $0[1].text) })
      let tree = graph.graph.dominators(from: [try graph.node(example.root.text)])
      try expect(tree, of: graph, example.idom, root: example.root.text, "\(example.name)")
      guard let post = example.post else { continue }
      let postTree = graph.graph.postDominators(to: [try graph.node(post.root.text)])
      try expect(postTree, of: graph, post.idom, root: post.root.text, "\(example.name), backwards")
    }
  }

  @Test("maximum flows and their cuts are those of the published cases")
  func maximumFlows() throws {
    let file = try JSONDecoder().decode(FlowFile.self, from: caseData("12_maxflow_mincut.json"))
    #expect(!file.cases.isEmpty)
    for example in file.cases {
      let graph = NamedGraph(edges: example.edges.map { ($0.source, $0.target) })
      let capacities = example.edges.map { $0.capacity ?? .infinity }
      let found = try graph.graph.maximumFlow(
        from: graph.node(example.source_node), to: graph.node(example.sink), capacities: capacities.span)
      #expect(found.value == example.maxflow, "\(example.name)")
      let cut = found.cutEdges.map { [example.edges[$0.position].source, example.edges[$0.position].target] }
      #expect(Set(cut) == Set(example.mincut_edges_one_solution), "\(example.name)")
    }
  }

  @Test("the node cut and the edge cuts are those of Brandes and Erlebach")
  func nodeCuts() throws {
    let file = try JSONDecoder().decode(NodeCutFile.self, from: caseData("14_node_cuts_and_reliability.json"))
    let example = file.brandes_erlebach
    let oneWay = example.undirected_edges.map { (String($0[0]), String($0[1])) }
    let graph = NamedGraph(edges: oneWay + oneWay.map { ($0.1, $0.0) })
    let source = try graph.node(String(example.s))
    let sink = try graph.node(String(example.t))
    let cut = try #require(graph.graph.minimumNodeCut(from: source, to: sink))
    #expect(Set(cut) == Set(try example.min_node_cut.map { try graph.node(String($0)) }))
    let ones = [Double](repeating: 1, count: graph.graph.edgeCount)
    let flow = try graph.graph.maximumFlow(from: source, to: sink, capacities: ones.span)
    #expect(flow.cutEdges.count == example.min_edge_cut_size)
    let others = graph.graph.nodes.filter { $0 != source }
    let least = try others.map {
      try graph.graph.maximumFlow(from: source, to: $0, capacities: ones.span).value
    }.min()
    #expect(least == Double(example.global_min_edge_cut_size))
  }

  private func expect(
    _ tree: DominatorTree, of graph: NamedGraph, _ expected: [String: Name], root: String, _ comment: Comment
  ) throws {
    for (name, number) in graph.numbers.sorted(by: { $0.key < $1.key }) {
      let found = tree.immediateDominator(of: NodeIndex(number)).map { graph.names[$0.position] }
      #expect(found == expected[name]?.text, "\(comment), node \(name)")
      #expect(name != root || found == nil)
    }
  }
}

/// A graph whose nodes are numbered as their names first come up.
private struct NamedGraph {
  let graph: DirectedGraph
  let names: [String]
  let numbers: [String: Int]

  init(edges: [(String, String)]) {
    var names: [String] = []
    var numbers: [String: Int] = [:]
    for name in edges.flatMap({ [$0.0, $0.1] }) where numbers[name] == nil {
      numbers[name] = names.count
      names.append(name)
    }
    graph = DirectedGraph(
      nodeCount: names.count, edges: edges.map { (numbers[$0.0] ?? -1, numbers[$0.1] ?? -1) })
    self.names = names
    self.numbers = numbers
  }

  func node(_ name: String) throws -> NodeIndex { NodeIndex(try #require(numbers[name])) }
}

/// The name of a node, which the files write as a string or as a number.
private struct Name: Decodable {
  let text: String

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int.self) {
      text = String(number)
    } else {
      text = try container.decode(String.self)
    }
  }
}

private struct DominatorFile: Decodable {
  struct Post: Decodable {
    let root: Name
    let idom: [String: Name]
  }

  struct Example: Decodable {
    let name: String
    let edges: [[Name]]
    let root: Name
    let idom: [String: Name]
    let post: Post?
  }

  let cases: [Example]
}

private struct FlowFile: Decodable {
  struct Edge: Decodable {
    let source: String
    let target: String
    let capacity: Double?

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      source = try container.decode(String.self)
      target = try container.decode(String.self)
      capacity = try container.decodeIfPresent(Double.self)
    }
  }

  struct Example: Decodable {
    let name: String
    let edges: [Edge]
    let source_node: String
    let sink: String
    let maxflow: Double
    let mincut_edges_one_solution: [[String]]
  }

  let cases: [Example]
}

private struct NodeCutFile: Decodable {
  struct Example: Decodable {
    let undirected_edges: [[Int]]
    let s: Int
    let t: Int
    let min_node_cut: [Int]
    let min_edge_cut_size: Int
    let global_min_edge_cut_size: Int
  }

  let brandes_erlebach: Example
}
