/// Something that may stand in the braces of a cluster.
public protocol ClusterContent: Sendable {
    var part: ClusterPart { get }
}

/// Something that may stand in the braces of every failover cluster, whatever its mode and workload.
public protocol FailoverContent: ClusterContent {}

/// One declaration in a cluster's braces, whatever its kind.
public struct ClusterPart: Sendable {
    enum Declaration: Sendable {
        case member(Model.Member, Host)
        case replication(Model.Replication)
        case lease(Model.Lease)
        case heartbeat(Duration)
        case check(Model.Check)
        case fencing(Model.Fencing)
        case virtualIP(Model.VirtualIP, Host?)
        case hook(Model.Hook)
        case maintenance(Model.MaintenanceWindow)
    }
    let declaration: Declaration
    let span: SourceSpan
}

/// A host's part in a cluster.
public struct Member: FailoverContent {
    public let part: ClusterPart

    /// - Parameters:
    ///   - priority: Higher is preferred as active member; 0 to 1000, unsaid 100.
    ///   - weight: Share of a balancer's traffic relative to the others; 0 to 256, unsaid 1.
    ///   - candidate: `false`: never becomes active.
    public init(
        _ host: Host, priority: Int? = nil, weight: Int? = nil, candidate: Bool = true,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        let member = Model.Member(host: host.name, priority: priority, weight: weight, candidate: candidate)
        part = ClusterPart(
            declaration: .member(member, host), span: SourceSpan(file: filePath, line: line, column: column))
    }
}

/// The time-limited right to be active.
public struct Lease: FailoverContent {
    public let part: ClusterPart

    /// - Parameters:
    ///   - duration: How long the others wait, from the last renewal they saw, before they may take over.
    ///   - renewedEvery: How often the holder renews; well below the duration.
    ///   - aggressive: A shorter lease than the store's elections allow is meant.
    public init(
        _ duration: Duration, renewedEvery renew: Duration, aggressive: Bool = false,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        part = ClusterPart(
            declaration: .lease(Model.Lease(duration: duration, renew: renew, aggressive: aggressive)),
            span: SourceSpan(file: filePath, line: line, column: column))
    }
}

/// How often the agents of the members greet each other.
public struct Heartbeat: FailoverContent {
    public let part: ClusterPart

    public init(
        every interval: Duration, filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        part = ClusterPart(
            declaration: .heartbeat(interval), span: SourceSpan(file: filePath, line: line, column: column))
    }
}

/// What stops a member that cannot stop itself; several are tried in order.
public struct Fencing: FailoverContent {
    /// A way to stop a member.
    public struct Method: Sendable {
        let model: Model.Fencing

        /// The member's own supervisor ends the workload at the deadline.
        public static var itself: Self { Self(model: .itself) }
        /// A watchdog device resets the host.
        public static func watchdog(_ device: String) -> Self { Self(model: .watchdog(device: device)) }
        /// A fence agent, such as `fence_ipmilan`.
        public static func agent(_ name: String, parameters: [String: String] = [:]) -> Self {
            Self(model: .agent(name: name, parameters: parameters))
        }
    }

    public let part: ClusterPart

    public init(
        _ method: Method, filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        part = ClusterPart(
            declaration: .fencing(method.model), span: SourceSpan(file: filePath, line: line, column: column))
    }
}

/// A command that runs on a member's host when its role there changes.
public struct Hook: FailoverContent {
    public let part: ClusterPart

    /// - Parameter command: Program and arguments.
    public init(
        _ event: Model.Hook.Event, run command: [String], timeout: Duration? = nil,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        part = ClusterPart(
            declaration: .hook(Model.Hook(event: event, command: command, timeout: timeout)),
            span: SourceSpan(file: filePath, line: line, column: column))
    }
}

/// When work on the members is allowed.
public struct MaintenanceWindow: FailoverContent {
    /// A day of the week.
    public enum Day: String, Sendable {
        case monday, tuesday, wednesday, thursday, friday, saturday, sunday
    }

    public let part: ClusterPart

    /// - Parameters:
    ///   - days: Unsaid, every day.
    ///   - start: Local time of day at which it opens, `HH:MM`.
    public init(
        _ days: [Day] = [], from start: String, for duration: Duration,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        let window = Model.MaintenanceWindow(days: days.map(\.rawValue), start: start, duration: duration)
        part = ClusterPart(
            declaration: .maintenance(window), span: SourceSpan(file: filePath, line: line, column: column))
    }
}
