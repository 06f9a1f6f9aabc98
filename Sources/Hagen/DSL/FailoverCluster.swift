/// Whether one member of a failover cluster is active, or all.
public protocol FailoverMode: Sendable {
    static var kind: Model.Cluster.Kind { get }
}

/// One member is active (of a database: primary); the others wait (of a database: replicas).
public struct ActivePassive: FailoverMode {
    public static var kind: Model.Cluster.Kind { .activePassive }
}

/// Every healthy member is active.
public struct ActiveActive: FailoverMode {
    public static var kind: Model.Cluster.Kind { .activeActive }
}

extension FailoverMode where Self == ActivePassive {
    /// One member is active, the others wait.
    public static var activePassive: Self { Self() }
}

extension FailoverMode where Self == ActiveActive {
    /// Every healthy member is active.
    public static var activeActive: Self { Self() }
}

/// Members of which one is active and the others take over when it fails, or all are active.
///
///     FailoverCluster("orders", .activePassive, running: .process("/usr/bin/orders", port: 9000)) {
///         Member(.a1, priority: 200)
///         Member(.b1)
///         Lease(.seconds(1), renewedEvery: .milliseconds(250))
///     }
public struct FailoverCluster<Mode: FailoverMode, Service: Workload>: NamedCluster {
    let declaration: ClusterDeclaration

    /// - Parameter minimumHealthy: How many members must be healthy for the cluster to serve what it promises.
    public init(
        _ name: String, _ mode: Mode, running service: Service, minimumHealthy: Int? = nil,
        filePath: String = #filePath, line: Int = #line, column: Int = #column,
        @FailoverBuilder<Mode, Service> _ content: () -> [ClusterPart]
    ) {
        declaration = ClusterDeclaration(
            name, Mode.kind, service.model, minimumHealthy: minimumHealthy, parts: content(),
            at: SourceSpan(file: filePath, line: line, column: column))
    }

    public var name: String { declaration.declared.value.name }
    public var components: [Component] { [declaration.component] }

    /// All members, whatever their role.
    public var members: Endpoint<Service, Role.Members> { Endpoint(cluster: name) }
}

extension FailoverCluster where Mode == ActivePassive, Service: Application {
    /// The member that is active, wherever that moves.
    public var active: Endpoint<Service, Role.Active> { Endpoint(cluster: name) }
    /// The members that are not active.
    public var standbys: Endpoint<Service, Role.Standbys> { Endpoint(cluster: name) }

    @available(*, unavailable, message: "only a database has a primary: use '.active'")
    public var primary: Endpoint<Service, Role.Primary> { Endpoint(cluster: name) }
    @available(*, unavailable, message: "only a database has replicas: use '.standbys'")
    public var replicas: Endpoint<Service, Role.Replicas> { Endpoint(cluster: name) }
}

extension FailoverCluster where Mode == ActivePassive, Service: Database {
    /// The member that takes the writes, wherever that moves.
    public var primary: Endpoint<Service, Role.Primary> { Endpoint(cluster: name) }
    /// The members that follow the primary.
    public var replicas: Endpoint<Service, Role.Replicas> { Endpoint(cluster: name) }

    @available(*, unavailable, message: "the active member of a database is its primary: use '.primary'")
    public var active: Endpoint<Service, Role.Active> { Endpoint(cluster: name) }
    @available(*, unavailable, message: "the standbys of a database are its replicas: use '.replicas'")
    public var standbys: Endpoint<Service, Role.Standbys> { Endpoint(cluster: name) }
}

extension FailoverCluster where Mode == ActiveActive {
    @available(*, unavailable, message: "every member of an active-active cluster is active: use '.members'")
    public var active: Endpoint<Service, Role.Active> { Endpoint(cluster: name) }
    @available(*, unavailable, message: "every member of an active-active cluster is active: use '.members'")
    public var standbys: Endpoint<Service, Role.Standbys> { Endpoint(cluster: name) }
    @available(*, unavailable, message: "every member of an active-active cluster is active: use '.members'")
    public var primary: Endpoint<Service, Role.Primary> { Endpoint(cluster: name) }
    @available(*, unavailable, message: "every member of an active-active cluster is active: use '.members'")
    public var replicas: Endpoint<Service, Role.Replicas> { Endpoint(cluster: name) }
}
