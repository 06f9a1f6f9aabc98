internal import Hagen

/// Writes that wait for more standbys than there are.
struct AcknowledgementsAboveStandbys: Rule {
    let code = DiagnosticCode(145)
    let title = "more acknowledgements than standbys"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "Synchronous replication whose writes wait for more standbys than the cluster has: members less the "
            + "primary. Unsaid, a write waits for one.",
        why: "No write would ever be confirmed: the database would be down although all its members are up.",
        example: """
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
                workload: {postgresql: {version: 15}}
                members: [a1, b1, c1]
                replication: {mode: synchronous, acknowledgements: 3}
            """,
        fix: "Wait for fewer: with one standby less than there are, one of them may be lost. Or add members.")
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
            workload: {postgresql: {version: 15}}
            members: [a1, b1, c1]
            replication: {mode: synchronous, acknowledgements: 1}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().compactMap { index, cluster in
            guard let (needed, standbys) = cluster.synchronousCopies, needed > standbys else { return nil }
            let path = ModelPath.root["clusters"][index]
            let said = path["replication"]["acknowledgements"]
            let enough = String(max(standbys - 1, 1))
            return finding(
                "no write of cluster '\(cluster.name)' is ever confirmed: it waits for \(needed) standbys and has \(standbys)",
                at: context.span(said),
                label: "each write waits for \(needed) of \(standbys) \(standbys == 1 ? "standby" : "standbys")",
                secondary: [
                    context.label(
                        path["members"],
                        "\(standbys + 1) \(standbys == 0 ? "member" : "members"), one of them the primary")
                ],
                help: [standbys == 0 ? "add two members or more" : "wait for \(enough), or add members"],
                fixes: standbys == 0
                    ? []
                    : context.textSpan(said).map { [.init("write '\(enough)'", [.init($0, enough)], .maybe)] } ?? [])
        }
    }
}

extension Model.Cluster {
    /// How many standbys must confirm a write, and how many there are; `nil` where no write waits, or the database has no
    /// such replication.
    var synchronousCopies: (needed: Int, standbys: Int)? {
        guard kind == .activePassive, workload.isDatabase, workload.kind != "redis", let replication,
            replication.mode == .synchronous, replication.style == .primaryReplica, memberCount > 0
        else { return nil }
        let needed = replication.acknowledgements ?? Defaults.acknowledgements
        // A number out of its range is another rule's finding.
        return Model.Replication.acknowledgementCounts.contains(needed) ? (needed, memberCount - 1) : nil
    }

    /// The replication that leaves a write on the primary alone until a replica has fetched it; `nil` where there is none.
    var asynchronousReplication: Model.Replication? {
        guard kind == .activePassive, workload.isDatabase, memberCount > 1, let replication,
            replication.mode == .asynchronous, replication.style == .primaryReplica
        else { return nil }
        return replication
    }
}
