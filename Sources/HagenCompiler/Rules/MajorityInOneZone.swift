internal import Hagen

/// A majority that one lost zone takes away.
struct MajorityInOneZone: Rule {
    let code = DiagnosticCode(136)
    let title = "majority in one zone"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A store, or a multi-primary database, of three members or more, of which one zone holds the majority.",
        why: "Both work while more than half of their members are there. Hosts of one zone are taken to fail together: "
            + "with that zone the store is lost, and with the store every failover cluster, the members in other "
            + "zones too.",
        example: """
            apiVersion: hagen/v1
            name: shop
            coordination: {etcd: {hosts: [a1, a2, b1], tls: true}}
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              a2: {address: 10.0.0.12/24, zone: eu-1a}
              b1: {address: 10.0.0.13/24, zone: eu-1b}
            """,
        fix:
            "Spread the members over three zones or more. A small host with 'witness: true' is enough for the store in "
            + "the third. Where there are only two zones, this warning says the truth about them.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        coordination: {etcd: {hosts: [a1, b1, c1], tls: true}}
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
          c1: {address: 10.0.0.13/24, zone: eu-1c}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        // An even number is another rule's finding; of one member there is nothing to spread.
        if case .etcd(let names, _) = context.model.coordination, Set(names).count % 2 == 1,
            let (zone, held, count) = majority(of: names, context)
        {
            let taken = Set(names)
            let free = context.model.hosts.filter { $0.zone != zone && !taken.contains($0.name) }.map(\.name)
            findings.append(
                finding(
                    "the loss of zone '\(zone)' stops the store: it holds \(held.count) of \(count) members",
                    at: context.span(ModelPath.root["coordination"]["hosts"]),
                    label: "\(held.count) of \(count) members in '\(zone)'",
                    secondary: labels(held, context),
                    help: [
                        free.isEmpty
                            ? "declare a host in another zone for it; with 'witness: true' it runs the store and nothing else"
                            : "in other zones: \(Set(free).sorted().prefix(6).joined(separator: ", "))"
                    ]))
        }
        for (index, cluster) in context.model.clusters.enumerated() where cluster.hasSeveralPrimaries {
            guard cluster.memberCount % 2 == 1,
                let (zone, held, count) = majority(of: cluster.members.map(\.host), context),
                // All in one zone is another rule's finding.
                held.count < count
            else { continue }
            findings.append(
                finding(
                    "the loss of zone '\(zone)' stops cluster '\(cluster.name)': it holds \(held.count) of \(count) primaries",
                    at: context.span(ModelPath.root["clusters"][index]["members"]),
                    label: "\(held.count) of \(count) members in '\(zone)'", secondary: labels(held, context),
                    help: ["move a member to another zone"]))
        }
        return findings
    }

    /// The zone without which no majority is left; `nil` where there is none, or a host is not known.
    private func majority(
        of names: [String], _ context: RuleContext
    ) -> (zone: String, held: [Model.Host], count: Int)? {
        let names = Set(names).sorted()
        let hosts = names.compactMap(context.host(named:))
        guard hosts.count == names.count, hosts.count >= 3 else { return nil }
        let zones = Dictionary(grouping: hosts, by: \.zone)
        for zone in zones.keys.sorted() {
            guard let held = zones[zone], (hosts.count - held.count) * 2 <= hosts.count else { continue }
            return (zone, held, hosts.count)
        }
        return nil
    }

    private func labels(_ hosts: [Model.Host], _ context: RuleContext) -> [Diagnostic.Label?] {
        hosts.prefix(3).map { host in
            context.label(context.path(ofHost: host.name).map { $0["zone"] }, "zone of '\(host.name)'")
        }
    }
}
