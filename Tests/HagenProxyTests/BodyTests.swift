import Hagen
import HagenProxy
import Synchronization
import Testing

/// Bodies of all sizes, both ways, to the byte.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct BodyTests {
    /// Bytes in which a shift, a loss or a repetition shows.
    private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        // The block's length is prime, so that no boundary of a buffer falls together with it.
        var state = seed | 1
        let block = (0..<min(count, 65_521)).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += block.prefix(count - bytes.count) }
        return bytes
    }

    private static let sizes = [0, 1, 100, 8191, 8192, 16_383, 16_384, 16_385, 32_768, 65_536, 250_000, 3_000_000]

    /// Sends every request's body back.
    private static func echo() throws -> TestServer {
        try TestServer { wire in
            let reader = HTTPReader(wire)
            while let request = try reader.next() {
                if request.target == "/chunked" {
                    try wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    try wire.send(chunked(request.body))
                } else {
                    try wire.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n")
                    try wire.send(request.body)
                }
            }
        }
    }

    private static func chunked(_ body: [UInt8]) -> [UInt8] {
        var framed: [UInt8] = []
        var start = 0
        var size = 1
        while start < body.count {
            let end = min(body.count, start + size)
            framed += Array("\(String(end - start, radix: 16))\r\n".utf8) + body[start..<end] + [13, 10]
            start = end
            size = size * 3 % 70_001 + 1
        }
        return framed + Array("0\r\n\r\n".utf8)
    }

    @Test("Sized and chunked bodies of every size arrive as they were sent, on kept connections")
    func roundTrip() throws {
        let backend = try Self.echo()
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        let reader = HTTPReader(wire)
        for (index, size) in Self.sizes.enumerated() {
            let body = Self.bytes(size, seed: UInt64(index))
            let target = index % 2 == 0 ? "/sized" : "/chunked"
            // Sent by another thread: this one must read at the same time, or both sides would wait.
            let sender = startThread {
                try? wire.send("POST \(target) HTTP/1.1\r\nHost: t\r\nContent-Length: \(size)\r\n\r\n")
                try? wire.send(body)
            }
            #expect(try reader.next()?.body == body, "\(size) bytes")
            join(sender)
            let chunkedSender = startThread {
                try? wire.send("POST \(target) HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")
                try? wire.send(Self.chunked(body))
            }
            #expect(try reader.next()?.body == body, "\(size) bytes in chunks")
            join(chunkedSender)
        }
        #expect(proxy.statistics.failures == 0)
    }

    @Test("Many clients at once, random sizes, all to the byte")
    func concurrent() throws {
        let backends = try (0..<3).map { _ in try Self.echo() }
        defer { for backend in backends { backend.stop() } }
        let proxy = try TestProxy(.http, backends.map(\.address)) { $0.strategy = .leastConnections }
        defer { proxy.server.stop() }
        let failures = Mutex<[String]>([])
        concurrently(16) { client in
            do {
                let wire = try proxy.connect()
                defer { wire.close() }
                let reader = HTTPReader(wire)
                for round in 0..<25 {
                    let body = Self.bytes(Int.random(in: 0...60_000), seed: UInt64(client * 1000 + round))
                    try wire.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: \(body.count)\r\n\r\n")
                    try wire.send(body)
                    let response = try reader.next()
                    if response?.body != body {
                        failures.withLock { $0.append("\(client)/\(round): \(response?.startLine ?? "ended")") }
                    }
                }
            } catch {
                failures.withLock { $0.append("\(client): \(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(proxy.statistics.requests == 400)
        #expect(eventually { proxy.statistics.backends.map(\.connections) == [0, 0, 0] })
    }

    @Test("A client that reads slowly gets everything, and others are served in the meantime")
    func slowReader() throws {
        let body = Self.bytes(4_000_000, seed: 7)
        let backend = try TestServer { wire in
            let reader = HTTPReader(wire)
            while let request = try reader.next() {
                let answer = request.target == "/big" ? body : [1]
                try wire.send("HTTP/1.1 200 OK\r\nContent-Length: \(answer.count)\r\n\r\n")
                try wire.send(answer)
            }
        }
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address], loops: 1)
        defer { proxy.server.stop() }
        let slow = try proxy.connect(receiveBuffer: 4096)
        defer { slow.close() }
        try slow.send("GET /big HTTP/1.1\r\nHost: t\r\n\r\n")
        let reader = HTTPReader(slow)
        var received = try reader.take(1000)
        for _ in 0..<20 {
            received += try reader.take(1000)
            #expect(try proxy.get("/small")?.body == [1])
        }
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n"
        received += try reader.take(head.utf8.count + body.count - received.count)
        #expect(received == Array(head.utf8) + body)
    }

    @Test("An answer that comes before the request has ended is passed on, and the connection ends")
    func earlyAnswer() throws {
        let backend = try TestServer { wire in
            var head: [UInt8] = []
            while !head.ends(with: [13, 10, 13, 10]) { head += try wire.receive(atMost: 1) }
            try wire.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
            // What is left unread makes the kernel reset the connection when it is closed.
        }
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let wire = try proxy.connect()
        defer { wire.close() }
        try wire.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\n")
        let reader = HTTPReader(wire)
        let response = try #require(try reader.next())
        #expect(response.status == 403 && response.text == "no" && response["connection"] == "close")
    }

    @Test("Chunks that are framed wrongly end the request with 400")
    func brokenChunks() throws {
        let backend = try Self.echo()
        defer { backend.stop() }
        let proxy = try TestProxy(.http, [backend.address])
        defer { proxy.server.stop() }
        let response = try proxy.exchange("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX")
        #expect(response?.status == 400)
    }
}

extension [UInt8] {
    func ends(with suffix: [UInt8]) -> Bool { count >= suffix.count && Array(self.suffix(suffix.count)) == suffix }
}
