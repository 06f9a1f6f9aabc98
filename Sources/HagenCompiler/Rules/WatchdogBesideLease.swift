internal import Hagen

/// A watchdog that fires too early or too late for the lease.
struct WatchdogBesideLease: Rule {
    let code = DiagnosticCode(139)
    let title = "watchdog against lease"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds:
            "Fencing by a watchdog, where no whole second lies after the moment at which the holder must have stopped "
            + "(four fifths of the lease) and up to the end of the lease.",
        why: "A watchdog device counts whole seconds from the last renewal. If it fires before the holder had its time "
            + "to stop, it resets hosts that were about to stop by themselves; if it fires after the lease, another "
            + "member is active already, and two write at once.",
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
                lease: {duration: 1500ms, renew: 300ms}
                fencing: [{watchdog: /dev/watchdog}]
            """,
        fix: "Make the lease a whole number of seconds. Without a watchdog any lease will do.")
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
            lease: {duration: 2s, renew: 500ms}
            fencing: [{watchdog: /dev/watchdog}]
        """

    private static let second: Int64 = 1_000_000_000

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().compactMap { index, cluster in
            let lease = (cluster.failover.lease ?? Defaults.lease).duration
            guard cluster.needsLease, Model.Lease.durations.contains(lease),
                let place = cluster.failover.fencing.firstIndex(where: \.isWatchdog)
            else { return nil }
            let stop = Defaults.stop(lease: lease)
            let seconds = lease.nanoseconds / Self.second
            guard seconds < 1 || Duration.nanoseconds(seconds * Self.second) <= stop else { return nil }
            let path = ModelPath.root["clusters"][index]["failover"]
            let longer = Duration.nanoseconds((seconds + 1) * Self.second).text
            let early =
                seconds < 1 ? "" : "\(Duration.nanoseconds(seconds * Self.second).text) is too early, "
            return finding(
                "the watchdog of cluster '\(cluster.name)' cannot fire between \(stop.text) and \(lease.text)",
                at: context.span(path["lease"]["duration"]),
                label: "the holder stops after \(stop.text), others may start after \(lease.text)",
                secondary: [
                    context.label(
                        path["fencing"][place],
                        "counts whole seconds: \(early)\(longer) is too late")
                ],
                help: ["make the lease \(longer)"],
                fixes: context.textSpan(path["lease"]["duration"]).map {
                    [.init("write '\(longer)'", [.init($0, longer)], .maybe)]
                } ?? [])
        }
    }
}

extension Model.Fencing {
    var isWatchdog: Bool {
        if case .watchdog = self { return true }
        return false
    }
}
