internal import Hagen

/// A limit of restarts that no workload can reach within its window.
struct RestartLimitOutOfReach: Rule {
    let code = DiagnosticCode(141)
    let title = "limit of restarts out of reach"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A failover cluster whose 'restarts' allow so many within their window that they do not fit: 'limit' "
            + "times the 'startTime' is longer than 'window'.",
        why: "A workload that dies as soon as it serves is started again and again on its host: the first restarts are "
            + "forgotten before the limit is reached, and the cluster never fails over.",
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
                workload:
                  process:
                    command: [/usr/bin/orders]
                    port: 7000
                    startTime: 5s
                    restarts: {limit: 3, window: 10s}
                members: [a1, b1]
            """,
        fix: "Make the window longer than 'limit' times the start, or lower the limit.")
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
            workload:
              process:
                command: [/usr/bin/orders]
                port: 7000
                startTime: 5s
                restarts: {limit: 3, window: 1m}
            members: [a1, b1]
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().compactMap { index, cluster in
            guard cluster.needsLease, case .process(let process) = cluster.workload,
                let restarts = process.restarts, Model.Restarts.limits.contains(restarts.limit),
                let start = process.startTime, (.zero...Self.longestStart).contains(start),
                start * restarts.limit > restarts.window
            else { return nil }
            let path = ModelPath.root["clusters"][index]["workload"]
            let needed = (start * restarts.limit).text
            let longer = (start * (restarts.limit + 1)).text
            return finding(
                "cluster '\(cluster.name)' may restart its workload for ever: \(restarts.limit) restarts take longer than \(restarts.window.text)",
                at: context.span(path["restarts"]["window"]),
                label:
                    "\(restarts.limit) restarts take \(needed), and the first is forgotten after \(restarts.window.text)",
                secondary: [context.label(path["startTime"], "one start takes \(start.text)")],
                help: ["make the window longer than \(needed), or lower the limit"],
                fixes: context.textSpan(path["restarts"]["window"]).map {
                    [.init("write '\(longer)'", [.init($0, longer)], .maybe)]
                } ?? [])
        }
    }

    /// What is longer is out of its range, which is another rule's finding.
    private static let longestStart: Duration = .seconds(86_400)
}
