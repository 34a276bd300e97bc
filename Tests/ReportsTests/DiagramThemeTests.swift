import Foundation
@testable import Reports
import Testing

/// Holds the palette to its promises, measured as WCAG 2.2 and Viénot, Brettel and Mollon (1999) define them.
struct DiagramThemeTests {
  static let steps = DiagramTheme.all.flatMap { theme in
    DiagramTheme.Step.allCases.map { (theme, $0) }
  }

  @Test("text on every fill has a contrast of at least 4.5 to 1", arguments: steps)
  func textContrast(theme: DiagramTheme, step: DiagramTheme.Step) throws {
    let fill = theme.fill(step)
    #expect(try contrast(fill.ink, fill.fill) >= 4.5, "\(theme.name)")
    #expect(try contrast(theme.badgeInk, fill.line) >= 4.2, "\(theme.name)")
  }

  @Test("headings and notes have a contrast of at least 4.5 to 1", arguments: DiagramTheme.all)
  func headingContrast(theme: DiagramTheme) throws {
    for ink in [theme.ink, theme.muted, theme.banned] {
      for behind in [theme.background, theme.column] {
        #expect(try contrast(ink, behind) >= 4.5, "\(theme.name)")
      }
    }
  }

  @Test("every line stands out from its column by at least 3 to 1", arguments: DiagramTheme.all)
  func lineContrast(theme: DiagramTheme) throws {
    let lines = [theme.flow, theme.banned, theme.starved, theme.surviving]
    for line in lines + theme.steps.map(\.line) {
      #expect(try contrast(line, theme.column) >= 3, "\(theme.name) \(line)")
    }
    for fill in theme.steps {
      #expect(try contrast(fill.bar, fill.fill) >= 3, "\(theme.name) \(fill.bar)")
    }
  }

  static let visions = DiagramTheme.all.flatMap { theme in
    ["normal", "protanopia", "deuteranopia"].map { (theme, $0) }
  }

  @Test("steps of severity differ for everyone", arguments: visions)
  func distance(theme: DiagramTheme, vision: String) throws {
    let steps = DiagramTheme.Step.allCases.filter { $0 != .aside && $0 != .notKnown }
    let fills = try steps.map { try lab(seen(theme.fill($0).fill, with: vision)) }
    for (index, a) in fills.enumerated() {
      for b in fills.dropFirst(index + 1) {
        let difference = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        #expect(difference >= 10, "\(theme.name) \(index): \(difference)")
      }
    }
  }

  @Test("what steps back stands behind every line that does not", arguments: DiagramTheme.all)
  func aside(theme: DiagramTheme) throws {
    let least = try [theme.flow, theme.banned, theme.starved, theme.surviving]
      .map { try contrast($0, theme.column) }.min()
    #expect(try contrast(theme.asideLine, theme.column) < (least ?? 0))
  }

  @Test("a theme of print has no colour")
  func greys() {
    let print = DiagramTheme.print
    let fills = print.steps.flatMap { [$0.fill, $0.line, $0.ink, $0.bar] }
    for colour in fills + [print.banned, print.surviving, print.starved, print.flow, print.muted] {
      let digits = colour.dropFirst()
      #expect(digits.prefix(2) == digits.dropFirst(2).prefix(2) && digits.prefix(2) == digits.suffix(2))
    }
  }

  /// Linear red, green and blue from 0 to 1.
  private func linear(_ colour: String) throws -> [Double] {
    let value = try #require(UInt32(colour.dropFirst(), radix: 16))
    return [16, 8, 0].map { shift in
      let part = Double((value >> shift) & 0xFF) / 255
      return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
  }

  private func luminance(_ rgb: [Double]) -> Double { 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2] }

  private func contrast(_ a: String, _ b: String) throws -> Double {
    let (first, second) = (luminance(try linear(a)), luminance(try linear(b)))
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)
  }

  private func seen(_ colour: String, with vision: String) throws -> [Double] {
    let rgb = try linear(colour)
    let rows: [[Double]] =
      switch vision {
      case "protanopia": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]
      case "deuteranopia": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]
      default: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      }
    return rows.map { row in min(1, max(0, zip(row, rgb).reduce(0) { $0 + $1.0 * $1.1 })) }
  }

  /// CIE L*a*b* under D65.
  private func lab(_ rgb: [Double]) -> [Double] {
    let x = (0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.95047
    let y = luminance(rgb)
    let z = (0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.08883
    let f = [x, y, z].map { $0 > 0.008856 ? pow($0, 1.0 / 3) : 7.787 * $0 + 16.0 / 116 }
    return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
  }
}
