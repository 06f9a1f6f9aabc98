internal import Hagen

/// Asynchronous replication with nothing that stops a host which cannot stop itself.
struct SelfFencedAsynchronous: Rule {
    let code = DiagnosticCode(148)
    let title = "self-only fencing with asynchronous replication"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A failover cluster with asynchronous replication that is fenced by its own supervisor alone: without "
            + "'fencing', or with 'fencing: [self]'.",
        why:
            "On a host that hangs the supervisor hangs too. When it wakes up behind the lease, the old primary confirms "
            + "writes to clients for a moment that the new one never sees. With synchronous replication they would "
            + "wait for a standby in vain; here they are confirmed, and lost.",
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
                replication: {mode: asynchronous, maximumLag: 16MiB}
            """,
        fix: "Add a watchdog, 'fencing: [{watchdog: /dev/watchdog}]', or a fence agent; or replicate synchronously.")
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
            fencing: [self, {watchdog: /dev/watchdog}]
            lease: {duration: 3s, renew: 500ms}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().compactMap { index, cluster in
            let fencing = cluster.failover.fencing
            guard cluster.asynchronousReplication != nil, fencing.allSatisfy({ $0 == .itself }) else { return nil }
            let path = ModelPath.root["clusters"][index]
            return finding(
                "a primary of cluster '\(cluster.name)' that hangs may confirm writes that are lost: nothing outside of it stops it",
                at: context.span(fencing.isEmpty ? path["replication"]["mode"] : path["failover"]["fencing"][0]),
                label: fencing.isEmpty ? "asynchronous, and there is no 'fencing'" : "hangs with its host",
                secondary: [
                    fencing.isEmpty ? nil : context.label(path["replication"]["mode"], "writes wait for nobody")
                ],
                help: ["add 'fencing: [{watchdog: /dev/watchdog}]', or replicate synchronously"])
        }
    }
}
