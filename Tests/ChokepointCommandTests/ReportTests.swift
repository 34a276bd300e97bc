import Foundation
import Testing

/// `chokepoint report` through the built command.
struct ReportTests {
  private func report(_ arguments: [String]) throws -> (result: BuiltCommand.Result, page: String?) {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "report.html")
    let result = try BuiltCommand.run(["report"] + arguments + ["-o", file.path])
    return (result, try? String(contentsOf: file, encoding: .utf8))
  }

  @Test("the page of a shipped network has its picture, every scenario of it, and what the rules find")
  func whole() throws {
    let (result, page) = try report(["Graphs/tutorial", "-s", "all", "--rules", "Rules"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.isEmpty)
    let text = try #require(page)
    #expect(text.hasPrefix("<!DOCTYPE html>"))
    for id in [
      "d-box-0", "d-line-0", "data-site=\"east-plant\"", "<option value=\"orient-ban\"", "id=\"finding-0\"",
    ] {
      #expect(text.contains(id), "\(id)")
    }
    // Every colour of the picture became a class.
    #expect(!text.contains("#0101"))
    let numbers = text.matches(of: /id="d-box-(\d+)"/).map { Int($0.1) ?? -1 }.sorted()
    #expect(numbers == Array(0..<numbers.count))
    #expect(text.matches(of: /class="outline"/).count == numbers.count)
    #expect(text.matches(of: /class="note"/).count == numbers.count)
  }

  @Test("the page opens at the first scenario that is named")
  func opening() throws {
    let (result, page) = try report(["Graphs/tutorial", "-s", "licences", "-s", "orient-ban"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try #require(page).contains("<option value=\"licences\" selected"))
  }

  @Test(
    "a rule that cannot be read is told, the page is written all the same, and the command says that it is incomplete"
  )
  func badRule() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let rule = folder.appending(path: "bad.yaml")
    try Data("format: 1\nid: bad\nwhen: 1 +\n".utf8).write(to: rule)
    let (result, page) = try report(["Graphs/tutorial", "--rules", rule.path])
    #expect(result.status == 3)
    #expect(result.errors.contains("error"))
    #expect(try #require(page).contains("Incomplete: "))
  }

  @Test("a network of more stages than a page can show is refused with what to do instead")
  func tooManyStages() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let numbers = 1...41
    let text =
      "chokepoint: 1\nnetwork: { id: long, title: Long }\nstages:\n"
      + numbers.map { "  - { id: s\($0) }\n" }.joined() + "sites:\n"
      + numbers.map { "  - { id: site-\($0), stage: s\($0), country: CN }\n" }.joined()
    let file = folder.appending(path: "network.yaml")
    try Data(text.utf8).write(to: file)
    let (result, page) = try report([file.path])
    #expect(result.status == 2)
    #expect(result.errors.contains("at most 40 stages"), "\(result.errors)")
    #expect(page == nil)
  }

  @Test(
    "what cannot be written is refused before anything is analysed",
    arguments: [
      (["Graphs/tutorial", "-o", "report.pdf"], Int32(2), "end it in .html"),
      (["Graphs/tutorial", "-o", "no/such/folder/report.html"], 4, "there is no folder"),
      (["Graphs/tutorial", "-s", "orient-bann", "-o", "x.html"], 2, "did you mean 'orient-ban'?"),
      (["Graphs/tutorial", "--as-of", "1.1.2026", "-o", "x.html"], 2, "not a day of the calendar"),
    ])
  func refused(arguments: [String], status: Int32, words: String) throws {
    let result = try BuiltCommand.run(["report"] + arguments)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
  }
}
