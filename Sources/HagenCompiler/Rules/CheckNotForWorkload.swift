internal import Hagen

/// A check in a language that the workload does not speak.
struct CheckNotForWorkload: Rule {
    let code = DiagnosticCode(162)
    let title = "check that the workload cannot answer"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "An HTTP check of a database, and a check of the role of a workload that is no database.",
        why: "The check fails for ever: a balancer takes all members for down, a failover cluster deposes every "
            + "member that becomes active.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
            clusters:
              orders:
                kind: load-balancing
                workload: {redis: {}}
                members: [a1, b1]
            balancers:
              cache: {on: [a1, b1], protocol: tcp, listen: 6380, to: orders, check: {http: /ready}}
            """,
        fix: "Check a database by 'role', or at least by 'tcp'; check a process by 'http' or 'tcp'.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
        clusters:
          orders:
            kind: load-balancing
            workload: {redis: {}}
            members: [a1, b1]
        balancers:
          cache: {on: [a1, b1], protocol: tcp, listen: 6380, to: orders, check: {tcp: true}}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        let model = context.model
        let ofClusters = model.clusters.enumerated().compactMap { index, cluster in
            cluster.failover.check.flatMap {
                judge(
                    $0, "cluster '\(cluster.name)'", cluster, at: ModelPath.root["clusters"][index]["failover"], context
                )
            }
        }
        let ofBalancers = model.balancers.enumerated().compactMap { index, balancer -> Diagnostic? in
            guard let check = balancer.check, let cluster = context.cluster(named: balancer.target.cluster) else {
                return nil
            }
            return judge(check, "balancer '\(balancer.name)'", cluster, at: ModelPath.root["balancers"][index], context)
        }
        return ofClusters + ofBalancers
    }

    private func judge(
        _ check: Model.Check, _ owner: String, _ cluster: Model.Cluster, at path: ModelPath, _ context: RuleContext
    ) -> Diagnostic? {
        let workload = cluster.workload
        let fault: String
        switch (check.kind, workload) {
        case (.http, _) where workload.isDatabase: fault = "by HTTP, which \(workload.kind) does not speak"
        case (.role, .process), (.role, .external), (.role, .systemd):
            fault = "by its role, which only a database can be asked for"
        default: return nil
        }
        return finding(
            "the check of \(owner) asks \(fault)", at: context.span(path["check"]["kind"]), label: "never passes",
            secondary: [
                context.label(
                    context.path(ofCluster: cluster.name).map { $0["workload"] }, "a workload of kind \(workload.kind)")
            ],
            help: [workload.isDatabase ? "use 'check: {role: true}' or 'check: {tcp: true}'" : "use 'http' or 'tcp'"])
    }
}
