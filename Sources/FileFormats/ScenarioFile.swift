public import Diagnostics
public import SupplyModel

/// What reading a scenario gave: the scenario, unless something is wrong with it, and all that is wrong.
public struct ScenarioReading: Sendable {
  /// Nil if there is any error.
  public let scenario: Scenario?

  /// Sorted by place; at most 200, the last of which then says how many more there are.
  public let diagnostics: [Diagnostic]

  public init(scenario: Scenario?, diagnostics: [Diagnostic]) {
    self.scenario = scenario
    self.diagnostics = diagnostics
  }
}

/// A file that says what happens to a network: controls, outages and responses.
public enum ScenarioFile {
  /// The most bytes that a scenario has.
  public static let limit = 1 << 20

  /// Reads a scenario of a network and tells everything that is wrong with it.
  ///
  /// As safe to read as a network; see ``NetworkFile/read(manifest:named:load:)``.
  ///
  /// - Complexity: O(n) for n bytes, and O(rows of the network) for its ids.
  public static func read(_ bytes: [UInt8], named name: String, of network: SupplyNetwork) -> ScenarioReading
  {
    var problems = Problems()
    let file = problems.add(SourceFile(name: name, bytes: bytes, limit: limit))
    guard let root = YAMLDocument.read(file: file, bytes: bytes, limit: limit, problems: &problems) else {
      return ScenarioReading(scenario: nil, diagnostics: problems.diagnostics())
    }
    var reader = RecordReader(problems: problems)
    let scenario = ScenarioBuilder.scenario(from: root, of: network, &reader)
    return ScenarioReading(scenario: scenario, diagnostics: reader.problems.diagnostics())
  }
}

/// The tables of a scenario and their keys, as `Graphs/README.md` lists them.
extension RecordFormat {
  static let scenarioManifest = RecordFormat(
    "scenario file", "chokepoint! scenario! sources blocs controls outages responses")
  static let scenario = RecordFormat("scenario", "id! title as_of note")
  static let controls = RecordFormat(
    "controls",
    """
    id! name kind! issuer targets except what entities waypoints approved# delay# quota# announced effective \
    suspended ended known_until source confidence note
    """)
  static let subject = RecordFormat(
    "what", "materials forms elements hs stages technologies made_with content")
  static let content = RecordFormat("content", "from! at_least# by")
  static let madeWith = RecordFormat("made_with", "from! technologies")
  static let suspended = RecordFormat("suspended", "from! to")
  static let outages = RecordFormat("outages", "site country operator from until known_until source note")
  static let responses = RecordFormat(
    "responses",
    """
    kind! site sites seller buyer process demand country material instead_of share# amount# over# volume# by# from \
    until source note
    """)
}
