import Foundation
import Testing

/// Compares text with a file below `Fixtures`.
///
/// With `HAGEN_RECORD_SNAPSHOTS=1` in the environment the file is written instead, and the test fails all the same: a
/// run that records is never a run that checks.
enum Snapshot {
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    static func expect(
        _ text: String, matches path: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let file = fixtures.appending(path: path)
        let recorded = try? String(decoding: Data(contentsOf: file), as: UTF8.self)
        if ProcessInfo.processInfo.environment["HAGEN_RECORD_SNAPSHOTS"] == "1" {
            guard recorded != text else { return }
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            Issue.record(
                "recorded \(path): look at the change, then run without HAGEN_RECORD_SNAPSHOTS",
                sourceLocation: sourceLocation)
            return
        }
        guard let recorded else {
            Issue.record(
                "there is no snapshot \(path); record it with HAGEN_RECORD_SNAPSHOTS=1", sourceLocation: sourceLocation)
            return
        }
        #expect(text == recorded, "differs from \(path)", sourceLocation: sourceLocation)
    }
}
