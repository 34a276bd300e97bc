import FaultTrees
import FileFormats
import Foundation
import Testing

/// The answers of SCRAM (Debian package `scram`), where it is installed, on the models that it ships.
struct ScramComparisonTests {
  private static let isInstalled = FileManager.default.fileExists(atPath: "/usr/bin/scram")

  private static let models = URL(filePath: "/usr/share/scram/input")

  private struct Answer {
    var count: Int
    var byOrder: [Int]
    var probability: Double?
  }

  private func scram(_ files: [URL], limit: Int, withProbability: Bool) throws -> Answer {
    let report = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).xml")
    defer { try? FileManager.default.removeItem(at: report) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/scram")
    process.arguments =
      ["--bdd", "-l", "\(limit)", "-o", report.path, "--probability", withProbability ? "1" : "0"]
      + files.map(\.path)
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    let text = try String(contentsOf: report, encoding: .utf8)
    let summary = try #require(
      text.split(separator: "<sum-of-products").dropFirst().first?.prefix { $0 != ">" })
    func value(_ name: String) -> Substring? {
      summary.split(separator: " \(name)=\"", maxSplits: 1).dropFirst().first?.prefix { $0 != "\"" }
    }
    return Answer(
      count: try #require(value("products").flatMap { Int($0) }),
      byOrder: (value("distribution") ?? "").split(separator: " ").compactMap { Int($0) },
      probability: value("probability").flatMap { Double($0) })
  }

  private func compare(_ files: [URL], limit: Int, withProbability: Bool) throws -> FaultTree {
    let sources = try files.map { (name: $0.path, bytes: [UInt8](try Data(contentsOf: $0))) }
    let model = try #require(OpenPSAFile.read(sources).model)
    let top = try #require(model.topGates.first)
    let tree = try model.faultTree(top: top)
    let diagram = try FaultTreeDiagram(tree)
    let sets = try diagram.minimalCutSets(orderLimit: limit)
    let expected = try scram(files, limit: limit, withProbability: withProbability)
    #expect(sets.count == expected.count)
    #expect(sets.countsByOrder?.dropFirst().map { $0 ?? -1 } == expected.byOrder)
    if let probability = expected.probability {
      #expect(abs(try diagram.probability() - probability) <= 1e-5 * probability)
    }
    return tree
  }

  @Test(
    "counts by order and probabilities agree, for the model as shipped and as written again",
    .enabled(if: isInstalled, "SCRAM is not installed"),
    arguments: [
      (["Baobab/baobab1", "Baobab/baobab1-basic-events"], true),
      (["Baobab/baobab2", "Baobab/baobab2-basic-events"], true),
      (["Chinese/chinese", "Chinese/chinese-basic-events"], true), (["HIPPS/HIPPS"], false),
      (["Lift/lift"], true),
      (["SmallTree/SmallTree"], false), (["BSCU/BSCU"], false), (["Theatre/theatre"], true),
      (["ThreeMotor/three_motor"], true), (["TwoTrain/two_train"], true), (["ne574/ne574"], true),
    ] as [([String], Bool)])
  func shipped(names: [String], hasProbabilities: Bool) throws {
    let files = names.map { Self.models.appending(path: "\($0).xml") }
    let tree = try compare(files, limit: 20, withProbability: hasProbabilities)

    let written = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).xml")
    defer { try? FileManager.default.removeItem(at: written) }
    try Data(tree.openPSA.utf8).write(to: written)
    _ = try compare([written], limit: 20, withProbability: hasProbabilities)
  }
}
