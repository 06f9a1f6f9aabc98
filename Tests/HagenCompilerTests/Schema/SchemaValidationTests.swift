import Foundation
import Hagen
import Testing

@testable import HagenCompiler

/// The schema in the hands of an independent validator: `jsonschema` of Python, over documents read by PyYAML.
@Suite("The schema, held by another validator")
struct SchemaValidationTests {
    private struct Verdict: Decodable {
        let path: String
        /// Why the document is not YAML.
        let problem: String?
        let errors: [String]
    }

    /// The script also holds the schema against the metaschema of draft-07.
    private static func verdicts(on documents: [URL]) async throws -> [Verdict] {
        let folder = try ScratchFolder()
        let schema = folder.url.appending(path: "hagen.schema.json")
        try Data(TopologySchema.text.utf8).write(to: schema)
        let run = try await ProgramRun(
            ["python3", Snapshot.fixtures.appending(path: "Schema/validate.py").path, schema.path],
            input: documents.map(\.path).joined(separator: "\n"), in: folder.url)
        try #require(run.exitCode == 0, "needs the packages python3-jsonschema and python3-yaml: \(run.errors)")
        let verdicts = try run.output.split(separator: "\n").map {
            try JSONDecoder().decode(Verdict.self, from: Data($0.utf8))
        }
        try #require(verdicts.map(\.path) == documents.map(\.path))
        return verdicts
    }

    private static func file(_ fixture: YAMLFixture) -> URL {
        Snapshot.fixtures.appending(path: "YAML/\(fixture.folder)/\(fixture.name).yaml")
    }

    @Test("Every example and every good document passes")
    func goodDocuments() async throws {
        let fixtures = try YAMLFixture.all(in: "good") + YAMLFixture.all(in: "near-misses")
        let documents = ExamplesTests.documents + fixtures.map(Self.file)
        #expect(documents.count > 20)
        for verdict in try await Self.verdicts(on: documents) {
            #expect(verdict.problem == nil && verdict.errors == [], "\(verdict.path)")
        }
    }

    /// Broken documents that pass, and why a schema cannot tell.
    private static let inexpressible = [
        "duplicate-keys": "a validator sees the mapping that a loader made of the keys",
        "merge-of-text": "what '<<' means is the loader's affair",
    ]

    @Test("Every broken document whose fault is one of shape fails")
    func brokenDocuments() async throws {
        let fixtures = try YAMLFixture.all(in: "broken")
        let verdicts = try await Self.verdicts(on: fixtures.map(Self.file))
        var failed = 0
        for (fixture, verdict) in zip(fixtures, verdicts) {
            let codes = YAMLFrontEnd.read(try fixture.source).diagnostics.map(\.code)
            let isAboutYAML = codes.allSatisfy { code in
                ReaderCode.allCases.contains { $0.code == code && $0.isAboutYAML }
            }
            if isAboutYAML {
                // Not YAML, or no matter of shape: what the other loader makes of it says nothing about the schema.
                continue
            } else if Self.inexpressible[fixture.name] != nil {
                #expect(verdict.errors == [], "\(fixture.name) can be told after all: take it off the list")
            } else {
                #expect(verdict.problem != nil || !verdict.errors.isEmpty, "\(fixture.name)")
                failed += verdict.errors.isEmpty ? 0 : 1
            }
        }
        #expect(failed > 25)
    }

    @Test("Of 400 documents with a wrong value, key or part, the schema refuses those that the reader refuses")
    func mutatedDocuments() async throws {
        let folder = try ScratchFolder()
        let document = try YAMLFixture(folder: "good", name: "complete").source
        var files: [URL] = []
        var accepted: [Bool] = []
        for seed in 0..<400 {
            var mutation = ShapeMutation(seed: UInt64(seed))
            let text = mutation.mutate(document)
            let file = folder.url.appending(path: "\(seed).yaml")
            try Data(text.utf8).write(to: file)
            files.append(file)
            accepted.append(YAMLFrontEnd.read(Source(name: "\(seed).yaml", text: text)).topology != nil)
        }
        #expect(accepted.filter { $0 }.count > 30)
        #expect(accepted.filter { !$0 }.count > 150)
        for (verdict, isAccepted) in zip(try await Self.verdicts(on: files), accepted) {
            let isValid = verdict.problem == nil && verdict.errors.isEmpty
            guard isValid != isAccepted else { continue }
            let original = Set(String(decoding: document.bytes, as: UTF8.self).split(separator: "\n"))
            let changed = try String(contentsOfFile: verdict.path, encoding: .utf8).split(separator: "\n")
                .filter { !original.contains($0) }
            Issue.record("\(verdict.errors) \(verdict.problem ?? "") in: \(changed)")
        }
    }
}

extension ReaderCode {
    /// A fault of a document, whatever it is about.
    fileprivate var isAboutYAML: Bool {
        switch self {
        case .syntax, .tab, .notText, .empty, .beyondBounds, .severalDocuments, .alias, .tag, .merge, .complexKey,
            .duplicateKey:
            true
        default: false
        }
    }
}

/// One change of one value, key or entry of a document.
private struct ShapeMutation {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private static let values = [
        "5", "0", "-1", "70000", "true", "false", "null", "[]", "{}", "[a1]", "{a: b}", "a1", "orders", "api.members",
        "10.0.0.1", "10.0.0.1/8", "10.0.0.1:80", "1s", "0s", "16MiB", "99%", "100.5%", "02:00", "/ready", "\"\"", "a b",
        "synchronous", "self", "'5'", "1.5", "client-address",
    ]

    mutating func mutate(_ source: Source) -> String {
        var findings = Findings(limit: 1)
        guard let (root, files) = YAMLTreeBuilder.tree(of: source, &findings) else { return "" }
        var spans: [(SourceSpan, isKey: Bool)] = []
        Self.collect(root, files, &spans)
        let (span, isKey) = spans[Int.random(in: 1..<spans.count, using: &random)]
        var bytes = source.bytes
        let replacement = isKey ? "unheard" : Self.values.randomElement(using: &random) ?? ""
        bytes.replaceSubrange(source.byte(at: span.start)..<source.byte(at: span.end), with: Array(replacement.utf8))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Keys, and values that stand in one line.
    private static func collect(_ node: YAMLNode, _ files: FileNames, _ spans: inout [(SourceSpan, isKey: Bool)]) {
        if node.start.line == node.end.line { spans.append((node.span(in: files), false)) }
        for entry in node.entries ?? [] {
            spans.append((entry.keySpan(in: files), true))
            collect(entry.value, files, &spans)
        }
        for item in node.items ?? [] { collect(item, files, &spans) }
    }
}
