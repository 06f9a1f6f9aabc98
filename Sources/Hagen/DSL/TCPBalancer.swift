/// Listens for TCP and spreads the connections over the members of a cluster.
///
///     TCPBalancer("orders-rw", on: [.a1, .b1], listen: 6432, to: orders.primary)
public struct TCPBalancer: NamedBalancer {
    let declaration: BalancerDeclaration

    /// Spreads traffic over the members that share the role.
    ///
    /// - Parameters:
    ///   - hosts: Where it listens.
    ///   - listen: A port on every address of the hosts, or `ADDRESS:PORT`.
    ///   - retries: How often what has not reached a member is tried on another; 0 to 10.
    ///   - maximumConnections: Clients connected at once on one host; beyond it new ones wait.
    public init(
        _ name: String, on hosts: [Host], listen: ListenAddress, tls: Credential? = nil,
        to endpoint: Endpoint<some Workload, some SharedRole>, strategy: Strategy? = nil,
        affinity: TCPAffinity? = nil, check: Check? = nil,
        timeouts: Timeouts = Timeouts(), retries: Int? = nil, maximumConnections: Int? = nil,
        proxyProtocol: ProxyProtocol? = nil,
        filePath: String = #filePath, line: Int = #line, column: Int = #column,
        @BalancerBuilder _ content: () -> [ClusterPart] = { [] }
    ) {
        declaration = BalancerDeclaration(
            Model.Balancer(
                name: name, hosts: [], wireProtocol: .tcp, listen: listen, tls: tls, target: endpoint.target,
                strategy: strategy, affinity: affinity?.model, check: check?.model, timeouts: timeouts,
                retries: retries,
                maximumConnections: maximumConnections, proxyProtocol: proxyProtocol),
            on: hosts, parts: content(), at: SourceSpan(file: filePath, line: line, column: column))
    }

    /// Sends all traffic to the one member that has the role, wherever that moves.
    public init(
        _ name: String, on hosts: [Host], listen: ListenAddress, tls: Credential? = nil,
        to endpoint: Endpoint<some Workload, some SingleRole>, check: Check? = nil,
        timeouts: Timeouts = Timeouts(), retries: Int? = nil, maximumConnections: Int? = nil,
        proxyProtocol: ProxyProtocol? = nil,
        filePath: String = #filePath, line: Int = #line, column: Int = #column,
        @BalancerBuilder _ content: () -> [ClusterPart] = { [] }
    ) {
        declaration = BalancerDeclaration(
            Model.Balancer(
                name: name, hosts: [], wireProtocol: .tcp, listen: listen, tls: tls, target: endpoint.target,
                check: check?.model, timeouts: timeouts, retries: retries,
                maximumConnections: maximumConnections, proxyProtocol: proxyProtocol),
            on: hosts, parts: content(), at: SourceSpan(file: filePath, line: line, column: column))
    }

    public var name: String { declaration.declared.value.name }
    public var components: [Component] { [declaration.component] }
}

extension TCPBalancer {
    @available(
        *, unavailable,
        message: "one member at a time has this role, so there is nothing to choose: leave 'strategy:' out"
    )
    public init(
        _ name: String, on hosts: [Host], listen: ListenAddress, tls: Credential? = nil,
        to endpoint: Endpoint<some Workload, some SingleRole>, strategy: Strategy, affinity: TCPAffinity? = nil,
        check: Check? = nil, timeouts: Timeouts = Timeouts(), retries: Int? = nil, maximumConnections: Int? = nil
    ) {
        self.init(name, on: hosts, listen: listen, to: endpoint)
    }
}
