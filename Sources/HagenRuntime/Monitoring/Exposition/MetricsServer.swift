internal import Hagen
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import ServiceLifecycle

/// Serves `/metrics`, to Prometheus or to a person.
struct MetricsServer: Service {
    let listen: Hagen.SocketAddress
    let logger: Logger
    let exposition: @Sendable () async -> String
    /// Called when the socket is bound.
    let onListening: @Sendable () -> Void

    /// - Throws: `EngineFailure` where the address cannot be bound.
    func run() async throws {
        let router = Router()
        router.get("/metrics") { [exposition] _, _ in
            Response(
                status: .ok, headers: [.contentType: Exposition.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: await exposition())))
        }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        let application = Application(
            router: router, server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(
                address: .hostname(listen.address.description, port: listen.port), serverName: "hagend",
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit)),
            onServerRunning: { [onListening] _ in onListening() }, logger: quiet)
        do {
            try await application.run()
        } catch let error as IOError {
            throw EngineFailure("cannot listen on \(listen) for /metrics: \(systemMessage(error.errnoCode))")
        }
    }

    /// Scrapers are few; more connections than this wait until others have ended or been idle for a minute.
    private static let connectionLimit = 64
}
