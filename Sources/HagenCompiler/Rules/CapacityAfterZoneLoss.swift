internal import Hagen

/// A cluster whose strongest hosts are in one zone.
struct CapacityAfterZoneLoss: Rule {
    let code = DiagnosticCode(152)
    let title = "too little capacity after the loss of a zone"
    let severity = Diagnostic.Severity.warning
    let needsTheWhole = true
    let explanation = Explanation(
        finds: "A cluster whose hosts all say their 'capacity', and whose members are enough after the loss of any "
            + "zone, but not their capacity: less is left than the share that 'minimumHealthy' is of all members.",
        why: "The promise counts members as if they were alike. After the loss of the zone with the strong hosts "
            + "the weak ones get all the load, and fail under it one after the other.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a, capacity: 100}
              b1: {address: 10.0.0.12/24, zone: eu-1b, capacity: 20}
              c1: {address: 10.0.0.13/24, zone: eu-1c, capacity: 20}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, b1, c1]
                minimumHealthy: 2
            """,
        fix: "Spread the capacity over the zones as evenly as the members, add hosts to the weak zones, or lower "
            + "'minimumHealthy' where less is enough.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a, capacity: 100}
          b1: {address: 10.0.0.12/24, zone: eu-1b, capacity: 100}
          c1: {address: 10.0.0.13/24, zone: eu-1c, capacity: 100}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, b1, c1]
            minimumHealthy: 2
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.clusters.enumerated().compactMap { index, cluster in
            guard let minimum = cluster.minimumHealthy, minimum > 0,
                [.loadBalancing, .activeActive].contains(cluster.kind)
            else { return nil }
            let zones = ZoneShares(of: cluster, context)
            guard zones.count > 1, let largest = zones.largest, zones.total - largest.count >= minimum else {
                return nil
            }
            let capacities = zones.shares.map { $0.hosts.compactMap { $0.capacity.map(Double.init) } }
            guard capacities.joined().count == zones.total,
                zones.shares.allSatisfy({
                    $0.hosts.allSatisfy { $0.capacity.map(Model.Host.capacities.contains) == true }
                })
            else { return nil }
            let sums = capacities.map { $0.reduce(0, +) }
            let total = sums.reduce(0, +)
            let needed = total * Double(minimum) / Double(zones.total)
            guard let worst = sums.indices.max(by: { sums[$0] < sums[$1] }), total - sums[worst] < needed else {
                return nil
            }
            let zone = zones.shares[worst]
            let path = ModelPath.root["clusters"][index]
            func whole(_ number: Double) -> String { String(Int64(number.rounded())) }
            func percent(_ part: Double) -> String { whole(100 * part / total) + " %" }
            return finding(
                "the loss of zone '\(zone.zone)' leaves cluster '\(cluster.name)' \(percent(total - sums[worst])) of its "
                    + "capacity, and it needs \(percent(needed))",
                at: context.span(path["minimumHealthy"]),
                label: "\(minimum) of \(zones.total) members, so \(whole(needed)) of the capacity of \(whole(total))",
                secondary: zone.hosts.prefix(2).map { host in
                    context.label(
                        context.path(ofHost: host.name).map { $0["capacity"] },
                        "of the \(whole(sums[worst])) in '\(zone.zone)'")
                },
                help: ["spread the capacity over the zones, or lower 'minimumHealthy' where less is enough"])
        }
    }
}
