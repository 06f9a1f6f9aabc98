/// The conversation over an engine's control socket: a Unix socket `control.sock` in the engine's runtime folder, owned
/// by the engine's user, mode 0660. One request as a line of JSON, one response as a line of JSON, then the engine
/// closes the connection. A request line is at most 64 KiB.
package enum ControlRequest: Codable, Equatable, Sendable {
    case status
    /// Of the failover engine only, as is the next.
    case order(OrderRequest)
    case events(EventQuery)
}

package enum ControlResponse: Codable, Equatable, Sendable {
    case status(EngineStatus)
    /// The order stands in the store; whoever is concerned obeys it as soon as it sees it.
    case ordered(OrderAnswer)
    /// The oldest first.
    case events([EngineEvent])
    /// What was asked for could not be done, in words for a person.
    case failure(String)
}

/// What one engine says of itself.
package struct EngineStatus: Codable, Equatable, Sendable {
    package enum Detail: Codable, Equatable, Sendable {
        case coordinator(CoordinatorStatus)
        case failover(FailoverStatus)
        case balancer(BalancerStatus)
        case monitor(MonitorStatus)
    }
    package var topology: String
    package var host: String
    package var processID: Int32
    /// Since the engine's start.
    @DurationText package var uptime: Duration
    package var detail: Detail

    package init(topology: String, host: String, processID: Int32, uptime: Duration, detail: Detail) {
        self.topology = topology
        self.host = host
        self.processID = processID
        self.uptime = uptime
        self.detail = detail
    }
}

package struct CoordinatorStatus: Codable, Equatable, Sendable {
    /// Made at random when the store was created; another one is another store.
    package var storeID: String
    package var revision: Int64
    package var keys: Int
    package var watchers: Int

    package init(storeID: String, revision: Int64, keys: Int, watchers: Int) {
        self.storeID = storeID
        self.revision = revision
        self.keys = keys
        self.watchers = watchers
    }
}

package struct FailoverStatus: Codable, Equatable, Sendable {
    /// `nil` where no store is needed; else whether the last exchange with it succeeded.
    package var storeReachable: Bool?
    package var clusters: [Cluster]
    /// Other agents by host: the age of the last greeting, `nil` before the first.
    package var peers: [Peer]
    /// Set where no member of this host is to be active.
    package var drained: OrderNote?

    package init(storeReachable: Bool?, clusters: [Cluster], peers: [Peer]) {
        self.storeReachable = storeReachable
        self.clusters = clusters
        self.peers = peers
    }

    /// This host's member of one cluster.
    package struct Cluster: Codable, Equatable, Sendable {
        package enum Role: String, Codable, Equatable, Sendable { case active, standby }
        package enum WorkloadState: String, Codable, Equatable, Sendable {
            case stopped, starting, running, stopping, failed
        }
        package var name: String
        package var mode: FailoverConfiguration.Cluster.Mode
        package var role: Role
        /// Of the member itself when active, else the highest it has seen; 0 before the first and without a lease.
        package var epoch: UInt64
        /// Who is active as far as this agent knows.
        package var holder: String?
        package var workload: WorkloadState
        package var processID: Int32?
        package var address: String
        package var port: Int?
        /// Starts of the workload after an unexpected end, since the agent's start.
        package var restarts: Int
        /// Active only: what is left until the deadline.
        @DurationText package var permitRemaining: Duration?
        /// The last thing that was decided, and why, in words for a person.
        package var reason: String
        /// Why the member would not take the lease, in words; `nil` where it would, or holds it.
        package var problem: String?
        /// How long ago this agent saw the lease change.
        @DurationText package var leaseAge: Duration? = nil
        /// The store is lost, and the promises of all members stand in for it.
        package var isOnPromises = false
        /// Why the gate is closed, in words; `nil`: it is open, or there is none.
        package var gate: String?
        package var pause: OrderNote?
        /// Ordered and not carried out.
        package var switchover: ClusterOrder.Switchover?
        /// Of the other members that were heard of, sorted by host.
        package var suspicions: [Suspicion] = []
        /// The virtual IPs that the active member carries.
        package var addresses: [String] = []
        /// `nil`: the cluster has none.
        package var data: DataStatus?

        package init(
            name: String, mode: FailoverConfiguration.Cluster.Mode, role: Role, epoch: UInt64, holder: String?,
            workload: WorkloadState, processID: Int32?, address: String, port: Int?, restarts: Int,
            permitRemaining: Duration?, reason: String
        ) {
            self.name = name
            self.mode = mode
            self.role = role
            self.epoch = epoch
            self.holder = holder
            self.workload = workload
            self.processID = processID
            self.address = address
            self.port = port
            self.restarts = restarts
            self.permitRemaining = permitRemaining
            self.reason = reason
        }
    }

    /// φ of another member: at 8 one suspicion in 100 million is wrong.
    package struct Suspicion: Codable, Equatable, Sendable {
        package var host: String
        package var value: Double

        package init(host: String, value: Double) {
            self.host = host
            self.value = value
        }
    }

    package struct Peer: Codable, Equatable, Sendable {
        package var host: String
        @DurationText package var age: Duration?

        package init(host: String, age: Duration?) {
            self.host = host
            self.age = age
        }
    }
}

package struct BalancerStatus: Codable, Equatable, Sendable {
    package var listeners: [Listener]
    package init(listeners: [Listener]) { self.listeners = listeners }

    /// Counts are since the engine's start.
    package struct Listener: Codable, Equatable, Sendable {
        package var name: String
        package var wireProtocol: Model.Balancer.WireProtocol
        package var listen: [SocketAddress]
        package var cluster: String
        /// Clients connected now.
        package var connections: Int
        package var totalConnections: UInt64
        /// HTTP only; 0 for TCP.
        package var requests: UInt64
        /// Requests or connections that no backend served.
        package var failures: UInt64
        package var backends: [Backend]

        package init(
            name: String, wireProtocol: Model.Balancer.WireProtocol, listen: [SocketAddress], cluster: String,
            connections: Int, totalConnections: UInt64, requests: UInt64, failures: UInt64, backends: [Backend]
        ) {
            self.name = name
            self.wireProtocol = wireProtocol
            self.listen = listen
            self.cluster = cluster
            self.connections = connections
            self.totalConnections = totalConnections
            self.requests = requests
            self.failures = failures
            self.backends = backends
        }
    }

    package struct Backend: Codable, Equatable, Sendable {
        package var name: String
        package var address: SocketAddress
        /// By its check.
        package var healthy: Bool
        /// May be chosen: healthy, and in the role that the listener asks for.
        package var eligible: Bool
        package var connections: Int
        package var served: UInt64
        package var failures: UInt64

        package init(
            name: String, address: SocketAddress, healthy: Bool, eligible: Bool, connections: Int, served: UInt64,
            failures: UInt64
        ) {
            self.name = name
            self.address = address
            self.healthy = healthy
            self.eligible = eligible
            self.connections = connections
            self.served = served
            self.failures = failures
        }
    }
}

package struct MonitorStatus: Codable, Equatable, Sendable {
    package var listen: SocketAddress
    package var series: Int
    package var alerts: [Alert]
    /// Since the engine's start.
    package var notificationsSent: UInt64
    package var notificationsFailed: UInt64

    package init(
        listen: SocketAddress, series: Int, alerts: [Alert], notificationsSent: UInt64, notificationsFailed: UInt64
    ) {
        self.listen = listen
        self.series = series
        self.alerts = alerts
        self.notificationsSent = notificationsSent
        self.notificationsFailed = notificationsFailed
    }

    package struct Alert: Codable, Equatable, Sendable {
        package enum State: String, Codable, Equatable, Sendable { case inactive, pending, firing }
        package var name: String
        package var state: State
        /// Of the series that is worst off; empty when inactive.
        package var labels: [String: String]
        package var value: Double?
        @DurationText package var since: Duration?

        package init(name: String, state: State, labels: [String: String], value: Double?, since: Duration?) {
            self.name = name
            self.state = state
            self.labels = labels
            self.value = value
            self.since = since
        }
    }
}
