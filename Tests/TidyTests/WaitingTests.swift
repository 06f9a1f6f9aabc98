import Testing

/// No test sleeps for luck: a sleep stands in a loop that waits for a condition.
@Suite struct WaitingTests {
    /// Sleeps that are no waiting, each with its reason.
    static let exceptions: [String: String] = [:]

    @Test func sleepsStandInLoops() {
        let files = SourceTree.swift(in: "Tests/").filter { !$0.path.hasPrefix("Tests/TidyTests/") }
        #expect(!files.isEmpty)
        #expect(Self.findings(in: files) == [])
    }

    @Test func canFail() {
        let text = """
            func wait() async throws {
                while true {
                    if a {
                        try await Task.sleep(for: .seconds(1))
                    }
                }
                try await Task.sleep(for: .seconds(1))
                usleep(5)
            }
            """
        #expect(Self.findings(in: [TextFile(path: "Tests/A/B.swift", text: text)]).map(\.line) == [7, 8])
    }

    static func findings(in files: [TextFile]) -> [Finding] {
        files.filter { exceptions[$0.path] == nil }.flatMap { file -> [Finding] in
            let lines = file.code
            return lines.indices.compactMap { index in
                guard lines[index].contains("sleep"),
                    lines[index].contains(/\bTask\.sleep\b|\.sleep\(|(^|[^.\w])(usleep|sleep|nanosleep)\(/),
                    !isInLoop(lines, index)
                else { return nil }
                return Finding(path: file.path, line: index + 1, message: "a sleep without a condition around it")
            }
        }
    }

    /// Whether a line that encloses this one, by its indentation, opens a loop.
    private static func isInLoop(_ lines: [String], _ index: Int) -> Bool {
        let loop = /^\s*(\}\s*)?(\w+:\s*)?(while|repeat|for)\b/
        if lines[index].contains(loop) { return true }
        var indentation = width(lines[index])
        for line in lines[..<index].reversed() where !line.allSatisfy(\.isWhitespace) && width(line) < indentation {
            if line.contains(loop) { return true }
            if line.contains(/\bfunc\b/) { return false }
            indentation = width(line)
        }
        return false
    }

    private static func width(_ line: String) -> Int { line.prefix { $0 == " " }.count }
}
