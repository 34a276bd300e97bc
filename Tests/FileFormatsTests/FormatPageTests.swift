import Foundation
import Testing

@testable import FileFormats

/// Holds `Graphs/README.md` to the format that the reader knows.
struct FormatPageTests {
  static let tables: [RecordFormat] = [
    .stages, .elementGroups, .blocs, .sources, .materials, .technologies, .operators, .processes, .sites,
    .operations, .flows, .markets, .stocks, .demand, .statistics, .governance, .tradeParameters,
    .riskParameters,
  ]

  @Test("the page lists the keys of each table, and which are needed", arguments: tables.map(\.name))
  func keys(name: String) throws {
    let format = try #require(Self.tables.first { $0.name == name })
    let page = try String(contentsOf: shippedFolder.appending(path: "README.md"), encoding: .utf8)
    let row = try #require(page.split(separator: "\n").first { $0.hasPrefix("| `\(name)` |") })
    let cell = try #require(row.split(separator: "|").dropFirst().first)
    // Explanations stand in brackets or behind a colon.
    let words = cell.replacing(/\([^)]*\)/, with: "").prefix { $0 != ":" }
      .replacing(" or ", with: ",").split(separator: ",").map { $0.filter { $0 != " " } }
    #expect(words.map { $0.filter { $0 != "*" } } == format.keys)
    #expect(words.filter { $0.hasPrefix("**") }.map { $0.filter { $0 != "*" } } == format.needed)
  }

  @Test("every table of the manifest is on the page")
  func complete() {
    let known = Set(Self.tables.map(\.name)).union(["chokepoint", "network"])
    #expect(Set(RecordFormat.manifest.keys) == known)
  }
}
