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
    struct Product: Decodable {
      var id: String
      var material: String
      var place: String
    }
    var concentration: [Row]
    var products: [Product]
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

  @Test("a Chinese ban stops the magnets that need heavy rare earths everywhere else, and no standard ones")
  func heavyMagnets() throws {
    let network = try Self.analysis(of: "rare-earth-magnets")
    let ban = try #require(network.bans.first { $0.country == "CN" })
    let abroad = network.products.filter { $0.place != "CN" }
    #expect(abroad.count { $0.material == "sintered-high" } >= 10)
    for product in abroad where product.material == "sintered-high" {
      #expect(ban.stops.contains(product.id), "\(product.id)")
      #expect(network.chokepoints.contains { $0.product == product.id && $0.id == "CN" })
    }
    for product in network.products where product.material == "sintered-standard" {
      #expect(!ban.stops.contains(product.id), "\(product.id)")
    }
  }

  @Test("China's shares of gallium and germanium are those of the README, and no ban stops a product")
  func galliumAndGermanium() throws {
    let network = try Self.analysis(of: "gallium-germanium")
    let rows = network.concentration.filter {
      $0.by == "country" && $0.basis == "sites" && $0.largest?.id == "CN" && $0.stage == "refining"
    }
    for (share, hhi) in [(0.987, 9_739.0), (0.935, 8_764.0)] {
      #expect(
        rows.contains { abs(($0.largest?.share ?? 0) - share) < 0.0006 && abs($0.hhi - hhi) < 1 },
        "\(share)")
    }
    #expect(network.bans.allSatisfy { $0.stops.isEmpty })
  }

  @Test("the tutorial comes out as its README works it out by hand")
  func tutorial() throws {
    let network = try Self.analysis(of: "tutorial")
    for product in ["motors-eu", "motors-us"] {
      let levels = ["site", "operator", "parent", "country"]
      let points = network.chokepoints.filter { $0.product == product && levels.contains($0.level) }
        .map { "\($0.level) \($0.id)" }
      #expect(
        Set(points) == ["site east-plant", "operator orient-oxides", "parent orient-group", "country CN"])
    }
    let magnets = try #require(
      network.concentration.first { $0.stage == "magnet" && $0.material == "magnet" && $0.by == "country" })
    #expect(magnets.hhi == 6_250)
    #expect(magnets.nMinus1 == 0.25)
  }

  @Test("the first network of the README comes out as the README says")
  func firstNetwork() throws {
    let page = try ReadmeTests.text("README.md")
    let block = try #require(page.firstMatch(of: /```yaml\n(# network\.yaml\n(?s:.*?))```/))
    try BuiltCommand.withNetwork(["network.yaml": String(block.1)]) { folder in
      let result = try BuiltCommand.run(["analyze", folder.path, "--format", "json"])
      let network = try JSONDecoder().decode(Analysis.self, from: Data(result.output.utf8))
      let sites = network.chokepoints.filter { $0.level == "site" }.map(\.id)
      #expect(Set(sites) == ["east-plant", "magnet-works"])
      let ban = try #require(network.bans.first { $0.country == "CN" })
      #expect(ban.stops == ["motors-eu"])
      #expect(ban.loss.map(\.rigid) == [1])
    }
  }
}
