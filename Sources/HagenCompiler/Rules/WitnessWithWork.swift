internal import Hagen

/// A witness that is to do more than to run the store.
struct WitnessWithWork: Rule {
    let code = DiagnosticCode(129)
    let title = "witness that has other work"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A host with 'witness: true' that is a member of a cluster or that a balancer is on.",
        why: "A witness runs a member of the store and nothing else: it is the small third computer that decides for "
            + "two others. Of the two things that the topology says about the host one is wrong.",
        example: """
            apiVersion: hagen/v1
            name: shop
            coordination: {etcd: {hosts: [a1, b1, c1], tls: true}}
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
              c1: {address: 10.0.0.13/24, zone: eu-1c, witness: true}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, b1, c1]
            """,
        fix: "Take 'witness: true' away from a host that serves, or take the witness out of the members.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        coordination: {etcd: {hosts: [a1, b1, c1], tls: true}}
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
          c1: {address: 10.0.0.13/24, zone: eu-1c, witness: true}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, b1]
        """

    private struct Use {
        var part: String
        var path: ModelPath
    }

    func check(_ context: RuleContext) -> [Diagnostic] {
        guard context.model.hosts.contains(where: \.witness) else { return [] }
        var uses: [String: [Use]] = [:]
        for (index, cluster) in context.model.clusters.enumerated() {
            for (place, member) in cluster.members.enumerated() {
                let path = ModelPath.root["clusters"][index]["members"][place]["host"]
                uses[member.host, default: []].append(Use(part: "a member of cluster '\(cluster.name)'", path: path))
            }
        }
        for (index, balancer) in context.model.balancers.enumerated() {
            for (place, host) in balancer.hosts.enumerated() {
                let path = ModelPath.root["balancers"][index]["hosts"][place]
                uses[host, default: []].append(Use(part: "a host of balancer '\(balancer.name)'", path: path))
            }
        }
        return context.model.hosts.enumerated().compactMap { index, host in
            let path = ModelPath.root["hosts"][index]
            guard host.witness, let uses = uses[host.name], let first = uses.first else { return nil }
            let others = uses.count == 1 ? "" : " and \(uses.count - 1) more"
            return finding(
                "host '\(host.name)' is a witness, and \(first.part)\(others)", at: context.span(first.path),
                label: "a witness runs the store and nothing else",
                secondary: [context.label(path["witness"], "'\(host.name)' is a witness")],
                help: ["name another host here, or let '\(host.name)' be no witness"],
                fixes: context.textSpan(path["witness"]).map {
                    [.init("let '\(host.name)' be no witness", [.init($0, "false")], .maybe)]
                } ?? [])
        }
    }
}
