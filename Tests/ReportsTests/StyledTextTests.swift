@testable import Reports
import Testing

struct StyledTextTests {
  @Test("a style is shown by codes around the words, and by nothing if colour is off")
  func styles() {
    var text = StyledText()
    text.add(.init("a "), .init("b", .severe), .init("  ", .strong))
    text.add()
    #expect(text.rendered(colour: false) == "a b\n\n")
    #expect(text.rendered(colour: true) == "a \u{1B}[1;31mb\u{1B}[0m\n\n")
    #expect(StyledText().rendered(colour: true) == "")
  }

  @Test("a span holds no line break and no escape")
  func harmless() {
    #expect(StyledText.Span("a\nb\u{1B}[1m").text == "a\u{FFFD}b\u{FFFD}[1m")
  }

  @Test("words are wrapped between words, and a percent sign stays with its number")
  func wrapped() {
    var text = StyledText()
    text.add(words: StyledText.Span.words("loses 61 % of it all"), width: 8, indent: 1, hanging: 2)
    #expect(text.rendered(colour: false) == " loses\n  61 %\n  of it\n  all\n")
  }

  @Test("a word that is wider than a line is cut")
  func longWord() {
    var text = StyledText()
    text.add(words: [.init("abcdefgh"), .init("鉱山鉱山")], width: 6, indent: 1)
    #expect(text.rendered(colour: false) == " abcd…\n 鉱山…\n")
  }

  @Test(
    "the width of a text counts columns of a terminal",
    arguments: [
      ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("大阪", 4), ("ｱ", 1), ("Ａ", 2), ("한국", 4), ("👩‍👩‍👧‍👦", 2),
      ("🇪🇪", 2), ("a\u{200B}b", 2), ("…–%", 3),
    ])
  func width(text: String, columns: Int) {
    #expect(text.displayWidth == columns)
  }

  @Test("a cut text is never wider than asked for", arguments: 0..<12)
  func cut(width: Int) {
    for text in ["", "abcdef", "大阪 magnets", "e\u{301}e\u{301}e\u{301}e\u{301}"] {
      let cut = text.cut(toColumns: width)
      #expect(cut.displayWidth <= width)
      #expect(text.displayWidth > width || cut == text)
    }
  }
}

struct TextTableTests {
  @Test("text is aligned to the left, numbers to the right, and no line ends in a space")
  func aligned() {
    var table = TextTable([.text("name"), .number("t"), .text("note")])
    table.add(.init([.init("大阪"), .init("5"), .init("")]))
    table.add(.init([.init("Ab"), .init("1,200"), .init("x")], details: [[.init("more"), .init("words")]]))
    #expect(
      table.text(width: 80).rendered(colour: false)
        == "name      t  note\n大阪      5\nAb    1,200  x\n    more words\n")
  }

  @Test("the widest text column gives way, and numbers are never cut")
  func narrow() {
    var table = TextTable([.text("short"), .text("long"), .number("n")])
    table.add(.init([.init("abcdefgh"), .init(String(repeating: "x", count: 300)), .init("123,456,789")]))
    let lines = table.text(width: 80).rendered(colour: false).split(separator: "\n")
    #expect(lines[1] == "abcdefgh  \(String(repeating: "x", count: 56))…  123,456,789")
    #expect(lines[1].count == 80)
  }

  @Test("a table without rows is nothing")
  func empty() {
    #expect(TextTable([.text("a")]).text(width: 80).lines.isEmpty)
  }
}

struct NumberTextTests {
  @Test(
    "a share is given without decimals, and only nothing is 0 % and only all is 100 %",
    arguments: [
      (0, "0 %"), (1e-16, "0 %"), (0.0001, "<1 %"), (0.005, "1 %"), (0.614, "61 %"), (0.994, "99 %"),
      (0.9999, ">99 %"),
      (1, "100 %"), (.nan, "n/a %"),
    ] as [(Double, String)])
  func shares(share: Double, text: String) {
    #expect(percent(share) == text)
  }

  @Test("a range is shown where it is one")
  func ranges() {
    #expect(percent(0.38, low: 0.12, high: 0.9) == "38 % (12–90 %)")
    #expect(percent(0.38, low: 0.381, high: 0.379) == "38 %")
  }

  @Test(
    "thousands are parted by commas",
    arguments: [
      (0, "0"), (999, "999"), (4_078.4, "4,078"), (1_234_567, "1,234,567"), (-1_000, "−1,000"),
      (1e300, "n/a"),
    ]
      as [(Double, String)])
  func thousands(value: Double, text: String) {
    #expect(wholeNumber(value) == text)
  }

  // US Department of Justice and Federal Trade Commission, Merger Guidelines, 2023, § 2.1.
  @Test(
    "concentration is high above 1,800 and moderate from 1,000",
    arguments: [(999.9, .low), (1_000, .moderate), (1_800, .moderate), (1_800.1, .high)]
      as [(Double, ConcentrationLevel)])
  func levels(hhi: Double, level: ConcentrationLevel) {
    #expect(ConcentrationLevel(hhi: hhi) == level)
  }

  @Test(
    "a JSON number has at most nine digits",
    arguments: [
      (0, "0"), (-0.0, "0"), (1, "1"), (0.1 + 0.2, "0.3"), (1.0 / 3, "0.333333333"), (2e-16, "0"),
      (123_456_789.123, "123456789"), (-12.5, "-12.5"), (1e22, "1e+22"), (1.5e-7, "1.5e-07"),
      (.infinity, "null"),
      (0.999_999_999_9, "1"),
    ] as [(Double, String)])
  func numbers(value: Double, text: String) {
    #expect(jsonNumber(value) == text)
  }

  @Test("the JSON number is the nearest to nine digits of any number", arguments: UInt64(0)..<200)
  func nearest(seed: UInt64) throws {
    let value = Double(bitPattern: seed &* 0x9E37_79B9_7F4A_7C15)
    guard value.isFinite, abs(value) >= 1e-12 else { return }
    let read = try #require(Double(jsonNumber(value)))
    #expect(abs(read - value) <= 5.000_001e-9 * abs(value))
    #expect(jsonNumber(read) == jsonNumber(value))
  }
}
