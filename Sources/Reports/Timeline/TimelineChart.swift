import Diagnostics
import RiskAnalysis
import SupplyModel

/// The chart of a timeline: supply of the products above, stocks and what holds of the scenario below, over one axis of days.
///
/// Drawn by ourselves as SVG without scripts or anything from outside. Colours are classes: that of the root, `light`, `dark` or
/// `print`, says which theme they take. Lines are labelled where they end, so that nothing is told by colour alone.
struct TimelineChart {
  private let report: TimelineReport
  private let theme: DiagramTheme
  private var timeline: Timeline { report.timeline }
  private var horizon: Timeline.Horizon { report.horizon }
  private var network: SupplyNetwork { report.network }

  private static let width = 1_000.0
  private static let left = 64.0
  private static let right = 690.0
  private static let lineHeight = 15.0
  private static let size = 12.0

  /// As many lines as can be told apart.
  private static let mostLines = 8
  private static let mostBars = 10

  init(of report: TimelineReport, theme: DiagramTheme) {
    self.report = report
    self.theme = theme
  }

  // MARK: The picture

  /// The picture as SVG.
  ///
  /// - Parameter id: what the ids of the picture start with where it stands in a page that brings its style; nil for a file of its own.
  /// - Returns: one element, with a line break behind it.
  func svg(inPage id: String? = nil) -> String {
    var body = ""
    var y = 26.0
    for (number, line) in report.title.wrapped(toWidth: Self.width - 48, size: 17, lines: 2).enumerated() {
      body += text(line, x: 24, y: y + Double(number) * 21, "t")
      if number > 0 { y += 21 }
    }
    y += 20
    for line in report.verdictSentence.wrapped(toWidth: Self.width - 48, size: Self.size, lines: 3) {
      body += text(line, x: 24, y: y, "m")
      y += Self.lineHeight
    }
    y += 18
    addSupply(&body, &y)
    addStocks(&body, &y)
    addBars(&body, &y)
    addNotes(&body, &y)
    let height = y + 8
    let description = report.verdictSentence + ". " + report.gapSentences.joined(separator: ". ")
    return """
      <svg xmlns="http://www.w3.org/2000/svg" class="timeline \(id == nil ? theme.name : "page")" role="img" \
      aria-labelledby="\(id ?? "timeline")-title \(id ?? "timeline")-desc" viewBox="0 0 \(number(Self.width)) \(number(height))" \
      width="\(number(Self.width))" height="\(number(height))">
      <title id="\(id ?? "timeline")-title">\(escapedForXML(printable(report.title)))</title>
      <desc id="\(id ?? "timeline")-desc">\(escapedForXML(printable(description)))</desc>
      \(id == nil ? "<style>\(style)</style>" : "")
      <rect class="b" width="100%" height="100%"/>
      \(body)</svg>

      """
  }

  /// The rules of a picture in a page, whose variables hold the colours.
  static var pageStyle: String {
    let lines = ["bar", "banned", "surviving", "l1", "l2", "muted", "flow", "ink"].enumerated().map {
      ".timeline .s\($0){stroke:var(--\($1))}"
    }
    return ".timeline{max-width:100%;height:auto}.timeline text{font-size:12px;fill:var(--ink)}"
      + ".timeline .t{font-size:17px;font-weight:bold}.timeline .h{font-size:13px;font-weight:bold}"
      + ".timeline .l{fill:none;stroke-width:2;stroke-linejoin:round}.timeline .u{stroke-dasharray:5 4}.timeline .i{stroke-width:1}"
      + ".timeline .e{text-anchor:end}.timeline .c{text-anchor:middle}.timeline .b{fill:none}"
      + ".timeline .m{fill:var(--muted)}.timeline .g{stroke:var(--rule)}.timeline .a{stroke:var(--muted)}"
      + ".timeline .k{stroke:var(--muted);fill:none}.timeline .f{fill:var(--flow)}"
      + ".timeline .q{fill:none;stroke:var(--muted);stroke-dasharray:3 3}" + lines.joined() + "\n"
  }

  /// The rules of all themes, so that a page can change one into another by the class of the root.
  private var style: String {
    var rules =
      "\n.timeline text{font-family:'Liberation Sans',Arial,Helvetica,sans-serif;font-size:12px}\n"
      + ".timeline .t{font-size:17px;font-weight:bold}.timeline .h{font-size:13px;font-weight:bold}\n"
      + ".timeline .l{fill:none;stroke-width:2;stroke-linejoin:round}.timeline .u{stroke-dasharray:5 4}.timeline .i{stroke-width:1}\n"
      + ".timeline .e{text-anchor:end}.timeline .c{text-anchor:middle}\n"
    for theme in DiagramTheme.all {
      let root = ".timeline.\(theme.name)"
      rules +=
        "\(root) .b{fill:\(theme.background)}\(root) text{fill:\(theme.ink)}\(root) .m{fill:\(theme.muted)}\n"
        + "\(root) .g{stroke:\(theme.columnLine)}\(root) .a{stroke:\(theme.muted)}\n"
        + "\(root) .k{stroke:\(theme.muted);fill:none}\(root) .f{fill:\(theme.asideLine)}\n"
        + "\(root) .q{fill:none;stroke:\(theme.muted);stroke-dasharray:3 3}\n"
      for (number, colour) in theme.lineColours.enumerated() {
        rules += "\(root) .s\(number){stroke:\(colour)}\n"
      }
    }
    return rules
  }

  // MARK: Supply

  private struct Line {
    var name: String
    var values: [Double]

    /// If what is not known holds, or in the worst case; nil where that is the same.
    var other: [Double]?
  }

  /// Products of one course share a line.
  private var supplyLines: (lines: [Line], hidden: Int, unharmed: Int) {
    var lines: [Line] = []
    var members: [[String]] = []
    var hidden = 0
    let losers = report.losers
    for product in losers {
      let values = product.supply.expected
      let other = product.supply.expectedIfUncertainHolds
      func isSame(_ one: [Double], _ two: [Double]) -> Bool {
        zip(one, two).allSatisfy { abs($0 - $1) < 0.002 }
      }
      let name = network.demand[product.demand].name
      if let same = lines.firstIndex(where: {
        isSame($0.values, values) && isSame($0.other ?? $0.values, other)
      }) {
        members[same].append(name)
      } else if lines.count < Self.mostLines {
        lines.append(Line(name: "", values: values, other: isSame(values, other) ? nil : other))
        members.append([name])
      } else {
        hidden += 1
      }
    }
    for (number, names) in members.enumerated() {
      lines[number].name = names.count == 1 ? names[0] : "\(names[0]) and \(names.count - 1) more"
    }
    return (lines, hidden, report.products.count - losers.count)
  }

  private func addSupply(_ body: inout String, _ y: inout Double) {
    let (lines, hidden, unharmed) = supplyLines
    body += text("Supply, % of demand", x: 24, y: y, "h")
    let (top, bottom) = (y + 16, y + 16 + 200)
    addAxes(
      &body, top: top, bottom: bottom, ticks: stride(from: 0, through: 100, by: 25).map { Double($0) },
      most: 100)
    addLines(
      &body,
      lines.map { line in
        Line(name: line.name, values: line.values.map { $0 * 100 }, other: line.other?.map { $0 * 100 })
      }, top: top, bottom: bottom, most: 100, unit: " %")
    y = bottom + 36
    var notes: [String] = []
    if unharmed > 0 { notes.append("\(counted(unharmed, "product")) lose nothing") }
    if hidden > 0 { notes.append("\(counted(hidden, "product")) that lose less are not drawn") }
    if lines.contains(where: { $0.other != nil }) {
      notes.append("dashed: if what is not known of the scenario holds in full")
    }
    if !notes.isEmpty {
      body += text(notes.joined(separator: "; ") + ".", x: Self.left, y: y, "m")
      y += Self.lineHeight
    }
    y += 18
  }

  private func addStocks(_ body: inout String, _ y: inout Double) {
    let courses = timeline.stocks.filter { course in
      course.left.expected.contains { $0.isFinite } && (course.cover ?? 0) > 0
    }
    if courses.isEmpty { return }
    body += text("Stocks, days of normal use", x: 24, y: y, "h")
    let lines = courses.prefix(Self.mostLines).map { course in
      let stock = network.stocks[course.stock]
      return Line(
        name: "\(report.holder(of: stock)): \(network.materials[stock.material].name)",
        values: course.left.expected,
        other: nil)
    }
    let most = Self.roundMost(lines.flatMap(\.values).reduce(1) { max($0, $1) })
    let (top, bottom) = (y + 16, y + 16 + 130)
    addAxes(&body, top: top, bottom: bottom, ticks: (0...4).map { most * Double($0) / 4 }, most: most)
    addLines(&body, lines, top: top, bottom: bottom, most: most, unit: " d")
    y = bottom + 36
    if courses.count > lines.count {
      body += text("\(courses.count - lines.count) more stocks are not drawn.", x: Self.left, y: y, "m")
      y += Self.lineHeight
    }
    y += 18
  }

  /// A number of few digits that is no less, and of which a quarter is one too.
  private static func roundMost(_ value: Double) -> Double {
    var power = 1.0
    while power * 10 < value { power *= 10 }
    return [1, 2, 4, 6, 8, 10].map { $0 * power }.first { $0 >= value } ?? power * 10
  }

  // MARK: Axes and lines

  private func x(_ day: Double) -> Double {
    Self.left + (Self.right - Self.left) * day / Double(horizon.days)
  }

  private func addAxes(
    _ body: inout String, top: Double, bottom: Double, ticks: [Double], most: Double
  ) {
    for tick in ticks {
      let y = bottom - (bottom - top) * tick / most
      body += line(Self.left, y, Self.right, y, "g")
      let label = tick < 10 && tick != Double(Int(tick)) ? oneDecimal(tick) : wholeNumber(tick)
      body += text(label, x: Self.left - 8, y: y + 4, "m e")
    }
    addDays(&body, top: top, bottom: bottom)
    body += line(Self.left, bottom, Self.right, bottom, "a")
  }

  private func addDays(_ body: inout String, top: Double, bottom: Double) {
    for (day, label) in dayTicks {
      let at = x(Double(day))
      body += line(at, bottom, at, bottom + 5, "a")
      body += text(label, x: at, y: bottom + 19, "m c")
    }
  }

  /// Firsts of months, or days where the horizon is short, at most nine of them.
  private var dayTicks: [(day: Int, label: String)] {
    if horizon.days <= 92 {
      let step = [1, 2, 7, 14].first { horizon.days / $0 < 8 } ?? 14
      return stride(from: 0, to: horizon.days, by: step).map {
        ($0, "\(horizon.first.adding(days: $0))")
      }
    }
    let (year, month, _) = horizon.first.parts
    let months = (horizon.days + 45) / 30
    let step =
      [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 2_400, 6_000, 12_000].first { months / $0 < 9 } ?? 12_000
    var ticks: [(Int, String)] = []
    // The first of a month that the step divides, counted from January of the year 0.
    var next = (year * 12 + month - 1 + step - 1) / step * step
    while true {
      guard let date = CalendarDate(year: next / 12, month: next % 12 + 1, day: 1) else { return ticks }
      let day = date.dayNumber - horizon.first.dayNumber
      if day >= horizon.days { return ticks }
      if day >= 0 { ticks.append((day, String("\(date)".prefix(step % 12 == 0 ? 4 : 7)))) }
      next += step
    }
  }

  private func addLines(
    _ body: inout String, _ lines: [Line], top: Double, bottom: Double, most: Double, unit: String
  ) {
    func y(_ value: Double) -> Double { bottom - (bottom - top) * max(0, min(most, value)) / most }
    func path(_ values: [Double]) -> String {
      var path = ""
      var last: Double?
      for (step, value) in values.enumerated() {
        let height = y(value)
        if let last {
          if height != last { path += "V\(number(height))" }
        } else {
          path += "M\(number(Self.left)) \(number(height))"
        }
        last = height
        // Steps of one height are one line.
        let isLast = step + 1 == values.count || y(values[step + 1]) != height
        if isLast { path += "H\(number(x(Double(horizon.starts[step + 1]))))" }
      }
      return path
    }
    let count = theme.lineColours.count
    // Those that lose most lie on top.
    for (number, line) in lines.enumerated().reversed() {
      let name = escapedForXML(printable(line.name))
      if let other = line.other {
        body += "<path class=\"l u s\(number % count)\" d=\"\(path(other))\"/>\n"
      }
      body +=
        "<path class=\"l s\(number % count)\" d=\"\(path(line.values))\"><title>\(name)</title></path>\n"
    }
    // Labels stand where lines end, and move apart where they would cover each other.
    var places = lines.enumerated().map { number, line in
      (number: number, end: y(line.values.last ?? 0), at: 0.0)
    }.sorted { ($0.end, $0.number) < ($1.end, $1.number) }
    var least = top - 4
    for position in places.indices {
      places[position].at = max(places[position].end, least)
      least = places[position].at + Self.lineHeight
    }
    var mostAt = bottom + 4
    for position in places.indices.reversed() {
      places[position].at = min(places[position].at, mostAt)
      mostAt = places[position].at - Self.lineHeight
    }
    for place in places {
      let line = lines[place.number]
      let colour = place.number % count
      body +=
        "<path class=\"l i s\(colour)\" d=\"M\(number(Self.right)) \(number(place.end))L\(number(Self.right + 14)) \(number(place.at))H\(number(Self.right + 18))\"/>\n"
      let label = Self.short(line.values.last ?? 0) + unit
      let room = Self.width - Self.right - 30 - label.boldWidth(size: Self.size) - 6
      // A colour that does for a line is too pale for a text; the line leads to it.
      body += text(
        "\(line.name.fitted(toWidth: room, size: Self.size)) \(label)", x: Self.right + 22,
        y: place.at + 4, "")
    }
  }

  private static func short(_ value: Double) -> String {
    value < 10 && abs(value - Double(Int(value + 0.5))) > 0.05 ? oneDecimal(value) : wholeNumber(value)
  }

  // MARK: What holds

  private struct Bar {
    var name: String
    var spans: [(from: Int, to: Int, isKnown: Bool)]
  }

  private var bars: [Bar] {
    let scenario = timeline.scenario
    var rows: [(name: String, dates: Control.Dates)] = scenario.controls.rows.map { ($0.name, $0.dates) }
    rows += scenario.outages.indices.map {
      (scenario.name(of: .outage($0), in: network), scenario.outages[$0].dates)
    }
    rows += scenario.responses.map { (name(of: $0.measure), $0.dates) }
    return rows.compactMap { row in
      let changes = [0, horizon.days] + row.dates.changes.map { $0.dayNumber - horizon.first.dayNumber }
      let cuts = Set(changes).filter { (0...horizon.days).contains($0) }.sorted()
      var spans: [(from: Int, to: Int, isKnown: Bool)] = []
      for (from, to) in zip(cuts, cuts.dropFirst()) {
        let status = row.dates.status(on: horizon.first.adding(days: from))
        guard status == .inForce || status == .unknown else { continue }
        if let last = spans.last, last.to == from, last.isKnown == (status == .inForce) {
          spans[spans.count - 1].to = to
        } else {
          spans.append((from, to, status == .inForce))
        }
      }
      return spans.isEmpty ? nil : Bar(name: row.name, spans: spans)
    }
  }

  /// What a response does and to whom: `open-site New Plant`.
  private func name(of measure: Scenario.Response.Measure) -> String {
    func buyer(_ buyer: Flow.Destination) -> String {
      switch buyer {
      case .site(let site): network.sites[site].name
      case .demand(let demand): network.demand[demand].name
      }
    }
    let subject =
      switch measure {
      case .openSite(let site), .delaySite(let site): network.sites[site].name
      case .allowSubstitute(let material, _, _, _): network.materials[material].name
      case .releaseStock(let material, let holder, _, _):
        "\(report.name(of: holder)), \(network.materials[material].name)"
      case .addFlow(let seller, let to, _, _): "\(network.sites[seller].name) to \(buyer(to))"
      case .raiseYield(let process, _, _), .raiseRecycling(let process, _, _):
        network.processes[process].name
      case .lowerDemand(let demand, _): network.demand[demand].name
      }
    return "\(measure.kind) \(subject)"
  }

  private func addBars(_ body: inout String, _ y: inout Double) {
    let bars = bars
    if bars.isEmpty { return }
    body += text("What holds", x: 24, y: y, "h")
    y += 10
    let top = y
    for bar in bars.prefix(Self.mostBars) {
      for span in bar.spans {
        let (from, to) = (x(Double(span.from)), x(Double(span.to)))
        body +=
          "<rect class=\"\(span.isKnown ? "f" : "q")\" x=\"\(number(from))\" y=\"\(number(y + 3))\" width=\"\(number(max(1, to - from)))\" height=\"11\"/>\n"
      }
      body += text(
        bar.name.fitted(toWidth: Self.width - Self.right - 28, size: Self.size), x: Self.right + 22,
        y: y + 13, "")
      y += 18
    }
    addDays(&body, top: top, bottom: y)
    body += line(Self.left, y, Self.right, y, "a")
    y += 36
    var notes: [String] = []
    if bars.prefix(Self.mostBars).contains(where: { $0.spans.contains { !$0.isKnown } }) {
      notes.append("dashed: whether it holds is not known")
    }
    if bars.count > Self.mostBars { notes.append("\(bars.count - Self.mostBars) more are not drawn") }
    if !notes.isEmpty {
      body += text(notes.joined(separator: "; ") + ".", x: Self.left, y: y, "m")
      y += Self.lineHeight
    }
    y += 14
  }

  private func addNotes(_ body: inout String, _ y: inout Double) {
    for sentence in report.gapSentences {
      for line in sentence.wrapped(toWidth: Self.width - 60, size: Self.size, lines: 3) {
        body += text(line, x: 24, y: y, "m")
        y += Self.lineHeight
      }
      y += 3
    }
  }

  // MARK: Marks

  private func text(_ text: String, x: Double, y: Double, _ classes: String) -> String {
    let attribute = classes.isEmpty ? "" : " class=\"\(classes)\""
    return
      "<text\(attribute) x=\"\(number(x))\" y=\"\(number(y))\">\(escapedForXML(printable(text)))</text>\n"
  }

  private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ classes: String) -> String {
    "<line class=\"\(classes)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\"/>\n"
  }

  /// A coordinate with at most one decimal.
  private func number(_ value: Double) -> String {
    let text = oneDecimal(value)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension TimelineReport {
  /// The title of a picture.
  var title: String { "\(timeline.scenario.title): \(network.title)" }

  /// The timeline as a picture: lines of supply and of stocks over time, with the bars of what holds when.
  ///
  /// - Parameter theme: the colours.
  /// - Returns: SVG in UTF-8; the same timeline gives the same bytes.
  public func svg(theme: DiagramTheme = .light) -> String { TimelineChart(of: self, theme: theme).svg() }
}

extension DiagramTheme {
  /// Colours of lines that stand beside each other, each with a contrast of at least 3 to 1 against the background.
  var lineColours: [String] {
    [bar, banned, surviving] + [fill(.medium), fill(.high)].map(\.line) + [muted, flow, ink]
  }
}
