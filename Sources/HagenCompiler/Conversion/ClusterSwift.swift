internal import Hagen

extension TopologySwift {
    /// `let orders = FailoverCluster(…) { … }`
    mutating func statement(of cluster: Model.Cluster, at path: ModelPath) -> SwiftStatement {
        let prefix = "let \(self.cluster(cluster.name, at: path)) = "
        var arguments = SwiftArguments(.text(cluster.name))
        switch cluster.kind {
        case .activePassive: arguments.add(nil, .code(".activePassive"))
        case .activeActive: arguments.add(nil, .code(".activeActive"))
        case .loadBalancing, .compute:
            return equalMembers(of: cluster, arguments, prefix, at: path)
        }
        arguments.add("running", workload(cluster.workload, at: path["workload"]))
        arguments.add("minimumHealthy", cluster.minimumHealthy)
        var body = members(of: cluster, at: path)
        if let replication = cluster.replication {
            body.append(statement(of: replication, in: cluster, at: path["replication"]))
        }
        body += failoverParts(of: cluster.failover)
        for (index, address) in cluster.virtualIPs.enumerated() {
            let path = path["virtualIPs"][index]
            if address.prefers != nil, cluster.kind == .activePassive {
                refuse(
                    path["prefers"], "the address of active-passive cluster '\(cluster.name)' cannot prefer a host",
                    help: "it moves with the active member: leave 'prefers' out")
            }
            body.append(statement(of: address, at: path))
        }
        body += cluster.hooks.map(Self.statement)
        body += cluster.maintenance.map { [Self.statement(of: $0)] } ?? []
        return SwiftStatement(arguments.call("FailoverCluster"), prefix: prefix, body: body)
    }

    /// A load-balancing or compute cluster: in short where its members are alike.
    private mutating func equalMembers(
        of cluster: Model.Cluster, _ start: SwiftArguments, _ prefix: String, at path: ModelPath
    ) -> SwiftStatement {
        var arguments = start
        let type = cluster.kind == .compute ? "ComputeCluster" : "LoadBalancingCluster"
        arguments.add("running", workload(cluster.workload, at: path["workload"]))
        refuseFailoverParts(of: cluster, at: path)
        let plain = cluster.members.allSatisfy { $0 == Model.Member(host: $0.host) }
        if plain, cluster.maintenance == nil {
            if !(cluster.members.isEmpty && cluster.kind == .loadBalancing && cluster.workload.kind == "external") {
                arguments.add("on", hosts(cluster.members.map(\.host), at: path["members"]))
            }
            arguments.add("minimumHealthy", cluster.minimumHealthy)
            return SwiftStatement(arguments.call(type), prefix: prefix)
        }
        arguments.add("minimumHealthy", cluster.minimumHealthy)
        let body = members(of: cluster, at: path) + (cluster.maintenance.map { [Self.statement(of: $0)] } ?? [])
        return SwiftStatement(arguments.call(type), prefix: prefix, body: body)
    }

    private mutating func refuseFailoverParts(of cluster: Model.Cluster, at path: ModelPath) {
        let failover = cluster.failover
        let parts: [(isThere: Bool, word: String, path: ModelPath)] = [
            (cluster.replication != nil, "replication", path["replication"]),
            (failover.lease != nil, "a lease", path["failover"]["lease"]),
            (failover.heartbeat != nil, "a heartbeat", path["failover"]["heartbeat"]),
            (failover.check != nil, "a check of its own", path["failover"]["check"]),
            (!failover.fencing.isEmpty, "fencing", path["failover"]["fencing"]),
            (!cluster.virtualIPs.isEmpty, "virtual IPs", path["virtualIPs"]),
            (!cluster.hooks.isEmpty, "hooks", path["hooks"]),
        ]
        for part in parts where part.isThere {
            refuse(
                part.path, "\(cluster.kind.rawValue) cluster '\(cluster.name)' cannot have \(part.word)",
                help: "its members are equals: remove it, or make it a failover cluster")
        }
    }

    private mutating func members(of cluster: Model.Cluster, at path: ModelPath) -> [SwiftStatement] {
        var statements: [SwiftStatement] = []
        for (index, member) in cluster.members.enumerated() {
            var arguments = SwiftArguments(host(member.host, at: path["members"][index]["host"]))
            arguments.add("priority", member.priority)
            arguments.add("weight", member.weight)
            arguments.add("candidate", member.candidate, unless: true)
            statements.append(SwiftStatement(arguments.call("Member")))
        }
        return statements
    }

    private mutating func statement(
        of replication: Model.Replication, in cluster: Model.Cluster, at path: ModelPath
    ) -> SwiftStatement {
        var arguments = SwiftArguments(kind(of: replication, in: cluster, at: path))
        arguments.add("maximumLag", replication.maximumLag.map { .code(SwiftText.byteCount($0)) })
        return SwiftStatement(arguments.call("Replication"))
    }

    private mutating func kind(
        of replication: Model.Replication, in cluster: Model.Cluster, at path: ModelPath
    ) -> SwiftExpression {
        let name = "cluster '\(cluster.name)'"
        switch (replication.style, replication.mode) {
        case (.multiPrimary, _):
            if cluster.kind != .activeActive || cluster.workload.kind != "mariadb" {
                refuse(
                    path["style"], "\(name) cannot take writes on several members",
                    help: "multi-primary replication needs MariaDB in an active-active cluster")
            }
            if replication
                != Model.Replication(
                    mode: .synchronous, style: .multiPrimary, maximumLag: replication.maximumLag)
            {
                refuse(
                    path, "the multi-primary replication of \(name) has settings of a primary and its replicas",
                    help: "it is synchronous on all members: leave 'acknowledgements' and 'onDegraded' out")
            }
            return .code(".multiPrimary")
        case (.primaryReplica, let mode):
            if cluster.kind != .activePassive || !cluster.workload.isDatabase {
                refuse(
                    path, "\(name) has no primary to replicate from",
                    help: "such replication needs a database in an active-passive cluster")
            }
            if mode == .asynchronous {
                if replication.acknowledgements != nil || replication.onDegraded != nil {
                    refuse(
                        path, "the asynchronous replication of \(name) waits for no acknowledgements",
                        help: "leave 'acknowledgements' and 'onDegraded' out, or make it synchronous")
                }
                return .code(".asynchronous")
            }
            if replication.acknowledgements == nil {
                refuse(
                    path, "the synchronous replication of \(name) does not say how many replicas confirm a write",
                    help: "write 'acknowledgements: 1'")
            }
            var arguments = SwiftArguments()
            arguments.add("acknowledgements", replication.acknowledgements)
            arguments.add("onDegraded", replication.onDegraded.map { .code(".\($0.rawValue)") })
            return arguments.call(".synchronous")
        }
    }

    private func failoverParts(of failover: Model.Failover) -> [SwiftStatement] {
        var body: [SwiftStatement] = []
        if let lease = failover.lease {
            var arguments = SwiftArguments(.code(SwiftText.duration(lease.duration)))
            arguments.add("renewedEvery", lease.renew)
            arguments.add("aggressive", lease.aggressive, unless: false)
            body.append(SwiftStatement(arguments.call("Lease")))
        }
        if let heartbeat = failover.heartbeat {
            body.append(
                SwiftStatement(.call("Heartbeat", [.init("every", .code(SwiftText.duration(heartbeat)))])))
        }
        if let check = failover.check { body.append(SwiftStatement(self.check(check, of: "Check"))) }
        for fencing in failover.fencing {
            let method: SwiftExpression
            switch fencing {
            case .itself: method = .code(".itself")
            case .watchdog(let device): method = .call(".watchdog", [.init(nil, .text(device))])
            case .agent(let name, let parameters):
                var arguments = SwiftArguments(.text(name))
                arguments.add("parameters", parameters)
                method = arguments.call(".agent")
            }
            body.append(SwiftStatement(.call("Fencing", [.init(nil, method)])))
        }
        return body
    }

    mutating func statement(of address: Model.VirtualIP, at path: ModelPath) -> SwiftStatement {
        var arguments = SwiftArguments(.text(address.address))
        arguments.add("on", address.interface)
        if let host = address.prefers { arguments.add("prefers", self.host(host, at: path["prefers"])) }
        return SwiftStatement(arguments.call("VirtualIP"))
    }

    private static func statement(of hook: Model.Hook) -> SwiftStatement {
        var arguments = SwiftArguments(.code(".\(hook.event.rawValue)"))
        arguments.add("run", .texts(hook.command))
        arguments.add("timeout", hook.timeout)
        return SwiftStatement(arguments.call("Hook"))
    }

    private static func statement(of window: Model.MaintenanceWindow) -> SwiftStatement {
        var arguments = SwiftArguments()
        if !window.days.isEmpty { arguments.add(nil, .list(window.days.map { .code(".\($0)") })) }
        arguments.add("from", window.start)
        arguments.add("for", window.duration)
        return SwiftStatement(arguments.call("MaintenanceWindow"))
    }
}
