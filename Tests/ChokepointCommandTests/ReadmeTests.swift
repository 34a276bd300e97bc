import Foundation
import Testing

/// Runs the commands of the READMEs.
struct ReadmeTests {
  static let pages = [
    "README.md", "Graphs/README.md", "Graphs/tutorial/README.md", "Graphs/rare-earth-magnets/README.md",
    "Graphs/gallium-germanium/README.md", "Rules/README.md", "Sources/README.md", "Tests/README.md",
  ]

  static func text(_ page: String) throws -> String {
    try String(contentsOf: BuiltCommand.packageRoot.appending(path: page), encoding: .utf8)
  }

  /// The lines of `sh` blocks that call `chokepoint`, with their page.
  static let commands: [(page: String, line: String)] = pages.flatMap { page in
    ((try? text(page)) ?? "").matches(of: /```sh\n((?s:.*?))```/).flatMap { block in
      block.1.split(separator: "\n").filter { $0.hasPrefix("chokepoint ") }.map { (page, String($0)) }
    }
  }

  @Test("every chokepoint command in a README runs", arguments: commands.map { "\($0.page): \($0.line)" })
  func command(_ described: String) throws {
    let line = try #require(described.split(separator: ": ", maxSplits: 1).last)
    let words = line.split(separator: "#")[0].split(separator: " ").dropFirst().map { String($0) }
    // Paths are those of the checkout, results go to a folder that is thrown away.
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["Graphs", "Rules"] {
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: name), withDestinationURL: BuiltCommand.packageRoot.appending(path: name))
    }
    for file in Self.filesWritten(in: described) {
      try Data(file.text.utf8).write(to: folder.appending(path: file.name))
    }
    let result = try BuiltCommand.run(words, in: folder)
    #expect(result.status == 0, "\(result.errors)")
  }

  /// The files that the page of a command tells its reader to write, as `yaml` blocks that start with `# NAME`.
  private static func filesWritten(in described: String) -> [(name: String, text: String)] {
    let page = described.prefix { $0 != ":" }
    return ((try? text(String(page))) ?? "").matches(of: /```yaml\n# (\S+\.yaml)\n((?s:.*?))```/)
      .map { (String($0.1), String($0.2)) }
  }

  @Test("there are commands in the READMEs")
  func commandsExist() {
    #expect(Self.commands.count >= 6)
  }

  @Test("links of the READMEs lead somewhere", arguments: pages)
  func links(page: String) throws {
    let folder = BuiltCommand.packageRoot.appending(path: page).deletingLastPathComponent()
    for link in try Self.text(page).matches(of: /\]\(([^)#]+)\)/) where !link.1.contains("://") {
      #expect(
        FileManager.default.fileExists(atPath: folder.appending(path: String(link.1)).path), "\(link.1)")
    }
  }
}
