import Foundation
import Testing

/// Scenarios through the built command.
struct ScenarioCommandTests {
  struct Shipped: Sendable, CustomTestStringConvertible {
    var network: String
    var scenario: String

    var testDescription: String { "\(network), \(scenario)" }
  }

  /// Every scenario that is shipped, found in the folders of the networks.
  static let shipped: [Shipped] = {
    let graphs = BuiltCommand.packageRoot.appending(path: "Graphs").path
    let networks = (try? FileManager.default.contentsOfDirectory(atPath: graphs)) ?? []
    return networks.sorted().flatMap { network in
      let files =
        (try? FileManager.default.contentsOfDirectory(atPath: "\(graphs)/\(network)/scenarios")) ?? []
      return files.filter { $0.hasSuffix(".yaml") }.sorted()
        .map { Shipped(network: "Graphs/\(network)", scenario: String($0.dropLast(5))) }
    }
  }()

  @Test("networks come with scenarios")
  func exist() {
    for (network, least) in [("rare-earth-magnets", 10), ("gallium-germanium", 3), ("tutorial", 2)] {
      #expect(Self.shipped.count { $0.network == "Graphs/\(network)" } >= least)
    }
  }

  @Test(
    "every shipped scenario is analysed as text and as JSON, twice with the same bytes", arguments: shipped)
  func analyze(_ shipped: Shipped) throws {
    for format in ["text", "json"] {
      let arguments = ["analyze", shipped.network, "-s", shipped.scenario, "--format", format]
      let first = try BuiltCommand.run(arguments)
      let second = try BuiltCommand.run(arguments)
      #expect(first.status == 0, "\(first.errors)")
      #expect(first.errors.isEmpty)
      #expect(!first.output.isEmpty)
      #expect(first.output == second.output)
    }
  }

  @Test(
    "every shipped scenario is called like its file, and every row of it says where it comes from",
    arguments: shipped)
  func isSourced(_ shipped: Shipped) throws {
    let result = try BuiltCommand.run(
      ["analyze", shipped.network, "-s", shipped.scenario, "--format", "json"])
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(document["scenario"] as? String == shipped.scenario)
    let controls = try #require(document["controls"] as? [[String: Any]])
    // A thought experiment has no source, and says that it is one.
    if shipped.scenario != "cn-full-ban" {
      #expect(controls.allSatisfy { $0["source"] is String })
    }
  }

  static let network = "Graphs/tutorial"

  @Test(
    "what is wrong with a scenario on the command line is told with what to write instead, and exits with 2",
    arguments: [
      (["-s", "orient-bann"], "did you mean 'orient-ban'?"),
      (["-s", "xyz"], "the network has licences, orient-ban"),
      (["-s", "no/such/file.yaml"], "name a scenario file"),
      (["-s", "Graphs/tutorial/scenarios"], "name a scenario file"),
      (["-s", "Graphs"], "the network has licences, orient-ban"),
      (["-s", ""], "name a scenario"),
      (["-s", "../tutorial/scenarios/orient-ban"], "name a scenario file"),
      (["-s", "orient-ban", "--as-of", "2025-02-30"], "not a day of the calendar"),
      (["-s", "orient-ban", "--as-of", "2025-13-01"], "not a day of the calendar"),
      (["-s", "orient-ban", "--as-of", "2025-12"], "not a day of the calendar"),
      (["-s", "orient-ban", "--as-of", "tomorrow"], "not a day of the calendar"),
      (["-s", "orient-ban", "--as-of", ""], "not a day of the calendar"),
      (["--as-of", "2025-12-01"], "name one with -s"),
      (["-s", "Graphs/tutorial/network.yaml"], "unknown-key"),
      (["-s", "Graphs/rare-earth-magnets/scenarios/mm-2024-kachin.yaml"], "dangling-id"),
      (["-s", "/dev/zero"], ""), (["-s", "/etc/passwd"], ""), (["-s", "README.md"], ""),
    ])
  func mistakes(options: [String], words: String) throws {
    for command in ["analyze", "chokepoints"] {
      let result = try BuiltCommand.run([command, Self.network] + options)
      #expect(result.status == 2, "\(command)")
      #expect(result.output.isEmpty)
      #expect(words.isEmpty || result.errors.contains(words), "\(result.errors)")
      #expect(!result.errors.isEmpty)
    }
  }

  @Test("a scenario with dates and without a day is refused, and told how to get one")
  func noDay() throws {
    let text = """
      chokepoint: 1
      scenario: { id: s }
      controls: [ { id: a, kind: export-ban, issuer: CN, effective: 2025-05-01 } ]

      """
    try BuiltCommand.withNetwork(["s.yaml": text]) { folder in
      let path = folder.appending(path: "s.yaml").path
      let without = try BuiltCommand.run(["analyze", Self.network, "-s", path])
      #expect(without.status == 2)
      #expect(without.errors.contains("add --as-of YYYY-MM-DD"))
      let with = try BuiltCommand.run(["analyze", Self.network, "-s", path, "--as-of", "2025-05-01"])
      #expect(with.status == 0)
      #expect(with.output.contains("in force"))
      let before = try BuiltCommand.run(["analyze", Self.network, "-s", path, "--as-of", "2025-04-30"])
      #expect(before.output.contains("no product loses anything"))
    }
  }

  @Test("hostile scenario files end with 2 and a placed message, and nothing is analysed")
  func hostile() throws {
    let files: [String: Data] = [
      "empty.yaml": Data(), "bytes.yaml": Data([0xFF, 0xFE, 0x00]),
      "deep.yaml": Data(String(repeating: "[", count: 100_000).utf8),
      "alias.yaml": Data("chokepoint: 1\nscenario: &a { id: s }\nb: *a\n".utf8),
    ]
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, data) in files { try data.write(to: folder.appending(path: name)) }
    for name in files.keys.sorted() {
      let path = folder.appending(path: name).path
      let result = try BuiltCommand.run(["analyze", Self.network, "-s", path])
      #expect(result.status == 2, "\(name)")
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("\(name):"), "\(result.errors)")
      #expect(result.errors.contains("help:"), "\(name)")
    }
  }
}
