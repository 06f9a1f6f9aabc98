import Hagen
import HagenProxy
import Testing

/// Real sockets on both sides of the data plane: what an HTTP client and an HTTP backend see of each other.
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
        // The last answer may reach the client a moment before it is counted.
        #expect(eventually { proxy.statistics.backends.map(\.served) == [10, 10, 10] })
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
        #expect(proxy.statistics.totalConnections == 1)
    }

    @Test("Requests sent ahead are answered one after the other, in order")
    func pipelining() throws {
        let backend = try TestServer.http { request in
            "HTTP/1.1 200 OK\r\nContent-Length: \(request.target.utf8.count)\r\n\r\n\(request.target)"
        }
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        try wire.send((0..<50).map { "GET /\($0) HTTP/1.1\r\nHost: test\r\n\r\n" }.joined())
        let reader = HTTPReader(wire)
        for index in 0..<50 { #expect(try reader.next()?.text == "/\(index)") }
    }

    @Test("A head in single bytes is read as one")
    func slowHead() throws {
        let backend = try TestServer.named("b0")
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        for byte in "GET / HTTP/1.1\r\nHost: test\r\n\r\n".utf8 { try wire.send([byte]) }
        #expect(try HTTPReader(wire).next()?.text == "b0")
    }

    @Test("The backend learns the client's address, and nothing of its hop-by-hop fields")
    func forwardedFields() throws {
        let backend = try TestServer.http { request in
            "HTTP/1.1 200 OK\r\nContent-Length: \(request.head.utf8.count)\r\n\r\n\(request.head)"
        }
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let response = try #require(
            try proxy.exchange("GET / HTTP/1.1\r\nHost: test\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n\r\n"))
        #expect(
            response.text
                == "GET / HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n"
                + "X-Forwarded-Host: test\r\n\r\n")
        #expect(response["connection"] == "close")
    }

    @Test("A listener on IPv6 serves, and says the client's address in that form")
    func overIPv6() throws {
        let backend = try TestServer.http { request in
            let from = request["x-forwarded-for"] ?? ""
            return "HTTP/1.1 200 OK\r\nContent-Length: \(from.utf8.count)\r\n\r\n\(from)"
        }
        defer { backend.stop() }
        let address = try TestProxy.freeAddress("::1")
        let proxy = try TestProxy(.http, [backend.address]) { $0.listen = [address] }
        defer { proxy.server.stop() }
        #expect(try proxy.get()?.text == "::1")
    }

    @Test("Responses without a body end with their head")
    func withoutBody() throws {
        let backend = try TestServer.http { request in
            switch request.target {
            case "/204": "HTTP/1.1 204 No Content\r\n\r\n"
            case "/304": "HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n"
            case "/head": "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n"
            default: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            }
        }
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        let reader = HTTPReader(wire)
        for _ in 0..<3 {
            try wire.send("GET /204 HTTP/1.1\r\nHost: t\r\n\r\nGET /304 HTTP/1.1\r\nHost: t\r\n\r\n")
            try wire.send("HEAD /head HTTP/1.1\r\nHost: t\r\n\r\nHEAD /chunks HTTP/1.1\r\nHost: t\r\n\r\n")
            #expect(try reader.next()?.status == 204)
            let notModified = try #require(try reader.next())
            #expect(notModified.status == 304 && notModified["content-length"] == "77")
            #expect(try reader.next(answersHead: true)?["content-length"] == "77")
            #expect(try reader.next(answersHead: true)?["transfer-encoding"] == "chunked")
        }
    }

    @Test("A body that the end of the connection ends is passed on whole, and the client's connection ends with it")
    func untilClose() throws {
        let body = String(repeating: "x", count: 300_000)
        let backend = try TestServer { wire in
            _ = try HTTPReader(wire).next()
            try wire.send("HTTP/1.0 200 OK\r\n\r\n" + body)
        }
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        try wire.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        let response = try #require(try HTTPReader(wire).next())
        #expect(response.body.count == body.utf8.count)
        #expect(response["connection"] == "close")
    }

    @Test("Clients of version 1.0 are served, with and without a kept connection")
    func versionZero() throws {
        let backend = try TestServer.http { request in
            request.startLine.hasSuffix("1.0")
                ? "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok" : "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
        }
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        let reader = HTTPReader(wire)
        for _ in 0..<3 {
            try wire.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let response = try #require(try reader.next())
            #expect(response.text == "ok" && response["connection"] == "keep-alive")
        }
        try wire.send("GET / HTTP/1.0\r\n\r\n")
        #expect(try reader.next()?["connection"] == "close")
        #expect(try reader.next() == nil)
    }

    @Test("A client that waits to be told to send its body is told by the backend")
    func expectContinue() throws {
        let backend = try TestServer { wire in
            let reader = HTTPReader(wire)
            // The head alone has come: the body follows only after the interim response.
            var head: [UInt8] = []
            while !head.ends(with: [13, 10, 13, 10]) { head += try wire.receive(atMost: 1) }
            try wire.send("HTTP/1.1 100 Continue\r\n\r\n")
            let body = try reader.take(5)
            try wire.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + String(decoding: body, as: UTF8.self))
        }
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        let reader = HTTPReader(wire)
        try wire.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        #expect(try reader.next()?.status == 100)
        try wire.send("hello")
        #expect(try reader.next()?.text == "hello")
    }

    @Test("After a switch of protocols bytes of any kind go both ways")
    func upgrade() throws {
        let backend = try TestServer { wire in
            let request = try HTTPReader(wire).next()
            guard request?["connection"] == "Upgrade", request?["upgrade"] == "echo" else { return }
            try wire.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nfirst")
            while case let bytes = try wire.receive(), !bytes.isEmpty { try wire.send(bytes) }
        }
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        let reader = HTTPReader(wire)
        try wire.send("GET / HTTP/1.1\r\nHost: t\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n")
        #expect(try reader.next()?.status == 101)
        #expect(try reader.take(5) == Array("first".utf8))
        for round in 0..<20 {
            let bytes = [UInt8](repeating: UInt8(round), count: 1 + round * 5000)
            try wire.send(bytes)
            #expect(try reader.take(bytes.count) == bytes)
        }
        wire.shutdownOutput()
        #expect(try wire.receive().isEmpty)
    }

    @Test("A client that closes its sending side after the request still gets its answer")
    func halfClosedClient() throws {
        let backend = try TestServer.named("b0")
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        try wire.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        wire.shutdownOutput()
        let reader = HTTPReader(wire)
        #expect(try reader.next()?.text == "b0")
        #expect(try reader.next() == nil)
    }

    @Test(
        "What is no proper HTTP gets the right status and the end of the connection, and no backend sees it",
        arguments: [
            (
                "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
                400
            ),
            ("GET / HTTP/1.1\nHost: t\n\n", 400), ("GET / HTTP/3.0\r\nHost: t\r\n\r\n", 505),
            ("GET / HTTP/1.1\r\nHost: t\r\nX: \(String(repeating: "x", count: 20_000))\r\n\r\n", 431),
        ])
    func refused(_ request: String, _ status: Int) throws {
        let backend = try TestServer.named("b0")
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        try wire.send(request)
        let reader = HTTPReader(wire)
        let response = try #require(try reader.next())
        #expect(response.status == status && response["connection"] == "close" && !response.body.isEmpty)
        #expect(try reader.next() == nil)
        #expect(backend.connectionsAccepted == 0)
    }

    @Test(
        "A backend that speaks no proper HTTP is answered for with 502",
        arguments: [
            "hello\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", "",
            "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 20_000))\r\n\r\n",
        ])
    func brokenBackend(_ answer: String) throws {
        let backend = try TestServer { wire in
            _ = try HTTPReader(wire).next()
            try wire.send(answer)
        }
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address]) { $0.retries = 1 }
        defer { proxy.server.stop() }
        let response = try #require(try proxy.exchange("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n"))
        #expect(response.status == 502)
        #expect(proxy.statistics.failures == 1)
    }

    @Test("A response that breaks off reaches the client as a broken connection, not as an end")
    func brokenBody() throws {
        let backend = try TestServer { wire in
            _ = try HTTPReader(wire).next()
            try wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        }
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        try wire.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        #expect(throws: Wire.Failure.self) { try HTTPReader(wire).next() }
    }
}
