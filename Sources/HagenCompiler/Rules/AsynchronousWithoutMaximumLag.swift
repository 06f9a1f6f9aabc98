internal import Hagen

/// Asynchronous replication that bounds nothing.
struct AsynchronousWithoutMaximumLag: Rule {
    let code = DiagnosticCode(147)
    let title = "asynchronous replication without a bound"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "Asynchronous replication without 'maximumLag'.",
        why: "A replica that is hours behind may take over: everything written since then is lost, and nobody has said "
            + "how much that may be.",
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
                replication: {mode: asynchronous}
                fencing: [{watchdog: /dev/watchdog}]
                lease: {duration: 3s, renew: 500ms}
            """,
        fix: "Say how far a replica may be behind and still take over: 'maximumLag: 16MiB'. One that is further behind "
            + "waits for a person.")
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
            workload: {postgresql: {version: 15}}
            members: [a1, b1]
            replication: {mode: asynchronous, maximumLag: 16MiB}
            fencing: [{watchdog: /dev/watchdog}]
            lease: {duration: 3s, renew: 500ms}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().compactMap { index, cluster in
            guard let replication = cluster.asynchronousReplication, replication.maximumLag == nil else { return nil }
            return finding(
                "a failover of cluster '\(cluster.name)' may lose any amount of data",
                at: context.span(ModelPath.root["clusters"][index]["replication"]["mode"]),
                label: "asynchronous, without 'maximumLag'",
                help: ["say how far a replica may be behind and still take over: 'maximumLag: 16MiB'"])
        }
    }
}
