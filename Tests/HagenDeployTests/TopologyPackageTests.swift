import Foundation
import Hagen
import Testing

@testable import HagenDeploy

/// A topology in Swift is built and run, and its model is read over a pipe; each way in which that fails has its words.
/// The package here does not use Hagen, so that it can do wrong what Hagen does right.
@Suite(.serialized, .timeLimit(.minutes(5))) struct TopologyPackageTests {
    private static func package(products: String = "", program: String = "") throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(
            """
            // swift-tools-version: 6.0
            import PackageDescription
            let package = Package(name: "fake", products: [\(products)], targets: [.executableTarget(name: "Fake")])
            """, to: "Package.swift")
        try folder.write(program, to: "Sources/Fake/main.swift")
        return folder
    }

    private static let program = """
        import Glibc
        func environment(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
        let descriptor = Int32(environment("HAGEN_MODEL_FD")) ?? -1
        func hand(_ text: String) { _ = text.withCString { write(descriptor, $0, strlen($0)) } }
        print("a topology may print what it likes")
        switch environment("CASE") {
        case "good": hand(environment("MODEL"))
        case "mismatch": hand("{\\"modelVersion\\": 4711}")
        case "garbage": hand("{")
        case "silent": break
        case "failing": exit(5)
        case "endless": while true { pause() }
        case "large": while write(descriptor, environment("MODEL"), strlen(environment("MODEL"))) > 0 {}
        default: exit(6)
        }
        """

    private func load(_ folder: TemporaryFolder, _ variables: [String: String] = [:]) async throws -> Topology {
        var environment = ProcessInfo.processInfo.environment
        environment.merge(variables) { $1 }
        var limits = TopologyPackage.Limits()
        limits.modelBytes = 1 << 20
        if variables["CASE"] == "endless" { limits.runTime = .seconds(1) }
        return try await TopologyPackage(folder: folder.path, environment: environment, limits: limits).load()
    }

    @Test func whatAProgramMayDo() async throws {
        let folder = try Self.package(program: Self.program)
        let model = Model.Topology(name: "shop")
        let json = try JSONEncoder().encode(Topology(model: model, sources: SourceMap()))
        let good = ["CASE": "good", "MODEL": String(decoding: json, as: UTF8.self)]
        #expect(try await load(folder, good).model == model)

        for (name, words) in [
            ("mismatch", "this topology was built with version 4711"), ("garbage", "cannot read the model"),
            ("silent", "handed over no topology"), ("failing", "ended with exit status 5"),
            ("endless", "did not end within 1s"), ("large", "handed over more than 1 MiB"),
        ] {
            let error = await #expect(throws: DeployError.self) {
                try await load(folder, ["CASE": name, "MODEL": good["MODEL"]!])
            }
            #expect(error?.message.contains(words) == true, "\(name): \(error?.message ?? "")")
        }
    }

    @Test func severalExecutablesAreNamed() async throws {
        let folder = try Self.package(
            products: ".executable(name: \"one\", targets: [\"Fake\"]), .executable(name: \"two\", targets: [\"Fake\"])"
        )
        let error = await #expect(throws: DeployError.self) { try await load(folder) }
        #expect(error?.message.hasSuffix("has several executables: one, two") == true, "\(error?.message ?? "")")
    }

    @Test func aPackageThatDoesNotBuild() async throws {
        let folder = try Self.package(program: "let number: Int = \"text\"")
        let error = await #expect(throws: DeployError.self) { try await load(folder) }
        #expect(error?.message.hasSuffix("does not build") == true, "\(error?.message ?? "")")
    }

    @Test func withoutAToolchain() async throws {
        let folder = try Self.package()
        let error = await #expect(throws: DeployError.self) { try await load(folder, ["PATH": "/nowhere"]) }
        #expect(error?.message.contains("'swift' is not in PATH") == true)
    }
}
