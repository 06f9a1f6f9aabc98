import Foundation
import HagenCompiler
import Testing

/// Goal: what is written as YAML is read back as what it was, by readers of either version of YAML.
@Suite struct YAMLWriterTests {
    /// Texts that a careless writer would turn into something else.
    static let hostile: [String] = [
        "", " ", "a", "a b", " a", "a ", "a: b", "a:b", "a:", ":a", "a #b", "a#b", "#a", "- a", "-a", "-", "---", "...",
        "? a", "?a", "!a", "&a", "*a", "|", ">", "@a", "`a", "%a", "99.99%", "'a'", "it's", "''", "\"a\"", "a\"b", "\\",
        "a\\nb", "[a]", "{a}", "a,b", "a]", "{{ $value }}", "a{b=\"c\"} > 1", "null", "Null", "~", "true", "True",
        "yes",
        "No", "on", "OFF", "y", "N", "=", "<<", "0", "-1", "+1", "007", "0o17", "0x1F", "0b11", "1_000", "1.5", ".5",
        "1.", "1e3", "1.5e+3", "12:30", "1:30:00", "2026-01-01", "2026-01-01T00:00:00Z", "2001-12-14 21:59:43", ".inf",
        "-.inf", ".nan", "+.INF", "5m", "1s", "16MiB", "10.0.0.11", "10.0.0.11/24", "10.0.0.11:8080", "::1", "fd00::1",
        "fd00::", "[::1]:80", "a\nb", "a\n", "\n", "\t", "a\tb", "a\rb", "\u{0}", "\u{7}", "\u{85}", "\u{A0}", "é",
        "日本", "😀", "\u{2028}", "\u{FEFF}a", "e\u{301}", "$HOME", "${a}", "https://example.com/a?b=c&d", "a : b",
        "0.", "+", ".", "1,000", "٣",
    ]

    /// Goal: in every place where a text may stand, it stays the same text.
    @Test(.enabled(if: hasPythonYAML, "needs python3-yaml")) func textsAreReadBack() throws {
        let entries = Self.hostile.enumerated().map { YAMLValue.Entry("\($0.offset):" + $0.element, .text($0.element)) }
        let texts = Self.hostile.map { YAMLValue.text($0) }
        let value = YAMLValue.mapping([
            .init("list", .list(texts)), .init("line", .list(texts, .line)), .init("mapping", .mapping(entries)),
            .init("lines", .list(texts.map { .list([$0, $0], .line) })),
            .init("inline", .list(entries.map { .mapping([$0], .line) })),
            .init("nested", .list([.list([.mapping([.init("a", "b"), .init("c", .list(["d"]))])])])),
        ])
        let read = try PythonYAML.read(YAMLWriter.text(value, comment: "One.\n\nTwo."))
        let expected: [String: Any] = [
            "list": Self.hostile, "line": Self.hostile, "lines": Self.hostile.map { [$0, $0] },
            "mapping": Dictionary(
                uniqueKeysWithValues: Self.hostile.enumerated().map { ("\($0.offset):" + $0.element, $0.element) }),
            "inline": Self.hostile.enumerated().map { ["\($0.offset):" + $0.element: $0.element] },
            "nested": [[["a": "b", "c": ["d"]] as [String: Any]]],
        ]
        #expect(read == NSDictionary(dictionary: expected))
    }

    /// Goal: numbers, truths and nothing are what they are, and empty collections are no nothing.
    @Test(.enabled(if: hasPythonYAML, "needs python3-yaml")) func otherScalarsAreReadBack() throws {
        let value = YAMLValue.mapping([
            .init("integer", .integer(-5)), .init("decimal", .decimal(0.85)), .init("flag", .flag(true)),
            .init("null", .null), .init("list", .list([])), .init("mapping", .mapping([])),
        ])
        let expected: [String: Any] = [
            "integer": -5, "decimal": 0.85, "flag": true, "null": NSNull(), "list": [Any](), "mapping": [String: Any](),
        ]
        #expect(try PythonYAML.read(YAMLWriter.text(value)) == NSDictionary(dictionary: expected))
    }

    /// Goal: the layout is the one that people write.
    @Test func layout() {
        let value = YAMLValue.mapping([
            .init("name", "shop"),
            .init("hosts", .list([.mapping([.init("a", .integer(1)), .init("b", .list(["x", "z"], .line))])])),
            .init("short", .mapping([.init("host", "a1"), .init("at", "12:30")], .line), because: "Why.\nAnd how."),
            .init("long", .list((0..<12).map { .text("number-\($0)") }, .line)),
        ])
        #expect(
            YAMLWriter.text(value) == """
                name: shop
                hosts:
                  - a: 1
                    b: [x, z]
                # Why.
                # And how.
                short: {host: a1, at: '12:30'}
                long:
                  - number-0
                  - number-1
                  - number-2
                  - number-3
                  - number-4
                  - number-5
                  - number-6
                  - number-7
                  - number-8
                  - number-9
                  - number-10
                  - number-11

                """)
    }

    static let hasPythonYAML = PythonYAML.isInstalled
}

/// PyYAML, a reader of YAML 1.1 that is not ours: what it reads goes back as JSON.
private enum PythonYAML {
    static var isInstalled: Bool { (try? run("import yaml", input: "")) != nil }

    struct Failure: Error { var output: String }

    static func read(_ text: String) throws -> NSDictionary {
        let json = try run("import json,sys,yaml; json.dump(yaml.safe_load(sys.stdin.buffer), sys.stdout)", input: text)
        guard let object = try JSONSerialization.jsonObject(with: json) as? NSDictionary else {
            throw Failure(output: "no mapping")
        }
        return object
    }

    private static func run(_ program: String, input: String) throws -> Data {
        let file = FileManager.default.temporaryDirectory.appending(path: "hagen-\(UUID().uuidString).yaml")
        try Data(input.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", program]
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(output: String(decoding: data, as: UTF8.self)) }
        return data
    }
}
