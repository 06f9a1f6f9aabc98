internal import Hagen

/// A balancer that one lost zone takes down.
struct BalancerInOneZone: Rule {
    let code = DiagnosticCode(159)
    let title = "all hosts of a balancer in one zone"
    let severity = Diagnostic.Severity.warning
    let needsTheWhole = true
    let explanation = Explanation(
        finds: "A balancer on two or more hosts, all of them in one zone, where the topology has hosts in other "
            + "zones, and no other balancer leads to the same members from there.",
        why: "The balancer bears the loss of a host, but not that of the zone; then the members in other zones "
            + "are up, and nobody reaches them.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
              a2: {address: 10.0.0.13/24, zone: eu-1a}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, b1]
            balancers:
              web: {on: [a1, a2], protocol: http, listen: 80, to: api, check: {http: /ready}}
            """,
        fix: "Put it on a host of another zone too.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
          a2: {address: 10.0.0.13/24, zone: eu-1a}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, b1]
        balancers:
          web: {on: [a1, a2, b1], protocol: http, listen: 80, to: api, check: {http: /ready}}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        let zones = Set(context.model.hosts.filter { !$0.witness }.map(\.zone))
        guard zones.count > 1 else { return [] }
        var zonesByTarget: [String: Set<String>] = [:]
        for balancer in context.model.balancers {
            let own = balancer.hosts.compactMap { context.host(named: $0)?.zone }
            zonesByTarget[balancer.target.text, default: []].formUnion(own)
        }
        return context.model.balancers.enumerated().compactMap { index, balancer in
            let hosts = Set(balancer.hosts).sorted().compactMap(context.host(named:))
            guard hosts.count > 1, let zone = hosts.first?.zone, zonesByTarget[balancer.target.text]?.count == 1,
                let cluster = context.cluster(named: balancer.target.cluster)
            else { return nil }
            // Where the members are all there too, that is the finding.
            let members = ZoneShares(of: cluster, context)
            guard cluster.workload.kind == "external" || members.count > 1 else { return nil }
            let elsewhere = members.shares.filter { $0.zone != zone }.flatMap { $0.hosts.map(\.name) }
            return finding(
                "the loss of zone '\(zone)' cuts all clients off from cluster '\(cluster.name)'",
                at: context.span(ModelPath.root["balancers"][index]["hosts"]),
                label: "\(hosts.count) hosts, all of them in '\(zone)'",
                secondary: hosts.prefix(3).map { host in
                    context.label(context.path(ofHost: host.name).map { $0["zone"] }, "zone of '\(host.name)'")
                },
                notes: elsewhere.isEmpty
                    ? [] : ["members in other zones: \(elsewhere.prefix(6).joined(separator: ", "))"],
                help: [
                    "put it on a host of another zone too: \(zones.subtracting([zone]).sorted().prefix(4).joined(separator: ", "))"
                ])
        }
    }
}
