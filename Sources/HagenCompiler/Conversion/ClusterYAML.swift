internal import Hagen

/// Clusters and what they run, as YAML.
enum ClusterYAML {
    static func cluster(_ cluster: Model.Cluster) -> YAMLValue {
        var fields = YAMLFields()
        switch cluster.kind {
        case .activePassive, .activeActive:
            fields.add("kind", "failover")
            fields.add("mode", cluster.kind)
        case .loadBalancing, .compute: fields.add("kind", cluster.kind)
        }
        fields.add("workload", workload(cluster.workload))
        fields.add("members", cluster.members.map(member))
        fields.add("minimumHealthy", cluster.minimumHealthy)
        fields.add("replication", cluster.replication.map(replication))
        fields.add("lease", cluster.failover.lease.map(lease))
        fields.add("heartbeat", cluster.failover.heartbeat)
        fields.add("check", cluster.failover.check.map(check))
        fields.add("fencing", cluster.failover.fencing.map(fencing))
        fields.add("virtualIPs", cluster.virtualIPs.map(virtualIP))
        fields.add("hooks", cluster.hooks.map(hook))
        fields.add("maintenance", cluster.maintenance.map(maintenance))
        return fields.long
    }

    private static func member(_ member: Model.Member) -> YAMLValue {
        var fields = YAMLFields()
        fields.add("host", member.host)
        fields.add("priority", member.priority)
        fields.add("weight", member.weight)
        fields.add("candidate", member.candidate, unless: true)
        return fields.entries.count == 1 ? .text(member.host) : fields.short
    }

    private static func replication(_ replication: Model.Replication) -> YAMLValue {
        var fields = YAMLFields()
        fields.add("mode", replication.mode)
        fields.add("style", replication.style == .primaryReplica ? nil : replication.style)
        fields.add("acknowledgements", replication.acknowledgements)
        fields.add("maximumLag", replication.maximumLag?.text)
        fields.add("onDegraded", replication.onDegraded)
        return fields.short
    }

    private static func lease(_ lease: Model.Lease) -> YAMLValue {
        var fields = YAMLFields()
        fields.add("duration", lease.duration)
        fields.add("renew", lease.renew)
        fields.add("aggressive", lease.aggressive, unless: false)
        return fields.short
    }

    private static func fencing(_ fencing: Model.Fencing) -> YAMLValue {
        switch fencing {
        case .itself: return "self"
        case .watchdog(let device): return .one("watchdog", .text(device))
        case .agent(let name, let parameters):
            var fields = YAMLFields()
            fields.add("name", name)
            fields.add("parameters", parameters)
            return .one("agent", fields.short)
        }
    }

    static func virtualIP(_ address: Model.VirtualIP) -> YAMLValue {
        var fields = YAMLFields()
        fields.add("address", address.address)
        fields.add("interface", address.interface)
        fields.add("prefers", address.prefers)
        return fields.short
    }

    private static func hook(_ hook: Model.Hook) -> YAMLValue {
        var fields = YAMLFields()
        fields.add("event", hook.event)
        fields.add("command", hook.command)
        fields.add("timeout", hook.timeout)
        return fields.short
    }

    private static func maintenance(_ window: Model.MaintenanceWindow) -> YAMLValue {
        var fields = YAMLFields()
        fields.add("days", window.days)
        fields.add("start", window.start)
        fields.add("duration", window.duration)
        return fields.short
    }

    static func check(_ check: Model.Check) -> YAMLValue {
        var fields = YAMLFields()
        switch check.kind {
        case .tcp: fields.add("tcp", .flag(true))
        case .role: fields.add("role", .flag(true))
        case .command(let command): fields.add("command", command)
        case .nagios(let command): fields.add("nagios", command)
        case .http(let path, let status, let contains):
            var http = YAMLFields()
            http.add("path", path)
            http.add("status", status.map { .integer($0) })
            http.add("contains", contains)
            fields.add("http", http.entries.count == 1 ? .text(path) : http.short)
        }
        fields.add("every", check.every)
        fields.add("timeout", check.timeout)
        fields.add("rise", check.rise)
        fields.add("fall", check.fall)
        return fields.short
    }

    // MARK: Workloads

    private static func workload(_ workload: Model.Workload) -> YAMLValue {
        var fields = YAMLFields()
        switch workload {
        case .process(let process): return .one(workload.kind, self.process(process))
        case .systemd(let unit, let port, let stopTimeout):
            fields.add("unit", unit)
            fields.add("port", port)
            fields.add("stopTimeout", stopTimeout?.wrappedValue)
        case .postgreSQL(let version, let port):
            fields.add("version", version)
            fields.add("port", port)
        case .mariaDB(let version, let port):
            fields.add("version", version)
            fields.add("port", port)
        case .redis(let version, let port), .mongoDB(let version, let port):
            fields.add("version", version)
            fields.add("port", port)
        case .slurm(let partition): fields.add("partition", partition)
        case .ocf(let agent, let parameters, let port, let stopTimeout):
            fields.add("agent", agent)
            fields.add("parameters", parameters)
            fields.add("port", port)
            fields.add("stopTimeout", stopTimeout?.wrappedValue)
        case .external(let endpoints): fields.add("endpoints", endpoints)
        }
        return .one(workload.kind, fields.short)
    }

    private static func process(_ process: Model.ProcessWorkload) -> YAMLValue {
        var fields = YAMLFields()
        fields.add("command", process.command)
        fields.add("port", process.port)
        fields.add("environment", process.environment)
        fields.add("user", process.user)
        fields.add("standby", process.standby)
        if let restarts = process.restarts {
            var policy = YAMLFields()
            policy.add("limit", restarts.limit)
            policy.add("window", restarts.window)
            fields.add("restarts", policy.short)
        }
        fields.add("stopTimeout", process.stopTimeout)
        fields.add("startTime", process.startTime)
        return fields.short
    }
}
