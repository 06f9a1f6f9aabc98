/// Reads a backend's response head strictly and writes the head that goes to the client in its place.
struct ResponseHead {
    enum Body: Equatable { case none, sized(Int), chunked, untilClose }

    /// What the request that it answers decides.
    struct Request {
        var isHead: Bool
        var minorVersion: UInt8
        var wantsUpgrade: Bool
        /// The client's connection is to go on after this response, if the response lets it.
        var isPersistent: Bool
    }

    private(set) var status = 0
    private(set) var body = Body.none
    /// The backend's connection may carry another request.
    private(set) var isPersistent = false
    /// The client's connection may.
    private(set) var clientIsPersistent = false

    var isInterim: Bool { status < 200 && status != 101 }

    static func rewrite(
        _ bytes: UnsafePointer<UInt8>, count: Int, request: Request, to writer: inout HeadWriter
    ) throws(HeadFault) -> ResponseHead {
        var head = ResponseHead()
        guard count >= 14, RequestLine.startsWithVersion(bytes), bytes[8] == 0x20, Characters.isDigit(bytes[9]),
            Characters.isDigit(bytes[10]), Characters.isDigit(bytes[11])
        else { throw .malformedStartLine }
        let minorVersion: UInt8 = bytes[7] == 0x30 ? 0 : 1
        head.status = Int(bytes[9] - 0x30) * 100 + Int(bytes[10] - 0x30) * 10 + Int(bytes[11] - 0x30)
        guard (100...599).contains(head.status), bytes[12] == 0x20 || bytes[12] == 0x0D else {
            throw .malformedStartLine
        }
        var cursor = 12
        while Characters.isFieldValue(bytes[cursor]) { cursor += 1 }
        guard bytes[cursor] == 0x0D, bytes[cursor + 1] == 0x0A else { throw .malformedStartLine }
        writer.append("HTTP/1.1")
        writer.append(bytes + 8, count: cursor + 2 - 8)
        try head.copyFields(
            bytes, from: cursor + 2, to: count - 2, minorVersion: minorVersion, request: request, writer: &writer)
        guard !writer.overflowed else { throw .tooLarge }
        return head
    }

    private mutating func copyFields(
        _ bytes: UnsafePointer<UInt8>, from first: Int, to end: Int, minorVersion: UInt8, request: Request,
        writer: inout HeadWriter
    ) throws(HeadFault) {
        var fields = FieldReader(bytes, from: first, to: end)
        var framing = MessageFraming()
        var options = ConnectionOptions()
        var upgrade = ByteRange(start: bytes, count: 0)
        let firstCopied = writer.count
        while try fields.next() {
            switch fields.nameLength {
            case 7 where fields.isNamed("upgrade"):
                upgrade = ByteRange(start: fields.value, count: fields.valueLength)
                continue
            case 10 where fields.isNamed("connection"):
                try options.read(fields.value, count: fields.valueLength)
                continue
            case 10 where fields.isNamed("keep-alive"), 16 where fields.isNamed("proxy-connection"): continue
            case 14 where fields.isNamed("content-length"):
                try framing.readContentLength(fields.value, count: fields.valueLength)
                continue
            case 17 where fields.isNamed("transfer-encoding"):
                try framing.readTransferEncoding(fields)
                continue
            default: break
            }
            writer.append(bytes + fields.lineStart, count: fields.position - fields.lineStart)
        }
        try framing.check(minorVersion: minorVersion)
        guard !writer.overflowed else { throw .tooLarge }
        if options.others > 0 {
            let kept = try ConnectionOptions.removeNamedFields(
                from: writer.base, firstField: firstCopied, count: writer.count, head: bytes, headFields: first,
                headEnd: end)
            writer.shorten(to: kept)
        }
        isPersistent = minorVersion == 1 ? !options.close : options.keepAlive && !options.close
        try judge(framing, request: request)
        finish(framing, options: options, upgrade: upgrade, request: request, writer: &writer)
    }

    /// RFC 9112, section 6.3.
    private mutating func judge(_ framing: MessageFraming, request: Request) throws(HeadFault) {
        if status == 101 {
            guard request.wantsUpgrade else { throw .malformedStartLine }
            isPersistent = false
        } else if request.isHead || status < 200 || status == 204 || status == 304 {
            body = .none
        } else if framing.isChunked {
            // A client of version 1.0 could not read it; its request went out as one of 1.0.
            guard request.minorVersion == 1 else { throw .codingInVersionZero }
            body = .chunked
        } else if framing.contentLength >= 0 {
            body = framing.contentLength == 0 ? .none : .sized(framing.contentLength)
        } else {
            body = .untilClose
            isPersistent = false
        }
        clientIsPersistent = request.isPersistent && body != .untilClose && status != 101
    }

    private func finish(
        _ framing: MessageFraming, options: ConnectionOptions, upgrade: ByteRange, request: Request,
        writer: inout HeadWriter
    ) {
        // Responses without a body may still say how long it would be; 1xx and 204 may not (RFC 9110, section 8.6).
        if status >= 200, status != 204 { framing.write(to: &writer) }
        if options.upgrade, !upgrade.isEmpty {
            writer.append("Connection: Upgrade\r\nUpgrade: ")
            writer.append(upgrade.start, count: upgrade.count)
            writer.append("\r\n")
        }
        if status >= 200, !clientIsPersistent {
            writer.append("Connection: close\r\n")
        } else if status >= 200, request.minorVersion == 0 {
            writer.append("Connection: keep-alive\r\n")
        }
        writer.append("\r\n")
    }
}
