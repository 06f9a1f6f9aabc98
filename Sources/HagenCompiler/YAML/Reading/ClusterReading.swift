internal import Hagen

extension TopologyReader {
    mutating func cluster(_ name: String, _ fields: Fields, at path: ModelPath) -> Model.Cluster? {
        guard let kind = kind(fields, at: path["kind"]),
            let workloadFields = part(fields, "workload", at: path["workload"]),
            let workload = workload(workloadFields, at: path["workload"]),
            let members = list(
                fields, "members", at: path["members"], identity: "host", { $0.member($1, at: $2) }),
            let virtualIPs = virtualIPs(fields, at: path["virtualIPs"]),
            let hooks = list(fields, "hooks", at: path["hooks"], identity: "event", { $0.hook(Fields($1), at: $2) }),
            let failover = failover(fields, at: path["failover"])
        else { return nil }
        var cluster = Model.Cluster(
            name: name, kind: kind, workload: workload, members: members,
            minimumHealthy: integer(fields, "minimumHealthy", at: path["minimumHealthy"]), failover: failover,
            virtualIPs: virtualIPs, hooks: hooks)
        if let part = part(fields, "replication", at: path["replication"]) {
            guard let replication = replication(part, at: path["replication"]) else { return nil }
            cluster.replication = replication
        }
        if let part = part(fields, "maintenance", at: path["maintenance"]) {
            guard let maintenance = maintenance(part, at: path["maintenance"]) else { return nil }
            cluster.maintenance = maintenance
        }
        return cluster
    }

    /// `kind: failover` says that it fails over, `mode` how; together they are the model's kind, whose place is the one
    /// that says more.
    private mutating func kind(_ fields: Fields, at path: ModelPath) -> Model.Cluster.Kind? {
        guard let text = text(fields, "kind", at: path) else { return nil }
        return text == "failover" ? word(fields, "mode", at: path) : Model.Cluster.Kind(rawValue: text)
    }

    /// A name, or a mapping.
    private mutating func member(_ node: YAMLNode, at path: ModelPath) -> Model.Member? {
        if node.scalar != nil { return text(node, at: path["host"]).map { Model.Member(host: $0) } }
        let fields = Fields(node)
        guard let host = text(fields, "host", at: path["host"]) else { return nil }
        return Model.Member(
            host: host, priority: integer(fields, "priority", at: path["priority"]),
            weight: integer(fields, "weight", at: path["weight"]),
            candidate: boolean(fields, "candidate", at: path["candidate"]) ?? true)
    }

    private mutating func hook(_ fields: Fields, at path: ModelPath) -> Model.Hook? {
        guard let event: Model.Hook.Event = word(fields, "event", at: path["event"]) else { return nil }
        return Model.Hook(
            event: event, command: texts(fields, "command", at: path["command"]),
            timeout: duration(fields, "timeout", at: path["timeout"]))
    }

    private mutating func maintenance(_ fields: Fields, at path: ModelPath) -> Model.MaintenanceWindow? {
        guard let start = text(fields, "start", at: path["start"]),
            let duration = duration(fields, "duration", at: path["duration"])
        else { return nil }
        return Model.MaintenanceWindow(
            days: texts(fields, "days", at: path["days"]), start: start, duration: duration)
    }

    mutating func virtualIPs(_ fields: Fields, at path: ModelPath) -> [Model.VirtualIP]? {
        list(fields, "virtualIPs", at: path, identity: "address") { reader, node, path in
            let fields = Fields(node)
            guard let address = reader.text(fields, "address", at: path["address"]),
                let interface = reader.text(fields, "interface", at: path["interface"])
            else { return nil }
            return Model.VirtualIP(
                address: address, interface: interface, prefers: reader.text(fields, "prefers", at: path["prefers"]))
        }
    }
}
