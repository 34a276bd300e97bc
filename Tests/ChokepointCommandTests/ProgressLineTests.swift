import Testing

@testable import ChokepointCommand

struct ProgressLineTests {
  /// What a run says that shows a line at each of these moments, in milliseconds.
  private func said(
    at moments: [Int], onTerminal isTerminal: Bool = true, environment: [String: String] = [:]
  ) -> [String] {
    var now = Duration.zero
    var said: [String] = []
    var line = ProgressLine(
      onTerminal: isTerminal, environment: environment, elapsed: { now }, write: { said.append($0) })
    for moment in moments {
      now = .milliseconds(moment)
      line.show("at \(moment)")
    }
    line.clear()
    return said
  }

  @Test("a short run says nothing")
  func short() { #expect(said(at: [0, 100, 499]).isEmpty) }

  @Test("a long run says how far it is, not too often, and takes it back")
  func long() {
    let said = said(at: [400, 500, 550, 1_600], environment: ["NO_COLOR": "1"])
    #expect(said == ["\rat 500, 0 s", "\rat 1600, 1 s", "\r            \r"])
  }

  @Test("a shorter line covers a longer one")
  func covers() {
    var now = Duration.seconds(1)
    var said: [String] = []
    var line = ProgressLine(
      onTerminal: true, environment: ["NO_COLOR": "1"], elapsed: { now }, write: { said.append($0) })
    line.show("long words")
    now = .seconds(2)
    line.show("less")
    #expect(said == ["\rlong words, 1 s", "\rless, 2 s      "])
  }

  @Test("off a terminal, or on one that cannot take a line back, it says nothing")
  func silent() {
    #expect(said(at: [900], onTerminal: false).isEmpty)
    #expect(said(at: [900], environment: ["TERM": "dumb"]).isEmpty)
  }

  @Test("what it says cannot control the terminal, and has a colour only where colours are wanted")
  func colour() {
    #expect(said(at: [900])[0] == "\r\u{1B}[2mat 900, 0 s\u{1B}[0m")
    var said: [String] = []
    var line = ProgressLine(
      onTerminal: true, environment: ["NO_COLOR": "1"], elapsed: { .seconds(1) }, write: { said.append($0) })
    line.show("a\u{1B}[2Jb")
    #expect(said.count == 1 && !said[0].contains("\u{1B}"))
  }
}
