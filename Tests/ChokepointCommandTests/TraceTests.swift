import Foundation
import Testing

/// `trace` as a user runs it.
struct TraceTests {
  private static let network = "Graphs/rare-earth-magnets"

  @Test(
    "the parts of each element add up to all of it, twice with the same bytes",
    arguments: ["country", "operator", "site"])
  func whole(by: String) throws {
    let arguments = ["trace", Self.network, "ev-eu", "--by", by, "--format", "json"]
    let (first, second) = (try BuiltCommand.run(arguments), try BuiltCommand.run(arguments))
    #expect(first.status == 0 && first.errors.isEmpty && first.output == second.output)
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(first.output.utf8)) as? [String: Any])
    let elements = try #require(object["elements"] as? [[String: Any]])
    #expect(Set(elements.compactMap { $0["element"] as? String }).isSuperset(of: ["Nd", "Dy"]))
    for element in elements {
      let shares = (element["origins"] as? [[String: Any]] ?? []).compactMap { $0["share"] as? Double }
      #expect(shares == shares.sorted(by: >))
      #expect(abs(shares.reduce(0, +) + (element["notKnown"] as? Double ?? 0) - 1) < 1e-6)
      #expect(element["residual"] as? Double ?? 1 < 1e-9)
    }
  }

  @Test("an element that the network does not have, and a product that it does not have, are told")
  func unknown() throws {
    let element = try BuiltCommand.run(["trace", Self.network, "ev-eu", "--element", "Dx"])
    #expect(element.status == 2 && element.output.isEmpty && element.errors.contains("did you mean 'Dy'?"))
    let product = try BuiltCommand.run(["trace", Self.network, "ev-us2"])
    #expect(product.status == 2 && product.errors.contains("did you mean 'ev-us'?"))
  }
}
