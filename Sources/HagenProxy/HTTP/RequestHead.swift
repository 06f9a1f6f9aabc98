/// Reads a client's request head strictly and writes the head that goes to the backend in its place: hop-by-hop fields
/// removed, framing said in one form, `X-Forwarded-For`, `-Proto` and `-Host` added.
struct RequestHead {
    private(set) var minorVersion: UInt8 = 1
    private(set) var isHead = false
    /// Sending it twice means the same as sending it once (RFC 9110, section 9.2.2).
    private(set) var isIdempotent = false
    private(set) var framing = MessageFraming()
    private(set) var options = ConnectionOptions()
    private(set) var wantsUpgrade = false
    /// The client may send another request after this one.
    private(set) var isPersistent = false

    private static let longestHost = 512

    /// - Parameters:
    ///   - bytes: a complete head: it ends with an empty line, and every line with CR LF.
    /// - Returns: the facts; the new head is what `writer` then holds.
    static func rewrite(
        _ bytes: UnsafePointer<UInt8>, count: Int, client: ClientAddress, to writer: inout HeadWriter
    ) throws(HeadFault) -> RequestHead {
        var head = RequestHead()
        let line = try RequestLine(bytes, count: count)
        head.minorVersion = line.minorVersion
        head.judge(line)
        head.writeLine(line, to: &writer)
        try head.copyFields(bytes, from: line.length, to: count - 2, line: line, client: client, writer: &writer)
        guard !writer.overflowed else { throw .tooLarge }
        return head
    }

    private mutating func judge(_ line: RequestLine) {
        isHead = line.isMethod("HEAD")
        isIdempotent =
            isHead || line.isMethod("GET") || line.isMethod("PUT") || line.isMethod("DELETE")
            || line.isMethod("OPTIONS") || line.isMethod("TRACE")
    }

    @inline(__always)
    private func writeLine(_ line: RequestLine, to writer: inout HeadWriter) {
        writer.append(line.method, count: line.methodLength)
        writer.append(" ")
        if line.path.isEmpty || line.path.needsSlash { writer.append("/") }
        writer.append(line.path.start, count: line.path.count)
        writer.append(minorVersion == 1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n")
    }

    private mutating func copyFields(
        _ bytes: UnsafePointer<UInt8>, from first: Int, to end: Int, line: RequestLine, client: ClientAddress,
        writer: inout HeadWriter
    ) throws(HeadFault) {
        var fields = FieldReader(bytes, from: first, to: end)
        var host = line.authority
        var hosts = 0
        var upgrade = ByteRange(start: bytes, count: 0)
        var wasForwarded = false
        if let authority = host {
            writer.append("Host: ")
            writer.append(authority.start, count: authority.count)
            writer.append("\r\n")
        }
        let firstCopied = writer.count
        while try fields.next() {
            switch fields.nameLength {
            // `Proxy` becomes HTTP_PROXY in the environment of CGI programs (CVE-2016-5385); no client has a use for it.
            case 2 where fields.isNamed("te"), 5 where fields.isNamed("proxy"), 10 where fields.isNamed("keep-alive"),
                16 where fields.isNamed("x-forwarded-host") || fields.isNamed("proxy-connection"),
                17 where fields.isNamed("x-forwarded-proto"):
                continue
            case 4 where fields.isNamed("host"):
                hosts += 1
                guard hosts == 1, Self.isHost(fields.value, fields.valueLength) else { throw .malformedHost }
                if line.authority != nil { continue }
                host = ByteRange(start: fields.value, count: fields.valueLength)
            case 7 where fields.isNamed("upgrade"):
                upgrade = ByteRange(start: fields.value, count: fields.valueLength)
                continue
            case 10 where fields.isNamed("connection"):
                try options.read(fields.value, count: fields.valueLength)
                continue
            case 14 where fields.isNamed("content-length"):
                try framing.readContentLength(fields.value, count: fields.valueLength)
                continue
            case 15 where fields.isNamed("x-forwarded-for"):
                wasForwarded = true
                continue
            case 17 where fields.isNamed("transfer-encoding"):
                try framing.readTransferEncoding(fields)
                continue
            default: break
            }
            writer.append(bytes + fields.lineStart, count: fields.position - fields.lineStart)
        }
        guard hosts == 1 || (hosts == 0 && minorVersion == 0) else { throw .malformedHost }
        try framing.check(minorVersion: minorVersion)
        guard !writer.overflowed else { throw .tooLarge }
        if options.others > 0 {
            let kept = try ConnectionOptions.removeNamedFields(
                from: writer.base, firstField: firstCopied, count: writer.count, head: bytes, headFields: first,
                headEnd: end)
            writer.shorten(to: kept)
        }
        isPersistent = minorVersion == 1 ? !options.close : options.keepAlive && !options.close
        wantsUpgrade = minorVersion == 1 && options.upgrade && Self.maySwitch(to: upgrade)
        if wantsUpgrade {
            writer.append("Connection: Upgrade\r\nUpgrade: ")
            writer.append(upgrade.start, count: upgrade.count)
            writer.append("\r\n")
        }
        framing.write(to: &writer)
        writer.append("X-Forwarded-For: ")
        if wasForwarded { try Self.copyForwarded(bytes, from: first, to: end, writer: &writer) }
        Self.finish(client: client, host: host, writer: &writer)
    }

    /// HTTP/2 in clear text would carry requests past the balancer that it never sees.
    private static func maySwitch(to protocols: ByteRange) -> Bool {
        var tokens = TokenList(protocols.start, count: protocols.count)
        while tokens.next() {
            if tokens.isEqual(to: "h2c") { return false }
        }
        return !protocols.isEmpty
    }

    @inline(__always)
    private static func finish(client: ClientAddress, host: ByteRange?, writer: inout HeadWriter) {
        writer.append(client)
        writer.append("\r\nX-Forwarded-Proto: http\r\n")
        if let host, host.count > 0 {
            writer.append("X-Forwarded-Host: ")
            writer.append(host.start, count: host.count)
            writer.append("\r\n")
        }
        writer.append("\r\n")
    }

    /// The addresses that came with the request, joined to one list: a backend that reads only one line sees them all.
    private static func copyForwarded(
        _ bytes: UnsafePointer<UInt8>, from first: Int, to end: Int, writer: inout HeadWriter
    ) throws(HeadFault) {
        var fields = FieldReader(bytes, from: first, to: end)
        while try fields.next() {
            guard fields.isNamed("x-forwarded-for"), fields.valueLength > 0 else { continue }
            writer.append(fields.value, count: fields.valueLength)
            writer.append(", ")
        }
    }

    /// `uri-host [":" port]`, as far as it matters here: nothing that could end the value or start another part of a URI.
    static func isHost(_ value: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard count <= longestHost else { return false }
        for index in 0..<count {
            switch value[index] {
            case 0x00...0x20, 0x22, 0x23, 0x2C, 0x2F, 0x3C, 0x3E, 0x3F, 0x40, 0x5C, 0x5E, 0x60, 0x7B...0x7D,
                0x7F...0xFF:
                return false
            default: continue
            }
        }
        return true
    }
}

/// Some bytes of a head.
struct ByteRange {
    var start: UnsafePointer<UInt8>
    var count: Int
    var isEmpty: Bool { count == 0 }
    /// A path that starts with its query.
    var needsSlash: Bool { count > 0 && start[0] == 0x3F }
}
