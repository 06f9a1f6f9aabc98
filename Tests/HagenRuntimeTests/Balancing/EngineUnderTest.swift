import FoundationEssentials
import Glibc
import Hagen
import HagenEngine
import Logging
import ServiceLifecycle
import Synchronization

@testable import HagenRuntime

/// A balancer engine that runs while a test's closure does.
struct EngineUnderTest {
    let engine: BalancerEngine
    let address: SocketAddress
    let log: RecordedLog

    static func run(
        _ wireProtocol: Model.Balancer.WireProtocol, _ backends: [(String, SocketAddress)],
        store: (any CoordinationStore)? = nil, agents: BalancerConfiguration.Agents? = nil,
        credentials: String? = nil,
        _ change: (inout BalancerConfiguration.Listener) -> Void = { _ in },
        _ body: (EngineUnderTest) async throws -> Void
    ) async throws {
        var configuration = try Self.configuration(wireProtocol, backends, hasStore: store != nil, change)
        configuration.agents = agents
        let log = RecordedLog()
        let engine = try BalancerEngine(
            configuration, store: store, credentialsDirectory: credentials, logger: Logger(label: "test") { _ in log })
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [engine], logger: Logger(label: "group") { _ in log }))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            defer { tasks.cancelAll() }
            try await body(
                EngineUnderTest(engine: engine, address: configuration.listeners[0].listen[0], log: log))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    static func configuration(
        _ wireProtocol: Model.Balancer.WireProtocol, _ backends: [(String, SocketAddress)], hasStore: Bool = false,
        _ change: (inout BalancerConfiguration.Listener) -> Void = { _ in }
    ) throws -> BalancerConfiguration {
        var listener = BalancerConfiguration.Listener(
            name: "web", wireProtocol: wireProtocol, listen: [try SmallServer.freeAddress()], strategy: .roundRobin,
            cluster: "app", selection: .members,
            backends: backends.map { .init(name: $0.0, address: $0.1, weight: 1) },
            check: CheckConfiguration(
                kind: .tcp, every: .milliseconds(100), timeout: .milliseconds(500), rise: 2, fall: 3),
            timeouts: .init(
                connect: .seconds(1), request: .seconds(10), response: .seconds(10), idle: .seconds(10),
                queue: .seconds(5), drain: .seconds(2)),
            retries: 2, maximumConnections: 100)
        change(&listener)
        return BalancerConfiguration(
            topology: "test", host: "h",
            store: hasStore ? StoreAddress(endpoints: ["http://127.0.0.1:1"], prefix: "/hagen/test/") : nil, loops: 1,
            listeners: [listener])
    }

    func status() async -> BalancerStatus.Listener {
        guard case .balancer(let status) = await engine.status() else { preconditionFailure("another engine's status") }
        return status.listeners[0]
    }

    /// Names of the backends that may be chosen.
    func eligible() async -> [String] { await status().backends.filter(\.eligible).map(\.name) }

    func healthy() async -> [String] { await status().backends.filter(\.healthy).map(\.name) }

    /// What the balancer's backend says first to a new client; `nil` when it is closed before.
    func greeting() async -> String? {
        await SmallServer.greeting(address)
    }
}

/// Waits until the condition holds; `false` if it does not within the time.
func becomesTrue(within limit: Duration = .seconds(10), _ condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return try await condition()
}

/// Keeps the messages.
final class RecordedLog: LogHandler, Sendable {
    private let records = Mutex<[String]>([])
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .debug }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        records.withLock { $0.append("\(event.message) \(fields.joined(separator: " "))") }
    }

    func contains(_ parts: String...) -> Bool {
        records.withLock { $0.contains { record in parts.allSatisfy { record.contains($0) } } }
    }
}
