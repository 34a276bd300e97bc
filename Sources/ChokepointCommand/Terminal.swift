import ArgumentParser
import Foundation

/// When to use colour.
enum ColourChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never

  /// Whether to use colour: of itself only on a terminal that knows it, and not against `NO_COLOR` (no-color.org).
  func usesColour(onTerminal isTerminal: Bool, environment: [String: String]) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
  }
}

/// A place to write to: data goes to standard output, everything about it to standard error.
struct Terminal {
  let descriptor: Int32

  static let standardOutput = Terminal(descriptor: STDOUT_FILENO)
  static let standardError = Terminal(descriptor: STDERR_FILENO)

  var isInteractive: Bool { isatty(descriptor) == 1 }

  func usesColour(_ choice: ColourChoice) -> Bool {
    choice.usesColour(onTerminal: isInteractive, environment: ProcessInfo.processInfo.environment)
  }

  /// The columns of the terminal; 100 where there is none.
  var width: Int {
    var size = winsize()
    guard isInteractive, unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 100
    }
    return min(200, max(80, Int(size.ws_col)))
  }

  /// Writes all of `text`, or fails: a full disk must not pass for success.
  func write(_ text: String) throws(CommandFailure) {
    descriptor == STDOUT_FILENO ? ProgressTicker.stop() : ProgressTicker.clear()
    do {
      try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).write(contentsOf: Data(text.utf8))
    } catch {
      throw CommandFailure(code: .notWritten, message: "error: the output could not be written\n")
    }
  }

  /// Writes what may as well get lost, past the line that says how far a run is.
  func put(_ text: String) {
    try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).write(contentsOf: Data(text.utf8))
  }

  /// Says something on standard error; if nobody can hear it, that changes nothing.
  static func tell(_ text: String) { try? standardError.write(text) }
}
