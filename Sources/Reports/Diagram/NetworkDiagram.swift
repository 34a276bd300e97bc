public import SupplyModel

/// Draws a network stage by stage: who makes how much, what flows where, and what a ban takes away.
public enum NetworkDiagram {
  /// Returns the diagram of a network that answers a request.
  ///
  /// Columns are the stages in their order, then the products. Boxes, lines and their places depend on the baseline and on
  /// what of it is drawn, so the pictures of two scenarios can be laid over each other. A stage of many sites shows the
  /// largest and draws the others together, and the picture says so.
  ///
  /// - Complexity: that of the analyses, and O(boxes × flows) for the order.
  public static func graph(of network: SupplyNetwork, as request: Request) -> GraphvizGraph {
    var drawing = DiagramDrawing(model: DiagramModel(of: network, as: request))
    return drawing.graph()
  }

  /// Returns the diagram of a network: its baseline, or what is left of it in a scenario.
  public static func graph(
    of network: SupplyNetwork, in scenario: Scenario? = nil, theme: DiagramTheme = .light
  ) -> GraphvizGraph {
    graph(of: network, as: Request(in: scenario, theme: theme))
  }

  /// Returns the diagram in the language of Mermaid, without legend and figures.
  ///
  /// Mermaid draws at most 500 lines and 50,000 characters. What goes beyond is left out, the thinnest lines first,
  /// and a comment in the text says so.
  public static func mermaid(of network: SupplyNetwork, as request: Request) -> String {
    MermaidText(of: DiagramModel(of: network, as: request)).text
  }
}
