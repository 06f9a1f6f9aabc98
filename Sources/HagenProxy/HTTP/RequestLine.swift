/// `METHOD TARGET HTTP/1.x`, with exactly one space between (RFC 9112, section 3).
struct RequestLine {
    let method: UnsafePointer<UInt8>
    let methodLength: Int
    /// The target in origin form, or `*`.
    let path: ByteRange
    /// Of a target in absolute form: it replaces `Host`.
    let authority: ByteRange?
    let minorVersion: UInt8
    /// With its CR LF.
    let length: Int

    private static let longestMethod = 32

    init(_ bytes: UnsafePointer<UInt8>, count: Int) throws(HeadFault) {
        var cursor = 0
        while Characters.isToken(bytes[cursor]) { cursor += 1 }
        guard (1...Self.longestMethod).contains(cursor), bytes[cursor] == 0x20 else { throw .malformedStartLine }
        method = bytes
        methodLength = cursor
        let target = cursor + 1
        cursor = target
        while Characters.isTarget(bytes[cursor]) { cursor += 1 }
        guard cursor > target, bytes[cursor] == 0x20 else { throw .malformedStartLine }
        let targetEnd = cursor
        let version = bytes + cursor + 1
        // The space, eight bytes of version, CR LF, and the CR LF that ends the head.
        guard count - cursor >= 13, Self.startsWithVersion(version), version[9] == 0x0A, version[8] == 0x0D else {
            throw Self.isOtherVersion(version, count - cursor - 1) ? .unsupportedVersion : .malformedStartLine
        }
        minorVersion = version[7] == 0x30 ? 0 : 1
        length = cursor + 11
        // Its target has a form of its own, and there is nothing to connect to here.
        if methodLength == 7, Self.equal(method, "CONNECT") { throw .methodNotAllowed }
        (path, authority) = try Self.split(bytes + target, count: targetEnd - target, isOptions: methodLength == 7)
    }

    @inline(__always) func isMethod(_ name: StaticString) -> Bool {
        methodLength == name.utf8CodeUnitCount && Self.equal(method, name)
    }

    @inline(__always) private static func equal(_ bytes: UnsafePointer<UInt8>, _ text: StaticString) -> Bool {
        for index in 0..<text.utf8CodeUnitCount where bytes[index] != text.utf8Start[index] { return false }
        return true
    }

    /// `HTTP/1.` and a digit. A higher minor version means 1.1 to a reader of 1.1.
    @inline(__always) static func startsWithVersion(_ bytes: UnsafePointer<UInt8>) -> Bool {
        bytes[0] == 0x48 && bytes[1] == 0x54 && bytes[2] == 0x54 && bytes[3] == 0x50 && bytes[4] == 0x2F
            && bytes[5] == 0x31 && bytes[6] == 0x2E && Characters.isDigit(bytes[7])
    }

    private static func isOtherVersion(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        count >= 8 && bytes[0] == 0x48 && bytes[1] == 0x54 && bytes[2] == 0x54 && bytes[3] == 0x50 && bytes[4] == 0x2F
            && Characters.isDigit(bytes[5]) && bytes[5] != 0x31 && bytes[6] == 0x2E && Characters.isDigit(bytes[7])
    }

    /// Splits an absolute form (RFC 9112, section 3.2.2) into authority and path; leaves the other forms as they are.
    private static func split(
        _ target: UnsafePointer<UInt8>, count: Int, isOptions: Bool
    ) throws(HeadFault) -> (ByteRange, ByteRange?) {
        if target[0] == 0x2F { return (ByteRange(start: target, count: count), nil) }
        if count == 1, target[0] == 0x2A, isOptions { return (ByteRange(start: target, count: 1), nil) }
        var start = 0
        if count > 7, Characters.equalIgnoringCase(target, "http"), target[4] == 0x3A { start = 7 }
        if count > 8, Characters.equalIgnoringCase(target, "https"), target[5] == 0x3A { start = 8 }
        guard start > 0, target[start - 1] == 0x2F, target[start - 2] == 0x2F else { throw .malformedStartLine }
        var end = start
        while end < count, target[end] != 0x2F, target[end] != 0x3F { end += 1 }
        let authority = ByteRange(start: target + start, count: end - start)
        guard !authority.isEmpty, RequestHead.isHost(authority.start, authority.count) else { throw .malformedHost }
        return (ByteRange(start: target + end, count: count - end), authority)
    }
}
