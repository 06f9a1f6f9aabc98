internal import Hagen

/// One member of the store for failover clusters on several hosts.
struct SingleCoordinator: Rule {
    let code = DiagnosticCode(135)
    let title = "store with one member"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "An etcd store on one host, where a failover cluster has members on several.",
        why: "When that one host is lost nobody can renew a lease or take one over: the members on all the others "
            + "stop too, whatever their number.",
        example: """
            apiVersion: hagen/v1
            name: shop
            coordination: {etcd: {hosts: [a1], tls: true}}
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
            clusters:
              orders:
                kind: failover
                mode: active-passive
                workload: {process: {command: [/usr/bin/orders], port: 7000}}
                members: [a1, b1]
            """,
        fix: "Run the store on three hosts: they bear the loss of one. Where there are only two hosts with work, a "
            + "third with 'witness: true' runs the store and nothing else.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        coordination: {etcd: {hosts: [a1, b1, c1], tls: true}}
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
          c1: {address: 10.0.0.13/24, zone: eu-1c, witness: true}
        clusters:
          orders:
            kind: failover
            mode: active-passive
            workload: {process: {command: [/usr/bin/orders], port: 7000}}
            members: [a1, b1]
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        guard case .etcd(let hosts, _) = context.model.coordination, Set(hosts).count == 1,
            let host = hosts.first, context.host(named: host) != nil
        else { return [] }
        let clusters = context.model.clusters.indices.filter {
            context.model.clusters[$0].needsLease && context.model.clusters[$0].memberCount > 1
        }
        guard let first = clusters.first else { return [] }
        let name = context.model.clusters[first].name
        let others = clusters.count == 1 ? "" : " and \(clusters.count - 1) more"
        return [
            finding(
                "the loss of host '\(host)' alone stops cluster '\(name)'\(others): it runs the only member of the store",
                at: context.span(ModelPath.root["coordination"]["hosts"][0]), label: "1 member bears the loss of 0",
                secondary: [
                    context.label(
                        ModelPath.root["clusters"][first]["members"],
                        "its \(context.model.clusters[first].memberCount) members agree through the store")
                ],
                help: [
                    context.model.hosts.count > 2
                        ? "name three hosts here"
                        : "name three hosts here; a third one with 'witness: true' runs the store and nothing else"
                ])
        ]
    }
}
