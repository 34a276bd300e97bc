import Foundation

/// The package as it lies on disk.
enum SourceTree {
  static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

  static func text(_ path: String) -> String {
    (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
  }

  /// The Swift files below `folder`, as paths from the root, sorted.
  static func swiftFiles(below folder: String) -> [String] {
    let found =
      (try? FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)) ?? []
    return found.filter { $0.hasSuffix(".swift") }.sorted().map { "\(folder)/\($0)" }
  }

  /// The manifest's layers, lowest first, each with the modules of this package that it may import.
  static let layers: [(name: String, allowed: Set<String>)] = {
    text("Package.swift").matches(of: /\.module\(\s*"(\w+)"([^)]*)\)/).map { layer in
      (String(layer.1), Set(layer.2.matches(of: /"(\w+)"/).map { String($0.1) }))
    }
  }()
}
