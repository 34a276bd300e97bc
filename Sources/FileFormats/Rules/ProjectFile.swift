import CEL
public import Diagnostics
public import RuleEngine

/// What a user's project says about rules: which are run, and how.
public struct RuleProject: Sendable {
  /// Paths of rules and of packs, relative to the file.
  public var rulePaths: [String]
  public var packs: [String]
  public var profile: String?
  public var settings: RuleSettings

  /// The least severity of a finding with which a check fails.
  public var failOn: FindingSeverity?

  /// Paths of these files, relative to this one.
  public var waivers: String?
  public var baseline: String?

  public init(
    rulePaths: [String] = [], packs: [String] = [], profile: String? = nil,
    settings: RuleSettings = RuleSettings(), failOn: FindingSeverity? = nil, waivers: String? = nil,
    baseline: String? = nil
  ) {
    self.rulePaths = rulePaths
    self.packs = packs
    self.profile = profile
    self.settings = settings
    self.failOn = failOn
    self.waivers = waivers
    self.baseline = baseline
  }
}

/// What reading `chokepoint.yaml` gave.
public struct RuleProjectReading: Sendable {
  /// Nil if there is any error.
  public let project: RuleProject?
  public let diagnostics: [Diagnostic]

  public init(project: RuleProject?, diagnostics: [Diagnostic]) {
    self.project = project
    self.diagnostics = diagnostics
  }
}

/// The file `chokepoint.yaml` in a user's project.
public enum ProjectFile {
  /// The most bytes of the file.
  public static let limit = RuleDocument.limit

  /// - Complexity: O(n) for n bytes.
  public static func read(_ bytes: [UInt8], named name: String) -> RuleProjectReading {
    var problems = Problems()
    guard let document = RuleDocument.read(bytes, named: name, &problems) else {
      return RuleProjectReading(project: nil, diagnostics: problems.diagnostics())
    }
    var reader = RecordReader(problems: problems)
    var project = RuleProject()
    reader.read(document.root, as: .project) { record in
      project.rulePaths = record.textOrTexts("rules").compactMap(\.text)
      project.packs = record.textOrTexts("packs").compactMap(\.text)
      project.profile = record.text("profile")
      project.settings = record.settings(in: document)
      project.failOn = record.choice("fail_on")
      project.waivers = record.text("waivers")
      project.baseline = record.text("baseline")
    }
    return RuleProjectReading(
      project: reader.problems.errorCount == 0 ? project : nil,
      diagnostics: reader.problems.diagnostics())
  }
}

extension RuleSettings.Assignment {
  /// Reads `rule.param=value`, or `rule.param=[CN, RU]` for a list; what is wrong is thrown.
  ///
  /// The type is that of the rule's parameter; ``value(for:)`` tells whether the text fits.
  public init(parsing text: String) throws(Diagnostic) {
    guard let equals = text.firstIndex(of: "="), let dot = text[..<equals].lastIndex(of: "."),
      dot != text.startIndex, text.index(after: dot) != equals
    else {
      throw Diagnostic(
        id: "invalid-setting", "'\(text)' sets no parameter of a rule", help: "write RULE.PARAMETER=VALUE")
    }
    var value = text[text.index(after: equals)...]
    var values = [String(value)]
    if value.hasPrefix("["), value.hasSuffix("]") {
      value = value.dropFirst().dropLast()
      values = value.split(separator: ",").map { part in
        String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
    }
    self.init(
      rule: String(text[..<dot]), parameter: String(text[text.index(after: dot)..<equals]), values: values)
  }

  /// The parameter that the assignment sets, with its new value; what is wrong is thrown.
  ///
  /// One value stands for a list of one.
  public func parameter(of rule: RuleFile) throws(Diagnostic) -> RuleParameter {
    let names = rule.parameters.map(\.name)
    guard var parameter = rule.parameters.first(where: { $0.name == self.parameter }) else {
      throw Diagnostic(
        id: "unknown-parameter", "the rule '\(self.rule)' has no parameter '\(self.parameter)'",
        help: suggestion(for: self.parameter, from: names).map { "did you mean '\($0)'?" }
          ?? (names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"))
    }
    let read = parameter.type.read(values, isList: values.count != 1)
    guard let value = read.value else {
      throw Diagnostic(
        id: "wrong-type",
        "'\(read.wrong ?? values.joined(separator: ", "))' is no value of '\(parameter.type.name)' for '\(self.rule).\(self.parameter)'",
        help: read.help)
    }
    let number: Double? =
      switch value {
      case .int(let number): Double(number)
      case .double(let number): number
      default: nil
      }
    if let number, number < parameter.minimum ?? number || number > parameter.maximum ?? number {
      let bounds = [
        parameter.minimum.map { "at least \($0)" }, parameter.maximum.map { "at most \($0)" },
      ].compactMap { $0 }
      throw Diagnostic(
        id: "out-of-range", "'\(self.rule).\(self.parameter)' cannot be \(values[0])",
        help: "it is \(bounds.joined(separator: " and "))")
    }
    parameter.value = value
    return parameter
  }
}
