internal import Glibc
internal import Hagen
internal import HagenEngine

/// The second layer of rule 8: the kernel lets packets through to a port, or to a virtual IP, only while the permit is
/// renewed, with no process acting.
///
/// All supervisors of a host share the tables `inet hagen` and `arp hagen`. What is managed stands in one set, what is
/// permitted in another whose elements expire with the permit; what is managed and not permitted is dropped, new and
/// established alike, loopback excepted. A virtual IP that is not permitted does not answer ARP or neighbour solicitation
/// either, so that a host that hangs does not speak up against the new holder.
///
/// What a dead supervisor leaves stays managed, and so is closed: the safe state. The next supervisor opens it again, or a
/// person: `nft delete table inet hagen; nft delete table arp hagen`.
final class PermitGate {
    static let table = "hagen"
    private var socket: NetlinkSocket?
    private(set) var keys: [PermitKey] = []
    /// When the permit that the kernel knows ends.
    private var permittedUntil: Instant?

    /// Closes them until they are permitted.
    ///
    /// - Throws: where this process or this kernel cannot: CAP_NET_ADMIN, nf_tables.
    func manage(_ keys: [PermitKey]) throws(NetlinkSocket.Refusal) {
        guard keys != self.keys else { return }
        let socket = try openSocket()
        try PermitTables.create(socket)
        try socket.performBatch(NetfilterMessage.batch(PermitTables.manage(keys)))
        self.keys = keys
    }

    /// Opens them until the deadline.
    func permit(until deadline: Instant, at now: Instant) throws(NetlinkSocket.Refusal) {
        guard !keys.isEmpty, permittedUntil != deadline else { return }
        let socket = try openSocket()
        let milliseconds = UInt64(max(((deadline - now).nanoseconds + 999_999) / 1_000_000, 1))
        do {
            try socket.performBatch(NetfilterMessage.batch(PermitTables.permit(keys, milliseconds: milliseconds)))
        } catch {
            guard error.code == ENOENT else { throw error }
            // Somebody has flushed all rules, as a restart of Debian's nftables.service does.
            try PermitTables.create(socket)
            try socket.performBatch(
                NetfilterMessage.batch(
                    PermitTables.manage(keys) + PermitTables.permit(keys, milliseconds: milliseconds)))
        }
        permittedUntil = deadline
    }

    /// Closes them at once.
    func close() {
        guard !keys.isEmpty, permittedUntil != nil, let socket else { return }
        permittedUntil = nil
        // Where this fails they are not there, or expire.
        try? socket.performBatch(NetfilterMessage.batch(PermitTables.close(keys)))
    }

    /// Opens them for good, and takes the tables away with the last.
    func leave() {
        guard !keys.isEmpty, let socket else { return }
        PermitTables.forget(keys, socket)
        keys = []
        permittedUntil = nil
    }

    /// Opens what a dead supervisor left closed.
    static func removeLeftovers(_ keys: [PermitKey]) {
        guard !keys.isEmpty, let socket = try? NetlinkSocket(.netfilter) else { return }
        PermitTables.forget(keys, socket)
    }

    private func openSocket() throws(NetlinkSocket.Refusal) -> NetlinkSocket {
        if let socket { return socket }
        let opened = try NetlinkSocket(.netfilter)
        socket = opened
        return opened
    }
}

/// What a permit opens.
enum PermitKey: Hashable {
    case port(Int)
    case address(IPAddress)

    static func of(_ addresses: [FailoverConfiguration.VirtualAddress], port: Int?) -> [PermitKey] {
        (port.map { [.port($0)] } ?? []) + addresses.map { .address($0.address) }
    }

    var bytes: [UInt8] {
        switch self {
        case .port(let port): [UInt8(port >> 8 & 0xFF), UInt8(port & 0xFF)]
        case .address(let address): address.bytes
        }
    }
}
