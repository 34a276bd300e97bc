import Diagnostics
import FileFormats
import SupplyModel
import Testing

struct EdgeListSitesTests {
  private let list = EdgeListFile.read(Array("from,to\nmine,smelter\nsmelter,plant\n".utf8), named: "e.csv")
    .edgeList

  @Test("what is not said of a site is not known")
  func known() throws {
    let reading = try reading("operator,id,country\nnorth,smelter,DE\n,mine,\n")
    let sites = try #require(reading.sites)
    #expect(sites.countries == [nil, Country(code: "DE"), nil])
    #expect(sites.operators == [nil, "north", nil])
    #expect(try self.reading("id\n").sites?.operators == [nil, nil, nil])
  }

  @Test("what is wrong is told with its place")
  func problems() throws {
    let reading = try reading("id,country,operator\nsmeltr,DE,a\nmine,XX,b\nmine,CN,two words\n,CN,c\n")
    #expect(reading.sites == nil)
    #expect(
      reading.diagnostics.map { "\($0)".split(separator: "\n")[0] } == [
        "s.csv:2:1: error[unknown-id]: no flow leads from or to a site 'smeltr'",
        "s.csv:3:6: error[unknown-country]: no country has the code 'XX'",
        "s.csv:4:1: error[duplicate-id]: the id 'mine' is given twice; first at s.csv:3:1",
        "s.csv:4:9: error[invalid-id]: ' ' may not stand in an id",
        "s.csv:5:1: error[missing-key]: the row has no 'id'",
      ])
    #expect(reading.diagnostics[0].help == "did you mean 'smelter'?")
  }

  private func reading(_ text: String) throws -> EdgeListSitesReading {
    EdgeListFile.readSites(Array(text.utf8), named: "s.csv", of: try #require(list))
  }
}
