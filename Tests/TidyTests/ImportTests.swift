import Testing

/// Who may import whom: the table of the design, with what the code needed besides and why.
@Suite struct ImportTests {
    /// What each target may import of ours, and of others.
    static let table: [String: (ours: Set<String>, others: Set<String>)] = [
        "Hagen": ([], []),
        "PromQL": ([], []),
        "HagenTemplates": ([], []),
        "HagenCompiler": (
            // No Crypto: the build plugin builds the compiler in every project that uses it, and BoringSSL takes longer.
            ["Hagen", "PromQL", "CLibYAML", "HagenTemplates"], ["FoundationEssentials", "Mustache"]
        ),
        "HagenEngine": (["Hagen", "PromQL"], ["Collections"]),
        "HagenSimulator": (["Hagen", "HagenEngine"], ["Collections"]),
        "HagenProxy": (["Hagen", "HagenEngine", "CLinux", "COpenSSL", "CNGHTTP2"], ["Glibc", "Synchronization"]),
        "HagenRuntime": (
            ["Hagen", "HagenEngine", "HagenProxy", "PromQL", "HagenTemplates", "CLinux", "CLibPQ", "CMariaDB"],
            [
                "Logging", "Foundation", "FoundationEssentials", "Glibc", "Synchronization", "ServiceLifecycle",
                "UnixSignals", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOFoundationCompat", "NIOSSL", "Hummingbird",
                "HummingbirdCore",
                "HTTPTypes", "AsyncHTTPClient", "GRDB", "Crypto",
            ]
        ),
        "HagenDeploy": (["Hagen"], ["Subprocess", "Crypto", "Logging", "Foundation", "FoundationEssentials", "Glibc"]),
        "HagenTool": (
            ["Hagen", "HagenCompiler", "HagenSimulator", "HagenDeploy", "PromQL"],
            ["ArgumentParser", "Foundation", "FoundationEssentials"]
        ),
        "HagenPluginTool": (["Hagen", "HagenCompiler"], ["FoundationEssentials", "Glibc"]),
        "HagenDaemon": (["Hagen", "HagenRuntime", "HagenDeploy"], ["ArgumentParser", "Logging"]),
    ]

    /// Plugins look at files and start their tool, for which SwiftPM's own module has nothing.
    static let pluginModules: Set<String> = ["PackagePlugin", "Foundation"]

    /// Where the code needs more than the table of the design has, and why. One that nobody uses is removed.
    static let deviations: [Deviation] = [
        Deviation(
            "Sources/Hagen/DSL/Infrastructure.swift", ["FoundationEssentials", "Glibc"],
            "a topology's program encodes its model and writes it to a descriptor; nothing else of Hagen does"),
        Deviation(
            "Sources/HagenEngine/Failover/SuspicionDetector.swift", ["Glibc"],
            "erfc and log10: pure functions that Swift's standard library does not have"),
        Deviation(
            "Sources/HagenDeploy/", ["CLinux"],
            "the lab ends processes by descriptor and reaps those whose parent died, which Glibc's module lacks"),
        Deviation(
            "Sources/HagenDeploy/DescriptorEvents.swift", ["Dispatch"],
            "an async wait for a descriptor, in a room that has no event loop of its own"),
        Deviation(
            "Sources/HagenTool/Presentation/StopSignals.swift", ["Dispatch"],
            "a command that runs until Ctrl-C hears of it; the tools have no service group that would tell them"),
        Deviation(
            "Sources/HagenDaemon/", ["FoundationEssentials"],
            "a subcommand reads the environment, which says what systemd handed over"),
    ]

    struct Deviation: Sendable {
        /// A file, or a folder that ends with `/`.
        let place: String
        let modules: Set<String>
        let reason: String

        init(_ place: String, _ modules: Set<String>, _ reason: String) {
            (self.place, self.modules, self.reason) = (place, modules, reason)
        }

        func covers(_ path: String) -> Bool { place.hasSuffix("/") ? path.hasPrefix(place) : path == place }
    }

    static func findings(in files: [TextFile], deviations: [Deviation] = deviations) -> [Finding] {
        files.flatMap { file -> [Finding] in
            guard let target = file.target else { return [] }
            let room = file.path.hasPrefix("Plugins/") ? ([], pluginModules) : table[String(target)]
            return imports(in: file).compactMap { module, line in
                guard let room else {
                    return Finding(path: file.path, line: line, message: "'\(target)' is not in the table")
                }
                if room.0.contains(module) || room.1.contains(module) { return nil }
                if deviations.contains(where: { $0.covers(file.path) && $0.modules.contains(module) }) { return nil }
                return Finding(path: file.path, line: line, message: "\(target) may not import \(module)")
            }
        }
    }

    static func imports(in file: TextFile) -> [(module: String, line: Int)] {
        file.code.enumerated().compactMap { index, line in
            guard line.contains("import ") else { return nil }
            let words = line.split(separator: " ")
            guard let keyword = words.firstIndex(of: "import"), words[..<keyword].allSatisfy(isModifier),
                var name = words[words.index(after: keyword)...].first
            else { return nil }
            // `import struct Foundation.Date` names a kind before the module.
            if ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"].contains(name) {
                name = words[words.index(keyword, offsetBy: 2)]
            }
            return (String(name.prefix { $0 != "." }), index + 1)
        }
    }

    private static func isModifier(_ word: Substring) -> Bool {
        word.hasPrefix("@") || ["public", "package", "internal", "private", "fileprivate"].contains(word)
    }

    @Test func everyImportIsInTheTable() {
        #expect(Self.findings(in: SourceTree.swift) == [])
    }

    @Test func everyDeviationIsUsed() {
        for deviation in Self.deviations {
            let used = SourceTree.swift.filter { deviation.covers($0.path) }.flatMap {
                Self.imports(in: $0).map(\.module)
            }
            #expect(deviation.modules.subtracting(used) == [], "\(deviation.place): \(deviation.reason)")
        }
    }

    @Test(arguments: [
        ("Sources/HagenEngine/Clock.swift", "internal import Foundation"),
        ("Sources/HagenEngine/Clock.swift", "@_exported public import Glibc"),
        ("Sources/Hagen/Model/Host.swift", "internal import FoundationEssentials"),
        ("Sources/HagenCompiler/Files.swift", "import struct Foundation.URL"),
        ("Sources/HagenUnheardOf/File.swift", "import Hagen"),
        ("Plugins/HagenBuild/Plugin.swift", "import Hagen"),
    ])
    func canFail(path: String, text: String) {
        #expect(Self.findings(in: [TextFile(path: path, text: "// words\n" + text)]).map(\.line) == [2])
    }

    @Test func ignoresWhatIsNoImport() {
        let text = "// import Foundation\nlet text = \"\"\"\nimport Foundation\n\"\"\"\ninternal import Hagen"
        #expect(Self.findings(in: [TextFile(path: "Sources/HagenEngine/A.swift", text: text)]) == [])
    }
}
