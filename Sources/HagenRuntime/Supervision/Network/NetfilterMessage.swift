/// The messages of nf_tables that the permit needs, as netfilter's netlink has them (all numbers in network order).
enum NetfilterMessage {
    static let newTable: UInt16 = 0
    static let deleteTable: UInt16 = 2
    static let newChain: UInt16 = 3
    static let newRule: UInt16 = 6
    static let newSet: UInt16 = 9
    static let newElements: UInt16 = 12
    static let getElements: UInt16 = 13
    static let deleteElements: UInt16 = 14
    static let getGeneration: UInt16 = 16
    private static let subsystem: UInt16 = 10
    private static let batchBegin: UInt16 = 0x10
    private static let batchEnd: UInt16 = 0x11

    /// IPv4 and IPv6 at once; ARP.
    enum Family: UInt8 {
        case inet = 1
        case arp = 3
    }

    static func message(_ kind: UInt16, _ family: Family, flags: UInt16 = 0) -> NetlinkMessage {
        var message = NetlinkMessage(type: subsystem << 8 | kind, flags: flags)
        message.append([family.rawValue, 0, 0, 0])
        return message
    }

    /// - Parameter generation: of the rules that the batch was made for; the kernel refuses it when they have changed.
    static func batch(_ messages: [NetlinkMessage], generation: UInt32? = nil) -> [NetlinkMessage] {
        var begin = NetlinkMessage(type: batchBegin, flags: 0)
        begin.append([0, 0, 0, UInt8(subsystem)])
        if let generation { begin.attribute(1, number: generation.bigEndian) }
        var end = NetlinkMessage(type: batchEnd, flags: 0)
        end.append([0, 0, 0, UInt8(subsystem)])
        return [begin] + messages + [end]
    }
}

extension NetlinkMessage {
    /// A rule's expression by its name, in a list of them.
    mutating func expression(_ name: String, _ content: (inout NetlinkMessage) -> Void) {
        nested(1) { element in
            element.attribute(1, text: name)
            element.nested(2, content)
        }
    }

    mutating func attribute(_ kind: UInt16, inNetworkOrder number: UInt32) {
        attribute(kind, number: number.bigEndian)
    }

    /// A property of the packet to the register.
    mutating func loadMeta(_ key: UInt32) {
        expression("meta") { content in
            content.attribute(1, inNetworkOrder: 1)
            content.attribute(2, inNetworkOrder: key)
        }
    }

    /// Bytes of the packet to the register.
    mutating func loadPayload(base: UInt32, offset: UInt32, byteCount: UInt32) {
        expression("payload") { content in
            content.attribute(1, inNetworkOrder: 1)
            content.attribute(2, inNetworkOrder: base)
            content.attribute(3, inNetworkOrder: offset)
            content.attribute(4, inNetworkOrder: byteCount)
        }
    }

    /// Goes on only where the register is equal.
    mutating func requireEqual(_ bytes: [UInt8]) {
        expression("cmp") { content in
            content.attribute(1, inNetworkOrder: 1)
            content.attribute(2, inNetworkOrder: 0)
            content.nested(3) { $0.attribute(1, bytes) }
        }
    }

    /// Goes on only where the register is an element of the set, or is none.
    mutating func requireElement(of set: String, isThere: Bool) {
        expression("lookup") { content in
            content.attribute(1, text: set)
            content.attribute(2, inNetworkOrder: 1)
            if !isThere { content.attribute(5, inNetworkOrder: 1) }
        }
    }

    /// - Parameter accepts: or drops the packet.
    mutating func verdict(accepts: Bool) {
        expression("immediate") { content in
            content.attribute(1, inNetworkOrder: 0)
            content.nested(2) { data in data.nested(2) { $0.attribute(1, inNetworkOrder: accepts ? 1 : 0) } }
        }
    }
}
