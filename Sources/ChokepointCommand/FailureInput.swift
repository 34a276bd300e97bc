import ArgumentParser
import Chokepoint

/// What may fail in a network, and how likely that is.
struct FailureInput: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What may fail: \(Element.Level.allCases.map(\.rawValue).joined(separator: ", ")). Can be given several times; site+exports mixes two.",
      valueName: "level"))
  var level: [String] = []

  @Option(
    help: ArgumentHelp(
      "How likely elements are to fail: a CSV file with level, id, probability, and if wanted source and note.",
      valueName: "file"))
  var probabilities: String?

  /// The levels of each analysis that is asked for.
  func levels(otherwise standard: [Set<Element.Level>]) throws -> [Set<Element.Level>] {
    if level.isEmpty { return standard }
    return try level.map { text in
      Set(
        try text.split(separator: "+", omittingEmptySubsequences: false).map {
          try LevelInput.level(String($0))
        })
    }
  }

  /// The probabilities of the file, if one is named.
  func readProbabilities(for network: SupplyNetwork) throws -> [Element: Double] {
    guard let path = probabilities else { return [:] }
    switch InputFile.read(path, limit: ProbabilityFile.sizeLimit) {
    case .failure(let problem):
      throw CommandFailure(
        code: .wrongInput,
        message: NetworkInput.message([
          Diagnostic(
            id: "unreadable-file", "cannot read '\(path)': \(problem.words)",
            help: "name a CSV file with the columns level, id and probability")
        ]))
    case .success(let bytes):
      let (read, diagnostics) = ProbabilityFile.read(bytes, named: path, for: network)
      guard let read else {
        throw CommandFailure(code: .wrongInput, message: NetworkInput.message(diagnostics))
      }
      return read
    }
  }

  /// The failure of every product at some levels.
  static func failures(
    in graph: ProductionGraph, _ state: GraphState, at levels: Set<Element.Level>,
    _ probabilities: [Element: Double]
  ) throws -> [ProductFailure] {
    do {
      return try graph.failures(in: state, at: levels, probabilities: probabilities)
    } catch {
      let words = levels.sorted().map(\.rawValue).joined(separator: "+")
      throw CommandFailure(
        code: .incomplete,
        message:
          "error: the fault trees at level \(words) would take more than \(error.gates) gates; nothing is shown\n"
          + "  help: ask for a level with fewer elements\n")
    }
  }
}
