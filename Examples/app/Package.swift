// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "app",
    dependencies: [
        // Outside of Hagen's own repository: .package(url: "…", from: "…", traits: ["Compiler"])
        .package(name: "hagen", path: "../..", traits: ["Compiler"])
    ],
    targets: [
        .executableTarget(
            name: "Reach", exclude: ["serve.py"], plugins: [.plugin(name: "HagenBuild", package: "hagen")])
    ]
)
