import Foundation
import Testing

/// The formatter, as configured in the repository, has nothing to say.
@Suite struct FormatTests {
    @Test(.timeLimit(.minutes(5)))
    func sourcesAreFormatted() async throws {
        let places = ["Sources", "Plugins", "Templates", "Tests", "Examples", "Package.swift"]
            .map { SourceTree.root.appending(path: $0).path }.filter { FileManager.default.fileExists(atPath: $0) }
        let result = try await Self.lint(places)
        #expect(result.exitCode == 0, "run 'swift format -i -r' on these:\n\(result.output)")
    }

    @Test(.timeLimit(.minutes(5)))
    func canFail() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hagen tidy \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "Sample.swift")
        try Data("struct  A { var b : Int ; }".utf8).write(to: file)
        #expect(try await Self.lint([file.path]).exitCode != 0)
    }

    private static func lint(_ places: [String]) async throws -> (exitCode: Int32, output: String) {
        let output = FileManager.default.temporaryDirectory.appending(path: "hagen-format-\(UUID().uuidString)")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let configuration = SourceTree.root.appending(path: ".swift-format").path
        process.arguments =
            ["swift", "format", "lint", "--strict", "--recursive", "--parallel", "--configuration", configuration]
            + places
        process.standardInput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: output)
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        return (process.terminationStatus, try String(contentsOf: output, encoding: .utf8))
    }
}
