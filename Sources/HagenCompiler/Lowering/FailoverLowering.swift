internal import Hagen

extension LoweringContext {
    /// `nil` where no member with a process runs on the host.
    func failover(on host: Model.Host) -> FailoverConfiguration? {
        let own = clusters.compactMap { cluster -> FailoverConfiguration.Cluster? in
            guard cluster.members.contains(where: { $0.host == host.name }) else { return nil }
            return self.cluster(cluster, on: host)
        }
        guard !own.isEmpty else { return nil }
        let usesStore = own.contains { $0.lease != nil }
        return FailoverConfiguration(
            topology: topology.name, host: host.name, store: usesStore ? store : nil, heartbeat: heartbeat(on: host),
            clusters: own)
    }

    /// One agent greets another once, for all the clusters that they share: as often as the most impatient asks.
    private func heartbeat(on host: Model.Host) -> FailoverConfiguration.Heartbeat? {
        let shared = clusters.filter { cluster in
            cluster.needsLease && cluster.members.contains { $0.host == host.name }
        }
        let peers = Set(shared.flatMap(\.members).map(\.host)).subtracting([host.name]).sorted()
        guard !peers.isEmpty, let every = shared.map({ $0.failover.heartbeat ?? Defaults.heartbeat }).min() else {
            return nil
        }
        return FailoverConfiguration.Heartbeat(
            listen: SocketAddress(address(of: host.name), port: Defaults.heartbeatPort), every: every,
            peers: peers.map { peer in
                FailoverConfiguration.Heartbeat.Peer(
                    host: peer, address: SocketAddress(address(of: peer), port: Defaults.heartbeatPort))
            })
    }

    private func cluster(_ cluster: Model.Cluster, on host: Model.Host) -> FailoverConfiguration.Cluster? {
        guard case .process(let process) = cluster.workload else { return nil }
        return FailoverConfiguration.Cluster(
            name: cluster.name, mode: mode(of: cluster), workload: workload(process, of: cluster),
            address: address(of: host.name).description, port: process.port.map(plan.port),
            members: cluster.membersInOrder.map {
                FailoverConfiguration.Member(
                    host: $0.host, priority: $0.priority ?? Defaults.priority, candidate: $0.candidate)
            }, lease: cluster.leaseTiming, check: cluster.failover.check?.configuration)
    }

    private func mode(of cluster: Model.Cluster) -> FailoverConfiguration.Cluster.Mode {
        switch cluster.kind {
        case .activePassive: .activePassive
        case .activeActive: .activeActive
        case .loadBalancing: .loadBalancing
        case .compute:
            preconditionFailure("compute cluster '\(cluster.name)' has no engine; a rule should have said so")
        }
    }

    private func workload(
        _ process: Model.ProcessWorkload, of cluster: Model.Cluster
    ) -> FailoverConfiguration.Workload {
        let restarts = cluster.restarts
        return FailoverConfiguration.Workload(
            command: process.command, environment: process.environment, user: process.user,
            standby: process.standby ?? Defaults.standby, restartLimit: restarts.limit, restartWindow: restarts.window,
            stopTimeout: process.stopTimeout ?? Defaults.stopTimeout)
    }
}
