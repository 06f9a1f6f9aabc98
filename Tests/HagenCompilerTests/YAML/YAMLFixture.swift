import Foundation
import Hagen
import HagenCompiler
import Testing

/// One YAML file below `Fixtures/YAML`.
struct YAMLFixture: CustomTestStringConvertible, Sendable {
    let folder: String
    let name: String

    var testDescription: String { name }

    static func all(in folder: String, suffix: String = "yaml") throws -> [YAMLFixture] {
        let files = try FileManager.default.contentsOfDirectory(
            at: Snapshot.fixtures.appending(path: "YAML/\(folder)"), includingPropertiesForKeys: nil)
        return files.filter { $0.pathExtension == suffix }.map { $0.deletingPathExtension().lastPathComponent }.sorted()
            .map { YAMLFixture(folder: folder, name: $0) }
    }

    var source: Source {
        get throws {
            let file = Snapshot.fixtures.appending(path: "YAML/\(folder)/\(name).yaml")
            return Source(name: "\(name).yaml", bytes: Array(try Data(contentsOf: file)))
        }
    }

    func snapshot(_ suffix: String) -> String { "YAML/\(folder)/\(name).\(suffix)" }
}

extension Diagnostic {
    /// Every stretch of source that it names.
    var spans: [SourceSpan] {
        (primary.map { [$0] } ?? []).map(\.span) + secondary.map(\.span) + fixes.flatMap(\.edits).map(\.span)
    }
}

extension Source {
    /// Whether the span lies in the source, and runs forward.
    func holds(_ span: SourceSpan) -> Bool {
        func exists(_ position: SourceSpan.Position) -> Bool {
            guard let line = line(position.line) else { return false }
            return position.column >= 1
                && position.column <= String(decoding: line, as: UTF8.self).unicodeScalars.count + 2
        }
        return span.file == name && span.start <= span.end && exists(span.start) && exists(span.end)
    }
}
