import Foundation

/// A program that a test runs to its end.
struct ProgramRun {
    let exitCode: Int32
    let output: String
    let errors: String

    /// - Parameters:
    ///   - arguments: The program, which is looked for in `PATH`, and its arguments.
    ///   - input: What it reads from standard input.
    ///   - environment: Variables besides those of the test.
    ///   - seconds: After so many it is ended, and its exit code is 124.
    init(
        _ arguments: [String], input: String = "", in folder: URL, environment: [String: String] = [:],
        seconds: Int = 120
    ) async throws {
        let name = UUID().uuidString
        let files = ["in", "out", "err"].map { folder.appending(path: ".\(name).\($0)") }
        try Data(input.utf8).write(to: files[0])
        for file in files[1...] { try Data().write(to: file) }
        defer { for file in files { try? FileManager.default.removeItem(at: file) } }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["timeout", "--kill-after=5", "\(seconds)"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        exitCode = process.terminationStatus
        output = String(decoding: try Data(contentsOf: files[1]), as: UTF8.self)
        errors = String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
    }
}

/// A new folder for one test, with a space in its name; removed with it.
final class ScratchFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "hagen compiler \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
