import Foundation
import Hagen
import HagenRuntime
import Synchronization
import Testing

/// A real `hagend coordinator` of a test's own.
final class CoordinatorProcess: Sendable {
    let directory: TemporaryDirectory
    let port: Int
    private let process = Mutex<Process?>(nil)

    init() throws {
        directory = try TemporaryDirectory()
        port = try freePort()
        _ = try directory.folder("runtime")
        _ = try directory.folder("state")
        _ = try directory.file(
            "coordinator.json",
            #"{"schemaVersion": 1, "topology": "test", "host": "coordinator", "listen": "127.0.0.1:\#(port)"}"#)
    }

    deinit { process.withLock { if let process = $0, process.isRunning { kill(process.processIdentifier, SIGKILL) } } }

    var endpoint: String { "http://127.0.0.1:\(port)" }
    var processID: Int32 { process.withLock { $0?.processIdentifier ?? 0 } }

    /// Starts it and waits until its control socket answers.
    ///
    /// - Parameter environment: variables besides its folders.
    func start(_ environment: [String: String] = [:]) async throws {
        let arguments = ["--configuration", directory.path + "/coordinator.json"]
        let started = try launch(arguments, environment: environment)
        process.withLock { $0 = started }
        let socket = directory.path + "/runtime/control.sock"
        let client = EmbeddedStoreClient(endpoints: [endpoint])
        try await within(.seconds(20)) {
            while true {
                if (try? await ControlClient.ask(.status, at: socket)) != nil,
                    (try? await client.read(prefix: "")) != nil
                {
                    return
                }
                try #require(started.isRunning, "hagend coordinator ended at its start")
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// Sends the signal, waits for the end, and returns the exit code, or the signal's number for a killed process.
    func end(_ signal: Int32) async throws -> Int32 {
        let process = try #require(process.withLock { $0 })
        kill(process.processIdentifier, signal)
        return try await within(.seconds(20)) { try await exitCode(of: process) }
    }

    /// Runs `hagend coordinator` to its end with other arguments and returns its exit code and standard error.
    func run(_ arguments: [String]) async throws -> (code: Int32, error: String) {
        let errors = directory.path + "/stderr"
        let process = try launch(arguments, errors: errors)
        let code = try await within(.seconds(20)) { try await exitCode(of: process) }
        return (code, try String(contentsOfFile: errors, encoding: .utf8))
    }

    private func launch(_ arguments: [String], errors: String? = nil, environment: [String: String] = [:]) throws
        -> Process
    {
        let process = Process()
        process.executableURL = packageDirectory.appendingPathComponent(".build/debug/hagend")
        process.arguments = ["coordinator"] + arguments
        process.environment = [
            "RUNTIME_DIRECTORY": directory.path + "/runtime", "STATE_DIRECTORY": directory.path + "/state",
            "HAGEN_LOG_LEVEL": "info",
        ].merging(environment) { $1 }
        let errors = errors ?? directory.path + "/log"
        if !FileManager.default.fileExists(atPath: errors) {
            _ = try directory.file(String(errors.split(separator: "/").last!), "")
        }
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try output.seekToEnd()
        process.standardError = output
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        return process
    }

    var log: String { (try? String(contentsOfFile: directory.path + "/log", encoding: .utf8)) ?? "" }
}

private let packageDirectory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

private func exitCode(of process: Process) async throws -> Int32 {
    while process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
    return process.terminationStatus
}

/// A port of 127.0.0.1 that nobody uses at the moment.
func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let failed = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) != 0 || getsockname(descriptor, $0, &length) != 0
        }
    }
    try #require(!failed)
    return Int(UInt16(bigEndian: address.sin_port))
}
