internal import Hagen

/// An objective that allows no loss of data, for a cluster that may lose some.
struct RecoveryPointNotKept: Rule {
    let code = DiagnosticCode(149)
    let title = "recovery point that replication cannot keep"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "An objective with 'recoveryPoint: 0' for a cluster whose writes wait for no standby: asynchronous "
            + "replication, or synchronous with 'onDegraded: continue'.",
        why:
            "A write that only the primary has is lost with it. No asynchronous replication loses nothing, and one that "
            + "goes on without standbys is asynchronous from then on.",
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
                workload: {postgresql: {version: 15}}
                members: [a1, b1, c1]
                replication: {mode: synchronous, acknowledgements: 1, onDegraded: continue}
            objectives:
              - {name: no-loss, cluster: orders, recoveryPoint: 0}
            """,
        fix: "Replicate synchronously and let writes wait: 'mode: synchronous', 'onDegraded: block'. Or say in the "
            + "objective how much may be lost.")
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
            replication: {mode: synchronous, acknowledgements: 1, onDegraded: block}
        objectives:
          - {name: no-loss, cluster: orders, recoveryPoint: 0}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.objectives.enumerated().compactMap { index, objective in
            guard objective.recoveryPoint == .zero, let cluster = context.cluster(named: objective.cluster),
                let path = context.path(ofCluster: cluster.name).map({ $0["replication"] })
            else { return nil }
            let continues = cluster.synchronousCopies != nil && cluster.replication?.onDegraded == .continue
            guard continues || cluster.asynchronousReplication != nil else { return nil }
            let (cause, better) =
                continues
                ? (path["onDegraded"], "block") : (path["mode"], "synchronous")
            return finding(
                "objective '\(objective.name)' allows no loss of data, and cluster '\(cluster.name)' may lose some",
                at: context.span(ModelPath.root["objectives"][index]["recoveryPoint"]), label: "nothing may be lost",
                secondary: [
                    context.label(
                        cause,
                        continues
                            ? "confirms writes that only the primary has, while no standby is left"
                            : "confirms writes that only the primary has")
                ],
                help: [
                    continues
                        ? "write 'onDegraded: block', or say how much may be lost"
                        : "replicate synchronously, or say how much may be lost"
                ],
                fixes: cluster.workload.kind == "redis"
                    ? []
                    : context.textSpan(cause).map { [.init("write '\(better)'", [.init($0, better)], .maybe)] } ?? [])
        }
    }
}
