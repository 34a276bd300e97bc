public import RiskAnalysis

/// What `chokepoint analyze FLOWS.csv` prints: whose failure stops how many of the products of an edge list.
public struct FlowReport: Sendable {
  private let name: String
  private let siteIDs: [String]
  private let flowCount: Int
  private let sourceCount: Int
  private let productCount: Int
  private let unmetCount: Int
  private let levels: [Level]

  private struct Level: Sendable {
    let name: String

    /// How many sites have no known element at this level.
    let unknownCount: Int

    /// The elements that stop any product, those that stop most first.
    let elements: [(id: String, products: Int)]
  }

  /// - Parameters:
  ///   - risks: the analysis of the flows; its groupings have the names in `levels`.
  ///   - name: what the user calls the edge list.
  ///   - siteIDs: the id of each site.
  ///   - flowCount: how many flows there are.
  ///   - levels: what each grouping is a level of, such as `operator`.
  /// - Precondition: there is one level for each grouping.
  public init(of risks: FlowRisks, named name: String, siteIDs: [String], flowCount: Int, levels: [String]) {
    precondition(levels.count == risks.groups.count, "one level for each grouping")
    self.name = name
    self.siteIDs = siteIDs
    self.flowCount = flowCount
    sourceCount = risks.sourceCount
    productCount = risks.productCount
    unmetCount = risks.unmetCount
    self.levels =
      [Level(name: "site", unknownCount: 0, elements: Self.ranked(siteIDs, risks.productsOfSite))]
      + zip(levels, risks.groups).map { level, groups in
        Level(
          name: level, unknownCount: groups.grouping.unknownCount,
          elements: Self.ranked(groups.grouping.names, groups.products))
      }
  }

  private static func ranked(_ ids: [String], _ products: [Int]) -> [(id: String, products: Int)] {
    ids.indices.filter { products[$0] > 0 }
      .sorted { (products[$1], $0) < (products[$0], $1) }
      .map { (ids[$0], products[$0]) }
  }

  // MARK: JSON

  /// The document, as `JSON.md` describes it; the same input gives the same bytes.
  public func json() -> String {
    jsonText(
      of: Document(
        format: "chokepoint.flows", version: 1, sites: siteIDs.count, flows: flowCount, sources: sourceCount,
        products: productCount, unmet: unmetCount,
        levels: levels.map { level in
          DocumentLevel(
            level: level.name, unknown: level.unknownCount,
            elements: level.elements.map { DocumentElement(id: $0.id, products: $0.products) })
        }))
  }

  private struct Document: Encodable {
    let format: String
    let version: Int
    let sites: Int
    let flows: Int
    let sources: Int
    let products: Int
    let unmet: Int
    let levels: [DocumentLevel]
  }

  private struct DocumentLevel: Encodable {
    let level: String
    let unknown: Int
    let elements: [DocumentElement]
  }

  private struct DocumentElement: Encodable {
    let id: String
    let products: Int
  }

  // MARK: Text

  /// The elements that stop most products, level by level.
  public func text(top: Int, width: Int) -> StyledText {
    let width = terminalWidth(width)
    var text = StyledText()
    text.add(
      words: StyledText.Span.words("Single points of failure: \(nameText(name))", .title), width: width)
    let counts =
      "\(counted(siteIDs.count, "site")), \(counted(flowCount, "flow")), \(counted(sourceCount, "source")) that nothing "
      + "feeds, \(counted(productCount, "product")) that feed nothing"
    text.add(words: StyledText.Span.words(counts, .dim), width: width)
    if unmetCount > 0 {
      text.add(
        words: [SeverityWord.severe.span(colon: true)]
          + StyledText.Span.words("no source supplies \(counted(unmetCount, "product"))"), width: width,
        hanging: 2)
    }
    let metCount = productCount - unmetCount
    for level in levels where !level.elements.isEmpty {
      text.add()
      var table = TextTable([.text(level.name), .number("products that stop"), .number("of all")])
      for element in level.elements.prefix(top) {
        table.add(
          .init([
            .init(element.id), .init(wholeNumber(element.products)),
            .init(percent(Double(element.products) / Double(metCount))),
          ]))
      }
      text.add(table.text(width: width))
      if level.elements.count > top {
        text.add(.init("… and \(wholeNumber(level.elements.count - top)) more", .dim))
      }
      if level.unknownCount > 0 {
        text.add(.init("The \(level.name) of \(counted(level.unknownCount, "site")) is not known.", .warn))
      }
    }
    return text
  }
}
