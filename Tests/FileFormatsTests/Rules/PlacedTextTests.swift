import Diagnostics
import FileFormats
import RuleEngine
import TestSupport
import Testing

/// Random expressions are written in every style of YAML; each character is then found where it stands.
struct PlacedTextTests {
  enum Style: String, CaseIterable, Sendable {
    case plain, single, double, literal, literalStrip, literalKeep, folded, foldedStrip, indented,
      foldedIndented
  }

  @Test("the place of a character holds that character", arguments: Style.allCases)
  func places(style: Style) throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<60 {
      let text = randomText(style, &generator)
      let (yaml, lines) = write(text, style)
      let reading = RuleFileReader.read(Array(yaml.utf8), named: "x.yaml")
      let rule = try #require(reading.rule, "\(yaml)\n\(reading.diagnostics)")
      let scalars = Array(rule.when.text.unicodeScalars)
      var last = (line: 0, column: 0)
      for offset in scalars.indices {
        let place = rule.when.place(of: offset).place
        #expect((place.line, place.column) > last, "\(yaml)")
        last = (place.line, place.column)
        let line = Array(lines[place.line - 1].unicodeScalars)
        if place.column == line.count + 1 {
          // A break, or the blank that it was folded into.
          #expect(scalars[offset] == " " || scalars[offset] == "\n", "\(yaml)")
          continue
        }
        let found = line[place.column - 1]
        let next = place.column < line.count ? line[place.column] : " "
        let isEscape = style == .double && found == "\\" && (next == scalars[offset] || next == "t")
        #expect(found == scalars[offset] || isEscape, "\(offset) in \(yaml)")
      }
    }
  }

  /// Words, operators, texts in quotes, letters beyond ASCII; line breaks where the style can have them.
  private func randomText(_ style: Style, _ generator: inout SeededGenerator) -> String {
    let words = [
      "p", "site.name", "'a''b'", "\"x\"", "&&", "==", "é", "naïve", "🜛", "1.5", "\\", "it's", "\t+",
    ]
    var text = "p"
    for _ in 0..<Int.random(in: 1...30, using: &generator) {
      let word = words[Int.random(in: 0..<words.count, using: &generator)]
      let breaks =
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: "\n"
        case 1: "\n\n"
        case 2: "\n  "
        case 3: "  "
        default: " "
        }
      text += breaks + word
    }
    return text
  }

  /// A rule whose `when` is the text, and the lines of the file.
  private func write(_ text: String, _ style: Style) -> (String, [String]) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    func block(_ header: String, _ indent: String) -> String {
      "when: \(header)\n" + lines.map { $0.isEmpty ? "" : indent + $0 }.joined(separator: "\n") + "\n"
    }
    // Blanks at the ends of lines say nothing in these styles, so the text may differ; its places must not.
    func flow(_ quote: String, _ body: String) -> String {
      "when: " + quote + body.replacing("\n", with: "\n   ") + quote + "\n"
    }
    let when =
      switch style {
      case .plain: flow("", text.replacing("\t", with: " "))
      case .single: flow("'", text.replacing("'", with: "''"))
      case .double:
        flow(
          "\"",
          text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\t", with: "\\t"))
      case .literal: block("|", "  ")
      case .literalStrip: block("|-", "    ")
      case .literalKeep: block("|+", " ") + "\n\n"
      case .folded: block(">", "  ")
      case .foldedStrip: block(">- # words", "   ")
      case .indented: block("|2", "  ")
      case .foldedIndented: block(">1-", " ")
      }
    let yaml = """
      format: 1
      id: x
      title: X
      severity: low
      for: [ { each: p, in: q } ]
      message: m

      """
    let whole = yaml + when
    return (whole, whole.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
  }
}
