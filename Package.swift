// swift-tools-version: 6.2
import PackageDescription

/// Every target of this package is built this strictly; a warning is an error.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// A product of another package, needed by the tools and the runtime, never by a topology written in Swift.
func server(_ product: String, _ package: String) -> Target.Dependency {
    .product(name: product, package: package, condition: .when(traits: ["Server"]))
}

/// A product of another package, needed by the compiler, and so by the plugins too.
func compiler(_ product: String, _ package: String) -> Target.Dependency {
    .product(name: product, package: package, condition: .when(traits: ["Compiler"]))
}

let package = Package(
    name: "hagen",
    products: [
        // Not `Hagen`: it would differ from the command `hagen` by case alone.
        .library(name: "HagenDSL", targets: ["Hagen"]),
        .executable(name: "hagen", targets: ["HagenTool"]),
        .executable(name: "hagend", targets: ["HagenDaemon"]),
        .plugin(name: "HagenBuild", targets: ["HagenBuild"]),
        .plugin(name: "HagenCommand", targets: ["HagenCommand"]),
    ],
    traits: [
        .default(enabledTraits: ["Server"]),
        .trait(
            name: "Server",
            description: "The tools and the runtime. A topology package needs none of it: name `traits: []`.",
            enabledTraits: ["Compiler"]),
        .trait(
            name: "Compiler",
            description: "The compiler alone, without a package that takes long to build."),
    ],
    dependencies: [
        // The commands' arguments, help and completion.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Structured logs of the engines.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Pages and READMEs.
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        // HTTP of coordinator and /metrics.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        // Webhooks, checks, client of the store.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // Start and clean stop of the engines.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // SQLite: the embedded store's disk.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // The authentication of the agents' datagrams.
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
        // The wire under the control sockets and heartbeats.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // Certificates of the client of the store; what async-http-client speaks TLS with.
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.36.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "CLinux"),
        .target(name: "Hagen", swiftSettings: strict),
        .target(name: "PromQL", swiftSettings: strict),
        .target(
            name: "HagenTemplates", path: "Templates",
            resources: [.embedInCode("release.md.mustache"), .embedInCode("report.html.mustache")],
            swiftSettings: strict),
        .target(
            name: "HagenCompiler",
            dependencies: [
                "Hagen", "PromQL", "CLibYAML", "HagenTemplates", compiler("Mustache", "swift-mustache"),
            ], swiftSettings: strict),
        // The tool of both plugins: the compiler and nothing else, because every project that uses them builds it.
        .executableTarget(name: "HagenPluginTool", dependencies: ["Hagen", "HagenCompiler"], swiftSettings: strict),
        .plugin(name: "HagenBuild", capability: .buildTool(), dependencies: ["HagenPluginTool"]),
        .plugin(
            name: "HagenCommand",
            // No permission is asked for: what is written goes into the plugin's own folder, or where the user said.
            capability: .command(
                intent: .custom(
                    verb: "hagen", description: "Validates, compiles and draws the topologies of a package.")),
            dependencies: ["HagenPluginTool"]),
        .target(name: "HagenEngine", dependencies: ["Hagen", "PromQL"], swiftSettings: strict),
        .target(name: "HagenSimulator", dependencies: ["Hagen", "HagenEngine"], swiftSettings: strict),
        .target(name: "HagenProxy", dependencies: ["Hagen", "HagenEngine", "CLinux"], swiftSettings: strict),
        .target(
            name: "HagenRuntime",
            dependencies: [
                "Hagen", "HagenEngine", "HagenProxy", "PromQL", "CLinux",
                server("Logging", "swift-log"), server("Hummingbird", "hummingbird"),
                server("HummingbirdCore", "hummingbird"),
                server("AsyncHTTPClient", "async-http-client"), server("ServiceLifecycle", "swift-service-lifecycle"),
                server("UnixSignals", "swift-service-lifecycle"), server("GRDB", "GRDB.swift"),
                server("NIOCore", "swift-nio"), server("NIOPosix", "swift-nio"),
                server("NIOHTTP1", "swift-nio"), server("NIOFoundationCompat", "swift-nio"),
                server("NIOSSL", "swift-nio-ssl"),
                server("Crypto", "swift-crypto"),
            ], swiftSettings: strict),
        .target(name: "HagenDeploy", dependencies: ["Hagen", "CLinux"], swiftSettings: strict),
        .executableTarget(
            name: "HagenTool",
            dependencies: [
                "Hagen", "HagenCompiler", "HagenSimulator", "HagenDeploy",
                server("ArgumentParser", "swift-argument-parser"),
            ], swiftSettings: strict),
        .executableTarget(
            name: "HagenDaemon",
            dependencies: [
                "Hagen", "HagenRuntime", server("ArgumentParser", "swift-argument-parser"),
                server("Logging", "swift-log"),
            ], swiftSettings: strict),
        .testTarget(name: "HagenTests", dependencies: ["Hagen"], exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(name: "PromQLTests", dependencies: ["PromQL"], swiftSettings: strict),
        .testTarget(
            // The runtime: what compiles must be what every engine takes.
            name: "HagenCompilerTests",
            dependencies: ["Hagen", "HagenCompiler", "HagenEngine", "HagenRuntime", "HagenSimulator", "PromQL"],
            exclude: ["Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "HagenEngineTests", dependencies: ["Hagen", "HagenEngine", "PromQL"], exclude: ["Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "HagenSimulatorTests", dependencies: ["Hagen", "HagenEngine", "HagenSimulator"],
            swiftSettings: strict),
        .testTarget(
            name: "HagenProxyTests", dependencies: ["Hagen", "HagenEngine", "HagenProxy", "CLinux"],
            swiftSettings: strict),
        .testTarget(
            name: "HagenRuntimeTests",
            dependencies: [
                // The simulator: its store passes the same contract.
                "Hagen", "HagenEngine", "HagenRuntime", "HagenSimulator", "PromQL", "CLinux",
                server("Logging", "swift-log"), server("ServiceLifecycle", "swift-service-lifecycle"),
                server("Hummingbird", "hummingbird"),
            ], swiftSettings: strict),
        .testTarget(name: "HagenDeployTests", dependencies: ["Hagen", "HagenDeploy"], swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
        // Runs the built commands, so it depends on them.
        .testTarget(
            name: "IntegrationTests", dependencies: ["Hagen", "HagenDeploy", "HagenTool", "HagenDaemon"],
            swiftSettings: strict),
    ]
)
