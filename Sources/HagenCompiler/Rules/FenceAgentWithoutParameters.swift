internal import Hagen

/// A fence agent that is not told what to turn off, or the same of every host.
struct FenceAgentWithoutParameters: Rule {
    let code = DiagnosticCode(130)
    let title = "fence agent without parameters"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "Fencing by an agent, such as fence_ipmilan, that has no parameters; that is told the same whichever "
            + "member it has to turn off; or a parameter with a '{…}' that stands for nothing on a member's host.",
        why: "The agent would not know which device to speak to, or would turn off a host that is well: it acts in "
            + "the moment in which a lost host has to be proven dead, and nobody looks over its shoulder.",
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
                fencing: [{agent: {name: fence_ipmilan}}]
            """,
        fix: "Give the parameters that the agent's manual page asks for, with what differs from host to host as a "
            + "label: 'labels: {bmc: 10.0.1.11}' at the host, and 'parameters: {ip: \"{label.bmc}\"}'. There are also "
            + "{host} and {address}.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 127.0.0.11/8, zone: eu-1a, labels: {bmc: 10.0.1.11}}
          b1: {address: 127.0.0.12/8, zone: eu-1b, labels: {bmc: 10.0.1.12}}
        clusters:
          orders:
            kind: failover
            mode: active-passive
            workload: {process: {command: [/usr/bin/orders], port: 7000}}
            members: [a1, b1]
            fencing: [{agent: {name: fence_ipmilan, parameters: {ip: "{label.bmc}"}}}]
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().flatMap { index, cluster -> [Diagnostic] in
            guard cluster.needsLease else { return [] }
            return cluster.failover.fencing.enumerated().flatMap { place, fencing -> [Diagnostic] in
                guard case .agent(let name, let parameters) = fencing else { return [] }
                let path = ModelPath.root["clusters"][index]["failover"]["fencing"][place]
                let agent = "fence agent '\(name)' of cluster '\(cluster.name)'"
                guard !parameters.isEmpty else {
                    return [
                        finding(
                            "\(agent) is not told what to turn off", at: context.span(path["name"]),
                            label: "no parameters",
                            help: ["add what its manual page asks for, such as 'parameters: {ip: \"{label.bmc}\"}'"])
                    ]
                }
                let unknown = unknownPlaceholders(parameters, of: cluster, agent, at: path["parameters"], context)
                return unknown.isEmpty ? sameForAll(parameters, of: cluster, agent, at: path, context) : unknown
            }
        }
    }

    private func sameForAll(
        _ parameters: [String: String], of cluster: Model.Cluster, _ agent: String, at path: ModelPath,
        _ context: RuleContext
    ) -> [Diagnostic] {
        let hosts = Set(cluster.members.map(\.host)).sorted()
        guard hosts.count > 1, !parameters.values.contains(where: { !FencePlaceholder.all(in: $0).isEmpty }) else {
            return []
        }
        return [
            finding(
                "\(agent) is told the same for \(hosts.map { "'\($0)'" }.joined(separator: ", "))",
                at: context.span(path["name"]), label: "turns off one of them, whichever is lost",
                help: [
                    "say what differs by a label of the hosts, such as 'ip: \"{label.bmc}\"', or by {host}, {address}"
                ])
        ]
    }

    private func unknownPlaceholders(
        _ parameters: [String: String], of cluster: Model.Cluster, _ agent: String, at path: ModelPath,
        _ context: RuleContext
    ) -> [Diagnostic] {
        let hosts = Set(cluster.members.map(\.host)).sorted().compactMap(context.host(named:))
        return parameters.sorted { $0.key < $1.key }.compactMap { key, value in
            for placeholder in FencePlaceholder.all(in: value) {
                if case .unknown = placeholder {
                    return finding(
                        "parameter '\(key)' of \(agent) has '\(placeholder.text)' in it, which stands for nothing",
                        at: context.span(path[key]), label: "the agent would be told it as it is",
                        help: ["there are {host}, {address}, {label.NAME} and {credential.NAME}"])
                }
                guard case .label(let label) = placeholder,
                    let host = hosts.first(where: { $0.labels[label] == nil })
                else { continue }
                return finding(
                    "parameter '\(key)' of \(agent) takes label '\(label)', which host '\(host.name)' does not have",
                    at: context.span(path[key]), label: "stands for nothing there",
                    help: ["give every member's host the label: 'labels: {\(label): …}'"])
            }
            return nil
        }
    }
}
