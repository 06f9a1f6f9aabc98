internal import Hagen

extension TopologyReader {
    /// The keys of a cluster that say how it fails over.
    mutating func failover(_ fields: Fields, at path: ModelPath) -> Model.Failover? {
        var failover = Model.Failover(heartbeat: duration(fields, "heartbeat", at: path["heartbeat"]))
        if let part = part(fields, "lease", at: path["lease"]) {
            guard let lease = lease(part, at: path["lease"]) else { return nil }
            failover.lease = lease
        }
        if let part = part(fields, "check", at: path["check"]) {
            guard let check = check(part, at: path["check"]) else { return nil }
            failover.check = check
        }
        guard let fencing = list(fields, "fencing", at: path["fencing"], identity: "agent", { $0.fencing($1, at: $2) })
        else { return nil }
        failover.fencing = fencing
        return failover
    }

    private mutating func lease(_ fields: Fields, at path: ModelPath) -> Model.Lease? {
        guard let duration = duration(fields, "duration", at: path["duration"]),
            let renew = self.duration(fields, "renew", at: path["renew"])
        else { return nil }
        return Model.Lease(
            duration: duration, renew: renew, aggressive: boolean(fields, "aggressive", at: path["aggressive"]) ?? false
        )
    }

    private mutating func fencing(_ node: YAMLNode, at path: ModelPath) -> Model.Fencing? {
        if node.scalar != nil { return .itself }
        let fields = Fields(node)
        if let device = text(fields, "watchdog", at: path["device"]) { return .watchdog(device: device) }
        guard let agent = part(fields, "agent", at: path), let name = text(agent, "name", at: path["name"]) else {
            return nil
        }
        return .agent(name: name, parameters: textsByKey(agent, "parameters", at: path["parameters"]))
    }

    mutating func replication(_ fields: Fields, at path: ModelPath) -> Model.Replication? {
        guard let mode: Model.Replication.Mode = word(fields, "mode", at: path["mode"]) else { return nil }
        return Model.Replication(
            mode: mode, style: word(fields, "style", at: path["style"]) ?? .primaryReplica,
            acknowledgements: integer(fields, "acknowledgements", at: path["acknowledgements"]),
            maximumLag: text(fields, "maximumLag", at: path["maximumLag"]).flatMap { ByteCount(text: $0) },
            onDegraded: word(fields, "onDegraded", at: path["onDegraded"]))
    }

    mutating func check(_ fields: Fields, at path: ModelPath) -> Model.Check? {
        guard let kind = checkKind(fields, at: path["kind"]) else { return nil }
        return Model.Check(
            kind, every: duration(fields, "every", at: path["every"]),
            timeout: duration(fields, "timeout", at: path["timeout"]), rise: integer(fields, "rise", at: path["rise"]),
            fall: integer(fields, "fall", at: path["fall"]))
    }

    private mutating func checkKind(_ fields: Fields, at path: ModelPath) -> Model.Check.Kind? {
        if part(fields, "tcp", at: path) != nil { return .tcp }
        if part(fields, "role", at: path) != nil { return .role }
        if part(fields, "command", at: path) != nil { return .command(texts(fields, "command", at: path["command"])) }
        if part(fields, "nagios", at: path) != nil { return .nagios(texts(fields, "nagios", at: path["nagios"])) }
        guard let http = part(fields, "http", at: path) else { return nil }
        if let short = text(fields, "http", at: path["path"]) {
            return .http(path: short, status: [], contains: nil)
        }
        guard let asked = text(http, "path", at: path["path"]) else { return nil }
        return .http(
            path: asked, status: statuses(http, at: path["status"]),
            contains: text(http, "contains", at: path["contains"]))
    }

    /// One number, or a list.
    private mutating func statuses(_ fields: Fields, at path: ModelPath) -> [Int] {
        if let status = integer(fields, "status", at: path) { return [status] }
        return texts(fields, "status", at: path).compactMap { YAMLScalar(text: $0, isPlain: true).integer }
    }
}
