import Chokepoint
import Foundation

/// A line on standard error that says how far a long run is.
///
/// It comes only on a terminal that can take a line back, only after half a second, changes at most ten times a second, and is gone
/// before anything else is printed.
struct ProgressLine {
  /// What to say, how long the run has taken by now, where to say it, and with which colour.
  private let isShown: Bool
  private let isColoured: Bool
  private let elapsed: () -> Duration
  private let write: (String) -> Void
  private var columns = 0
  private var last = Duration.zero

  static let patience = Duration.milliseconds(500)

  /// The line of this run.
  init() {
    let start = ContinuousClock.now
    self.init(
      onTerminal: Terminal.standardError.isInteractive, environment: ProcessInfo.processInfo.environment,
      elapsed: { ContinuousClock.now - start }, write: Terminal.standardError.put)
  }

  init(
    onTerminal isTerminal: Bool, environment: [String: String], elapsed: @escaping () -> Duration,
    write: @escaping (String) -> Void
  ) {
    isShown = isTerminal && environment["TERM"] != "dumb"
    isColoured = ColourChoice.auto.usesColour(onTerminal: isTerminal, environment: environment)
    self.elapsed = elapsed
    self.write = write
  }

  /// Says how far the run is, in place of what was said before.
  mutating func show(_ text: @autoclosure () -> String) {
    guard isShown else { return }
    let now = elapsed()
    guard now >= Self.patience, columns == 0 || now - last >= .milliseconds(100) else { return }
    let words = String("\(printable(text())), \(now.components.seconds) s".prefix(78))
    let padding = String(repeating: " ", count: max(0, columns - words.count))
    write("\r" + (isColoured ? "\u{1B}[2m\(words)\u{1B}[0m" : words) + padding)
    columns = words.count
    last = now
  }

  /// Takes the line back.
  mutating func clear() {
    if columns > 0 { write("\r" + String(repeating: " ", count: columns) + "\r") }
    columns = 0
  }
}
