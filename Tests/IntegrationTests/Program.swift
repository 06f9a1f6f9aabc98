import Foundation

/// A built command of this package, started for a test. What it prints goes to files, which no reader can hold up.
final class Program: Sendable {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    private let process: Process
    private let outputFile, errorFile: URL
    let processID: Int32

    /// - Parameter name: `hagen` or `hagend`.
    convenience init(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], folder: TestFolder
    ) throws {
        try self.init(executable: Self.path(of: name), arguments, environment: environment, folder: folder)
    }

    init(
        executable: String, _ arguments: [String], environment: [String: String] = [:], folder: TestFolder,
        input: FileHandle = .nullDevice
    ) throws {
        process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(["SWIFT_BACKTRACE": "enable=no", "NO_COLOR": "1"]) { $1 }.merging(environment) { $1 }
        process.currentDirectoryURL = folder.url
        process.standardInput = input
        let number = UInt32.random(in: .min ... .max)
        outputFile = folder.url.appending(path: ".\(number).out")
        errorFile = folder.url.appending(path: ".\(number).err")
        for file in [outputFile, errorFile] {
            _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        }
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try process.run()
        processID = process.processIdentifier
    }

    var output: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }
    var isRunning: Bool { process.isRunning }

    func send(_ signal: Int32) { if process.isRunning { kill(processID, signal) } }

    /// Waits for its end; one that does not end in time is killed, and its status is that of SIGKILL.
    func result(within limit: Duration = .seconds(120)) async -> Result {
        if await !eventually(within: limit, { !process.isRunning }) { kill(processID, SIGKILL) }
        process.waitUntilExit()
        return Result(status: process.terminationStatus, output: output, errors: errors)
    }

    static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], folder: TestFolder
    ) async throws -> Result {
        try await Program(name, arguments, environment: environment, folder: folder).result()
    }

    static func run(executable: String, _ arguments: [String], folder: TestFolder) async throws -> Result {
        try await Program(executable: executable, arguments, folder: folder).result()
    }

    /// Of a command of this package.
    static func path(of name: String) -> String { products.appending(path: name).path }

    /// Where the commands and this test were built.
    private static var products: URL {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: own).deletingLastPathComponent()
    }
}

/// A new folder for one test, with a space in its name; removed with it.
final class TestFolder: Sendable {
    let url: URL
    var path: String { url.path }

    init() throws {
        // Short: sockets lie below it.
        url = URL(filePath: "/tmp/hagen \(String(UInt32.random(in: .min ... .max), radix: 36))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, to name: String) throws {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    func text(of name: String) -> String {
        (try? String(contentsOf: url.appending(path: name), encoding: .utf8)) ?? ""
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: url.appending(path: name).path) }

    func contents(of name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: url.appending(path: name).path)) ?? []).sorted()
    }
}

/// The repository that this file lies in.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
}

/// Waits until the condition holds; `false` at the deadline.
func eventually(within limit: Duration, _ condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return try await condition()
}
