internal import Hagen

/// Replication of a kind that the database does not have.
struct ReplicationUnknownToEngine: Rule {
    let code = DiagnosticCode(144)
    let title = "replication that the database does not have"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "Several primaries (multi-primary, or an active-active cluster) of a database that has one: PostgreSQL, "
            + "Redis, MongoDB; several primaries in an active-passive cluster, or asynchronous ones; an "
            + "active-active cluster that copies from one primary; synchronous Redis; and more than one "
            + "acknowledgement of MariaDB's replicas.",
        why:
            "The database cannot be set up so. Redis confirms a write before any replica has it, and its WAIT does not "
            + "change what a failover may lose; MariaDB's semi-synchronous primary waits for one replica.",
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
                replication: {mode: synchronous, style: multi-primary}
            """,
        fix: "Choose what the database has: one primary with replicas in an active-passive cluster for any of them, "
            + "several primaries in an active-active cluster for MariaDB, asynchronous replication for Redis.")
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
        context.model.clusters.enumerated().flatMap { index, cluster -> [Diagnostic] in
            guard cluster.needsLease, cluster.workload.isDatabase else { return [] }
            let path = ModelPath.root["clusters"][index]
            return [judgePrimaries(cluster, path, context), judgeMode(cluster, path, context)].compactMap(\.self)
        }
    }

    /// How many members take writes, against what the database and the cluster's mode have.
    private func judgePrimaries(
        _ cluster: Model.Cluster, _ path: ModelPath, _ context: RuleContext
    ) -> Diagnostic? {
        let (name, engine) = ("cluster '\(cluster.name)'", cluster.workload.kind)
        let style = path["replication"]["style"]
        let kindLabel = context.label(path["kind"], cluster.kind.rawValue)
        switch (cluster.replication?.style, cluster.kind == .activeActive, engine == "mariadb") {
        case (.multiPrimary, _, false):
            return finding(
                "\(engine) takes writes on one member, and \(name) is to take them on all",
                at: context.span(style), label: "\(engine) has no such replication",
                secondary: [context.label(path["workload"], engine)],
                fixes: fix(style, "primary-replica", context))
        case (_, true, false):
            return finding(
                "\(engine) takes writes on one member, and \(name) is active-active",
                at: context.span(path["kind"]), label: "every member would be the primary",
                secondary: [context.label(path["workload"], engine)],
                fixes: fix(path["kind"], "active-passive", context))
        case (.multiPrimary, false, true):
            return finding(
                "\(name) is active-passive, and is to take writes on all members",
                at: context.span(style), label: "an active-passive cluster has one primary", secondary: [kindLabel],
                help: ["write 'mode: active-active', or 'style: primary-replica'"],
                fixes: fix(path["kind"], "active-active", context))
        case (.primaryReplica, true, true):
            return finding(
                "\(name) is active-active, and copies from one primary",
                at: context.span(style), label: "only one member would take writes", secondary: [kindLabel],
                help: ["write 'style: multi-primary', or 'mode: active-passive'"],
                fixes: fix(style, "multi-primary", context))
        default: return nil
        }
    }

    /// Whether writes wait, against what the database has.
    private func judgeMode(_ cluster: Model.Cluster, _ path: ModelPath, _ context: RuleContext) -> Diagnostic? {
        guard let replication = cluster.replication else { return nil }
        let name = "cluster '\(cluster.name)'"
        let (mode, acknowledgements) = (path["replication"]["mode"], path["replication"]["acknowledgements"])
        switch (cluster.workload.kind, replication.mode, replication.style) {
        case ("redis", .synchronous, .primaryReplica):
            return finding(
                "redis confirms writes before its replicas have them, and \(name) is to be synchronous",
                at: context.span(mode), label: "redis has no such replication",
                secondary: [context.label(path["workload"], "redis")],
                help: ["write 'mode: asynchronous' and 'maximumLag: 16MiB'"], fixes: fix(mode, "asynchronous", context))
        case ("mariadb", .asynchronous, .multiPrimary):
            return finding(
                "the primaries of \(name) confirm a write when all have it, and are to be asynchronous",
                at: context.span(mode), label: "several primaries are always synchronous",
                secondary: [context.label(path["replication"]["style"], "every member takes writes")],
                fixes: fix(mode, "synchronous", context))
        case ("mariadb", .synchronous, .primaryReplica):
            guard let count = replication.acknowledgements, count > 1, count < cluster.memberCount else { return nil }
            return finding(
                "a write of \(name) is to wait for \(count) replicas, and mariadb waits for one",
                at: context.span(acknowledgements), label: "mariadb waits for one",
                fixes: fix(acknowledgements, "1", context))
        default: return nil
        }
    }

    private func fix(_ path: ModelPath, _ word: String, _ context: RuleContext) -> [Diagnostic.Fix] {
        context.textSpan(path).map { [.init("write '\(word)'", [.init($0, word)], .maybe)] } ?? []
    }
}
