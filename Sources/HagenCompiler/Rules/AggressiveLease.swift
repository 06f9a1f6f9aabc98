internal import Hagen

/// A lease that was declared aggressive: a risk where it is one, a trap for later where it is none.
struct AggressiveLease: Rule {
    let code = DiagnosticCode(138)
    let title = "aggressive lease"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A lease with 'aggressive: true': one that is shorter than four elections of the store, and one that "
            + "is long enough, so that the word changes nothing.",
        why: "With the shorter one, an election of the store can stop a healthy member. With the longer one the word "
            + "would silence the error on the day on which somebody shortens the lease.",
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
                workload: {process: {command: [/usr/bin/orders], port: 7000}}
                members: [a1, b1]
                lease: {duration: 1s, renew: 250ms, aggressive: true}
            """,
        fix: "Take 'aggressive: true' away where it changes nothing. Where the risk is taken knowingly, allow this "
            + "warning with the reason.")
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
            workload: {process: {command: [/usr/bin/orders], port: 7000}}
            members: [a1, b1]
            lease: {duration: 1s, renew: 250ms}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        var hasElections = false
        if case .etcd = context.model.coordination { hasElections = true }
        return context.model.clusters.enumerated().compactMap { index, cluster in
            guard cluster.needsLease, let lease = cluster.failover.lease, lease.aggressive,
                Model.Lease.durations.contains(lease.duration)
            else { return nil }
            let path = ModelPath.root["clusters"][index]["failover"]["lease"]
            if hasElections, lease.duration < LeaseBelowElections.shortest {
                return finding(
                    "the lease of cluster '\(cluster.name)' is aggressive: an election of the store can stop a healthy member",
                    at: context.span(path["duration"]),
                    label: "\(lease.duration.text) is less than four elections, \(LeaseBelowElections.shortest.text)",
                    secondary: [context.label(path["aggressive"], "asked for knowingly")],
                    help: [
                        "make it at least \(LeaseBelowElections.shortest.text), or allow \(code) with the reason"
                    ])
            }
            return finding(
                "'aggressive: true' changes nothing for cluster '\(cluster.name)'",
                at: context.span(path["aggressive"]),
                label: hasElections
                    ? "a lease of \(lease.duration.text) lasts through four elections"
                    : "the embedded store holds no elections",
                notes: ["it would silence HG0137 on the day on which the lease is shortened"],
                help: ["take it away"],
                fixes: context.textSpan(path["aggressive"]).map {
                    [.init("write 'false'", [.init($0, "false")], .safe)]
                } ?? [])
        }
    }
}
