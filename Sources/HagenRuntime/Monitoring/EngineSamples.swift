package import Hagen

/// What the host's other engines say of themselves, as samples.
package enum EngineSamples {
    /// - Parameter status: `nil` where the engine did not answer.
    package static func collect(_ engine: Engine, _ status: EngineStatus?, into samples: inout SampleList) {
        samples.add("hagen_engine_up", status != nil, ["engine": engine.rawValue])
        guard let status else { return }
        samples.add("hagen_engine_uptime_seconds", status.uptime.seconds, ["engine": engine.rawValue])
        switch status.detail {
        case .failover(let failover): collect(failover, into: &samples)
        case .balancer(let balancer): collect(balancer, into: &samples)
        case .coordinator(let coordinator): collect(coordinator, into: &samples)
        // The monitor's own samples come from itself.
        case .monitor: break
        }
    }

    private static func collect(_ failover: FailoverStatus, into samples: inout SampleList) {
        if let isReachable = failover.storeReachable { samples.add("hagen_store_reachable", isReachable) }
        for cluster in failover.clusters {
            let labels: KeyValuePairs = ["cluster": cluster.name]
            samples.add("hagen_member_active", cluster.role == .active, labels)
            samples.add("hagen_member_epoch", Double(cluster.epoch), labels)
            samples.add("hagen_workload_up", cluster.workload == .running, labels)
            samples.add("hagen_workload_restarts_total", Double(cluster.restarts), labels)
            if let remaining = cluster.permitRemaining {
                samples.add("hagen_member_permit_remaining_seconds", remaining.seconds, labels)
            }
        }
        for peer in failover.peers {
            guard let age = peer.age else { continue }
            samples.add("hagen_peer_heartbeat_age_seconds", age.seconds, ["peer": peer.host])
        }
    }

    private static func collect(_ balancer: BalancerStatus, into samples: inout SampleList) {
        for listener in balancer.listeners {
            let labels: KeyValuePairs = ["balancer": listener.name]
            samples.add("hagen_balancer_backends_healthy", Double(listener.backends.count { $0.healthy }), labels)
            samples.add("hagen_balancer_connections", Double(listener.connections), labels)
            samples.add("hagen_balancer_connections_total", Double(listener.totalConnections), labels)
            samples.add("hagen_balancer_requests_total", Double(listener.requests), labels)
            samples.add("hagen_balancer_failures_total", Double(listener.failures), labels)
            for backend in listener.backends {
                let labels: KeyValuePairs = ["balancer": listener.name, "backend": backend.name]
                samples.add("hagen_backend_healthy", backend.healthy, labels)
                samples.add("hagen_backend_eligible", backend.eligible, labels)
                samples.add("hagen_backend_connections", Double(backend.connections), labels)
                samples.add("hagen_backend_served_total", Double(backend.served), labels)
                samples.add("hagen_backend_failures_total", Double(backend.failures), labels)
            }
        }
    }

    private static func collect(_ coordinator: CoordinatorStatus, into samples: inout SampleList) {
        samples.add("hagen_coordinator_revision", Double(coordinator.revision))
        samples.add("hagen_coordinator_keys", Double(coordinator.keys))
        samples.add("hagen_coordinator_watchers", Double(coordinator.watchers))
    }
}
