import Diagnostics
import Testing

struct DiagnosticTests {
  @Test("a diagnostic shows its place, the line with a caret, and what to write instead")
  func rendered() {
    let diagnostic = Diagnostic(
      id: "dangling-id", "no site has the id 'baotuo'",
      at: SourcePlace(file: "flows.csv", line: 41, column: 3),
      excerpt: Excerpt(line: "a,baotuo,3", length: 6), help: "did you mean 'baotou'?")
    #expect(
      "\(diagnostic)" == """
        flows.csv:41:3: error[dangling-id]: no site has the id 'baotuo'
         41 | a,baotuo,3
            |   ^^^^^^
          help: did you mean 'baotou'?
        """)
  }

  @Test("the caret stays under the place in a line of a million characters")
  func longLine() {
    let line = String(repeating: "a", count: 500_000) + "X" + String(repeating: "b", count: 500_000)
    let diagnostic = Diagnostic(
      id: "x", "y", at: SourcePlace(file: "f", line: 1, column: 500_001), excerpt: Excerpt(line: line))
    let lines = "\(diagnostic)".split(separator: "\n")
    #expect(lines[1].count < 120)
    let caret = lines[2].distance(
      from: lines[2].startIndex, to: lines[2].firstIndex(of: "^") ?? lines[2].endIndex)
    #expect(Array(lines[1])[caret] == "X")
  }

  @Test("a place behind the end of its line, or an empty line, is shown all the same")
  func behindTheEnd() {
    for line in ["", "ab"] {
      let diagnostic = Diagnostic(
        id: "x", "y", at: SourcePlace(file: "f", line: 1, column: 9), excerpt: Excerpt(line: line, length: 7))
      #expect("\(diagnostic)".hasSuffix("^"))
    }
  }

  @Test(
    "what moves the cursor or reorders text is not printed",
    arguments: [
      "\u{1B}[31mred", "a\u{202E}b", "a\u{2066}b", "line\nbreak", "\u{9B}2J", "a\u{200F}b", "\u{FEFF}a",
    ])
  func hostile(text: String) {
    let diagnostic = Diagnostic(
      id: "x", text, at: SourcePlace(file: text, line: 1, column: 1), excerpt: Excerpt(line: text), help: text
    )
    let printed = "\(diagnostic)"
    #expect(printed.contains("\u{FFFD}"))
    #expect(
      !printed.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || (0x7F..<0xA0).contains($0.value) })
    #expect(!printed.unicodeScalars.contains { (0x202A...0x202E).contains($0.value) })
    #expect(printed.split(separator: "\n").count == 4)
  }

  @Test("a long message is cut")
  func longMessage() {
    #expect(printable(String(repeating: "x", count: 100_000)).count == 401)
    #expect(printable("") == "")
  }
}

struct NameSuggestionTests {
  @Test(
    "the nearest name is suggested, if any is near",
    arguments: [
      ("baotuo", "baotou"), ("BAOTOU", "baotou"), ("kuantn", "kuantan"), ("mtweld", nil), ("", nil),
      ("b", nil),
    ] as [(String, String?)])
  func known(name: String, expected: String?) {
    #expect(suggestion(for: name, from: ["baotou", "kuantan", "la-rochelle"]) == expected)
  }

  @Test("names without end are not compared")
  func endless() {
    let name = String(repeating: "a", count: 100_000)
    #expect(suggestion(for: name, from: [name]) == nil)
    #expect(suggestion(for: "abc", from: [name]) == nil)
  }
}
