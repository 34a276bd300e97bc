import Diagnostics
import Foundation
import SupplyModel
import Testing

@testable import FileFormats

/// What `Graphs/README.md` says about the format of scenarios is what the reader knows.
struct DocumentedScenarioTests {
  private static func page() throws -> Substring {
    let text = try String(contentsOf: shippedFolder.appending(path: "README.md"), encoding: .utf8)
    let start = try #require(text.range(of: "## Describing a scenario\n"))
    return text[start.upperBound...]
  }

  /// The rows of the tables whose first cell is a word of code: the word, and the other cells; the first of several.
  private static func rows(of text: Substring) -> [String: [String]] {
    var rows: [String: [String]] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
        .map { $0.trimmingCharacters(in: .whitespaces) }
      for name in cells[0].split(separator: ", ") {
        let name = name.filter { $0 != "`" }
        if rows[name] == nil { rows[name] = Array(cells.dropFirst()) }
      }
    }
    return rows
  }

  @Test(
    "the keys of each table of a scenario are exactly the documented ones, and the needed ones are marked",
    arguments: [
      ("scenario", RecordFormat.scenario), ("controls", .controls), ("what", .subject),
      ("made_with", .madeWith), ("content", .content), ("suspended", .suspended), ("outages", .outages),
      ("responses", .responses),
    ] as [(String, RecordFormat)])
  func keys(table: String, format: RecordFormat) throws {
    let cell = try #require(Self.rows(of: try Self.page())[table]?.first)
    let words = cell.split(separator: ", ").map { String($0) }
    #expect(words.map { $0.replacing("*", with: "") } == format.keys)
    #expect(words.filter { $0.hasPrefix("**") }.map { $0.replacing("*", with: "") } == format.needed)
  }

  @Test("the tables of a scenario are the documented ones")
  func tables() throws {
    let documented = Self.rows(of: try Self.page())
    let tables = RecordFormat.scenarioManifest.keys.filter { $0 != "chokepoint" }
    #expect(tables.allSatisfy { documented[$0] != nil })
    #expect(RecordFormat.scenarioManifest.needed == ["chokepoint", "scenario"])
  }

  /// The smallest record of each kind, from what its row says that it needs.
  private static let samples = [
    "issuer": "CN", "quota": "5 kt/yr", "entities": "[firm]", "waypoints": "[sound]", "site": "new-works",
    "material": "other-metal", "instead_of": "metal", "amount": "60 d", "process": "smelt", "by": "5 %",
    "demand": "users", "seller": "new-works", "buyer": "shop", "volume": "1 t/yr", "approved": "0.5",
    "delay": "30 d", "sites": "[shop]", "share": "0.5", "over": "90 d", "country": "SE",
  ]

  private static func words(_ cell: String) -> [String] {
    cell.split(separator: ", ").map { String($0) }
  }

  /// A record of a kind with these keys.
  private static func file(_ table: String, kind: String, keys: [String]) -> String {
    let material = kind == "add-flow" ? "metal" : kind == "release-stock" ? "ore" : samples["material"]
    let fields = keys.map { key in "\(key): \((key == "material" ? material : samples[key]) ?? "?")" }
    let id = table == "controls" ? "id: x, " : ""
    return """
      chokepoint: 1
      scenario: { id: s }
      \(table): [ { \(id)kind: \(([kind] + fields).joined(separator: ", ")) } ]

      """
  }

  @Test("every kind of control needs what is documented, and takes what is documented")
  func controlKinds() throws {
    let documented = Self.rows(of: try Self.page())
    for kind in Control.Kind.allCases.map(\.rawValue) {
      let row = try #require(documented[kind], "\(kind)")
      let (needed, optional) = (Self.words(row[1]), Self.words(row[2]))
      let whole = try readScenario(Self.file("controls", kind: kind, keys: needed + optional))
      #expect(whole.diagnostics == [], "\(kind)")
      for key in needed {
        let less = try readScenario(
          Self.file("controls", kind: kind, keys: needed.filter { $0 != key } + optional))
        #expect(less.diagnostics.map(\.id) == ["missing-key"], "\(kind) without \(key)")
      }
      for key in ["quota", "approved", "delay", "entities", "waypoints"]
      where !(needed + optional).contains(key) {
        let more = try readScenario(Self.file("controls", kind: kind, keys: needed + [key]))
        #expect(more.diagnostics.map(\.id) == ["useless-key"], "\(kind) with \(key)")
      }
    }
  }

  @Test(
    "every kind of response needs what is documented, and takes what is documented",
    arguments: [
      "open-site", "delay-site", "allow-substitute", "release-stock", "add-flow", "raise-yield",
      "raise-recycling", "lower-demand",
    ])
  func responseKinds(kind: String) throws {
    let row = try #require(Self.rows(of: try Self.page())[kind])
    let needed = Self.words(row[1]).map { $0 == "one of country and site" ? "country" : $0 }
    let optional = Self.words(row[2])
    let whole = try readScenario(Self.file("responses", kind: kind, keys: needed + optional))
    #expect(whole.diagnostics == [])
    for key in needed {
      let less = try readScenario(
        Self.file("responses", kind: kind, keys: needed.filter { $0 != key } + optional))
      #expect(less.diagnostics.map(\.id) == ["missing-key"], "without \(key)")
    }
    let all = ["site", "seller", "process", "demand", "instead_of", "amount", "volume"]
    for key in all where !(needed + optional).contains(key) && !(kind == "release-stock" && key == "site") {
      let more = try readScenario(Self.file("responses", kind: kind, keys: needed + [key]))
      #expect(more.diagnostics.contains { $0.id == "useless-key" }, "with \(key)")
    }
  }

  @Test("the example of the page is a scenario of the tutorial")
  func example() throws {
    let page = try Self.page()
    let blocks = page.matches(of: /```yaml\n((?s:.*?))```/).map { String($0.1) }
    #expect(blocks.count == 1)
    let network = try #require(try readShipped("tutorial").network)
    for block in blocks {
      let reading = ScenarioFile.read(Array(block.utf8), named: "README", of: network)
      #expect(reading.diagnostics == [])
      #expect(reading.scenario?.controls.count == 1)
    }
  }
}
