internal import Hagen

/// A takeover that takes longer than the objective lets an outage last.
struct TakeoverTooSlow: Rule {
    let code = DiagnosticCode(177)
    let title = "takeover slower than the recovery time"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "An objective with a recovery time that is shorter than the worst takeover of its failover cluster: the "
            + "lease, until the loss of a host is certain, or the check, until a workload that hangs is found; and the "
            + "start of the workload where 'startTime' says how long it takes.",
        why: "The settings alone make the outage longer than what was promised, however fast everything else is.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 127.0.0.11/8, zone: eu-1a}
              b1: {address: 127.0.0.12/8, zone: eu-1b}
            clusters:
              orders:
                kind: failover
                mode: active-passive
                workload: {process: {command: [/usr/bin/orders], port: 7000, standby: hot}}
                members: [a1, b1]
                lease: {duration: 10s, renew: 2s}
            objectives:
              - {name: orders-back, cluster: orders, recoveryTime: 5s}
            """,
        fix: "Shorten the lease or the check, let standbys run hot, or allow an outage to last longer.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 127.0.0.11/8, zone: eu-1a}
          b1: {address: 127.0.0.12/8, zone: eu-1b}
        clusters:
          orders:
            kind: failover
            mode: active-passive
            workload: {process: {command: [/usr/bin/orders], port: 7000, standby: hot}}
            members: [a1, b1]
            lease: {duration: 5s, renew: 1s}
        objectives:
          - {name: orders-back, cluster: orders, recoveryTime: 5s}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.objectives.enumerated().compactMap { index, objective in
            guard let allowed = objective.recoveryTime, allowed > .zero,
                let cluster = context.cluster(named: objective.cluster), let recovery = cluster.recoveryTimes,
                let lease = cluster.leaseTiming, let longest = recovery.longest, longest > allowed,
                // A start that is too slow by itself is another rule's finding.
                recovery.start <= allowed
            else { return nil }
            let path = context.path(ofCluster: cluster.name)?["failover"]
            let isLease = recovery.hostLoss == longest
            let start = recovery.start > .zero ? ", \(recovery.start.text) of it the start of its workload" : ""
            let cause =
                isLease
                ? context.label(path?["lease"]["duration"], "nobody takes over before \(lease.duration.text) have passed")
                : context.label(path?["check"], "finds a workload that hangs after \((longest - recovery.start).text)")
            return finding(
                "a takeover of cluster '\(cluster.name)' can take \(longest.text), and objective '\(objective.name)' "
                    + "allows \(allowed.text)",
                at: context.span(ModelPath.root["objectives"][index]["recoveryTime"]),
                label: "\(longest.text) when \(isLease ? "the active host is lost" : "its workload hangs")\(start)",
                secondary: [cause],
                notes: recovery.startIsUnknown
                    ? ["the start of the workload comes on top: 'startTime' would say how long it takes"] : [],
                help: [
                    isLease
                        ? "a lease of at most \((allowed - recovery.start).text) holds it"
                        : "check more often, or with a shorter time-out or a lower 'fall'"
                ])
        }
    }
}
