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
}
