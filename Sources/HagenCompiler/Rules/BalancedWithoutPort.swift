internal import Hagen

/// A balancer to members that listen nowhere.
struct BalancedWithoutPort: Rule {
    let code = DiagnosticCode(118)
    let title = "balancer to members without a port"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A balancer whose cluster runs a workload without 'port'.",
        why: "The balancer would not know where on a member's host to connect to.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api]}}
                members: [a1, b1]
            balancers:
              web: {on: [a1, b1], protocol: http, listen: 80, to: api, check: {http: /ready}}
            """,
        fix: "Say the port that the workload listens on: 'port: 8080'. The workload learns it as HAGEN_PORT.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
        clusters:
          api:
            kind: load-balancing
            workload: {external: {endpoints: ["10.0.9.1:8080"]}}
        balancers:
          web: {on: [a1, b1], protocol: http, listen: 80, to: api, check: {http: /ready}}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.balancers.enumerated().compactMap { index, balancer in
            guard let cluster = context.cluster(named: balancer.target.cluster), cluster.workload.port == nil,
                cluster.workload.kind != "external"
            else { return nil }
            return finding(
                "balancer '\(balancer.name)' leads to cluster '\(cluster.name)', whose members have no port",
                at: context.span(ModelPath.root["balancers"][index]["target"]["cluster"]), label: "leads here",
                secondary: [
                    context.label(
                        context.path(ofCluster: cluster.name).map { $0["workload"] },
                        "a \(cluster.workload.kind) without 'port'")
                ],
                help: ["add 'port' to the workload"])
        }
    }
}
