package import Hagen

/// The source that lets an application say `Shop.orders.active`: a type for a topology, with a member for each of its
/// clusters, hosts and balancers, and its release as data.
///
/// A name that is no longer declared no longer compiles, and a role that a cluster does not have never did. Everything is
/// computed from literals: a stored property that is made when it is first used takes Swift three times as long to
/// compile (10,000 hosts: 48 s against 16 s of processor time), while the release, one literal, takes none.
package struct NamesSource: Sendable {
    /// The type that `SharedSource` declares.
    package static let sharedType = "HagenTopology"

    /// The type that stands for the topology.
    package let typeName: String
    private let topology: Model.Topology
    private let open: String
    private let declared, loopback: AddressPlan
    private let clusterNames, hostNames, balancerNames: [String: String]
    /// By what they lead to, the first declared balancer that does.
    private let leading: [String: String]

    package init(_ topology: Model.Topology, settings: SwiftSettings) {
        self.topology = topology
        typeName = settings.name ?? SwiftName.typeName(for: topology.name)
        open = settings.access.prefix
        declared = AddressPlan(topology, placement: .declared)
        loopback = AddressPlan(topology, placement: .loopback)
        // What the source itself says must mean the same beside any name.
        clusterNames = SwiftName.names(
            for: topology.clusters.map(\.name),
            taken: ["Hosts", "Balancers", "topologyName", "releaseJSON", "String", "Int", Self.sharedType])
        hostNames = SwiftName.names(for: topology.hosts.map(\.name), taken: [Self.sharedType])
        balancerNames = SwiftName.names(for: topology.balancers.map(\.name), taken: [Self.sharedType])
        leading = Dictionary(
            topology.balancers.map { ($0.target.key, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Parameters:
    ///   - file: The name of the file that the topology was declared in.
    ///   - release: What it compiles to for its hosts.
    package func text(file: String, release: Release) -> String {
        let parts = [clusters, hosts, balancers, data(release)].filter { !$0.isEmpty }
        let name = file.split(whereSeparator: \.isNewline).joined(separator: " ").printable
        return """
            // Made by Hagen from \(name). An edit would be lost.

            /// The topology '\(topology.name)'.
            \(open)enum \(typeName) {
            \(parts.joined(separator: "\n\n"))
            }

            """
    }

    // MARK: Clusters

    private var clusters: String {
        topology.clusters.sorted { $0.name < $1.name }.map(cluster).joined(separator: "\n\n")
    }

    private func cluster(_ cluster: Model.Cluster) -> String {
        var lines = [
            "    /// The cluster '\(cluster.name)': \(cluster.kind.rawValue), \(cluster.workload.kind).",
            "    \(open)enum \(required(clusterNames[cluster.name])) {",
            "        \(open)static var name: String { \(SwiftLiteral.text(cluster.name)) }",
        ]
        if !cluster.members.isEmpty {
            let hosts = cluster.members.map { "Hosts.\(required(hostNames[$0.host]))" }.joined(separator: ", ")
            lines.append("        /// The hosts of its members.")
            lines.append("        \(open)static var hosts: [\(Self.sharedType).Host] { [\(hosts)] }")
        }
        if let port = cluster.workload.port {
            lines.append("        /// What its members listen on.")
            lines.append("        \(open)static var port: Int { \(port) }")
        }
        let addresses = [declared, loopback].map { memberAddresses(of: cluster, $0) }
        if !addresses[0].isEmpty {
            let texts = addresses.map { SwiftLiteral.text($0.joined(separator: " ")) }.joined(separator: ", ")
            for role in cluster.roles where !cluster.workload.isDatabase || role == .members || role.general != role {
                lines.append(endpoint(role, of: cluster, texts))
            }
        }
        return (lines + ["    }"]).joined(separator: "\n")
    }

    private func endpoint(_ role: Model.Target.Role, of cluster: Model.Cluster, _ texts: String) -> String {
        let target = Model.Target(cluster: cluster.name, role: role)
        let balancer = leading[target.key].map { "Balancers.\(required(balancerNames[$0]))" } ?? "nil"
        // The member that is active has them.
        let virtual = role.general == .active ? cluster.virtualIPs.compactMap { IPAddress($0.address) } : []
        let places = virtual.map { SocketAddress($0, port: cluster.workload.port ?? 0).description }
        let follows = places.isEmpty ? "" : ", virtual: \(SwiftLiteral.text(places.joined(separator: " ")))"
        return """
                    \(open)static var \(role.rawValue): \(Self.sharedType).Endpoint {
                        .init(\(SwiftLiteral.text(cluster.name)), .\(role.rawValue), \(balancer), \(texts)\(follows))
                    }
            """
    }

    private func memberAddresses(of cluster: Model.Cluster, _ plan: AddressPlan) -> [String] {
        if case .external(let endpoints) = cluster.workload {
            return endpoints.compactMap { SocketAddress($0)?.description }
        }
        guard let port = cluster.workload.port else { return [] }
        return cluster.members.compactMap { member in
            plan.address(of: member.host).map { SocketAddress($0, port: plan.port(port)).description }
        }
    }

    // MARK: Hosts and balancers

    private var hosts: String {
        let hosts = topology.hosts.sorted { $0.name < $1.name }.map { host -> String in
            let addresses = [declared, loopback].map { plan in
                SwiftLiteral.text(plan.address(of: host.name)?.description ?? "")
            }
            return """
                        \(open)static var \(required(hostNames[host.name])): \(Self.sharedType).Host {
                            .init(\(SwiftLiteral.text(host.name)), zone: \(SwiftLiteral.text(host.zone)), \(addresses[0]), \(addresses[1]))
                        }
                """
        }
        return scope("Hosts", "The computers of the topology.", hosts)
    }

    private var balancers: String {
        let balancers = topology.balancers.sorted { $0.name < $1.name }.map { balancer -> String in
            let addresses = [declared, loopback].map { plan in
                SwiftLiteral.text(listeners(of: balancer, plan).joined(separator: " "))
            }
            return """
                        /// Leads to \(balancer.target.cluster).\(balancer.target.role.rawValue).
                        \(open)static var \(required(balancerNames[balancer.name])): \(Self.sharedType).Balancer {
                            .init(
                                \(SwiftLiteral.text(balancer.name)), .\(balancer.wireProtocol.rawValue), isEncrypted: \(balancer.tls != nil),
                                \(addresses[0]), \(addresses[1]))
                        }
                """
        }
        return scope("Balancers", "The listeners that spread traffic.", balancers)
    }

    private func scope(_ name: String, _ words: String, _ members: [String]) -> String {
        guard !members.isEmpty else { return "" }
        return """
                /// \(words)
                \(open)enum \(name) {
            \(members.joined(separator: "\n"))
                }
            """
    }

    /// Virtual addresses first: they are meant to be where clients connect. A listener on every address of its host is
    /// reached at the host's own.
    private func listeners(of balancer: Model.Balancer, _ plan: AddressPlan) -> [String] {
        guard let (_, port) = balancer.listen.parsed else { return [] }
        let virtual = plan.placement == .declared ? balancer.virtualIPs.compactMap { IPAddress($0.address) } : []
        let own = balancer.hosts.compactMap { host -> SocketAddress? in
            guard let listener = plan.listener(balancer.listen, on: host), let address = plan.address(of: host) else {
                return nil
            }
            return listener.address.isUnspecified ? SocketAddress(address, port: listener.port) : listener
        }
        return (virtual.map { SocketAddress($0, port: port) } + own).map(\.description)
    }

    // MARK: The release

    private func data(_ release: Release) -> String {
        """
            \(open)static var topologyName: String { \(SwiftLiteral.text(topology.name)) }

            /// The release that the topology compiles to for its hosts: JSON in UTF-8.
            \(open)static let releaseJSON = \(SwiftLiteral.raw(StableJSON.line(release)))
        """
    }

    private func required(_ name: String?) -> String {
        guard let name else {
            preconditionFailure("something is named that is not declared; a rule should have said so")
        }
        return name
    }
}

extension Model.Target {
    /// One text for the same members under whichever name.
    fileprivate var key: String { "\(cluster).\(role.general.rawValue)" }
}

extension Model.Target.Role {
    /// What clusters that are no databases call it.
    fileprivate var general: Self {
        switch self {
        case .members: .members
        case .active, .primary: .active
        case .standbys, .replicas: .standbys
        }
    }
}
