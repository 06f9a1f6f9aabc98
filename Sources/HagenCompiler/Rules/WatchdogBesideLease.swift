internal import Hagen

/// A watchdog that resets a host only after another member may act.
struct WatchdogBesideLease: Rule {
    let code = DiagnosticCode(139)
    let title = "watchdog later than the takeover"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "Fencing by a watchdog, with a lease that leaves no room for the 2 s that the device counts and for two "
            + "renewals.",
        why: "A watchdog counts whole seconds from the last time it was fed. With a long enough lease it is fed so "
            + "that it resets a host that cannot end its workload before another member may act. With a shorter one "
            + "it would reset hosts that are well, so it is a last resort there: some 5 s after the holder's deadline, "
            + "when another member is active already.",
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
                lease: {duration: 2s, renew: 500ms}
                fencing: [{watchdog: /dev/watchdog}]
            """,
        fix: "Make the lease 2 s and two renewals long. Or allow the warning with the reason: the supervisor and the "
            + "kernel's packet filter stop the holder in time, and what they cannot stop may wait for the watchdog.")
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
            lease: {duration: 3s, renew: 500ms}
            fencing: [{watchdog: /dev/watchdog}]
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().compactMap { index, cluster in
            guard cluster.needsLease, let timing = cluster.leaseTiming, !timing.outlastsWatchdog,
                Model.Lease.durations.contains(timing.duration),
                let place = cluster.failover.fencing.firstIndex(where: \.isWatchdog)
            else { return nil }
            let path = ModelPath.root["clusters"][index]["failover"]
            let needed = LeaseTiming.watchdogTimeout + timing.renew * 2
            return finding(
                "the watchdog of cluster '\(cluster.name)' resets a host only after another member may act",
                at: context.span(path["fencing"][place]),
                label: "counts \(LeaseTiming.watchdogTimeout.text), the lease lasts \(timing.duration.text)",
                secondary: cluster.failover.lease == nil
                    ? [] : [context.label(path["lease"]["duration"], "\(needed.text) would do")],
                help: [
                    "make the lease \(needed.text), renewed every \(timing.renew.text), or allow this: the supervisor "
                        + "and the packet filter stop the holder before"
                ])
        }
    }
}

extension Model.Fencing {
    var isWatchdog: Bool {
        if case .watchdog = self { return true }
        return false
    }
}
