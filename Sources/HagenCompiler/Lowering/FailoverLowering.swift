internal import Hagen

extension LoweringContext {
    /// `nil` where nothing on the host fails over or is started.
    func failover(on host: Model.Host) -> FailoverConfiguration? {
        let members = clusters.compactMap { cluster -> FailoverConfiguration.Cluster? in
            guard cluster.members.contains(where: { $0.host == host.name }) else { return nil }
            return self.cluster(cluster, on: host)
        }
        let own = (members + addressGroups(on: host)).sorted { $0.name < $1.name }
        guard !own.isEmpty else { return nil }
        let usesStore = own.contains { $0.lease != nil }
        return FailoverConfiguration(
            topology: topology.name, host: host.name, store: usesStore ? store : nil,
            heartbeat: heartbeat(on: host, with: own), clusters: own)
    }

    /// One agent greets another once, for all the clusters that they share: as often as the most impatient asks.
    private func heartbeat(
        on host: Model.Host, with own: [FailoverConfiguration.Cluster]
    ) -> FailoverConfiguration.Heartbeat? {
        let shared = own.filter { $0.lease != nil }
        let peers = Set(shared.flatMap(\.members).map(\.host)).subtracting([host.name]).sorted()
        let asked = clusters.filter { cluster in
            cluster.needsLease && cluster.members.contains { $0.host == host.name }
        }.compactMap(\.failover.heartbeat)
        let followers = followers(of: own)
        guard !peers.isEmpty || !followers.isEmpty else { return nil }
        return FailoverConfiguration.Heartbeat(
            listen: SocketAddress(address(of: host.name), port: Defaults.heartbeatPort),
            every: asked.min() ?? Defaults.heartbeat,
            peers: peers.map { peer in
                HostAddress(
                    host: peer, address: SocketAddress(address(of: peer), port: Defaults.heartbeatPort))
            }, followers: followers, key: address(of: host.name).isLoopback ? nil : Defaults.agentKey)
    }

    /// The hosts of the balancers that send to whichever member of these clusters is active.
    private func followers(
        of own: [FailoverConfiguration.Cluster]
    ) -> [FailoverConfiguration.Heartbeat.Follower] {
        let names = Set(own.map(\.name))
        let hosts = topology.balancers.filter { names.contains($0.target.cluster) && followsActive($0) }.flatMap(
            \.hosts)
        return Set(hosts).sorted().map { host in
            FailoverConfiguration.Heartbeat.Follower(host: host, address: address(of: host))
        }
    }

    private func cluster(_ cluster: Model.Cluster, on host: Model.Host) -> FailoverConfiguration.Cluster? {
        guard let kind = workloadKind(of: cluster) else { return nil }
        var lowered = FailoverConfiguration.Cluster(
            name: cluster.name, mode: mode(of: cluster), workload: workload(kind, of: cluster),
            address: address(of: host.name).description, port: cluster.workload.port.map(plan.port),
            members: members(of: cluster), lease: cluster.leaseTiming, check: cluster.failover.check?.configuration)
        if cluster.kind == .activePassive { lowered.addresses = addresses(cluster.virtualIPs) }
        // What the lab is tried out with must never turn a real host off.
        if placement == .declared {
            lowered.fencing = cluster.failover.fencing.compactMap { fencing($0, of: cluster) }
        }
        lowered.hooks = cluster.hooks.map { hook in
            FailoverConfiguration.Hook(
                event: hook.event, command: hook.command, timeout: hook.timeout ?? Defaults.hookTimeout)
        }
        lowered.permitPort = permitPort(of: cluster)
        lowered.maintenance = cluster.maintenance
        return lowered
    }

    private func members(of cluster: Model.Cluster) -> [FailoverConfiguration.Member] {
        cluster.membersInOrder.map {
            FailoverConfiguration.Member(
                host: $0.host, priority: $0.priority ?? Defaults.priority, candidate: $0.candidate,
                zone: zone(of: $0.host))
        }
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

    /// `nil` for what Hagen does not run.
    private func workloadKind(of cluster: Model.Cluster) -> FailoverConfiguration.Workload.Kind? {
        switch cluster.workload {
        case .process(let process):
            .process(
                FailoverConfiguration.Workload.Process(
                    command: process.command, environment: process.environment, user: process.user))
        // As systemctl does.
        case .systemd(let unit, _, _): .unit(name: unit.hasSuffix(".service") ? unit : unit + ".service")
        case .ocf(let agent, let parameters, _, _):
            .resourceAgent(FailoverConfiguration.Workload.ResourceAgent(name: agent, parameters: parameters))
        case .postgreSQL, .mariaDB, .redis, .mongoDB, .slurm, .external: nil
        }
    }

    private func workload(
        _ kind: FailoverConfiguration.Workload.Kind, of cluster: Model.Cluster
    ) -> FailoverConfiguration.Workload {
        let restarts = cluster.restarts
        let process: Model.ProcessWorkload? = if case .process(let process) = cluster.workload { process } else { nil }
        return FailoverConfiguration.Workload(
            kind: kind, standby: process?.standby ?? Defaults.standby, restartLimit: restarts.limit,
            restartWindow: restarts.window, stopTimeout: cluster.workload.settledStopTimeout)
    }

    private func fencing(
        _ fencing: Model.Fencing, of cluster: Model.Cluster
    ) -> FailoverConfiguration.FencingLevel? {
        switch fencing {
        case .itself: return nil
        case .watchdog(let device): return .watchdog(device: device)
        case .agent(let name, let parameters):
            let timing = cluster.leaseTiming ?? Model.Cluster.defaultLeaseTiming
            let targets = cluster.members.map { member in
                (member.host, parameters.mapValues { filled($0, for: member.host) })
            }
            // A host that is preferred as active one fences first: where both are alive, it is the one that stays.
            return .agent(
                name: name, parameters: Dictionary(targets, uniquingKeysWith: { first, _ in first }),
                delay: DurationText(wrappedValue: timing.fencingDelay))
        }
    }

    /// `{host}`, `{address}` and `{label.NAME}` in a fence agent's parameter stand for those of the host that it ends.
    private func filled(_ value: String, for host: String) -> String {
        FencePlaceholder.all(in: value).reduce(into: value) { filled, placeholder in
            let fact =
                switch placeholder {
                case .host: host
                case .address: address(of: host).description
                case .label(let name): labels(of: host)[name] ?? placeholder.text
                case .unknown: placeholder.text
                }
            filled = filled.replacing(placeholder.text, with: fact)
        }
    }

    /// Only where nobody is meant to reach the standbys, and where the port is not one of the whole machine's.
    private func permitPort(of cluster: Model.Cluster) -> Int? {
        guard placement == .declared, cluster.kind == .activePassive, let port = cluster.workload.port,
            !cluster.members.contains(where: { address(of: $0.host).isLoopback }),
            !topology.balancers.contains(where: {
                $0.target.cluster == cluster.name && $0.target.role.followed(in: cluster) != .active
            })
        else { return nil }
        return plan.port(port)
    }
}

extension Model.Workload {
    /// From the order to stop until what is left is killed.
    var settledStopTimeout: Duration {
        switch self {
        case .systemd, .ocf: stopTimeout ?? Defaults.stopTimeoutOfServices
        default: stopTimeout ?? Defaults.stopTimeout
        }
    }
}
