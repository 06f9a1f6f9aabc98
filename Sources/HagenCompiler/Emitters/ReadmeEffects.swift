internal import Hagen

/// The README's sentences about what happens.
extension ReadmePage {
    static func effects(ofLosing host: Release.HostPart, _ overview: ReleaseOverview) -> [String] {
        var effects: [String] = []
        if host.coordinator != nil {
            effects.append(
                "The store is lost with it: no active member can renew its lease, every one steps down in time, and "
                    + "nobody takes over until the store is back. No data of the store is lost.")
        }
        for cluster in overview.clusters where cluster.members.contains(where: { $0.host == host.name }) {
            effects.append(effect(of: cluster, losing: host, overview))
        }
        for balancer in overview.balancers where balancer.places.contains(where: { $0.host == host.name }) {
            let others = balancer.places.filter { $0.host != host.name }
            let rest =
                others.isEmpty
                ? "and listens nowhere else: its clients are not served."
                : "and goes on listening on \(list(others.map { "\($0.address) (\($0.host))" }))."
            effects.append("Balancer \(balancer.listener.name) no longer listens there, \(rest)")
        }
        return effects.isEmpty ? ["Nothing changes: nothing runs on it."] : effects
    }

    private static func effect(
        of cluster: ReleaseOverview.Cluster, losing host: Release.HostPart, _ overview: ReleaseOverview
    ) -> String {
        let others = cluster.members.filter { $0.host != host.name }
        let left = "\(others.count) of \(count(cluster.members.count, "member")) left"
        guard !others.isEmpty else { return "\(cluster.name) has no other member: it is down until the host is back." }
        if cluster.lease != nil, host.coordinator != nil {
            return "\(cluster.name) steps down with the store; \(left)."
        }
        guard let lease = cluster.lease, cluster.mode == .activePassive else {
            let checks = overview.balancers.filter { $0.listener.cluster == cluster.name }.compactMap(\.listener.check)
            let noticed = checks.map(WorstCaseTimes.detection).max().map { " Balancers take it out within \($0.text)." }
            return "\(cluster.name) goes on with \(left).\(noticed ?? "")"
        }
        guard !cluster.neverActive.contains(host.name) else {
            return "\(cluster.name) goes on with \(left): the member there is never active."
        }
        let candidates = others.map(\.host).filter { !cluster.neverActive.contains($0) }
        guard let next = candidates.first else {
            return "\(cluster.name) has no other candidate: it is down until the host is back."
        }
        let takeover = WorstCaseTimes.takeover(lease).text
        return "\(cluster.name): where its member was active, \(next) takes over within \(takeover)"
            + (candidates.count > 1 ? " (then, in this order: \(list(Array(candidates.dropFirst()))))" : "")
            + "; where it stood by, nothing changes for clients. \(left)."
    }

    static func times(_ cluster: ReleaseOverview.Cluster, _ overview: ReleaseOverview) -> [Time] {
        var times: [Time] = []
        let checks = overview.balancers.filter {
            $0.listener.cluster == cluster.name && $0.listener.selection == .members
        }
        .compactMap(\.listener.check)
        if let lease = cluster.lease {
            times += leaseTimes(cluster, lease)
        } else if cluster.mode == .loadBalancing {
            times.append(
                Time(
                    cluster: cluster.name, lost: "the workload of a member", happens: "it is started again",
                    within: "at once"))
        }
        if let check = checks.max(by: { WorstCaseTimes.detection($0) < WorstCaseTimes.detection($1) }) {
            times += [
                Time(
                    cluster: cluster.name, lost: "a member, silently", happens: "balancers send it nothing more",
                    within: WorstCaseTimes.detection(check).text),
                Time(
                    cluster: cluster.name, lost: "nothing: a member is back", happens: "balancers send to it again",
                    within: WorstCaseTimes.readmission(check).text),
            ]
        }
        return times
    }

    private static func leaseTimes(_ cluster: ReleaseOverview.Cluster, _ lease: LeaseTiming) -> [Time] {
        let start = cluster.standby == .cold ? ", and starts its workload" : ""
        let stop = Time(
            cluster: cluster.name, lost: "the store",
            happens: "every active member has stopped; nobody acts until it is back",
            within: WorstCaseTimes.stepDown(lease).text)
        guard cluster.mode == .activePassive else {
            return [
                Time(
                    cluster: cluster.name, lost: "the workload of a member", happens: "it is started again",
                    within: "at once"), stop,
            ]
        }
        // Where there is no second candidate, nobody takes over.
        guard cluster.members.count(where: { !cluster.neverActive.contains($0.host) }) > 1 else { return [stop] }
        let restarts =
            cluster.restartLimit > 0
            ? "it is started again in place, at most \(cluster.restartLimit) times; then another member takes over"
            : "the lease is released and another member takes over\(start)"
        return [
            Time(
                cluster: cluster.name, lost: "the active member's host, or its agent hangs",
                happens: "another member takes over\(start)", within: WorstCaseTimes.takeover(lease).text),
            Time(cluster: cluster.name, lost: "the active member's workload", happens: restarts, within: "at once"),
            stop,
        ]
    }

    private static func list(_ words: [String]) -> String { words.joined(separator: ", ") }
}
