package import Hagen

/// Which address every host has in a placement, and which port stands for a declared one.
///
/// In `declared` both are as written. In `loopback` the hosts, sorted by name and counted from 1, get `127.X.0.i`,
/// where X comes from the topology's name, so that two labs on one machine rarely meet; ports below 1024 are moved
/// up, everywhere alike.
package struct AddressPlan: Equatable, Sendable {
    package let placement: Placement
    /// By host. A host whose declared address cannot be read has none.
    private let addresses: [String: IPAddress]
    /// In `loopback`: the port that stands for a declared one below 1024.
    private let movedPorts: [Int: Int]
    /// In `loopback`: the second byte of every address.
    private let network: UInt8

    package init(_ topology: Model.Topology, placement: Placement) {
        self.placement = placement
        let network = UInt8(16 + Self.hash(topology.name) % 200)
        self.network = network
        switch placement {
        case .declared:
            addresses = Dictionary(
                topology.hosts.compactMap { host in
                    AddressWithPrefix(host.address).map { (host.name, $0.address) }
                }, uniquingKeysWith: { first, _ in first })
            movedPorts = [:]
        case .loopback:
            let names = Set(topology.hosts.map(\.name)).sorted()
            addresses = Dictionary(
                uniqueKeysWithValues: names.enumerated().map { index, name in
                    // The last network of the 256 is the coordinator's.
                    let number = UInt16(clamping: index + 1)
                    return (name, IPAddress(ipv4: [127, network, UInt8(number >> 8), UInt8(number & 0xFF)]))
                })
            movedPorts = Self.movedPorts(topology)
        }
    }

    package func address(of host: String) -> IPAddress? { addresses[host] }

    /// - Parameter declared: 1 to 65535.
    package func port(_ declared: Int) -> Int { movedPorts[declared] ?? declared }

    /// Of the store that the lab runs beside the hosts.
    package var labCoordinator: SocketAddress {
        SocketAddress(IPAddress(ipv4: [127, network, 255, 1]), port: Defaults.coordinatorPort)
    }

    /// Where a listener that was declared as `listen` listens on a host; `nil` where either cannot be read.
    ///
    /// A port alone means every address of the host's family. A host with a loopback address shares its machine with
    /// others, so there it means the host's own address; in the lab every listener has that.
    package func listener(_ listen: ListenAddress, on host: String) -> SocketAddress? {
        guard let (written, port) = listen.parsed, let own = address(of: host) else { return nil }
        if placement == .loopback { return SocketAddress(own, port: self.port(port)) }
        if let written { return SocketAddress(written, port: port) }
        return SocketAddress(own.isLoopback ? own : .unspecified(like: own), port: port)
    }

    /// Where `/metrics` is served. There is no TLS yet, so a host in a network serves it to itself only.
    package func monitorListener(on host: String) -> SocketAddress? {
        localListener(on: host, port: Defaults.monitorPort)
    }

    /// Where the embedded store of a declared host listens: like `/metrics`, never in a network.
    package func coordinatorListener(on host: String) -> SocketAddress? {
        localListener(on: host, port: Defaults.coordinatorPort)
    }

    /// Where a member of etcd serves its metrics.
    package func storeMetricsListener(on host: String) -> SocketAddress? {
        localListener(on: host, port: Defaults.storeMetricsPort)
    }

    private func localListener(on host: String, port: Int) -> SocketAddress? {
        address(of: host).map { SocketAddress($0.isLoopback ? $0 : IPAddress(ipv4: [127, 0, 0, 1]), port: port) }
    }

    /// Each port below 1024 becomes the first free one from itself plus 8000. One declared port becomes one port on
    /// every host, so what did not collide before does not collide now.
    private static func movedPorts(_ topology: Model.Topology) -> [Int: Int] {
        let declared = Set(
            topology.clusters.compactMap(\.workload.port) + topology.balancers.compactMap { $0.listen.parsed?.port })
        var taken = declared.union([Defaults.coordinatorPort, Defaults.monitorPort])
        var moved: [Int: Int] = [:]
        for port in declared.sorted() where port < 1024 {
            var free = port + Defaults.privilegedPortOffset
            while taken.contains(free) { free += 1 }
            taken.insert(free)
            moved[port] = free
        }
        return moved
    }

    /// FNV-1a with 32 bits (Fowler, Noll, Vo): the same on every machine and every day, unlike `Hasher`.
    static func hash(_ text: String) -> UInt32 {
        text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}

extension IPAddress {
    /// `0.0.0.0` or `::`, of the other's family.
    package static func unspecified(like other: IPAddress) -> IPAddress {
        IPAddress(other.isIPv6 ? "::" : "0.0.0.0") ?? other
    }
}
