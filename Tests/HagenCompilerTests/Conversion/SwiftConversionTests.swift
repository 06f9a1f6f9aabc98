import Foundation
import Hagen
import Testing

@testable import HagenCompiler

@Suite("Conversion to Swift")
struct SwiftConversionTests {
    private static func read(_ text: String) throws -> Topology {
        let (topology, diagnostics) = YAMLFrontEnd.read(Source(name: "shop.yaml", text: text))
        #expect(diagnostics == [])
        return try #require(topology)
    }

    @Test("The example of the language's page is written as recorded")
    func languageExample() throws {
        let topology = try #require(
            try YAMLFrontEnd.read(YAMLFixture(folder: "good", name: "language").source).topology)
        let (text, diagnostics) = Conversion.swift(of: topology)
        #expect(diagnostics == [])
        // Not named as Swift: the project's formatter would want to have it.
        try Snapshot.expect(try #require(text), matches: "Conversion/language.swift.txt")
        #expect(Conversion.swift(of: topology).text == text)
    }

    @Test(
        "48 random models in Swift compile, are formatted, and mean the same", .timeLimit(.minutes(5)))
    func roundTrip() async throws {
        let folder = try ScratchFolder()
        var models: [Model.Topology] = []
        var types: [String] = []
        var files: [String] = []
        for seed in 0..<48 as Range<UInt64> {
            let model = RandomTopology.model(seed: seed, isForSwift: true, prefix: "t\(seed)x-", parts: 12)
            let (text, diagnostics) = Conversion.swift(of: Topology(model: model, sources: SourceMap()))
            #expect(diagnostics == [], "seed \(seed)")
            let source = try #require(text, "seed \(seed)")
            let type = try #require(source.firstMatch(of: /struct (\w+): Infrastructure/)).output.1
            models.append(model)
            types.append(String(type))
            // One program has one entry.
            let file = folder.url.appending(path: "Topology\(seed).swift")
            try Data(source.replacing("@main\n", with: "").utf8).write(to: file)
            files.append(file.path)
        }
        #expect(Set(types).count == types.count)
        let main = folder.url.appending(path: "main.swift")
        try Data(Self.program(types).utf8).write(to: main)
        let products = try Self.products
        let objects = try FileManager.default.contentsOfDirectory(atPath: products.path + "/Hagen.build")
            .filter { $0.hasSuffix(".o") }.map { products.path + "/Hagen.build/" + $0 }
        let program = folder.url.appending(path: "program").path
        let start = ContinuousClock.now
        let build = try await ProgramRun(
            [
                "swiftc", "-swift-version", "6", "-Onone", "-j", "2", "-I", products.path + "/Modules", "-o", program,
                main.path,
            ]
                + files + objects, in: folder.url, seconds: 240)
        try #require(build.exitCode == 0, "\(build.errors.prefix(4000))")
        print("\(models.count) converted topologies compiled in \(start.duration(to: .now))")
        let run = try await ProgramRun([program], in: folder.url)
        let lines = run.output.split(separator: "\n")
        try #require(lines.count == models.count, "\(run.errors)")
        for (line, model) in zip(lines, models) {
            let read = try JSONDecoder().decode(Model.Topology.self, from: Data(line.utf8))
            #expect(Self.sorted(read) == Self.sorted(model), "\(model.name)")
        }
        // A text that is longer than a line is so in every layout.
        let short = try files.filter { file in
            try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").allSatisfy { $0.utf8.count <= 120 }
        }
        #expect(short.count >= 3)
        let lint = try await ProgramRun(
            ["swift", "format", "lint", "--strict", "--configuration", Self.configuration] + short, in: folder.url)
        #expect(lint.exitCode == 0, "\(lint.errors.prefix(3000))")
    }

    /// Swift collects hosts and receivers by their uses: their order means nothing.
    private static func sorted(_ model: Model.Topology) -> Model.Topology {
        var model = model
        model.hosts.sort { $0.name < $1.name }
        model.monitoring.receivers.sort { $0.name < $1.name }
        return model
    }

    private static func program(_ types: [String]) -> String {
        let models = types.map { "    \($0)().topology,\n" }.joined()
        return """
            import FoundationEssentials
            import Hagen

            let encoder = JSONEncoder()
            for topology in [
            \(models)] as [Topology] {
                print(String(decoding: try encoder.encode(topology.model), as: UTF8.self))
            }

            """
    }

    private static let configuration = Snapshot.fixtures.appending(path: "../../../.swift-format").standardizedFileURL
        .path

    /// Where the modules and their objects lie.
    private static var products: URL {
        get throws {
            let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return URL(filePath: program).deletingLastPathComponent()
        }
    }

    @Test("No type of the DSL has the name that a topology's own type may get")
    func reservedTypes() throws {
        let folder = Snapshot.fixtures.appending(path: "../../../Sources/Hagen").standardizedFileURL
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
        var names: Set<String> = []
        for file in files.compactMap({ $0 as? URL }) where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /(?m)^public (?:struct|enum|protocol|typealias|class) (\w+)/) {
                names.insert(String(match.output.1))
            }
        }
        #expect(names.count > 50)
        #expect(names.subtracting(SourceIdentifiers.reservedTypes).sorted() == [])
    }

    @Test("What Swift's types refuse is refused, each at its place")
    func refused() throws {
        let source = try String(
            contentsOf: Snapshot.fixtures.appending(path: "Conversion/not-in-swift.yaml"), encoding: .utf8)
        let (text, diagnostics) = Conversion.swift(of: try Self.read(source))
        #expect(text == nil)
        #expect(Set(diagnostics.map(\.code)) == [DiagnosticCode(95)])
        let report = HumanRenderer(sources: [Source(name: "shop.yaml", text: source)])
            .render(DiagnosticReport(diagnostics))
        try Snapshot.expect(report, matches: "Conversion/not-in-swift.txt")
        let example = NotExpressible.inSwift.explanation.example
        #expect(Conversion.swift(of: try Self.read(example)).diagnostics.count == 1)
    }
}
