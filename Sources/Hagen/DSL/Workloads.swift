/// What a member runs. The protocols below say, at compile time, what a cluster of it can do.
public protocol Workload: Sendable {
    /// The workload as the model has it.
    var model: Model.Workload { get }
}

/// A workload whose active member is called the primary, and whose others are its replicas.
public protocol Database: Workload {}

/// A database that can take writes on every member.
public protocol MultiPrimaryDatabase: Database {}

/// A workload that is no database: its members are active or standby, and it may speak HTTP.
public protocol Application: Workload {}

/// Whether a process runs on the standbys too.
public typealias Standby = Model.ProcessWorkload.Standby
/// How often a process is restarted in place: `.atMost(3, within: .minutes(1))`, `.never`.
public typealias Restarts = Model.Restarts

extension Model.Restarts {
    /// Restarted in place up to `limit` times (0 to 100) within `window`; then the cluster fails over.
    public static func atMost(_ limit: Int, within window: Duration) -> Self { Self(limit: limit, window: window) }
    /// Never restarted in place: the cluster fails over at once.
    public static var never: Self { Self(limit: 0, window: .seconds(60)) }
}

/// A program that Hagen starts and stops itself: `.process("/usr/bin/api", port: 8080)`.
public struct ProcessWorkload: Application {
    public let model: Model.Workload
}

/// A systemd unit that exists on the hosts: `.systemd("api.service", port: 8080)`.
public struct SystemdUnit: Application {
    public let model: Model.Workload
}

/// An OCF resource agent: `.ocf("ocf:heartbeat:Filesystem", parameters: [:])`.
public struct ResourceAgent: Application {
    public let model: Model.Workload
}

/// Endpoints that Hagen balances and watches, but does not run: `.external("10.0.9.1:8080")`.
public struct ExternalService: Application {
    public let model: Model.Workload
}

/// The database PostgreSQL: `.postgreSQL(15)`.
public struct PostgreSQL: Database {
    public let model: Model.Workload
}

/// The database MariaDB, which can take writes on every member: `.mariaDB("10.11")`.
public struct MariaDB: MultiPrimaryDatabase {
    public let model: Model.Workload
}

/// The database Redis: `.redis()`.
public struct Redis: Database {
    public let model: Model.Workload
}

/// The database MongoDB: `.mongoDB()`.
public struct MongoDB: Database {
    public let model: Model.Workload
}

/// The batch scheduler Slurm, for a `ComputeCluster`.
public struct Slurm: Workload {
    public let model: Model.Workload
}

extension Workload where Self == ProcessWorkload {
    /// - Parameters:
    ///   - program: An absolute path, or one that is looked for in the topology's folder and then in `PATH`. Hosts in
    ///     a network have no such folder: a path that is not absolute is refused there. Nobody can tell whether an
    ///     argument is such a path, as in `python3 serve.py`: write those in full too.
    ///   - port: Where it listens, 1 to 65535; told to it as `HAGEN_PORT`.
    ///   - user: Who it runs as, where the agent may change users.
    ///   - standby: Whether it runs on the standbys too (`.hot`) or is started when its member becomes active (`.cold`).
    ///   - restarts: How often it is restarted in place before its cluster fails over.
    ///   - stopTimeout: How long it may take to end after SIGTERM before it is killed.
    ///   - startTime: How long it takes from its start until it serves, as measured; recovery times are judged by it.
    public static func process(
        _ program: String, _ arguments: String..., port: Int? = nil, environment: [String: String] = [:],
        user: String? = nil, standby: Standby? = nil, restarts: Restarts? = nil, stopTimeout: Duration? = nil,
        startTime: Duration? = nil
    ) -> Self {
        Self(
            model: .process(
                Model.ProcessWorkload(
                    command: [program] + arguments, port: port, environment: environment, user: user,
                    standby: standby, restarts: restarts, stopTimeout: stopTimeout, startTime: startTime)))
    }
}

extension Workload where Self == SystemdUnit {
    /// A systemd unit that exists on the hosts; Hagen starts and stops it.
    ///
    /// - Parameter stopTimeout: How long it may take to end before it is killed; unsaid, 30 s.
    public static func systemd(_ unit: String, port: Int? = nil, stopTimeout: Duration? = nil) -> Self {
        Self(model: .systemd(unit: unit, port: port, stopTimeout: stopTimeout.map { DurationText(wrappedValue: $0) }))
    }
}

extension Workload where Self == ResourceAgent {
    /// An OCF resource agent, as Pacemaker runs them: `ocf:PROVIDER:NAME`.
    ///
    /// - Parameter stopTimeout: How long its action `stop` may take before what is left is killed; unsaid, 30 s.
    public static func ocf(
        _ agent: String, parameters: [String: String] = [:], port: Int? = nil, stopTimeout: Duration? = nil
    ) -> Self {
        Self(
            model: .ocf(
                agent: agent, parameters: parameters, port: port,
                stopTimeout: stopTimeout.map { DurationText(wrappedValue: $0) }))
    }
}

extension Workload where Self == ExternalService {
    /// - Parameter endpoints: `ADDRESS:PORT` each.
    public static func external(_ endpoints: String...) -> Self { Self(model: .external(endpoints: endpoints)) }
}

extension Workload where Self == PostgreSQL {
    /// - Parameter version: The major version.
    public static func postgreSQL(_ version: Int, port: Int? = nil) -> Self {
        Self(model: .postgreSQL(version: version, port: port))
    }
}

extension Workload where Self == MariaDB {
    /// - Parameter version: Such as `10.11`.
    public static func mariaDB(_ version: String, port: Int? = nil) -> Self {
        Self(model: .mariaDB(version: version, port: port))
    }
}

extension Workload where Self == Redis {
    /// - Parameter version: Unsaid, the one that the hosts have.
    public static func redis(_ version: String? = nil, port: Int? = nil) -> Self {
        Self(model: .redis(version: version, port: port))
    }
}

extension Workload where Self == MongoDB {
    /// - Parameter version: Unsaid, the one that the hosts have.
    public static func mongoDB(_ version: String? = nil, port: Int? = nil) -> Self {
        Self(model: .mongoDB(version: version, port: port))
    }
}

extension Workload where Self == Slurm {
    /// - Parameter partition: Unsaid, Slurm's default one.
    public static func slurm(partition: String? = nil) -> Self { Self(model: .slurm(partition: partition)) }
}
