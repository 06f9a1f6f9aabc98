/// Equal members behind a balancer.
///
///     LoadBalancingCluster("api", running: .process("/usr/bin/api", port: 8080), on: [.a1, .b1, .c1])
public struct LoadBalancingCluster<Service: Workload>: NamedCluster {
    let declaration: ClusterDeclaration

    /// Every host is a member like the others.
    ///
    /// - Parameter minimumHealthy: How many members must be healthy for the cluster to serve what it promises.
    public init(
        _ name: String, running service: Service, on hosts: [Host], minimumHealthy: Int? = nil,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        self.init(
            name, running: service, minimumHealthy: minimumHealthy, filePath: filePath, line: line, column: column
        ) {
            for host in hosts {
                Member(host, filePath: filePath, line: line, column: column)
            }
        }
    }

    /// Members that differ, by weight for example, stand in braces.
    public init(
        _ name: String, running service: Service, minimumHealthy: Int? = nil,
        filePath: String = #filePath, line: Int = #line, column: Int = #column,
        @MemberBuilder _ content: () -> [ClusterPart]
    ) {
        declaration = ClusterDeclaration(
            name, .loadBalancing, service.model, minimumHealthy: minimumHealthy, parts: content(),
            at: SourceSpan(file: filePath, line: line, column: column))
    }

    public var name: String { declaration.declared.value.name }
    public var components: [Component] { [declaration.component] }

    /// All members.
    public var members: Endpoint<Service, Role.Members> { Endpoint(cluster: name) }
}

extension LoadBalancingCluster where Service == ExternalService {
    /// Endpoints that something else runs need no hosts.
    public init(
        _ name: String, running service: Service, minimumHealthy: Int? = nil,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        self.init(
            name, running: service, on: [], minimumHealthy: minimumHealthy, filePath: filePath, line: line,
            column: column)
    }
}

extension LoadBalancingCluster {
    @available(
        *, unavailable,
        message: "the members of a load-balancing cluster are equals: use '.members', or declare a FailoverCluster"
    )
    public var active: Endpoint<Service, Role.Active> { Endpoint(cluster: name) }
    @available(
        *, unavailable,
        message: "the members of a load-balancing cluster are equals: use '.members', or declare a FailoverCluster"
    )
    public var standbys: Endpoint<Service, Role.Standbys> { Endpoint(cluster: name) }
    @available(
        *, unavailable,
        message: "the members of a load-balancing cluster are equals: use '.members', or declare a FailoverCluster"
    )
    public var primary: Endpoint<Service, Role.Primary> { Endpoint(cluster: name) }
    @available(
        *, unavailable,
        message: "the members of a load-balancing cluster are equals: use '.members', or declare a FailoverCluster"
    )
    public var replicas: Endpoint<Service, Role.Replicas> { Endpoint(cluster: name) }
}
