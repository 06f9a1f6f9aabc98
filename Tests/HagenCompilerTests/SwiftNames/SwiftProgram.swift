import Foundation

/// A program of a few files, compiled as strictly as any package may ask for, and run.
enum SwiftProgram {
    /// It did not compile, or did not end well.
    struct Failure: Error {
        var messages: String
    }

    /// - Returns: What it printed.
    static func run(_ files: [String: String]) async throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hagen names \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        let program = folder.appending(path: "program").path
        let upcoming = ["ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"]
        let compiler =
            [
                "swiftc", "-swift-version", "6", "-warnings-as-errors", "-package-name", "test", "-module-name",
                "Program",
            ]
            + upcoming.flatMap { ["-enable-upcoming-feature", $0] }
            + files.keys.sorted().map { folder.appending(path: $0).path } + ["-o", program]
        try await start(compiler, in: folder)
        return try await start([program], in: folder)
    }

    @discardableResult
    private static func start(_ command: [String], in folder: URL) async throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["timeout", "--kill-after=5", "200"] + command
        process.standardInput = FileHandle.nullDevice
        let (output, errors) = (folder.appending(path: ".out"), folder.appending(path: ".err"))
        for file in [output, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        guard process.terminationStatus == 0 else {
            throw Failure(messages: try text(of: errors) + text(of: output))
        }
        return try text(of: output)
    }

    private static func text(of file: URL) throws -> String {
        String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }
}
