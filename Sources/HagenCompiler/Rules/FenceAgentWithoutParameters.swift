internal import Hagen

/// A fence agent that is not told what to turn off.
struct FenceAgentWithoutParameters: Rule {
    let code = DiagnosticCode(130)
    let title = "fence agent without parameters"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "Fencing by an agent, such as fence_ipmilan, that has no parameters.",
        why: "The agent would not know which device to speak to. It fails in the moment in which a lost host has to be "
            + "proven dead, and without that proof nobody takes over.",
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
        fix: "Give the parameters that the agent's manual page asks for, such as the address of the device: "
            + "'parameters: {ip: 10.0.1.11}'.")
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
            fencing: [{agent: {name: fence_ipmilan, parameters: {ip: 10.0.1.11}}}]
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().flatMap { index, cluster -> [Diagnostic] in
            guard cluster.needsLease else { return [] }
            return cluster.failover.fencing.enumerated().compactMap { place, fencing in
                guard case .agent(let name, let parameters) = fencing, parameters.isEmpty else { return nil }
                return finding(
                    "fence agent '\(name)' of cluster '\(cluster.name)' is not told what to turn off",
                    at: context.span(ModelPath.root["clusters"][index]["failover"]["fencing"][place]["name"]),
                    label: "no parameters",
                    help: ["add what its manual page asks for, such as 'parameters: {ip: 10.0.1.11}'"])
            }
        }
    }
}
