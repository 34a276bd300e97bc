import FileFormats
import Foundation
import GraphCore
import RiskAnalysis

/// Runs each operation on one network and prints a line for each: its name, user CPU seconds, and a number that every tool
/// with the same answer has.
@main
struct GraphBenchmarks {
  static func main() throws {
    guard (3...4).contains(CommandLine.arguments.count) else {
      complain("usage: GraphBenchmarks EDGES.csv SITES.csv [OPERATION]")
      exit(64)
    }
    let edgePath = CommandLine.arguments[1]
    let (list, graph) = try measure("read") {
      let reading = EdgeListFile.read(try bytes(of: edgePath), named: edgePath)
      for diagnostic in reading.diagnostics { complain("\(diagnostic)") }
      guard let list = reading.edgeList else { exit(65) }
      return (list, list.graph())
    } check: {
      "\($0.1.nodeCount)/\($0.1.edgeCount)"
    }
    let sites = try SiteColumns(of: list, from: bytes(of: CommandLine.arguments[2]))
    let roots = nodesWithoutEntry(graph)

    try measureIfWanted("breadth-first search") {
      graph.breadthFirstTree(from: roots)
    } check: { tree in
      "\(graph.nodes.count { tree.distance(to: $0) != nil })"
    }
    try measureIfWanted("strong components") {
      graph.stronglyConnectedComponents()
    } check: {
      "\($0.count)"
    }
    try measureIfWanted("articulation points") {
      graph.articulationPointsAndBridges()
    } check: {
      "\($0.articulationPoints.count)"
    }
    try measureIfWanted("dominators") {
      graph.dominators(from: roots)
    } check: {
      "\(depths($0).reduce(0, +))"
    }
    let operators = FlowRisks.Grouping(names: sites.names, groupOfSite: sites.operators)
    let countries = FlowRisks.Grouping(names: sites.names, groupOfSite: sites.countries)
    try measureIfWanted("single points") {
      FlowRisks(of: graph, groupings: [operators, countries])
    } check: { risks in
      let groups = risks.groups.map { "\($0.dominators.counts().reduce(0, +))" }.joined(separator: "/")
      return "\(depths(risks.dominators).reduce(0, +))/\(groups)"
    }
    if let capacities = list.capacities {
      try measureMaximumFlow(list, capacities: capacities, sites)
    }
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    print("peak MiB\t\(usage.ru_maxrss / 1024)\t")
  }

  /// From a node before all sources to a node behind all ends, each of which takes part with its own capacity.
  static func measureMaximumFlow(
    _ list: EdgeList, capacities: ContiguousArray<Double>, _ sites: SiteColumns
  ) throws {
    let count = list.siteIDs.count
    var hasEntry = [Bool](repeating: false, count: count)
    var hasExit = hasEntry
    for source in list.sources { hasExit[source.position] = true }
    for target in list.targets { hasEntry[target.position] = true }
    var sources = list.sources
    var targets = list.targets
    var capacities = capacities
    for site in 0..<count where !hasEntry[site] {
      sources.append(NodeIndex(count))
      targets.append(NodeIndex(site))
      capacities.append(sites.capacities[site])
    }
    for site in 0..<count where !hasExit[site] {
      sources.append(NodeIndex(site))
      targets.append(NodeIndex(count + 1))
      capacities.append(sites.capacities[site])
    }
    let graph = DirectedGraph(nodeCount: count + 2, sources: sources.span, targets: targets.span)
    try measureIfWanted("maximum flow") {
      try graph.maximumFlow(
        from: NodeIndex(count), to: NodeIndex(count + 1), capacities: capacities.span)
    } check: {
      "\(Int($0.value))"
    }
  }

  static func measure<Result>(
    _ name: String, _ body: () throws -> Result, check: (Result) -> String
  ) throws -> Result {
    let start = userSeconds()
    let result = try body()
    let seconds = userSeconds() - start
    print("\(name)\t\(seconds)\t\(check(result))")
    return result
  }

  static func measureIfWanted<Result>(
    _ name: String, _ body: () throws -> Result, check: (Result) -> String
  ) throws {
    if CommandLine.arguments.count == 4, CommandLine.arguments[3] != name { return }
    _ = try measure(name, body, check: check)
  }

  static func userSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
  }

  static func bytes(of path: String) throws -> [UInt8] {
    let file = try FileHandle(forReadingFrom: URL(filePath: path))
    let size = Int(try file.seekToEnd())
    try file.seek(toOffset: 0)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let length = read(file.fileDescriptor, buffer.baseAddress! + count, size - count)
        if length <= 0 { break }
        count += length
      }
    }
  }

  static func nodesWithoutEntry(_ graph: DirectedGraph) -> NodeSet {
    var roots = NodeSet(nodeCount: graph.nodeCount, graph.nodes)
    for target in graph.targets { roots.remove(target) }
    return roots
  }

  /// For each node that a root leads to the number of nodes that dominate it, itself included.
  static func depths(_ tree: DominatorTree) -> [Int] {
    var depths = [Int](repeating: 0, count: tree.order.count)
    for node in tree.order {
      if node.position >= depths.count {
        depths.append(contentsOf: repeatElement(0, count: node.position + 1 - depths.count))
      }
      depths[node.position] = 1 + (tree.immediateDominator(of: node).map { depths[$0.position] } ?? 0)
    }
    return depths
  }
}

/// What the file beside an edge list says of its sites: `id,country,operator,capacity`.
struct SiteColumns {
  private(set) var countries: ContiguousArray<UInt32>
  private(set) var operators: ContiguousArray<UInt32>
  private(set) var capacities: [Double]
  private(set) var names: [String] = []

  init(of list: EdgeList, from bytes: [UInt8]) {
    let count = list.siteIDs.count
    countries = ContiguousArray(repeating: GroupDominators.noGroup, count: count)
    operators = countries
    capacities = Array(repeating: 0, count: count)
    let position = Dictionary(uniqueKeysWithValues: zip(list.siteIDs, 0..<count))
    var numbers: [String: UInt32] = [:]
    for line in bytes.split(separator: 0x0A).dropFirst() {
      let cells = line.split(separator: 0x2C).map { String(decoding: $0, as: UTF8.self) }
      guard cells.count == 4, let site = position[cells[0]] else { continue }
      func number(_ name: String) -> UInt32 {
        if let known = numbers[name] { return known }
        numbers[name] = UInt32(numbers.count)
        names.append(name)
        return UInt32(numbers.count - 1)
      }
      countries[site] = number(cells[1])
      operators[site] = number(cells[2])
      capacities[site] = Double(cells[3]) ?? 0
    }
  }
}

/// Says something on standard error, on a line of its own.
func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
