import Foundation
import Testing

/// What the shipped network of rare-earth magnets must reproduce.
///
/// Source: IEA, Critical Minerals Dataset (May 2025) and Rare Earth Elements (2026): China's share of the mining of
/// magnet rare earths, of their separation and of sintered magnets in 2024.
struct HeadlineFiguresTests {
  struct Analysis: Decodable {
    struct Row: Decodable {
      struct Holder: Decodable {
        var id: String
        var share: Double
      }
      var stage: String
      var material: String
      var by: String
      var basis: String
      var series: String?
      var hhi: Double
      var largest: Holder?
      var nMinus1: Double?
    }
    struct Point: Decodable {
      var product: String
      var level: String
      var id: String
    }
    struct Ban: Decodable {
      struct Loss: Decodable {
        var product: String
        var rigid: Double
        var low: Double
        var high: Double
      }
      var country: String
      var stops: [String]
      var loss: [Loss]
    }
    var concentration: [Row]
    var chokepoints: [Point]
    var bans: [Ban]
  }

  static func analysis(of network: String) throws -> Analysis {
    let result = try BuiltCommand.run(["analyze", "Graphs/\(network)", "--format", "json"])
    return try JSONDecoder().decode(Analysis.self, from: Data(result.output.utf8))
  }

  @Test(
    "China's shares and the HHI of the rare-earth network are the published ones, by its sites and by the series"
  )
  func rareEarths() throws {
    let rows = try Self.analysis(of: "rare-earth-magnets").concentration.filter { $0.by == "country" }
    func row(_ stage: String, _ basis: String, _ material: String = "magnet-rare-earths") throws
      -> Analysis.Row
    {
      try #require(
        rows.first {
          $0.stage == stage && $0.basis == basis && $0.material == material && $0.largest?.id == "CN"
        })
    }
    for basis in ["sites", "published"] {
      let mining = try row("mine", basis)
      #expect(abs((mining.largest?.share ?? 0) - 0.61) < 0.005)
      #expect(abs(mining.hhi - 4_078) < (basis == "sites" ? 45 : 1))
      #expect(abs((mining.nMinus1 ?? 0) + (mining.largest?.share ?? 0) - 1) < 1e-6)
      let separation = try row("separation", basis)
      #expect(abs((separation.largest?.share ?? 0) - 0.913) < 0.005)
      #expect(abs(separation.hhi - 8_353) < (basis == "sites" ? 85 : 1))
    }
    let magnets = rows.filter { $0.stage == "magnet" && abs(($0.largest?.share ?? 0) - 0.94) < 0.005 }
    #expect(Set(magnets.map(\.basis)) == ["sites", "published"])
  }

  @Test("a ban on China's exports is the worst of all")
  func worstBan() throws {
    let bans = try Self.analysis(of: "rare-earth-magnets").bans
    #expect(bans.first?.country == "CN")
    #expect(bans.count >= 15)
    for ban in bans {
      for loss in ban.loss {
        #expect(0 <= loss.low && loss.low <= loss.rigid && loss.rigid <= loss.high && loss.high <= 1)
      }
      for stop in ban.stops { #expect(ban.loss.first { $0.product == stop }?.rigid == 1) }
    }
  }
}
