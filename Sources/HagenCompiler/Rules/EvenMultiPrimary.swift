internal import Hagen

/// A multi-primary database with an even number of members.
struct EvenMultiPrimary: Rule {
    let code = DiagnosticCode(134)
    let title = "even number of primaries"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A MariaDB cluster with 'style: multi-primary' and an even number of members.",
        why: "Its members decide by majority who may go on writing. When the network splits an even number into "
            + "halves, neither is a majority: both stop. Of two members the loss of either one stops the other.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 127.0.0.11/8, zone: eu-1a}
              b1: {address: 127.0.0.12/8, zone: eu-1b}
            clusters:
              orders:
                kind: failover
                mode: active-active
                workload: {mariadb: {version: "10.11"}}
                members: [a1, b1]
                replication: {mode: synchronous, style: multi-primary}
            """,
        fix: "Name one member more or one less: 3 bear the loss of 1, 5 that of 2.")
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
            mode: active-active
            workload: {mariadb: {version: "10.11"}}
            members: [a1, b1, c1]
            replication: {mode: synchronous, style: multi-primary}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().compactMap { index, cluster in
            guard cluster.hasSeveralPrimaries else { return nil }
            let count = cluster.memberCount
            guard count > 0, count % 2 == 0 else { return nil }
            let path = ModelPath.root["clusters"][index]
            let bears = (count - 1) / 2
            return finding(
                "cluster '\(cluster.name)' has an even number of primaries", at: context.span(path["members"]),
                label: "\(count) members bear the loss of \(bears) at once",
                secondary: [context.label(path["replication"]["style"], "the members decide by majority")],
                notes: [
                    count == 2
                        ? "3 members bear the loss of 1"
                        : "\(count - 1) members bear the loss of \(bears) too, \(count + 1) that of \(count / 2)"
                ],
                help: ["name one member more\(count == 2 ? "" : " or one less")"])
        }
    }
}

extension Model.Cluster {
    /// Whether every member takes writes, and they decide by majority: what Galera is to MariaDB.
    var hasSeveralPrimaries: Bool {
        kind == .activeActive && replication?.style == .multiPrimary && workload.kind == "mariadb"
    }
}
