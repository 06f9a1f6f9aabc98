internal import Hagen

/// An external workload that is to run on hosts, or to fail over.
struct ExternalOnHosts: Rule {
    let code = DiagnosticCode(119)
    let title = "external workload with members or a lease"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A cluster with an external workload that has members, or that is not a load-balancing cluster.",
        why: "Hagen does not run an external workload, so it can neither put it on hosts nor decide which of its "
            + "endpoints is active.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
            clusters:
              legacy:
                kind: load-balancing
                workload: {external: {endpoints: ["10.0.9.1:8080"]}}
                members: [a1]
            """,
        fix: "Leave out 'members', and use 'kind: load-balancing'.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
        clusters:
          legacy:
            kind: load-balancing
            workload: {external: {endpoints: ["10.0.9.1:8080"]}}
        balancers:
          web: {on: [a1, b1], protocol: http, listen: 80, to: legacy, check: {http: /ready}}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().flatMap { index, cluster -> [Diagnostic] in
            guard case .external = cluster.workload else { return [] }
            let path = ModelPath.root["clusters"][index]
            let workload = context.label(path["workload"], "runs outside of Hagen")
            var findings: [Diagnostic] = []
            if !cluster.members.isEmpty {
                findings.append(
                    finding(
                        "cluster '\(cluster.name)' has members, but its workload is external",
                        at: context.span(path["members"]), label: "Hagen runs nothing on them",
                        secondary: [workload], help: ["leave out 'members'"]))
            }
            if cluster.kind != .loadBalancing {
                findings.append(
                    finding(
                        "cluster '\(cluster.name)' is \(cluster.kind.rawValue), but its workload is external",
                        at: context.span(path["kind"]), label: "Hagen cannot decide its roles", secondary: [workload],
                        help: ["use 'kind: load-balancing'"]))
            }
            return findings
        }
    }
}
