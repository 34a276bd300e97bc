/// The colours of a diagram, all `#RRGGBB`.
///
/// Text on a fill has a contrast of at least 4.5 to 1, and a line at least 3 to 1 against the column behind it
/// (WCAG 2.2, 1.4.3 and 1.4.11); DiagramThemeTests holds both.
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
  }

  let background: String
  let ink: String
  let muted: String
  let column: String
  let columnLine: String
  let flow: String
  let banned: String
  let starved: String
  let surviving: String
  let bar: String
  let barBackground: String
  let badgeInk: String
  let steps: [Fill]

  func fill(_ step: Step) -> Fill { steps[step.rawValue] }

  public static let light = DiagramTheme(
    background: "#FFFFFF", ink: "#1B2733", muted: "#566675", column: "#F5F7FA", columnLine: "#DDE4EA",
    flow: "#7B90A3", banned: "#C42E16", starved: "#9A857E", surviving: "#00705A", bar: "#2F6496",
    barBackground: "#FFFFFF", badgeInk: "#FFFFFF",
    steps: [
      Fill(fill: "#E6EDF3", line: "#5F7488", ink: "#1B2733", bar: "#2F6496"),
      Fill(fill: "#FAE59A", line: "#8A6800", ink: "#1B2733", bar: "#2F6496"),
      Fill(fill: "#F6AE60", line: "#8F4200", ink: "#1B2733", bar: "#1F4C78"),
      Fill(fill: "#E8705A", line: "#6E1006", ink: "#190806", bar: "#123A63"),
      Fill(fill: "#2B333D", line: "#0E1318", ink: "#F2F5F8", bar: "#8595A6"),
      Fill(fill: "#FFFFFF", line: "#5F7488", ink: "#1B2733", bar: "#2F6496"),
    ])
}
