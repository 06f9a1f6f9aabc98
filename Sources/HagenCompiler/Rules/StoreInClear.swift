internal import Hagen

/// A store whose members and clients talk in clear.
struct StoreInClear: Rule {
    let code = DiagnosticCode(179)
    let title = "store in clear"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds:
            "A store of etcd without 'tls: true' on hosts in a network. Hosts with loopback addresses are one machine.",
        why: "Whoever reaches a member's port can read and write every lease: stop each cluster, or make two members "
            + "active where nothing else fences them.",
        example: """
            apiVersion: hagen/v1
            name: shop
            coordination: {etcd: {hosts: [a1, b1, c1]}}
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
              c1: {address: 10.0.0.13/24, zone: eu-1c}
            clusters:
              orders:
                kind: failover
                mode: active-passive
                workload: {process: {command: [/usr/bin/orders], port: 7000}}
                members: [a1, b1, c1]
            """,
        fix: "Write 'tls: true' and put certificates on the hosts; the release's README says which. Where the network "
            + "is the hosts' own, allow this warning with the reason.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        coordination: {etcd: {hosts: [a1, b1, c1], tls: true}}
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
          c1: {address: 10.0.0.13/24, zone: eu-1c}
        clusters:
          orders:
            kind: failover
            mode: active-passive
            workload: {process: {command: [/usr/bin/orders], port: 7000}}
            members: [a1, b1, c1]
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        guard context.placement == .declared, case .etcd(let members, false) = context.model.coordination else {
            return []
        }
        let inNetwork = context.model.hosts.filter { host in
            guard members.contains(host.name), let address = AddressWithPrefix(host.address)?.address else {
                return false
            }
            return !address.isLoopback
        }
        guard let first = inNetwork.map(\.name).min() else { return [] }
        return [
            finding(
                "the store and its clients talk in clear", at: context.span(ModelPath.root["coordination"]),
                label: "host '\(first)' is in a network", help: ["write 'tls: true', or allow \(code) with the reason"])
        ]
    }
}
