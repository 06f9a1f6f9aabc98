internal import Hagen

/// A balancer that never looks whether its members work.
struct BalancerWithoutCheck: Rule {
    let code = DiagnosticCode(111)
    let title = "balancer without a check"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A balancer without 'check'.",
        why: "It takes every member for healthy: clients are sent to one that is down or hangs until their connection "
            + "fails.",
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
            balancers:
              web: {on: [a1, b1], protocol: http, listen: 80, to: api}
            """,
        fix: "Add 'check: {http: /PATH}' with a path that answers 200 only when the member can serve, or at least "
            + "'check: {tcp: true}'.")
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
            members: [a1, b1]
        balancers:
          web: {on: [a1, b1], protocol: http, listen: 80, to: api, check: {tcp: true}}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.balancers.enumerated().compactMap { index, balancer in
            guard balancer.check == nil else { return nil }
            let members = context.cluster(named: balancer.target.cluster).map { " for its \($0.memberCount)" } ?? ""
            let example = balancer.wireProtocol == .http ? "check: {http: /ready}" : "check: {tcp: true}"
            return finding(
                "balancer '\(balancer.name)' does not check its members",
                at: context.span(ModelPath.root["balancers"][index]["name"]),
                label: "no 'check'\(members)\(members.isEmpty ? "" : " members")", help: ["add '\(example)'"])
        }
    }
}
