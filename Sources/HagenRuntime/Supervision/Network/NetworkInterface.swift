internal import Glibc

/// A network interface of this host, as far as putting an address on it needs.
struct NetworkInterface: Hashable {
    private enum Kernel {
        static let newLink: UInt16 = 16
        static let getLink: UInt16 = 18
        static let headerByteCount = 16
        static let hardwareAddress: UInt16 = 1
        static let name: UInt16 = 3
        static let isUp: UInt32 = 0x1
        static let ethernet: UInt16 = 1
    }
    var name: String
    var index: Int32
    var isUp: Bool
    /// 6 bytes; `nil` where neighbours are not found by such an address (loopback, tunnels).
    var hardwareAddress: [UInt8]?

    /// - Throws: in words, where there is none or it is down.
    static func named(_ name: String, _ socket: NetlinkSocket) throws(EngineFailure) -> NetworkInterface {
        let found = try all(socket)
        guard let interface = found.first(where: { $0.name == name }) else {
            throw EngineFailure(
                "interface '\(name)' does not exist; there are: \(found.map(\.name).sorted().joined(separator: ", "))")
        }
        guard interface.isUp else { throw EngineFailure("interface '\(name)' is down") }
        return interface
    }

    static func all(_ socket: NetlinkSocket) throws(EngineFailure) -> [NetworkInterface] {
        var message = NetlinkMessage(type: Kernel.getLink, flags: NetlinkMessage.Flag.dump)
        message.append([UInt8](repeating: 0, count: Kernel.headerByteCount))
        do {
            return try socket.ask(message).compactMap(NetworkInterface.init)
        } catch {
            throw EngineFailure("cannot list the network interfaces: \(error.description)")
        }
    }

    private init?(_ reply: NetlinkReply) {
        // ifinfomsg: family, padding, hardware type (2), index (4), flags (4), change.
        guard reply.type == Kernel.newLink, let type = reply.payload.number(at: 2, as: UInt16.self),
            let index = reply.payload.number(at: 4, as: Int32.self),
            let flags = reply.payload.number(at: 8, as: UInt32.self)
        else { return nil }
        let attributes = reply.attributes(after: Kernel.headerByteCount)
        guard let name = attributes.first(where: { $0.kind == Kernel.name }) else { return nil }
        self.name = String(decoding: name.content.prefix { $0 != 0 }, as: UTF8.self)
        self.index = index
        isUp = flags & Kernel.isUp != 0
        let address = attributes.first { $0.kind == Kernel.hardwareAddress }?.content
        hardwareAddress = type == Kernel.ethernet && address?.count == 6 ? address.map(Array.init) : nil
    }
}
