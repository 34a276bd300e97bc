public import Diagnostics
public import SupplyModel

/// What reading a network gave: the network, unless something is wrong with it, and all that is wrong.
public struct NetworkReading: Sendable {
  /// Nil if there is any error.
  public let network: SupplyNetwork?

  /// Sorted by place; at most 200, the last of which then says how many more there are.
  public let diagnostics: [Diagnostic]

  public init(network: SupplyNetwork?, diagnostics: [Diagnostic]) {
    self.network = network
    self.diagnostics = diagnostics
  }
}

/// Why a file could not be read.
public enum FileProblem: Error, Sendable, Hashable {
  case missing
  case isDirectory

  /// With the reason in a few words.
  case unreadable(String)

  /// With the limit in bytes.
  case tooLarge(limit: Int)
}

/// The file `network.yaml` and the tables that it names.
public enum NetworkFile {
  /// The most bytes that a manifest has.
  public static let manifestLimit = 8 << 20

  /// The most bytes that a table file has.
  public static let tableLimit = 64 << 20

  /// Reads a network and tells everything that is wrong with it.
  ///
  /// Nothing stops at the first problem, except where a file cannot be read at all. Text from strangers is
  /// safe to read: aliases, anchors and tags are refused, and so is what is too large or nested too deeply.
  ///
  /// - Parameters:
  ///   - manifest: the bytes of the manifest.
  ///   - name: what diagnostics call the manifest; they call a table file by its path in the same folder.
  ///   - load: gives the bytes of a table file by its path relative to the manifest, which is never absolute
  ///     and never leads upwards.
  /// - Returns: the network, or what is wrong.
  /// - Complexity: O(n) for n bytes in all files.
  public static func read(
    manifest: [UInt8], named name: String, load: (String) -> Result<[UInt8], FileProblem>
  ) -> NetworkReading {
    var problems = Problems()
    let file = problems.add(SourceFile(name: name, bytes: manifest, limit: manifestLimit))
    guard
      let root = YAMLDocument.read(
        file: file, bytes: manifest, limit: manifestLimit, problems: &problems)
    else {
      return NetworkReading(network: nil, diagnostics: problems.diagnostics())
    }
    var reader = RecordReader(problems: problems)
    let network = NetworkBuilder.network(from: root, &reader) { reader, format, tables, add in
      reader.readTable(format, from: tables[format.name], folder: folder(of: name), load: load, add)
    }
    return NetworkReading(network: network, diagnostics: reader.problems.diagnostics())
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }
}
