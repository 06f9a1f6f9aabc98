internal import Hagen

/// The README's table of worst-case times.
extension ReadmePage {
    static func times(_ cluster: TopologyOverview.Cluster, _ overview: TopologyOverview) -> [Time] {
        var times: [Time] = []
        if let lease = cluster.lease {
            times += leaseTimes(cluster, lease, storeIsDistributed: overview.storeIsDistributed)
        } else if cluster.model.kind == .loadBalancing, !cluster.isExternal {
            times.append(
                Time(
                    cluster: cluster.name, lost: "the workload of a member", happens: "it is started again",
                    within: "at once"))
        }
        let checks = cluster.balancers.map { overview.balancers[$0] }.filter { $0.role == .members }
            .compactMap(\.check)
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

    /// Of virtual IPs that have a lease of their own: those of balancers, and of clusters whose members are all active.
    static func addressTimes(_ overview: TopologyOverview) -> [Time] {
        guard overview.placement == .declared else { return [] }
        let ofClusters = overview.clusters.filter { $0.model.kind == .activeActive }.flatMap { cluster in
            addressTimes(
                of: cluster.name, cluster.model.virtualIPs.map(\.address), carrier: "member",
                count: cluster.model.members.count(where: \.candidate),
                lease: cluster.lease ?? Model.Cluster.defaultLeaseTiming)
        }
        let ofBalancers = overview.balancers.flatMap { balancer in
            addressTimes(
                of: "balancer \(balancer.name)", balancer.virtualIPs, carrier: "balancer", count: balancer.places.count,
                lease: Model.Cluster.defaultLeaseTiming)
        }
        return ofClusters + ofBalancers
    }

    private static func addressTimes(
        of name: String, _ addresses: [String], carrier: String, count: Int, lease: LeaseTiming
    ) -> [Time] {
        guard !addresses.isEmpty else { return [] }
        let which = addresses.count == 1 ? "its address" : "one of its addresses"
        guard count > 1 else {
            return [
                Time(cluster: name, lost: "the host with \(which)", happens: "no other can carry it", within: "never")
            ]
        }
        return [
            Time(
                cluster: name, lost: "the host with \(which), or its agent hangs", happens: "another host carries it",
                within: WorstCaseTimes.takeover(lease).text),
            Time(
                cluster: name, lost: "the \(carrier) on the host with \(which)", happens: "another host carries it",
                within: WorstCaseTimes.gateInterval.text),
        ]
    }

    private static func leaseTimes(
        _ cluster: TopologyOverview.Cluster, _ lease: LeaseTiming, storeIsDistributed: Bool
    ) -> [Time] {
        let store = storeIsDistributed ? "the store's quorum" : "the store"
        let storeTimes =
            cluster.model.kind == .activeActive
            ? [
                Time(
                    cluster: cluster.name, lost: store, happens: "every active member goes on", within: "no outage")
            ]
            : [
                Time(
                    cluster: cluster.name, lost: "\(store), with every member up",
                    happens: "the active member goes on: all promise to wait", within: "no outage"),
                Time(
                    cluster: cluster.name, lost: "\(store), and a member",
                    happens: "the active member has stopped; nobody acts until the store is back",
                    within: WorstCaseTimes.stepDown(lease).text),
            ]
        guard let recovery = cluster.model.recoveryTimes else {
            return [
                Time(
                    cluster: cluster.name, lost: "the workload of a member", happens: "it is started again",
                    within: "at once")
            ] + storeTimes
        }
        guard let hostLoss = recovery.hostLoss, let workloadEnd = recovery.workloadEnd else { return storeTimes }
        let start = cluster.standby == .cold ? ", and starts its workload" : ""
        let limit = cluster.model.restarts.limit
        let restarts =
            limit > 0
            ? "it is started again in place, at most \(limit) times; then another member takes over"
            : "the lease is released and another member takes over\(start)"
        return [
            Time(
                cluster: cluster.name, lost: "the active member's host, or its agent hangs",
                happens: "another member takes over\(start)", within: hostLoss.text),
            Time(
                cluster: cluster.name, lost: "the active member's workload", happens: restarts,
                within: workloadEnd == .zero ? "at once" : workloadEnd.text),
            Time(
                cluster: cluster.name, lost: "the active member's agent alone",
                happens: "its workload goes on if the agent is back, else another member takes over\(start)",
                within: "\(WorstCaseTimes.stepDown(lease).text), else \(hostLoss.text)"),
        ] + storeTimes
    }
}
