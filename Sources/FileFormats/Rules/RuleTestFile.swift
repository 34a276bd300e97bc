public import Diagnostics
public import RuleEngine
import SupplyModel

/// A case of a test file and the rule that it tests.
public struct RuleTestCase: Sendable {
  public var rule: String
  public var example: RuleExample

  public init(rule: String, example: RuleExample) {
    self.rule = rule
    self.example = example
  }
}

/// What reading a test file gave: the cases that could be read, and all that is wrong.
public struct RuleTestReading: Sendable {
  public let cases: [RuleTestCase]
  public let diagnostics: [Diagnostic]

  public init(cases: [RuleTestCase], diagnostics: [Diagnostic]) {
    self.cases = cases
    self.diagnostics = diagnostics
  }
}

/// A file `*.test.yaml`: networks, scenarios and cases for the rules beside it.
public enum RuleTestFile {
  /// The most bytes of a test file.
  public static let limit = 256 << 10

  /// The most cases of a test file.
  public static let caseLimit = 500

  /// Reads the cases and tells everything that is wrong with them; a case that is wrong is left out.
  ///
  /// - Parameters:
  ///   - bytes: the file.
  ///   - name: what diagnostics call it.
  ///   - load: gives a file of a network that a case names by its folder, by its path below the pack.
  /// - Returns: the cases, and what is wrong.
  /// - Complexity: O(n) for n bytes, and for the networks of the cases.
  public static func read(
    _ bytes: [UInt8], named name: String,
    load: (String) -> Result<[UInt8], FileProblem> = { _ in .failure(.missing) }
  ) -> RuleTestReading {
    var problems = Problems()
    guard let document = RuleDocument.read(bytes, named: name, limit: limit, &problems) else {
      return RuleTestReading(cases: [], diagnostics: problems.diagnostics())
    }
    var reader = RecordReader(problems: problems)
    var examples = ExampleReader(document: document)
    var cases: [RuleTestCase] = []
    reader.read(document.root, as: .testFile) { record in
      for field in record.pairs("networks", example: "{ NAME: … }") {
        examples.networks[field.key] = field.item
      }
      for field in record.pairs("scenarios", example: "{ NAME: … }") {
        examples.scenarios[field.key] = field.item
      }
      let items = record.list("cases") ?? []
      if items.count > caseLimit {
        record.problems.report(
          "too-large", at: items[caseLimit].spot, "a test file has at most \(caseLimit) cases",
          help: "split it into several files")
      }
      for item in items.prefix(caseLimit) {
        record.read(item, as: .testCase) { record in
          let rule = record.id("rule")
          guard let example = examples.example(&record, load: load), let rule else { return }
          cases.append(RuleTestCase(rule: rule.text, example: example))
        }
      }
    }
    return RuleTestReading(
      cases: cases, diagnostics: reader.problems.diagnostics() + examples.diagnostics)
  }
}
