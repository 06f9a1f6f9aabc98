internal import Hagen

/// A cluster that serves too little once a zone is lost.
struct ZoneLossBelowMinimum: Rule {
    let code = DiagnosticCode(151)
    let title = "too few members after the loss of a zone"
    let severity = Diagnostic.Severity.warning
    let needsTheWhole = true
    let explanation = Explanation(
        finds: "A cluster with members in several zones, one of which holds so many that its loss leaves fewer "
            + "than 'minimumHealthy'.",
        why: "Spread over zones the cluster looks as if it could lose one. It would go on, but below what the "
            + "team has said that it needs.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
              a2: {address: 10.0.0.13/24, zone: eu-1a}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, a2, b1]
                minimumHealthy: 2
            """,
        fix: "Move members to other zones, add members there, or lower 'minimumHealthy' to what is left. To lose "
            + "one of three zones and keep two members, have one in each.")
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
            guard let minimum = cluster.minimumHealthy, cluster.kind != .compute, cluster.workload.kind != "external"
            else { return nil }
            let zones = ZoneShares(of: cluster, context)
            // Too few members at all, or all of them in one zone, are findings of other rules.
            guard zones.count > 1, minimum <= zones.total, let worst = zones.largest,
                zones.total - worst.count < minimum
            else { return nil }
            let path = ModelPath.root["clusters"][index]
            return finding(
                "the loss of zone '\(worst.zone)' leaves cluster '\(cluster.name)' \(zones.total - worst.count) of the "
                    + "\(minimum) healthy members that it needs",
                at: context.span(path["minimumHealthy"]), label: "needs \(minimum)",
                secondary: [
                    context.label(
                        path["members"], "\(zones.total) members, \(worst.count) of them in '\(worst.zone)'")
                ],
                notes: ["members by zone: \(zones.text)"],
                help: [
                    "move a member to another zone, add one there, or lower 'minimumHealthy' to "
                        + "\(zones.total - worst.count)"
                ])
        }
    }
}
