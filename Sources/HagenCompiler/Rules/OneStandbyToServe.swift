internal import Hagen

/// A balancer to the standbys of a cluster that has one at most.
struct OneStandbyToServe: Rule {
    let code = DiagnosticCode(158)
    let title = "balancer to a single standby"
    let severity = Diagnostic.Severity.warning
    let needsTheWhole = true
    let explanation = Explanation(
        finds: "A balancer to the standbys or replicas of a cluster of one or two members.",
        why: "One member is active, so there is one standby, or none. While either of two members is down, the "
            + "other is active, and the balancer has nobody to send to: it fails exactly when something else has "
            + "failed.",
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
                workload: {process: {command: [/usr/bin/orders], port: 7000}}
                members: [a1, b1]
            balancers:
              orders-ro:
                on: [a1, b1]
                protocol: tcp
                listen: 7100
                to: orders.standbys
                check: {tcp: true}
            """,
        fix: "Add a third member; or, where what reads may also ask the active member, balance over all members: "
            + "'to: CLUSTER'.")
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
            workload: {process: {command: [/usr/bin/orders], port: 7000}}
            members: [a1, b1, c1]
        balancers:
          orders-ro:
            on: [a1, b1, c1]
            protocol: tcp
            listen: 7100
            to: orders.standbys
            check: {tcp: true}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.balancers.enumerated().compactMap { index, balancer in
            guard [.standbys, .replicas].contains(balancer.target.role),
                let cluster = context.cluster(named: balancer.target.cluster), cluster.kind == .activePassive,
                (1...2).contains(cluster.memberCount)
            else { return nil }
            let path = ModelPath.root["balancers"][index]["target"]
            let role = balancer.target.role.rawValue
            let isAlone = cluster.memberCount == 1
            return finding(
                isAlone
                    ? "balancer '\(balancer.name)' has nobody to send to: the one member of cluster '\(cluster.name)' is active"
                    : "balancer '\(balancer.name)' has nobody to send to while one member of cluster '\(cluster.name)' is down",
                at: context.span(path["role"]), label: isAlone ? "there are none" : "there is one of the \(role)",
                secondary: [
                    context.label(
                        context.path(ofCluster: cluster.name).map { $0["members"] },
                        isAlone ? "one member" : "2 members, one of them active")
                ],
                help: ["add a member, or send to all members: 'to: \(cluster.name)'"])
        }
    }
}
