/// A plot of lines over a common axis, with a legend in words.
struct PlotDrawing {
  private let plot: WebReport.Plot
  private let x: (low: Double, high: Double)
  private let y: (low: Double, high: Double)

  /// The most lines; what lies beyond cannot be told apart.
  private static let mostLines = 8
  private static let mostPoints = 2_000

  init(_ plot: WebReport.Plot) {
    var plot = plot
    plot.lines = plot.lines.prefix(Self.mostLines).map { line in
      .init(
        line.name,
        points: Array(line.points.filter { abs($0.x) < 1e15 && abs($0.y) < 1e15 }.prefix(Self.mostPoints)))
    }
    self.plot = plot
    let points = plot.lines.flatMap(\.points)
    func range(_ values: [Double], atLeast: Double) -> (Double, Double) {
      let (low, high) = (values.min() ?? 0, values.max() ?? 1)
      return high - low > atLeast ? (low, high) : (low, low + max(atLeast, 1e-9))
    }
    x = range(points.map(\.x), atLeast: 1e-9)
    y = range(points.map(\.y) + [0], atLeast: 1e-9)
  }

  private static let (width, height) = (760.0, 260.0)
  private static let (left, right, top, bottom) = (64.0, 16.0, 14.0, 40.0)

  private func column(_ value: Double) -> Double {
    Self.left + (value - x.low) / (x.high - x.low) * (Self.width - Self.left - Self.right)
  }

  private func row(_ value: Double) -> Double {
    Self.height - Self.bottom - (value - y.low) / (y.high - y.low) * (Self.height - Self.top - Self.bottom)
  }

  /// About five round numbers within a range.
  private func ticks(_ range: (low: Double, high: Double)) -> [Double] {
    var step = 1.0
    let rough = (range.high - range.low) / 5
    while step > rough { step /= 10 }
    while step * 10 <= rough { step *= 10 }
    if step * 5 <= rough { step *= 5 } else if step * 2 <= rough { step *= 2 }
    var ticks: [Double] = []
    var value = (range.low / step).rounded(.up) * step
    while value <= range.high + step * 1e-9, ticks.count < 12 {
      ticks.append(value)
      value += step
    }
    return ticks
  }

  var html: HTML {
    var parts: [HTML] = []
    for tick in ticks(y) {
      let at = decimal(row(tick))
      parts.append(
        HTML.element(
          "line",
          [
            "class": "grid", "x1": decimal(Self.left), "x2": decimal(Self.width - Self.right), "y1": at,
            "y2": at,
          ]))
      parts.append(
        HTML.element(
          "text", ["x": decimal(Self.left - 6), "y": decimal(row(tick) + 4), "text-anchor": "end"],
          text: decimal(tick)))
    }
    for tick in ticks(x) {
      parts.append(
        HTML.element(
          "text",
          [
            "x": decimal(column(tick)), "y": decimal(Self.height - Self.bottom + 16), "text-anchor": "middle",
          ],
          text: decimal(tick)))
    }
    parts.append(
      HTML.element(
        "text",
        [
          "class": "head", "x": decimal(Self.width - Self.right), "y": decimal(Self.height - 6),
          "text-anchor": "end",
        ],
        text: plot.xName, limit: 60))
    parts.append(HTML.element("text", ["class": "head", "x": "4", "y": "11"], text: plot.yName, limit: 60))
    for (index, line) in plot.lines.enumerated() where !line.points.isEmpty {
      let path = line.points.map { "\(decimal(column($0.x))),\(decimal(row($0.y)))" }.joined(separator: "L")
      parts.append(
        HTML.element(
          "path", ["class": "plot-line plot-\(index)", "d": "M\(path)"],
          HTML.element("title", text: line.name)))
    }
    let legend = plot.lines.enumerated().map { index, line in
      HTML.element(
        "li", HTML.element("i", ["class": "sign plot-\(index)"]),
        HTML.element("span", text: line.name, limit: 80))
    }
    return HTML.element(
      "figure", ["class": "plot"],
      HTML.element(
        "svg",
        [
          "viewBox": "0 0 \(decimal(Self.width)) \(decimal(Self.height))", "role": "img",
          "aria-label": plot.title,
        ],
        parts),
      HTML.element("figcaption", HTML.element("ul", ["class": "legend"], legend)))
  }
}
