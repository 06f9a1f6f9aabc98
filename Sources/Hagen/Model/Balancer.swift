extension Model {
    /// A listener that spreads traffic over the members of a cluster.
    public struct Balancer: Codable, Equatable, Sendable {
        /// What the balancer understands of the traffic: connections, or requests.
        public enum WireProtocol: String, Codable, Equatable, Sendable, CaseIterable { case tcp, http }
        /// How a member is chosen.
        public enum Strategy: String, Codable, Equatable, Sendable, CaseIterable {
            case roundRobin = "round-robin"
            case weighted
            case leastConnections = "least-connections"
            case ipHash = "ip-hash"
            case consistentHash = "consistent-hash"
            case randomTwo = "random-two"
            case leastTime = "least-time"
        }

        public var name: String
        /// The hosts that it listens on.
        public var hosts: [String]
        public var wireProtocol: WireProtocol
        /// Where clients connect.
        public var listen: ListenAddress
        /// The certificate and key that it serves with; `nil`: in clear.
        public var tls: Credential?
        public var target: Target
        public var strategy: Strategy?
        public var affinity: Affinity?
        public var check: Check?
        public var timeouts: Timeouts
        /// How often a request that has not reached a member is tried on another; 0 to 10.
        public var retries: Int?
        /// Clients connected at once on one host; beyond it new ones wait. At least 1.
        public var maximumConnections: Int?
        public var virtualIPs: [VirtualIP]
        public var proxyProtocol: ProxyProtocol?

        public init(
            name: String, hosts: [String], wireProtocol: WireProtocol, listen: ListenAddress, tls: Credential? = nil,
            target: Target, strategy: Strategy? = nil, affinity: Affinity? = nil, check: Check? = nil,
            timeouts: Timeouts = Timeouts(), retries: Int? = nil, maximumConnections: Int? = nil,
            virtualIPs: [VirtualIP] = [], proxyProtocol: ProxyProtocol? = nil
        ) {
            self.name = name
            self.hosts = hosts
            self.wireProtocol = wireProtocol
            self.listen = listen
            self.tls = tls
            self.target = target
            self.strategy = strategy
            self.affinity = affinity
            self.check = check
            self.timeouts = timeouts
            self.retries = retries
            self.maximumConnections = maximumConnections
            self.virtualIPs = virtualIPs
            self.proxyProtocol = proxyProtocol
        }
    }

    /// How a balancer learns, and tells, the address of the client behind a connection.
    public struct ProxyProtocol: Codable, Equatable, Sendable {
        /// Clients, which are proxies themselves, begin each connection with the PROXY protocol's header.
        public var accept: Bool
        /// Connections to members begin with the header.
        public var send: Bool

        public init(accept: Bool = false, send: Bool = false) {
            self.accept = accept
            self.send = send
        }
    }

    /// Which members of a cluster: what a typed `Endpoint` becomes. In YAML `CLUSTER` or `CLUSTER.ROLE`.
    public struct Target: Codable, Equatable, Sendable {
        /// Which members of the cluster are meant.
        public enum Role: String, Codable, Equatable, Sendable, CaseIterable {
            case members
            /// The active member of a failover cluster; of a database it is called the primary.
            case active, primary
            /// The members of a failover cluster that are not active; of a database they are called replicas.
            case standbys, replicas
        }
        /// The cluster's name.
        public var cluster: String
        public var role: Role

        public init(cluster: String, role: Role = .members) {
            self.cluster = cluster
            self.role = role
        }
    }

    /// What keeps one client on one member.
    public enum Affinity: Codable, Equatable, Sendable {
        /// A cookie that the balancer sets; HTTP only.
        case cookie(name: String)
        /// The client's address.
        case clientAddress
    }

    /// How long a balancer waits for what.
    public struct Timeouts: Codable, Equatable, Sendable {
        /// For a connection to a member to be established.
        @DurationText public var connect: Duration?
        /// For a whole request head of a client.
        @DurationText public var request: Duration?
        /// For the head of a member's response.
        @DurationText public var response: Duration?
        /// For any byte on an established connection.
        @DurationText public var idle: Duration?
        /// For a member to become available when there is none.
        @DurationText public var queue: Duration?
        /// For open connections to end when the balancer stops.
        @DurationText public var drain: Duration?

        public init(
            connect: Duration? = nil, request: Duration? = nil, response: Duration? = nil, idle: Duration? = nil,
            queue: Duration? = nil, drain: Duration? = nil
        ) {
            self.connect = connect
            self.request = request
            self.response = response
            self.idle = idle
            self.queue = queue
            self.drain = drain
        }
    }

    /// A health check of a member, at run time.
    public struct Check: Codable, Equatable, Sendable {
        /// What is done to find out.
        public enum Kind: Codable, Equatable, Sendable {
            /// The port accepts a connection.
            case tcp
            /// `GET path` answers with one of the statuses (unsaid: 200 to 399) and, where said, contains the text.
            case http(path: String, status: [Int], contains: String?)
            /// The command exits 0.
            case command([String])
            /// The command follows the conventions of Nagios plugins: 0 and 1 pass.
            case nagios([String])
            /// The database answers in the role that its cluster gives it.
            case role
        }
        public var kind: Kind
        /// From one check to the next.
        @DurationText public var every: Duration?
        /// How long an answer may take.
        @DurationText public var timeout: Duration?
        /// Successes in a row that make an unhealthy member healthy; at least 1.
        public var rise: Int?
        /// Failures in a row that make a healthy member unhealthy; at least 1.
        public var fall: Int?

        public init(
            _ kind: Kind, every: Duration? = nil, timeout: Duration? = nil, rise: Int? = nil, fall: Int? = nil
        ) {
            self.kind = kind
            self.every = every
            self.timeout = timeout
            self.rise = rise
            self.fall = fall
        }
    }
}
