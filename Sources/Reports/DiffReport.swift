public import RiskAnalysis
import SupplyModel

/// What `chokepoint diff` prints: what differs between two networks, or between two scenarios.
public struct DiffReport: Sendable {
  private let comparison: Comparison
  private let width: Int

  /// - Parameters:
  ///   - comparison: what was found.
  ///   - width: the columns of the terminal, from 80 to 200.
  public init(of comparison: Comparison, width: Int = 100) {
    self.comparison = comparison
    self.width = terminalWidth(width)
  }

  // MARK: Text

  /// The differences for a reader; one line if there are none.
  ///
  /// - Parameter top: how many rows a list has at most; the rest is counted.
  /// - Returns: the differences; the same input gives the same text.
  public func text(top: Int) -> StyledText {
    var text = StyledText()
    text.add(words: StyledText.Span.words("From \(name(of: comparison.before))", .title), width: width)
    text.add(
      words: StyledText.Span.words("to \(name(of: comparison.after))", .title), width: width, hanging: 2)
    if comparison.isEmpty {
      text.add(SeverityWord.good.span(colon: true), .init(" nothing differs"))
      return text
    }
    addProducts(to: &text, top: top)
    addControls(to: &text, top: top)
    for table in comparison.tables { add(table, to: &text, top: top) }
    addPoints(to: &text, top: top)
    add(comparison.losses, "Losses that changed", of: "product", to: &text, top: top)
    add(
      comparison.bans, "Mean loss under a ban on all exports of a country", of: "country", to: &text, top: top
    )
    addConcentration(to: &text, top: top)
    return text
  }

  private func name(of side: Comparison.Side) -> String {
    let scenario = side.scenario.map { scenario in
      ", scenario \(nameText(scenario.scenario.title))" + (scenario.day.map { " on \($0)" } ?? "")
    }
    return nameText(side.network.title) + (side.network.asOf.map { " as of \($0)" } ?? "")
      + (scenario ?? ", without a scenario")
  }

  private func addProducts(to text: inout StyledText, top: Int) {
    if !comparison.stops.isEmpty {
      text.add(
        words: [SeverityWord.severe.span(colon: true)]
          + StyledText.Span.words(
            "\(counted(comparison.stops.count, "product stops", "products stop")): "
              + list(comparison.stops.map(\.name), atMost: top), .strong), width: width, hanging: 2)
    }
    if !comparison.resumes.isEmpty {
      text.add(
        words: [SeverityWord.good.span(colon: true)]
          + StyledText.Span.words(
            "\(counted(comparison.resumes.count, "product")) can be made again: "
              + list(comparison.resumes.map(\.name), atMost: top), .strong), width: width, hanging: 2)
    }
  }

  private func addControls(to text: inout StyledText, top: Int) {
    var table = TextTable([.text("control or outage"), .text("before"), .text("after")])
    for row in comparison.controls.prefix(top) {
      table.add(.init([.init(row.row.name, .strong), .init(row.before ?? "–"), .init(row.after ?? "–")]))
    }
    add("Controls and outages", table, more: comparison.controls.count - top, to: &text)
  }

  private func add(_ table: Comparison.TableChange, to text: inout StyledText, top: Int) {
    text.add()
    text.add(
      .init(table.table.prefix(1).uppercased() + table.table.dropFirst(), .heading),
      .init(
        "  \(wholeNumber(table.appeared.count)) appeared, \(wholeNumber(table.gone.count)) gone, "
          + "\(counted(table.changed.count, "value")) changed", .dim))
    for (mark, style, rows) in [("+", StyledText.Style.good, table.appeared), ("−", .severe, table.gone)] {
      for row in rows.prefix(top) {
        text.add(
          words: [.init(mark, style)] + StyledText.Span.words(label(row)), width: width, indent: 2, hanging: 6
        )
      }
      if rows.count > top { text.add(.init("  \(mark) … and \(wholeNumber(rows.count - top)) more", .dim)) }
    }
    for row in table.changed.prefix(top) {
      text.add(
        words: [.init("~", .warn)]
          + StyledText.Span.words(
            "\(label(row.row)), \(row.field): \(row.before ?? "not known") → \(row.after ?? "not known")"),
        width: width, indent: 2, hanging: 6)
    }
    if table.changed.count > top {
      text.add(.init("  ~ … and \(wholeNumber(table.changed.count - top)) more", .dim))
    }
  }

  private func label(_ row: Comparison.Row) -> String {
    row.name == row.id ? nameText(row.id) : "\(nameText(row.name)) (\(nameText(row.id)))"
  }

  private func addPoints(to text: inout StyledText, top: Int) {
    if comparison.points.isEmpty { return }
    text.add()
    text.add(.init("Single points of failure of what can be made on both sides", .heading))
    for change in comparison.points.prefix(top) {
      text.add(words: StyledText.Span.words(nameText(change.product.name), .strong), width: width, indent: 2)
      for (mark, style, points) in [
        ("+", StyledText.Style.severe, change.appeared), ("−", .good, change.gone),
      ]
      where !points.isEmpty {
        let names = points.prefix(top).map { "\(nameText($0.row.name)) (\($0.level.rawValue))" }
        let rest = points.count > top ? " and \(wholeNumber(points.count - top)) more" : ""
        text.add(
          words: [.init(mark, style)] + StyledText.Span.words(names.joined(separator: " · ") + rest),
          width: width, indent: 4, hanging: 6)
      }
    }
    if comparison.points.count > top {
      text.add(.init("… and \(wholeNumber(comparison.points.count - top)) more products", .dim))
    }
  }

  private func add(
    _ changes: [Comparison.Change], _ heading: String, of what: String, to text: inout StyledText, top: Int
  ) {
    var table = TextTable([.text(what), .number("before"), .number("after"), .number("change")])
    for row in changes.prefix(top) {
      let grown = (row.after ?? 0) - (row.before ?? 0)
      table.add(
        .init([
          .init(row.row.name, .strong), .init(row.before.map { percent($0) } ?? "–"),
          .init(row.after.map { percent($0) } ?? "–"),
          .init((grown < 0 ? "−" : "+") + percent(abs(grown)), grown > 0 ? .severe : .good),
        ]))
    }
    add(heading, table, more: changes.count - top, to: &text)
  }

  private func addConcentration(to text: inout StyledText, top: Int) {
    var table = TextTable([
      .text("stage"), .text("material"), .text("by"), .number("HHI before"), .number("after"),
      .text("largest"),
    ])
    for row in comparison.concentration.prefix(top) {
      let largest = [row.largestBefore, row.largestAfter].map { holder in
        holder.map { "\(nameText($0.name)) \(percent($0.share))" } ?? "–"
      }
      table.add(
        .init([
          .init(row.stage.name), .init(row.subject.name, .strong), .init(row.grouping.rawValue),
          .init(row.hhiBefore.map { wholeNumber($0) } ?? "–"),
          .init(row.hhiAfter.map { wholeNumber($0) } ?? "–"),
          .init(largest[0] == largest[1] ? largest[0] : largest.joined(separator: " → ")),
        ]))
    }
    add("Concentration", table, more: comparison.concentration.count - top, to: &text)
  }

  private func add(_ heading: String, _ table: TextTable, more: Int, to text: inout StyledText) {
    if table.rows.isEmpty { return }
    text.add()
    text.add(.init(heading, .heading))
    text.add(table.text(width: width))
    if more > 0 { text.add(.init("… and \(wholeNumber(more)) more", .dim)) }
  }

  // MARK: JSON

  /// The document, as `JSON.md` describes it; the same input gives the same bytes.
  public func json() -> String {
    func side(_ side: Comparison.Side) -> Side {
      Side(
        network: side.network.id, scenario: side.scenario?.scenario.id ?? "baseline",
        asOf: side.scenario?.day?.description)
    }
    func change(_ row: Comparison.Change) -> Change {
      Change(id: row.row.id, name: row.row.name, before: row.before, after: row.after)
    }
    return jsonText(
      of: Document(
        format: "chokepoint.diff", version: 1, before: side(comparison.before), after: side(comparison.after),
        same: comparison.isEmpty,
        tables: comparison.tables.map { table in
          TableRow(
            table: table.table, appeared: table.appeared.map { Item($0) }, gone: table.gone.map { Item($0) },
            changed: table.changed.map { Field($0) })
        },
        controls: comparison.controls.map {
          Status(id: $0.row.id, name: $0.row.name, before: $0.before, after: $0.after)
        },
        stops: comparison.stops.map(\.id), resumes: comparison.resumes.map(\.id),
        chokepoints: comparison.points.map { change in
          Points(
            product: change.product.id, appeared: change.appeared.map { Point($0) },
            gone: change.gone.map { Point($0) })
        },
        losses: comparison.losses.map { change($0) }, bans: comparison.bans.map { change($0) },
        concentration: comparison.concentration.map { row in
          Concentrated(
            stage: row.stage.id, material: row.subject.id, by: row.grouping.rawValue, series: row.series,
            hhiBefore: row.hhiBefore, hhiAfter: row.hhiAfter, largestBefore: row.largestBefore?.id,
            largestAfter: row.largestAfter?.id, shareBefore: row.largestBefore?.share,
            shareAfter: row.largestAfter?.share)
        }))
  }

  private struct Document: Encodable {
    let format: String
    let version: Int
    let before: Side
    let after: Side
    let same: Bool
    let tables: [TableRow]
    let controls: [Status]
    let stops: [String]
    let resumes: [String]
    let chokepoints: [Points]
    let losses: [Change]
    let bans: [Change]
    let concentration: [Concentrated]
  }

  private struct Side: Encodable {
    let network: String
    let scenario: String
    let asOf: String?
  }

  private struct TableRow: Encodable {
    let table: String
    let appeared: [Item]
    let gone: [Item]
    let changed: [Field]
  }

  private struct Item: Encodable {
    let id: String
    let name: String

    init(_ row: Comparison.Row) { (id, name) = (row.id, row.name) }
  }

  private struct Field: Encodable {
    let id: String
    let field: String
    let before: String?
    let after: String?

    init(_ change: Comparison.FieldChange) {
      (id, field, before, after) = (change.row.id, change.field, change.before, change.after)
    }
  }

  private struct Status: Encodable {
    let id: String
    let name: String
    let before: String?
    let after: String?
  }

  private struct Points: Encodable {
    let product: String
    let appeared: [Point]
    let gone: [Point]
  }

  private struct Point: Encodable {
    let level: String
    let id: String
    let name: String

    init(_ point: Comparison.PointChange.Point) {
      (level, id, name) = (point.level.rawValue, point.row.id, point.row.name)
    }
  }

  private struct Change: Encodable {
    let id: String
    let name: String
    let before: Double?
    let after: Double?
  }

  private struct Concentrated: Encodable {
    let stage: String
    let material: String
    let by: String
    let series: String?
    let hhiBefore: Double?
    let hhiAfter: Double?
    let largestBefore: String?
    let largestAfter: String?
    let shareBefore: Double?
    let shareAfter: Double?
  }
}
