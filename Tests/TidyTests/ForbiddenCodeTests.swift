import Testing

/// What the house never writes, because it crashes on bad input, hides a race, or leaves work for nobody.
@Suite struct ForbiddenCodeTests {
    struct Ban: Sendable {
        let name: String
        let samples: [String]
        /// Every line that breaks the ban has one of these; they spare the pattern, which is slow.
        let words: [String]
        let pattern: @Sendable (String) -> Bool

        func isBroken(by line: String) -> Bool { words.contains { line.contains($0) } && pattern(line) }
    }

    /// In the code of `Sources`.
    static let inSources = [
        Ban(name: "fatalError", samples: ["fatalError()"], words: ["fatalError("]) { _ in true },
        Ban(name: "try!", samples: ["let a = try! read()"], words: ["try!"]) { _ in true },
        Ban(name: "as!", samples: ["(a as! B).c()"], words: ["as!"]) { $0.contains(/\bas!/) },
        Ban(
            name: "@unchecked Sendable", samples: ["final class A: @unchecked Sendable {}"], words: ["@unchecked"]
        ) { _ in true },
        Ban(
            name: "nonisolated(unsafe)", samples: ["nonisolated(unsafe) var a = 0"], words: ["nonisolated(unsafe)"]
        ) { _ in true },
        Ban(
            name: "a task that nobody waits for",
            samples: ["Task { await run() }", "Task.detached { }", "Task(priority: .high) { }"], words: ["Task"]
        ) { $0.contains(/\bTask(\.detached\b|\s*(\([^)]*\))?\s*\{)/) },
        Ban(
            name: "a thread that sleeps", samples: ["Thread.sleep(forTimeInterval: 1)", "usleep(1)", "sleep(1)"],
            words: ["sleep"]
        ) { $0.contains(/\bThread\.sleep\b|(^|[^.\w])(usleep|sleep|nanosleep)\(/) },
    ]

    /// In the code of `HagenEngine`, whose machines are told the time and touch nothing.
    static let inEngine = [
        Ban(
            name: "a clock",
            samples: [
                "ContinuousClock.now", "ContinuousClock().now", "let now: ContinuousClock.Instant = .now", "Date()",
                "clock_gettime(a, b)",
            ], words: ["now", "Date(", "clock_gettime"]
        ) { $0.contains(/Clock(\(\))?\.now\b|=\s*\.now\b|\bDate\(|clock_gettime/) },
        Ban(
            name: "randomness",
            samples: ["Int.random(in: 0..<3)", "SystemRandomNumberGenerator()", "list.shuffled()"],
            words: ["andom", "shuffled"]
        ) { $0.contains(/\.random\(in: [^,]*\)|SystemRandomNumberGenerator|\.shuffled\(\)|\.randomElement\(\)/) },
        Ban(name: "asynchronous work", samples: ["func a() async {}", "await b()"], words: ["async", "await"]) {
            $0.contains(/\b(async|await)\b/)
        },
        Ban(name: "output", samples: ["print(1)", "logger.info()"], words: ["print(", "logger."]) {
            $0.contains(/\bprint\(|\blogger\./)
        },
    ]

    static func findings(_ bans: [Ban], in files: [TextFile]) -> [Finding] {
        files.flatMap { file in
            file.code.enumerated().flatMap { index, line in
                bans.filter { $0.isBroken(by: line) }.map {
                    Finding(path: file.path, line: index + 1, message: $0.name)
                }
            }
        }
    }

    @Test func sourcesHaveNone() {
        #expect(Self.findings(Self.inSources, in: SourceTree.swift(in: "Sources/")) == [])
    }

    @Test func engineIsPure() {
        let files = SourceTree.swift(in: "Sources/HagenEngine/")
        #expect(!files.isEmpty)
        #expect(Self.findings(Self.inEngine, in: files) == [])
    }

    @Test func canFail() {
        for ban in Self.inSources + Self.inEngine {
            for sample in ban.samples {
                #expect(ban.isBroken(by: sample), "\(ban.name): \(sample)")
            }
        }
        let right = """
            // fatalError( and Task { in words
            let text = "try! \\(a) Task {"; try await Task.sleep(for: .seconds(1)); group.addTask { await run() }
            let all = #"as! "quoted""#; func taskOf() {}; typealias Task2 = Int; precondition(a != b)
            """
        #expect(Self.findings(Self.inSources, in: [TextFile(path: "Sources/A/B.swift", text: right)]) == [])
    }

    /// Work that is put off stands in the tracker, not in a comment.
    @Test func nothingIsPutOff() {
        #expect(Self.putOff(in: SourceTree.all.filter { !$0.path.hasPrefix("Tests/TidyTests/") }) == [])
        #expect(Self.putOff(in: [TextFile(path: "A", text: "a\n// TODO: b\nFIXME c\nmastodon")]).map(\.line) == [2, 3])
    }

    static func putOff(in files: [TextFile]) -> [Finding] {
        files.flatMap { file in
            file.lines.enumerated().compactMap { index, line in
                ["TODO", "FIXME", "XXX"].contains(where: { line.contains($0) }) && line.contains(/\b(TODO|FIXME|XXX)\b/)
                    ? Finding(path: file.path, line: index + 1, message: "work that is put off") : nil
            }
        }
    }

    /// No path of one machine: what is found is found from where the file lies.
    @Test func noPathsOfOneMachine() {
        #expect(Self.machinePaths(in: SourceTree.all.filter { !$0.path.hasPrefix("Tests/TidyTests/") }) == [])
        for sample in ["let a = \"/home/ann/a\"", "cd /work/b", "see /Users/ann", "/root/.cache"] {
            #expect(Self.machinePaths(in: [TextFile(path: "A", text: sample)]).count == 1, "\(sample)")
        }
        let right = TextFile(
            path: "A", text: "the unit's /run/hagen, a path such as a/work/b, https://a.example/home/b")
        #expect(Self.machinePaths(in: [right]) == [])
    }

    private static let machineFolders = ["/home/", "/work/", "/Users/", "/root/"]

    static func machinePaths(in files: [TextFile]) -> [Finding] {
        files.flatMap { file in
            file.lines.enumerated().compactMap { index, line in
                machineFolders.contains(where: { line.contains($0) })
                    && line.contains(/(^|[^\w.])\/(home|work|Users|root)\/\S/)
                    ? Finding(path: file.path, line: index + 1, message: "a path of one machine") : nil
            }
        }
    }
}
