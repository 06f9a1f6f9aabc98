internal import Hagen

/// A database that fails over to a member without its data.
struct DatabaseWithoutReplication: Rule {
    let code = DiagnosticCode(142)
    let title = "database without replication"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A failover cluster of PostgreSQL, MariaDB or MongoDB with two members or more and no 'replication'. "
            + "Redis is left out: as a cache it may start empty.",
        why: "Nothing would copy the data to the other members. The one that takes over would serve what it has, which "
            + "is nothing, or the state of long ago.",
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
                workload: {postgresql: {version: 15}}
                members: [a1, b1]
            """,
        fix: "Say how the data is copied: 'replication: {mode: synchronous}' loses no confirmed write, "
            + "'replication: {mode: asynchronous, maximumLag: 16MiB}' waits for nobody.")
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
            workload: {postgresql: {version: 15}}
            members: [a1, b1, c1]
            replication: {mode: synchronous}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().compactMap { index, cluster in
            guard cluster.needsLease, cluster.workload.isDatabase, cluster.workload.kind != "redis",
                cluster.replication == nil, cluster.memberCount > 1
            else { return nil }
            let path = ModelPath.root["clusters"][index]
            return finding(
                "cluster '\(cluster.name)' fails over to members that do not have its data",
                at: context.span(path["workload"]), label: "\(cluster.workload.kind) without 'replication'",
                secondary: [
                    context.label(path["members"], "\(cluster.memberCount) members, each with data of its own")
                ],
                help: [
                    cluster.kind == .activeActive
                        ? "add 'replication: {mode: synchronous, style: multi-primary}'"
                        : "add 'replication: {mode: synchronous}'"
                ])
        }
    }
}
