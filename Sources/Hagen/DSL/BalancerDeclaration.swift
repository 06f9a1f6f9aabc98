/// How a balancer chooses a member: `.roundRobin`, `.leastConnections`, …
public typealias Strategy = Model.Balancer.Strategy
/// How long a balancer waits for what: `Timeouts(connect: .seconds(1))`.
public typealias Timeouts = Model.Timeouts
/// How a balancer learns, and tells, the address of the client behind a connection.
public typealias ProxyProtocol = Model.ProxyProtocol

/// Anything that an alert can be about as a balancer: one, by name.
public protocol NamedBalancer: TopologyContent {
    var name: String { get }
}

/// What both kinds of balancer are made of: the model with its sources, and the hosts it names.
struct BalancerDeclaration: Sendable {
    private(set) var declared: Declared<Model.Balancer>
    let hosts: [Host]

    var component: Component { Component(declaration: .balancer(declared, hosts: hosts)) }

    init(_ model: Model.Balancer, on hosts: [Host], parts: [ClusterPart], at span: SourceSpan) {
        declared = Declared(model, at: span)
        self.hosts = hosts
        declared.value.hosts = hosts.map(\.name)
        for part in parts {
            // The builder lets nothing else into a balancer's braces.
            guard case .virtualIP(let address, _) = part.declaration else { continue }
            declared.sources.spans[.root["virtualIPs"][declared.value.virtualIPs.count]] = part.span
            declared.value.virtualIPs.append(address)
        }
    }
}

/// What keeps one client of an HTTP balancer on one member.
public struct HTTPAffinity: Sendable {
    let model: Model.Affinity

    /// A cookie that the balancer sets.
    public static func cookie(_ name: String) -> Self { Self(model: .cookie(name: name)) }
    /// The client's address: all clients behind one address go to one member.
    public static var clientAddress: Self { Self(model: .clientAddress) }
}

/// What keeps one client of a TCP balancer on one member.
public struct TCPAffinity: Sendable {
    let model: Model.Affinity

    /// The client's address: all clients behind one address go to one member.
    public static var clientAddress: Self { Self(model: .clientAddress) }

    @available(
        *, unavailable, message: "a TCP balancer does not read cookies: use an HTTPBalancer, or '.clientAddress'"
    )
    public static func cookie(_ name: String) -> Self { Self(model: .cookie(name: name)) }
}
