import CEL
import Foundation
import Testing

private let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/cases/cel")

private let files =
  ((try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? [])
  .filter { $0.pathExtension == "jsonl" }.sorted { $0.path < $1.path }

struct ConformanceTests {
  /// Cases that are known to fail; the README of the module gives the reason for each.
  private let known: Set<String> = []

  @Test(
    "every case of the public suite passes",
    .enabled(if: !files.isEmpty, "the cases are not here: ../shared/cases/cel"), arguments: files)
  func passes(file: URL) throws {
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    let report = ConformanceSuite.run(lines: lines)
    for failure in report.failures where !known.contains(failure.id) {
      Issue.record("\(failure.id): \(failure.reason)")
    }
    #expect(report.passed > 0)
  }
}
