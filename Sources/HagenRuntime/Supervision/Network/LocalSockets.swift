internal import Glibc
internal import Hagen
internal import HagenEngine

/// The TCP sockets of this host, asked for and ended by sock_diag(7).
struct LocalSockets {
    private enum Kernel {
        static let byFamily: UInt16 = 20
        static let destroy: UInt16 = 21
        static let filter: UInt16 = 1
        static let localIs: UInt8 = 7
        /// Every state but listening, closed, and waiting for the last packets to die out.
        static let connected: UInt32 = 0x1FFE & ~(1 << 6 | 1 << 7 | 1 << 10)
        static let listening: UInt32 = 1 << 10
        static let messageByteCount = 72
        static let isForIPv6Alone: UInt16 = 11
    }

    /// Where a socket listens.
    struct Listener: Hashable, Sendable {
        /// 4 bytes or 16, in the order of the network.
        var address: [UInt8]
        var port: Int
        /// An IPv6 socket that takes no IPv4 connection (`IPV6_V6ONLY`).
        var isForIPv6Alone = false
    }
    private static let destroyedAtOnce = 64
    let socket: NetlinkSocket

    init() throws(NetlinkSocket.Refusal) { socket = try NetlinkSocket(.socketDiagnosis) }

    /// Every TCP socket of this host that listens.
    func listeners() throws(NetlinkSocket.Refusal) -> Set<Listener> {
        var listeners: Set<Listener> = []
        for family in [AF_INET, AF_INET6] {
            for reply in try socket.ask(query(family, Kernel.listening, local: nil)) {
                let message = Array(reply.payload)
                guard message.count >= Kernel.messageByteCount, message[0] == UInt8(family) else { continue }
                let attributes = reply.attributes(after: Kernel.messageByteCount)
                let isForIPv6Alone = attributes.first { $0.kind == Kernel.isForIPv6Alone }?.content.first == 1
                listeners.insert(
                    Listener(
                        address: Array(message[8..<(family == AF_INET ? 12 : 24)]),
                        port: Int(message[4]) << 8 | Int(message[5]), isForIPv6Alone: isForIPv6Alone))
            }
        }
        return listeners
    }

    /// Ends the connections whose local address it is, whoever they belong to: the other side is sent a reset, and does not
    /// wait for a host that has gone elsewhere. Listeners stay.
    ///
    /// - Parameter limit: when to give up; the rest is left as it is.
    /// - Returns: how many were ended.
    /// - Throws: `EOPNOTSUPP` where the kernel cannot (CONFIG_INET_DIAG_DESTROY).
    func endConnections(to address: IPAddress, until limit: Instant) throws(NetlinkSocket.Refusal) -> Int {
        var ended = 0
        // An IPv4 connection may belong to an IPv6 socket.
        for family in address.isIPv6 ? [AF_INET6] : [AF_INET, AF_INET6] {
            let found = try socket.ask(query(family, Kernel.connected, local: address))
            var rest = found.compactMap { $0.payload.count >= Kernel.messageByteCount ? Array($0.payload) : nil }[...]
            while !rest.isEmpty, .now < limit {
                let results = try socket.performAll(rest.prefix(Self.destroyedAtOnce).map { destruction(of: $0) })
                for case let refusal? in results where refusal.code != ENOENT { throw refusal }
                ended += results.count
                rest = rest.dropFirst(Self.destroyedAtOnce)
            }
        }
        return ended
    }

    private func query(_ family: Int32, _ states: UInt32, local: IPAddress?) -> NetlinkMessage {
        var message = NetlinkMessage(type: Kernel.byFamily, flags: NetlinkMessage.Flag.dump)
        // inet_diag_req_v2: family, protocol, extensions, padding, states, then the socket, which is any.
        message.append([UInt8(family), UInt8(IPPROTO_TCP), 0, 0])
        message.append(states)
        message.append([UInt8](repeating: 0, count: 48))
        guard let local else { return message }
        // A program of one condition for the kernel: where it does not hold, past the end, which refuses.
        let size = UInt8(12 + local.bytes.count)
        var program: [UInt8] = [Kernel.localIs, size]
        program += withUnsafeBytes(of: UInt16(size) + 4) { Array($0) }
        program += [UInt8(local.isIPv6 ? AF_INET6 : AF_INET), UInt8(local.bytes.count * 8), 0, 0]
        // Any port.
        program += withUnsafeBytes(of: Int32(-1)) { Array($0) }
        message.attribute(Kernel.filter, program + local.bytes)
        return message
    }

    /// - Parameter found: what the kernel said of the socket; its bytes 4 to 51 name it.
    private func destruction(of found: [UInt8]) -> NetlinkMessage {
        var message = NetlinkMessage(type: Kernel.destroy, flags: NetlinkMessage.Flag.acknowledge)
        message.append([found[0], UInt8(IPPROTO_TCP), 0, 0])
        message.append(UInt32.max)
        message.append(Array(found[4..<52]))
        return message
    }
}
