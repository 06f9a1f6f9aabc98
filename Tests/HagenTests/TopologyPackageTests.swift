import Foundation
import Testing

@testable import Hagen

/// A topology package names `traits: []` and the product `HagenDSL`, and needs nothing else: it resolves no other
/// package, builds in seconds, also from a clone whose path has a space, and hands its model over.
@Suite struct TopologyPackageTests {
    @Test(.timeLimit(.minutes(10)))
    func languageExampleAsAPackage() async throws {
        let folder = try Repository.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let clone = folder.appending(path: "a clone of it")
        try Self.copyRepository(to: clone)
        let package = folder.appending(path: "shop")
        let sources = package.appending(path: "Sources/Shop")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        // Not named as Swift, because the page's layout is not the formatter's.
        try FileManager.default.copyItem(
            at: Repository.fixtures.appending(path: "LanguageExample.txt"), to: sources.appending(path: "Shop.swift"))
        try Self.manifest.write(
            to: package.appending(path: "Package.swift"), atomically: true, encoding: .utf8)
        let contradiction = package.appending(path: "Sources/Twice")
        try FileManager.default.createDirectory(at: contradiction, withIntermediateDirectories: true)
        try Self.contradiction.write(
            to: contradiction.appending(path: "Twice.swift"), atomically: true, encoding: .utf8)
        let scratch = folder.appending(path: "scratch")

        let start = ContinuousClock.now
        let build = try await run(
            ["swift", "build", "--scratch-path", scratch.path], in: package, within: .seconds(500))
        print("a topology package built in \(start.duration(to: .now)), \(build.userSeconds) s of user time")
        try #require(build.exitCode == 0, "\(build.standardOutput)\(build.standardError)")

        let resolved = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: scratch.appending(path: "workspace-state.json")))
                as? [String: Any])
        let dependencies = try #require((resolved["object"] as? [String: Any])?["dependencies"] as? [[String: Any]])
        #expect(dependencies.count == 1, "only the repository itself: \(dependencies)")
        for fetched in ["checkouts", "repositories"] {
            let names =
                (try? FileManager.default.contentsOfDirectory(atPath: scratch.appending(path: fetched).path)) ?? []
            #expect(names == [], "\(fetched)")
        }

        let program = scratch.appending(path: "debug/Shop")
        try await Self.handsOver(program, package: package, scratch: folder)
        try await Self.saysWhatIsWrong(program)
        try await Self.refusesContradictions(scratch.appending(path: "debug/Twice"), package: package)
    }

    /// The model and the places of its parts are those of the page; a path in the package is relative to it.
    private static func handsOver(_ program: URL, package: URL, scratch: URL) async throws {
        let output = scratch.appending(path: "model.json")
        let link = scratch.appending(path: "link")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: package)
        for root in [package.path, link.path + "/"] {
            let result = try await run(
                [program.path], environment: ["HAGEN_MODEL_FD": "3", "HAGEN_PACKAGE_ROOT": root],
                descriptorThree: output)
            #expect(result.exitCode == 0, "\(result.standardError)")
            #expect(result.standardOutput == "")
            let topology = try JSONDecoder().decode(Topology.self, from: Data(contentsOf: output))
            #expect(topology.model == LanguageExample.model)
            #expect(topology.sources == LanguageExample.sources(file: "Sources/Shop/Shop.swift"))
        }
    }

    /// What the braces say twice is an error at its place, and nothing is handed over.
    private static func refusesContradictions(_ program: URL, package: URL) async throws {
        let result = try await run(
            [program.path], environment: ["HAGEN_MODEL_FD": "3", "HAGEN_PACKAGE_ROOT": package.path])
        #expect(result.exitCode == 1)
        let expected = "Sources/Twice/Twice.swift:8:23: error: a second 'Monitoring': a topology has one\n"
        #expect(result.standardError == expected)
    }

    private static let contradiction = """
        import Hagen

        @main
        struct Twice: Infrastructure {
            var topology: Topology {
                Topology("twice") {
                    Monitoring(every: .seconds(1))
                    Monitoring(every: .seconds(2))
                }
            }
        }

        """

    private static func saysWhatIsWrong(_ program: URL) async throws {
        let help = try await run([program.path])
        #expect(help.exitCode == 0)
        #expect(help.standardOutput.contains("hagen validate"))

        for (descriptor, reason) in [
            ("seven", "HAGEN_MODEL_FD is 'seven', which is not a descriptor's number"),
            ("-1", "HAGEN_MODEL_FD is '-1', which is not a descriptor's number"),
            ("9", "HAGEN_MODEL_FD names descriptor 9, which is not open"),
        ] {
            let result = try await run([program.path], environment: ["HAGEN_MODEL_FD": descriptor])
            #expect(result.exitCode == 1)
            #expect(result.standardError == "error: cannot hand the topology to hagen: \(reason)\n")
        }
        let full = try await run(
            [program.path], environment: ["HAGEN_MODEL_FD": "3"], descriptorThree: URL(filePath: "/dev/full"))
        #expect(full.exitCode == 1)
        #expect(full.standardError.contains("writing to descriptor 3: No space left on device"))
        // The reader ends without reading, so the pipe breaks.
        let broken = try await run(
            ["bash", "-c", #"HAGEN_MODEL_FD=3 "$0" 3> >(exec true); exit $?"#, program.path])
        #expect(broken.exitCode == 1)
        #expect(broken.standardError.contains("writing to descriptor 3: Broken pipe"))
    }

    /// What a clone has, without what was built in it.
    private static func copyRepository(to clone: URL) throws {
        try FileManager.default.createDirectory(at: clone, withIntermediateDirectories: true)
        for name in ["Package.swift", "Sources", "Templates", "Plugins", "Tests"] {
            let source = Repository.root.appending(path: name)
            guard FileManager.default.fileExists(atPath: source.path) else { continue }
            try FileManager.default.copyItem(at: source, to: clone.appending(path: name))
        }
    }

    private static let manifest = """
        // swift-tools-version: 6.2
        import PackageDescription

        let package = Package(
            name: "shop",
            dependencies: [.package(name: "hagen", path: "../a clone of it", traits: [])],
            targets: [
                .executableTarget(name: "Shop", dependencies: [.product(name: "HagenDSL", package: "hagen")]),
                .executableTarget(name: "Twice", dependencies: [.product(name: "HagenDSL", package: "hagen")]),
            ]
        )

        """
}
