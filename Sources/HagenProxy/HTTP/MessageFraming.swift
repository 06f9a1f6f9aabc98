/// How the end of a message's body is found (RFC 9112, section 6), gathered from its fields.
struct MessageFraming {
    /// -1: no length was said.
    private(set) var contentLength = -1
    private(set) var isChunked = false
    /// More than any file; far below where sums could overflow.
    private static let most = 1 << 53

    mutating func readContentLength(_ value: UnsafePointer<UInt8>, count: Int) throws(HeadFault) {
        guard (1...17).contains(count) else { throw .malformedContentLength }
        var length = 0
        for index in 0..<count {
            guard Characters.isDigit(value[index]) else { throw .malformedContentLength }
            length = length * 10 + Int(value[index] - 0x30)
        }
        guard length <= Self.most else { throw .malformedContentLength }
        guard contentLength == -1 || contentLength == length else { throw .differingContentLengths }
        contentLength = length
    }

    mutating func readTransferEncoding(_ fields: FieldReader) throws(HeadFault) {
        guard !isChunked, fields.hasValue("chunked") else { throw .unsupportedCoding }
        isChunked = true
    }

    func check(minorVersion: UInt8) throws(HeadFault) {
        guard isChunked else { return }
        guard contentLength == -1 else { throw .lengthAndCoding }
        guard minorVersion == 1 else { throw .codingInVersionZero }
    }

    /// The one field that says it, in one form whatever form it came in.
    @inline(__always) func write(to writer: inout HeadWriter) {
        if isChunked {
            writer.append("Transfer-Encoding: chunked\r\n")
        } else if contentLength >= 0 {
            writer.append("Content-Length: ")
            writer.append(decimal: contentLength)
            writer.append("\r\n")
        }
    }
}
