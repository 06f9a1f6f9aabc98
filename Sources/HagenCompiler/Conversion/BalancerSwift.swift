internal import Hagen

extension TopologySwift {
    mutating func statement(of balancer: Model.Balancer, at path: ModelPath) -> SwiftStatement {
        refuseWhatDoesNotFit(balancer, at: path)
        var arguments = SwiftArguments(.text(balancer.name))
        arguments.add("on", hosts(balancer.hosts, at: path["hosts"]))
        arguments.add(
            "listen", Int(decimal: balancer.listen.text).map { .code("\($0)") } ?? .text(balancer.listen.text))
        arguments.add("tls", balancer.tls.map { .call(".credential", [.init(nil, .text($0.name))]) })
        let target = cluster(balancer.target.cluster, at: path["target"]["cluster"])
        arguments.add("to", .code("\(target).\(balancer.target.role.rawValue)"))
        arguments.add("strategy", balancer.strategy.map { .code(".\($0)") })
        switch balancer.affinity {
        case .cookie(let name): arguments.add("affinity", .call(".cookie", [.init(nil, .text(name))]))
        case .clientAddress: arguments.add("affinity", .code(".clientAddress"))
        case nil: break
        }
        arguments.add("check", balancer.check.map { check($0) })
        arguments.add("timeouts", Self.timeouts(balancer.timeouts))
        arguments.add("retries", balancer.retries)
        arguments.add("maximumConnections", balancer.maximumConnections)
        if let setting = balancer.proxyProtocol {
            var proxy = SwiftArguments()
            proxy.add("accept", setting.accept, unless: false)
            proxy.add("send", setting.send, unless: false)
            arguments.add("proxyProtocol", proxy.call("ProxyProtocol"))
        }
        var body: [SwiftStatement] = []
        for (index, address) in balancer.virtualIPs.enumerated() {
            body.append(statement(of: address, at: path["virtualIPs"][index]))
        }
        let type = balancer.wireProtocol == .http ? "HTTPBalancer" : "TCPBalancer"
        return SwiftStatement(arguments.call(type), body: body.isEmpty ? nil : body)
    }

    private static func timeouts(_ timeouts: Model.Timeouts) -> SwiftExpression? {
        var arguments = SwiftArguments()
        arguments.add("connect", timeouts.connect)
        arguments.add("request", timeouts.request)
        arguments.add("response", timeouts.response)
        arguments.add("idle", timeouts.idle)
        arguments.add("queue", timeouts.queue)
        arguments.add("drain", timeouts.drain)
        return arguments.arguments.isEmpty ? nil : arguments.call("Timeouts")
    }

    private mutating func refuseWhatDoesNotFit(_ balancer: Model.Balancer, at path: ModelPath) {
        let name = "balancer '\(balancer.name)'"
        if balancer.wireProtocol == .tcp, case .cookie = balancer.affinity {
            refuse(
                path["affinity"], "\(name) speaks TCP, and cannot read the cookie of a client",
                help: "write 'protocol: http', or 'affinity: client-address'")
        }
        for (index, address) in balancer.virtualIPs.enumerated() where address.prefers != nil {
            refuse(
                path["virtualIPs"][index]["prefers"], "the address of \(name) cannot prefer a host",
                help: "it moves between the balancer's hosts: leave 'prefers' out")
        }
        guard let cluster = clusters[balancer.target.cluster] else { return }
        if balancer.wireProtocol == .http, !cluster.workload.isApplication {
            refuse(
                path["target"], "\(name) speaks HTTP, and cluster '\(cluster.name)' runs \(cluster.workload.kind)",
                help: "write 'protocol: tcp'")
        }
        let role = balancer.target.role
        let roles = Self.roles(of: cluster)
        if !roles.contains(role) {
            let usable = roles.map { "'\(cluster.name).\($0.rawValue)'" }.joined(separator: " or ")
            refuse(
                path["target"]["role"], "cluster '\(cluster.name)' has no '\(role.rawValue)' for \(name) to send to",
                help: "write \(usable)")
        }
        let hasChoice = balancer.strategy != nil || balancer.affinity != nil
        if hasChoice, role == .active || role == .primary {
            refuse(
                path[balancer.strategy != nil ? "strategy" : "affinity"],
                "\(name) sends all traffic to one member, so there is nothing to choose",
                help: "leave 'strategy' and 'affinity' out")
        }
    }

    /// The roles that the typed clusters of Swift have as endpoints.
    private static func roles(of cluster: Model.Cluster) -> [Model.Target.Role] {
        guard cluster.kind == .activePassive else { return [.members] }
        if cluster.workload.isDatabase { return [.members, .primary, .replicas] }
        return cluster.workload.isApplication ? [.members, .active, .standbys] : [.members]
    }
}
