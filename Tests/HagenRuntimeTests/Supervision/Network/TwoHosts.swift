import Foundation
import Synchronization
import Testing

@testable import HagenRuntime

/// Two hosts as network namespaces, joined by a cable: `a` has interface `v1` with 10.77.0.1/24 and fd77::1/64, `b` has `v2`
/// with the same ending in 2. They are gone with this object.
final class TwoHosts: Sendable {
    /// Why they cannot be made here, which the tests that need them say aloud.
    static let isPossible = getuid() == 0 && (try? run(["/usr/sbin/ip", "netns", "list"])) != nil
    static let need = "needs root, network namespaces and iproute2"
    private static let made = Mutex(0)
    let a: String
    let b: String

    init() throws {
        let number = Self.made.withLock { made in
            made += 1
            return made
        }
        (a, b) = ("hagen-\(getpid())-\(number)-a", "hagen-\(getpid())-\(number)-b")
        try ip("netns", "add", a)
        try ip("netns", "add", b)
        try ip("link", "add", "v1", "netns", a, "type", "veth", "peer", "name", "v2", "netns", b)
        for (host, interface, number) in [(a, "v1", 1), (b, "v2", 2)] {
            try ip("-n", host, "link", "set", "lo", "up")
            try ip("-n", host, "link", "set", interface, "up")
            try ip("-n", host, "address", "add", "10.77.0.\(number)/24", "dev", interface)
            try ip("-n", host, "address", "add", "fd77::\(number)/64", "dev", interface, "nodad")
        }
    }

    deinit {
        for host in [a, b] { _ = try? Self.run(["/usr/sbin/ip", "netns", "delete", host]) }
    }

    @discardableResult
    func ip(_ words: String...) throws -> String { try Self.run(["/usr/sbin/ip"] + words) }

    /// The addresses of the interface of host `a`, with their prefixes.
    func addresses() throws -> [String] {
        try ip("-n", a, "-o", "address", "show", "v1").split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            return words.firstIndex { $0.hasPrefix("inet") }.map { words[$0 + 1] }
        }
    }

    /// What a command says in the namespace of a host.
    func say(on host: String, _ command: String...) throws -> String {
        try Self.run(["/usr/sbin/ip", "netns", "exec", host] + command)
    }

    /// A Python program in the namespace of a host; it prints `ready` first.
    func python(on host: String, _ program: String) async throws -> PeerProgram {
        let peer = try PeerProgram(["/usr/sbin/ip", "netns", "exec", host, "/usr/bin/python3", "-u", "-c", program])
        try await peer.wait(for: "ready")
        return peer
    }

    static func run(_ command: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        struct Failed: Error, CustomStringConvertible { let description: String }
        guard process.terminationStatus == 0 else {
            throw Failed(description: "\(command.joined(separator: " ")): \(text)")
        }
        return text
    }
}

/// A program that runs beside the test, and what it has printed.
final class PeerProgram: Sendable {
    private let process = Process()
    private let text = Mutex("")

    init(_ command: [String]) throws {
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        let output = Pipe()
        process.standardOutput = output
        output.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            guard !data.isEmpty else { return handle.readabilityHandler = nil }
            self?.text.withLock { $0 += String(decoding: data, as: UTF8.self) }
        }
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var lines: [String] { text.withLock { $0.split(separator: "\n").map(String.init) } }

    func wait(for line: String) async throws {
        try await within(.seconds(10)) { [self] in
            while !lines.contains(line) { try await Task.sleep(for: .milliseconds(2)) }
        }
    }
}
