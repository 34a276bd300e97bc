import ArgumentParser
import Chokepoint

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Read a network and say everything that is wrong with it.")

  @OptionGroup var input: NetworkInput

  @Option(help: "How to print the result: \(OutputFormat.allValueStrings.joined(separator: " or ")).")
  var format: OutputFormat = .text

  @Option(help: "When to use colour: \(ColourChoice.allValueStrings.joined(separator: ", ")).")
  var color: ColourChoice = .auto

  func run() throws {
    let reading = input.read()
    let output = Terminal.standardOutput
    if format == .json {
      try output.write(CheckDocument(of: reading.network, diagnostics: reading.diagnostics).json())
    }
    guard let network = reading.network else {
      throw CommandFailure(code: .wrongInput, message: NetworkInput.message(reading.diagnostics))
    }
    for diagnostic in reading.diagnostics { Terminal.tell("\(diagnostic)\n") }
    if format == .text {
      try output.write(
        CheckText.text(of: network, width: output.width, named: input.network).rendered(
          colour: output.usesColour(color)))
    }
  }
}
