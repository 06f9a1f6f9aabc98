internal import Hagen

extension LoweringContext {
    /// `nil` where the host runs no member of etcd.
    func etcd(on host: String) -> EtcdMember? {
        guard runsEtcd, storeHosts.contains(host) else { return nil }
        return EtcdMember(
            topology: topology.name, host: host, clients: clients(of: host),
            metrics: required(plan.storeMetricsListener(on: host)),
            members: storeHosts.map {
                HostAddress(host: $0, address: SocketAddress(address(of: $0), port: Defaults.storePeerPort))
            },
            heartbeat: topology.storeElection / Defaults.heartbeatsPerElection, election: topology.storeElection,
            tls: storeTLS)
    }

    /// Every member, in the order of their hosts: a client finds out which of them answers.
    var etcdAddress: StoreAddress {
        StoreAddress(
            kind: .etcd, endpoints: storeHosts.map { "\(storeTLS == nil ? "http" : "https")://\(clients(of: $0))" },
            prefix: "/hagen/\(topology.name)/", tls: storeTLS)
    }

    private func clients(of host: String) -> SocketAddress {
        SocketAddress(address(of: host), port: Defaults.coordinatorPort)
    }

    private var storeTLS: StoreAddress.TLS? {
        guard case .etcd(_, true) = topology.coordination else { return nil }
        return .ofHosts
    }
}
