internal import Hagen

/// A host that nothing runs on, or a receiver that nobody notifies.
struct UnusedPart: Rule {
    let code = DiagnosticCode(127)
    let title = "part that nothing uses"
    let severity = Diagnostic.Severity.warning
    let needsTheWhole = true
    let explanation = Explanation(
        finds: "A host that no cluster, no balancer and no store names, and a receiver that nothing notifies.",
        why: "A spare host that was never made a member takes nothing over on the day on which it is needed, and a "
            + "receiver that nothing notifies stays silent: both look like protection, and are none.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
              c1: {address: 10.0.0.13/24, zone: eu-1c}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, b1]
            """,
        fix: "Name the host below 'members' or 'on', and the receiver in an alert; or take the part away. A host that "
            + "is kept for later can be allowed with a reason.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
          c1: {address: 10.0.0.13/24, zone: eu-1c}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, b1]
          jobs:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/jobs]}}
            members: [a1, c1]
        """

    func check(_ context: RuleContext) -> [Diagnostic] { unusedHosts(context) + unusedReceivers(context) }

    private func unusedHosts(_ context: RuleContext) -> [Diagnostic] {
        let model = context.model
        // Before the first cluster or balancer is written every host is unused.
        guard !model.clusters.isEmpty || !model.balancers.isEmpty else { return [] }
        var named = Set(model.clusters.flatMap(\.members).map(\.host) + model.balancers.flatMap(\.hosts))
        switch model.coordination {
        case .etcd(let hosts, _): named.formUnion(hosts)
        case .embedded:
            if model.clusters.contains(where: \.needsLease), let first = model.hosts.map(\.name).min() {
                named.insert(first)
            }
        }
        // What Hagen does not run may run on a host that it knows.
        let outside = Set(model.clusters.flatMap(\.externalAddresses))
        for host in model.hosts {
            if let address = AddressWithPrefix(host.address)?.address, outside.contains(address) {
                named.insert(host.name)
            }
        }
        let used = used(named, among: model.hosts.map(\.name))
        return model.hosts.enumerated().compactMap { index, host in
            let path = ModelPath.root["hosts"][index]
            guard !used.contains(host.name), context.path(ofHost: host.name) == path else { return nil }
            guard !host.witness else {
                return finding(
                    "host '\(host.name)' is a witness, and the store does not run on it",
                    at: context.span(path["name"]), label: "witness of nothing",
                    secondary: [context.label(path["witness"], "a witness runs the store and nothing else")],
                    help: ["name it in 'coordination: {etcd: {hosts: [...]}}'"])
            }
            return finding(
                "nothing runs on host '\(host.name)'", at: context.span(path["name"]),
                label: "no cluster, balancer or store names it",
                help: ["make it a member, or take it away"])
        }
    }

    private func unusedReceivers(_ context: RuleContext) -> [Diagnostic] {
        let monitoring = context.model.monitoring
        let named = Set(monitoring.alerts.flatMap(\.receivers) + monitoring.routes.flatMap(\.receivers))
        let used = used(named, among: monitoring.receivers.map(\.name))
        var judged: Set<String> = []
        return monitoring.receivers.enumerated().compactMap { index, receiver in
            guard judged.insert(receiver.name).inserted, !used.contains(receiver.name) else { return nil }
            let alerts = monitoring.alerts.count
            return finding(
                "nothing notifies receiver '\(receiver.name)'",
                at: context.span(ModelPath.root["monitoring"]["receivers"][index]["name"]),
                label: alerts == 0 ? "there is no alert" : "no alert and no route names it",
                help: ["name it in an alert or a route: 'receiver: \(receiver.name)'"])
        }
    }

    /// With the parts that mistyped names probably mean: the unknown name is another rule's finding, and the only one.
    private func used(_ named: Set<String>, among known: [String]) -> Set<String> {
        let vocabulary = Vocabulary(known.sorted())
        return named.union(named.subtracting(known).sorted().compactMap(vocabulary.nearest(to:)))
    }
}

extension Model.Cluster {
    /// Where the endpoints of an external workload are.
    fileprivate var externalAddresses: [IPAddress] {
        guard case .external(let endpoints) = workload else { return [] }
        return endpoints.compactMap { SocketAddress($0)?.address }
    }
}
