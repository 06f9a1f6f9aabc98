import Foundation
import Testing

/// The goal: alerts and notifications happen exactly when the scenarios say, and nothing else does.
@Suite struct MonitoringScenarioTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/Monitoring")

    static let files =
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?
        .filter { $0.hasSuffix(".txt") }.sorted() ?? []

    @Test func thereAreScenarios() {
        #expect(Self.files.count >= 7)
    }

    @Test(arguments: files)
    func scenario(file: String) throws {
        let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
        let (expected, actual) = try Scenario.run(text)
        #expect(actual == expected, "\(file)\n\(actual)")
    }
}
