package import Hagen

/// The times of a topology's parts with every default filled in: what a release is lowered with, what the worst-case
/// times follow from, and what availability is judged by.

extension Model.Cluster {
    /// Whether its members agree through the store.
    package var needsLease: Bool {
        switch (kind, workload) {
        case (_, .external), (.loadBalancing, _), (.compute, _): false
        case (.activePassive, _), (.activeActive, _): true
        }
    }

    /// `nil` where its members need none.
    package var leaseTiming: LeaseTiming? {
        needsLease ? Self.timing(of: failover.lease ?? Defaults.lease) : nil
    }

    /// Of what has a lease and cannot say which.
    package static var defaultLeaseTiming: LeaseTiming { timing(of: Defaults.lease) }

    private static func timing(of lease: Model.Lease) -> LeaseTiming {
        LeaseTiming(duration: lease.duration, renew: lease.renew, stop: Defaults.stop(lease: lease.duration))
    }

    /// How often its workload is started again in place, before another member takes over or the agent backs off.
    package var restarts: Model.Restarts {
        if case .process(let process) = workload, let restarts = process.restarts { return restarts }
        return needsLease ? Defaults.restartsWithLease : Defaults.restartsWithoutLease
    }

    /// Higher priority first; equals by name.
    package var membersInOrder: [Model.Member] {
        members.sorted {
            ($1.priority ?? Defaults.priority, $0.host) < ($0.priority ?? Defaults.priority, $1.host)
        }
    }
}

extension Model.Check {
    package var configuration: CheckConfiguration {
        let every = every ?? Defaults.checkEvery
        return CheckConfiguration(
            kind: kind, every: every, timeout: timeout ?? min(Defaults.checkTimeout, every),
            rise: rise ?? Defaults.rise, fall: fall ?? Defaults.fall)
    }
}

extension Model.Topology {
    /// How long a member of etcd waits for its leader.
    package var storeElection: Duration {
        let shortest = Defaults.storeElection * Defaults.electionsPerLease
        let isAggressive = clusters.contains { cluster in
            guard cluster.needsLease, let lease = cluster.failover.lease else { return false }
            return lease.aggressive && lease.duration < shortest
        }
        return isAggressive ? Defaults.aggressiveStoreElection : Defaults.storeElection
    }

    /// Whether anything is decided through the store.
    package var needsStore: Bool {
        clusters.contains(where: \.needsLease) || balancers.contains { !$0.virtualIPs.isEmpty }
    }

    /// The hosts that a member of the store runs on: those of etcd, or the first by name where the store is embedded and
    /// somebody needs it. In the lab the store runs beside the hosts.
    package func storeHosts(_ placement: Placement) -> [String] {
        guard placement == .declared else { return [] }
        switch coordination {
        case .etcd(let hosts, _): return Set(hosts).sorted()
        case .embedded:
            guard needsStore else { return [] }
            return hosts.map(\.name).min().map { [$0] } ?? []
        }
    }
}

extension Model.Target.Role {
    /// The members that a balancer with this target sends to: of a cluster without a lease to follow every healthy one.
    func followed(in cluster: Model.Cluster) -> Self {
        guard cluster.kind == .activePassive, cluster.needsLease else { return .members }
        return switch self {
        case .members: .members
        case .active, .primary: .active
        case .standbys, .replicas: .standbys
        }
    }
}
