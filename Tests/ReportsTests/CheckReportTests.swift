import Diagnostics
import Reports
import SupplyModel
import TestSupport
import Testing

struct CheckReportTests {
  private let problems = [
    Diagnostic(
      id: "unknown-key", "there is no key 'contry'",
      at: SourcePlace(file: "network.yaml", line: 3, column: 5),
      help: "did you mean 'country'?"),
    Diagnostic(id: "no-source", severity: .warning, "no source"),
  ]

  @Test("the check of the example is what it was")
  func golden() throws {
    let document = CheckDocument(of: try exampleNetwork(), diagnostics: [problems[1]])
    #expect(document.valid)
    try expectSnapshot(
      CheckText.text(
        of: exampleNetwork(), diagnostics: [problems[1]], width: 100, named: "Graphs/example"
      ).rendered(colour: false), "check.txt")
    try expectSnapshot(document.json(), "check.json")
  }

  @Test("a network that could not be read is not valid, and its problems are told")
  func invalid() throws {
    let document = CheckDocument(of: nil, diagnostics: problems)
    #expect(!document.valid && document.counts == nil)
    #expect(document.json().contains(#""line": 3"#) && document.json().contains(#""line": null"#))
  }

  @Test("an error makes a network invalid that could be read")
  func errorInReadable() throws {
    #expect(!CheckDocument(of: try exampleNetwork(), diagnostics: problems).valid)
  }

  @Test("an empty network is valid")
  func empty() {
    let document = CheckDocument(of: SupplyNetwork(id: "nothing"))
    #expect(document.valid && document.sitesThatCannotRun.isEmpty && document.demandsNotMet.isEmpty)
    #expect(
      CheckText.text(of: SupplyNetwork(id: "nothing"), width: 100).rendered(colour: false)
        == "good: nothing is a valid network: it is empty\n")
  }

  @Test("warnings are capped, and the rest is counted")
  func capped() throws {
    let process = SupplyModel.Process(
      id: "p", activity: try Unit("t"),
      slots: [Slot([Input(Key(0), amount: Figure(1, unit: try Unit("t")))])],
      outputs: [Output(Key(1), amount: Figure(1, unit: try Unit("t")))])
    let network = SupplyNetwork(
      id: "n", materials: [Material(id: "a", unit: try Unit("t")), Material(id: "b", unit: try Unit("t"))],
      processes: [process], sites: (0..<5).map { Site(id: "s\($0)") },
      operations: (0..<5).map { Operation(site: Key($0), process: Key(0)) })
    let document = CheckDocument(of: network)
    #expect(document.sitesThatCannotRun.map(\.missing) == Array(repeating: ["a"], count: 5))
    #expect(document.demandsNotMet.map(\.id) == ["b"])
    let text = CheckText.text(of: network, top: 2, width: 100).rendered(colour: false)
    #expect(
      text.contains("warning: s1 (p) cannot run: nothing brings a\n… and 3 more sites that cannot run\n"))
  }

  @Test("names cannot control the terminal", arguments: hostileTexts)
  func hostile(name: String) throws {
    let document = CheckDocument(
      of: try hostileNetwork(name),
      diagnostics: [
        Diagnostic(
          id: "x", severity: .note, name, at: SourcePlace(file: name, line: 1, column: 1), help: name)
      ])
    #expect(
      try isHarmless(CheckText.text(of: hostileNetwork(name), width: 80, named: name).rendered(colour: false))
    )
    #expect(isHarmless(document.json()))
  }
}
