import Foundation
import Testing

/// The losses that the READMEs of the networks quote are those that the command gives.
struct ScenarioReadmeTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var network: String
    var scenario: String
    var day: String
    var product: String
    var loss: String

    var testDescription: String { "\(network), \(scenario) on \(day): \(product)" }
  }

  struct Document: Decodable {
    struct Loss: Decodable {
      var product: String
      var rigidIfNot: Double
      var rigidIfHolds: Double
    }
    var loss: [Loss]
  }

  static let networks = ["rare-earth-magnets", "gallium-germanium"]

  /// The rows of the tables with a scenario, a day, a product and a loss.
  static let rows: [Row] = networks.flatMap { network in
    ((try? ReadmeTests.text("Graphs/\(network)/README.md")) ?? "")
      .matches(of: /\| `([a-z0-9-]+)` \| ([0-9-]*) ?\| ([a-z-]+) \| ([^|]+) \|/)
      .map {
        Row(
          network: network, scenario: String($0.1), day: String($0.2), product: String($0.3),
          loss: String($0.4))
      }
  }

  @Test("the READMEs quote losses of every scenario of their networks")
  func complete() {
    for network in Self.networks {
      let quoted = Set(Self.rows.filter { $0.network == network }.map(\.scenario))
      let shipped = ScenarioCommandTests.shipped.filter { $0.network == "Graphs/\(network)" }
      #expect(quoted == Set(shipped.map(\.scenario)))
    }
  }

  private func words(_ share: Double) -> String {
    if share > 1e-9, share < 0.005 { return "<1 %" }
    if share < 1 - 1e-9, share >= 0.995 { return ">99 %" }
    return "\(Int((share * 100).rounded())) %"
  }

  @Test("each loss that is quoted is the one that the command gives", arguments: rows)
  func loss(row: Row) throws {
    var arguments = ["analyze", "Graphs/\(row.network)", "-s", row.scenario, "--format", "json"]
    if !row.day.isEmpty { arguments += ["--as-of", row.day] }
    let result = try BuiltCommand.run(arguments)
    #expect(result.status == 0, "\(result.errors)")
    let document = try JSONDecoder().decode(Document.self, from: Data(result.output.utf8))
    let loss = try #require(document.loss.first { $0.product == row.product })
    let (without, with) = (words(loss.rigidIfNot), words(loss.rigidIfHolds))
    #expect((without == with ? without : "\(without) or \(with)") == row.loss)
  }
}
