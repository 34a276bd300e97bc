import Foundation
import Testing

struct EdgeListCommandTests {
  private let flows = "from,to\nmine-1,smelter\nmine-2,smelter\nsmelter,east\nsmelter,west\nmine-2,west\n"
  private let sites = "id,country,operator\nmine-1,CN,north\nmine-2,CN,south\nsmelter,DE,south\neast,,\n"

  @Test("the site, operator and country that stop most products come first")
  func text() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(flows.utf8).write(to: folder.appending(path: "flows.csv"))
    try Data(sites.utf8).write(to: folder.appending(path: "sites.csv"))
    let result = try BuiltCommand.run(["analyze", "flows.csv", "--sites", "sites.csv"], in: folder)
    #expect(result.status == 0)
    #expect(result.errors == "")
    #expect(
      result.output == """
        Single points of failure: flows.csv
        5 sites, 5 flows, 2 sources that nothing feeds, 2 products that feed nothing

        site     products that stop  of all
        smelter                   1    50 %
        east                      1    50 %
        west                      1    50 %

        operator  products that stop  of all
        south                      2   100 %
        The operator of 2 sites is not known.

        country  products that stop  of all
        CN                        2   100 %
        DE                        1    50 %
        The country of 2 sites is not known.

        """)
  }

  @Test("the document lists the same")
  func json() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(flows.utf8).write(to: folder.appending(path: "flows.csv"))
    let result = try BuiltCommand.run(["analyze", "flows.csv", "--format", "json"], in: folder)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(object["sites"] as? Int == 5)
    let levels = try #require(object["levels"] as? [[String: Any]])
    #expect(levels.count == 1)
    #expect(
      (levels[0]["elements"] as? [[String: Any]])?.compactMap { $0["id"] as? String } == [
        "smelter", "east", "west",
      ])
  }

  @Test(
    "what is wrong ends with 2 and a message",
    arguments: [
      (arguments: ["analyze", "bad.csv"], message: "bad.csv:2:1: error[short-row]"),
      (arguments: ["analyze", "none.csv"], message: "none.csv:1:1: error[unreadable-file]"),
      (
        arguments: ["analyze", "flows.csv", "--sites", "strange.csv"],
        message: "strange.csv:2:1: error[unknown-id]: no flow leads from or to a site 'smeltr'"
      ),
      (arguments: ["analyze", "flows.csv", "-s", "x"], message: "an edge list has no scenarios"),
      (
        arguments: ["analyze", "folder", "--sites", "sites.csv"],
        message: "--sites stands beside an edge list"
      ),
    ])
  func problems(arguments: [String], message: String) throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(flows.utf8).write(to: folder.appending(path: "flows.csv"))
    try Data("from,to\na\n".utf8).write(to: folder.appending(path: "bad.csv"))
    try Data("id,country\nsmeltr,CN\neast,XX\n".utf8).write(to: folder.appending(path: "strange.csv"))
    let result = try BuiltCommand.run(arguments, in: folder)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.contains(message), "\(result.errors)")
  }
}
