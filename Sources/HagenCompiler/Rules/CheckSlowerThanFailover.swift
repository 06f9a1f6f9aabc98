internal import Hagen

/// A check that keeps the new active member out for longer than the failover took.
struct CheckSlowerThanFailover: Rule {
    let code = DiagnosticCode(157)
    let title = "check slower than the failover"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A balancer to the active member of a cluster whose workload is started on takeover, and whose "
            + "check takes more than three times as long to find the new member healthy ('rise' checks, 'every' "
            + "apart) as the failover itself.",
        why: "The member that takes over was down for the balancer until a moment ago. It serves, but gets no "
            + "traffic before its checks have passed: clients wait for the check, not for the failover.",
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
                lease: {duration: 1s, renew: 250ms}
            balancers:
              orders-rw:
                on: [a1, b1, c1]
                protocol: tcp
                listen: 7100
                to: orders.active
                check: {tcp: true, every: 10s}
            """,
        fix: "Check more often, let one success be enough ('rise: 1'), or run the standbys too ('standby: hot'), "
            + "so that their checks pass before.")
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
            lease: {duration: 1s, renew: 250ms}
        balancers:
          orders-rw:
            on: [a1, b1, c1]
            protocol: tcp
            listen: 7100
            to: orders.active
            check: {tcp: true, every: 1s, rise: 1}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.balancers.enumerated().compactMap { index, balancer in
            guard let check = balancer.check, let cluster = context.cluster(named: balancer.target.cluster),
                cluster.followsActive(balancer.target), cluster.startsOnTakeover,
                let takeover = cluster.recoveryTimes?.hostLoss
            else { return nil }
            let every = check.every ?? Defaults.checkEvery
            let rise = check.rise ?? Defaults.rise
            guard Model.Check.intervals.contains(every), Model.Check.counts.contains(rise) else { return nil }
            let added = every * rise
            guard added > takeover * 3 else { return nil }
            let path = ModelPath.root["balancers"][index]["check"]
            return finding(
                "after a failover of cluster '\(cluster.name)', which takes up to \(takeover.text), balancer "
                    + "'\(balancer.name)' waits another \(added.text)",
                at: context.span(check.every == nil ? path : path["every"]),
                label: rise == 1 ? "until the next check" : "\(rise) checks must pass, \(every.text) apart",
                secondary: [
                    check.rise == nil ? nil : context.label(path["rise"], "so often"),
                    context.label(
                        context.path(ofCluster: cluster.name).map { $0["workload"] },
                        "starts when its member takes over"),
                ],
                notes: check.rise == nil ? ["unsaid, 'rise' is \(rise)"] : [],
                help: ["check more often, or write 'rise: 1', or 'standby: hot' in the workload"])
        }
    }
}
