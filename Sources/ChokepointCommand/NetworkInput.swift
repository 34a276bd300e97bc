import ArgumentParser
import Chokepoint
import Foundation

/// The network that a command works on.
struct NetworkInput: ParsableArguments {
  @Argument(help: "The folder of a network, or its network.yaml; for analyze also an edge list.")
  var network: String

  /// The path of the manifest, as the user would write it.
  var manifestPath: String {
    guard !network.isEmpty, InputFile.isFolder(network) else { return network }
    return network.hasSuffix("/") ? network + "network.yaml" : network + "/network.yaml"
  }

  /// Reads the manifest and the tables that it names.
  func read() -> NetworkReading {
    let path = manifestPath
    // A folder may come from a stranger, so its manifest must not lead out of it; a file was named by the user.
    let manifest =
      path == network
      ? InputFile.read(path, limit: NetworkFile.manifestLimit)
      : InputFile.read("network.yaml", below: network, limit: NetworkFile.manifestLimit)
    switch manifest {
    case .failure(.tooLarge(let limit)):
      // Its start is enough to say so at its place.
      return NetworkFile.read(manifest: InputFile.start(of: path, count: limit + 1), named: path) { _ in
        .failure(.missing)
      }
    case .failure(let problem):
      let help =
        problem == .missing || problem == .isDirectory
        ? "name a folder with a network.yaml, or that file" : problem.help
      return NetworkReading(
        network: nil,
        diagnostics: [
          Diagnostic(
            id: "unreadable-file", "cannot read the network: \(problem.words)",
            at: SourcePlace(file: path, line: 1, column: 1), help: help)
        ])
    case .success(let bytes):
      let folder = InputFile.folder(of: path)
      return NetworkFile.read(manifest: bytes, named: path) { table in
        InputFile.read(table, below: folder, limit: NetworkFile.tableLimit)
      }
    }
  }

  /// The network, or the failure that tells all of its diagnostics.
  func readValid(format: OutputFormat = .text) throws -> SupplyNetwork {
    ProgressTicker.say("reading \(network)")
    let reading = read()
    if let network = reading.network {
      ProgressTicker.say("analysing \(network.title)")
      for diagnostic in reading.diagnostics { Terminal.tell("\(diagnostic)\n") }
      return network
    }
    throw CommandFailure(code: .wrongInput, message: Self.message(reading.diagnostics))
  }

  /// All diagnostics, and how many of them are errors.
  static func message(_ diagnostics: [Diagnostic]) -> String {
    let errors = diagnostics.count { $0.severity == .error }
    return diagnostics.map { "\($0)\n" }.joined()
      + "\(errors) \(errors == 1 ? "error" : "errors"); nothing was analysed\n"
  }
}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

/// Reads files without being led astray: only plain files, only up to a limit, only where they may lie.
enum InputFile {
  /// The folder of a path; `.` if it names none.
  ///
  /// Foundation's own way stops the program at a path of one character.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// What stands behind the last slash of a path.
  static func name(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }

  static func read(_ path: String, limit: Int) -> Result<[UInt8], FileProblem> {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved(path)),
      let type = attributes[.type] as? FileAttributeType
    else { return .failure(.missing) }
    if type == .typeDirectory { return .failure(.isDirectory) }
    guard type == .typeRegular else { return .failure(.unreadable("it is not a plain file")) }
    if let size = attributes[.size] as? Int, size > limit { return .failure(.tooLarge(limit: limit)) }
    guard let data = FileManager.default.contents(atPath: path) else {
      return .failure(.unreadable("permission denied"))
    }
    return data.count > limit ? .failure(.tooLarge(limit: limit)) : .success([UInt8](data))
  }

  /// The first bytes of a file, at most `count` of them.
  static func start(of path: String, count: Int) -> [UInt8] {
    guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: count)
    else {
      return []
    }
    return [UInt8](data)
  }

  /// Reads a file that must lie below `folder`, whatever links lead to it.
  static func read(_ path: String, below folder: String, limit: Int) -> Result<[UInt8], FileProblem> {
    let whole = folder + "/" + path
    let root = resolved(folder)
    guard resolved(whole).hasPrefix(root.hasSuffix("/") ? root : root + "/") else {
      return .failure(.unreadable("it lies outside the network's folder"))
    }
    return read(whole, limit: limit)
  }

  /// Whether both paths lead to the same file, whatever links are on the way.
  static func isSame(_ a: String, _ b: String) -> Bool { resolved(a) == resolved(b) }

  static func isFolder(_ path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: resolved(path))
    return attributes?[.type] as? FileAttributeType == .typeDirectory
  }

  private static func resolved(_ path: String) -> String {
    URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }
}
