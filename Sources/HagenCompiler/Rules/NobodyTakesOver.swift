internal import Hagen

/// A failover cluster in which nobody can take over.
struct NobodyTakesOver: Rule {
    let code = DiagnosticCode(124)
    let title = "failover cluster without a second candidate"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A failover cluster with one member, and an active-passive one in which only one member may "
            + "become active.",
        why: "When that member is lost, the cluster is down until it is back: the lease and the store cost "
            + "something, and give nothing.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 127.0.0.11/8, zone: eu-1a}
            clusters:
              orders:
                kind: failover
                mode: active-passive
                workload: {process: {command: [/usr/bin/orders], port: 7000}}
                members: [a1]
            """,
        fix: "Add a member on another host, or take 'candidate: false' away. One that is meant to run "
            + "alone is a load-balancing cluster of one member.")
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
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().compactMap { index, cluster in
            // That there is no member or no candidate at all is another rule's finding.
            let candidates = cluster.members.count(where: \.candidate)
            guard cluster.needsLease, candidates > 0 else { return nil }
            guard cluster.members.count == 1 || cluster.kind == .activePassive && candidates == 1 else { return nil }
            let path = ModelPath.root["clusters"][index]
            let only = cluster.members.first(where: \.candidate)?.host ?? ""
            return finding(
                "nobody takes over from '\(only)' in cluster '\(cluster.name)'", at: context.span(path["members"]),
                label: cluster.members.count == 1
                    ? "one member" : "\(cluster.members.count) members, and one of them is a candidate",
                help: [
                    cluster.members.count == 1
                        ? "add a member on another host" : "take 'candidate: false' away from another member"
                ])
        }
    }
}
