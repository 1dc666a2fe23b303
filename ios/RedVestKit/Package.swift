// swift-tools-version: 6.0
import PackageDescription

// The core comes in one of two ways. With CORE_LIB_DIR (Linux, a Mac's own tests) the static library of this machine is
// linked from that folder; the package then has to be the root or a local one, because of the unsafe flag. Without it
// the XCFramework that ios/tools/xcframework makes is used, as apps do. Generated sources are put into place by
// ios/tools/prepare and are never committed.
let libraries = Context.environment["CORE_LIB_DIR"]

let core: Target =
  if libraries == nil {
    .binaryTarget(name: "RedVestCoreFFI", path: "RedVestCore.xcframework")
  } else {
    .systemLibrary(name: "RedVestCoreFFI", path: "Sources/RedVestCoreFFI")
  }

let linking: [LinkerSetting] =
  if let libraries {
    [
      .unsafeFlags(["-L\(libraries)"]), .linkedLibrary("redvest_core"),
      // The Observation library of Swift 6.0 on Linux names a function that no library has and that nothing calls.
      .unsafeFlags(["-Xlinker", "--allow-shlib-undefined"], .when(platforms: [.linux])),
    ]
  } else {
    []
  }

let package = Package(
  name: "RedVestKit",
  defaultLocalization: "en",
  platforms: [.iOS(.v17), .macOS(.v14)],
  products: [
    .library(name: "RedVestKit", targets: ["RedVestKit"])
  ],
  targets: [
    core,
    .target(
      name: "RedVestCore",
      dependencies: ["RedVestCoreFFI"],
      // Generated; the compiler 6.0.3 crashes on such code in Swift 6 mode.
      swiftSettings: [.swiftLanguageMode(.v5)],
      linkerSettings: linking
    ),
    .target(
      name: "RedVestKit",
      dependencies: ["RedVestCore"],
      resources: [.process("Resources")]
    ),
    // A device for the story that tests tell in three languages; no product.
    .executableTarget(
      name: "redvest-desk",
      dependencies: ["RedVestKit"]
    ),
    .testTarget(
      name: "RedVestKitTests",
      dependencies: ["RedVestKit"]
    ),
  ],
  swiftLanguageModes: [.v6]
)
