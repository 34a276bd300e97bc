// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "GraphBenchmarks",
  dependencies: [.package(name: "chokepoint", path: "../../..")],
  targets: [
    .executableTarget(
      name: "GraphBenchmarks",
      dependencies: [
        .product(name: "FileFormats", package: "chokepoint"),
        .product(name: "GraphCore", package: "chokepoint"),
        .product(name: "RiskAnalysis", package: "chokepoint"),
      ],
      path: "GraphBenchmarks")
  ],
  swiftLanguageModes: [.v6]
)
