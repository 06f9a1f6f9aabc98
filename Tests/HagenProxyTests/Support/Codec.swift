@testable import HagenProxy

/// A head as the codec sees it, and what it makes of it.
enum Codec {
    struct Request {
        var facts: RequestHead
        var head: String
    }

    struct Response {
        var facts: ResponseHead
        var head: String
    }

    /// Splits the text into a head and rewrites it, as the data plane does.
    static func request(
        _ text: String, client: ClientAddress = ClientAddress(first: 0x0100_007F, second: 0, isIPv6: false)
    ) throws -> Request {
        try rewriting(Array(text.utf8)) { bytes, count, writer throws(HeadFault) in
            try RequestHead.rewrite(bytes, count: count, client: client, to: &writer)
        } as: {
            Request(facts: $0, head: $1)
        }
    }

    static func response(
        _ text: String,
        to request: ResponseHead.Request = .init(
            isHead: false, minorVersion: 1, wantsUpgrade: false, isPersistent: true)
    ) throws -> Response {
        try rewriting(Array(text.utf8)) { bytes, count, writer throws(HeadFault) in
            try ResponseHead.rewrite(bytes, count: count, request: request, to: &writer)
        } as: {
            Response(facts: $0, head: $1)
        }
    }

    struct Incomplete: Error {}

    static func rewriting<Facts, Result>(
        _ bytes: [UInt8],
        _ rewrite: (UnsafePointer<UInt8>, Int, inout HeadWriter) throws(HeadFault) -> Facts,
        as result: (Facts, String) -> Result
    ) throws -> Result {
        // Exactly as long as the head, so that reading beyond it is found by the address sanitizer.
        let input = UnsafeMutablePointer<UInt8>.allocate(capacity: max(bytes.count, 1))
        defer { input.deallocate() }
        bytes.withUnsafeBufferPointer { buffer in
            if let start = buffer.baseAddress { input.update(from: start, count: buffer.count) }
        }
        let count: Int
        switch HeadScanner.scan(input, from: 0, to: bytes.count) {
        case .complete(let end): count = end
        case .incomplete: throw Incomplete()
        case .bareLineFeed: throw HeadFault.bareLineFeed
        }
        let output = UnsafeMutablePointer<UInt8>.allocate(capacity: BufferPool.blockSize)
        defer { output.deallocate() }
        var writer = HeadWriter(output, capacity: BufferPool.blockSize)
        let facts = try rewrite(input, count, &writer)
        return result(facts, String(decoding: UnsafeBufferPointer(start: output, count: writer.count), as: UTF8.self))
    }
}
