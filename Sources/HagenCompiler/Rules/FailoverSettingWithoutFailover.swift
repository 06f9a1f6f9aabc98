internal import Hagen

/// A setting of failover on a cluster that does not fail over.
struct FailoverSettingWithoutFailover: Rule {
    let code = DiagnosticCode(121)
    let title = "failover setting on a cluster that does not fail over"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A lease, a heartbeat, a check of its own, fencing, or 'candidate: false' on a load-balancing cluster, "
            + "whose members are all active and have no lease.",
        why: "It changes nothing. Who wrote it expects a failover that does not happen.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, b1]
                heartbeat: 100ms
            """,
        fix: "Take it away; or, where one member at a time is to be active, use 'kind: failover' with "
            + "'mode: active-passive'. Checks of load-balancing clusters belong to their balancers.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 127.0.0.11/8, zone: eu-1a}
          b1: {address: 127.0.0.12/8, zone: eu-1b}
        clusters:
          api:
            kind: failover
            mode: active-passive
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, b1]
            heartbeat: 100ms
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().flatMap { index, cluster -> [Diagnostic] in
            guard cluster.kind == .loadBalancing else { return [] }
            let path = ModelPath.root["clusters"][index]
            let failover = cluster.failover
            let settings: [(isSaid: Bool, what: String, path: ModelPath)] =
                [
                    (failover.lease != nil, "a lease", path["failover"]["lease"]),
                    (failover.heartbeat != nil, "a heartbeat", path["failover"]["heartbeat"]),
                    (failover.check != nil, "a check", path["failover"]["check"]),
                    (!failover.fencing.isEmpty, "fencing", path["failover"]["fencing"]),
                ]
                + cluster.members.enumerated().map { place, member in
                    (!member.candidate, "'candidate: false'", path["members"][place]["candidate"])
                }
            return settings.filter(\.isSaid).map { setting in
                finding(
                    "cluster '\(cluster.name)' does not fail over: \(setting.what) changes nothing",
                    at: context.span(setting.path), label: "has no effect",
                    secondary: [context.label(path["kind"], "all members are active")], help: ["take it away"])
            }
        }
    }
}
