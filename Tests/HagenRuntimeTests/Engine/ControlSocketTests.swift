import Foundation
import Hagen
import Logging
import ServiceLifecycle
import Testing

@testable import HagenRuntime

/// Goal: a control socket answers every client within its limits, takes the place of a dead engine's, and never that of
/// a live one.
@Suite struct ControlSocketTests {
    static let answer = ControlResponse.status(
        EngineStatus(
            topology: "shop", host: "a1", processID: 7, uptime: .seconds(3),
            detail: .coordinator(CoordinatorStatus(storeID: "s", revision: 4, keys: 2, watchers: 1))))

    private func serving(
        _ path: String,
        respond: @escaping @Sendable (ControlRequest, ControlPeer) async -> ControlResponse = { _, _ in answer },
        body: @Sendable () async throws -> Void
    ) async throws {
        let server = try ControlServer(path: path, logger: Logger(label: "test"), respond: respond)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await body()
            group.cancelAll()
        }
    }

    @Test func manyClientsAtOnceAreAnswered() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/control.sock"
        try await serving(path) {
            try await withThrowingTaskGroup(of: ControlResponse.self) { group in
                for _ in 0..<40 {
                    group.addTask { try await ControlClient.ask(.status, at: path, deadline: .seconds(20)) }
                }
                for try await response in group { #expect(response == Self.answer) }
            }
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o660)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aRequestThatIsNoneIsRefusedInWords() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/control.sock"
        try await serving(path) {
            for (request, expected) in [
                ("{\"dance\":{}}\n", "not one that this hagend knows"), ("\u{1}\n", "not one that this hagend knows"),
                (String(repeating: "x", count: 70_000), "longer than 65536 bytes"),
            ] {
                let response = try await rawExchange(request, at: path)
                #expect(response.contains(expected), "\(response)")
                #expect(response.hasSuffix("\n"))
            }
        }
    }

    @Test func aSilentClientIsCutOff() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/control.sock"
        try await serving(path) {
            let start = ContinuousClock.now
            let response = try await rawExchange("{", at: path)
            #expect(response == "")
            #expect(ContinuousClock.now - start >= .seconds(1.9))
            #expect(ContinuousClock.now - start < .seconds(20))
        }
    }

    @Test func theSocketOfADeadEngineIsReplacedAndThatOfALiveOneKept() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/control.sock"
        // A bound socket whose owner closed it without removing the file.
        close(try listeningSocket(at: path))
        #expect(FileManager.default.fileExists(atPath: path))
        try await serving(path) {
            let response = try await ControlClient.ask(.status, at: path)
            #expect(response == Self.answer)
            let failure = #expect(throws: EngineFailure.self) {
                try ControlServer(path: path, logger: Logger(label: "test")) { _, _ in Self.answer }
            }
            #expect(failure?.description.contains("another process listens") == true)
        }
    }

    @Test func nobodyThereAndAStuckEngineAreTold() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/control.sock"
        await #expect(throws: ControlClient.Failure.self) { try await ControlClient.ask(.status, at: path) }
        // It accepts in the kernel's queue and never answers.
        let stuck = try listeningSocket(at: path)
        defer { close(stuck) }
        let failure = await #expect(throws: ControlClient.Failure.self) {
            try await ControlClient.ask(.status, at: path, deadline: .milliseconds(200))
        }
        #expect(failure?.description.contains("no answer within 0.2 seconds") == true, "\(failure?.description ?? "")")
    }

    @Test func aPathThatLinuxDoesNotTakeIsRefusedInWords() throws {
        let path = "/tmp/" + String(repeating: "x", count: 103)
        let failure = #expect(throws: EngineFailure.self) {
            try ControlServer(path: path, logger: Logger(label: "test")) { _, _ in Self.answer }
        }
        #expect(failure?.description.contains("108 bytes, but Linux takes at most 107") == true)
        #expect(failure?.kind == .configuration)
    }
}

private func listeningSocket(at path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let address = try #require(UnixSocketAddress(path: path))
    let failed = address.withPointer { bind(descriptor, $0, $1) }
    try #require(failed == 0)
    try #require(listen(descriptor, 4) == 0)
    return descriptor
}

/// Sends the bytes as they are and reads until the other side closes. It blocks, so not on a thread that the server
/// under test needs.
private func rawExchange(_ request: String, at path: String) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(with: Result { try blockingExchange(request, at: path) })
        }
    }
}

private func blockingExchange(_ request: String, at path: String) throws -> String {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    let address = try #require(UnixSocketAddress(path: path))
    let failed = address.withPointer { connect(descriptor, $0, $1) }
    try #require(failed == 0)
    let bytes = Array(request.utf8)
    _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    var response: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return String(decoding: response, as: UTF8.self) }
        response += buffer[..<count]
    }
}
