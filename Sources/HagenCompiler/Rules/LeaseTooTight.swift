internal import Hagen

/// A lease that one late renewal or greeting loses.
struct LeaseTooTight: Rule {
    let code = DiagnosticCode(109)
    let title = "lease against renewal and heartbeat"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds:
            "A failover cluster whose lease leaves no room for two renewals before its holder must stop (four fifths "
            + "of the lease after the last one), or less than two heartbeats.",
        why: "One renewal that is late or lost would depose a healthy member: the cluster would fail over for "
            + "nothing. One lost greeting would make a healthy candidate look gone.",
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
                workload: {process: {command: [/usr/bin/orders], port: 7000}}
                members: [a1, b1]
                lease: {duration: 1s, renew: 500ms}
            """,
        fix: "Renew more often, or make the lease longer: a quarter of the lease is a good interval. A longer lease "
            + "makes a failover take longer.")
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
            workload: {process: {command: [/usr/bin/orders], port: 7000}}
            members: [a1, b1]
            lease: {duration: 1s, renew: 400ms}
            heartbeat: 500ms
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().flatMap { index, cluster -> [Diagnostic] in
            guard cluster.needsLease else { return [] }
            let path = ModelPath.root["clusters"][index]["failover"]
            let lease = cluster.failover.lease ?? Defaults.lease
            return [
                judgeRenewal(lease, of: cluster, at: path["lease"], context),
                judgeHeartbeat(cluster.failover.heartbeat ?? Defaults.heartbeat, lease, of: cluster, at: path, context),
            ].compactMap(\.self)
        }
    }

    private func judgeRenewal(
        _ lease: Model.Lease, of cluster: Model.Cluster, at path: ModelPath, _ context: RuleContext
    ) -> Diagnostic? {
        let stop = Defaults.stop(lease: lease.duration)
        guard lease.renew * 2 > stop else { return nil }
        let better = Duration.nanoseconds(max(lease.duration.nanoseconds / 4, 1)).text
        let fits = lease.renew > stop ? "no renewal fits" : "only one renewal fits"
        return finding(
            "the lease of cluster '\(cluster.name)' is lost with the first renewal that is late",
            at: context.span(path["renew"]), label: "\(fits) into the \(stop.text) after which the holder must stop",
            secondary: [context.label(path["duration"], "stops its holder after \(stop.text), four fifths of it")],
            help: ["renew at least every \(Duration.nanoseconds(stop.nanoseconds / 2).text)"],
            fixes: context.textSpan(path["renew"]).map { [.init("write '\(better)'", [.init($0, better)], .maybe)] }
                ?? [])
    }

    private func judgeHeartbeat(
        _ heartbeat: Duration, _ lease: Model.Lease, of cluster: Model.Cluster, at path: ModelPath,
        _ context: RuleContext
    ) -> Diagnostic? {
        guard heartbeat * 2 > lease.duration else { return nil }
        return finding(
            "less than two heartbeats of cluster '\(cluster.name)' fit into its lease",
            at: context.span(path["heartbeat"]), label: "\(heartbeat.text)",
            secondary: [context.label(path["lease"]["duration"], "a lease of \(lease.duration.text)")],
            help: ["greet at least every \(Duration.nanoseconds(lease.duration.nanoseconds / 2).text)"])
    }
}
