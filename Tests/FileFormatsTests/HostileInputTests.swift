import Diagnostics
import FileFormats
import SupplyModel
import Testing

struct HostileInputTests {
  private func ids(_ reading: NetworkReading) -> [String] { reading.diagnostics.map(\.id) }

  private func place(_ reading: NetworkReading) -> String {
    reading.diagnostics.first?.place.map { "\($0.line):\($0.column)" } ?? "none"
  }

  @Test("a text of 100 MB is refused at its place without being parsed")
  func hugeText() {
    var manifest = Array("chokepoint: 1\nnetwork: { id: ".utf8)
    manifest += [UInt8](repeating: UInt8(ascii: "a"), count: 100_000_000)
    let reading = read(manifest)
    #expect(ids(reading) == ["too-large"])
    #expect(place(reading) == "1:1")
    #expect((reading.diagnostics.first.map { "\($0)" } ?? "").utf8.count < 500)
  }

  @Test("a text of 1 MB in a small manifest is refused where it starts", arguments: ["", "'", "\""])
  func longText(quote: String) {
    let text = quote + String(repeating: "a", count: 1_000_000) + quote
    let reading = read("chokepoint: 1\nnetwork: { id: x, title: \(text) }\n")
    #expect(ids(reading) == ["too-large"])
    #expect(place(reading) == "2:26")
    #expect((reading.diagnostics.first.map { "\($0)" } ?? "").utf8.count < 500)
    let line = reading.diagnostics.first?.excerpt?.line ?? ""
    #expect(line.utf8.count < 1000)
  }

  @Test("brackets are refused where they are nested deeper than 32", arguments: [33, 2_000, 100_000])
  func brackets(count: Int) {
    for bracket in ["[", "{a: "] {
      let reading = read(String(repeating: bracket, count: count))
      #expect(ids(reading) == ["too-deep"])
      #expect(place(reading) == "1:\(32 * bracket.count + 1)")
    }
  }

  @Test("lists and mappings in blocks are refused where they are nested deeper than 32")
  func blocks() {
    #expect(ids(read(String(repeating: "- ", count: 100_000))) == ["too-deep"])
    let mappings = (0..<1_000).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    #expect(ids(read(mappings)) == ["too-deep"])
    #expect(place(read(mappings)) == "33:33")
  }

  @Test("32 levels are parsed")
  func allowedNesting() {
    let text = "a: " + String(repeating: "[", count: 31) + String(repeating: "]", count: 31)
    #expect(!ids(read(text)).contains("too-deep"))
  }

  @Test("an alias bomb is refused at its anchors, not expanded")
  func aliasBomb() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<20 {
      let items = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(items)]\n? *a\(level)\n: x\n"
    }
    let reading = read(text)
    #expect(Set(ids(reading)) == ["refused-yaml"])
    #expect(place(reading) == "1:5")
  }

  @Test(
    "what looks like an alias inside a text is a text",
    arguments: [
      "a && b", "2 * 3", "'*x'", "\"&x\"", "x: '!'", "|\n    && *a\n    *b", ">2\n    *a",
      "a\n    && b\n    *c",
      "a # *b", "<<",
    ])
  func harmless(text: String) throws {
    let quoted = text == "x: '!'" ? "'x: !'" : text
    let reading = read("chokepoint: 1\nnetwork:\n  id: x\n  title: \(quoted)\nstages: [mine]\n")
    #expect(reading.diagnostics == [])
    #expect(reading.network?.stages.count == 1)
  }

  @Test(
    "bytes that are no UTF-8 are found at their place",
    arguments: [
      ([0xFF], "2:18"), ([0xC3], "2:18"), ([0xC0, 0xAF], "2:18"), ([0xED, 0xA0, 0x80], "2:18"),
      ([0x61, 0xC3, 0xA9, 0xFE], "2:20"),
    ] as [([UInt8], String)])
  func notUTF8(bytes: [UInt8], expected: String) {
    let manifest = Array("chokepoint: 1\nnetwork: { id: x,".utf8) + bytes + Array("}\n".utf8)
    #expect(ids(read(manifest)) == ["not-utf-8"])
    #expect(place(read(manifest)) == expected)

    let table = Array("chokepoint: 1\nnetwork: { id: x }\nstages: { csv: s.csv }\n".utf8)
    let reading = read(table, ["s.csv": Array("id\nxxxxxxxxxxxxxxxxx".utf8) + bytes])
    #expect(ids(reading) == ["not-utf-8"])
    #expect(place(reading) == expected)
  }

  @Test(
    "an empty manifest, and one of blanks and comments, is said to be empty",
    arguments: ["", "\u{FEFF}", "\n \n# x\n"])
  func empty(manifest: String) {
    #expect(ids(read(manifest)) == ["empty-file"])
  }

  @Test(
    "a file of another format is named for what it is",
    arguments: [
      (Array("PK".utf8) + [3, 4, 20, 0, 6, 0], "workbook"), ([0xFF, 0xFE, 0x69, 0], "UTF-16"),
      ([0xFE, 0xFF, 0, 0x69], "UTF-16"), (Array("%PDF-1.7\n%".utf8) + [0xE2, 0xE3], "PDF"),
    ] as [([UInt8], String)])
  func otherFormat(bytes: [UInt8], word: String) {
    let manifest = Array("chokepoint: 1\nnetwork: { id: x }\nstages: { csv: s.csv }\n".utf8)
    for reading in [read(bytes), read(manifest, ["s.csv": bytes])] {
      #expect(reading.network == nil)
      #expect(reading.diagnostics.count == 1)
      #expect(reading.diagnostics.first?.help?.contains(word) == true)
    }
  }

  @Test("a table file of more than 64 MiB is refused")
  func hugeTable() {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: NetworkFile.tableLimit + 1)
    let manifest = "chokepoint: 1\nnetwork: { id: x }\nstages: { csv: s.csv }\n"
    let reading = read(Array(manifest.utf8), ["s.csv": bytes])
    #expect(ids(reading) == ["too-large"])
    #expect(reading.diagnostics.first?.place == SourcePlace(file: "s.csv", line: 1, column: 1))
  }

  @Test("a field of more than 64 KiB and a header of more than 200 columns are refused")
  func wideTable() {
    let manifest = "chokepoint: 1\nnetwork: { id: x }\nstages: { csv: s.csv }\n"
    let long = String(repeating: "a", count: 70_000)
    #expect(
      ids(read(manifest, ["s.csv": "id,name\nx,\(long)\ny,\"\(long)\"\n"])) == ["too-large", "too-large"])
    let header = (0..<201).map { "c\($0)" }.joined(separator: ",")
    #expect(ids(read(manifest, ["s.csv": header + "\n"])) == ["too-large"])
    #expect(ids(read(manifest, ["s.csv": "id\n" + String(repeating: ",", count: 1_000_000)])) == ["long-row"])
  }

  @Test("of many problems the first are shown and the rest is counted, wherever they are found")
  func manyProblems() {
    let rows = (0..<50_000).map { "s\($0),nowhere\n" }.joined()
    let manifest = "chokepoint: 1\nnetwork: { id: x, titel: y }\nstages: [mine]\nsites: { csv: sites.csv }\n"
    let reading = read(manifest, ["sites.csv": "id,stage\n" + rows])
    #expect(reading.network == nil)
    #expect(reading.diagnostics.count == 200)
    #expect(reading.diagnostics.first?.id == "unknown-key")
    #expect(reading.diagnostics.last?.summary == "49802 more problems are not shown")
    let lines = reading.diagnostics.dropFirst().compactMap { $0.place?.line }
    #expect(lines == Array(2...199))
  }
}
