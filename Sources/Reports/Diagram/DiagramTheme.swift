/// The colours of a diagram, all `#RRGGBB`.
///
/// Text on a fill has a contrast of at least 4.5 to 1, and a line at least 3 to 1 against the column behind it
/// (WCAG 2.2, 1.4.3 and 1.4.11); the steps of severity differ for everyone, whatever colours they see. DiagramThemeTests
/// holds all of it.
public struct DiagramTheme: Sendable, Hashable {
  /// The look of a site at one step of severity.
  struct Fill: Sendable, Hashable {
    let fill: String
    let line: String
    let ink: String
    let bar: String
  }

  /// The steps of severity, from unharmed to dark.
  enum Step: Int, Sendable, Hashable, CaseIterable {
    case unharmed, medium, high, critical, dark, notKnown

    /// Steps back behind what the picture is about.
    case aside
  }

  /// What the theme is called, as `--theme` and the class of the picture have it.
  public let name: String
  let background: String
  let ink: String
  let muted: String
  let column: String
  let columnLine: String
  let flow: String
  let banned: String
  let starved: String
  let surviving: String

  /// Lines that step back.
  let asideLine: String
  let bar: String
  let barBackground: String
  let badgeInk: String
  let steps: [Fill]

  func fill(_ step: Step) -> Fill { steps[step.rawValue] }

  /// For screens and pages.
  public static let light = DiagramTheme(
    name: "light", background: "#FFFFFF", ink: "#1B2733", muted: "#566675", column: "#F5F7FA",
    columnLine: "#DDE4EA", flow: "#7B90A3", banned: "#C42E16", starved: "#9A857E", surviving: "#00705A",
    asideLine: "#CDD6DE", bar: "#2F6496", barBackground: "#FFFFFF", badgeInk: "#FFFFFF",
    steps: [
      Fill(fill: "#E6EDF3", line: "#5F7488", ink: "#1B2733", bar: "#2F6496"),
      Fill(fill: "#FAE59A", line: "#8A6800", ink: "#1B2733", bar: "#2F6496"),
      Fill(fill: "#F6AE60", line: "#8F4200", ink: "#1B2733", bar: "#1F4C78"),
      Fill(fill: "#E8705A", line: "#6E1006", ink: "#190806", bar: "#123A63"),
      Fill(fill: "#2B333D", line: "#0E1318", ink: "#F2F5F8", bar: "#8595A6"),
      Fill(fill: "#FFFFFF", line: "#5F7488", ink: "#1B2733", bar: "#2F6496"),
      Fill(fill: "#F5F7FA", line: "#6B7A88", ink: "#566675", bar: "#6B7A88"),
    ])

  /// For dark screens: there severity gets brighter, since dark reds and oranges look alike to many.
  public static let dark = DiagramTheme(
    name: "dark", background: "#0F151C", ink: "#E6EDF3", muted: "#9DAEBF", column: "#151D26",
    columnLine: "#2B3947", flow: "#6C88A4", banned: "#FF7456", starved: "#93807A", surviving: "#35CDAA",
    asideLine: "#2F3E4D", bar: "#86B7E8", barBackground: "#0B1016", badgeInk: "#0F151C",
    steps: [
      Fill(fill: "#22303D", line: "#8AA1B7", ink: "#E6EDF3", bar: "#86B7E8"),
      Fill(fill: "#5E5013", line: "#F0CC58", ink: "#FFF3C4", bar: "#F0CC58"),
      Fill(fill: "#C9782A", line: "#FFD9AE", ink: "#10161D", bar: "#0B2440"),
      Fill(fill: "#FF9A80", line: "#FFE2D9", ink: "#10161D", bar: "#123A63"),
      Fill(fill: "#000000", line: "#77879A", ink: "#AEBBC8", bar: "#77879A"),
      Fill(fill: "#151D26", line: "#8AA1B7", ink: "#E6EDF3", bar: "#86B7E8"),
      Fill(fill: "#151D26", line: "#7E8FA0", ink: "#9DAEBF", bar: "#7E8FA0"),
    ])

  /// For paper without colour: shades of grey; lines differ by strokes and ends.
  public static let print = DiagramTheme(
    name: "print", background: "#FFFFFF", ink: "#000000", muted: "#4A4A4A", column: "#FFFFFF",
    columnLine: "#BDBDBD", flow: "#7A7A7A", banned: "#000000", starved: "#8C8C8C", surviving: "#333333",
    asideLine: "#D6D6D6", bar: "#000000", barBackground: "#FFFFFF", badgeInk: "#FFFFFF",
    steps: [
      Fill(fill: "#F4F4F4", line: "#5A5A5A", ink: "#000000", bar: "#4A4A4A"),
      Fill(fill: "#D4D4D4", line: "#4A4A4A", ink: "#000000", bar: "#000000"),
      Fill(fill: "#ABABAB", line: "#2E2E2E", ink: "#000000", bar: "#000000"),
      Fill(fill: "#828282", line: "#1C1C1C", ink: "#000000", bar: "#000000"),
      Fill(fill: "#1A1A1A", line: "#000000", ink: "#FFFFFF", bar: "#BDBDBD"),
      Fill(fill: "#FFFFFF", line: "#5A5A5A", ink: "#000000", bar: "#4A4A4A"),
      Fill(fill: "#FFFFFF", line: "#767676", ink: "#5A5A5A", bar: "#767676"),
    ])

  /// For pages, whose style has the colours: each of these is only the sign of a part, and all of them differ.
  static let page = DiagramTheme(
    name: "page", background: "#010101", ink: "#010102", muted: "#010103", column: "#010104",
    columnLine: "#010105", flow: "#010106", banned: "#010106", starved: "#010106", surviving: "#010106",
    asideLine: "#010106", bar: "#010107", barBackground: "#010108", badgeInk: "#010109",
    steps: Array(
      repeating: Fill(fill: "#01010a", line: "#01010b", ink: "#01010c", bar: "#01010d"),
      count: Step.allCases.count))

  /// All themes.
  public static let all: [DiagramTheme] = [light, dark, print]
}
