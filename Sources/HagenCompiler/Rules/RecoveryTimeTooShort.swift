internal import Hagen

/// An objective that allows a shorter outage than the settings of its cluster can end.
struct RecoveryTimeTooShort: Rule {
    let code = DiagnosticCode(140)
    let title = "recovery time that cannot be kept"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "An objective with a 'recoveryTime' below the worst case of its cluster. Of an active-passive cluster "
            + "that is the longer of its lease and of what its check takes to notice a fault, and the 'startTime' of a "
            + "workload that is started on takeover, or again in place; where nobody can take over it lasts until the "
            + "host is back; of other clusters what the check of a balancer takes to notice "
            + "that a member is gone: 'fall' checks and the time-out of the last.",
        why: "The promise would be broken by the first loss of a host, without anything else going wrong.",
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
                workload: {process: {command: [/usr/bin/orders], port: 7000, startTime: 5s}}
                members: [a1, b1]
                lease: {duration: 1s, renew: 250ms}
            objectives:
              - {name: quick, cluster: orders, recoveryTime: 3s}
            """,
        fix: "Allow more, or shorten what takes the time: the lease, the interval and 'fall' of the check, the start. "
            + "With 'standby: hot' the workload runs on the standbys already.")
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
            workload: {process: {command: [/usr/bin/orders], port: 7000, startTime: 5s, standby: hot}}
            members: [a1, b1]
            lease: {duration: 1s, renew: 250ms}
        objectives:
          - {name: quick, cluster: orders, recoveryTime: 3s}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        guard context.model.objectives.contains(where: { $0.recoveryTime != nil }) else { return [] }
        var balancers: [String: [Int]] = [:]
        for (index, balancer) in context.model.balancers.enumerated() {
            balancers[balancer.target.cluster, default: []].append(index)
        }
        return context.model.objectives.enumerated().compactMap { index, objective in
            guard let allowed = objective.recoveryTime, let cluster = context.cluster(named: objective.cluster),
                let path = context.path(ofCluster: cluster.name)
            else { return nil }
            let place = ModelPath.root["objectives"][index]["recoveryTime"]
            if let recovery = cluster.recoveryTimes, recovery.nobodyTakesOver {
                return withoutTakeover(objective, cluster, allowed: allowed, at: place, path, context)
            }
            guard cluster.memberCount > 1 else { return nil }
            let steps = steps(of: cluster, path, balancers: balancers[cluster.name] ?? [], context)
            let needed = steps.reduce(.zero) { $0 + $1.duration }
            guard needed > allowed else { return nil }
            let isCold = cluster.startsOnTakeover && steps.contains(where: \.isStart)
            return finding(
                "cluster '\(cluster.name)' may take \(needed.text) to recover, and objective '\(objective.name)' allows \(allowed.text)",
                at: context.span(place),
                label: steps.map { "\($0.duration.text) \($0.what)" }.joined(separator: " + "),
                secondary: steps.map { context.label($0.path, "\($0.duration.text) \($0.what)") },
                help: [
                    "allow \(needed.text), or shorten what takes the time"
                        + (isCold ? "; with 'standby: hot' nothing has to start" : "")
                ])
        }
    }

    private func withoutTakeover(
        _ objective: Model.Objective, _ cluster: Model.Cluster, allowed: Duration, at place: ModelPath,
        _ path: ModelPath, _ context: RuleContext
    ) -> Diagnostic? {
        // That nobody may become active at all is another rule's finding.
        guard let only = cluster.candidateHosts.first else { return nil }
        return finding(
            "objective '\(objective.name)' allows an outage of \(allowed.text), and in cluster '\(cluster.name)' nobody "
                + "takes over: it lasts until the host is back",
            at: context.span(place), label: "'\(only)' has nobody to take over from it",
            secondary: [context.label(path["members"], "the only candidate is '\(only)'")],
            help: ["let a member on another host become active, or promise no recovery time"])
    }

    /// One part of the time until the cluster serves again.
    private struct Step {
        var duration: Duration
        /// After a duration: `until its lease is over`.
        var what: String
        var path: ModelPath
        var isStart = false
    }

    /// What follows upon the loss of one member, one after the other, in the worst case.
    private func steps(
        of cluster: Model.Cluster, _ path: ModelPath, balancers: [Int], _ context: RuleContext
    ) -> [Step] {
        guard cluster.kind == .activePassive, cluster.needsLease else {
            let slowest = balancers.compactMap { index in
                step(context.model.balancers[index].check, ModelPath.root["balancers"][index]["check"])
            }
            return slowest.max { $0.duration < $1.duration }.map { [$0] } ?? []
        }
        let lease = (cluster.failover.lease ?? Defaults.lease).duration
        guard Model.Lease.durations.contains(lease) else { return [] }
        return (cluster.recoveryTimes?.longestSteps ?? []).map { step in
            switch step.wait {
            case .lease:
                Step(
                    duration: step.duration, what: "until its lease is over",
                    path: path["failover"]["lease"]["duration"])
            case .check:
                Step(duration: step.duration, what: Self.noticed, path: path["failover"]["check"])
            case .start:
                Step(
                    duration: step.duration, what: "until its workload serves", path: path["workload"]["startTime"],
                    isStart: true)
            }
        }
    }

    private static let noticed = "until a check has noticed it"

    /// `nil` for a check out of its ranges, which are other rules' findings.
    private func step(_ check: Model.Check?, _ path: ModelPath) -> Step? {
        guard let check = check?.configuration, Model.Check.counts.contains(check.fall),
            Model.Check.intervals.contains(check.every), check.timeout <= check.every
        else { return nil }
        return Step(duration: WorstCaseTimes.detection(check), what: Self.noticed, path: path)
    }
}
