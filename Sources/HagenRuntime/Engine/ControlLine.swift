internal import NIOCore

/// The framing of the control socket: one line of JSON each way.
enum ControlLine {
    static let maximumRequestByteCount = 64 << 10
    /// The status of an engine with a great many clusters fits many times.
    static let maximumResponseByteCount = 16 << 20

    struct TooLong: Error, CustomStringConvertible {
        let limit: Int
        var description: String { "the line is longer than \(limit) bytes" }
    }

    /// Reads up to the first line feed, which it leaves out; `nil` where the other side ended before.
    static func read(
        from stream: NIOAsyncChannelInboundStream<ByteBuffer>, limit: Int
    ) async throws -> ByteBuffer? {
        var line = ByteBuffer()
        for try await var piece in stream {
            let end = piece.readableBytesView.firstIndex(of: UInt8(ascii: "\n"))
            let length = end.map { $0 - piece.readableBytesView.startIndex } ?? piece.readableBytes
            guard line.readableBytes + length <= limit else { throw TooLong(limit: limit) }
            if var part = piece.readSlice(length: length) { line.writeBuffer(&part) }
            if end != nil { return line }
        }
        return nil
    }
}
