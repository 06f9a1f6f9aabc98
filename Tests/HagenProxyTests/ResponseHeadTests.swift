import Testing

@testable import HagenProxy

/// What a backend's head must be, and what the client gets in its place.
struct ResponseHeadTests {
    @Test("A plain response keeps its fields, and its framing is said in one form")
    func plain() throws {
        let response = try Codec.response(
            "HTTP/1.1 200 OK\r\nServer: x\r\nKeep-Alive: 5\r\ncontent-length: 3\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n"
        )
        #expect(response.head == "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 3\r\n\r\n")
        #expect(response.facts.body == .sized(3))
        #expect(response.facts.isPersistent && response.facts.clientIsPersistent)
    }

    @Test(
        "How the end of the body is found (RFC 9112, section 6.3)",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "GET", ResponseHead.Body.none),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "HEAD", .none),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HEAD", .none),
            ("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", "GET", .none),
            ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "GET", .none),
            ("HTTP/1.1 100 Continue\r\n\r\n", "GET", .none),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "GET", .chunked),
            ("HTTP/1.1 200 OK\r\n\r\n", "GET", .untilClose), ("HTTP/1.0 200 OK\r\n\r\n", "GET", .untilClose),
            ("HTTP/1.1 200\r\nContent-Length: 1\r\n\r\n", "GET", .sized(1)),
        ])
    func framing(_ text: String, _ method: String, _ expected: ResponseHead.Body) throws {
        let response = try Codec.response(
            text, to: .init(isHead: method == "HEAD", minorVersion: 1, wantsUpgrade: false, isPersistent: true))
        #expect(response.facts.body == expected)
        #expect(response.facts.clientIsPersistent == (expected != .untilClose))
        #expect(response.head.contains("Connection: close") == (expected == .untilClose))
    }

    @Test(
        "Responses that could desynchronise the connection are refused",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
            "HTTP/1.1 200 OK\r\nBad Name: b\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
            "HTTP/1.1 600 OK\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "hello\r\n\r\n",
            "HTTP/1.1 200 O\u{1}K\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n",
        ])
    func refused(_ text: String) {
        #expect(throws: HeadFault.self) { try Codec.response(text) }
    }

    @Test("A switch of protocols that was asked for goes through")
    func upgrade() throws {
        let response = try Codec.response(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
            to: .init(isHead: false, minorVersion: 1, wantsUpgrade: true, isPersistent: true))
        #expect(
            response.head
                == "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        )
    }

    @Test("A client of version 1.0 is told that its connection goes on, and never gets chunks")
    func versionZero() throws {
        let request = ResponseHead.Request(isHead: false, minorVersion: 0, wantsUpgrade: false, isPersistent: true)
        #expect(
            try Codec.response("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", to: request).head
                == "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n")
        #expect(throws: HeadFault.codingInVersionZero) {
            try Codec.response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", to: request)
        }
    }
}
