import Foundation
import Hagen
import HagenRuntime
import Logging

/// Every conformer of `CoordinationStore`, made ready for a test.
enum StoreUnderTest: String, CaseIterable, Sendable {
    case memory, durable
    /// A client against a real server in this process.
    case client
    /// A real etcd of one member, and one of three.
    case etcd, etcdOfThree
    /// The simulator's, which has one record and removes nothing.
    case simulated

    /// Without what is not installed.
    static var available: [StoreUnderTest] { installed.filter { $0 != .simulated } }

    /// For what can be asked of a single record.
    static var installed: [StoreUnderTest] {
        guard !EtcdCluster.isInstalled else { return allCases }
        print("SKIPPED: the contract of etcd, because \(EtcdCluster.program) is not installed (Debian: etcd-server)")
        return allCases.filter { $0 != .etcd && $0 != .etcdOfThree }
    }

    /// Those that remember a fixed number of changes; etcd remembers what its operator lets it.
    static let bounded: [StoreUnderTest] = [.memory, .durable, .client]

    /// Runs the body with a new, empty store.
    func use(_ body: @escaping @Sendable (any CoordinationStore) async throws -> Void) async throws {
        switch self {
        case .memory:
            try await body(InMemoryStore())
        case .durable:
            let directory = try TemporaryDirectory()
            let store = try DurableStore(at: directory.path + "/store.sqlite", logger: quietLogger)
            try await running({ try await store.run() }) { try await body(store) }
        case .client:
            let directory = try TemporaryDirectory()
            let engine = try coordinatorEngine(in: directory)
            try await running({ try await engine.run() }) {
                await engine.ready()
                try await body(
                    EmbeddedStoreClient(endpoints: ["http://127.0.0.1:\(engine.port ?? 0)"], deadline: .seconds(20)))
            }
        case .etcd, .etcdOfThree:
            let cluster = try EtcdCluster(members: self == .etcd ? 1 : 3)
            try await cluster.start()
            try await body(cluster.store(deadline: .seconds(20)))
        case .simulated: try await body(SimulatedStoreClient())
        }
    }
}

var quietLogger: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

/// - Parameter port: 0: one that the kernel chooses.
func coordinatorEngine(in directory: TemporaryDirectory, port: Int = 0) throws -> CoordinatorEngine {
    try CoordinatorEngine(
        CoordinatorConfiguration(
            topology: "test", host: "coordinator", listen: SocketAddress(IPAddress("127.0.0.1")!, port: port)),
        EngineContext(
            logger: quietLogger, runtimeDirectory: directory.path, stateDirectory: directory.path,
            credentialsDirectory: nil))
}

/// Runs the service beside the body and cancels it when the body ends; a service that fails first fails the test.
func running(
    _ service: @escaping @Sendable () async throws -> Void, _ body: @escaping @Sendable () async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await service() }
        group.addTask { try await body() }
        try await group.next()
        group.cancelAll()
        // A cancelled service may end with a cancellation error.
        while let end = await group.nextResult() {
            if case .failure(let error) = end, !(error is CancellationError) { throw error }
        }
    }
}

extension CoordinationStore {
    /// The revision of a store that nobody has written to.
    func start() async throws -> Int64 { try await read(prefix: "").revision }

    /// One swap alone; the revision it was committed at, `nil` where it conflicts.
    func put(_ key: String, _ value: String?, expecting expected: Int64) async throws -> Int64? {
        let result = try await commit([CompareAndSwap(key: key, expected: expected, value: value)])
        guard case .committed(let revision) = result.outcomes[0] else { return nil }
        return revision
    }
}

/// As they are without the commit that wrote them, which is made at random.
extension StoreRecord {
    var anonymous: StoreRecord { StoreRecord(key: key, value: value, revision: revision) }
}

extension StoreChange {
    var anonymous: StoreChange { StoreChange(key: key, value: value, revision: revision) }
}

extension CommitResult.Outcome {
    var anonymous: Self {
        if case .conflict(let current) = self { .conflict(current: current?.anonymous) } else { self }
    }
}

/// Collects from the stream until the condition holds, and fails after the deadline.
func collect<Element: Sendable>(
    _ stream: AsyncThrowingStream<Element, any Error>, deadline: Duration = .seconds(20),
    until isEnough: @escaping @Sendable ([Element]) -> Bool
) async throws -> [Element] {
    try await within(deadline) {
        var elements: [Element] = []
        if isEnough(elements) { return elements }
        for try await element in stream {
            elements.append(element)
            if isEnough(elements) { return elements }
        }
        return elements
    }
}

struct TooLate: Error {}

func within<Result: Sendable>(
    _ deadline: Duration, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask { try await body() }
        group.addTask {
            let end = ContinuousClock.now + deadline
            while ContinuousClock.now < end { try await Task.sleep(until: end) }
            throw TooLate()
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw TooLate() }
        return result
    }
}
