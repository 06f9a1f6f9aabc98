internal import AsyncHTTPClient
internal import FoundationEssentials
package import Hagen
internal import HagenEngine
internal import Logging
internal import PromQL
internal import ServiceLifecycle

/// The shell of `hagend monitor`: measures the host and its engines every interval, has the machines judge, tells the
/// receivers, and serves `/metrics`.
///
/// What it knows lives in memory: after a restart an alert's `hold` counts anew, and what fires is told again.
package struct MonitorEngine: EngineService {
    private let configuration: MonitorConfiguration
    private let logger: Logger
    private let state: MonitorState
    private let outbox: AsyncStream<Notification>
    private let outboxEnd: AsyncStream<Notification>.Continuation
    private let addresses: [String: String]
    private let host: HostCollector
    private let engines: EngineProber
    private let listening: AsyncStream<Void>
    private let listeningBegan: AsyncStream<Void>.Continuation

    /// - Throws: `EngineFailure` of kind `.configuration`: what `MonitorFaults` finds, or a credential that is missing.
    package init(
        _ configuration: MonitorConfiguration, _ context: EngineContext, host: HostCollector = HostCollector()
    ) throws(EngineFailure) {
        let faults = MonitorFaults.of(configuration)
        guard faults.isEmpty else { throw EngineFailure(faults.joined(separator: "\n"), kind: .configuration) }
        var expressions: [PromQL.Expression] = []
        for alert in configuration.alerts {
            do throws(PromQLError) {
                expressions.append(try parse(alert.expression))
            } catch {
                throw EngineFailure("alert '\(alert.name)': \(error.message)", kind: .configuration)
            }
        }
        addresses = try WebhookAddresses.resolve(
            configuration.receivers, credentialsDirectory: context.credentialsDirectory)
        self.configuration = configuration
        self.host = host
        logger = context.logger
        (outbox, outboxEnd) = AsyncStream.makeStream()
        (listening, listeningBegan) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        state = MonitorState(configuration, expressions: expressions, logger: context.logger, outbox: outboxEnd)
        engines = EngineProber(
            runtimeDirectory: context.runtimeDirectory, deadline: min(configuration.interval / 2, .seconds(1)))
    }

    package func status() async -> EngineStatus.Detail { .monitor(await state.status(at: .now)) }

    package func ready() async {
        for await _ in listening { return }
    }

    /// What is under way to receivers may take its time-out to arrive.
    package var maximumStopTime: Duration { WebhookSender.timeout + .seconds(5) }

    package func run() async throws {
        let client = WebhookSender.makeClient()
        do {
            try await serve(
                WebhookSender(addresses: addresses, externalURL: "http://\(configuration.listen)", client: client))
        } catch {
            try? await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    private func serve(_ sender: WebhookSender) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let server = MetricsServer(listen: configuration.listen, logger: logger) {
                    Exposition.text(await state.metrics)
                } onListening: {
                    listeningBegan.yield()
                }
                try await server.run()
            }
            group.addTask { await cancelWhenGracefulShutdown { await measure() } }
            group.addTask {
                await cancelWhenGracefulShutdown { await countTime() }
                // Nothing new is sent then; what is under way is waited for.
                outboxEnd.finish()
            }
            group.addTask { await deliver(with: sender) }
            do {
                // Not `waitForAll`, which would wait for the others before it tells of the one that failed.
                while try await group.next() != nil {}
            } catch {
                outboxEnd.finish()
                listeningBegan.finish()
                throw error
            }
        }
        listeningBegan.finish()
    }

    /// Measures and judges every interval. A collection that takes longer than the interval does not start the next one
    /// late: those whose time has passed are left out and counted.
    private func measure() async {
        var next = ContinuousClock.now
        var missed: UInt64 = 0
        while !Task.isCancelled {
            let started = ContinuousClock.now
            var samples = SampleList(instance: configuration.host)
            host.collect(time: Date().timeIntervalSince1970, into: &samples)
            await engines.collect(into: &samples)
            guard !Task.isCancelled else { return }
            let collection = MonitorState.Collection(
                samples: samples.samples, scheduledAt: next, measuredAt: started, took: .now - started, missed: missed)
            await state.collected(collection, at: .now)
            let passed = max(0, ((ContinuousClock.now - next) / configuration.interval).rounded(.down))
            missed = UInt64(passed)
            next += configuration.interval * (passed + 1)
            try? await Task.sleep(until: next, tolerance: .milliseconds(5), clock: .continuous)
        }
    }

    /// Lets the notification machine start what has become due.
    private func countTime() async {
        while !Task.isCancelled {
            await state.timeReached(at: .now)
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    private func deliver(with sender: WebhookSender) async {
        await withDiscardingTaskGroup { group in
            for await notification in outbox {
                group.addTask {
                    let outcome = await sender.send(notification)
                    await state.sent(notification, outcome, at: .now)
                }
            }
        }
    }
}
