/// `failover.json`: what the agent of one host runs and decides about.
///
/// No folder stands in any engine's configuration: the sockets lie in `RUNTIME_DIRECTORY`, what must survive a restart
/// in `STATE_DIRECTORY`, secrets in `CREDENTIALS_DIRECTORY`, as systemd (or the lab) sets them.
package struct FailoverConfiguration: EngineConfiguration {
    package static let engine = Engine.failover
    package static let schemaVersion: Int = 1
    package var schemaVersion: Int = Self.schemaVersion
    package var topology: String
    package var host: String
    /// `nil` where no cluster of the host needs a lease.
    package var store: StoreAddress?
    /// `nil` where no cluster of the host has other members to greet.
    package var heartbeat: Heartbeat?
    /// Sorted by name.
    package var clusters: [Cluster]

    package init(
        topology: String, host: String, store: StoreAddress?, heartbeat: Heartbeat?, clusters: [Cluster]
    ) {
        self.topology = topology
        self.host = host
        self.store = store
        self.heartbeat = heartbeat
        self.clusters = clusters
    }

    /// Greetings between the agents over UDP. They order the candidates; the lease alone decides who may act.
    package struct Heartbeat: Codable, Equatable, Sendable {
        package var listen: SocketAddress
        @DurationText package var every: Duration
        /// Agents of other hosts that share a cluster with this one, sorted by host.
        package var peers: [Peer]

        package init(listen: SocketAddress, every: Duration, peers: [Peer]) {
            self.listen = listen
            self.every = every
            self.peers = peers
        }

        package struct Peer: Codable, Equatable, Sendable {
            package var host: String
            package var address: SocketAddress

            package init(host: String, address: SocketAddress) {
                self.host = host
                self.address = address
            }
        }
    }

    /// This host's part in one cluster.
    package struct Cluster: Codable, Equatable, Sendable {
        package enum Mode: String, Codable, Equatable, Sendable {
            case activePassive = "active-passive"
            case activeActive = "active-active"
            /// No lease: the member is active whenever its agent runs.
            case loadBalancing = "load-balancing"
        }
        package var name: String
        package var mode: Mode
        package var workload: Workload
        /// Where the workload listens on this host; told to it as `HAGEN_ADDRESS` and `HAGEN_PORT`.
        package var address: String
        package var port: Int?
        /// All members, in the order in which they are preferred as active one.
        package var members: [Member]
        /// `nil` for load-balancing.
        package var lease: LeaseTiming?
        /// A check that an active member must pass to stay active.
        package var check: CheckConfiguration?

        package init(
            name: String, mode: Mode, workload: Workload, address: String, port: Int?, members: [Member],
            lease: LeaseTiming?, check: CheckConfiguration? = nil
        ) {
            self.name = name
            self.mode = mode
            self.workload = workload
            self.address = address
            self.port = port
            self.members = members
            self.lease = lease
            self.check = check
        }
    }

    package struct Member: Codable, Equatable, Sendable {
        package var host: String
        package var priority: Int
        package var candidate: Bool

        package init(host: String, priority: Int, candidate: Bool) {
            self.host = host
            self.priority = priority
            self.candidate = candidate
        }
    }

    /// A process that the agent runs under `hagend supervise`.
    package struct Workload: Codable, Equatable, Sendable {
        package var command: [String]
        package var environment: [String: String]
        package var user: String?
        package var standby: Model.ProcessWorkload.Standby
        /// Restarts in place within the window before the cluster fails over (or, load-balancing, backs off).
        package var restartLimit: Int
        @DurationText package var restartWindow: Duration
        /// From SIGTERM to SIGKILL.
        @DurationText package var stopTimeout: Duration

        package init(
            command: [String], environment: [String: String], user: String?,
            standby: Model.ProcessWorkload.Standby, restartLimit: Int, restartWindow: Duration, stopTimeout: Duration
        ) {
            self.command = command
            self.environment = environment
            self.user = user
            self.standby = standby
            self.restartLimit = restartLimit
            self.restartWindow = restartWindow
            self.stopTimeout = stopTimeout
        }
    }
}

/// The times of one lease. `renew` < `stop` < `duration`.
package struct LeaseTiming: Codable, Equatable, Sendable {
    /// How long a watcher waits from the last change it saw.
    @DurationText package var duration: Duration
    @DurationText package var renew: Duration
    /// The holder's deadline: how long after the send of its last acknowledged renewal it has stopped acting.
    @DurationText package var stop: Duration

    package init(duration: Duration, renew: Duration, stop: Duration) {
        self.duration = duration
        self.renew = renew
        self.stop = stop
    }
}

/// How to reach the store, and which keys are this topology's.
package struct StoreAddress: Codable, Equatable, Sendable {
    /// Base addresses, such as `http://127.0.0.1:2379`; at least one.
    package var endpoints: [String]
    /// Every key of the topology starts with it; ends with `/`.
    package var prefix: String

    package init(endpoints: [String], prefix: String) {
        self.endpoints = endpoints
        self.prefix = prefix
    }
}

/// `coordinator.json`: the embedded store.
package struct CoordinatorConfiguration: EngineConfiguration {
    package static let engine = Engine.coordinator
    package static let schemaVersion: Int = 1
    package var schemaVersion: Int = Self.schemaVersion
    package var topology: String
    /// In the lab, where it runs beside the hosts, the host is `coordinator`.
    package var host: String
    package var listen: SocketAddress

    package init(topology: String, host: String, listen: SocketAddress) {
        self.topology = topology
        self.host = host
        self.listen = listen
    }
}
