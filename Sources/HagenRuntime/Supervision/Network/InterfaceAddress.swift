internal import Glibc
internal import Hagen

/// Puts an address on an interface and takes it off, by RTM_NEWADDR and RTM_DELADDR (rtnetlink(7)).
///
/// It gets no network route of its own, so that no other address depends on it, and IPv6 does not wait for duplicate
/// detection: a host that hangs would still answer, and the lease has decided already. Programs of this host do not choose
/// it as the source of what they send: IPv6 has it as a deprecated one, and IPv4 prefers what was there before.
enum InterfaceAddress {
    private enum Kernel {
        static let newAddress: UInt16 = 20
        static let deleteAddress: UInt16 = 21
        // Attributes.
        static let address: UInt16 = 1
        static let local: UInt16 = 2
        static let lifetimes: UInt16 = 6
        static let flags: UInt16 = 8
        static let origin: UInt16 = 11
        // Flags.
        static let withoutDuplicateDetection: UInt32 = 0x02
        static let withoutNetworkRoute: UInt32 = 0x200
        static let forever = UInt32.max
    }
    /// Tells a person who put it there: `ip address show proto 72`. Kernels before 5.18 leave it out.
    static let origin: UInt8 = 72

    /// Puts it there, or gives the one that is there a new life.
    ///
    /// - Parameter seconds: after which the kernel takes it off by itself, a second early or late; `nil`: never.
    static func put(
        _ address: FailoverConfiguration.VirtualAddress, on index: Int32, seconds: UInt32?, _ socket: NetlinkSocket
    ) throws(NetlinkSocket.Refusal) {
        var message = message(
            Kernel.newAddress, address, on: index, flags: NetlinkMessage.Flag.create | NetlinkMessage.Flag.replace)
        let isIPv6 = address.address.isIPv6
        message.attribute(
            Kernel.flags,
            number: isIPv6 ? Kernel.withoutDuplicateDetection | Kernel.withoutNetworkRoute : Kernel.withoutNetworkRoute)
        let valid = seconds ?? Kernel.forever
        // Preferred, valid, and when it was made and changed, which are the kernel's.
        let lifetimes = [isIPv6 ? 0 : valid, valid, 0, 0]
        message.attribute(Kernel.lifetimes, lifetimes.flatMap { withUnsafeBytes(of: $0) { Array($0) } })
        message.attribute(Kernel.origin, number: origin)
        try socket.perform(message)
    }

    /// Takes it off; one that is not there, or not with this prefix, is no error.
    static func remove(
        _ address: FailoverConfiguration.VirtualAddress, from index: Int32, _ socket: NetlinkSocket
    ) throws(NetlinkSocket.Refusal) {
        do {
            try socket.perform(message(Kernel.deleteAddress, address, on: index, flags: 0))
        } catch {
            guard error.code == EADDRNOTAVAIL || error.code == ENODEV else { throw error }
        }
    }

    private static func message(
        _ type: UInt16, _ address: FailoverConfiguration.VirtualAddress, on index: Int32, flags: UInt16
    ) -> NetlinkMessage {
        var message = NetlinkMessage(type: type, flags: flags | NetlinkMessage.Flag.acknowledge)
        // ifaddrmsg: family, prefix, flags, scope (0: global), index.
        message.append(UInt8(address.address.isIPv6 ? AF_INET6 : AF_INET))
        message.append(UInt8(address.prefixLength))
        message.append(UInt8(0))
        message.append(UInt8(0))
        message.append(index)
        // Both: with only the first the kernel would not compare the prefix when it removes.
        message.attribute(Kernel.local, address.address.bytes)
        message.attribute(Kernel.address, address.address.bytes)
        return message
    }
}
