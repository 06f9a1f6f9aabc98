internal import Hagen

/// A balancer whose one host is a single point of failure.
struct LoneBalancer: Rule {
    let code = DiagnosticCode(150)
    let title = "balancer on one host"
    let severity = Diagnostic.Severity.warning
    let needsTheWhole = true
    let explanation = Explanation(
        finds: "A balancer on one host, in front of a cluster of several members, with no balancer to the same "
            + "members on another host. Left out are balancers that listen on a loopback address, for the "
            + "programs of their own host, and topologies of one machine.",
        why: "The cluster bears the loss of a member, and nobody notices: but the loss of this one host, and "
            + "every restart of it, cuts off all clients.",
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
              web: {on: [a1], protocol: http, listen: 80, to: api, check: {http: /ready}}
            """,
        fix: "Put it on a second host, best in another zone. With a virtual IP clients see one address; without "
            + "one they must know the addresses of all its hosts, from DNS or from a list of their own.")
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
          web: {on: [a1, b1], protocol: http, listen: 80, to: api, check: {http: /ready}}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        var hostsByTarget: [String: Set<String>] = [:]
        for balancer in context.model.balancers {
            hostsByTarget[balancer.target.text, default: []].formUnion(balancer.hosts)
        }
        let others = context.model.hosts.filter { !$0.witness }
        return context.model.balancers.enumerated().compactMap { index, balancer in
            guard let cluster = context.cluster(named: balancer.target.cluster), cluster.memberCount > 1,
                hostsByTarget[balancer.target.text]?.count == 1, others.count > 1,
                let name = balancer.hosts.first, let host = context.host(named: name),
                let address = AddressWithPrefix(host.address)?.address, !address.isLoopback,
                balancer.listen.parsed?.address?.isLoopback != true
            else { return nil }
            let better = others.first { $0.zone != host.zone } ?? others.first { $0.name != name }
            let path = ModelPath.root["balancers"][index]
            let members = context.path(ofCluster: cluster.name).map { $0["members"] }
            let virtualIP = balancer.virtualIPs.isEmpty ? "" : "; its virtual IP has no other host to move to"
            return finding(
                "the loss of host '\(name)' cuts all clients off from cluster '\(cluster.name)'",
                at: context.span(path["hosts"][0]),
                label: "the only host with a balancer to '\(balancer.target.text)'\(virtualIP)",
                secondary: [
                    context.label(members, "\(cluster.memberCount) members, which it makes depend on '\(name)'")
                ],
                help: [
                    "add a host to 'on', such as '\(better?.name ?? "")', and let clients know both: by a "
                        + "virtual IP or by DNS"
                ])
        }
    }
}

extension Model.Target {
    /// As it is written in YAML; the role is left out where it is `members`.
    var text: String { role == .members ? cluster : "\(cluster).\(role.rawValue)" }
}
