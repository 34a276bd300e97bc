import Foundation
import Testing

/// The SARIF output beside the schema that OASIS publishes for it.
@Suite(.enabled(if: SARIFSchema.isThere, "the schema is not there; 'make test' fetches it"))
struct SARIFSchemaTests {
  /// What the validator says; nothing if the log fits the schema.
  private func faults(_ log: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    let script = BuiltCommand.packageRoot.appending(path: "Tests/ChokepointCommandTests/sarif.py")
    process.arguments = [script.path, SARIFSchema.file.path]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(log.utf8))
    try input.fileHandleForWriting.close()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? "" : said + "exit \(process.terminationStatus)"
  }

  @Test(
    "what all rules find in the shipped networks is a log that the schema of SARIF 2.1.0 allows",
    arguments: ["tutorial", "gallium-germanium", "rare-earth-magnets"])
  func shipped(network: String) throws {
    let result = try BuiltCommand.run([
      "check", "Graphs/\(network)", "--rules", "Rules", "-s", "all", "--as-of", "2026-06-01", "--format",
      "sarif",
    ])
    #expect(result.status == 0)
    #expect(try faults(result.output) == "")
  }

  @Test("so is a log with a rule that failed, one that was waived and one that the baseline knows")
  func failures() throws {
    let bad = """
      format: 1
      id: bad
      title: Bad
      severity: low
      for: [ { each: p, in: network.products() } ]
      when: network.canMake(q)
      message: "{p.name}"
      """
    let found = """
      format: 1
      id: found
      title: Found "<&>"
      severity: low
      for: [ { each: p, in: network.products() } ]
      when: network.canMake(p)
      message: "{p.name}"
      """
    let waivers = """
      format: 1
      waivers: [ { rule: found, subjects: [motors-eu], reason: known, expires: 2027-01-01 } ]
      """
    try BuiltCommand.withNetwork(["bad.yaml": bad, "found.yaml": found, "waivers.yaml": waivers]) { folder in
      let rules = ["bad.yaml", "found.yaml"].flatMap { ["--rules", folder.appending(path: $0).path] }
      let result = try BuiltCommand.run(
        ["check", "Graphs/tutorial"] + rules + [
          "--waivers", folder.appending(path: "waivers.yaml").path, "--as-of", "2026-06-01", "--format",
          "sarif",
        ])
      #expect(result.status == 3)
      #expect(result.output.contains("suppressions"))
      #expect(try faults(result.output) == "")
    }
  }

  @Test("the schema does refuse a log with a fault")
  func refused() throws {
    #expect(try faults("{}").contains("'version' is a required property"))
    #expect(try faults(#"{"version": "2.1.0", "runs": [{"tool": {}}]}"#).contains("driver"))
  }
}

private enum SARIFSchema {
  static var file: URL { BuiltCommand.packageRoot.appending(path: ".build-schemas/sarif-schema.json") }
  static var isThere: Bool { FileManager.default.fileExists(atPath: file.path) }
}
