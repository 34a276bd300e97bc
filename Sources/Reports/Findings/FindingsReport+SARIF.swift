import Diagnostics
import RuleEngine
import SupplyModel

extension FindingsReport {
  /// The findings in the Static Analysis Results Interchange Format.
  ///
  /// A site of a finding is a logical location; the way to what stops is a code flow. What could not be decided has the kind `open`.
  ///
  /// - Parameter version: of the command.
  /// - Returns: a log with one run.
  /// - Source: OASIS, SARIF 2.1.0, 2020.
  public func sarif(version: String) -> String {
    let positions = Dictionary(
      rules.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    func flagged(_ finding: Finding, _ suppressions: [Suppression], _ state: String?) -> Result {
      Result(
        ruleId: finding.ruleID, ruleIndex: positions[finding.ruleID] ?? 0, kind: "fail",
        level: level(of: finding.severity), message: Message(text: finding.message),
        locations: [location(of: finding.subjects)],
        partialFingerprints: ["chokepoint/v1": finding.fingerprint], codeFlows: flows(of: finding),
        suppressions: suppressions, baselineState: state,
        properties: Properties(severity: finding.severity.rawValue, scenario: finding.scenario, tags: nil))
    }
    let open = run.findings.map { flagged($0, [], nil) }
    let waived = run.waived.map {
      flagged(
        $0.finding, [Suppression(kind: "external", status: "accepted", justification: $0.waiver.reason)], nil)
    }
    let known = run.known.map { flagged($0, [], "unchanged") }
    let undecided = run.results.flatMap { result in
      result.inconclusive.map { row in
        Result(
          ruleId: result.rule.id, ruleIndex: positions[result.rule.id] ?? 0, kind: "open", level: "none",
          message: Message(
            text: "not decided, since these are missing: \(row.missing.joined(separator: ", "))"),
          locations: [location(of: row.subjects)], partialFingerprints: [:], codeFlows: [], suppressions: [],
          baselineState: nil, properties: Properties(severity: nil, scenario: result.scenario, tags: nil))
      }
    }
    return jsonText(
      of: Log(
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [
          Run(
            tool: Tool(
              driver: Driver(
                name: "chokepoint", version: version,
                rules: rules.map { rule in
                  Descriptor(
                    id: rule.id, shortDescription: Message(text: rule.title),
                    fullDescription: Message(text: rule.why.isEmpty ? rule.title : rule.why),
                    help: Message(text: rule.fix.isEmpty ? rule.title : rule.fix),
                    defaultConfiguration: Configuration(level: level(of: rule.severity)),
                    properties: Properties(severity: rule.severity.rawValue, scenario: nil, tags: rule.tags))
                })),
            invocations: [
              Invocation(
                executionSuccessful: isComplete,
                toolExecutionNotifications: run.problems.map {
                  Notification(level: "error", message: Message(text: $0.summary))
                })
            ], columnKind: "unicodeCodePoints", results: open + waived + known + undecided)
        ]))
  }

  private func level(of severity: FindingSeverity) -> String {
    switch severity {
    case .critical, .high: "error"
    case .medium: "warning"
    case .low, .info: "note"
    }
  }

  private func location(of subjects: [Finding.Subject]) -> Location {
    Location(
      physicalLocation: PhysicalLocation(
        artifactLocation: ArtifactLocation(uri: uri), region: Region(startLine: 1)),
      logicalLocations: subjects.map {
        LogicalLocation(name: $0.name, fullyQualifiedName: "\($0.kind):\($0.id)", kind: $0.kind)
      }, message: nil)
  }

  /// The path as a relative reference: everything but letters, digits and a few signs is escaped.
  private var uri: String {
    var text = ""
    for byte in file.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        text += "%" + (hex.count == 1 ? "0" : "") + hex
      }
    }
    return text
  }

  private func flows(of finding: Finding) -> [CodeFlow] {
    finding.evidence.filter { $0.name == "path" && !$0.sites.isEmpty }.map { evidence in
      CodeFlow(
        threadFlows: [
          ThreadFlow(
            locations: evidence.sites.map { key in
              let site = network.sites[key]
              return FlowLocation(
                location: Location(
                  physicalLocation: nil,
                  logicalLocations: [
                    LogicalLocation(name: site.name, fullyQualifiedName: "site:\(site.id)", kind: "site")
                  ], message: Message(text: site.name)))
            })
        ])
    }
  }

  private struct Log: Encodable {
    let schema: String
    let version: String
    let runs: [Run]

    enum CodingKeys: String, CodingKey {
      case schema = "$schema"
      case version, runs
    }
  }

  private struct Run: Encodable {
    let tool: Tool
    let invocations: [Invocation]
    let columnKind: String
    let results: [Result]
  }

  private struct Tool: Encodable { let driver: Driver }

  private struct Driver: Encodable {
    let name: String
    let version: String
    let rules: [Descriptor]
  }

  private struct Descriptor: Encodable {
    let id: String
    let shortDescription: Message
    let fullDescription: Message
    let help: Message
    let defaultConfiguration: Configuration
    let properties: Properties
  }

  private struct Configuration: Encodable { let level: String }
  private struct Message: Encodable {
    let text: String

    /// In a message, text in brackets before parentheses is a link (SARIF 2.1.0, 3.11.6).
    init(text: String) { self.text = text.replacing("](", with: "\\](") }
  }

  private struct Properties: Encodable {
    let severity: String?
    let scenario: String?
    let tags: [String]?

    enum CodingKeys: CodingKey { case severity, scenario, tags }

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: CodingKeys.self)
      if let severity { try fields.encode(severity, forKey: .severity) }
      if let scenario { try fields.encode(scenario, forKey: .scenario) }
      if let tags { try fields.encode(tags, forKey: .tags) }
    }
  }

  private struct Invocation: Encodable {
    let executionSuccessful: Bool
    let toolExecutionNotifications: [Notification]
  }

  private struct Notification: Encodable {
    let level: String
    let message: Message
  }

  private struct Result: Encodable {
    let ruleId: String
    let ruleIndex: Int
    let kind: String
    let level: String
    let message: Message
    let locations: [Location]
    let partialFingerprints: [String: String]
    let codeFlows: [CodeFlow]
    let suppressions: [Suppression]
    let baselineState: String?
    let properties: Properties

    enum CodingKeys: CodingKey {
      case ruleId, ruleIndex, kind, level, message, locations, partialFingerprints, codeFlows, suppressions
      case baselineState, properties
    }

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(ruleId, forKey: .ruleId)
      try fields.encode(ruleIndex, forKey: .ruleIndex)
      try fields.encode(kind, forKey: .kind)
      try fields.encode(level, forKey: .level)
      try fields.encode(message, forKey: .message)
      try fields.encode(locations, forKey: .locations)
      if !partialFingerprints.isEmpty { try fields.encode(partialFingerprints, forKey: .partialFingerprints) }
      if !codeFlows.isEmpty { try fields.encode(codeFlows, forKey: .codeFlows) }
      if !suppressions.isEmpty { try fields.encode(suppressions, forKey: .suppressions) }
      if let baselineState { try fields.encode(baselineState, forKey: .baselineState) }
      try fields.encode(properties, forKey: .properties)
    }
  }

  private struct Suppression: Encodable {
    let kind: String
    let status: String
    let justification: String
  }

  private struct Location: Encodable {
    let physicalLocation: PhysicalLocation?
    let logicalLocations: [LogicalLocation]
    let message: Message?

    enum CodingKeys: CodingKey { case physicalLocation, logicalLocations, message }

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: CodingKeys.self)
      if let physicalLocation { try fields.encode(physicalLocation, forKey: .physicalLocation) }
      if !logicalLocations.isEmpty { try fields.encode(logicalLocations, forKey: .logicalLocations) }
      if let message { try fields.encode(message, forKey: .message) }
    }
  }

  private struct PhysicalLocation: Encodable {
    let artifactLocation: ArtifactLocation
    let region: Region
  }

  private struct ArtifactLocation: Encodable { let uri: String }
  private struct Region: Encodable { let startLine: Int }

  private struct LogicalLocation: Encodable {
    let name: String
    let fullyQualifiedName: String
    let kind: String
  }

  private struct CodeFlow: Encodable { let threadFlows: [ThreadFlow] }
  private struct ThreadFlow: Encodable { let locations: [FlowLocation] }
  private struct FlowLocation: Encodable { let location: Location }
}
