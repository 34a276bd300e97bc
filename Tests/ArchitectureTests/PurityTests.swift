import Foundation
import Testing

struct PurityTests {
  @Test(
    "only the command opens files, prints, or asks for the time", arguments: SourceTree.layers.map(\.name))
  func noInputOrOutput(module: String) {
    for file in SourceTree.swiftFiles(below: "Sources/\(module)") {
      let text = SourceTree.text(file)
      for forbidden in [
        /import Foundation\n/, /import Glibc/, /\bprint\(/, /\bFileManager\b/, /\bFileHandle\b/, /\bDate\(\)/,
        /\bProcessInfo\b/,
      ] {
        if let found = text.firstMatch(of: forbidden) { Issue.record("\(file) has '\(found.0)'") }
      }
    }
  }

  @Test(
    "only the wrappers of Graphviz and HiGHS use unsafe code, and the command to ask the terminal for its width"
  )
  func noUnsafeCode() {
    for file in SourceTree.swiftFiles(below: "Sources")
    where !file.hasPrefix("Sources/GraphvizRendering/") && !file.hasSuffix("/HiGHSLibrary.swift")
      && !file.hasSuffix("/Terminal.swift")
    {
      for line in SourceTree.text(file).split(separator: "\n") {
        let code = line.prefix(while: { $0 != "/" })
        #expect(!code.contains(/\bunsafe\b|Unsafe\w*Pointer/), "\(file): \(line)")
      }
    }
  }

  @Test("nobody silences the compiler")
  func nothingSilenced() {
    for file in SourceTree.swiftFiles(below: "Sources") {
      let text = SourceTree.text(file)
      for forbidden in ["@unchecked Sendable", "nonisolated(unsafe)", " as! ", "fatalError("] {
        #expect(!text.contains(forbidden), "\(file) has '\(forbidden)'")
      }
      // As a word: a key of a table may be called "country!".
      #expect(!text.contains(/\btry!/), "\(file) has 'try!'")
    }
  }

  @Test("every folder at the top and every network has a README")
  func readmes() {
    var folders = ["Sources", "Tests", "Rules", "Graphs"]
    let networks =
      (try? FileManager.default.contentsOfDirectory(atPath: SourceTree.root.appending(path: "Graphs").path))
      ?? []
    folders += networks.filter { !$0.contains(".") }.sorted().map { "Graphs/\($0)" }
    #expect(folders.count > 6)
    for folder in folders { #expect(!SourceTree.text("\(folder)/README.md").isEmpty, "\(folder)/README.md") }
  }
}
