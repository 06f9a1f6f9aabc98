internal import Hagen

/// A lease that ends while the store elects a leader.
struct LeaseBelowElections: Rule {
    let code = DiagnosticCode(137)
    let title = "lease shorter than the store's elections"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds:
            "A failover cluster whose lease is shorter than \(Self.shortest.text), where the store is etcd: four of "
            + "its elections, each of which begins after \(Defaults.storeElection.text) without a leader.",
        why: "When the host of the store's leader is lost, no lease can be renewed until the others have elected a new "
            + "one, in the worst case in the second vote. A shorter lease ends meanwhile: the loss of one "
            + "host would stop healthy members on other hosts.",
        example: """
            apiVersion: hagen/v1
            name: shop
            coordination: {etcd: {hosts: [a1, b1, c1], tls: true}}
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
              c1: {address: 10.0.0.13/24, zone: eu-1c}
            clusters:
              orders:
                kind: failover
                mode: active-passive
                workload: {process: {command: [/usr/bin/orders], port: 7000}}
                members: [a1, b1, c1]
                lease: {duration: 600ms, renew: 150ms}
            """,
        fix: "Make the lease longer. Where a stop for nothing is better than a slower takeover, say so with "
            + "'aggressive: true': then it is a warning (HG0138).")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        coordination: {etcd: {hosts: [a1, b1, c1], tls: true}}
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
          c1: {address: 10.0.0.13/24, zone: eu-1c}
        clusters:
          orders:
            kind: failover
            mode: active-passive
            workload: {process: {command: [/usr/bin/orders], port: 7000}}
            members: [a1, b1, c1]
            lease: {duration: 1s, renew: 200ms}
        """

    static let shortest = Defaults.storeElection * Defaults.electionsPerLease

    func check(_ context: RuleContext) -> [Diagnostic] {
        guard case .etcd = context.model.coordination else { return [] }
        return context.model.clusters.enumerated().compactMap { index, cluster in
            guard cluster.needsLease, let lease = cluster.failover.lease, !lease.aggressive,
                Model.Lease.durations.contains(lease.duration), lease.duration < Self.shortest
            else { return nil }
            let path = ModelPath.root["clusters"][index]["failover"]["lease"]["duration"]
            return finding(
                "the lease of cluster '\(cluster.name)' is shorter than four elections of the store",
                at: context.span(path), label: "\(lease.duration.text) is less than \(Self.shortest.text)",
                notes: ["the store calls an election after \(Defaults.storeElection.text) without a leader"],
                help: ["make it at least \(Self.shortest.text), or say 'aggressive: true'"],
                fixes: context.textSpan(path).map {
                    [.init("write '\(Self.shortest.text)'", [.init($0, Self.shortest.text)], .maybe)]
                } ?? [])
        }
    }
}
