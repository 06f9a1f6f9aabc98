internal import FoundationEssentials
internal import Hagen
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOFoundationCompat

/// The embedded store's HTTP front; the conversation stands at `StorePath`.
struct StoreServer: Sendable {
    /// Each agent and balancer needs two or three; with them a process stays below the usual 1,024 descriptors.
    static let maximumConnections = 512
    /// Longer than any client keeps an idle connection, so that none is closed under a request.
    static let idleTimeout = Duration.seconds(60)
    let store: DurableStore

    func application(
        listen: Hagen.SocketAddress, logger: Logger, onRunning: @escaping @Sendable (Int?) -> Void
    ) -> some ApplicationProtocol {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let router = Router(context: BasicRequestContext.self)
        router.get(RouterPath(StorePath.records)) { request, _ in
            await answer { try await store.read(prefix: try Self.text("prefix", in: request)) }
        }
        router.post(RouterPath(StorePath.commit)) { request, _ in
            await answer { try await store.commit(try await Self.swaps(in: request)) }
        }
        router.get(RouterPath(StorePath.watch)) { request, _ in watch(request) }
        return Application(
            router: router,
            server: .http1(configuration: .init(idleTimeout: .nanoseconds(Self.idleTimeout.nanoseconds))),
            configuration: ApplicationConfiguration(
                address: .hostname(listen.address.description, port: listen.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(Self.maximumConnections, logger: quiet)),
            onServerRunning: { onRunning($0.localAddress?.port) }, logger: quiet)
    }

    private func answer(_ body: @Sendable () async throws -> some Encodable) async -> Response {
        do {
            return Self.json(try await body(), status: 200)
        } catch let error as CoordinationError {
            return Self.refusal(error)
        } catch {
            return Self.refusal(.unreachable("\(error)"))
        }
    }

    private func watch(_ request: Request) -> Response {
        do throws(CoordinationError) {
            let prefix = try Self.text("prefix", in: request)
            let after = try Self.text("after", in: request)
            guard let revision = Int64(after), revision >= 0 else {
                throw .refused("'after' is '\(after)'; it is a revision, a whole number from 0 on")
            }
            let (current, events) = try store.published.watch(prefix: prefix, after: revision)
            let started = StoreWatchLine.started(storeID: store.published.storeID, revision: current)
            return Response(
                status: 200, headers: [:],
                body: ResponseBody { writer in
                    try await writer.write(Self.line(started))
                    for try await event in events {
                        switch event {
                        case .change(let change): try await writer.write(Self.line(.change(change)))
                        case .progress(let revision):
                            try await writer.write(Self.line(.progress(revision: revision)))
                        }
                    }
                    try await writer.finish(nil)
                })
        } catch {
            return Self.refusal(error)
        }
    }

    private static func text(_ name: String, in request: Request) throws(CoordinationError) -> String {
        guard let value = request.uri.queryParameters[Substring(name)] else {
            throw .refused("the parameter '\(name)' is missing")
        }
        return String(value)
    }

    private static func swaps(in request: Request) async throws(CoordinationError) -> [CompareAndSwap] {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: StorePath.maximumBodyByteCount)
        } catch {
            throw .refused("the body cannot be read, or has more than \(StorePath.maximumBodyByteCount) bytes")
        }
        do {
            return try JSONDecoder().decode(StoreCommitRequest.self, from: body).swaps
        } catch {
            throw .refused("the body is not a commit: \(error)")
        }
    }

    private static func line(_ line: StoreWatchLine) throws -> ByteBuffer {
        var buffer = try JSONEncoder().encodeAsByteBuffer(line, allocator: ByteBufferAllocator())
        buffer.writeInteger(UInt8(ascii: "\n"))
        return buffer
    }

    private static func refusal(_ error: CoordinationError) -> Response {
        let refusal = StoreRefusal(error)
        return json(refusal, status: refusal.status)
    }

    private static func json(_ value: some Encodable, status: Int) -> Response {
        do {
            let body = try JSONEncoder().encodeAsByteBuffer(value, allocator: ByteBufferAllocator())
            return Response(
                status: HTTPResponse.Status(code: status), headers: [:], body: ResponseBody(byteBuffer: body))
        } catch {
            return Response(status: 500)
        }
    }
}
