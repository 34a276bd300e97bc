import Diagnostics
import Foundation
import Reports
import RiskAnalysis
import RuleEngine
import SupplyModel
import Testing

/// The report as a page of HTML; GraphvizRendering is not here, so the picture is a small one of our own.
struct WebReportTests {
  /// What a renderer gives for a page: a box of the first site, and a line.
  static let picture = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" role="graphics-document document">
    <g id="d-line-0" class="edge flow last" data-tooltip="a to b"><path fill="none" stroke="#010106" stroke-width="2" d="M0,0H9"/></g>
    <g id="d-box-0" class="node shape-heap site step-unharmed" tabindex="0" role="img" data-tooltip="A" aria-label="A">
    <polygon fill="#01010a" stroke="#01010b" points="60,10 60,50 10,50 10,10 60,10"/>
    <text text-anchor="start" x="12" y="20" font-weight="bold" font-size="9.50" fill="#01010c">A</text>
    <text text-anchor="start" x="12" y="40" font-weight="bold" font-size="11.00" fill="#010103">−100 %</text>
    </g>
    </svg>
    """

  static func findings(_ text: String, in network: SupplyNetwork, scenario: String?) -> RuleRun {
    let header = RuleHeader(
      id: text, title: text, severity: .high,
      references: [text, "javascript:alert(1)", "https://example.org/rule"],
      why: text, fix: text, file: text, pack: text)
    let site = network.sites.rows[0]
    let finding = Finding(
      ruleID: header.id, ruleVersion: 1, severity: .critical,
      subjects: [.init(kind: "site", id: site.id, name: text)], message: text,
      evidence: [.init(name: text, sites: [Key(0)], text: text), .init(name: text, text: text)],
      scenario: scenario, estimates: [text])
    var result = RuleResult(rule: header, scenario: scenario)
    result.findings = [finding]
    result.findingCount = 1
    result.inconclusive = [.init(subjects: finding.subjects, missing: [text])]
    result.inconclusiveCount = 1
    var idle = RuleResult(rule: RuleHeader(id: "idle", title: text, severity: .info))
    idle.notApplicable = text
    return RuleRun(
      results: [result, idle], findings: [finding], waived: [], known: [], notes: [], missing: [(text, 1)],
      problems: [Diagnostic(id: "broken", text)])
  }

  static func report(
    _ network: SupplyNetwork, _ scenario: Scenario, _ text: String = "One plant"
  ) -> WebReport {
    var request = WebReport.Request()
    request.scenarios = [ScenarioInForce(scenario, of: network)]
    request.findings = findings(text, in: network, scenario: scenario.id)
    request.command = ["chokepoint", "report", text, "-o", "a b.html"]
    request.version = "9"
    request.detailsOfSite = [Key(0): [.init(text, text)]]
    request.supplements = [
      .init(
        id: text, heading: text, about: text,
        table: .init(columns: [.init(text), .init(text, isNumber: true)], rows: [[text, text, text], []]),
        plot: .init(
          title: text, xName: text, yName: text,
          lines: [
            .init(
              text,
              points: [
                .init(x: 0, y: 0), .init(x: .nan, y: 1), .init(x: 10, y: .infinity), .init(x: 20, y: 0.5),
              ])
          ]))
    ]
    return WebReport(of: network, as: request)
  }

  static func page() throws -> String {
    report(try exampleNetwork(), try exampleScenario()).html(diagram: picture)
  }

  /// The text between the first `start` and the next `end`.
  private func part(_ page: String, from start: String, to end: String) throws -> Substring {
    let first = try #require(page.firstRange(of: start)).upperBound
    return page[first..<(try #require(page[first...].firstRange(of: end)).lowerBound)]
  }

  private func data(_ page: String) throws -> [String: Any] {
    let text = try part(page, from: "<script type=\"application/json\" id=\"data\">", to: "</script>")
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("the same input gives the same bytes")
  func sameBytes() throws { #expect(try Self.page() == Self.page()) }

  @Test("style and script are those of the policy, and nothing else may be loaded")
  func policy() throws {
    let page = try Self.page()
    let policy = try part(page, from: "Content-Security-Policy\" content=\"", to: "\"")
    let style = try part(page, from: "<style>", to: "</style>")
    let script = try part(page, from: "<script>", to: "</script>")
    #expect(policy.contains("default-src 'none'"))
    #expect(policy.contains("style-src 'sha256-\(SHA256(of: Array(style.utf8)).base64)'"))
    #expect(policy.contains("script-src 'sha256-\(SHA256(of: Array(script.utf8)).base64)'"))
    #expect(!policy.contains("unsafe"))
    #expect(!page.contains(/<[^>]* (?:src|style|on\w+)=/))
    #expect(!page.contains(/<(?:link|iframe|img|object|embed|base|form)\b/))
    #expect(!style.contains("@import") && !style.contains(/url\([^#]/))
  }

  @Test("the script is small, strict, and writes texts as texts")
  func script() throws {
    let script = try part(try Self.page(), from: "<script>", to: "</script>")
    #expect(script.utf8.count < 25_000)
    #expect(script.hasPrefix("\"use strict\";"))
    for word in [
      "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch(",
      "XMLHttp",
    ] {
      #expect(!script.contains(word), "\(word)")
    }
  }

  @Test("the parts of the page can be found by their ids")
  func parts() throws {
    let page = try Self.page()
    for id in [
      "scenario", "search", "details", "verdict", "findings", "stages", "products", "sites", "losses",
      "points",
      "gaps", "sources", "method", "blink", "filter-country", "filter-stage", "filter-material",
      "filter-severity",
      "view-network", "view-sankey", "view-tiles", "finding-0",
    ] {
      #expect(page.matches(of: try Regex("[ ]id=\"\(id)\"")).count == 1, "\(id)")
    }
    for view in ["network", "sankey", "tiles"] { #expect(page.contains("data-view=\"\(view)\"")) }
    #expect(
      page.contains("data-site=\"\(try exampleNetwork().sites.rows[0].id)\"")
        || page.contains("data-box=\"0\""))
  }

  @Test("a shell gets back the words of the command")
  func command() throws {
    #expect(try Self.page().contains("chokepoint report 'One plant' -o 'a b.html'"))
  }

  @Test("every array of the data has a place for each thing that it is about")
  func dataBlock() throws {
    let network = try exampleNetwork().withImpliedDemand()
    let data = try data(try Self.page())
    let count = network.sites.count + network.demand.count
    for name in ["ids", "names", "places", "countries", "stages", "materials", "facts", "boxOf"] {
      #expect((data[name] as? [Any])?.count == count, "\(name)")
    }
    let boxes = try #require(data["boxes"] as? [[Int]])
    #expect(boxes.joined().allSatisfy { (0..<count).contains($0) })
    let flows = try #require(data["flows"] as? [[Int]])
    let lines = try #require(data["lines"] as? [[Int]])
    let links = try #require(data["links"] as? [String: [Int]])
    for scenario in try #require(data["scenarios"] as? [[String: Any]]) {
      #expect((scenario["steps"] as? String)?.count == boxes.count)
      #expect((scenario["boxPoints"] as? [Int])?.count == boxes.count)
      #expect((scenario["lines"] as? String)?.count == lines.count)
      #expect((scenario["loss"] as? [Int])?.count == count)
      #expect((scenario["state"] as? String)?.count == count)
      #expect((scenario["causes"] as? [Int])?.count == count)
      #expect((scenario["range"] as? [[String]])?.count == network.demand.count)
      #expect((scenario["why"] as? [[Int]])?.count == network.demand.count)
      #expect((scenario["stopped"] as? String)?.count == links["from"]?.count)
      #expect((scenario["cards"] as? [[Any]])?.count == 3)
    }
    #expect(lines.joined().allSatisfy { flows.indices.contains($0) })
  }

  @Test("the bans of the page are those of the analysis, in its order")
  func bans() throws {
    let network = try exampleNetwork()
    let graph = ProductionGraph(network)
    let data = try data(try Self.page())
    let scenarios = try #require(data["scenarios"] as? [[String: Any]])
    let bans = scenarios.filter { ($0["kind"] as? String)?.count == 2 }
    let expected = graph.countryBans()
    #expect(bans.map { $0["kind"] as? String } == expected.map { $0.country.code })
    let sites = graph.network.sites.count
    for (ban, truth) in zip(bans, expected) {
      let state = Array(try #require(ban["state"] as? String))
      let stops = graph.network.demand.keys.filter { state[sites + $0.position] == "3" }
      #expect(stops == truth.outcome.stops, "\(truth.country.code)")
      let losses = try #require(ban["loss"] as? [Int])
      for demand in graph.network.demand.keys {
        let loss = truth.outcome.loss[demand.position].map { Int(($0.rigid * 1_000).rounded()) } ?? -1
        #expect(abs(losses[sites + demand.position] - loss) <= 1)
      }
    }
  }

  @Test("the shares of what a buyer needs add up to all of it")
  func links() throws {
    let data = try data(try Self.page())
    let links = try #require(data["links"] as? [String: [Int]])
    let (to, what, share) = try (
      #require(links["to"]), #require(links["what"]), #require(links["share"])
    )
    var sums: [[Int]: Int] = [:]
    for index in to.indices { sums[[to[index], what[index]], default: 0] += share[index] }
    #expect(!sums.isEmpty)
    for (need, sum) in sums { #expect(abs(sum - 1_000) <= 15, "\(need): \(sum)") }
  }

  @Test("colours become classes, notes end at the edge of their box, and boxes get their outline")
  func picture() throws {
    let page = try Self.page()
    #expect(!page.contains("#0101"))
    #expect(page.contains("class=\"outline\" d=\"M14,10L56,10L64,50L6,50Z\""))
    #expect(page.contains("text-anchor=\"end\" x=\"51\" y=\"40\""))
    #expect(!page.contains("data-tooltip=\"A\""))
  }

  @Test("only addresses of the web become links")
  func addresses() throws {
    let page = try Self.page()
    #expect(page.contains("<a href=\"https://example.org/rule\" rel=\"noopener noreferrer\">"))
    for link in page.matches(of: /href="([^"]*)"/) {
      #expect(
        link.1.hasPrefix("#") || link.1.hasPrefix("https://") || link.1.hasPrefix("http://"), "\(link.1)")
    }
    #expect(page.contains("javascript:alert(1)"))
  }

  static let attacks =
    hostileTexts + [
      "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "</style><b>",
      "\" onclick=\"alert(1)",
      "' onfocus='alert(1)", "<!--", "]]>", "&lt;script&gt;", "javascript:alert(1)", "data:text/html,x",
      "{{x}}", "\\u003c",
      String(repeating: "<a href='x'>", count: 20_000),
    ]

  static let harmlessTags: Set<String> = {
    guard let network = try? hostileNetwork("plain"), let scenario = try? hostileScenario("plain") else {
      return []
    }
    return tags(of: report(network, scenario, "plain").html(diagram: picture))
  }()

  /// The names of tags, and those of attributes with an at sign before them.
  ///
  /// There is a question mark where a browser would see something else than a tag with quoted attributes. What stands in
  /// style and script, which are constants, does not count.
  static func tags(of page: String) -> Set<String> {
    let bytes = Array(page.utf8)
    var names: Set<String> = []
    var position = 0
    func isName(_ byte: UInt8) -> Bool {
      byte >= 0x61 && byte <= 0x7A || byte >= 0x41 && byte <= 0x5A || byte >= 0x30 && byte <= 0x39
        || byte == 0x2D || byte == 0x3A
    }
    func name() -> String {
      let start = position
      while position < bytes.count, isName(bytes[position]) { position += 1 }
      return String(decoding: bytes[start..<position], as: UTF8.self)
    }
    while position < bytes.count {
      guard bytes[position] == UInt8(ascii: "<") else {
        if bytes[position] == UInt8(ascii: ">") { names.insert("?") }
        position += 1
        continue
      }
      position += 1
      if bytes[position] == UInt8(ascii: "/") || bytes[position] == UInt8(ascii: "!") { position += 1 }
      let tag = name()
      let isEnd = bytes[position - tag.utf8.count - 1] == UInt8(ascii: "/")
      names.insert(tag.isEmpty ? "?" : tag)
      while position < bytes.count, bytes[position] != UInt8(ascii: ">") {
        if bytes[position] == UInt8(ascii: " ") || bytes[position] == UInt8(ascii: "/") {
          position += 1
          continue
        }
        let attribute = name()
        names.insert(attribute.isEmpty ? "?" : "@\(attribute)")
        if attribute.isEmpty { position += 1 }
        if bytes[position] == UInt8(ascii: "=") {
          if bytes[position + 1] != UInt8(ascii: "\"") { names.insert("?") }
          position += 2
          while position < bytes.count, bytes[position] != UInt8(ascii: "\"") { position += 1 }
          position += 1
        }
      }
      position += 1
      if !isEnd, tag == "script" || tag == "style" {
        let end = Array("</\(tag)".utf8)
        while position < bytes.count, !bytes[position...].starts(with: end) { position += 1 }
      }
    }
    return names
  }

  @Test("the tags of a page are told apart from text")
  func tags() {
    #expect(
      Self.tags(of: "<p class=\"a>b\">x</p><script>a<b</script><br>") == ["p", "@class", "script", "br"])
    #expect(Self.tags(of: "<p onclick='x'>").contains("?"))
    #expect(Self.tags(of: "a > b").contains("?"))
    #expect(Self.harmlessTags.count > 60 && !Self.harmlessTags.contains("?"))
  }

  @Test(
    "what strangers write becomes neither a tag nor an attribute, wherever it stands",
    arguments: attacks.indices)
  func hostile(index: Int) throws {
    let text = Self.attacks[index]
    let network = try hostileNetwork(text)
    let page = Self.report(network, try hostileScenario(text), text).html(diagram: Self.picture)
    #expect(Self.tags(of: page).subtracting(Self.harmlessTags).isEmpty)
    #expect(page.matches(of: /<\/script/).count == 2)
    #expect(isHarmless(page))
    #expect(page.utf8.count < 1_500_000)
    _ = try data(page)
  }
}
