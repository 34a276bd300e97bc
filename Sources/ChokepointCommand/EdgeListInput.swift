import ArgumentParser
import Chokepoint

/// A network that is nothing but its flows, in a CSV file of its own.
struct EdgeListInput: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "For an edge list: a CSV file with the country and the operator of its sites.", valueName: "file"))
  var sites: String?

  static func isEdgeList(_ path: String) -> Bool { path.hasSuffix(".csv") }

  /// Reads the edge list at `path` and finds its single points of failure.
  func report(of path: String) throws -> FlowReport {
    let reading = EdgeListFile.read(try Self.bytes(of: path, "the edge list"), named: path)
    guard let list = reading.edgeList else {
      throw CommandFailure(code: .wrongInput, message: NetworkInput.message(reading.diagnostics))
    }
    var levels: [String] = []
    var groupings: [FlowRisks.Grouping] = []
    if let sites {
      let reading = EdgeListFile.readSites(try Self.bytes(of: sites, "the sites"), named: sites, of: list)
      guard let sites = reading.sites else {
        throw CommandFailure(code: .wrongInput, message: NetworkInput.message(reading.diagnostics))
      }
      levels = ["operator", "country"]
      groupings = [.init(sites.operators), .init(sites.countries.map { $0?.code })]
    }
    return FlowReport(
      of: FlowRisks(of: list.graph(), groupings: groupings), named: path, siteIDs: list.siteIDs,
      flowCount: list.sources.count, levels: levels)
  }

  private static func bytes(of path: String, _ what: String) throws -> [UInt8] {
    switch InputFile.read(path, limit: EdgeListFile.limit) {
    case .success(let bytes): return bytes
    case .failure(let problem):
      let diagnostic = Diagnostic(
        id: "unreadable-file", "cannot read \(what): \(problem.words)",
        at: SourcePlace(file: path, line: 1, column: 1), help: problem.help)
      throw CommandFailure(code: .wrongInput, message: NetworkInput.message([diagnostic]))
    }
  }
}
