import Foundation
import Testing

@testable import Hagen
@testable import HagenCompiler

/// Every folder of `Examples` is right as it stands, and the one in both forms means the same in both.
@Suite struct ExamplesTests {
    static let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Examples")

    /// The YAML topologies of all examples.
    static let documents: [URL] = {
        let files = FileManager.default.enumerator(at: examples, includingPropertiesForKeys: nil)?.allObjects ?? []
        return files.compactMap { $0 as? URL }
            .filter { $0.lastPathComponent == "topology.yaml" && !$0.path.contains("/.build") }
            .sorted { $0.path < $1.path }
    }()

    @Test func yamlExamples() throws {
        #expect(!Self.documents.isEmpty)
        for file in Self.documents {
            try Self.expectRight(try Self.readYAML(file), in: file.deletingLastPathComponent())
        }
    }

    /// Goal: both environments are right, and each has what it says and the rest of the base.
    @Test func environments() throws {
        let folder = Self.examples.appending(path: "environments")
        let base = try Self.readYAML(folder.appending(path: "topology.yaml"))
        let staging = try Self.readYAML(folder.appending(path: "staging.yaml"))
        let production = try Self.readYAML(folder.appending(path: "production.yaml"))
        for topology in [staging, production] { try Self.expectRight(topology, in: folder) }
        #expect(base.model.monitoring.alerts.count == 1)
        #expect(staging.model.monitoring == Model.Monitoring())
        #expect(production.model.monitoring == base.model.monitoring)
        #expect(staging.model.hosts == base.model.hosts)
        #expect(production.model.hosts.map(\.name) == ["n1", "s1", "w1"])
        #expect(staging.model.balancers == base.model.balancers)
        #expect(production.model.clusters[0].workload == base.model.clusters[0].workload)
        #expect(production.model.clusters[0].minimumHealthy == 2)
        let place = production.sources.span(of: .root["clusters"][0]["minimumHealthy"])
        #expect(place?.file.hasSuffix("production.yaml") == true)
    }

    /// The picture in the project's README is the one that `hagen graph` draws today.
    @Test func pictureOfTheQuickstart() throws {
        let topology = try Self.readYAML(Self.examples.appending(path: "quickstart/topology.yaml"))
        let release = try #require(Compiler.compile(topology, placement: .declared).release)
        let graph = try #require(Emitters.files(for: release).first { $0.path == "graph.svg" })
        try Snapshot.expect(graph.contents, matches: "../../../Examples/quickstart/graph.svg")
    }

    /// And so is the one in Mermaid.
    @Test func mermaidOfTheQuickstart() throws {
        let topology = try Self.readYAML(Self.examples.appending(path: "quickstart/topology.yaml"))
        let readme = try String(contentsOf: Self.examples.appending(path: "../README.md"), encoding: .utf8)
        let drawn = MermaidEmitter.text(TopologyOverview(topology.model, placement: .declared))
        #expect(readme.contains("```mermaid\n\(drawn)```\n"))
    }

    @Test(.timeLimit(.minutes(10)))
    func shopInBothForms() async throws {
        let swift = try await Self.runPackage(Self.examples.appending(path: "shop"))
        try Self.expectRight(swift, in: Self.examples.appending(path: "shop"))
        #expect(swift.sources.span(of: .root["clusters"][0])?.file == "Sources/Shop/Shop.swift")
        let yaml = try Self.readYAML(Self.examples.appending(path: "shop/yaml/topology.yaml"))
        // Swift collects the hosts by their uses, YAML declares them: their order means nothing.
        #expect(Self.sortingHosts(swift.model) == Self.sortingHosts(yaml.model))
    }

    /// The comparison can fail.
    @Test func differencesAreSeen() throws {
        let model = try Self.readYAML(Self.examples.appending(path: "shop/yaml/topology.yaml")).model
        var other = model
        other.hosts.reverse()
        #expect(Self.sortingHosts(other) == Self.sortingHosts(model))
        other.hosts[0].zone = "elsewhere"
        #expect(Self.sortingHosts(other) != Self.sortingHosts(model))
    }

    private static func sortingHosts(_ model: Model.Topology) -> Model.Topology {
        var model = model
        model.hosts.sort { $0.name < $1.name }
        return model
    }

    /// No finding in any placement, a release for each, and every program that is meant to lie beside the topology does.
    private static func expectRight(_ topology: Topology, in folder: URL) throws {
        for placement in [Placement.declared, .loopback] {
            let (release, diagnostics) = Compiler.compile(topology, placement: placement)
            #expect(diagnostics == [], "\(folder.path), \(placement)")
            #expect(release?.hosts.count == topology.model.hosts.count)
        }
        for cluster in topology.model.clusters {
            guard case .process(let process) = cluster.workload else { continue }
            let command = try #require(process.command.first)
            // A word without a slash is looked for in PATH; whether the host has it is not the example's to say.
            guard command.contains("/") else { continue }
            let program = folder.appending(path: command)
            #expect(FileManager.default.isExecutableFile(atPath: program.path), "\(program.path)")
        }
    }

    private static func readYAML(_ file: URL) throws -> Topology {
        let reading = YAMLFrontEnd.read(file.path) { name in
            let bytes = FileManager.default.contents(atPath: name).map { Array($0) }
            return bytes.map { .success(Source(name: name, bytes: $0)) } ?? .failure(UnavailableSource("is not there"))
        }
        #expect(reading.diagnostics == [])
        return try #require(reading.topology)
    }

    /// Builds a topology's package outside of its folder, and reads what it hands over.
    private static func runPackage(_ package: URL) async throws -> Topology {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "hagen example \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let model = scratch.appending(path: "model.json")
        // The paths are arguments of the script, never part of it. Swift keeps its lock out of the package's folder.
        let script = """
            timeout --kill-after=5 500 swift build --package-path "$1" --scratch-path "$2/build" --product Shop >&2 &&
            HAGEN_MODEL_FD=3 HAGEN_PACKAGE_ROOT="$1" timeout 30 "$2/build/debug/Shop" 3>"$2/model.json"
            """
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", script, "bash", package.path, scratch.path]
        let messages = scratch.appending(path: "messages")
        try Data().write(to: messages)
        process.standardInput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: messages)
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        let said = try String(contentsOf: messages, encoding: .utf8)
        try #require(process.terminationStatus == 0, "\(said)")
        return try JSONDecoder().decode(Topology.self, from: Data(contentsOf: model))
    }
}
