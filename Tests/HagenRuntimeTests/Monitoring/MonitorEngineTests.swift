import Foundation
import FoundationNetworking
import Hagen
import Logging
import ServiceLifecycle
import Testing

@testable import HagenRuntime

/// Goal: the whole monitor, over real sockets: what goes wrong on the host reaches the receiver, also one that was away;
/// `/metrics` and the status say the same.
@Suite(.timeLimit(.minutes(3))) struct MonitorEngineTests {
    /// A host whose load is what a file says.
    private final class FakeHost: Sendable {
        let directory: TemporaryDirectory
        let port: Int

        init() throws {
            directory = try TemporaryDirectory()
            port = try freePort()
            for folder in ["proc", "run", "run/monitor", "run/balancer"] { _ = try directory.folder(folder) }
            try load(0)
        }

        func load(_ value: Double) throws { _ = try directory.file("proc/loadavg", "\(value) 0 0 1/1 1\n") }

        var context: EngineContext {
            var logger = Logger(label: "monitor")
            logger.logLevel = .critical
            return EngineContext(
                logger: logger, runtimeDirectory: directory.path + "/run/monitor", stateDirectory: directory.path,
                credentialsDirectory: directory.path)
        }

        func engine(_ alerts: [MonitorConfiguration.Alert], webhook: Model.SecretText?) throws -> MonitorEngine {
            let configuration = try MonitorFaultsTests.configuration(
                listen: "127.0.0.1:\(port)", interval: .milliseconds(100), alerts: alerts,
                receivers: webhook.map { [Model.Receiver(name: "oncall", channel: .webhook(url: $0))] } ?? [])
            return try MonitorEngine(configuration, context, host: HostCollector(procfs: directory.path + "/proc"))
        }

        /// Runs the engine, and stops it as SIGTERM would.
        func running(_ engine: MonitorEngine, _ body: @escaping @Sendable () async throws -> Void) async throws {
            let group = ServiceGroup(configuration: .init(services: [engine], logger: context.logger))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                await engine.ready()
                do {
                    try await within(.seconds(60)) { try await body() }
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }

        func metrics() async throws -> String {
            let url = try #require(URL(string: "http://127.0.0.1:\(port)/metrics"))
            let (data, response) = try await URLSession.shared.data(from: url)
            let answer = try #require(response as? HTTPURLResponse)
            #expect(answer.statusCode == 200)
            #expect(answer.value(forHTTPHeaderField: "Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
            return String(decoding: data, as: UTF8.self)
        }
    }

    private static func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(10)) }
    }

    private static func status(of engine: MonitorEngine) async throws -> MonitorStatus {
        guard case .monitor(let status) = await engine.status() else { throw EngineFailure("no monitor's status") }
        return status
    }

    @Test func firingAndResolvedReachTheReceiver() async throws {
        let host = try FakeHost()
        let receiver = WebhookReceiver(port: try freePort())
        let url = Model.SecretText.plain("http://127.0.0.1:\(receiver.port)/hook")
        let engine = try host.engine(
            [MonitorFaultsTests.alert(hold: .milliseconds(300), receivers: ["oncall"])], webhook: url)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await receiver.run() }
            try await host.running(engine) {
                try await Self.until { try await Self.status(of: engine).series > 0 }
                #expect(try await Self.status(of: engine).alerts.map(\.state) == [.inactive])
                #expect(receiver.messages.isEmpty)

                let began = Date()
                try host.load(7.5)
                try await Self.until { !receiver.messages.isEmpty }
                let message = try #require(receiver.messages.first)
                #expect(message.version == "4" && message.status == "firing" && message.receiver == "oncall")
                #expect(message.groupKey == #"{}:{alertname="high"}"#)
                #expect(message.groupLabels == ["alertname": "high"])
                #expect(message.commonLabels == ["alertname": "high", "instance": "a1", "severity": "warning"])
                #expect(message.commonAnnotations == ["summary": "a1 has a load of 7.5"])
                #expect(message.externalURL == "http://127.0.0.1:\(host.port)" && message.truncatedAlerts == 0)
                let alert = try #require(message.alerts.first)
                #expect(message.alerts.count == 1 && alert.status == "firing" && alert.labels == message.commonLabels)
                #expect(alert.endsAt == "0001-01-01T00:00:00Z")
                #expect(alert.fingerprint.count == 16)
                let startsAt = try Date(
                    alert.startsAt, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
                // It fired after its hold, counted from the first collection that saw the load.
                #expect(startsAt.timeIntervalSince(began) >= 0.15 && startsAt <= Date())
                #expect(receiver.contentTypes == ["application/json"])

                let metrics = try await host.metrics()
                #expect(
                    metrics.contains(
                        "ALERTS{alertname=\"high\",alertstate=\"firing\",instance=\"a1\",severity=\"warning\"} 1\n"))
                #expect(metrics.contains("node_load1{instance=\"a1\"} 7.5\n"))
                #expect(metrics.contains("hagen_engine_up{engine=\"balancer\",instance=\"a1\"} 0\n"))
                let status = try await Self.status(of: engine)
                #expect(status.alerts.map(\.state) == [.firing] && status.alerts.first?.value == 7.5)

                try host.load(1)
                try await Self.until { receiver.messages.count > 1 }
                let last = try #require(receiver.messages.last)
                #expect(last.status == "resolved" && last.alerts.map(\.status) == ["resolved"])
                #expect(last.alerts.first?.startsAt == alert.startsAt)
                #expect(last.alerts.first?.fingerprint == alert.fingerprint)
                #expect((last.alerts.first?.endsAt ?? "") > alert.startsAt)
                try await Self.until { try await Self.status(of: engine).notificationsSent == 2 }
                #expect(try await Self.status(of: engine).alerts.map(\.state) == [.inactive])
                #expect(!(try await host.metrics()).contains("ALERTS{"))
            }
            group.cancelAll()
        }
        #expect(receiver.messages.count == 2)
    }

    /// A receiver that is away, then back but failing, then well is told once, of what is true then. Its address comes
    /// from a credential.
    @Test func receiverThatComesBackIsTold() async throws {
        let host = try FakeHost()
        let receiver = WebhookReceiver(port: try freePort(), answering: 503)
        _ = try host.directory.file("hook-url", "http://127.0.0.1:\(receiver.port)/hook\n")
        let engine = try host.engine(
            [MonitorFaultsTests.alert(receivers: ["oncall"])], webhook: .credential(Credential(name: "hook-url")))
        try host.load(9)
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await host.running(engine) {
                try await Self.until { try await Self.status(of: engine).notificationsFailed > 0 }
                try await within(.seconds(60)) {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await receiver.run() }
                        try await Self.until { receiver.refusals > 0 }
                        receiver.answer(200)
                        try await Self.until { try await Self.status(of: engine).notificationsSent == 1 }
                        group.cancelAll()
                    }
                }
            }
            group.cancelAll()
        }
        #expect(receiver.messages.map(\.status) == ["firing"])
    }

    @Test func aTakenPortIsSaid() async throws {
        let host = try FakeHost()
        let first = try host.engine([], webhook: nil)
        let second = try host.engine([], webhook: nil)
        try await host.running(first) {
            let failure = await #expect(throws: EngineFailure.self) { try await second.run() }
            #expect(failure?.description.contains("cannot listen on 127.0.0.1:\(host.port) for /metrics") == true)
            await second.ready()
        }
    }

    @Test func wrongAlertsAreRefused() throws {
        let host = try FakeHost()
        let failure = #expect(throws: EngineFailure.self) {
            try host.engine([MonitorFaultsTests.alert("node_load1 >")], webhook: nil)
        }
        #expect(failure?.kind == .configuration && failure?.exitCode == 78)
        #expect(failure?.description.contains("alert 'high'") == true)
    }
}
