internal import Glibc
internal import Hagen

/// The tables, sets and rules of `PermitGate`, as messages for the kernel.
enum PermitTables {
    /// The sets of one kind of key.
    private struct Kind {
        var family: NetfilterMessage.Family
        var name: String
        /// How nft(8) shows the elements: inet_service, ipv4_addr, ipv6_addr.
        var type: UInt32
        var byteCount: UInt32

        var managed: String { "managed-\(name)" }
        var permitted: String { "permitted-\(name)" }
    }
    private static let ports = Kind(family: .inet, name: "ports", type: 13, byteCount: 2)
    private static let ipv4 = Kind(family: .inet, name: "ipv4", type: 7, byteCount: 4)
    private static let ipv6 = Kind(family: .inet, name: "ipv6", type: 8, byteCount: 16)
    private static let arp = Kind(family: .arp, name: "ipv4", type: 7, byteCount: 4)
    private static let kinds = [ports, ipv4, ipv6, arp]
    private static let chain = "input"
    private static let expires: UInt32 = 0x10

    private static func kinds(of key: PermitKey) -> [Kind] {
        switch key {
        case .port: [ports]
        case .address(let address): address.isIPv6 ? [ipv6] : [ipv4, arp]
        }
    }

    /// Makes what is not there yet.
    static func create(_ socket: NetlinkSocket) throws(NetlinkSocket.Refusal) {
        for family in [NetfilterMessage.Family.inet, .arp] {
            do {
                try socket.performBatch(NetfilterMessage.batch(table(family)))
            } catch {
                // Another supervisor made it, whole: a batch is done or not.
                guard error.code == EEXIST else { throw error }
            }
        }
    }

    static func manage(_ keys: [PermitKey]) -> [NetlinkMessage] {
        keys.flatMap { key in kinds(of: key).map { elements(.add, key, $0, $0.managed) } }
    }

    /// Adding an element again does not extend its time, and removing one that is not there fails: so all three.
    static func permit(_ keys: [PermitKey], milliseconds: UInt64) -> [NetlinkMessage] {
        keys.flatMap { key in
            kinds(of: key).flatMap { kind in
                [
                    elements(.add, key, kind, kind.permitted, milliseconds: milliseconds),
                    elements(.remove, key, kind, kind.permitted),
                    elements(.add, key, kind, kind.permitted, milliseconds: milliseconds),
                ]
            }
        }
    }

    static func close(_ keys: [PermitKey]) -> [NetlinkMessage] {
        keys.flatMap { key in
            kinds(of: key).flatMap { kind in
                [
                    elements(.add, key, kind, kind.permitted, milliseconds: 1000),
                    elements(.remove, key, kind, kind.permitted),
                ]
            }
        }
    }

    /// The keys are managed no more, and a table in which nothing is managed goes.
    static func forget(_ keys: [PermitKey], _ socket: NetlinkSocket) {
        for key in keys {
            for kind in kinds(of: key) {
                // Each by itself: one that is not there must not keep the others.
                try? socket.performBatch(NetfilterMessage.batch([elements(.remove, key, kind, kind.managed)]))
                try? socket.performBatch(NetfilterMessage.batch([elements(.remove, key, kind, kind.permitted)]))
            }
        }
        for family in [NetfilterMessage.Family.inet, .arp] { removeWhereEmpty(family, socket) }
    }

    /// By the generation of the rules: a key that another supervisor adds meanwhile keeps the table.
    private static func removeWhereEmpty(_ family: NetfilterMessage.Family, _ socket: NetlinkSocket) {
        for _ in 0..<3 {
            guard let generation = generation(socket) else { return }
            for kind in kinds where kind.family == family {
                var message = NetfilterMessage.message(
                    NetfilterMessage.getElements, family, flags: NetlinkMessage.Flag.dump)
                message.attribute(1, text: PermitGate.table)
                message.attribute(2, text: kind.managed)
                guard let replies = try? socket.ask(message) else { return }
                // Each message names the table, the set, and then those elements that there are.
                if replies.contains(where: { $0.attributes(after: 4).contains { $0.kind == 3 && !$0.content.isEmpty } })
                {
                    return
                }
            }
            var removal = NetfilterMessage.message(NetfilterMessage.deleteTable, family)
            removal.attribute(1, text: PermitGate.table)
            do {
                try socket.performBatch(NetfilterMessage.batch([removal], generation: generation))
                return
            } catch {
                guard error.code == ERESTART else { return }
            }
        }
    }

    private static func generation(_ socket: NetlinkSocket) -> UInt32? {
        let message = NetfilterMessage.message(
            NetfilterMessage.getGeneration, .inet, flags: NetlinkMessage.Flag.acknowledge)
        guard let reply = try? socket.ask(message).first,
            let identifier = reply.attributes(after: 4).first(where: { $0.kind == 1 })
        else { return nil }
        return identifier.content.number(at: 0, as: UInt32.self).map { UInt32(bigEndian: $0) }
    }

    private enum Change {
        case add, remove
    }

    private static func elements(
        _ change: Change, _ key: PermitKey, _ kind: Kind, _ set: String, milliseconds: UInt64? = nil
    ) -> NetlinkMessage {
        var message = NetfilterMessage.message(
            change == .add ? NetfilterMessage.newElements : NetfilterMessage.deleteElements, kind.family,
            flags: change == .add ? NetlinkMessage.Flag.create : 0)
        message.attribute(1, text: PermitGate.table)
        message.attribute(2, text: set)
        message.nested(3) { list in
            list.nested(1) { element in
                element.nested(1) { $0.attribute(1, key.bytes) }
                if let milliseconds { element.attribute(4, number: milliseconds.bigEndian) }
            }
        }
        return message
    }

    private static func table(_ family: NetfilterMessage.Family) -> [NetlinkMessage] {
        let flags = NetlinkMessage.Flag.create
        var table = NetfilterMessage.message(
            NetfilterMessage.newTable, family, flags: flags | NetlinkMessage.Flag.exclusive)
        table.attribute(1, text: PermitGate.table)
        let sets = kinds.filter { $0.family == family }.enumerated().flatMap { index, kind in
            [
                set(kind, kind.managed, flags: 0, number: UInt32(2 * index + 1)),
                set(kind, kind.permitted, flags: expires, number: UInt32(2 * index + 2)),
            ]
        }
        var input = NetfilterMessage.message(NetfilterMessage.newChain, family, flags: flags)
        input.attribute(1, text: PermitGate.table)
        input.attribute(3, text: chain)
        input.nested(4) { hook in
            // Input, which has number 1 for IP and 0 for ARP; before what others filter.
            hook.attribute(1, inNetworkOrder: family == .inet ? 1 : 0)
            hook.attribute(2, inNetworkOrder: UInt32(bitPattern: -10))
        }
        input.attribute(7, text: "filter")
        let rules = family == .inet ? inetRules : arpRules
        return [table] + sets + [input]
            + rules.map { content in
                var rule = NetfilterMessage.message(
                    NetfilterMessage.newRule, family, flags: flags | NetlinkMessage.Flag.append)
                rule.attribute(1, text: PermitGate.table)
                rule.attribute(2, text: chain)
                rule.nested(4, content)
                return rule
            }
    }

    private static func set(_ kind: Kind, _ name: String, flags: UInt32, number: UInt32) -> NetlinkMessage {
        var message = NetfilterMessage.message(
            NetfilterMessage.newSet, kind.family, flags: NetlinkMessage.Flag.create)
        message.attribute(1, text: PermitGate.table)
        message.attribute(2, text: name)
        message.attribute(3, inNetworkOrder: flags)
        message.attribute(4, inNetworkOrder: kind.type)
        message.attribute(5, inNetworkOrder: kind.byteCount)
        message.attribute(10, inNetworkOrder: number)
        return message
    }

    private typealias Rule = (inout NetlinkMessage) -> Void

    private static func dropUnlessPermitted(_ kind: Kind, _ rule: inout NetlinkMessage) {
        rule.requireElement(of: kind.managed, isThere: true)
        rule.requireElement(of: kind.permitted, isThere: false)
        rule.verdict(accepts: false)
    }

    // The properties of a packet that `meta` knows, by nf_tables' numbers.
    private static let interfaceType: UInt32 = 8
    private static let networkProtocol: UInt32 = 15
    private static let transportProtocol: UInt32 = 16
    private static let networkHeader: UInt32 = 1
    private static let transportHeader: UInt32 = 2

    private static var inetRules: [Rule] {
        let loopback: Rule = { rule in
            rule.loadMeta(interfaceType)
            rule.requireEqual([0x04, 0x03])
            rule.verdict(accepts: true)
        }
        let ofPorts = [UInt8(IPPROTO_TCP), UInt8(IPPROTO_UDP)].map { transport -> Rule in
            { rule in
                rule.loadMeta(transportProtocol)
                rule.requireEqual([transport])
                rule.loadPayload(base: transportHeader, offset: 2, byteCount: 2)
                dropUnlessPermitted(ports, &rule)
            }
        }
        let ofAddresses = [(kind: ipv4, version: UInt8(2), offset: UInt32(16)), (ipv6, 10, 24)].map { entry -> Rule in
            { rule in
                rule.loadMeta(networkProtocol)
                rule.requireEqual([entry.version])
                rule.loadPayload(base: networkHeader, offset: entry.offset, byteCount: entry.kind.byteCount)
                dropUnlessPermitted(entry.kind, &rule)
            }
        }
        let ofSolicitations: Rule = { rule in
            rule.loadMeta(transportProtocol)
            rule.requireEqual([UInt8(IPPROTO_ICMPV6)])
            rule.loadPayload(base: transportHeader, offset: 0, byteCount: 1)
            rule.requireEqual([135])
            rule.loadPayload(base: transportHeader, offset: 8, byteCount: 16)
            dropUnlessPermitted(ipv6, &rule)
        }
        return [loopback] + ofPorts + ofAddresses + [ofSolicitations]
    }

    /// The address that a neighbour asks for, in a request over Ethernet. Whoever says of such an address that it is its own
    /// is heard: programs of this host want to reach its new holder.
    private static var arpRules: [Rule] {
        [
            { rule in
                rule.loadPayload(base: networkHeader, offset: 14, byteCount: 4)
                rule.requireElement(of: arp.managed, isThere: false)
                rule.loadPayload(base: networkHeader, offset: 24, byteCount: 4)
                dropUnlessPermitted(arp, &rule)
            }
        ]
    }
}
