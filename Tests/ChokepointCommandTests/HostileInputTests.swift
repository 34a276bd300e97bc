import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A network with one thing wrong, as files that a stranger sends.
struct HostileInput: Sendable, CustomTestStringConvertible {
  let name: String

  /// What the place of the problem ends with, such as `sites.csv:2:5`.
  let place: String
  var manifest = Data(Self.manifest.utf8)
  var sites = Data(Self.sites.utf8)
  var flows = Data(Self.flows.utf8)

  /// What is done to the folder once its files are written.
  var change: (@Sendable (URL) throws -> Void)?

  init(_ name: String, _ place: String) { (self.name, self.place) = (name, place) }

  var testDescription: String { name }

  static let manifest = """
    chokepoint: 1
    network: { id: x, title: X, as_of: 2024-12-31 }
    stages: [mine, plant]
    materials: [ { id: ore }, { id: metal } ]
    processes:
      - { id: dig, activity: t ore, outputs: [ { material: ore, amount: 1 } ] }
      - { id: melt, activity: t metal, inputs: [ { material: ore, amount: 2 } ], outputs: [ { material: metal, amount: 1 } ] }
    sites: { csv: sites.csv }
    flows: { csv: flows.csv }
    demand: [ { id: users, material: metal, amount: 1 kt/yr } ]

    """

  static let sites = """
    id,name,stage,country,runs,capacity,capacity_unit
    pit,The pit,mine,NO,dig,5,kt/yr
    works,Works,plant,SE,melt,2,kt/yr

    """

  static let flows = "from,to,material,volume,volume_unit\npit,works,ore,4,kt/yr\nworks,users,metal,1,kt/yr\n"

  /// The network with `old` replaced in its manifest.
  static func manifest(_ name: String, _ old: String, _ new: String, _ place: String) -> HostileInput {
    var input = HostileInput(name, place)
    input.manifest = Data(manifest.replacing(old, with: new, maxReplacements: 1).utf8)
    return input
  }

  /// The network with `old` replaced in the table of its sites.
  static func sites(_ name: String, _ old: String, _ new: String, _ place: String) -> HostileInput {
    var input = HostileInput(name, place)
    input.sites = Data(sites.replacing(old, with: new, maxReplacements: 1).utf8)
    return input
  }

  /// The network with other bytes for one of its files.
  static func bytes(
    _ name: String, _ file: WritableKeyPath<HostileInput, Data>, _ bytes: Data, _ place: String
  ) -> HostileInput {
    var input = HostileInput(name, place)
    input[keyPath: file] = bytes
    return input
  }

  static func folder(
    _ name: String, _ place: String, _ change: @escaping @Sendable (URL) throws -> Void
  ) -> HostileInput {
    var input = HostileInput(name, place)
    input.change = change
    return input
  }
}

/// What strangers send ends with exit code 2 and messages that say where and what to do, and soon.
struct HostileInputTests {
  @Test("the network that is spoilt below is valid")
  func valid() throws {
    let result = try run(["check"], HostileInput("nothing", ""))
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test("hostile input ends with 2 and a placed message, and nothing is analysed", arguments: inputs)
  func refused(_ input: HostileInput) throws {
    let result = try run(["check"], input)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.contains { $0.contains(input.place + ": error[") }, "\(result.errors.prefix(2000))")
    #expect(lines.contains { $0.hasPrefix("  help: ") })
    #expect(lines.last?.hasSuffix("nothing was analysed") == true)
    #expect(result.errors.utf8.count < 100_000)
    #expect(!result.errors.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
  }

  @Test("problems of the manifest and of two tables are told in one run")
  func together() throws {
    var input = HostileInput.manifest("", "title: X", "titel: X", "")
    input.sites = Data("id,stage,country\npit,mien,XX\nworks,plant\n".utf8)
    input.flows = Data("from,to,material,volume,volume_unit\npit,nowhere,ore,\"4,5\",kt\n".utf8)
    for command in [["check"], ["analyze"], ["analyze", "--format", "json"]] {
      let result = try run(command, input)
      #expect(result.status == 2)
      for place in [
        "network.yaml:2:19", "sites.csv:2:5", "sites.csv:2:10", "sites.csv:3:1", "flows.csv:2:5",
        "flows.csv:2:18",
      ] {
        #expect(result.errors.contains(place + ": error["), "\(place) in \(result.errors)")
      }
    }
  }

  @Test("a network whose every text is hostile is drawn in every format and printed by every command")
  func hostileTexts() throws {
    let texts = [
      #"\u001b[31mred\u001b]0;title\u0007"#, #"quote \" back \\ slash \\N </script> <b>&amp;</b>"#,
      #"\u202Etxt.exe\u2066\u200F"#, String(repeating: "鉱", count: 2_000),
      String(repeating: "W", count: 2_000),
      "e" + String(repeating: "\u{301}", count: 2_000), "👩‍👩‍👧‍👦🇪🇪", #"C:\\New"#, #"\uFFFF\u0001"#, " ",
    ]
    for text in texts {
      let quoted = "\"\(text)\""
      let manifest = """
        chokepoint: 1
        network: { id: x, title: \(quoted) }
        stages: [ { id: mine, name: \(quoted) } ]
        materials: [ { id: ore, name: \(quoted) } ]
        processes: [ { id: dig, name: \(quoted), activity: t, outputs: [ { material: ore, amount: 1 } ] } ]
        operators: [ { id: firm, name: \(quoted) } ]
        sites: [ { id: pit, name: \(quoted), stage: mine, country: CN, operator: firm, runs: [dig], capacity: 1 t/yr } ]
        markets: [ { material: ore } ]
        demand: [ { id: users, name: \(quoted), material: ore, place: DE, use: \(quoted) } ]
        """
      let scenario = """
        chokepoint: 1
        scenario: { id: ban, title: \(quoted), note: \(quoted) }
        controls: [ { id: ban, name: \(quoted), kind: export-ban, issuer: CN, note: \(quoted) } ]
        """
      try BuiltCommand.withNetwork(["network.yaml": manifest, "ban.yaml": scenario]) { folder in
        for kind in ["svg", "png", "pdf", "dot", "mmd"] {
          let file = folder.appending(path: "x.\(kind)")
          let result = try BuiltCommand.run(["draw", folder.path, "--ban", "CN", "-o", file.path])
          #expect(result.status == 0, "\(text.prefix(20)): \(result.errors.prefix(500))")
          guard kind == "svg" else { continue }
          for kind in ["before-after", "single-points", "operators", "spread", "cut-set"] {
            let other = folder.appending(path: "\(kind).svg")
            let drawn = try BuiltCommand.run([
              "draw", folder.path, "--ban", "CN", "--kind", kind, "--cutset", "pit", "--witness", "-o",
              other.path,
            ])
            #expect(drawn.status == 0, "\(kind) \(text.prefix(20)): \(drawn.errors.prefix(500))")
            #expect(XMLParser(data: try Data(contentsOf: other)).parse())
          }
          let parser = XMLParser(data: try Data(contentsOf: file))
          #expect(parser.parse() && parser.parserError == nil, "\(text.prefix(20))")
        }
        let scenario = folder.appending(path: "ban.yaml").path
        for command in [
          ["check"], ["analyze"], ["analyze", "-s", scenario], ["chokepoints", "-s", scenario],
          ["chokepoints"],
          ["cutsets"], ["worst"], ["worst", "-s", scenario], ["why", "users"], ["trace", "users"],
          ["why", "users", "-s", scenario], ["diff", "-s", scenario],
        ] {
          let result = try BuiltCommand.run([command[0], folder.path] + command.dropFirst())
          #expect(result.status == 0, "\(command): \(result.errors.prefix(500))")
          #expect(!result.output.isEmpty)
          #expect(
            !result.output.unicodeScalars.contains { scalar in
              scalar.value < 0x20 && scalar != "\n" || (0x7F...0x9F).contains(scalar.value)
                || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            }, "\(command)")
        }
      }
    }
  }

  private func run(_ command: [String], _ input: HostileInput) throws -> BuiltCommand.Result {
    try BuiltCommand.withNetwork([:]) { folder in
      for (name, bytes) in [
        ("network.yaml", input.manifest), ("sites.csv", input.sites), ("flows.csv", input.flows),
      ] {
        try bytes.write(to: folder.appending(path: name))
      }
      try input.change?(folder)
      return try BuiltCommand.run([command[0], folder.path] + command.dropFirst())
    }
  }

  private static func replace(_ name: String, in folder: URL) throws -> URL {
    let file = folder.appending(path: name)
    try FileManager.default.removeItem(at: file)
    return file
  }

  private static let table = HostileInput.sites

  static let inputs: [HostileInput] = [
    .manifest("an unknown key", "title: X", "titel: X", "network.yaml:2:19"),
    .sites("an unknown column", "country", "contry", "sites.csv:1:15"),
    .manifest("an unknown unit", "1 kt/yr", "1 kt/fortnight", "network.yaml:10:51"),
    .sites("an unknown unit in a table", "5,kt/yr", "5,tons", "sites.csv:2:27"),
    .manifest("a wrong dimension", "1 kt/yr", "1 kt", "network.yaml:10:51"),
    .sites("a wrong dimension in a table", "5,kt/yr", "5,GW", "sites.csv:2:27"),
    .manifest(
      "a dangling id", "material: metal, amount: 1 kt", "material: mettal, amount: 1 kt", "network.yaml:10:34"
    ),
    .sites("a dangling id in a table", "mine,NO", "mien,NO", "sites.csv:2:13"),
    .manifest("an id twice", "{ id: metal }", "{ id: ore }", "network.yaml:4:33"),
    .sites("an id twice in a table", "works,Works", "pit,Works", "sites.csv:3:1"),
    .manifest("a negative number", "1 kt/yr", "-1 kt/yr", "network.yaml:10:49"),
    .sites("a negative number in a table", "dig,5", "dig,-5", "sites.csv:2:25"),
    .manifest("NaN", "1 kt/yr", ".nan", "network.yaml:10:49"),
    .sites("NaN in a table", "dig,5", "dig,NaN", "sites.csv:2:25"),
    .manifest("infinity", "1 kt/yr", ".inf", "network.yaml:10:49"),
    .sites("infinity in a table", "dig,5", "dig,1e999", "sites.csv:2:25"),
    .sites("a short row", "pit,The pit,mine,NO,dig,5,kt/yr", "pit,The pit", "sites.csv:2:1"),
    .bytes("semicolons", \.sites, Data(table.replacing(",", with: ";").utf8), "sites.csv:1:3"),
    .bytes("tabs", \.sites, Data(table.replacing(",", with: "\t").utf8), "sites.csv:1:3"),
    .sites("a byte order mark before a problem", "id,name,stage", "\u{FEFF}id,name,stag", "sites.csv:1:9"),
    .bytes(
      "CR LF before a problem", \.sites,
      Data(table.replacing("\n", with: "\r\n").replacing("dig,5", with: "dig,x").utf8), "sites.csv:2:25"),
    .sites("a decimal comma", "dig,5", "dig,\"0,5\"", "sites.csv:2:26"),
    .manifest("a decimal comma in the manifest", "1 kt/yr", "'0,5 kt/yr'", "network.yaml:10:50"),
    .bytes("no UTF-8", \.sites, Data(table.utf8) + [0xFF], "sites.csv:4:1"),
    .bytes("no UTF-8 in the manifest", \.manifest, Data("chokepoint: 1\n".utf8) + [0xE9], "network.yaml:2:1"),
    .bytes("an empty table", \.sites, Data(), "sites.csv:1:1"),
    .bytes("an empty manifest", \.manifest, Data(), "network.yaml:1:1"),
    .folder("a folder for a table", "network.yaml:8:15") { folder in
      try FileManager.default.createDirectory(
        at: replace("sites.csv", in: folder), withIntermediateDirectories: false)
    },
    .folder("a folder for the manifest", "network.yaml:1:1") { folder in
      try FileManager.default.createDirectory(
        at: replace("network.yaml", in: folder), withIntermediateDirectories: false)
    },
    .folder("a missing table", "network.yaml:8:15") { _ = try replace("sites.csv", in: $0) },
    .folder("a missing manifest", "network.yaml:1:1") { _ = try replace("network.yaml", in: $0) },
    .folder("a link in a circle", "network.yaml:8:15") { folder in
      let file = try replace("sites.csv", in: folder)
      try FileManager.default.createSymbolicLink(at: file, withDestinationURL: file)
    },
    .folder("a device", "network.yaml:8:15") { folder in
      try FileManager.default.createSymbolicLink(
        at: replace("sites.csv", in: folder), withDestinationURL: URL(filePath: "/dev/zero"))
    },
    .manifest(
      "an alias", "stages: [mine, plant]", "stages: &s [mine, plant]\nstocks: *s", "network.yaml:3:9"),
    .manifest(
      "2,000 nested brackets", "[mine, plant]",
      String(repeating: "[", count: 2_000) + String(repeating: "]", count: 2_000), "network.yaml:3:40"),
    .manifest("a second document", "stages:", "---\nstages:", "network.yaml:3:1"),
    .manifest(
      "a tag that would run code", "title: X", "title: !!python/object/apply:os.system [id]",
      "network.yaml:2:26"),
    .bytes(
      "a text of 100 MB", \.manifest,
      Data("chokepoint: 1\nnetwork: { id: ".utf8) + Data(repeating: 0x61, count: 100_000_000),
      "network.yaml:1:1"),
    .bytes(
      "a field of 100 MB", \.sites, Data("id\n".utf8) + Data(repeating: 0x61, count: 100_000_000),
      "network.yaml:8:15"),
    .manifest(
      "a text of 1 MB", "title: X", "title: " + String(repeating: "a", count: 1_000_000), "network.yaml:2:26"),
    .sites("a field of 1 MB", "The pit", String(repeating: "a", count: 1_000_000), "sites.csv:2:5"),
    .sites("a quote that is not closed", "The pit", "\"The pit", "sites.csv:2:5"),
    .sites("codes of a terminal", "The pit,mine", "The pit,\u{1B}[31mmine\u{7}", "sites.csv:2:13"),
    .manifest("the way out", "csv: sites.csv", "csv: ../../../etc/passwd", "network.yaml:8:15"),
    .bytes("a workbook", \.sites, Data([0x50, 0x4B, 3, 4, 20, 0, 6, 0]), "sites.csv:1:6"),
    .bytes("UTF-16", \.sites, table.data(using: .utf16) ?? Data(), "sites.csv:1:1"),
    .bytes("a page", \.manifest, Data("<!DOCTYPE html><p>404</p>\n".utf8), "network.yaml:1:1"),
    .bytes("a list", \.manifest, Data("- a\n- b\n".utf8), "network.yaml:1:1"),
  ]
}
