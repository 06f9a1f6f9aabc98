import Hagen
import HagenProxy
import Testing

/// Real sockets on both sides of the data plane.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct HTTPTrafficTests {
    @Test("Requests are spread in turn over all eligible backends")
    func roundRobin() throws {
        let backends = try (0..<3).map { try TestServer.named("b\($0)") }
        defer { for backend in backends { backend.stop() } }
        let proxy = try TestProxy(.http, backends.map(\.address), loops: 1)
        defer { proxy.server.stop() }
        var counts: [String: Int] = [:]
        for _ in 0..<30 {
            let response = try #require(try proxy.get())
            #expect(response.status == 200)
            counts[response.text, default: 0] += 1
        }
        #expect(counts == ["b0": 10, "b1": 10, "b2": 10])
        #expect(proxy.statistics.requests == 30)
        #expect(proxy.statistics.failures == 0)
    }

    @Test("A kept connection carries many requests, and the backend's connection is kept too")
    func keepAlive() throws {
        let backend = try TestServer.named("b0")
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        let reader = HTTPReader(wire)
        for _ in 0..<100 {
            try wire.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(try reader.next()?.text == "b0")
        }
        wire.close()
        #expect(backend.connectionsAccepted == 1)
    }
}
