package import Hagen
internal import HagenEngine

extension BalancerEngine {
    /// What is wrong with a configuration that can be read, or asks for a part whose engine is not there yet; one
    /// sentence a fault.
    package static func faults(_ configuration: BalancerConfiguration) -> [String] {
        configuration.listeners.flatMap { listener in
            faults(listener).map { "balancer \(listener.name): \($0)" }
        } + storeFaults(configuration) + agentFaults(configuration.agents)
    }

    private static func agentFaults(_ agents: BalancerConfiguration.Agents?) -> [String] {
        guard let agents, agents.every < Model.Failover.heartbeats.lowerBound else { return [] }
        return ["the agents are asked every \(agents.every.text), which is too often; 10ms is the least"]
    }

    private static func storeFaults(_ configuration: BalancerConfiguration) -> [String] {
        guard configuration.store == nil else { return [] }
        return configuration.listeners.filter(\.followsLease).map {
            "balancer \($0.name): it follows the lease of \($0.cluster), but no store is given"
        }
    }

    private static func faults(_ listener: BalancerConfiguration.Listener) -> [String] {
        var faults: [String] = []
        if BackendChoice(listener.strategy) == nil {
            faults.append(
                "the strategy \(listener.strategy.rawValue) has no engine yet; use round-robin, least-connections or "
                    + "ip-hash")
        }
        if listener.listen.isEmpty { faults.append("it listens nowhere") }
        if listener.backends.isEmpty { faults.append("it has no backend") }
        if Set(listener.backends.map(\.name)).count < listener.backends.count {
            faults.append("two of its backends have the same name")
        }
        for backend in listener.backends where !Model.Member.weights.contains(backend.weight) {
            faults.append("the weight \(backend.weight) of \(backend.name) is not 0 to 256")
        }
        if !Model.Balancer.retryCounts.contains(listener.retries) {
            faults.append("retries is \(listener.retries), not 0 to 10")
        }
        if !Model.Balancer.connectionCounts.contains(listener.maximumConnections) {
            faults.append("maximumConnections is \(listener.maximumConnections), not 1 to 1000000")
        }
        for (name, duration) in [
            ("connect", listener.timeouts.connect), ("request", listener.timeouts.request),
            ("response", listener.timeouts.response), ("idle", listener.timeouts.idle),
        ] where duration <= .zero {
            faults.append("the time-out \(name) is \(duration.text), not more than 0")
        }
        return faults + (listener.check.map(checkFaults) ?? [])
    }

    private static func checkFaults(_ check: CheckConfiguration) -> [String] {
        var faults: [String] = []
        switch check.kind {
        case .tcp, .http: break
        case .command: faults.append("a check by a command has no engine in the balancer yet; use tcp or http")
        case .nagios: faults.append("a check by a Nagios plugin has no engine in the balancer yet; use tcp or http")
        case .role: faults.append("a check of a database's role has no engine yet; use tcp")
        }
        if check.rise < 1 || check.fall < 1 { faults.append("rise and fall of its check must be at least 1") }
        if check.every < Model.Check.intervals.lowerBound {
            faults.append("its check runs every \(check.every.text), not 10ms or more")
        }
        if check.timeout <= .zero { faults.append("the time-out of its check is \(check.timeout.text)") }
        return faults
    }
}

extension BalancerConfiguration.Listener {
    /// The watcher's own lease duration; `nil` where any healthy member may be chosen.
    var leaseDuration: Duration? {
        switch selection {
        case .members: nil
        case .active(let duration), .standbys(let duration): duration.wrappedValue
        }
    }

    var followsLease: Bool { leaseDuration != nil }
}
