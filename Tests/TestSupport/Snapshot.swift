import Foundation
public import Testing

/// Expects `text` to be what the file `Snapshots/NAME` holds, in the folder of the test that calls this.
///
/// A snapshot that does not exist is written, and the test fails once so that somebody reads it. With
/// `UPDATE_SNAPSHOTS=1` in the environment, one that differs is rewritten, and the test fails too.
///
/// - Parameters:
///   - text: what was made.
///   - name: the file name of the snapshot.
///   - testFile: the file of the test, which says where the snapshots are.
///   - location: where a difference is reported.
/// - Throws: what writing the file throws.
public func expectSnapshot(
  _ text: String, _ name: String, testFile: String = #filePath, location: SourceLocation = #_sourceLocation
) throws {
  let folder = URL(filePath: testFile).deletingLastPathComponent().appending(path: "Snapshots")
  let file = folder.appending(path: name)
  let expected = try? Data(contentsOf: file)
  let made = Data(text.utf8)
  guard expected != made else { return }

  let mayWrite = expected == nil || ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] == "1"
  if mayWrite {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try made.write(to: file)
  }
  Issue.record(
    "\(name) \(mayWrite ? "was written: read it with `git diff`" : "is not what the test made")",
    sourceLocation: location)
}
