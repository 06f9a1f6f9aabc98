/// A netlink message being written: the header, a fixed part, then attributes (netlink(7), rtnetlink(7)).
///
/// Numbers stand in the host's order unless `bigEndian` is said; every part is padded to 4 bytes.
struct NetlinkMessage {
    /// What the header's flags ask for.
    enum Flag {
        static let request: UInt16 = 0x1
        static let acknowledge: UInt16 = 0x4
        static let replace: UInt16 = 0x100
        static let dump: UInt16 = 0x300
        static let exclusive: UInt16 = 0x200
        static let create: UInt16 = 0x400
        static let append: UInt16 = 0x800
    }
    private static let isNested: UInt16 = 0x8000
    private var bytes: [UInt8]

    init(type: UInt16, flags: UInt16) {
        bytes = []
        bytes.reserveCapacity(256)
        // The length and the sequence are known at the end, and the port is the kernel's to fill.
        append(UInt32(0))
        append(type)
        append(flags | Flag.request)
        append(UInt32(0))
        append(UInt32(0))
    }

    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number) { bytes += $0 }
    }

    mutating func append(_ content: [UInt8]) { bytes += content }

    mutating func attribute(_ kind: UInt16, _ content: [UInt8]) {
        append(UInt16(4 + content.count))
        append(kind)
        bytes += content
        pad()
    }

    mutating func attribute(_ kind: UInt16, number: some FixedWidthInteger) {
        attribute(kind, withUnsafeBytes(of: number) { Array($0) })
    }

    /// Ended by a zero byte.
    mutating func attribute(_ kind: UInt16, text: String) { attribute(kind, Array(text.utf8) + [0]) }

    mutating func nested(_ kind: UInt16, _ content: (inout NetlinkMessage) -> Void) {
        let start = bytes.count
        append(UInt16(0))
        append(kind | Self.isNested)
        content(&self)
        pad()
        put(UInt16(bytes.count - start), at: start)
    }

    /// The whole message, as the request with that number.
    func finished(sequence: UInt32) -> [UInt8] {
        var message = self
        message.put(UInt32(bytes.count), at: 0)
        message.put(sequence, at: 8)
        message.pad()
        return message.bytes
    }

    private mutating func pad() { while bytes.count % 4 != 0 { bytes.append(0) } }

    private mutating func put(_ number: some FixedWidthInteger, at offset: Int) {
        withUnsafeBytes(of: number) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
    }
}

/// One message that the kernel sent.
struct NetlinkReply {
    static let failure: UInt16 = 2
    static let done: UInt16 = 3
    let type: UInt16
    let sequence: UInt32
    /// After the header.
    let payload: ArraySlice<UInt8>

    /// The messages in one datagram; a torn one ends them.
    static func all(in datagram: ArraySlice<UInt8>) -> [NetlinkReply] {
        var replies: [NetlinkReply] = []
        var rest = datagram
        while let length = rest.number(at: 0, as: UInt32.self).map(Int.init), length >= 16, length <= rest.count,
            let type = rest.number(at: 4, as: UInt16.self), let sequence = rest.number(at: 8, as: UInt32.self)
        {
            let end = rest.startIndex + length
            replies.append(
                NetlinkReply(type: type, sequence: sequence, payload: rest[(rest.startIndex + 16)..<end]))
            rest = rest[min(rest.startIndex + (length + 3) / 4 * 4, rest.endIndex)...]
        }
        return replies
    }

    /// The attributes that follow a fixed part of so many bytes.
    func attributes(after fixed: Int) -> [(kind: UInt16, content: ArraySlice<UInt8>)] {
        var found: [(kind: UInt16, content: ArraySlice<UInt8>)] = []
        var rest = payload.dropFirst(fixed)
        while let length = rest.number(at: 0, as: UInt16.self).map(Int.init), length >= 4, length <= rest.count,
            let kind = rest.number(at: 2, as: UInt16.self)
        {
            found.append((kind & 0x3FFF, rest[(rest.startIndex + 4)..<(rest.startIndex + length)]))
            rest = rest[min(rest.startIndex + (length + 3) / 4 * 4, rest.endIndex)...]
        }
        return found
    }
}

extension ArraySlice<UInt8> {
    /// In the host's order; `nil` where it would go past the end.
    func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number? {
        guard offset >= 0, offset + MemoryLayout<Number>.size <= count else { return nil }
        return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
    }
}
