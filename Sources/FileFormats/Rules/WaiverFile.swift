public import Diagnostics
public import RuleEngine
import SupplyModel

/// What reading a file of waivers gave.
public struct WaiverReading: Sendable {
  /// Those that could be read.
  public let waivers: [Waiver]
  public let diagnostics: [Diagnostic]

  public init(waivers: [Waiver], diagnostics: [Diagnostic]) {
    self.waivers = waivers
    self.diagnostics = diagnostics
  }
}

/// A file that says which findings somebody lives with, why, and until which day.
public enum WaiverFile {
  /// The most bytes of the file.
  public static let limit = 1 << 20

  /// Reads waivers and tells everything that is wrong with them; one without a reason or a day is an error.
  ///
  /// - Complexity: O(n) for n bytes.
  public static func read(_ bytes: [UInt8], named name: String) -> WaiverReading {
    var problems = Problems()
    guard let document = RuleDocument.read(bytes, named: name, limit: limit, &problems) else {
      return WaiverReading(waivers: [], diagnostics: problems.diagnostics())
    }
    var reader = RecordReader(problems: problems)
    var waivers: [Waiver] = []
    reader.read(document.root, as: .waiverFile) { record in
      record.records("waivers", as: .waiver) { record in
        let rule = record.id("rule")
        let subjects = record.textOrTexts("subjects").compactMap(\.text)
        let reason = record.text("reason")
        _ = record.text("owner")
        guard let day = record.written("expires"), let text = day.text else { return }
        guard let expires = CalendarDate(text) else {
          record.problems.reportNoDay(text, at: day.spot)
          return
        }
        guard let rule, let reason else { return }
        waivers.append(
          Waiver(
            rule: rule.text, subjects: subjects, reason: reason, expires: expires,
            place: document.place(record.spot)))
      }
    }
    return WaiverReading(waivers: waivers, diagnostics: reader.problems.diagnostics())
  }
}

/// What reading a baseline gave.
public struct BaselineReading: Sendable {
  /// Nil if there is any error.
  public let baseline: FindingBaseline?
  public let diagnostics: [Diagnostic]

  public init(baseline: FindingBaseline?, diagnostics: [Diagnostic]) {
    self.baseline = baseline
    self.diagnostics = diagnostics
  }
}

/// A file of findings that are known, by their fingerprints: JSON, sorted, the same bytes for the same set.
public enum BaselineFile {
  /// The most bytes of the file.
  public static let limit = 8 << 20

  /// - Complexity: O(n) for n bytes.
  public static func read(_ bytes: [UInt8], named name: String) -> BaselineReading {
    var problems = Problems()
    // What is JSON is YAML, too, and its reader knows the places.
    guard let document = RuleDocument.read(bytes, named: name, limit: limit, &problems) else {
      return BaselineReading(baseline: nil, diagnostics: problems.diagnostics())
    }
    var reader = RecordReader(problems: problems)
    var fingerprints: Set<String> = []
    reader.read(document.root, as: .baseline) { record in
      guard let item = record.item("fingerprints") else { return }
      guard case .list(let items) = item.value else {
        record.problems.report(
          "wrong-kind", at: item.spot, "'fingerprints' wants a list, not \(item.kind)",
          help: "write the baseline anew")
        return
      }
      for item in items {
        guard let text = item.text, text.utf8.count == 16,
          text.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) })
        else {
          record.problems.report(
            "invalid-fingerprint", at: item.spot, "this is no fingerprint of a finding",
            help: "a fingerprint has 16 hexadecimal digits; write the baseline anew")
          continue
        }
        fingerprints.insert(text)
      }
    }
    return BaselineReading(
      baseline: reader.problems.errorCount == 0 ? FindingBaseline(fingerprints: fingerprints) : nil,
      diagnostics: reader.problems.diagnostics())
  }

  /// - Complexity: O(n log n) for n fingerprints.
  public static func write(_ baseline: FindingBaseline) -> String {
    let lines = baseline.fingerprints.sorted().map { "    \"\($0)\"" }.joined(separator: ",\n")
    return "{\n  \"format\": 1,\n  \"fingerprints\": [\(lines.isEmpty ? "" : "\n" + lines + "\n  ")]\n}\n"
  }
}
