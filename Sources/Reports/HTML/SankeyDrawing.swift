import RiskAnalysis
import SupplyModel

/// A picture of which country makes how much at which stage: countries on the left, stages on the right.
///
/// Every stage is as high as every other, since shares are compared and not amounts; a country is as high as its shares
/// together.
struct SankeyDrawing {
  private struct Ribbon {
    let country: Int
    let stage: Int
    let share: Double
  }

  private let countries: [(code: String, name: String)]
  private let stages: [(position: Int, name: String)]
  private let ribbons: [Ribbon]

  /// The most countries that are drawn alone; the others share one place.
  private static let mostCountries = 14

  /// - Parameters:
  ///   - rows: concentration by country, one row for each stage.
  ///   - network: what they are about.
  init(of rows: [Concentration], in network: SupplyNetwork) {
    var sums: [String: Double] = [:]
    var names: [String: String] = [:]
    for row in rows {
      for holder in row.holders {
        sums[holder.id, default: 0] += holder.share
        names[holder.id] = holder.name
      }
    }
    let ranked = sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    let drawn = Array(ranked.prefix(Self.mostCountries))
    var countries = drawn.map { (code: $0, name: names[$0] ?? $0) }
    var position: [String: Int] = [:]
    for (index, code) in drawn.enumerated() { position[code] = index }
    let rest = countries.count
    countries.append(("", "others and not known"))
    var ribbons: [Ribbon] = []
    for (stage, row) in rows.enumerated() {
      var others = row.unattributed
      for holder in row.holders {
        if let country = position[holder.id] {
          ribbons.append(Ribbon(country: country, stage: stage, share: holder.share))
        } else {
          others += holder.share
        }
      }
      if others > 1e-6 { ribbons.append(Ribbon(country: rest, stage: stage, share: min(1, others))) }
    }
    self.countries = countries
    self.ribbons = ribbons.filter { $0.share > 0.000_5 }
    stages = rows.map { ($0.stage.position, network.stages[$0.stage].name) }
  }

  var isEmpty: Bool { ribbons.isEmpty }

  private static let width = 1_100.0
  private static let gap = 8.0
  private static let top = 34.0
  private static let leftEdge = 190.0
  private static let rightEdge = 850.0
  private static let bar = 14.0

  /// The step of severity of a share, as boxes have it in the baseline.
  private static func step(ofShare share: Double) -> DiagramTheme.Step {
    switch share {
    case 0.7...: .critical
    case 0.5...: .high
    case 0.3...: .medium
    default: .unharmed
    }
  }

  /// The picture, with a title for each band and, in words, each share.
  var svg: HTML {
    let unit = 62.0
    let heights = countries.indices.map { country in
      ribbons.filter { $0.country == country }.reduce(0) { $0 + $1.share } * unit
    }
    let used = heights.indices.filter { heights[$0] > 0 }
    let stagesHeight = Double(stages.count) * unit + Double(max(0, stages.count - 1)) * Self.gap
    let countriesHeight = heights.reduce(0, +) + Double(max(0, used.count - 1)) * Self.gap
    var height = Self.top + max(stagesHeight, countriesHeight) + 12
    var y = Self.top
    var startOfCountry = [Double](repeating: 0, count: countries.count)
    var parts: [HTML] = []
    var labels: [HTML] = []
    var lastLabel = -100.0
    for country in used {
      startOfCountry[country] = y
      parts.append(
        HTML.element(
          "rect",
          [
            "class": "country", "data-country": countries[country].code, "x": decimal(Self.leftEdge),
            "y": decimal(y),
            "width": decimal(Self.bar), "height": decimal(max(1, heights[country])),
          ]))
      // Names of small countries are moved apart.
      let label = max(y + heights[country] / 2 + 4, lastLabel + 13)
      lastLabel = label
      let share = heights[country] / unit / Double(max(1, stages.count))
      labels.append(
        HTML.element(
          "text", ["x": decimal(Self.leftEdge - 8), "y": decimal(label), "text-anchor": "end"],
          text: "\(countries[country].name)  \(percent(share))", limit: 40))
      y += heights[country] + Self.gap
    }
    height = max(height, lastLabel + 12)
    var next = startOfCountry
    var startOfStage = stages.indices.map { Self.top + Double($0) * (unit + Self.gap) }
    for stage in stages.indices {
      let at = startOfStage[stage]
      parts.append(
        HTML.element(
          "rect",
          [
            "class": "stage", "data-stage": "\(stages[stage].position)", "x": decimal(Self.rightEdge),
            "y": decimal(at),
            "width": decimal(Self.bar), "height": decimal(unit),
          ]))
      labels.append(
        HTML.element(
          "text", ["x": decimal(Self.rightEdge + Self.bar + 8), "y": decimal(at + unit / 2 + 4)],
          text: stages[stage].name, limit: 36))
    }
    let middle = (Self.leftEdge + Self.bar + Self.rightEdge) / 2
    let (left, right) = (decimal(Self.leftEdge + Self.bar), decimal(Self.rightEdge))
    let bands = ribbons.sorted { ($0.stage, $0.country) < ($1.stage, $1.country) }.map { ribbon -> HTML in
      let breadth = ribbon.share * unit
      let (from, to) = (next[ribbon.country], startOfStage[ribbon.stage])
      next[ribbon.country] += breadth
      startOfStage[ribbon.stage] += breadth
      func curve(_ a: Double, _ b: Double, _ end: String) -> String {
        "C\(decimal(middle)),\(decimal(a)) \(decimal(middle)),\(decimal(b)) \(end),\(decimal(b))"
      }
      let path =
        "M\(left),\(decimal(from))" + curve(from, to, right) + "L\(right),\(decimal(to + breadth))"
        + curve(to + breadth, from + breadth, left) + "Z"
      let words = "\(countries[ribbon.country].name), \(stages[ribbon.stage].name): \(percent(ribbon.share))"
      return HTML.element(
        "path",
        [
          "class": "band step-\(Self.step(ofShare: ribbon.share))", "d": path,
          "data-country": countries[ribbon.country].code,
          "data-stage": "\(stages[ribbon.stage].position)",
        ], HTML.element("title", text: words))
    }
    return HTML.element(
      "svg",
      [
        "viewBox": "0 0 \(decimal(Self.width)) \(decimal(height))", "role": "img",
        "aria-label":
          "Shares of countries in each stage; the table of stages has the largest of them in words.",
      ],
      [
        HTML.element(
          "text", ["class": "head", "x": decimal(Self.leftEdge + Self.bar), "y": "16", "text-anchor": "end"],
          text: "Country, mean of all stages"),
        HTML.element(
          "text", ["class": "head", "x": decimal(Self.rightEdge), "y": "16"], text: "Stage, 100 % each"),
      ] + bands + parts + labels)
  }
}
