/// `balancer.json`: the listeners of one host and what stands behind them.
package struct BalancerConfiguration: EngineConfiguration {
    package static let engine = Engine.balancer
    package static let schemaVersion: Int = 1
    package var schemaVersion: Int = Self.schemaVersion
    package var topology: String
    package var host: String
    /// `nil` where no listener follows a lease.
    package var store: StoreAddress?
    /// Who is asked for the active members besides the store; `nil` where no listener follows one.
    package var agents: Agents?
    /// Event loops, one processor core each; `nil`: as many as the machine has.
    package var loops: Int?
    /// Sorted by name.
    package var listeners: [Listener]

    package init(
        topology: String, host: String, store: StoreAddress?, agents: Agents? = nil, loops: Int? = nil,
        listeners: [Listener]
    ) {
        self.topology = topology
        self.host = host
        self.store = store
        self.agents = agents
        self.loops = loops
        self.listeners = listeners
    }

    /// The agents of the members of the clusters whose active member is followed, over UDP.
    package struct Agents: Codable, Equatable, Sendable {
        /// This host's: what it asks from, with a port that the kernel chooses.
        package var address: IPAddress
        @DurationText package var every: Duration
        /// Sorted by host.
        package var peers: [HostAddress]
        /// The credential with the key that all agents of the topology share; `nil`: nothing is authenticated, which is
        /// for loopback only.
        package var key: String?

        package init(
            address: IPAddress, every: Duration, peers: [HostAddress], key: String? = nil
        ) {
            self.address = address
            self.every = every
            self.peers = peers
            self.key = key
        }
    }

    /// One balancer of the topology on this host.
    package struct Listener: Codable, Equatable, Sendable {
        package var name: String
        package var wireProtocol: Model.Balancer.WireProtocol
        package var listen: [SocketAddress]
        package var strategy: Model.Balancer.Strategy
        package var cluster: String
        package var selection: Selection
        /// All members of the cluster, sorted by name.
        package var backends: [Backend]
        package var check: CheckConfiguration?
        package var timeouts: Timeouts
        package var retries: Int
        package var maximumConnections: Int

        package init(
            name: String, wireProtocol: Model.Balancer.WireProtocol, listen: [SocketAddress],
            strategy: Model.Balancer.Strategy, cluster: String, selection: Selection, backends: [Backend],
            check: CheckConfiguration?, timeouts: Timeouts, retries: Int, maximumConnections: Int
        ) {
            self.name = name
            self.wireProtocol = wireProtocol
            self.listen = listen
            self.strategy = strategy
            self.cluster = cluster
            self.selection = selection
            self.backends = backends
            self.check = check
            self.timeouts = timeouts
            self.retries = retries
            self.maximumConnections = maximumConnections
        }
    }

    /// Which backends may be chosen.
    package enum Selection: Codable, Equatable, Sendable {
        /// All healthy ones.
        case members
        /// Only the holder of the cluster's lease, while its lease was seen to change within the duration.
        case active(leaseDuration: DurationText<Duration>)
        /// Healthy ones that do not hold the cluster's lease.
        case standbys(leaseDuration: DurationText<Duration>)
    }

    package struct Backend: Codable, Equatable, Sendable {
        /// The member's host, or the endpoint of an external workload.
        package var name: String
        package var address: SocketAddress
        /// 0 to 256; 0 gets no new traffic.
        package var weight: Int

        package init(name: String, address: SocketAddress, weight: Int) {
            self.name = name
            self.address = address
            self.weight = weight
        }
    }

    /// What each time-out means stands at `Model.Timeouts`.
    package struct Timeouts: Codable, Equatable, Sendable {
        @DurationText package var connect: Duration
        @DurationText package var request: Duration
        @DurationText package var response: Duration
        @DurationText package var idle: Duration
        @DurationText package var queue: Duration
        @DurationText package var drain: Duration

        package init(
            connect: Duration, request: Duration, response: Duration, idle: Duration, queue: Duration, drain: Duration
        ) {
            self.connect = connect
            self.request = request
            self.response = response
            self.idle = idle
            self.queue = queue
            self.drain = drain
        }
    }
}

/// A check with every default filled in.
package struct CheckConfiguration: Codable, Equatable, Sendable {
    package var kind: Model.Check.Kind
    @DurationText package var every: Duration
    @DurationText package var timeout: Duration
    package var rise: Int
    package var fall: Int

    package init(kind: Model.Check.Kind, every: Duration, timeout: Duration, rise: Int, fall: Int) {
        self.kind = kind
        self.every = every
        self.timeout = timeout
        self.rise = rise
        self.fall = fall
    }
}
