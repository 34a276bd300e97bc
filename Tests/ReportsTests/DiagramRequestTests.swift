import CEL
@testable import Reports
import RiskAnalysis
import RuleEngine
import SupplyModel
import Testing

/// What can be asked of a diagram: kinds, parts, marks.
struct DiagramRequestTests {
  /// The names of the boxes that a request draws.
  private func boxes(_ network: SupplyNetwork, _ request: NetworkDiagram.Request) -> Set<String> {
    Set(DiagramModel(of: network, as: request).cells.cells.map(\.name))
  }

  private func key(_ id: String, in network: SupplyNetwork) throws -> Key<Site> {
    try #require(network.sites.key(of: id))
  }

  private func request(_ kind: NetworkDiagram.Kind) throws -> NetworkDiagram.Request {
    NetworkDiagram.Request(kind, in: .exportBan(try country("CN")))
  }

  @Test("every kind has its own subtitle, and says what it counts", arguments: NetworkDiagram.Kind.allCases)
  func kinds(kind: NetworkDiagram.Kind) throws {
    let network = try exampleNetwork()
    let titles = try NetworkDiagram.Kind.allCases.map {
      NetworkDiagram.graph(of: network, as: try request($0)).title
    }
    // A tree under a scenario is titled as the scenario is.
    #expect(Set(titles).count >= NetworkDiagram.Kind.allCases.count - 1)
    let graph = NetworkDiagram.graph(of: network, as: try request(kind))
    #expect(graph.rootClass.contains("kind-\(kind.rawValue)"))
    #expect(graph.rootClass.contains("in-scenario"))
    #expect(graph.summary.contains("active sites"))
    #expect(dotText(of: graph) == dotText(of: NetworkDiagram.graph(of: network, as: try request(kind))))
  }

  @Test("before and after draws every box twice, at the same place of its column")
  func beforeAfter() throws {
    let network = try exampleNetwork()
    let one = dotText(of: NetworkDiagram.graph(of: network, as: try request(.network)))
    let both = dotText(of: NetworkDiagram.graph(of: network, as: try request(.beforeAfter)))
    func count(_ text: String) -> Int { text.split(separator: "\n").count { $0.contains("class=\"site") } }
    #expect(count(both) == 2 * count(one))
    #expect(both.contains("before") && both.contains("after"))
  }

  @Test("a focus of no steps is the site alone; one step adds those that it buys from and sells to")
  func focus() throws {
    let network = try exampleNetwork()
    let graph = ProductionGraph(network)
    let silmet = try key("silmet", in: network)
    func ids(_ depth: Int) -> [String] {
      let scope = graph.neighbourhood(of: [silmet], depth: depth)
      return (scope.sites ?? []).sorted().map { network.sites[$0].id }
    }
    #expect(ids(0) == ["silmet"])
    // It is recorded to buy from the southern pit; its oxide goes to Hanau, and on the market to the other makers.
    #expect(Set(ids(1)).isSuperset(of: ["silmet", "weld", "hanau"]))
    #expect(!ids(1).contains("baotou"))
    #expect(ids(5) == ids(50))
    for depth in 0..<5 { #expect(Set(ids(depth)).isSubset(of: Set(ids(depth + 1)))) }
  }

  @Test("what reaches a site are all sites from which steps of supply lead to it")
  func reaches() throws {
    let network = try exampleNetwork()
    let graph = ProductionGraph(network)
    for site in network.sites.keys where network.sites[site].isActive {
      let found = graph.suppliers(of: site).sites ?? []
      // The same from one neighbourhood after the other: who sells to someone found is found.
      for other in network.sites.keys where network.sites[other].isActive && other != site {
        let buyers = graph.neighbourhood(of: [other], depth: 1).sites ?? []
        let sellers = graph.suppliers(of: other).sites ?? []
        let isAhead = sellers.contains(site)
        if found.contains(other), !isAhead {
          #expect(!buyers.intersection(found).subtracting([other]).isEmpty)
        }
      }
      #expect(found.contains(site))
    }
  }

  @Test("the tree of a product has no other product, and everything in it reaches the product")
  func tree() throws {
    let network = try exampleNetwork()
    let graph = ProductionGraph(network)
    for demand in graph.network.demand.keys {
      var request = NetworkDiagram.Request(.tree)
      request.scope = graph.suppliers(of: demand)
      let model = DiagramModel(of: network, as: request)
      #expect(model.cells.cells.flatMap(\.demands) == [demand])
      var reached = Set(model.cells.cells.indices.filter { !model.cells.cells[$0].demands.isEmpty })
      for _ in model.cells.cells {
        for flow in model.flows where reached.contains(flow.to) { reached.insert(flow.from) }
      }
      #expect(reached.count == model.cells.cells.count)
    }
  }

  @Test(
    "collapsed by country, parent or stage, every site is in one box and boxes share what they are named after"
  )
  func collapse() throws {
    let network = try exampleNetwork()
    let active = network.sites.keys.filter { network.sites[$0].isActive }
    for collapse in NetworkDiagram.Collapse.allCases {
      var request = NetworkDiagram.Request()
      request.collapse = collapse
      let model = DiagramModel(of: network, as: request)
      #expect(model.cells.cells.flatMap(\.sites).sorted() == active)
      for cell in model.cells.cells where cell.sites.count > 1 {
        let rows = cell.sites.map { network.sites[$0] }
        #expect(Set(rows.map(\.stage)).count == 1)
        if collapse == .country { #expect(Set(rows.map(\.country)).count == 1) }
        if collapse == .parent {
          #expect(Set(rows.map { $0.operatorKey.map { network.ultimateParent(of: $0) } }).count == 1)
        }
      }
      if collapse == .stage { #expect(model.cells.cells.count { $0.demands.isEmpty } == 3) }
    }
  }

  @Test("more than 600 sites are not drawn alone, and the picture says so")
  func many() throws {
    let tonnes = try Unit("t")
    let china = try country("CN")
    let network = SupplyNetwork(
      id: "many", title: "Many", stages: [Stage(id: "mine")], materials: [Material(id: "ore", unit: tonnes)],
      processes: [
        Process(
          id: "dig", activity: tonnes, slots: [], outputs: [Output(Key(0), amount: Figure(1, unit: tonnes))])
      ],
      sites: (0..<700).map { Site(id: "s\($0)", stage: Key(0), country: china) },
      operations: (0..<700).map { Operation(site: Key($0), process: Key(0)) },
      demand: [Demand(id: "d", name: "D", material: Key(0))])
    var request = NetworkDiagram.Request()
    request.mostPerStage = 700
    let model = DiagramModel(of: network, as: request)
    #expect(model.cells.cells.count <= 601)
    #expect(model.cells.cells.flatMap(\.sites).count == 700)
    let text = dotText(of: NetworkDiagram.graph(of: network, as: request))
    #expect(text.contains("since more than 600 cannot be read"))
  }

  @Test("what is highlighted stands out, all else steps back")
  func highlight() throws {
    let network = try exampleNetwork()
    var request = NetworkDiagram.Request()
    request.highlighted = [try key("silmet", in: network)]
    let model = DiagramModel(of: network, as: request)
    for (index, cell) in model.cells.cells.enumerated() {
      #expect(model.panel.isAside[index] == (cell.name != "Sillamäe"))
    }
    #expect(dotText(of: NetworkDiagram.graph(of: network, as: request)).contains("not what is highlighted"))
  }

  @Test("a cut set fails: its boxes say so and lose everything behind them that has no other way")
  func cutSet() throws {
    let network = try exampleNetwork()
    var request = NetworkDiagram.Request(.cutSet)
    request.failing = [.site(try key("harbin", in: network))]
    let model = DiagramModel(of: network, as: request)
    let harbin = try #require(model.cells.cells.firstIndex { $0.name == "Harbin powders" })
    #expect(model.panel.isFailing[harbin])
    #expect(model.panel.isFailing.count { $0 } == 1)
    // Harbin alone makes the powder of the capacitors.
    let capacitors = try #require(model.cells.cells.firstIndex { $0.name == "Capacitors" })
    #expect(model.panel.loss[capacitors] == 1)
    #expect(dotText(of: NetworkDiagram.graph(of: network, as: request)).contains("fails"))
  }

  @Test("a spread starts at the border and moves on by one step a buyer")
  func spread() throws {
    let network = try exampleNetwork()
    let model = DiagramModel(of: network, as: try request(.spread))
    let waves = model.panel.wave
    #expect(waves.contains(1))
    for (index, wave) in waves.enumerated() {
      if let wave { #expect((model.panel.loss[index] ?? 0) > 0.005 && wave >= 1) }
      #expect(model.panel.isAside[index] == (wave == nil))
    }
  }

  @Test("a witness is drawn from the single point to the product, whatever flows there")
  func witness() throws {
    let network = try exampleNetwork()
    var request = NetworkDiagram.Request()
    request.showsWitness = true
    let model = DiagramModel(of: network, as: request)
    let harbin = try #require(model.cells.cells.firstIndex { $0.name == "Harbin powders" })
    let capacitors = try #require(model.cells.cells.firstIndex { $0.name == "Capacitors" })
    let way = model.flows.indices.filter { model.panel.isOnWay[$0] }
    #expect(way.contains { model.flows[$0].from == harbin && model.flows[$0].to == capacitors })
    for index in model.flows.indices where !way.contains(index) { #expect(model.panel.isFlowAside[index]) }
  }

  // MARK: Findings

  private func finding(
    _ rule: String, _ severity: FindingSeverity, _ subjects: [(kind: String, id: String)],
    scenario: String? = nil
  ) -> Finding {
    Finding(
      ruleID: rule, ruleVersion: 1, severity: severity,
      subjects: subjects.map { .init(kind: $0.kind, id: $0.id, name: $0.id) }, message: "m",
      scenario: scenario)
  }

  private func marks(_ findings: [Finding], on network: SupplyNetwork) -> NetworkDiagram.Marks {
    let results = Set(findings.map(\.ruleID)).sorted().map { id in
      RuleResult(rule: RuleHeader(id: id, version: 1, title: "Title of \(id)", severity: .info))
    }
    let run = RuleRun(
      results: results, findings: findings, waived: [], known: [], notes: [], missing: [], problems: [])
    return NetworkDiagram.Marks(of: run, on: network)
  }

  @Test("a box has the letter of its worst finding and their number, and its tooltip the titles of the rules")
  func marksOfBoxes() throws {
    let network = try exampleNetwork()
    var request = NetworkDiagram.Request()
    request.findings = marks(
      [
        finding("one-source", .critical, [("site", "silmet")]),
        finding("old", .low, [("figure", "site[silmet].capacity")]),
        finding("old", .low, [("figure", "site[silmet].output")]),
        finding("lost", .medium, [("site", "no-such-site")]),
        finding("land", .high, [("country", "EE"), ("site", "hanau")]),
      ], on: network)
    let text = dotText(of: NetworkDiagram.graph(of: network, as: request))
    #expect(text.contains(">C 3<") && text.contains(">H 1<") && !text.contains(">L "))
    #expect(text.contains("critical: Title of one-source | low: Title of old (2 times)"))
    #expect(text.contains("mark-critical") && text.contains("mark-high") && !text.contains("mark-low"))
    #expect(
      text.contains("Rules say: 5 findings, 1 critical, 1 high, 1 medium, 2 low; 1 of them about what is"))
    for severity in FindingSeverity.allCases.dropLast() { #expect(text.contains(">\(severity.rawValue)<")) }
  }

  @Test("products, stages and lanes are marked as sites are")
  func marksOfAllElse() throws {
    let network = try exampleNetwork()
    let flow = try #require(
      network.flows.rows.first { flow in
        if case .site = flow.origin, case .site = flow.destination { true } else { false }
      })
    let product = network.demand.rows[0]
    let stage = network.stages.rows[1]
    let findings = [
      finding("lane-rule", .high, [("lane", flow.id)]),
      finding("figure-rule", .info, [("figure", "lane[\(flow.id)].volume")]),
      finding("product-rule", .critical, [("product", product.id)]),
      finding("stage-rule", .medium, [("concentration", "\(stage.id)/oxide/sites/country")]),
    ]
    let found = marks(findings, on: network)
    #expect(found.marks.map(\.subjects.count) == [1, 1, 1, 1])
    var request = NetworkDiagram.Request()
    request.findings = found
    let model = DiagramModel(of: network, as: request)
    #expect(model.panel.marksElsewhere == 0)
    #expect(model.panel.marksOfFlow.compactMap { $0?.sign } == ["H 2"])
    let signs = network.stages.keys.map { $0.position == 1 ? "M 1" : nil }
    #expect(model.panel.marksOfStage.map { $0?.sign } == signs)
    #expect(model.panel.marks.compactMap { $0?.sign } == ["C 1"])
    let text = dotText(of: NetworkDiagram.graph(of: network, as: request))
    #expect(text.contains("xlabel") && text.contains("stage mark-medium"))
    #expect(text.contains("high: Title of lane-rule; info: Title of figure-rule"))
    let mermaid = NetworkDiagram.mermaid(of: network, as: request)
    for words in ["critical, 1 finding", "high, 2 findings", "medium, 1 finding"] {
      #expect(mermaid.contains(words), "\(words)")
    }
  }

  @Test("before and after marks what holds only in the scenario in one of the two")
  func marksOfScenario() throws {
    let network = try exampleNetwork()
    var request = try request(.beforeAfter)
    request.findings = marks(
      [
        finding("always", .low, [("site", "silmet")]),
        finding("then", .high, [("site", "silmet")], scenario: "ban"),
      ], on: network)
    let panels = DiagramModel(of: network, as: request).panels
    #expect(panels.map { $0.marks.compactMap { $0?.sign } } == [["L 1"], ["H 2"]])
  }

  @Test("marks move no box")
  func marksMoveNothing() throws {
    let network = try exampleNetwork()
    var request = NetworkDiagram.Request()
    request.mostPerStage = 2
    let plain = DiagramModel(of: network, as: request)
    request.findings = marks(
      network.sites.rows.map { finding("r", .critical, [("site", $0.id)]) }, on: network)
    let marked = DiagramModel(of: network, as: request)
    #expect(plain.cells.cells == marked.cells.cells && plain.columns == marked.columns)
    request.findings = NetworkDiagram.Marks([], isComplete: false)
    let text = dotText(of: NetworkDiagram.graph(of: network, as: request))
    #expect(text.contains("Rules found nothing; incomplete, since a rule could not be run."))
  }

  // MARK: Conditions

  @Test(
    "a condition picks the sites for which it is true, and none of which a missing figure decides",
    arguments: [
      ("site.country == 'EE'", ["silmet"]),
      ("site.stage == 'mine' && site.share > 0.5", ["bayan"]),
      ("site.status == 'planned'", ["lyon"]),
      ("site.processes.exists(p, 'powder' in p.outputs)", ["harbin"]),
      ("site.parent == 'group' && site.stage != 'mine'", ["baotou", "ningbo"]),
      ("site.country != 'CN' && site.stage == 'mine'", ["weld"]),
      ("site.technologies.exists(t, t.id == 'presses')", ["osaka"]),
      ("network.upstream(site).exists(u, u.id == 'bayan') && site.country == 'JP'", ["osaka"]),
      ("site.id.startsWith('k') && site.share >= 0.0", []),
      ("false", []),
    ])
  func conditions(source: String, expected: [String]) throws {
    let network = try exampleNetwork()
    let found = try SiteCondition(source, in: RuleWorld(network)).sites()
    #expect(found.sorted().map { network.sites[$0].id } == expected)
  }

  @Test(
    "a condition that means nothing is refused before it runs, with its place",
    arguments: [
      ("site.contry == 'CN'", 5, "did you mean 'country'?"), ("sites.size() > 1", 0, "did you mean 'site'?"),
      ("site.country ==", 15, nil), ("site.country", 0, "compare it"), ("site.share > 'x'", 11, nil),
      ("banned.canMake(site)", 0, nil), ("scenario.prevented.size() > 0", 9, nil),
    ] as [(String, Int, String?)])
  func badConditions(source: String, offset: Int, help: String?) throws {
    let network = try exampleNetwork()
    let world = RuleWorld(network)
    let error = try #require(throws: CELProblems.self) { try SiteCondition(source, in: world) }
    let problem = try #require(error.problems.first)
    #expect(problem.offset == offset, "\(problem)")
    if let help { #expect(problem.help?.contains(help) == true, "\(problem)") }
  }

  // MARK: Mermaid

  @Test("Mermaid text names no box after a user's text and has no sign of its own language in one")
  func mermaid() throws {
    for text in hostileTexts + ["a\"] --> b; click c0 \"javascript:x\"", "`x` #35; <b>"] {
      let source = NetworkDiagram.mermaid(of: try hostileNetwork(text), as: try request(.network))
      for line in source.split(separator: "\n").dropFirst(3) where line.contains("[\"") {
        let label = try #require(line.firstMatch(of: /\["(.*)"\]/)?.1)
        #expect(!label.contains("\"") && !label.contains("`") && !label.contains("javascript:x\""))
        #expect(!label.replacing("<br/>", with: "").contains("<"))
      }
      #expect(source.count <= MermaidText.mostCharacters)
    }
    let source = NetworkDiagram.mermaid(of: try exampleNetwork(), as: try request(.network))
    #expect(source.contains("flowchart LR\n"))
    #expect(source.contains("-. banned .-x"))
    #expect(source.contains("single point of failure"))
  }

  // MARK: Names

  @Test(
    "wrapped lines fit, and only the last one is cut", arguments: hostileTexts + ["Ganzhou heavy separators"])
  func wrapping(text: String) {
    for (width, lines) in [(0.0, 2), (12, 3), (60, 2), (150, 2), (1e6, 2)] {
      let found = text.wrapped(toWidth: width, size: 10, lines: lines)
      #expect(!found.isEmpty && found.count <= lines)
      for line in found { #expect(line.boldWidth(size: 10) <= max(width, "…".boldWidth(size: 10))) }
      if found.last?.last != "…" {
        #expect(found.joined().filter { $0 != " " } == text.filter { $0 != " " })
      }
    }
    #expect(
      "Ganzhou heavy separators".wrapped(toWidth: 75, size: 10, lines: 2) == ["Ganzhou heavy", "separators"])
  }
}
