import Testing

@testable import HagenProxy

/// Random mutations of real messages: whatever comes in, the codec ends, stays in its memory, and what it lets through is
/// a message that it would let through again unchanged in its meaning.
struct CodecFuzzTests {
    private static let seeds = [
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, x\r\nX: y\r\n\r\n",
        "POST /p?q HTTP/1.1\r\nHost: a:80\r\nContent-Length: 12\r\nX-Forwarded-For: 1.2.3.4\r\n\r\nhello world!",
        "PUT http://h/p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "HEAD / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
    ]
    private static let pieces = [
        "\r\n", "\n", "\r", ":", " ", "\t", "\0", ",", ";", "chunked", "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Connection: host\r\n", "Host: b\r\n", "HTTP/1.1", "0", "ffffffff", "\u{FF}", "\r\n\r\n", "x-forwarded-for: ",
    ]

    /// The generator of xorshift64*, so that a seed and a commit repeat a failure.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 0x2545_F491_4F6C_DD1D
        }
    }

    private static func mutate(_ bytes: [UInt8], _ generator: inout Generator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let position = Int.random(in: 0...bytes.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0 where position < bytes.count: bytes[position] = UInt8.random(in: 0...255, using: &generator)
            case 1 where position < bytes.count: bytes.remove(at: position)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: position)
            case 3: bytes.insert(contentsOf: Array(pieces.randomElement(using: &generator)!.utf8), at: position)
            case 4 where position < bytes.count:
                let end = min(bytes.count, position + Int.random(in: 1...40, using: &generator))
                bytes.insert(contentsOf: Array(bytes[position..<end]), at: position)
            default:
                let run = [UInt8](repeating: 0x61, count: Int.random(in: 1...300, using: &generator))
                bytes.insert(contentsOf: run, at: position)
            }
        }
        return bytes
    }

    @Test("20,000 mutated requests: no crash, bounded output, and what passes once passes again")
    func requests() throws {
        let seed: UInt64 = 0x4861_6765_6E00_0001
        var generator = Generator(state: seed)
        var accepted = 0
        for round in 0..<20_000 {
            let bytes = Self.mutate(Array(Self.seeds[round % Self.seeds.count].utf8), &generator)
            let client = ClientAddress(first: 0x0100_007F, second: 0, isIPv6: false)
            func rewrite(_ bytes: [UInt8]) throws -> Codec.Request {
                try Codec.rewriting(bytes) { bytes, count, writer throws(HeadFault) in
                    try RequestHead.rewrite(bytes, count: count, client: client, to: &writer)
                } as: {
                    Codec.Request(facts: $0, head: $1)
                }
            }
            guard let first = try? rewrite(bytes) else { continue }
            accepted += 1
            // Expectations are slow to evaluate in a loop of this length; only a failure is recorded.
            if first.head.utf8.count > BufferPool.blockSize { Issue.record("too long: seed \(seed), round \(round)") }
            // Bytes beyond ASCII may not survive the way through a string of this test.
            guard bytes.allSatisfy({ $0 < 128 }) else { continue }
            let second = try rewrite(Array(first.head.utf8))
            let same =
                second.facts.framing.isChunked == first.facts.framing.isChunked
                && second.facts.framing.contentLength == first.facts.framing.contentLength
            if !same { Issue.record("another framing the second time: seed \(seed), round \(round)") }
        }
        #expect(accepted > 1000 && accepted < 19_000, "\(accepted) were accepted")
    }

    @Test("20,000 mutated chunked bodies: however they are cut, the verdict is the same")
    func chunks() {
        let seed: UInt64 = 0x4861_6765_6E00_0002
        var generator = Generator(state: seed)
        let body = Array("5;x=y\r\nhello\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nT: x\r\n\r\n".utf8)
        func verdict(_ bytes: [UInt8], cut: Int) -> (Int?, Bool) {
            var framing = ChunkedFraming()
            return bytes.withUnsafeBufferPointer { buffer in
                guard let start = buffer.baseAddress, let first = framing.scan(start, count: cut) else {
                    return (nil, false)
                }
                if framing.isComplete { return (first, true) }
                guard let second = framing.scan(start + first, count: bytes.count - first) else { return (nil, false) }
                return (first + second, framing.isComplete)
            }
        }
        for round in 0..<20_000 {
            let bytes = Self.mutate(body, &generator)
            guard !bytes.isEmpty else { continue }
            let whole = verdict(bytes, cut: bytes.count)
            let cut = verdict(bytes, cut: Int.random(in: 0...bytes.count, using: &generator))
            if whole != cut { Issue.record("\(whole) whole, \(cut) cut: seed \(seed), round \(round)") }
        }
    }

    @Test("20,000 mutated responses: no crash, bounded output")
    func responses() throws {
        var generator = Generator(state: 0x4861_6765_6E00_0003)
        let seeds = [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            "HTTP/1.0 404 Not Found\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n",
        ]
        var accepted = 0
        for round in 0..<20_000 {
            let bytes = Self.mutate(Array(seeds[round % seeds.count].utf8), &generator)
            let request = ResponseHead.Request(
                isHead: round % 7 == 0, minorVersion: round % 5 == 0 ? 0 : 1, wantsUpgrade: round % 2 == 0,
                isPersistent: true)
            let response = try? Codec.rewriting(bytes) { bytes, count, writer throws(HeadFault) in
                try ResponseHead.rewrite(bytes, count: count, request: request, to: &writer)
            } as: {
                Codec.Response(facts: $0, head: $1)
            }
            guard let response else { continue }
            accepted += 1
            if !response.head.hasPrefix("HTTP/1.1 ") || !response.head.hasSuffix("\r\n\r\n") {
                Issue.record("no head: \(response.head)")
            }
        }
        #expect(accepted > 1000)
    }
}
