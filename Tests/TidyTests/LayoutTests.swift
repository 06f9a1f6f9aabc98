import Testing

/// The repository has the shape of the design: its top level, its names, the size of its files.
@Suite struct LayoutTests {
    static let topLevel: Set<String> = [
        "Package.swift", "README.md", "Sources", "Plugins", "Templates", "Examples", "Tests",
    ]

    /// Files above the limit, each with the argument for it.
    static let longFiles: [String: String] = [:]
    static let lineLimit = 400

    /// Pairs that the design wants although they differ by case alone: the module, and the command of the same name,
    /// which is no folder and no module.
    static let casePairs: Set<Set<String>> = [["Hagen", "hagen"]]

    @Test func topLevelIsAsDesigned() {
        #expect(Self.strangers(SourceTree.topLevel) == [])
        #expect(Self.strangers(["Package.swift", "scripts", "docs"]) == ["docs", "scripts"])
    }

    @Test func namesDifferByMoreThanCase() throws {
        let manifest = try #require(SourceTree.swift.first { $0.path == "Package.swift" })
        let names = Set(manifest.text.matches(of: /name: "([^"]+)"/).map { String($0.1) })
        #expect(names.contains("HagenDSL"), "the manifest was read")
        #expect(Self.sameButCase(names) == [])
        #expect(Self.sameButCase(SourceTree.paths) == [])
        #expect(Self.sameButCase(["Hagen", "hagen", "PromQL", "promql"]) == ["PromQL promql"])
        #expect(Self.sameButCase(["Sources/Hagen/", "Sources/hagen/"]) == ["Sources/Hagen/ Sources/hagen/"])
    }

    @Test func filesAreShort() {
        let sources = SourceTree.swift(in: "Sources/")
        #expect(!sources.isEmpty)
        #expect(Self.tooLong(sources) == [])
        let long = TextFile(path: "Sources/A/Long.swift", text: String(repeating: "\n", count: 400))
        #expect(Self.tooLong([long]).map(\.path) == ["Sources/A/Long.swift"])
        for path in Self.longFiles.keys.sorted() {
            #expect(sources.contains { $0.path == path && $0.lines.count > Self.lineLimit }, "\(path) is short by now")
        }
    }

    @Test func namesSayWhatThingsAre() {
        #expect(Self.vague(SourceTree.paths, SourceTree.swift) == [])
        let declaration = TextFile(path: "Sources/A/B.swift", text: "struct Fine {}\nfinal class LeaseManager {}")
        #expect(Self.vague([], [declaration]).map(\.line) == [2])
        #expect(
            Self.vague(["Sources/A/Utils/", "Sources/A/StringHelpers.swift", "Sources/A/Commons.swift"], []).count == 2)
    }

    static func strangers(_ names: [String]) -> [String] { Set(names).subtracting(topLevel).sorted() }

    static func sameButCase(_ names: some Sequence<String>) -> [String] {
        Dictionary(grouping: names) { $0.lowercased() }.values
            .filter { $0.count > 1 && !casePairs.contains(Set($0)) }
            .map { $0.sorted().joined(separator: " ") }.sorted()
    }

    static func tooLong(_ files: [TextFile]) -> [Finding] {
        files.filter { $0.lines.count > lineLimit && longFiles[$0.path] == nil }
            .map { Finding(path: $0.path, message: "\($0.lines.count) lines: split it, or argue for it in the list") }
    }

    static func vague(_ paths: [String], _ files: [TextFile]) -> [Finding] {
        let named = paths.map { path in
            (path: path, line: nil as Int?, name: path.split(separator: "/").last?.split(separator: ".").first ?? "")
        }
        let declared = files.flatMap { file in
            file.code.enumerated().compactMap { index, line -> (path: String, line: Int?, name: Substring)? in
                guard vagueWords.contains(where: { line.contains($0) }),
                    let name = line.firstMatch(of: /\b(?:class|struct|enum|actor|protocol)\s+(\w+)/)?.1
                else { return nil }
                return (file.path, index + 1, name)
            }
        }
        return (named + declared).filter { found in
            vagueWords.contains { found.name.hasSuffix($0) } && terms[String(found.name)] == nil
        }
        .map { Finding(path: $0.path, line: $0.line, message: "a name that says nothing") }
    }

    static let vagueWords = ["Util", "Utils", "Utilities", "Common", "Helper", "Helpers", "Manager", "Managers"]
    /// Names that end in such a word and are a term of the field, each with its meaning.
    static let terms = ["ServiceManager": "systemd's word for itself, in the protocol of sd_notify(3)"]
}
