internal import Hagen

/// More healthy members asked for than there are.
struct MinimumAboveMembers: Rule {
    let code = DiagnosticCode(108)
    let title = "minimumHealthy above the members"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A cluster whose 'minimumHealthy' is greater than the number of its members.",
        why: "It can never be met: the cluster would count as broken from the first moment.",
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
                minimumHealthy: 3
            """,
        fix: "Lower it, or add members. To bear the loss of one member it must be less than their number.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
          c1: {address: 10.0.0.13/24, zone: eu-1c}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, b1, c1]
            minimumHealthy: 2
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().compactMap { index, cluster in
            let count = cluster.memberCount
            guard let minimum = cluster.minimumHealthy, count > 0, minimum > count else { return nil }
            let path = ModelPath.root["clusters"][index]
            return finding(
                "cluster '\(cluster.name)' needs \(minimum) healthy members and has \(count)",
                at: context.span(path["minimumHealthy"]), label: "more than there are",
                secondary: [context.label(path["members"], "\(count) \(count == 1 ? "member" : "members")")],
                help: ["lower it to at most \(count), or add members"])
        }
    }
}

extension Model.Cluster {
    /// How many serve it: hosts, or the endpoints of an external workload.
    var memberCount: Int {
        if case .external(let endpoints) = workload { return endpoints.count }
        return Set(members.map(\.host)).count
    }
}
