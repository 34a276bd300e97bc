import Chokepoint
import Foundation
import Testing

/// The shipped package of October 2025 against what follows from the wording of the announcements.
///
/// Source: MOFCOM, Announcements No. 61, No. 62 and No. 70 of 2025 in English translations; the answers are those of
/// `../shared/cases/18_export_control_rule_conformance.json`, which the last test holds them to where that folder is there.
struct ExportControlCasesTests {
  /// A good that a foreign maker sells to a destination, and whether Announcement 61 asks for a licence.
  struct Sale: Sendable, Hashable, Decodable, CustomTestStringConvertible {
    var n: Int
    var item: String
    var origin: String
    var share: Double
    var tech: Bool
    var destination: String
    var controlled: Bool

    var testDescription: String { "case \(n)" }
  }

  /// Help with a technology at a stage, and whether Announcement 62 asks for a licence.
  struct Help: Sendable, Hashable, Decodable, CustomTestStringConvertible {
    var stage: String
    var kind: String
    var controlled: Bool

    var testDescription: String { "\(kind) of \(stage)" }
  }

  /// Whether a rule is in force on a day.
  struct Day: Sendable, Hashable, Decodable, CustomTestStringConvertible {
    var rule: String
    var on: String
    var inForce: Bool

    var testDescription: String { "\(rule) on \(on)" }

    enum CodingKeys: String, CodingKey {
      case rule, on
      case inForce = "in_force"
    }
  }

  static let sales = [
    Sale(n: 1, item: "part2", origin: "JP", share: 0.0009, tech: false, destination: "US", controlled: false),
    Sale(n: 2, item: "part2", origin: "JP", share: 0.001, tech: false, destination: "US", controlled: true),
    Sale(n: 3, item: "part2", origin: "MY", share: 0, tech: true, destination: "DE", controlled: true),
    Sale(n: 4, item: "part1", origin: "MY", share: 0, tech: true, destination: "DE", controlled: true),
    Sale(n: 5, item: "part1", origin: "CN", share: 1, tech: false, destination: "US", controlled: true),
    Sale(n: 6, item: "part2", origin: "JP", share: 0.05, tech: false, destination: "CN", controlled: false),
    Sale(n: 7, item: "other", origin: "JP", share: 0.05, tech: true, destination: "US", controlled: false),
    Sale(n: 8, item: "part1", origin: "AU", share: 0, tech: false, destination: "US", controlled: false),
  ]

  /// The cases that do not hang on what is in a good.
  static let salesByTechnology = sales.filter { ![1, 2, 5].contains($0.n) }

  static let helps = [
    Help(stage: "smelting_separation", kind: "technology", controlled: true),
    Help(stage: "magnet_manufacturing", kind: "maintenance_service", controlled: true),
    Help(stage: "secondary_recycling", kind: "technology", controlled: true),
    Help(stage: "end_product_assembly", kind: "technology", controlled: false),
  ]

  static let days = [
    Day(rule: "61 clause 1", on: "2025-10-20", inForce: false),
    Day(rule: "61 clause 3", on: "2025-10-20", inForce: true),
    Day(rule: "62", on: "2025-10-20", inForce: true),
    Day(rule: "62", on: "2025-11-08", inForce: false),
    Day(rule: "61 clause 1", on: "2026-01-15", inForce: false),
  ]

  // MARK: The package on a small network

  /// A network of one maker, with the forms and stages that the package names.
  private static func network(
    making form: String = "magnet", in country: String, at stage: String = "magnet",
    status: String = "operating", technology: String, chinese: Double = 0, to destination: String
  ) throws -> SupplyNetwork {
    let forms = ["oxide", "carbonate", "chloride", "metal", "alloy", "powder", "magnet", "component"]
    let materials = forms.map { "  - { id: \($0), form: \($0), elements: { Dy: 0.03 } }" }
    // A Chinese good comes from a third country: a trader there makes nothing.
    let isChinese = country == "CN"
    let trader = isChinese ? "  - { id: trader, stage: \(stage), country: MY }" : ""
    let purchase = isChinese ? "  - { from: maker, to: trader, material: \(form), volume: 1 kt/yr }" : ""
    // What a good abroad holds from China, it holds by an oxide from there beside one from Australia.
    let isMixed = chinese > 0 && !isChinese
    let inputs = isMixed ? "inputs: [ { material: raw, amount: 1 } ], " : ""
    let dig = "{ id: dig, activity: t, outputs: [ { material: raw, amount: 1 } ] }"
    let mines = [("china", "CN", chinese), ("australia", "AU", 1 - chinese)].map { id, country, part in
      "  - { id: \(id), stage: mine, country: \(country), runs: [dig], capacity: \(part * 1_000_000) t/yr }"
    }
    let text = """
      chokepoint: 1
      network: { id: case }
      stages: [mine, recycling, cracking, separation, metal, alloy, magnet, product]
      sources: [ { id: an70, title: Report on No. 70 } ]
      materials:
      \(materials.joined(separator: "\n"))
        - { id: raw, form: oxide, elements: { Dy: 0.03 } }
      technologies: [ { id: know-how, suppliers: [CN] }, { id: magnet-equipment } ]
      processes: [ \(dig), { id: make, activity: t, \(inputs)outputs: [ { material: \(form), amount: 1 } ] } ]
      sites:
        - { id: maker, stage: \(stage), country: \(country), status: \(status), runs: [make], capacity: 1 kt/yr, technologies: [ \(technology) ] }
      \(trader)
      \(isMixed ? mines.joined(separator: "\n") : "")
      markets: [ { material: raw } ]
      flows:
        - { from: \(isChinese ? "trader" : "maker"), to: users, material: \(form), volume: 1 kt/yr }
      \(purchase)
      demand: [ { id: users, material: \(form), place: \(destination), amount: 1 kt/yr } ]

      """
    let reading = NetworkFile.read(manifest: Array(text.utf8), named: "network.yaml") { _ in
      .failure(.missing)
    }
    #expect(reading.diagnostics == [])
    return try #require(reading.network)
  }

  /// The shipped controls of these ids, as if they held and nothing were approved.
  ///
  /// If nothing but rare earths has a value, a share of it is one of their mass.
  private static func package(
    _ ids: [String], of network: SupplyNetwork, onlyElementsHaveValue: Bool = false
  ) throws -> Scenario {
    let scenario = try shipped(of: network)
    let none = Figure(0, unit: try Unit(""))
    let controls = try ids.map { id in
      let control = try #require(scenario.controls.rows.first { $0.id == id })
      var subject = control.subject
      if onlyElementsHaveValue { subject.content?.by = .elements }
      return Control(
        id: control.id, kind: control.kind, issuers: control.issuers, targets: control.targets,
        subject: subject, approved: control.kind == .exportLicence ? none : nil)
    }
    return Scenario(id: "package", controls: controls)
  }

  private static func shipped(of network: SupplyNetwork) throws -> Scenario {
    let file = "Graphs/rare-earth-magnets/scenarios/cn-2025-october-package.yaml"
    let bytes = [UInt8](try Data(contentsOf: BuiltCommand.packageRoot.appending(path: file)))
    let reading = ScenarioFile.read(bytes, named: file, of: network)
    #expect(reading.diagnostics == [])
    return try #require(reading.scenario)
  }

  private static func outcome(
    _ ids: [String], on network: SupplyNetwork, onlyElementsHaveValue: Bool = false
  ) throws -> ScenarioOutcome {
    let scenario = try package(ids, of: network, onlyElementsHaveValue: onlyElementsHaveValue)
    return ScenarioOutcome(of: ScenarioInForce(scenario, of: network), on: network)
  }

  private func expectRule(of sale: Sale, by ids: [String]) throws {
    let form = ["part1": "oxide", "part2": "magnet"][sale.item] ?? "component"
    let network = try Self.network(
      making: form, in: sale.origin, technology: "{ id: know-how, from: \(sale.tech ? "CN" : "FR") }",
      chinese: sale.share, to: sale.destination)
    let loss = try #require(try Self.outcome(ids, on: network, onlyElementsHaveValue: true).loss[0])
    #expect(!loss.isUndecided)
    #expect(loss.rigid == (sale.controlled ? 1 : 0))
  }

  @Test(
    "clause 2 of No. 61 covers goods made abroad with Chinese technology, on their way from abroad to abroad",
    arguments: salesByTechnology)
  func clause2(sale: Sale) throws {
    try expectRule(of: sale, by: ["no-61-technology"])
  }

  @Test(
    "the three clauses of No. 61 together cover goods by what is in them, by what made them and by where they are from",
    arguments: sales)
  func clauses1to3(sale: Sale) throws {
    try expectRule(of: sale, by: ["no-61-content", "no-61-technology", "no-61-origin"])
  }

  @Test("a share of value is not known without prices, but for goods with nothing from there")
  func valueIsUnknown() throws {
    func loss(_ chinese: Double) throws -> Loss {
      let network = try Self.network(
        in: "JP", technology: "{ id: know-how, from: FR }", chinese: chinese, to: "US")
      return try #require(try Self.outcome(["no-61-content", "no-61-origin"], on: network).loss[0])
    }
    let some = try loss(0.001)
    #expect(some.rigid == 0 && some.rigidIfUncertainHolds == 1)
    let none = try loss(0)
    #expect(none.rigid == 0 && none.rigidIfUncertainHolds == 0)
  }

  @Test("what is made with Chinese technology and goes to China is free", arguments: ["oxide", "magnet"])
  func toChina(form: String) throws {
    let network = try Self.network(
      making: form, in: "MY", technology: "{ id: know-how, from: CN }", to: "CN")
    let loss = try #require(try Self.outcome(["no-61-technology"], on: network).loss[0])
    #expect(loss.high == 0)
  }

  @Test(
    "No. 62 covers technology and service from mine to magnet, and not what comes after", arguments: helps)
  func technology(help: Help) throws {
    let stages = [
      "smelting_separation": "separation", "magnet_manufacturing": "magnet",
      "secondary_recycling": "recycling", "end_product_assembly": "product",
    ]
    let isService = help.kind == "maintenance_service"
    let network = try Self.network(
      in: "JP", at: try #require(stages[help.stage]), status: isService ? "operating" : "planned",
      technology: "{ id: know-how, from: CN, needed: \(isService ? "running, grace: 0 d" : "starting") }",
      to: "JP")
    let effects = try Self.outcome(["no-62"], on: network).technology
    #expect(effects.unknown.count == (help.controlled ? 1 : 0))
    #expect(effects.stopped.isEmpty && effects.prevented.isEmpty)
  }

  @Test("each clause is in force on the days on which it was", arguments: days)
  func dates(day: Day) throws {
    let network = try Self.network(in: "JP", technology: "{ id: know-how }", to: "JP")
    let ids = ["61 clause 1": "no-61-content", "61 clause 3": "no-61-origin", "62": "no-62"]
    let control = try #require(try Self.shipped(of: network).controls.rows.first { $0.id == ids[day.rule] })
    let date = try #require(CalendarDate(day.on))
    #expect((control.dates.status(on: date) == .inForce) == day.inForce)
  }

  @Test("clauses 1 and 2 have the same dates, and after the suspension nothing is known of any control")
  func otherDates() throws {
    let network = try Self.network(in: "JP", technology: "{ id: know-how }", to: "JP")
    let controls = try Self.shipped(of: network).controls.rows
    func status(_ id: String, _ day: String) -> Control.Status? {
      controls.first { $0.id == id }?.dates.status(on: CalendarDate(day))
    }
    for day in ["2025-10-08", "2025-10-20", "2025-11-06", "2025-11-07", "2025-12-02", "2026-11-10"] {
      #expect(status("no-61-content", day) == status("no-61-technology", day))
    }
    for control in controls {
      #expect(status(control.id, "2025-10-08") == .notAnnounced)
      #expect(status(control.id, "2025-11-07") == .suspended)
      #expect(status(control.id, "2026-11-10") == .suspended)
      #expect(status(control.id, "2026-11-11") == .unknown)
      #expect(status(control.id, "2026-11-25") == .unknown)
    }
  }

  // MARK: The published cases

  private struct Published: Decodable {
    struct Technology: Decodable {
      var cases: [Help]
    }
    var cases: [Sale]
    var technology: Technology
    var days: [Day]

    enum CodingKeys: String, CodingKey {
      case cases
      case technology = "technology_rule_62"
      case days = "date_cases"
    }
  }

  private static let file = BuiltCommand.packageRoot.deletingLastPathComponent()
    .appending(path: "shared/cases/18_export_control_rule_conformance.json")

  @Test(
    "the tables of this test are the published ones",
    .enabled(
      if: FileManager.default.fileExists(atPath: file.path),
      "there is no folder ../shared/cases beside the package"))
  func published() throws {
    let published = try JSONDecoder().decode(Published.self, from: Data(contentsOf: Self.file))
    #expect(published.cases == Self.sales)
    #expect(published.technology.cases == Self.helps)
    #expect(published.days == Self.days)
  }
}
