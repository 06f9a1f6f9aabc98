import Testing

@testable import HagenProxy

/// Where a chunked body ends, in pieces of any size.
struct ChunkedFramingTests {
    private static func scan(_ pieces: [[UInt8]]) -> (taken: Int, complete: Bool)? {
        var framing = ChunkedFraming()
        var taken = 0
        for piece in pieces {
            guard
                let count = piece.withUnsafeBufferPointer({ buffer in
                    buffer.baseAddress.map { framing.scan($0, count: buffer.count) } ?? 0
                })
            else { return nil }
            taken += count
            if framing.isComplete { break }
        }
        return (taken, framing.isComplete)
    }

    @Test(
        "A body ends where it ends, however it is cut, and what follows it is left alone",
        arguments: [
            "0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "00005;a=b;c=\"d\"\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n",
            "1\r\n\r\r\n0\r\nTrailer: x\r\nOther:\r\n\r\n", "f\r\n\r\n0\r\n\r\n12345678\r\n0;x\r\n\r\n",
        ])
    func everySplit(_ text: String) throws {
        let body = Array(text.utf8)
        let bytes = body + Array("GET / HTTP/1.1\r\n".utf8)
        for cut in 0...body.count {
            let result = try #require(Self.scan([Array(bytes[..<cut]), Array(bytes[cut...])]))
            #expect(result == (body.count, true), "cut at \(cut)")
        }
        let single = try #require(Self.scan(bytes.map { [$0] }))
        #expect(single == (body.count, true))
        for short in 0..<body.count {
            let result = try #require(Self.scan([Array(body[..<short])]))
            #expect(result == (short, false))
        }
    }

    @Test(
        "Framing on which two readers could disagree is refused",
        arguments: [
            "\r\n", "g\r\n", "5 \r\nhello\r\n", " 5\r\nhello\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n",
            "5\r\nhelloX0\r\n\r\n", "0x5\r\nhello\r\n", "-5\r\n", "+5\r\n", "5\rX", "5;a\nb\r\n", "5;\u{0}\r\n",
            "FFFFFFFFFFFFFFFFF\r\n", "7fffffffffffffff\r\n", "0\r\n x: y\r\n\r\n", "0\r\nBad Name: y\r\n\r\n",
            "0\r\n\n",
            "0\r\nA: b\nC: d\r\n\r\n", "0\r\n\rX", "\u{1}",
        ])
    func refused(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(Self.scan([bytes]) == nil)
        #expect(Self.scan(bytes.map { [$0] }) == nil)
    }

    @Test("Lines of the framing are bounded")
    func bounded() {
        let zeros = [UInt8](repeating: 0x30, count: 10_000)
        #expect(Self.scan([zeros]) == nil)
        #expect(Self.scan([Array("1;".utf8) + [UInt8](repeating: 0x61, count: 10_000)]) == nil)
        let trailers = (0..<2000).map { "T\($0): x\r\n" }.joined()
        #expect(Self.scan([Array("0\r\n\(trailers)".utf8)]) == nil)
    }
}

private func == (left: (taken: Int, complete: Bool), right: (Int, Bool)) -> Bool {
    left.taken == right.0 && left.complete == right.1
}
