internal import Hagen

/// A check of members that listen nowhere.
struct CheckWithoutPort: Rule {
    let code = DiagnosticCode(122)
    let title = "check of members without a port"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A failover cluster with a 'check' whose workload has no 'port'.",
        why: "The agent would not know where to connect to, and refuses its configuration: no cluster of "
            + "the host would run.",
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
                workload: {process: {command: [/usr/bin/orders]}}
                members: [a1, b1]
                check: {tcp: true}
            """,
        fix: "Say the port that the workload listens on: 'port: 7000'. The workload learns it as "
            + "HAGEN_PORT.")
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
            check: {tcp: true}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().compactMap { index, cluster in
            guard cluster.needsLease, let check = cluster.failover.check, cluster.workload.port == nil else {
                return nil
            }
            switch check.kind {
            case .tcp, .http: break
            // They need no port; that they are not there yet is another rule's finding.
            case .command, .nagios, .role: return nil
            }
            let path = ModelPath.root["clusters"][index]
            return finding(
                "cluster '\(cluster.name)' is to be checked, and its members have no port",
                at: context.span(path["failover"]["check"]), label: "connects to a port",
                secondary: [context.label(path["workload"], "a \(cluster.workload.kind) without 'port'")],
                help: ["add 'port' to the workload"])
        }
    }
}
