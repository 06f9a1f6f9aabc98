internal import Hagen

/// A time so short that an engine would do nothing else, or so long that it never ends.
struct IntervalOutOfRange: Rule {
    let code = DiagnosticCode(120)
    let title = "interval out of range"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A lease outside of \(Self.text(Model.Lease.durations)), a renewal outside of "
            + "\(Self.text(Model.Lease.renewals)), a heartbeat outside of \(Self.text(Model.Failover.heartbeats)), a "
            + "check outside of \(Self.text(Model.Check.intervals)), a monitor that measures outside of "
            + "\(Self.text(Model.Monitoring.intervals)); and a check whose time-out is longer than the time from one "
            + "check to the next.",
        why: "Shorter ones keep engines busy with themselves, and are within what kernels and disks are late on an "
            + "ordinary day. Checks that overlap would be counted twice.",
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
              web: {on: [a1, b1], protocol: http, listen: 80, to: api, check: {http: /ready, every: 1s, timeout: 2s}}
            """,
        fix: "Choose a time in the range; leave 'timeout' out or at most as long as 'every'.")
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
          web: {on: [a1, b1], protocol: http, listen: 80, to: api, check: {http: /ready, every: 2s, timeout: 2s}}
        """

    private static func text(_ range: ClosedRange<Duration>) -> String {
        "\(range.lowerBound.text) to \(range.upperBound.text)"
    }

    func check(_ context: RuleContext) -> [Diagnostic] {
        let (model, root) = (context.model, ModelPath.root)
        var findings: [Diagnostic] = []
        func judge(_ duration: Duration?, _ what: String, _ range: ClosedRange<Duration>, at path: ModelPath) {
            guard let duration, !range.contains(duration) else { return }
            findings.append(
                finding(
                    "\(what) of \(duration.text) is too \(duration < range.lowerBound ? "short" : "long")",
                    at: context.span(path), label: Self.text(range)))
        }
        func judge(_ check: Model.Check?, _ what: String, at path: ModelPath) {
            guard let check else { return }
            judge(check.every, "an interval of \(what)", Model.Check.intervals, at: path["every"])
            judge(
                check.timeout, "a time-out of \(what)", .milliseconds(1)...Model.Check.intervals.upperBound,
                at: path["timeout"])
            let every = check.every ?? Defaults.checkEvery
            guard let timeout = check.timeout, timeout > every else { return }
            findings.append(
                finding(
                    "\(what) may take \(timeout.text) and is made every \(every.text)",
                    at: context.span(path["timeout"]), label: "longer than \(every.text)",
                    secondary: [check.every == nil ? nil : context.label(path["every"], "from one to the next")]))
        }
        for (index, cluster) in model.clusters.enumerated() {
            let path = root["clusters"][index]["failover"]
            let name = "cluster '\(cluster.name)'"
            let lease = cluster.failover.lease
            judge(lease?.duration, "a lease of \(name)", Model.Lease.durations, at: path["lease"]["duration"])
            judge(lease?.renew, "a renewal of \(name)", Model.Lease.renewals, at: path["lease"]["renew"])
            judge(
                cluster.failover.heartbeat, "a heartbeat of \(name)", Model.Failover.heartbeats,
                at: path["heartbeat"])
            judge(cluster.failover.check, "the check of \(name)", at: path["check"])
        }
        for (index, balancer) in model.balancers.enumerated() {
            judge(balancer.check, "the check of balancer '\(balancer.name)'", at: root["balancers"][index]["check"])
        }
        judge(
            model.monitoring.interval, "an interval of the monitor", Model.Monitoring.intervals,
            at: root["monitoring"]["interval"])
        return findings
    }
}
