import Testing

@testable import HagenProxy

/// What a client's head must be, and what a backend gets in its place.
struct RequestHeadTests {
    @Test("A plain request keeps its fields and gains those that say who asked")
    func plain() throws {
        let request = try Codec.request(
            "GET /a?b=c HTTP/1.1\r\nHost: shop.example\r\nAccept:  */* \r\nX-Empty:\r\n\r\n")
        #expect(
            request.head
                == "GET /a?b=c HTTP/1.1\r\nHost: shop.example\r\nAccept:  */* \r\nX-Empty:\r\nX-Forwarded-For: 127.0.0.1\r\n"
                + "X-Forwarded-Proto: http\r\nX-Forwarded-Host: shop.example\r\n\r\n")
        #expect(request.facts.isPersistent && request.facts.isIdempotent)
        #expect(!request.facts.isHead && !request.facts.framing.isChunked)
        #expect(request.facts.framing.contentLength == -1)
    }

    @Test(
        "Hostile and broken heads are refused with the right status",
        arguments: [
            // Start lines.
            ("GET / HTTP/1.1\nHost: a\n\n", 400), ("GET / HTTP/1.1\r\nHost: a\n\r\n", 400),
            ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /\r\nHost: a\r\n\r\n", 400),
            ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400), ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505), ("GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505),
            ("GET / http/1.1\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.x\r\nHost: a\r\n\r\n", 400),
            ("GET / HTTP/1.11\r\nHost: a\r\n\r\n", 400), ("GET /\u{1} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("PRI * HTTP/2.0\r\n\r\n", 505), ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 405), ("\r\n\r\n", 400), ("A\r\n\r\n", 400),
            // Fields.
            ("GET / HTTP/1.1\r\nHost: a\r\nBad Name: b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nName : b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nName\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nName: b\r\n folded\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nName: b\r\n\tfolded\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nName: b\rc\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nName: b\u{0}c\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nName: b\u{7F}\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nN\u{E9}: b\r\n\r\n", 400),
            // Host.
            ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
            ("GET http://a@b/ HTTP/1.1\r\nHost: b\r\n\r\n", 400), ("GET http:/// HTTP/1.1\r\nHost: b\r\n\r\n", 400),
            // Framing.
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5x\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551617\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunkedx\r\n\r\n", 501),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n", 501),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\u{B}chunked\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n", 400),
            ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \r\n\r\n", 501),
        ])
    func refused(_ text: String, _ status: Int) {
        do {
            let request = try Codec.request(text)
            Issue.record("accepted as \(request.head)")
        } catch let fault as HeadFault {
            #expect(fault.status == status, "\(fault)")
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test("The same length said twice is said once to the backend")
    func lengthsCollapse() throws {
        let request = try Codec.request(
            "POST / HTTP/1.1\r\nHost: a\r\ncontent-length: 5\r\nContent-Length:   5 \r\n\r\n")
        #expect(request.head.contains("\r\nContent-Length: 5\r\n"))
        #expect(request.head.lowercased().components(of: "content-length") == 1)
        #expect(request.facts.framing.contentLength == 5)
    }

    @Test("Whatever way chunked is spelt, the backend reads it in one")
    func chunkedNormalised() throws {
        let request = try Codec.request("POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding:\tChUnKeD \r\n\r\n")
        #expect(request.head.contains("\r\nTransfer-Encoding: chunked\r\n"))
        #expect(request.facts.framing.isChunked)
    }

    @Test("Fields for this hop alone stay here, those that Connection names included")
    func hopByHop() throws {
        let request = try Codec.request(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Secret ,keep-alive\r\nconnection: X-Other\r\nX-SECRET: 1\r\n"
                + "X-Other: 2\r\nX-Kept: 3\r\nKeep-Alive: timeout=5\r\nProxy-Connection: close\r\nTE: trailers\r\n"
                + "Proxy: evil\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\n\r\n")
        #expect(
            request.head
                == "GET / HTTP/1.1\r\nHost: a\r\nX-Kept: 3\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n"
                + "X-Forwarded-Host: a\r\n\r\n")
        #expect(!request.facts.isPersistent)
    }

    @Test("Connection cannot strip what gives a message its meaning")
    func connectionCannotStripFraming() throws {
        let request = try Codec.request(
            "POST / HTTP/1.1\r\nHost: a\r\nConnection: content-length, host, cookie, x-forwarded-for, authorization\r\n"
                + "Content-Length: 3\r\nCookie: c\r\nAuthorization: b\r\n\r\n")
        for field in ["Host: a", "Content-Length: 3", "Cookie: c", "Authorization: b", "X-Forwarded-For: 127.0.0.1"] {
            #expect(request.head.contains("\r\n\(field)\r\n"))
        }
    }

    @Test("The client's address is appended to the list that came, and to it alone")
    func forwarded() throws {
        let request = try Codec.request(
            "GET / HTTP/1.1\r\nX-Forwarded-For: 1.1.1.1\r\nHost: a\r\nx-forwarded-for: 2.2.2.2, 3.3.3.3\r\nX-Forwarded-For:\r\n\r\n"
        )
        #expect(request.head.contains("\r\nX-Forwarded-For: 1.1.1.1, 2.2.2.2, 3.3.3.3, 127.0.0.1\r\n"))
        #expect(request.head.lowercased().components(of: "x-forwarded-for") == 1)
        let six = try Codec.request(
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            client: ClientAddress(first: 0, second: UInt64(1) << 56, isIPv6: true))
        #expect(six.head.contains("\r\nX-Forwarded-For: ::1\r\n"))
    }

    @Test("An absolute target becomes path and Host, whatever Host said")
    func absoluteForm() throws {
        let request = try Codec.request("GET http://real.example:81/p?q HTTP/1.1\r\nHost: other\r\n\r\n")
        #expect(request.head.hasPrefix("GET /p?q HTTP/1.1\r\nHost: real.example:81\r\nX-Forwarded-For"))
        #expect(request.head.contains("X-Forwarded-Host: real.example:81\r\n"))
        #expect(try Codec.request("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n").head.hasPrefix("GET / HTTP/1.1\r\n"))
        #expect(try Codec.request("GET HTTP://a?q HTTP/1.1\r\nHost: a\r\n\r\n").head.hasPrefix("GET /?q HTTP/1.1\r\n"))
    }

    @Test("Upgrade goes through only where Connection names it, and only from version 1.1")
    func upgrade() throws {
        let asked = try Codec.request(
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\r\n")
        #expect(asked.facts.wantsUpgrade)
        #expect(asked.head.contains("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"))
        for text in [
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: upgrade, HTTP2-Settings\r\n\r\n",
        ] {
            let request = try Codec.request(text)
            #expect(!request.facts.wantsUpgrade)
            #expect(!request.head.lowercased().contains("upgrade"))
        }
    }

    @Test(
        "Whether the connection goes on",
        arguments: [
            ("1.1", "", true), ("1.1", "Connection: close\r\n", false), ("1.1", "Connection: x, CLOSE\r\n", false),
            ("1.1", "Connection: keep-alive, close\r\n", false), ("1.0", "", false),
            ("1.0", "Connection: Keep-Alive\r\n", true), ("1.2", "", true),
        ])
    func persistence(_ version: String, _ field: String, _ expected: Bool) throws {
        let request = try Codec.request("GET / HTTP/\(version)\r\nHost: a\r\n\(field)\r\n")
        #expect(request.facts.isPersistent == expected)
    }

    @Test("A head with more fields than any honest one, or that grows beyond its block, is too large")
    func limits() {
        let many = (0..<200).map { "F\($0): x\r\n" }.joined()
        #expect(throws: HeadFault.tooManyFields) { try Codec.request("GET / HTTP/1.1\r\nHost: a\r\n\(many)\r\n") }
        let tokens = (0..<40).map { "t\($0)" }.joined(separator: ",")
        #expect(throws: HeadFault.tooManyFields) {
            try Codec.request("GET / HTTP/1.1\r\nHost: a\r\nConnection: \(tokens)\r\n\r\n")
        }
        let long = String(repeating: "x", count: BufferPool.blockSize)
        #expect(throws: HeadFault.tooLarge) { try Codec.request("GET / HTTP/1.1\r\nHost: a\r\nF: \(long)\r\n\r\n") }
    }

    @Test("Wherever a head is cut, nothing is decided before its end, and the end is found from anywhere")
    func everySplit() throws {
        let texts = [
            "GET /a HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
        ]
        for text in texts {
            let bytes = Array(text.utf8)
            for cut in 0..<bytes.count {
                try bytes.withUnsafeBufferPointer { buffer in
                    let start = try #require(buffer.baseAddress)
                    guard case .incomplete(let scanned) = HeadScanner.scan(start, from: 0, to: cut) else {
                        Issue.record("decided after \(cut) of \(bytes.count) bytes")
                        return
                    }
                    #expect(HeadScanner.scan(start, from: scanned, to: bytes.count) == .complete(bytes.count))
                }
            }
        }
        let bare = Array("GET / HTTP/1.1\r\nHost: a\n\r\n".utf8)
        for cut in 0..<bare.count {
            bare.withUnsafeBufferPointer { buffer in
                let first = HeadScanner.scan(buffer.baseAddress!, from: 0, to: cut)
                guard case .incomplete(let scanned) = first else {
                    #expect(first == .bareLineFeed && cut > 23)
                    return
                }
                #expect(HeadScanner.scan(buffer.baseAddress!, from: scanned, to: bare.count) == .bareLineFeed)
            }
        }
    }
}

extension String {
    /// How often the text stands in this one.
    func components(of text: String) -> Int {
        var count = 0
        var rest = self[...]
        while let found = rest.firstIndex(of: text.first!) {
            if rest[found...].hasPrefix(text) { count += 1 }
            rest = rest[found...].dropFirst()
        }
        return count
    }
}
