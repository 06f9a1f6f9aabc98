internal import Hagen

/// A cluster that one lost zone takes down.
struct SharedFailureDomain: Rule {
    let code = DiagnosticCode(107)
    let title = "all members in one zone"
    let severity = Diagnostic.Severity.warning
    let needsTheWhole = true
    let explanation = Explanation(
        finds: "A failover or load-balancing cluster of two or more members, all of them in one zone.",
        why: "Hosts of one zone are taken to fail together: the cluster has spare members, but none that is left when "
            + "the zone is lost.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              a2: {address: 10.0.0.12/24, zone: eu-1a}
              b1: {address: 10.0.0.13/24, zone: eu-1b}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, a2]
              jobs:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/jobs]}}
                members: [a1, b1]
            """,
        fix: "Move a member to a host of another zone, or add one there. Where there is only one zone, this warning "
            + "says the truth about it.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          a2: {address: 10.0.0.12/24, zone: eu-1a}
          b1: {address: 10.0.0.13/24, zone: eu-1b}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, b1]
          jobs:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/jobs]}}
            members: [a2, b1]
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        /// Sorted with the first finding.
        var hostsByName: [Model.Host]?
        return context.model.clusters.enumerated().compactMap { index, cluster in
            guard cluster.kind != .compute else { return nil }
            let hosts = Set(cluster.members.map(\.host)).sorted().compactMap(context.host(named:))
            guard hosts.count >= 2, let zone = hosts.first?.zone, hosts.allSatisfy({ $0.zone == zone }) else {
                return nil
            }
            let sorted = hostsByName ?? context.model.hosts.sorted { $0.name < $1.name }
            hostsByName = sorted
            let elsewhere = Array(sorted.lazy.filter { $0.zone != zone && !$0.witness }.map(\.name).prefix(6))
            let path = ModelPath.root["clusters"][index]
            return finding(
                "\(hosts.count == 2 ? "both" : "all \(hosts.count)") members of cluster '\(cluster.name)' are in zone '\(zone)'",
                at: context.span(path["members"]), label: "\(hosts.count) members, all of them in '\(zone)'",
                secondary: hosts.prefix(3).map { host in
                    context.label(context.path(ofHost: host.name).map { $0["zone"] }, "zone of '\(host.name)'")
                },
                help: elsewhere.isEmpty ? [] : ["in other zones: \(elsewhere.joined(separator: ", "))"])
        }
    }
}
