// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "shop",
    dependencies: [
        // Outside of Hagen's own repository: .package(url: "…", from: "…", traits: [])
        .package(name: "hagen", path: "../..", traits: [])
    ],
    targets: [
        .executableTarget(name: "Shop", dependencies: [.product(name: "HagenDSL", package: "hagen")])
    ]
)
