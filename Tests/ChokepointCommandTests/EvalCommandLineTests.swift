import Foundation
import Testing

struct EvalCommandLineTests {
  @Test(
    "an expression is evaluated, with the values that are given",
    arguments: [
      (["1 + 2 * 3"], "7\n"), (["'a' + \"b\""], "\"ab\"\n"),
      (["[1, 2u, 1.0, b'\\xff', null]"], "[1, 2u, 1.0, b\"\\xff\", null]\n"),
      (["{'a': duration('90s')}"], "{\"a\": duration(\"90s\")}\n"), (["x > 1", "--var", "x=2"], "true\n"),
      (["site.capacity * n > 1000.0", "--var", "site={\"capacity\": 600.0}", "--var", "n=2.0"], "true\n"),
      (["l.map(x, x * 2)", "--var", "l=[1, -2]"], "[2, -4]\n"),
      (["stock > 10 || banned", "--unknown", "stock", "--var", "banned=true"], "true\n"),
      (["stock > 10 || banned", "--unknown", "stock", "--var", "banned=false"], "unknown(stock)\n"),
      (["a.b + 1", "--var", "a.b=1"], "2\n"),
      (["--", "-1"], "-1\n"), (["'\\u001b[31m\\u202e'"], "\"\\u001b[31m\\u202e\"\n"),
      (["1 + 1", "--cost"], "2\nsteps: 1, at worst 1\n"),
      (["x.size()", "--var", "x=\"é\"", "--cost"], "1\nsteps: 2, at worst 2\n"),
    ] as [([String], String)])
  func values(arguments: [String], output: String) throws {
    let result = try BuiltCommand.run(["eval"] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == output)
    #expect(result.errors.isEmpty)
  }

  @Test("everything that is wrong is told at once, with its place, and exits with 2")
  func wrong() throws {
    let result = try BuiltCommand.run([
      "eval", "sitee == 'a' ||\n 1 + 'a' == 2", "--var", "site=\"a\"", "--var", "x=oops", "--var", "y",
      "--var", "1z=1",
    ])
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(
      result.errors == """
        error[variable]: the value of 'x' is not JSON: it cannot be read on from character 1
          help: put text in quotes, as in --var 'x="text"'
        error[variable]: 'y' gives no value
          help: write --var name=JSON
        error[variable]: '1z' is not a name
          help: letters, digits and '_', with dots between
        expression:1:1: error[unknown-name]: there is no variable 'sitee'
         1 | sitee == 'a' ||
           | ^^^^^
          help: did you mean 'site'?
        expression:2:4: error[no-overload]: there is no int + string
         2 |  1 + 'a' == 2
           |    ^
          help: there is int + int -> int; uint + uint -> uint; double + double -> double; string + string -> string; bytes + bytes -> bytes; \
        list<A> + list<A> -> list<A>; duration + duration -> duration; timestamp + duration -> timestamp; …

        """)
  }

  @Test(
    "wrong usage and failures exit with 2",
    arguments: [
      ["eval"], ["eval", "1 +"], ["eval", "1 / 0"], ["eval", "x"], ["eval", "1", "--conformance", "Graphs"],
      ["eval", "--conformance", "no/such"],
      ["eval", "--conformance", "Graphs"],
      ["eval", "lists.range(1000000).all(a, lists.range(1000000).all(b, a + b >= 0))"],
      ["eval", "1", "--var", "x=1", "--var", "x=2"], ["eval", String(repeating: "(", count: 100_000)],
    ])
  func failures(arguments: [String]) throws {
    let result = try BuiltCommand.run(arguments)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(!result.errors.isEmpty)
  }

  @Test("conformance cases are counted file by file, and failures are named")
  func conformance() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let good =
      "{\"id\": \"a/b/c\", \"expr\": \"1 == 1\"}\n\n{\"expr\": \"TestAllTypes{}\", \"needs_proto\": true}\r\n"
    try Data(good.utf8).write(to: folder.appending(path: "a.jsonl"))
    #expect(
      try BuiltCommand.run(["eval", "--conformance", folder.path]).output == """
        a.jsonl: 1 passed, 0 failed, 1 skipped (protocol buffers 1)
        total: 1 passed, 0 failed, 1 skipped (protocol buffers 1)

        """)
    try Data([0xFF, 0x00, 0x0A] + Array("{\"id\": \"x\\u001b[1m\", \"expr\": \"1 == 2\"}".utf8)).write(
      to: folder.appending(path: "b.jsonl"))
    try FileManager.default.createDirectory(
      at: folder.appending(path: "c.jsonl"), withIntermediateDirectories: true)
    try Data("not a case".utf8).write(to: folder.appending(path: "notes.txt"))
    let result = try BuiltCommand.run(["eval", "--conformance", folder.path])
    #expect(result.status == 1)
    #expect(
      result.output == """
        a.jsonl: 1 passed, 0 failed, 1 skipped (protocol buffers 1)
        b.jsonl: 0 passed, 2 failed
          failed line 1: the line is not a case
          failed x\u{FFFD}[1m: false, not true
        c.jsonl: 0 passed, 1 failed
          failed file: it is a folder
        total: 1 passed, 3 failed, 1 skipped (protocol buffers 1)

        """)
    #expect(result.errors == "3 cases failed\n")
  }
}
