import Foundation
import GraphvizRendering
import Reports
import Testing

@Suite("Pictures by Graphviz")
struct GraphvizRendererTests {
  private static let formats: [PictureFormat] = [.svg, .inlineSVG(idPrefix: "a-"), .png(), .pdf]

  /// A staged network with clusters, ranks, tables and parallel edges.
  private static func sample(_ count: Int = 60, stages: Int = 5) -> GraphvizGraph {
    var graph = GraphvizGraph(
      title: "Sample <1>", summary: "Nodes & edges",
      attributes: [.rankdir: "LR", .newrank: "true", .label: .text("Sample"), .bgcolor: "transparent"],
      nodeDefaults: [.shape: "box", .fontname: "Arial,Liberation Sans,Helvetica,sans-serif"])
    graph.rootClass = "sample-picture"
    let clusters = (0..<stages).map { graph.addCluster([.label: .text("Stage \($0)")]) }
    let nodes = (0..<count).map { index in
      let label: GraphvizAttributes.Value =
        index % 3 == 0
        ? .html(.table(.init(rows: [[.init(.text([.bold([.text("Site \(index)")])])), .init()]])))
        : .text("Site \(index)")
      return graph.addNode([.label: label, .tooltip: .text("tip \(index)")], in: clusters[index % stages])
    }
    for index in nodes.indices.dropFirst() {
      graph.addEdge(from: nodes[index / 2], to: nodes[index], [.penwidth: .number(Double(index) / 10)])
      if index % 7 == 0 { graph.addEdge(from: nodes[index / 2], to: nodes[index], [.style: "dashed"]) }
    }
    return graph
  }

  private static func svg(_ graph: GraphvizGraph) throws -> SVGDocument {
    let picture = try #require(try GraphvizRenderer.render(graph, formats: [.svg]).first)
    return try SVGDocument(picture.bytes)
  }

  // MARK: Same input, same bytes

  @Test("every format is the same over four renderings", arguments: formats)
  func repeated(format: PictureFormat) throws {
    let first = try GraphvizRenderer.render(Self.sample(), formats: [format])[0].bytes
    #expect(!first.isEmpty)
    for _ in 0..<3 {
      #expect(try GraphvizRenderer.render(Self.sample(), formats: [format])[0].bytes == first)
    }
  }

  @Test("every engine gives the same picture twice", arguments: GraphvizEngine.allCases)
  func engines(engine: GraphvizEngine) throws {
    let first = try GraphvizRenderer.render(Self.sample(), engine: engine, formats: [.svg])[0].bytes
    let second = try GraphvizRenderer.render(Self.sample(), engine: engine, formats: [.svg])[0].bytes
    #expect(String(decoding: first, as: UTF8.self) == String(decoding: second, as: UTF8.self))
  }

  @Test("twenty callers at once get the bytes that one gets")
  func concurrent() async throws {
    let alone = try GraphvizRenderer.render(Self.sample(), formats: [.svg, .pdf]).map(\.bytes)
    try await withThrowingTaskGroup(of: [[UInt8]].self) { group in
      for _ in 0..<20 {
        group.addTask { try GraphvizRenderer.render(Self.sample(), formats: [.svg, .pdf]).map(\.bytes) }
      }
      for try await pictures in group { #expect(pictures == alone) }
    }
  }

  @Test("formats come in the order asked for, from one layout")
  func order() throws {
    let formats: [PictureFormat] = [.pdf, .svg, .png(dotsPerInch: 48), .pdf]
    let pictures = try GraphvizRenderer.render(Self.sample(6), formats: formats)
    #expect(pictures.map(\.format) == formats)
    #expect(pictures[0].bytes == pictures[3].bytes)
    #expect(pictures[1].bytes == (try GraphvizRenderer.render(Self.sample(6), formats: [.svg])[0].bytes))
  }

  // MARK: Formats

  @Test("a PDF has a fixed date")
  func date() throws {
    let pdf = try GraphvizRenderer.render(Self.sample(3), formats: [.pdf])[0].bytes
    let text = String(decoding: pdf, as: UTF8.self)
    #expect(text.hasPrefix("%PDF-"))
    #expect(text.contains("/CreationDate (D:20000101000000Z)"))
  }

  @Test("a PDF is the same, and sound, in every time zone")
  func timeZone() async {
    await #expect(processExitsWith: .success) {
      func pdf(in zone: String) throws -> [UInt8] {
        unsafe setenv("TZ", zone, 1)
        tzset()
        var graph = GraphvizGraph()
        for index in 0..<50 { _ = graph.addNode([.label: .text("Site \(index)")]) }
        return try GraphvizRenderer.render(graph, formats: [.pdf])[0].bytes
      }
      let universal = try pdf(in: "UTC0")
      #expect(try pdf(in: "IST-5:30") == universal)
      #expect(try pdf(in: "EST5") == universal)

      let elsewhere = Array(try pdf(in: "IST-5:30"))
      let lines = String(decoding: elsewhere, as: UTF8.self).split(separator: "\n")
      let table = try #require(lines.firstIndex(of: "xref"))
      for (object, entry) in lines[(table + 2)...].prefix(while: { !$0.hasPrefix("trailer") }).enumerated()
      where entry.hasSuffix("n ") {
        let position = try #require(Int(entry.prefix(10)))
        #expect(elsewhere[position...].starts(with: "\(object) 0 obj".utf8))
      }
      let pointer = try #require(lines.lastIndex(of: "startxref").flatMap { Int(lines[$0 + 1]) })
      #expect(elsewhere[pointer...].starts(with: "xref".utf8))
    }
  }

  @Test("twice the dots per inch give twice the pixels")
  func resolution() throws {
    let pictures = try GraphvizRenderer.render(
      Self.sample(12), formats: [.png(dotsPerInch: 72), .png(dotsPerInch: 144)])
    let widths = pictures.map { picture in
      #expect(picture.bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
      return picture.bytes[16..<20].reduce(0) { $0 << 8 | Int($1) }
    }
    #expect(abs(widths[1] - 2 * widths[0]) <= 2)
  }

  @Test("a PNG between two SVG does not change the second")
  func resolutionDoesNotLeak() throws {
    let pictures = try GraphvizRenderer.render(
      Self.sample(12), formats: [.svg, .png(dotsPerInch: 300), .svg, .pdf])
    #expect(pictures[0].bytes == pictures[2].bytes)
    #expect(pictures[3].bytes == (try GraphvizRenderer.render(Self.sample(12), formats: [.pdf])[0].bytes))
  }

  @Test("resolutions out of range are refused", arguments: [-1, 0, 23, 1201, Int.max])
  func badResolution(resolution: Int) {
    #expect(throws: GraphvizError.resolution(resolution)) {
      try GraphvizRenderer.render(Self.sample(1), formats: [.png(dotsPerInch: resolution)])
    }
  }

  @Test("a bitmap beyond the limits is refused with a hint")
  func tooLarge() throws {
    var graph = GraphvizGraph()
    _ = graph.addNode([.width: 200, .height: 200])
    let error = try #require(throws: GraphvizError.self) {
      try GraphvizRenderer.render(graph, formats: [.png(dotsPerInch: 96)])
    }
    #expect(
      error.description
        == "a bitmap of 19200 × 19200 pixels is too large; ask for SVG or PDF, or for fewer dots per inch")
  }

  @Test("an empty graph has an empty picture in every format", arguments: formats)
  func empty(format: PictureFormat) throws {
    #expect(try !GraphvizRenderer.render(GraphvizGraph(), formats: [format])[0].bytes.isEmpty)
    #expect(try GraphvizRenderer.render(GraphvizGraph(), formats: []).isEmpty)
    #expect(try GraphvizRenderer.layout(GraphvizGraph()).nodes.isEmpty)
  }

  @Test("a node without a label shows nothing, not even its name")
  func oneNode() throws {
    var graph = GraphvizGraph()
    _ = graph.addNode()
    let picture = try Self.svg(graph)
    #expect(picture.texts.isEmpty)
    #expect(picture.values(of: "class") == ["graph", "node"])
    #expect(picture.values(of: "tabindex").isEmpty)
  }

  // MARK: SVG

  @Test("SVG for a file has a size and tooltips, and neither prolog, comments nor names of ours")
  func file() throws {
    let bytes = try GraphvizRenderer.render(Self.sample(), formats: [.svg])[0].bytes
    let text = String(decoding: bytes, as: UTF8.self)
    for unwanted in ["<?xml", "<!DOCTYPE", "<!--", "transparent", "&#45;", "<title>n", "cluster_"] {
      #expect(!text.contains(unwanted), "\(unwanted)")
    }
    #expect(text.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" width="))
    let document = try SVGDocument(bytes)
    #expect(document.elements["title"] == 61)
    #expect(document.elements["desc"] == 1)
    #expect(document.elements["a"] == nil)
    #expect(document.title == "Sample <1>")
    #expect(document.summary == "Nodes & edges")
    #expect(document.values(of: "role").filter { $0 == "graphics-document document" }.count == 1)
    #expect(document.values(of: "class").first == "sample-picture")
    #expect(document.tooltips == (0..<60).map { "tip \($0)" })
    #expect(document.values(of: "tabindex").count == 60)
    #expect(document.values(of: "role").filter { $0 == "img" }.count == 60)
    #expect(document.attributes.filter { $0.name == "font-family" }.map(\.element).first == "svg")
    #expect(document.values(of: "fill").contains("none"))
    #expect(document.attributes.contains { $0.element == "svg" && $0.name == "width" })
  }

  @Test("SVG for a page has prefixed ids and leaves size and tooltips to the page")
  func page() throws {
    let format = PictureFormat.inlineSVG(idPrefix: "d1-\" onload=\"")
    let bytes = try GraphvizRenderer.render(Self.sample(), formats: [format])[0].bytes
    let document = try SVGDocument(bytes)
    #expect(!document.values(of: "id").isEmpty)
    #expect(document.values(of: "id").allSatisfy { $0.hasPrefix("d1-onload") })
    #expect(document.values(of: "data-tooltip").filter { $0.hasPrefix("tip ") }.count == 60)
    #expect(document.values(of: "aria-label") == (0..<60).map { "tip \($0)" })
    #expect(document.tooltips.isEmpty)
    #expect(document.elements["a"] == nil)
    #expect(!document.attributes.contains { $0.element == "svg" && $0.name == "width" })
    #expect(document.values(of: "viewBox").count == 1)
    #expect(!String(decoding: bytes, as: UTF8.self).contains("xlink"))
  }

  // MARK: Hostile text

  static let hostileTexts = [
    "<script>alert(1)</script>", "R&D;", "&copy;", "&#0;", "&amp;lt;", #"C:\New"#, "ends in \\",
    #"\N\G\L\E\T\H\n\l\r"#,
    "\"><g onclick=\"x\"", "' onload='x", "--><!--", "]]>", "<!ENTITY x>", "a\u{0}b\u{1}\u{1F}\u{7F}",
    "\u{202E}evil",
    "\u{FFFE}\u{FFFF}", "{a|<b>c}", "<b>bold</b>", "<FONT>x</FONT>", "稀土 🧲", "%s%n", "&", "<", "\\", "\"",
    "\\\"",
    "a; b -> c [x=y]", "// /* #", "node", "id=\"transparent\"", " id=\"x",
  ]

  @Test("text is shown as it is, in labels of both kinds and in tooltips", arguments: hostileTexts)
  func hostile(text: String) throws {
    var graph = GraphvizGraph(
      title: text, summary: text, attributes: [.label: .text(text), .tooltip: .text(text)])
    let cluster = graph.addCluster([.label: .text(text), .tooltip: .text(text)])
    let html = HTMLLabel.text([.text(text)])
    let first = graph.addNode(
      [.label: .text(text), .tooltip: .text(text), .xlabel: .text(text)], in: cluster)
    let second = graph.addNode([.label: .html(html), .tooltip: .text(text)])
    let third = graph.addNode(
      [.label: .html(.table(.init(rows: [[.init(.text([.bold([.text(text)])]))]])))])
    graph.addEdge(
      from: first, to: second,
      [
        .label: .text(text), .tooltip: .text(text), .headlabel: .text(text), .headtooltip: .text(text),
        .labeltooltip: .text(text), .edgetooltip: .text(text),
      ])
    graph.addEdge(from: second, to: third, [.label: .html(html), .tooltip: .text(text)])
    let shown = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          let isKept =
            scalar.value >= 0x20 && scalar.value != 0x7F && scalar != "\u{202E}" && scalar.value < 0xFFFE
          return isKept || scalar.value > 0xFFFF ? scalar : "\u{FFFD}"
        }))
    let pictures = try GraphvizRenderer.render(graph, formats: [.svg, .inlineSVG(idPrefix: "x"), .pdf])
    for (picture, isInline) in zip(pictures, [false, true]) {
      let source = String(decoding: picture.bytes, as: UTF8.self)
      #expect(!source.contains("<script"))
      let document = try SVGDocument(picture.bytes)
      #expect(document.texts == Array(repeating: shown, count: 9))
      #expect(document.title == shown)
      #expect(document.summary == shown)
      let tooltips = isInline ? document.values(of: "data-tooltip") : document.tooltips
      #expect(tooltips.count >= 7)
      #expect(tooltips.allSatisfy { $0 == shown }, "\(tooltips)")
      #expect(!document.attributes.contains { $0.name.hasPrefix("on") })
    }
  }

  @Test(
    "text that equals the source of an HTML label stays text, whichever comes first",
    arguments: [true, false])
  func sameText(htmlFirst: Bool) throws {
    var graph = GraphvizGraph()
    let text = "<FONT><B>x</B></FONT>"
    let plain: GraphvizAttributes = [.label: .text(text), .tooltip: .text(text)]
    let html: GraphvizAttributes = [.label: .html(.text([.bold([.text("x")])]))]
    _ = graph.addNode(htmlFirst ? html : plain)
    _ = graph.addNode(htmlFirst ? plain : html)
    #expect(try Self.svg(graph).texts.sorted() == [text, "x"])
  }

  @Test("a text of 200,000 characters is drawn once it is cut, and survives even uncut")
  func longText() throws {
    let text = String(repeating: "W&\\\"<", count: 40_000)
    var graph = GraphvizGraph()
    _ = graph.addNode([.label: .text(text.truncated(to: 40)), .tooltip: .text(text)])
    let document = try Self.svg(graph)
    #expect(document.texts == [String(text.prefix(39)) + "…"])
    #expect(document.tooltips == [text])
  }

  // MARK: Faults

  @Test(
    "what the library cannot read or draw is an error with its message",
    arguments: [
      ("digraph {", "dot", "syntax error"),
      ("not a graph", "dot", "syntax error"),
      ("", "dot", "without a message"),
      ("digraph { a }", "no-such-engine", "no-such-engine"),
      ("digraph { a [label=<<b>x>] }", "dot", "mismatched tag"),
      ("digraph { a [label=<R&D>] }", "dot", "not well-formed"),
      ("digraph { a [color=\"no-such-colour\"] }", "dot", "no-such-colour"),
      ("digraph { a [shape=\"no-such-shape\"] }", "dot", "no-such-shape"),
      ("digraph { a [shape=record, label=\"{x|\"] }", "dot", "bad label format"),
    ])
  func faults(dot: String, engine: String, message: String) throws {
    let error = try #require(throws: GraphvizError.self) {
      try GraphvizRenderer.pictures(ofDot: dot, engine: engine, formats: [.svg])
    }
    #expect(error.description.contains(message), "\(error)")
    #expect(try Self.svg(Self.sample(3)).values(of: "class").filter { $0 == "node" }.count == 3)
  }

  @Test("a folder of plug-ins named in the environment is not used")
  func environment() async {
    await #expect(processExitsWith: .success) {
      unsafe setenv("GVBINDIR", "/nowhere", 1)
      _ = try GraphvizRenderer.render(GraphvizGraph(), formats: [.svg, .pdf])
    }
  }

  @Test("text that is too wide for a fixed size is no fault")
  func fixedSize() throws {
    var graph = GraphvizGraph(nodeDefaults: [.fixedsize: "true", .width: 0.1])
    _ = graph.addNode([.label: .text("much too wide")])
    let cell = HTMLLabel.Cell(
      style: .init(height: 5, isFixedSize: true, width: 5), .text([.text("much too wide")]))
    _ = graph.addNode([.label: .html(.table(.init(rows: [[cell]])))])
    #expect(try Self.svg(graph).texts == ["much too wide", "much too wide"])
  }

  @Test("labels of nothing are drawn")
  func emptyLabels() throws {
    var graph = GraphvizGraph()
    for label: HTMLLabel in [
      .text([]), .table(.init(rows: [])), .table(.init(rows: [[.init(.text([]))]])),
      .text([.lineBreak(.left)]), .table(.init(rows: [[.init(.table(.init(rows: [])))]])),
      .text([.italic([.font(color: "red", [.text("")])]), .text("x")]),
    ] {
      _ = graph.addNode([.label: .html(label)])
    }
    #expect(try Self.svg(graph).texts.last == "x")
  }

  @Test("every attribute has a name that takes part in drawing", arguments: GraphvizAttributes.Name.allCases)
  func attributeNames(name: GraphvizAttributes.Name) throws {
    var graph = GraphvizGraph(attributes: [name: .text("")])
    let node = graph.addNode([name: .text("")])
    graph.addEdge(from: node, to: graph.addNode(), [name: .text("")])
    #expect(throws: Never.self) { try GraphvizRenderer.render(graph, formats: [.svg]) }
  }

  // MARK: Layout

  @Test("a layout has one box a node, in order, inside the drawing")
  func layout() throws {
    let graph = Self.sample()
    let layout = try GraphvizRenderer.layout(graph)
    #expect(layout.nodes.count == graph.nodeCount)
    for box in layout.nodes {
      #expect(box.x - box.width / 2 >= -1 && box.x + box.width / 2 <= layout.width + 1)
      #expect(box.y - box.height / 2 >= -1 && box.y + box.height / 2 <= layout.height + 1)
    }
  }

  @Test("boxes are where the SVG has them")
  func boxesMatchPicture() throws {
    var graph = GraphvizGraph(attributes: [.rankdir: "LR"], nodeDefaults: [.shape: "ellipse"])
    let first = graph.addNode([.width: 1, .height: 2])
    graph.addEdge(from: first, to: graph.addNode([.width: 3, .height: 0.5]))
    let layout = try GraphvizRenderer.layout(graph)
    let document = try Self.svg(graph)
    let ellipses = ["cx", "cy", "rx", "ry"].map { name in document.values(of: name).compactMap(Double.init) }
    for (index, box) in layout.nodes.enumerated() {
      #expect(abs(ellipses[0][index] - box.x) < 0.01)
      // The SVG has its origin at the lower left corner.
      #expect(abs(layout.height + ellipses[1][index] - box.y) < 0.01)
      #expect(abs(2 * ellipses[2][index] - box.width) < 0.01)
      #expect(abs(2 * ellipses[3][index] - box.height) < 0.01)
    }
  }

  @Test("the order within a rank can be read, reversed and locked by a second pass")
  func twoPasses() throws {
    var graph = GraphvizGraph(
      attributes: [.rankdir: "LR", .newrank: "true"],
      nodeDefaults: [.shape: "box", .fixedsize: "true", .width: 1])
    let cluster = graph.addCluster()
    let source = graph.addNode()
    let rank = (0..<8).map { graph.addNode([.label: .text("\($0)")], in: cluster) }
    for node in rank { graph.addEdge(from: source, to: node) }
    graph.addRank(of: rank)
    let free = try GraphvizRenderer.layout(graph)
    let wanted = rank.sorted { free.nodes[$0.index].y > free.nodes[$1.index].y }
    // With the picture growing to the right, a rank is stacked from the bottom.
    for (lower, upper) in zip(wanted.reversed(), wanted.reversed().dropFirst()) {
      graph.addEdge(from: lower, to: upper, [.style: "invis"])
    }
    let locked = try GraphvizRenderer.layout(graph)
    let found = rank.sorted { locked.nodes[$0.index].y > locked.nodes[$1.index].y }
    #expect(found == wanted.reversed())
    #expect(Set(rank.map { locked.nodes[$0.index].x }).count == 1)
  }

  @Test("a long chain is laid out on the stack of a task")
  func longChain() async throws {
    let task = Task {
      var graph = GraphvizGraph()
      var last = graph.addNode()
      for _ in 0..<2_000 {
        let next = graph.addNode()
        graph.addEdge(from: last, to: next)
        last = next
      }
      return try GraphvizRenderer.layout(graph).nodes.count
    }
    #expect(try await task.value == 2_001)
  }
}
