import Reports
import Testing

@Suite("Graphs in the DOT language")
struct GraphvizGraphTests {
  // The compiler accepts no literal of it.
  private static let noncharacter = Unicode.Scalar(0xFDD0).map(String.init) ?? ""

  @Test("a graph with all that a graph can have is written in order")
  func golden() {
    var graph = GraphvizGraph(
      title: "not drawn", attributes: [.rankdir: "LR", .label: .text("Magnets & motors"), .nodesep: 0.17],
      nodeDefaults: [.shape: "box"], edgeDefaults: [.arrowhead: "none"])
    let outer = graph.addCluster([.label: .text("Mining")])
    let inner = graph.addCluster([.style: "filled,rounded"], in: outer)
    let mine = graph.addNode([.label: .text("Mount \"Weld\""), .tooltip: .text(#"C:\New"#)], in: outer)
    let plant = graph.addNode(
      [
        .label: .html(
          .table(
            .init(
              style: .init(border: 0, padding: 1), cellBorder: 0,
              rows: [
                [
                  .init(style: .init(background: "#5F7488", width: 20), .text([.bold([.text("<AU>")])])),
                  .init(
                    columns: 2, .text([.font(color: "red", size: 9.5, [.text("a\nb")]), .lineBreak(.left)])),
                ]
              ])))
      ], in: inner)
    let user = graph.addNode()
    let other = graph.addNode(in: inner)
    graph.addRank(of: [plant, other])
    graph.addRank(of: [mine, user])
    graph.addEdge(from: mine, to: plant, [.penwidth: .number(1.0 / 3), .label: .text("12 t\n5 %")])
    graph.addEdge(from: mine, to: plant)
    #expect(
      dotText(of: graph) == #"""
        digraph "G" {
          graph [rankdir="LR", label="Magnets &amp; motors", nodesep="0.17"]
          node [label="", shape="box"]
          edge [arrowhead="none"]
          n0 [label="Mount &quot;Weld&quot;", tooltip="C:\\\\New"]
          n1 [label=<<TABLE BORDER="0" CELLPADDING="1" CELLBORDER="0"><TR><TD BGCOLOR="#5F7488" WIDTH="20"><B>&lt;AU&gt;</B></TD><TD COLSPAN="2"><FONT COLOR="red" POINT-SIZE="9.5">a b</FONT><BR ALIGN="left"/></TD></TR></TABLE>>]
          n2
          n3
          subgraph cluster_0 {
            graph [label="Mining"]
            n0
            subgraph cluster_1 {
              graph [label="", style="filled,rounded"]
              n1
              n3
              { rank="same"; n1; n3 }
            }
          }
          { rank="same"; n0; n2 }
          n0 -> n1 [penwidth="0.333", label="12 t\n5 %"]
          n0 -> n1
        }

        """#)
  }

  @Test("an empty graph is a graph")
  func empty() {
    #expect(dotText(of: GraphvizGraph()) == "digraph \"G\" {\n  node [label=\"\"]\n}\n")
  }

  @Test(
    "text keeps its meaning in a label",
    arguments: [
      ("", ""),
      ("R&D;", "R&amp;D;"),
      ("&copy; &#45;", "&amp;copy; &amp;#45;"),
      ("<script>", "&lt;script&gt;"),
      (#"C:\New"#, #"C:\\New"#),
      ("end\\", #"end\\"#),
      ("say \"no\"", "say &quot;no&quot;"),
      ("a\nb\r\nc\rd\u{2028}e", #"a\nb\nc\nd\ne"#),
      ("a\tb", "a b"),
      ("\u{0}\u{1}\u{1B}\u{7F}\u{85}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
      ("\u{202E}x\u{2066}\u{200F}\u{61C}", "\u{FFFD}x\u{FFFD}\u{FFFD}\u{FFFD}"),
      ("\u{FFFE}\u{1FFFF}\u{10FFFE}", "\u{FFFD}\u{FFFD}\u{FFFD}"),
      (noncharacter, "\u{FFFD}"),
      ("稀土 🧲 Dy–Tb", "稀土 🧲 Dy–Tb"),
    ])
  func labels(text: String, written: String) {
    var graph = GraphvizGraph()
    _ = graph.addNode([.label: .text(text)])
    let dot = dotText(of: graph)
    #expect(dot == "digraph \"G\" {\n  node [label=\"\"]\n  n0 [label=\"\(written)\"]\n}\n")
  }

  @Test("tooltips double the backslash twice, since Graphviz takes it out twice")
  func tooltips() {
    var graph = GraphvizGraph()
    _ = graph.addNode([.tooltip: .text(#"\N"#)])
    #expect(dotText(of: graph).contains(#"tooltip="\\\\N""#))
  }

  @Test(
    "a faulty token stays a token", arguments: ["a\"b", "a<b", "a>b", "a&b", "a\\b", "a\nb", "aéb", "a'b"])
  func tokens(token: String) {
    var graph = GraphvizGraph()
    _ = graph.addNode([.color: .token(token)])
    #expect(dotText(of: graph).contains("[color=\"a_b\"]"))
  }

  @Test(
    "numbers have a point, no exponent and no needless digits",
    arguments: [
      (0, "0"), (-0.0, "0"), (1, "1"), (0.17, "0.17"), (-2.5, "-2.5"), (1e-5, "0"), (0.0006, "0.001"),
      (123456.7891, "123456.789"), (1e20, "9000000000000"), (.infinity, "0"), (.nan, "0"), (1.05, "1.05"),
    ] as [(Double, String)])
  func numbers(number: Double, written: String) {
    #expect(GraphvizAttributes.Value.number(number) == .token(written))
  }

  @Test("of two values the later one holds, in the place of the first")
  func attributes() {
    var attributes: GraphvizAttributes = [.shape: "box", .color: "red", .shape: "oval"]
    #expect(attributes == [.shape: "oval", .color: "red"])
    attributes[.color] = nil
    attributes.merge([.width: 2, .shape: "box"])
    #expect(attributes == [.shape: "box", .width: 2])
    #expect(attributes[.color] == nil)
  }

  @Test("a label of nothing is one that Graphviz accepts")
  func emptyLabels() {
    var graph = GraphvizGraph()
    for label: HTMLLabel in [
      .text([]), .text([.bold([.text("")])]), .table(.init(rows: [])), .table(.init(rows: [[], [.init()]])),
    ] {
      _ = graph.addNode([.label: .html(label)])
    }
    let dot = dotText(of: graph)
    #expect(dot.contains("n0 [label=<<FONT> </FONT>>]"))
    #expect(dot.contains("n1 [label=<<FONT> </FONT>>]"))
    #expect(dot.contains("n2 [label=<<TABLE><TR><TD></TD></TR></TABLE>>]"))
    #expect(dot.contains("n3 [label=<<TABLE><TR><TD></TD></TR></TABLE>>]"))
  }

  @Test("clusters may be nested as deep as memory allows")
  func deepClusters() {
    var graph = GraphvizGraph()
    var innermost = graph.addCluster()
    for _ in 0..<500 { innermost = graph.addCluster(in: innermost) }
    _ = graph.addNode(in: innermost)
    let dot = dotText(of: graph)
    #expect(dot.count { $0 == "{" } == 502)
    #expect(dot.count { $0 == "}" } == 502)
  }

  @Test(
    "long text is cut to a number of characters",
    arguments: [
      ("", 3, ""), ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("abcd", 1, "…"), ("abcd", 0, ""), ("abcd", -1, ""),
      ("👩‍👩‍👧‍👦👍🏽é!", 4, "👩‍👩‍👧‍👦👍🏽é!"), ("👩‍👩‍👧‍👦👍🏽é!", 2, "👩‍👩‍👧‍👦…"),
    ])
  func truncation(text: String, limit: Int, cut: String) {
    #expect(text.truncated(to: limit) == cut)
  }

  @Test("a character of endless marks does not pass for a short one")
  func endlessMarks() {
    let text = "ab" + String(repeating: "\u{301}", count: 200_000)
    #expect(text.truncated(to: 40) == "a…")
    #expect(String(repeating: "W", count: 200_000).truncated(to: 40).count == 40)
  }
}
