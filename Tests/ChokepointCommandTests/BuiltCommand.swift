import Foundation

/// The executable that this build made, run as a user would run it.
struct BuiltCommand {
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  static let packageRoot = URL(filePath: #filePath).appending(path: "../../..").standardized

  /// The executable lies beside the test bundle.
  static let executable: URL? = {
    let start = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    var folders = [start]
    for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
      folders.append(URL(filePath: argument).deletingLastPathComponent())
    }
    folders += [".build/debug", ".build/release"].map { packageRoot.appending(path: $0) }
    return folders.map { $0.appending(path: "chokepoint") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }()

  /// Runs `chokepoint` with these arguments in `folder`, with nothing on standard input.
  static func run(
    _ arguments: [String], in folder: URL = packageRoot, environment: [String: String] = [:],
    outputTo sink: String? = nil
  ) throws -> Result {
    guard let executable else { throw CocoaError(.fileNoSuchFile) }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: a pipe that nobody empties stops a command that prints much.
    let scratch = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: scratch) }
    let output = scratch.appending(path: "output")
    let errors = scratch.appending(path: "errors")
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput =
      try sink.map { try FileHandle(forWritingTo: URL(filePath: $0)) } ?? FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }

  /// A new empty folder; the caller removes it.
  static func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "chokepoint-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// Writes a network into a new folder, runs `body` with it and removes it.
  static func withNetwork<T>(_ files: [String: String], _ body: (URL) throws -> T) throws -> T {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
    return try body(folder)
  }
}
