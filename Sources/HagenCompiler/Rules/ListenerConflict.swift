internal import Hagen

/// Two listeners that want one port of one host.
struct ListenerConflict: Rule {
    let code = DiagnosticCode(104)
    let title = "two listeners on one host and port"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "Two of these on one host with one port and overlapping addresses: balancers, members of clusters, the "
            + "monitor (\(Defaults.monitorPort)), the store (\(Defaults.coordinatorPort), of etcd \(Defaults.storePeerPort) and \(Defaults.storeMetricsPort) too). A "
            + "port without an address overlaps every address. Hosts with loopback addresses are one machine.",
        why: "Only the first can listen; the second does not start, or starts and fails again and again.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, b1]
            balancers:
              web: {on: [a1, b1], protocol: http, listen: 8080, to: api, check: {http: /ready}}
            """,
        fix: "Give one of them another port, or put the balancer on other hosts than the members.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, b1]
        balancers:
          web: {on: [a1], protocol: http, listen: "127.0.0.1:8080", to: api, check: {http: /ready}}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        let listeners = DeclaredListener.all(context)
        var conflicts: [Conflict] = []
        let byPort = Dictionary(grouping: listeners.indices) { index in
            "\(listeners[index].machine) \(listeners[index].address.port)"
        }
        var known: [[String]: Int] = [:]
        for key in byPort.keys.sorted() {
            for (first, second) in overlaps(among: byPort[key] ?? [], of: listeners) {
                let (one, other) = (listeners[first], listeners[second])
                if let index = known[[one.part, other.part]] {
                    conflicts[index].hosts.append(other.host)
                } else {
                    known[[one.part, other.part]] = conflicts.count
                    conflicts.append(Conflict(first: one, second: other, hosts: [other.host]))
                }
            }
        }
        return conflicts.map { finding(for: $0, context) }
    }

    /// Each listener of the group with the first one before it that wants the same address: its own, or any where either
    /// listens on every address.
    private func overlaps(among group: [Int], of listeners: [DeclaredListener]) -> [(first: Int, second: Int)] {
        var firstOn: [IPAddress: Int] = [:]
        var firstOnEvery: Int?
        var overlaps: [(Int, Int)] = []
        for second in group {
            let address = listeners[second].address.address
            let first =
                address.isUnspecified
                ? group.first.flatMap { $0 == second ? nil : $0 }
                : [firstOn[address], firstOnEvery].compactMap(\.self).min()
            if let first { overlaps.append((first, second)) }
            if address.isUnspecified, firstOnEvery == nil { firstOnEvery = second }
            if firstOn[address] == nil { firstOn[address] = second }
        }
        return overlaps
    }

    private struct Conflict {
        var first, second: DeclaredListener
        var hosts: [String]
    }

    private func finding(for conflict: Conflict, _ context: RuleContext) -> Diagnostic {
        let (first, second) = (conflict.first, conflict.second)
        let hosts = Set(conflict.hosts).sorted()
        let place =
            (hosts.count == 1 ? "host " : "hosts ")
            + hosts.prefix(4).map { "'\($0)'" }.joined(separator: ", ") + (hosts.count > 4 ? ", …" : "")
        let who =
            first.part == second.part
            ? "\(second.part) would listen more than once" : "\(first.part) and \(second.part) would both listen"
        // What Hagen itself listens on stands nowhere in the topology.
        let primary = second.path ?? first.path
        let moved = context.placement == .loopback ? ["in the lab every listener of a host has the host's address"] : []
        return self.finding(
            "\(who) on port \(second.address.port) of \(place)",
            at: primary.flatMap(context.span),
            label: "\(second.path == nil ? first.address : second.address) on '\(second.host)'",
            secondary: [second.path == nil ? nil : context.label(first.path, "\(first.address) on '\(first.host)'")],
            notes: moved + [first, second].filter { $0.path == nil }.map { "\($0.part) listens on \($0.address)" },
            help: ["give one of them another port"])
    }
}

/// One TCP listener of the placement, and who declared it.
private struct DeclaredListener {
    /// In the words of a message.
    var part: String
    var host: String
    /// Hosts with one text here share their addresses.
    var machine: String
    var address: SocketAddress
    /// `nil`: Hagen's own.
    var path: ModelPath?

    /// In an order in which the later one is the one to blame.
    static func all(_ context: RuleContext) -> [Self] {
        let (model, plan, root) = (context.model, context.plan, ModelPath.root)
        var listeners: [Self] = []
        func add(_ part: String, on host: String, _ address: SocketAddress?, _ path: ModelPath?) {
            guard let address, let own = plan.address(of: host) else { return }
            let machine = own.isLoopback && context.placement == .declared ? "" : host
            listeners.append(Self(part: part, host: host, machine: machine, address: address, path: path))
        }
        let hosts = Set(model.hosts.map(\.name)).sorted()
        for host in hosts { add("the monitor", on: host, plan.monitorListener(on: host), nil) }
        if context.placement == .declared {
            switch model.coordination {
            case .embedded:
                guard let host = hosts.first, model.clusters.contains(where: \.needsLease) else { break }
                add("the store", on: host, plan.coordinatorListener(on: host), nil)
            case .etcd(let members, _):
                for host in Set(members).sorted() {
                    for port in [Defaults.coordinatorPort, Defaults.storePeerPort, Defaults.storeMetricsPort] {
                        add("the store", on: host, plan.address(of: host).map { SocketAddress($0, port: port) }, nil)
                    }
                }
            }
        }
        for (index, cluster) in model.clusters.enumerated() {
            guard let port = cluster.workload.port, ListenAddress.ports.contains(port) else { continue }
            for host in Set(cluster.members.map(\.host)).sorted() {
                let address = plan.address(of: host).map { SocketAddress($0, port: plan.port(port)) }
                add("cluster '\(cluster.name)'", on: host, address, root["clusters"][index]["workload"]["port"])
            }
        }
        for (index, balancer) in model.balancers.enumerated() {
            for host in Set(balancer.hosts).sorted() {
                add(
                    "balancer '\(balancer.name)'", on: host, plan.listener(balancer.listen, on: host),
                    root["balancers"][index]["listen"])
            }
        }
        return listeners
    }
}
