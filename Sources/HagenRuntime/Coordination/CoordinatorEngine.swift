package import Hagen
internal import Hummingbird
internal import Logging
internal import ServiceLifecycle
internal import Synchronization

/// `hagend coordinator`: the embedded store behind its HTTP front.
package final class CoordinatorEngine: EngineService {
    /// The store's file in the engine's state folder.
    package static let fileName = "store.sqlite"

    private let listen: SocketAddress
    private let store: DurableStore
    private let logger: Logger
    private let boundPort = Mutex<Int?>(nil)
    private let isReady: AsyncStream<Void>
    private let becameReady: AsyncStream<Void>.Continuation

    /// - Throws: `EngineFailure` in words when the store's file cannot be used.
    package init(_ configuration: CoordinatorConfiguration, _ context: EngineContext) throws(EngineFailure) {
        listen = configuration.listen
        logger = context.logger
        let path = context.stateDirectory + "/" + Self.fileName
        store = try DurableStore(at: path, logger: context.logger)
        (isReady, becameReady) = AsyncStream.makeStream(of: Void.self)
        let state = store.published.state
        logger.info(
            "store opened",
            metadata: [
                "storeID": "\(store.published.storeID)", "revision": "\(state.revision)", "keys": "\(state.count)",
            ])
    }

    /// What is wrong with a configuration that can be read.
    @Sendable package static func faults(_ configuration: CoordinatorConfiguration) -> [String] {
        guard !configuration.listen.address.isLoopback else { return [] }
        return [
            "listen is \(configuration.listen), but the embedded store listens on loopback addresses only, because it "
                + "has no TLS: use 127.0.0.0/8 or ::1, or an etcd cluster for topologies of several machines"
        ]
    }

    package var maximumStopTime: Duration { .seconds(5) }

    package func ready() async { for await _ in isReady {} }

    /// The port that clients connect to, once the engine is ready; the configured one, or the kernel's choice for 0.
    package var port: Int? { boundPort.withLock { $0 } }

    package func status() async -> EngineStatus.Detail {
        let state = store.published.state
        return .coordinator(
            CoordinatorStatus(
                storeID: store.published.storeID, revision: state.revision, keys: state.count,
                watchers: store.published.watcherCount))
    }

    package func run() async throws {
        let application = StoreServer(store: store).application(listen: listen, logger: logger) { [self] port in
            boundPort.withLock { $0 = port }
            logger.info(
                "listening", metadata: ["listen": "\(SocketAddress(listen.address, port: port ?? listen.port))"])
            becameReady.finish()
        }
        defer { becameReady.finish() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.store.run() }
            group.addTask { await self.reportProgress() }
            group.addTask { try await self.serve(application) }
            // The server is the first to end on a clean stop: the store outlives its last request. One that fails ends all.
            try await group.next()
            group.cancelAll()
        }
    }

    private func serve(_ application: some ApplicationProtocol) async throws {
        do {
            try await withGracefulShutdownHandler {
                try await application.run()
            } onGracefulShutdown: {
                // Watches have no end of their own.
                self.store.published.close()
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw EngineFailure("the store cannot be served on \(listen): \(error)")
        }
    }

    private func reportProgress() async {
        while !Task.isCancelled {
            store.published.reportProgress()
            try? await Task.sleep(for: StoreWatchLine.heartbeat)
        }
    }
}
