public import Diagnostics
public import RiskAnalysis
public import SupplyModel

/// How likely elements of a network are to fail, as a CSV file with a row for each.
///
/// The columns are `level`, `id`, `probability` (from 0 to 1, for the period that the reader has in mind), and if
/// wanted `source` and `note`. A level and an id are those of `Element/Level` and `Element/id(in:)`.
public enum ProbabilityFile {
  /// The most bytes that a file has.
  public static let sizeLimit = 64 << 20

  private static let format = RecordFormat("probabilities", "level! id! probability! source note")

  /// Reads the file and tells everything that is wrong with it.
  ///
  /// - Parameters:
  ///   - bytes: what is in the file.
  ///   - name: what diagnostics call it.
  ///   - network: the network whose elements it names.
  /// - Returns: the probabilities, nil if there is any error; and what is wrong, sorted by place.
  /// - Complexity: O(bytes).
  public static func read(
    _ bytes: [UInt8], named name: String, for network: SupplyNetwork
  ) -> (probabilities: [Element: Double]?, diagnostics: [Diagnostic]) {
    var problems = Problems()
    let file = problems.add(SourceFile(name: name, bytes: bytes, limit: sizeLimit))
    guard problems.checkText(bytes, in: file, limit: sizeLimit),
      var rows = CSVReader(file: file, bytes: bytes, format: format, problems: &problems)
    else { return (nil, problems.diagnostics()) }
    let names = ElementNames(of: network)
    var probabilities: [Element: Double] = [:]
    var spots: [Element: Spot] = [:]
    while rows.nextRow(&problems) {
      guard rows.isWholeRow else { continue }
      for key in format.needed where rows.isEmpty(key) {
        problems.report(
          "missing-value", at: rows.rowSpot, "the row has no '\(key)'", help: "fill in the column '\(key)'")
      }
      let element = element(rows, names, &problems)
      guard let probability = probability(rows, &problems), let element else { continue }
      let spot = rows.cell("id")?.spot ?? rows.rowSpot
      if let earlier = spots.updateValue(spot, forKey: element) {
        problems.report(
          "duplicate-element", at: spot, "'\(element.id(in: network))' has a probability already",
          earlier: earlier, help: "keep one of the two rows")
      }
      probabilities[element] = probability
    }
    let isRead = problems.errorCount == 0 && rows.isComplete
    return (isRead ? probabilities : nil, problems.diagnostics())
  }

  private static func element(
    _ rows: CSVReader, _ names: ElementNames, _ problems: inout Problems
  ) -> Element? {
    guard let level = rows.cell("level"), let text = level.text else { return nil }
    guard let known = Element.Level(rawValue: text) else {
      let levels = Element.Level.allCases.map(\.rawValue)
      problems.report(
        "unknown-level", at: level.spot, "there is no level '\(text)'",
        help: suggestion(for: text, from: levels).map { "did you mean '\($0)'?" }
          ?? "known are \(levels.joined(separator: ", "))")
      return nil
    }
    guard let item = rows.cell("id"), let id = item.text else { return nil }
    guard let element = names.element(id, at: known) else {
      let help = problems.isFull ? nil : suggestion(for: id, from: names.ids(at: known))
      problems.report(
        "unknown-id", at: item.spot, "there is no \(text) '\(id)'",
        help: help.map { "did you mean '\($0)'?" } ?? "write ids as 'chokepoint cutsets --format json' does"
      )
      return nil
    }
    return element
  }

  private static func probability(_ rows: CSVReader, _ problems: inout Problems) -> Double? {
    guard let item = rows.cell("probability"), let text = item.text else { return nil }
    guard let number = DecimalNumber(text) else {
      problems.report(
        "not-a-number", at: item.spot, "'\(text)' is not a number", help: DecimalNumber.help(for: text))
      return nil
    }
    guard (0...1).contains(number.value) else {
      problems.report(
        "out-of-range", at: item.spot, "the probability \(text) is not from 0 to 1",
        help: "write 0.05 for 5 %")
      return nil
    }
    return number.value
  }
}
