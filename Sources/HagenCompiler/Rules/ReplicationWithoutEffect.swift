internal import Hagen

/// Replication, or a setting of it, that nothing carries out.
struct ReplicationWithoutEffect: Rule {
    let code = DiagnosticCode(143)
    let title = "replication that nothing carries out"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "'replication' for a workload that is no database or in a cluster that does not fail over; "
            + "'acknowledgements' and 'onDegraded' where writes are asynchronous and wait for nobody; and these two "
            + "and 'maximumLag' where every member is a primary and has every write.",
        why: "Somebody who reads the topology would count on copies, or on writes that wait, and there are none.",
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
                replication: {mode: asynchronous, maximumLag: 16MiB, acknowledgements: 1}
                fencing: [{watchdog: /dev/watchdog}]
                lease: {duration: 3s, renew: 500ms}
            """,
        fix: "Take the setting away, or choose the mode in which it means something: 'mode: synchronous' lets writes "
            + "wait.")
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
        context.model.clusters.enumerated().flatMap { index, cluster -> [Diagnostic] in
            guard let replication = cluster.replication else { return [] }
            let path = ModelPath.root["clusters"][index]
            guard cluster.workload.isDatabase else {
                return [
                    finding(
                        "nothing of cluster '\(cluster.name)' is replicated: its workload is no database",
                        at: context.span(path["replication"]), label: "keeps no copies",
                        secondary: [context.label(path["workload"], "\(cluster.workload.kind)")], help: ["take it away"]
                    )
                ]
            }
            guard cluster.needsLease else {
                return [
                    finding(
                        "nothing of cluster '\(cluster.name)' is replicated: none of its members is the primary",
                        at: context.span(path["replication"]), label: "keeps no copies",
                        secondary: [
                            context.label(path["kind"], "the members of a \(cluster.kind.rawValue) are equals")
                        ],
                        help: ["write 'kind: failover' and 'mode: active-passive', or take it away"])
                ]
            }
            return settings(of: replication, cluster, at: path["replication"], context)
        }
    }

    private func settings(
        of replication: Model.Replication, _ cluster: Model.Cluster, at path: ModelPath, _ context: RuleContext
    ) -> [Diagnostic] {
        let said = [
            (replication.acknowledgements != nil, "acknowledgements"), (replication.onDegraded != nil, "onDegraded"),
        ]
        // A style that the engine does not have is another rule's finding.
        if cluster.hasSeveralPrimaries {
            return (said + [(replication.maximumLag != nil, "maximumLag")]).filter(\.0).map { _, key in
                finding(
                    "'\(key)' changes nothing for cluster '\(cluster.name)': every primary has every write",
                    at: context.span(path[key]), label: "has no effect",
                    secondary: [context.label(path["style"], "every member takes writes")], help: ["take it away"])
            }
        }
        guard replication.mode == .asynchronous, replication.style == .primaryReplica else { return [] }
        return said.filter(\.0).map { _, key in
            finding(
                "'\(key)' changes nothing for cluster '\(cluster.name)': its writes wait for nobody",
                at: context.span(path[key]), label: "has no effect",
                secondary: [context.label(path["mode"], "asynchronous")],
                help: ["take it away"],
                fixes: cluster.workload.kind == "redis"
                    ? []
                    : context.textSpan(path["mode"]).map {
                        [.init("write 'synchronous'", [.init($0, "synchronous")], .maybe)]
                    } ?? [])
        }
    }
}
