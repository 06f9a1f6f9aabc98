internal import Hagen

/// A program of the topology's folder, on hosts that do not have that folder.
struct RelativeProgram: Rule {
    let code = DiagnosticCode(125)
    let title = "relative path of a program"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A process whose program is a path without a leading '/', such as bin/api, with a member on a "
            + "host of a network. Only the program is judged: whether an argument is such a path, as in "
            + "[python3, serve.py], nobody can tell from the text.",
        why: "The lab starts programs from the topology's folder. Hosts have no such folder: the program "
            + "would not be found.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [bin/api], port: 8080}}
                members: [a1, b1]
            """,
        fix: "Install the program on the hosts, and write its absolute path, or its bare name where it is "
            + "in PATH. Write paths in arguments in full too.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 127.0.0.11/8, zone: eu-1a}
          b1: {address: 127.0.0.12/8, zone: eu-1b}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [bin/api], port: 8080}}
            members: [a1, b1]
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        guard context.placement == .declared else { return [] }
        return context.model.clusters.enumerated().compactMap { index, cluster in
            guard case .process(let process) = cluster.workload, let program = process.command.first,
                program.contains("/"), !program.hasPrefix("/"),
                let host = cluster.members.map(\.host).first(where: { host in
                    context.plan.address(of: host).map { !$0.isLoopback } ?? false
                })
            else { return nil }
            return finding(
                "the program of cluster '\(cluster.name)' is not found on host '\(host)': '\(program)' is a relative path",
                at: context.span(ModelPath.root["clusters"][index]["workload"]["command"][0]),
                label: "relative to the topology's folder", notes: ["hosts have no topology folder"],
                help: ["write an absolute path, such as '/usr/\(program)'"])
        }
    }
}
