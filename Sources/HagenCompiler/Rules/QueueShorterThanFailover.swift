internal import Hagen

/// Clients that are refused just before the failover is done.
struct QueueShorterThanFailover: Rule {
    let code = DiagnosticCode(156)
    let title = "queue shorter than the failover"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A balancer to the active member of a cluster whose time-out 'queue' ends before another member "
            + "serves: the lease of the cluster, and the 'startTime' of a workload that is started on takeover. "
            + "'queue: 0', which refuses at once, is left out.",
        why: "While there is no active member, clients wait in the balancer. Those that arrive at the beginning "
            + "of a failover are turned away shortly before there is somebody to serve them, and see an outage "
            + "that a little patience would have hidden.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 127.0.0.11/8, zone: eu-1a}
              b1: {address: 127.0.0.12/8, zone: eu-1b}
              c1: {address: 127.0.0.13/8, zone: eu-1c}
            clusters:
              orders:
                kind: failover
                mode: active-passive
                workload: {process: {command: [/usr/bin/orders], port: 7000}}
                members: [a1, b1, c1]
                lease: {duration: 5s, renew: 1s}
            balancers:
              orders-rw:
                on: [a1, b1, c1]
                protocol: tcp
                listen: 7100
                to: orders.active
                check: {tcp: true}
            """,
        fix: "Make 'queue' longer than the failover takes, shorten the lease, or write 'queue: 0' where clients "
            + "are to fail at once and try again themselves.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 127.0.0.11/8, zone: eu-1a}
          b1: {address: 127.0.0.12/8, zone: eu-1b}
          c1: {address: 127.0.0.13/8, zone: eu-1c}
        clusters:
          orders:
            kind: failover
            mode: active-passive
            workload: {process: {command: [/usr/bin/orders], port: 7000}}
            members: [a1, b1, c1]
            lease: {duration: 5s, renew: 1s}
        balancers:
          orders-rw:
            on: [a1, b1, c1]
            protocol: tcp
            listen: 7100
            to: orders.active
            check: {tcp: true}
            timeouts: {queue: 6s}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.balancers.enumerated().compactMap { index, balancer in
            guard let cluster = context.cluster(named: balancer.target.cluster), cluster.followsActive(balancer.target),
                let recovery = cluster.recoveryTimes, let takeover = recovery.hostLoss
            else { return nil }
            let queue = balancer.timeouts.queue ?? Defaults.queueTimeout
            guard queue > .zero, queue < takeover else { return nil }
            let path = ModelPath.root["balancers"][index]
            let owner = context.path(ofCluster: cluster.name)
            let better = Duration.nanoseconds(takeover.nanoseconds / 1_000_000_000 * 1_000_000_000) + .seconds(1)
            return finding(
                "balancer '\(balancer.name)' lets clients wait \(queue.text) for an active member, and a failover of cluster "
                    + "'\(cluster.name)' takes up to \(takeover.text)",
                at: context.span(balancer.timeouts.queue == nil ? path["name"] : path["timeouts"]["queue"]),
                label: balancer.timeouts.queue == nil
                    ? "no 'queue', which is then \(queue.text)" : "ends \((takeover - queue).text) too early",
                secondary: [
                    cluster.failover.lease == nil
                        ? nil : context.label(owner.map { $0["failover"]["lease"]["duration"] }, "waited for first"),
                    recovery.start == .zero
                        ? nil : context.label(owner.map { $0["workload"]["startTime"] }, "then it starts"),
                ],
                help: ["write 'timeouts: {queue: \(better.text)}', or 'queue: 0' where clients are to fail at once"],
                fixes: context.textSpan(path["timeouts"]["queue"]).map {
                    [.init("write '\(better.text)'", [.init($0, better.text)], .maybe)]
                } ?? [])
        }
    }
}

extension Model.Cluster {
    /// Whether the target is the one member that holds the lease.
    func followsActive(_ target: Model.Target) -> Bool {
        kind == .activePassive && needsLease && [.active, .primary].contains(target.role)
    }

    /// Whether a member starts its workload only when it becomes active.
    var startsOnTakeover: Bool {
        if case .process(let process) = workload { return (process.standby ?? Defaults.standby) == .cold }
        return false
    }
}
