// swift-tools-version: 6.2
import PackageDescription

// What a library user writes: a package that depends on Chokepoint and adds a rule of its own in Swift.
let package = Package(
  name: "native-rule",
  dependencies: [.package(name: "chokepoint", path: "../..")],
  targets: [
    .executableTarget(
      name: "NativeRule", dependencies: [.product(name: "Chokepoint", package: "chokepoint")],
      swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)])
  ],
  swiftLanguageModes: [.v6]
)
