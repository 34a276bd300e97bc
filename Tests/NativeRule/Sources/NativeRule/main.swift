import Chokepoint
import Foundation

// NativeRule FOLDER: asks the rule of this package, and nothing else, of the network in a folder.
let folder = URL(fileURLWithPath: CommandLine.arguments.dropFirst().first ?? ".")

func read(_ file: String) -> Result<[UInt8], FileProblem> {
  guard let data = try? Data(contentsOf: folder.appending(path: file)) else { return .failure(.missing) }
  return .success([UInt8](data))
}

let manifest = try read("network.yaml").get()
let reading = NetworkFile.read(manifest: manifest, named: "network.yaml", load: read)
for diagnostic in reading.diagnostics { print(diagnostic) }
guard let network = reading.network else { exit(2) }

let run = RuleRunner(native: [NeighbouringSites()]).run(on: network)
print(FindingsReport(of: run, on: network, read: "network.yaml").text(top: 20).rendered(colour: false))
