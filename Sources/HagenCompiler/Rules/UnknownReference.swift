internal import Hagen

/// A name that no part has.
struct UnknownReference: Rule {
    let code = DiagnosticCode(102)
    let title = "unknown reference"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "The name of a host, a cluster or a receiver that the topology does not declare.",
        why: "Nothing can be put on a host that nobody knows, sent to a cluster that is not there, or told to a "
            + "receiver without an address.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              web1: {address: 10.0.0.11/24, zone: eu-1a}
              web2: {address: 10.0.0.12/24, zone: eu-1b}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [web1, wbe2]
            """,
        fix: "Correct the name, or declare the part. In Swift, a cluster that a balancer or an objective uses must "
            + "also be listed in the topology's braces.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          web1: {address: 10.0.0.11/24, zone: eu-1a}
          web2: {address: 10.0.0.12/24, zone: eu-1b}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [web1, web2]
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        let (model, root) = (context.model, ModelPath.root)
        let hosts = model.hosts.map(\.name)
        let clusters = model.clusters.map(\.name)
        let receivers = model.monitoring.receivers.map(\.name)
        let sets = ["host": Set(hosts), "cluster": Set(clusters), "receiver": Set(receivers)]
        var findings: [Diagnostic] = []
        func judge(
            _ name: String, among known: [String], _ noun: String, at path: @autoclosure () -> ModelPath,
            _ user: @autoclosure () -> String
        ) {
            guard sets[noun]?.contains(name) != true else { return }
            findings.append(unknown(name, known, noun, at: path(), user(), context))
        }
        for (index, cluster) in model.clusters.enumerated() {
            let path = root["clusters"][index]
            for (place, member) in cluster.members.enumerated() {
                judge(
                    member.host, among: hosts, "host", at: path["members"][place]["host"], "cluster '\(cluster.name)'")
            }
            for (place, virtualIP) in cluster.virtualIPs.enumerated() {
                guard let host = virtualIP.prefers else { continue }
                judge(
                    host, among: hosts, "host", at: path["virtualIPs"][place]["prefers"], "cluster '\(cluster.name)'")
            }
        }
        for (index, balancer) in model.balancers.enumerated() {
            let path = root["balancers"][index]
            for (place, host) in balancer.hosts.enumerated() {
                judge(host, among: hosts, "host", at: path["hosts"][place], "balancer '\(balancer.name)'")
            }
            judge(
                balancer.target.cluster, among: clusters, "cluster", at: path["target"]["cluster"],
                "balancer '\(balancer.name)'")
        }
        for (index, alert) in model.monitoring.alerts.enumerated() {
            for (place, receiver) in alert.receivers.enumerated() {
                judge(
                    receiver, among: receivers, "receiver",
                    at: root["monitoring"]["alerts"][index]["receivers"][place], "alert '\(alert.name)'")
            }
        }
        for (index, route) in model.monitoring.routes.enumerated() {
            for (place, receiver) in route.receivers.enumerated() {
                judge(
                    receiver, among: receivers, "receiver",
                    at: root["monitoring"]["routes"][index]["receivers"][place], "a route")
            }
        }
        for (index, objective) in model.objectives.enumerated() {
            judge(
                objective.cluster, among: clusters, "cluster", at: root["objectives"][index]["cluster"],
                "objective '\(objective.name)'")
        }
        if case .etcd(let members) = model.coordination {
            for (place, host) in members.enumerated() {
                judge(host, among: hosts, "host", at: root["coordination"]["hosts"][place], "the store")
            }
        }
        return findings
    }

    private func unknown(
        _ name: String, _ known: [String], _ noun: String, at path: ModelPath, _ user: String, _ context: RuleContext
    ) -> Diagnostic {
        let meant = Spelling.nearest(to: name, among: known)
        var fixes: [Diagnostic.Fix] = []
        if let meant, let span = context.textSpan(path) {
            fixes.append(.init("write '\(meant)'", [.init(span, meant)], .maybe))
        }
        let names = known.isEmpty ? "no \(noun) is declared" : "declared: \(list(Set(known).sorted()))"
        return finding(
            "there is no \(noun) '\(name)', which \(user) names", at: context.span(path),
            label: meant.map { "did you mean '\($0)'?" } ?? "no such \(noun)", notes: [names],
            help: [noun == "cluster" ? "in Swift, a cluster must be listed in the topology's braces" : ""].filter {
                !$0.isEmpty && context.isSwift
            }, fixes: fixes)
    }

    /// At most a dozen.
    private func list(_ names: [String]) -> String {
        names.prefix(12).joined(separator: ", ") + (names.count > 12 ? " and \(names.count - 12) more" : "")
    }
}
