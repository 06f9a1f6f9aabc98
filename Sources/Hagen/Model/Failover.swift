extension Model {
    /// How a failover cluster decides who is active.
    public struct Failover: Codable, Equatable, Sendable {
        public var lease: Lease?
        /// How often the agents of the members greet each other.
        @DurationText public var heartbeat: Duration?
        /// A health check that an active member must pass to stay active.
        public var check: Check?
        /// What stops a member that cannot stop itself, tried in order; empty means `self` alone.
        public var fencing: [Fencing]

        public init(
            lease: Lease? = nil, heartbeat: Duration? = nil, check: Check? = nil, fencing: [Fencing] = []
        ) {
            self.lease = lease
            self.heartbeat = heartbeat
            self.check = check
            self.fencing = fencing
        }
    }

    /// The time-limited right to be active.
    public struct Lease: Codable, Equatable, Sendable {
        /// How long the others wait, from the last renewal they saw, before they may take over.
        @DurationText public var duration: Duration
        /// How often the holder renews.
        @DurationText public var renew: Duration
        /// A shorter lease than the store's elections allow was asked for knowingly.
        public var aggressive: Bool

        public init(duration: Duration, renew: Duration, aggressive: Bool = false) {
            self.duration = duration
            self.renew = renew
            self.aggressive = aggressive
        }
    }

    /// What stops a member that cannot stop itself.
    public enum Fencing: Codable, Equatable, Sendable {
        /// The member's own supervisor ends the workload at the deadline.
        case itself
        /// A watchdog device resets the host.
        case watchdog(device: String)
        /// A fence agent (`fence_ipmilan`, …) with its parameters.
        case agent(name: String, parameters: [String: String])
    }

    /// How the members of a database keep copies.
    public struct Replication: Codable, Equatable, Sendable {
        /// Whether a write waits for other members.
        public enum Mode: String, Codable, Equatable, Sendable, CaseIterable { case synchronous, asynchronous }
        /// Whether one member takes the writes, or all.
        public enum Style: String, Codable, Equatable, Sendable, CaseIterable {
            case primaryReplica = "primary-replica"
            case multiPrimary = "multi-primary"
        }
        /// What writes do when too few standbys are left to confirm them.
        public enum Degraded: String, Codable, Equatable, Sendable, CaseIterable { case block, `continue` }

        public var mode: Mode
        public var style: Style
        /// How many standbys must confirm a write; at least 1, synchronous only.
        public var acknowledgements: Int?
        /// How far a replica may be behind and still become primary.
        public var maximumLag: ByteCount?
        /// What writes do when too few standbys are left; synchronous only.
        public var onDegraded: Degraded?

        public init(
            mode: Mode, style: Style = .primaryReplica, acknowledgements: Int? = nil, maximumLag: ByteCount? = nil,
            onDegraded: Degraded? = nil
        ) {
            self.mode = mode
            self.style = style
            self.acknowledgements = acknowledgements
            self.maximumLag = maximumLag
            self.onDegraded = onDegraded
        }
    }

    /// An address that moves with a role.
    public struct VirtualIP: Codable, Equatable, Sendable {
        /// IPv4 or IPv6, without a prefix length.
        public var address: String
        /// The network interface that carries it.
        public var interface: String
        /// The host that has it while that host is healthy; active-active clusters only.
        public var prefers: String?

        public init(address: String, interface: String, prefers: String? = nil) {
            self.address = address
            self.interface = interface
            self.prefers = prefers
        }
    }
}
