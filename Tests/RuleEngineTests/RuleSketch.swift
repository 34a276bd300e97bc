import Diagnostics
import FileFormats
import Foundation
import RuleEngine
import SupplyModel

/// A rule in short: expressions as texts, a message without expressions.
func rule(
  _ id: String, for loops: [(String, String)] = [], `let` lets: [(String, String)] = [], when: String,
  message: [RuleFile.MessagePart] = [.text("found")], severity: FindingSeverity = .medium,
  severityWhen: [(String, FindingSeverity)] = [], show: [(String, String)] = [],
  parameters: [RuleParameter] = []
) -> RuleFile {
  RuleFile(
    header: RuleHeader(id: id, title: id, severity: severity), parameters: parameters,
    loops: loops.map { .init($0.0, RuleExpression($0.1)) },
    lets: lets.map { .init($0.0, RuleExpression($0.1)) },
    when: RuleExpression(when, file: "\(id).yaml"), message: message,
    show: show.map { .init($0.0, RuleExpression($0.1)) },
    severityWhen: severityWhen.map { .init(if: RuleExpression($0.0), then: $0.1) })
}

let everyProduct = [("p", "network.products()")]

struct Unreadable: Error {}

/// The shipped network of ten sites.
func tutorial() throws -> SupplyNetwork {
  let folder = URL(filePath: #filePath).appending(path: "../../../Graphs/tutorial").standardized
  let bytes = try [UInt8](Data(contentsOf: folder.appending(path: "network.yaml")))
  let reading = NetworkFile.read(manifest: bytes, named: "network.yaml") { _ in .failure(.missing) }
  guard let network = reading.network else { throw Unreadable() }
  return network
}

/// A ban of all exports of a country.
func ban(_ code: String, id: String = "ban") -> Scenario {
  Scenario(
    id: id, title: "Ban of \(code)",
    controls: [Control(id: "c", kind: .exportBan, issuers: [Country(code: code)].compactMap(\.self))])
}

extension RuleRun {
  /// The subjects of the findings, in short.
  var flagged: [String] { findings.map { $0.subjects.map(\.id).joined(separator: "+") } }
}
