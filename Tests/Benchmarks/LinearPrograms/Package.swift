// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "SurvivalBenchmark",
  dependencies: [.package(name: "chokepoint", path: "../../..")],
  targets: [
    .executableTarget(
      name: "SurvivalBenchmark",
      dependencies: [.product(name: "RiskAnalysis", package: "chokepoint")],
      path: "SurvivalBenchmark")
  ],
  swiftLanguageModes: [.v6]
)
