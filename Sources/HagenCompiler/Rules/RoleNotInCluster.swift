internal import Hagen

/// A balancer that asks for members in a role that their cluster does not have.
struct RoleNotInCluster: Rule {
    let code = DiagnosticCode(117)
    let title = "role that the cluster does not have"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A balancer to the active member or the standbys of a load-balancing cluster, to the standbys of an "
            + "active-active one, or to the primary or replicas of a cluster that is no database.",
        why: "There is no such member: the balancer would have nobody to send to.",
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
              web: {on: [a1, b1], protocol: http, listen: 80, to: api.active, check: {http: /ready}}
            """,
        fix: "Name the cluster alone for all its members. Databases have 'primary' and 'replicas', other "
            + "active-passive clusters 'active' and 'standbys'.")
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
          web: {on: [a1, b1], protocol: http, listen: 80, to: api.members, check: {http: /ready}}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.balancers.enumerated().compactMap { index, balancer in
            guard let cluster = context.cluster(named: balancer.target.cluster) else { return nil }
            let roles = cluster.roles
            guard !roles.contains(balancer.target.role) else { return nil }
            let path = ModelPath.root["balancers"][index]["target"]
            let meant = roles.count == 1 ? roles[0] : counterpart(of: balancer.target.role, in: roles)
            return finding(
                "cluster '\(cluster.name)' has no \(balancer.target.role.rawValue)", at: context.span(path["role"]),
                label: "it has: \(roles.map(\.rawValue).joined(separator: ", "))",
                secondary: [
                    context.label(
                        context.path(ofCluster: cluster.name).map { $0["name"] },
                        "\(cluster.kind.rawValue), \(cluster.workload.kind)")
                ],
                fixes: meant.flatMap { meant in
                    context.textSpan(path["role"]).map {
                        [.init("write '\(meant.rawValue)'", [.init($0, meant.rawValue)], .maybe)]
                    }
                } ?? [])
        }
    }

    /// What a database calls primary others call active.
    private func counterpart(of role: Model.Target.Role, in roles: [Model.Target.Role]) -> Model.Target.Role? {
        let pairs: [(Model.Target.Role, Model.Target.Role)] = [(.primary, .active), (.replicas, .standbys)]
        return pairs.compactMap { $0 == role ? $1 : $1 == role ? $0 : nil }.first { roles.contains($0) }
    }
}

extension Model.Cluster {
    /// What a balancer may ask for.
    var roles: [Model.Target.Role] {
        switch (kind, workload.isDatabase) {
        case (.activePassive, true): [.members, .active, .primary, .standbys, .replicas]
        case (.activePassive, false): [.members, .active, .standbys]
        case (.activeActive, true): [.members, .active, .primary, .replicas]
        case (.activeActive, false): [.members, .active]
        case (.loadBalancing, _), (.compute, _): [.members]
        }
    }
}
