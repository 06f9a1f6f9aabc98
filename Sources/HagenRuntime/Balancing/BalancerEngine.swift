internal import Glibc
package import Hagen
internal import HagenEngine
internal import HagenProxy
package import Logging
internal import ServiceLifecycle

/// `hagend balancer`: the shell around the data plane. It checks the backends, follows the leases of clusters whose
/// active member is wanted, and tells the data plane who is eligible.
package final class BalancerEngine: EngineService {
    private let configuration: BalancerConfiguration
    private let logger: Logger
    private let server: ProxyServer
    private let judge: BackendJudge
    private let follower: LeaseFollower?
    private let inquiry: HolderInquiry?
    private let failures: AsyncStream<ProxyEvent>
    /// Over all listeners, in their order.
    private let checkers: [BackendChecker]

    /// Listens from here on.
    ///
    /// - Parameters:
    ///   - store: where the leases are; needed where a listener follows one.
    ///   - inheritedDescriptors: listening sockets that the process was started with.
    ///   - credentialsDirectory: where the agents' key is.
    /// - Throws: `EngineFailure`.
    package init(
        _ configuration: BalancerConfiguration, store: (any CoordinationStore)?, inheritedDescriptors: [Int32] = [],
        credentialsDirectory: String? = nil, logger: Logger
    ) throws {
        let faults = Self.faults(configuration)
        guard faults.isEmpty else { throw EngineFailure(faults.joined(separator: "\n"), kind: .configuration) }
        self.configuration = configuration
        self.logger = logger
        let agentKey = try configuration.agents?.key.map {
            try AgentKey.read($0, in: CredentialFolder(credentialsDirectory))
        }
        // What does not fit is said again by the next failure.
        let (failures, continuation) = AsyncStream.makeStream(
            of: ProxyEvent.self, bufferingPolicy: .bufferingNewest(256))
        self.failures = failures
        do {
            server = try ProxyServer(configuration, inheritedDescriptors: inheritedDescriptors) {
                continuation.yield($0)
            }
        } catch let failure as ProxyFailure {
            throw EngineFailure(failure.description)
        }
        let judge = BackendJudge(configuration, server: server, logger: logger)
        self.judge = judge
        checkers = configuration.listeners.enumerated().flatMap { index, listener in
            listener.backends.indices.compactMap { backend in
                listener.check.map { check in
                    BackendChecker(
                        listener: index, backend: backend, address: listener.backends[backend].address, check: check,
                        judge: judge)
                }
            }
        }
        if let store, let prefix = configuration.store?.prefix, configuration.listeners.contains(where: \.followsLease)
        {
            follower = LeaseFollower(
                store: store, prefix: prefix + LeaseKey.prefix, judge: judge, logger: logger,
                patience: configuration.listeners.compactMap(\.leaseDuration).max() ?? .seconds(1))
        } else {
            follower = nil
        }
        inquiry = configuration.agents.map {
            HolderInquiry($0, of: configuration, key: agentKey, judge: judge, logger: logger)
        }
    }

    package func run() async throws {
        for listener in configuration.listeners {
            logger.info(
                "listening",
                metadata: [
                    "balancer": "\(listener.name)", "protocol": "\(listener.wireProtocol.rawValue)",
                    "listen": "\(listener.listen.map(\.description).joined(separator: " "))",
                    "cluster": "\(listener.cluster)",
                ])
        }
        await withTaskGroup(of: Void.self) { group in
            for checker in checkers { group.addTask { await checker.run() } }
            if let follower { group.addTask { await follower.run() } }
            if let inquiry { group.addTask { await inquiry.run() } }
            if follower != nil || inquiry != nil {
                group.addTask { [judge] in await judge.watchDeadlines() }
            }
            group.addTask { await self.takeUpFailures() }
            // While the last connections end, checks and leases go on: they still need their backends.
            try? await gracefulShutdown()
            await drain()
            group.cancelAll()
        }
        server.stop()
    }

    package var maximumStopTime: Duration { drainTime + .seconds(2) }

    private var drainTime: Duration { configuration.listeners.map(\.timeouts.drain).max() ?? .zero }

    /// Waits until all connections have ended, or the time for it has.
    private func drain() async {
        server.beginDrain()
        let deadline = ContinuousClock.now + drainTime
        while ContinuousClock.now < deadline, !Task.isCancelled {
            let open = server.statistics().reduce(0) { $0 + $1.connections }
            if open == 0 { return }
            try? await Task.sleep(for: .milliseconds(20))
        }
        let open = server.statistics().reduce(0) { $0 + $1.connections }
        if open > 0 { logger.warning("connections are cut at the end of the drain", metadata: ["open": "\(open)"]) }
    }

    private func takeUpFailures() async {
        for await case .backendFailed(let listener, let backend) in failures
        where await judge.trafficFailed(listener: listener, backend: backend) {
            checkers.first { $0.listener == listener && $0.backend == backend }?.checkNow()
        }
    }

    package func status() async -> EngineStatus.Detail {
        let statistics = server.statistics()
        let health = await judge.health
        return .balancer(
            BalancerStatus(
                listeners: configuration.listeners.enumerated().map { index, listener in
                    let counts = statistics[index]
                    return BalancerStatus.Listener(
                        name: listener.name, wireProtocol: listener.wireProtocol, listen: listener.listen,
                        cluster: listener.cluster, connections: counts.connections,
                        totalConnections: counts.totalConnections, requests: counts.requests,
                        failures: counts.failures,
                        backends: listener.backends.enumerated().map { position, backend in
                            let own = counts.backends[position]
                            return BalancerStatus.Backend(
                                name: backend.name, address: backend.address, healthy: health[index][position],
                                eligible: own.eligible && backend.weight > 0, connections: own.connections,
                                served: own.served, failures: own.failures)
                        })
                }))
    }
}
