import Diagnostics
import FileFormats
import RiskAnalysis
import SupplyModel
import Testing

struct ProbabilityFileTests {
  private func network() throws -> SupplyNetwork {
    let text = """
      chokepoint: 1
      network: { id: n, title: N }
      materials: [ { id: ore, name: Ore } ]
      operators: [ { id: group, name: Group }, { id: unit, name: Unit, parent: group } ]
      processes: [ { id: dig, activity: t ore, outputs: [ { material: ore, amount: 1 } ] } ]
      sites: [ { id: mine, name: Mine, country: CN, operator: unit, runs: [dig] } ]
      demand: [ { id: d, name: D, material: ore, place: EU } ]
      flows: [ { from: mine, to: d, material: ore, waypoints: [suez] } ]
      """
    let reading = NetworkFile.read(manifest: Array(text.utf8), named: "n.yaml") { _ in .failure(.missing) }
    #expect(reading.diagnostics.map(\.description) == [])
    return try #require(reading.network)
  }

  private func read(_ text: String) throws -> ([Element: Double]?, [String]) {
    let (read, diagnostics) = ProbabilityFile.read(Array(text.utf8), named: "p.csv", for: try network())
    return (read, diagnostics.map { String($0.description.split(separator: "\n")[0]) })
  }

  @Test("elements of every level are found by their ids")
  func everyLevel() throws {
    let (read, problems) = try read(
      """
      level,id,probability,source,note
      site,mine,0.1,expert,
      lane,mine>d:ore,0.2,,a note
      operator,unit,3e-1,,
      parent,group,0.4,,
      country,CN,0.5,,
      exports,CN,0.6,,
      country-material,CN:ore,0.7,,
      waypoint,suez,0,,
      """)
    #expect(problems == [])
    #expect(read?.count == 8)
    #expect(read?[.site(Key(0))] == 0.1)
    #expect(read?[.waypoint("suez")] == 0)
    #expect(read?[.parent(Key(0))] == 0.4)
  }

  @Test("all problems are told, each with its place")
  func problems() throws {
    let (read, problems) = try read(
      """
      level,id,probability
      site,mien,0.1
      sites,mine,0.1
      site,mine,1.5
      site,mine,5 %
      site,mine,0.1
      site,mine,0.2
      country,JP,0.1
      parent,unit,0.1
      site,mine,
      """)
    #expect(read == nil)
    #expect(
      problems == [
        "p.csv:2:6: error[unknown-id]: there is no site 'mien'",
        "p.csv:3:1: error[unknown-level]: there is no level 'sites'",
        "p.csv:4:11: error[out-of-range]: the probability 1.5 is not from 0 to 1",
        "p.csv:5:11: error[not-a-number]: '5 %' is not a number",
        "p.csv:7:6: error[duplicate-element]: 'mine' has a probability already; first at p.csv:6:6",
        "p.csv:8:9: error[unknown-id]: there is no country 'JP'",
        "p.csv:9:8: error[unknown-id]: there is no parent 'unit'",
        "p.csv:10:1: error[missing-value]: the row has no 'probability'",
      ])
  }

  @Test(
    "a file without its columns is refused",
    arguments: ["", "id,probability\n", "level;id;probability\n", "level,id,probability,colour\n"])
  func header(text: String) throws {
    let (read, problems) = try read(text)
    #expect(read == nil)
    #expect(problems.count >= 1)
  }
}
