/// What strangers write: escapes, control characters, changes of direction, far too much, and wide or stacked letters.
let hostileTexts: [String] = [
  "", "a\u{1B}[31mred\u{1B}]0;title\u{07}", "line\r\nbreak\u{0}\u{8}\u{7F}\u{9B}31m",
  "abc\u{202E}txt.exe\u{2066}\u{200F}",
  "sep\u{2028}arated\u{2029}", #"quote " back \ slash </script>"#, String(repeating: "x", count: 10_000),
  String(repeating: "鉱", count: 10_000), "e" + String(repeating: "\u{301}", count: 10_000),
  "\u{301}\u{200D}\u{FE0F}",
  "👩‍👩‍👧‍👦🇪🇪", "\u{FEFF}\u{FFFF}\u{10FFFF}", "' ; rm -rf $HOME `x`",
]

/// Whether a terminal shows the text as it stands, but for line feeds.
func isHarmless(_ text: String) -> Bool {
  text.unicodeScalars.allSatisfy { scalar in
    switch scalar.value {
    case 0x0A: true
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: false
    default: true
    }
  }
}

/// The text without the sequences that set a style.
func withoutCodes(_ text: String) -> String {
  var result = ""
  var isCode = false
  for scalar in text.unicodeScalars {
    if scalar == "\u{1B}" {
      isCode = true
    } else if !isCode {
      result.unicodeScalars.append(scalar)
    } else if scalar == "m" {
      isCode = false
    }
  }
  return result
}

/// The columns of a text whose wide characters are all Chinese characters.
func columns(_ text: Substring) -> Int {
  text.reduce(0) { $0 + ($1.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) } ? 2 : 1) }
}
