import Foundation
import Hagen
import Testing

@testable import HagenRuntime

/// Goal: whatever a client sends, the store's server answers in its own terms, and a client never takes one store for
/// another.
@Suite(.serialized) struct StoreServerTests {
    @Test(arguments: [
        ("GET /v1/records HTTP/1.1", "", "400", "the parameter 'prefix' is missing"),
        ("GET /v1/records?prefix=\(String(repeating: "p", count: 513)) HTTP/1.1", "", "400", "at most 512 bytes"),
        ("GET /v1/watch?prefix=/ HTTP/1.1", "", "400", "the parameter 'after' is missing"),
        ("GET /v1/watch?prefix=/&after=now HTTP/1.1", "", "400", "it is a revision"),
        ("GET /v1/watch?prefix=/&after=-1 HTTP/1.1", "", "400", "it is a revision"),
        ("GET /v1/watch?prefix=/&after=99 HTTP/1.1", "", "410", "\"oldest\":1"),
        ("POST /v1/commit HTTP/1.1", "", "400", "the body is not a commit"),
        ("POST /v1/commit HTTP/1.1", "{\"swaps\": 3}", "400", "the body is not a commit"),
        ("POST /v1/commit HTTP/1.1", "\u{0}\u{1}", "400", "the body is not a commit"),
        (
            "POST /v1/commit HTTP/1.1", "{\"swaps\":[{\"key\":\"\",\"expected\":0}]}", "400",
            "a key has 1 to 512 bytes"
        ),
        ("GET /v1/commit HTTP/1.1", "", "404", ""),
        ("GET / HTTP/1.1", "", "404", ""),
        ("nonsense", "", "400", ""),
    ])
    func aWrongRequestIsAnsweredInWords(line: String, body: String, status: String, words: String) async throws {
        let directory = try TemporaryDirectory()
        let engine = try coordinatorEngine(in: directory)
        try await running({ try await engine.run() }) {
            await engine.ready()
            let length = "Content-Length: \(body.utf8.count)\r\n"
            let request = "\(line)\r\nHost: store\r\nConnection: close\r\n\(length)\r\n\(body)"
            let response = try await exchange(request, port: engine.port ?? 0)
            #expect(response.hasPrefix("HTTP/1.1 \(status) "), "\(response)")
            #expect(words.isEmpty || response.contains(words), "\(response)")
        }
    }

    @Test func aBodyBeyondTheLimitIsRefused() async throws {
        let directory = try TemporaryDirectory()
        let engine = try coordinatorEngine(in: directory)
        try await running({ try await engine.run() }) {
            await engine.ready()
            let length = StorePath.maximumBodyByteCount + 1
            let request =
                "POST /v1/commit HTTP/1.1\r\nHost: s\r\nConnection: close\r\nContent-Length: \(length)\r\n\r\n"
            let response = try await exchange(
                request + String(repeating: " ", count: length), port: engine.port ?? 0)
            #expect(
                response.contains("has more than \(StorePath.maximumBodyByteCount) bytes"), "\(response.prefix(400))")
        }
    }

    @Test func aWatcherOfAnotherStoreIsToldToReadAnew() async throws {
        let port = try freePort()
        let client = EmbeddedStoreClient(endpoints: ["http://127.0.0.1:\(port)"], deadline: .seconds(20))
        let (old, new) = (try TemporaryDirectory(), try TemporaryDirectory())
        let first = try coordinatorEngine(in: old, port: port)
        try await running({ try await first.run() }) {
            await first.ready()
            _ = try await client.put("/a", "old", expecting: 0)
        }
        let second = try coordinatorEngine(in: new, port: port)
        try await running({ try await second.run() }) {
            await second.ready()
            let other = EmbeddedStoreClient(endpoints: ["http://127.0.0.1:\(port)"], deadline: .seconds(20))
            var revision: Int64 = 0
            for number in 1...5 {
                revision = try #require(try await other.put("/a", "new \(number)", expecting: revision))
            }
            // The client knows revision 1 of the old store; the new one's change 2 is no successor of that.
            await #expect(throws: CoordinationError.compacted(oldest: 6)) {
                _ = try await collect(client.watch(prefix: "", after: 1)) { _ in false }
            }
            let snapshot = try await client.read(prefix: "")
            let isOther = try await other.read(prefix: "").storeID == snapshot.storeID
            #expect(isOther)
            #expect(snapshot.revision == 5)
        }
    }

    @Test func theNextEndpointIsTriedWhereNothingListens() async throws {
        let directory = try TemporaryDirectory()
        let engine = try coordinatorEngine(in: directory)
        let nobody = "http://127.0.0.1:\(try freePort())"
        try await running({ try await engine.run() }) {
            await engine.ready()
            let client = EmbeddedStoreClient(
                endpoints: [nobody, "http://127.0.0.1:\(engine.port ?? 0)"], deadline: .seconds(20))
            let revision = try await client.put("/a", "1", expecting: 0)
            #expect(revision == 1)
            let seen = try await collect(client.watch(prefix: "", after: 0)) { $0.count == 1 }
            #expect(seen.map(\.value) == ["1"])
        }
        let error = await #expect(throws: CoordinationError.self) {
            _ = try await EmbeddedStoreClient(endpoints: [nobody]).read(prefix: "")
        }
        guard case .unreachable(let reason) = error else {
            Issue.record("ended with \(String(describing: error))")
            return
        }
        #expect(reason.contains(nobody))
        await #expect(throws: CoordinationError.unreachable("no endpoint is configured")) {
            _ = try await EmbeddedStoreClient(endpoints: []).read(prefix: "")
        }
    }

    @Test func aWrongStoreAddressIsSaidInWords() {
        #expect(StoreAddress(endpoints: ["http://127.0.0.1:2379"], prefix: "/hagen/shop/").faults == [])
        #expect(StoreAddress(endpoints: [], prefix: "/hagen").faults.count == 2)
        #expect(StoreAddress(endpoints: ["127.0.0.1:2379", "http://a/"], prefix: "/").faults.count == 2)
    }
}

/// Sends the request as it is and reads until the server closes, on a thread that nothing under test needs.
private func exchange(_ request: String, port: Int) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try blockingExchange(request, port) }) }
    }
}

private func blockingExchange(_ request: String, _ port: Int) throws -> String {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let failed = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    try #require(failed == 0)
    let bytes = Array(request.utf8)
    var sent = 0
    while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        // The server may answer and close before it has read all.
        guard count > 0 else { break }
        sent += count
    }
    var response: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return String(decoding: response, as: UTF8.self) }
        response += buffer[..<count]
    }
}
