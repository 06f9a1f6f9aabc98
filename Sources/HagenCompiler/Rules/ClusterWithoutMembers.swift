internal import Hagen

/// A cluster that nobody serves.
struct ClusterWithoutMembers: Rule {
    let code = DiagnosticCode(116)
    let title = "cluster that nobody can serve"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A cluster without members (of an external workload: without endpoints), and a failover cluster whose "
            + "members are all 'candidate: false'.",
        why: "Nothing would run, or nobody could ever become active.",
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
                members: [{host: a1, candidate: false}, {host: b1, candidate: false}]
            """,
        fix: "Name the hosts that serve it: 'members: [a1]'. Let at least one member of a failover cluster be a "
            + "candidate.")
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
            members: [a1, b1, {host: c1, candidate: false}]
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().compactMap { index, cluster in
            let path = ModelPath.root["clusters"][index]
            if cluster.memberCount == 0 {
                let isExternal = cluster.workload.kind == "external"
                return finding(
                    "cluster '\(cluster.name)' has no \(isExternal ? "endpoints" : "members")",
                    at: context.span(path["name"]), label: "nothing would run",
                    help: [isExternal ? "name its endpoints" : "name the hosts that serve it below 'members'"])
            }
            guard cluster.needsLease, cluster.members.allSatisfy({ !$0.candidate }) else { return nil }
            return finding(
                "no member of cluster '\(cluster.name)' may become active", at: context.span(path["members"]),
                label: "0 of \(cluster.memberCount) are candidates",
                secondary: [context.label(path["members"][0]["candidate"], "not a candidate")],
                help: ["take 'candidate: false' away from at least one of them"])
        }
    }
}
