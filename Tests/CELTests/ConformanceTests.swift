import CEL
import Foundation
import Testing

private let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/cases/cel")

/// The files of the public suite, if they lie beside the checkout.
let conformanceFiles =
  ((try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? [])
  .filter { $0.pathExtension == "jsonl" }.sorted { $0.path < $1.path }

struct ConformanceTests {
  @Test(
    "every case of the public suite passes",
    .enabled(if: !conformanceFiles.isEmpty, "the cases are not here: ../shared/cases/cel"),
    arguments: conformanceFiles)
  func passes(file: URL) throws {
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    let report = ConformanceSuite.run(lines: lines)
    for failure in report.failures { Issue.record("\(failure.id): \(failure.reason)") }
    #expect(report.passed > 0)
  }

  @Test(
    "a case passes, fails or is left out as it should",
    arguments: [
      (#"{"expr": "1 == 1"}"#, "1 passed, 0 failed"), (#"{"expr": "1 == 2"}"#, "0 passed, 1 failed"),
      (#"{"expr": "1", "expected": {"t": "int", "v": "1"}}"#, "1 passed, 0 failed"),
      (#"{"expr": "1", "expected": {"t": "uint", "v": "1"}}"#, "0 passed, 1 failed"),
      (#"{"expr": "0.0/0.0", "expected": {"t": "double", "v": "NaN"}}"#, "1 passed, 0 failed"),
      (#"{"expr": "-1.0/0.0", "expected": {"t": "double", "v": "-Infinity"}}"#, "1 passed, 0 failed"),
      (
        #"{"expr": "{1: [b'a']}", "expected": {"t": "map", "v": [[{"t": "int", "v": "1"}, {"t": "list", "v": [{"t": "bytes", "v": "YQ=="}]}]]}}"#,
        "1 passed, 0 failed"
      ),
      (
        #"{"expr": "{1: 2, 3: 4}", "expected": {"t": "map", "v": [[{"t": "int", "v": "1"}, {"t": "int", "v": "2"}]]}}"#,
        "0 passed, 1 failed"
      ),
      (
        #"{"expr": "timestamp(5)", "expected": {"t": "timestamp", "seconds": "5", "nanos": 0}}"#,
        "1 passed, 0 failed"
      ),
      (
        #"{"expr": "timestamp(5)", "expected": {"t": "timestamp", "v": {"seconds": 5, "nanos": 0}}}"#,
        "1 passed, 0 failed"
      ),
      (
        #"{"expr": "duration('1.5s')", "expected": {"t": "duration", "v": {"seconds": 1, "nanos": 500000000}}}"#,
        "1 passed, 0 failed"
      ),
      (
        #"{"expr": "duration('-1.5s')", "expected": {"t": "duration", "seconds": -1, "nanos": -500000000}}"#,
        "1 passed, 0 failed"
      ),
      (#"{"expr": "type(1)", "expected": {"t": "type", "v": "int"}}"#, "1 passed, 0 failed"),
      (#"{"expr": "null", "expected": {"t": "null", "v": null}}"#, "1 passed, 0 failed"),
      (
        #"{"expr": "optional.of(1)", "expected": {"t": "optional", "v": {"t": "int", "v": "1"}}}"#,
        "1 passed, 0 failed"
      ),
      (#"{"expr": "1/0", "expected_error": ["divide by zero"]}"#, "1 passed, 0 failed"),
      (#"{"expr": "1/0", "matcher": "eval_error", "expected_error": []}"#, "1 passed, 0 failed"),
      (#"{"expr": "1/0"}"#, "0 passed, 1 failed"),
      (#"{"expr": "1/1", "expected_error": ["x"]}"#, "0 passed, 1 failed"),
      (#"{"expr": "1 +", "expected_error": ["x"]}"#, "0 passed, 1 failed"),
      (#"{"expr": "1 + 'a'", "expected_error": ["x"]}"#, "0 passed, 1 failed"),
      (#"{"expr": "1 + 'a'", "expected_error": ["x"], "disable_check": true}"#, "1 passed, 0 failed"),
      (#"{"expr": "1 + 'a'", "check_only": true}"#, "0 passed, 1 failed"),
      (
        #"{"expr": "x + 1", "check_only": true, "type_env": [{"name": "x", "kind": "ident", "type": "int"}], "deduced_type": "int"}"#,
        "1 passed, 0 failed"
      ),
      (
        #"{"expr": "[x]", "check_only": true, "type_env": [{"name": "x", "kind": "ident", "type": {"map": ["string", "dyn"]}}], "deduced_type": {"list": {"map": ["string", "int"]}}}"#,
        "0 passed, 1 failed"
      ),
      (#"{"expr": "x == 2", "bindings": {"x": {"t": "int", "v": "2"}}}"#, "1 passed, 0 failed"),
      (
        #"{"expr": "has(a.b)", "disable_macros": true, "disable_check": true, "expected_error": ["x"]}"#,
        "1 passed, 0 failed"
      ),
      (
        #"{"expr": "TestAllTypes{}", "needs_proto": true}"#,
        "0 passed, 0 failed, 1 skipped (protocol buffers 1)"
      ), (#"{"expr": "x", "features": ["ext_proto"]}"#, "0 passed, 0 failed, 1 skipped (protocol buffers 1)"),
      (#"{"expr": "a.b.Message{x: 1} == y"}"#, "0 passed, 0 failed, 1 skipped (protocol buffers 1)"),
      (
        #"{"expr": "x.y", "type_env": [{"name": "x", "type": {"list": {"message": "a.Message"}}}]}"#,
        "0 passed, 0 failed, 1 skipped (protocol buffers 1)"
      ),
      (
        #"{"expr": "x", "type_env": [{"name": "x", "type": {"wrapper": "int"}}], "check_only": true}"#,
        "0 passed, 0 failed, 1 skipped (protocol buffers 1)"
      ),
      (
        #"{"expr": "f(1)", "type_env": [{"name": "f", "kind": "function", "overloads": [{"params": ["any"]}]}]}"#,
        "0 passed, 0 failed, 1 skipped (protocol buffers 1)"
      ),
      (
        #"{"expr": "x", "bindings": {"x": {"t": "list", "v": [{"t": "object", "v": 1}]}}}"#,
        "0 passed, 0 failed, 1 skipped (protocol buffers 1)"
      ),
      (
        #"{"expr": "x == x", "bindings": {"x": {"t": "timestamp", "seconds": 5}}, "type_env": [{"name": "x", "type": {"message": "google.protobuf.Timestamp"}}]}"#,
        "1 passed, 0 failed"
      ),
      (
        #"{"expr": "x.hasValue() || x.y == 1", "type_env": [{"name": "x", "type": {"abstract": "optional_type"}}]}"#,
        "0 passed, 1 failed"
      ),
      (
        #"{"expr": "[x]", "check_only": true, "type_env": [{"name": "x", "type": {"abstract": "optional_type", "params": []}}], "deduced_type": {"list": {"abstract": "optional_type", "params": ["dyn"]}}}"#,
        "1 passed, 0 failed"
      ),
      (#"{"expr": "cel.block([1], cel.index(0))"}"#, "0 passed, 0 failed, 1 skipped (cel.block 1)"),
      (#"{"expr": "true", "features": ["ext_block"]}"#, "0 passed, 0 failed, 1 skipped (cel.block 1)"),
      (
        #"{"expr": "ip('1.1.1.1')", "features": ["ext_network"]}"#,
        "0 passed, 0 failed, 1 skipped (network extension 1)"
      ),
      (
        #"{"expr": "ip('1.1.1.1')", "file": "network_ext"}"#,
        "0 passed, 0 failed, 1 skipped (network extension 1)"
      ),
      ("{", "0 passed, 1 failed"), ("[]", "0 passed, 1 failed"), ("\u{FFFD}\u{0}", "0 passed, 1 failed"),
      (#"{"expr": 5}"#, "0 passed, 1 failed"), ("", "0 passed, 0 failed"), ("  \r", "0 passed, 0 failed"),
      (
        #"{"expr": "true", "type_env": 7, "bindings": [], "features": null, "new field": {"a": [1]}}"#,
        "1 passed, 0 failed"
      ), (#"{"expr": "true", "expected": {"t": "wonder"}}"#, "0 passed, 1 failed"),
      (
        #"{"expr": "true", "bindings": {"x": {"t": "int", "v": "99999999999999999999"}}}"#,
        "0 passed, 1 failed"
      ),
      (
        #"{"expr": "true", "expected": {"t": "duration", "seconds": "9223372036854775807"}}"#,
        "0 passed, 1 failed"
      ),
      (String(repeating: "[", count: 100_000), "0 passed, 1 failed"),
      (#"{"expr": "\#(String(repeating: "(", count: 90_000))"}"#, "0 passed, 1 failed"),
    ])
  func outcome(line: String, wanted: String) {
    let report = ConformanceSuite.run(lines: [line])
    #expect(report.description == wanted, "\(line.prefix(100)): \(report.failures)")
  }

  @Test("the reports of files add up")
  func sum() {
    let a = ConformanceSuite.run(lines: ["{\"expr\": \"true\"}", "", "x"])
    let b = ConformanceSuite.run(lines: [#"{"expr": "cel.block([], 1)"}"#, #"{"expr": "1"}"#])
    #expect((a + b).description == "1 passed, 2 failed, 1 skipped (cel.block 1)")
    #expect(a.failures.map(\.id) == ["line 3"])
  }
}
