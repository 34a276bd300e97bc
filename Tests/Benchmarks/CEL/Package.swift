// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that what it needs reaches nobody who uses the library.
let package = Package(
  name: "cel-benchmark",
  dependencies: [.package(name: "chokepoint", path: "../../..")],
  targets: [
    .target(name: "CountedAllocations"),
    .executableTarget(
      name: "CELBenchmark",
      dependencies: ["CountedAllocations", .product(name: "CEL", package: "chokepoint")],
      swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)]),
  ],
  swiftLanguageModes: [.v6]
)
