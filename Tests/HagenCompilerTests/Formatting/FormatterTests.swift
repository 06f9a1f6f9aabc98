import Foundation
import Hagen
import Testing

@testable import HagenCompiler

@Suite("The formatter")
struct FormatterTests {
    private static let documents: [(name: String, bytes: [UInt8])] = {
        let roots = [Snapshot.fixtures, ExamplesTests.examples]
        let files = roots.flatMap {
            (FileManager.default.enumerator(at: $0, includingPropertiesForKeys: nil)?.allObjects ?? [])
                .compactMap { $0 as? URL }
        }
        return files.filter { $0.pathExtension == "yaml" && !$0.path.contains("/.build") }
            .sorted { $0.path < $1.path }
            .compactMap { file in (try? Data(contentsOf: file)).map { (file.lastPathComponent, Array($0)) } }
    }()

    /// `nil` where it is refused.
    private static func format(_ source: Source) -> String? {
        if case .formatted(let text) = TopologyFormatter.format(source) { text } else { nil }
    }

    private static func format(_ text: String) -> String? { format(Source(name: "f.yaml", text: text)) }

    @Test("A document with everything in every place is laid out as recorded")
    func layout() throws {
        let text = try String(
            contentsOf: Snapshot.fixtures.appending(path: "Formatting/untidy.yaml"), encoding: .utf8)
        let formatted = try #require(Self.format(text))
        try Snapshot.expect(formatted, matches: "Formatting/tidy.txt")
        #expect(Self.format(formatted) == formatted)
    }

    @Test(
        "Every document of the project is formatted, once and for all, and means the same; what is no YAML is refused")
    func allDocuments() throws {
        #expect(Self.documents.count > 90)
        var formattedCount = 0
        for (name, bytes) in Self.documents {
            let source = Source(name: name, bytes: bytes)
            let before = YAMLFrontEnd.read(source)
            switch TopologyFormatter.format(source) {
            case .formatted(let text):
                formattedCount += 1
                #expect(Self.format(text) == text, "\(name)")
                let after = YAMLFrontEnd.read(Source(name: name, text: text))
                #expect(after.topology?.model == before.topology?.model, "\(name)")
                #expect(
                    after.diagnostics.map(\.message).sorted() == before.diagnostics.map(\.message).sorted(), "\(name)")
            case .refused(let diagnostics):
                #expect(before.topology == nil, "\(name)")
                #expect(diagnostics.hasErrors && !diagnostics.contains { $0.code == DiagnosticCode(97) }, "\(name)")
            }
        }
        #expect(formattedCount > 50)
    }

    @Test("What 'hagen convert' writes is formatted already")
    func conversionsAreFormatted() throws {
        for seed in 0..<200 as Range<UInt64> {
            let model = RandomTopology.model(seed: seed)
            let text = TopologyYAML.text(model)
            #expect(Self.format(text) == text, "seed \(seed)")
        }
    }

    @Test("1,000 mutated documents are refused, or formatted once and for all with the same meaning")
    func mutatedDocuments() throws {
        let documents = Self.documents.map(\.bytes)
        var formattedCount = 0
        for seed in 0..<1000 as Range<UInt64> {
            var mutation = DocumentMutation(seed: seed)
            let source = Source(name: "fuzz.yaml", bytes: mutation.mutate(documents))
            switch TopologyFormatter.format(source) {
            case .formatted(let text):
                formattedCount += 1
                #expect(Self.format(text) == text, "seed \(seed)")
                let (before, after) = (
                    YAMLFrontEnd.read(source), YAMLFrontEnd.read(Source(name: "fuzz.yaml", text: text))
                )
                #expect(before.topology?.model == after.topology?.model, "seed \(seed)")
            case .refused(let diagnostics):
                #expect(diagnostics.hasErrors, "seed \(seed)")
                let isBeyond = diagnostics.map(\.code) == [DiagnosticCode(97)]
                let text = String(decoding: source.bytes, as: UTF8.self)
                let isForeign = text.unicodeScalars.contains { "\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) }
                #expect(!isBeyond || isForeign, "seed \(seed): a part without a layout")
            }
        }
        #expect(formattedCount > 100)
    }

    @Test("Comments, empty lines and indentation put anywhere into good documents are tidied, and no comment is lost")
    func untidyDocuments() throws {
        let texts = try ["complete", "language", "anchors"].map {
            String(decoding: try YAMLFixture(folder: "good", name: $0).source.bytes, as: UTF8.self)
        }
        var tried = 0
        for seed in 0..<400 as Range<UInt64> {
            var untidiness = Untidiness(seed: seed)
            let original = texts[Int(seed) % texts.count]
            let (text, comments) = untidiness.apply(to: original)
            let source = Source(name: "untidy.yaml", text: text)
            // A line in a text of several lines is no comment: then the document means something else.
            guard let model = YAMLFrontEnd.read(source).topology?.model,
                model == YAMLFrontEnd.read(Source(name: "f", text: original)).topology?.model
            else { continue }
            tried += 1
            let formatted = try #require(Self.format(source), "seed \(seed)")
            #expect(YAMLFrontEnd.read(Source(name: "f", text: formatted)).topology?.model == model, "seed \(seed)")
            #expect(Self.format(formatted) == formatted, "seed \(seed)")
            for comment in comments { #expect(formatted.contains(comment), "seed \(seed): \(comment)") }
            #expect(!formatted.contains("\n\n\n") && !formatted.contains("\t#"), "seed \(seed)")
        }
        #expect(tried > 150)
    }

    @Test(
        "Each of these becomes that",
        arguments: [
            ("a:   1\nb:\n- c\n-   d : e\n", "a: 1\nb:\n  - c\n  - d: e\n"),
            ("a: {b: 1,c: [ 1,2 ]}", "a: {b: 1, c: [1, 2]}\n"),
            ("\n\n# top\n\n\n\na: 1   # beside  \n\n\n# end", "# top\n\na: 1   # beside\n\n# end\n"),
            ("a:\n    # in\n    b: 1\n    # below\n# out\nc: 2\n", "a:\n  # in\n  b: 1\n  # below\n# out\nc: 2\n"),
            ("a:\n# one\n- b # two\n# three\n- c\n", "a:\n  # one\n  - b # two\n  # three\n  - c\n"),
            ("a: |\n     x\n       y\n\n\n\nb: 2\n", "a: |\n  x\n    y\n\nb: 2\n"),
            ("a: |+\n   x\n\n\nb: 2\n", "a: |+\n  x\n\n\nb: 2\n"),
            ("a:\n   b: |1\n     x\n", "a:\n  b: |1\n    x\n"),
            ("a: [b, # one\n  c]\n", "a:\n  - b # one\n  - c\n"),
            ("a: \"x\n\n   y\"\n", "a: \"x\n\n  y\"\n"),
            ("a: x\n      y\nb: 'z\n  w' # c\n", "a: x\n  y\nb: 'z\n  w' # c\n"),
            (
                "a: &x\n     b: 1\nc:\n  - *x\n  - &y {d: *x }\n  - <<: *x\n",
                "a: &x\n  b: 1\nc:\n  - *x\n  - &y {d: *x}\n  - <<: *x\n"
            ),
            ("? a\n:   b\n? - c\n: - d\n", nil),
            ("? a\n:   b\n", "? a\n: b\n"),
            ("a:  # why\n   1\n", "a:  # why\n  1\n"),
            ("a:\r\n    b: 1\r\n", "a:\n  b: 1\n"),
            ("%YAML 1.2\n---   # doc\na: 1\n...\n# after\n", "%YAML 1.2\n---   # doc\na: 1\n...\n# after\n"),
            ("a:\n -\n  b: 1\n\n  c: 2\n - \n - - x\n   - y\n", "a:\n  - b: 1\n\n    c: 2\n  -\n  - - x\n    - y\n"),
            ("a: b\n c: d\n", nil),
            ("a: |\n  no end", "a: |\n  no end"),
            ("a: 1         # x\nb: twenty    # y\n", "a: 1         # x\nb: twenty    # y\n"),
            ("a:\n    b: 1       # x\n    c: twenty  # y\n", "a:\n  b: 1       # x\n  c: twenty  # y\n"),
            ("a: 1 # caf\u{E9}\nb: \"\u{1F600}\"  # y\n", "a: 1 # caf\u{E9}\nb: \"\u{1F600}\"  # y\n"),
            ("a: \"x\u{2028}y\"\n", nil),
        ] as [(String, String?)])
    func examples(_ text: String, _ expected: String?) {
        #expect(Self.format(text) == expected)
        if let expected { #expect(Self.format(expected) == expected) }
    }

    @Test("A flow collection that does not fit 100 columns becomes a block; one that fits stays, on one line")
    func longFlow() throws {
        let items = (0..<14).map { "number-\($0)" }
        let long = "list: [\(items.joined(separator: ", "))]\n"
        #expect(Self.format(long) == "list:\n" + items.map { "  - \($0)\n" }.joined())
        #expect(Self.format("list:\n  [\n    a,\n    b,\n  ]\n") == "list: [a, b]\n")
        let pairs = items.prefix(7).map { "\($0): 1" }.joined(separator: ", ")
        let nested = "- {name: first, more: {\(pairs)}, set: {a, b: }, one: [c: d], none: [], \"x\":1}\n"
        let expected = """
            - name: first
              more: {\(pairs)}
              set: {a, b: }
              one: [c: d]
              none: []
              "x": 1

            """
        #expect(Self.format(nested) == expected)
        let commented =
            "a: { # why\n  b: &x [1, # one\n  2], e: &y z,*y : w, # two\n c, # three\n d: [e: f, # four\n {} ]\n # end\n }\n"
        let block = """
            a: # why
              b: &x
                - 1 # one
                - 2
              e: &y z
              *y : w # two
              c: # three
              d:
                - e: f # four
                - {}
              # end

            """
        #expect(Self.format(commented) == block)
        #expect(Self.format(block) == block)
        #expect(Self.format("a: [ # why\n # end\n ] # beside\n") == "a: # why\n  # beside\n  # end\n  []\n")
    }
}

/// Puts comments, empty lines and deeper indentation into a document.
private struct Untidiness {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func apply(to text: String) -> (text: String, comments: [String]) {
        let factor = Int.random(in: 1...3, using: &random)
        var comments: [String] = []
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if Int.random(in: 0..<12, using: &random) == 0 {
                let comment = "# alone \(comments.count)."
                comments.append(comment)
                lines.append(String(repeating: " ", count: Int.random(in: 0...8, using: &random)) + comment + "  ")
            }
            if Int.random(in: 0..<12, using: &random) == 0 {
                lines += Array(repeating: "", count: Int.random(in: 1...4, using: &random))
            }
            let indentation = line.prefix { $0 == " " }.count
            var result = String(repeating: " ", count: indentation * factor) + line.dropFirst(indentation)
            if Int.random(in: 0..<12, using: &random) == 0, !result.contains("#"), !result.isEmpty {
                let comment = "# beside \(comments.count)."
                comments.append(comment)
                result += String(repeating: " ", count: Int.random(in: 1...6, using: &random)) + comment
            }
            // A break within a flow collection.
            if Int.random(in: 0..<8, using: &random) == 0, let comma = result.range(of: ", ") {
                lines.append(String(result[..<comma.upperBound]) + "# inside \(comments.count).")
                comments.append("# inside \(comments.count).")
                result = String(repeating: " ", count: indentation * factor + 4) + result[comma.upperBound...]
            }
            lines.append(result)
        }
        return (lines.joined(separator: "\n"), comments)
    }
}
