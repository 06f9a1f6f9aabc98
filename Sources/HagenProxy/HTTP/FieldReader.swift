internal import Glibc

/// Reads the field lines of a complete head one by one, strictly (RFC 9110, section 5; RFC 9112, section 5).
struct FieldReader {
    private let bytes: UnsafePointer<UInt8>
    private let end: Int
    /// Where the next line starts.
    private(set) var position: Int
    private(set) var count = 0
    /// More than any honest client sends; it bounds the work that one head can cause.
    private static let most = 128

    /// Where the current line starts.
    private(set) var lineStart = 0
    private(set) var name: UnsafePointer<UInt8>
    private(set) var nameLength = 0
    private(set) var value: UnsafePointer<UInt8>
    /// Without the white space around it.
    private(set) var valueLength = 0

    /// - Parameters:
    ///   - position: the first field line.
    ///   - end: the empty line that ends the head.
    init(_ bytes: UnsafePointer<UInt8>, from position: Int, to end: Int) {
        self.bytes = bytes
        self.position = position
        self.end = end
        name = bytes
        value = bytes
    }

    /// Moves to the next field; `false` after the last one.
    @inline(__always)
    mutating func next() throws(HeadFault) -> Bool {
        guard position < end else { return false }
        count += 1
        guard count <= Self.most else { throw .tooManyFields }
        lineStart = position
        name = bytes + position
        var cursor = position
        while Characters.isToken(bytes[cursor]) { cursor += 1 }
        guard bytes[cursor] == 0x3A, cursor > position else {
            throw bytes[position] == 0x20 || bytes[position] == 0x09 ? .foldedLine : .malformedField
        }
        nameLength = cursor - position
        cursor += 1
        while bytes[cursor] == 0x20 || bytes[cursor] == 0x09 { cursor += 1 }
        value = bytes + cursor
        while Characters.isFieldValue(bytes[cursor]) { cursor += 1 }
        guard bytes[cursor] == 0x0D, bytes[cursor + 1] == 0x0A else { throw .malformedField }
        position = cursor + 2
        let start = value
        while cursor > start - bytes, bytes[cursor - 1] == 0x20 || bytes[cursor - 1] == 0x09 { cursor -= 1 }
        valueLength = bytes + cursor - start
        return true
    }

    /// Whether the field has this name, which is given in lower case.
    @inline(__always)
    func isNamed(_ expected: StaticString) -> Bool {
        nameLength == expected.utf8CodeUnitCount && Characters.equalIgnoringCase(name, expected)
    }

    /// Whether the value is this one, given in lower case.
    @inline(__always)
    func hasValue(_ expected: StaticString) -> Bool {
        valueLength == expected.utf8CodeUnitCount && Characters.equalIgnoringCase(value, expected)
    }
}

/// The character classes of HTTP.
enum Characters {
    /// `token` of RFC 9110, section 5.6.2.
    @inline(__always) static func isToken(_ byte: UInt8) -> Bool {
        // ! # $ % & ' * + - . 0-9 in the low half; A-Z ^ _ ` a-z | ~ in the high half.
        let low: UInt64 = 0x03FF_6CFA_0000_0000
        let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
        guard byte < 128 else { return false }
        return (byte < 64 ? low >> UInt64(byte) : high >> UInt64(byte - 64)) & 1 == 1
    }

    /// Visible characters, space, tab and what is beyond ASCII; no control characters.
    @inline(__always) static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != 0x7F : byte == 0x09
    }

    /// What a request target may consist of here: visible ASCII, and bytes beyond ASCII, which servers tolerate.
    @inline(__always) static func isTarget(_ byte: UInt8) -> Bool { byte > 0x20 && byte != 0x7F }

    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// - Parameter lowercase: letters and hyphens; the bytes have at least its length and are token characters.
    @inline(__always)
    static func equalIgnoringCase(_ bytes: UnsafePointer<UInt8>, _ lowercase: StaticString) -> Bool {
        let expected = lowercase.utf8Start
        for index in 0..<lowercase.utf8CodeUnitCount where bytes[index] | 0x20 != expected[index] { return false }
        return true
    }

    static func equalIgnoringCase(
        _ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, count: Int
    ) -> Bool {
        for index in 0..<count where lowercase(left[index]) != lowercase(right[index]) { return false }
        return true
    }

    @inline(__always) static func lowercase(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }
}
