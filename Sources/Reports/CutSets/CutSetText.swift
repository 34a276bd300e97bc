import FaultTrees

/// What `chokepoint cutsets` prints for a reader: for each product how few failures stop it, and which.
public enum CutSetText {
  /// The report.
  ///
  /// - Parameters:
  ///   - results: what was found, product by product.
  ///   - title: what it was found in.
  ///   - openQuestion: what of a scenario is not known and left out; nil for nothing.
  ///   - orderLimit: the limit that it was found under; nil for none.
  ///   - top: how many rows a table has at most; the rest is counted. Taken as 1 if it is less.
  ///   - width: the columns of the terminal, from 80 to 200.
  /// - Returns: the report; the same results give the same text.
  public static func text(
    of results: [CutSetResult], title: String, openQuestion: String? = nil, orderLimit: Int?, top: Int,
    width: Int
  ) -> StyledText {
    let report = CutSetReport(orderLimit: orderLimit, top: max(1, top), width: terminalWidth(width))
    var text = StyledText()
    text.add(
      words: StyledText.Span.words("Minimal cut sets: \(nameText(title))", .title), width: report.width)
    let limit =
      orderLimit.map { "Sets of at most \(counted($0, "element")); larger ones were not looked for." }
      ?? "Sets of any size."
    text.add(
      words: StyledText.Span.words(
        "A cut set stops the product if all of its elements fail together; a minimal one holds no smaller one. \(limit)",
        .dim), width: report.width)
    if let openQuestion {
      text.add(
        words: [SeverityWord.warning.span(colon: true)] + StyledText.Span.words(openQuestion),
        width: report.width, hanging: 2)
    }
    for group in groups(of: results) {
      text.add()
      text.add(report.section(group))
    }
    return text
  }

  /// Products that the same failures stop, level by level; each group in the place of its first.
  private static func groups(of results: [CutSetResult]) -> [[CutSetResult]] {
    struct Kind: Hashable {
      var level: String
      var count: Int?
      var isCertain: Bool
      var leastOrder: Int?
      var hasDiagram: Bool
      var probability: Double?
      var sets: [[CutSetResult.Part]]
    }
    var levels: [String] = []
    var positions: [Kind: Int] = [:]
    var groups: [[CutSetResult]] = []
    for result in results {
      if !levels.contains(result.level) { levels.append(result.level) }
      // More sets than are compared stay apart.
      let count = result.analysis.sets.count
      let isComparable = count.map { $0 <= 1000 } ?? false
      let kind = Kind(
        level: result.level, count: count, isCertain: result.isCertain,
        leastOrder: result.analysis.leastOrder, hasDiagram: result.analysis.hasDiagram,
        probability: result.analysis.probability,
        sets: isComparable ? result.listed(1000).map(\.parts) : [])
      if isComparable, let position = positions[kind] {
        groups[position].append(result)
      } else {
        positions[kind] = groups.count
        groups.append([result])
      }
    }
    return levels.flatMap { level in groups.filter { $0[0].level == level } }
  }
}

private struct CutSetReport {
  let orderLimit: Int?
  let top: Int
  let width: Int

  func section(_ group: [CutSetResult]) -> StyledText {
    var text = StyledText()
    let result = group[0]
    let level =
      result.level == "event"
      ? "" : "By \(result.level.split(separator: "+").joined(separator: " and ")): "
    let names = group.map { nameText($0.name) }.joined(separator: " · ")
    text.add(words: StyledText.Span.words(level + names, .heading), width: width, hanging: 2)
    if result.isCertain {
      text.add(words: StyledText.Span.words("fails even if no element does", .warn), width: width)
      return text
    }
    text.add(
      words: [severity(result).span(colon: true)] + StyledText.Span.words(counts(result)), width: width)
    if let probability = result.analysis.probability {
      text.add(
        words: StyledText.Span.words(
          "Probability \(probabilityText(probability)), exact: sets of every size are in it."), width: width)
    } else if result.analysis.lacksProbability {
      text.add(
        words: StyledText.Span.words(
          "No probability of the whole: its diagram would be too large. The cut sets are complete.", .warn),
        width: width)
    } else if !result.analysis.eventsWithoutProbability.isEmpty,
      result.analysis.tree.basicEvents.contains(where: { $0.probability != nil })
    {
      let names = result.analysis.eventsWithoutProbability.map { result.parts[$0].name }
      text.add(
        words: StyledText.Span.words(
          "No probability of the whole: none is given for \(list(names, atMost: 5)).", .warn),
        width: width)
    }
    add(sets(result), to: &text)
    add(importances(result), to: &text)
    return text
  }

  private func severity(_ result: CutSetResult) -> SeverityWord {
    switch result.analysis.sets.countsByOrder {
    case let counts? where counts.count > 1 && counts[1] != 0: .severe
    case let counts? where counts.isEmpty: .good
    default: .warning
    }
  }

  private func counts(_ result: CutSetResult) -> String {
    let sets = result.analysis.sets
    guard sets.count != 0 else {
      if let least = result.analysis.leastOrder {
        return
          "no set of at most \(counted(orderLimit ?? 0, "element")) stops it; the smallest has \(wholeNumber(least))"
      }
      guard let orderLimit, !result.analysis.hasDiagram else { return "nothing at this level stops it" }
      return "no set of at most \(counted(orderLimit, "element")) stops it"
    }
    let total = sets.count.map { counted($0, "minimal cut set") } ?? "more than 9 × 10¹⁸ minimal cut sets"
    guard let orders = sets.countsByOrder else { return total }
    let parts = orders.enumerated().filter { $1 != 0 }.map { order, count in
      (order: order, words: count.map { wholeNumber($0) } ?? "very many")
    }
    if parts.count == 1 { return "\(total), of \(counted(parts[0].order, "element"))" }
    return total + ": "
      + parts.enumerated().map { index, part in
        "\(part.words) of \(index == 0 ? counted(part.order, "element") : wholeNumber(part.order))"
      }.joined(separator: ", ")
  }

  private func add(_ part: StyledText, to text: inout StyledText) {
    guard !part.lines.isEmpty else { return }
    text.add(part)
  }

  private func sets(_ result: CutSetResult) -> StyledText {
    var text = StyledText()
    let hasProbability = result.analysis.probability != nil
    let listed = result.listed(top)
    guard !listed.isEmpty else { return text }
    var table = TextTable(
      (hasProbability ? [.number("probability"), .number("share")] : []) + [
        .number("size"), .text(hasProbability ? "most probable first" : "smallest first"),
      ])
    for set in listed {
      let names = set.parts.map { nameText($0.name) }.joined(separator: " + ")
      var cells: [StyledText.Span] = []
      if hasProbability, let probability = set.probability {
        let whole = result.analysis.probability ?? 0
        cells = [
          .init(probabilityText(probability)),
          .init(whole > 0 ? percent(min(1, probability / whole)) : "n/a"),
        ]
      }
      cells.append(.init("\(set.parts.count)"))
      let room = width - cells.reduce(0) { $0 + max(13, $1.text.displayWidth + 2) }
      if names.displayWidth <= room {
        table.add(.init(cells + [.init(names, set.parts.count == 1 ? .severe : .plain)]))
      } else {
        // What does not fit stands below, element by element.
        let lines = set.parts.enumerated().map { index, part in
          StyledText.Span.words((index > 0 ? "+ " : "") + part.name)
        }
        table.add(.init(cells + [.init("all of")], details: lines))
      }
    }
    text.add(table.text(width: width))
    if let count = result.analysis.sets.count {
      if count > listed.count {
        text.add(
          .init(
            "… and \(wholeNumber(count - listed.count)) more; --top \(min(10_000, count)) lists more", .dim))
      }
    } else {
      text.add(.init("… and very many more", .dim))
    }
    return text
  }

  private func importances(_ result: CutSetResult) -> StyledText {
    var text = StyledText()
    let occurrences = result.analysis.sets.occurrences()
    let sorted = result.analysis.importances.filter { $0.birnbaum != 0 }.sorted { one, other in
      one.criticality != other.criticality
        ? one.criticality > other.criticality : result.parts[one.event].id < result.parts[other.event].id
    }
    guard !sorted.isEmpty else { return text }
    var table = TextTable([
      .text("importance"), .number("probability"), .number("Birnbaum"), .number("criticality"),
      .number("Fussell-Vesely"), .number("achievement"), .number("reduction"), .number("sets"),
    ])
    for one in sorted.prefix(top) {
      table.add(
        .init([
          .init(nameText(result.parts[one.event].name)), .init(probabilityText(one.probability)),
          .init(probabilityText(one.birnbaum)), .init(probabilityText(one.criticality)),
          .init(probabilityText(one.fussellVesely)), .init(worth(one.riskAchievement)),
          .init(worth(one.riskReduction)), .init(occurrences[one.event].map { wholeNumber($0) } ?? "many"),
        ]))
    }
    text.add()
    text.add(table.text(width: width))
    if sorted.count > top { text.add(.init("… and \(wholeNumber(sorted.count - top)) more elements", .dim)) }
    return text
  }

  private func worth(_ value: Double) -> String { value.isFinite ? significant(value, 4) : "∞" }
}

/// A probability with four significant digits: `0.01235`, or `1.235e-06` if it is small.
func probabilityText(_ value: Double) -> String { significant(value, 4) }

/// A number with so many significant digits, in powers of ten where it is below 0.001 or above 10⁶.
func significant(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite else { return "n/a" }
  if value == 0 { return "0" }
  var exponent = 0
  var scaled = abs(value)
  while scaled >= 10 {
    scaled /= 10
    exponent += 1
  }
  while scaled < 1 {
    scaled *= 10
    exponent -= 1
  }
  var unit = 1
  for _ in 1..<max(2, digits) { unit *= 10 }
  var rounded = Int(scaled * Double(unit) + 0.5)
  if rounded >= 10 * unit {
    rounded /= 10
    exponent += 1
  }
  let sign = value < 0 ? "−" : ""
  var text = String(rounded)
  var power = ""
  if exponent < -3 || exponent > 5 {
    let magnitude = abs(exponent)
    power = "e\(exponent < 0 ? "-" : "+")\(magnitude < 10 ? "0" : "")\(magnitude)"
    exponent = 0
  }
  if exponent < 0 {
    text = "0." + String(repeating: "0", count: -exponent - 1) + text
  } else if exponent + 1 < text.count {
    text.insert(".", at: text.index(text.startIndex, offsetBy: exponent + 1))
  } else {
    text += String(repeating: "0", count: exponent + 1 - text.count)
  }
  if text.contains(".") {
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
  }
  return sign + text + power
}
