/// The compiler's whole output for a topology, before it is written as files: every choice is made, nothing is left to
/// the emitters and the executor. Its form on disk is described beside each emitter.
package struct Release: Codable, Equatable, Sendable {
    /// What the lab calls the host of the store that runs beside the hosts: no host may have this name.
    package static let coordinatorHost = "coordinator"

    /// The topology's name.
    package var name: String
    package var placement: Placement
    /// What it was lowered from.
    package var topology: Model.Topology
    /// Sorted by name.
    package var hosts: [HostPart]
    /// The store that runs beside the hosts, in the lab only: losing any host does not lose it.
    package var coordinator: CoordinatorConfiguration?

    package init(
        name: String, placement: Placement, topology: Model.Topology, hosts: [HostPart],
        coordinator: CoordinatorConfiguration? = nil
    ) {
        self.name = name
        self.placement = placement
        self.topology = topology
        self.hosts = hosts
        self.coordinator = coordinator
    }

    /// What one host runs. An engine without work there has no configuration.
    package struct HostPart: Codable, Equatable, Sendable {
        package var name: String
        /// The address that the host has in this placement.
        package var address: String
        package var zone: String
        package var coordinator: CoordinatorConfiguration?
        /// Its member of etcd, which is no engine of Hagen's.
        package var etcd: EtcdMember?
        package var failover: FailoverConfiguration?
        package var balancer: BalancerConfiguration?
        package var monitor: MonitorConfiguration?

        package init(
            name: String, address: String, zone: String, coordinator: CoordinatorConfiguration? = nil,
            etcd: EtcdMember? = nil, failover: FailoverConfiguration? = nil, balancer: BalancerConfiguration? = nil,
            monitor: MonitorConfiguration? = nil
        ) {
            self.name = name
            self.address = address
            self.zone = zone
            self.coordinator = coordinator
            self.etcd = etcd
            self.failover = failover
            self.balancer = balancer
            self.monitor = monitor
        }
    }
}

/// Where a release is meant to run.
package enum Placement: String, Codable, Equatable, Sendable, CaseIterable {
    /// On the hosts that the topology declares.
    case declared
    /// All on this machine, every host with a loopback address of its own: the lab.
    case loopback
}

/// One file of a release.
package struct OutputFile: Equatable, Sendable {
    /// Relative to the release's folder, with `/`; no `..` in it.
    package var path: String
    package var contents: String

    package init(path: String, contents: String) {
        self.path = path
        self.contents = contents
    }
}

/// The engines of the runtime, one process each.
package enum Engine: String, Codable, CaseIterable, Sendable {
    case coordinator, failover, balancer, monitor
}

/// What every engine's configuration file starts with. An engine refuses a file of another schema version.
package protocol EngineConfiguration: Codable, Equatable, Sendable {
    static var engine: Engine { get }
    static var schemaVersion: Int { get }
    var schemaVersion: Int { get }
    var topology: String { get }
    var host: String { get }
}
