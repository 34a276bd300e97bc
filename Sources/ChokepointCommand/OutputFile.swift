import Foundation

/// Writes whole files or none.
enum OutputFile {
  /// Writes to a temporary file beside `path`, then renames it, so that nobody ever sees half a file.
  static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
    do {
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      let folder = (path as NSString).deletingLastPathComponent
      var isDirectory: ObjCBool = false
      let reason =
        FileManager.default.fileExists(atPath: folder.isEmpty ? "." : folder, isDirectory: &isDirectory)
          && isDirectory.boolValue
        ? "permission denied, or the disk is full" : "there is no folder '\(folder)'"
      throw CommandFailure(code: .notWritten, message: "error: cannot write '\(path)': \(reason)\n")
    }
  }
}
