internal import Hagen

extension TopologyReader {
    mutating func balancer(_ name: String, _ fields: Fields, at path: ModelPath) -> Model.Balancer? {
        guard let wireProtocol: Model.Balancer.WireProtocol = word(fields, "protocol", at: path["wireProtocol"]),
            let listen = text(fields, "listen", at: path["listen"]), let target = target(fields, at: path["target"]),
            let virtualIPs = virtualIPs(fields, at: path["virtualIPs"])
        else { return nil }
        var balancer = Model.Balancer(
            name: name, hosts: texts(fields, "on", at: path["hosts"]), wireProtocol: wireProtocol,
            listen: ListenAddress(listen),
            tls: part(fields, "tls", at: path["tls"]).flatMap { text($0, "credential", at: path["tls"]["name"]) }
                .map { Credential(name: $0) },
            target: target, strategy: word(fields, "strategy", at: path["strategy"]),
            affinity: affinity(fields, at: path["affinity"]), timeouts: timeouts(fields, at: path["timeouts"]),
            retries: integer(fields, "retries", at: path["retries"]), virtualIPs: virtualIPs)
        if let limits = part(fields, "limits", at: path["limits"]) {
            balancer.maximumConnections = integer(limits, "maximumConnections", at: path["maximumConnections"])
        }
        if let part = part(fields, "proxyProtocol", at: path["proxyProtocol"]) {
            balancer.proxyProtocol = Model.ProxyProtocol(
                accept: boolean(part, "accept", at: path["proxyProtocol"]["accept"]) ?? false,
                send: boolean(part, "send", at: path["proxyProtocol"]["send"]) ?? false)
        }
        if let part = part(fields, "check", at: path["check"]) {
            guard let check = check(part, at: path["check"]) else { return nil }
            balancer.check = check
        }
        return balancer
    }

    private mutating func target(_ fields: Fields, at path: ModelPath) -> Model.Target? {
        guard let node = fields["to"]?.value, let text = text(node, at: path), let target = Model.Target(text: text)
        else { return nil }
        // Cluster and role each have a place of their own where the text stands as it is.
        if node.scalar?.isPlain == true, node.start.line == node.end.line {
            let dot = node.start.column + target.cluster.unicodeScalars.count
            var span = node.span(in: files)
            if dot < span.end.column {
                span.start.column = dot + 1
                record(span, at: path["role"])
                span.start.column = node.start.column
                span.end.column = dot
            }
            record(span, at: path["cluster"])
        }
        return target
    }

    private mutating func affinity(_ fields: Fields, at path: ModelPath) -> Model.Affinity? {
        guard let part = part(fields, "affinity", at: path) else { return nil }
        return text(part, "cookie", at: path["name"]).map { .cookie(name: $0) } ?? .clientAddress
    }

    private mutating func timeouts(_ fields: Fields, at path: ModelPath) -> Model.Timeouts {
        guard let part = part(fields, "timeouts", at: path) else { return Model.Timeouts() }
        return Model.Timeouts(
            connect: duration(part, "connect", at: path["connect"]),
            request: duration(part, "request", at: path["request"]),
            response: duration(part, "response", at: path["response"]), idle: duration(part, "idle", at: path["idle"]),
            queue: duration(part, "queue", at: path["queue"]), drain: duration(part, "drain", at: path["drain"]))
    }
}
