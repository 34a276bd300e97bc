import Chokepoint
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Pictures of the shipped networks.
struct DrawTests {
  static let names = ["tutorial", "gallium-germanium", "rare-earth-magnets"]

  static func network(_ name: String) throws -> SupplyNetwork {
    let folder = BuiltCommand.packageRoot.appending(path: "Graphs/\(name)")
    func bytes(_ file: String) throws -> [UInt8] {
      [UInt8](try Data(contentsOf: folder.appending(path: file)))
    }
    let reading = NetworkFile.read(manifest: try bytes("network.yaml"), named: "network.yaml") { table in
      (try? bytes(table)).map { .success($0) } ?? .failure(.missing)
    }
    return try #require(reading.network)
  }

  /// A request that a kind can answer.
  static func request(
    _ kind: NetworkDiagram.Kind, _ theme: DiagramTheme, of network: SupplyNetwork
  ) throws -> NetworkDiagram.Request {
    var request = NetworkDiagram.Request(kind, theme: theme)
    let graph = ProductionGraph(network)
    switch kind {
    case .beforeAfter, .spread: request.scenario = .exportBan(try #require(Country(code: "CN")))
    case .tree: request.scope = graph.suppliers(of: try #require(graph.network.demand.keys.first))
    case .cutSet: request.failing = [.country(try #require(Country(code: "CN")))]
    case .singlePoints: request.showsWitness = true
    case .network, .operators: break
    }
    return request
  }

  @Test("every kind in every theme gives the same bytes twice, in every format", arguments: names)
  func sameBytes(name: String) throws {
    let network = try Self.network(name)
    for kind in NetworkDiagram.Kind.allCases {
      for theme in DiagramTheme.all {
        // Bitmaps and PDF take longest and share everything with the SVG but the last step.
        let formats: [PictureFormat] = theme == .light ? [.svg, .png(dotsPerInch: 36), .pdf] : [.svg]
        let request = try Self.request(kind, theme, of: network)
        let graph = NetworkDiagram.graph(of: network, as: request)
        let again = NetworkDiagram.graph(of: network, as: request)
        #expect(dotText(of: graph) == dotText(of: again))
        #expect(
          NetworkDiagram.mermaid(of: network, as: request) == NetworkDiagram.mermaid(of: network, as: request)
        )
        let first = try GraphvizRenderer.render(graph, formats: formats)
        // What differs between themes is in the source, which was compared.
        let second = theme == .light ? try GraphvizRenderer.render(again, formats: formats) : []
        for (a, b) in zip(first, second) { #expect(a.bytes == b.bytes, "\(kind) \(theme.name) \(a.format)") }
        let svg = String(decoding: first[0].bytes, as: UTF8.self)
        #expect(svg.contains("theme-\(theme.name) kind-\(kind.rawValue)"))
        #expect(XMLParser(data: Data(first[0].bytes)).parse())
      }
    }
  }

  /// Where an SVG has its boxes: the frame of the picture, and left, top, right and lower edge of each box.
  private struct Places {
    var frame: [String]
    var edges: [[Double]]
    var isDouble: [Bool]

    init(_ graph: GraphvizGraph) throws {
      let bytes = try GraphvizRenderer.render(graph, formats: [.svg])[0].bytes
      let svg = String(decoding: bytes, as: UTF8.self)
      frame = [/viewBox="[^"]*"/, /transform="[^"]*"/].compactMap {
        svg.firstMatch(of: $0).map { String($0.0) }
      }
      let boxes = svg.components(separatedBy: "<g id=\"node").dropFirst().filter {
        $0.contains("class=\"node site")
      }
      isDouble = boxes.map { $0.contains("single-point") }
      edges = boxes.map { box in
        // Of two borders the outer one, which comes second, is where a single one is.
        let borders = box.matches(of: /\b(?:points|d)="([^"]*)"/).prefix(box.contains("single-point") ? 2 : 1)
        let points = (borders.last?.1 ?? "").matches(of: /(-?[0-9.]+),(-?[0-9.]+)/)
        let (x, y) = (points.compactMap { Double($0.1) }, points.compactMap { Double($0.2) })
        return [x.min(), y.min(), x.max(), y.max()].compactMap { $0 }
      }
    }

    /// Whether every box is where `other` has it.
    ///
    /// Of a double border Graphviz rounds the size, so there half a point is allowed; it moves no other box.
    func fit(_ other: Places) -> Bool {
      guard frame == other.frame, edges.map(\.count) == other.edges.map(\.count) else { return false }
      return edges.indices.allSatisfy { box in
        let allowed = isDouble[box] != other.isDouble[box] ? 0.5 : 0
        return zip(edges[box], other.edges[box]).allSatisfy { abs($0 - $1) <= allowed }
      }
    }
  }

  @Test("boxes are at the same coordinates in the baseline and in every scenario", arguments: names)
  func samePlaces(name: String) throws {
    let network = try Self.network(name)
    let baseline = try Places(NetworkDiagram.graph(of: network))
    #expect(baseline.edges.count > 8 && baseline.edges.allSatisfy { $0.count == 4 })
    let folder = BuiltCommand.packageRoot.appending(path: "Graphs/\(name)/scenarios")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(!files.isEmpty)
    for file in files {
      let reading = ScenarioFile.read(
        [UInt8](try Data(contentsOf: folder.appending(path: file))), named: file, of: network)
      let scenario = try #require(reading.scenario)
      let inForce = ScenarioInForce(scenario, of: network, on: scenario.asOf ?? CalendarDate("2025-12-01"))
      let graph = NetworkDiagram.graph(
        of: network, in: .init(title: scenario.title, disruption: inForce.disruption))
      #expect(try Places(graph).fit(baseline), "\(file)")
    }
    for code in ["CN", "US", "JP", "BR"] {
      let ban = NetworkDiagram.Scenario.exportBan(try #require(Country(code: code)))
      #expect(try Places(NetworkDiagram.graph(of: network, in: ban, theme: .dark)).fit(baseline), "\(code)")
    }
  }

  @Test("the panels of before and after have their boxes in one order", arguments: names)
  func panels(name: String) throws {
    let network = try Self.network(name)
    let graph = NetworkDiagram.graph(of: network, as: try Self.request(.beforeAfter, .light, of: network))
    let layout = try GraphvizRenderer.layout(graph)
    let ranks = dotText(of: graph).matches(of: /rank="same"([^}]*)\}/).map { rank in
      rank.1.matches(of: /n(\d+)/).compactMap { Int($0.1) }
    }
    #expect(!ranks.isEmpty)
    for rank in ranks {
      let heights = rank.map { layout.nodes[$0].y }
      #expect(heights == heights.sorted())
    }
  }

  @Test(
    "what an id, a word or a condition does not mean exits with 2 and offers what was meant",
    arguments: [
      (["--focus", "east-plnt"], "did you mean 'east-plant'?"),
      (["--reaches", "east-plent"], "'east-plant'?"),
      (["--product", "motors-ue"], "did you mean 'motors-eu'?"),
      (["--cutset", "east-plant,wst-plant"], "did you mean 'west-plant'?"),
      (["--cutset", "country:CM"], "did you mean 'CN'?"), (["--cutset", "contry:CN"], "no site has the id"),
      (["--kind", "spraed", "--ban", "CN"], "did you mean 'spread'?"), (["--theme", "drak"], "'dark'?"),
      (["--collapse", "countri"], "did you mean 'country'?"),
      (["--highlight", "site.contry == 'CN'"], "--highlight:1:6"),
      (["--hide", "site.contry == 'CN'"], "did you mean 'country'?"),
      (["--hide", "1 / 0 == site.id.size()"], "--hide:1:"),
      (["--kind", "spread"], "needs something that happens"),
      (["--kind", "tree"], "name it with --product"), (["--kind", "cut-set"], "--cutset"),
      (["--depth", "1"], "name it with --focus"), (["--focus", "east-plant", "--depth", "-1"], "--depth"),
      (["--per-stage", "0"], "from 1 to 600"), (["--rules", "Rules"], "add it, or leave the rules out"),
      (["--findings"], "name rules with --rules"),
      (["--findings", "--rules", "Grahps"], "cannot read the rules"),
      (["--highlight", "!banned.canMake(site)"], "--highlight:1:2"),
    ])
  func wrongRequests(arguments: [String], message: String) throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "x.svg").path
    let result = try BuiltCommand.run(["draw", "Graphs/tutorial", "-o", file] + arguments)
    #expect(result.status == 2)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test(
    "what can be asked for is drawn, and the picture says what part it is",
    arguments: [
      (["--focus", "east-plant", "--depth", "1"], "at most 1 step from East Plant"),
      (["--reaches", "rhine-magnets"], "what reaches Rhine Magnets"),
      (["--product", "motors-eu"], "what Motors for the EU hangs on"),
      (["--hide", "site.country == 'CN'"], "without site.country"),
      (["--kind", "tree", "--product", "motors-us"], "All that Motors for the US hangs on"),
      (["--kind", "cut-set", "--product", "motors-eu"], "fail together: East Plant"),
      (["--cutset", "country:CN"], "fails"), (["--witness"], "the way from a single point"),
      (["--highlight", "site.country == 'CN'"], "not what is highlighted"),
      (["--collapse", "stage"], "2 sites"),
      (["--kind", "operators"], "Orient Group"),
      (["--kind", "spread", "-s", "orient-ban"], "reached at step 1"),
      (["--findings", "--rules", "Rules"], "high: One site stands between a product and a stop"),
      (
        ["--findings", "--rules", "Rules", "-s", "orient-ban"],
        "A product loses more than a limit under the scenario"
      ),
      (["-s", "orient-ban", "--hide", "!banned.canMake(site)"], "without !banned"),
    ])
  func requests(arguments: [String], words: String) throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for kind in ["svg", "mmd"] {
      let file = folder.appending(path: "x.\(kind)")
      let result = try BuiltCommand.run(["draw", "Graphs/tutorial", "-o", file.path] + arguments)
      #expect(result.status == 0, "\(result.errors)")
      let text = try String(contentsOf: file, encoding: .utf8)
      if kind == "svg" { #expect(text.contains(words), "\(arguments)") }
    }
  }

  @Test("a rule that fails is told, exits with 3, and the picture is written and says so")
  func failingRule() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try """
    format: 1
    id: broken
    version: 1
    title: Divides by nothing
    severity: high
    why: It shows what a failure does.
    for:
      - { each: s, in: network.sites() }
    when: 1 / (s.id.size() - s.id.size()) > 0
    message: never
    examples: []

    """.write(to: folder.appending(path: "broken.yaml"), atomically: true, encoding: .utf8)
    let file = folder.appending(path: "x.svg")
    let rules = ["Rules/chokepoints/single-site.yaml", folder.appending(path: "broken.yaml").path]
    let result = try BuiltCommand.run(
      ["draw", "Graphs/tutorial", "--findings", "-o", file.path] + rules.flatMap { ["--rules", $0] })
    #expect(result.status == 3)
    #expect(result.errors.contains("broken"), "\(result.errors)")
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text.contains("incomplete, since a rule could not be run"))
    #expect(text.contains("One site stands between a product and a stop"))
  }
}
