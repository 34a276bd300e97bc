import Foundation
import Testing

/// Whatever strangers write in a text field of a network, a scenario, a rule or a waiver stays a text in every output.
///
/// Each output is read by a reader of its format: what it finds may only be what the command itself writes.
struct HostileNameTests {
  private static let rules = ["--rules", "rules", "--waivers", "waivers.yaml"]

  /// Runs a command in the folder of a model; it must end as it would with harmless texts, and say nothing harmful on standard error.
  private func output(
    _ arguments: [String], in folder: URL, _ location: SourceLocation = #_sourceLocation
  ) throws -> String {
    let result = try BuiltCommand.run(arguments, in: folder)
    #expect(result.status <= 1, "\(arguments): \(result.errors.prefix(500))", sourceLocation: location)
    #expect(
      OutputReaders.harmful(inTerminal: result.errors).isEmpty, "\(arguments)", sourceLocation: location)
    #expect(result.errors.utf8.count < 100_000, "\(arguments)", sourceLocation: location)
    return result.output
  }

  // MARK: Terminal

  static let terminalCommands: [[String]] = [
    ["check", "."],
    ["check", ".", "-s", "s-7", "-s", "s-11", "-s", "s-13", "--top", "1000", "--color", "always"] + rules,
    ["analyze", "."],
    ["analyze", ".", "--color", "always", "-s", "s-7"], ["chokepoints", ".", "--color", "always"],
    ["chokepoints", ".", "-s", "s-8"], ["cutsets", ".", "--color", "always"],
    ["worst", ".", "--color", "always"],
    ["why", ".", "use-7", "--color", "always"], ["why", ".", "use-8", "-s", "s-8"],
    ["diff", ".", "-s", "s-7"],
    ["diff", ".", "-s", "s-10", "-s", "s-11", "--color", "always"],
    ["trace", ".", "use-7", "--color", "always"],
    ["rules", "list", "rules"], ["rules", "check", "rules"], ["rules", "test", "rules"],
    ["rules", "explain", "r-7", "pit-7", ".", "--rules", "rules"],
    ["rules", "explain", "r-11", "works-11", ".", "-s", "s-11", "--rules", "rules"],
  ]

  @Test("a terminal is sent no control characters but our own colours", arguments: terminalCommands)
  func terminal(arguments: [String]) throws {
    try HostileModel().written { folder in
      let text = try output(arguments, in: folder)
      #expect(!text.isEmpty)
      #expect(OutputReaders.harmful(inTerminal: text).isEmpty)
      #expect(text.contains("\u{1B}") == arguments.contains("always"))
    }
  }

  // MARK: JSON

  static let jsonCommands: [[String]] = [
    ["check", "."], ["check", ".", "-s", "s-7", "-s", "s-11", "-s", "s-13"] + rules, ["analyze", "."],
    ["analyze", ".", "-s", "s-7"],
    ["chokepoints", "."],
    ["cutsets", "."], ["worst", "."], ["why", ".", "use-7"], ["diff", ".", "-s", "s-7"],
    ["trace", ".", "use-7"],
  ]

  @Test("JSON gives back the texts as they were written", arguments: jsonCommands)
  func json(arguments: [String]) throws {
    try HostileModel().written { folder in
      let text = try output(arguments + ["--format", "json"], in: folder)
      #expect(OutputReaders.harmful(inTerminal: text).isEmpty)
      let strings = try Self.strings(in: text)
      #expect(!strings.isEmpty)
      guard ["analyze", "check", "chokepoints"].contains(arguments[0]),
        arguments.count > 2 || arguments[0] != "check"
      else {
        return
      }
      for (index, text) in HostileModel.texts.enumerated() where arguments.count < 4 || index == 7 {
        #expect(strings.contains(text), "\(text.prefix(40))")
      }
    }
  }

  @Test("lines of JSON and SARIF hold every message, and a message of SARIF has no link")
  func findings() throws {
    try HostileModel().written { folder in
      let lines = try output(
        ["check", ".", "-s", "s-7", "-s", "s-11", "-s", "s-13", "--format", "jsonl"] + Self.rules, in: folder)
      #expect(OutputReaders.harmful(inTerminal: lines).isEmpty)
      let found = try lines.split(separator: "\n").flatMap { try Self.strings(in: String($0)) }
      let sarif = try output(
        ["check", ".", "-s", "s-7", "-s", "s-11", "-s", "s-13", "--format", "sarif"] + Self.rules, in: folder)
      #expect(OutputReaders.harmful(inTerminal: sarif).isEmpty)
      let log = try #require(try JSONSerialization.jsonObject(with: Data(sarif.utf8)) as? [String: Any])
      let run = try #require((log["runs"] as? [[String: Any]])?.first)
      let results = try #require(run["results"] as? [[String: Any]])
      let messages = results.compactMap { ($0["message"] as? [String: Any])?["text"] as? String }
      #expect(messages.count == results.count)
      // What a reader shows: a link is text in brackets, then its target in parentheses (SARIF 2.1.0, 3.11.6).
      for message in messages {
        #expect(message.firstMatch(of: /(^|[^\\])\[([^\]\\]|\\.)*\]\(/) == nil, "\(message.prefix(100))")
      }
      let shown = messages.map {
        $0.replacing("\\[", with: "[").replacing("\\]", with: "]").replacing("\\\\", with: "\\")
      }
      for (index, text) in HostileModel.texts.enumerated() {
        let start = text.unicodeScalars.prefix(100).prefix { $0 != "{" && $0 != "}" }
        #expect(found.contains { $0.unicodeScalars.starts(with: start) }, "\(index)")
        #expect(shown.contains { $0.unicodeScalars.starts(with: start) }, "\(index)")
      }
    }
  }

  /// All strings of a JSON document, keys left out.
  private static func strings(in text: String) throws -> Set<String> {
    var found: Set<String> = []
    var waiting = [try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)]
    while let value = waiting.popLast() {
      switch value {
      case let text as String: found.insert(text)
      case let list as [Any]: waiting += list
      case let map as [String: Any]: waiting += map.values
      default: break
      }
    }
    return found
  }

  // MARK: XML

  private static let svgNames: Set<String> = {
    let attributes = [
      "svg": "xmlns viewBox width height class role font-family", "g": "id class transform role tabindex",
      "title": "", "desc": "", "polygon": "fill points stroke stroke-width stroke-dasharray",
      "polyline": "fill points stroke stroke-width stroke-dasharray",
      "ellipse": "cx cy rx ry fill stroke stroke-width stroke-dasharray",
      "path": "d fill stroke stroke-width stroke-dasharray",
      "text": "x y fill font-weight font-size font-family text-anchor",
    ]
    return Set(
      attributes.flatMap { element, names in
        [element] + names.split(separator: " ").map { "\(element)/@\($0)" }
      })
  }()

  static let drawings: [[String]] =
    [
      [], ["-s", "s-7"], ["--collapse", "country"], ["--highlight", "site.name.size() > 9"],
      ["--hide", "site.name.size() > 9"],
    ]
    + [
      ["--per-stage", "600"], ["--findings", "--rules", "rules"],
      ["--findings", "--rules", "rules", "-s", "s-0", "--witness"],
    ]
    + ["before-after", "single-points", "cut-set", "operators", "spread"].map {
      ["--kind", $0, "-s", "s-1", "--cutset", "works-1", "--per-stage", "40"]
    }
    + [["--kind", "tree", "--product", "use-4"], ["--theme", "dark", "--focus", "pit-3"]]

  @Test("a picture holds no element, attribute or link but ours", arguments: drawings)
  func svg(arguments: [String]) throws {
    try HostileModel().written { folder in
      _ = try output(["draw", ".", "-o", "x.svg"] + arguments, in: folder)
      let picture = try OutputReaders.xml(try Data(contentsOf: folder.appending(path: "x.svg")))
      #expect(picture.names.isSubset(of: Self.svgNames), "\(picture.names.subtracting(Self.svgNames))")
      let all = picture.texts.joined() + picture.values.map(\.value).joined()
      #expect(OutputReaders.harmful(inTerminal: all).isEmpty)
      #expect(all.utf8.count < 2_000_000)
      for (name, value) in picture.values
      where ["fill", "stroke", "class", "id", "d", "points"].contains(name) {
        #expect(value.wholeMatch(of: /[A-Za-z0-9 #.,_-]*/) != nil, "\(name)=\(value)")
      }
    }
  }

  @Test("tables of tests and fault trees in XML hold no element or attribute but ours")
  func otherXML() throws {
    try HostileModel().written { folder in
      let junit = try OutputReaders.xml(
        Data(
          try output(
            ["check", ".", "-s", "s-7", "-s", "s-11", "-s", "s-13", "--format", "junit"] + Self.rules,
            in: folder
          ).utf8))
      let names: Set = [
        "testsuites", "testsuites/@name", "testsuites/@tests", "testsuites/@failures", "testsuites/@errors",
        "testsuite",
        "testsuite/@name", "testsuite/@tests", "testsuite/@failures", "testsuite/@errors",
        "testsuite/@skipped", "testcase",
        "testcase/@classname", "testcase/@name", "failure", "failure/@type", "failure/@message", "skipped",
        "skipped/@message",
      ]
      #expect(junit.names.isSubset(of: names), "\(junit.names.subtracting(names))")
      let messages = junit.values.filter { $0.name == "message" }.map(\.value)
      for text in HostileModel.texts
      where text.unicodeScalars.allSatisfy({ (0x20..<0x7E).contains($0.value) }) {
        let start = text.prefix(100).replacing("{", with: "(").replacing("}", with: ")")
        #expect(messages.contains { $0.hasPrefix(start) }, "\(start)")
      }
      let tree = try OutputReaders.xml(
        Data(
          try output(
            ["export", ".", "--product", "use-4", "--level", "site", "--to", "open-psa"], in: folder
          ).utf8))
      #expect(tree.names.isSubset(of: Self.openPSANames), "\(tree.names.subtracting(Self.openPSANames))")
    }
  }

  private static let openPSANames: Set = [
    "opsa-mef", "define-fault-tree", "define-fault-tree/@name", "define-gate", "define-gate/@name", "gate",
    "gate/@name",
    "basic-event", "basic-event/@name", "or", "and", "atleast", "atleast/@min", "not", "label", "model-data",
    "define-basic-event", "define-basic-event/@name", "float", "float/@value", "constant", "constant/@value",
    "comment",
  ]

  // MARK: Tables

  @Test("a spreadsheet finds as many fields as there are, and no formula")
  func csv() throws {
    try HostileModel().written { folder in
      let text = try output(
        ["check", ".", "-s", "s-7", "-s", "s-11", "-s", "s-13", "--format", "csv"] + Self.rules, in: folder)
      let records = try OutputReaders.csv(text)
      #expect(records.count > HostileModel.texts.count)
      #expect(Set(records.map(\.count)) == [8])
      for field in records.joined() {
        #expect(
          !field.unicodeScalars.prefix(1).contains { "=+-@\t\r＝＋－＠".unicodeScalars.contains($0) },
          "\(field.prefix(40))")
        #expect(OutputReaders.harmful(inTerminal: field).isEmpty)
      }
      // A sheet that splits at semicolons or tabs finds them within quotes.
      for line in text.split(separator: "\r\n") where line.contains(";") {
        #expect(line.firstMatch(of: /(^|,)[^",]*;/) == nil, "\(line.prefix(100))")
      }
      for text in HostileModel.texts
      where text.unicodeScalars.allSatisfy({ (0x20..<0x7E).contains($0.value) }) {
        let start = text.prefix(100).replacing("{", with: "(").replacing("}", with: ")")
        #expect(records.contains { $0[5].hasPrefix(start) || $0[5].hasPrefix("'" + start) }, "\(start)")
      }
    }
  }

  @Test("GitHub is given one command for each finding, of our kinds and with our properties")
  func github() throws {
    try HostileModel().written { folder in
      let commands = try OutputReaders.workflowCommands(
        try output(
          ["check", ".", "-s", "s-7", "-s", "s-11", "-s", "s-13", "--format", "github"] + Self.rules,
          in: folder))
      let lines = try output(
        ["check", ".", "-s", "s-7", "-s", "s-11", "-s", "s-13", "--format", "jsonl"] + Self.rules, in: folder)
      #expect(
        commands.count
          == lines.split(separator: "\n").count {
            $0.contains("\"state\":\"open\"") || $0.contains("\"open\"")
          })
      for command in commands {
        #expect(["error", "warning", "notice"].contains(command.name))
        #expect(Set(command.properties.keys) == ["file", "line", "title"])
        #expect(command.properties["line"] == "1")
        #expect(OutputReaders.harmful(inTerminal: command.data).isEmpty)
      }
    }
  }

  // MARK: Markdown

  private static let cmark = "/usr/bin/cmark-gfm"
  private static let hasCmark = FileManager.default.isExecutableFile(atPath: cmark)

  @Test("Markdown has no link, picture, HTML, code or emphasis but ours", .enabled(if: hasCmark))
  func markdown() throws {
    try HostileModel().written { folder in
      let text = try output(
        ["check", ".", "-s", "s-7", "-s", "s-11", "-s", "s-13", "--format", "markdown"] + Self.rules,
        in: folder)
      #expect(OutputReaders.harmful(inTerminal: text).isEmpty)
      let file = folder.appending(path: "x.md")
      try Data(text.utf8).write(to: file)
      let process = Process()
      process.executableURL = URL(filePath: Self.cmark)
      process.arguments = [
        "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tagfilter", "-t", "xml", file.path,
      ]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let bytes = try #require(try pipe.fileHandleForReading.readToEnd())
      process.waitUntilExit()
      // The reader of XML knows no DOCTYPE of theirs.
      let body = String(decoding: bytes, as: UTF8.self).replacing(/<!DOCTYPE[^>]*>/, with: "")
      let document = try OutputReaders.xml(Data(body.utf8))
      let elements = document.names.filter { !$0.contains("/@") }
      #expect(
        elements.isSubset(of: [
          "document", "heading", "paragraph", "text", "table", "table_header", "table_row", "table_cell",
          "softbreak",
        ]), "\(elements)")
      let rows = body.split(separator: "<table_row").dropFirst()
      #expect(rows.count > HostileModel.texts.count)
      for row in rows { #expect(row.split(separator: "<table_cell").count - 1 == 4, "\(row.prefix(300))") }
      let shown = String(
        String.UnicodeScalarView(document.texts.joined().unicodeScalars.filter { $0 != "\u{200C}" }))
      for text in HostileModel.texts
      where text.unicodeScalars.allSatisfy({ (0x20..<0x7E).contains($0.value) }) {
        let start = text.prefix(100).replacing("{", with: "(").replacing("}", with: ")")
        #expect(shown.contains(start), "\(start)")
      }
    }
  }

  // MARK: Pictures as text

  private static let tags: Set = ["x", "TABLE", "TR", "TD", "FONT", "B", "I", "BR"]

  @Test(
    "a graph in DOT holds no attribute or tag of HTML but ours",
    arguments: [[], ["--findings", "--rules", "rules"]])
  func dot(arguments: [String]) throws {
    try HostileModel().written { folder in
      _ = try output(["draw", ".", "--per-stage", "600", "-s", "s-1", "-o", "x.dot"] + arguments, in: folder)
      let graph = try OutputReaders.dot(
        String(decoding: try Data(contentsOf: folder.appending(path: "x.dot")), as: UTF8.self))
      #expect(
        graph.attributes.isDisjoint(with: [
          "URL", "href", "image", "shapefile", "stylesheet", "target", "edgeURL",
        ]))
      #expect(graph.statements.first == "digraphG{" && graph.statements.last == "}")
      for statement in graph.statements.dropFirst().dropLast() {
        #expect(
          statement.wholeMatch(
            of:
              /(graph|node|edge|(n\d+)+[{}]?|n\d+->n\d+|subgraph[a-z]*_?\d*\{|(subgraph)?\{|\}|[a-z]+="?[A-Za-z#0-9]+"?;?|(n\d+;)+)/
          )
            != nil, "\(statement.prefix(100))")
      }
      #expect(graph.labels.count > 2 * HostileModel.texts.count)
      for label in graph.labels {
        let html = try OutputReaders.xml(Data("<x>\(label)</x>".utf8))
        let elements = html.names.filter { !$0.contains("/@") }
        #expect(elements.isSubset(of: Self.tags), "\(elements)")
        #expect(
          !html.names.contains { $0.contains("/@HREF") || $0.contains("/@SRC") || $0.contains("/@TARGET") })
      }
    }
  }

  @Test(
    "a diagram in Mermaid is boxes and lines of ours", arguments: [[], ["--findings", "--rules", "rules"]])
  func mermaid(arguments: [String]) throws {
    try HostileModel().written { folder in
      _ = try output(["draw", ".", "--per-stage", "600", "-s", "s-1", "-o", "x.mmd"] + arguments, in: folder)
      let text = String(decoding: try Data(contentsOf: folder.appending(path: "x.mmd")), as: UTF8.self)
      // A text in quotes: whatever means something to Mermaid is a number between # and ;.
      let line =
        /(---|title: "[^"<>`\[\]{}\\]*"|flowchart LR|  subgraph s\d+\["([^"<>`\[\]{}\\]|<br\/>)*"\]|    c\d+\[{1,2}"([^"<>`\[\]{}\\]|<br\/>)*"\]{1,2}|  end|  c\d+ (-\. [a-z0-9, ]+ \.-x|==>|-->)(\|[a-z0-9, ]+\|)? c\d+|  classDef [A-Za-z]+ [a-z:#A-F0-9, \-]+|  class (c\d+,?)+ [A-Za-z]+|  %% left out, since Mermaid draws no more: \d+ of the thinnest lines)/
      for found in text.split(whereSeparator: \.isNewline) {
        #expect(found.wholeMatch(of: line) != nil, "\(found.prefix(200))")
      }
      #expect(OutputReaders.harmful(inTerminal: text).isEmpty)
    }
  }

  @Test("a picture in PDF has no link, script or file")
  func pdf() throws {
    try HostileModel().written { folder in
      _ = try output(["draw", ".", "--per-stage", "40", "-s", "s-6", "-o", "x.pdf"], in: folder)
      let bytes = String(decoding: try Data(contentsOf: folder.appending(path: "x.pdf")), as: UTF8.self)
      #expect(bytes.hasPrefix("%PDF"))
      for name in ["/URI", "/JavaScript", "/JS", "/OpenAction", "/Annot", "/Launch", "/EmbeddedFile"] {
        #expect(!bytes.contains(name), "\(name)")
      }
    }
  }

  // MARK: The report

  @Test("a page holds the elements and attributes that it has with harmless texts, and no others")
  func page() throws {
    func names(_ texts: [String]) throws -> Set<String> {
      try HostileModel(texts).written { folder in
        _ = try output(
          ["report", ".", "-s", "s-1", "-s", "s-7", "--rules", "rules", "-o", "x.html"], in: folder)
        let text = String(decoding: try Data(contentsOf: folder.appending(path: "x.html")), as: UTF8.self)
        #expect(OutputReaders.harmful(inTerminal: text).isEmpty)
        #expect(text.utf8.count < 5_000_000)
        return try OutputReaders.html(text)
      }
    }
    let ours = try names(HostileModel.texts.indices.map { "Name \($0)" })
    let found = try names(HostileModel.texts)
    #expect(found.isSubset(of: ours), "\(found.subtracting(ours))")
    #expect(!ours.contains { $0.contains("/@on") } && !ours.contains("iframe"))
  }

  // MARK: Titles and sizes

  @Test("a hostile title of network, scenario and rule is as harmless", arguments: HostileModel.texts.indices)
  func titles(index: Int) throws {
    try HostileModel([HostileModel.texts[index]]).written { folder in
      for arguments in [
        ["analyze", "."], ["check", ".", "-s", "s-0"] + Self.rules, ["diff", ".", "-s", "s-0"],
      ] {
        #expect(OutputReaders.harmful(inTerminal: try output(arguments, in: folder)).isEmpty)
      }
      _ = try output(["draw", ".", "-s", "s-0", "--findings", "--rules", "rules", "-o", "x.svg"], in: folder)
      let picture = try OutputReaders.xml(try Data(contentsOf: folder.appending(path: "x.svg")))
      #expect(picture.names.isSubset(of: Self.svgNames))
      _ = try OutputReaders.xml(
        Data(try output(["check", ".", "-s", "s-0", "--format", "junit"] + Self.rules, in: folder).utf8))
      let commands = try OutputReaders.workflowCommands(
        try output(["check", ".", "-s", "s-0", "--format", "github"] + Self.rules, in: folder))
      #expect(commands.allSatisfy { ["error", "warning", "notice"].contains($0.name) })
    }
  }

  @Test("a text of 200,000 characters is cut or refused, and no line of an output is as long")
  func long() throws {
    try HostileModel([String(repeating: "<W>", count: 66_667)]).written { folder in
      for arguments in [
        ["check", "."], ["analyze", "."], ["chokepoints", ".", "-s", "s-0"], ["why", ".", "use-0"],
        ["check", ".", "-s", "s-0"] + Self.rules, ["draw", ".", "-s", "s-0", "-o", "x.svg"],
        ["check", ".", "--format", "markdown"] + Self.rules,
        ["check", ".", "--format", "github"] + Self.rules,
      ] {
        let result = try BuiltCommand.run(arguments, in: folder)
        #expect((0...2).contains(result.status), "\(arguments): \(result.status)")
        #expect(result.output.utf8.count + result.errors.utf8.count < 100_000, "\(arguments)")
      }
      let file = folder.appending(path: "x.svg")
      if FileManager.default.fileExists(atPath: file.path) {
        let picture = try OutputReaders.xml(try Data(contentsOf: file))
        #expect(picture.names.isSubset(of: Self.svgNames))
        #expect(picture.texts.allSatisfy { $0.count < 1_000 })
      }
    }
  }
}
