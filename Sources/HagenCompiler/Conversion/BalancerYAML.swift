internal import Hagen

/// Balancers as YAML.
enum BalancerYAML {
    static func balancer(_ balancer: Model.Balancer) -> YAMLValue {
        var fields = YAMLFields()
        fields.add("on", balancer.hosts)
        fields.add("protocol", balancer.wireProtocol)
        fields.add("listen", listen(balancer.listen))
        fields.add("to", target(balancer.target))
        fields.add("tls", balancer.tls.map { .one("credential", .text($0.name)) })
        fields.add("strategy", balancer.strategy)
        fields.add("affinity", balancer.affinity.map(affinity))
        fields.add("check", balancer.check.map(ClusterYAML.check))
        fields.add("timeouts", timeouts(balancer.timeouts))
        fields.add("retries", balancer.retries)
        fields.add("limits", balancer.maximumConnections.map { .one("maximumConnections", .integer($0)) })
        fields.add("virtualIPs", balancer.virtualIPs.map(ClusterYAML.virtualIP))
        fields.add("proxyProtocol", balancer.proxyProtocol.map(proxyProtocol))
        return fields.short
    }

    /// A port is a number, as everybody writes it.
    private static func listen(_ address: ListenAddress) -> YAMLValue {
        Int(decimal: address.text).map { .integer($0) } ?? .text(address.text)
    }

    private static func target(_ target: Model.Target) -> String {
        target.role == .members ? target.cluster : target.cluster + "." + target.role.rawValue
    }

    private static func affinity(_ affinity: Model.Affinity) -> YAMLValue {
        switch affinity {
        case .cookie(let name): .one("cookie", .text(name))
        case .clientAddress: "client-address"
        }
    }

    private static func timeouts(_ timeouts: Model.Timeouts) -> YAMLValue? {
        var fields = YAMLFields()
        fields.add("connect", timeouts.connect)
        fields.add("request", timeouts.request)
        fields.add("response", timeouts.response)
        fields.add("idle", timeouts.idle)
        fields.add("queue", timeouts.queue)
        fields.add("drain", timeouts.drain)
        return fields.entries.isEmpty ? nil : fields.short
    }

    private static func proxyProtocol(_ setting: Model.ProxyProtocol) -> YAMLValue {
        var fields = YAMLFields()
        fields.add("accept", setting.accept, unless: false)
        fields.add("send", setting.send, unless: false)
        return fields.short
    }
}
