import FileFormats
import Foundation
import SupplyModel
import Testing

struct ShippedNetworksTests {
  static let names: [String] = {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: shippedFolder.path)) ?? []
    return found.filter {
      FileManager.default.fileExists(atPath: shippedFolder.appending(path: "\($0)/network.yaml").path)
    }.sorted()
  }()

  @Test("every network that is shipped is read without a word", arguments: names)
  func valid(name: String) throws {
    let reading = try readShipped(name)
    #expect(reading.diagnostics == [])
    #expect(reading.network?.id == name)
  }

  @Test("the tutorial has ten sites, and its volumes are what its recipes need")
  func tutorial() throws {
    let network = try #require(try readShipped("tutorial").network)
    #expect(network.sites.count == 10)
    #expect(network.operations.count == 10)
    #expect(network.demand.rows.map(\.place.id) == ["EU", "US"])

    // What each site is brought and takes away, in base units a year, against its recipe.
    for operation in network.operations {
      let site = network.sites[operation.site]
      guard let activity = operation.output?.value else {
        #expect(site.status == .planned)
        continue
      }
      let process = network.processes[operation.process]
      let outgoing = network.flows.rows.filter { $0.origin == .site(operation.site) }
      for output in process.outputs {
        let sold = outgoing.filter { $0.material == output.material }.reduce(0) {
          $0 + ($1.volume?.value ?? 0)
        }
        let made = activity * output.amount.value
        #expect(abs(sold - made) < 1e-6 || network.markets.contains(output.material), "\(site.id)")
      }
      for slot in process.slots {
        let brought = slot.choices.map { choice in
          network.flows.rows.filter {
            $0.destination == .site(operation.site) && $0.material == choice.material
          }
          .reduce(0) { $0 + ($1.volume?.value ?? 0) } / choice.amount.value
        }.reduce(0, +)
        let hasMarket = slot.choices.contains { network.markets.contains($0.material) }
        #expect(hasMarket ? brought <= activity : abs(brought - activity) < 1e-6, "\(site.id)")
      }
    }
    for (key, demand) in zip(network.demand.keys, network.demand.rows) {
      let brought = network.flows.rows.filter { $0.destination == .demand(key) }
        .reduce(0) { $0 + ($1.volume?.value ?? 0) }
      #expect(brought == demand.amount?.value)
    }
  }

  @Test("the rare-earth network has as many real sites and countries as it should")
  func extent() throws {
    let sites = try #require(try readShipped("rare-earth-magnets").network).sites.rows
    let single = sites.filter { $0.extent == .site }
    #expect(single.count >= 120)
    #expect(Set(single.compactMap(\.country)).count >= 25)
    #expect(Set(single.map(\.name)).count == single.count)
  }

  @Test(
    "every figure of a real network says whether it was read, recalled or estimated, and from what or how",
    arguments: ["rare-earth-magnets", "gallium-germanium"])
  func origins(name: String) throws {
    let network = try #require(try readShipped(name).network)
    for (what, figure) in Self.figures(of: network) {
      let confidence = try #require(figure.confidence, "\(what)")
      #expect(confidence == .estimated || figure.source != nil, "\(what)")
      #expect(figure.source != nil || figure.note != nil, "\(what)")
    }
    for site in network.sites.rows { #expect(site.confidence != nil && site.source != nil, "\(site.id)") }
  }

  @Test("the README of the rare-earth network counts what is in it")
  func counts() throws {
    let network = try #require(try readShipped("rare-earth-magnets").network)
    let readme = try String(
      contentsOf: shippedFolder.appending(path: "rare-earth-magnets/README.md"), encoding: .utf8)
    let sites = network.sites.rows
    func count(_ status: Site.Status) -> Int { sites.count { $0.status == status } }
    func extent(_ extent: Site.Extent) -> Int { sites.count { $0.extent == extent } }
    func row(_ figures: [Figure?]) -> String {
      let counts = [Confidence.read, .recalled, .estimated].map { confidence in
        "\(figures.count { $0?.confidence == confidence })"
      }
      return counts.joined(separator: " | ")
    }
    let recipes = network.processes.rows.flatMap { process in
      process.slots.flatMap { $0.choices.map(\.amount) } + process.outputs.map(\.amount)
    }
    for sentence in [
      "\(sites.count) sites in \(Set(sites.compactMap(\.country)).count) countries: "
        + "\(count(.operating)) operating, \(count(.ramping)) ramping, \(count(.planned)) planned, "
        + "\(count(.suspended)) suspended, \(count(.closed)) closed.",
      "\(extent(.site)) single sites, \(extent(.group)) groups, \(extent(.balance)) balance rows",
      "| flows | \(network.flows.count) |", "| markets | \(network.markets.count) |",
      "| demand | \(network.demand.count) |", "| statistics | \(network.statistics.count) |",
      "| processes, materials | \(network.processes.count), \(network.materials.count) |",
      "| operators, sources | \(network.operators.count), \(network.sources.count) |",
      "| capacities | \(row(network.operations.map(\.capacity))) |",
      "| baseline outputs | \(row(network.operations.map(\.output))) |",
      "| flow volumes | \(row(network.flows.rows.map(\.volume))) |",
      "| demand amounts | \(row(network.demand.rows.map(\.amount))) |",
      "| statistics | \(row(network.statistics.map(\.amount))) |",
      "| recipe amounts | \(row(recipes)) (and \(recipes.count { $0.confidence == nil }) by definition) |",
      [Confidence.read, .recalled, .estimated].map { confidence in
        "\(sites.count { $0.confidence == confidence }) \(confidence.rawValue)"
      }.joined(separator: ", "),
    ] {
      #expect(readme.contains(sentence), "\(sentence)")
    }
  }

  @Test("no rare-earth process gives out more of an element than it takes in by its first choices")
  func elementBalance() throws {
    let network = try #require(try readShipped("rare-earth-magnets").network)
    for process in network.processes.rows where !process.slots.isEmpty {
      func mass(_ parts: [(Key<Material>, Figure)]) -> [String: Double] {
        parts.reduce(into: [:]) { sum, part in
          for element in network.materials[part.0].elements {
            sum[element.symbol, default: 0] += part.1.value * element.fraction
          }
        }
      }
      let taken = mass(process.slots.compactMap { $0.choices.first.map { ($0.material, $0.amount) } })
      for (element, made) in mass(process.outputs.map { ($0.material, $0.amount) }) {
        #expect(made <= 1.001 * (taken[element] ?? 0), "\(process.id): \(element)")
      }
    }
  }

  /// All figures but those of recipes, where many are 1 by definition.
  private static func figures(of network: SupplyNetwork) -> [(String, Figure)] {
    let sizes = network.operations.flatMap { operation in
      [operation.capacity, operation.output].compactMap { $0 }
        .map { (network.sites[operation.site].id, $0) }
    }
    let volumes = network.flows.rows.flatMap { flow in
      [flow.volume, flow.capacity].compactMap { $0 }.map { (flow.id, $0) }
    }
    return sizes + volumes + network.demand.rows.compactMap { row in row.amount.map { (row.id, $0) } }
      + network.statistics.map { ($0.series, $0.amount) }
  }
}
