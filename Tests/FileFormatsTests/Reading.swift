import FileFormats
import Foundation

/// Reads a manifest called `network.yaml` with the table files that are given, and some that cannot be read.
func read(_ manifest: String, _ files: [String: String] = [:]) -> NetworkReading {
  read(Array(manifest.utf8), files.mapValues { Array($0.utf8) })
}

func read(_ manifest: [UInt8], _ files: [String: [UInt8]] = [:]) -> NetworkReading {
  NetworkFile.read(manifest: manifest, named: "network.yaml") { path in
    switch path {
    case "folder": .failure(.isDirectory)
    case "locked": .failure(.unreadable("permission denied"))
    case "huge": .failure(.tooLarge(limit: 64 << 20))
    default: files[path].map { .success($0) } ?? .failure(.missing)
    }
  }
}

/// Reads a network of the folder `Graphs`, whose folder is called NAME.
func readShipped(_ name: String) throws -> NetworkReading {
  let folder = shippedFolder.appending(path: name)
  let manifest = try Data(contentsOf: folder.appending(path: "network.yaml"))
  return NetworkFile.read(manifest: [UInt8](manifest), named: "\(name)/network.yaml") { path in
    (try? Data(contentsOf: folder.appending(path: path))).map { .success([UInt8]($0)) } ?? .failure(.missing)
  }
}

let shippedFolder = URL(filePath: #filePath).appending(path: "../../../Graphs").standardized
