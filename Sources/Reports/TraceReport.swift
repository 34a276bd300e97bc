public import RiskAnalysis
import SupplyModel

/// What `chokepoint trace` prints: where the elements in a product come from.
public struct TraceReport: ReportParts, Sendable {
  private let origin: ProductOrigin
  let width: Int

  var network: SupplyNetwork { origin.graph.network }

  /// - Parameters:
  ///   - origin: what was traced.
  ///   - width: the columns of the terminal, from 80 to 200.
  public init(of origin: ProductOrigin, width: Int = 100) {
    self.origin = origin
    self.width = terminalWidth(width)
  }

  // MARK: Text

  /// A table for each element.
  ///
  /// - Parameter top: the most rows of each.
  /// - Returns: lines for a terminal.
  public func text(top: Int) -> StyledText {
    var text = StyledText()
    let demand = network.demand[origin.demand]
    text.add(
      words: StyledText.Span.words(
        "Origin of what is in \(nameText(demand.name)): \(nameText(network.title))", .title), width: width)
    text.add(
      words: StyledText.Span.words(
        "By the mass of each element, from where it leaves the ground or a first recycler, in the baseline. At least and at most: what "
          + "it can be where the network had to estimate who supplies whom.", .dim), width: width)
    if origin.traces.isEmpty {
      text.add(
        SeverityWord.warning.span(colon: true),
        .init(" nothing of these elements is known to be in it, so that nothing can be traced"))
    }
    for trace in origin.traces {
      text.add()
      var table = TextTable([
        .text(origin.grouping.rawValue), .number("share"), .number("at least"), .number("at most"),
      ])
      for row in trace.rows.prefix(top) {
        table.add(
          .init([
            .init(row.name), .init(percent(row.share.expected)), .init(percent(row.share.low), .dim),
            .init(percent(row.share.high), .dim),
          ]))
      }
      if trace.notKnown > 0 {
        table.add(
          .init([.init("not known", .warn), .init(percent(trace.notKnown), .warn), .init(""), .init("")]))
      }
      text.add(
        section(
          trace.element, table, more: trace.rows.count - top, of: "with less"))
    }
    return text
  }

  // MARK: JSON

  /// The document, as `JSON.md` describes it; the same input gives the same bytes.
  public func json() -> String {
    jsonText(
      of: Document(
        format: "chokepoint.trace", version: 1, network: network.id,
        product: network.demand[origin.demand].id, by: origin.grouping.rawValue,
        elements: origin.traces.map { trace in
          Element(
            element: trace.element,
            origins: trace.rows.map {
              Origin(
                id: $0.id, name: $0.name, share: $0.share.expected, low: $0.share.low, high: $0.share.high)
            }, notKnown: trace.notKnown, residual: trace.residual)
        }))
  }

  private struct Document: Encodable {
    let format: String
    let version: Int
    let network: String
    let product: String
    let by: String
    let elements: [Element]
  }

  private struct Element: Encodable {
    let element: String
    let origins: [Origin]
    let notKnown: Double
    let residual: Double
  }

  private struct Origin: Encodable {
    let id: String
    let name: String
    let share: Double
    let low: Double
    let high: Double
  }
}
