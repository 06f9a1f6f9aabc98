internal import Glibc

/// What the `Connection` fields of a head say (RFC 9110, section 7.6.1).
struct ConnectionOptions {
    private(set) var close = false
    private(set) var keepAlive = false
    private(set) var upgrade = false
    /// Names of fields that are meant for this hop alone, beside those that always are.
    private(set) var others = 0
    /// An honest head names one or two.
    private static let mostOthers = 16

    mutating func read(_ value: UnsafePointer<UInt8>, count: Int) throws(HeadFault) {
        var tokens = TokenList(value, count: count)
        while tokens.next() {
            if tokens.isEqual(to: "close") {
                close = true
            } else if tokens.isEqual(to: "keep-alive") {
                keepAlive = true
            } else if tokens.isEqual(to: "upgrade") {
                upgrade = true
            } else {
                others += 1
                guard others <= Self.mostOthers else { throw .tooManyFields }
            }
        }
    }

    /// Removes the fields that the `Connection` fields of `head` name from the lines that were copied to `writer`. Fields
    /// that carry the meaning of the message stay: naming them is an old trick to strip them between two hops.
    static func removeNamedFields(
        from output: UnsafeMutablePointer<UInt8>, firstField: Int, count: Int,
        head: UnsafePointer<UInt8>, headFields: Int, headEnd: Int
    ) throws(HeadFault) -> Int {
        var kept = firstField
        var lines = FieldReader(output, from: firstField, to: count)
        var end = firstField
        while try lines.next() {
            end = lines.position
            let named = try isNamed(lines.name, lines.nameLength, head, headFields, headEnd)
            if named, !lines.isNamed("host"), !lines.isNamed("authorization"), !lines.isNamed("cookie") { continue }
            let length = lines.position - lines.lineStart
            memmove(output + kept, output + lines.lineStart, length)
            kept += length
        }
        precondition(end == count, "the copied fields end at \(end), not at \(count)")
        return kept
    }

    private static func isNamed(
        _ name: UnsafePointer<UInt8>, _ nameLength: Int, _ head: UnsafePointer<UInt8>, _ headFields: Int, _ headEnd: Int
    ) throws(HeadFault) -> Bool {
        var fields = FieldReader(head, from: headFields, to: headEnd)
        while try fields.next() {
            guard fields.isNamed("connection") else { continue }
            var tokens = TokenList(fields.value, count: fields.valueLength)
            while tokens.next() {
                if tokens.length == nameLength, Characters.equalIgnoringCase(tokens.start, name, count: nameLength) {
                    return true
                }
            }
        }
        return false
    }
}

/// The elements of a comma-separated list, without the white space around them; empty ones are left out.
struct TokenList {
    private var cursor: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    private(set) var start: UnsafePointer<UInt8>
    private(set) var length = 0

    init(_ value: UnsafePointer<UInt8>, count: Int) {
        cursor = value
        start = value
        end = value + count
    }

    mutating func next() -> Bool {
        while cursor < end {
            start = cursor
            while cursor < end, cursor.pointee != 0x2C { cursor += 1 }
            var last = cursor
            if cursor < end { cursor += 1 }
            while start < last, start.pointee == 0x20 || start.pointee == 0x09 { start += 1 }
            while last > start, (last - 1).pointee == 0x20 || (last - 1).pointee == 0x09 { last -= 1 }
            length = last - start
            if length > 0 { return true }
        }
        return false
    }

    /// - Parameter lowercase: letters and hyphens.
    func isEqual(to lowercase: StaticString) -> Bool {
        length == lowercase.utf8CodeUnitCount && Characters.equalIgnoringCase(start, lowercase)
    }
}
