internal import Hagen

/// Writes that wait for every standby, so that the loss of any one stops them.
struct WritesStopWithOneStandby: Rule {
    let code = DiagnosticCode(146)
    let title = "writes that stop with one standby"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "Synchronous replication whose writes wait for as many standbys as there are, without 'onDegraded: "
            + "continue'. Unsaid, a write waits for one.",
        why: "The cluster bears the loss of no member: without the primary it fails over, but without any one standby, "
            + "which should hurt nobody, every write hangs.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 127.0.0.11/8, zone: eu-1a}
              b1: {address: 127.0.0.12/8, zone: eu-1b}
            clusters:
              orders:
                kind: failover
                mode: active-passive
                workload: {postgresql: {version: 15}}
                members: [a1, b1]
                replication: {mode: synchronous, acknowledgements: 1}
            """,
        fix: "Add a member, or wait for fewer. 'onDegraded: continue' goes on with the primary alone, whose loss then "
            + "loses confirmed writes. Where no write is better than a write with one copy, allow this warning with "
            + "the reason.")
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
            workload: {postgresql: {version: 15}}
            members: [a1, b1]
            replication: {mode: synchronous, acknowledgements: 1, onDegraded: continue}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().compactMap { index, cluster in
            guard let (needed, standbys) = cluster.synchronousCopies, needed == standbys,
                cluster.replication?.onDegraded != .continue
            else { return nil }
            let path = ModelPath.root["clusters"][index]
            let said = path["replication"]["acknowledgements"]
            let fewer = String(standbys - 1)
            return finding(
                "the loss of one standby stops the writes of cluster '\(cluster.name)'", at: context.span(said),
                label: standbys == 1
                    ? "the only standby must confirm each write" : "all \(standbys) standbys must confirm each write",
                secondary: [context.label(path["members"], "\(standbys + 1) members, one of them the primary")],
                help: [
                    standbys == 1
                        ? "add a member, or say 'onDegraded: continue'"
                        : "wait for \(fewer), add a member, or say 'onDegraded: continue'"
                ],
                fixes: standbys == 1
                    ? [] : context.textSpan(said).map { [.init("write '\(fewer)'", [.init($0, fewer)], .maybe)] } ?? [])
        }
    }
}
