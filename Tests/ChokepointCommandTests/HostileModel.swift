import Foundation

/// A network, scenarios, rules and waivers in which every text that a stranger can write is hostile.
///
/// For each text there is a chain of sites of its own, a scenario and a rule, in whose fields it stands.
struct HostileModel {
  /// What each kind of output could take for something of its own.
  static let texts: [String] = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onclick='alert(1)' x=\"",
    "</title></text></svg></style></textarea></script><b>",
    "]]><!-- --!> <?x?> <!DOCTYPE x [<!ENTITY e 'f'>]>&e;",
    "R&D; &copy; &#x3C;b&#x3E; &amp;lt;", "javascript:alert(1)",
    "\u{1B}[31mred\u{1B}]0;title\u{7}\u{9B}2J\u{8}\u{7F}",
    "abc\u{202E}txt.exe\u{2066}\u{200F}\u{2028}\u{2029}\u{FEFF}",
    "\u{FFFF}\u{FFFE}\u{10FFFF}\u{200B}", "C:\\New \\N\\G\\L\\l \\\" \\",
    "line\r\n::error file=x::injected\n\n# heading\t| tab", "%0A::set-env name=x::y%0D%25",
    "[x](javascript:alert(1)) ![i](https://evil.example/a.png)",
    "https://evil.example www.evil.example a@evil.example",
    "<https://evil.example> [r]: https://evil.example", "| a | **b** `c` __d__ ~~e~~ # f <br> $x$", "---",
    "1. one", "> q",
    "=HYPERLINK(\"https://evil.example\")", "+1+cmd|' /C calc'!A0", "-2+3;=1", "@SUM(A1)", "\t=1+1", "＝1＋1",
    "<<TABLE><TR><TD HREF=\"javascript:alert(1)\"><IMG SRC=\"/etc/passwd\"/></TD></TR></TABLE>>",
    "\"]; n0 [URL=\"javascript:alert(1)\"]; } digraph {",
    "\"] --> b; click c0 \"javascript:alert(1)\" %%{init: {}}%%",
    "${y} `id` $(id) ; rm -rf $HOME", String(repeating: "鉱", count: 2_000),
    "e" + String(repeating: "\u{301}", count: 2_000), "👩‍👩‍👧‍👦🇪🇪", " x ", String(repeating: "W", count: 60_000),
  ]

  /// The texts of chains; the first is also that of the network and of the packs.
  let texts: [String]

  init(_ texts: [String] = texts) { self.texts = texts }

  /// The files of the model, by their paths.
  var files: [String: String] {
    var files = ["network.yaml": manifest, "waivers.yaml": waivers]
    for index in texts.indices {
      files["scenarios/s-\(index).yaml"] = scenario(index)
      files["rules/r-\(index).yaml"] = rule(index)
    }
    files["rules/pack.yaml"] = Self.yaml([
      "format": 1, "id": "pack", "version": "1.0.0", "title": texts[0],
    ])
    return files
  }

  /// Writes the model into a new folder, runs `body` with it and removes it.
  func written<T>(_ body: (URL) throws -> T) throws -> T {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for (path, text) in files {
      let file = folder.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return try body(folder)
  }

  private var manifest: String {
    func each(_ row: (Int, String) -> [String: Any]) -> [[String: Any]] {
      texts.enumerated().map { row($0, $1) }
    }
    func figure(_ value: Double, _ unit: String, _ index: Int) -> [String: Any] {
      [
        "value": value, "unit": unit, "source": "src-\(index)", "note": texts[index],
        "confidence": "estimated",
      ]
    }
    return Self.yaml([
      "chokepoint": 1,
      "network": ["id": "x", "title": texts[0], "as_of": "2024-12-31"],
      "stages": [
        ["id": "mine", "name": texts[0]], ["id": "plant", "name": texts[texts.count / 2]],
      ],
      "element_groups": [["id": "group", "name": texts[0], "elements": ["Dy", "Tb"]]],
      "sources": each { index, text in
        ["id": "src-\(index)", "title": text, "publisher": text, "url": text, "note": text]
      },
      "materials": each { index, text in
        ["id": "ore-\(index)", "name": text, "form": text, "elements": ["Dy": 0.5]]
      } + each { index, text in ["id": "metal-\(index)", "name": text, "form": text] },
      "technologies": each { index, text in
        ["id": "tech-\(index)", "name": text, "suppliers": ["CN"], "note": text]
      },
      "operators": each { index, text in
        ["id": "firm-\(index)", "name": text, "country": "CN", "note": text]
      },
      "processes": each { index, text in
        [
          "id": "dig-\(index)", "name": text, "activity": "t",
          "outputs": [["material": "ore-\(index)", "amount": 1]],
        ]
      }
        + each { index, text in
          [
            "id": "melt-\(index)", "name": text, "activity": "t",
            "inputs": [["material": "ore-\(index)", "amount": 1]],
            "outputs": [["material": "metal-\(index)", "amount": 1]],
          ]
        },
      "sites": each { index, text in
        [
          "id": "pit-\(index)", "name": text, "stage": "mine", "country": "CN", "operator": "firm-\(index)",
          "runs": ["dig-\(index)"], "output": figure(Double(index + 1), "t/yr", index), "note": text,
        ]
      }
        + each { index, text in
          [
            "id": "works-\(index)", "name": text, "stage": "plant", "country": "DE",
            "operator": "firm-\(index)",
            "runs": ["melt-\(index)"], "output": figure(Double(index + 1), "t/yr", index), "note": text,
            "technologies": [["id": "tech-\(index)", "from": "CN", "needed": "running"]],
          ]
        },
      "flows": each { index, text in
        [
          "id": "ore-\(index)", "from": "pit-\(index)", "to": "works-\(index)", "material": "ore-\(index)",
          "volume": figure(Double(index + 1), "t/yr", index), "note": text, "waypoints": ["suez"],
        ]
      }
        + each { index, text in
          [
            "id": "metal-\(index)", "from": "works-\(index)", "to": "use-\(index)",
            "material": "metal-\(index)",
            "volume": figure(Double(index + 1), "t/yr", index), "note": text,
          ]
        },
      "stocks": each { index, text in
        ["site": "works-\(index)", "material": "ore-\(index)", "amount": "30 d"]
      },
      "demand": each { index, text in
        [
          "id": "use-\(index)", "name": text, "material": "metal-\(index)", "place": "DE", "use": text,
          "amount": "\(index + 1) t/yr", "note": text,
        ]
      },
      "statistics": each { index, text in
        [
          "series": "series", "name": text, "stage": "mine", "material": "ore-\(index)", "country": "CN",
          "amount": "1 t/yr", "note": text,
        ]
      },
    ])
  }

  private func scenario(_ index: Int) -> String {
    let text = texts[index]
    return Self.yaml([
      "chokepoint": 1,
      "scenario": ["id": "s-\(index)", "title": text, "note": text, "as_of": "2025-01-01"],
      "sources": [["id": "own", "title": text, "publisher": text, "url": text, "note": text]],
      "controls": [
        [
          "id": "ban", "name": text, "kind": "export-ban", "issuer": "CN", "source": "own", "note": text,
          "what": ["materials": ["ore-\(index)"]],
        ]
      ],
      "outages": [["site": "works-0", "source": "own", "note": text]],
      "responses": [
        [
          "kind": "lower-demand", "demand": "use-\(index)", "by": 0.5, "source": "own", "note": text,
        ]
      ],
    ])
  }

  private func rule(_ index: Int) -> String {
    // A rule file may have 64 KiB.
    let text = String(String.UnicodeScalarView(texts[index].unicodeScalars.prefix(400)))
    // What stands in braces is an expression.
    let message = text.replacing("{", with: "(").replacing("}", with: ")")
    return Self.yaml([
      "format": 1, "id": "r-\(index)", "version": 1, "title": text,
      "severity": ["critical", "medium", "low"][index % 3],
      "tags": ["own"], "references": [text], "why": text, "fix": text,
      "params": ["limit": ["type": "double", "default": 0.5, "help": text]],
      "for": [["each": "s", "in": "network.sites().filter(x, x.id.endsWith('-\(index)'))"]],
      "let": ["words": "s.name + s.operator"],
      "when": index % 2 == 0 ? "true" : "network.canMake(s) || banned.canMake(s)",
      "message": String(
        (message + (index % 2 == 0 ? " {s.name}" : " {s.name} {scenario.title}")).prefix(1_500)),
      "show": ["path": "[s]", "name": "s.name"],
      "examples": [
        [
          "name": text, "network": "pit -[ore]-> plant 100\ndemand d: material=ore place=DE amount=1",
          "expect": "flagged",
        ]
      ],
    ])
  }

  private var waivers: String {
    Self.yaml([
      "format": 1,
      "waivers": texts.indices.map { index in
        [
          "rule": "r-\(index)", "subjects": ["works-\(index)"], "reason": texts[index], "owner": texts[index],
          "expires": index % 5 == 0 ? "2020-01-01" : "2099-01-01",
        ]
      },
    ])
  }

  /// A value in the flow style of YAML, of ASCII characters only.
  static func yaml(_ value: Any) -> String {
    switch value {
    case let text as String: quoted(text)
    case let list as [Any]: "[" + list.map(yaml).joined(separator: ", ") + "]"
    case let map as [String: Any]:
      "{" + map.sorted { $0.key < $1.key }.map { "\($0.key): \(yaml($0.value))" }.joined(separator: ",\n ")
        + "}"
    default: "\(value)"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5C: result += "\\\(scalar)"
      case 0x20..<0x7F: result.unicodeScalars.append(scalar)
      default:
        let hex = String(scalar.value, radix: 16)
        result += "\\U" + String(repeating: "0", count: 8 - hex.count) + hex
      }
    }
    return result + "\""
  }
}
