import Reports
import RiskAnalysis
import SupplyModel
import Testing

struct TimelineReportTests {
  private func report(_ scenario: Scenario, on network: SupplyNetwork, days: Int = 200) throws
    -> TimelineReport
  {
    let first = try #require(CalendarDate("2025-01-01"))
    let horizon = try #require(
      Timeline.Horizon(from: first, through: first.adding(days: days - 1), by: .week))
    return TimelineReport(of: try Timeline(of: scenario, on: network, over: horizon), width: 100)
  }

  @Test("names that would break a page, a table or a terminal do no harm in any format")
  func hostileNames() throws {
    var network = try exampleNetwork()
    let hostile = "</title><script>alert(1)</script> & \u{1B}[31m\u{202E} \"=1+1\""
    network.title = hostile
    network.demand = Table(
      network.demand.rows.map {
        Demand(id: $0.id, name: hostile, material: $0.material, place: $0.place, amount: $0.amount)
      })
    let china = try #require(Country(code: "CN"))
    let scenario = Scenario(
      id: "s", title: hostile, controls: [Control(id: "c", name: hostile, kind: .exportBan, issuers: [china])]
    )
    let report = try report(scenario, on: network)
    let picture = report.svg()
    #expect(!picture.contains("<script") && !picture.contains("\u{1B}") && !picture.contains("\u{202E}"))
    #expect(picture.contains("&lt;script&gt;"))
    let text = report.text(top: 9, named: "net work", scenario: "s").rendered(colour: false)
    #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}") && text.contains("'net work'"))
    #expect(!report.json().contains("\u{1B}"))
  }

  @Test("a network without products, and a scenario without anything, have a report in every format")
  func empty() throws {
    for network in [SupplyNetwork(id: "empty"), try exampleNetwork()] {
      for days in [1, 40, 100_000] {
        let first = try #require(CalendarDate("2025-01-01"))
        let horizon = try #require(
          Timeline.Horizon(from: first, through: first.adding(days: days - 1), by: .month))
        let report = TimelineReport(
          of: try Timeline(of: Scenario(id: "s"), on: network, over: horizon), width: 80)
        #expect(report.svg().contains("</svg>"))
        #expect(report.text(top: 1, named: "n", scenario: "s").lines.count > 2)
        #expect(report.json().contains("\"format\": \"chokepoint.timeline\""))
        #expect(report.csv().hasPrefix("kind,"))
      }
    }
  }

  @Test("a product that a stock carries for 30 days is told so in words")
  func words() throws {
    var network = try exampleNetwork()
    let china = try #require(Country(code: "CN"))
    let ban = Scenario(
      id: "s", title: "Ban", controls: [Control(id: "c", kind: .exportBan, issuers: [china])])
    let bare = try report(ban, on: network).text(top: 9, named: "n", scenario: "s").rendered(colour: false)
    #expect(bare.contains("short") && bare.contains("no stock is given of"))
    for site in network.sites.keys {
      for material in network.materials.keys {
        network.stocks.append(
          Stock(holder: .site(site), material: material, amount: Figure(1e6, unit: try Unit("d"))))
      }
    }
    let full = try report(ban, on: network)
    #expect(
      !full.text(top: 9, named: "n", scenario: "s").rendered(colour: false).contains("no stock is given"))
    #expect(full.svg().contains("Stocks, days of normal use"))
  }
}
