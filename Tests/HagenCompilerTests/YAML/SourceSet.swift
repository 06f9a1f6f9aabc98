import Foundation
import Hagen
import HagenCompiler
import Testing

/// Several files in one text: a line `--- # NAME` begins each but the first.
struct SourceSet: Sendable {
    let sources: [Source]

    init(_ text: String, first: String) {
        var name = first
        var lines: [Substring] = []
        var sources: [Source] = []
        func end() { sources.append(Source(name: name, text: lines.joined(separator: "\n") + "\n")) }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("--- # ") {
                end()
                name = String(line.dropFirst(6))
                lines = []
            } else {
                lines.append(line)
            }
        }
        if lines.last == "" { lines.removeLast() }
        end()
        self.sources = sources
    }

    init(_ sources: [Source]) { self.sources = sources }

    func load(_ name: String) -> Result<Source, UnavailableSource> {
        sources.first { $0.name == name }.map { .success($0) } ?? .failure(UnavailableSource("is not there"))
    }

    func read(limits: YAMLLimits = YAMLLimits()) -> YAMLReading {
        YAMLFrontEnd.read(sources[0].name, limits: limits, loading: load)
    }

    /// What the reader and the rules find, as a person sees it.
    func rendered() -> String {
        let reading = YAMLFrontEnd.readForRules(sources[0].name, loading: load)
        let found = reading.topology.map { Compiler.check($0, placement: .declared) } ?? []
        return HumanRenderer(sources: reading.sources).render(DiagnosticReport(reading.diagnostics + found))
    }
}

extension YAMLFixture {
    /// The several files of a fixture, its own name the first's.
    func sourceSet(first: String = "topology.yaml") throws -> SourceSet {
        let file = Snapshot.fixtures.appending(path: "YAML/\(folder)/\(name).files")
        return SourceSet(try String(contentsOf: file, encoding: .utf8), first: first)
    }

    static func sets(in folder: String) throws -> [YAMLFixture] {
        try all(in: folder, suffix: "files")
    }
}
