import Foundation
import Testing

/// `worst` and `why` as a user runs them.
struct WorstAndWhyTests {
  private func object(_ arguments: [String]) throws -> [String: Any] {
    let result = try BuiltCommand.run(arguments + ["--format", "json"])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    return try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  @Test(
    "the worst site of the tutorial is the one plant that makes heavy oxides, and no second one costs more")
  func tutorial() throws {
    let object = try object(["worst", "Graphs/tutorial", "--count", "2"])
    let cases = try #require(object["cases"] as? [[String: Any]])
    for row in cases {
      #expect(row["proven"] as? Bool == true)
      #expect(row["loss"] as? Double == 1)
      #expect((row["elements"] as? [[String: Any]])?.compactMap { $0["id"] as? String } == ["east-plant"])
      #expect(row["stops"] as? [String] == ["motors-eu", "motors-us"])
    }
    #expect(cases.count == 2)
  }

  @Test(
    "every level of a shipped network has a proven worst case, twice with the same bytes",
    arguments: ["site", "lane", "operator", "parent", "country", "exports", "country-material", "technology"])
  func levels(level: String) throws {
    let arguments = ["worst", "Graphs/gallium-germanium", "--level", level, "--count", "2"]
    let (first, second) = try (BuiltCommand.run(arguments), BuiltCommand.run(arguments))
    #expect(first.status == 0 && first.errors.isEmpty)
    #expect(first.output == second.output)
    #expect(!first.output.contains("ended early"))
  }

  @Test("what stands for the rest of a published total does not fail as one site")
  func balances() throws {
    let object = try object(["worst", "Graphs/rare-earth-magnets", "--count", "2"])
    let balances = Set(try #require(object["balances"] as? [String]))
    #expect(balances.contains("cn-metal-balance") && balances.contains("other-metal"))
    let cases = try #require(object["cases"] as? [[String: Any]])
    let failed = cases.flatMap {
      ($0["elements"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    }
    #expect(!failed.isEmpty && balances.isDisjoint(with: failed))
  }

  @Test("a search without steps says that it ended early")
  func budget() throws {
    let result = try BuiltCommand.run(["worst", "Graphs/gallium-germanium", "--count", "2", "--steps", "0"])
    #expect(result.status == 0)
    #expect(result.output.contains("ended early"))
  }

  @Test(
    "why a product stops leads down to the ban, and says nothing that another run would not",
    arguments: ["text", "json"])
  func stops(format: String) throws {
    let arguments = ["why", "Graphs/rare-earth-magnets", "ev-eu", "-s", "cn-full-ban", "--format", format]
    let (first, second) = try (BuiltCommand.run(arguments), BuiltCommand.run(arguments))
    #expect(first.status == 0 && first.errors.isEmpty)
    #expect(first.output == second.output)
    #expect(!first.output.isEmpty)
  }

  @Test("why a product is met names what it hangs on")
  func met() throws {
    let result = try BuiltCommand.run(["why", "Graphs/tutorial", "motors-eu"])
    #expect(result.status == 0)
    #expect(result.output.contains("East Plant"))
  }

  @Test(
    "wrong usage is told with what to write instead",
    arguments: [
      (["worst", "Graphs/tutorial", "--count", "6"], "from 1 to 5"),
      (["worst", "Graphs/tutorial", "--level", "sites"], "did you mean 'site'"),
      (["worst", "Graphs/tutorial", "--product", "motor-eu"], "did you mean 'motors-eu'"),
      (["why", "Graphs/tutorial", "motor-eu"], "did you mean 'motors-eu'"),
      (["why", "Graphs/rare-earth-magnets", "ev-eu", "-s", "cn-full-bans"], "did you mean 'cn-full-ban'"),
    ])
  func wrongUsage(arguments: [String], help: String) throws {
    let result = try BuiltCommand.run(arguments)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(help), "\(result.errors)")
  }
}
