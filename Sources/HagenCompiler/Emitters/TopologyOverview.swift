package import Hagen

/// A topology seen as people ask about it, with the choices of lowering made: what the README, the graphs and the
/// report are made from.
///
/// It comes from the model, so it is there for a topology that an engine is still missing for, too.
package struct TopologyOverview: Equatable, Sendable {
    struct Host: Equatable, Sendable {
        var name: String
        /// In this placement; empty where it cannot be read.
        var address: String
        var zone: String
        /// A member of the store runs on it.
        var runsStore: Bool
        /// Indices of the clusters that have a member on it, and of the balancers that listen on it, ascending.
        var clusters: [Int] = []
        var balancers: [Int] = []
    }

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
        /// As declared, for what is derived from it.
        var model: Model.Cluster
        var lease: LeaseTiming?
        /// In the order in which they are preferred as active one; where there is no active one by name.
        var members: [Member]
        /// Hosts whose member never becomes active.
        var neverActive: Set<String>
        /// Of an external workload, which Hagen does not run.
        var endpoints: [String]
        /// Indices of the balancers that lead to it, ascending.
        var balancers: [Int] = []

        var name: String { model.name }
        var isExternal: Bool { if case .external = model.workload { true } else { false } }
        /// How it works, in the language's word.
        var mode: String { isExternal ? "external" : model.kind.rawValue }
        /// What runs, in a word or two; empty for external endpoints.
        var program: String {
            switch model.workload {
            case .process(let process): process.command.first?.split(separator: "/").last.map(String.init) ?? ""
            case .systemd(let unit, _, _): unit
            case .postgreSQL(let version, _): "postgresql \(version)"
            case .mariaDB(let version, _): "mariadb \(version)"
            case .redis(let version, _): version.map { "redis \($0)" } ?? "redis"
            case .mongoDB(let version, _): version.map { "mongodb \($0)" } ?? "mongodb"
            case .slurm: "slurm"
            case .ocf(let agent, _, _, _): agent
            case .external: ""
            }
        }
        var standby: Model.ProcessWorkload.Standby {
            if case .process(let process) = model.workload { process.standby ?? Defaults.standby } else { .hot }
        }
    }

    struct Balancer: Equatable, Sendable {
        struct Place: Equatable, Sendable {
            var host: String
            var address: SocketAddress
        }
        var name: String
        var wireProtocol: Model.Balancer.WireProtocol
        var strategy: Model.Balancer.Strategy
        var cluster: String
        var role: Model.Target.Role
        var check: CheckConfiguration?
        var places: [Place]
        var virtualIPs: [String]
        /// In the language of a topology: empty for all members.
        var roleName: String { role == .members ? "" : role.rawValue }
    }

    package let name: String
    let placement: Placement
    /// Sorted by name, as are the others.
    private(set) var hosts: [Host]
    private(set) var clusters: [Cluster]
    private(set) var balancers: [Balancer]
    /// The store is etcd, which bears the loss of some of its members.
    let storeIsDistributed: Bool
    /// Some cluster agrees through the store.
    let needsStore: Bool
    /// Members of the store on the topology's hosts.
    let storeCount: Int
    private var hostIndices: [String: Int] = [:]

    /// - Precondition: the rules find no error in the topology for this placement, save that an engine is missing.
    package init(_ topology: Model.Topology, placement: Placement) {
        let plan = AddressPlan(topology, placement: placement)
        let store = Set(topology.storeHosts(placement))
        name = topology.name
        self.placement = placement
        if case .etcd = topology.coordination {
            storeIsDistributed = !store.isEmpty
        } else {
            storeIsDistributed = false
        }
        needsStore = topology.clusters.contains(where: \.needsLease)
        storeCount = store.count
        hosts = topology.hosts.sorted { $0.name < $1.name }.map { host in
            Host(
                name: host.name, address: plan.address(of: host.name)?.description ?? "", zone: host.zone,
                runsStore: store.contains(host.name))
        }
        clusters = topology.clusters.sorted { $0.name < $1.name }.map { Self.cluster($0, plan) }
        let kinds = Dictionary(topology.clusters.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        balancers = topology.balancers.sorted { $0.name < $1.name }.map { balancer in
            Balancer(
                name: balancer.name, wireProtocol: balancer.wireProtocol,
                strategy: balancer.strategy ?? Defaults.strategy, cluster: balancer.target.cluster,
                role: kinds[balancer.target.cluster].map { balancer.target.role.followed(in: $0) } ?? .members,
                check: balancer.check?.configuration,
                places: Set(balancer.hosts).sorted().compactMap { host in
                    plan.listener(balancer.listen, on: host).map { Balancer.Place(host: host, address: $0) }
                },
                virtualIPs: balancer.virtualIPs.map(\.address))
        }
        connect()
    }

    /// What a release was lowered from, as it was lowered.
    package init(_ release: Release) { self.init(release.topology, placement: release.placement) }

    /// Of a topology that a person asks about: `nil` where a part of it means nothing, because there is an error other than
    /// that an engine is missing.
    ///
    /// - Parameter diagnostics: All that was found, by the front end and by the rules.
    package init?(_ topology: Topology, diagnostics: [Diagnostic], placement: Placement) {
        let isWhole = diagnostics.allSatisfy {
            $0.severity != .error || DiagnosticCode.explainable.contains($0.code)
        }
        guard isWhole, topology.omissions.isEmpty else { return nil }
        self.init(topology.model, placement: placement)
    }

    func host(named name: String) -> Host? { hostIndices[name].map { hosts[$0] } }

    /// The indices by which hosts, clusters and balancers find each other.
    private mutating func connect() {
        hostIndices = Dictionary(zip(hosts.map(\.name), hosts.indices), uniquingKeysWith: { first, _ in first })
        let clusterIndices = Dictionary(
            zip(clusters.map(\.name), clusters.indices), uniquingKeysWith: { first, _ in first })
        for (index, cluster) in clusters.enumerated() {
            for member in cluster.members { hostIndices[member.host].map { hosts[$0].clusters.append(index) } }
        }
        for (index, balancer) in balancers.enumerated() {
            for place in balancer.places { hostIndices[place.host].map { hosts[$0].balancers.append(index) } }
            clusterIndices[balancer.cluster].map { clusters[$0].balancers.append(index) }
        }
    }

    private static func cluster(_ cluster: Model.Cluster, _ plan: AddressPlan) -> Cluster {
        let isExternal = if case .external = cluster.workload { true } else { false }
        let ordered = cluster.needsLease ? cluster.membersInOrder : cluster.members.sorted { $0.host < $1.host }
        let port = cluster.workload.port.map(plan.port)
        var endpoints: [String] = []
        if case .external(let listed) = cluster.workload { endpoints = listed.sorted() }
        return Cluster(
            model: cluster, lease: cluster.leaseTiming,
            members: isExternal
                ? []
                : ordered.map {
                    Cluster.Member(
                        host: $0.host, address: plan.address(of: $0.host)?.description ?? "", port: port)
                },
            neverActive: Set(cluster.members.filter { !$0.candidate }.map(\.host)), endpoints: endpoints)
    }
}
