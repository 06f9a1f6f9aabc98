import Testing

/// Nobody pays for what nobody imports: each dependency that the manifest gives a target is imported by that target.
@Suite struct DependencyTests {
    /// The modules that each target of `Sources` declares to depend on, read from the manifest's text.
    static func declared(in manifest: String) -> [(target: String, modules: Set<String>)] {
        manifest.matches(
            of: /\.(?:executableTarget|target)\(\s*name: "(\w+)",\s*(?:path: "\w+",\s*)?dependencies: \[([^\]]*)\]/
        )
        .map { match in
            let ofOthers = match.2.matches(of: /(?:server|compiler)\("(\w+)", "[\w.-]+"\)/).map { String($0.1) }
            let ours = match.2.replacing(/(?:server|compiler)\("\w+", "[\w.-]+"\)/, with: "").matches(of: /"(\w+)"/)
                .map { String($0.1) }
            return (String(match.1), Set(ofOthers + ours))
        }
    }

    static func unused(manifest: String, files: [TextFile]) -> [String] {
        declared(in: manifest).flatMap { target, modules -> [String] in
            let imported = Set(
                files.filter { $0.target.map(String.init) == target }
                    .flatMap { ImportTests.imports(in: $0).map(\.module) })
            return modules.subtracting(imported).sorted().map { "\(target) does not import \($0)" }
        }
    }

    @Test func everyDependencyIsImported() throws {
        let manifest = try #require(SourceTree.swift.first { $0.path == "Package.swift" })
        #expect(Self.declared(in: manifest.text).count >= 6)
        #expect(Self.unused(manifest: manifest.text, files: SourceTree.swift) == [])
    }

    @Test func canFail() {
        let manifest = """
            .target(name: "HagenDeploy", dependencies: ["Hagen", server("Crypto", "swift-crypto")], swiftSettings: strict)
            """
        let file = TextFile(path: "Sources/HagenDeploy/A.swift", text: "internal import Hagen")
        #expect(Self.unused(manifest: manifest, files: [file]) == ["HagenDeploy does not import Crypto"])
    }
}
