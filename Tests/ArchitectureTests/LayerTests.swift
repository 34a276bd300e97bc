import Testing

/// Holds the sources to the layers that the manifest declares.
///
/// SwiftPM alone does not: on an incremental build an undeclared import of any module that was built before
/// compiles without a word.
struct LayerTests {
  @Test("each module depends only on modules above it in the manifest")
  func declaredInOrder() {
    #expect(SourceTree.layers.count >= 8)
    var known: Set = ["CGraphvizShim", "CHiGHS"]
    for layer in SourceTree.layers {
      #expect(layer.allowed.subtracting(known).isEmpty, "\(layer.name) reaches down to a later layer")
      known.insert(layer.name)
    }
  }

  @Test("each file imports only what its module declares", arguments: SourceTree.layers.map(\.name))
  func importsAreDeclared(module: String) throws {
    let ours = Set(SourceTree.layers.map(\.name)).union(["CGraphviz", "CGraphvizShim", "CHiGHS"])
    let allowed = try #require(SourceTree.layers.first { $0.name == module }).allowed
    let files = SourceTree.swiftFiles(below: "Sources/\(module)")
    #expect(!files.isEmpty)
    for file in files {
      for line in SourceTree.text(file).matches(
        of: /(?m)^(?:@\w+ )?(?:public |package |internal |private |fileprivate )?import (\w+)/)
      {
        let imported = String(line.1)
        #expect(!ours.contains(imported) || allowed.contains(imported), "\(file) imports \(imported)")
      }
    }
  }

  @Test(
    "the architecture page lists each module with what it imports", arguments: SourceTree.layers.map(\.name))
  func page(module: String) throws {
    let allowed = try #require(SourceTree.layers.first { $0.name == module }).allowed
    let rows = SourceTree.text("Sources/README.md").split(separator: "\n").filter {
      $0.hasPrefix("| `\(module)` |")
    }
    let cells = try #require(rows.first, "Sources/README.md has no row for \(module)")
      .split(separator: "|", omittingEmptySubsequences: false)
      .map { cell in
        String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
    try #require(cells.count == 6)
    let imports = cells[3] == "all" ? allowed : Set(cells[3].split(separator: ", ").map { String($0) })
    #expect(imports == allowed, "Sources/README.md, the row of \(module)")
    #expect(!cells[2].isEmpty)
  }

  @Test("each module that is declared as needed is needed", arguments: SourceTree.layers.map(\.name))
  func declarationsAreUsed(module: String) throws {
    let allowed = try #require(SourceTree.layers.first { $0.name == module }).allowed
    let text = SourceTree.swiftFiles(below: "Sources/\(module)").map { SourceTree.text($0) }.joined()
    for name in allowed.sorted() {
      #expect(text.contains("import \(name)\n"), "\(module) declares \(name) and does not import it")
    }
  }
}
