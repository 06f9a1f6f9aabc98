internal import Hagen

/// A balancer whose members may all get nothing.
struct NoWeight: Rule {
    let code = DiagnosticCode(126)
    let title = "balancer to members without weight"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A balancer whose cluster has members, all of them with weight 0.",
        why: "A member with weight 0 gets no new traffic: the balancer would refuse every client.",
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
                members: [{host: a1, weight: 0}, {host: b1, weight: 0}]
            balancers:
              web: {on: [a1, b1], protocol: http, listen: 80, to: api, check: {http: /ready}}
            """,
        fix: "Give at least one member a weight above 0, or leave the weights out: unsaid they are 1.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [{host: a1, weight: 0}, {host: b1, weight: 1}]
        balancers:
          web: {on: [a1, b1], protocol: http, listen: 80, to: api, check: {http: /ready}}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.balancers.enumerated().compactMap { index, balancer in
            guard let cluster = context.cluster(named: balancer.target.cluster), !cluster.members.isEmpty,
                cluster.members.allSatisfy({ $0.weight == 0 })
            else { return nil }
            return finding(
                "balancer '\(balancer.name)' has nobody to send to: every member of cluster '\(cluster.name)' has weight 0",
                at: context.span(ModelPath.root["balancers"][index]["target"]["cluster"]), label: "leads here",
                secondary: [
                    context.label(
                        context.path(ofCluster: cluster.name).map { $0["members"][0]["weight"] }, "no traffic")
                ],
                help: ["give at least one member a weight above 0"])
        }
    }
}
