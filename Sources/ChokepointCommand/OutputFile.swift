import Foundation

/// Writes whole files or none.
enum OutputFile {
  /// Writes to a temporary file beside `path`, then renames it, so that nobody ever sees half a file.
  static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
    do {
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      let folder = InputFile.folder(of: path)
      let reason =
        InputFile.isFolder(folder)
        ? "permission denied, the disk is full, or a folder has that name" : "there is no folder '\(folder)'"
      throw CommandFailure(code: .notWritten, message: "error: cannot write '\(path)': \(reason)\n")
    }
  }
}
