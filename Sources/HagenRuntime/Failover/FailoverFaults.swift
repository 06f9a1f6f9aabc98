package import Hagen

/// What is wrong with a configuration that could be read, one sentence a fault.
package enum FailoverFaults {
    package static func found(in configuration: FailoverConfiguration) -> [String] {
        var faults: [String] = []
        let names = configuration.clusters.map(\.name)
        for name in Set(names.filter { name in names.count { $0 == name } > 1 }).sorted() {
            faults.append("cluster '\(name)' stands in it more than once")
        }
        for cluster in configuration.clusters {
            faults += self.faults(of: cluster, in: configuration).map { "cluster '\(cluster.name)': \($0)" }
        }
        let leased = configuration.clusters.count { $0.mode != .loadBalancing }
        if leased > Model.Lease.maximumPerHost {
            faults.append(
                "\(leased) clusters need a lease; one host can renew \(Model.Lease.maximumPerHost) in one commit")
        }
        if leased > 0 {
            if configuration.store?.endpoints.isEmpty ?? true {
                faults.append("clusters that fail over need a store, and none is named")
            }
            if let prefix = configuration.store?.prefix, !prefix.hasSuffix("/") {
                faults.append("the store's prefix '\(prefix)' does not end with '/'")
            }
        }
        if let heartbeat = configuration.heartbeat, heartbeat.every < Model.Failover.heartbeats.lowerBound {
            faults.append("a heartbeat every \(heartbeat.every.text) is too often; 10ms is the least")
        }
        return faults
    }

    private static func faults(of process: FailoverConfiguration.Workload.Process) -> [String] {
        var faults: [String] = []
        if process.command.first?.isEmpty ?? true { faults.append("its workload has no command") }
        if (process.command + process.environment.map { "\($0)=\($1)" }).contains(where: { $0.utf8.contains(0) }) {
            faults.append("its command or environment has a zero byte in it")
        }
        if let name = process.environment.keys.sorted().first(where: { $0.isEmpty || $0.contains("=") }) {
            faults.append("'\(name)' cannot name an environment variable")
        }
        return faults
    }

    private static func faults(
        of cluster: FailoverConfiguration.Cluster, in configuration: FailoverConfiguration
    ) -> [String] {
        var faults: [String] = []
        if cluster.name.isEmpty || cluster.name.hasPrefix(".") || cluster.name.contains("/") {
            faults.append("the name cannot name a file; use letters, digits and '-'")
        }
        if cluster.name.utf8.count > FailoverConfiguration.Cluster.maximumNameByteCount {
            faults.append(
                "its name has \(cluster.name.utf8.count) bytes; at most \(FailoverConfiguration.Cluster.maximumNameByteCount) may be"
            )
        }
        if !cluster.members.contains(where: { $0.host == configuration.host }) {
            faults.append("this host, '\(configuration.host)', is no member of it")
        }
        let workload = cluster.workload
        if let process = workload.process { faults += self.faults(of: process) }
        if !Model.Restarts.limits.contains(workload.restartLimit) {
            faults.append("its restart limit is not within 0 and 100")
        }
        if let check = cluster.check, let fault = MemberCheck.fault(of: check, in: cluster) { faults.append(fault) }
        guard cluster.mode != .loadBalancing else { return faults }
        guard let lease = cluster.lease else { return faults + ["it fails over, and has no lease"] }
        if lease.renew <= .zero || lease.renew >= lease.stop || lease.stop >= lease.duration {
            faults.append(
                "its lease needs 0 < renew < stop < duration, not renew \(lease.renew.text), stop \(lease.stop.text), duration \(lease.duration.text)"
            )
        }
        if lease.duration > Model.Lease.durations.upperBound { faults.append("its lease lasts more than an hour") }
        return faults
    }
}
