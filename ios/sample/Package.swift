// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "Sample",
  platforms: [.iOS(.v17), .macOS(.v14)],
  dependencies: [.package(path: "../RedVestKit")],
  targets: [
    .executableTarget(name: "Sample", dependencies: [.product(name: "RedVestKit", package: "RedVestKit")])
  ]
)
