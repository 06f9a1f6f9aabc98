extension Model {
    /// What a member runs.
    public enum Workload: Codable, Equatable, Sendable {
        case process(ProcessWorkload)
        /// A systemd unit that exists on the hosts. `stopTimeout` as that of a process.
        case systemd(unit: String, port: Int?, stopTimeout: DurationText<Duration>? = nil)
        case postgreSQL(version: Int, port: Int?)
        case mariaDB(version: String, port: Int?)
        case redis(version: String?, port: Int?)
        case mongoDB(version: String?, port: Int?)
        case slurm(partition: String?)
        /// An OCF resource agent: `ocf:heartbeat:Filesystem` and its parameters. `stopTimeout` as that of a process.
        case ocf(agent: String, parameters: [String: String], port: Int?, stopTimeout: DurationText<Duration>? = nil)
        /// Endpoints (`ADDRESS:PORT`) that Hagen balances and watches, but does not run.
        case external(endpoints: [String])

        /// The word that names it in YAML and in messages.
        public var kind: String {
            switch self {
            case .process: "process"
            case .systemd: "systemd"
            case .postgreSQL: "postgresql"
            case .mariaDB: "mariadb"
            case .redis: "redis"
            case .mongoDB: "mongodb"
            case .slurm: "slurm"
            case .ocf: "ocf"
            case .external: "external"
            }
        }

        /// The port that its members listen on, the engine's usual one where none is said; `nil` where there is none.
        public var port: Int? {
            switch self {
            case .process(let process): process.port
            case .systemd(_, let port, _): port
            case .postgreSQL(_, let port): port ?? 5432
            case .mariaDB(_, let port): port ?? 3306
            case .redis(_, let port): port ?? 6379
            case .mongoDB(_, let port): port ?? 27017
            case .ocf(_, _, let port, _): port
            case .slurm, .external: nil
            }
        }

        /// How long it may take to end from the order to stop until it is killed; `nil` where it is not said, or cannot be.
        public var stopTimeout: Duration? {
            switch self {
            case .process(let process): process.stopTimeout
            case .systemd(_, _, let stopTimeout), .ocf(_, _, _, let stopTimeout): stopTimeout?.wrappedValue
            case .postgreSQL, .mariaDB, .redis, .mongoDB, .slurm, .external: nil
            }
        }
    }

    /// A program that Hagen starts and stops itself.
    public struct ProcessWorkload: Codable, Equatable, Sendable {
        /// What a process does on members that are not active.
        public enum Standby: String, Codable, Equatable, Sendable, CaseIterable {
            /// Started when its member becomes active.
            case cold
            /// Runs on the standbys too, and is told when its member becomes active.
            case hot
        }

        /// Program and arguments; the program is an absolute path, or is looked for in the topology's folder (which
        /// hosts in a network do not have) and then in `PATH`. At least one word.
        public var command: [String]
        /// 1 to 65535.
        public var port: Int?
        /// Variables that it gets besides Hagen's own, by name.
        public var environment: [String: String]
        /// The user that it runs as where the agent may change users.
        public var user: String?
        public var standby: Standby?
        public var restarts: Restarts?
        /// How long it may take to end after SIGTERM before it is killed.
        @DurationText public var stopTimeout: Duration?
        /// How long it takes from its start until it serves, as the team has measured it; what is judged by it, such as
        /// a recovery time, is not enforced.
        @DurationText public var startTime: Duration?

        public init(
            command: [String], port: Int? = nil, environment: [String: String] = [:], user: String? = nil,
            standby: Standby? = nil, restarts: Restarts? = nil, stopTimeout: Duration? = nil, startTime: Duration? = nil
        ) {
            self.command = command
            self.port = port
            self.environment = environment
            self.user = user
            self.standby = standby
            self.restarts = restarts
            self.stopTimeout = stopTimeout
            self.startTime = startTime
        }
    }

    /// How often a workload is restarted in place before its cluster fails over.
    public struct Restarts: Codable, Equatable, Sendable {
        /// 0 to 100.
        public var limit: Int
        /// Restarts older than this are forgotten.
        @DurationText public var window: Duration

        public init(limit: Int, window: Duration) {
            self.limit = limit
            self.window = window
        }
    }
}
