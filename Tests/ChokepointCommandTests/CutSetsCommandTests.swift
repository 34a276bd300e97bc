import Chokepoint
import Foundation
import Testing

struct CutSetsCommandTests {
  private static let pumps = """
    <opsa-mef><define-fault-tree name="T">
    <define-gate name="no-water"><or><event name="valve"/><and><event name="a"/><event name="b"/></and></or></define-gate>
    </define-fault-tree></opsa-mef>
    """
  private static let events = """
    <opsa-mef><model-data>
    <define-basic-event name="valve"><float value="0.001"/></define-basic-event>
    <define-basic-event name="a"><float value="0.1"/></define-basic-event>
    <define-basic-event name="b"><float value="0.2"/></define-basic-event>
    </model-data></opsa-mef>
    """

  private func object(_ json: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  }

  @Test("a fault tree in two files is one product")
  func faultTree() throws {
    try BuiltCommand.withNetwork(["m.xml": Self.pumps, "e.xml": Self.events]) { folder in
      let text = try BuiltCommand.run(["cutsets", "m.xml", "e.xml"], in: folder)
      #expect(text.status == 0 && text.errors.isEmpty)
      #expect(text.output.contains("Probability 0.02098, exact"))
      #expect(text.output.contains("a + b"))
      let json = try BuiltCommand.run(
        ["cutsets", "m.xml", "e.xml", "--format", "json", "--order", "1"], in: folder)
      let document = try object(json.output)
      let product = try #require((document["products"] as? [[String: Any]])?.first)
      #expect(product["probability"] as? Double == 0.02098)
      #expect(product["sets"] as? Int == 1)
      #expect((document["cutSets"] as? [[String: Any]])?.count == 1)
      let gate = try BuiltCommand.run(["cutsets", "m.xml", "e.xml", "--product", "no-watre"], in: folder)
      #expect(gate.status == 2 && gate.errors.contains("did you mean 'no-water'?"))
    }
  }

  @Test("what is wrong with a fault tree is told with its place")
  func faultyTree() throws {
    try BuiltCommand.withNetwork(["m.xml": Self.pumps, "bad.xml": "<!DOCTYPE a><a/>"]) { folder in
      let missing = try BuiltCommand.run(["cutsets", "m.xml"], in: folder)
      #expect(missing.status == 2 && missing.output.isEmpty)
      #expect(missing.errors.contains("m.xml:2:47: error[unknown-name]: there is no gate or event 'valve'"))
      #expect(missing.errors.contains("3 errors; nothing was analysed"))
      let bad = try BuiltCommand.run(["cutsets", "bad.xml"], in: folder)
      #expect(bad.status == 2 && bad.errors.contains("bad.xml:1:1: error[forbidden-xml]"))
    }
  }

  @Test(
    "wrong usage is refused with what to write instead",
    arguments: [
      (["--order", "0"], "--order wants"), (["--order", "three"], "--order wants"),
      (["--top", "0"], "--top wants"), (["--level", "sites"], "did you mean 'site'?"),
      (["--product", "motors"], "no product has the id 'motors'"), (["more.xml"], "name one network"),
      (["--probabilities", "none.csv"], "there is no such file"),
    ] as [([String], String)])
  func usage(arguments: [String], words: String) throws {
    let result = try BuiltCommand.run(["cutsets", "Graphs/tutorial"] + arguments)
    #expect(result.status == 2)
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test("levels are analysed one by one, or mixed")
  func levels() throws {
    let result = try BuiltCommand.run([
      "cutsets", "Graphs/tutorial", "--level", "country", "--level", "site+exports", "--format", "json",
    ])
    #expect(result.status == 0)
    let products = try #require(try object(result.output)["products"] as? [[String: Any]])
    #expect(
      products.map { $0["level"] as? String } == ["country", "site+exports", "country", "site+exports"])
  }

  @Test("probabilities of a file give the whole its probability")
  func probabilities() throws {
    let root = BuiltCommand.packageRoot.appending(path: "Graphs/tutorial").path
    try BuiltCommand.withNetwork(["p.csv": "level,id,probability\ncountry,CN,0.25\n"]) { folder in
      let result = try BuiltCommand.run(
        [
          "cutsets", root, "--level", "country", "--probabilities", "p.csv", "--format", "json", "--order",
          "all",
        ],
        in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let products = try #require(try object(result.output)["products"] as? [[String: Any]])
      #expect(products.allSatisfy { $0["probability"] as? Double == 0.25 })
    }
  }

  @Test("an export is read again and has the same sets")
  func export() throws {
    let root = BuiltCommand.packageRoot.appending(path: "Graphs/tutorial").path
    try BuiltCommand.withNetwork([:]) { folder in
      let arguments = [root, "--level", "site"]
      let sets = try object(
        BuiltCommand.run(["cutsets"] + arguments + ["--format", "json", "--order", "all"], in: folder).output)
      for product in try #require(sets["products"] as? [[String: Any]]) {
        let id = try #require(product["product"] as? String)
        let written = try BuiltCommand.run(
          ["export"] + arguments + ["--product", id, "--to", "open-psa", "-o", "out.xml"], in: folder)
        #expect(written.status == 0 && written.errors == "wrote out.xml\n")
        let again = try object(
          BuiltCommand.run(["cutsets", "out.xml", "--format", "json", "--order", "all"], in: folder).output)
        let read = try #require((again["products"] as? [[String: Any]])?.first)
        #expect(read["sets"] as? Int == product["sets"] as? Int)
        #expect(read["counts"] as? NSArray == product["counts"] as? NSArray)
      }
      let printed = try BuiltCommand.run(
        ["export"] + arguments + ["--product", "nothing", "--to", "open-psa"], in: folder)
      #expect(printed.status == 2)
    }
  }

  // MARK: SCRAM

  private static let scramPath = "/usr/bin/scram"
  private static let networks = ["tutorial", "rare-earth-magnets", "gallium-germanium"]

  /// SCRAM's own answer on the export of a product: sets by order up to four, and the probability.
  private func scram(_ file: URL) throws -> (counts: [Int], probability: Double) {
    let report = file.appendingPathExtension("report")
    let process = Process()
    process.executableURL = URL(filePath: Self.scramPath)
    process.arguments = ["--bdd", "-l", "4", "--probability", "1", "-o", report.path, file.path]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    let text = try String(contentsOf: report, encoding: .utf8)
    let summary = try #require(
      text.split(separator: "<sum-of-products").dropFirst().first?.prefix { $0 != ">" })
    func value(_ name: String) -> Substring? {
      summary.split(separator: " \(name)=\"", maxSplits: 1).dropFirst().first?.prefix { $0 != "\"" }
    }
    return (
      (value("distribution") ?? "").split(separator: " ").compactMap { Int($0) },
      try #require(value("probability").flatMap { Double($0) })
    )
  }

  private func read(_ network: String) throws -> SupplyNetwork {
    let folder = BuiltCommand.packageRoot.appending(path: "Graphs/\(network)")
    let manifest = try Data(contentsOf: folder.appending(path: "network.yaml"))
    let reading = NetworkFile.read(manifest: [UInt8](manifest), named: "network.yaml") { path in
      (try? Data(contentsOf: folder.appending(path: path))).map { .success([UInt8]($0)) }
        ?? .failure(.missing)
    }
    return try #require(reading.network)
  }

  @Test(
    "SCRAM finds the same sets and probabilities in every export of the shipped networks",
    .enabled(if: FileManager.default.fileExists(atPath: scramPath), "SCRAM is not installed"),
    arguments: networks, [Element.Level.country, .exports, .operator, .site])
  func agreesWithScram(network: String, level: Element.Level) throws {
    let graph = ProductionGraph(try read(network))
    let state = graph.state(under: .none)
    // Every element has a probability of its own.
    var probabilities: [Element: Double] = [:]
    for failure in try graph.failures(in: state, at: [level]) {
      for element in failure.elements where probabilities[element] == nil {
        probabilities[element] = 0.1 + Double(probabilities.count * 37 % 80) / 100
      }
    }
    try BuiltCommand.withNetwork([:]) { folder in
      for failure in try graph.failures(in: state, at: [level], probabilities: probabilities) {
        let analysis = try CutSetAnalysis(of: failure.tree, orderLimit: 4)
        guard let least = analysis.leastOrder, least > 0 else { continue }
        let file = folder.appending(path: "\(failure.tree.name).xml")
        try Data(failure.tree.openPSA.utf8).write(to: file)
        let theirs = try scram(file)
        #expect(
          theirs.counts == analysis.sets.countsByOrder?.dropFirst().map { $0 ?? -1 }, "\(failure.tree.name)")
        let probability = try #require(analysis.probability)
        #expect(abs(theirs.probability - probability) <= 1e-5 * probability, "\(failure.tree.name)")
      }
    }
  }
}
