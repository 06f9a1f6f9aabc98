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
        var hosts = DeclaredNames(.host, model.hosts.map(\.name))
        var clusters = DeclaredNames(.cluster, model.clusters.map(\.name))
        var receivers = DeclaredNames(.receiver, model.monitoring.receivers.map(\.name))
        var findings: [Diagnostic] = []
        func judge(
            _ name: String, among known: inout DeclaredNames, at path: @autoclosure () -> ModelPath,
            _ user: @autoclosure () -> String
        ) {
            guard !known.contains(name), !context.mayHold(known.kind, name) else { return }
            findings.append(unknown(name, &known, at: path(), user(), context))
        }
        for (index, cluster) in model.clusters.enumerated() {
            let path = root["clusters"][index]
            for (place, member) in cluster.members.enumerated() {
                judge(
                    member.host, among: &hosts, at: path["members"][place]["host"], "cluster '\(cluster.name)'")
            }
            for (place, virtualIP) in cluster.virtualIPs.enumerated() {
                guard let host = virtualIP.prefers else { continue }
                judge(
                    host, among: &hosts, at: path["virtualIPs"][place]["prefers"], "cluster '\(cluster.name)'")
            }
        }
        for (index, balancer) in model.balancers.enumerated() {
            let path = root["balancers"][index]
            for (place, host) in balancer.hosts.enumerated() {
                judge(host, among: &hosts, at: path["hosts"][place], "balancer '\(balancer.name)'")
            }
            judge(
                balancer.target.cluster, among: &clusters, at: path["target"]["cluster"],
                "balancer '\(balancer.name)'")
        }
        for (index, alert) in model.monitoring.alerts.enumerated() {
            for (place, receiver) in alert.receivers.enumerated() {
                judge(
                    receiver, among: &receivers, at: root["monitoring"]["alerts"][index]["receivers"][place],
                    "alert '\(alert.name)'")
            }
        }
        for (index, route) in model.monitoring.routes.enumerated() {
            for (place, receiver) in route.receivers.enumerated() {
                judge(
                    receiver, among: &receivers, at: root["monitoring"]["routes"][index]["receivers"][place], "a route")
            }
        }
        for (index, objective) in model.objectives.enumerated() {
            judge(
                objective.cluster, among: &clusters, at: root["objectives"][index]["cluster"],
                "objective '\(objective.name)'")
        }
        if case .etcd(let members, _) = model.coordination {
            for (place, host) in members.enumerated() {
                judge(host, among: &hosts, at: root["coordination"]["hosts"][place], "the store")
            }
        }
        return findings
    }

    private func unknown(
        _ name: String, _ known: inout DeclaredNames, at path: ModelPath, _ user: String, _ context: RuleContext
    ) -> Diagnostic {
        let noun = known.noun
        let meant = known.vocabulary.nearest(to: name)
        var fixes: [Diagnostic.Fix] = []
        if let meant, let span = context.textSpan(path) {
            fixes.append(.init("write '\(meant)'", [.init(span, meant)], .maybe))
        }
        return finding(
            "there is no \(noun) '\(name)', which \(user) names", at: context.span(path),
            label: meant.map { "did you mean '\($0)'?" } ?? "no such \(noun)",
            notes: context.isWhole(known.kind) ? [known.note] : [],
            help: [noun == "cluster" ? "in Swift, a cluster must be listed in the topology's braces" : ""].filter {
                !$0.isEmpty && context.isSwift
            }, fixes: fixes)
    }
}

/// The names of one kind of part. What only a finding needs is made once, and only where there is one.
private struct DeclaredNames {
    let kind: Omissions.Kind
    private let names: [String]
    private let distinct: Set<String>
    lazy var vocabulary = Vocabulary(names)
    lazy var note = names.isEmpty ? "no \(noun) is declared" : "declared: \(list)"

    var noun: String { "\(kind)" }

    init(_ kind: Omissions.Kind, _ names: [String]) {
        self.kind = kind
        self.names = names
        distinct = Set(names)
    }

    func contains(_ name: String) -> Bool { distinct.contains(name) }

    /// At most a dozen.
    private var list: String {
        distinct.sorted().prefix(12).joined(separator: ", ")
            + (distinct.count > 12 ? " and \(distinct.count - 12) more" : "")
    }
}
