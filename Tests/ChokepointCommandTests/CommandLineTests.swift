import Foundation
import Testing

@testable import ChokepointCommand

struct CommandLineTests {
  static let tutorial = "Graphs/tutorial"
  static let networks = ["Graphs/tutorial", "Graphs/gallium-germanium", "Graphs/rare-earth-magnets"]

  @Test(
    "help and version are data and end well",
    arguments: [["--help"], ["version"], ["--version"], ["draw", "--help"]])
  func help(arguments: [String]) throws {
    let result = try BuiltCommand.run(arguments)
    #expect(result.status == 0)
    #expect(!result.output.isEmpty)
    #expect(result.errors.isEmpty)
  }

  @Test(
    "wrong usage exits with 2, says why on standard error, and prints no data",
    arguments: [
      ["analyse"], ["analyze"], ["analyze", tutorial, "--format", "xml"],
      ["analyze", tutorial, "--top", "0"],
      ["draw", tutorial], ["draw", tutorial, "-o", "x.gif"], ["draw", tutorial, "-o", "x"],
      ["draw", tutorial, "-o", "x.svg", "--ban", "XX"], ["draw", tutorial, "-o", "x.png", "--dpi", "9999"],
      ["check", ""], ["check", "no/such/network"], ["check", "/dev/zero"], ["check", "/dev/stdin"],
      ["check", "Sources"],
      ["check", "/etc/passwd"],
    ])
  func wrongUsage(arguments: [String]) throws {
    let result = try BuiltCommand.run(arguments)
    #expect(result.status == 2)
    #expect(!result.errors.isEmpty)
    #expect(result.output.isEmpty)
  }

  @Test("every shipped network is valid, and says so", arguments: networks)
  func check(network: String) throws {
    let result = try BuiltCommand.run(["check", network])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output.contains("sites"))
  }

  @Test("every shipped network can be analysed, twice with the same bytes", arguments: networks)
  func analyze(network: String) throws {
    for format in ["text", "json"] {
      let first = try BuiltCommand.run(["analyze", network, "--format", format])
      let second = try BuiltCommand.run(["analyze", network, "--format", format])
      #expect(first.status == 0)
      #expect(first.errors.isEmpty)
      #expect(first.output == second.output)
      #expect(!first.output.contains("\u{1B}"))
    }
  }

  @Test("every shipped network can be drawn in every format, twice with the same bytes", arguments: networks)
  func draw(network: String) throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for (kind, start) in [("svg", "<svg"), ("png", "\u{FFFD}PNG"), ("pdf", "%PDF-"), ("dot", "digraph")] {
      var seen: Set<Data> = []
      for attempt in 0..<2 {
        let file = folder.appending(path: "\(attempt).\(kind)")
        let result = try BuiltCommand.run(["draw", network, "--ban", "CN", "-o", file.path])
        #expect(result.status == 0)
        #expect(result.output.isEmpty)
        let bytes = try Data(contentsOf: file)
        seen.insert(bytes)
        #expect(String(decoding: bytes.prefix(64), as: UTF8.self).hasPrefix(start))
      }
      #expect(seen.count == 1)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 8)
  }

  @Test("boxes keep their places from the baseline to a ban")
  func stablePlaces() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func places(_ arguments: [String]) throws -> [String] {
      let file = folder.appending(path: "picture.dot")
      #expect(try BuiltCommand.run(["draw", Self.networks[2], "-o", file.path] + arguments).status == 0)
      let text = try String(contentsOf: file, encoding: .utf8)
      return text.split(separator: "\n").filter { $0.contains("rank=\"same\"") }.map { String($0) }
    }
    #expect(try places([]) == places(["--ban", "CN"]))
  }

  @Test("a picture that cannot be written exits with 4 and leaves nothing behind")
  func notWritten() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try BuiltCommand.run(["draw", Self.tutorial, "-o", folder.path + "/no/such/folder/x.svg"])
    #expect(result.status == 4)
    #expect(result.errors.contains("there is no folder"))
    let onto = folder.appending(path: "taken.svg")
    try FileManager.default.createDirectory(at: onto, withIntermediateDirectories: true)
    #expect(try BuiltCommand.run(["draw", Self.tutorial, "-o", onto.path]).status == 4)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken.svg"])
  }

  @Test(
    "what cannot be printed exits with 4, whatever the command",
    arguments: [
      ["check", tutorial], ["analyze", tutorial], ["analyze", tutorial, "--format", "json"], ["version"],
      ["--help"],
    ])
  func fullDisk(arguments: [String]) throws {
    let result = try BuiltCommand.run(arguments, outputTo: "/dev/full")
    #expect(result.status == 4)
  }

  @Test("a picture never takes the place of its network")
  func outputIsInput() throws {
    let text = try String(
      contentsOf: BuiltCommand.packageRoot.appending(path: Self.tutorial + "/network.yaml"), encoding: .utf8)
    try BuiltCommand.withNetwork(["network.svg": text]) { folder in
      let file = folder.appending(path: "network.svg").path
      #expect(try BuiltCommand.run(["draw", file, "-o", folder.path + "/./network.svg"]).status == 4)
      let left = try String(contentsOfFile: file, encoding: .utf8)
      #expect(left == text)
    }
  }

  @Test("the manifest of a folder may not lead out of it")
  func linkedManifest() throws {
    try BuiltCommand.withNetwork(["secret": "secret-text: 1\n"]) { outside in
      try BuiltCommand.withNetwork([:]) { folder in
        try FileManager.default.createSymbolicLink(
          at: folder.appending(path: "network.yaml"), withDestinationURL: outside.appending(path: "secret"))
        let result = try BuiltCommand.run(["check", folder.path])
        #expect(result.status == 2)
        #expect(!result.errors.contains("secret-text"))
      }
    }
  }

  @Test("colour comes only when asked for off a terminal, and severity is a word without it")
  func colour() throws {
    let plain = try BuiltCommand.run(["analyze", Self.tutorial])
    let coloured = try BuiltCommand.run(["analyze", Self.tutorial, "--color", "always"])
    #expect(!plain.output.contains("\u{1B}"))
    #expect(coloured.output.contains("\u{1B}["))
    #expect(coloured.output.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain.output)
  }

  @Test("colour comes of itself only on a terminal that knows it, and not against NO_COLOR")
  func whenColour() {
    let plain = ["TERM": "xterm"]
    #expect(ColourChoice.auto.usesColour(onTerminal: true, environment: plain))
    #expect(ColourChoice.auto.usesColour(onTerminal: true, environment: ["NO_COLOR": ""]))
    #expect(!ColourChoice.auto.usesColour(onTerminal: false, environment: plain))
    #expect(!ColourChoice.auto.usesColour(onTerminal: true, environment: ["NO_COLOR": "1"]))
    #expect(!ColourChoice.auto.usesColour(onTerminal: true, environment: ["TERM": "dumb"]))
    #expect(ColourChoice.always.usesColour(onTerminal: false, environment: ["NO_COLOR": "1"]))
    #expect(!ColourChoice.never.usesColour(onTerminal: true, environment: plain))
  }

  @Test("a reader that has read enough ends the command without a word")
  func closedPipe() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let errors = folder.appending(path: "errors")
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = [
      "-c", "\"$0\" analyze \"$1\" --format json 2>\"$2\" | head -c 10 >/dev/null",
      try #require(BuiltCommand.executable).path,
      BuiltCommand.packageRoot.appending(path: Self.networks[2]).path, errors.path,
    ]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
    #expect(try Data(contentsOf: errors).isEmpty)
  }

  @Test("the worst ban is drawn as the ban of that country is")
  func worst() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var pictures: [Data] = []
    for country in ["worst", "CN", "cn"] {
      let file = folder.appending(path: "\(country).dot")
      #expect(
        try BuiltCommand.run(["draw", Self.networks[2], "--ban", country, "-o", file.path]).status == 0)
      pictures.append(try Data(contentsOf: file))
    }
    #expect(Set(pictures).count == 1)
  }

  @Test("a ban by a country that the network does not know is drawn, with a note that it changes nothing")
  func banWithoutSites() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "x.dot").path
    let result = try BuiltCommand.run(["draw", Self.tutorial, "--ban", "BR", "-o", file])
    #expect(result.status == 0)
    #expect(result.errors.hasPrefix("note: no active site of the network is in Brazil"))
    let name = try BuiltCommand.run(["draw", Self.tutorial, "--ban", "Germany", "-o", file])
    #expect(name.status == 2)
    #expect(name.errors.contains("did you mean 'DE' (Germany)?"))
  }

  @Test(
    "a broken network exits with 2, tells every problem of every file with its place, and analyses nothing")
  func brokenNetwork() throws {
    let files = [
      "network.yaml": """
      chokepoint: 1
      network: { id: broken, titel: Broken }
      stages: [mine]
      materials: [ { id: ore } ]
      processes: [ { id: dig, activity: t ore, outputs: [ { material: orr, amount: 1 } ] } ]
      sites: { csv: sites.csv }
      """,
      "sites.csv": "id,stage,country,runs,capacity,capacity_unit\na,mine,XX,dig,5,furlong\nb,mine,CN\n",
    ]
    try BuiltCommand.withNetwork(files) { folder in
      for command in [["check"], ["analyze"], ["analyze", "--format", "json"]] {
        let result = try BuiltCommand.run([command[0], folder.path] + command.dropFirst())
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        for place in ["network.yaml:2:", "network.yaml:5:", "sites.csv:2:", "sites.csv:3:"] {
          #expect(result.errors.contains(place), "\(place) in \(result.errors)")
        }
        for help in ["did you mean 'title'?", "did you mean 'ore'?", "^^"] {
          #expect(result.errors.contains(help), "\(help) in \(result.errors)")
        }
      }
      let target = folder.appending(path: "x.svg")
      #expect(try BuiltCommand.run(["draw", folder.path, "-o", target.path]).status == 2)
      #expect(!FileManager.default.fileExists(atPath: target.path))
    }
  }

  @Test("a table may not lead out of its folder, by path or by link")
  func escape() throws {
    try BuiltCommand.withNetwork(["secret.csv": "id\nsecret-site\n"]) { outside in
      let manifest = "chokepoint: 1\nnetwork: { id: x }\nstages: [mine]\nsites: { csv: CSV }\n"
      for path in ["../secret.csv", outside.path + "/secret.csv", "link.csv"] {
        try BuiltCommand.withNetwork(["network.yaml": manifest.replacing("CSV", with: path)]) { folder in
          try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "link.csv"), withDestinationURL: outside.appending(path: "secret.csv"))
          let result = try BuiltCommand.run(["check", folder.path])
          #expect(result.status == 2)
          #expect(!result.errors.contains("secret-site"))
          #expect(result.errors.contains("network.yaml:4:"))
        }
      }
    }
  }
}
