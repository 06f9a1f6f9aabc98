package import Hagen

/// Turns a topology into a release: the one place where something is chosen (an address, a port, an order, a default).
///
/// Deterministic: the order in which a topology lists its parts changes nothing in the release.
package enum Lowering {
    /// - Precondition: the rules find no error in the topology for this placement.
    package static func lower(_ topology: Model.Topology, placement: Placement) -> Release {
        let context = LoweringContext(topology, placement: placement)
        let hosts = topology.hosts.sorted { $0.name < $1.name }.map { host -> Release.HostPart in
            let coordinator = context.coordinatorHost == host.name ? context.coordinator(on: host.name) : nil
            let failover = context.failover(on: host)
            let balancer = context.balancer(on: host)
            let etcd = context.etcd(on: host.name)
            let hasWork = coordinator != nil || etcd != nil || failover != nil || balancer != nil
            return Release.HostPart(
                name: host.name, address: context.address(of: host.name).description, zone: host.zone,
                coordinator: coordinator, etcd: etcd, failover: failover, balancer: balancer,
                monitor: hasWork ? context.monitor(on: host) : nil)
        }
        return Release(
            name: topology.name, placement: placement, topology: topology, hosts: hosts,
            coordinator: context.labCoordinator)
    }
}

/// A topology with what every part of its lowering looks up.
struct LoweringContext {
    let topology: Model.Topology
    let placement: Placement
    let plan: AddressPlan
    /// Sorted by name.
    let clusters: [Model.Cluster]
    let needsStore: Bool
    /// The declared host that runs the embedded store.
    let coordinatorHost: String?
    /// Sorted.
    let storeHosts: [String]
    /// They run etcd.
    let runsEtcd: Bool
    private let clustersByName: [String: Int]
    private let hostsByName: [String: Model.Host]
    /// By host, sorted by name.
    private(set) var balancersByHost: [String: [Model.Balancer]] = [:]
    /// By cluster: those of every cluster that a balancer leads to.
    private(set) var backends: [String: [BalancerConfiguration.Backend]] = [:]

    init(_ topology: Model.Topology, placement: Placement) {
        self.topology = topology
        self.placement = placement
        plan = AddressPlan(topology, placement: placement)
        clusters = topology.clusters.sorted { $0.name < $1.name }
        needsStore = topology.needsStore
        storeHosts = topology.storeHosts(placement)
        if case .etcd = topology.coordination { runsEtcd = !storeHosts.isEmpty } else { runsEtcd = false }
        coordinatorHost = runsEtcd ? nil : storeHosts.first
        clustersByName = Dictionary(
            zip(clusters.map(\.name), clusters.indices), uniquingKeysWith: { first, _ in first })
        hostsByName = Dictionary(
            topology.hosts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for balancer in topology.balancers.sorted(by: { $0.name < $1.name }) {
            for host in balancer.hosts { balancersByHost[host, default: []].append(balancer) }
            let name = balancer.target.cluster
            if backends[name] == nil { backends[name] = backends(of: cluster(named: name)) }
        }
    }

    func address(of host: String) -> IPAddress {
        guard let address = plan.address(of: host) else {
            preconditionFailure("host '\(host)' has no address that can be read; a rule should have said so")
        }
        return address
    }

    func zone(of host: String) -> String? { hostsByName[host]?.zone }

    func labels(of host: String) -> [String: String] { hostsByName[host]?.labels ?? [:] }

    func cluster(named name: String) -> Model.Cluster {
        guard let index = clustersByName[name] else {
            preconditionFailure("there is no cluster '\(name)'; a rule should have said so")
        }
        return clusters[index]
    }

    // MARK: The store

    func coordinator(on host: String) -> CoordinatorConfiguration {
        CoordinatorConfiguration(
            topology: topology.name, host: host, listen: required(plan.coordinatorListener(on: host)))
    }

    var labCoordinator: CoordinatorConfiguration? {
        guard needsStore, placement == .loopback else { return nil }
        return CoordinatorConfiguration(
            topology: topology.name, host: Release.coordinatorHost, listen: plan.labCoordinator)
    }

    /// `nil` where nothing needs a store.
    var store: StoreAddress? {
        if runsEtcd { return needsStore ? etcdAddress : nil }
        guard let listen = labCoordinator?.listen ?? coordinatorHost.map({ coordinator(on: $0).listen }) else {
            return nil
        }
        return StoreAddress(endpoints: ["http://\(listen)"], prefix: "/hagen/\(topology.name)/")
    }

    // MARK: Shared by engines

    func required<Value>(_ value: Value?, _ what: @autoclosure () -> String = "address") -> Value {
        guard let value else { preconditionFailure("no \(what()) can be made; a rule should have said so") }
        return value
    }
}
