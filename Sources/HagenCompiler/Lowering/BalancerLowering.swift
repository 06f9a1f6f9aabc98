internal import Hagen

extension LoweringContext {
    /// `nil` where no balancer listens on the host.
    func balancer(on host: Model.Host) -> BalancerConfiguration? {
        let listeners = (balancersByHost[host.name] ?? []).map { listener($0, on: host) }
        guard !listeners.isEmpty else { return nil }
        let follows = listeners.contains { $0.selection != .members }
        return BalancerConfiguration(
            topology: topology.name, host: host.name, store: follows ? store : nil, agents: agents(askedBy: host),
            loops: address(of: host.name).isLoopback ? Defaults.loopsOnSharedMachine : nil, listeners: listeners)
    }

    /// Whether it sends to the active member alone, and so to whoever holds the lease.
    func followsActive(_ balancer: Model.Balancer) -> Bool {
        let cluster = cluster(named: balancer.target.cluster)
        guard cluster.needsLease else { return false }
        switch balancer.target.role.followed(in: cluster) {
        case .active, .primary: return true
        case .members, .standbys, .replicas: return false
        }
    }

    /// They are asked as often as they greet each other, and at least as often as they renew: what is left of a permit is
    /// never less than the time from one renewal to the deadline.
    private func agents(askedBy host: Model.Host) -> BalancerConfiguration.Agents? {
        let followed = (balancersByHost[host.name] ?? []).filter(followsActive).map {
            cluster(named: $0.target.cluster)
        }
        let intervals = followed.compactMap { cluster in
            cluster.leaseTiming.map { min($0.renew, cluster.failover.heartbeat ?? Defaults.heartbeat) }
        }
        guard let every = intervals.min() else { return nil }
        let own = address(of: host.name)
        return BalancerConfiguration.Agents(
            address: own, every: every,
            peers: Set(followed.flatMap(\.members).map(\.host)).sorted().map { member in
                HostAddress(
                    host: member, address: SocketAddress(address(of: member), port: Defaults.heartbeatPort))
            }, key: own.isLoopback ? nil : Defaults.agentKey)
    }

    private func listener(_ balancer: Model.Balancer, on host: Model.Host) -> BalancerConfiguration.Listener {
        let cluster = cluster(named: balancer.target.cluster)
        return BalancerConfiguration.Listener(
            name: balancer.name, wireProtocol: balancer.wireProtocol,
            listen: [required(plan.listener(balancer.listen, on: host.name))],
            strategy: balancer.strategy ?? Defaults.strategy, cluster: cluster.name,
            selection: selection(balancer.target.role, of: cluster), backends: backends[cluster.name] ?? [],
            check: balancer.check?.configuration, timeouts: timeouts(balancer.timeouts),
            retries: balancer.retries ?? Defaults.retries,
            maximumConnections: balancer.maximumConnections ?? Defaults.maximumConnections)
    }

    private func selection(
        _ role: Model.Target.Role, of cluster: Model.Cluster
    ) -> BalancerConfiguration.Selection {
        guard let lease = cluster.leaseTiming else { return .members }
        let duration = DurationText(wrappedValue: lease.duration)
        return switch role.followed(in: cluster) {
        case .members: .members
        case .active, .primary: .active(leaseDuration: duration)
        case .standbys, .replicas: .standbys(leaseDuration: duration)
        }
    }

    func backends(of cluster: Model.Cluster) -> [BalancerConfiguration.Backend] {
        if case .external(let endpoints) = cluster.workload {
            return endpoints.sorted().map { endpoint in
                BalancerConfiguration.Backend(
                    name: endpoint, address: required(SocketAddress(endpoint)), weight: Defaults.weight)
            }
        }
        let port = plan.port(required(cluster.workload.port, "port of cluster '\(cluster.name)'"))
        return cluster.members.sorted { $0.host < $1.host }.map { member in
            BalancerConfiguration.Backend(
                name: member.host, address: SocketAddress(address(of: member.host), port: port),
                weight: member.weight ?? Defaults.weight)
        }
    }

    private func timeouts(_ timeouts: Model.Timeouts) -> BalancerConfiguration.Timeouts {
        BalancerConfiguration.Timeouts(
            connect: timeouts.connect ?? Defaults.connectTimeout, request: timeouts.request ?? Defaults.requestTimeout,
            response: timeouts.response ?? Defaults.responseTimeout, idle: timeouts.idle ?? Defaults.idleTimeout,
            queue: timeouts.queue ?? Defaults.queueTimeout, drain: timeouts.drain ?? Defaults.drainTimeout)
    }
}
