import Foundation
import Testing

/// `simulate` as a user runs it.
struct SimulateTests {
  private static let network = "Graphs/tutorial"

  private struct Document: Decodable {
    struct Product: Decodable {
      struct Lost: Decodable { var rigid, low, high: Double; var amount: Double? }
      struct Shortage: Decodable { var survives: Int; var from: String; var recovers: Int? }
      struct Shortages: Decodable { var expected: Shortage? }
      struct Course: Decodable { var expected: [Double] }
      var id: String
      var lost: Lost
      var shortage: Shortages
      var supply: Course
      var stocksNotKnown: [String]
    }
    struct Step: Decodable { var from: String; var days: Int }
    var from, to: String
    var steps: [Step]
    var products: [Product]
  }

  private func document(_ arguments: [String]) throws -> Document {
    let run = try BuiltCommand.run(["simulate", Self.network, "--format", "json"] + arguments)
    #expect(run.status == 0 && run.errors.isEmpty)
    return try JSONDecoder().decode(Document.self, from: Data(run.output.utf8))
  }

  /// What the page of the tutorial works out, day by day.
  @Test("the ban of the tutorial costs the EU and the US what they lose by hand on each day of 2026")
  func tutorial() throws {
    let document = try document(["-s", "orient-ban", "--to", "2026-12-31", "--step", "day"])
    #expect(document.from == "2026-01-01" && document.steps.count == 365)
    let (eu, us) = (document.products[0], document.products[1])
    // The stock of Rhine Magnets, 60 days over 120, gives it half of its need from 15 January to 14 May, and New Plant
    // as much from July on. Alpine then has half of three quarters, and the EU half of that; Lakes half of a tenth,
    // and the US five eighths of that, and 10 % less need from February on.
    for (day, step) in document.steps.enumerated() {
      let isRhineAtWork =
        ("2026-01-15"..."2026-05-14").contains(step.from) || step.from >= "2026-07-01"
      #expect(abs(eu.supply.expected[day] - (isRhineAtWork ? 0.1875 : 0)) < 1e-9, "\(step.from)")
      let less = step.from >= "2026-02-01" ? 0.1 : 0
      #expect(abs(us.supply.expected[day] - ((isRhineAtWork ? 0.03125 : 0) + less)) < 1e-9, "\(step.from)")
    }
    #expect(eu.shortage.expected?.survives == 0 && eu.shortage.expected?.recovers == nil)
    #expect(abs(eu.lost.rigid - (365 - 304 * 0.1875) / 365) < 1e-8)
    #expect(abs((eu.lost.amount ?? 0) - 1.2e6 * (365 - 57) / 365) < 1)
    #expect(eu.stocksNotKnown == ["rhine-magnets", "alpine-motors"])
  }

  @Test("licences of the tutorial: nothing passes too much, months and weeks tell the same loss")
  func steps() throws {
    let losses = try ["day", "week", "month"].map {
      try document(["-s", "licences", "--to", "2026-06-30", "--step", $0]).products.map(\.lost.rigid)
    }
    #expect(losses[0].count == 2)
    for other in losses.dropFirst() {
      #expect(zip(losses[0], other).allSatisfy { abs($0 - $1) < 1e-8 })
    }
  }

  @Test("text, CSV and picture come out twice with the same bytes, and the picture is well-formed")
  func formats() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "timeline-\(UUID()).svg")
    defer { try? FileManager.default.removeItem(at: file) }
    let base = ["simulate", Self.network, "-s", "orient-ban", "--to", "2026-12-31"]
    let text = try BuiltCommand.run(base)
    #expect(text.status == 0 && text.output.contains("2 of 2 products run short"))
    #expect(try BuiltCommand.run(base).output == text.output)
    let csv = try BuiltCommand.run(base + ["--format", "csv"])
    let rows = csv.output.split(separator: "\r\n")
    #expect(rows.first == "kind,id,material,from,days,unit,value,if_uncertain_holds,worst,best")
    // 53 weeks of two products; the stock of Japan serves nobody here.
    #expect(rows.count == 1 + 2 * 53)
    #expect(rows.contains { $0.hasPrefix("supply,motors-eu,motor,2026-01-01,7,part of the demand,0,") })
    for theme in ["light", "dark", "print"] {
      let drawn = try BuiltCommand.run(base + ["-o", file.path, "--theme", theme])
      #expect(drawn.status == 0 && drawn.output.isEmpty)
      let picture = try String(contentsOf: file, encoding: .utf8)
      #expect(picture.hasPrefix("<svg ") && picture.contains("class=\"timeline \(theme)\" role=\"img\""))
      #expect(XMLCheck.isWellFormed(picture))
    }
  }

  @Test("days, steps and files that cannot be are told, each with what to write instead")
  func wrongUse() throws {
    func run(_ arguments: [String]) throws -> (status: Int32, errors: String) {
      let run = try BuiltCommand.run(["simulate", Self.network] + arguments)
      #expect(run.output.isEmpty)
      return (run.status, run.errors)
    }
    let day = try run(["-s", "orient-ban", "--from", "2026-02-30"])
    #expect(day.status == 2 && day.errors.contains("'2026-02-30' is not a day of the calendar"))
    let order = try run(["-s", "orient-ban", "--to", "2025-12-31"])
    #expect(order.status == 2 && order.errors.contains("the last day lies before the first"))
    let ages = try run(["-s", "orient-ban", "--to", "9999-12-31", "--step", "day"])
    #expect(
      ages.status == 2 && ages.errors.contains("at most 4000 are taken")
        && ages.errors.contains("--step month"))
    let name = try run(["-s", "orient-bann"])
    #expect(name.status == 2 && name.errors.contains("did you mean 'orient-ban'?"))
    #expect(try run(["-s", "orient-ban", "-o", "x.png"]).status == 2)
    #expect(try run(["-s", "orient-ban", "-o", "no/such/folder/x.svg"]).status == 4)
    #expect(try run([]).status == 2)
  }

  @Test(
    "every scenario that is shipped has a timeline in a moment, without a day being named",
    arguments: [
      ("Graphs/rare-earth-magnets", "cn-2025-april-licensing"), ("Graphs/rare-earth-magnets", "cn-full-ban"),
      ("Graphs/rare-earth-magnets", "cn-2010-embargo-japan"),
      ("Graphs/gallium-germanium", "cn-2023-licensing"),
    ])
  func shipped(network: String, scenario: String) throws {
    let run = try BuiltCommand.run(["simulate", network, "-s", scenario, "--format", "json"])
    #expect(run.status == 0 && run.errors.isEmpty)
    let document = try JSONDecoder().decode(Document.self, from: Data(run.output.utf8))
    #expect(!document.products.isEmpty)
    for product in document.products {
      #expect(product.supply.expected.allSatisfy { (0...1).contains($0) })
      #expect(product.lost.low <= product.lost.rigid + 1e-9 && product.lost.rigid <= product.lost.high + 1e-9)
    }
  }
}

/// Whether a text is one element with its children, all of them closed, as far as tags go.
private enum XMLCheck {
  static func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      guard let end = rest[start...].firstIndex(of: ">") else { return false }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
      } else if !tag.hasSuffix("/") {
        open.append(tag.prefix { $0 != " " })
      }
    }
    return open.isEmpty
  }
}
