import RiskAnalysis
import SupplyModel

extension WebReport {
  /// A row by country for each stage that has one, by what the stage is measured by.
  var mainRows: [Concentration] {
    network.stages.keys.compactMap { stage in
      concentration.first {
        $0.stage == stage && $0.grouping == .country && $0.basis == .sites && !$0.holders.isEmpty
      }
    }
  }

  var sankeyView: HTML {
    let drawing = SankeyDrawing(of: mainRows, in: network)
    return HTML.element(
      "figure", ["id": "view-sankey", "class": "view"],
      HTML.element("h2", text: "Countries and stages"),
      drawing.isEmpty
        ? HTML.element("p", text: "No site has both a country and a known size.")
        : HTML.element(
          "div",
          ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Countries and stages"],
          drawing.svg),
      HTML.element(
        "figcaption",
        HTML.element(
          "p",
          text:
            "How much of each stage is made in each country, by the sizes of sites. The band is as broad as the share."
        )))
  }

  /// One map for each stage; the script shows one at a time.
  var tilesView: HTML {
    let rows = mainRows
    let main = model.mainStages.first?.stage
    let first = rows.firstIndex { $0.stage == main } ?? 0
    let maps = rows.enumerated().map { index, row -> HTML in
      let name = "\(network.stages[row.stage].name), \(network.name(of: row.subject))".truncated(to: 120)
      return HTML.element(
        "div", ["class": index == first ? "map" : "map later", "data-stage": "\(row.stage.position)"],
        HTML.element("h3", text: name), CountryTiles.svg(of: row, named: name))
    }
    let options = rows.enumerated().map { index, row -> HTML in
      let name = network.stages[row.stage].name
      return index == first
        ? HTML.element("option", ["value": "\(row.stage.position)", "selected": ""], text: name, limit: 60)
        : HTML.element("option", ["value": "\(row.stage.position)"], text: name, limit: 60)
    }
    return HTML.element(
      "figure", ["id": "view-tiles", "class": "view"],
      HTML.element("h2", text: "Map of one stage"),
      maps.isEmpty
        ? HTML.element("p", text: "No site has both a country and a known size.")
        : HTML.element(
          "label", ["class": "needs-js"], HTML.element("span", text: "Stage"),
          HTML.element("select", ["id": "tiles-stage"], options)),
      .joined(maps),
      HTML.element(
        "figcaption",
        HTML.element(
          "ul", ["class": "legend"],
          [
            ("0", "nothing known"), ("1", "under 5 %"), ("2", "5 – 15 %"), ("3", "15 – 30 %"),
            ("4", "30 – 60 %"), ("5", "over 60 %"),
          ].map {
            HTML.element(
              "li", HTML.element("i", ["class": "sign share-\($0.0)"]), HTML.element("span", text: $0.1))
          }),
        HTML.element(
          "p", text: "Each tile is a country, about where it lies. Choose a tile to see only what is there."))
    )
  }
}
