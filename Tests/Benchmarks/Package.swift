// swift-tools-version: 6.2
import PackageDescription

// The data plane without the rest of the product, so that a release build takes a minute. `Sources` holds links to what
// it consists of: its interface has `package` access, which ends at a package's border.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "benchmarks",
    targets: [
        .target(name: "CLinux"),
        .target(name: "Hagen", swiftSettings: strict),
        .target(name: "HagenEngine", dependencies: ["Hagen"], swiftSettings: strict),
        .target(name: "HagenProxy", dependencies: ["Hagen", "HagenEngine", "CLinux"], swiftSettings: strict),
        .executableTarget(name: "BalancerBenchmark", dependencies: ["Hagen", "HagenProxy"], swiftSettings: strict),
    ]
)
