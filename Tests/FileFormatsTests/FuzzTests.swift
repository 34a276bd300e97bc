import Diagnostics
import FileFormats
import SupplyModel
import Testing
import TestSupport

struct FuzzTests {
  private static let table = """
    id,name,stage,country,operator,runs,capacity,capacity_unit,capacity_low,technologies,lat
    pit,"The ""old"" pit",mine,NO,,dig,5,kt/yr,4,,60
    works,Grüße,plant,SE,firm,smelt,,,,know-how from=FR needed=running grace=180d,

    """

  private static let manifest: String = {
    guard let sites = BadInputTests.manifest.firstRange(of: "sites:\n"),
      let operations = BadInputTests.manifest.firstRange(of: "operations:")
    else { return "" }
    return BadInputTests.manifest.replacingCharacters(
      in: sites.lowerBound..<operations.lowerBound, with: "sites: { csv: sites.csv }\n")
  }()

  @Test("the pair that is mutated is valid")
  func valid() {
    #expect(read(Self.manifest, ["sites.csv": Self.table]).diagnostics == [])
  }

  @Test(
    "mutated bytes never crash the reader, and give a network or an error with its place",
    arguments: UInt64(0)..<20)
  func mutated(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for round in 0..<150 {
      var manifest = Array(Self.manifest.utf8)
      var table = Array(Self.table.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        if round % 2 == 0 {
          mutate(&manifest, using: &generator)
        } else {
          mutate(&table, using: &generator)
        }
      }
      let reading = read(manifest, ["sites.csv": table])
      let errors = reading.diagnostics.count { $0.severity == .error }
      #expect((reading.network == nil) == (errors > 0), "seed \(seed), round \(round)")
      let places = reading.diagnostics.compactMap(\.place)
      #expect(places == places.sorted(), "seed \(seed), round \(round)")
      #expect(places.allSatisfy { $0.line > 0 && $0.column > 0 })
      #expect(reading.diagnostics.allSatisfy { $0.help?.isEmpty == false }, "seed \(seed), round \(round)")
      #expect(reading.diagnostics.allSatisfy { "\($0)".utf8.count < 4000 })
    }
  }

  @Test(
    "mutated bytes never crash the reader of scenarios, and give a scenario or an error with its place",
    arguments: UInt64(100)..<120)
  func mutatedScenario(seed: UInt64) throws {
    let network = try #require(read(networkOfScenarios).network)
    var generator = SeededGenerator(seed: seed)
    for round in 0..<150 {
      var bytes = Array(wholeScenario.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &generator) { mutate(&bytes, using: &generator) }
      let reading = ScenarioFile.read(bytes, named: "s.yaml", of: network)
      let errors = reading.diagnostics.count { $0.severity == .error }
      #expect((reading.scenario == nil) == (errors > 0), "seed \(seed), round \(round)")
      let places = reading.diagnostics.compactMap(\.place)
      #expect(places == places.sorted(), "seed \(seed), round \(round)")
      #expect(places.allSatisfy { $0.line > 0 && $0.column > 0 })
      #expect(reading.diagnostics.allSatisfy { $0.help?.isEmpty == false }, "seed \(seed), round \(round)")
      #expect(reading.diagnostics.allSatisfy { "\($0)".utf8.count < 4000 })
    }
  }

  /// Deletes, inserts, doubles or flips some bytes; what is inserted is often of the kind that means
  /// something.
  private func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
    let position = Int.random(in: 0..<max(1, bytes.count), using: &generator)
    let end = min(bytes.count, position + Int.random(in: 1...8, using: &generator))
    switch Int.random(in: 0..<5, using: &generator) {
    case 0 where position < end: bytes.removeSubrange(position..<end)
    case 1 where position < end: bytes.insert(contentsOf: bytes[position..<end], at: end)
    case 2 where position < bytes.count: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 3: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: min(position, bytes.count))
    default:
      let telling = Array("[]{}&*!|>'\"%#:-?,;=\n\r\t \\<@`~0.9eE".utf8)
      bytes.insert(telling.randomElement(using: &generator) ?? 0, at: min(position, bytes.count))
    }
  }
}
