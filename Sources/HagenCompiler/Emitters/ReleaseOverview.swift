internal import Hagen

/// A release seen by cluster and balancer instead of by host, as people ask about it: what the README and the graph
/// are made from.
struct ReleaseOverview: Equatable, Sendable {
    struct Cluster: Equatable, Sendable {
        struct Member: Equatable, Sendable {
            var host: String
            var address: String
            var port: Int?
            /// `ADDRESS:PORT`, or the address alone where there is no port.
            var place: String {
                guard let port, let address = IPAddress(address) else { return address }
                return SocketAddress(address, port: port).description
            }
        }
        var name: String
        /// `nil`: external endpoints, which Hagen does not run.
        var mode: FailoverConfiguration.Cluster.Mode?
        /// The program's name; empty for external endpoints.
        var program: String
        var standby: Model.ProcessWorkload.Standby
        var restartLimit: Int
        var lease: LeaseTiming?
        /// In the order in which they are preferred as active one; for load-balancing by name.
        var members: [Member]
        /// Hosts whose member never becomes active.
        var neverActive: Set<String>
        /// Of an external workload.
        var endpoints: [String]
    }

    struct Balancer: Equatable, Sendable {
        struct Place: Equatable, Sendable {
            var host: String
            var address: SocketAddress
        }
        /// As on the first host; they differ in the addresses alone.
        var listener: BalancerConfiguration.Listener
        var places: [Place]
    }

    /// Sorted by name.
    let clusters: [Cluster]
    /// Sorted by name.
    let balancers: [Balancer]
    /// The declared host that runs the store.
    let coordinatorHost: String?

    init(_ release: Release) {
        coordinatorHost = release.hosts.first { $0.coordinator != nil }?.name
        balancers = Self.balancers(release)
        clusters = Self.clusters(release, balancers: balancers)
    }

    func cluster(named name: String) -> Cluster? { clusters.first { $0.name == name } }

    private static func balancers(_ release: Release) -> [Balancer] {
        var balancers: [Balancer] = []
        for host in release.hosts {
            for listener in host.balancer?.listeners ?? [] {
                let places = listener.listen.map { Balancer.Place(host: host.name, address: $0) }
                if let index = balancers.firstIndex(where: { $0.listener.name == listener.name }) {
                    balancers[index].places += places
                } else {
                    balancers.append(Balancer(listener: listener, places: places))
                }
            }
        }
        return balancers.sorted { $0.listener.name < $1.listener.name }
    }

    private static func clusters(_ release: Release, balancers: [Balancer]) -> [Cluster] {
        var clusters: [Cluster] = []
        for host in release.hosts {
            for part in host.failover?.clusters ?? [] {
                let member = Cluster.Member(host: host.name, address: part.address, port: part.port)
                if let index = clusters.firstIndex(where: { $0.name == part.name }) {
                    clusters[index].members.append(member)
                } else {
                    clusters.append(
                        Cluster(
                            name: part.name, mode: part.mode, program: program(part.workload.command),
                            standby: part.workload.standby, restartLimit: part.workload.restartLimit,
                            lease: part.lease, members: [member],
                            neverActive: Set(part.members.filter { !$0.candidate }.map(\.host)), endpoints: []))
                }
            }
        }
        for index in clusters.indices where clusters[index].mode != .loadBalancing {
            let name = clusters[index].name
            let preferred = release.hosts.lazy.compactMap(\.failover).flatMap(\.clusters).first { $0.name == name }
            let order = preferred?.members.map(\.host) ?? []
            clusters[index].members.sort {
                (order.firstIndex(of: $0.host) ?? order.count, $0.host)
                    < (order.firstIndex(of: $1.host) ?? order.count, $1.host)
            }
        }
        for balancer in balancers where !clusters.contains(where: { $0.name == balancer.listener.cluster }) {
            clusters.append(
                Cluster(
                    name: balancer.listener.cluster, mode: nil, program: "", standby: .cold, restartLimit: 0,
                    lease: nil,
                    members: [], neverActive: [], endpoints: balancer.listener.backends.map(\.address.description)))
        }
        return clusters.sorted { $0.name < $1.name }
    }

    private static func program(_ command: [String]) -> String {
        (command.first ?? "").split(separator: "/").last.map(String.init) ?? ""
    }
}

extension BalancerConfiguration.Selection {
    /// In the language of a topology: empty for all members.
    var role: String {
        switch self {
        case .members: ""
        case .active: "active"
        case .standbys: "standbys"
        }
    }
}
