import Foundation
import Testing

/// `diff` as a user runs it.
struct DiffTests {
  static let network = "Graphs/rare-earth-magnets"

  @Test(
    "what does not differ is said to be the same",
    arguments: [
      [network, network], ["Graphs/tutorial", "Graphs/tutorial/network.yaml"],
      [network, "-s", "cn-full-ban", network],
    ])
  func same(arguments: [String]) throws {
    let result = try BuiltCommand.run(["diff"] + arguments)
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.contains("nothing differs"))
  }

  @Test(
    "two scenarios by name and by file give the same, twice with the same bytes", arguments: ["text", "json"])
  func scenarios(format: String) throws {
    let byName = try BuiltCommand.run(
      ["diff", Self.network, "-s", "cn-2025-october-package", "-s", "cn-full-ban", "--format", format])
    let files = ["cn-2025-october-package", "cn-full-ban"].map { "\(Self.network)/scenarios/\($0).yaml" }
    let byFile = try BuiltCommand.run(["diff"] + files + ["--format", format])
    #expect(byName.status == 0 && byName.errors.isEmpty)
    #expect(byName.output == byFile.output)
    #expect(!byName.output.contains("nothing differs"))
  }

  @Test("one scenario is held against the baseline")
  func baseline() throws {
    let result = try BuiltCommand.run(["diff", Self.network, "-s", "cn-full-ban", "--format", "json"])
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect((object["before"] as? [String: Any])?["scenario"] as? String == "baseline")
    #expect((object["stops"] as? [String])?.contains("ev-eu") == true)
    #expect((object["tables"] as? [Any])?.isEmpty == true)
    let losses = try #require(object["losses"] as? [[String: Any]]).compactMap { $0["after"] as? Double }
    #expect(!losses.isEmpty && losses == losses.sorted(by: >))
  }

  @Test(
    "wrong usage is told",
    arguments: [
      ["diff", network], ["diff", network, "no/such"], ["diff", network, "-s", "a", "-s", "b", "-s", "c"],
      ["diff", network, "-s", "cn-full-bans"], ["diff", network, network, "--as-of", "2025-13-01"],
    ])
  func wrongUsage(arguments: [String]) throws {
    let result = try BuiltCommand.run(arguments)
    #expect(result.status == 2)
    #expect(result.output.isEmpty && !result.errors.isEmpty)
  }
}
