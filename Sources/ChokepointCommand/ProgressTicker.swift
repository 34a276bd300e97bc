import Foundation
import Synchronization

/// Says on standard error what a run is at, once it has taken half a second and as long as it goes on.
///
/// A thread of its own says it, since most of what takes long is one call of an analysis. Off a terminal there is none.
enum ProgressTicker {
  private struct State {
    var line: ProgressLine?
    var words = ""
  }

  private static let state = Mutex(State())

  /// Starts to watch the run; to be called once.
  static func start() {
    guard Terminal.standardError.isInteractive else { return }
    state.withLock { $0.line = ProgressLine() }
    Thread.detachNewThread {
      while true {
        Thread.sleep(forTimeInterval: 0.1)
        state.withLock { state in
          if !state.words.isEmpty { state.line?.show(state.words) }
        }
      }
    }
  }

  /// What the run is at from now on.
  static func say(_ words: @autoclosure () -> String) {
    state.withLock { state in
      if state.line != nil { state.words = words() }
    }
  }

  /// Takes the line back, since something else is about to be printed; it comes again if the run goes on.
  static func clear() { state.withLock { $0.line?.clear() } }

  /// Takes the line back for good, or until there is something new to say.
  static func stop() {
    state.withLock { state in
      state.words = ""
      state.line?.clear()
    }
  }
}
