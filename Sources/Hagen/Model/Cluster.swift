extension Model {
    /// Hosts that serve one workload.
    public struct Cluster: Codable, Equatable, Sendable {
        /// Whether the members serve one at a time, together, behind a balancer, or take jobs.
        public enum Kind: String, Codable, Equatable, Sendable, CaseIterable {
            /// Failover: one member is active, the others stand by.
            case activePassive = "active-passive"
            /// Failover: every healthy member is active.
            case activeActive = "active-active"
            /// Equal members behind a balancer.
            case loadBalancing = "load-balancing"
            /// Members that take jobs.
            case compute
        }

        public var name: String
        public var kind: Kind
        public var workload: Workload
        public var members: [Member]
        /// How many members must be healthy for the cluster to serve what it promises; at least 1.
        public var minimumHealthy: Int?
        public var replication: Replication?
        public var failover: Failover
        public var virtualIPs: [VirtualIP]
        /// Commands run when a member's role changes.
        public var hooks: [Hook]
        /// When work on the members is allowed; `nil`: always.
        public var maintenance: MaintenanceWindow?

        public init(
            name: String, kind: Kind, workload: Workload, members: [Member] = [], minimumHealthy: Int? = nil,
            replication: Replication? = nil, failover: Failover = Failover(), virtualIPs: [VirtualIP] = [],
            hooks: [Hook] = [], maintenance: MaintenanceWindow? = nil
        ) {
            self.name = name
            self.kind = kind
            self.workload = workload
            self.members = members
            self.minimumHealthy = minimumHealthy
            self.replication = replication
            self.failover = failover
            self.virtualIPs = virtualIPs
            self.hooks = hooks
            self.maintenance = maintenance
        }
    }

    /// One host's part in one cluster.
    public struct Member: Codable, Equatable, Sendable {
        public var host: String
        /// Higher is preferred as active member; 0 to 1000, unsaid 100.
        public var priority: Int?
        /// Share of a balancer's traffic relative to the others; 0 to 256, unsaid 1.
        public var weight: Int?
        /// `false`: never becomes active.
        public var candidate: Bool

        public init(host: String, priority: Int? = nil, weight: Int? = nil, candidate: Bool = true) {
            self.host = host
            self.priority = priority
            self.weight = weight
            self.candidate = candidate
        }
    }

    /// A command that runs on a member's host when its role there changes.
    public struct Hook: Codable, Equatable, Sendable {
        /// The change of role that runs the command.
        public enum Event: String, Codable, Equatable, Sendable, CaseIterable {
            case activated, deactivated
        }
        public var event: Event
        /// Program and arguments.
        public var command: [String]
        /// How long it may take before it is killed.
        @DurationText public var timeout: Duration?

        public init(event: Event, command: [String], timeout: Duration? = nil) {
            self.event = event
            self.command = command
            self.timeout = timeout
        }
    }

    /// When work on the members is allowed.
    public struct MaintenanceWindow: Codable, Equatable, Sendable {
        /// Days of the week, `monday` to `sunday`; empty means every day.
        public var days: [String]
        /// Local time of day at which it opens, `HH:MM`.
        public var start: String
        /// How long the window stays open.
        @DurationText public var duration: Duration

        public init(days: [String] = [], start: String, duration: Duration) {
            self.days = days
            self.start = start
            self.duration = duration
        }
    }
}
