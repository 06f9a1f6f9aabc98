internal import Hagen

/// Failover between machines that agree through the embedded store.
struct EmbeddedAcrossMachines: Rule {
    let code = DiagnosticCode(106)
    let title = "embedded store across machines"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A failover cluster in a topology of several machines whose coordination is embedded. Hosts with "
            + "loopback addresses are one machine.",
        why: "The embedded store is one process on one host. When that host is lost nobody can renew a lease or take "
            + "one over: the loss of one machine would stop the clusters on all of them.",
        example: """
            apiVersion: hagen/v1
            name: shop
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
        fix: "Run the store as etcd on an odd number of hosts: 'coordination: {etcd: {hosts: [...]}}'. Where there are "
            + "two hosts only, a third that is a witness runs the store and nothing else.")
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
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        let model = context.model
        guard context.placement == .declared, case .embedded = model.coordination, context.isWhole(.coordination),
            let cluster = model.clusters.firstIndex(where: \.needsLease)
        else { return [] }
        // Hosts with loopback addresses count as one.
        let addresses = Set(model.hosts.compactMap { AddressWithPrefix($0.address)?.address })
        let machines = addresses.count { !$0.isLoopback } + (addresses.contains(where: \.isLoopback) ? 1 : 0)
        guard machines > 1 else { return [] }
        let root = ModelPath.root
        return [
            finding(
                "\(machines) machines with a failover cluster, and the embedded store on one of them",
                at: context.span(root["coordination"]), label: "coordination is embedded",
                secondary: [context.label(root["clusters"][cluster], "needs a store that outlives each machine")],
                notes: [
                    "host '\(model.hosts.map(\.name).min() ?? "")' would run the store; its loss would stop the cluster"
                ] + (machines > 2 ? [] : ["two hosts alone have no quorum: etcd needs a third, such as a witness"]),
                help: ["write 'coordination: {etcd: {hosts: [...]}}' with an odd number of hosts"])
        ]
    }
}
