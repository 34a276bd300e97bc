// swift-tools-version: 6.2
import PackageDescription

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "chokepoint",
  products: [
    .library(name: "Chokepoint", targets: ["Chokepoint"]),
    .library(name: "CEL", targets: ["CEL"]),
    .executable(name: "chokepoint", targets: ["ChokepointCommand"]),

    // What Tests/Benchmarks measures, without the drawing library.
    .library(name: "GraphCore", targets: ["GraphCore"]),
    .library(name: "RiskAnalysis", targets: ["RiskAnalysis"]),
    .library(name: "FileFormats", targets: ["FileFormats"]),
    .library(name: "LinearPrograms", targets: ["LinearPrograms"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // The modules, lowest layer first: each names all that it may import, and all of it stands
    // above. LayerTests checks both.
    .module("Diagnostics"),
    .module("GraphCore"),
    .module("CEL", "Diagnostics", exclude: ["README.md"]),
    .module("FaultTrees"),
    .systemLibrary(name: "CHiGHS", pkgConfig: "highs", providers: [.apt(["libhighs-dev"])]),
    .module("LinearPrograms", "CHiGHS"),
    .module("SupplyModel"),
    .module("RiskAnalysis", "FaultTrees", "GraphCore", "LinearPrograms", "SupplyModel"),
    .module("RuleEngine", "CEL", "Diagnostics", "FaultTrees", "RiskAnalysis", "SupplyModel"),
    .module(
      "FileFormats", "CEL", "Diagnostics", "FaultTrees", "GraphCore", "RiskAnalysis", "RuleEngine",
      "SupplyModel", yams),
    .module(
      "Reports", "Diagnostics", "FaultTrees", "RiskAnalysis", "RuleEngine", "SupplyModel",
      exclude: ["JSON.md"], embedded: ["HTML/report.css", "HTML/report.js"]),
    .systemLibrary(name: "CGraphviz", pkgConfig: "libgvc", providers: [.apt(["libgraphviz-dev"])]),
    .target(
      name: "CGraphvizShim", dependencies: ["CGraphviz"],
      cSettings: [.enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error)]),
    .module("GraphvizRendering", "CGraphvizShim", "Reports"),
    .module(
      "Chokepoint", "CEL", "Diagnostics", "FaultTrees", "FileFormats", "GraphvizRendering", "Reports",
      "RiskAnalysis", "RuleEngine", "SupplyModel"),
    .executableTarget(
      name: "ChokepointCommand", dependencies: ["Chokepoint", argumentParser], swiftSettings: .strict),

    .target(
      name: "TestSupport", dependencies: ["FaultTrees", "GraphCore"], path: "Tests/TestSupport",
      swiftSettings: .strict),
    .tests("DiagnosticsTests", "Diagnostics"),
    .tests("GraphCoreTests", "GraphCore", "TestSupport"),
    .tests("CELTests", "CEL", "TestSupport", exclude: ["time-zones.py"]),
    .tests("FaultTreesTests", "FaultTrees", "TestSupport"),
    .tests("LinearProgramsTests", "LinearPrograms", "TestSupport"),
    .tests("SupplyModelTests", "SupplyModel", "TestSupport"),
    .tests(
      "RiskAnalysisTests", "FaultTrees", "GraphCore", "LinearPrograms", "RiskAnalysis", "SupplyModel",
      "TestSupport"),
    .tests(
      "RuleEngineTests", "CEL", "Diagnostics", "FileFormats", "RuleEngine", "SupplyModel",
      "TestSupport"),
    .tests(
      "FileFormatsTests", "CEL", "Diagnostics", "FaultTrees", "FileFormats", "GraphCore", "RiskAnalysis",
      "RuleEngine",
      "SupplyModel", "TestSupport"),
    .tests(
      "ReportsTests", "CEL", "Diagnostics", "FaultTrees", "GraphCore", "Reports", "RiskAnalysis",
      "RuleEngine", "SupplyModel",
      "TestSupport", exclude: ["Snapshots"]),
    .tests("GraphvizRenderingTests", "GraphvizRendering", "Reports"),
    .tests(
      "ChokepointCommandTests", "Chokepoint", "ChokepointCommand", "TestSupport", exclude: ["sarif.py"]),
    .tests("ArchitectureTests"),
  ],
  swiftLanguageModes: [.v6]
)

extension Target {
  static func module(
    _ name: String, _ dependencies: Target.Dependency..., exclude: [String] = [], embedded: [String] = []
  ) -> Target {
    .target(
      name: name, dependencies: dependencies, exclude: exclude,
      resources: embedded.map { .embedInCode($0) }, swiftSettings: .strict)
  }

  static func tests(_ name: String, _ dependencies: Target.Dependency..., exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: .strict)
  }
}

extension [SwiftSetting] {
  static var strict: [SwiftSetting] {
    [
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("InternalImportsByDefault"),
      .enableUpcomingFeature("MemberImportVisibility"),
      .strictMemorySafety(),
      .treatAllWarnings(as: .error),
    ]
  }
}
